"""Component ``gnlp_layout``: a page's text → blocks, interview turns, sentence starts, dates.

A page is read in three steps, each from the text alone: its lines become blocks (`_blocks`), each block is classified
by weighed features (`WEIGHTS`), and the speakers' labels and questions that hold up as an interview become turns
(`_turns`). The component then writes what `read_page` found, cuts the tokens that the page glued together, and starts
a sentence at each block so that the parser does not run across them.
"""

from __future__ import annotations

import csv
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

import regex
from spacy.attrs import IDX
from spacy.language import Language
from spacy.tokens import Doc

from . import layers

# ---------------------------------------------------------------------------------------------------------------------
# What a page is made of


@dataclass(slots=True)
class Block:
    """A line or paragraph of the page: character offsets without outer white space, its kind (see `WEIGHTS`)."""

    start: int
    end: int
    kind: str = "paragraph"
    attrs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker of an interview says at a stretch.

    ``start`` and ``end`` bound the words without the label, ``label`` the words that name the speaker before the
    colon (None where the page marks turns without naming), ``kind`` is "question", "answer" or "turn" (unknown),
    ``medium`` tells that the interviewer speaks.
    """

    start: int
    end: int
    kind: str
    label: tuple[int, int] | None
    medium: bool


class Dated(NamedTuple):
    """A date of the page, character offsets and ISO 8601 (``--05-15`` without year)."""

    start: int
    end: int
    iso: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read: its blocks in order, its interview turns, its dates, and where glued words come apart."""

    blocks: list[Block]
    turns: list[Turn]
    dates: list[Dated]
    cuts: list[int]
    interview: bool


def read_page(text: str) -> Page:
    """Return the layout of ``text``, in linear time, whatever the text.

    >>> page = read_page("Gao sans eau\\n\\nPar Awa Diarra\\n\\nLa ville de Gao manque d'eau depuis mardi.")
    >>> [block.kind for block in page.blocks]
    ['headline', 'byline', 'paragraph']
    """
    blocks = _blocks(text)
    seen = [_look(text, block) for block in blocks]
    _classify(blocks, seen)
    turns = _turns(text, blocks, seen)
    return Page(blocks, turns, _dates(text, blocks, seen), _cuts(text, blocks), bool(turns))


# ---------------------------------------------------------------------------------------------------------------------
# Blocks

# A page scraped by a careless tool has the two characters \n where its line broke.
_BREAK = regex.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+|(?:\\n){2,}|\\n(?![a-z])")
_OUTER = (
    "".join(map(chr, range(33)))
    + "\x85\xa0\u1680\u180e\u2028\u2029\u202f\u205f\u3000\u200b\u200e\u200f\u2060\ufeff"
)
_OUTER += "".join(map(chr, range(0x2000, 0x200B)))
_BULLET = regex.compile(r"[-–—•*·▪■●◦‣›➢✓►▶>]+(?=\s)|\d{1,2}[.)]\s")
_STOPPED = regex.compile(r"[.!?…:;][\s»”\"’')\]]*\Z")


def _blocks(text: str) -> list[Block]:
    """Cut the text at line breaks; put the lines of hard-wrapped paragraphs together again."""
    lines: list[Block] = []
    apart: list[bool] = []  # an empty line before?
    position, gap = 0, True
    for match in _BREAK.finditer(text):
        if _add_line(text, lines, position, match.start()):
            apart.append(gap)
            gap = False
        gap = gap or match.group().count("\n") > 1 or match.group().count("\\n") > 1
        gap = gap or (position == match.start() and position > 0)
        position = match.end()
    if _add_line(text, lines, position, len(text)):
        apart.append(gap)
    return _unwrapped(text, lines, apart)


def _add_line(text: str, lines: list[Block], start: int, end: int) -> bool:
    content = text[start:end].strip(_OUTER)
    if not content:
        return False
    start += len(text[start:end]) - len(text[start:end].lstrip(_OUTER))
    lines.append(Block(start, start + len(content)))
    return True


