"""Records as rows: nothing is lost, and the columns are those of the record."""

from __future__ import annotations

import json

import pytest

from geopolitics_nlp import Entity, Extent, Mention, Quote, Record, Speaker, tables

pa = pytest.importorskip("pyarrow")

QUOTE = Quote(
    2, 6, "Où ?", "direct", Extent(8, 11, "dit"), None, Speaker("Awa", "PER"), 0, 0.9, "postposed-cue",
    negated=True, mentions=(Mention(2, 4, "Où", "Gao", "LOC"),),
)  # fmt: skip
RECORD = Record(
    id="a",
    title="Titre",
    meta={"rubrique": "Ciel", "pages": [1, 2]},
    text="« Où ? » dit Awa",
    entities=(Entity(13, 16, "Awa", "PER", "Awa", "Q1"),),
    quotes=(QUOTE,),
)


@pytest.mark.parametrize("record", [RECORD, Record(id="b", text="Rien.")], ids=["full", "empty"])
def test_nested_rows_lose_nothing(record: Record) -> None:
    batch = pa.RecordBatch.from_pylist([tables.row(record)], schema=tables.schema())
    assert [tables.record(row) for row in batch.to_pylist()] == [record]


def test_nested_columns_are_the_keys_of_the_record() -> None:
    nested, written = tables.schema(), json.loads(RECORD.to_json())
    assert nested.names == list(written)
    assert [field.name for field in nested.field("quotes").type.value_type] == list(written["quotes"][0])
    assert str(nested.field("quotes").type.value_type.field("confidence").type) == "double"


def test_flat_rows() -> None:
    article = {"article_id": "a", "title": "Titre", "date": None, "url": None, "outlet": None}
    article["meta"] = '{"rubrique": "Ciel", "pages": [1, 2]}'
    (entity,) = tables.entity_rows(RECORD)
    expected = article | {"start": 13, "end": 16, "text": "Awa", "label": "PER", "name": "Awa", "id": "Q1"}
    assert expected.items() <= entity.items()
    (quote,) = tables.quote_rows(RECORD)
    assert list(quote) == tables.columns(Quote) == tables.flat_schema(Quote).names
    assert list(entity) == tables.columns(Entity) == tables.flat_schema(Entity).names
    assert (quote["cue_text"], quote["source_text"], quote["speaker_name"]) == ("dit", None, "Awa")
    assert (quote["speaker_id"], quote["confidence"], quote["article_id"]) == (None, 0.9, "a")


def test_half_a_surrogate_pair_is_replaced() -> None:
    record = Record(id="a", title="\ud83d", meta={"k": "\ud83d"}, text="x")
    assert tables.row(record)["title"] == "?"
    assert tables.row(record)["meta"] == '{"k": "?"}'
