"""Component ``gnlp_naming``: which mentions name the same thing, its canonical name, and its identifier.

Persons are told apart by first names, titles and gender (two brothers share a surname); organisations and places are
joined by what abbreviates what, by the gazetteer's aliases and by short forms (``la Haute Cour`` after ``Haute Cour de
Londres``). The layer ``ENTITIES`` stands parallel to ``doc.ents``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import regex
from spacy.language import Language
from spacy.tokens import Doc, Span

from . import gazetteers, layers, lexicons
from .linking import SENSES, Linker
from .roles import Role, Roles
from .surfaces import CONNECTORS, INSTITUTIONS, Words, abbreviates, expansions, words_of

if TYPE_CHECKING:
    from .gazetteers import Entry, Gazetteer
    from .lexicons import Gender

# Words before a surname that name several persons at once: `les deux Garba-Tondi`.
_SEVERAL = frozenset("les mm. mmes frères sœurs soeurs époux couple famille clan deux trois".split())
_NICKNAMED = frozenset("dit dite alias surnommé surnommée surnommés appelé appelée baptisé".split())
_BEFORE_NICKNAME = frozenset("« “ ‘ \" '' ' : le la l' les également aussi".split())
_HAVE = frozenset("a ont avait avaient aurait est était lui".split())
# Generic words that a place's name may have or lack: `Nyiragongo`, `mont Nyiragongo`.
_GENERIC = frozenset(
    """mont monts lac fleuve rivière île îles ville province région département cercle préfecture district commune
    village désert golfe détroit mer océan état etat""".split()
)
# Waters that bear the name of a country or a city are another thing: `le fleuve Niger`.
_WATERS = frozenset({"fleuve", "rivière", "lac"})
_INITIAL = regex.compile(r"\p{Lu}\.")
_OF_BEFORE = ("de la ", "de l'", "de ", "du ", "des ", "d'")
_OF = frozenset("de du d' des".split())
_ARTICLES = {
    "le": ("m", "s"),
    "la": ("f", "s"),
    "les": (None, "p"),
    "du": ("m", "s"),
    "au": ("m", "s"),
    "aux": (None, "p"),
}
# What links a noun to the place that it names, and a place to its country: `Tripoli, au Liban`, `Tripoli (Liban)`.
_LINKS = frozenset("de du d' des la le les l'".split())
_LIES_IN = frozenset("en au aux dans le la l' les".split())
# Bodies whose country is that of those who speak for them.
_NATIONAL = frozenset({"institution", "party", "armed_group", "military", "court"})


@dataclass(slots=True)
class Mention:
    """One entity of ``doc.ents`` as naming sees it; ``parts`` are the words of its form, folded.

    ``sense`` is the noun before a place's name (``région``), ``office`` that before a person's (``président``); ``kin``
    tells that a person is introduced as another's relative.
    """

    number: int
    start: int
    end: int
    label: str
    text: str
    key: str
    parts: tuple[str, ...]
    gender: str | None = None
    several: bool = False
    office: str | None = None
    kin: bool = False
    sense: str | None = None


@dataclass(slots=True, eq=False)
class Thing:
    """What some mentions of an article name.

    ``roles`` are the functions that the article gives a person, ``functions`` their words, ``role`` the fullest as it
    is written, ``affiliation`` the name of whom these are for. A gender is ``sure`` where nothing speaks against it:
    a woman may be `le ministre`, and a translator writes `M.` of her.
    """

    label: str
    mentions: list[Mention] = field(default_factory=list)
    entry: Entry | None = None
    gender: str | None = None
    sure: bool = False
    number: str | None = None
    roles: list[Role] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    role: str | None = None
    affiliation: str | None = None
    country: str | None = None

    @property
    def name(self) -> str:
        """The fullest form that the article uses."""
        counts = Counter(m.text for m in self.mentions)
        first = {m.text: -m.number for m in reversed(self.mentions)}

        def fullness(form: str) -> tuple[int, bool, bool, int, int]:
            words = form.replace("-", " ").split()
            shouted = any(word.isupper() and len(word) > 3 for word in words) and len(form) > 4
            known = self.entry is not None and form == self.entry.name
            accents = sum(c.isalpha() and not c.isascii() for c in form)
            return len(words), not shouted, known, counts[form] + accents, first[form]

        return " ".join(max(counts, key=fullness).split())


class Naming:
    """The component: `match` names what ``doc.ents`` hold, `set_annotations` writes the layer and ``kb_id_``."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        """Use ``gazetteer``, the library's own when None."""
        self._arguments = (gazetteer,)
        self.gazetteer = gazetteer if gazetteer is not None else gazetteers.gazetteer()
        self.linker = Linker(self.gazetteer)
        self.roles = Roles(self.gazetteer)
        self.titles = lexicons.titles()
        self.first_names = lexicons.first_names()

    def __reduce__(self) -> Any:  # noqa: D105
        return (Naming, self._arguments)

    def __call__(self, doc: Doc) -> Doc:
        """Name the entities of ``doc``."""
        self.set_annotations(doc, self.match(doc))
        return doc

    def set_annotations(self, doc: Doc, things: Sequence[Thing]) -> None:
        """Write one item for each of ``doc.ents``; ``things`` are parallel to them."""
        items: list[layers.Item] = []
        ents: list[Span] = []
        shared = {key: _attributes(thing) for key, thing in {id(thing): thing for thing in things}.items()}
        for ent, thing in zip(doc.ents, things, strict=True):
            known = thing.entry.id if thing.entry else None
            ents.append(Span(doc, ent.start, ent.end, label=ent.label_, kb_id=known or ""))
            items.append(layers.Item(ent.start_char, ent.end_char, ent.label_, shared[id(thing)]))
        doc.set_ents(ents, default="outside")
        layers.write(doc, layers.ENTITIES, items, ents)

    def match(self, doc: Doc) -> list[Thing]:
        """Return, for each of ``doc.ents``, the thing that it names; mentions of one thing share it."""
        words = words_of(doc)
        mentions = [self._mention(words, number, ent) for number, ent in enumerate(doc.ents)]
        things = self._persons([m for m in mentions if m.label == "PER"], words)
        for label in ("ORG", "LOC"):
            things += self._others([m for m in mentions if m.label == label], label, words)
        for thing in things:
            self._describe(thing, words, doc)
        self._identify(things, mentions, words)
        by_number = {m.number: thing for thing in things for m in thing.mentions}
        return [by_number[m.number] for m in mentions]

    def _mention(self, words: Words, number: int, ent: Span) -> Mention:
        key = words.key(ent.start, ent.end)
        before = words.before(ent.start)
        title = self.titles.get(words.text[before]) if before >= 0 else None
        m = Mention(
            number, ent.start, ent.end, ent.label_, ent.text, key, tuple(key.replace(".", " ").split())
        )
        if m.label == "PER":
            m.gender = title.gender if title is not None and title.gender != "u" else None
            if title is not None and words.text[before] == "M." and _INITIAL.match(m.text):
                m.gender = None  # `M. K. Obiang` may be `Mariam`
            m.several = before >= 0 and (
                words.lower[before] in _SEVERAL or (title is not None and title.number == "p")
            )
            m.office, m.kin = self.roles.before(words, m.start)
        elif m.label == "LOC":
            self._make_sense(m, words)
        return m

    def _make_sense(self, m: Mention, words: Words) -> None:
        """Note the noun before a place's name or at its head; a water named like a country gets a name of its own."""
        head, _, bare = m.key.partition(" ")
        i = m.start - 1
        while i > max(0, m.start - 3) and words.lower[i] in _LINKS:
            i -= 1
        noun = words.lower[i] if i >= 0 and words.line[i] == words.line[m.start] else ""
        if head in SENSES and bare:
            m.sense = head
        elif noun in SENSES:
            m.sense = noun
            if self._is_another_water(noun, m.key):
                m.key, m.text = f"{noun} {m.key}", f"{noun} {m.text}"

    def _is_another_water(self, noun: str, key: str) -> bool:
        """Tell whether a name means a water after this noun, and something else without it: ``fleuve Niger``."""
        kinds = [entry.kind for entry in self.linker.entries(key, "LOC")]
        return (
            noun in _WATERS
            and any(kinds[:1])
            and kinds[0] not in SENSES[noun]
            and not SENSES[noun].isdisjoint(kinds)
        )

    # --- persons

    def _persons(self, mentions: Sequence[Mention], words: Words) -> list[Thing]:
        """Group persons: full names first, then each shorter mention to the person that it fits best."""
        by_key: dict[str, list[Mention]] = defaultdict(list)
        for m in mentions:
            by_key[m.key].append(m)
        nicknames = _nicknames(mentions, words)
        full = {
            key: m.parts
            for key, (m, *_) in by_key.items()
            if len(m.parts) > 1 and not _is_initials(m) and key not in nicknames
        }
        sharing: dict[str, list[str]] = defaultdict(list)  # the full names that have a part
        for key, parts in full.items():
            for part in set(parts):
                sharing[part].append(key)
        full = {
            key: parts
            for key, parts in full.items()
            if not any(_within(parts, full[o]) and not self._apart(key, o) for o in sharing[parts[-1]])
        }
        groups = _Groups(full)
        for key, parts in full.items():
            for other in {o for part in parts for o in sharing[part] if o in full}:
                if _same_spelt_otherwise(parts, full[other]) and not self._apart(key, other):
                    groups.join(key, other)
        known: dict[str, str] = {}  # Omar el-Béchir, Omar al-Bashir
        for key in full:
            entries = self.linker.entries(key, "PER")
            if len(entries) == 1:
                groups.join(key, known.setdefault(entries[0].name, key))
        things: dict[str, Thing] = {}
        for key in full:
            thing = things.setdefault(groups.root(key), Thing("PER"))
            thing.mentions.extend(by_key[key])
            thing.gender = thing.gender or next((m.gender for m in by_key[key] if m.gender), None)
        people = _People(things.values())
        settled = {m.number for person in things.values() for m in person.mentions}
        loose: dict[str, list[Thing]] = defaultdict(list)
        reigning: dict[str, list[Thing]] = defaultdict(list)  # known by one name only: le pape François
        for m in mentions:
            if m.number in settled:
                continue
            person = next(iter(reigning.get(m.key, ())), None) or people.fitting(m)
            if person is None and m.key in nicknames:
                person = people.of_mention.get(nicknames[m.key])
            if person is None:  # the surname as others spell it
                entries = self.linker.entries(m.key, "PER")
                if len(entries) == 1 and entries[0].name in known:
                    person = things[groups.root(known[entries[0].name])]
            if person is None:
                person = next((p for p in loose[m.key] if not _differ(m.gender, p.gender)), None)
            if person is None:
                person = Thing("PER")
                (reigning if m.office in _REIGNING else loose)[m.key].append(person)
            person.gender = person.gender or m.gender
            person.mentions.append(m)
        persons = [
            *things.values(),
            *(person for group in (*reigning.values(), *loose.values()) for person in group),
        ]
        for person in persons:
            person.mentions.sort(key=lambda m: m.number)
        return persons

    def _apart(self, key: str, other: str) -> bool:
        """Tell whether the gazetteer knows two forms as different people: ``Ahmad Massoud``, ``Ahmad Shah Massoud``."""
        names = [{entry.name for entry in self.linker.entries(form, "PER")} for form in (key, other)]
        return all(names) and names[0].isdisjoint(names[1])

    # --- organisations and places

    def _others(self, mentions: Sequence[Mention], label: str, words: Words) -> list[Thing]:
        """Group organisations or places: the forms that mean one thing."""
        forms: dict[str, Mention] = {}
        for m in mentions:
            forms.setdefault(m.key, m)
        joined = _Groups(forms)
        entries: dict[str, list[str]] = defaultdict(list)
        for key in forms:
            for entry in self.linker.entries(key, label)[:1]:
                for other in entries[entry.name]:
                    if not _branch(forms[key], forms[other]):
                        joined.join(key, other)
                entries[entry.name].append(key)
        begun: dict[str, set[str]] = defaultdict(set)
        for name, keys in entries.items():
            for entry in self.linker.entries(keys[0], label)[:1]:
                for alias in map(gazetteers.key, entry.surfaces):
                    for at, c in enumerate(alias):
                        if c == " ":
                            begun[alias[:at]].add(name)
        for key, names in begun.items():
            # `la République islamique` where the article speaks of Iran, and of no other
            if " " in key and len(names) == 1 and key in forms and not self.linker.entries(key, label):
                joined.join(key, entries[min(names)][0])
        if label == "ORG":
            self._join_acronyms(mentions, forms, joined, words)
        else:
            for long in forms:
                head, _, rest = long.partition(" ")
                bare = next((rest.removeprefix(of) for of in _OF_BEFORE if rest.startswith(of)), rest)
                known = self.linker.entries(long, label) or self._is_another_water(head, bare)
                if head in _GENERIC and not known:
                    joined.join(long, bare)
        things: dict[str, Thing] = {}
        for m in mentions:
            things.setdefault(joined.root(m.key), Thing(label)).mentions.append(m)
        if label == "ORG":
            _refer_back(things)
        return list(things.values())

    def _join_acronyms(
        self, mentions: Sequence[Mention], forms: Mapping[str, Mention], joined: _Groups, words: Words
    ) -> None:
        for start, end, acronym in expansions(words):
            joined.join(words.key(start, end), words.key(acronym, acronym + 1))
        for a, b in pairwise(mentions):
            # In brackets after it, the acronym may be that of another language: `Foreign Office (FCDO)`.
            bracketed = words.text[a.end : b.start] == ["("] and words.text[b.end : b.end + 1] in (
                [")"],
                [","],
            )
            known = self.linker.entries(a.key, "ORG")[:1], self.linker.entries(b.key, "ORG")[:1]
            if (
                bracketed
                and len(b.parts) == 1
                and len(a.parts) > 1
                and (known[0] == known[1] or not all(known))
            ):
                joined.join(a.key, b.key)
        spelt_out: dict[str, list[str]] = defaultdict(list)  # by their first two initials
        for long in forms:
            initials = [word[0] for word in long.replace("'", "' ").split() if word not in CONNECTORS]
            if len(initials) > 1:
                spelt_out[initials[0] + initials[1]].append(long)
        for short, m in forms.items():
            if len(m.parts) == 1 and m.text.isupper() and len(short) >= 3:
                for long in spelt_out[short[:2]]:
                    if abbreviates(short, long.replace("'", "' ").split(), strict=True):
                        joined.join(short, long)

    # --- identifiers

    def _identify(self, things: Sequence[Thing], mentions: Sequence[Mention], words: Words) -> None:
        """Find each thing's gazetteer entry and country: the places', which are the context of the others, first."""
        countries = self._countries(things, words)
        named = {m.start: thing for thing in things for m in thing.mentions}
        # The countries of places and of national bodies, by the first token of a mention.
        of: dict[str, dict[int, str]] = {"LOC": {}, "ORG": {}}
        for label in ("LOC", "ORG", "PER"):
            for thing in (thing for thing in things if thing.label == label):
                keys = sorted(
                    {m.key for m in thing.mentions}, key=lambda key: (-len(key.split()), -len(key), key)
                )
                if label == "LOC":
                    self._identify_place(thing, keys, mentions, words, countries)
                elif label == "ORG":
                    thing.entry = self.linker.organisation(keys, countries)
                    thing.country = (thing.entry and thing.entry.country) or self._said_country(thing, words)
                else:
                    self._identify_person(thing, keys, words, list(of.values()), countries)
                    thing.affiliation = self._affiliation(thing, words, named)
                    continue
                if thing.country and (label == "LOC" or thing.entry is None or thing.entry.kind in _NATIONAL):
                    of[label].update((m.start, thing.country) for m in thing.mentions)

    def _countries(self, things: Iterable[Thing], words: Words) -> Counter[str]:
        """Count the countries that the article speaks of: by their names, those of their places, and demonyms."""
        countries: Counter[str] = Counter()
        for thing in things:
            for m in thing.mentions if thing.label == "LOC" else ():
                entries = self.linker.entries(m.key, "LOC")
                if entries and entries[0].country and (entries[0].kind == "country" or len(entries) == 1):
                    countries[entries[0].country] += 1
        demonyms = self.roles.demonyms
        countries.update(demonyms[word][0] for word in words.lower if word in demonyms)
        return countries

    def _identify_place(
        self,
        thing: Thing,
        keys: Sequence[str],
        mentions: Sequence[Mention],
        words: Words,
        countries: Counter[str],
    ) -> None:
        near = next(
            (code for m in thing.mentions if (code := self._near(m, mentions, words)) is not None), None
        )
        ((sense, _),) = Counter(m.sense for m in thing.mentions).most_common(1)
        if sense in _WATERS:
            keys = [*keys, *(key.removeprefix(f"{sense} ") for key in keys)]
        thing.entry = self.linker.place(keys, sense=sense, near=near, countries=countries)
        thing.country = thing.entry.country if thing.entry else near

    def _near(self, m: Mention, mentions: Sequence[Mention], words: Words) -> str | None:
        """Return the country that stands after a place: ``Tripoli, au Liban``, ``Tripoli (Liban)``."""
        following = mentions[m.number + 1] if m.number + 1 < len(mentions) else None
        if following is None or following.label != "LOC":
            return None
        between = words.lower[m.end : following.start]
        if between != ["("] and not (
            len(between) > 1 and between[0] == "," and _LIES_IN.issuperset(between[1:])
        ):
            return None
        kinds = {entry.kind for entry in self.linker.entries(m.key, "LOC")}
        entries = self.linker.entries(following.key, "LOC")[:1] if "country" not in kinds else []
        return next((entry.country for entry in entries if entry.kind == "country"), None)

    def _said_country(self, thing: Thing, words: Words) -> str | None:
        """Return the country of ``Cour suprême du Kenya`` or ``Conseil constitutionnel ivoirien``."""
        for m in thing.mentions:
            for i in range(m.start + 1, min(m.end + 1, words.size)):
                if words.line[i] == words.line[m.start] and (
                    codes := self.roles.demonyms.get(words.lower[i])
                ):
                    return codes[0]
            for i in range(m.start + 1, m.end - 1):
                if words.lower[i] in _OF or (words.lower[i] in _LINKS and words.lower[i - 1] in _OF):
                    entries = self.linker.entries(words.key(i + 1, m.end), "LOC")
                    if entries and entries[0].kind == "country":
                        return entries[0].country
        return None

    def _identify_person(
        self,
        thing: Thing,
        keys: Sequence[str],
        words: Words,
        of: Sequence[Mapping[int, str]],
        countries: Counter[str],
    ) -> None:
        own = next(
            (
                codes
                for known in of
                for role in thing.roles
                if (codes := self.roles.countries(words, role, known))
            ),
            (),
        )
        titles = Counter(m.gender for m in thing.mentions if m.gender)
        thing.entry = self.linker.person(
            keys,
            roles=thing.functions,
            own=own,
            gender=titles.most_common(1)[0][0] if titles else None,
            countries=countries,
        )
        thing.country = max(own, key=lambda code: countries[code], default=None)
        if thing.entry is not None:
            if thing.country is None or thing.entry.country in own:
                thing.country = thing.entry.country
            if not titles:  # the noun's may be another's: `la star Oumar Sy`
                thing.gender = thing.entry.gender or thing.gender
                thing.sure = thing.sure or thing.entry.gender is not None

    def _affiliation(self, thing: Thing, words: Words, named: Mapping[int, Thing]) -> str | None:
        """Return whom a person is said to belong to: an organisation or a place in the function or after the name.

        ``named`` are the article's things by the first tokens of their mentions. A demonym stands for its country.
        """
        inside = [named[i] for role in thing.roles for i in range(role.start, role.end) if i in named]
        inside = [other for other in inside if other.label != "PER"]
        apposed = [named[i] for m in thing.mentions if (i := _attached(words, m.end)) in named]
        for other in [*inside, *apposed]:
            if other.label == "ORG":
                return other.name
        if inside:
            return inside[0].name
        demonyms = (
            self.gazetteer.demonyms.get(words.lower[i])
            for role in thing.roles
            for i in range(role.start, role.end)
        )
        return next((country.name for country in demonyms if country is not None), None)

    # --- what the article says of each

    def _describe(self, thing: Thing, words: Words, doc: Doc) -> None:
        if thing.label == "PER":
            self._describe_person(thing, words, doc)
            return
        articles = [words.lower[m.start - 1] for m in thing.mentions if m.start]
        seen = [_ARTICLES[article] for article in articles if article in _ARTICLES]
        genders = Counter(gender for gender, _ in seen if gender)
        thing.gender = genders.most_common(1)[0][0] if genders else None
        thing.number = Counter(number for _, number in seen).most_common(1)[0][0] if seen else None

    def _describe_person(self, thing: Thing, words: Words, doc: Doc) -> None:
        thing.roles = [role for m in thing.mentions for role in self.roles.of(words, doc, m.start, m.end)]
        thing.functions = [" ".join(words.lower[role.start : role.end]) for role in thing.roles]
        texts = (self.roles.text(words, doc, role) for role in thing.roles)
        thing.role = max((text for text in texts if text), key=len, default=None)
        first = next((m.text.split()[0].lower() for m in thing.mentions if len(m.parts) > 1), "")
        given = self._given(first)
        titles = Counter(m.gender for m in thing.mentions if m.gender)
        told_by = [(role.gender, role.kind == "kinship") for role in thing.roles if role.gender != "u"]
        nouns = Counter(gender for gender, is_kin in told_by if not is_kin)
        evidence = titles or (nouns if nouns["f"] > nouns["m"] or given == "u" else Counter({given: 1}))
        if not evidence:  # a relative may be another's, and `Nadège` alone a surname
            alone = self._given(thing.mentions[0].text.lower()) if not first else "u"
            evidence = Counter([alone] if alone != "u" else [gender for gender, _ in told_by])
        thing.number = "s"
        thing.gender = gender = evidence.most_common(1)[0][0] if evidence else None
        differs = given != "u" and given != gender
        told = bool(titles) or given == gender or (gender == "f" and bool(nouns))
        thing.sure = told and not differs and not (gender == "m" and nouns["f"])

    def _given(self, name: str) -> Gender:
        """Return the gender of a given name, of a compound's first part where the whole is not listed."""
        return self.first_names.get(name) or self.first_names.get(name.split("-")[0], "u")


