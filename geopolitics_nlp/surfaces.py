"""How names are written: the shapes of words, dictionaries of names, acronyms and what they abbreviate.

What `entities` and `naming` both know of surface forms, before any question of what they mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from . import gazetteers, tokens

if TYPE_CHECKING:
    from spacy.tokens import Doc

# Words that link the parts of an official name, and those that link the parts of a person's.
CONNECTORS = frozenset("de d' du des la l' le les et pour à au aux en sur sans contre dans".split())
PARTICLES = frozenset(
    "de d' du des da di dos van von der den ben bin bint ibn ould mint al el ag ap la le e y dan".split()
)
# Nouns that head the names of institutions: `la Cour` after `Cour pénale internationale` is the same court.
INSTITUTIONS = frozenset(
    """université institut institution école lycée collège faculté académie centre laboratoire observatoire hôpital
    clinique banque fonds caisse bourse trésor conseil commission cour tribunal parquet union organisation agence
    bureau office comité coordination confédération fédération fondation association ligue mouvement front parti
    rassemblement coalition alliance communauté forum groupe groupement collectif réseau syndicat société compagnie
    ministère secrétariat autorité haut-commissariat assemblée parlement sénat chambre congrès légion brigade armée
    forces force mission mécanisme médecins reporters croix-rouge croissant-rouge église diocèse télévision télé radio
    ambassade consulat état-major présidence primature éditions haute haut plateforme initiative entente bloc garde
    gendarmerie police douanes cercle""".split()
)
# Nouns that head the names of places.
SITES = frozenset(
    """mer océan golfe détroit canal cap baie lac mont monts montagnes massif plateau vallée désert forêt parc île îles
    archipel péninsule fleuve rivière bassin col corne place avenue rue boulevard pont port aéroport gare camp base
    prison maison musée palais stade hôtel mosquée cathédrale basilique château tour bois quartier cité""".split()
)
_OPENERS = frozenset(".!?…:;«»\"“”‘’'—–-•›‹*([|/") | {"...", "''", "``", "<<", ">>"}
_BRACKETED_END = frozenset(")],;/")


def fold(text: str) -> str:
    """Return the gazetteer key of one token; what has no letter or figure stays as it is."""
    if text.isascii() and text.isalpha():  # most words, without a search for what to fold
        return text.lower()
    return gazetteers.key(text) if any(c.isalnum() for c in text) else text


def shape(text: str) -> str:
    """Tell how a word is written.

    "X" for capitals only (two letters or more, or with figures), "Xx" for a capital at the head, "xX" for one inside,
    "x" for small letters, "0" for figures, "" for the rest.

    >>> [shape(word) for word in ("ONU", "M23", "Gao", "anti-Balaka", "ville", "2025", ",")]
    ['X', 'X', 'Xx', 'xX', 'x', '0', '']
    """
    if text.isalpha() and text.islower():
        return "x"
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "0" if any(c.isdigit() for c in text) else ""
    if all(c.isupper() for c in letters) and "'" not in text:
        if len(letters) > 1 or any(c.isdigit() for c in text):
            return "X"
        return "Xx"
    if text[0].isupper():
        return "Xx"
    if any(c.isupper() for c in letters):
        return "0" if text[0].isdigit() else "xX"
    return "x"


class _Written(NamedTuple):
    """What the letters of one word show: see `Words`."""

    shape: str
    folded: str
    named: bool


def _read(text: str) -> _Written:
    form = shape(text)
    return _Written(form, fold(text), form in ("Xx", "X") or (form == "xX" and len(text) > 2))


_written = tokens.Remembered(_read)


class Words:
    """The ``size`` tokens of a ``Doc`` as plain lists, with what their letters show.

    ``lower`` has straight apostrophes; ``shape`` is what `shape` says, ``folded`` the gazetteer key of each; ``named``
    tells which are written with a capital, as names are, and ``capitals`` where there is more than small letters;
    ``line`` numbers the lines (what the page glued together without a space begins a new one); ``opens`` tells where a
    capital says nothing (the head of a sentence, after a mark); ``shouts`` where the whole line is in capitals.
    """

    def __init__(self, doc: Doc) -> None:
        """Read the tokens of ``doc``; `words_of` keeps what was read."""
        read = tokens.of(doc)
        self.text, self.lower, self.spaced = read.text, read.lower, read.spaced
        self.size = len(self.text)
        written = list(map(_written.__getitem__, self.text))
        self.shape: list[str]
        self.folded: list[str]
        self.named: list[bool]
        self.shape, self.folded, self.named = tokens.unzipped(written, 3)
        self.capitals = [i for i, form in enumerate(self.shape) if form != "x" and form]
        self.opens = [False] * len(self.text)
        self.opens[:1] = [True]
        begins = [0]  # the tokens with which lines begin
        opens, spaced = self.opens, self.spaced
        for i, (text, form) in enumerate(zip(self.text, self.shape, strict=True)):
            if form == "x":
                continue
            if form:
                if i and not spaced[i - 1] and text[0].isupper() and self.text[i - 1][-1].isalpha():
                    begins.append(i)  # words that the page glued together: `SahelImage`
            elif text in _OPENERS:
                # A hyphen inside a word opens nothing.
                opens[i + 1 : i + 2] = [text != "-" or i == 0 or spaced[i - 1]]
            elif text.isspace():
                ends = "\n" in text or "\r" in text
                opens[i + 1 : i + 2] = [ends or opens[i]]
                if ends:
                    begins.append(i + 1)
        self.line: list[int] = []
        for number, (begin, end) in enumerate(pairwise([*begins, max(len(self.text), begins[-1])])):
            self.line += [number] * (end - begin)
        shouting = self._shouting()
        self.shouts = [n in shouting for n in self.line] if shouting else [False] * len(self.line)

    def _shouting(self) -> set[int]:
        """Return the lines that are in capitals: four words and more, 60% of them."""
        capitals = Counter(
            self.line[i] for i in self.capitals if self.shape[i] == "X" and len(self.text[i]) > 1
        )
        some = {n for n, count in capitals.items() if count >= 3}
        if not some:
            return some
        letters = Counter(
            n
            for n, text, form in zip(self.line, self.text, self.shape, strict=True)
            if n in some and len(text) > 1 and form not in ("", "0")
        )
        return {n for n in some if letters[n] >= 4 and capitals[n] >= 0.6 * letters[n]}

    def key(self, start: int, end: int) -> str:
        """Return the gazetteer key of the tokens from ``start`` to ``end``."""
        if end - start == 1:
            return self.folded[start]
        pieces: list[str] = []
        for i in range(start, end):
            pieces.append(" " if self.text[i] in "-‑" else self.folded[i])
            if self.spaced[i]:
                pieces.append(" ")
        return " ".join("".join(pieces).split())

    def before(self, i: int) -> int:
        """Return the token before ``i`` that is no white space, -1 where the line begins."""
        i -= 1
        while i >= 0 and self.text[i].isspace():
            if "\n" in self.text[i]:
                return -1
            i -= 1
        return i

    def after(self, i: int) -> int:
        """Return the first token from ``i`` on that is no white space, -1 where the line ends."""
        while i < len(self.text) and self.text[i].isspace():
            if "\n" in self.text[i]:
                return -1
            i += 1
        return i if i < len(self.text) else -1


_words: WeakKeyDictionary[Doc, Words] = WeakKeyDictionary()


def words_of(doc: Doc) -> Words:
    """Return the words of ``doc``, read once for all who ask."""
    found = _words.get(doc)
    if found is None:
        found = _words[doc] = Words(doc)
    return found


class Forms:
    """A dictionary of names, matched on tokens from each position in time proportional to the match.

    >>> sorted(Forms(["burkina faso", "mali"]).prefixes)
    ['burkina', 'burkina faso', 'mali']
    """

    def __init__(self, keys: Iterable[str]) -> None:
        """Index ``keys``, as `geopolitics_nlp.gazetteers.key` makes them."""
        self.prefixes: dict[str, bool] = {}
        for key in keys:
            for at, c in enumerate(key):
                if c == " ":
                    self.prefixes.setdefault(key[:at], False)
                elif c in "'./&":
                    self.prefixes.setdefault(key[:at], False)
                    self.prefixes.setdefault(key[: at + 1], False)
            self.prefixes[key] = True

    def __contains__(self, key: str) -> bool:
        """Tell whether ``key`` is a whole name."""
        return self.prefixes.get(key, False)

    def longest(self, words: Words, start: int) -> int:
        """Return where the longest name that begins at token ``start`` ends; ``start`` when there is none."""
        prefixes, texts, folded = self.prefixes, words.text, words.folded
        so_far, i, found = "", start, start
        while i < len(texts):
            text = texts[i]
            if text.isspace():
                break
            if text in "-‑":
                so_far += " " if so_far[-1:] != " " else ""
            else:
                so_far += folded[i]
                complete = prefixes.get(so_far)
                if complete:
                    found = i + 1
                elif complete is None:
                    break
                if words.spaced[i]:
                    so_far += " "
            i += 1
        return found


def is_acronym(words: Words, i: int) -> bool:
    """Tell whether token ``i`` is in capitals where its line is not: ``ONU``, ``M23``."""
    text = words.text[i]
    return words.shape[i] == "X" and 2 <= len(text) <= 10 and text[0].isalpha() and not words.shouts[i]


def expansions(words: Words) -> Iterator[tuple[int, int, int]]:
    """Yield ``(start, end, i)``: tokens start to end are spelt out what the acronym at token i abbreviates.

    One of them stands in brackets after the other, and the initials of the words yield the letters of the acronym
    in order (after Schwartz and Hearst, 2003).
    """
    for i in [i for i, text in enumerate(words.text) if text == "("] if "(" in words.text else ():
        if not 0 < i < words.size - 2:
            continue
        last = words.before(i) + 1
        if words.named[i + 1] and words.text[i + 2] in _BRACKETED_END:
            letters = _letters(words.text[i + 1])
            starts = (
                start
                for start in range(last - 2, max(-1, i - 16), -1)
                if words.named[start] and abbreviates(letters, _folded(words, start, last))
            )
            first = max(
                (s for s in range(i - 1, max(-1, i - 16), -1) if words.text[s] in "/;:()[]|•*«»"), default=-1
            )
            start = next((s for s in starts if s > first and words.line[s] == words.line[i]), None)
            if start is not None and 2 <= len(letters) <= 10:
                yield start, last, i + 1
        if is_acronym(words, i - 1):
            ends = (j for j in range(i + 1, min(i + 18, words.size)) if words.text[j] in _BRACKETED_END)
            end = words.before(next(ends, i)) + 1
            start = i + 1
            while start < end and (words.lower[start] in CONNECTORS or words.text[start].isspace()):
                start += 1
            if end - start > 1 and abbreviates(_letters(words.text[i - 1]), _folded(words, start, end)):
                yield start, end, i - 1


def _letters(acronym: str) -> str:
    return "".join(c for c in fold(acronym) if c.isalnum())


def _folded(words: Words, start: int, end: int) -> list[str]:
    return [words.folded[i] for i in range(start, end) if words.text[i] not in "-‑"]


def abbreviates(letters: str, words: Sequence[str], strict: bool = False) -> bool:
    """Tell whether ``letters`` are the initials (or first letters) of ``words``; connecting words may be left out.

    One other word may be left out too (UEMOA: *Union économique et monétaire ouest-africaine*), unless ``strict``,
    when each letter must also be an initial.

    >>> abbreviates("cpi", ["cour", "penale", "internationale"]), abbreviates("cpi", ["cour", "penale"])
    (True, False)
    """
    reached = {(0, 0)}  # (letters used, content words left out)
    sizes, allowed = ((1,), 0) if strict else ((1, 2, 3), 1)
    for number, word in enumerate(words):
        following: set[tuple[int, int]] = set()
        optional = word in CONNECTORS or not word.isalnum()
        for used, left_out in reached:
            if number and (optional or left_out < allowed):
                following.add((used, left_out + (not optional)))
            for size in sizes:
                if (
                    letters[used : used + size] == word[:size]
                    and len(word) >= size
                    and used + size <= len(letters)
                ):
                    following.add((used + size, left_out))
        reached = following
    return any(used == len(letters) for used, _ in reached)
