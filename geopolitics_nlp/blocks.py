"""Blocks: the lines and paragraphs of a page, and what each of them is.

A page's text is cut at its line breaks; features are seen in each block's words and in its place, and weights
(`WEIGHTS`) turn features into a kind: navigation, headline, byline, paragraph… The words that mark
boilerplate are listed in ``seeds/lexicons/boilerplate.csv``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import regex

from .dates import DATE, find_dates
from .lexicons import fold, read_csv, unaccented

BOILERPLATE_COLUMNS = ("marker", "place", "category")
# What is no character of a word or sign: white space, controls, zero-width marks.
INVISIBLE = "\ufeff" + "".join(c for c in map(chr, range(0x3001)) if c.isspace() or not c.isprintable())
QUOTED = regex.compile(r"[«“\"][^«»“”\"]*[»”\"]\s?[.,]?")
LONG = 160  # the length in characters from which a block is long; markers are searched in that much of it
_NARROW = 100  # no line of hard-wrapped text is longer
_RUNNING = 60  # the length from which a whole sentence counts as running text
# The kinds that nobody speaks in.
FURNITURE = frozenset({"navigation", "dateline", "byline", "credit", "caption", "related"})


@dataclass(slots=True)
class Block:
    """A line or paragraph of a page: character offsets without outer white space, kind, what else is known.

    Kinds are those of `WEIGHTS`, and "lead" and "turn". ``attrs`` may hold ``level`` (1: the headline of the
    page, 2: one inside it), ``dateline`` (offsets of the ``BAMAKO (AFP)`` before the first words) and
    ``attribution`` (offsets of whom a line ``— Awa Diarra, députée`` under a quotation names). ``features``
    are what was seen of it.
    """

    start: int
    end: int
    kind: str = "paragraph"
    attrs: dict[str, Any] = field(default_factory=dict)
    features: set[str] = field(default_factory=set)

    def has(self, *features: str) -> bool:
        """Was any of these features seen?"""
        return not self.features.isdisjoint(features)

    @property
    def is_title(self) -> bool:
        """Is it the headline of the page?"""
        return self.attrs.get("level") == 1


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of ``text`` with their kinds.

    >>> blocks = read_blocks("Gao sans eau\\n\\nPar Awa Diarra\\n\\nLa ville de Gao manque d'eau.")
    >>> [block.kind for block in blocks]
    ['headline', 'byline', 'paragraph']
    """
    blocks = _cut(text)
    for block in blocks:
        block.features = _look(text, block)
    _classify(blocks)
    for block in blocks:
        if block.kind == "paragraph" and (prefix := _dateline(text, block)):
            block.attrs["dateline"] = list(prefix)
        if block.has("attributes") and (dash := _SIGNED.match(text, block.start, block.end)):
            block.attrs["attribution"] = [dash.end(), block.end]
    return blocks


# Cutting

# A page scraped by a careless tool has the two characters \n where a line broke.
_BREAK = regex.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+|(?:\\n){2,}|\\n(?![a-z])")
_BULLET = regex.compile(r"[-–—•*·▪■●◦‣›➢✓►▶>]+(?=\s)|\d{1,2}[.)]\s")
_STOPPED = regex.compile(r"[.!?…:;][\s»”\"’')\]*_]*\Z")


def _cut(text: str) -> list[Block]:
    """Cut the text at line breaks; put the lines of hard-wrapped paragraphs together again."""
    lines: list[Block] = []
    apart: list[bool] = []  # is there an empty line before?
    position, gap = 0, True
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        content = text[position:end].strip(INVISIBLE)
        if content:
            start = text.index(content, position, end)
            lines.append(Block(start, start + len(content)))
            apart.append(gap)
        gap = not content
        if found:
            gap = gap or found.group().count("\n") > 1 or len(found.group()) > 2
            position = found.end()
    return _unwrapped(text, lines, apart)


def _unwrapped(text: str, lines: list[Block], apart: list[bool]) -> list[Block]:
    """Join the lines of hard-wrapped text.

    A page is hard-wrapped when most of its line breaks fall within a sentence; where no line is wide, few
    such breaks are enough. A line then goes on where the next one starts in lower case, or where the next
    one's first word would not have fitted in.
    """
    breaks = {i for i in range(1, len(lines)) if not apart[i] and not _BULLET.match(text, lines[i].start)}
    inside = {
        i
        for i in breaks
        if text[lines[i].start].islower() and not _STOPPED.search(text, lines[i - 1].start, lines[i - 1].end)
    }
    lengths = sorted(lines[i - 1].end - lines[i - 1].start for i in inside)
    narrow = max((line.end - line.start for line in lines), default=0) <= _NARROW
    if len(inside) < (1 if narrow else 3) or 2 * len(inside) < len(breaks):
        return lines
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


# Features

