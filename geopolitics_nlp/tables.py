"""Records as rows: nested, one a record; flat, one an entity or a quotation. Columns follow from the dataclasses.

Nested rows have the keys of the JSON record. Flat rows begin with what is known of their article
(``article_id``, ``title``, …), and the parts of a cue, a source and a speaker are columns of their own
(``cue_text``, ``speaker_name``). ``meta`` is one JSON object in a string, as each article may have other keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from .records import Entity, Quote, Record

if TYPE_CHECKING:
    import pyarrow

# Of a record, what goes into each row of its entities and quotations, under which name.
_ARTICLE = {"id": "article_id"} | {name: name for name in ("title", "date", "url", "outlet", "meta")}


def row(record: Record) -> dict[str, Any]:
    """Return the nested row of a record: a dict of what `schema` says."""
    return {item.name: _plain(getattr(record, item.name)) for item in fields(record)}


def record(row: dict[str, Any]) -> Record:
    """Return the record of a nested row.

    >>> record(row(r)) == r
    True
    """
    return Record.from_dict(row | {"meta": json.loads(row["meta"])})


def entity_rows(record: Record) -> Iterator[dict[str, Any]]:
    """Yield the flat rows of a record's entities."""
    return _flat_rows(record, record.entities)


def quote_rows(record: Record) -> Iterator[dict[str, Any]]:
    """Yield the flat rows of a record's quotations."""
    return _flat_rows(record, record.quotes)


def columns(kind: type[Entity | Quote]) -> list[str]:
    """Return the columns of flat rows of ``kind``, in order.

    >>> columns(Entity)[5:]
    ['meta', 'start', 'end', 'text', 'label', 'name', 'id', 'kb_name']
    """
    return [*_ARTICLE.values(), *(name for name, _, _ in _leaves(kind))]


def schema() -> pyarrow.Schema:
    """Return the Arrow schema of nested rows. Needs pyarrow."""
    import pyarrow as pa

    return pa.schema([(name, _arrow(each)) for name, each in _types(Record).items()])


def flat_schema(kind: type[Entity | Quote]) -> pyarrow.Schema:
    """Return the Arrow schema of flat rows of ``kind``. Needs pyarrow."""
    import pyarrow as pa

    article = [(name, pa.string()) for name in _ARTICLE.values()]
    return pa.schema(article + [(name, _arrow(each)) for name, _, each in _leaves(kind)])


def _flat_rows(record: Record, items: tuple[Entity, ...] | tuple[Quote, ...]) -> Iterator[dict[str, Any]]:
    article = {column: _plain(getattr(record, name)) for name, column in _ARTICLE.items()}
    for item in items:
        yield article | {name: _plain(_at(item, path)) for name, path, _ in _leaves(type(item))}


@cache
def _leaves(kind: Any, path: tuple[str, ...] = ()) -> list[tuple[str, tuple[str, ...], Any]]:
    """Return each part that is no dataclass itself: the name of its column, where it is, its type."""
    found: list[tuple[str, tuple[str, ...], Any]] = []
    for name, each in _types(kind).items():
        inside = (*path, name)
        is_leaf = not is_dataclass(each)
        found += [("_".join(inside), inside, each)] if is_leaf else _leaves(each, inside)
    return found


def _at(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = getattr(item, name, None)  # a cue, source or speaker may be None
    return item


@cache
def _types(kind: Any) -> dict[str, Any]:
    """Return the types of a dataclass's fields; what may also be None is as what it is else."""
    hints = get_type_hints(kind)
    types = {}
    for item in fields(kind):
        each = hints[item.name]
        if NoneType in get_args(each):
            (each,) = set(get_args(each)) - {NoneType}
        types[item.name] = each
    return types


def _arrow(kind: Any) -> pyarrow.DataType:
    import pyarrow as pa

    if hasattr(kind, "__dataclass_fields__"):
        return pa.struct([(name, _arrow(each)) for name, each in _types(kind).items()])
    if get_origin(kind) is tuple:
        return pa.list_(_arrow(get_args(kind)[0]))
    return {int: pa.int32(), float: pa.float64(), bool: pa.bool_()}.get(kind, pa.string())


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        value = json.dumps(value, default=str, ensure_ascii=False)
    if isinstance(value, str):  # half a surrogate pair in a title cannot be written but in JSON
        return value.encode(errors="replace").decode()
    return value
