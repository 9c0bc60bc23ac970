"""Component ``gnlp_quotations``: what was said, and the cue and source that report it.

Marked contents (direct, mixed) come from `marks`, interview turns from the layout, indirect speech from the reporting
clauses of `reports`. Which cue reports which content, and whether marks hold anybody's words at all, are learned
decisions over readable features (`decisions`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from spacy.language import Language

from . import layers
from .complements import Complements
from .contents import Contents
from .decisions import Asked, Judge, learned, odds
from .narrative import Narrative
from .phrases import Mention
from .reports import Reports
from .sources import Report

if TYPE_CHECKING:
    from spacy.tokens import Doc

Kind = Literal["direct", "mixed", "turn", "indirect"]

# The odds, against no cue, below which none is taken to report the content: chosen by cross-validation.
_LINKED = 0.3
# Below this, marks hold nobody's words. Above one half: what is returned for nothing costs an analyst more.
_SPOKEN = 0.66
# Contents that cross begin near each other.
_CROSSING_REACH = 12


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


class Quotations:
    """Finds the quotations of a ``Doc`` and writes them to ``doc.spans["quotations"]``.

    Needs part-of-speech tags, the parse and entities; uses the layout's blocks and turns where there are any.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        from .lexicons import cues, roles

        self.judge = judge or learned()
        self.reports = Reports(cues(), roles(), self.judge)

    def __call__(self, doc: Doc) -> Doc:
        """Find and write: the component's step in a pipeline."""
        self.set_annotations(doc, self.find(doc))
        return doc

    def find(self, doc: Doc) -> list[Found]:
        """Return the quotations of ``doc``, sorted by start, the longer first."""
        clauses = self.reports.find(Narrative(doc))
        found = [*self._turns(doc), *self._marked(Contents(clauses)), *self._indirect(Complements(clauses))]
        return _nesting(sorted(found, key=lambda quotation: (quotation.start, -quotation.end)))

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
                "source_kind": report.source.kind
                if report is not None and report.source is not None
                else None,
                "lemma": report.cue.lemma if report is not None and cue is not None else None,
                "stance": report.cue.stance if report is not None and cue is not None else None,
                "negated": report is not None and report.negated,
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

    def _marked(self, contents: Contents) -> Iterator[Found]:
        n = contents.n
        utterance = 0
        sure: dict[int, float] = {}
        linked: dict[int, Report] = {}
        predicated: dict[int, Report] = {}
        for m in range(len(n.marks)):
            parts = list(contents.parts(m))
            incise = next((part.incise for part in parts if part.incise is not None), None)
            report, link, rule = incise, 0.99, "interposed-cue"
            possible: tuple[Report | None, float] = (None, 0.0)
            beside = contents.coordinated(m)
            signature = contents.signature(m) if report is None else None
            if report is None and signature is None:
                report, link, rule, possible = self._link(contents, m, linked.get(beside))
            announced = contents.announced(m) if report is None and signature is None else None
            if report is not None:
                linked[m] = report
            span = (parts[0].start, parts[-1].end)
            features = contents.content_features(m, link, incise is not None, report)
            if report is None:
                features |= contents.possible_features(m, *possible)
            features["signed"] = float(signature is not None or announced is not None)
            features["coordinated, sure"] = sure.get(beside, 0.5) - 0.5
            probability = sure[m] = self.judge("quotation", features, Asked(span))
            if probability < _SPOKEN:
                continue
            kind: Kind = "direct" if self.judge("direct", features, Asked(span)) >= 0.5 else "mixed"
            if signature is not None:
                report, rule = signature, "signature"
            elif announced is not None:
                report, rule = announced, "announced"
            elif report is None and (named := contents.before_colon(m)) is not None:
                report, rule = named, "subject-before"
            elif report is None and (named := contents.predicate(m, predicated.get(beside))) is not None:
                report, rule = named, "subject-before"
                predicated[m] = named
            for part in parts:
                if part.end > part.start:
                    yield Found(part.start, part.end, kind, report, rule, probability, utterance)
            utterance += 1

    def _link(
        self, contents: Contents, m: int, beside: Report | None
    ) -> tuple[Report | None, float, str, tuple[Report | None, float]]:
        """Return the reporting clause of mark pair ``m`` with its probability, and the construction's name.

        The last value is the likeliest clause and its probability, be it as unlikely as it may. ``beside`` is the
        clause of the quotation with which the marks are coordinated, if any.
        """
        best: tuple[float, Report | None, str] = (0.0, None, "no-cue")
        total = 1.0  # the odds of no clause against none
        mark = contents.n.marks[m]
        for report, features, rule in contents.link_candidates(m):
            if beside is not None:
                features["of the coordinated" if report is beside else "not of the coordinated"] = 1.0
            asked = Asked((mark.start, mark.end), contents.clauses.cue_offsets(report))
            fits = odds(self.judge("link", features, asked))
            total += fits
            if fits > best[0]:
                best = (fits, report, rule)
        possible = best[1], best[0] / total
        if best[0] <= _LINKED:
            return None, 0.0, "no-cue", possible
        return possible[0], possible[1], best[2], possible

    # Indirect speech

    def _indirect(self, complements: Complements) -> Iterator[Found]:
        utterance = 100_000
        taken: list[tuple[int, int]] = []
        for report, ranges, rule in complements.candidates():
            for begin, limit in ranges:
                bounded = self._bounded(complements, report, begin, limit, rule)
                if bounded is None:
                    continue
                content, sure = bounded
                features = complements.indirect_features(report, content, rule, len(ranges))
                features["end"] = math.log(max(sure, 1e-3))
                cue = complements.clauses.cue_offsets(report)
                features["inside another"] = float(any(start <= cue[0] < end for start, end in taken))
                probability = self.judge("indirect", features, Asked(content, cue))
                if probability >= 0.5:
                    taken.append(content)
                    yield Found(*content, "indirect", report, rule, probability, utterance)
            utterance += 1

    def _bounded(
        self, complements: Complements, report: Report, begin: int, limit: int, rule: str
    ) -> tuple[tuple[int, int], float] | None:
        """Return the offsets of the reported clause that begins with unit ``begin``, and how sure its end is.

        Boundary after boundary it is decided whether the clause ends there; what reaches none ends at the limit.
        """
        best: tuple[float, int] = (-1.0, limit)
        going_on = 1.0
        for end, features in complements.ends(report, begin, limit, rule):
            here = going_on
            if features is not None:
                content = complements.extent(report, begin, end)
                here *= self.judge("end", features, Asked(content, complements.clauses.cue_offsets(report)))
            going_on -= here
            best = max(best, (here, end))
        if best[0] < 0 or complements.is_one_quotation(report, begin, best[1]):
            return None
        return complements.extent(report, begin, best[1]), best[0]


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


