"""Quotation marks, by characters alone: which opens, which closes, what stands between them."""

from __future__ import annotations

import re
import time
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geopolitics_nlp.marks import Marked, pair, unmarked


def contents(text: str) -> list[tuple[str, int]]:
    return [(text[mark.start : mark.end], mark.depth) for mark in pair(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Il dit « oui ».", [("oui", 0)], id="guillemets"),
        pytest.param("Il dit “oui”.", [("oui", 0)], id="curly-double"),
        pytest.param("Il dit „oui“.", [("oui", 0)], id="low-high"),
        pytest.param('Il dit "oui".', [("oui", 0)], id="straight"),
        pytest.param("Il dit ''oui''.", [("oui", 0)], id="two-apostrophes"),
        pytest.param("Il dit ``oui''.", [("oui", 0)], id="two-backquotes"),
        pytest.param("Il dit ‘oui’.", [("oui", 0)], id="curly-single"),
        pytest.param("Il dit 'oui'.", [("oui", 0)], id="straight-single"),
        pytest.param("Il dit ‹ oui ›.", [("oui", 0)], id="single-guillemets"),
        pytest.param("Il dit << oui >>.", [("oui", 0)], id="two-angles"),
        pytest.param("Il dit ＂oui＂.", [("oui", 0)], id="full-width"),
        pytest.param("Il dit «\u00a0oui\u202f».", [("oui", 0)], id="no-break-spaces"),
        pytest.param("« un » et « deux »", [("un", 0), ("deux", 0)], id="two-pairs"),
        pytest.param(
            '"un" et "deux" et "trois"', [("un", 0), ("deux", 0), ("trois", 0)], id="three-straight"
        ),
        pytest.param("« un “deux” trois »", [("un “deux” trois", 0), ("deux", 1)], id="nested"),
        pytest.param("« a « b » c »", [("a « b » c", 0), ("b", 1)], id="nested-alike"),
        pytest.param(
            "« un “deux ‘trois’ y” x »",
            [("un “deux ‘trois’ y” x", 0), ("deux ‘trois’ y", 1), ("trois", 2)],
            id="nested-three",
        ),
        pytest.param("l'\"état d'urgence\"", [("état d'urgence", 0)], id="after-elision"),
        pytest.param("l’«état d’urgence»", [("état d’urgence", 0)], id="guillemets-after-elision"),
        pytest.param("‘l’eau n’est pas là’", [("l’eau n’est pas là", 0)], id="apostrophes-inside"),
        pytest.param("L'eau d'hier, l’ami d’Awa", [], id="apostrophes-alone"),
        pytest.param("« »", [], id="empty"),
        pytest.param('""', [], id="empty-straight"),
        pytest.param("", [], id="no-text"),
        pytest.param("› un point de liste", [], id="list-bullet"),
        pytest.param("un temps de 3'30\"65", [], id="seconds"),
        pytest.param("« un\n« deux\n« trois »", [("un\n« deux\n« trois", 0)], id="reopened"),
        pytest.param("« un\n» deux\n» trois »", [("un\n» deux\n» trois", 0)], id="reopened-by-closing"),
        pytest.param('« oui, dit-il".', [("oui, dit-il", 0)], id="closed-by-another"),
        pytest.param('Awa : "Oui, dit-il. ”', [("Oui, dit-il.", 0)], id="straight-then-curly"),
    ],
)
def test_what_stands_between_marks(text: str, expected: list[tuple[str, int]]) -> None:
    assert contents(text) == expected


def test_a_mark_that_is_never_closed_ends_with_its_paragraph_and_the_rest_is_read() -> None:
    text = "Il dit « oui.\n\nElle dit « non »."
    unclosed, closed = pair(text)
    assert (text[unclosed.start : unclosed.end], unclosed.closed) == ("oui.", False)
    assert (text[closed.start : closed.end], closed.closed) == ("non", True)


def test_a_straight_mark_is_opened_again_after_a_paragraph_but_not_after_a_page() -> None:
    paragraph, page = "Rien ne va. ", "Le ministre a quitté la salle où il attendait depuis midi. " * 8
    assert contents(f'"{paragraph}"Tout change."') == [(f'{paragraph}"Tout change.', 0)]
    text = f'"{page}"Tout change."'
    assert [text[mark.start : mark.end] for mark in pair(text) if mark.closed] == ["Tout change."]


def test_a_mark_that_is_never_closed_ends_before_the_next_pair() -> None:
    text = "Il dit « oui et elle “non” aussi."
    unclosed, closed = pair(text)
    assert text[unclosed.start : unclosed.end] == "oui et elle"
    assert text[closed.start : closed.end] == "non"


def test_a_mark_that_was_never_opened_reaches_back_to_the_pair_before() -> None:
    text = "« un ». Deux trois » fin."
    first, second = pair(text)
    assert (first.opened, second.opened) == (True, False)
    assert text[second.start : second.end] == "Deux trois"