_TOKEN = regex.compile(r"\w+|[^\w\s]")
_WORD = regex.compile(r"\w+(?:['’-]\w+)*")
_CLOCK = regex.compile(
    r"(?i)(?<!\w)\d{1,2}\s?[h:]\s?(?:\d\d)?(?:\s?min)?(?!\w)|(?<!\w)\d+\s?min(?:utes?)?(?!\w)"
)
_DATE_WORDS = {
    "a", "actualise", "cree", "date", "de", "depuis", "derniere", "dernier", "du", "en", "et", "fait", "gmt",
    "h", "heure", "hier", "il", "jour", "l", "la", "le", "lecture", "ligne", "min", "mis", "mise",
    "modification", "modifie", "par", "paru", "poste", "publie", "publiee", "temps", "tu", "utc", "y",
}  # fmt: skip
_ARTICLES = frozenset({"le", "la", "les", "un", "une", "des", "au", "aux", "en", "nos", "notre"})
_CREDIT = regex.compile(
    r"""(?x) (?:Image|Photo|Crédit|Credit|Source|Légende)s?\s?[:©] |
    (?<!\w)(?:photo|image|crédit|illustration)s?\s?: | (?<=\p{L}{3})(?:photo|crédit)s?\s?: | © |
    /\s?(?:AFP|REUTERS|Reuters|AP|EPA|SIPA|Sipa|Getty)(?!\w)
    | \((?:AFP|AP|EPA|REUTERS|Reuters|DR)\)"""
)
_QUESTION = regex.compile(r"\?[\s»”\"’')\]*_]*\Z")
_QUOTATION_END = regex.compile(r"[»”\"][\s.,]*\Z")
_SIGNED = regex.compile(r"[—–]\s*(?=\p{Lu})")
_SHORT_FEATURES = {
    "copyright": r"©\s?(?:19|20)\d\d|(?:19|20)\d\d\s?©",
    "counts": r"(?i)\d\s+(?:commentaires?|vues|partages|likes|lectures|réactions?)(?!\w)|\(\d+\)\s*\Z",
    "crumbs": r"\w\s+[>›|•·/»]\s+\w|\w[ \t\u00a0]{3,}\w",
    "initials": r"\A[a-z]{2,4}(?:-[a-z]{2,4})*(?:/[a-z]{2,4}(?:-[a-z]{2,4})*)+\.?\Z",
    "product": r"(?i)\d\s(?:pages|p\.)|\d\s?(?:euros|€)(?!\w)",
    "quoted": rf"\A(?:{QUOTED.pattern})\Z",
    "sentences": r"\p{Ll}[.!?…]\s+\p{Lu}",
    "signed": rf"\A{_SIGNED.pattern}",
    "url": r"(?i)https?://|www\.|\S@\S+\.\w|(?<!\w)@\w",
}
_SHORT_PATTERNS = {name: regex.compile(pattern) for name, pattern in _SHORT_FEATURES.items()}
_NOT_RUNNING = frozenset(
    f"{category}-start"
    for category in ("related", "links", "legal", "navigation", "share", "credit", "subscription", "byline")
)


class _Marker(NamedTuple):
    tokens: tuple[str, ...]
    place: str
    category: str


def plain(words: str) -> str:
    """Return ``words`` without case and accents, as the markers are compared."""
    return unaccented(fold(words))


@cache
def _markers() -> dict[str, list[_Marker]]:
    """Return the markers of boilerplate by their first token."""
    markers = defaultdict(list)
    for row in read_csv("lexicons/boilerplate.csv", BOILERPLATE_COLUMNS):
        place = row.choice("place", ("start", "whole", "any", "label"))
        tokens = tuple(_TOKEN.findall(plain(row["marker"])))
        if not tokens:
            raise row.error("marker", "at least one word or sign")
        markers[tokens[0]].append(_Marker(tokens, place, row["category"]))
    return dict(markers)


@cache
def label_roles() -> dict[str, str]:
    """Return what the (plain) words of a speaker's label tell.

    "asker" (Journaliste, Q), "answerer" (Réponse), or "no-label" for words that name no speaker (Bilan,
    Exemple).
    """
    found = (marker for group in _markers().values() for marker in group)
    return {" ".join(marker.tokens): marker.category for marker in found if marker.place == "label"}


def _look(text: str, block: Block) -> set[str]:
    """Return the features of a block that its own words show."""
    size = block.end - block.start
    content = text[block.start : min(block.end, block.start + LONG)]
    tokens = _TOKEN.findall(plain(content))
    features = {"bias"}
    if bullet := _BULLET.match(content):
        features.add("bullet")
        tokens = tokens[len(_TOKEN.findall(bullet.group())) :]
    features |= _look_up(tokens, whole=size < LONG)
    ending = max(block.start, block.end - 8)
    if _QUESTION.search(text, ending, block.end):
        features.add("question")
    elif _STOPPED.search(text, ending, block.end):
        features.add("intro" if text[block.end - 1] == ":" else "sentence")
    if _QUOTATION_END.search(text, ending, block.end):
        features.add("quotation-end")
    if size >= _RUNNING and features & {"sentence", "question"} and features.isdisjoint(_NOT_RUNNING):
        features.add("running")
    if size < LONG:
        return features | _look_short(content)
    return features | ({"long", "very-long"} if size > 400 else {"long"})


