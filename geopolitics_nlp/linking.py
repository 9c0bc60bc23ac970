"""Which entry of the gazetteer an article means by a name: the context weighs among namesakes.

Evidence is what the article says of the thing (a country, a function, a gender, the noun before a place's name) and the
countries that it speaks of. What the evidence contradicts is not linked.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from . import gazetteers

if TYPE_CHECKING:
    from .gazetteers import Entry, Gazetteer

# The kinds of place that a noun before a name tells: `le fleuve Niger`, `la région de Gao`.
SENSES = {
    **dict.fromkeys(
        "ville localité commune village bourg bourgade cité métropole".split(), gazetteers.SETTLEMENTS
    ),
    **dict.fromkeys(
        """région province état gouvernorat oblast département wilaya préfecture district comté canton
        land""".split(),
        frozenset({"region", "zone"}),
    ),
    **dict.fromkeys(("fleuve", "rivière"), frozenset({"river"})),
    "lac": frozenset({"lake"}),
    "île": frozenset({"island"}),
    "mont": frozenset({"mountain"}),
}
# The kinds of person that a function tells, by how it begins.
_OFFICES = (
    ("président", frozenset({"head_of_state"})),
    ("présidente", frozenset({"head_of_state"})),
    ("chef de l'état", frozenset({"head_of_state"})),
    ("roi", frozenset({"head_of_state"})),
    ("premier ministre", frozenset({"head_of_government"})),
    ("première ministre", frozenset({"head_of_government"})),
    ("chef du gouvernement", frozenset({"head_of_government"})),
    ("ministre", frozenset({"minister"})),
    ("général", frozenset({"military", "head_of_state", "armed_group"})),
    ("colonel", frozenset({"military", "head_of_state", "armed_group"})),
    ("capitaine", frozenset({"military", "head_of_state"})),
    ("opposant", frozenset({"opposition"})),
)
_RULERS = frozenset({"head_of_state", "head_of_government"})
# People who serve another body than their country's: its adjective says nothing against them.
_ABROAD = frozenset({"official"})


class Linker:
    """Chooses entries; ``countries`` counts what the article speaks of."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Index the surnames of the people of ``gazetteer``."""
        self.gazetteer = gazetteer
        surnames: defaultdict[str, dict[int, Entry]] = defaultdict(dict)
        for entry in gazetteer.entries:
            if entry.label == "PER":
                for form in entry.surfaces:
                    first, _, last = form.rpartition(" ")
                    if first:
                        surnames[gazetteers.key(last)][id(entry)] = entry
        self._surnames = {last: tuple(entries.values()) for last, entries in surnames.items()}

    def entries(self, key: str, label: str) -> list[Entry]:
        """Return what the gazetteer has under a key with this label, the most prominent first."""
        return [entry for entry in self.gazetteer.lookup(key) if entry.label == label]

    def person(
        self,
        keys: Sequence[str],
        *,
        roles: Sequence[str],
        own: Collection[str],
        gender: str | None,
        countries: Counter[str],
    ) -> Entry | None:
        """Return the person whom the forms ``keys`` (the fullest first) name.

        ``roles`` are the functions that the article gives, ``own`` the countries that these tell, ``gender`` what a
        title tells. A surname alone needs more: the function, or the rule of the country that the article is about.
        """

        def possible(entries: Iterable[Entry]) -> list[Entry]:
            return [
                entry
                for entry in entries
                if not (gender and entry.gender and gender != entry.gender)
                if not (own and entry.country and entry.country not in own and entry.kind not in _ABROAD)
            ]

        for role in roles:  # `le pape François`
            if found := [e for key in keys for e in self.entries(f"{role.split()[0]} {key}", "PER")]:
                return _namesake(possible(found), own, countries)
        for key in keys:
            entries = self.entries(key, "PER") or (self.inverted(key) if key == keys[0] else [])
            if entries and self.gazetteer.is_ambiguous(key):
                return self._by_surname(key, possible(entries), roles, own, countries)
            if entries:
                return _namesake(possible(entries), own, countries)
        if keys and all(" " not in key for key in keys):
            return self._by_surname(keys[0], possible(self._surnames.get(keys[0], ())), roles, own, countries)
        return None

    def inverted(self, key: str) -> list[Entry]:
        """Return the people whose names begin or end a form in the other order: ``Soro Guillaume``."""
        parts = key.split()
        if not 2 <= len(parts) <= 4:
            return []
        turned = {" ".join((*parts[1:], parts[0])), " ".join((parts[-1], *parts[:-1]))}
        return [entry for form in sorted(turned) for entry in self.entries(form, "PER")]

    def _by_surname(
        self,
        key: str,
        entries: Sequence[Entry],
        roles: Sequence[str],
        own: Collection[str],
        countries: Counter[str],
    ) -> Entry | None:
        most = {code for code, _ in countries.most_common(1)}
        here = own or countries
        fitting = [
            entry
            for entry in entries
            if entry.country in here and any(entry.kind in kinds for kinds in _offices(roles))
        ]
        fitting = fitting or [
            entry
            for entry in entries
            if entry.country in (own or most) and entry.kind in _RULERS and not roles
        ]
        if not fitting and any(key in map(gazetteers.key, entry.ambiguous) for entry in entries):
            # A surname that the news uses alone (`Hollande`), and the article speaks of that country.
            fitting = [entry for entry in entries if entry.country in here]
        names = {entry.name for entry in fitting}
        return fitting[0] if len(names) == 1 else None

    def place(
        self, keys: Sequence[str], *, sense: str | None, near: str | None, countries: Counter[str]
    ) -> Entry | None:
        """Return the place that the forms name.

        ``sense`` is the noun before the name, ``near`` the country that stands beside it (``Tripoli, au Liban``).
        """
        for key in keys:
            entries = self.entries(key, "LOC")
            if entries:
                if near is not None:
                    entries = [entry for entry in entries if entry.country in (near, None)]
                kinds = SENSES.get(sense or "", frozenset())
                entries = [entry for entry in entries if entry.kind in kinds] or entries
                return _namesake(entries, (near,) if near else (), countries)
        return None

    def organisation(self, keys: Sequence[str], countries: Counter[str]) -> Entry | None:
        """Return the organisation that the forms (the fullest first) name.

        An acronym that the article spells out in other words than the gazetteer is another's.
        """
        for key in keys:
            entries = self.entries(key, "ORG")
            spelt_out = keys[0] if " " not in key and " " in keys[0] else ""
            if spelt_out:
                entries = [entry for entry in entries if _alike(spelt_out, entry)]
            if entries:
                return _namesake(entries, (), countries)
        return None