def test_blocks_bound_the_damage_as_lines_do() -> None:
    text = "Il dit « oui. Puis « non »."
    split = text.index("Puis")
    damaged, whole = pair(text, [(0, split), (split, len(text))])
    assert text[damaged.start : damaged.end] == "oui."
    assert text[whole.start : whole.end] == "non"


def test_depth_has_an_end() -> None:
    text = "« a " * 50 + "b" + " »" * 50
    depths = [mark.depth for mark in pair(text)]
    assert depths == list(range(len(depths)))
    assert len(depths) < 50


def check(text: str, found: list[Marked]) -> None:
    """Contents lie between their marks, are trimmed, and nest; the order is that of the text, the outer first."""
    around: list[Marked] = []
    for mark in found:
        assert 0 <= mark.outer_start <= mark.start < mark.end <= mark.outer_end <= len(text)
        assert text[mark.start : mark.end] == text[mark.start : mark.end].strip()
        while around and around[-1].outer_end <= mark.outer_start:
            around.pop()
        if around:
            assert mark.outer_end <= around[-1].outer_end, "two pairs cross"
        assert mark.depth == len(around)
        around.append(mark)
    keys = [(mark.outer_start, -mark.outer_end) for mark in found]
    assert keys == sorted(keys)


MARKED_TEXT = st.lists(
    st.sampled_from(
        [*"«»“”„‹›‘’\"'", "''", "<<", ">>", " ", "\n", ". ", ", ", "a", "l'", "oui", "9", "\u00a0"]
    )
).map("".join)


@given(MARKED_TEXT)
@example("««”»")
def test_contents_nest_whatever_the_marks(text: str) -> None:
    check(text, pair(text))


@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    check(text, pair(text))


@given(MARKED_TEXT, st.lists(st.integers(0, 60), max_size=4))
@example("««”»", [])
def test_contents_nest_in_any_blocks(text: str, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    check(text, pair(text, list(pairwise(edges))))


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        pytest.param(["Il dit :", "— Oui.", "La nuit tombe."], ["Oui."], id="dash-after-a-colon"),
        pytest.param(
            ["Il entre.", "– Qui va là ?", "– Moi.", "Fin."], ["Qui va là ?", "Moi."], id="dialogue"
        ),
        pytest.param(
            ["Il entre.", "- Asseyez-vous, dit-il.", "Fin."], ["Asseyez-vous, dit-il."], id="hyphen"
        ),
        pytest.param(["Mesures :", "- Le bac.", "- La taxe."], [], id="list"),
        pytest.param(["Points :", "– la dette ;", "– le bac."], [], id="list-of-small-letters"),
        pytest.param(["Il entre.", "— Le bac est rouvert."], [], id="nothing-leads-to-it"),
        pytest.param(["Il écrit.", "Je pars.", "— Awa Diarra", "Fin."], ["Je pars."], id="signed"),
        pytest.param(
            ["Il écrit.", "Je pars.", "Nous revenons.", "— Awa Diarra"],
            ["Je pars.\nNous revenons."],
            id="signed-twice",
        ),
        pytest.param(["Il est parti.", "— Awa Diarra"], [], id="signed-by-the-journalist"),
        pytest.param(["« Je pars. »", "— Awa Diarra"], [], id="signed-with-marks"),
    ],
)
def test_quotations_without_marks(paragraphs: list[str], expected: list[str]) -> None:
    text = "\n".join(paragraphs)
    ends = list(accumulate((len(paragraph) + 1 for paragraph in paragraphs), initial=0))
    found = unmarked(text, [(start, end - 1) for start, end in pairwise(ends)])
    assert [text[mark.start : mark.end] for mark in found] == expected


def test_marks_win_over_lines_of_a_dialogue() -> None:
    text = "Il dit :\n— « Je pars.\n— Nous aussi. »\n— Et moi ?"
    lines = [(0, 8), (9, 21), (22, 37), (38, 48)]
    assert [text[m.start : m.end] for m in pair(text, lines, unmarked(text, lines)) if m.style == "—"] == [
        "Et moi ?"
    ]


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        '" ',
        "« a ",
        "a » ",
        "« a » ",
        "«“‘",
        "« a\n",
        "a »\n",
        "''",
        "l'",
        '« a\nil "b" ',
        "„a",
        "'a ",
        "— Je « a » ?\n",
        "Je\n— Moi\n",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(times: int) -> float:
        text = unit * times
        spent = []
        for _ in range(3):
            begin = time.process_time()
            lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]
            pair(text, None, unmarked(text, lines))
            spent.append(time.process_time() - begin)
        return min(spent)

    # Four times the text takes four times as long; where it takes sixteen times as long, something is quadratic.
    assert seconds(10_000) < 9 * seconds(2_500) + 0.05
