"""The journal: whatever ends a run, what it had done is read again, in order, and more can be appended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from geopolitics_nlp import Failure, Record
from geopolitics_nlp.journal import Journal

RESULTS = [
    Record(id="a", text="« Où ? »\u2028été", meta={"titre": "\ud83d"}),
    Failure("b", "The text is empty.", "b.txt"),
    Record(id="c", text="ligne\nligne"),
]


def journal_of(path: Path) -> Journal:
    journal = Journal(path)
    journal.begin({"model": "m"})
    for result in RESULTS:
        journal.append(result)
    journal.close()
    return Journal(path)


def test_results_are_read_again(tmp_path: Path) -> None:
    journal = journal_of(tmp_path / "part")
    assert journal.head == {"model": "m"}
    assert list(journal.read()) == RESULTS
    assert journal.results == 3
    assert [json.loads(line)["id"] for line in journal.lines(records=True)] == ["a", "c"]
    assert [json.loads(line)["id"] for line in journal.lines(records=False)] == ["b"]


def test_a_journal_that_is_cut_anywhere_loses_only_the_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "part"
    journal_of(path).close()
    whole = path.read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        journal = Journal(path)
        assert (journal.head is None) == (cut <= ends[0])
        if journal.head is None:
            journal.begin({"model": "m"})
        done = list(journal.read())
        assert done == RESULTS[: sum(end <= cut for end in ends[1:])]
        for result in RESULTS[len(done) :]:
            journal.append(result)
        journal.close()
        assert path.read_bytes() == whole


@pytest.mark.parametrize("hole", [b"\0" * 40, b"\0" * 39 + b"\n", b'{"schema_version": "1\n'])
def test_what_follows_a_hole_is_cut(tmp_path: Path, hole: bytes) -> None:
    path = tmp_path / "part"
    journal_of(path).close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], hole, lines[3]]))
    journal = Journal(path)
    assert list(journal.read()) == RESULTS[:2]
    journal.close()
    assert path.read_bytes() == b"".join(lines[:3])


def test_a_journal_has_one_writer(tmp_path: Path) -> None:
    journal = journal_of(tmp_path / "part")
    program = f"from geopolitics_nlp.journal import Journal; Journal({str(journal.path)!r})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.splitlines()[-1].startswith("BlockingIOError")
    journal.close()
    assert subprocess.run(command, timeout=60, check=False).returncode == 0