def _unwrapped(text: str, lines: list[Block], apart: list[bool]) -> list[Block]:
    """Join the lines of hard-wrapped text.

    A page is hard-wrapped when most of its line breaks fall within a sentence; a line then goes on where the next one
    starts in lower case, or where the next one's first word would not have fitted in.
    """
    breaks = [i for i in range(1, len(lines)) if not apart[i] and not _BULLET.match(text, lines[i].start)]
    inside = [
        i
        for i in breaks
        if text[lines[i].start].islower() and not _STOPPED.search(text, lines[i - 1].start, lines[i - 1].end)
    ]
    if len(inside) < 3 or 2 * len(inside) < len(breaks):
        return lines
    lengths = sorted(lines[i - 1].end - lines[i - 1].start for i in inside)
    width = lengths[len(lengths) * 9 // 10]
    within = set(inside)
    joinable = set(breaks)
    joined = lines[:1]
    for i in range(1, len(lines)):
        first_word = text[lines[i].start : lines[i].end].split(None, 1)[0]
        previous = lines[i - 1].end - lines[i - 1].start
        full = previous + 1 + len(first_word) > width - 2 and previous > 0.7 * width
        if i in within or (i in joinable and full and previous <= 1.5 * width):
            joined[-1].end = lines[i].end
        else:
            joined.append(lines[i])
    return joined


# ---------------------------------------------------------------------------------------------------------------------
# Markers and features

_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5,
    "juin": 6, "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "sep": 9, "octobre": 10, "oct": 10,
    "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_DATE = regex.compile(
    r"""(?ix) (?<![\w/.-])
    (?: (?:(?:lun|mar|mercre|jeu|vendre|same)di\.?|dimanche)? ,?\s{0,2}(?<!\w)
        (?P<day>1\s?er|premier|0?[1-9]|[12]\d|3[01]) \s{1,2}
        (?P<month>janv(?:ier)?|jan|f[ée]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t
            |sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?) (?!\w)
        (?: \.?,?\s{1,2} (?P<year>(?:19|20)\d\d) )?
      | (?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)
      | (?P<d2>\d{1,2}) (?P<sep>[/.-]) (?P<m2>\d{1,2}) (?P=sep) (?P<y2>(?:20)?\d\d)
    ) (?![\w/])"""
)
_CLOCK = regex.compile(
    r"(?i)(?<!\w)\d{1,2}\s?(?:h|:)\s?(?:\d\d)?(?:\s?min)?(?!\w)|(?<!\w)\d+\s?(?:min(?:utes?)?|vues)(?!\w)"
)
_DATE_WORDS = frozenset(
    "publie publiee le la a mis mise jour en ligne modifie poste cree actualise derniere dernier modification date h min"
    " utc gmt tu et il y depuis heure de temps lecture l du par paru vues dernieres".split()
)
_WORD = regex.compile(r"\w+(?:['’-]\w+)*")
_CRUMBS = regex.compile(r"\w\s+[>›|•·/]\s+\w|\w\s{3,}\w")
_URL = regex.compile(r"(?i)https?://|www\.|\S@\S+\.\w|(?<!\w)@\w")
_COUNTS = regex.compile(r"(?i)\d+\s+(?:commentaires?|vues|partages|likes|lectures|réactions?)|\(\d+\)\s*$")
_INITIALS = regex.compile(r"[a-z]{2,4}(?:-[a-z]{2,4})*(?:/[a-z]{2,4}(?:-[a-z]{2,4})*)+\.?")
_GLUED_CREDIT = regex.compile(r"(?:\S(?:Image|Photo|Crédit|Credit|Source)s?|\S{3}(?:photo|crédit)s?)\s?[:©]")
_QUESTION = regex.compile(r"\?[\s»”\"’')\]*_]*\Z")
_ATTRIBUTION = regex.compile(r"[—–]\s*(?=\p{Lu})")
_PRODUCT = regex.compile(r"(?i)\d\s(?:pages|p\.)|\d\s?(?:euros|€)(?!\w)")


class _Markers(NamedTuple):
    whole: dict[str, str]
    start: regex.Pattern[str]
    anywhere: regex.Pattern[str]
    categories: dict[tuple[str, str], frozenset[str]]
    label: dict[str, str]


def _fold(words: str) -> str:
    """Return ``words`` without case, accents, kinds of apostrophe and of space."""
    plain = unicodedata.normalize("NFKD", words.replace("’", "'").replace("´", "'").casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1)
def _markers() -> _Markers:
    path = files("geopolitics_nlp.seeds") / "lexicons" / "boilerplate.csv"
    rows = csv.DictReader(path.read_text(encoding="utf8").splitlines())
    table = [(_fold(row["marker"]), row["place"], row["category"]) for row in rows]
    categories: dict[tuple[str, str], set[str]] = {}
    for marker, place, category in table:
        categories.setdefault((marker, place), set()).add(category)

    def one_of(place: str) -> str:
        found = sorted((m for m, p in categories if p == place), key=len, reverse=True)
        return "|".join(
            regex.escape(m, special_only=True) + (r"\b" if m[-1].isalnum() else "") for m in found
        )

    return _Markers(
        whole={m: "" for m, p in categories if p == "whole"},
        start=regex.compile(one_of("start")),
        anywhere=regex.compile(r"(?<!\w)(?:" + one_of("any") + ")"),
        categories={key: frozenset(value) for key, value in categories.items()},
        label={m: c for m, p, c in table if p == "label"},
    )


_HEAD = 160  # how many characters of a block are searched for markers


