"""Records → JSONL, in a file or on a stream; failures beside it.

A file gets its name when it is complete, never before: its lines are gathered in ``OUT.part``. What an
interrupted run had done stays there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from .records import Failure, Record

Write = Callable[[Record | Failure], object]


class OutputError(ValueError):
    """An output that was named wrongly: of a kind that cannot be written."""


def to_file(path: Path) -> AbstractContextManager[Write]:
    """Return a context in which results are written to ``path``, in the format of its ending.

    Failures go to ``OUT.failures.jsonl``, which is there only when there are any. Both files get their names
    when the context is left without an exception. Raises `OutputError` for an unknown ending, and `OSError`
    when the files cannot be written.

    >>> with to_file(Path("out.jsonl")) as write:
    ...     for result in annotate(articles):
    ...         write(result)
    """
    try:
        return FORMATS[path.suffix.lower()](path)
    except KeyError:
        kind = f"files ending in {path.suffix!r}" if path.suffix else "files without an ending"
        raise OutputError(f"{path}: {kind} cannot be written; supported are {', '.join(FORMATS)}.") from None


@contextmanager
def to_stream(stream: BinaryIO) -> Iterator[Write]:
    """Return a context in which records, not failures, are written to ``stream`` as JSONL, each at once."""

    def write(result: Record | Failure) -> None:
        if isinstance(result, Record):
            stream.write(_line(result))
            stream.flush()

    yield write


def failures_path(path: Path) -> Path:
    """Return where the failures of a run that writes to ``path`` are listed."""
    return path.with_name(f"{path.name}.failures.jsonl")


def part_path(path: Path) -> Path:
    """Return where the lines of ``path`` are gathered until they are complete."""
    return path.with_name(f"{path.name}.part")


@contextmanager
def _json_lines(path: Path) -> Iterator[Write]:
    # Records get their name last: it means that the run is complete.
    with _whole(path) as records, _whole(failures_path(path)) as failures:
        yield lambda result: (records if isinstance(result, Record) else failures)(_line(result))
    if failures_path(path).stat().st_size == 0:
        failures_path(path).unlink()


@contextmanager
def _whole(path: Path) -> Iterator[Callable[[bytes], object]]:
    with part_path(path).open("wb") as stream:
        yield stream.write
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part_path(path), path)


def _line(result: Record | Failure) -> bytes:
    try:
        return f"{result.to_json()}\n".encode()
    except UnicodeEncodeError:  # half a surrogate pair in `meta`: JSON can escape what UTF-8 cannot write
        return f"{result.to_json(ensure_ascii=True)}\n".encode()


FORMATS: dict[str, Callable[[Path], AbstractContextManager[Write]]] = {".jsonl": _json_lines}
