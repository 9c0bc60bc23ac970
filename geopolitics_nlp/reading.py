"""Files, folders and streams → articles, one by one, in a fixed order.

What cannot be read becomes a `Failure` that says where and why, and the rest goes on; only what the caller
asked for wrongly (a file that is not there, a kind of file that is not supported) raises, before anything is
read.

However large a file is, no more of it is in memory than an article or a few. Nothing in a file is executed, and
nothing that it names is opened: no entity of its markup, no address, no path.

Encodings: a file is UTF-8. One that is not is read in the older encoding of French that fits it best, which a
warning names, or refused. A byte order mark is part of a ``.txt`` file's text (``U+FEFF``: offsets hold in
the file decoded as UTF-8), and is dropped in front of the first column name or JSON object of other files.

Adding a format: a function ``(file, columns) -> articles`` and its ending in `FORMATS`; what it needs beyond the
library's own dependencies, in `_NEEDS`.
"""

from __future__ import annotations

import csv
import glob
import gzip
import json
import logging
import os
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from itertools import chain, islice, zip_longest
from math import isfinite
from pathlib import Path
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from .encodings import UNDECODED, Decoder, is_undecoded
from .records import Article, Failure

if TYPE_CHECKING:
    import pyarrow

log = logging.getLogger(__name__)

# Names of columns and JSON keys, compared without case, accents and separators; the first one found is taken.
_NAMES = {
    "text": "text texte fulltext articletext textearticle textecomplet texteintegral content contenu body "
    "corps articlebody article rawtext plaintext",
    "id": "id identifiant articleid idarticle docid documentid uid uuid guid key",
    "title": "title titre headline articletitle titrearticle",
    "date": "date datetime publicationdate datepublication datedepublication published publishedat "
    "publishdate pubdate datepublished",
    "url": "url link lien uri href articleurl",
    "outlet": "outlet source media medium journal newspaper publisher publication site sitename",
}