def _look(text: str, block: Block) -> set[str]:
    """Return the features of a block that its own words show."""
    content = text[block.start : block.end]
    size = len(content)
    head = content[:_HEAD]
    folded = _fold(head)
    markers = _markers()
    seen: set[str] = set()
    bullet = _BULLET.match(content)
    if bullet:
        seen.add("bullet")
    bare = folded[len(_fold(bullet.group())) :].strip() if bullet else folded
    whole = bare.strip(" .:!|-–—[]")
    if whole in markers.whole:
        seen |= markers.categories[whole, "whole"]
    for candidate in {folded, bare}:
        if match := markers.start.match(candidate):
            seen |= {f"{c}-start" for c in markers.categories[match.group(), "start"]}
    words = _WORD.findall(head)
    short = size < _HEAD
    for match in markers.anywhere.finditer(folded):
        seen |= {f"{c}-inside" for c in markers.categories[match.group(), "any"]}
    if not short:
        seen -= {"credit-inside", "byline-inside", "legal-inside", "dateline-inside"}
        seen.add("long")
        if size > 400:
            seen.add("very-long")
    elif len(words) <= 3:
        seen.add("tiny")
    elif len(words) <= 14:
        seen.add("short")
    if not words:
        seen.add("ornament")
    if _STOPPED.search(content, max(0, size - 8)) and content.rstrip(" »”\"’')]")[-1:] not in ":;":
        seen.add("sentence")
    if _QUESTION.search(content, max(0, size - 8)):
        seen.add("question")
    if not short:
        return seen
    if content.isupper():
        seen.add("caps")
    if words and words[0].casefold() in ("par", "by", "texte") and len(words) > 1 and words[1][0].isupper():
        seen.add("by-name")
    capitals = sum(word[0].isupper() for word in words)
    if 2 <= len(words) <= 5 and capitals == len(words) and "caps" not in seen and "sentence" not in seen:
        seen.add("name-only")
    if _CRUMBS.search(content):
        seen.add("crumbs")
    if _URL.search(content):
        seen.add("url")
    if _COUNTS.search(content):
        seen.add("counts")
    if _INITIALS.fullmatch(content):
        seen.add("initials")
    if _GLUED_CREDIT.search(content):
        seen.add("glued-credit")
    if _ATTRIBUTION.match(content):
        seen.add("signed")
    if _PRODUCT.search(content) and "sentence" not in seen:
        seen.add("product")
    if any(True for _ in _find_dates(content)):
        rest = _WORD.findall(_fold(_CLOCK.sub(" ", _DATE.sub(" ", content))))
        extra = sum(word not in _DATE_WORDS for word in rest)
        seen.add("date-only" if extra == 0 else "dated" if extra <= 3 else "has-date")
    elif _CLOCK.search(content):
        seen.add("timed")
    return seen


# ---------------------------------------------------------------------------------------------------------------------
# Kinds

# What speaks for and against each kind; the highest sum wins, and the earlier kind of equals. Features come from the
# block's own words (`_look`) and from its place in the page (`_place`).
WEIGHTS: dict[str, dict[str, float]] = {
    "paragraph": {
        "any": 1, "sentence": 2, "long": 1.5, "very-long": 3, "short": -0.5, "tiny": -1, "body": 1, "question": 0.5,
        "caps": -2, "signed": 1, "ornament": -3,
    },
    "headline": {
        "any": -0.5, "top": 2, "body": 1.5, "sentence": -2, "question": 2.5, "short": 1.5, "tiny": -0.5, "caps": 1,
        "long": -1, "very-long": -6, "bullet": -2, "url": -4, "name-only": -2, "signed": -3, "rubric": -2,
        "interview": -2, "dated": -1, "ornament": -3, "menu": -2, "credit-below": -1.5, "body-below": 0.5,
        "below": -2, "under-headline": -3, "title": 6,
    },
    "rubric": {
        "rubric": 3.5, "interview": 2, "rubric-start": 1, "tiny": 0.5, "caps": 0.5, "sentence": -2, "long": -3,
        "below": -1, "crumbs": 1,
    },
    "dateline": {
        "date-only": 6, "dated": 4, "dateline-start": 4, "dateline-inside": 2, "timed": 0.5, "sentence": -1.5,
        "bullet": -3,
    },
    "byline": {
        "byline-start": 4.5, "byline-inside": 4, "by-name": 4.5, "name-only": 3.5, "sentence": -1.5, "initials": 6,
        "dated": 0.5, "question": -3, "long": -1,
    },
    "credit": {
        "credit-start": 4, "credit-inside": 3.5, "credit": 5, "glued-credit": 1, "sentence": -1, "question": -3,
        "long": -2, "tiny": 0.5,
    },
    "caption": {
        "glued-credit": 5.5, "credit-inside": 1.5, "credit-below": 3.5, "sentence": -1, "question": -3, "tiny": -1,
        "long": 0.5, "caps": -1,
    },
    "navigation": {
        "navigation": 4, "navigation-start": 5, "share": 4.5, "share-start": 4.5, "subscription-start": 4,
        "legal-start": 4.5, "legal-inside": 4, "counts": 3, "crumbs": 3, "url": 4, "menu": 3, "sentence": -1.5,
        "long": -1, "very-long": -4, "tiny": 0.5, "ornament": 5, "dated": -1, "question": -1, "below": 1,
    },
    "related": {
        "related-start": 5, "links-start": 5, "links": 4, "under-links": 4, "product": 1.5, "below": 1.5,
        "very-long": -4, "sentence": -0.5, "long": -0.5, "counts": -1, "legal-inside": -2, "question": -0.5,
        "byline-start": -2,
    },
    "list": {"bullet": 3.5, "under-links": -2, "top": -2},
}  # fmt: skip
_FURNITURE = frozenset({"navigation", "dateline", "byline", "credit", "caption", "related"})


