"""What holds for every record, whatever the text: offsets, order, nesting, JSON."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import fuzz
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from invariants import violations
from marked_text import pipeline

from geopolitics_nlp import records
from geopolitics_nlp.records import Article, record

SHARED = Path(__file__).parents[2] / "shared" / "corpora"


def check(text: str) -> None:
    """Annotate ``text`` and check everything that a record promises."""
    assert violations(record(pipeline()(text), Article(text, id="a")), text) == []


PIECES = [
    *"«»“”‘’‹›\"'",
    *(
        "''",
        " ",
        "\n",
        "\n\n",
        ", ",
        ". ",
        " : ",
        "- ",
        "— ",
        "que ",
        "qu'",
        "selon ",
        "d'après ",
        "a déclaré ",
        "dit-il",
    ),
    *(
        "Awa Diarra ",
        "Oui",
        "nous partons ",
        "le ministre ",
        "affirmant ",
        "ont dit ",
        "par ",
        "a-t-elle ajouté",
        "M. ",
        "9",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(deadline=None, max_examples=60)
@example("")
@example(" \n\t ")
@example("«")
@example("\x00")
@example("« Oui », dit-il, « non »")
@example('Awa Diarra : « Oui", dit-elle. »')
def test_made_up_reporting(text: str) -> None:
    check(text)


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=40)
def test_any_text(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "«" * 2_000,
        '"' * 2_000,
        "« " * 1_000 + "oui" + " »" * 1_000,
        "\n" * 2_000,
        "- « Oui »\n" * 300,
        "Selon " * 500,
    ],
    ids=["opening", "straight", "nested", "lines", "list", "selon"],
)
def test_monotonous_texts(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "unit",
    [
        "« Oui », dit Awa Diarra. ",
        "Awa Diarra dit que la route ferme, ",
        "selon Awa Diarra, la route ferme, ",
        "selon Awa Diarra ( ",
        "affirme ",
        "« Oui » affirme ",
        "accusé pour « vol » ",
        ": « ",
    ],
)
def test_time_of_our_components_is_linear(unit: str) -> None:
    nlp = pipeline()

    def seconds(times: int) -> float:
        doc = nlp.make_doc(unit * times)
        spent = 0.0
        for name, component in nlp.pipeline:
            begin = time.process_time()
            doc = component(doc)
            if name in ("gnlp_quotations", "gnlp_speakers"):
                spent += time.process_time() - begin
        return spent

    assert seconds(480) < 9 * seconds(120) + 0.3


def test_the_first_generated_texts() -> None:
    once_wrong = [790, 219_772]  # a pronoun before its verb, a signature of white space and signs
    assert list(fuzz.problems(pipeline(), [*range(1, 160), *once_wrong])) == []


@pytest.mark.parametrize("unit", ["…", "«", '"', "– ", "(", "mot. ", "- oui\n"])
def test_time_is_linear(unit: str) -> None:
    assert list(fuzz.superlinear(pipeline(), unit)) == []


def test_a_generated_text_is_made_from_its_number_alone() -> None:
    assert [fuzz.made(number) for number in (3, 1, 2)] == [fuzz.made(3), *map(fuzz.made, (1, 2))]


@pytest.mark.parametrize("path", ["press-fr/articles.jsonl", "winer-fr/2016-2017.jsonl"])
def test_real_articles(path: str) -> None:
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"the shared corpora are not beside this checkout: {file}")
    lines = file.read_text(encoding="utf-8").splitlines()
    for line in lines[:: max(1, len(lines) // 15)]:
        check(json.loads(line)["text"])


def test_quotes_are_a_view_of_the_document() -> None:
    doc = pipeline()("« Nous partons », a déclaré Awa Diarra.")
    assert doc._.quotes == records.quotes(doc)
    assert doc._.quotes is not doc._.quotes


def test_a_broken_promise_is_found() -> None:
    text = "« Nous partons », a déclaré Awa Diarra à Gao."
    made = record(pipeline()(text), Article(text, id="a"))
    entity, quote = made.entities[0], made.quotes[0]
    broken = {
        "what stands there": {"entities": (replace(entity, start=entity.start + 1),)},
        "offsets": {"entities": (replace(entity, end=100),)},
        "outer white space": {"quotes": (replace(quote, start=1, text=" Nous partons"),)},
        "not in order": {"entities": made.entities[::-1]},
        "twice": {"quotes": (quote, quote)},
        "confidence": {"quotes": (replace(quote, confidence=1.5),)},
        "not there": {"quotes": (replace(quote, cue=None),)},
        "another": {"text": text.lower()},
    }
    assert violations(made, text) == []
    for problem, change in broken.items():
        assert problem in " ".join(violations(replace(made, **change), text)), problem
