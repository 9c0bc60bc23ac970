"""Component ``gnlp_layout``: a page's text → blocks, interview turns, sentence starts, dates.

A page is read in three steps, from its text alone: its lines become blocks, each block gets its kind from weighed
features (`WEIGHTS`), and the labels and questions that together hold up as an interview become turns (`_Interview`).
The component then writes what `read_page` found, cuts the words that the page glued together, and starts a sentence
at each block so that the parser does not run across them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import regex
from spacy.attrs import IDX
from spacy.language import Language
from spacy.tokens import Doc

from . import layers
from .lexicons import fold, read_csv, unaccented


@dataclass(slots=True)
class Block:
    """A line or paragraph of the page: character offsets without outer white space, its kind, what else is known.

    Kinds are those of `WEIGHTS`, and "lead" and "turn". ``attrs`` may hold ``level`` (1 the headline of the page, 2 one
    inside it), ``dateline`` (offsets of the ``BAMAKO (AFP)`` before the first words) and ``attribution`` (offsets of
    whom a line ``— Awa Diarra, députée`` signs the quotation above for).
    """

    start: int
    end: int
    kind: str = "paragraph"
    attrs: dict[str, Any] = field(default_factory=dict)


class Turn(NamedTuple):
    """What one speaker of an interview says at a stretch.

    ``start`` and ``end`` bound the words without the label, ``label`` the name before the colon (None where the page
    marks turns without naming); ``kind`` is "question", "answer", or "turn" where nobody asks; ``medium`` tells that
    the interviewer speaks. Offsets are characters of the text.
    """

    start: int
    end: int
    kind: str
    label: tuple[int, int] | None
    medium: bool


class Dated(NamedTuple):
    """A date of the page: character offsets, and ISO 8601 (``--05-15`` when it has no year)."""

    start: int
    end: int
    iso: str


class Page(NamedTuple):
    """A page as read: blocks, interview turns and dates in order, and the offsets at which glued words come apart."""

    blocks: list[Block]
    turns: list[Turn]
    dates: list[Dated]
    cuts: list[int]

    @property
    def interview(self) -> bool:
        """Is the page, or a part of it, an interview?"""
        return bool(self.turns)


def read_page(text: str) -> Page:
    """Return the layout of ``text``: any string, in linear time.

    >>> page = read_page("Gao sans eau\\n\\nPar Awa Diarra\\n\\nLa ville de Gao manque d'eau depuis mardi.")
    >>> [block.kind for block in page.blocks]
    ['headline', 'byline', 'paragraph']
    """
    blocks = _blocks(text)
    seen = [_look(text, block) for block in blocks]
    _classify(blocks, seen)
    turns = _Interview(text, blocks, seen).turns()
    _mark_lead(blocks)
    _annotate(text, blocks, seen)
    return Page(blocks, turns, _dates(text, blocks), _cuts(text, blocks))


# Blocks

# A page scraped by a careless tool has the two characters \n where a line broke.
_BREAK = regex.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+|(?:\\n){2,}|\\n(?![a-z])")
_INVISIBLE = "\ufeff" + "".join(c for c in map(chr, range(0x3001)) if c.isspace() or not c.isprintable())
_BULLET = regex.compile(r"[-–—•*·▪■●◦‣›➢✓►▶>]+(?=\s)|\d{1,2}[.)]\s")
_STOPPED = regex.compile(r"[.!?…:;][\s»”\"’')\]*_]*\Z")


def _blocks(text: str) -> list[Block]:
    """Cut the text at line breaks; put the lines of hard-wrapped paragraphs together again."""
    lines: list[Block] = []
    apart: list[bool] = []  # is there an empty line before?
    position, gap = 0, True
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        content = text[position:end].strip(_INVISIBLE)
        if content:
            start = text.index(content, position, end)
            lines.append(Block(start, start + len(content)))
            apart.append(gap)
            gap = False
        else:
            gap = True
        if found:
            gap = gap or found.group().count("\n") > 1 or len(found.group()) > 2
            position = found.end()
    return _unwrapped(text, lines, apart)


def _unwrapped(text: str, lines: list[Block], apart: list[bool]) -> list[Block]:
    """Join the lines of hard-wrapped text.

    A page is hard-wrapped when most of its line breaks fall within a sentence. A line then goes on where the next one
    starts in lower case, or where the next one's first word would not have fitted in.
    """
    breaks = {i for i in range(1, len(lines)) if not apart[i] and not _BULLET.match(text, lines[i].start)}
    inside = {
        i
        for i in breaks
        if text[lines[i].start].islower() and not _STOPPED.search(text, lines[i - 1].start, lines[i - 1].end)
    }
    if len(inside) < 3 or 2 * len(inside) < len(breaks):
        return lines
    lengths = sorted(lines[i - 1].end - lines[i - 1].start for i in inside)
    width = lengths[len(lengths) * 9 // 10]
    joined: list[Block] = []
    for i, line in enumerate(lines):
        before = lines[i - 1].end - lines[i - 1].start
        word = text[line.start : line.end].split(None, 1)[0]
        full = 0.7 * width < before < 1.5 * width and before + 1 + len(word) > width - 2
        if i in inside or (i in breaks and full):
            joined[-1].end = line.end
        else:
            joined.append(Block(line.start, line.end))
    return joined


# Features: what is seen of a block

_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5,
    "juin": 6, "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "sep": 9, "octobre": 10, "oct": 10,
    "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_DATE = regex.compile(
    r"""(?ix) (?<![\w/.-])
    (?: (?: (?:lun|mar|mercre|jeu|vendre|same)di\.?,?\s{1,2} | dimanche,?\s{1,2} )?
        (?P<day>1\s?er|premier|0?[1-9]|[12]\d|3[01]) \s{1,2}
        (?P<month>janv(?:ier)?|jan|f[ée]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t
            |sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?) (?!\w)
        (?: \.?,?\s{1,2} (?P<year>(?:19|20)\d\d) )?
      | (?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)
      | (?P<day>\d{1,2}) (?P<separator>[/.-]) (?P<month>\d{1,2}) (?P=separator) (?P<year>(?:20)?\d\d)
    ) (?![\w/])"""
)
_CLOCK = regex.compile(
    r"(?i)(?<!\w)\d{1,2}\s?[h:]\s?(?:\d\d)?(?:\s?min)?(?!\w)|(?<!\w)\d+\s?min(?:utes?)?(?!\w)"
)
_DATE_WORDS = frozenset(
    """a actualise cree date de depuis derniere dernier du en et fait gmt h heure hier il jour l la le lecture ligne
    min mis mise modification modifie par paru poste publie publiee temps tu utc y""".split()  # noqa: SIM905
)
_WORD = regex.compile(r"\w+(?:['’-]\w+)*")
_TOKEN = regex.compile(r"\w+|[^\w\s]")
_CRUMBS = regex.compile(r"\w\s+[>›|•·/»]\s+\w|\w[ \t\u00a0]{3,}\w")
_URL = regex.compile(r"(?i)https?://|www\.|\S@\S+\.\w|(?<!\w)@\w")
_COUNTS = regex.compile(
    r"(?i)\d\s+(?:commentaires?|vues|partages|likes|lectures|réactions?)(?!\w)|\(\d+\)\s*\Z"
)
_INITIALS = regex.compile(r"[a-z]{2,4}(?:-[a-z]{2,4})*(?:/[a-z]{2,4}(?:-[a-z]{2,4})*)+\.?")
_CREDIT = regex.compile(
    r"""(?x) (?:Image|Photo|Crédit|Credit|Source|Légende)s?\s?[:©] | (?<!\w)(?:photo|image|crédit|illustration)s?\s?:
    | (?<=\p{L}{3})(?:photo|crédit)s?\s?: | © | /\s?(?:AFP|REUTERS|Reuters|AP|EPA|SIPA|Sipa|Getty)(?!\w)"""
)
_QUESTION = regex.compile(r"\?[\s»”\"’')\]*_]*\Z")
_SIGNED = regex.compile(r"[—–]\s*(?=\p{Lu})")
_QUOTED = regex.compile(r"[«“\"][^«»“”\"]*[»”\"]\s?[.,]?")
_CLOSED = regex.compile(r"[»”\"][\s.,]*\Z")
_PRODUCT = regex.compile(r"(?i)\d\s(?:pages|p\.)|\d\s?(?:euros|€)(?!\w)")

_BODY = 60  # characters from which a closed sentence counts as running text
_HEAD = 160  # characters of a block that are searched for markers; a longer block is long
BOILERPLATE_COLUMNS = ("marker", "place", "category")


class _Marker(NamedTuple):
    tokens: tuple[str, ...]
    place: str
    category: str


def _plain(words: str) -> str:
    return unaccented(fold(words))


@cache
def _markers() -> dict[str, list[_Marker]]:
    """Return the markers of boilerplate by their first token."""
    markers = defaultdict(list)
    for row in read_csv("lexicons/boilerplate.csv", BOILERPLATE_COLUMNS):
        place = row.choice("place", ("start", "whole", "any", "label"))
        tokens = tuple(_TOKEN.findall(_plain(row["marker"])))
        if not tokens:
            raise row.error("marker", "at least one word or sign")
        markers[tokens[0]].append(_Marker(tokens, place, row["category"]))
    return dict(markers)


@cache
def _roles() -> dict[str, str]:
    """Return what the words of a label tell of a speaker: "asker", "answerer", or "no-label" when they name none."""
    found = (marker for group in _markers().values() for marker in group)
    return {" ".join(marker.tokens): marker.category for marker in found if marker.place == "label"}


def _look(text: str, block: Block) -> set[str]:
    """Return the features of a block that its own words show."""
    size = block.end - block.start
    content = text[block.start : min(block.end, block.start + _HEAD)]
    tokens = _TOKEN.findall(_plain(content))
    seen: set[str] = {"bias"}
    if bullet := _BULLET.match(content):
        seen.add("bullet")
        tokens = tokens[len(_TOKEN.findall(bullet.group())) :]
    seen |= _marked(tokens, short=size < _HEAD)
    if _QUESTION.search(text, max(block.start, block.end - 8), block.end):
        seen.add("question")
    elif _STOPPED.search(text, max(block.start, block.end - 8), block.end):
        seen.add("intro" if text[block.end - 1] == ":" else "sentence")
    if _CLOSED.search(text, max(block.start, block.end - 6), block.end):
        seen.add("quotation-end")
    if size >= _BODY and not seen.isdisjoint(("sentence", "question")) and seen.isdisjoint(_NO_BODY):
        seen.add("running")
    if size >= _HEAD:
        seen |= {"long", "very-long"} if size > 400 else {"long"}
    else:
        seen |= _look_short(content)
    return seen


def _marked(tokens: list[str], short: bool) -> set[str]:
    """Return the categories of the markers among the tokens, with the place where they stand."""
    seen = set()
    bare = [token for token in tokens if token.isalnum()]
    for i, token in enumerate(tokens):
        for marker in _markers().get(token, ()):
            here = tuple(tokens[i : i + len(marker.tokens)]) == marker.tokens
            if not here:
                continue
            if marker.place == "start" and i == 0:
                seen.add(f"{marker.category}-start")
            elif marker.place == "any" and (short or marker.category in ("interview", "conversation")):
                seen.add(f"{marker.category}-inside")
            elif (
                marker.place == "whole"
                and short
                and len(bare) == sum(word.isalnum() for word in marker.tokens)
            ):
                seen.add(marker.category)
    return seen


def _look_short(content: str) -> set[str]:
    """Return the features that only a short block can have."""
    words = _WORD.findall(content)
    seen = {"tiny" if len(words) <= 3 else "short" if len(words) <= 14 else "middling"}
    if not words:
        return {"ornament"}
    for name, pattern in _SHORT_FEATURES.items():
        if pattern.search(content):
            seen.add(name)
    if content.isupper() and len(words) > 1:
        seen.add("caps")
    if words[0].casefold() in ("par", "by", "texte") and len(words) > 1 and words[1][0].isupper():
        seen.add("by-name")
    if 2 <= len(words) <= 5 and all(word[0].isupper() for word in words) and content[0].isalpha():
        seen.add("name-only")
    if credit := _CREDIT.search(content):
        seen.add("captioned" if len(_WORD.findall(content[: credit.start()])) > 4 else "credited")
    if any(True for _ in _find_dates(content)):
        rest = _WORD.findall(_CLOCK.sub(" ", _DATE.sub(" ", content)))
        extra = [word for word in rest if _plain(word) not in _DATE_WORDS]
        loose = len(extra) > 3 or any(word[0].islower() for word in extra)
        seen.add("date-only" if not extra else "has-date" if loose else "dated")
    return seen


_SHORT_FEATURES = {
    "crumbs": _CRUMBS,
    "url": _URL,
    "counts": _COUNTS,
    "initials": regex.compile(rf"\A(?:{_INITIALS.pattern})\Z"),
    "quoted": regex.compile(rf"\A(?:{_QUOTED.pattern})\Z"),
    "signed": regex.compile(rf"\A{_SIGNED.pattern}"),
    "product": _PRODUCT,
}

# Kinds: what the features speak for

# What speaks for and against each kind; the highest sum wins, and the earlier kind of equals. The features come from
# the block's own words (`_look`) and from its place in the page (`_place`).
WEIGHTS: dict[str, dict[str, float]] = {
    "paragraph": {
        "bias": 1, "sentence": 2, "question": 1, "intro": 2, "long": 1.5, "very-long": 3, "middling": 0.5,
        "short": -0.5, "tiny": -1, "body": 1, "below": 0.75, "caps": -2, "attributes": 8, "quoted": 1, "ornament": -3,
    },
    "headline": {
        "bias": -0.5, "top": 2, "body": 1.5, "below": -2, "sentence": -2, "question": 0.5, "intro": -2, "short": 1.5,
        "tiny": -0.5, "caps": 1, "long": -1.5, "very-long": -6, "bullet": -2, "url": -4, "name-only": -2, "rubric": -2,
        "interview": -2, "dated": -1, "ornament": -3, "menu": -2, "credit-below": -1, "body-below": 1.5,
        "under-headline": -3, "headline-pending": 2.5, "title": 6, "attributes": -4,
    },
    "rubric": {
        "rubric": 4.5, "interview": 3.5, "rubric-start": 1, "tiny": 0.5, "caps": 0.5, "sentence": -2, "long": -3,
        "below": -1, "crumbs": 1,
    },
    "dateline": {
        "date-only": 6, "dated": 4.5, "dateline-start": 4.5, "dateline-inside": 2.5, "sentence": -1, "bullet": -3,
        "long": -2,
    },
    "byline": {
        "byline-start": 4.5, "byline-inside": 4, "by-name": 4.5, "name-only": 3.5, "sentence": -1, "initials": 6,
        "dated": 0.5, "question": -4, "intro": -3, "long": -1, "in-text": -2, "attributes": -4,
    },
    "credit": {
        "credit-start": 4, "credit-inside": 3, "credit": 5, "credited": 2.5, "sentence": -1, "question": -4,
        "long": -2, "tiny": 0.5, "captioned": -2, "legal-start": -4, "legal-inside": -4,
    },
    "caption": {
        "captioned": 6, "credit-inside": 1, "credit-below": 3, "sentence": -1, "question": -4, "tiny": -1,
        "middling": 0.5, "caps": -1, "by-name": -2,
    },
    "navigation": {
        "navigation": 4, "navigation-start": 5, "share": 4.5, "share-start": 5, "subscription-start": 4.5,
        "legal-start": 6, "legal-inside": 5.5, "reading-start": 4.5, "reading-inside": 2, "counts": 3, "crumbs": 3, "url": 4, "menu": 3, "sentence": -1,
        "long": -1, "very-long": -4, "tiny": 0.25, "ornament": 5, "dated": -1, "question": -2, "below": 0.5,
        "quoted": -1,
    },
    "related": {
        "related-start": 5.5, "links-start": 5.5, "links": 4.5, "under-links": 4, "product": 1.5, "below": 0.75,
        "long": -1, "very-long": -4, "sentence": -0.5, "counts": -1, "legal-inside": -2, "question": -0.5,
        "byline-start": -2, "attributes": -4, "date-only": -2,
    },
    "list": {"bullet": 3.5, "listing": 3.5, "under-links": -2, "top": -2, "attributes": -6, "sentence": -0.5},
}  # fmt: skip
# Kinds that nobody speaks in.
_FURNITURE = frozenset({"navigation", "dateline", "byline", "credit", "caption", "related"})
_NO_BODY = frozenset(
    f"{category}-start"
    for category in ("related", "links", "legal", "navigation", "share", "credit", "subscription", "byline")
)


def _classify(blocks: list[Block], seen: list[set[str]]) -> None:
    """Give each block its kind."""
    body = [i for i, features in enumerate(seen) if "running" in features]
    body = body or [i for i, features in enumerate(seen) if not features.isdisjoint(("sentence", "question"))]
    first, last = (body[0], body[-1]) if body else (len(blocks), len(blocks))
    for i in range(len(blocks)):
        _place(i, seen, first, last)
    title = _title(seen, first)
    if title is not None:
        seen[title].add("title")
    links = False
    for i, (block, features) in enumerate(zip(blocks, seen, strict=True)):
        if title is not None and title < i < first:
            features.add("under-headline")
        if links and "running" not in features:
            features.add("under-links")
        scores = _scores(features)
        block.kind = max(scores, key=scores.__getitem__)
        links = not features.isdisjoint(("links", "links-start")) or (links and block.kind in _LINKED)
        if block.kind == "headline":
            block.attrs["level"] = 1 if i == title else 2


_LINKED = frozenset({"related", "list", "navigation"})


def _scores(features: set[str]) -> dict[str, float]:
    return {
        kind: sum([weights[feature] for feature in features if feature in weights])
        for kind, weights in WEIGHTS.items()
    }


def _title(seen: list[set[str]], first: int) -> int | None:
    """Return the number of the block that is most a headline, of those down to the first running text."""
    margins = []
    for features in seen[: first + 1]:
        scores = _scores(features | {"headline-pending"})
        margins.append(scores.pop("headline") - max(scores.values()))
    best = max(margins, default=0)
    return next((i for i, margin in enumerate(margins) if margin > 0 and margin >= best - 2), None)


def _place(i: int, seen: list[set[str]], first: int, last: int) -> None:
    """Add what the block's place tells: before, in or after the running text, and what stands beside it."""
    features = seen[i]
    features.add("top" if i < first else "below" if i > last else "body")
    if first < i < last:
        features.add("in-text")
    after = seen[i + 1] if i + 1 < len(seen) else set()
    before = seen[i - 1] if i else set()
    closed = features.isdisjoint(("sentence", "question"))
    if closed and not after.isdisjoint(("credit-start", "credit", "credited", "captioned", "credit-inside")):
        features.add("credit-below")
    if "sentence" in after and "tiny" not in after:
        features.add("body-below")
    if "tiny" in features and "tiny" in before and "tiny" in after and closed:
        features.add("listing" if "in-text" in features else "menu")
    if "signed" in features and closed and "quotation-end" in before:
        features.add("attributes")