def _classify(blocks: list[Block], seen: list[set[str]]) -> None:
    """Give each block its kind."""
    body = [i for i, features in enumerate(seen) if _is_body(features)]
    first, last = (body[0], body[-1]) if body else (0, len(blocks) - 1)
    for i in range(len(blocks)):
        _place(i, seen, first, last)
    title = _title(seen, first)
    if title is not None:
        seen[title].add("title")
    links = False
    for i, (block, features) in enumerate(zip(blocks, seen, strict=True)):
        if title is not None and title < i < first:
            features.add("under-headline")
        if links and not _is_body(features):
            features.add("under-links")
        scores = _scores(features)
        block.kind = max(scores, key=scores.__getitem__)
        links = bool(features & {"links", "links-start"}) or (links and block.kind in _LINKED)
        if block.kind == "headline":
            block.attrs["level"] = 1 if i == title else 2
    _mark_lead(blocks, seen, title)


_LINKED = frozenset({"related", "list", "navigation"})


def _scores(features: set[str]) -> dict[str, float]:
    return {
        kind: weights.get("any", 0) + sum(weights[feature] for feature in features & weights.keys())
        for kind, weights in WEIGHTS.items()
    }


def _title(seen: list[set[str]], first: int) -> int | None:
    """Return the number of the block that is most a headline, of those down to the first running text."""
    best, title = 0.0, None
    for i, features in enumerate(seen[: first + 1]):
        scores = _scores(features)
        headline = scores.pop("headline") + 2.5
        margin = headline - max(scores.values())
        if margin > best:
            best, title = margin, i
    return title


def _is_body(features: set[str]) -> bool:
    """Is it running text, by its own words?"""
    return "sentence" in features and "long" in features and not features & _NEVER_BODY


_NEVER_BODY = {
    "related-start", "legal-start", "legal-inside", "navigation-start", "share-start", "credit-start",
    "subscription-start", "byline-start", "links-start",
}  # fmt: skip


def _place(i: int, seen: list[set[str]], first: int, last: int) -> None:
    """Add the features of the block's place: before, in or after the running text, and what stands beside it."""
    features = seen[i]
    features.add("top" if i < first else "below" if i > last else "body")
    after = seen[i + 1] if i + 1 < len(seen) else set()
    before = seen[i - 1] if i else set()
    if after & {"credit-start", "credit", "glued-credit", "credit-inside"} and "sentence" not in features:
        features.add("credit-below")
    if _is_body(after):
        features.add("body-below")
    if "tiny" in features and "tiny" in before and "tiny" in after and "sentence" not in features:
        features.add("menu")


def _mark_lead(blocks: list[Block], seen: list[set[str]], title: int | None) -> None:
    """The lead is the first running text under the headline where something stands between it and the rest."""
    if title is None:
        return
    for i in range(title + 1, len(blocks)):
        if blocks[i].kind == "paragraph":
            following = blocks[i + 1].kind if i + 1 < len(blocks) else "paragraph"
            if following not in ("paragraph", "list") and "very-long" not in seen[i]:
                blocks[i].kind = "lead"
            return
        if blocks[i].kind not in _FURNITURE | {"rubric", "headline"}:
            return


# ---------------------------------------------------------------------------------------------------------------------
# Interviews