class InputError(ValueError):
    """An input that was named wrongly: not there, or of a kind that cannot be read."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table, or key of a JSON object, holds what; None: found by its usual name."""

    text: str | None = None
    id: str | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class _File:
    path: Path | None  # None: standard input
    id: str

    def __str__(self) -> str:
        return "standard input" if self.path is None else str(self.path)

    @property
    def endings(self) -> tuple[str, str]:
        """That of the format and that of the compression: see `_endings`."""
        return ("", "") if self.path is None else _endings(self.path)

    def open(self) -> IO[bytes]:
        """Open the file, decompressed."""
        if self.path is None:
            return sys.stdin.buffer
        return opened(self.path)

    def whole(self) -> bytes:
        """Return what the file holds: one article."""
        with self.open() as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST:,} bytes, which no article is")
        return data

    def lines(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Yield the lines of the opened file, each with its end."""
        while line := stream.readline(_LARGEST):
            if len(line) == _LARGEST and not line.endswith(b"\n"):
                raise ValueError(f"a line is longer than {_LARGEST:,} bytes, which no article is")
            yield line


def read(
    inputs: Iterable[str | Path], columns: Columns | None = None, *, leave_out: Collection[Path] = ()
) -> Iterator[Article | Failure]:
    """Return the articles of ``inputs``, in order, lazily; what cannot be read is a `Failure` in its place.

    An input is a file, a folder (all its files of known kinds, subfolders included, sorted by path; hidden
    ones are left out), a glob pattern, or ``-`` for standard input (JSONL if its first character is ``{``,
    else one text). A ``.txt`` or ``.html`` file is one article, whose id is the file's name without the ending, or,
    when other files of the run have the same, its path likewise. ``.jsonl``, ``.json`` (an array of objects, one
    object, or lines of them), ``.csv``, ``.tsv`` and ``.parquet`` files hold one article a row: ``columns`` says which
    columns hold what; those without a role go to ``meta``. Each may be compressed (``.csv.gz``, ``.jsonl.zst``).
    Files of ``leave_out`` are not read from folders and patterns.

    Raises `InputError` for an input that is not there, of an unknown kind, or that needs a library that is not
    installed.

    >>> [article.id for article in read(["seeds/articles"])]
    """
    files = _named(_found(inputs, {path.resolve() for path in leave_out}))
    return chain.from_iterable(_read(file, columns or Columns()) for file in files)


def article(
    values: Mapping[str, Any], columns: Columns | None = None, where: str | None = None
) -> Article | Failure:
    """Return the article that a row or JSON object describes, or why it is none.

    >>> article({"Texte": "Il pleut.", "titre": "Météo", "rubrique": "Ciel"})
    Article(text='Il pleut.', id=None, title='Météo', …, meta={'rubrique': 'Ciel'}, where=None)
    """
    roles = _roles(tuple(map(str, values)), columns or Columns())
    taken: dict[str, str | None] = {}
    meta: dict[str, Any] = {}
    text: Any = None
    for key, value in values.items():
        role = roles.get(str(key))
        if isinstance(value, float) and not isfinite(value):
            value = None  # pandas' empty cells are NaN
        if role == "text":
            text = value
        elif role is not None and isinstance(value, str | int | float | date | None):
            taken[role] = _string(value)
        elif key == "meta" and isinstance(value, Mapping):
            meta.update(value)
        elif key == "meta" and isinstance(value, str) and "schema_version" in values:
            meta.update(json.loads(value))  # of a record in a table
        elif "schema_version" in values and key in ("schema_version", "entities", "quotes"):
            pass  # of a record that is annotated anew
        else:
            meta[str(key)] = value
    if isinstance(text, str):
        return Article(text=text, **taken, meta=meta, where=where)
    if "text" not in roles.values():
        reason = _missing(map(str, values), [columns.text] if columns and columns.text else [])
    elif text is None:
        reason = "The text is empty."
    else:
        reason = f"The text must be a string: got {type(text).__name__}."
    return Failure(taken.get("id") or where or "", reason, where)


def opened(path: Path) -> IO[bytes]:
    """Open a file for reading, decompressed if its ending says that it is compressed."""
    _, compression = _endings(path)
    if compression == ".gz":
        return cast(IO[bytes], gzip.open(path))
    if compression == ".zst":
        return cast(IO[bytes], import_module(ZSTD).open(path))
    return path.open("rb")


def is_installed(module: str) -> bool:
    """Tell whether a module can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # nor the package that it is in
        return False


# Which files


def _found(inputs: Iterable[str | Path], leave_out: set[Path]) -> Iterator[tuple[Path | None, Path | None]]:
    """Yield each file, None for standard input, with the folder that it was found in."""
    for given in inputs:
        path = Path(given)
        if str(given) == "-":
            yield None, None
        elif path.is_dir():
            yield from ((file, path) for file in _folder(path, leave_out))
        elif path.exists():
            _format(path)
            if path.resolve() in leave_out:
                raise InputError(f"{given}: it cannot be read and written in one run: choose another output.")
            yield path, None
        else:
            matches = [Path(match) for match in sorted(glob.glob(str(given), recursive=True))]
            matches = [match for match in matches if match.resolve() not in leave_out]
            if not matches:
                raise InputError(
                    f"{given}: there is no such file or folder, nor a file that the pattern matches."
                )
            yield from _found(matches, leave_out)


def _folder(folder: Path, leave_out: set[Path]) -> list[Path]:
    known, others = [], Counter[str]()
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(parent, name) for name in names if not name.startswith(".")):
            if _endings(path)[0] not in FORMATS:
                others["".join(_endings(path)) or "no ending"] += 1
            elif path.resolve() not in leave_out:
                _format(path)
                known.append(path)
    if others:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(others.items()))
        log.warning("%s: files of other kinds are left out (%s)", folder, kinds)
    if not known:
        raise InputError(f"{folder}: the folder holds no file to read; {_supported()}.")
    return sorted(known)


def _named(files: Iterable[tuple[Path | None, Path | None]]) -> list[_File]:
    found = list(files)
    shared = Counter(_stem(path) for path, _ in found if path is not None)
    named = []
    for path, folder in found:
        if path is None:
            named.append(_File(None, "standard input"))
        elif shared[_stem(path)] == 1:
            named.append(_File(path, _stem(path)))
        else:
            inside = path.relative_to(folder) if folder else path
            named.append(_File(path, inside.with_name(_stem(path)).as_posix()))
    return named


def _endings(path: Path) -> tuple[str, str]:
    """Return the ending that tells the format and that of the compression, if any: ``.csv`` and ``.gz``."""
    suffix = path.suffix.lower()
    return (Path(path.stem).suffix.lower(), suffix) if suffix in COMPRESSIONS else (suffix, "")


def _stem(path: Path) -> str:
    return path.name[: len(path.name) - len("".join(_endings(path)))]