def _mark_lead(blocks: list[Block]) -> None:
    """Mark the lead: the first paragraph under the headline, if something stands between it and the rest."""
    kinds = [block.kind for block in blocks]
    title = next((i for i, block in enumerate(blocks) if _is_title(block)), len(blocks))
    lead = next((i for i in range(title, len(blocks)) if kinds[i] in ("paragraph", "turn")), len(blocks))
    following = kinds[lead + 1 :]
    if (
        following
        and kinds[lead] == "paragraph"
        and following[0] in _UNDER_LEAD
        and {"paragraph", "turn"} & set(following)
    ):
        blocks[lead].kind = "lead"


_UNDER_LEAD = frozenset({"dateline", "byline", "navigation", "caption", "credit", "turn"})


def _annotate(text: str, blocks: list[Block], seen: list[set[str]]) -> None:
    """Note the datelines and signatures that stand inside paragraphs."""
    for block, features in zip(blocks, seen, strict=True):
        if block.kind in ("paragraph", "lead") and (prefix := _prefix(text, block)):
            block.attrs["dateline"] = list(prefix)
        if "attributes" in features and (dash := _SIGNED.match(text, block.start, block.end)):
            block.attrs["attribution"] = [dash.end(), block.end]


# Interviews

_LABEL = regex.compile(
    r"""(?x) (?: [\[(]? \d{1,2}[:h]\d{2} (?::\d{2})? [\])]? [\s–—-]* )?  # the time of a transcript
    [*_]* (?: (?P<label> [QR]\d{0,2}) \. (?=\s)
      | (?P<label> [\p{L}\d][^\n:?!;«»"“”=/]{0,70}? ) (?: [\s*_]* [:：] | \.\s?[–—-]+(?=\s) | \s[–—](?=\s) ) )
    [\s*_]*"""
)
_LABEL_INSIDE = regex.compile(r"(?<=[.!?…»”\"]\s)(?=\p{Lu}[^\n:?!;«»\"“”=/]{0,60}?\s?:\s)")
_BEFORE_LABEL = regex.compile(r"[\s*_#>•–—-]*")
_NAME_END = regex.compile(r"\s?[(,]")
_ABBREVIATED = regex.compile(r"(?:\p{L}\p{Ll}?\.-?)+\p{L}?\.?")
_DASH = regex.compile(r"(?:[–—-]|\d{1,2}\s?[.)])[\s*_]*(?=[\p{L}«“\"])")
_PARTICLES = frozenset(
    "abou ag al ben bin d da de des di dit dite dos du el et ibn l la le les ould van von y".split()  # noqa: SIM905
)
_TITLES = frozenset("capitaine colonel commandant dr general m me mgr mlle mm mme pr".split())  # noqa: SIM905
_ADDRESS = regex.compile(r"(?i)(?<!\w)(?:vous|votre|vos)(?!\w)")
_MYSELF = regex.compile(r"(?i)(?<!\w)(?:je|j['’]|moi|mon|ma|mes|me|m['’])(?!\w)")
_OURSELVES = regex.compile(r"(?i)(?<!\w)(?:nous|notre|nos)(?!\w)")
_REQUEST = regex.compile(
    r"(?i)(?:parlez|racontez|expliquez|décrivez|dites|rappelez|présentez|revenons|un mot)(?!\w)"
)


