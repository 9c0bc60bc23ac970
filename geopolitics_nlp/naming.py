"""Component ``gnlp_naming``: which mentions name the same thing, its canonical name, and its identifier.

Persons are told apart by first names, titles and gender (two brothers share a surname); organisations and places are
joined by what abbreviates what, by the gazetteer's aliases and by short forms (``la Haute Cour`` after
``Haute Cour de Londres``). The layer ``ENTITIES`` stands parallel to ``doc.ents``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from . import layers
from .surfaces import INSTITUTIONS, Words, abbreviates, expansions

if TYPE_CHECKING:
    from .gazetteers import Entry, Gazetteer

_MASCULINE = frozenset({"m.", "mm.", "mr", "mr.", "monsieur", "sir", "lord"})
_FEMININE = frozenset({"mme", "mme.", "mlle", "mlle.", "mmes", "mrs", "mrs.", "madame", "lady"})
_PLURAL = frozenset(
    {"les", "mm.", "mmes", "frères", "soeurs", "sœurs", "époux", "couple", "famille", "deux", "trois"}
)
_NICKNAMED = frozenset({"dit", "dite", "alias", "surnommé", "surnommée", "alias", "appelé", "appelée"})
_GENERIC_PLACES = frozenset(
    "mont monts montagne montagnes lac fleuve rivière île îles ville province région département cercle préfecture "
    "district commune village désert golfe détroit mer océan".split()
)


@dataclass(slots=True)
class Mention:
    """One entity of ``doc.ents`` as naming sees it."""

    number: int
    start: int
    end: int
    label: str
    text: str
    key: str
    parts: tuple[str, ...]
    gender: str | None = None
    plural: bool = False


@dataclass(slots=True, eq=False)
class Thing:
    """What some mentions of an article name."""

    label: str
    mentions: list[Mention] = field(default_factory=list)
    entry: Entry | None = None
    gender: str | None = None

    @property
    def name(self) -> str:
        """The fullest form that the article uses."""
        counts = Counter(m.text for m in self.mentions)
        first = {m.text: -m.number for m in reversed(self.mentions)}

        def fullness(form: str) -> tuple[int, bool, bool, int, int]:
            words = form.replace("-", " ").split()
            shouted = form.isupper() and len(form) > 4
            accents = sum(not c.isascii() and c.isalpha() for c in form)
            known = self.entry is not None and form == self.entry.name
            return len(words), not shouted, known, counts[form] + accents, first[form]

        return " ".join(max(counts, key=fullness).split())


class Naming:
    """The component: `match` names what ``doc.ents`` hold, `set_annotations` writes the layer and ``kb_id_``."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        """Use ``gazetteer``, the library's own when None."""
        from . import gazetteers

        self.gazetteer = gazetteer if gazetteer is not None else gazetteers.gazetteer()
        self._own = gazetteer is None

    def __reduce__(self) -> Any:
        return (Naming, () if self._own else (self.gazetteer,))

    def __call__(self, doc: Doc) -> Doc:
        """Name the entities of ``doc``."""
        self.set_annotations(doc, self.match(doc))
        return doc

    def set_annotations(self, doc: Doc, things: Sequence[Thing]) -> None:
        """Write one item for each of ``doc.ents``; ``things`` are parallel to them."""
        items: list[layers.Item] = []
        ents: list[Span] = []
        for ent, thing in zip(doc.ents, things, strict=True):
            entry = thing.entry
            ents.append(
                Span(doc, ent.start, ent.end, label=ent.label_, kb_id=(entry.id if entry else None) or "")
            )
            attrs = {
                "name": thing.name,
                "kb_name": entry.name if entry else None,
                "gender": thing.gender,
                "country": entry.country if entry else None,
            }
            items.append(layers.Item(ent.start_char, ent.end_char, ent.label_, attrs))
        doc.set_ents(ents, default="outside")
        layers.write(doc, layers.ENTITIES, items)

    def match(self, doc: Doc) -> list[Thing]:
        """Return, for each of ``doc.ents``, the thing that it names; mentions of one thing share it."""
        words = Words(doc)
        mentions = [_mention(words, number, ent) for number, ent in enumerate(doc.ents)]
        persons = [m for m in mentions if m.label == "PER"]
        things = _persons(persons, words)
        for label in ("ORG", "LOC"):
            things += self._others([m for m in mentions if m.label == label], label, words)
        self._identify(things)
        by_number: dict[int, Thing] = {m.number: thing for thing in things for m in thing.mentions}
        return [by_number[m.number] for m in mentions]

    def _entries(self, key: str, label: str) -> list[Entry]:
        return [entry for entry in self.gazetteer.lookup(key) if entry.label == label]

    def _others(self, mentions: Sequence[Mention], label: str, words: Words) -> list[Thing]:
        """Group organisations or places: union of the forms that mean one thing."""
        forms: dict[str, list[Mention]] = defaultdict(list)
        for m in mentions:
            forms[m.key].append(m)
        joined = _Groups(forms)
        entries: dict[int, str] = {}
        for key in forms:
            for entry in self._entries(key, label)[:1]:
                joined.join(key, entries.setdefault(id(entry), key))
        if label == "ORG":
            for start, end, acronym in expansions(words):
                joined.join(words.key(start, end), words.key(acronym, acronym + 1))
            for short in forms:
                if " " not in short and forms[short][0].text.isupper() and len(short) >= 3:
                    for long in forms:
                        if " " in long and abbreviates(short, long.replace("'", "' ").split(), strict=True):
                            joined.join(short, long)
        else:
            for long in forms:
                head, _, rest = long.partition(" ")
                rest = rest.removeprefix("de ").removeprefix("d'").removeprefix("du ")
                if head in _GENERIC_PLACES and rest in forms:
                    joined.join(long, rest)
        things: dict[str, Thing] = {}
        for m in mentions:
            root = joined.root(m.key)
            things.setdefault(root, Thing(label)).mentions.append(m)
        if label == "ORG":
            _refer_back(things)
        return list(things.values())

    def _identify(self, things: Iterable[Thing]) -> None:
        """Find each thing's gazetteer entry: by its fullest form first; among namesakes by the article's countries."""
        things = list(things)
        countries: Counter[str] = Counter()
        for thing in things:
            if thing.label == "LOC":
                for m in thing.mentions:
                    for entry in self._entries(m.key, "LOC")[:1]:
                        if entry.kind == "country" and entry.country:
                            countries[entry.country] += 1
        for thing in things:
            for key in sorted({m.key for m in thing.mentions}, key=len, reverse=True):
                found = self._entries(key, thing.label)
                if found:
                    thing.entry = _namesake(found, countries)
                    break
            if thing.entry is not None and thing.gender is None:
                thing.gender = thing.entry.gender


