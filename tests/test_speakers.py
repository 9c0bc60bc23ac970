"""Speakers of quotations in documents made by hand; the constructions are in ``cases/quotations/speakers.txt``."""

from __future__ import annotations

from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, Span

from geopolitics_nlp import layers
from geopolitics_nlp.decisions import Asked, Features
from geopolitics_nlp.layers import Item
from geopolitics_nlp.speakers import Speakers

BLANK = spacy.blank("fr")
TEXT = "Awa Diarra reçoit Nadia Bellounis. « Oui », dit-elle. « Non », répond Bellounis."
NAMES = {"Awa Diarra": "Awa Diarra", "Nadia Bellounis": "Nadia Bellounis", "Bellounis": "Nadia Bellounis"}


class Prefers:
    """A judge that is sure of one name, and finds everything right to a given degree."""

    def __init__(self, name: str, right: float = 0.8) -> None:
        self.name, self.right = name, right
        self.asked: list[tuple[str, Features, Asked]] = []

    def __call__(self, decision: str, features: Features, asked: Asked) -> float:
        self.asked.append((decision, features, asked))
        if decision == "right":
            return self.right
        return 0.9 if asked.candidate == self.name else 0.1


def at(words: str, last: bool = False) -> list[int]:
    start = TEXT.rindex(words) if last else TEXT.index(words)
    return [start, start + len(words)]


def quotation(content: str, source: list[int] | None, kind: str | None, utterance: int = 7) -> Item:
    start, end = at(content)
    attrs: dict[str, Any] = {"utterance": utterance, "cue": None, "source": source, "source_kind": kind}
    return Item(start, end, "direct", {**attrs, "rule": "postposed-cue", "found": 0.9})


def document(*quotations: Item) -> Doc:
    doc = BLANK(TEXT)
    ents = []
    for name in NAMES:
        start, end = at(name, last=name == "Bellounis")
        span = doc.char_span(start, end, label="PER")
        assert isinstance(span, Span)
        ents.append(span)
    doc.set_ents(ents)
    named = [Item(ent.start_char, ent.end_char, "PER", {"name": NAMES[ent.text]}) for ent in ents]
    layers.write(doc, layers.ENTITIES, named)
    layers.write(doc, layers.QUOTATIONS, quotations)
    return doc


def speaker(doc: Doc, number: int = 0) -> dict[str, Any] | None:
    found: dict[str, Any] | None = layers.read(doc, layers.QUOTATIONS)[number].attrs["speaker"]
    return found and {key: found[key] for key in ("name", "label", "id")}


def test_a_named_source_is_its_entity_by_its_canonical_name() -> None:
    doc = document(quotation("Non", at("Bellounis", last=True), "named"))
    Speakers(Prefers("Awa Diarra"))(doc)
    assert speaker(doc) == {"name": "Nadia Bellounis", "label": "PER", "id": None}


@pytest.mark.parametrize("name", ["Awa Diarra", "Nadia Bellounis"])
def test_a_pronoun_is_whom_the_judge_is_surest_of(name: str) -> None:
    doc = document(quotation("Oui", at("elle"), "pronoun"))
    Speakers(Prefers(name))(doc)
    assert speaker(doc) == {"name": name, "label": "PER", "id": None}


def test_a_pronoun_is_judged_by_agreement_and_distance() -> None:
    judge = Prefers("Awa Diarra")
    Speakers(judge)(document(quotation("Oui", at("elle"), "pronoun")))
    weighed = {
        asked.candidate: features for decision, features, asked in judge.asked if decision == "speaker"
    }
    assert {"Awa Diarra", "Nadia Bellounis"} <= set(weighed)
    nearer, farther = weighed["Nadia Bellounis"], weighed["Awa Diarra"]
    assert nearer["pronoun: distance"] < farther["pronoun: distance"]


def test_nobody_speaks_where_the_judge_is_not_sure() -> None:
    doc = document(quotation("Oui", None, None))
    Speakers(Prefers("nobody"))(doc)
    assert speaker(doc) is None


def test_a_described_source_is_named_by_its_words() -> None:
    doc = BLANK("« Oui », dit un habitant.")
    source = [13, 24]
    assert doc.text[slice(*source)] == "un habitant"
    attrs = {
        "utterance": 0,
        "cue": [9, 12],
        "source": source,
        "source_kind": "nominal",
        "rule": "r",
        "found": 0.9,
    }
    layers.write(doc, layers.QUOTATIONS, [Item(2, 5, "direct", attrs)])
    Speakers(Prefers("un habitant"))(doc)
    assert speaker(doc) == {"name": "un habitant", "label": None, "id": None}


def test_the_impersonal_pronoun_is_nobody() -> None:
    doc = BLANK("« Oui », dit-on.")
    attrs = {
        "utterance": 0,
        "cue": None,
        "source": [13, 15],
        "source_kind": "pronoun",
        "rule": "r",
        "found": 0.9,
    }
    layers.write(doc, layers.QUOTATIONS, [Item(2, 5, "direct", attrs)])
    Speakers(Prefers("on"))(doc)
    assert speaker(doc) is None


def test_utterances_are_numbered_in_the_order_of_the_text() -> None:
    first = quotation("Oui", at("elle"), "pronoun", utterance=40)
    second = quotation("Non", at("Bellounis", last=True), "named", utterance=3)
    doc = document(first, second)
    Speakers(Prefers("Awa Diarra"))(doc)
    assert [item.attrs["utterance"] for item in layers.read(doc, layers.QUOTATIONS)] == [0, 1]


def test_confidence_is_the_judges_and_what_was_there_stays() -> None:
    doc = document(quotation("Oui", at("elle"), "pronoun"))
    (before,) = layers.read(doc, layers.QUOTATIONS)
    Speakers(Prefers("Awa Diarra", right=0.37))(doc)
    (after,) = layers.read(doc, layers.QUOTATIONS)
    assert after.attrs["confidence"] == 0.37
    assert {key: after.attrs[key] for key in before.attrs if key != "utterance"} == {
        key: value for key, value in before.attrs.items() if key != "utterance"
    }


@pytest.mark.parametrize(("least", "kept"), [(0.0, 1), (0.37, 1), (0.38, 0), (1.0, 0)])
def test_what_is_less_sure_than_asked_is_left_out(least: float, kept: int) -> None:
    doc = document(quotation("Oui", at("elle"), "pronoun"))
    Speakers(Prefers("Awa Diarra", right=0.37), min_confidence=least)(doc)
    assert len(layers.read(doc, layers.QUOTATIONS)) == kept


def test_a_document_without_quotations_is_left_alone() -> None:
    judge = Prefers("Awa Diarra")
    doc = document()
    assert Speakers(judge)(doc) is doc
    assert judge.asked == []
