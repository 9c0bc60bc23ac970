"""Layers in a document: exact offsets and attributes survive whatever a document goes through."""

from __future__ import annotations

import pickle

import pytest
import spacy
from spacy.tokens import Doc, DocBin

from geopolitics_nlp import layers
from geopolitics_nlp.layers import Item

TEXT = "L'«État» a dit : « Oui. »"
ITEMS = [
    Item(0, 25, "turn", {}),
    Item(3, 7, "mixed", {"cue": [9, 14], "speaker": {"name": "État", "id": None}, "confidence": 0.5}),
    Item(19, 23, "direct", {"cue": None}),
]


@pytest.fixture
def doc() -> Doc:
    return spacy.blank("fr")(TEXT)


def test_what_is_written_is_read_with_exact_offsets(doc: Doc) -> None:
    layers.write(doc, layers.QUOTATIONS, ITEMS)
    assert layers.read(doc, layers.QUOTATIONS) == ITEMS


def test_items_are_sorted_by_start_then_the_longer_first(doc: Doc) -> None:
    inner, outer = Item(19, 21, "b", {}), Item(19, 23, "a", {})
    layers.write(doc, layers.QUOTATIONS, [inner, outer, ITEMS[0]])
    assert layers.read(doc, layers.QUOTATIONS) == [ITEMS[0], outer, inner]


def test_spans_are_the_tokens_that_hold_the_item(doc: Doc) -> None:
    layers.write(doc, layers.QUOTATIONS, ITEMS)
    for span, item in layers.read_spans(doc, layers.QUOTATIONS):
        assert span.start_char <= item.start < item.end <= span.end_char
        assert span.label_ == item.label


def test_a_layer_replaces_the_one_before(doc: Doc) -> None:
    layers.write(doc, layers.BLOCKS, ITEMS, dates=[])
    layers.write(doc, layers.BLOCKS, ITEMS[:1], interview=True)
    assert layers.read(doc, layers.BLOCKS) == ITEMS[:1]
    assert layers.about(doc, layers.BLOCKS) == {"interview": True}


def test_a_layer_that_nobody_wrote_is_empty(doc: Doc) -> None:
    assert layers.read(doc, layers.TURNS) == []
    assert layers.about(doc, layers.TURNS) == {}


def test_an_item_is_found_by_its_offsets(doc: Doc) -> None:
    layers.write(doc, layers.BLOCKS, ITEMS)
    for item in ITEMS:
        assert layers.find(doc, layers.BLOCKS, item.start, item.end) == item
    assert layers.find(doc, layers.BLOCKS, ITEMS[0].start, ITEMS[0].end + 1) is None
    assert layers.find(doc, layers.TURNS, ITEMS[0].start, ITEMS[0].end) is None


def test_docbin(doc: Doc) -> None:
    layers.write(doc, layers.QUOTATIONS, ITEMS, interview=False)
    (again,) = DocBin().from_bytes(DocBin(docs=[doc]).to_bytes()).get_docs(doc.vocab)
    assert layers.read(again, layers.QUOTATIONS) == ITEMS
    assert layers.about(again, layers.QUOTATIONS) == {"interview": False}


def test_pickle(doc: Doc) -> None:
    layers.write(doc, layers.QUOTATIONS, ITEMS, interview=False)
    again = pickle.loads(pickle.dumps(doc))
    assert layers.read(again, layers.QUOTATIONS) == ITEMS
    assert layers.about(again, layers.QUOTATIONS) == {"interview": False}


@pytest.mark.parametrize(("start", "end"), [(20, 99), (-3, 4), (99, 120)])
def test_an_item_outside_the_text_is_refused(doc: Doc, start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"got {start}:{end} in a text of {len(TEXT)} characters"):
        layers.write(doc, layers.QUOTATIONS, [Item(start, end, "direct", {})])
