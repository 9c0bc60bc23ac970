"""The functions that an article gives a person: what stands before the name or is apposed after it.

``Le ministre malien des Mines, Awa Diarra, …``, ``Awa Diarra, ministre malienne des Mines, …``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import lexicons
from .surfaces import CONNECTORS, Words

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from .gazetteers import Gazetteer

_BEFORE_NOUN = frozenset(
    """le la l' les un une son sa leur notre ex ancien ancienne nouveau nouvelle futur future actuel actuelle tout toute
    très célèbre - ’ '""".split()
)
_DETERMINED = {
    "le": "m",
    "un": "m",
    "du": "m",
    "au": "m",
    "la": "f",
    "une": "f",
    "l'": "u",
    "son": "u",
    "sa": "u",
}
# What makes another function of it, and is part of it: `ancien président`.
_MODIFIERS = frozenset("ex ancien ancienne futur future".split())
# What bears a person's name without being that person's function: `le chef de cabinet de l'administration Bush`.
_NAMED_AFTER = frozenset(
    """administration gouvernement régime clan famille équipe camp ère fondation institut école lycée université rue
    avenue place pont stade aéroport affaire loi plan rapport commission dynastie présidence junte galaxie""".split()
)
_RELATIONS = frozenset(
    """homologue successeur successeure prédécesseur prédécesseure adversaire rival rivale allié alliée collègue
    compatriote camarade femme homme garçon""".split()
)
_RELATIVES = frozenset("qui que qu' dont où lequel laquelle".split())
_LONGEST = 16
_KIN_REACH = 6
# Of these any demonym tells the country (`chef de la diplomatie russe`); of others, only their own
# (`politologue malien`, not `professeur de politique japonaise`).
_OF_A_STATE = frozenset({"political", "military", "legal", "religious"})
_OF, _ARTICLES = frozenset("de du d' des".split()), frozenset({"la", "l'", "les"})
_PREPOSITIONS = CONNECTORS - {"la", "le", "les", "l'", "et"} | {"auprès", "chargé", "chargée", "chez"}


@dataclass(frozen=True, slots=True)
class Role:
    """Tokens ``start`` to ``end`` name a function; ``gender`` (``u`` unknown) and ``kind`` are its noun's."""

    start: int
    end: int
    gender: str
    kind: str


