"""How an annotation lives in a ``Doc``: a span group whose spans carry JSON attributes.

A dataclass or a ``Span`` in ``doc._.x`` breaks ``n_process=2`` and ``DocBin``; a ``SpanGroup`` with JSON attributes
survives both, and pickling. Its spans are made of whole tokens, so the exact character offsets travel in the
attributes, beside whatever else the layer knows of the item.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

# The layers, by the component that writes them.
BLOCKS, TURNS = "blocks", "turns"  # gnlp_layout
ENTITIES = "entities"  # gnlp_entities writes doc.ents, gnlp_naming this layer beside them
QUOTATIONS = "quotations"  # gnlp_quotations, completed by gnlp_speakers


class Item(NamedTuple):
    """One item of a layer: exact character offsets, a label, and JSON attributes."""

    start: int
    end: int
    label: str
    attrs: dict[str, Any]


def write(
    doc: Doc, layer: str, items: Iterable[Item], spans: Sequence[Span] | None = None, **about: Any
) -> None:
    """Store ``items`` (sorted by start, then the longer first) as ``doc.spans[layer]``, replacing what was there.

    ``spans`` are the items' own, where the caller has them and sorted them so. ``about`` are JSON attributes of the
    layer as a whole.
    """
    from spacy.tokens import SpanGroup

    ordered = sorted(items, key=lambda item: (item.start, -item.end))
    if spans is None:
        spans = [_expanded(doc, item) for item in ordered]
    stored = [[item.start, item.end, item.label, item.attrs] for item in ordered]
    doc.spans[layer] = SpanGroup(doc, name=layer, spans=spans, attrs={**about, "items": stored})


def complete(doc: Doc, layer: str, items: Iterable[Item]) -> None:
    """Store other attributes of a layer's items, which stay where they are and in their order."""
    group = doc.spans[layer]
    group.attrs = {**group.attrs, "items": [[item.start, item.end, item.label, item.attrs] for item in items]}


def read(doc: Doc, layer: str) -> list[Item]:
    """Return the items of a layer, in order; empty when no component has written it."""
    # The spans themselves, each an object of spaCy's, are made only for who asks for them.
    return [Item(*stored) for stored in doc.spans[layer].attrs["items"]] if layer in doc.spans else []


def read_spans(doc: Doc, layer: str) -> Iterator[tuple[Span, Item]]:
    """Yield the items of a layer with the tokens that hold them."""
    if layer in doc.spans:
        group = doc.spans[layer]
        for span, stored in zip(group, group.attrs["items"], strict=True):
            yield span, Item(*stored)


def find(doc: Doc, layer: str, start: int, end: int) -> Item | None:
    """Return the first item of a layer with these character offsets, None where there is none."""
    items = doc.spans[layer].attrs["items"] if layer in doc.spans else []
    at = bisect_left(items, start, key=lambda stored: int(stored[0]))
    while at < len(items) and items[at][0] == start:
        if items[at][1] == end:
            return Item(*items[at])
        at += 1
    return None


def about(doc: Doc, layer: str) -> dict[str, Any]:
    """Return the attributes of a layer as a whole; empty when no component has written it."""
    if layer not in doc.spans:
        return {}
    return {key: value for key, value in doc.spans[layer].attrs.items() if key != "items"}


def _expanded(doc: Doc, item: Item) -> Span:
    span = doc.char_span(item.start, item.end, label=item.label, alignment_mode="expand")
    if span is None:
        raise ValueError(
            f"A layer's item must lie inside the text and hold at least one character: got {item.start}:{item.end} "
            f"in a text of {len(doc.text)} characters."
        )
    return span
