"""What every record promises, whatever the text, as one function."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from typing import get_args

from geopolitics_nlp.records import Extent, Kind, Label, Record


def violations(made: Record, text: str) -> list[str]:
    """Return what ``made``, the record of ``text``, does not keep of what records promise."""
    return list(_violations(made, text))


def _violations(made: Record, text: str) -> Iterator[str]:
    if made.text != text:
        yield "the text is another"
    extents = [(cue, "cue") for quote in made.quotes if (cue := quote.cue)]
    extents += [(source, "source") for quote in made.quotes if (source := quote.source)]
    for item, what in [
        *((item, "entity") for item in made.entities),
        *((item, "quotation") for item in made.quotes),
        *((item, "mention") for quote in made.quotes for item in quote.mentions),
        *extents,
    ]:
        if not 0 <= item.start < item.end <= len(text):
            yield f"{what}: offsets {item.start}, {item.end} in {len(text)} characters"
        elif text[item.start : item.end] != item.text:
            yield f"{what}: {item.text!r} is not what stands there"
        elif item.text != item.text.strip():
            yield f"{what}: outer white space in {item.text!r}"
    for one, other in pairwise(made.entities):
        if one.end > other.start:
            yield f"entities overlap or are not in order: {one}, {other}"
    keys = [(quote.start, -quote.end) for quote in made.quotes]
    if keys != sorted(keys):
        yield f"quotations are not in order: {keys}"
    found = [(quote.start, quote.end, quote.kind) for quote in made.quotes]
    if len(found) != len(set(found)):
        yield f"a quotation twice: {found}"
    for entity in made.entities:
        if entity.label not in get_args(Label) or not entity.name.strip():
            yield f"entity without label or name: {entity}"
        if entity.id == "" or (entity.id and not entity.kb_name):
            yield f"entity with half an identity: {entity}"
        if (entity.lat is None) != (entity.lon is None) or not abs(entity.lat or 0) <= 90 >= abs(
            entity.lon or 0
        ) / 2:
            yield f"no place on earth: {entity}"
    for quote in made.quotes:
        if not (type(quote.confidence) is float and 0.0 <= quote.confidence <= 1.0):
            yield f"confidence: {quote}"
        if quote.kind not in get_args(Kind) or not quote.rule or quote.utterance < 0:
            yield f"kind, rule or utterance: {quote}"
        if quote.cue is None and (quote.stance is not None or quote.negated):
            yield f"the stance of a cue that is not there: {quote}"
        if not all(quote.start <= item.start and item.end <= quote.end for item in quote.mentions):
            yield f"a mention outside its quotation: {quote}"
        speaker = quote.speaker
        if speaker and not (speaker.name.strip() and speaker.label in (None, *get_args(Label))):
            yield f"speaker without a name: {quote}"
        if speaker and speaker.label is None and speaker.id is not None:
            yield f"an identity without a label: {quote}"
    line = made.to_json()
    if "\n" in line or Record.from_json(line) != made:
        yield "JSON and back is another record"
    keys_of_quote = {field.name for field in fields(made.quotes[0])} if made.quotes else set()
    for values in json.loads(line)["quotes"]:
        if set(values) != keys_of_quote:
            yield f"keys dropped: {sorted(values)}"
        if values["cue"] is not None and set(values["cue"]) != {field.name for field in fields(Extent)}:
            yield f"keys dropped: {values['cue']}"