def _mention(words: Words, number: int, ent: Span) -> Mention:
    key = words.key(ent.start, ent.end)
    before = words.lower[ent.start - 1] if ent.start else ""
    if not before.strip() and ent.start > 1:
        before = words.lower[ent.start - 2]
    gender = "m" if before in _MASCULINE else "f" if before in _FEMININE else None
    plural = before in _PLURAL
    parts = tuple(key.replace(".", " ").split())
    return Mention(number, ent.start, ent.end, ent.label_, ent.text, key, parts, gender, plural)


class _Groups:
    """Union-find over form keys."""

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


def _persons(mentions: Sequence[Mention], words: Words) -> list[Thing]:
    """Group persons: full names first, then each shorter mention to the person that it fits best."""
    by_key: dict[str, list[Mention]] = defaultdict(list)
    for m in mentions:
        by_key[m.key].append(m)
    full = [key for key, group in by_key.items() if len(group[0].parts) > 1 and not _is_initials(group[0])]
    full = [
        k for k in full if not any(k != o and _within(by_key[k][0].parts, by_key[o][0].parts) for o in full)
    ]
    groups = _Groups(full)
    for i, a in enumerate(full):
        for b in full[:i]:
            if _same_spelt_otherwise(by_key[a][0].parts, by_key[b][0].parts):
                groups.join(a, b)
    things: dict[str, Thing] = {}
    for key in full:
        thing = things.setdefault(groups.root(key), Thing("PER"))
        thing.mentions.extend(by_key[key])
        thing.gender = thing.gender or next((m.gender for m in by_key[key] if m.gender), None)
    persons = list(things.values())
    nicknames = _nicknames(mentions, words)
    loose: dict[tuple[str, str | None], Thing] = {}
    settled = {m.number for thing in persons for m in thing.mentions}
    for m in mentions:
        if m.number in settled:
            continue
        person = _fitting(m, persons)
        if person is None and m.key in nicknames:
            person = next((p for p in persons if any(x.number == nicknames[m.key] for x in p.mentions)), None)
        if person is None:
            slot = (m.key, m.gender if (m.key, m.gender) in loose or not _compatible(loose, m) else None)
            person = loose.setdefault(slot, Thing("PER", gender=m.gender))
        person.mentions.append(m)
    for thing in persons:
        thing.mentions.sort(key=lambda m: m.number)
    return persons + list(loose.values())


def _compatible(loose: dict[tuple[str, str | None], Thing], m: Mention) -> bool:
    known = loose.get((m.key, None))
    return known is None or known.gender is None or m.gender is None or known.gender == m.gender


