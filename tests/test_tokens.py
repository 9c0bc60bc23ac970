"""Tokens as lists: read once, and again where a component has changed what they tell."""

from __future__ import annotations

import pickle

import pytest
import spacy
from spacy.tokens import Doc

from geopolitics_nlp import tokens

BLANK = spacy.blank("fr")


def test_letters_and_places() -> None:
    read = tokens.of(BLANK("L’ONU a dit oui."))
    assert read.lower == ["l'", "onu", "a", "dit", "oui", "."]
    assert read.text[0] == "L’"
    assert read.start == [0, 2, 6, 8, 12, 15]
    assert read.spaced == [False, True, True, True, False, False]
    assert read.whole == "L’ONU a dit oui."


def test_they_are_read_once() -> None:
    doc = BLANK("Oui, dit Awa.")
    assert tokens.of(doc) is tokens.of(doc)


def test_merged_tokens_are_read_again() -> None:
    doc = BLANK("Awa Diarra parle.")
    assert tokens.of(doc).lower == ["awa", "diarra", "parle", "."]
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2])
    assert tokens.of(doc).lower == ["awa diarra", "parle", "."]


def test_an_empty_doc_has_no_letters() -> None:
    assert tokens.of(BLANK("")).lower == tokens.of(BLANK("")).text == []


def test_a_word_is_asked_for_once() -> None:
    asked: list[str] = []
    lengths = tokens.Remembered[str, int](lambda word: asked.append(word) or len(word))
    assert list(map(lengths.__getitem__, ["Gao", "et", "Gao"])) == [3, 2, 3]
    assert asked == ["Gao", "et"]


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens.Remembered, "MOST", 2)
    lengths = tokens.Remembered[str, int](len)
    assert [lengths[word] for word in ("Gao", "et", "Mopti", "Gao")] == [3, 2, 5, 3]
    assert len(lengths) == 2


def test_what_is_remembered_stays_behind() -> None:
    lengths = tokens.Remembered[str, int](len)
    assert lengths["Gao"] == 3
    arrived = pickle.loads(pickle.dumps(lengths))
    assert arrived == {}
    assert arrived["Mopti"] == 5


def parsed() -> Doc:
    return Doc(
        BLANK.vocab,
        ["Elle", "a", "dit"],
        pos=["PRON", "AUX", "VERB"],
        deps=["nsubj", "aux:tense", "ROOT"],
        heads=[2, 2, 2],
        morphs=["", "Mood=Ind|Tense=Pres|VerbForm=Fin", "Gender=Masc|Number=Sing|VerbForm=Part"],
    )


def test_the_parse() -> None:
    parse = tokens.parse_of(parsed())
    assert parse.pos == ["PRON", "AUX", "VERB"]
    assert parse.head == [2, 2, 2]
    assert parse.children(2) == [0, 1]
    assert parse.children(0) == []
    assert [parse.is_finite(i) for i in range(3)] == [False, True, False]
    assert parse.form[2] == tokens.Form(verb="Part", number="Sing")


def test_the_parse_is_read_again_after_a_change() -> None:
    doc = parsed()
    before = tokens.parse_of(doc)
    assert tokens.parse_of(doc) is before
    doc[1].pos_ = "VERB"
    assert tokens.parse_of(doc).pos == ["PRON", "VERB", "VERB"]


def test_what_a_hyphen_joins_hangs_on_its_first_part() -> None:
    # The parser ends a sentence at the hyphen and makes the rest of the name the subject.
    doc = Doc(
        BLANK.vocab,
        ["La", "Société", "d'", "Info", "-", "Fleuve", "proteste"],
        spaces=[True, True, False, False, False, True, False],
        pos=["DET", "NOUN", "ADP", "NOUN", "PUNCT", "PROPN", "VERB"],
        deps=["det", "ROOT", "case", "nmod", "ROOT", "nsubj", "ROOT"],
        heads=[1, 1, 3, 1, 4, 6, 6],
    )
    parse = tokens.parse_of(doc)
    assert parse.head == [1, 6, 3, 1, 3, 3, 6]
    assert parse.dep[1] == "nsubj"
    assert parse.dep[5] == "flat:name"


def test_a_spaced_dash_joins_nothing() -> None:
    doc = Doc(
        BLANK.vocab,
        ["Gao", "-", "Awa", "parle"],
        pos=["PROPN", "PUNCT", "PROPN", "VERB"],
        deps=["ROOT", "ROOT", "nsubj", "ROOT"],
        heads=[0, 1, 3, 3],
    )
    assert tokens.parse_of(doc).head == [0, 1, 3, 3]


def test_a_doc_without_a_parse() -> None:
    parse = tokens.parse_of(BLANK("Oui, dit Awa."))
    assert parse.dep == [""] * 5
    assert not any(parse.is_finite(i) for i in range(5))