class _Start(NamedTuple):
    """Where a turn may start.

    ``begin`` is the offset of its label, dash or first word, ``start`` of its first word; ``speaker`` identifies the
    label among the others, ``role`` is "asker", "answerer", or "" when the label does not tell.
    """

    block: int
    begin: int
    start: int
    label: tuple[int, int] | None = None
    speaker: str = ""
    role: str = ""


class _Interview:
    """Looks for an interview in a page: labels and questions are candidates, `_evidence` tells whether they hold."""

    def __init__(self, text: str, blocks: list[Block], seen: list[set[str]]) -> None:
        self.text, self.blocks, self.seen = text, blocks, seen
        self._begins = [block.start for block in blocks]
        self.cue = any(not features.isdisjoint(_CUES) and "long" not in features for features in seen) or any(
            "interview-inside" in features for features in seen
        )
        self.labels = self._plausible(self._labels())
        named = {found.block for found in self.labels}
        self.spoken = [
            i
            for i, block in enumerate(blocks)
            if i in named or (block.kind not in _FURNITURE and not _is_title(block))
        ]

    def turns(self) -> list[Turn]:
        """Return the turns of the interview, whose blocks become "turn"; none when the page is no interview."""
        starts = self._starts()
        if len(starts) < 2:
            return []
        ends = [self._end(number, starts) for number in range(len(starts))]
        asked = any(found.role == "asker" for found in starts)
        turns = []
        for found, (end, _) in zip(starts, ends, strict=True):
            if end > found.start:
                medium = found.role == "asker"
                kind = "question" if medium else "answer" if asked or found.role else "turn"
                turns.append(Turn(found.start, end, kind, found.label, medium))
        if self._evidence(turns, starts) < _ENOUGH:
            return []
        for found, (_, last) in zip(starts, ends, strict=True):
            for i in range(found.block, last + 1):
                if self.blocks[i].kind in _SPEECH or self._begins[i] in (found.begin, found.start):
                    self.blocks[i].kind = "turn"
                    self.blocks[i].attrs.clear()
        return turns

    # Labels

    def _labels(self) -> list[_Start]:
        """Return what may be a speaker's label by its form, in order."""
        found = []
        for i, block in enumerate(self.blocks):
            if _is_title(block):
                continue
            if block.kind not in _FURNITURE and (label := self._label(i, block.start)):
                found.append(label)
            if block.end - block.start > _HEAD:
                insides = _LABEL_INSIDE.finditer(self.text, block.start, block.end)
                found += [label for inside in insides if (label := self._label(i, inside.start()))]
        return sorted(found + self._lone_labels(), key=lambda label: label.begin)

    def _label(self, i: int, begin: int) -> _Start | None:
        """Read the label at ``begin``, in block ``i``."""
        limit = min(self.blocks[i].end, begin + 120)
        position = _BEFORE_LABEL.match(self.text, begin, limit).end()
        match = _LABEL.match(self.text, position, limit)
        if not match:
            return None
        start = match.start("label")
        name = _NAME_END.split(match["label"], 1)[0].rstrip()
        role = _role(name)
        if role == "no-label" or not (role or _like_name(name.split()) or _like_title(name)):
            return None
        first = match.end()
        if first == self.blocks[i].end:  # the label has a line of its own
            if i + 1 == len(self.blocks):
                return None
            first = self.blocks[i + 1].start
        return _Start(i, begin, first, (start, start + len(name)), _speaker(name), role)

    def _lone_labels(self) -> list[_Start]:
        """Return the lines that hold nothing but a name, where two or more names take turns that way."""
        lines = defaultdict(list)
        for i, block in enumerate(self.blocks[:-1]):
            words = self.text[block.start : block.end].split()
            bare = "tiny" in self.seen[i] or "short" in self.seen[i]
            if (
                bare
                and self.seen[i].isdisjoint(("sentence", "question", "intro"))
                and len(words) <= 6
                and (_like_name(words) or _role(" ".join(words)))
            ):
                lines[_plain(" ".join(words))].append(i)
        repeated = {name: numbers for name, numbers in lines.items() if len(numbers) > 1}
        if len(repeated) < 2:
            return []
        found = []
        for name, numbers in repeated.items():
            for i in numbers:
                block = self.blocks[i]
                start = self.blocks[i + 1].start
                found.append(_Start(i, block.start, start, (block.start, block.end), name, _role(name)))
        order = sorted(found)
        alternating = sum(a.speaker != b.speaker and b.block - a.block > 1 for a, b in pairwise(order))
        return found if alternating >= len(found) - 2 else []

    def _plausible(self, labels: list[_Start]) -> list[_Start]:
        """Keep the labels that come again, tell a role, or name somebody among other speakers."""
        times = Counter(label.speaker for label in labels)
        lines = Counter(label.block for label in labels)
        kept = []
        for label in labels:
            name = self.text[slice(*label.label or (0, 0))]
            inside = lines[label.block] > 1 or label.begin > self.blocks[label.block].start
            named = _like_name(name.split()) and (" " in name or name.isupper())
            named = named or (_like_title(name) and self._asks(label.block))
            known = times[label.speaker] > 1 or (
                not inside and (label.role != "" or (len(times) > 1 and named))
            )
            if known and not self.text[label.start : label.start + 1].islower():
                kept.append(label)
        return kept

    # Questions

    def _asks(self, i: int) -> bool:
        return "question" in self.seen[i]

    def _dash(self, i: int) -> regex.Match[str] | None:
        return _DASH.match(self.text, self.blocks[i].start, self.blocks[i].end)

    def _askers(self) -> Counter[str]:
        """Return the speakers who ask, with how often they do.

        They end most of their turns with a question mark, and the others do not.
        """
        ends, at_once, personal = defaultdict(list), defaultdict(list), defaultdict(list)
        breaks = sorted(
            {label.block for label in self.labels}
            | {i for i in self.spoken if self._asks(i) and self._dash(i)}
        )
        for label, following in zip(self.labels, [*self.labels, None][1:], strict=True):
            if following and following.block == label.block:
                end = following.begin
                asks = first = bool(_QUESTION.search(self.text, label.start, end))
            else:
                after = bisect_right(breaks, label.block)
                limit = breaks[after] if after < len(breaks) else len(self.blocks)
                inside = self.spoken[bisect_left(self.spoken, label.block) : bisect_left(self.spoken, limit)]
                end = self.blocks[inside[0]].end
                asks, first = self._asks(inside[-1]), self._asks(inside[0])
            ends[label.speaker].append(asks)
            at_once[label.speaker].append(first)
            personal[label.speaker].append(bool(_MYSELF.search(self.text, label.start, end)))
        roles = {label.speaker: label.role for label in self.labels}
        share = {speaker: sum(values) / len(values) for speaker, values in ends.items()}
        asking: Counter[str] = Counter()
        for speaker, values in ends.items():
            others = [share[other] for other in share if other != speaker]
            most = 2 * sum(values) >= len(values) and share[speaker] > min(others, default=0)
            at_once_mostly = most and 2 * sum(at_once[speaker]) >= len(values)
            more = most and share[speaker] > max(others, default=1) and not any(personal[speaker])
            if roles[speaker] == "asker" or (not roles[speaker] and (at_once_mostly or more)):
                asking[speaker] = len(values)
        return asking

    def _starts(self) -> list[_Start]:
        """Return the labels with the questions that only typography marks, and what answers those."""
        askers = self._askers()
        # Where the interviewer is named at each question, one without a label belongs to what the other says.
        strict = any(times > 1 for times in askers.values())
        only_askers = bool(askers) and all(label.speaker in askers for label in self.labels)
        labelled = defaultdict(list)
        for label in self.labels:
            role = "asker" if label.speaker in askers else label.role
            labelled[label.block].append(label._replace(role=role))
        starts: list[_Start] = []
        asking = False
        for position, i in enumerate(self.spoken):
            if i in labelled:
                starts += labelled[i]
                asking = starts[-1].role == "asker"
                continue
            dash = self._dash(i)
            start = _Start(i, self.blocks[i].start, dash.end() if dash else self.blocks[i].start)
            after = self.spoken[position + 1 : position + 3]
            if asking:
                unanswered = starts[-1].label is None or only_askers
                if unanswered and not self._is_question(i, after):
                    starts.append(start)
                    asking = False
            elif not strict and self._is_question(i, after) and not all(map(self._asks, after)):
                starts.append(start._replace(role="asker"))
                asking = True
        return starts

    def _is_question(self, i: int, after: Sequence[int]) -> bool:
        """Is this paragraph without label a question of the interviewer? Weighs how it ends, and who is meant in it."""
        features, block = self.seen[i], self.blocks[i]
        if "question" in features and self._dash(i):
            return True
        score = 2.0 * ("question" in features)
        score += 1.0 * bool(_ADDRESS.search(self.text, block.start, block.end))
        score += 1.5 * ("long" not in features and bool(_REQUEST.match(self.text, block.start)))
        score += 1.0 * ("long" not in features and bool(after) and self._asks(after[0]))
        score += 1.0 * ("long" not in features and self.text[block.end - 1] == "…" and bool(self._dash(i)))
        score -= 1.5 * bool(_MYSELF.search(self.text, block.start, block.end))
        score -= 1.0 * (block.end - block.start > 600)
        return score >= 2

    # Turns

    def _end(self, number: int, starts: list[_Start]) -> tuple[int, int]:
        """Return where a turn ends, and the number of its last block.

        It runs through its paragraphs and what is set between them; what stands after the last of them, such as the
        heading of the next question, is left out.
        """
        found = starts[number]
        following = starts[number + 1] if number + 1 < len(starts) else None
        last = bisect_right(self._begins, found.start) - 1
        if following and following.block <= last:
            return self._trimmed(found.start, following.begin), last
        for i in range(last + 1, following.block if following else len(self.blocks)):
            if not following and self._closes(i):
                break
            if self.blocks[i].kind in _SPEECH:
                last = i
        return self._trimmed(found.start, self.blocks[last].end), last

    def _closes(self, i: int) -> bool:
        """Does the interview end before this block: a signature, a notice on the interview or on its guest?"""
        block, features = self.blocks[i], self.seen[i]
        if block.kind in ("byline", "dateline") or not features.isdisjoint(_CLOSING):
            return True
        return any(
            label.label and self.text.startswith(self.text[slice(*label.label)] + " ", block.start)
            for label in self.labels[-4:]
        )

    def _trimmed(self, start: int, end: int) -> int:
        return start + len(self.text[start:end].rstrip(_INVISIBLE + "*_"))

    def _evidence(self, turns: list[Turn], starts: list[_Start]) -> float:
        """Weigh whether the turns make an interview: what makes one is that people speak, to each other and in turn."""
        questions = [turn for turn in turns if turn.kind == "question"]
        others = [turn for turn in turns if turn.kind != "question"]
        if not others or len(turns) < 2:
            return 0
        times = Counter(found.speaker for found in starts if found.speaker)
        addressed = self._share(_ADDRESS, questions)
        personal = max(self._share(_MYSELF, others), 0.7 * self._share(_OURSELVES, others))
        quoted = sum(bool(_QUOTED.match(self.text, turn.start, turn.end)) for turn in others) / len(others)
        evidence = 2.0 * self.cue
        evidence += min(3 if times else 4, len(questions))
        evidence += 0.75 * min(3, sum(count - 1 for count in times.values()))
        evidence += 1.5 * (addressed + personal)
        evidence += 1.0 * (len(times) > 1)
        evidence -= 2.0 * quoted
        if not times and not self.cue:
            evidence -= 3
        if not addressed and not personal and not self.cue:
            evidence -= 2
        return evidence

    def _share(self, pattern: regex.Pattern[str], turns: Sequence[Turn]) -> float:
        return sum(bool(pattern.search(self.text, turn.start, turn.end)) for turn in turns) / max(
            1, len(turns)
        )


