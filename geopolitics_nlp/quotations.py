"""Component ``gnlp_quotations``: what was said, and the cue and source that report it.

Marked contents (direct, mixed) come from `marks`, interview turns from the layout, indirect speech from the reporting
clauses of `reports`. Which cue reports which content, and whether marks hold anybody's words at all, are learned
decisions over readable features (`decisions`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from spacy.language import Language

from . import layers
from .decisions import Asked, Features, Judge, learned
from .lexicons import Cue
from .narrative import Narrative
from .reports import Mention, Report, Reports

if TYPE_CHECKING:
    from spacy.tokens import Doc

Kind = Literal["direct", "mixed", "turn", "indirect"]

_DASHES = frozenset({"-", "–", "—"})
_COMMAS = frozenset({",", *_DASHES, "(", ")"})
_THAT = frozenset({"que", "qu'"})
_NOT_THAT = frozenset({"ainsi", "tandis", "alors", "bien", "plus", "moins", "avant", "après", "pour", "afin", "autant", "même",
                       "tel", "telle", "tels", "telles", "aussi", "lors", "dès", "sans", "parce", "depuis", "aussitôt", "ne"})  # fmt: skip
_NAMING = frozenset("dit dite dits dites surnommé surnommée surnommés baptisé baptisée intitulé intitulée intitulés nommé nommée "
                    "appelé appelée appelés appelées appelle nomme opération projet film livre titre titré mot mots terme termes "
                    "expression notion concept signifie signifient signifiant signifier désigne désigner désignant veut politique label nom soi-disant prétendu prétendue chanson album roman émission rubrique".split())  # fmt: skip
_CHARGING = frozenset("accusé accusée accusés accusées accuser examen enquête mise mis garde condamné condamnée condamnés poursuivi "
                      "poursuivie poursuivis placé placés délit crime soupçonné soupçonnés inculpé jugé infraction chef".split())  # fmt: skip
_BEFORE_MARKS = frozenset("de d' du des le la l' les un une son sa ses leur ce cette au aux à en pour par comme que qu' et ou mais "
                          "dans sur avec sans est sont était , : ( ) -".split())  # fmt: skip
_FIRST_PERSON = frozenset("je j' nous me m' mon ma mes notre nos moi vous votre vos tu te t'".split())
_CLITIC_BEFORE_INFINITIVE = frozenset("ne n' pas se s' me m' y en le la l' les lui leur nous plus jamais".split())
# Below this no cue is taken to report the content; the quotation decision weighs the link's probability itself.
_LINKED = 0.3
_LINK_REACH = 60
_CANDIDATES = 8
_BEFORE_INFINITIVE = frozenset({"de", "d'", "à", "pour", "par", "sans", "après", "avant"})
_LEADS_IN = frozenset({"que", "qu'", "qui", "dont", "où", "si", "car", "puisque", "alors", "mais", "et"})
_BREAKS_OFF = frozenset({"mais", "et", "qui", "alors", "tandis", "connue", "connu", "dont", "ce", "avant"})
_TIME_WORDS = frozenset("lundi mardi mercredi jeudi vendredi samedi dimanche hier ainsi mais et or car".split())
_EDGE = frozenset({",", ";", ":", ".", "!", "?", "…", "...", *_DASHES, "(", ")"})
_BOUNDARIES = frozenset({",", "et", "mais", "ou", ":", ";", "(", "sans", "avant", "tandis", "alors", "puis", "selon", *_DASHES})
_ENDS = 14
_THAT_REACH = 30


@dataclass(frozen=True, slots=True)
class Found:
    """One quotation as this component leaves it: content offsets, kind, reporting clause, and why."""

    start: int
    end: int
    kind: Kind
    report: Report | None
    rule: str
    probability: float
    utterance: int = -1
    source: tuple[int, int] | None = None
    words: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of marked content; ``incise`` is the reporting clause inside the marks that cuts it, if any."""

    start: int
    end: int
    incise: Report | None