def _attributes(thing: Thing) -> dict[str, Any]:
    """Return what the layer stores of a thing, for each of its mentions."""
    entry = thing.entry
    place = entry if thing.label == "LOC" else None
    return {
        "name": thing.name,
        "kb_name": entry.name if entry else None,
        "gender": thing.gender,
        "sure": thing.sure,
        "number": thing.number,
        "country": thing.country,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "role": thing.role,
        "functions": thing.functions,
        "affiliation": thing.affiliation,
    }


def _attached(words: Words, end: int) -> int:
    """Return where a name may begin that is attached to the one before ``end``: ``X, du MNP``, ``X (MNP)``; else -1."""
    following = words.lower[end : end + 4]
    if following[:1] == [","]:
        following, end = following[1:], end + 1
    if following[:1] not in (["("], ["de"], ["du"], ["des"], ["d'"]):
        return -1
    return end + 1 + (following[0] == "de" and following[1:2] in (["la"], ["l'"]))


class _Groups:
    """Union-find over the keys of forms."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.parent = {key: key for key in keys}

    def root(self, key: str) -> str:
        while self.parent[key] != key:
            self.parent[key] = self.parent[self.parent[key]]
            key = self.parent[key]
        return key

    def join(self, a: str, b: str) -> None:
        if a in self.parent and b in self.parent:
            self.parent[self.root(a)] = self.root(b)


# --- persons

# Who have these functions are called by a first name.
_REIGNING = frozenset({"pape", "roi", "prince", "émir", "sultan", "empereur", "patriarche"})


class _People:
    """The persons with full names, by the parts of their names and by their initials."""

    def __init__(self, persons: Iterable[Thing]) -> None:
        self.by_part: dict[str, dict[int, Thing]] = defaultdict(dict)
        self.by_initials: dict[tuple[str, ...], dict[int, Thing]] = defaultdict(dict)
        self.of_mention: dict[int, Thing] = {}
        self.forms: dict[int, set[tuple[str, ...]]] = defaultdict(set)
        for person in persons:
            for m in person.mentions:
                self.of_mention[m.number] = person
                self.forms[id(person)].add(m.parts)
            for parts in self.forms[id(person)]:
                self.by_initials[tuple(part[0] for part in parts)][id(person)] = person
                for part in parts:
                    self.by_part[part][id(person)] = person

    def fitting(self, m: Mention) -> Thing | None:
        """Return the person whom a short mention names: by parts, gender, and nearness in the text."""
        if _is_initials(m) and len(m.parts) > 1:
            found = list(self.by_initials[m.parts].values()) if m.parts in self.by_initials else []
            return found[0] if len(found) == 1 else None
        fits = [
            person
            for person in self.by_part.get(m.parts[-1], {}).values()
            if not _differ(m.gender, person.gender)
            and any(_within(m.parts, parts) for parts in self.forms[id(person)])
        ]
        if m.several and len(fits) > 1:
            return None
        if m.office in _REIGNING and len(m.parts) == 1:
            fits = [person for person in fits if any(x.office == m.office for x in person.mentions)]
        same_gender = [person for person in fits if m.gender and person.gender == m.gender]
        return max(same_gender or fits, key=lambda person: _nearness(m, person), default=None)


def _differ(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and a != b


def _is_initials(m: Mention) -> bool:
    return all(len(part) == 1 for part in m.parts)


def _within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether the parts of ``short``, of which some may be initials, occur in ``long``, in order."""
    rest = iter(long)
    shorter = len(short) < len(long) or (len(short) == len(long) and short != long)
    return shorter and all(
        any(part == other or (len(part) == 1 and other.startswith(part)) for other in rest) for part in short
    )