_CUES = frozenset({"interview", "interview-start"})
_ENOUGH = 3.5
_SPEECH = frozenset({"paragraph", "lead", "list"})
_CLOSING = frozenset({"legal-start", "legal-inside", "byline-start", "links-start", "links"})


def _is_title(block: Block) -> bool:
    return block.attrs.get("level") == 1


def _role(name: str) -> str:
    """Return what a label tells by itself: "asker" (Q, Journaliste…), "answerer", "no-label" (Bilan…), or ""."""
    return _roles().get(" ".join(_TOKEN.findall(_plain(name.rstrip("0123456789. ")))), "")


def _like_name(words: Sequence[str]) -> bool:
    """Do the words look like a proper name, initials or a medium's name?"""
    for word in words:
        bare = word.strip(".'’-&")
        if "." in word and not (_ABBREVIATED.fullmatch(word) or (word == words[-1] and len(bare) <= 3)):
            return False
        if (
            bare
            and bare[0].islower()
            and bare.casefold() not in _PARTICLES
            and not regex.match(r"\p{L}['’]\p{Lu}", bare)
        ):
            return False
    return (
        bool(words)
        and len(words) <= 7
        and (words[0][0].isupper() or any(word[0].isupper() for word in words))
    )


def _like_title(name: str) -> bool:
    """Do the words look like the title of a medium or of an office: "L'Écho du lac", "Le gouverneur"?"""
    return name.startswith(("L'", "L’", "Le ", "La ", "Les ")) and len(name.split()) <= 5


