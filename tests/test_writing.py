"""Writing: whole files or none, failures beside them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from geopolitics_nlp import Failure, Record
from geopolitics_nlp.writing import OutputError, failures_path, part_path, to_file, to_stream

RECORD = Record(id="a", text="« Où ? »\u2028été")
FAILURE = Failure("b", "The text is empty.", "b.txt")


def test_records_and_failures(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with to_file(out) as write:
        write(RECORD)
        write(FAILURE)
        write(RECORD)
        assert not out.exists()
    assert out.read_bytes() == f"{RECORD.to_json()}\n".encode() * 2
    assert json.loads(failures_path(out).read_text()) == {
        "id": "b",
        "reason": "The text is empty.",
        "where": "b.txt",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "out.jsonl.failures.jsonl"]


def test_without_failures_there_is_no_file_of_them(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    failures_path(out).write_text("of an earlier run")
    with to_file(out) as write:
        write(RECORD)
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_interrupted_run_leaves_whole_lines_in_the_part_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("of an earlier run")

    def run() -> None:
        with to_file(out) as write:
            write(RECORD)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert out.read_text() == "of an earlier run"
    assert part_path(out).read_bytes() == f"{RECORD.to_json()}\n".encode()


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.txt"])
def test_unknown_endings(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"cannot be written; supported are \.jsonl"):
        to_file(tmp_path / name)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), to_file(tmp_path / "absent" / "out.jsonl"):
        pass


def test_a_stream_gets_records_at_once(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with to_stream(stream) as write:
        write(RECORD)
        assert stream.getvalue() == f"{RECORD.to_json()}\n".encode()
        write(FAILURE)
        write(RECORD)
    assert len(stream.getvalue().splitlines()) == 2


def test_what_utf_8_cannot_write_is_escaped() -> None:
    stream = io.BytesIO()
    record = Record(id="a", text="été", meta={"titre": "\ud83d"})
    with to_stream(stream) as write:
        write(record)
    assert Record.from_json(stream.getvalue()) == record
