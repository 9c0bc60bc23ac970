"""The gazetteer: what is known of countries, places, organisations and people, from ``seeds/gazetteers``.

It answers one question, *what may this form name?*, with every candidate, the most prominent first. Which of
them an article means, and whether a form that is also an ordinary word is a name there at all
(`Entry.ambiguous`), is for the components to weigh in context. No spaCy here; the files are read on demand.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Label = Literal["PER", "LOC", "ORG"]

COUNTRIES, ZONES, PLACES = "countries.csv", "zones.csv", "places.csv"
ORGANISATIONS, PEOPLE = "organisations.csv", "people.csv"
SEPARATOR = "|"  # between the values of one cell
SETTLEMENTS = frozenset({"capital", "city", "town", "village"})

# Every kind of entry, by file, with its prominence among homonyms, on the scale of a population. A place adds
# its own (a capital's counts ten times): `Tripoli` is Libya's, then Lebanon's; `Niger` a country or a river.
_PLACE_KINDS: Mapping[str, int] = MappingProxyType(
    {
        "continent": 4_000_000_000,
        "zone": 30_000_000,
        "sea": 20_000_000,
        "capital": 5_000_000,
        "region": 0,
        "city": 1,
        "town": 1,
        "village": 0,
        "river": 100_000,
        "lake": 100_000,
        "island": 100_000,
        "mountain": 50_000,
        "desert": 100_000,
        "site": 50_000,
        "planet": 50_000,
    }
)
KINDS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        COUNTRIES: MappingProxyType({"country": 4_000_000_000, "territory": 40_000_000}),
        ZONES: _PLACE_KINDS,
        PLACES: _PLACE_KINDS,
        ORGANISATIONS: MappingProxyType(
            {
                "international": 60_000_000,
                "regional": 50_000_000,
                "alliance": 50_000_000,
                "institution": 20_000_000,
                "military": 20_000_000,
                "armed_group": 40_000_000,
                "party": 10_000_000,
                "court": 30_000_000,
                "finance": 30_000_000,
                "media": 10_000_000,
                "platform": 20_000_000,
                "ngo": 10_000_000,
                "company": 10_000_000,
                "university": 5_000_000,
                "think_tank": 5_000_000,
                "union": 5_000_000,
                "religious": 5_000_000,
                "sport": 5_000_000,
            }
        ),
        PEOPLE: MappingProxyType(
            {
                "head_of_state": 3_000_000,
                "head_of_government": 2_500_000,
                "minister": 2_000_000,
                "official": 2_000_000,
                "opposition": 1_500_000,
                "armed_group": 1_500_000,
                "military": 1_500_000,
                "public": 1_000_000,
            }
        ),
    }
)
_PLACE_COLUMNS = (
    "name", "kind", "country", "aliases", "lat", "lon", "population", "geonames", "qid", "ambiguous",
)  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        COUNTRIES: (
            "name", "kind", "code", "aliases", "capital", "demonyms", "lat", "lon", "box", "qid", "ambiguous",
        ),
        ZONES: _PLACE_COLUMNS,
        PLACES: _PLACE_COLUMNS,
        ORGANISATIONS: ("name", "kind", "country", "aliases", "qid", "ambiguous"),
        PEOPLE: ("name", "kind", "country", "gender", "role", "start", "end", "aliases", "qid", "ambiguous"),
    }
)  # fmt: skip
_LABELS: Mapping[str, Label] = MappingProxyType(
    {COUNTRIES: "LOC", ZONES: "LOC", PLACES: "LOC", ORGANISATIONS: "ORG", PEOPLE: "PER"}
)


class GazetteerError(ValueError):
    """A row of a gazetteer file is not valid; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that has names.

    ``name`` is its usual French name, ``aliases`` its other forms (one in lower case may stand so in a text),
    ``id`` its Wikidata QID, ``country`` an ISO 3166-1 alpha-2 code, ``lat`` and ``lon`` decimal degrees,
    ``geonames`` its GeoNames id. ``start`` and ``end`` bound a person's ``role`` (a year or an ISO date).
    ``ambiguous`` are those of its names that are also ordinary words, common given names or other things
    (``Tours``, ``Mars``): they need context.
    """

    name: str
    label: Label
    kind: str
    aliases: tuple[str, ...] = ()
    id: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    geonames: int | None = None
    population: int | None = None
    gender: Literal["m", "f"] | None = None
    role: str | None = None
    start: str | None = None
    end: str | None = None
    ambiguous: frozenset[str] = frozenset()

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every form of its name, the usual one first."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Country:
    """What the country file alone knows: beside its entry, the capital, the demonyms and the bounding box.

    ``demonyms`` are lower-case forms: masculine, feminine, masculine plural, feminine plural, then any other.
    With a capital some are names of countries too (``Argentine``, ``Suisse``, ``Philippines``).
    ``box`` is south, west, north, east in degrees; west exceeds east where it crosses the 180th meridian.
    """

    entry: Entry
    capital: str | None
    demonyms: tuple[str, ...]
    box: tuple[float, float, float, float]


class Gazetteer:
    """Every entry, with lookup by any of its names.

    >>> [entry.country for entry in gazetteer().lookup("TILLABERY")]
    ['NE']
    """

    def __init__(self, countries: tuple[Country, ...], others: tuple[Entry, ...]) -> None:
        """Index ``countries`` and the ``others`` (places, organisations, people)."""
        # Plain dicts: a pipeline that holds them is pickled for other processes.
        self.countries: Mapping[str, Country] = {
            country.entry.country or "": country for country in countries
        }
        self.entries: tuple[Entry, ...] = (*(country.entry for country in countries), *others)
        # Backwards: of two countries with one demonym (`congolais`) the first in the file keeps it.
        self.demonyms: Mapping[str, Entry] = {
            form: country.entry for country in reversed(countries) for form in country.demonyms
        }
        index: dict[str, list[Entry]] = {}
        for entry in sorted(self.entries, key=prominence, reverse=True):
            for folded in {key(surface) for surface in entry.surfaces}:
                index.setdefault(folded, []).append(entry)
        self._index = {folded: tuple(entries) for folded, entries in index.items()}

    def lookup(self, surface: str) -> tuple[Entry, ...]:
        """Return what ``surface`` may name, the most prominent first; empty when nothing is known.

        Case, accents, the kind of apostrophe, hyphens and an acronym's points make no difference (see `key`).
        """
        return self._index.get(key(surface), ())

    def is_ambiguous(self, surface: str) -> bool:
        """Tell whether ``surface`` is, for every entry that it may name, a form that needs context."""
        folded = key(surface)
        entries = self._index.get(folded, ())
        return bool(entries) and all(any(key(form) == folded for form in e.ambiguous) for e in entries)


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer of ``seeds/gazetteers``, read on the first call.

    Raises `GazetteerError`, naming file and line, when a row is not valid.
    """
    return read(files("geopolitics_nlp.seeds") / "gazetteers")