def _is_initials(m: Mention) -> bool:
    return all(len(part) == 1 for part in m.parts)


def _within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether the parts of ``short`` occur in ``long`` in order."""
    rest = iter(long)
    return len(short) < len(long) and all(part in rest for part in short)


def _same_spelt_otherwise(a: Sequence[str], b: Sequence[str]) -> bool:
    """Tell whether two full names differ by the spelling of one part only."""
    if len(a) != len(b):
        return False
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(different) != 1:
        return False
    x, y = sorted(different[0], key=len)
    if y[:-1] == x and y[-1] in "ae" or x[:-1] == y[:-1] and {x[-1], y[-1]} & {"a"}:
        return False  # Daniel and Daniela, Ivanov and Ivanova
    return len(x) >= 4 and _one_edit(x, y)


def _one_edit(x: str, y: str) -> bool:
    if len(y) - len(x) > 1:
        return False
    i = 0
    while i < len(x) and x[i] == y[i]:
        i += 1
    return x[i + 1 :] == y[i + 1 :] if len(x) == len(y) else x[i:] == y[i + 1 :]


def _fitting(m: Mention, persons: Sequence[Thing]) -> Thing | None:
    """Return the person whom a short mention names: by parts, gender, and nearness in the text."""
    if _is_initials(m) and len(m.parts) > 1:
        found = [
            p
            for p in persons
            if any("".join(part[0] for part in x.parts) == "".join(m.parts) for x in p.mentions)
        ]
        return found[0] if len(found) == 1 else None
    fits = [
        p
        for p in persons
        if any(_within(m.parts, x.parts) for x in p.mentions)
        and not (m.gender and p.gender and m.gender != p.gender)
    ]
    if len(fits) <= 1 or m.plural:
        return fits[0] if len(fits) == 1 and not m.plural else None
    sexed = [p for p in fits if m.gender and p.gender == m.gender]
    if len(sexed) == 1:
        return sexed[0]
    return max(sexed or fits, key=lambda p: _nearness(m, p))


def _nearness(m: Mention, person: Thing) -> tuple[bool, int]:
    before = [x.number for x in person.mentions if x.number < m.number]
    if before:
        return True, max(before)
    return False, -min(x.number for x in person.mentions)


def _nicknames(mentions: Sequence[Mention], words: Words) -> dict[str, int]:
    """Map the key of a nickname to the mention that it stands beside: ``X, dit « Y »``, ``X alias Y``."""
    found: dict[str, int] = {}
    for a, b in zip(mentions, mentions[1:], strict=False):
        between = words.lower[a.end : b.start]
        if len(between) <= 5 and any(word in _NICKNAMED for word in between):
            found[b.key] = a.number
    return found


# --- organisations


def _refer_back(things: dict[str, Thing]) -> None:
    """Give a head noun standing alone (``la Cour``) to the last longer name before it that begins with it."""
    for key in list(things):
        thing = things[key]
        parts = thing.mentions[0].parts
        if parts[0] not in INSTITUTIONS or any(m.key != key for m in thing.mentions):
            continue
        first = thing.mentions[0].number
        longer = [
            other
            for other in things.values()
            if other is not thing
            and any(
                m.number < first and len(m.parts) > len(parts) and m.parts[: len(parts)] == parts
                for m in other.mentions
            )
        ]
        if longer:
            best = max(longer, key=lambda o: max(m.number for m in o.mentions if m.number < first))
            best.mentions.extend(thing.mentions)
            best.mentions.sort(key=lambda m: m.number)
            del things[key]


def _namesake(entries: Sequence[Entry], countries: Counter[str]) -> Entry | None:
    """Choose among entries of one name (the most prominent first) by the countries that the article names."""
    if len(entries) == 1:
        return entries[0]
    if entries[0].label == "PER":
        named = [entry for entry in entries if entry.country in countries]
        return named[0] if len(named) == 1 else None
    return max(
        enumerate(entries), key=lambda pair: (countries[pair[1].country or ""] > 0 and pair[0] > 0, -pair[0])
    )[1]


def _name(span: Span) -> str | None:
    """Read the canonical name of an entity span from its layer; None for a span that is no entity."""
    for ent, item in layers.read_spans(span.doc, layers.ENTITIES):
        if ent.start == span.start and ent.end == span.end:
            return str(item.attrs["name"])
    return None


Span.set_extension("name", getter=_name, force=True)


@Language.factory("gnlp_naming", requires=["doc.ents"], assigns=["doc.ents", "doc.spans", "span._.name"])
def make_naming(nlp: Language, name: str) -> Naming:
    """Create the component, with the gazetteer of ``seeds/``."""
    return Naming()