_SPEAKER = regex.compile(
    r"""(?x) [\s*_\#>•–—-]*
    (?: [\[(]? \d{1,2}[:h]\d{2} (?::\d{2})? [\])]? [\s–—-]* )?
    (?: (?P<label> [QR]\d{0,2}) \. (?=\s)
      | (?P<label> [^\n:?!;«»"“”=/]{1,70}? ) (?: [\s*_]* [:：] | \.\s?[–—-]+(?=\s) | \s[–—](?=\s) ) )
    [\s*_]*"""
)
_DASH = regex.compile(r"(?:[–—-]|\d{1,2}\s?[.)/-])[\s*_]*(?=[\p{L}«“\"])")
_PARTICLES = frozenset(
    "de du des d la le les l el al ag ould ben bin ibn van von di da dos abou dit y et".split()
)
_TITLES = frozenset("m mme mm mlle dr pr me mgr general colonel commandant capitaine president".split())
_ADDRESS = regex.compile(r"(?i)(?<!\w)(?:vous|votre|vos)(?!\w)")
_SELF = regex.compile(r"(?i)(?<!\w)(?:je|j['’]|moi|mon|ma|mes|me|m['’]|nous|notre|nos)(?!\w)")
_MYSELF = regex.compile(r"(?i)(?<!\w)(?:je|j['’]|moi|mon|ma|mes|me|m['’])(?!\w)")
_REQUEST = regex.compile(
    r"(?i)(?:parlez|racontez|expliquez|décrivez|dites|rappelez|présentez|donnez|revenons|un mot|et )\b"
)


class _Start(NamedTuple):
    """Where a turn may start: its block, the offset of its first word, the label and what identifies the speaker."""

    block: int
    start: int
    label: tuple[int, int] | None
    key: str
    role: str  # "asker", "answerer", "" or "asks" for a question without label


def _label(text: str, block: Block) -> _Start | None:
    """Read a speaker's label at the head of a block, as far as form tells."""
    match = _SPEAKER.match(text, block.start, min(block.end, block.start + 120))
    if not match:
        return None
    start, end = match.span("label")
    written = text[start:end]
    for cut in (" (", "(", ", "):
        written = written.split(cut)[0]
    written = written.rstrip(" *_\u00a0\u202f")
    words = written.replace("\u00a0", " ").split()
    folded = _fold(written).strip(" .")
    role = _markers().label.get(folded.rstrip("0123456789 "), "")
    if role == "no-label" or not words or len(words) > 7:
        return None
    if not role and not _like_name(words):
        return None
    return _Start(0, match.end(), (start, start + len(written)), _key(folded), role)


def _like_name(words: Sequence[str]) -> bool:
    """Do the words look like a proper name, initials or a medium's name?"""
    for word in words:
        bare = word.strip(".'’-&")
        if "." in word[:-1] and not regex.fullmatch(r"(?:\p{L}\p{Ll}?\.[-–]?)+\p{L}?\.?", word):
            return False
        if word.endswith(",") or (word.endswith(".") and len(bare.replace(".", "")) > 3):
            return False
        if not bare or bare[0].isupper() or bare.casefold() in _PARTICLES:
            continue
        if "'" in bare or "’" in bare:
            continue
        if not bare[0].isdigit():
            return False
    return words[0][0].isupper() or words[0][0].isdigit() and any(w[0].isupper() for w in words)


def _key(folded: str) -> str:
    """Return what identifies a speaker among the labels: the surname, or the initials."""
    words = [
        word for word in folded.replace(".", ". ").replace("-", " ").split() if word.strip(".") not in _TITLES
    ]
    if words and all(len(word.strip(".")) <= 1 for word in words):
        return "".join(word.strip(".") for word in words)
    return words[-1] if words else folded


def _turns(text: str, blocks: list[Block], seen: list[set[str]]) -> list[Turn]:
    """Find the interview in the page, if there is one, and relabel its blocks "turn"."""
    spoken = [i for i, block in enumerate(blocks) if block.kind not in _FURNITURE]
    if not spoken:
        return []
    cue = any(features & _INTERVIEW for features in seen)
    labels = [
        found._replace(block=i)
        for i in spoken
        if blocks[i].attrs.get("level") != 1 and (found := _label(text, blocks[i])) is not None
    ]
    labels = _plausible(text, blocks, labels)
    starts = _with_questions(text, blocks, seen, spoken, labels)
    if not starts:
        return []
    turns = _assemble(text, blocks, seen, starts)
    return turns if _holds(text, turns, starts, cue) else _undo(blocks, turns)


_INTERVIEW = {"interview", "interview-start", "interview-inside"}


def _plausible(text: str, blocks: list[Block], labels: list[_Start]) -> list[_Start]:
    """Keep the labels that come again, belong to a role, or name somebody the page speaks of."""
    times = Counter(found.key for found in labels)
    kept = []
    for found in labels:
        assert found.label is not None
        name = text[slice(*found.label)]
        first = text[found.start : found.start + 1]
        if first.islower():
            continue
        known = times[found.key] > 1 or found.role != ""
        if not known and len(times) > 1:
            known = (
                bool(regex.search(r"\s", name))
                or name.isupper()
                or _surname_elsewhere(text, name, found.label)
            )
        if known:
            kept.append(found)
    return kept


def _surname_elsewhere(text: str, name: str, place: tuple[int, int]) -> bool:
    pattern = regex.compile(r"\p{Lu}[\w’'-]+\s" + regex.escape(name) + r"(?!\w)")
    return any(match.end() != place[1] for match in pattern.finditer(text))


