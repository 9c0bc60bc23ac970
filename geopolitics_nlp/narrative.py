"""The article seen through its marks: which words are the journalist's, which are quoted, and the sentences of each.

The parser's sentences break at every full stop inside a quotation and run over its marks. Here each level of
quoting has sentences of its own, in which a quotation is one unit: ``[X, a, déclaré, :, «…», .]``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from . import layers, marks, tokens

if TYPE_CHECKING:
    from spacy.tokens import Doc

_TERMINAL = frozenset({".", "!", "?", "…", "...", "?!", "!!", "??", "...."})
_ELIDED = frozenset({"c", "d", "j", "l", "m", "n", "qu", "s", "t"})
_INVERTED = frozenset({"il", "elle", "on", "ils", "elles"})
_OPENS_SENTENCE = frozenset("-–—«“\"'")
_INVITATIONS = frozenset(
    {"lire", "relire", "regarder", "écouter", "voir", "manquer", "lisez", "regardez", "écoutez", "découvrir"}
)
_INVITATION_WORDS = 12
# The kinds of blocks in which a dash may begin what somebody says.
_OWN_TEXT = frozenset({"paragraph", "lead", "list"})
BULLETS = frozenset("-–—•›*·")
_MARKING = _TERMINAL | BULLETS | {":"}
_OUTSIDE = -1
_MARK = -2
_NOWHERE = -3


class Narrative:
    """Marks, levels and sentences of one ``Doc``.

    Attributes (``i`` is always a token index, ``m`` the index of a mark pair):
        marks: what stands between marks, sorted by start.
        level: for each token the innermost mark pair around its text, -1 outside all.
        sentence: for each token the number of its sentence; sentences of different levels never share one.
        units: for each sentence its units in order: a token ``i``, or ``~m`` for a quotation as a whole.
        tokens_of: for each mark pair its content as a token range.
        sentence_of, index_of: for each mark pair the sentence in which it is a unit, and its place there.
        parent: for each mark pair the one around it, -1 outside all.
        pos, dep, form, governor: each token's tag, relation, form and head (`tokens.Parse`).
        block: for each token the number of its block; ``blocks`` holds their kinds.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        read = tokens.of(doc)
        self.text = read.whole
        self.lower = list(read.lower)
        self.start = read.start
        self.letters = read.text
        self.spaced = read.spaced
        self._join_elisions()
        self.parse = tokens.parse_of(doc)
        self.pos, self.dep, self.form = self.parse.pos, self.parse.dep, self.parse.form
        self.governor = self.parse.head
        self.entity: list[int] = [-1] * len(doc)
        self.ents = doc.ents  # built anew at each access
        for number, ent in enumerate(self.ents):
            for i in range(ent.start, ent.end):
                self.entity[i] = number
        items = layers.read(doc, layers.BLOCKS)
        bounds = [(item.start, item.end) for item in items] or None
        self.blocks = [item.label for item in items]
        own = [(item.start, item.end) for item in items if item.label in _OWN_TEXT]
        self.marks = marks.pair(self.text, bounds, marks.unmarked(self.text, own))
        self.block = self._blocks(bounds)
        self.level, self.tokens_of = self._levels()
        self.parent = self._parents()
        self.sentence, self.units, self.sentence_of, self.index_of = self._sentences()

    def _join_elisions(self) -> None:
        """Read ``d' Europol``, ``disent - elles`` and ``a-t'il``, cut by the tokenizer, as two words.

        What joins them counts no more.
        """
        lower = self.lower
        joining = {word for word in set(lower) if word in ("'", "t'") or word.endswith("-")}
        for i in [i for i, word in enumerate(lower) if word in joining]:
            word = lower[i]
            if word == "'" and i and not self.spaced[i - 1] and lower[i - 1] in _ELIDED:
                lower[i - 1] += "'"
                lower[i] = ""
            elif (word[-1:] == "-" or word == "t'") and i + 1 < len(lower) and lower[i + 1] in _INVERTED:
                self._join_pronoun(i, word)

    def _join_pronoun(self, i: int, word: str) -> None:
        """Join a pronoun to the verb before token ``i``: ``dit- il``, ``dit-il``, ``a-t-il``, ``a-t'il``."""
        lower, pronoun = self.lower, "-" + self.lower[i + 1]
        if len(word) > 2 and word.endswith("-"):
            lower[i], lower[i + 1] = word[:-1], pronoun
            return
        if i == 0 or self.spaced[i] or (word != "-" and (word != "t'" or lower[i - 1] != "-")):
            return
        linked = word == "t'" or lower[i - 1] == "t"
        lower[i], lower[i + 1] = "-t" if linked else "", pronoun
        for j in range(max(0, i - 2), i):
            if linked and lower[j] in {"-", "t"}:
                lower[j] = ""

    def end_of(self, i: int) -> int:
        """Return the character offset at which token ``i`` ends."""
        return self.start[i] + len(self.letters[i])

    def _blocks(self, bounds: list[tuple[int, int]] | None) -> list[int]:
        """Number each token's block; without a layout, each line is one."""
        numbers: list[int] = []
        if bounds is None:
            number = 0
            for letters in self.letters:
                numbers.append(number)
                number += "\n" in letters
            self.blocks = ["paragraph"] * (number + 1)
            return numbers
        begins = [0, *(bisect_left(self.start, start) for start, _ in bounds[1:]), len(self.start)]
        for number, (begin, end) in enumerate(pairwise(begins)):
            numbers += [number] * (end - begin)
        return numbers

    def _levels(self) -> tuple[list[int], list[tuple[int, int]]]:
        level = [_OUTSIDE] * len(self.doc)
        ranges: list[tuple[int, int]] = []
        first = 0
        for m, mark in enumerate(self.marks):
            i = first = bisect_left(self.start, mark.outer_start, first)
            begin = None
            while i < len(self.start) and self.start[i] < mark.outer_end:
                # The marks themselves belong to nobody's sentence.
                inside = mark.start <= self.start[i] < mark.end or (
                    self.start[i] < mark.start < self.start[i] + len(self.letters[i])
                )
                level[i] = m if inside else _MARK
                if inside and begin is None:
                    begin = i
                i += 1
            begin = first if begin is None else begin
            end = begin
            while end < len(self.start) and self.start[end] < mark.end:
                end += 1
            ranges.append((begin, max(end, begin)))
        return level, ranges

    def _parents(self) -> list[int]:
        parent: list[int] = []
        around: list[int] = []
        for m, mark in enumerate(self.marks):
            while around and self.marks[around[-1]].outer_end <= mark.outer_start:
                around.pop()
            parent.append(around[-1] if around else _OUTSIDE)
            around.append(m)
        return parent

    def _sentences(self) -> tuple[list[int], list[list[int]], list[int], list[int]]:
        sentence = [-1] * len(self.doc)
        units: list[list[int]] = []
        sentence_of = [-1] * len(self.marks)
        index_of = [-1] * len(self.marks)
        current: dict[int, int] = {}
        ended: dict[int, bool] = {}
        last_block: dict[int, int] = {}

        def place(level: int, unit: int, opens: bool, block: int) -> int:
            """Put a unit into the level's current sentence, beginning a new one where the last has ended."""
            new_block = last_block.get(level, block) != block
            last_block[level] = block
            if level not in current or new_block or (ended.get(level) and opens):
                current[level] = len(units)
                units.append([])
            ended[level] = False
            units[current[level]].append(unit)
            return current[level]

        def place_mark(m: int, block: int) -> None:
            sentence_of[m] = place(self.parent[m], ~m, True, block)
            index_of[m] = len(units[sentence_of[m]]) - 1
            # Whether a full stop inside the marks also ends the sentence around them shows in what follows.
            begin, end = self.tokens_of[m]
            last = next((i for i in range(end - 1, begin - 1, -1) if self.lower[i].strip()), None)
            ended[self.parent[m]] = last is not None and self.lower[last] in _TERMINAL

        upcoming = 0
        beyond = len(self.start) and self.start[-1] + 1
        following = self.marks[0].outer_start if self.marks else beyond
        start = self.start
        # Words that may end a sentence or belong to none.
        marking = {word for word in set(self.lower) if word in _MARKING or not word.strip()}
        # The level and block in which the next word goes on with its sentence.
        level_open = block_open = number = _NOWHERE
        open_units: list[int] = []
        for i, (word, level, block) in enumerate(zip(self.lower, self.level, self.block, strict=True)):
            while start[i] >= following:
                place_mark(upcoming, block)
                upcoming += 1
                following = self.marks[upcoming].outer_start if upcoming < len(self.marks) else beyond
                level_open = _NOWHERE
            marks = word in marking
            if level == _MARK or (marks and (not word.strip() or self._lists(i, upcoming))):
                continue
            if level != level_open or block != block_open:  # most words go on
                first = self.letters[i][0]
                opens = first.isupper() or first.isdigit() or first in _OPENS_SENTENCE
                number = place(level, i, opens, block)
                level_open, block_open, open_units = level, block, units[number]
            else:
                open_units.append(i)
            sentence[i] = number
            if marks and (word in _TERMINAL or (word == ":" and self._invites(open_units))):
                ended[level] = True
                level_open = _NOWHERE
        for m in range(upcoming, len(self.marks)):
            place_mark(m, self.block[-1])
        return sentence, units, sentence_of, index_of

    def _lists(self, i: int, upcoming: int) -> bool:
        """Tell whether token ``i`` is a bullet before mark pair ``upcoming``: it belongs to no sentence."""
        if self.lower[i] not in BULLETS or upcoming >= len(self.marks):
            return False
        heads_block = i == 0 or self.block[i - 1] != self.block[i]
        end = self.start[i] + len(self.lower[i])
        return heads_block and not self.text[end : self.marks[upcoming].outer_start].strip()

    def _invites(self, units: list[int]) -> bool:
        """Tell whether a sentence up to its colon invites to read on elsewhere: ``À lire aussi sur … :``."""
        if len(units) > _INVITATION_WORDS or units[0] < 0:
            return False
        first = [self.lower[unit] for unit in units[:4] if unit >= 0]
        return first[0] in _INVITATIONS or (
            first[0] in {"à", "a"} and any(word in _INVITATIONS for word in first[1:])
        )

    def before(self, m: int) -> Iterator[int]:
        """Yield the units before quotation ``m`` in its sentence, nearest first."""
        units = self.units[self.sentence_of[m]]
        return (units[k] for k in range(self.index_of[m] - 1, -1, -1))

    def after(self, m: int) -> Iterator[int]:
        """Yield the units after quotation ``m`` in its sentence, nearest first."""
        units = self.units[self.sentence_of[m]]
        return (units[k] for k in range(self.index_of[m] + 1, len(units)))