def _speaker(name: str) -> str:
    """Return what identifies a speaker among the labels of a page: the surname, or the initials."""
    words = [
        word.strip(".") for word in regex.split(r"[\s.-]+", _plain(name)) if word.strip(".") not in _TITLES
    ]
    words = [word for word in words if word] or [_plain(name)]
    return "".join(words) if all(len(word) == 1 for word in words) else words[-1]


# Dates

_PREFIX = regex.compile(
    r"(?P<place>[^\n:;!?«»\"()]{0,60}?)\s*(?:\((?P<agency>[^()\n]{2,40})\))?\s*\.?\s*(?:[–—]|-{1,2})(?:\s+|\Z)"
)


def _dates(text: str, blocks: list[Block]) -> list[Dated]:
    """Return the page's own dates: those of its date lines, bylines and datelines."""
    found: list[Dated] = []
    for block in blocks:
        if block.kind in ("dateline", "byline"):
            found += _find_dates(text, block.start, block.end)
        elif "dateline" in block.attrs:
            found += _find_dates(text, *block.attrs["dateline"])
    return found


def _prefix(text: str, block: Block) -> tuple[int, int] | None:
    """Return where the place, agency and date stand that an agency puts before the first words."""
    match = _PREFIX.match(text, block.start, min(block.end, block.start + 120))
    if not match or not (match["place"] or match["agency"]):
        return None
    place = match["place"]
    if match["agency"] or (place.isupper() and len(place) > 2) or any(True for _ in _find_dates(place)):
        return block.start, match.end("agency") + 1 if match["agency"] else match.end("place")
    return None