class Roles:
    """Finds functions, by the nouns of the lexicon."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Use the demonyms of ``gazetteer``."""
        self.titles = lexicons.titles()
        self._titles = {title.rstrip(".") for title in self.titles}
        self.nouns = {form: role for form, role in lexicons.roles().items() if role.kind != "collective"}
        self.demonyms: dict[str, list[str]] = {}
        for code, country in gazetteer.countries.items():
            for form in country.demonyms:
                self.demonyms.setdefault(form, []).append(code)
        self._genders = {
            form: gender
            for country in gazetteer.countries.values()
            if len(country.demonyms) > 1 and country.demonyms[0] != country.demonyms[1]
            for form, gender in zip(country.demonyms, "mf", strict=False)
        }

    def of(self, words: Words, doc: Doc, start: int, end: int) -> Iterator[Role]:
        """Yield the functions of the person whom the tokens ``start`` to ``end`` name."""
        if (role := self._before(words, doc, start)) is not None:
            yield role
        if (role := self._after(words, doc, end)) is not None:
            yield role

    def text(self, words: Words, doc: Doc, role: Role) -> str | None:
        """Return the function in the article's words, with what makes another of it: ``ancien ministre``.

        None for what somebody is to somebody else (``son frère``, ``son homologue``).
        """
        if role.kind == "kinship" or words.lower[role.start] in _RELATIONS:
            return None
        start = role.start
        while start and (words.lower[start - 1] in _MODIFIERS or words.text[start - 1] == "-"):
            start -= 1
        return " ".join(doc[start : role.end].text.split())

    def countries(self, words: Words, role: Role, places: Mapping[int, str]) -> tuple[str, ...]:
        """Return the countries that a function may be of, as codes; ``places`` gives that of names, by first token.

        A demonym of both Congos leaves two.
        """
        of = False
        for i in range(role.start, role.end):
            word = words.lower[i]
            people = words.text[i][0].isupper() and words.lower[i - 1] in _OF | _ARTICLES  # `chef des Serbes`
            if not people and (codes := self.demonyms.get(word)):
                return tuple(codes)
            if i in places and of:
                return (places[i],)
            if word in _PREPOSITIONS and role.kind not in _OF_A_STATE:
                return ()
            of = word in _OF or (of and word in _ARTICLES)
        return ()

    def before(self, words: Words, start: int) -> tuple[str | None, bool]:
        """Return the role noun before token ``start``, and whether it makes a relative of somebody.

        ``son père, X`` is one, and X of ``le fils de l'ancien maire X``.
        """
        i = words.before(start)
        if i >= 0 and words.text[i] == ",":
            i = words.before(i)
        noun = self.nouns.get(words.lower[i]) if i >= 0 else None
        kin = (noun is not None and noun.kind == "kinship") or self._of_relative(words, start)
        return (words.lower[i] if noun is not None else None), kin

    def _of_relative(self, words: Words, start: int) -> bool:
        """Tell whether a name is the complement of a noun of kinship: ``le fils du grand joueur X``."""
        for i in range(start - 1, max(0, start - _KIN_REACH), -1):
            if words.lower[i] in _OF:
                noun = self.nouns.get(words.lower[i - 1])
                return noun is not None and noun.kind == "kinship"
            if words.shape[i] in ("", "0"):
                return False
        return False

    def _before(self, words: Words, doc: Doc, name: int) -> Role | None:
        before = words.before(name)
        before = self._before_title(words, before)
        end = before if before >= 0 and words.text[before] == "," else before + 1
        start = end
        while start > max(0, end - _LONGEST) and (
            self._in_phrase(words, doc, start - 1, name) or _enumerates(words, start, end)
        ):
            start -= 1
        last = words.lower[end - 1] if end else ""
        if last in CONNECTORS or last in _NAMED_AFTER:
            return None
        found = [role for i in range(start, end) if (role := self._noun(words, doc, i, end)) is not None]
        if not found:
            return None
        # The nearest noun; `Premier ministre` before the `ministre` in it.
        role = next(role for role in found if role.end > found[-1].start)
        if end == before:  # `le conseiller du ministre, X`: the noun that the others hang on
            for other in reversed(found):
                if other.end <= role.start and _hangs(words, role.start):
                    role = other
            if _compared(words, role.start):
                return None
        return Role(role.start, end, self._gender(words, role), role.kind)

    def _before_title(self, words: Words, i: int) -> int:
        """Return the comma before titles that end at token ``i``, ``le médecin de l'équipe, le Pr Ba``, else ``i``."""
        j = i
        while j >= 0 and words.text[j].rstrip(".") in self._titles and words.lower[j] not in self.nouns:
            j = words.before(j)
        if j == i or j < 0:
            return i
        if words.lower[j] in ("le", "la"):
            j = words.before(j)
        return j if j >= 0 and words.text[j] == "," else i

    def _after(self, words: Words, doc: Doc, end: int) -> Role | None:
        comma = words.after(end)
        if comma < 0 or words.text[comma] not in (",", "("):
            return None
        i = comma + 1
        while i < words.size and words.lower[i] in _BEFORE_NOUN:
            i += 1
        role = self._noun(words, doc, i, words.size) if i < words.size else None
        if role is None:
            return None
        last = role.end
        while last < min(words.size, i + _LONGEST) and self._in_phrase(words, doc, last, end - 1):
            last += 1
        determined = words.lower[comma + 1] in _DETERMINED
        if determined and not _closed(words, doc, last):
            return None  # `À M. Diarra, le ministre a répondu`: the subject of what follows
        while last > role.end and (
            words.lower[last - 1] in CONNECTORS
            or words.text[last - 1] in self.titles
            or doc[last - 1].pos_ in ("ADP", "ADV", "DET", "CCONJ")
        ):
            last -= 1
        return Role(i, last, self._gender(words, role), role.kind)

    def _noun(self, words: Words, doc: Doc, i: int, limit: int) -> Role | None:
        """Return the singular role noun (one or several words) at token ``i``; not the `général` of a `classement`."""
        form, found = "", None
        if i and doc[i].pos_ == "ADJ" and doc[i - 1].pos_ == "NOUN":
            return None
        for j in range(i, min(i + 5, limit)):
            form += words.lower[j]
            noun = self.nouns.get(form)
            if noun is not None and noun.number == "s":
                found = Role(i, j + 1, noun.gender, noun.kind)
            form += " " if words.spaced[j] else ""
        return found

    def _gender(self, words: Words, role: Role) -> str:
        """Return the gender of a function: its determiner's, its noun's, or that of the demonym with it."""
        start = role.start
        while start and words.lower[start - 1] in _MODIFIERS:
            start -= 1
        determined = _DETERMINED.get(words.lower[start - 1] if start else "", "u")
        if determined != "u":
            return determined
        if role.gender != "u":
            return role.gender
        return self._genders.get(words.lower[role.end] if role.end < words.size else "", "u")

    def _in_phrase(self, words: Words, doc: Doc, i: int, name: int) -> bool:
        """Tell whether token ``i`` may belong to the noun phrase of a function."""
        if words.line[i] != words.line[name]:
            return False
        if doc[i].ent_type_ == "PER":  # `conseiller d'Awa Diarra`, but not the next of several persons
            while i and doc[i].ent_iob_ == "I":
                i -= 1
            return i > 0 and words.lower[i - 1] in ("de", "d'")
        if doc[i].ent_type:
            return True
        if words.text[i] in ("-", "’", "'"):
            return True
        return words.shape[i] not in ("", "0") and doc[i].pos_ not in (
            "VERB",
            "AUX",
            "PRON",
            "SCONJ",
            "PUNCT",
        )


def _closed(words: Words, doc: Doc, i: int) -> bool:
    """Tell whether a phrase that goes up to token ``i`` ends there: by a mark, a relative clause, a participle."""
    i = words.after(i)
    if i < 0 or words.shape[i] in ("", "0") or words.lower[i] in _RELATIVES or doc[i].ent_type_ == "PER":
        return True
    return doc[i].pos_ == "VERB" and "Part" in doc[i].morph.get("VerbForm", [])


def _enumerates(words: Words, start: int, end: int) -> bool:
    """Tell whether a comma parts the fields of a function: ``ministre des Postes, des Mines et de l'Eau``."""
    return words.text[start - 1] == "," and words.lower[start] in _OF and "et" in words.lower[start:end]


def _hangs(words: Words, i: int) -> bool:
    """Tell whether ``de`` stands before token ``i``, with or without an article."""
    return i > 0 and (
        words.lower[i - 1] in _OF or (words.lower[i - 1] in _ARTICLES and words.lower[i - 2] in _OF)
    )


def _compared(words: Words, start: int) -> bool:
    """Tell whether ``comme`` stands before a function: `le considèrent comme le père de l'archéologie, Carter a…`."""
    return "comme" in words.lower[max(0, start - 2) : start]
