"""A record for reading in a terminal: its text with entities and quotations marked, then a list of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from .records import Quote, Record

STYLES = {"PER": "bold green", "LOC": "bold blue", "ORG": "bold magenta"}
_TITLE, _QUOTATION, _FAINT = "bold reverse", "italic", "dim"
_INDENT = "   "
# What a terminal would obey rather than show: as the pictures that Unicode has of control characters.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_CONTROLS |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def view(record: Record) -> Text:
    """Return what `rich.console.Console.print` shows of a record, in colours where there are any.

    >>> Console().print(view(record))
    """
    return Text("\n").join(_lines(record))


def _lines(record: Record) -> Iterator[Text]:
    yield _text(record.title or record.id, _TITLE)
    about = [value for value in (record.outlet, record.date, record.url) if value]
    if about:
        yield _text(" · ".join(about), _FAINT)
    yield _marked(record)
    yield Text()
    yield Text(f"Quotations: {len(record.quotes)}", _TITLE)
    for number, quote in enumerate(record.quotes, 1):
        yield from _quotation(number, quote)
    named = Counter((entity.label, entity.name, entity.id) for entity in record.entities)
    yield Text()
    yield Text(f"Entities: {len(named)}, mentioned {len(record.entities)} times", _TITLE)
    for (label, name, qid), count in sorted(
        named.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
    ):
        known = _text(f" {qid}" if qid else "", _FAINT)
        yield Text.assemble((label, STYLES[label]), " ", _text(name), known, f" × {count}")


def _marked(record: Record) -> Text:
    text = _text(record.text)
    for quote in record.quotes:
        text.stylize(_QUOTATION, quote.start, quote.end)
    for entity in record.entities:
        text.stylize(STYLES[entity.label], entity.start, entity.end)
    return text


def _quotation(number: int, quote: Quote) -> Iterator[Text]:
    if quote.speaker is None:
        speaker = Text("nobody named", _FAINT)
    else:
        speaker = _text(quote.speaker.name, STYLES.get(quote.speaker.label or "", ""))
    role = _text(f", {quote.speaker.role}" if quote.speaker and quote.speaker.role else "")
    yield Text.assemble(f"{number}. ", speaker, role, f" ({quote.kind})")
    yield _text(indent(quote.text, _INDENT), _QUOTATION)
    details = [f"cue: {quote.cue.text if quote.cue else 'none'}"]
    if quote.source:
        details.append(f"source: {quote.source.text}")
    if quote.stance:
        details.append(f"stance: {'not ' if quote.negated else ''}{quote.stance}")
    if about := dict.fromkeys(mention.name for mention in quote.mentions):
        details.append(f"about: {', '.join(about)}")
    details += [f"confidence: {quote.confidence:.2f}", f"rule: {quote.rule}"]
    yield _text(_INDENT + " | ".join(details), _FAINT)


def _text(text: str, style: str = "") -> Text:
    return Text(text.translate(_CONTROLS), style)
