"""Files, folders and streams → articles, one by one, in a fixed order.

What cannot be read becomes a `Failure` that says where and why, and the rest goes on; only what the caller
asked for wrongly (a file that is not there, a kind of file that is not supported) raises, before anything is
read.

Encodings: a file is UTF-8. One that is not is read in the older encoding of French that fits it best, which a
warning names, or refused. A byte order mark is part of a ``.txt`` file's text (``U+FEFF``: offsets hold in
the file decoded as UTF-8), and is dropped in front of the first column name or JSON object of other files.

Adding a format: a function ``(file, columns) -> articles`` and its ending in `FORMATS`.
"""

from __future__ import annotations

import codecs
import csv
import glob
import json
import logging
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import chain, islice, zip_longest
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, Literal

from .records import Article, Failure

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

    def open(self) -> BinaryIO:
        return sys.stdin.buffer if self.path is None else self.path.open("rb")


def read(
    inputs: Iterable[str | Path], columns: Columns | None = None, *, leave_out: Collection[Path] = ()
) -> Iterator[Article | Failure]:
    """Return the articles of ``inputs``, in order, lazily; what cannot be read is a `Failure` in its place.

    An input is a file, a folder (all its files of known kinds, subfolders included, sorted by path; hidden
    ones are left out), a glob pattern, or ``-`` for standard input (JSONL if its first character is ``{``,
    else one text). The id of a ``.txt`` file is its name without the ending, or, when other files of the run
    have the same, its path likewise. ``columns`` says which columns of tables hold what; columns without a
    role go to ``meta``. Files of ``leave_out`` are not read from folders and patterns.

    Raises `InputError` for an input that is not there or of an unknown kind.

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
            if path.suffix.lower() not in FORMATS:
                others[path.suffix or "no ending"] += 1
            elif path.resolve() not in leave_out:
                known.append(path)
    if others:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(others.items()))
        log.warning("%s: files of other kinds are left out (%s)", folder, kinds)
    if not known:
        raise InputError(f"{folder}: the folder holds no file to read; supported are {', '.join(FORMATS)}.")
    return sorted(known)


def _named(files: Iterable[tuple[Path | None, Path | None]]) -> list[_File]:
    found = list(files)
    shared = Counter(path.stem for path, _ in found if path is not None)
    named = []
    for path, folder in found:
        if path is None:
            named.append(_File(None, "standard input"))
        elif shared[path.stem] == 1:
            named.append(_File(path, path.stem))
        else:
            inside = path.relative_to(folder) if folder else path
            named.append(_File(path, inside.with_suffix("").as_posix()))
    return named


def _format(path: Path) -> Callable[[_File, Columns], Iterator[Article | Failure]]:
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        kind = f"files ending in {path.suffix!r}" if path.suffix else "files without an ending"
        raise InputError(f"{path}: {kind} cannot be read; supported are {', '.join(FORMATS)}.") from None


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


def _plain_text(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    with file.open() as stream:
        data = stream.read()
    decoder = _Decoder(file)
    yield Article(decoder.decode(data), id=file.id, meta=decoder.meta, where=str(file))


def _json_lines(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    with file.open() as stream:
        decoder = _Decoder(file)
        yield from _objects(file, decoder.lines(stream), decoder, columns)


def _standard_input(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    decoder = _Decoder(file)
    lines = decoder.lines(file.open())
    head = []
    for line in lines:
        head.append(line)
        if line.strip(_BLANK):
            break
    if head and head[-1].lstrip(_BLANK).startswith("{"):
        yield from _objects(file, chain(head, lines), decoder, columns)
        return
    text = "".join(chain(head, lines))
    if _is_undecoded(text):
        raise UnicodeError(_UNDECODED)
    yield Article(text, meta=decoder.meta, where=str(file))


def _objects(
    file: _File, lines: Iterable[str], decoder: _Decoder, columns: Columns
) -> Iterator[Article | Failure]:
    for number, line in enumerate(lines, 1):
        if not line.strip(_BLANK):
            continue
        where = f"{file}:{number}"
        if _is_undecoded(line):
            yield Failure(where, _UNDECODED, where)
            continue
        try:
            values = json.loads(line.strip(_BLANK), parse_constant=lambda _: None)
        except (ValueError, RecursionError) as error:
            yield Failure(where, f"The line is not JSON ({error}).", where)
            continue
        if isinstance(values, dict):
            yield article(decoder.meta | values, columns, where)
        else:
            yield Failure(where, f"The line must be a JSON object: got {type(values).__name__}.", where)


def _table(file: _File, columns: Columns) -> Iterator[Article | Failure]:
    csv.field_size_limit(_LONGEST_FIELD)
    decoder = _Decoder(file)
    with file.open() as stream:
        rows = _Rows(decoder.lines(stream), tabs=file.path is not None and file.path.suffix.lower() == ".tsv")
        names = [name.strip() or f"column {i}" for i, name in enumerate(rows.header, 1)]
        absent = [column for column in astuple(columns) if column is not None and column not in names]
        if absent or "text" not in _roles(tuple(names), columns).values():
            yield Failure(file.id, _missing(names, absent), str(file))
            return
        for line, row in rows:
            where = f"{file}:{line}"
            if isinstance(row, str):
                yield Failure(where, row, where)
            elif any(map(_is_undecoded, row)):
                yield Failure(where, _UNDECODED, where)
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


# Encodings

_BLANK = " \t\r\n\f\v\ufeff"
_SAMPLE = 1000  # lines that show how a TSV file is quoted
_LONGEST_FIELD = 2**31 - 1
_UNDECODED = (
    "The text is not UTF-8, nor in an older encoding of French that could be recognised "
    "(windows-1252, ISO 8859-1 and -15, Mac OS Roman, code page 850, UTF-16 with its mark): convert it."
)
# The older encodings of French, the likeliest first; the last two take some of what is French in the others
# for it.
_OLDER = {"cp1252": 0.0, "iso8859_15": 0.0, "latin_1": 0.0, "mac_roman": 0.4, "cp850": 0.4}
# The characters beyond ASCII that French is written with; capitals and those of foreign names are rare.
_FRENCH = dict.fromkeys("àâçéèêëîïôùûœ«»’‘“”–—…€°\xa0", 1.0)
_FRENCH |= dict.fromkeys("äöüÿæáíóúñÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ•·", 0.4)
_FRENCH_ENOUGH = 0.35
# Bytes beyond ASCII, however short the text, and as a share of the ASCII letters: French has 5 %, Russian a
# hundred.
_FEW_BEYOND, _MOST_BEYOND = 4, 0.3
_MOST_CONTROLS = 0.01


class _Decoder:
    """Decodes a file or its lines: as UTF-8, else in the older encoding that fits best."""

    def __init__(self, file: _File) -> None:
        self._file = file
        self._encoding: str | None = None

    @property
    def meta(self) -> dict[str, Any]:
        return {"encoding": self._encoding} if self._encoding else {}

    def decode(self, data: bytes) -> str:
        """Raises `UnicodeError` with a message for the user."""
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
        encoding = self._encoding or _recognised(data)
        if encoding is None:
            raise UnicodeError(_UNDECODED)
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            raise UnicodeError(_UNDECODED) from None
        self._adopt(encoding)
        return text

    def lines(self, data: Iterable[bytes]) -> Iterator[str]:
        """Yield the lines with their ends; one that cannot be decoded satisfies `_is_undecoded`."""
        data = iter(data)
        first = next(data, b"")
        if first.startswith(_UTF_16):
            self._adopt("utf_16")
            yield from _utf_16_lines(chain([first], data))
            return
        for line in chain([first], data):
            try:
                yield self.decode(line)
            except UnicodeError:
                yield line.decode(errors="surrogateescape")

    def _adopt(self, encoding: str) -> None:
        if self._encoding is None:
            log.warning("%s: not UTF-8; read as %s", self._file, encoding)
            self._encoding = encoding


_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _recognised(data: bytes) -> str | None:
    """Return the older encoding in which ``data`` reads most like French, None when it does in none."""
    if data.startswith(_UTF_16):
        return "utf_16"
    codes = Counter(data)
    beyond = sum(count for code, count in codes.items() if code > 127)
    letters = sum(count for code, count in codes.items() if code < 128 and chr(code).isalpha())
    controls = sum(count for code, count in codes.items() if code < 32 and chr(code) not in "\t\n\f\r")
    if beyond > _FEW_BEYOND + _MOST_BEYOND * letters or controls > _MOST_CONTROLS * len(data):
        return None
    scores = {}
    for encoding, handicap in _OLDER.items():
        with suppress(UnicodeDecodeError):
            chars = Counter(data.decode(encoding))
            likeness = sum(_FRENCH.get(char, 0.0) * count for char, count in chars.items()) / beyond
            scores[encoding] = likeness - handicap
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= _FRENCH_ENOUGH else None


def _utf_16_lines(data: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf_16")()
    rest = ""
    for chunk in data:
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (line + "\n" for line in whole)
    yield rest + decoder.decode(b"", final=True)


def _is_undecoded(text: str) -> bool:
    return _ESCAPED.search(text) is not None


_ESCAPED = re.compile("[\udc80-\udcff]")


FORMATS: dict[str, Callable[[_File, Columns], Iterator[Article | Failure]]] = {
    ".txt": _plain_text,
    ".jsonl": _json_lines,
    ".csv": _table,
    ".tsv": _table,
}