def _askers(text: str, blocks: list[Block], spoken: list[int], labels: list[_Start]) -> Counter[str]:
    """Return the keys of those who ask, with how often they speak.

    Whoever asks has question marks at the end of most turns, and speaks less of himself than the others.
    """
    ends: dict[str, list[bool]] = {}
    first_ends: dict[str, list[bool]] = {}
    personal: dict[str, list[bool]] = {}
    named = {found.block for found in labels}
    limits = [i for i in spoken if i in named or _dashed_question(text, blocks[i])]
    for found in labels:
        after = bisect_right(limits, found.block)
        limit = limits[after] if after < len(limits) else len(blocks)
        inside = spoken[bisect_left(spoken, found.block) : bisect_left(spoken, limit)]
        last = blocks[inside[-1]]
        first = blocks[found.block]
        ends.setdefault(found.key, []).append(_asks(text, last))
        first_ends.setdefault(found.key, []).append(_asks(text, first))
        personal.setdefault(found.key, []).append(bool(_MYSELF.search(text, found.start, first.end)))
    roles = {found.key: found.role for found in labels}
    share = {key: sum(values) / len(values) for key, values in ends.items()}
    asking: Counter[str] = Counter()
    for key, values in ends.items():
        others = [share[other] for other in share if other != key]
        asks_at_once = sum(first_ends[key]) >= 0.5 * len(values)
        asks_more = bool(others) and share[key] >= 0.5 and share[key] > max(others) and not any(personal[key])
        if roles[key] == "asker" or (roles[key] == "" and (asks_at_once or asks_more)):
            asking[key] = len(values)
    return asking


def _dashed_question(text: str, block: Block) -> bool:
    return _asks(text, block) and bool(_DASH.match(text, block.start, block.end))


def _asks(text: str, block: Block) -> bool:
    return bool(_QUESTION.search(text, max(block.start, block.end - 8), block.end))


def _with_questions(
    text: str, blocks: list[Block], seen: list[set[str]], spoken: list[int], labels: list[_Start]
) -> list[_Start]:
    """Add the questions that only typography marks, a dash or a paragraph of their own, and what answers them."""
    labelled = {found.block: found for found in labels}
    askers = _askers(text, blocks, spoken, labels)
    # Where the interviewer is named at each question, a question without a label is part of what the other says.
    strict = any(times > 1 for times in askers.values())
    starts: list[_Start] = []
    asking = False
    for position, i in enumerate(spoken):
        block = blocks[i]
        if i in labelled:
            found = labelled[i]
            starts.append(found._replace(role="asker" if found.key in askers else found.role))
            asking = found.key in askers
            continue
        dash = _DASH.match(text, block.start, block.end)
        start = dash.end() if dash else block.start
        is_question = _question_score(text, block, seen[i], bool(dash)) >= 2
        if asking and starts[-1].label is None and not is_question:
            starts.append(_Start(i, start, None, "", ""))
            asking = False
        elif not asking and is_question and not strict and _answered(seen, spoken, position):
            starts.append(_Start(i, start, None, "", "asks"))
            asking = True
    return starts


def _answered(seen: list[set[str]], spoken: list[int], position: int) -> bool:
    """Does something that is no question follow?"""
    return any("question" not in seen[i] for i in spoken[position + 1 : position + 3])


def _question_score(text: str, block: Block, features: set[str], dash: bool) -> float:
    """How much a paragraph without label looks like the interviewer's question."""
    content = text[block.start : block.end]
    score = 2.0 if "question" in features else 0.0
    if dash and "question" in features:
        return 3
    if _ADDRESS.search(content):
        score += 1
    if _SELF.search(content):
        score -= 1.5
    if len(content) > 600:
        score -= 1
    if "long" not in features and _REQUEST.match(content):
        score += 1.5
    return score


def _assemble(text: str, blocks: list[Block], seen: list[set[str]], starts: list[_Start]) -> list[Turn]:
    """Give each start its end, and tell questions from answers."""
    spans: list[tuple[int, int]] = []
    for number, found in enumerate(starts):
        final = number + 1 == len(starts)
        limit = len(blocks) if final else starts[number + 1].block
        last = found.block
        for i in range(found.block + 1, limit):
            if final and _closes(blocks[i], seen[i]):
                break
            if blocks[i].kind not in _FURNITURE and not (
                "level" in blocks[i].attrs and not final and i + 1 == limit
            ):
                last = i
        end = blocks[last].end
        while end > found.start and text[end - 1] in "*_ \n":
            end -= 1
        start = found.start
        while start < end and text[start] in _OUTER:
            start += 1
        spans.append((start, end))
        for i in range(found.block, last + 1):
            if blocks[i].kind not in _FURNITURE:
                blocks[i].kind = "turn"
                blocks[i].attrs.pop("level", None)
    questions = any(found.role in ("asker", "asks") for found in starts)
    turns = []
    for found, (start, end) in zip(starts, spans, strict=True):
        if end > start:
            medium = found.role in ("asker", "asks")
            kind = "question" if medium else "answer" if questions or found.role else "turn"
            turns.append(Turn(start, end, kind, found.label, medium))
    return turns


