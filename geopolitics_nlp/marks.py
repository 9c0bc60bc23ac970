"""Quotation marks: which opens, which closes, and what stands between them.

Pure character work, no linguistics: real pages mix « », “ ”, " ", '' '', ‘ ’ and ‹ ›, nest them, forget the closing
one and open them again at each paragraph. A mark that lacks its partner bounds its own damage: it never reaches past
its paragraph, and the other marks are still read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import regex

OPENING = "«“„‟‹‘"
CLOSING = "»”›’"
# What closes what opens; the symmetric marks close themselves.
_CLOSES = {"»": "«", "”": "“", "›": "‹", "’": "‘", ">>": "<<"}
_OPENS = {"«": "«", "“": "“", "„": "“", "‟": "“", "‹": "‹", "‘": "‘", "<<": "<<", "``": "''"}
_SYMMETRIC = {'"': '"', "″": '"', "''": "''", "＂": '"'}
_MARK = regex.compile(r"<<|>>|``|''|[«»“”„‟‹›‘’\"″＂']")
_ELIDED = regex.compile(r"(?i)(?<![\p{L}\d])(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)\Z")
_INCISE = regex.compile(r"(?:\p{Ll}+-(?:t-)?(?:il|elle|on)s?(?!\p{L})|a-t-|ont-)")
_BEFORE_OPENING = frozenset("([{-–—/'’:«“‹=*|…\u200b\ufeff")
_AFTER_CLOSING = frozenset(".,;:!?…)]}»”›’-–—/*|'\"")
_NEVER_AFTER_OPENING = frozenset(".,;:!?)]}»”›")
# A nested mark of the very same symmetric style is rare: with this many pairs inside, the outer ones belong elsewhere.
_MAX_SAME_INSIDE = 2
# Deeper than this nobody quotes; what is deeper is left to the marks around it.
_MAX_DEPTH = 6
# How many paragraphs without any mark an utterance may run through before its closing mark is given up.
_MAX_SILENT_BLOCKS = 4
_PARTNER_REACH = 1500
# What is said goes on over paragraphs of this length at most; more between two opening marks is the journalist's.
_LONGEST_PARAGRAPH = 400


@dataclass(frozen=True, slots=True)
class Marked:
    """Some text between marks.

    ``start`` and ``end`` bound the content (character offsets, outer white space dropped); ``outer_start`` and
    ``outer_end`` include the marks. ``opened`` or ``closed`` is False when that mark is missing: the content then ends
    at the paragraph's edge. ``depth`` counts the marks around it; ``again`` is where an opening mark was last repeated
    (-1: nowhere).
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    style: str
    opened: bool = True
    closed: bool = True
    depth: int = 0
    again: int = -1


@dataclass(slots=True)
class _Open:
    style: str
    outer_start: int
    start: int
    block: int
    same_inside: int = 0
    again: int = -1


def pair(
    text: str, blocks: Iterable[tuple[int, int]] | None = None, unmarked: Iterable[Marked] = ()
) -> list[Marked]:
    """Return what stands between marks in ``text``, sorted by start, the outer first.

    ``blocks`` are the paragraphs as character offsets; without them each line is one. ``unmarked`` are quotations that
    only their place tells (see `unmarked`); they are left out where marks cross them.

    >>> text = 'Il a dit : « Nous “partons” ».'
    >>> [text[m.start:m.end] for m in pair(text)]
    ['Nous “partons”', 'partons']
    """
    bounds = list(blocks) if blocks is not None else _lines(text)
    found: list[Marked] = []
    pending: list[_Open] = []  # opened in an earlier paragraph and not closed there
    for number, (start, end) in enumerate(bounds):
        stack: list[_Open] = []
        closed_here = False
        pending = [mark for mark in pending if number - mark.block <= _MAX_SILENT_BLOCKS]
        for match in _MARK.finditer(text, start, end):
            role, style = _role(text, match.start(), match.end(), start, end, stack, bool(pending))
            if pending and style == pending[-1].style and not text[start : match.start()].strip():
                # Marks opened again at the head of a paragraph (» too, in French typography) go on with the utterance.
                pending[-1].block = number
                stack = [pending.pop()]
                continue
            if role == "open" and _reopens(text, stack, style, match.start()):
                stack[-1].again = match.end()
                continue
            if role == "open":
                stack.append(_Open(style, match.start(), match.end(), number))
            elif role == "close":
                level = _matching(stack, style)
                if level is not None:
                    opened = stack[level]
                    for unclosed in stack[level + 1 :]:
                        found.append(_unclosed(text, unclosed, match.start()))
                    del stack[level:]
                    found.append(_closed(text, opened, match.start(), match.end()))
                    if stack and stack[-1].style == style:
                        stack[-1].same_inside += 1
                    closed_here = True
                elif pending and pending[-1].style == style and not closed_here:
                    found.append(_closed(text, pending.pop(), match.start(), match.end()))
                    closed_here = True
                elif len(stack) == 1 and not _partner(text, stack[0].style, style, match.end(), end):
                    # « opened as one, closed as another "
                    found.append(_closed(text, stack.pop(), match.start(), match.end()))
                    closed_here = True
                else:
                    floor = max(start, stack[-1].start) if stack else start
                    found.append(_unopened(text, match.start(), match.end(), style, floor, found))
        if closed_here and not (stack and stack[0].block != number):
            found.extend(_unclosed(text, mark, bounds[mark.block][1]) for mark in pending)
            pending = []
        pending.extend(stack)
    found.extend(_unclosed(text, mark, bounds[mark.block][1]) for mark in pending)
    found = _bounded(text, [mark for mark in found if mark.end > mark.start and not _stray(text, mark)])
    return _nested([*found, *_uncrossed(unmarked, found)])