def _find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[Dated]:
    for match in _DATE.finditer(text, start, len(text) if end is None else end):
        month, day, year = _plain(match["month"]), match["day"], match["year"]
        if year and len(year) == 2:
            year = f"20{year}"
        try:
            found = date(
                int(year or 2000), _MONTHS.get(month) or int(month), int(day) if day.isdigit() else 1
            )
        except ValueError:  # 31/02, 12/2025 as a day and month
            continue
        yield Dated(match.start(), match.end(), found.isoformat() if year else f"-{found:-%m-%d}")


# Glued words

_QUOTE_INSIDE = regex.compile(r"(?<=[\p{L}'’.,])[«»“”„\"](?=\p{L})|(?<=\p{L}['’])[«“\"](?=\w)")
_STOP_INSIDE = regex.compile(r"(?<=\p{L}{3}|\d{4}|[\p{L}\d]»)[.!?…]+(?=\p{Lu}(?:['’]|\p{Ll}))")
_CREDIT_INSIDE = regex.compile(
    r"(?<=[\p{L}\d])(?:Image|Photo|Crédit|Credit|Source|Vidéo)s?(?=\s{0,2}[:©/])"
    r"|(?<=\p{Ll}{4})(?:photo|crédit)s?(?=\s{0,2}[:©])"
)
_LOWER_HEAD = regex.compile(r"(?<![\p{L}\d#@/._-])\p{Ll}{4,}(?=\p{Lu}\p{Ll}+(?![\p{L}\d]))")
_ADDRESS_BEFORE = regex.compile(r"[/@#]\S*\Z|www\S*\Z")


