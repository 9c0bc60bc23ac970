"""What comes out of an article: frozen dataclasses, their JSON, and the views of them on a spaCy ``Doc``.

Offsets count Unicode code points of the article's text, end exclusive: ``text[start:end] == item.text``,
always. Keys are never dropped from the JSON: what is unknown is null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from dataclasses_json import DataClassJsonMixin

from . import layers

if TYPE_CHECKING:
    from spacy.tokens import Doc

SCHEMA_VERSION = "1"

Label = Literal["PER", "LOC", "ORG"]
Kind = Literal["direct", "mixed", "turn", "indirect"]


class _Json(DataClassJsonMixin):
    """dataclasses-json with readable French: letters are written as they are, not as escapes."""

    def to_json(self, *, ensure_ascii: bool = False, **kwargs: Any) -> str:
        """Return the JSON object on one line; keyword arguments go to `json.dumps`.

        What JSON has no type for (a date in ``meta``) is written as its ``str``.
        """
        # Not by `to_dict`, whose deep copies take eighteen times as long: 8 % of the time of annotating an
        # article.
        return json.dumps(self, default=_jsonable, ensure_ascii=ensure_ascii, **kwargs)


@dataclass(frozen=True, slots=True)
class Article(_Json):
    """One article to annotate.

    ``text`` is annotated exactly as given. ``id`` may be left None: it is then made from the text's hash.
    ``meta`` carries whatever else is known of the article to the record, untouched. ``where`` is where it
    came from (``press.csv:12``), for the failures' sake.
    """

    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    outlet: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Extent(_Json):
    """Some words of the article: a cue or a source at a quotation."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity(_Json):
    """One mention of a person, place or organisation.

    ``name`` is the canonical name within the article, shared by all mentions of one thing; ``id`` a Wikidata
    QID where the gazetteer knows one; ``kb_name`` the gazetteer's French name. ``country`` is an ISO 3166-1 alpha-2
    code; ``lat`` and ``lon`` are a place's, in decimal degrees; ``role`` is a person's function in the article's own
    words. What is unknown is None.
    """

    start: int
    end: int
    text: str
    label: Label
    name: str
    id: str | None = None
    kb_name: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker(_Json):
    """Who a source resolves to.

    An entity of the article (``label`` set), or, where nobody is named, the describing words (``label``
    None). ``role`` is a person's function in the article's own words, ``affiliation`` the name of the
    organisation, place or country that the article says the person is of.
    """

    name: str
    label: Label | None = None
    id: str | None = None
    role: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Mention(_Json):
    """Whom or what a quotation is about: a name inside it, or a pronoun that surely means an entity."""

    start: int
    end: int
    text: str
    name: str
    label: Label
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Quote(_Json):
    """One quotation: content without marks and outer space, the cue that reports it, source and speaker.

    Parts of one utterance that its cue interrupts share ``utterance``. ``confidence`` is the probability that
    content and speaker are both right; ``rule`` tells a reader why the quotation was found and so attributed;
    ``stance`` is the cue's (asserts, denies, …: `lexicons.Stance`), None without a cue, and ``negated`` tells that
    the cue is negated (``n'a pas dit que``): the source is not reported to take that stance. ``mentions`` are
    whom and what the quotation is about.
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
    negated: bool = False
    mentions: tuple[Mention, ...] = ()


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

    @classmethod
    def from_dict(cls, kvs: Any, *, infer_missing: bool = False) -> Self:
        """Return the record of a decoded JSON object; keys of a later version are left out.

        Raises `TypeError` when a key without a default is missing, whatever ``infer_missing`` says.
        """
        # By hand: dataclasses-json looks at the types of each value anew, and takes a hundred times as long.
        values = _known(cls, kvs)
        values["entities"] = tuple(Entity(**_known(Entity, item)) for item in kvs.get("entities", ()))
        values["quotes"] = tuple(map(_quote_from, kvs.get("quotes", ())))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Failure(_Json):
    """An article that could not be annotated: which one, why, and where it came from (``file.csv:12``)."""

    id: str
    reason: str
    where: str | None = None


def record(doc: Doc, article: Article) -> Record:
    """Return the record of an annotated article.

    Raises `ValueError` when ``doc`` holds another text than ``article``, or the article has no id.

    >>> record(nlp("Il vit à Gao."), Article("Il vit à Gao.", id="a1")).entities[0].text
    'Gao'
    """
    if doc.text != article.text:
        raise ValueError(
            f"The document's text is not that of the article {article.id!r}: annotate its text untouched."
        )
    return complete(article, entities(doc), quotes(doc))


def complete(article: Article, entities: tuple[Entity, ...], quotes: tuple[Quote, ...]) -> Record:
    """Return the record of ``article`` with these annotations; raises `ValueError` when it has no id."""
    if article.id is None:
        raise ValueError("A record needs an id: set the article's `id`, or use `annotate`, which makes one.")
    return Record(
        id=article.id,
        title=article.title,
        date=article.date,
        url=article.url,
        outlet=article.outlet,
        meta=article.meta,
        text=article.text,
        entities=entities,
        quotes=quotes,
    )


def entities(doc: Doc) -> tuple[Entity, ...]:
    """Return the persons, places and organisations of ``doc``, with what the layer of entities knows."""
    text = doc.text
    known = {(span.start, span.end): item for span, item in layers.read_spans(doc, layers.ENTITIES)}
    found = []
    for span in doc.ents:
        if span.label_ not in get_args(Label):
            continue
        item = known.get((span.start, span.end))
        start, end = (item.start, item.end) if item else (span.start_char, span.end_char)
        attrs = item.attrs if item else {}
        found.append(
            Entity(
                start=start,
                end=end,
                text=text[start:end],
                label=span.label_,  # type: ignore[arg-type]
                name=attrs.get("name") or text[start:end],
                id=span.kb_id_ or None,
                kb_name=attrs.get("kb_name"),
                country=attrs.get("country"),
                lat=attrs.get("lat"),
                lon=attrs.get("lon"),
                role=attrs.get("role"),
            )
        )
    return tuple(found)


def quotes(doc: Doc) -> tuple[Quote, ...]:
    """Return the quotations of ``doc``, sorted by start; empty when no component has looked for any.

    This is what ``doc._.quotes`` shows: a view, made anew from the layer of quotations each time.
    """
    text = doc.text
    return tuple(_quote(text, item) for item in layers.read(doc, layers.QUOTATIONS))


def register_extensions() -> None:
    """Make ``doc._.quotes`` readable in this process; components call it where they are created."""
    from spacy.tokens import Doc

    Doc.set_extension("quotes", getter=quotes, force=True)


def _quote(text: str, item: layers.Item) -> Quote:
    attrs = item.attrs
    speaker = attrs.get("speaker")
    return Quote(
        start=item.start,
        end=item.end,
        text=text[item.start : item.end],
        kind=item.label,  # type: ignore[arg-type]
        cue=_extent(text, attrs.get("cue")),
        source=_extent(text, attrs.get("source")),
        speaker=Speaker(**speaker) if speaker else None,
        utterance=attrs["utterance"],
        # Rounded, so that the noise of floating point (another batch, another machine) does not show.
        confidence=round(float(attrs.get("confidence", 0.0)), 4),
        rule=attrs["rule"],
        stance=attrs.get("stance"),
        negated=attrs.get("negated", False),
        mentions=tuple(
            Mention(start, end, text[start:end], **entity) for start, end, entity in attrs.get("mentions", ())
        ),
    )


def _quote_from(kvs: Any) -> Quote:
    values = _known(Quote, kvs)
    for key, kind in (("cue", Extent), ("source", Extent), ("speaker", Speaker)):
        if values.get(key) is not None:
            values[key] = kind(**_known(kind, values[key]))
    values["mentions"] = tuple(Mention(**_known(Mention, item)) for item in kvs.get("mentions", ()))
    return Quote(**values)


def _known(kind: type[Any], kvs: Any) -> dict[str, Any]:
    return {name: kvs[name] for name in kind.__dataclass_fields__ if name in kvs}


def _extent(text: str, offsets: list[int] | None) -> Extent | None:
    if offsets is None:
        return None
    start, end = offsets
    return Extent(start, end, text[start:end])


def _jsonable(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    return str(value)
