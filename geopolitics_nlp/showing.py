"""A record for reading in a terminal: its text with entities and quotations marked, then a list of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from .records import Quote, Record

STYLES = {"PER": "bold green", "LOC": "bold blue", "ORG": "bold magenta"}
_QUOTATION = "italic"
_FAINT = "dim"
# What a terminal would obey rather than show: as the pictures that Unicode has of control characters.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_CONTROLS |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def view(record: Record) -> RenderableType:
    """Return what `rich.console.Console.print` shows of a record; plain where there are no colours.

    >>> Console().print(view(record))
    """
    return Group(*_parts(record))


def _parts(record: Record) -> Iterator[RenderableType]:
    yield Rule(_text(record.title or record.id), align="left")
    about = [value for value in (record.outlet, record.date, record.url) if value]
    if about:
        yield _text(" · ".join(about), _FAINT)
    yield _marked(record)
    yield Rule(f"Quotations: {len(record.quotes)}", align="left")
    for number, quote in enumerate(record.quotes, 1):
        yield from _quotation(number, quote)
    named = Counter((entity.label, entity.name, entity.id) for entity in record.entities)
    yield Rule(f"Entities: {len(named)}, mentioned {len(record.entities)} times", align="left")
    for (label, name, qid), count in sorted(
        named.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
    ):
        yield Text.assemble(
            (f"{label} ", STYLES[label]), _text(name), (f" {qid}" if qid else "", _FAINT), f" × {count}"
        )


def _marked(record: Record) -> Text:
    text = _text(record.text)
    for quote in record.quotes:
        text.stylize(_QUOTATION, quote.start, quote.end)
    for entity in record.entities:
        text.stylize(STYLES[entity.label], entity.start, entity.end)
    return text


def _quotation(number: int, quote: Quote) -> Iterator[RenderableType]:
    if quote.speaker is None:
        speaker = Text("nobody named", _FAINT)
    else:
        speaker = _text(quote.speaker.name, STYLES.get(quote.speaker.label or "", ""))
    yield Text.assemble(f"{number}. ", speaker, f"  {quote.kind}")
    yield Padding(_text(quote.text, _QUOTATION), (0, 0, 0, 3))
    details = [f"cue: {quote.cue.text if quote.cue else 'none'}"]
    if quote.source:
        details.append(f"source: {quote.source.text}")
    if quote.stance:
        details.append(f"stance: {quote.stance}")
    details += [f"confidence: {quote.confidence:.2f}", f"rule: {quote.rule}"]
    yield Padding(_text(" | ".join(details), _FAINT), (0, 0, 0, 3))


def _text(text: str, style: str = "") -> Text:
    return Text(text.translate(_CONTROLS), style)