def _format(path: Path) -> Callable[[_File, Columns], Iterator[Article | Failure]]:
    kind, compression = _endings(path)
    if kind not in FORMATS:
        ending = kind + compression
        what = f"files ending in {ending!r}" if ending else "files without an ending"
        raise InputError(f"{path}: {what} cannot be read; {_supported()}.")
    for ending in (kind, compression):
        extra, needed = _NEEDS.get(ending, ("", ()))
        if any(not is_installed(module) for module in needed):
            raise InputError(
                f"{path}: reading {ending} files needs what is not installed: "
                f"python -m pip install 'geopolitics-nlp[{extra}]'"
            )
    return FORMATS[kind]


def _supported() -> str:
    return f"supported are {', '.join(FORMATS)}, and each of them as {' or '.join(COMPRESSIONS)}"


# What is in them


def _read(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    try:
        yield from (_format(file.path) if file.path else _standard_input)(file, columns)
    except OSError as error:
        yield Failure(file.id, f"The file cannot be read: {error.strerror or error}.", str(file))
    except UnicodeError as error:
        yield Failure(file.id, str(error), str(file))
    except csv.Error as error:
        yield Failure(file.id, f"The names of the columns are not well-formed ({error}).", str(file))
    except Exception as error:  # whatever a library says of a file that is damaged
        reason = " ".join(str(error).split())[:500].rstrip(".") or type(error).__name__
        yield Failure(file.id, f"The file cannot be read: {reason}.", str(file))


def _plain_text(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    decoder = Decoder(file)
    text = decoder.decode(file.whole())
    yield Article(text, id=file.id, meta=decoder.meta, where=str(file))


def _page(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    """Yield what an HTML page is about, without what is around it."""
    import trafilatura

    data, decoder = file.whole(), Decoder(file)
    declared = _CHARSET.search(data, 0, _HEAD)
    page = decoder.decode(data, _declared(declared[1].decode().lower()) if declared else None)
    found = trafilatura.bare_extraction(
        page, with_metadata=True, include_comments=False, date_extraction_params=_DATES
    )
    if found is None or isinstance(found, dict) or not found.text:
        yield Failure(file.id, "The page has no text that is an article's.", str(file))
        return
    meta = decoder.meta | ({"author": found.author} if found.author else {})
    outlet = found.sitename or found.hostname
    yield Article(found.text, file.id, found.title, found.date, found.url, outlet, meta, str(file))


def _declared(charset: str) -> str:
    # Browsers take it so, as pages in windows-1252 often say that they are in ISO 8859-1.
    return "cp1252" if charset in ("iso-8859-1", "latin1", "us-ascii") else charset


def _json_lines(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    with file.open() as stream:
        decoder = Decoder(file)
        yield from _objects(file, decoder.parts(file.lines(stream)), decoder, columns)


def _json(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    """Yield the articles of an array of objects, or of one object; some call lines of objects ``.json`` too."""
    with file.open() as stream:
        if _is_object(stream.readline(_PART)):
            yield from _json_lines(file, columns)
            return
    decoder = Decoder(file)
    with file.open() as stream:
        index = 0
        try:
            for source, values in _values(decoder.parts(_parts(stream))):
                where = f"{file}[{index}]"
                if is_undecoded(source):
                    yield Failure(where, UNDECODED, where)
                elif isinstance(values, dict):
                    yield article(decoder.meta | values, columns, where)
                else:
                    yield Failure(where, _no_object(values), where)
                index += 1
        except (ValueError, RecursionError) as error:
            where = f"{file}[{index}]"
            yield Failure(where, f"From here on the file is not JSON ({error}): the rest is not read.", where)


def _is_object(line: bytes) -> bool:
    text = line.decode(errors="replace").strip(_BLANK)
    try:
        return text.startswith("{") and isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _parts(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in parts none of which ends inside a character, in UTF-8 or with one byte a character."""
    rest = b""
    while data := stream.read(_PART):
        data = rest + data
        # A character begins with a byte from 192 on, and has at most four.
        end = next((i for i in range(len(data) - 1, max(-1, len(data) - 4), -1) if data[i] >= 192), len(data))
        if end:
            yield data[:end]
        rest = data[end:]
    if rest:
        yield rest


def _values(parts: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Yield the values in a JSON array, or one after the other, each with its source; never is all in memory.

    Raises `ValueError` or `RecursionError` where it is not JSON.
    """
    scan = json.JSONDecoder(parse_constant=lambda _: None).raw_decode
    seen = next((begun for part in parts if (begun := part.lstrip(_BLANK))), "")
    in_array = seen.startswith("[")
    at = int(in_array)
    while True:
        at = _BETWEEN.match(seen, at).end()  # type: ignore[union-attr]  # it may be empty, but matches
        if at == len(seen):
            seen, at = next(parts, ""), 0
            if not seen:
                if in_array:
                    raise ValueError("the array is not closed")
                return
        elif in_array and seen[at] == "]":
            return
        else:
            try:
                values, end = scan(seen, at)
            except ValueError:
                # It may go on in the next parts: as much again, so that the time is linear.
                more = "".join(_much(parts, len(seen) - at))
                if not more or len(seen) - at > _LARGEST:
                    raise
                seen, at = seen[at:] + more, 0
            else:
                yield seen[at:end], values
                at = end


def _much(parts: Iterator[str], chars: int) -> Iterator[str]:
    for part in parts:
        yield part
        chars -= len(part)
        if chars <= 0:
            return


def _parquet(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    from pyarrow.parquet import ParquetFile

    with tempfile.TemporaryFile() as decompressed, file.open() as stream:
        source = stream
        if file.endings[1]:  # its reader goes back and forth
            copyfileobj(stream, decompressed)
            source = cast(IO[bytes], decompressed)
        with ParquetFile(source, buffer_size=_PART, pre_buffer=False) as table:
            names = table.schema_arrow.names
            if (reason := unfit(names, columns)) is not None:
                yield Failure(file.id, reason, str(file))
                return
            index = 0
            for batch in table.iter_batches(batch_size=_ROWS):
                for values in rows(batch):
                    where = f"{file}[{index}]"
                    if isinstance(values, str):
                        yield Failure(where, values, where)
                    else:
                        yield article(values, columns, where)
                    index += 1


def rows(batch: pyarrow.RecordBatch) -> Iterator[dict[str, Any] | str]:
    """Yield the rows of an Arrow batch as mappings, or, of one that cannot be read, why."""
    import pyarrow as pa

    # Python has no nanoseconds.
    types = (
        pa.timestamp("us", each.tz) if pa.types.is_timestamp(each) else each for each in batch.schema.types
    )
    batch = batch.cast(pa.schema(zip(batch.schema.names, types, strict=True)), safe=False)
    try:
        yield from batch.to_pylist()
    except ValueError as error:
        if batch.num_rows > 1:
            for i in range(batch.num_rows):
                yield from rows(batch.slice(i, 1))
        else:
            yield UNDECODED if isinstance(error, UnicodeError) else f"The row cannot be read: {error}."


def _standard_input(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    decoder = Decoder(file)
    lines = decoder.parts(file.lines(file.open()))
    head = []
    for line in lines:
        head.append(line)
        if line.strip(_BLANK):
            break
    if head and head[-1].lstrip(_BLANK).startswith("{"):
        yield from _objects(file, chain(head, lines), decoder, columns)
        return
    text = "".join(chain(head, lines))
    if is_undecoded(text):
        raise UnicodeError(UNDECODED)
    yield Article(text, meta=decoder.meta, where=str(file))


def _objects(
    file: _File, lines: Iterable[str], decoder: Decoder, columns: Columns
) -> Iterator[Article | Failure]:
    for number, line in enumerate(lines, 1):
        if not line.strip(_BLANK):
            continue
        where = f"{file}:{number}"
        if is_undecoded(line):
            yield Failure(where, UNDECODED, where)
            continue
        try:
            values = json.loads(line.strip(_BLANK), parse_constant=lambda _: None)
        except (ValueError, RecursionError) as error:
            yield Failure(where, f"The line is not JSON ({error}).", where)
            continue
        if isinstance(values, dict):
            yield article(decoder.meta | values, columns, where)
        else:
            yield Failure(where, _no_object(values), where)


def _no_object(values: object) -> str:
    return f"An article must be a JSON object: got {type(values).__name__}."


def _table(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    csv.field_size_limit(_LARGEST)
    decoder = Decoder(file)
    with file.open() as stream:
        rows = _Rows(decoder.parts(file.lines(stream)), tabs=file.endings[0] == ".tsv")
        names = [name.strip() or f"column {i}" for i, name in enumerate(rows.header, 1)]
        if (reason := unfit(names, columns)) is not None:
            yield Failure(file.id, reason, str(file))
            return
        for line, row in rows:
            where = f"{file}:{line}"
            if isinstance(row, str):
                yield Failure(where, row, where)
            elif any(map(is_undecoded, row)):
                yield Failure(where, UNDECODED, where)
            elif len(row) > len(names):
                reason = f"The row has {len(row)} cells, the header {len(names)}"
                yield Failure(where, f"{reason}: quote the cells that hold {rows.delimiter!r}.", where)
            else:
                cells = (cell if cell else None for cell in row)
                yield article(decoder.meta | dict(zip_longest(names, cells)), columns, where)


class _Rows:
    """The rows of a CSV or TSV file with the number of their first line, or what is wrong with a row."""

    def __init__(self, lines: Iterator[str], *, tabs: bool) -> None:
        self._read = 0  # lines so far
        first = [next(lines, "").removeprefix("\ufeff")]
        outside = re.sub(r'"[^"]*"', "", first[0])
        self.delimiter = "\t" if tabs else max(",;\t|", key=outside.count)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
        if tabs:
            first += islice(lines, _SAMPLE)
            quoting = csv.QUOTE_NONE if _is_unquoted(first) else quoting
        self._rows = csv.reader(
            self._counted(chain(first, lines)), delimiter=self.delimiter, quoting=quoting, strict=True
        )
        self.header = next(self._rows, [])

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        while True:
            line = self._read + 1
            try:
                row = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, f"The row is not well-formed ({error}): it ends on line {self._read}."
                continue
            if any(row):
                yield line, row

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self._read += 1
            yield line


def _is_unquoted(lines: list[str]) -> bool:
    """Tell whether a TSV file writes quotation marks as they are: those around a cell are then the text's."""
    rows = [line.rstrip("\r\n").split("\t") for line in lines]
    if any(len(row) != len(rows[0]) for row in rows if row != [""]):
        return False
    marked = [cell for row in rows for cell in row if cell.startswith('"')]
    return not all(re.fullmatch(r'"(?:[^"]|"")*"', cell) for cell in marked)


# Columns


def unfit(names: Sequence[str], columns: Columns) -> str | None:
    """Say why a table with columns of these names cannot be read; None when it can."""
    absent = [column for column in astuple(columns) if column is not None and column not in names]
    if absent or "text" not in _roles(tuple(names), columns).values():
        return _missing(names, absent)
    return None


def _missing(names: Iterable[str], absent: Sequence[str]) -> str:
    """Say that there is no column of the names in ``absent``, or, if there are none, no text."""
    shown = (repr(name if len(name) < 40 else f"{name[:39]}…") for name in islice(names, 30))
    found = ", ".join(shown) or "none"
    if absent:
        return f"There is no column {', '.join(map(repr, absent))}; the columns are {found}."
    usual = "text, texte, content, body…"
    return f"There is no text: no column has a usual name of one ({usual}); say which it is of {found}."


@lru_cache(maxsize=256)
def _roles(names: tuple[str, ...], columns: Columns) -> dict[str, str]:
    """Return what each column holds, by name; columns of no role are left out."""
    given = {
        name: field.name for field in fields(columns) if (name := getattr(columns, field.name)) is not None
    }
    roles = {name: role for name, role in given.items() if name in names}
    free = {_key(name): name for name in reversed(names) if name not in roles}
    for role, usual in _NAMES.items():
        if role not in given.values():
            name = next((free[key] for key in usual.split() if key in free), None)
            if name is not None and name not in roles:
                roles[name] = role
    return roles


def _key(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(char for char in letters if char.isalnum())


def _string(value: str | int | float | date | None) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None and value != "" else None


# Formats

_BLANK = " \t\r\n\f\v\ufeff"
_BETWEEN = re.compile(r"[\s,]*")
_SAMPLE = 1000  # lines that show how a TSV file is quoted
_LARGEST = 2**26  # bytes of one article: what is longer is a damaged file, or was made to fill the memory
_PART = 2**20  # bytes read at a time where there are no lines
_ROWS = 100  # rows read at a time where there are no lines
# The date that the page says it was published on: not any date in its text or that of its copyright.
_DATES = {"original_date": True, "extensive_search": False}
_HEAD = 2**12  # bytes in which a page says its encoding
_CHARSET = re.compile(rb"""<meta[^>]+charset=["']?([\w.:-]+)""", re.IGNORECASE)

FORMATS: dict[str, Callable[[_File, Columns], Iterator[Article | Failure]]] = {
    ".txt": _plain_text,
    ".jsonl": _json_lines,
    ".csv": _table,
    ".tsv": _table,
    ".json": _json,
    ".parquet": _parquet,
    ".html": _page,
    ".htm": _page,
}
COMPRESSIONS = (".gz", ".zst")
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
# The extra that an ending needs, and the modules that come with it.
_NEEDS: dict[str, tuple[str, tuple[str, ...]]] = {
    ".parquet": ("parquet", ("pyarrow",)),
    ".html": ("html", ("trafilatura", "lxml_html_clean")),
    ".htm": ("html", ("trafilatura", "lxml_html_clean")),
    ".zst": ("zst", (ZSTD,)),
}