def _same_spelt_otherwise(a: Sequence[str], b: Sequence[str]) -> bool:
    """Tell whether two full names differ by the spelling of one part (``Ahmat``, ``Ahmad``) or by their order only."""
    if len(a) != len(b):
        return False
    if sorted(a) == sorted(b):
        return True
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(different) != 1:
        return False
    x, y = sorted(different[0], key=len)
    feminine = (y[:-1] == x and y[-1] in "ae") or (x[:-1] == y[:-1] and "a" in (x[-1], y[-1]))
    return len(x) >= 4 and not feminine and _one_edit(x, y)


def _one_edit(x: str, y: str) -> bool:
    """Tell whether one letter makes the difference; ``x`` is not the longer."""
    if len(y) - len(x) > 1:
        return False
    i = 0
    while i < len(x) and x[i] == y[i]:
        i += 1
    return x[i + 1 :] == y[i + 1 :] if len(x) == len(y) else x[i:] == y[i + 1 :]


def _nearness(m: Mention, person: Thing) -> tuple[bool, bool, bool, int]:
    """Rank whom a surname means: by the function before it, relatives (``son père, X``) last, then the nearest."""
    before = [x.number for x in person.mentions if x.number < m.number]
    office = m.office is not None and any(x.office == m.office for x in person.mentions)
    relative = min(person.mentions, key=lambda x: x.number).kin
    nearest = max(before) if before else -min(x.number for x in person.mentions)
    return bool(before), office, not relative, nearest