def _look_up(tokens: list[str], *, whole: bool) -> set[str]:
    """Return the categories of the markers among the tokens; ``whole``: they are all of the block."""
    features = set()
    markers = _markers()
    for i in [i for i, token in enumerate(tokens) if token in markers]:
        for marker in markers[tokens[i]]:
            place, category = marker.place, marker.category
            if place == "start":
                counts, feature = i == 0, f"{category}-start"
            elif place == "any":
                counts, feature = whole or category == "interview", f"{category}-inside"
            else:
                counts, feature = whole and place == "whole", category
            if not counts or tuple(tokens[i : i + len(marker.tokens)]) != marker.tokens:
                continue
            if place != "whole" or _number_of_words(tokens) == _number_of_words(marker.tokens):
                features.add(feature)
    return features


def _number_of_words(tokens: Iterable[str]) -> int:
    return sum(token.isalnum() for token in tokens)


def _look_short(content: str) -> set[str]:
    """Return the features that only a short block can have."""
    words = _WORD.findall(content)
    if not words:
        return {"ornament"}
    features = {name for name, pattern in _SHORT_PATTERNS.items() if pattern.search(content)}
    features.add("tiny" if len(words) <= 3 else "short" if len(words) <= 14 else "middling")
    if content.isupper() and len(words) > 1:
        features.add("caps")
    if words[0].casefold() in ("par", "by", "texte") and len(words) > 1 and words[1][0].isupper():
        features.add("by-name")
    names = [word for word in words if word != "et"]
    named = content[0].isalpha() and "(" not in content and plain(words[0]) not in _ARTICLES
    if named and 2 <= len(names) <= 5 and all(word[0].isupper() for word in names):
        features.add("name-only")
    if credit := _CREDIT.search(content):
        features.add("captioned" if len(_WORD.findall(content[: credit.start()])) > 4 else "credited")
    if any(True for _ in find_dates(content)):
        rest = _WORD.findall(_CLOCK.sub(" ", DATE.sub(" ", content)))
        other = [word for word in rest if plain(word) not in _DATE_WORDS]
        loose = len(other) > 3 or any(word[0].islower() for word in other)
        features.add("date-only" if not other else "has-date" if loose else "dated")
    return features


def _look_around(blocks: list[Block], first: int, last: int) -> None:
    """Add what each block's place tells: before, in or after the running text, and what stands beside it."""
    nothing = Block(0, 0)
    for i, block in enumerate(blocks):
        before = blocks[i - 1] if i else nothing
        after = blocks[i + 1] if i + 1 < len(blocks) else nothing
        block.features.add("top" if i < first else "below" if i > last else "body")
        if after.has("sentence") and not after.has("tiny"):
            block.features.add("body-below")
        if block.has("sentence", "question"):
            continue
        if after.has("credit-start", "credit", "credited", "captioned", "credit-inside"):
            block.features.add("credit-below")
        if block.has("tiny") and before.has("tiny") and after.has("tiny"):
            block.features.add("listing" if first < i < last else "menu")
        if block.has("signed") and before.has("quotation-end"):
            block.features.add("attributes")


# Kinds