class Quotations:
    """Finds the quotations of a ``Doc`` and writes them to ``doc.spans["quotations"]``.

    Needs part-of-speech tags, the parse and entities; uses the layout's blocks and turns where there are any.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        from .lexicons import cues, roles

        self.reports = Reports(cues(), roles())
        self.judge = judge or learned()

    def __call__(self, doc: Doc) -> Doc:
        """Find and write: the component's step in a pipeline."""
        self.set_annotations(doc, self.find(doc))
        return doc

    def find(self, doc: Doc) -> list[Found]:
        """Return the quotations of ``doc``, sorted by start, the longer first."""
        narrative = Narrative(doc)
        article = _Article(narrative, self.reports)
        found = [*self._turns(doc), *self._marked(article), *self._indirect(article)]
        return sorted(found, key=lambda quotation: (quotation.start, -quotation.end))

    def set_annotations(self, doc: Doc, found: list[Found]) -> None:
        """Write the quotations as a layer; speakers are for the next component."""
        items = []
        for quotation in found:
            report = quotation.report
            cue = source = None
            if report is not None:
                if report.end > report.start:
                    cue = [doc[report.start].idx, doc[report.end - 1].idx + len(doc[report.end - 1])]
                if report.source is not None:
                    source = list(source_offsets(doc, report.source))
            elif quotation.source is not None:
                source = list(quotation.source)
            attrs = {
                "utterance": quotation.utterance,
                "cue": cue,
                "source": source,
                "source_kind": report.source.kind if report is not None and report.source is not None else None,
                "stance": report.cue.stance if report is not None else None,
                "rule": quotation.rule,
                "found": round(quotation.probability, 4),
                **quotation.words,
            }
            items.append(layers.Item(quotation.start, quotation.end, quotation.kind, attrs))
        layers.write(doc, layers.QUOTATIONS, items)

    # Turns

    def _turns(self, doc: Doc) -> Iterator[Found]:
        for number, turn in enumerate(layers.read(doc, layers.TURNS)):
            label = turn.attrs.get("label")
            words: dict[str, object] = {"turn": turn.label, "medium": bool(turn.attrs.get("medium"))}
            source = (label[0], label[1]) if label else None
            rule = "turn-label" if label else f"turn-{turn.label}"
            yield Found(turn.start, turn.end, "turn", None, rule, 0.97, -2 - number, source, words)

    # Marks

    def _marked(self, article: _Article) -> Iterator[Found]:
        n = article.n
        utterance = 0
        sure: dict[int, float] = {}
        linked: dict[int, Report] = {}
        for m, mark in enumerate(n.marks):
            parts = list(article.parts(m))
            incise = next((part.incise for part in parts if part.incise is not None), None)
            report, link, rule = incise, 0.99, "interposed-cue"
            beside = article.coordinated(m)
            signature = article.signature(m) if report is None else None
            if report is None and signature is None:
                report, link, rule = self._link(article, m, linked.get(beside))
            if report is not None:
                linked[m] = report
            span = (parts[0].start, parts[-1].end)
            features = article.content_features(m, link, incise is not None, report)
            features["signed"] = float(signature is not None)
            features["coordinated"] = float(beside in sure)
            features["coordinated, sure"] = sure.get(beside, 0.5) - 0.5
            probability = sure[m] = self.judge("quotation", features, Asked(span))
            if probability < 0.5:
                continue
            kind: Kind = "direct" if self.judge("direct", features, Asked(span)) >= 0.5 else "mixed"
            if signature is not None:
                report, rule = signature, "signature"
            for part in parts:
                if part.end > part.start:
                    yield Found(part.start, part.end, kind, report, rule, probability, utterance)
            utterance += 1

    def _link(self, article: _Article, m: int, beside: Report | None) -> tuple[Report | None, float, str]:
        """Return the reporting clause of mark pair ``m`` with its probability, and the construction's name.

        ``beside`` is the clause of the quotation with which it is coordinated, if any.
        """
        best: tuple[float, Report | None, str] = (_LINKED, None, "no-cue")
        mark = article.n.marks[m]
        for report, features, rule in article.link_candidates(m):
            if beside is not None:
                features["of the coordinated" if report is beside else "not of the coordinated"] = 1.0
            asked = Asked((mark.start, mark.end), article.cue_offsets(report))
            probability = self.judge("link", features, asked)
            if probability > best[0]:
                best = (probability, report, rule)
        return best[1], best[0] if best[1] is not None else 0.0, best[2]

    # Indirect speech

    def _indirect(self, article: _Article) -> Iterator[Found]:
        utterance = 100_000
        taken: list[tuple[int, int]] = []
        for report, ranges, rule in article.complements():
            for begin, limit in ranges:
                content = self._bounded(article, report, begin, limit, rule)
                if content is None:
                    continue
                features = article.indirect_features(report, content, rule, len(ranges))
                cue = article.cue_offsets(report)
                features["inside another"] = float(any(start <= cue[0] < end for start, end in taken))
                probability = self.judge("indirect", features, Asked(content, cue))
                if probability >= 0.5:
                    taken.append(content)
                    yield Found(*content, "indirect", report, rule, probability, utterance)
            utterance += 1

    def _bounded(
        self, article: _Article, report: Report, begin: int, limit: int, rule: str
    ) -> tuple[int, int] | None:
        """Return the offsets of the reported clause that begins with unit ``begin``: where it ends is a decision."""
        best: tuple[float, tuple[int, int] | None] = (-1.0, None)
        for end, features in article.ends(report, begin, limit, rule):
            content = article.extent(report, begin, end)
            probability = self.judge("end", features, Asked(content, article.cue_offsets(report)))
            if probability > best[0]:
                alone = article.is_one_quotation(report, begin, end)
                best = (probability, None if alone else content)
        return best[1]


@Language.factory(
    "gnlp_quotations",
    assigns=["doc.spans"],
    requires=["token.pos", "token.dep", "token.head", "doc.ents"],
)
def make_quotations(nlp: Language, name: str) -> Quotations:
    """Create the component for `nlp.add_pipe("gnlp_quotations")`; documents then have ``doc._.quotes``."""
    from .records import register_extensions

    register_extensions()
    return Quotations()


# What reports without a verb: the name below a quotation, behind a dash.
_SIGNED = Cue("", "noun", frozenset(), "asserts", (), False)


def source_offsets(doc: Doc, mention: Mention) -> tuple[int, int]:
    """Return the character offsets of a source mention, without the hyphen of an inverted pronoun."""
    first, last = doc[mention.start], doc[mention.end - 1]
    start = first.idx + (1 if mention.kind == "pronoun" and first.text.startswith("-") else 0)
    return start, last.idx + len(last)