def _closes(block: Block, features: set[str]) -> bool:
    """Does the interview end before this block?"""
    if block.kind in ("byline", "rubric", "dateline") or "below" in features and block.kind in _FURNITURE:
        return True
    return bool(features & {"legal-start", "legal-inside", "byline-start", "links-start"})


def _undo(blocks: list[Block], turns: list[Turn]) -> list[Turn]:
    for block in blocks:
        if block.kind == "turn":
            block.kind = "paragraph"
    return []


def _holds(text: str, turns: list[Turn], starts: list[_Start], cue: bool) -> bool:
    """Weigh whether the turns found make an interview."""
    if len(turns) < 2:
        return False
    questions = [turn for turn in turns if turn.kind == "question"]
    others = [turn for turn in turns if turn.kind != "question"]
    if not others:
        return False
    keys = Counter(found.key for found in starts if found.key)
    addressed = sum(bool(_ADDRESS.search(text, turn.start, turn.end)) for turn in questions)
    personal = sum(bool(_SELF.search(text, turn.start, turn.end)) for turn in others)
    evidence = 2.0 * cue
    evidence += min(3, len(questions))
    evidence += 0.75 * min(3, sum(count - 1 for count in keys.values()))
    evidence += 1.5 * (addressed / max(1, len(questions)) + personal / len(others))
    evidence += 1.0 * (len(keys) > 1)
    if not keys and not cue:
        evidence -= 1.5
    if not addressed and not personal and not cue:
        evidence -= 2
    return evidence >= 3.5


# ---------------------------------------------------------------------------------------------------------------------
# Dates

_PREFIX = regex.compile(
    r"(?P<place>[^\n:;!?«»\"()]{0,60}?)\s*(?:\((?P<agency>[^()\n]{2,40})\))?\s*\.?\s*(?:[–—]|-{1,2})(?:\s+|\Z)"
)


def _dates(text: str, blocks: list[Block], seen: list[set[str]]) -> list[Dated]:
    """Return the page's own dates: of its date lines, bylines and the dateline before the first words."""
    found: list[Dated] = []
    for block, features in zip(blocks, seen, strict=True):
        if block.kind in ("dateline", "byline"):
            found.extend(_find_dates(text, block.start, block.end))
        elif block.kind in ("paragraph", "lead"):
            prefix = _prefix(text, block)
            if prefix:
                block.attrs["dateline"] = list(prefix)
                found.extend(_find_dates(text, *prefix))
        if "signed" in features and block.kind == "paragraph":
            dash = _ATTRIBUTION.match(text, block.start, block.end)
            if dash:
                block.attrs["attribution"] = [dash.end(), block.end]
    return found


def _prefix(text: str, block: Block) -> tuple[int, int] | None:
    """Find the place, agency and date an agency puts before the first words of a text."""
    match = _PREFIX.match(text, block.start, min(block.end, block.start + 120))
    if not match or match.end("place") == match.start() and not match["agency"]:
        return None
    place = match["place"]
    dated = any(True for _ in _find_dates(place))
    if match["agency"] or dated or (place.isupper() and len(place) > 2):
        return block.start, match.end("agency") + 1 if match["agency"] else match.end("place")
    return None


def _find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[Dated]:
    for match in _DATE.finditer(text, start, len(text) if end is None else end):
        year = match["year"] or match["y"] or match["y2"]
        month = _MONTHS[_fold(match["month"])] if match["month"] else int(match["m"] or match["m2"])
        written = match["day"] or match["d"] or match["d2"]
        day = int(written) if written.isdigit() else 1
        try:
            valid = date(int(year) + 2000 * (len(year) == 2) if year else 2000, month, day)
        except ValueError:
            continue
        begin = match.start() + len(match.group()) - len(match.group().lstrip(", \u00a0"))
        yield Dated(begin, match.end(), valid.isoformat() if year else f"--{month:02}-{day:02}")


# ---------------------------------------------------------------------------------------------------------------------
# Glued words