def read(folder: Traversable) -> Gazetteer:
    """Read the five files of a gazetteer folder."""
    countries = tuple(_country(row) for row in _rows(folder, COUNTRIES))
    others = tuple(
        _entry(row) for name in (ZONES, PLACES, ORGANISATIONS, PEOPLE) for row in _rows(folder, name)
    )
    return Gazetteer(countries, others)


def problems(folder: Traversable) -> Iterator[str]:
    """Yield what is wrong with the rows of a gazetteer folder beyond what `read` refuses, as ``file:line: what``.

    A form has one meaning of a kind in a country, unless a capital alone tells two forms of a row apart (``Talibans``,
    ``talibans``); places lie in the box of their country; a QID stands for one thing of a file, regions and zones
    aside, which may share that of their city. Raises `GazetteerError` for the first row that cannot be read.
    """
    countries = {row.text("code"): _country(row) for row in _rows(folder, COUNTRIES)}
    for name in COLUMNS:
        owners: dict[tuple[str | None, str, str], tuple[str, int]] = {}
        qids: dict[str, int] = {}
        for row in _rows(folder, name):
            entry = _entry(row)
            found = [*_wrong_forms(entry), *_wrong_place(entry, countries), *_wrong_person(entry)]
            shared = entry.id is None or entry.kind in ("region", "zone")
            if not shared and (first := qids.setdefault(entry.id or "", row.line)) != row.line:
                found.append(f"qid {entry.id!r} is that of line {first} too; one of them is wrong.")
            level = (
                "settlement"
                if entry.kind in SETTLEMENTS
                else "person"
                if entry.label == "PER"
                else entry.kind
            )
            for folded in {key(surface) for surface in entry.surfaces}:
                owner, line = owners.setdefault((entry.country, level, folded), (entry.name, row.line))
                if line != row.line:
                    found.append(
                        f"{folded!r} also names {owner!r} of line {line}, of the same kind and country; "
                        "leave the form with one of them."
                    )
            yield from (f"{name}:{row.line}: {what}" for what in found)


