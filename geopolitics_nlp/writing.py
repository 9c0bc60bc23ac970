"""Results → a file that is whole or not there: JSONL, Parquet, CSV of quotations; failures and the run beside it.

A run gathers its results in a journal, ``OUT.part``. When all are there, the files are made from it and get their
names: ``OUT.failures.jsonl`` (when there are any), ``OUT.run.json`` (what made the results), and at last ``OUT``. So
formats know nothing of interruptions, and what a run gives does not depend on them.

Adding a format: a function ``(record lines, path)`` and its ending in `FORMATS`.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from . import journal, tables
from .reading import COMPRESSIONS, ZSTD, is_installed, opened
from .records import Article, Entity, Failure, Quote, Record

if TYPE_CHECKING:
    import pyarrow

# A group of rows of a Parquet file ends at so many, or at so many characters of text.
_GROUP, _GROUP_CHARS = 10_000, 8_000_000

_Articles = Iterable[Article | Failure]


class OutputError(ValueError):
    """An output that was named wrongly, of a kind that cannot be written, or another run's."""


@dataclass(slots=True)
class Summary:
    """What the results of a run amount to."""

    articles: int = 0
    failures: int = 0
    words: int = 0
    entities: int = 0
    quotations: int = 0

    def add(self, result: Record | Failure) -> None:
        """Count one more result."""
        if isinstance(result, Failure):
            self.failures += 1
            return
        self.articles += 1
        self.words += len(result.text.split())
        self.entities += len(result.entities)
        self.quotations += len(result.quotes)


class Output(Protocol):
    """Where results go. ``total`` sums up all, ``known`` those that an earlier run had made."""

    total: Summary
    known: Summary

    def without_known(self, articles: _Articles) -> Iterable[Article | Failure | Record]:
        """Yield ``articles``, with the result in place of each that an earlier run has done."""

    def write(self, result: Record | Failure) -> None:
        """Take the next result."""


def to_file(
    path: Path,
    *,
    flat: bool = False,
    settings: Mapping[str, Any] | None = None,
    note: Mapping[str, Any] | None = None,
    resume: bool = False,
    retry_failures: bool = False,
) -> AbstractContextManager[Output]:
    """Return a context in which results are written to ``path``, in the format of its ending.

    ``OUT`` and what is beside it (see above) get their names when the context is left without an exception; what was
    done until an exception stays in ``OUT.part``. ``flat`` makes two tables of ``OUT.parquet``,
    ``OUT.entities.parquet`` and ``OUT.quotes.parquet``. ``settings`` says what decides the results, ``note`` what else
    ``OUT.run.json`` should tell, both as JSON values.

    ``resume`` continues the run of ``OUT.part``, if there is one: give the same articles to `Output.without_known`,
    and all its results to `Output.write`. ``retry_failures`` does so with the records of a complete ``OUT``, so that
    what has none is tried again.

    Raises `OutputError` for what cannot be written or continued, a run of other settings or articles among it, and
    `OSError` when the files cannot be written.

    >>> with to_file(Path("out.jsonl")) as output:
    ...     for result in annotate(output.without_known(articles)):
    ...         output.write(result)
    """
    return _to_file(
        path, _files(path, flat=flat), dict(settings or {}), dict(note or {}), resume, retry_failures
    )


def to_stream(stream: BinaryIO) -> AbstractContextManager[Output]:
    """Return a context in which records, not failures, are written to ``stream`` as JSONL, each at once."""
    return nullcontext(_Stream(stream))


def is_complete(path: Path, settings: Mapping[str, Any], *, flat: bool = False) -> bool:
    """Tell whether a run that wrote ``path`` has come to its end; raises `OutputError` if its settings were others."""
    made = [*_files(path, flat=flat), run_path(path)]
    if part_path(path).exists() or not all(file.exists() for file in made):
        return False
    _check_settings(run_path(path), json.loads(run_path(path).read_bytes()), settings)
    return True


def part_path(path: Path) -> Path:
    """Return the journal of a run that writes to ``path``."""
    return path.with_name(f"{path.name}.part")


def failures_path(path: Path) -> Path:
    """Return where the failures of a run that writes to ``path`` are listed."""
    return path.with_name(f"{path.name}.failures.jsonl")


def run_path(path: Path) -> Path:
    """Return where it is told what made ``path``: versions, model, options, figures."""
    return path.with_name(f"{path.name}.run.json")


def written(path: Path) -> list[Path]:
    """Return all the files that a run may write when its output is ``path``: they are not its input.

    Raises `OutputError` for an ending that cannot be written.
    """
    return [*_files(path, flat=False), *_flat_paths(path), failures_path(path), run_path(path)]