_QUOTE_INSIDE = regex.compile(r"(?<=[\p{L}'’.,])[«»“”„\"](?=\p{L})|(?<=\p{L}['’])[«“\"](?=\w)")
_CREDIT_INSIDE = regex.compile(
    r"(?<=[\p{Ll}\p{Lu}\d])(?:Image|Photo|Crédit|Credit|Source|Vidéo)s?(?=\s{0,2}[:©/])"
    r"|(?<=\p{Ll}{4})(?:photo|crédit)s?(?=\s{0,2}[:©])"
)
_STOP_INSIDE = regex.compile(r"(?<=\p{L}{2}[\p{Ll}\p{Lu}]|\d{4}|[\p{L}\d]»)[.!?…]+(?=\p{Lu}['’\p{Ll}])")
_CAMEL = regex.compile(
    r"(?<![\p{L}\d#@/._-])(?P<head>\p{Lu}?[\p{L}]{1,30}?)(?P<tail>\p{Lu}\p{Lu}?\p{Lu}?\p{Ll}{2,})(?![\p{L}\d])"
)
_LOWER_HEAD = regex.compile(r"(?<![\p{L}\d#@/._-])\p{Ll}{4,}(?=\p{Lu}\p{Ll}+(?![\p{L}\d]))")


def _cuts(text: str, blocks: list[Block]) -> list[int]:
    """Return the offsets at which words stand glued: at marks, stops, credits and signatures."""
    cuts: set[int] = set()
    for block in blocks:
        cuts.update((block.start, block.end))
    for pattern in (_QUOTE_INSIDE, _STOP_INSIDE):
        for match in pattern.finditer(text):
            if "/" not in text[match.start() - 12 : match.start()] or pattern is _QUOTE_INSIDE:
                cuts.update(match.span())
    for match in _CREDIT_INSIDE.finditer(text):
        cuts.update(match.span())
    for match in _LOWER_HEAD.finditer(text):
        cuts.add(match.end())
    for block in blocks:
        if block.end - block.start < _HEAD:
            cuts.update(_signature(text, block))
    return sorted(cuts)


def _signature(text: str, block: Block) -> Iterator[int]:
    """Find where an author's signature (initial and surname) sticks to the last word of the line that presents them."""
    content = text[block.start : block.end]
    last = regex.search(r"\p{Lu}[\p{L}'’-]*\Z", content)
    if not last:
        return
    words = content[: last.start()].split()
    for first, surname in pairwise(words):
        cut = len(last.group()) - len(surname) - 1
        if cut > 0 and last.group()[cut:] == first[0] + surname and surname[0].isupper():
            yield block.start + last.start() + cut


def _cut_tokens(doc: Doc, cuts: Iterable[int]) -> Doc:
    """Return ``doc`` with its tokens cut at these offsets: a new one, since the retokenizer's time is quadratic."""
    starts: list[int] = doc.to_array([IDX])[:, 0].tolist() if len(doc) else []
    inside: dict[int, list[int]] = {}
    for cut in cuts:
        i = bisect_right(starts, cut) - 1
        if 0 <= i and starts[i] < cut < starts[i] + len(doc[i]):
            inside.setdefault(i, []).append(cut - starts[i])
    if not inside:
        return doc
    words: list[str] = []
    spaces: list[bool] = []
    for i, token in enumerate(doc):
        word = token.text
        if i in inside:
            edges = [0, *inside[i], len(word)]
            words.extend(word[a:b] for a, b in pairwise(edges))
            spaces.extend([False] * len(inside[i]))
        else:
            words.append(word)
        spaces.append(bool(token.whitespace_))
    cut_doc = Doc(doc.vocab, words=words, spaces=spaces, user_data=doc.user_data)
    cut_doc._context = doc._context  # what nlp.pipe(as_tuples=True) hands back beside the doc
    return cut_doc


# ---------------------------------------------------------------------------------------------------------------------
# The component


class Layout:
    """Reads the layout of each doc; see `make_layout`."""

    def __call__(self, doc: Doc) -> Doc:
        """Return the doc with its layers ``blocks`` and ``turns``, sentence starts at blocks, glued tokens cut."""
        page = read_page(doc.text)
        if not doc.has_annotation("DEP") and not doc.ents and not doc.spans:
            doc = _cut_tokens(doc, page.cuts)
        self.set_annotations(doc, page)
        return doc

    def set_annotations(self, doc: Doc, page: Page) -> None:
        """Write what was read."""
        dates = [found._asdict() for found in page.dates]
        blocks = [layers.Item(b.start, b.end, b.kind, b.attrs) for b in page.blocks]
        turns = [
            layers.Item(
                t.start, t.end, t.kind, {"label": list(t.label) if t.label else None, "medium": t.medium}
            )
            for t in page.turns
        ]
        layers.write(doc, layers.BLOCKS, blocks, dates=dates, interview=page.interview)
        layers.write(doc, layers.TURNS, turns)
        if doc.has_annotation("DEP"):
            return  # a parsed doc has its sentences
        starts = doc.to_array([IDX])[:, 0].tolist() if len(doc) else []
        for block in page.blocks:
            i = bisect_left(starts, block.start)
            if i < len(starts):
                doc[i].is_sent_start = True


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