def _cuts(text: str, blocks: list[Block]) -> list[int]:
    """Return the offsets at which words stand glued: blocks, marks, stops, credits, capitals and signatures."""
    cuts = {offset for block in blocks for offset in (block.start, block.end)}
    for pattern in (_QUOTE_INSIDE, _CREDIT_INSIDE):
        for match in pattern.finditer(text):
            cuts.update(match.span())
    for match in _STOP_INSIDE.finditer(text):
        if not _ADDRESS_BEFORE.search(text, max(0, match.start() - 40), match.start()):
            cuts.update(match.span())
    cuts.update(match.end() for match in _LOWER_HEAD.finditer(text))
    for block in blocks:
        if block.end - block.start < _HEAD:
            cuts.update(_signature(text, block))
    return sorted(cuts)


_LAST_WORD = regex.compile(r"\p{Lu}[\p{L}'’-]*\Z")


def _signature(text: str, block: Block) -> Iterator[int]:
    """Yield where a signature (initial and surname) sticks to the last word of the line that presents its author."""
    content = text[block.start : block.end]
    last = _LAST_WORD.search(content)
    if not last:
        return
    for first, surname in pairwise(content[: last.start()].split()):
        if surname[0].isupper() and last.group().endswith(first[0] + surname):
            offset = len(content) - len(surname) - 1
            if offset > last.start():
                yield block.start + offset


