"""The journal of a run: what it has done, so that a run that was interrupted can go on.

A file of lines: first what kind of run it is, then the result of each article, in order. Whatever ends the run (an
exception, ``kill -9``, the power), all that was written is there up to some line; what a torn line may follow is cut
when the journal is read. A journal has one writer at a time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .records import Failure, Record

# Results after which the disk must have all: what a loss of power may cost is the work on so many articles.
_CHECKPOINT = 100


class Journal:
    """A run's results in a file, which is made when it is not there.

    ``head`` says what kind of run it is of, None when there is no result in it. ``results`` counts those that are known
    to be there. Raises `BlockingIOError` when another run is writing it, and
    `OSError` when it cannot be read and written.

    >>> journal = Journal(Path("out.jsonl.part"))
    >>> if journal.head is None:
    ...     journal.begin({"model": "a1b2"})
    >>> done = list(journal.read())
    >>> journal.append(record)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results = 0
        self._stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        try:
            _lock(self._stream.fileno())
            self.head = _whole(self._stream.readline())
            if not self._stream.peek(1):
                self.head = None
        except BaseException:
            self._stream.close()
            raise

    def begin(self, head: Mapping[str, Any]) -> None:
        """Empty the journal, and write what kind of run this is."""
        self._stream.seek(0)
        self._stream.truncate()
        self._stream.write(f"{json.dumps(head)}\n".encode())
        self.head, self.results = dict(head), 0
        self.sync()
        sync_folder(self.path)

    def read(self) -> Iterator[Record | Failure]:
        """Yield the results, then cut what follows the last whole one, so that more can be appended."""
        self._stream.seek(0)
        end = len(self._stream.readline())
        self.results = 0
        for line in self._stream:
            values = _whole(line)
            if values is None:
                break
            end += len(line)
            self.results += 1
            yield Record.from_dict(values) if _is_record(line) else Failure(**values)
        self._stream.seek(end)
        self._stream.truncate()

    def append(self, result: Record | Failure) -> None:
        """Write a result after the others."""
        self._stream.write(line(result))
        self._stream.flush()
        self.results += 1
        if self.results % _CHECKPOINT == 0:
            self.sync()

    def lines(self, *, records: bool) -> Iterator[bytes]:
        """Yield the lines of the records, or those of the failures."""
        self._stream.seek(0)
        self._stream.readline()
        yield from (line for line in self._stream if _is_record(line) == records)

    def sync(self) -> None:
        """Wait until the disk has everything."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file; it can be read again."""
        with suppress(OSError):  # what could not be written was told when it was appended
            self._stream.close()


def line(result: Record | Failure) -> bytes:
    """Return the JSON line of a result."""
    try:
        return f"{result.to_json()}\n".encode()
    except UnicodeEncodeError:  # half a surrogate pair in `meta`: JSON can escape what UTF-8 cannot write
        return f"{result.to_json(ensure_ascii=True)}\n".encode()


def sync_folder(path: Path) -> None:
    """Wait until the disk knows the names of the files beside ``path``."""
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _whole(line: bytes) -> Any:
    """Return what a line holds, None when it was not written to its end."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None


def _is_record(line: bytes) -> bool:
    return line.startswith(b'{"schema_version"')


def _lock(file: int) -> None:
    """Keep other processes from writing the file; the lock ends with this process, its workers do not have it."""
    with suppress(ImportError):  # Windows has none
        import fcntl

        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
