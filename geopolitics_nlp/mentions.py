"""Whom and what a quotation is about: the names inside it, and the pronouns that surely mean somebody.

``je`` in what Awa says is Awa; ``elle`` in what she is reported to have said is she where no other woman, nor any
feminine thing, stands between. A pronoun that might mean two is left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import layers, tokens
from .layers import Item

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_FIRST_PERSON = frozenset({"je", "j'", "me", "m'", "moi", "-je", "-moi", "moi-même"})
_GENDER = {"il": "m", "elle": "f", "-il": "m", "-elle": "f"}
# What follows an `il` that is nobody, clitics and auxiliaries aside: il faut, il y a, il s'agit, il a fallu.
_IMPERSONAL = frozenset(
    """faut fallait faudra faudrait fallu y agit agissait agira pleut semble semblait paraît paraissait existe existait
    convient convenait importe suffit suffisait vaut valait reste restait manque arrive incombe appartient""".split()
)
_CLITICS = frozenset("ne n' se s' me m' te t' nous vous le la l' les lui leur en".split())
_AUXILIARIES = frozenset(
    "a avait aura aurait ait est était sera serait soit peut pourrait doit devrait va".split()
)
_BE = frozenset("est était sera serait soit".split())
_THINGS = frozenset({"nsubj", "nsubj:pass", "obj", "ROOT"})
_CLAUSE = frozenset("que qu' de d'".split())


class Mentioned(NamedTuple):
    """A stretch of the text, in character offsets, and the entity that it means: name, label and id."""

    start: int
    end: int
    entity: dict[str, Any]


class _Named(NamedTuple):
    start: int
    end: int
    entity: dict[str, Any]
    gender: str | None


def mentioned(doc: Doc, quotations: Sequence[Item]) -> list[list[Mentioned]]:
    """Return the mentions inside each quotation, in the text's order; ``quotations`` have their speakers."""
    names = list(_names(doc))
    pronouns = _Pronouns(doc, names).read(quotations)
    found = sorted([*(Mentioned(*name[:3]) for name in names), *pronouns], key=lambda mention: mention.start)
    starts = [mention.start for mention in found]
    return [
        [
            m
            for m in found[bisect_left(starts, item.start) : bisect_left(starts, item.end)]
            if m.end <= item.end
        ]
        for item in quotations
    ]


def _names(doc: Doc) -> Iterator[_Named]:
    known = {(item.start, item.end): item.attrs for item in layers.read(doc, layers.ENTITIES)}
    for ent in doc.ents:
        start, end = ent.start_char, ent.end_char
        attrs = known.get((start, end), {})
        entity = {"name": attrs.get("name") or ent.text, "label": ent.label_, "id": ent.kb_id_ or None}
        yield _Named(start, end, entity, attrs.get("gender"))


class _Pronouns:
    """The pronouns of one article that mean the speaker, or the only person whom they can mean."""

    def __init__(self, doc: Doc, names: Sequence[_Named]) -> None:
        self.doc, self.names = doc, names
        read = tokens.of(doc)
        self.starts, self.lower = read.start, read.lower
        self.name_starts = [name.start for name in names]
        self.genders = {name.entity["name"]: name.gender for name in names}

    def read(self, quotations: Sequence[Item]) -> Iterator[Mentioned]:
        """Yield the pronouns inside quotations that are sure; each is read in the innermost quotation."""
        seen: set[int] = set()
        for item in sorted(quotations, key=lambda item: item.end - item.start):
            for i in range(bisect_left(self.starts, item.start), bisect_left(self.starts, item.end)):
                word = self.lower[i]
                if (word not in _FIRST_PERSON and word not in _GENDER) or i in seen:
                    continue
                seen.add(i)
                entity = self._third(item, i, _GENDER[word]) if word in _GENDER else self._first(item)
                if entity is not None:
                    known = {key: entity[key] for key in ("name", "label", "id")}
                    end = self.starts[i] + len(self.doc[i])
                    yield Mentioned(end - len(word.lstrip("-")), end, known)

    def _first(self, item: Item) -> dict[str, Any] | None:
        speaker: dict[str, Any] | None = item.attrs.get("speaker")
        said = item.label != "indirect" and speaker is not None and speaker["label"] == "PER"
        return speaker if said else None

    def _third(self, item: Item, i: int, gender: str) -> dict[str, Any] | None:
        """Return the only one whom ``il`` or ``elle`` can mean: somebody named before, or who is reported to say it.

        A speaker in marks does not say ``elle`` of herself, but where a conjunction governs the marks.
        """
        if _impersonal(self.doc[i]):
            return None
        begin, before = item.start, self.starts[i]
        possible: dict[str, tuple[int, dict[str, Any]]] = {}
        speaker, cue = item.attrs.get("speaker"), item.attrs.get("cue")
        reported = item.label == "indirect" or item.attrs.get("rule") == "that-clause"
        if reported and cue is not None and cue[0] < begin:
            begin = cue[0]
            if speaker is not None and self.genders.get(speaker["name"]) == gender:
                possible[speaker["name"]] = (item.start, speaker)
        for name in self.names[bisect_left(self.name_starts, begin) : bisect_left(self.name_starts, before)]:
            himself = speaker is not None and name.entity["name"] == speaker["name"]
            if name.entity["label"] == "PER" and name.gender in (gender, None) and (reported or not himself):
                possible[name.entity["name"]] = (name.end, name.entity)
        if len(possible) != 1:
            return None
        ((since, entity),) = possible.values()
        sure = self.genders.get(entity["name"]) == gender and not self._thing_between(since, before, gender)
        return entity if sure else None

    def _thing_between(self, start: int, end: int, gender: str) -> bool:
        """Tell whether a noun that the pronoun may stand for comes between."""
        morph = {"m": "Masc", "f": "Fem"}[gender]
        return any(
            token.pos_ == "NOUN"
            and token.dep_ in _THINGS
            and morph in token.morph.get("Gender", [])
            and "Plur" not in token.morph.get("Number", [])
            for token in self.doc[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
        )


def _impersonal(token: Token) -> bool:
    """Tell whether an ``il`` is nobody: ``il faut``, ``il y a``, ``il est clair que``."""
    doc, i = token.doc, token.i + 1
    words = [doc[j].lower_.replace("’", "'") for j in range(i, min(len(doc), i + 8))]
    while words and words[0] in _CLITICS:
        words.pop(0)
    if not words or token.dep_ == "expl:subj":
        return True
    head = [word for word in words[:4] if word not in _AUXILIARIES | {"pas", "plus", "jamais"}]
    if not _IMPERSONAL.isdisjoint([words[0], *head[:1]]):
        return True
    return words[0] in _BE and not _CLAUSE.isdisjoint(words[1:4])