def _cut_tokens(doc: Doc, cuts: Iterable[int]) -> Doc:
    """Return ``doc`` with its tokens cut at these offsets.

    It is a new doc where there is something to cut: the retokenizer takes quadratic time.
    """
    starts = _starts(doc)
    inside: dict[int, list[int]] = defaultdict(list)
    for cut in cuts:
        i = bisect_right(starts, cut) - 1
        if i >= 0 and starts[i] < cut < starts[i] + len(doc[i]):
            inside[i].append(cut - starts[i])
    if not inside:
        return doc
    words: list[str] = []
    spaces: list[bool] = []
    for i, token in enumerate(doc):
        edges = [0, *inside.get(i, ()), len(token)]
        words += [token.text[a:b] for a, b in pairwise(edges)]
        spaces += [False] * (len(edges) - 2) + [bool(token.whitespace_)]
    cut_doc = Doc(doc.vocab, words=words, spaces=spaces, user_data=doc.user_data)
    cut_doc._context = doc._context  # what nlp.pipe(as_tuples=True) hands back beside the doc
    return cut_doc


def _starts(doc: Doc) -> list[int]:
    """Return the character offset of each token."""
    return [int(start) for start in doc.to_array(IDX)]


class Layout:
    """The component; see `make_layout`."""

    def __call__(self, doc: Doc) -> Doc:
        """Return the doc with its layers "blocks" and "turns" and sentence starts, its glued words cut.

        A doc that carries annotations already keeps its tokens, a parsed one its sentences.
        """
        page = read_page(doc.text)
        if not (doc.has_annotation("DEP") or doc.has_annotation("TAG") or doc.ents or doc.spans):
            doc = _cut_tokens(doc, page.cuts)
        self.set_annotations(doc, page)
        return doc

    def set_annotations(self, doc: Doc, page: Page) -> None:
        """Write a page into the doc of its text."""
        blocks = [layers.Item(block.start, block.end, block.kind, block.attrs) for block in page.blocks]
        turns = [
            layers.Item(
                turn.start,
                turn.end,
                turn.kind,
                {"label": turn.label and list(turn.label), "medium": turn.medium},
            )
            for turn in page.turns
        ]
        dates = [found._asdict() for found in page.dates]
        layers.write(doc, layers.BLOCKS, blocks, dates=dates, interview=page.interview)
        layers.write(doc, layers.TURNS, turns)
        if not doc.has_annotation("DEP"):
            starts = _starts(doc)
            for block in page.blocks:
                # expand: where a token could not be cut, the sentence starts with the token that holds the block's start
                doc[bisect_right(starts, block.start) - 1].is_sent_start = True


@Language.factory("gnlp_layout", assigns=["doc.spans", "token.is_sent_start"])
def make_layout(nlp: Language, name: str) -> Layout:
    """Make the component ``gnlp_layout``; it goes first in the pipeline, before the parser.

    >>> import spacy
    >>> nlp = spacy.blank("fr")
    >>> layout = nlp.add_pipe("gnlp_layout")
    >>> doc = nlp("Gao sans eau\\n\\nLa ville de Gao manque d'eau.")
    >>> [span.text for span in doc.spans["blocks"]]
    ['Gao sans eau', "La ville de Gao manque d'eau."]
    """
    return Layout()