@dataclass(slots=True)
class _Stream:
    stream: BinaryIO
    total: Summary = field(default_factory=Summary)
    known: Summary = field(default_factory=Summary)

    def without_known(self, articles: _Articles) -> _Articles:
        return articles

    def write(self, result: Record | Failure) -> None:
        self.total.add(result)
        if isinstance(result, Record):
            self.stream.write(journal.line(result))
            self.stream.flush()


# A run


@contextmanager
def _to_file(
    path: Path,
    files: _Files,
    settings: dict[str, Any],
    note: dict[str, Any],
    resume: bool,
    retry_failures: bool,
) -> Iterator[Output]:
    earlier = _earlier(path, files, settings) if retry_failures else iter(())
    with closing(_journal(path, settings, resume=resume)) as part:
        try:
            output = _File(part, earlier)
            yield output
            _finish(path, files, part, note | {"finished": _now()} | asdict(output.total))
        except OutputError:
            raise
        except BaseException as error:
            if part.results:
                error.add_note(
                    f"{part.results:,} articles are done, in {part.path}: add --resume to continue."
                )
            raise
    part.path.unlink()


def _journal(path: Path, settings: dict[str, Any], *, resume: bool) -> journal.Journal:
    try:
        part = journal.Journal(part_path(path))
    except BlockingIOError:
        raise OutputError(
            f"{part_path(path)}: another run is writing it: wait, or choose another output."
        ) from None
    if part.head is None:
        part.begin({**settings, "started": _now()})
    elif not resume:
        part.close()
        raise OutputError(
            f"{part.path}: a run that was interrupted has left its results here: add --resume to continue it, or "
            "delete the file to begin anew."
        )
    _check_settings(part.path, part.head, settings)
    return part


def _earlier(path: Path, files: _Files, settings: dict[str, Any]) -> Iterator[Record]:
    """Return the records of a run that is complete."""
    read = files[path].read if path in files else None
    if read is None:
        raise OutputError(
            f"{path}: failures can be tried again where OUT holds whole records, .jsonl or .parquet without --flat."
        )
    if not (path.exists() and run_path(path).exists()):
        raise OutputError(
            f"{path}: there is no complete run whose failures could be tried again: see --resume."
        )
    _check_settings(run_path(path), json.loads(run_path(path).read_bytes()), settings)
    return read(path)