def _nicknames(mentions: Sequence[Mention], words: Words) -> dict[str, int]:
    """Map the key of a nickname to the mention it stands beside: ``X, dit « Y »``, ``X alias Y``, ``Surnommé Y, X``."""
    found: dict[str, int] = {}
    for a, b in pairwise(mentions):
        between = [word for word in words.lower[a.end : b.start] if not word.isspace()]
        said = next((i for i, word in enumerate(between[:5]) if word in _NICKNAMED), -1)
        # Not of those who speak to each other: `X a dit à Y`.
        if (
            said >= 0
            and _HAVE.isdisjoint(between[max(0, said - 1) : said])
            and _BEFORE_NICKNAME.issuperset(between[said + 1 :])
        ):
            found[b.key] = a.number
        elif (
            a.start
            and words.opens[a.start - 1]
            and words.lower[a.start - 1] in _NICKNAMED
            and b.start - a.end <= 3
        ):
            found[a.key] = b.number
    return found


# --- organisations


def _branch(a: Mention, b: Mention) -> bool:
    """Tell whether two forms go on differently after an acronym: ``BBC``, ``BBC Afrique``, ``BBC News``."""
    head = a.text.replace("-", " ").split()[0]
    return head.isupper() and a.parts[0] == b.parts[0] and a.parts != b.parts


