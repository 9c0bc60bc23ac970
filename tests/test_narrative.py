"""The narrative: which words are the journalist's, which are quoted, and the sentences of each level."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from geopolitics_nlp import layers
from geopolitics_nlp.layers import Item
from geopolitics_nlp.narrative import Narrative

BLANK = spacy.blank("fr")


def sentences(narrative: Narrative) -> list[str]:
    """Return the sentences of all levels as words, a quotation as «»."""
    return [
        " ".join("«»" if unit < 0 else narrative.doc[unit].text for unit in units)
        for units in narrative.units
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Il part. Elle reste.", ["Il part .", "Elle reste ."], id="two-sentences"),
        pytest.param("Il a dit : « Oui. »", ["Il a dit : «»", "Oui ."], id="a-quotation-is-a-unit"),
        pytest.param(
            "« Oui. Non. Si », dit-il. Fin.",
            ["«» , dit -il .", "Oui .", "Non .", "Si", "Fin ."],
            id="inner-stops",
        ),
        pytest.param("« Oui », dit Awa, « non ».", ["«» , dit Awa , «» .", "Oui", "non"], id="two-in-one"),
        pytest.param("Il dit « je “crie” fort ».", ["Il dit «» .", "je «» fort", "crie"], id="nested"),
        pytest.param("Titre\nIl part", ["Titre", "Il part"], id="lines-are-blocks"),
        pytest.param("M. Sow est venu ... hier", ["M. Sow est venu ... hier"], id="no-capital-no-start"),
        pytest.param("« Oui ! » Elle part.", ["«»", "Oui !", "Elle part ."], id="a-stop-inside-ends-outside"),
        pytest.param("« Oui ! » crie-t-elle.", ["«» crie -t -elle .", "Oui !"], id="unless-it-goes-on"),
        pytest.param("", [], id="empty"),
        pytest.param("«»", ["« »"], id="marks-around-nothing"),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(Narrative(BLANK(text))) == expected


def test_levels_are_those_of_the_innermost_marks() -> None:
    narrative = Narrative(BLANK("Il dit « je “crie” fort » ."))
    levels = {token.text: narrative.level[token.i] for token in narrative.doc}
    outer, inner = 0, 1
    assert (levels["Il"], levels["je"], levels["crie"], levels["fort"]) == (-1, outer, inner, outer)
    assert levels["«"] == levels["»"] == -2
    assert narrative.parent == [-1, outer]


def test_tokens_of_a_quotation_are_its_content() -> None:
    narrative = Narrative(BLANK("Il dit « je crie » ."))
    begin, end = narrative.tokens_of[0]
    assert narrative.doc[begin:end].text == "je crie"


def test_units_before_and_after_a_quotation_nearest_first() -> None:
    narrative = Narrative(BLANK("Awa dit « oui » hier ."))
    words = [
        [narrative.doc[unit].text for unit in units] for units in (narrative.before(0), narrative.after(0))
    ]
    assert words == [["dit", "Awa"], ["hier", "."]]


def test_blocks_come_from_the_layout() -> None:
    doc = BLANK("Titre Il part")
    layers.write(doc, layers.BLOCKS, [Item(0, 5, "headline", {}), Item(6, 13, "paragraph", {})])
    narrative = Narrative(doc)
    assert narrative.blocks == ["headline", "paragraph"]
    assert narrative.block == [0, 1, 1]
    assert sentences(narrative) == ["Titre", "Il part"]


def check(narrative: Narrative) -> None:
    """Each token has one place; each quotation is a unit of one sentence, of the level of the marks around it."""
    places = [unit for units in narrative.units for unit in units]
    assert len(places) == len(set(places))
    for number, units in enumerate(narrative.units):
        assert units
        assert [unit for unit in units if unit >= 0] == sorted(unit for unit in units if unit >= 0)
        for unit in units:
            assert (narrative.sentence_of[~unit] if unit < 0 else narrative.sentence[unit]) == number
        levels = {narrative.parent[~unit] if unit < 0 else narrative.level[unit] for unit in units}
        assert len(levels) == 1
    for m in range(len(narrative.marks)):
        assert narrative.units[narrative.sentence_of[m]][narrative.index_of[m]] == ~m
        assert narrative.parent[m] < m
        begin, end = narrative.tokens_of[m]
        assert 0 <= begin <= end <= len(narrative.doc)


WORDS = st.lists(
    st.sampled_from([*"«»“”\"'", "''", " ", "\n", ". ", ", ", ": ", "! ", "oui ", "Awa ", "l'", "d'", "9"]),
    max_size=40,
)


@given(WORDS.map("".join))
@settings(deadline=None)
def test_every_word_and_quotation_has_one_place(text: str) -> None:
    check(Narrative(BLANK(text)))


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_goes_through(text: str) -> None:
    check(Narrative(BLANK(text)))


def test_without_tags_or_parse_it_needs_only_words() -> None:
    narrative = Narrative(Doc(BLANK.vocab, words=["Awa", "dit", "«", "oui", "»"]))
    assert sentences(narrative) == ["Awa dit «»", "oui"]
