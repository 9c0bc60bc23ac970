"""The tokens of a ``Doc`` as plain lists, read once for all components.

A Python object for each token costs more than what most steps want of it. What never changes, the letters and where
they stand, is kept for all components; a `Parse` is read by each that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from numpy import arange, array, array_equal

if TYPE_CHECKING:
    from spacy.strings import StringStore
    from spacy.tokens import Doc

# The relations of a subject to its verb.
SUBJECT = frozenset({"nsubj", "nsubj:pass", "nsubj:caus"})
# The parts of a word that hyphens join, where it names something.
_JOINED = frozenset({"NOUN", "PROPN", "ADJ", "X"})
_read: WeakKeyDictionary[Doc, Tokens] = WeakKeyDictionary()
_parsed: WeakKeyDictionary[Doc, Parse] = WeakKeyDictionary()


Word = TypeVar("Word")
Told = TypeVar("Told")


class Remembered(dict[Word, Told]):
    """What a function tells of each word, remembered: most words of an article have been met before.

    ``map(remembered.__getitem__, words)`` asks for many words at once, at the cost of a look into a dictionary each.

    >>> lengths = Remembered(len)
    >>> list(map(lengths.__getitem__, ["Gao", "et", "Gao"]))
    [3, 2, 3]
    """

    MOST = 200_000

    def __init__(self, tell: Callable[[Word], Told]) -> None:
        """``tell`` is asked for each word that is new, again after `MOST` others."""
        self.tell = tell

    def __missing__(self, word: Word) -> Told:
        """Ask for ``word``, the first time."""
        if len(self) >= self.MOST:
            self.clear()
        told = self[word] = self.tell(word)
        return told

    def __reduce__(self) -> Any:
        """Travel to another process without what has been met."""
        return (Remembered, (self.tell,))


# The letters of each word met, by spaCy's number of it.
_letters: dict[int, tuple[str, str]] = {}


class Tokens:
    """Letters and places of the tokens of one ``Doc``.

    Attributes:
        text, lower: each token's text, as it stands and in lower case with straight apostrophes.
        start: its character offset.
        spaced: whether a space follows.
        whole: the text of the doc, which spaCy builds anew from the tokens at each access.
    """

    __slots__ = ("lower", "spaced", "start", "text", "whole")

    def __init__(self, doc: Doc) -> None:
        """Read the tokens of ``doc``; `of` keeps what was read."""
        columns = doc.to_array(["ORTH", "IDX", "SPACY"])
        orths = columns[:, 0].tolist()
        if None in (letters := list(map(_letters.get, orths))):
            letters = [_letters.get(orth) or _read_word(doc, orth) for orth in orths]
        self.text: list[str]
        self.lower: list[str]
        self.text, self.lower = unzipped(letters, 2)
        self.start: list[int] = columns[:, 1].tolist()
        self.spaced: list[bool] = columns[:, 2].astype(bool).tolist()
        self.whole = "".join(
            [f"{text} " if spaced else text for text, spaced in zip(self.text, self.spaced, strict=True)]
        )


def _read_word(doc: Doc, orth: int) -> tuple[str, str]:
    if len(_letters) >= Remembered.MOST:
        _letters.clear()
    text = doc.vocab.strings[orth]
    found = _letters[orth] = text, text.lower().replace("’", "'").replace("´", "'")
    return found


def unzipped(rows: Sequence[Any], width: int) -> Iterator[list[Any]]:
    """Yield the ``width`` columns of rows, also where there are none.

    >>> list(unzipped([("Gao", "gao"), ("Mali", "mali")], 2))
    [['Gao', 'Mali'], ['gao', 'mali']]
    """
    return map(list, zip(*rows, strict=True)) if rows else ([] for _ in range(width))


def of(doc: Doc) -> Tokens:
    """Return the tokens of ``doc``, reading them the first time, and again where some were merged or split.

    >>> import spacy
    >>> of(spacy.blank("fr")("Oui, dit Awa.")).lower
    ['oui', ',', 'dit', 'awa', '.']
    """
    found = _read.get(doc)
    if found is None or len(found.text) != len(doc):
        found = _read[doc] = Tokens(doc)
    return found


class Form(NamedTuple):
    """What a word's form tells: UD's values of VerbForm, Number, Tense and Mood, each empty where there is none."""

    verb: str = ""
    number: str = ""
    tense: str = ""
    mood: str = ""


class Parse:
    """Tags and parse of the tokens of one ``Doc``; `parse_of` reads them again where a component has changed them.

    Attributes:
        pos, dep: each token's part of speech and relation, empty where the doc has none.
        head: the index of its head, its own where it has none. What a hyphen joins to a noun hangs on that noun.
        form: what its form tells.
    """

    def __init__(self, doc: Doc, columns: Any) -> None:
        """Take the columns POS, DEP, HEAD and MORPH of ``doc.to_array``."""
        self.columns = columns
        strings = doc.vocab.strings
        self.pos = _named(strings, columns[:, 0].tolist())
        self.dep = _named(strings, columns[:, 1].tolist())
        self.head: list[int] = (columns[:, 2].astype("int64") + arange(len(doc))).tolist()
        morphs = columns[:, 3].tolist()
        forms = {morph: _form(strings[morph] if morph else "") for morph in set(morphs)}
        self.form = list(map(forms.__getitem__, morphs))
        self._children: tuple[list[int], list[int]] | None = None
        self._hang_on_first(of(doc))

    def _hang_on_first(self, read: Tokens) -> None:
        """Hang what a hyphen joins to a noun on that noun: ``Rive-Info``, which the parser may even part.

        What the noun belongs to is the subject, where the parser has made only the last part one.
        """
        head, dep = self.head, self.dep
        if not any(dep):
            return
        for i in [i for i, word in enumerate(read.text) if word == "-"]:
            if not 0 < i < len(head) - 1 or read.spaced[i - 1] or read.spaced[i]:
                continue
            noun, part = i - 1, i + 1
            if self.pos[noun] not in _JOINED or self.pos[part] not in _JOINED:
                continue
            inside = {noun, i, part}
            relation, governor = dep[part], head[part]
            if head[noun] in inside:
                dep[noun], head[noun] = relation, (noun if governor in inside else governor)
            elif relation in SUBJECT and governor > part:
                top = noun
                while head[top] < top and dep[top] not in SUBJECT:
                    top = head[top]
                if head[top] in (top, i):
                    dep[top], head[top] = relation, governor
            dep[i], head[i] = "punct", noun
            dep[part], head[part] = "flat:name", noun

    def children(self, i: int) -> list[int]:
        """Return the tokens whose head is ``i``, in order."""
        if self._children is None:
            # The tokens in the order of their heads, and where those of each head begin: no list for each head.
            heads = array(self.head)
            by_head = heads.argsort(kind="stable")
            first = heads[by_head].searchsorted(arange(len(heads) + 1))
            self._children = by_head.tolist(), first.tolist()
        order, begins = self._children
        return [child for child in order[begins[i] : begins[i + 1]] if child != i]

    def is_finite(self, i: int) -> bool:
        """Tell whether token ``i`` is a finite verb."""
        return self.form[i].verb == "Fin" and self.pos[i] in ("VERB", "AUX")


def parse_of(doc: Doc) -> Parse:
    """Return the tags and the parse of ``doc``, as they are now."""
    columns = doc.to_array(["POS", "DEP", "HEAD", "MORPH"])
    found = _parsed.get(doc)
    if found is None or not array_equal(found.columns, columns):
        found = _parsed[doc] = Parse(doc, columns)
    return found


def _named(strings: StringStore, values: list[int]) -> list[str]:
    names = {value: strings[value] if value else "" for value in set(values)}
    return list(map(names.__getitem__, values))


@lru_cache(maxsize=4096)
def _form(morph: str) -> Form:
    values = dict(pair.split("=", 1) for pair in morph.split("|") if "=" in pair)
    return Form(*(values.get(name, "") for name in ("VerbForm", "Number", "Tense", "Mood")))