_DIALOGUE = regex.compile(r"(?P<dash>[—–-])[ \u00a0\u202f]*(?=[\p{Lu}\d…«“\"]|\.\.\.)")
_SPOKEN = regex.compile(
    r"(?i)(?<![\p{L}'’-])(?:je|j['’]|nous|vous|tu|moi|mon|ma|mes|notre|nos|votre|vos)(?![\p{L}-])"
    r"|[?!…]\Z|,\s[\p{L}-]+-(?:t-)?(?:il|elle)s?(?!\p{L})"
)
_ENDED = regex.compile(r"[.!?…][ \u00a0\u202f]?[»”\"]?\Z")
# What the journalist puts between two utterances, not what one utterance holds.
_REPORTED = regex.compile(
    r"(?i)[,?!…]\s*(?:[\p{L}-]+-(?:t-)?(?:il|elle|on)s?(?!\p{L})"
    r"|(?:a|ont|avait)\s+(?:dit|déclaré|affirmé|ajouté|expliqué|répondu|indiqué|précisé|estimé|assuré)(?!\p{L})"
    r"|(?:dit|déclare|affirme|ajoute|explique|répond|indique|précise|estime|assure)\s+\p{Lu})"
)
_SIGNED = regex.compile(r"[—–-]{1,2}\s*\p{Lu}[^.!?…:;«»“”\"]{2,100}$")
_STOP = regex.compile(r"[.!?…]\s+(?=\p{Lu})")
_SPEAKS = regex.compile(
    r"(?i)(?<![\p{L}'’-])(?:je|j['’]|nous|m['’]|me|moi|mon|ma|mes|notre|nos|vous|votre|vos|tu|ton|tes)(?![\p{L}-])"
)
_I = regex.compile(r"(?i)(?<![\p{L}'’-])(?:je|j['’]|nous|m['’]|notre|nos|mon|ma|mes)(?![\p{L}-])")


def unmarked(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Marked]:
    """Return the quotations that have no marks: lines of a dialogue, and what a signature line stands below.

    ``paragraphs`` are those of the article's own text, as character offsets. Dashes open the lines of a dialogue where
    most of them say ``je`` or ``vous``, ask, exclaim or hold ``dit-il``, or a colon leads to them. What is signed
    (``— Awa Diarra``) is quoted as far up as its paragraphs say ``je`` or ``nous``.

    >>> text = "Il répond :\\n— Nous partons.\\nLa nuit tombe."
    >>> [text[m.start:m.end] for m in unmarked(text, [(0, 11), (12, 27), (28, 42)])]
    ['Nous partons.']
    """
    found: list[Marked] = []
    dialogue: list[Marked] = []
    said: list[tuple[int, int]] = []  # the paragraphs just above that say je or nous, without marks
    for start, end in paragraphs:
        line = text[start:end].rstrip()
        dash = _DIALOGUE.match(line)
        signed = bool(said) and _SIGNED.match(line)
        if signed:
            a, b = _trimmed(text, said[0][0], said[-1][1])
            found.append(Marked(a, b, a, b, "—"))
        if dash and not signed:
            a, b = _trimmed(text, start + dash.end(), end)
            dialogue.append(Marked(a, b, start, b, "—"))
        elif dialogue:
            found += _spoken(text, dialogue)
            dialogue = []
        quotes = any(match.group() not in "'’‘" for match in _MARK.finditer(line))
        said = [*said, (start, end)] if not dash and not quotes and _I.search(line) else []
    return [*found, *_spoken(text, dialogue)]