def _check_settings(path: Path, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    if differences := "; ".join(_differences(theirs, ours)):
        raise OutputError(
            f"{path}: its run was another, so it cannot be continued: {differences}. Use what it used, or delete the "
            "file to begin anew."
        )


def _differences(theirs: Any, ours: Any, name: str = "") -> Iterator[str]:
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for key, value in ours.items():
            yield from _differences(theirs.get(key), value, f"{name} {key}".strip())
    elif theirs != ours:
        yield f"{name} was {theirs!r}, is {ours!r}"


class _File:
    def __init__(self, part: journal.Journal, earlier: Iterator[Record]) -> None:
        self.total, self.known = Summary(), Summary()
        self._part = part
        self._earlier = earlier
        self._seen = 0

    def without_known(self, articles: _Articles) -> Iterator[Article | Failure | Record]:
        articles = iter(articles)
        earlier = next(self._earlier, None)
        for result in self._part.read():
            article = next(articles, None)
            if article is None or not _is_of(result, article):
                raise OutputError(
                    f"{self._part.path}: its run had other articles: number {self._part.results:,}, {result.id!r}, "
                    f"is now {'another' if article else 'missing'}. Give the same inputs, or delete the file to begin "
                    "anew."
                )
            if earlier is not None and _is_of(earlier, article):
                earlier = next(self._earlier, None)
            self.known.add(result)
            yield result
        for article in articles:
            if earlier is not None and _is_of(earlier, article):
                self.known.add(earlier)
                yield earlier
                earlier = next(self._earlier, None)
            else:
                yield article
        if earlier is not None:
            raise OutputError(
                f"The output has a record of {earlier.id!r}, but the inputs no longer have that article in its place: "
                "give the same inputs as before."
            )

    def write(self, result: Record | Failure) -> None:
        self.total.add(result)
        self._seen += 1
        # The first ones come from the journal: it has been read to its end before an article is annotated.
        if self._seen > self._part.results:
            self._part.append(result)


def _is_of(result: Record | Failure, article: Article | Failure) -> bool:
    if isinstance(result, Failure):
        return result.where == article.where
    return isinstance(article, Article) and article.text == result.text and article.id in (None, result.id)


def _finish(path: Path, files: _Files, part: journal.Journal, about: dict[str, Any]) -> None:
    """Make the files from the journal, and give them their names; that of OUT comes last."""
    part.sync()
    run = (part.head or {}) | about
    made: list[tuple[Path, _Write, Iterable[bytes]]] = [
        (run_path(path), _json_lines, [f"{json.dumps(run, indent=1)}\n".encode()]),
        *((file, format.write, part.lines(records=True)) for file, format in files.items()),
    ]
    if about["failures"]:
        made.insert(0, (failures_path(path), _json_lines, part.lines(records=False)))
    try:
        for file, write, lines in made:
            write(lines, _new(file))
        for file, _, _ in made:
            os.replace(_new(file), file)
    finally:
        for file, _, _ in made:
            _new(file).unlink(missing_ok=True)
    if not about["failures"]:
        failures_path(path).unlink(missing_ok=True)
    journal.sync_folder(path)


def _new(path: Path) -> Path:
    # Hidden, so that no run reads it from a folder, and with the same ending.
    return path.with_name(f".new-{path.name}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# Formats

# What an ending needs: a library, and the extra that brings it.
_LIBRARIES = {".zst": (ZSTD, "zst"), ".parquet": ("pyarrow", "parquet")}


def _files(path: Path, *, flat: bool) -> _Files:
    """Return the files to write for ``path``."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    ending = "".join(suffixes[-2:] if suffixes and suffixes[-1] in COMPRESSIONS else suffixes[-1:])
    if ending not in FORMATS:
        kind = f"files ending in {path.suffix!r}" if path.suffix else "files without an ending"
        raise OutputError(f"{path}: {kind} cannot be written; supported are {', '.join(FORMATS)}.")
    library, extra = _LIBRARIES.get(suffixes[-1], ("csv", ""))
    if not is_installed(library):
        raise OutputError(
            f"{path}: writing {suffixes[-1]} needs {library}: python -m pip install 'geopolitics-nlp[{extra}]'"
        )
    if not flat:
        return {path: FORMATS[ending]}
    if ending != ".parquet":
        raise OutputError(f"{path}: --flat makes two tables of a .parquet file: it has no use for {ending}.")
    return dict(zip(_flat_paths(path), (_ENTITIES, _QUOTES), strict=True))


def _flat_paths(path: Path) -> tuple[Path, Path]:
    return path.with_suffix(f".entities{path.suffix}"), path.with_suffix(f".quotes{path.suffix}")


def _json_lines(lines: Iterable[bytes], path: Path) -> None:
    with _opened(path) as stream:
        for line in lines:
            stream.write(line)


def _csv(lines: Iterable[bytes], path: Path) -> None:
    with _opened(path) as stream:
        text = TextIOWrapper(stream, "utf-8", newline="")
        rows = csv.DictWriter(text, tables.columns(Quote), lineterminator="\n")
        rows.writeheader()
        for line in lines:
            rows.writerows(tables.quote_rows(Record.from_json(line)))
        text.detach()


def _nested(record: Record) -> Iterator[dict[str, Any]]:
    yield tables.row(record)


def _parquet(
    rows: Callable[[Record], Iterator[dict[str, Any]]],
    schema: Callable[[], pyarrow.Schema],
    lines: Iterable[bytes],
    path: Path,
) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with _opened(path) as stream, ParquetWriter(stream, schema()) as writer:
        for group in _groups(row for line in lines for row in rows(Record.from_json(line))):
            writer.write_table(pa.Table.from_pylist(group, schema=schema()))


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    chars = 0
    for row in rows:
        group.append(row)
        chars += len(row["text"])
        if len(group) >= _GROUP or chars >= _GROUP_CHARS:
            yield group
            group, chars = [], 0
    if group:
        yield group


def _read_json_lines(path: Path) -> Iterator[Record]:
    with opened(path) as stream:
        yield from map(Record.from_json, stream)


def _read_parquet(path: Path) -> Iterator[Record]:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=100):
            yield from map(tables.record, batch.to_pylist())


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing, compressed if its ending says so; when it is left, the disk has all of it."""
    with path.open("wb") as file:
        with _compressed(file, path.suffix.lower()) as stream:
            yield stream
        file.flush()
        os.fsync(file.fileno())


def _compressed(file: BinaryIO, suffix: str) -> Any:
    if suffix == ".gz":
        return gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)  # the same bytes at any time
    if suffix == ".zst":
        return import_module(ZSTD).open(file, "wb")
    return nullcontext(file)


_Write = Callable[[Iterable[bytes], Path], None]


@dataclass(frozen=True, slots=True)
class _Format:
    """How record lines become a file, and how records are read from it if it holds them whole."""

    write: _Write
    read: Callable[[Path], Iterator[Record]] | None = None


_Files = dict[Path, _Format]
_ENTITIES = _Format(partial(_parquet, tables.entity_rows, partial(tables.flat_schema, Entity)))
_QUOTES = _Format(partial(_parquet, tables.quote_rows, partial(tables.flat_schema, Quote)))
FORMATS = {
    **dict.fromkeys((".jsonl", ".jsonl.gz", ".jsonl.zst"), _Format(_json_lines, _read_json_lines)),
    ".parquet": _Format(partial(_parquet, _nested, tables.schema), _read_parquet),
    **dict.fromkeys((".csv", ".csv.gz", ".csv.zst"), _Format(_csv)),
}