def _nesting(found: list[Found]) -> list[Found]:
    """Leave out what is found twice, and of two indirect contents that cross the less probable."""
    kept: list[Found] = []
    for quotation in found:
        recent = kept[-_CROSSING_REACH:]
        rival = next((other for other in recent if _rivals(other, quotation)), None)
        if rival is None:
            kept.append(quotation)
        elif quotation.probability > rival.probability:
            kept[kept.index(rival, max(0, len(kept) - _CROSSING_REACH))] = quotation
    return sorted(kept, key=lambda quotation: (quotation.start, -quotation.end))


def _rivals(one: Found, other: Found) -> bool:
    """Tell whether two quotations cannot both be: the same words in one way, or indirect contents that cross."""
    if one.kind != other.kind:
        return False
    if (one.start, one.end) == (other.start, other.end):
        return True
    return one.kind == "indirect" and one.start < other.start < one.end < other.end


def source_offsets(doc: Doc, mention: Mention) -> tuple[int, int]:
    """Return the character offsets of a source mention, without the hyphen of an inverted pronoun."""
    first, last = doc[mention.start], doc[mention.end - 1]
    start = first.idx + (1 if mention.kind == "pronoun" and first.text.startswith("-") else 0)
    return start + len(first.text) - len(first.text.lstrip()), last.idx + len(last.text.rstrip())