def _wrong_forms(entry: Entry) -> Iterator[str]:
    keys: dict[str, str] = {}
    for form in entry.surfaces:
        if form != " ".join(form.split()) or set(form) & set('()[]{}"«»“”’;_\u00a0') or not key(form):
            yield f"{form!r} is no clean form: single spaces, straight apostrophes, no brackets and marks."
        small = form[0].islower() and form != entry.name  # as it may stand in a text
        if not small and (other := keys.setdefault(key(form), form)) != form:
            yield f"{form!r} is found by {other!r} already (case, accents, hyphens and points make no difference)."


def _wrong_place(entry: Entry, countries: Mapping[str | None, Country]) -> Iterator[str]:
    if entry.country and entry.country not in countries:
        yield f"country {entry.country!r} is none of {COUNTRIES}."
    elif entry.label == "LOC" and entry.kind != "planet":
        if entry.lat is None or entry.lon is None:
            yield "the place has no coordinates; give lat and lon."
        elif entry.country and not _within(countries[entry.country].box, entry.lat, entry.lon):
            yield f"{entry.lat}, {entry.lon} lies outside the box of {entry.country} in {COUNTRIES}."
        if not entry.country and entry.kind in {"region", *SETTLEMENTS}:
            yield f"a {entry.kind} needs its country."


def _within(box: tuple[float, float, float, float], lat: float, lon: float) -> bool:
    south, west, north, east = box
    return south <= lat <= north and (west <= lon <= east if west <= east else lon >= west or lon <= east)


def _wrong_person(entry: Entry) -> Iterator[str]:
    if entry.label == "PER":
        if entry.gender is None:
            yield "the gender is empty; give m or f."
        if entry.start is None:
            yield "start is empty; give the year from which the role is known."
        elif entry.end is not None and entry.end < entry.start:
            yield f"the role ends ({entry.end}) before it starts ({entry.start})."


def prominence(entry: Entry) -> int:
    """Return how prominent an entry is among its homonyms: by kind, and by population where there is one."""
    people = entry.population or 0
    if entry.kind == "capital":
        people *= 10
    return _PROMINENCE[entry.label, entry.kind] + people


_PROMINENCE = {(_LABELS[name], kind): rank for name, kinds in KINDS.items() for kind, rank in kinds.items()}

_SIGNS = {**dict.fromkeys("’ʼ‘`´ʻ", "'"), **dict.fromkeys("-‐‑–\xa0\u202f", " "), "\xad": None}
_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ə": "a"}
_FOLDED = str.maketrans(_SIGNS | _LETTERS)


@lru_cache(maxsize=65536)
def key(surface: str) -> str:
    """Return the form by which a name is looked up, without case, accents, hyphens and the points of initials.

    >>> key("CÔTE D’IVOIRE") == key("Cote d'Ivoire"), key("G5-Sahel"), key("O.N.U.")
    (True, 'g5 sahel', 'onu')
    """
    if surface.isascii():
        folded = surface.lower().replace("-", " ").replace("`", "'")
    else:
        folded = surface.casefold().translate(_FOLDED)
        if not folded.isascii():
            decomposed = unicodedata.normalize("NFD", folded)
            folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = folded.split()
    if "." in folded:  # of acronyms and initials
        words = [
            word.replace(".", "") if all(len(part) <= 1 for part in word.split(".")) else word
            for word in words
        ]
    return " ".join(words)