def _spoken(text: str, lines: list[Marked]) -> list[Marked]:
    """Return the lines of a dialogue; none when they are the items of a list."""
    if not lines or not all(_ENDED.search(text, line.start, line.end) for line in lines):
        return []
    before = lines[0].outer_start
    led = text[max(0, before - 20) : before].rstrip()[-1:] == ":" and text[before] != "-"
    speaking = sum(bool(_SPOKEN.search(text, line.start, line.end)) for line in lines)
    return lines if led or 2 * speaking >= len(lines) else []


def _uncrossed(unmarked: Iterable[Marked], found: Sequence[Marked]) -> Iterator[Marked]:
    """Yield the quotations without marks that no marks stand around or across, and that are not marked after all."""
    ordered = sorted(found, key=lambda mark: mark.outer_start)
    starts = [mark.outer_start for mark in ordered]
    reached = [0, *accumulate((mark.outer_end for mark in ordered), max)]  # by the marks before each
    for each in unmarked:
        first, last = bisect_left(starts, each.outer_start), bisect_left(starts, each.outer_end)
        inside = ordered[first:last]
        whole = any((mark.start, mark.end) == (each.start, each.end) for mark in inside)
        fits = all(each.start <= mark.outer_start and mark.outer_end <= each.end for mark in inside)
        if reached[first] <= each.outer_start and fits and not whole:
            yield each


def _role(
    text: str, start: int, end: int, block_start: int, block_end: int, stack: Sequence[_Open], pending: bool
) -> tuple[str, str]:
    """Tell whether the mark at ``start`` opens, closes or is none ("skip"), and its style.

    ``stack`` are the marks open in its block; ``pending`` tells whether any before it are.
    """
    token = text[start:end]
    before = text[start - 1] if start > block_start else " "
    after = text[end] if end < block_end else " "
    may_open = _may_open(before, after)
    may_close = (after.isspace() or after in _AFTER_CLOSING) and not before.isspace()
    if before.isdigit() and after.isdigit():
        return "skip", token  # 3'30"65
    if token in _SYMMETRIC:
        style = _SYMMETRIC[token]
        if before.isdigit() and style == '"' and not pending and _matching(stack, style) is None:
            return "skip", token  # 10".
        if may_open and not may_close and _matching(stack, style) is not None:
            # `Je pars "dit-elle`: the space is on the wrong side.
            return ("close" if _INCISE.match(text, end, block_end) else "open"), style
        if may_open != may_close:
            return ("open" if may_open else "close"), style
        return ("close" if _matching(stack, style) is not None else "open"), style
    if token in "‘’'":
        # Almost always an apostrophe: it opens only at the head of a word, and closes only what is open.
        style = "'" if token == "'" else "‘"
        if token != "’" and may_open and after.isalnum():
            return "open", style
        closes = _matching(stack, style) is not None and may_close
        return (
            "close" if closes and not _ELIDED.search(text, max(block_start, start - 7), start) else "skip"
        ), style
    if token == "›" and _matching(stack, "‹") is None:
        return "skip", "‹"  # a list bullet
    if token == "”" and _matching(stack, "“") is None and may_open:
        return "open", "“"
    if token == "“" and stack and text[stack[-1].outer_start] == "„":
        return "close", "“"
    if token in _OPENS:
        return "open", _OPENS[token]
    return "close", _CLOSES[token]


def _may_open(before: str, after: str) -> bool:
    """Tell whether a mark between these characters may open: free on its left, a word on its right."""
    return (before.isspace() or before in _BEFORE_OPENING) and not (
        after.isspace() or after in _NEVER_AFTER_OPENING
    )


def _matching(stack: Sequence[_Open], style: str) -> int | None:
    for level in range(len(stack) - 1, max(-1, len(stack) - 16), -1):
        if stack[level].style == style:
            return None if stack[level].same_inside >= _MAX_SAME_INSIDE and style == '"' else level
    return None


def _reopens(text: str, stack: Sequence[_Open], style: str, start: int) -> bool:
    """Tell whether a straight mark opens its utterance once more, as at paragraphs that a page has run together.

    ``"Un. "Deux. "Trois."``: behind a full stop, with nothing of the journalist's since the mark before.
    """
    if not stack or stack[-1].style != style or style != '"':
        return False
    paragraph = max(stack[-1].start, stack[-1].again)
    if start - paragraph > _LONGEST_PARAGRAPH:
        return False
    said = text[paragraph:start].rstrip()
    return bool(_ENDED.search(said)) and not _REPORTED.search(said)


