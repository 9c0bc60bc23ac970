"""Writing: whole files or none, in each format; runs go on where they were, if they are the same run."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from geopolitics_nlp import Article, Entity, Extent, Failure, Quote, Record, Speaker, writing
from geopolitics_nlp.writing import (
    OutputError,
    failures_path,
    is_complete,
    part_path,
    run_path,
    to_file,
    to_stream,
)

QUOTE = Quote(2, 6, "Où ?", "direct", Extent(8, 8, ""), None, Speaker("Awa", "PER"), 0, 0.9, "postposed-cue")
RECORDS = [
    Record(id="a", title="Un", text="« Où ? »\u2028été", quotes=(QUOTE,)),
    Record(id="b", text="Awa\n", entities=(Entity(0, 3, "Awa", "PER", "Awa"),), meta={"n": 1}),
    Record(id="c", text="Rien."),
]
FAILURE = Failure("x", "The text is empty.", "x.txt")
RESULTS = [RECORDS[0], FAILURE, *RECORDS[1:]]
ARTICLES = [
    Article(
        "x" if isinstance(result, Failure) else result.text, result.id, where=getattr(result, "where", None)
    )
    for result in RESULTS
]
LINES = b"".join(f"{record.to_json()}\n".encode() for record in RECORDS)


class Interrupted(Exception):
    """Ends a run as an interrupt does."""


def run(
    path: Path, *, articles: Iterable[Article | Failure] = ARTICLES, results: Any = RESULTS, **options: Any
) -> list[str]:
    """Write a run in which each article's result is known beforehand; return the ids of what had to be annotated."""
    by_id = {result.id: result for result in results}
    annotated = []
    with to_file(path, **options) as output:
        for given in output.without_known(articles):
            if isinstance(given, Article):
                annotated.append(given.id or "")
                if given.id not in by_id:
                    raise Interrupted
                output.write(by_id[given.id])
            else:
                output.write(given)
    return annotated


