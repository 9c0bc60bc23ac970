"""Batches of Arrow, and a real Spark session where pyspark and Java are: the records are those of one machine."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marked_text import pipeline
from spacy.language import Language

from geopolitics_nlp import annotate, spark, tables
from geopolitics_nlp.reading import Columns, read
from geopolitics_nlp.records import Record

pa = pytest.importorskip("pyarrow", reason="the extra [parquet] is not installed")
pq = pytest.importorskip("pyarrow.parquet")

SAMPLES = sorted((Path(__file__).parents[1] / "seeds" / "articles").glob("*.txt"))
GOOD = "« Nous partons », dit Awa."


def batches(rows: list[dict[str, Any]], size: int = 2) -> list[Any]:
    return pa.Table.from_pylist(rows).to_batches(max_chunksize=size)


def annotated(rows: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    made = list(spark.annotate_batches(batches(rows), **options))
    assert all(batch.schema == spark.schema() for batch in made)
    return [row for batch in made for row in batch.to_pylist()]


def test_batches_give_the_records_of_annotate(light_nlp: Language) -> None:
    rows = [{"ref": f"r{i}", "texte": f"{i} {GOOD}", "rubrique": "Fleuve", "n": i} for i in range(7)]
    expected = annotate([row | {"id": row["ref"]} for row in rows], nlp=light_nlp)
    made = annotated(rows, nlp=light_nlp, columns=Columns(id="ref"))
    assert [row.pop("failure") for row in made] == [None] * 7
    for row, record in zip(made, expected, strict=True):
        assert isinstance(record, Record)
        assert json.loads(row["meta"]) == {key: record.meta[key] for key in ("rubrique", "n")}
        assert tables.record(row | {"meta": "{}"}).to_json() == replaced_meta(record)


def replaced_meta(record: Record) -> str:
    return json.dumps(json.loads(record.to_json()) | {"meta": {}}, ensure_ascii=False)


def test_failures_are_rows_in_their_place(light_nlp: Language) -> None:
    rows = [
        {"id": "a", "text": GOOD, "titre": "Un"},
        {"id": "b", "text": None, "titre": "Deux"},
        {"id": None, "text": " ", "titre": "Trois"},
        {"id": "d", "text": "EXCEPTION", "titre": "Quatre"},
        {"id": "e", "text": GOOD * 10, "titre": "Cinq"},
        {"id": None, "text": GOOD, "titre": "Six"},
    ]
    made = annotated(rows, nlp=light_nlp, max_chars=100)
    assert [row["failure"] for row in made] == [
        None,
        "The text is empty.",
        "The text is only white space.",
        "The pipeline failed on it: RuntimeError: an exception in the pipeline",
        "The text has 260 characters: split it, or raise the limit of 100.",
        None,
    ]
    assert [row["id"] for row in made[:5]] == ["a", "b", None, "d", "e"]
    assert [row["title"] for row in made] == ["Un", None, "Trois", "Quatre", "Cinq", "Six"]
    assert [row["quotes"] is None for row in made] == [False, True, True, True, True, False]
    (record,) = annotate([GOOD], nlp=light_nlp)
    assert made[5]["id"] == record.id


def test_a_row_that_is_not_unicode_is_a_failure(light_nlp: Language) -> None:
    texts = pa.array([b"bon", b"\xe9t\xe9"], pa.binary()).view(pa.string())
    (made,) = spark.annotate_batches([pa.record_batch({"text": texts})], nlp=light_nlp)
    good, bad = made.to_pylist()
    assert (good["failure"], good["text"]) == (None, "bon")
    assert "not UTF-8" in bad["failure"]


def test_batches_are_lazy_and_the_pipeline_loads_once(
    monkeypatch: pytest.MonkeyPatch, light_nlp: Language
) -> None:
    loads, taken = [], []

    def load(min_confidence: float) -> Language:
        loads.append(min_confidence)
        return light_nlp

    def given() -> Iterator[Any]:
        for batch in batches([{"text": GOOD}] * 6):
            taken.append(batch)
            yield batch

    monkeypatch.setattr("geopolitics_nlp.pipeline.load", load)
    spark._loaded.cache_clear()
    try:
        made = spark.annotate_batches(given(), min_confidence=0.5)
        assert (taken, loads) == ([], [])
        next(made)
        assert (len(taken), loads) == (1, [0.5])
        assert len(list(made)) == 2
        list(spark.annotate_batches(batches([{"text": GOOD}]), min_confidence=0.5))
        assert loads == [0.5]
        assert (
            list(spark.annotate_batches([pa.RecordBatch.from_pylist([], pa.schema({"text": pa.string()}))]))
            == []
        )
    finally:
        spark._loaded.cache_clear()


# Spark


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="the extra [spark] is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, which is not here (Debian: openjdk-17-jre-headless)")
    folder = tmp_path_factory.mktemp("spark")
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.sql.warehouse.dir": str(folder),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "3",
    }
    builder = sql.SparkSession.builder.master("local[2]").appName("tests")
    for name, value in options.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def test_a_folder_of_parquet_gives_the_records_of_one_machine(session: Any, tmp_path: Path) -> None:
    articles = [
        {"ref": path.stem, "corps": path.read_text(encoding="utf-8"), "titre": None, "annee": 2025 + i % 2}
        for i, path in enumerate(SAMPLES)
    ]
    articles += [{"ref": f"court-{i}", "corps": GOOD, "titre": f"Titre {i}", "annee": 2025} for i in range(4)]
    articles += [{"ref": "vide", "corps": "", "titre": "Rien", "annee": 2026}]
    for part in range(4):
        pq.write_table(pa.Table.from_pylist(articles[part::4]), tmp_path / f"part-{part}.parquet")

    df = session.read.parquet(str(tmp_path)).repartition(4)
    assert df.rdd.getNumPartitions() == 4
    rows = [row.asDict(recursive=True) for row in spark.annotate(df, text="corps", id="ref").collect()]

    made = {row["id"]: row for row in rows}
    assert len(rows) == len(made) == len(articles)
    assert {id: row["failure"] for id, row in made.items() if row["failure"]} == {
        "vide": "The text is empty."
    }
    given = [
        {"id": each["ref"], "text": each["corps"], "titre": each["titre"], "annee": each["annee"]}
        for each in articles
    ]
    for record in annotate(given, nlp=pipeline()):
        if isinstance(record, Record):
            row = made[record.id]
            assert row.pop("failure") is None
            assert tables.record(row) == record
            assert tables.row(record) == row


def test_the_example_of_the_readme_runs(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```py\n(.*?)```", readme, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    pq.write_table(pa.table({"ref": ["a", "b"], "texte": [GOOD, " "]}), "articles/1.parquet")
    # The session's own folder is not ours: paths in the example are relative.
    example = re.sub(r'"(articles|records)/"', rf'"{tmp_path}/\1/"', example)
    exec(compile(example, "README.md", "exec"), {})
    assert [record.text for record in annotate(read([tmp_path / "records"]), nlp=pipeline())] == [GOOD]


def test_columns_that_are_not_there_are_told_before_anything_runs(session: Any) -> None:
    df = session.createDataFrame([("Gao", "Mali")], ["ville", "pays"])
    with pytest.raises(ValueError, match=r"There is no text: .* say which it is of 'ville', 'pays'"):
        spark.annotate(df)
    with pytest.raises(ValueError, match="There is no column 'corps'; the columns are 'ville', 'pays'"):
        spark.annotate(df, text="corps")