# What speaks for and against each kind; the highest sum wins, and the earlier kind of equals.
WEIGHTS: dict[str, dict[str, float]] = {
    "paragraph": {
        "bias": 1, "sentence": 2, "question": 1, "intro": 2, "long": 1.5, "very-long": 3, "middling": 0.5,
        "short": -0.5, "tiny": -1, "body": 1, "below": 0.75, "caps": -2, "attributes": 8, "quoted": 1,
        "sentences": 1, "ornament": -3,
    },
    "headline": {
        "bias": -0.5, "top": 2, "body": 1.5, "below": -2, "sentence": -2, "question": 0.5, "intro": -2,
        "short": 1.5, "tiny": -0.5, "caps": 1, "long": -1.5, "very-long": -6, "bullet": -2, "url": -4,
        "name-only": -2, "rubric": -2, "interview": -2, "dated": -1, "ornament": -3, "menu": -2,
        "credit-below": -1, "body-below": 1.5, "under-headline": -3, "headline-pending": 2.5, "title": 6,
        "attributes": -4, "sentences": -2,
    },
    "rubric": {
        "rubric": 4.5, "interview": 3.5, "tiny": 0.5, "caps": 0.5, "sentence": -2,
        "long": -3, "below": -1, "crumbs": 1, "menu": -1.5,
    },
    "dateline": {
        "date-only": 6, "dated": 4.5, "dateline-start": 4.5, "dateline-inside": 2.5, "sentence": -1,
        "bullet": -3, "long": -2,
    },
    "byline": {
        "byline-start": 4.5, "byline-inside": 4, "by-name": 4.5, "name-only": 3.5, "sentence": -1,
        "initials": 6, "dated": 0.5, "question": -4, "intro": -3, "long": -1, "listing": -3,
        "attributes": -4, "over-headline": -1.5,
    },
    "credit": {
        "credit-start": 4, "credit-inside": 3, "credit": 5, "credited": 2.5, "sentence": -1, "question": -4,
        "long": -2, "tiny": 0.5, "captioned": -2, "copyright": -4, "legal-start": -4, "legal-inside": -4,
    },
    "caption": {
        "captioned": 6, "credit-inside": 1, "credit-below": 3, "sentence": -1, "question": -4, "tiny": -1,
        "middling": 0.5, "caps": -1, "by-name": -2,
    },
    "navigation": {
        "navigation": 4, "navigation-start": 5, "share": 4.5, "share-start": 5, "subscription-start": 5,
        "subscription-inside": 4.5, "legal-start": 6, "legal-inside": 5.5,
        "copyright": 5, "reading-start": 4.5,
        "reading-inside": 2, "counts": 3, "crumbs": 3, "url": 4, "menu": 3.5, "sentence": -1, "long": -1,
        "very-long": -4, "tiny": 0.25, "ornament": 5, "dated": -1, "question": -2, "below": 0.5,
        "quoted": -1, "over-headline": 0.5,
    },
    "related": {
        "related-start": 5.5, "links-start": 5.5, "links": 4.5, "under-links": 4, "product": 1.5,
        "below": 0.75, "long": -1, "very-long": -4, "sentence": -0.5, "counts": -1, "legal-inside": -2,
        "question": -0.5, "byline-start": -2, "attributes": -4, "date-only": -2,
    },
    "list": {"bullet": 3.5, "listing": 3.5, "under-links": -2, "top": -2, "attributes": -6, "sentence": -0.5},
}  # fmt: skip
_UNDER_LINKS = frozenset({"related", "list", "navigation"})


def _classify(blocks: list[Block]) -> None:
    """Give each block its kind: first the headline, then the others in order."""
    body = [i for i, block in enumerate(blocks) if block.has("running")]
    body = body or [i for i, block in enumerate(blocks) if block.has("sentence", "question")]
    first, last = (body[0], body[-1]) if body else (len(blocks), len(blocks))
    _look_around(blocks, first, last)
    title = _title(blocks[: first + 1])
    links = False
    for i, block in enumerate(blocks):
        if i == title:
            block.features.add("title")
        elif title is not None and i < first:
            block.features.add("under-headline" if i > title else "over-headline")
        if links and not block.has("running"):
            block.features.add("under-links")
        scores = _scores(block.features)
        block.kind = max(scores, key=scores.__getitem__)
        links = block.has("links", "links-start") or (links and block.kind in _UNDER_LINKS)
        if block.kind == "headline":
            block.attrs["level"] = 1 if i == title else 2


def _scores(features: set[str]) -> dict[str, float]:
    return {
        kind: sum([weights[feature] for feature in features if feature in weights])
        for kind, weights in WEIGHTS.items()
    }


def _title(candidates: list[Block]) -> int | None:
    """Return the number of the block that is the headline: the first of those nearly the best."""
    margins = []
    for block in candidates:
        scores = _scores({*block.features, "headline-pending"})
        margins.append(scores.pop("headline") - max(scores.values()))
    best = max(margins, default=0)
    return next((i for i, margin in enumerate(margins) if margin > 0 and margin >= best - 2), None)


# Datelines

_DATELINE = regex.compile(
    r"(?P<place>[^\n:;!?«»\"()]{0,60}?)\s*(?:\((?P<agency>[^()\n]{2,40})\))?\s*\.?\s*(?:[–—]|-{1,2})(?:\s+|\Z)"
)


def _dateline(text: str, block: Block) -> tuple[int, int] | None:
    """Return where the place, agency and date stand that an agency puts before the first words."""
    match = _DATELINE.match(text, block.start, min(block.end, block.start + 120))
    if not match or not (match["place"] or match["agency"]):
        return None
    place = match["place"]
    dated = any(True for _ in find_dates(place))
    capitals = all(word[0].isupper() or len(word) < 3 for word in place.split())
    if dated or (capitals and match["agency"]) or (place.isupper() and len(place) > 2):
        return block.start, match.end("agency") + 1 if match["agency"] else match.end("place")
    return None