class _Row:
    """One row of a file: its cells by column, and errors that say where it is."""

    __slots__ = ("_cells", "file", "line")

    def __init__(self, file: str, line: int, cells: Mapping[str, str]) -> None:
        self.file, self.line, self._cells = file, line, cells

    def error(self, message: str) -> GazetteerError:
        return GazetteerError(f"{self.file}:{self.line}: {message}")

    def text(self, column: str) -> str | None:
        return self._cells[column] or None

    def required(self, column: str) -> str:
        value = self._cells[column]
        if not value:
            raise self.error(f"the column {column!r} is empty; every row of this file needs it.")
        return value

    def several(self, column: str) -> tuple[str, ...]:
        cell = self._cells[column]
        if not cell:
            return ()
        values = tuple(cell.split(SEPARATOR))
        if any(not value or value != value.strip() for value in values):
            raise self.error(
                f"{column} {cell!r} has an empty or padded value; write a{SEPARATOR}b{SEPARATOR}c."
            )
        if len(set(values)) < len(values):
            raise self.error(f"{column} {cell!r} repeats a value; give each once.")
        return values

    def degrees(self, column: str, limit: int) -> float | None:
        cell = self._cells[column]
        if not cell:
            return None
        try:
            value = float(cell)
        except ValueError:
            raise self.error(
                f"{column} {cell!r} is not a number; write decimal degrees such as 16.27."
            ) from None
        if not -limit <= value <= limit:
            raise self.error(f"{column} {cell!r} is outside -{limit}…{limit} degrees.")
        return value

    def whole(self, column: str) -> int | None:
        cell = self._cells[column]
        if not cell:
            return None
        if not cell.isdecimal():
            raise self.error(f"{column} {cell!r} is not a whole number.")
        return int(cell)

    def qid(self) -> str | None:
        cell = self._cells["qid"]
        if cell and not (cell[0] == "Q" and cell[1:].isdecimal() and cell[1] != "0"):
            raise self.error(f"qid {cell!r} is not a Wikidata identifier such as Q912.")
        return cell or None

    def code(self, column: str) -> str | None:
        cell = self._cells[column]
        if cell and not (len(cell) == 2 and cell.isascii() and cell.isupper()):
            raise self.error(f"{column} {cell!r} is not an ISO 3166-1 alpha-2 code such as ML.")
        return cell or None

    def gender(self) -> Literal["m", "f"] | None:
        match self._cells["gender"]:
            case "m" | "f" | "" as gender:
                return gender or None
            case other:
                raise self.error(f"gender {other!r} is neither 'm' nor 'f'.")

    def date(self, column: str) -> str | None:
        cell = self._cells[column]
        parts = cell.split("-")
        if cell and not (
            [len(part) for part in parts] in ([4], [4, 2, 2]) and all(p.isdecimal() for p in parts)
        ):
            raise self.error(f"{column} {cell!r} is neither a year (2021) nor an ISO date (2021-05-24).")
        return cell or None


def _rows(folder: Traversable, name: str) -> Iterator[_Row]:
    expected = COLUMNS[name]
    with (folder / name).open(encoding="utf-8") as file:
        reader = csv.reader(file)
        header = tuple(next(reader, ()))
        if header != expected:
            raise GazetteerError(
                f"{name}:1: got the columns {', '.join(header)}; expected {', '.join(expected)}."
            )
        for cells in reader:
            if len(cells) != len(expected):
                raise GazetteerError(
                    f"{name}:{reader.line_num}: got {len(cells)} columns, expected {len(expected)} "
                    f"({', '.join(expected)}); quote a value that holds a comma."
                )
            yield _Row(name, reader.line_num, dict(zip(expected, cells, strict=True)))


def _country(row: _Row) -> Country:
    demonyms = (row.text("demonyms") or "").split(SEPARATOR)
    box = [float(edge) for edge in row.required("box").split()]
    if len(box) != 4:
        raise row.error(f"box {row.text('box')!r} needs four numbers: south west north east.")
    return Country(
        _entry(row), row.text("capital"), tuple(filter(None, demonyms)), (box[0], box[1], box[2], box[3])
    )


def _entry(row: _Row) -> Entry:
    name, kind, aliases = row.required("name"), row.required("kind"), row.several("aliases")
    if kind not in KINDS[row.file]:
        raise row.error(f"kind {kind!r} is not one of {', '.join(KINDS[row.file])}.")
    ambiguous = frozenset(row.several("ambiguous"))
    if name in aliases:
        raise row.error(f"the aliases repeat the name {name!r}; give each form once.")
    if unknown := ambiguous - {name, *aliases}:
        raise row.error(f"ambiguous form {min(unknown)!r} is neither the name nor an alias of this row.")
    place = _LABELS[row.file] == "LOC"
    person = row.file == PEOPLE
    return Entry(
        name=name,
        label=_LABELS[row.file],
        kind=kind,
        aliases=aliases,
        id=row.qid(),
        country=row.code("code" if row.file == COUNTRIES else "country"),
        lat=row.degrees("lat", 90) if place else None,
        lon=row.degrees("lon", 180) if place else None,
        geonames=row.whole("geonames") if row.file in (ZONES, PLACES) else None,
        population=row.whole("population") if row.file in (ZONES, PLACES) else None,
        gender=row.gender() if person else None,
        role=row.text("role") if person else None,
        start=row.date("start") if person else None,
        end=row.date("end") if person else None,
        ambiguous=ambiguous,
    )