def interrupted(path: Path, after: int, **options: Any) -> None:
    with pytest.raises(Interrupted):
        run(path, results=RESULTS[:after], **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_records_and_failures(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with to_file(out) as output:
        for result in RESULTS:
            output.write(result)
        assert names(tmp_path) == ["out.jsonl.part"]
    assert out.read_bytes() == LINES
    assert json.loads(failures_path(out).read_text()) == {
        "id": "x",
        "reason": "The text is empty.",
        "where": "x.txt",
    }
    assert names(tmp_path) == ["out.jsonl", "out.jsonl.failures.jsonl", "out.jsonl.run.json"]


def test_the_run_is_told(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(out, settings={"model": "m"}, note={"n_process": 2})
    told = json.loads(run_path(out).read_text())
    assert told.pop("started") <= told.pop("finished")
    counts = {"articles": 3, "failures": 1, "words": 7, "entities": 1, "quotations": 1}
    assert told == {"model": "m", "n_process": 2} | counts


def test_without_failures_there_is_no_file_of_them(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    failures_path(out).write_text("of an earlier run")
    with to_file(out) as output:
        output.write(RECORDS[0])
    assert names(tmp_path) == ["out.jsonl", "out.jsonl.run.json"]


# Formats


@pytest.mark.parametrize("ending", writing.FORMATS)
def test_a_format_gives_the_same_bytes_each_time(tmp_path: Path, ending: str) -> None:
    contents = []
    for folder in (tmp_path / "1", tmp_path / "2"):
        folder.mkdir()
        run(folder / f"out{ending}")
        contents.append((folder / f"out{ending}").read_bytes())
        assert names(folder) == [f"out{ending}{end}" for end in ("", ".failures.jsonl", ".run.json")]
    assert contents[0] == contents[1]


def test_compressed_lines(tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd")
    run(tmp_path / "out.jsonl.gz")
    run(tmp_path / "OUT.JSONL.ZST")
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == LINES
    assert zstd.decompress((tmp_path / "OUT.JSONL.ZST").read_bytes()) == LINES


def test_csv_has_the_quotations(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run(out)
    with out.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["article_id"], row["title"], row["text"], row["speaker_name"]) == ("a", "Un", "Où ?", "Awa")
    assert (row["source_text"], row["confidence"], row["start"]) == ("", "0.9", "2")


def test_parquet_is_nested(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    run(tmp_path / "out.parquet")
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.column("id").to_pylist() == ["a", "b", "c"]
    (quote,) = table.to_pylist()[0]["quotes"]
    assert (quote["source"], quote["speaker"]["name"], quote["speaker"]["id"]) == (None, "Awa", None)


def test_flat_parquet_is_two_tables(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    run(tmp_path / "out.parquet", flat=True)
    beside = ["out.parquet.failures.jsonl", "out.parquet.run.json"]
    assert names(tmp_path) == ["out.entities.parquet", *beside, "out.quotes.parquet"]
    (entity,) = parquet.read_table(tmp_path / "out.entities.parquet").to_pylist()
    assert (entity["article_id"], entity["name"], entity["meta"]) == ("b", "Awa", '{"n": 1}')
    (quote,) = parquet.read_table(tmp_path / "out.quotes.parquet").to_pylist()
    assert (quote["article_id"], quote["cue_start"], quote["source_start"]) == ("a", 8, None)


def test_groups_of_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_GROUP", 3)
    monkeypatch.setattr(writing, "_GROUP_CHARS", 10)
    rows = [{"text": "x" * size} for size in (1, 1, 1, 1, 12, 1)]
    assert [len(group) for group in writing._groups(rows)] == [3, 2, 1]


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.txt", "out.gz", "out.parquet.gz"])
def test_unknown_endings(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"cannot be written; supported are \.jsonl"):
        to_file(tmp_path / name)


def test_flat_is_for_parquet(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"--flat makes two tables of a \.parquet file: it has no use for \.jsonl"
    ):
        to_file(tmp_path / "out.jsonl", flat=True)


@pytest.mark.parametrize(
    ("name", "extra"), [("out.parquet", "parquet"), ("out.jsonl.zst", "zst"), ("o.csv.zst", "zst")]
)
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, extra: str
) -> None:
    monkeypatch.setattr(writing, "is_installed", lambda _: False)
    with pytest.raises(OutputError, match=rf"python -m pip install 'geopolitics-nlp\[{extra}\]'"):
        to_file(tmp_path / name)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), to_file(tmp_path / "absent" / "out.jsonl"):
        pass


# Runs that were interrupted


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_run_is_resumed(tmp_path: Path, after: int) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("of an earlier run")
    interrupted(out, after, settings={"model": "m"})
    assert out.read_text() == "of an earlier run"
    assert run(out, settings={"model": "m"}, resume=True) == [article.id for article in ARTICLES[after:]]
    assert out.read_bytes() == LINES
    assert names(tmp_path) == ["out.jsonl", "out.jsonl.failures.jsonl", "out.jsonl.run.json"]


def test_what_is_known_is_counted(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(out, 2)
    with to_file(out, resume=True) as output:
        for result, _ in zip(RESULTS, output.without_known(ARTICLES), strict=True):
            output.write(result)
    assert (output.known.articles, output.known.failures) == (1, 1)
    assert (output.total.articles, output.total.failures) == (3, 1)


def test_resuming_what_was_never_begun_begins_it(tmp_path: Path) -> None:
    assert run(tmp_path / "out.jsonl", resume=True) == ["a", "x", "b", "c"]


def test_a_run_that_did_nothing_is_no_run(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(out, 0, settings={"model": "m"})
    assert run(out, settings={"model": "n"}) == ["a", "x", "b", "c"]


def test_an_exception_says_what_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with pytest.raises(Interrupted) as error:
        run(out, results=RESULTS[:2])
    assert error.value.__notes__ == [f"2 articles are done, in {out}.part: add --resume to continue."]


def test_an_interrupted_run_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(out, 2)
    before = part_path(out).read_bytes()
    with pytest.raises(OutputError, match="add --resume to continue it, or delete the file to begin anew"):
        run(out)
    assert part_path(out).read_bytes() == before


def test_other_settings_are_not_resumed(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(out, 2, settings={"model": "m", "options": {"max_chars": 10, "columns": None}})
    expected = "its run was another, so it cannot be continued: model was 'm', is 'n'; options max_chars was 10, is 20"
    with pytest.raises(OutputError, match=expected):
        run(out, resume=True, settings={"model": "n", "options": {"max_chars": 20, "columns": None}})


@pytest.mark.parametrize(
    ("articles", "message"),
    [
        ([ARTICLES[0]], "number 2, 'x', is now missing"),
        ([Article("other", "a"), *ARTICLES[1:]], "number 1, 'a', is now another"),
        ([Article(ARTICLES[0].text, "other"), *ARTICLES[1:]], "number 1, 'a', is now another"),
        ([ARTICLES[0], *ARTICLES[2:]], "number 2, 'x', is now another"),
    ],
)
def test_other_articles_are_not_resumed(tmp_path: Path, articles: list[Article], message: str) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(out, 3)
    before = part_path(out).read_bytes()
    with pytest.raises(OutputError, match=message):
        run(out, articles=articles, resume=True)
    assert part_path(out).read_bytes() == before


def test_articles_without_ids_are_known_by_their_text(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    interrupted(out, 1)
    articles = [Article(ARTICLES[0].text), *ARTICLES[1:]]
    assert run(out, articles=articles, resume=True) == ["x", "b", "c"]


def test_a_disk_that_is_full_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.csv"

    def full(lines: Iterable[bytes], path: Path) -> None:
        path.write_text("half a")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(writing.FORMATS, ".csv", writing._Format(full))
        with pytest.raises(OSError, match="No space left"):
            run(out)
    assert names(tmp_path) == ["out.csv.part"]
    assert run(out, resume=True) == []
    assert "out.csv.part" not in names(tmp_path)


def test_whether_a_run_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert not is_complete(out, {"model": "m"})
    interrupted(out, 2, settings={"model": "m"})
    assert not is_complete(out, {"model": "m"})
    run(out, settings={"model": "m"}, resume=True)
    assert is_complete(out, {"model": "m"})
    with pytest.raises(OutputError, match="model was 'm', is 'n'"):
        is_complete(out, {"model": "n"})
    out.unlink()
    assert not is_complete(out, {"model": "m"})


# Failures that are tried again


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"])
def test_failures_are_tried_again(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out{ending}"
    run(out)
    assert run(out, retry_failures=True) == ["x"]
    assert failures_path(out).exists()
    record = Record(id="x", text="x")
    assert run(out, results=[record], retry_failures=True) == ["x"]
    assert not failures_path(out).exists()
    expected = tmp_path / f"expected{ending}"
    run(expected, results=[record, *RECORDS])
    assert out.read_bytes() == expected.read_bytes()


def test_a_retry_that_was_interrupted_is_resumed(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(out)
    with pytest.raises(Interrupted):
        run(out, results=[], retry_failures=True)
    record = Record(id="x", text="x")
    assert run(out, results=[record], retry_failures=True, resume=True) == ["x"]
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == ["a", "x", "b", "c"]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("out.csv", {}, "where OUT holds whole records"),
        ("out.parquet", {"flat": True}, "where OUT holds whole records"),
        ("absent.jsonl", {}, "there is no complete run whose failures could be tried again"),
        ("out.jsonl", {"settings": {"model": "n"}}, "model was None, is 'n'"),
        (
            "out.jsonl",
            {"articles": ARTICLES[1:]},
            "The output has a record of 'a', but the inputs no longer have",
        ),
    ],
)
def test_failures_that_cannot_be_tried_again(tmp_path: Path, name: str, options: Any, message: str) -> None:
    for path in ("out.jsonl", "out.csv"):
        run(tmp_path / path)
    with pytest.raises(OutputError, match=message):
        run(tmp_path / name, retry_failures=True, **options)
    assert (tmp_path / "out.jsonl").read_bytes() == LINES


# Streams


def test_a_stream_gets_records_at_once() -> None:
    stream = io.BytesIO()
    with to_stream(stream) as output:
        output.write(RECORDS[0])
        assert stream.getvalue() == f"{RECORDS[0].to_json()}\n".encode()
        output.write(FAILURE)
        output.write(RECORDS[1])
    assert len(stream.getvalue().splitlines()) == 2
    assert list(output.without_known(ARTICLES)) == ARTICLES


def test_what_utf_8_cannot_write_is_escaped() -> None:
    stream = io.BytesIO()
    record = Record(id="a", text="été", meta={"titre": "\ud83d"})
    with to_stream(stream) as output:
        output.write(record)
    assert Record.from_json(stream.getvalue()) == record