def _refer_back(things: dict[str, Thing]) -> None:
    """Give a head noun standing alone (``la Cour``) to the last longer name before it that begins with it."""
    for key in list(things):
        thing = things[key]
        short = thing.mentions[0]
        if short.parts[0] not in INSTITUTIONS or any(m.key != key for m in thing.mentions):
            continue
        longer = [
            (m.number, other)
            for other in things.values()
            for m in other.mentions
            if m.number < short.number and _begins(short.parts, m.parts)
        ]
        if longer:
            _, best = max(longer, key=lambda pair: pair[0])
            best.mentions = sorted((*best.mentions, *thing.mentions), key=lambda m: m.number)
            del things[key]


def _begins(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether ``long`` is ``short`` and more, an adjective before it aside (``Cour``, ``Haute Cour``)."""
    size = len(short)
    return size < len(long) and short in (long[:size], long[1 : size + 1])


def _name(span: Span) -> str | None:
    """Read the canonical name of an entity from its layer; None for a span that is no entity."""
    item = layers.find(span.doc, layers.ENTITIES, span.start_char, span.end_char)
    return str(item.attrs["name"]) if item is not None else None


Span.set_extension("name", getter=_name, force=True)


@Language.factory("gnlp_naming", requires=["doc.ents"], assigns=["doc.ents", "doc.spans", "span._.name"])
def make_naming(nlp: Language, name: str) -> Naming:
    """Create the component, with the gazetteer and the lexicons of ``seeds/``."""
    return Naming()
