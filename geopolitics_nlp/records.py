"""What comes out of an article: frozen dataclasses, their JSON, and the views of them on a spaCy ``Doc``.

Offsets count Unicode code points of the article's text, end exclusive: ``text[start:end] == item.text``, always.
Keys are never dropped from the JSON: what is unknown is null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from dataclasses_json import DataClassJsonMixin

SCHEMA_VERSION = "1"

Label = Literal["PER", "LOC", "ORG"]
Kind = Literal["direct", "mixed", "turn", "indirect"]


class _Json(DataClassJsonMixin):
    """dataclasses-json with readable French: letters are written as they are, not as escapes."""

    def to_json(self, *, ensure_ascii: bool = False, **kwargs: Any) -> str:  # type: ignore[override]
        """Return the JSON object on one line; keyword arguments go to `json.dumps`."""
        return json.dumps(self.to_dict(encode_json=False), ensure_ascii=ensure_ascii, **kwargs)


@dataclass(frozen=True, slots=True)
class Article(_Json):
    """One article to annotate.

    ``text`` is annotated exactly as given. ``id`` may be left None: it is then made from the text's hash.
    ``meta`` carries whatever else is known of the article to the record, untouched.
    """

    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    outlet: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extent(_Json):
    """Some words of the article: a cue or a source at a quotation."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity(_Json):
    """One mention of a person, place or organisation.

    ``name`` is the canonical name within the article, shared by all mentions of one thing; ``id`` a Wikidata QID where
    the gazetteer knows one; ``kb_name`` the gazetteer's French name.
    """

    start: int
    end: int
    text: str
    label: Label
    name: str
    id: str | None = None
    kb_name: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker(_Json):
    """Who a source resolves to.

    An entity of the article (``label`` set), or, where nobody is named, the describing words (``label`` None).
    """

    name: str
    label: Label | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Quote(_Json):
    """One quotation: its content without marks and outer space, the cue that reports it, its source and speaker.

    Parts of one utterance that its cue interrupts share ``utterance``. ``confidence`` is the probability that content
    and speaker are both right; ``rule`` tells a reader why the quotation was found and so attributed; ``stance`` is
    the cue's (asserts, denies, …), None without a cue.
    """

    start: int
    end: int
    text: str
    kind: Kind
    cue: Extent | None
    source: Extent | None
    speaker: Speaker | None
    utterance: int
    confidence: float
    rule: str
    stance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(_Json):
    """The annotation of one article, complete with its text: one JSON object, one line of a JSONL file.

    >>> record = Record(id="a1", text="Ansongo")
    >>> Record.from_json(record.to_json()) == record
    True
    """

    schema_version: str = SCHEMA_VERSION
    id: str
    title: str | None = None
    date: str | None = None
    url: str | None = None
    outlet: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    text: str
    entities: tuple[Entity, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure(_Json):
    """An article that could not be annotated: which one, why, and where it came from (``file.csv:12``)."""

    id: str
    reason: str
    where: str | None = None