def _offices(roles: Sequence[str]) -> Iterable[frozenset[str]]:
    for role in roles:
        words = role.lower().removeprefix("ancien ").removeprefix("ancienne ").removeprefix("ex-")
        yield from (kinds for begins, kinds in _OFFICES if words.startswith(begins))


def _alike(key: str, entry: Entry) -> bool:
    """Tell whether a form has a telling word in common with the names of an entry."""
    words = {word for word in key.replace("'", " ").split() if len(word) > 3}
    return any(word[:5] in gazetteers.key(form) for form in entry.surfaces for word in words)


def _namesake(entries: Sequence[Entry], own: Collection[str | None], countries: Counter[str]) -> Entry | None:
    """Choose among entries of one name: by its own country, by prominence, and by what the article speaks of.

    A place or an organisation is the more likely by each tenfold of prominence, and by each doubling of its country in
    the article. Of two people, equally spoken of, neither is meant.
    """
    named = [entry for entry in entries if entry.country in own] or list(entries)
    if len(named) > 1 and named[0].label == "PER":
        named.sort(key=lambda entry: -countries[entry.country or ""])
        first, second = (countries[entry.country or ""] for entry in named[:2])
        return named[0] if first > second else None

    def likelihood(entry: Entry) -> float:
        return math.log10(gazetteers.prominence(entry) + 1) + math.log2(countries[entry.country or ""] + 1)

    return max(named, key=likelihood, default=None)