def _partner(text: str, style: str, closing: str, start: int, end: int) -> bool:
    """Tell whether an open mark of this style may still find its own closing mark before ``end``.

    At ``start`` ends a mark that closes another style, ``closing``.
    """
    end = min(end, start + _PARTNER_REACH)
    if style == '"' != closing:
        straight = (m for m in _MARK.finditer(text, start, end) if _SYMMETRIC.get(m.group()) == style)
        if (following := next(straight, None)) is None:
            return False
        before, after = text[following.start() - 1], text[following.end() : following.end() + 1] or " "
        return not _may_open(before, after)
    marks = [match.group() for match in _MARK.finditer(text, start, end)]
    if style in _SYMMETRIC.values():
        return sum(_SYMMETRIC.get(mark) == style for mark in marks) % 2 == 1
    balance = 0
    for mark in marks:
        balance += (_CLOSES.get(mark) == style) - (_OPENS.get(mark) == style)
        if balance > 0:
            return True
    return False


def _closed(text: str, opened: _Open, start: int, end: int) -> Marked:
    a, b = _trimmed(text, opened.start, start)
    return Marked(a, b, opened.outer_start, end, opened.style)


def _unclosed(text: str, opened: _Open, limit: int) -> Marked:
    a, b = _trimmed(text, opened.start, limit)
    return Marked(a, b, opened.outer_start, b, opened.style, closed=False, again=opened.again)


def _stray(text: str, mark: Marked) -> bool:
    """Tell whether a mark without its partner stands alone between two words: it opens nothing."""
    opens = mark.outer_start + 1
    if mark.closed or mark.style != '"' or not text[opens].isspace() or not text[mark.start].islower():
        return False
    return text[max(0, mark.outer_start - 20) : mark.outer_start].rstrip()[-1:].isalnum()


def _unopened(text: str, start: int, end: int, style: str, floor: int, found: Sequence[Marked]) -> Marked:
    floor = max([floor, *(mark.outer_end for mark in found[-3:] if mark.outer_end <= start)])
    a, b = _trimmed(text, floor, start)
    while a < b and (text[a] in ".,;:!?…" or text[a].isspace()):
        a += 1
    return Marked(a, b, a, end, style, opened=False)


def _bounded(text: str, found: list[Marked]) -> list[Marked]:
    """End what was never closed before the next mark that opens and closes: one slip of the pen costs no more."""
    starts = sorted(mark.outer_start for mark in found)
    result = []
    for mark in found:
        if not mark.closed:
            following = bisect_right(starts, mark.outer_start)
            if following < len(starts) and starts[following] < mark.outer_end:
                _, b = _trimmed(text, mark.start, starts[following])
                b = _spoken_until(text, max(mark.start, mark.again), b)
                mark = replace(mark, end=b, outer_end=b)
        elif not mark.opened:
            begin = _spoken_from(text, mark.start, mark.end)
            mark = replace(mark, start=begin, outer_start=begin)
        if mark.end > mark.start:
            result.append(mark)
    return result


def _spoken_until(text: str, start: int, end: int) -> int:
    """Return where words end whose closing mark is missing: with their sentence, or the next ones that say ``je``."""
    ends: list[int] = [*(stop.start() + 1 for stop in _STOP.finditer(text, start, end)), end]
    for last, following in pairwise(ends):
        if not _is_said(text, last, following):
            return last
    return end


def _spoken_from(text: str, start: int, end: int) -> int:
    """Return where words begin whose opening mark is missing: with their sentence, or those before that say ``je``."""
    begins: list[int] = [start, *(stop.end() for stop in _STOP.finditer(text, start, end - 1))]
    for previous, first in pairwise(begins[::-1]):
        if not _is_said(text, first, previous):
            return previous
    return begins[0]


def _is_said(text: str, start: int, end: int) -> bool:
    return bool(_SPEAKS.search(text, start, end)) and not _REPORTED.search(text, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _nested(found: Iterable[Marked]) -> list[Marked]:
    ordered = sorted(found, key=lambda mark: (mark.outer_start, -mark.outer_end))
    result: list[Marked] = []
    around: list[Marked] = []
    for mark in ordered:
        while around and around[-1].outer_end <= mark.outer_start:
            around.pop()
        # What crosses the marks around it is left out: they are right more often.
        if len(around) >= _MAX_DEPTH or (around and mark.outer_end > around[-1].outer_end):
            continue
        result.append(replace(mark, depth=len(around)))
        around.append(mark)
    return result


def _lines(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in regex.finditer(r"[^\n]+", text)]