class _Article:
    """What the decisions look at: one article's narrative with its reporting clauses, and the features drawn from them."""

    def __init__(self, narrative: Narrative, finder: Reports) -> None:
        self.n = narrative
        self.finder = finder
        reports = finder.find(narrative)
        self.doc = narrative.doc
        self.reports = reports
        self.by_sentence: dict[int, list[Report]] = {}
        for report in reports:
            self.by_sentence.setdefault(narrative.sentence[report.head], []).append(report)
        self.place = {unit: k for units in narrative.units for k, unit in enumerate(units)}

    def cue_offsets(self, report: Report) -> tuple[int, int]:
        last = self.doc[report.end - 1]
        return self.doc[report.start].idx, last.idx + len(last)

    # Contents

    def parts(self, m: int) -> Iterator[_Part]:
        """Yield the marked content, cut where a reporting clause stands inside the marks."""
        n, mark = self.n, self.n.marks[m]
        start, end = mark.start, mark.end
        cut = False
        for report in self._incises(m):
            first = min(report.start, report.source.start if report.source else report.start)
            before = self._end_before(first, start)
            after = self._start_after(report, m)
            if before <= start and not cut:
                continue
            yield _Part(start, before, report)
            cut = True
            start = min(after, end)
        if not mark.closed:
            end = start if cut else self._bounded_end(m)
        if not mark.opened and not cut:
            start = self._bounded_start(m)
        if not cut or end > start:
            last = _Part(start, end, None)
            yield replace(last, end=max(last.start, last.end))

    def _incises(self, m: int) -> Iterator[Report]:
        n = self.n
        begin, end = n.tokens_of[m]
        sentences = dict.fromkeys(n.sentence[i] for i in range(begin, end) if n.level[i] == m)
        for sentence in sentences:
            for report in self.by_sentence.get(sentence, ()):
                if report.mood != "finite" or "incise" not in report.cue.constructions or not report.source:
                    continue
                if not report.source_after or n.level[report.head] != m:
                    continue
                previous = self._previous(report.start)
                if previous is None or n.lower[previous] not in {",", *_DASHES, "!", "?", "…", "..."}:
                    continue
                following = max(report.end, report.source.end)
                stop = self._next(following)
                closes = stop is None or n.lower[stop] in {",", ".", "!", "?", *_DASHES, ";", ":"}
                if report.clitic or closes or not n.marks[m].closed:
                    if n.lower[report.source.start] in {"-je", "-nous", "-on", "je", "nous", "on"}:
                        continue
                    yield report

    def _previous(self, i: int) -> int | None:
        j = i - 1
        while j >= 0 and not self.n.lower[j].strip():
            j -= 1
        return j if j >= 0 else None

    def _next(self, i: int) -> int | None:
        return i if i < len(self.n.lower) and self.n.sentence[i] >= 0 else None

    def _end_before(self, i: int, floor: int) -> int:
        """Return the end of the content before token ``i``, the comma that introduces an incise left out."""
        j = i - 1
        while j >= 0 and (self.n.lower[j] in {",", *_DASHES} or not self.n.lower[j].strip()):
            j -= 1
        return max(floor, self.doc[j].idx + len(self.doc[j])) if j >= 0 else floor

    def _start_after(self, report: Report, m: int) -> int:
        """Return where the content goes on after an incise: behind its own comma or full stop."""
        n = self.n
        _, limit = n.tokens_of[m]
        source_end = report.source.end if report.source else report.end
        j = max(report.end, source_end)
        depth = 0
        while j < limit:
            word = n.lower[j]
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
            elif not depth and word in {".", "!", "?", "…", "..."}:
                j += 1
                break
            elif not depth and word in {",", ";", ":", *_DASHES} and not self._apposition(j, limit):
                j += 1
                break
            j += 1
        while j < limit and not n.lower[j].strip():
            j += 1
        return self.doc[j].idx if j < limit else n.marks[m].end

    def _apposition(self, comma: int, limit: int) -> bool:
        """Tell whether the comma after an incise's source opens an apposition that a second comma or stop closes."""
        n = self.n
        for j in range(comma + 1, min(limit, comma + 16)):
            if n.pos[j] in ("VERB", "AUX") and n.doc[j].dep_ not in ("acl", "acl:relcl"):
                return False
            if n.lower[j] in {",", ".", "!", "?"}:
                return n.pos[comma + 1] in ("NOUN", "DET", "ADJ") and n.lower[j] != "?"
        return False

    def _bounded_end(self, m: int) -> int:
        """Return where content whose closing mark is missing ends: with its sentence, an end mark included."""
        n = self.n
        begin, end = n.tokens_of[m]
        if begin >= end:
            return n.marks[m].end
        first = next((n.sentence[i] for i in range(begin, end) if n.level[i] == m), None)
        if first is None:
            return n.marks[m].end
        last = n.units[first][-1]
        token = n.tokens_of[~last][1] - 1 if last < 0 else last
        return min(n.marks[m].end, self.doc[token].idx + len(self.doc[token]))

    def _bounded_start(self, m: int) -> int:
        """Return where content whose opening mark is missing begins: with the sentence that its closing mark ends."""
        n = self.n
        begin, end = n.tokens_of[m]
        inside = [i for i in range(begin, end) if n.level[i] == m and n.lower[i] not in {".", "!", "?", ","}]
        if not inside:
            return n.marks[m].start
        first = n.units[n.sentence[inside[-1]]][0]
        token = n.tokens_of[~first][0] if first < 0 else first
        while n.lower[token] in {".", ",", ":", ";", *_DASHES} and token + 1 < end:
            token += 1
        return max(n.marks[m].start, self.doc[token].idx)

    # Linking marks to reporting clauses

    def link_candidates(self, m: int) -> Iterator[tuple[Report, Features, str]]:
        """Yield the reporting clauses that may belong to mark pair ``m``, with features and the construction's name."""
        n = self.n
        units = n.units[n.sentence_of[m]]
        here = n.index_of[m]
        candidates = []
        for report in self.by_sentence.get(n.sentence_of[m], ()):
            distance = self.place[report.head] - here
            if abs(distance) <= _LINK_REACH:
                candidates.append((abs(distance), distance < 0, report))
        if here and units[here - 1] >= 0 and n.lower[units[here - 1]] == ":":
            if not any(left and "colon" in report.cue.constructions for _, left, report in candidates):
                introducing = self.finder.introducing(n, units[:here])
                if introducing is not None:
                    candidates.append((here - self.place[introducing.head], True, introducing))
        nearest = sorted(candidates, key=lambda candidate: candidate[0])[:_CANDIDATES]
        lefts = sum(left for _, left, _ in nearest)
        seen = {True: 0, False: 0}
        for _, left, report in nearest:
            features, rule = self._link_features(m, report, left, units, here)
            side = "left" if left else "right"
            rank = seen[left]
            seen[left] += 1
            features[f"{side} rank {min(rank, 3)}"] = 1.0
            if len(nearest) == 1:
                features["only candidate"] = 1.0
                features[f"{side} only candidate"] = 1.0
            if left and rank == lefts - 1:
                features["left first in sentence"] = 1.0
            if left and any(
                other.start < report.start and "that" in other.cue.constructions and self._that_between(units, other, report)
                for _, before, other in nearest
                if before
            ):
                features["left inside another's clause"] = 1.0
            yield report, features, rule
        if here == 0:
            yield from self._across(m, alone=not nearest)

    def _that_between(self, units: list[int], other: Report, report: Report) -> bool:
        first, last = self.place[other.head], self.place[report.head]
        return any(unit >= 0 and self.n.lower[unit] in _THAT for unit in units[first:last])

    def coordinated(self, m: int) -> int:
        """Return the mark pair shortly before ``m`` in its sentence, only commas and function words between; else -1."""
        n = self.n
        for distance, unit in enumerate(n.before(m)):
            if unit < 0:
                return ~unit
            if distance >= 4 or n.pos[unit] not in ("PUNCT", "CCONJ", "ADP", "DET", "ADV"):
                return -1
        return -1

    def signature(self, m: int) -> Report | None:
        """Return who signs a quotation that stands alone, on a line of its own behind a dash: ``— Awa Diarra, élue``."""
        n = self.n
        if n.marks[m].depth or n.index_of[m] or any(unit < 0 or n.lower[unit] not in {".", ","} for unit in n.after(m)):
            return None
        following = n.sentence_of[m] + 1
        while following < len(n.units) and n.units[following] and self._level(n.units[following][0]) != n.parent[m]:
            following += 1
        if following >= len(n.units) or not n.units[following]:
            return None
        units = n.units[following]
        if units[0] < 0 or n.lower[units[0]] not in _DASHES or len(units) < 2 or len(units) > 25 or units[1] < 0:
            return None
        source = self.finder.mention(n, units[1])
        if source is None or n.block[units[0]] == n.block[n.tokens_of[m][0]]:
            return None
        return Report(units[1], units[1], units[1], _SIGNED, "noun", source, True)

    def _across(self, m: int, alone: bool) -> Iterator[tuple[Report, Features, str]]:
        """Yield the reporting clauses of the sentence before a quotation that stands alone.

        A colon there introduces it (``Il déclarait :``, new line); else it may go on after an attribution
        (``« … », dit-elle. « … »``).
        """
        n = self.n
        before = n.sentence_of[m] - 1
        while before >= 0 and n.units[before] and self._level(n.units[before][-1]) != n.parent[m]:
            before -= 1
        if before < 0 or not n.units[before]:
            return
        units = n.units[before]
        last = units[-1]
        introduced = last >= 0 and n.lower[last] == ":"
        if not (introduced or alone):
            return
        reports = sorted(self.by_sentence.get(before, ()), key=lambda report: -report.head)[:3]
        if introduced and not any("colon" in report.cue.constructions for report in reports):
            introducing = self.finder.introducing(n, units)
            reports = [*reports, introducing] if introducing is not None else reports
        side = "left" if introduced else "before"
        for rank, report in enumerate(reports):
            features = self._report_features(report, side)
            place = self.place[report.head]
            gap = units[place + 1 :]
            features |= {side: 1.0, f"{side} gap": math.log1p(len(gap)), f"{side} rank {rank}": 1.0}
            if introduced:
                features |= {"left colon": 1.0, "across": 1.0}
            else:
                features["before, after a quotation"] = float(any(unit < 0 for unit in units[:place]))
                features["before, quotation after"] = float(any(unit < 0 for unit in gap))
                token = n.tokens_of[m][0]
                features["before, same block"] = float(
                    token < len(n.block) and n.block[token] == n.block[report.head]
                )
                nothing_after = all(unit < 0 or n.lower[unit] in {".", ","} for unit in n.after(m))
                features["before, alone"] = float(nothing_after)
            yield report, features, "introduced" if introduced else "continued"

    def _level(self, unit: int) -> int:
        return self.n.parent[~unit] if unit < 0 else self.n.level[unit]

    def _link_features(
        self, m: int, report: Report, left: bool, units: list[int], here: int
    ) -> tuple[Features, str]:
        n = self.n
        side = "left" if left else "right"
        features = self._report_features(report, side)
        features[side] = 1.0
        if left:
            first = max((self.place[i] for i in range(report.head, report.end) if i in self.place), default=0)
            gap = units[first + 1 : here]
        else:
            first = min((self.place[i] for i in range(report.start, report.head + 1) if i in self.place), default=0)
            gap = units[here + 1 : first]
        words = [unit for unit in gap if unit >= 0 and n.lower[unit] not in _COMMAS]
        source = report.source
        if source is not None:
            words = [i for i in words if not source.start <= i < source.end]
        features[f"{side} gap"] = math.log1p(len(words))
        features[f"{side} quotations between"] = float(min(3, sum(unit < 0 for unit in gap)))
        finite = sum(1 for i in words if n.pos[i] in ("VERB", "AUX") and self._is_finite(i))
        features[f"{side} verbs between"] = float(min(3, finite))
        features[f"{side} commas between"] = float(min(3, sum(unit >= 0 and n.lower[unit] == "," for unit in gap)))
        rule = "postposed-cue" if not left else "governing-cue"
        constructions = report.cue.constructions
        if not words and not any(unit < 0 for unit in gap):
            features[f"{side} adjacent"] = 1.0
            features[f"{side} adjacent {report.mood}"] = 1.0
            if not left and "incise" in constructions:
                features["right adjacent incise"] = 1.0
        last = gap[-1] if gap else None
        if left and last is not None and last >= 0:
            word = n.lower[last]
            if word == ":":
                features["left colon"] = 1.0
                rule = "introduced"
                if "colon" in constructions:
                    features["left colon fits"] = 1.0
            elif word in _THAT:
                features["left that"] = 1.0
                rule = "that-clause"
                if "that" in constructions:
                    features["left that fits"] = 1.0
            elif n.pos[last] in ("ADP", "DET") or word in {"comme", "de", "d'", "l'"}:
                features["left governed"] = 1.0
                if "fragment" in constructions:
                    features["left governed fits"] = 1.0
            if any(unit >= 0 and n.lower[unit] in _THAT for unit in gap):
                features["left that somewhere"] = 1.0
                if "that" in constructions:
                    features["left that somewhere fits"] = 1.0
            if any(unit >= 0 and n.lower[unit] == ":" for unit in gap):
                features["left colon somewhere"] = 1.0
        if not left and last is not None and last >= 0 and n.lower[last] in _COMMAS:
            features["right comma"] = 1.0
        if report.mood == "preposition":
            rule = "according-to"
            if self.place[report.start] == 0:
                features["left preposition first"] = 1.0
                features[f"left {report.cue.lemma} first"] = 1.0
                if source is not None and source.end < len(n.lower) and n.lower[source.end] == ",":
                    features["left preposition first, comma"] = 1.0
        elif not left and report.source_after and first > 0 and units[first - 1] >= 0 and n.lower[units[first - 1]] == ",":
            features["right incise"] = 1.0
            features[f"right incise {'named' if source is not None and source.kind == 'named' else 'other'}"] = 1.0
        head = self._head_of(m)
        if head is not None:
            ancestor, steps = head, 0
            while steps < 4 and ancestor.head.i != ancestor.i and ancestor.i != report.head:
                ancestor, steps = ancestor.head, steps + 1
            if ancestor.i == report.head:
                features[f"{side} governs"] = 1.0
        return features, rule

    def _report_features(self, report: Report, side: str) -> Features:
        source = report.source
        features = {
            f"{side} {report.mood}": 1.0,
            f"cue {report.cue.pos}": 1.0,
            f"{side} source {source.kind if source else 'none'}": 1.0,
        }
        for construction in report.cue.constructions:
            features[f"{side} {construction}"] = 1.0
        features[f"cue {report.cue.lemma}"] = 1.0
        features[f"{side} cue {report.cue.stance}"] = 1.0
        if report.cue.constructions == {"fragment"}:
            features[f"{side} fragment only"] = 1.0
        if report.clitic:
            features[f"{side} clitic"] = 1.0
        if report.source_after:
            features[f"{side} source after"] = 1.0
        if report.passive:
            features[f"{side} passive"] = 1.0
        if source is not None and source.kind == "nominal":
            role = self.n.lower[source.head] in _roles()
            features["source role" if role else "source no role"] = 1.0
        return features

    def _is_finite(self, i: int) -> bool:
        return "Fin" in self.doc[i].morph.get("VerbForm")

    def _head_of(self, m: int):  # type: ignore[no-untyped-def]
        begin, end = self.n.tokens_of[m]
        for i in range(begin, min(end, begin + 40)):
            token = self.doc[i]
            if not begin <= token.head.i < end:
                return token
        return None

    # Quotation or not

    def content_features(self, m: int, link: float, incise: bool, report: Report | None) -> Features:
        """Return what tells somebody's words from a title, a nickname or a distancing mark, and a clause from a fragment."""
        n, mark = self.n, self.n.marks[m]
        begin, end = n.tokens_of[m]
        words = [i for i in range(begin, end) if n.pos[i] not in ("PUNCT", "SPACE")]
        finite = sum(1 for i in words if n.pos[i] in ("VERB", "AUX") and self._is_finite(i))
        size = len(words)
        features: Features = {
            "words": math.log1p(size),
            "one word": float(size == 1),
            "two or three words": float(size in (2, 3)),
            "finite verb": float(finite > 0),
            "finite verbs": math.log1p(finite),
            "link": link,
            "linked": float(report is not None),
            "incise": float(incise),
            "nested": float(mark.depth > 0),
            "unbalanced": float(not (mark.opened and mark.closed)),
        }
        if not words:
            return features
        text = self.doc.text
        features["capital"] = float(text[mark.start].isupper())
        features["end mark"] = float(text[mark.end - 1] in ".!?…")
        features["exclaims or asks"] = float(text[mark.end - 1] in "!?")
        features["comma inside"] = float(any(n.lower[i] == "," for i in range(begin, end)))
        capitals = sum(1 for i in words[1:] if self.doc[i].text[0].isupper())
        features["capitals"] = capitals / size
        features["first person"] = float(any(n.lower[i] in _FIRST_PERSON for i in words))
        features["entity only"] = float(all(n.entity[i] >= 0 for i in words))
        features["verb first"] = float(n.pos[words[0]] in ("VERB", "AUX"))
        features["infinitive first"] = float("Inf" in self.doc[words[0]].morph.get("VerbForm"))
        features["adjective first"] = float(n.pos[words[0]] == "ADJ")
        features["noun first"] = float(n.pos[words[0]] in ("NOUN", "PROPN"))
        features["determiner first"] = float(n.pos[words[0]] == "DET")
        before = next(iter(n.before(m)), None)
        after = next(iter(n.after(m)), None)
        features["sentence start"] = float(before is None)
        if before is not None and before >= 0:
            word = n.lower[before]
            features["after determiner"] = float(n.pos[before] == "DET" or word in {"l'", "d'", "le", "la", "les", "un", "une", "des"})
            features["after preposition"] = float(n.pos[before] == "ADP")
            features["after noun"] = float(n.pos[before] in ("NOUN", "PROPN"))
            features["after adjective"] = float(n.pos[before] == "ADJ")
            features["after verb"] = float(n.pos[before] in ("VERB", "AUX"))
            features["after colon"] = float(word == ":")
            features["after that"] = float(word in _THAT)
            features["after bracket"] = float(word == "(")
            features["after comma"] = float(word == ",")
            near = [unit for _, unit in zip(range(4), n.before(m), strict=False) if unit >= 0]
            features["after naming"] = float(any(n.lower[i] in _NAMING for i in near))
            features["after charge"] = float(any(n.lower[i] in _CHARGING for i in near))
            if word in _BEFORE_MARKS:
                features[f"after {word}"] = 1.0
        elif before is not None:
            features["after quotation"] = 1.0
        features["sentence alone"] = float(before is None and (after is None or (after >= 0 and n.lower[after] == ".")))
        if after is not None and after >= 0:
            features["before comma"] = float(n.lower[after] == ",")
            features["before bracket"] = float(n.lower[after] == "(")
            features["before stop"] = float(n.lower[after] in {".", "!", "?"})
            features["before noun"] = float(n.pos[after] in ("NOUN", "PROPN", "ADJ"))
            features["before verb"] = float(n.pos[after] in ("VERB", "AUX"))
            features["before naming"] = float(n.lower[after] in _NAMING)
            features["before preposition"] = float(n.pos[after] == "ADP")
            features["in brackets"] = float(n.lower[after] == ")" and before is not None and before >= 0 and n.lower[before] == "(")
        occurrences = text.count(text[mark.start : mark.end])
        features["repeated"] = float(occurrences > 1 and size <= 6)
        features["named alike"] = float(size <= 4 and capitals > 0)
        block = n.blocks[n.block[begin]] if begin < len(n.block) and n.blocks else "paragraph"
        features[f"in {block}"] = 1.0
        if report is not None:
            features[f"cue {report.mood}"] = 1.0
            features["cue speaks"] = float("that" in report.cue.constructions)
            features["cue fragment only"] = float(report.cue.constructions == {"fragment"})
            features["source none"] = float(report.source is None)
            place = self.place.get(report.head)
            if place is not None and n.sentence[report.head] == n.sentence_of[m]:
                features["cue after"] = float(place > n.index_of[m])
        return features

    # Indirect speech

    def complements(self) -> Iterator[tuple[Report, list[tuple[int, int]], str]]:
        """Yield what a reporting clause may report without marks: ranges of units of its sentence, to be bounded."""
        for report in self.reports:
            if self.n.level[report.head] != -1:
                continue
            constructions = report.cue.constructions
            ranges: list[tuple[int, int]] = []
            rule = ""
            if report.mood == "preposition":
                ranges, rule = self._according(report), "according-to"
            elif report.mood != "noun":
                if "that" in constructions:
                    ranges, rule = self._that_clause(report), "that-clause"
                if not ranges and "inf" in constructions:
                    ranges, rule = self._infinitive(report), "infinitive"
                if not ranges and "incise" in constructions and report.source_after and report.mood == "finite":
                    ranges, rule = self._incise(report), "incise"
            if ranges:
                yield report, ranges, rule

    def _units(self, report: Report) -> list[int]:
        return self.n.units[self.n.sentence[report.head]]

    def _that_clause(self, report: Report) -> list[tuple[int, int]]:
        n = self.n
        units = self._units(report)
        k = self.place.get(report.end - 1)
        if k is None:
            return []
        for j in range(k + 1, min(len(units), k + 1 + _THAT_REACH)):
            unit = units[j]
            if unit < 0:
                return []
            word = n.lower[unit]
            if word in _THAT:
                before = units[j - 1]
                if before >= 0 and n.lower[before] in _NOT_THAT:
                    return []
                return self._from(units, j + 1, len(units))
            if word in {":", ";", "."}:
                return []
            if j > k + 1 and any(
                other.head == unit and "that" in other.cue.constructions for other in self._reports_of(report)
            ):
                return []  # the que belongs to that one
        return []

    def _reports_of(self, report: Report) -> list[Report]:
        return self.by_sentence[self.n.sentence[report.head]]

    def _from(self, units: list[int], begin: int, limit: int) -> list[tuple[int, int]]:
        while begin < limit and units[begin] >= 0 and self.n.lower[units[begin]] in {",", *_DASHES}:
            begin += 1
        return [(begin, limit)] if begin < limit else []

    def _infinitive(self, report: Report) -> list[tuple[int, int]]:
        n = self.n
        units = self._units(report)
        k = self.place.get(report.end - 1)
        if k is None:
            return []
        begin = None
        for j in range(k + 1, min(len(units), k + 13)):
            unit = units[j]
            if unit < 0:
                # A quotation that itself begins with an infinitive: dit « prendre acte » de …
                first = n.tokens_of[~unit][0]
                if j == k + 1 and first < len(n.pos) and self._is_infinitive(first):
                    return [(j, len(units))]
                return []
            word = n.lower[unit]
            if self._is_infinitive(unit):
                begin = j if begin is None else begin
                previous = units[begin - 1]
                if begin > k + 1 and previous >= 0 and n.lower[previous] in _BEFORE_INFINITIVE:
                    return []
                return [(begin, len(units))]
            if word in _CLITIC_BEFORE_INFINITIVE:
                begin = j if begin is None else begin
                continue
            begin = None
            if n.pos[unit] in ("VERB", "AUX", "SCONJ", "CCONJ") or word in {":", ";"}:
                return []
        return []

    def _is_infinitive(self, i: int) -> bool:
        return self.n.pos[i] in ("VERB", "AUX") and "Inf" in self.doc[i].morph.get("VerbForm")

    def _incise(self, report: Report) -> list[tuple[int, int]]:
        """``CONTENT, a-t-il ajouté`` or ``En outre, dit-elle, CONTENT``."""
        n = self.n
        units = self._units(report)
        source = report.source
        first = self.place.get(min(report.start, source.start) if source else report.start)
        last = self.place.get(max(report.end, source.end) - 1 if source else report.end - 1)
        if not first or last is None or units[first - 1] < 0 or n.lower[units[first - 1]] not in {",", *_DASHES}:
            return []
        left = self._trim(units, self._clause_start(units, first - 1), first)
        if left is None:
            return []
        if self._adverbial(units, left):
            right = self._trim(units, last + 1, len(units))
            return [right] if right is not None else []
        if left[1] - left[0] == 1 and units[left[0]] < 0:
            return []
        words = [unit for unit in units[left[0] : left[1]] if unit >= 0]
        return [left] if any(n.pos[i] in ("VERB", "AUX") for i in words) else []

    def _according(self, report: Report) -> list[tuple[int, int]]:
        """``selon X, CONTENT``, ``CONTENT, selon X`` or ``CONTENT, selon X, CONTENT``."""
        n = self.n
        source = report.source
        units = self._units(report)
        first = self.place.get(report.start)
        last = self.place.get(source.end - 1) if source is not None else None
        if first is None or last is None:
            return []
        last = self._apposition_end(units, last)
        left = self._trim(units, self._clause_start(units, first), first)
        right = self._trim(units, last + 1, len(units))
        if left is not None:
            before = units[left[1] - 1]
            if self._adverbial(units, left) or (before >= 0 and n.lower[before] in _LEADS_IN):
                left = None
        ranges = [left] if left is not None else []
        if right is not None and (left is None or self._goes_on(units, right)):
            ranges.append(right)
        return ranges

    def _clause_start(self, units: list[int], first: int) -> int:
        """Return where the clause before unit ``first`` starts: after a colon, else with the sentence."""
        for j in range(first - 1, -1, -1):
            if units[j] >= 0 and self.n.lower[units[j]] in {":", ";"}:
                return j + 1
        start = 0
        # A connective set off by a comma is the journalist's: Cependant, …
        if len(units) > 2 and units[0] >= 0 and units[1] >= 0 and self.n.lower[units[1]] == "," and self.n.pos[units[0]] == "ADV":
            start = 2
        return start

    def _apposition_end(self, units: list[int], last: int) -> int:
        """Skip what is apposed to the source between commas or brackets: ``selon X, économiste à Dakar, …``."""
        n = self.n
        j = last + 1
        if j < len(units) and units[j] >= 0 and n.lower[units[j]] == "(":
            closing = next((k for k in range(j, len(units)) if units[k] >= 0 and n.lower[units[k]] == ")"), None)
            return last if closing is None else closing
        if j + 1 >= len(units) or units[j] < 0 or n.lower[units[j]] != "," or units[j + 1] < 0:
            return last
        following = units[j + 1]
        relative = n.lower[following] in {"qui", "dont"}
        if not (relative or n.pos[following] in ("DET", "NOUN", "ADJ", "PROPN") or n.lower[following] in {"de", "du", "d'"}):
            return last
        for k in range(j + 2, min(len(units), j + 30)):
            if units[k] < 0:
                return last
            finite = n.pos[units[k]] in ("VERB", "AUX") and self._is_finite(units[k])
            if finite and not relative:
                return last
            if n.lower[units[k]] == ",":
                rest = [unit for unit in units[k + 1 :] if unit >= 0]
                return k if any(n.pos[i] in ("VERB", "AUX") for i in rest) else last
        return last

    def _adverbial(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether the words before ``selon`` only set the scene: ``En effet, selon …``, ``Mardi, selon …``."""
        part = units[span[0] : span[1]]
        if any(unit < 0 for unit in part) or len(part) > 8:
            return False
        if any(self.n.pos[i] in ("VERB", "AUX") for i in part):
            return False
        first = part[0]
        return len(part) <= 2 or self.n.pos[first] in ("ADV", "ADP", "CCONJ", "SCONJ") or self.n.lower[first] in _TIME_WORDS

    def _goes_on(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether the clause before a ``selon X`` in its middle goes on after it."""
        first = units[span[0]]
        if first < 0:
            return True
        return self.n.lower[first] not in _BREAKS_OFF and self.n.pos[first] in ("VERB", "AUX", "ADP", "DET", "NOUN", "ADV", "PRON", "ADJ")

    def _trim(self, units: list[int], a: int, b: int) -> tuple[int, int] | None:
        n = self.n
        while a < b and units[a] >= 0 and n.lower[units[a]] in _EDGE:
            a += 1
        while b > a and units[b - 1] >= 0 and (n.lower[units[b - 1]] in _EDGE or n.lower[units[b - 1]] in {"toujours", "et", "mais"}):
            b -= 1
        return (a, b) if b > a else None

    def extent(self, report: Report, begin: int, end: int) -> tuple[int, int]:
        """Return the character offsets of the units from ``begin`` to ``end`` of the report's sentence."""
        n = self.n
        units = self._units(report)
        first, last = units[begin], units[end - 1]
        start = n.marks[~first].outer_start if first < 0 else self.doc[first].idx
        stop = n.marks[~last].outer_end if last < 0 else self.doc[last].idx + len(self.doc[last])
        return start, stop

    def is_one_quotation(self, report: Report, begin: int, end: int) -> bool:
        """Tell whether a clause is quoted as a whole: that is a direct quotation, not an indirect one."""
        return end - begin == 1 and self._units(report)[begin] < 0

    def ends(self, report: Report, begin: int, limit: int, rule: str) -> Iterator[tuple[int, Features]]:
        """Yield where the clause may end, with features: before each comma, conjunction or colon, and at the limit."""
        n = self.n
        units = self._units(report)
        starts = {self.place[other.start]: other for other in self._reports_of(report) if other.start in self.place}
        trimmed = self._trim(units, begin, limit)
        if trimmed is None:
            return
        limit = trimmed[1]
        verbs = 0
        offered = 0
        governors = self._governors(report)
        for j in range(begin, limit):
            unit = units[j]
            if j > begin and unit >= 0 and n.lower[unit] in _BOUNDARIES and offered < _ENDS:
                end = j
                while end > begin + 1 and units[end - 1] >= 0 and n.lower[units[end - 1]] in {",", *_DASHES}:
                    end -= 1
                offered += 1
                yield end, self._end_features(report, units, begin, end, j, limit, rule, verbs, starts, governors)
            if unit >= 0 and n.pos[unit] in ("VERB", "AUX") and (self._is_finite(unit) or rule == "infinitive"):
                verbs += 1
        features: Features = {
            "limit": 1.0,
            f"limit {rule}": 1.0,
            "limit size": math.log1p(limit - begin) / 3,
            "limit boundaries": min(4.0, float(offered)),
        }
        yield limit, features

    def _governors(self, report: Report) -> set[int]:
        token = self.doc[report.head]
        chain = {token.i}
        for _ in range(4):
            token = token.head
            chain.add(token.i)
        return chain

    def _end_features(
        self, report: Report, units: list[int], begin: int, end: int, j: int, limit: int, rule: str, verbs: int,
        starts: dict[int, Report], governors: set[int],
    ) -> Features:  # fmt: skip
        n = self.n
        mark = n.lower[units[j]]
        k = j + 1
        features: Features = {
            "bias end": 1.0,
            f"at {mark}": 1.0,
            f"{rule} at {mark}": 1.0,
            "so far": math.log1p(end - begin) / 3,
            "to come": math.log1p(limit - j) / 3,
            "no verb so far": float(verbs == 0),
            "verbs so far": min(3.0, float(verbs)),
            "one quotation so far": float(end - begin == 1 and units[begin] < 0),
            "after a quotation": float(units[end - 1] < 0),
        }
        if mark == "," and k < limit and units[k] >= 0 and n.lower[units[k]] in {"et", "mais", "ou", "puis"}:
            features[f"at , {n.lower[units[k]]}"] = 1.0
            k += 1
        if k >= limit:
            return features
        following = units[k]
        if following < 0:
            features[f"{mark} then quotation"] = 1.0
            return features
        word, pos = n.lower[following], n.pos[following]
        features[f"then {pos}"] = 1.0
        features[f"{mark} then {pos}"] = 1.0
        features[f"then {word}"] = 1.0
        if word in _THAT:
            features[f"{mark} then que"] = 1.0
        verb = self._next_verb(units, k, min(limit, k + 8))
        if verb is not None:
            finite = self._is_finite(units[verb])
            features["then verb at once"] = float(verb == k)
            features["then verb at once, finite"] = float(verb == k and finite)
            if finite and verb == k:
                features[f"{mark} then finite at once"] = 1.0
            head = self.doc[units[verb]]
            if head.dep_.startswith("aux") or head.dep_ == "cop":
                head = head.head
            if head.head.i in governors:
                features["then verb hangs on the cue"] = 1.0
                features[f"{mark} then verb hangs on the cue"] = 1.0
            if head.dep_ == "conj":
                features["then conjunct"] = 1.0
            if "Part" in self.doc[units[verb]].morph.get("VerbForm") and "Pres" in self.doc[units[verb]].morph.get("Tense"):
                features["then gerund"] = 1.0
        for place in range(k, min(limit, k + 6)):
            if place in starts:
                features["then report"] = 1.0
                features[f"{mark} then report {starts[place].mood}"] = 1.0
                if place == k:
                    features["then report at once"] = 1.0
                break
        return features

    def _next_verb(self, units: list[int], a: int, b: int) -> int | None:
        for k in range(a, b):
            if units[k] >= 0 and self.n.pos[units[k]] in ("VERB", "AUX"):
                return k
        return None

    def indirect_features(self, report: Report, content: tuple[int, int], rule: str, ranges: int) -> Features:
        """Return what tells a reported clause from a decision, a wish or a fact."""
        n = self.n
        source = report.source
        size = content[1] - content[0]
        features: Features = {
            rule: 1.0,
            f"{rule} {report.mood}": 1.0,
            f"cue {report.cue.lemma}": 1.0,
            f"stance {report.cue.stance}": 1.0,
            f"source {source.kind if source else 'none'}": 1.0,
            f"{rule} source {source.kind if source else 'none'}": 1.0,
            "negated": float(report.negated),
            "passive": float(report.passive),
            "not third person": float(not report.third_person),
            "characters": math.log1p(size) / 5,
            f"{rule} in two ranges": float(ranges > 1),
            f"{rule} short": float(size < 25),
        }
        cue = self.doc[report.start].idx
        features["gap"] = math.log1p(max(0, content[0] - cue, cue - content[1])) / 5
        if rule == "that-clause":
            that = self.doc.char_span(content[0], content[0] + 1, alignment_mode="expand").start - 1
            if that > 0:
                features["que relative"] = float(n.pos[that] == "PRON")
                before = that - 1 if n.lower[that].strip() else that - 2
                features["que after comma"] = float(n.lower[before] == ",")
                features["que at once"] = float(before < report.end)
                features["que after noun"] = float(n.pos[before] in ("NOUN", "PROPN") and before >= report.end)
                features["que after ce"] = float(n.lower[before] in {"ce", "fait", "celui", "celle", "ceux", "celles"})
                between = range(report.end, that)
                features["verbs before que"] = min(
                    2.0, float(sum(n.pos[i] in ("VERB", "AUX") and self._is_finite(i) for i in between))
                )
                head = self.doc[that].head
                features["complement"] = float(head.dep_ == "ccomp" and head.head.i == report.head)
        if source is not None:
            word = n.lower[source.head]
            features[f"source {word.lstrip('-')}"] = float(source.kind == "pronoun")
            if source.kind == "nominal":
                role = _roles().get(word)
                features["source role" if role else "source no role"] = 1.0
                features[f"{rule} source role" if role else f"{rule} source no role"] = 1.0
            if source.entity >= 0:
                features[f"source {self.doc.ents[source.entity].label_}"] = 1.0
                features[f"{rule} source {self.doc.ents[source.entity].label_}"] = 1.0
            features["source after"] = float(report.source_after)
        features[f"in {n.blocks[n.block[report.head]]}"] = 1.0
        features["question"] = float(self.doc.text[content[1] : content[1] + 2].strip()[:1] == "?")
        features["conditional"] = float(n.lower[report.start].endswith(("rait", "raient")))
        return features


def _roles():  # type: ignore[no-untyped-def]
    from .lexicons import roles

    return roles()


