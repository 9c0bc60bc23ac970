"""Interviews: who speaks when, in a page of questions and answers.

Speakers' labels (``DW:``, ``Awa Diarra, économiste :``, ``Q.``, a name on a line of its own), dashes and
paragraphs that ask are candidates. None is sure by itself: ``Bilan :`` looks like a label, and an essay asks
questions too. What makes an interview is that people speak, to each other and in turn; that evidence is
weighed over the whole page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

from .blocks import FURNITURE, INVISIBLE, LONG, QUOTED, Block, label_roles, plain


class Turn(NamedTuple):
    """What one speaker of an interview says at a stretch.

    ``start`` and ``end`` bound the words without the label, ``label`` the name before the colon (None where
    the page marks turns without naming); ``kind`` is "question", "answer", or "turn" where nobody asks;
    ``medium`` tells that the interviewer speaks. Offsets are characters of the text.
    """

    start: int
    end: int
    kind: str
    label: tuple[int, int] | None
    medium: bool


def read_turns(text: str, blocks: list[Block]) -> list[Turn]:
    """Return the turns of the interview in a page, in order; none when it is no interview.

    ``blocks`` are the page's, from `read_blocks`; those that belong to a turn become "turn".

    >>> from geopolitics_nlp.blocks import read_blocks
    >>> text = "Q : Avez-vous peur ?\\nR : Non.\\nQ : Et l'eau ?\\nR : J'en ai."
    >>> [(turn.kind, text[turn.start : turn.end]) for turn in read_turns(text, read_blocks(text))][:2]
    [('question', 'Avez-vous peur ?'), ('answer', 'Non.')]
    """
    return _Interview(text, blocks).turns()


def find_medium(text: str, turns: Sequence[Turn]) -> tuple[int, int] | None:
    """Return the offsets of the medium's name where the page says for whom the questions were asked.

    None when nothing says so, when there are no turns, and when labels tell who asks.

    >>> text = "Elle répond aux questions de Radio Sahel.\\nOù est l'eau ?\\nPartout."
    >>> turns = [Turn(42, 56, "question", None, True), Turn(57, 65, "answer", None, False)]
    >>> text[slice(*find_medium(text, turns))]
    'Radio Sahel'
    """
    if not turns or any(turn.medium and turn.label for turn in turns):
        return None
    before, after = text[: turns[0].start][-_ABOUT:], text[turns[-1].end :][:_ABOUT]
    for pattern in (_ASKED_FOR, _ASKING, _MEDIUM_BY_NAME):
        for part, offset in ((before, turns[0].start - len(before)), (after, turns[-1].end)):
            if match := pattern.search(part):
                start, end = match.span("medium")
                return offset + start, offset + end
    return None


_ABOUT = 3_000  # how many characters before and after the turns tell of the interview
_MEDIUM = r"""(?P<medium>\p{Lu}[\p{L}\d&.'’-]*(?<![.'’-])
    (?:[ \u00a0](?:(?:de|du|des|et|&|la|le|les|sur)[ \u00a0](?:l['’])?|d['’]|l['’])?[\p{Lu}\d][\p{L}\d&'’-]*){0,4})"""
_ASKED_FOR = regex.compile(
    rf"""(?x) (?<!\w)(?: (?:au|son) \s micro | (?:les|des|aux) \s questions | l['’]invitée? | l['’]antenne
      | (?:[Ee]ntretien|[Ii]nterview) (?:\s (?:exclusi(?:f|ve)|réalisée?|accordée?|donnée?))?
      | (?:se | s['’]est) \s confiée? | s['’](?:est \s)?exprimée? | recueillis [^.\n]{{0,60}}? (?=\s pour \s)
      | (?:accord|confi|répond|livr|racont|expliqu|détaill|parl|reven)\p{{L}}{{1,4}} (?:\s [^.,;:\n]{{1,40}}?)?
        (?=\s (?:à|au|pour) \s)
    ) \s (?:de|du|des|d['’]|à|au|aux|pour|dans|sur) \s? (?:la\s|le\s|les\s|l['’])? {_MEDIUM}"""
)
_ASKING = regex.compile(
    rf"""(?x) (?<![\p{{L}}\d'’-]) {_MEDIUM} \s (?: (?:l['’]|les\s|l['’]y\s)? (?:a|avait) \s
      (?:réunie?s?|rencontrée?s?|interrogée?s?|reçue?s?|interviewée?s?|jointe?s?|questionnée?s?|donné\sla\sparole)
      | (?:l['’]|les\s)? (?:réunit|reçoit|interroge|rencontre|interviewe|donne\sla\sparole)
      | s['’]est \s entretenue? ) (?!\w)"""
)

_MEDIUM_BY_NAME = regex.compile(
    rf"""(?x) (?<!\w)(?:pour|avec|à|au|de|du|d['’]) \s? (?:la\s|le\s|l['’])?
    (?=[^.,;:!?\n]{{0,40}}?(?<!\w)(?:Radio|Journal|Hebdo|FM|Télé|Télévision|TV|Gazette|Courrier|Quotidien|Magazine
      |Mensuel|Revue|Écho|Échos|Presse|Info|Infos|Nouvelles|Tribune|Dépêche|Voix|Monde|Canal)(?!\w)) {_MEDIUM}"""
)

_LABEL = regex.compile(
    r"""(?x) [\s*_\#>•–—-]*
    (?: [\[(]? \d{1,2}[:h]\d{2} (?::\d{2})? [\])]? [\s–—-]* )?  # the time of a transcript
    [*_]* (?: (?P<label> [QR]\d{0,2}) \. (?=\s)
      | (?P<label> [\p{L}\d][^:?!;«»"“”=/]{0,70}? ) (?: [\s*_]* [:：] | \.\s?[–—-]+(?=\s) | \s[–—](?=\s) ) )
    [\s*_]*"""
)
_LABEL_INSIDE = regex.compile(r"(?<=[.!?…»”\"]\s)(?=\p{Lu}[^:?!;«»\"“”=/]{0,60}?\s?:\s)")
_NAME_END = regex.compile(r"\s?[(,]")
_ABBREVIATED = regex.compile(r"(?:\p{L}\p{Ll}?\.-?)+\p{L}?\.?|\p{Lu}(?:[.-]{1,2}\p{Lu}){1,4}\.?")
_ELIDED_NAME = regex.compile(r"\p{L}['’]\p{Lu}")
_TITLED = regex.compile(r"(?:L['’]|(?:Les?|La|MM?\.|M(?:ll|m)e|Dr\.?|Pr\.?|Me)\s)")
_PARTICLES = {
    "abou", "ag", "al", "ben", "bin", "d", "da", "de", "des", "di", "dit", "dite", "dos", "du", "el", "et",
    "ibn", "l", "la", "le", "les", "ould", "van", "von", "y",
}  # fmt: skip
_TITLES = {"capitaine", "colonel", "commandant", "dr", "general", "m", "me", "mgr", "mlle", "mm", "mme", "pr"}

_DASH = regex.compile(r"(?:[–—-]|\d{1,2}\s?[.)])[\s*_]*(?=[\p{L}«“\"])")
_ORNAMENT = regex.compile(r"[*_#]+\s*")
_ASKED = regex.compile(r"\?[\s*_]*\Z")
_ADDRESS = regex.compile(r"(?i)(?<!\w)(?:vous|votre|vos)(?!\w)")
_MYSELF = regex.compile(r"(?i)(?<!\w)(?:je|j['’]|moi|mon|ma|mes|me|m['’])(?!\w)")
_OURSELVES = regex.compile(r"(?i)(?<!\w)(?:nous|notre|nos)(?!\w)")
_REQUEST = regex.compile(
    r"(?i)(?:parlez|racontez|expliquez|décrivez|dites|rappelez|présentez|revenons)(?!\w)"
)
_GOES_ON = regex.compile(r"(?:Mais|Soit|Or|Car|Alors|Donc|Pourtant)(?!\w)")

_SPEECH = frozenset({"paragraph", "lead", "list"})
_ENOUGH = 3.5  # the evidence from which a page is an interview


class _Start(NamedTuple):
    """Where a turn may start.

    ``begin`` is the offset of its label, dash or first word, ``start`` of its first word; ``speaker``
    identifies the label among the others, ``role`` is "asker", "answerer", or "" when the label does not
    tell.
    """

    block: int
    begin: int
    start: int
    label: tuple[int, int] | None = None
    speaker: str = ""
    role: str = ""


class _Interview:
    """The interview that a page may hold."""

    def __init__(self, text: str, blocks: list[Block]) -> None:
        self.text, self.blocks = text, blocks
        self._begins = [block.start for block in blocks]
        # Does the page say that it is one?
        self._announced = any(
            block.has("interview-inside")
            or (block.has("interview", "interview-start") and not block.has("long"))
            for block in blocks
        )
        self._labels = self._plausible(self._find_labels())
        named = {label.block for label in self._labels}
        self._spoken = [i for i, block in enumerate(blocks) if i in named or self._may_speak(block)]

    def turns(self) -> list[Turn]:
        """Return the turns, whose blocks become "turn"; none when the page is no interview."""
        starts = self._starts()
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
                if self._speaks(i) or self._begins[i] in (found.begin, found.start):
                    self.blocks[i].kind = "turn"
                    self.blocks[i].attrs.clear()
        return turns

    @staticmethod
    def _may_speak(block: Block) -> bool:
        return block.kind not in FURNITURE and not block.is_title

    def _speaks(self, i: int) -> bool:
        """Is the block part of what is said: no heading, no furniture, no stray words?"""
        block = self.blocks[i]
        whole = block.has("sentence", "question", "intro", "middling", "long", "bullet")
        return whole and (block.kind in _SPEECH or (self._asks(i) and self._may_speak(block)))

    def _asks(self, i: int) -> bool:
        return self.blocks[i].has("question")

    def _dash(self, i: int) -> regex.Match[str] | None:
        return _DASH.match(self.text, self.blocks[i].start, self.blocks[i].end)

    # Labels

    def _find_labels(self) -> list[_Start]:
        """Return what may be a speaker's label by its form, in order."""
        found = self._lone_labels()
        for i, block in enumerate(self.blocks):
            if block.kind in FURNITURE:
                continue
            begins = [block.start]
            if block.end - block.start >= LONG:
                begins += [
                    inside.start() for inside in _LABEL_INSIDE.finditer(self.text, block.start, block.end)
                ]
            spoken = block.start  # no label begins inside another: I. B.-K. :
            for begin in begins:
                if begin >= spoken and (label := self._label(i, begin)):
                    found.append(label)
                    spoken = label.start
        found.sort(key=lambda label: label.begin)
        if len(found) > 1 and self.blocks[found[0].block].is_title and not self._untitled(*found[:2]):
            del found[0]
        return found

    def _untitled(self, first: _Start, second: _Start) -> bool:
        """Is what passes for the headline, « Awa Diarra : … », the first turn of a page without one?"""
        quoted = self.text[first.start] in '«“"'
        return second.block == first.block + 1 and second.speaker != first.speaker and not quoted

    def _label(self, i: int, begin: int) -> _Start | None:
        """Read the label at ``begin``, in block ``i``."""
        end = self.blocks[i].end
        match = _LABEL.match(self.text, begin, min(end, begin + 120))
        if not match:
            return None
        start = match.start("label")
        name = _NAME_END.split(match["label"], 1)[0].rstrip()
        role = _role(name)
        if role == "no-label" or not (role or _like_name(name) or _TITLED.match(name)):
            return None
        first = match.end()
        if first == end:  # the label has a line of its own
            if i + 1 == len(self.blocks):
                return None
            first = self.blocks[i + 1].start
        return _Start(i, begin, first, (start, start + len(name)), _speaker(name), role)

    def _lone_labels(self) -> list[_Start]:
        """Return the lines that hold nothing but a name, where two or more names take turns that way."""
        lines = defaultdict(list)
        for i, block in enumerate(self.blocks[:-1]):
            if block.has("tiny", "short") and not block.has("sentence", "question", "intro"):
                name = self.text[block.start : block.end]
                if len(name.split()) <= 6 and (_role(name) or _like_name(name)):
                    lines[name].append(i)
        repeated = {name: numbers for name, numbers in lines.items() if len(numbers) > 1}
        found = sorted(
            _Start(
                i,
                self._begins[i],
                self._begins[i + 1],
                (self._begins[i], self.blocks[i].end),
                name,
                _role(name),
            )
            for name, numbers in repeated.items()
            for i in numbers
        )
        alternating = sum(a.speaker != b.speaker and b.block - a.block > 1 for a, b in pairwise(found))
        return found if len(repeated) > 1 and alternating >= len(found) - 2 else []

    def _plausible(self, labels: list[_Start]) -> list[_Start]:
        """Keep the labels that come again, tell a role, or name somebody among other speakers."""
        times = Counter(label.speaker for label in labels)
        in_block = Counter(label.block for label in labels)
        kept = []
        for label in labels:
            if self.text[label.start : label.start + 1].islower():
                continue
            alone = in_block[label.block] == 1 and label.begin == self._begins[label.block]
            if times[label.speaker] > 1 or (
                alone and (label.role or (len(times) > 1 and self._names(label)))
            ):
                kept.append(label)
        return kept

    def _names(self, label: _Start) -> bool:
        """Does a label that stands but once name somebody: in two words, in capitals, or asking?"""
        name = self.text[slice(*label.label or (0, 0))]
        if _like_name(name):
            return " " in name or name.isupper()
        return name[1:2] in ".m" or self._asks(label.block)

    # Who asks

    def _askers(self) -> Counter[str]:
        """Return the speakers who ask, with how often they speak.

        Most of their turns end with a question mark, at once or after paragraphs, and those of others less;
        and they seldom speak of themselves.
        """
        turns = defaultdict(
            list
        )  # by speaker: does the turn end asking, does its first paragraph, is it personal?
        dashes = {i for i in self._spoken if self._asks(i) and self._dash(i)}
        breaks = sorted(dashes | {label.block for label in self._labels})
        for label, following in zip(self._labels, [*self._labels, None][1:], strict=True):
            if following and following.block == label.block:
                end = following.begin
                last_asks = first_asks = bool(_ASKED.search(self.text, label.start, end))
            else:
                after = bisect_right(breaks, label.block)
                limit = breaks[after] if after < len(breaks) else len(self.blocks)
                inside = self._spoken[
                    bisect_left(self._spoken, label.block) : bisect_left(self._spoken, limit)
                ]
                end = self.blocks[inside[0]].end
                last_asks, first_asks = self._asks(inside[-1]), self._asks(inside[0])
            personal = self._says(_MYSELF, label.start, end)
            turns[label.speaker].append((last_asks, first_asks, personal))
        roles = {label.speaker: label.role for label in self._labels}
        shares = {
            who: [sum(column) / len(seen) for column in zip(*seen, strict=True)]
            for who, seen in turns.items()
        }
        askers: Counter[str] = Counter()
        for who, (last, first, personal) in shares.items():
            others = [max(share[:2]) for other, share in shares.items() if other != who]
            at_once = first >= 0.5 and max(first, last) > min(others, default=0)
            in_the_end = last >= 0.5 and last > max(others, default=1) and not personal
            impersonal = 2 * personal <= 1 if len(turns[who]) > 1 else not personal
            if roles[who] == "asker" or (not roles[who] and impersonal and (at_once or in_the_end)):
                askers[who] = len(turns[who])
        return askers

    def _starts(self) -> list[_Start]:
        """Return the labels, and the questions that only typography marks with what answers those."""
        if exchange := self._exchange():
            return exchange
        askers = self._askers()
        # Where the interviewer is named at each question, one without a label belongs to what the other says.
        strict = any(times > 1 for times in askers.values())
        only_askers = bool(askers) and all(label.speaker in askers for label in self._labels)
        labelled = defaultdict(list)
        for label in self._labels:
            role = "asker" if label.speaker in askers else label.role
            labelled[label.block].append(label._replace(role=role))
        starts: list[_Start] = []
        asking = False
        for position, i in enumerate(self._spoken):
            if i in labelled:
                starts += labelled[i]
                asking = starts[-1].role == "asker"
                continue
            dash = self._dash(i)
            first = dash or _ORNAMENT.match(self.text, self._begins[i])
            start = _Start(i, self._begins[i], first.end() if first else self._begins[i])
            after = self._spoken[position + 1 : position + 3]
            if asking:
                unanswered = starts[-1].label is None or only_askers
                if unanswered and not self._is_question(i, after):
                    starts.append(start)
                    asking = False
            elif not strict and self._is_question(i, after) and not all(map(self._asks, after)):
                starts.append(start._replace(role="asker"))
                asking = True
        return starts

    def _exchange(self) -> list[_Start]:
        """Return the turns of a page where question and answer both begin with a dash; none of another page."""
        dashes = [(i, match) for i in self._spoken if (match := self._dash(i))]
        asked = [self._asks(i) for i, _ in dashes]
        if self._labels or len(dashes) < 4 or not asked[0]:
            return []
        if 2 * sum(asked[::2]) < len(asked[::2]) or 4 * sum(asked[1::2]) > len(asked[1::2]):
            return []
        # A dialogue that a report relates is short beside it.
        sizes = {i: self.blocks[i].end - self._begins[i] for i in self._spoken if i >= dashes[0][0]}
        if 3 * sum(sizes[i] for i, _ in dashes) < 2 * sum(sizes.values()):
            return []
        roles = ("asker", "answerer")
        return [
            _Start(i, self._begins[i], match.end(), role=roles[number % 2])
            for number, (i, match) in enumerate(dashes)
        ]

    def _is_question(self, i: int, after: Sequence[int]) -> bool:
        """Is this paragraph without label a question of the interviewer?

        Weighs how it ends, who is meant in it, and whether the next one, the first of ``after``, asks.
        """
        block = self.blocks[i]
        asks, brief = self._asks(i), not block.has("long")
        if asks and self._dash(i):
            return True
        score = 2.0 * asks
        addressed = self._says(_ADDRESS, block.start, block.end)
        score += 1.0 * addressed
        if self._announced and brief and addressed and after:  # a statement that asks: Vous avez connu pire.
            answer = self.blocks[after[0]]
            score += 1.0 * any(self._says(words, answer.start, answer.end) for words in (_MYSELF, _OURSELVES))
        score += 2.0 * (brief and bool(_REQUEST.match(self.text, block.start)))
        score += 1.0 * (brief and any(map(self._asks, after[:1])))
        score += (2.0 if self._announced else 1.0) * (brief and self._trails_off(block))
        score -= 1.0 * bool(_GOES_ON.match(self.text, block.start))
        score -= 1.5 * self._says(_MYSELF, block.start, block.end)
        score -= 1.0 * (block.end - block.start > 600)
        return score >= 2

    def _trails_off(self, block: Block) -> bool:
        return self.text[: block.end].rstrip("*_ ").endswith(("…", "..."))

    # Extent

    def _end(self, number: int, starts: list[_Start]) -> tuple[int, int]:
        """Return where a turn ends, and the number of its last block.

        It runs through its paragraphs and what is set between them; what stands after the last of them, such
        as the heading of the next question, is left out.
        """
        found = starts[number]
        following = starts[number + 1] if number + 1 < len(starts) else None
        last = bisect_right(self._begins, found.start) - 1
        if following and following.block <= last:
            return self._trimmed(found.start, following.begin), last
        for i in range(last + 1, following.block if following else len(self.blocks)):
            if not following and self._closes(i):
                break
            if self._speaks(i):
                last = i
        return self._trimmed(found.start, self.blocks[last].end), last

    def _closes(self, i: int) -> bool:
        """Does the interview end before this block, a signature or a notice on the guest?"""
        block = self.blocks[i]
        if block.kind in ("byline", "dateline"):
            return True
        if block.has("legal-start", "legal-inside", "byline-start", "links-start", "links"):
            return True
        names = {self.text[slice(*label.label)] for label in self._labels if label.label}
        return any(self.text.startswith(f"{name} ", block.start) for name in names)

    def _trimmed(self, start: int, end: int) -> int:
        return start + len(self.text[start:end].rstrip(INVISIBLE + "*_"))

    # Evidence

    def _evidence(self, turns: list[Turn], starts: list[_Start]) -> float:
        """Weigh whether the turns make an interview."""
        questions = [turn for turn in turns if turn.kind == "question"]
        others = [turn for turn in turns if turn.kind != "question"]
        if not others or len(turns) < 2:
            return 0
        times = Counter(found.speaker for found in starts if found.speaker)
        addressed = self._share(_ADDRESS, questions)
        personal = max(self._share(_MYSELF, others), 0.7 * self._share(_OURSELVES, others))
        quoted = sum(bool(QUOTED.fullmatch(self.text, turn.start, turn.end)) for turn in others) / len(others)
        evidence = 2.0 * self._announced
        evidence += min(3 if times else 4, len(questions))
        evidence += 0.75 * min(3, sum(count - 1 for count in times.values()))
        evidence += 1.0 * (len(times) > 1)
        evidence += 1.5 * (addressed + personal)
        evidence -= 2.0 * quoted  # voices of the street, each in marks
        exchange = all(found.role for found in starts)  # told by dashes
        evidence -= 3.0 * (not times and not exchange and not self._announced)
        alternating = all(a.medium != b.medium for a, b in pairwise(turns)) and len(questions) > 1
        evidence -= (1.0 if alternating else 2.0) * (not addressed and not personal and not self._announced)
        return evidence

    def _share(self, pattern: regex.Pattern[str], turns: Sequence[Turn]) -> float:
        return sum(self._says(pattern, turn.start, turn.end) for turn in turns) / max(1, len(turns))

    def _says(self, pattern: regex.Pattern[str], start: int, end: int) -> bool:
        # A slice, so that the pattern does not look behind its start.
        return pattern.search(self.text[start:end]) is not None


def _role(name: str) -> str:
    """Return what a label tells by itself: "asker", "answerer", "no-label" (see `label_roles`), or ""."""
    words = plain(name.rstrip("0123456789. ")).replace("-", " - ").replace("'", " ' ").split()
    role = label_roles().get(" ".join(words), "")
    if (
        not role and words and name == name[:1] + name[1:].lower()
    ):  # Ministre togolais, Question d'un auditeur
        role = label_roles().get(words[0], "")
        return "" if role == "no-label" else role
    return role


def _like_name(name: str) -> bool:
    """Do the words look like a proper name, initials or a medium's name?"""
    words = name.split()
    for word in words:
        bare = word.strip(".'’-&*_")
        if "." in word and not (_ABBREVIATED.fullmatch(word) or (word == words[-1] and len(bare) <= 3)):
            return False
        common = bare[:1].islower() and bare.casefold() not in _PARTICLES and not _ELIDED_NAME.match(bare)
        if common:
            return False
    return len(words) <= 7 and any(word[0].isupper() for word in words)


def _speaker(name: str) -> str:
    """Return what identifies a speaker among the labels of a page: the surname, or the initials."""
    words = [word.strip(".") for word in regex.split(r"[\s.-]+", plain(name))]
    words = [word for word in words if word and word not in _TITLES] or [plain(name)]
    return "".join(words) if all(len(word) == 1 for word in words) else words[-1]
