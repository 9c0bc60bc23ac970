"""Component ``gnlp_speakers``: who each source is, and how sure that is.

A named source is its entity; pronouns, functions and quotations without a source are for `antecedents`; whoever speaks
in an interview is told by its labels, or by who presents it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Any

from spacy.language import Language

from . import layers
from .antecedents import NEAR, Antecedents, Floor, Kind, Question, Said
from .cast import Cast, Knowledge, Member, inside
from .decisions import Asked, Features, Judge, learned
from .layers import Item
from .mentions import mentioned
from .tokens import SUBJECT

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_UNNAMED = frozenset(
    {"on", "certains", "certaines", "d'autres", "beaucoup", "plusieurs", "tous", "chacun", "autres", "autre"}
)
_ASKED_BY = frozenset(
    {"micro", "questions", "accordé", "accordée", "entretien", "interview", "recueillis", "confie", "confié"}
)
_ASKS = frozenset("réuni réunit interrogé interroge reçu reçoit rencontré rencontre".split())
_QUESTION_LABELS = frozenset({"q", "r", "question", "réponse", "questions", "réponses"})
_UNPRESENTED = {"role": None, "affiliation": None}
_MAX_NAME = 200
# How far behind a quotation, in characters, its cue or source may end: else it is that of an earlier part.
_BEHIND = 200

Speaker = dict[str, Any]


class Speakers:
    """Resolves the source of each quotation to a speaker, and adds ``speaker`` and ``confidence`` to the layer.

    Needs the layer of ``gnlp_quotations``; uses the canonical names of ``gnlp_naming`` where they are.
    """

    def __init__(self, judge: Judge | None = None, min_confidence: float = 0.0) -> None:
        """Use ``judge``, the learned one when None; quotations less sure than ``min_confidence`` are left out."""
        from .gazetteers import gazetteer
        from .lexicons import first_names, roles, titles

        before_names = {title.lower().rstrip(".") for title in titles()} | {"le", "la"}
        self.knowledge = Knowledge(gazetteer(), roles(), first_names(), frozenset(before_names))
        self.judge = judge or learned()
        self.min_confidence = min_confidence

    def __call__(self, doc: Doc) -> Doc:
        """Resolve and write: the component's step in a pipeline."""
        items = layers.read(doc, layers.QUOTATIONS)
        if items:
            self.set_annotations(doc, items, self.resolve(doc, items))
        return doc

    def set_annotations(
        self, doc: Doc, items: list[Item], speakers: list[tuple[Speaker | None, float]]
    ) -> None:
        """Write speakers and confidences beside what the layer holds; utterances are numbered by the text's order."""
        numbers: dict[int, int] = {}
        done = []
        for item, (speaker, confidence) in zip(items, speakers, strict=True):
            if confidence < self.min_confidence:
                continue
            utterance = numbers.setdefault(item.attrs["utterance"], len(numbers))
            attrs = {**item.attrs, "utterance": utterance, "speaker": speaker, "confidence": confidence}
            done.append(item._replace(attrs=attrs))
        presented = _presented(doc)
        for item, mentions in zip(done, mentioned(doc, done), strict=True):
            if (speaker := item.attrs["speaker"]) is not None:
                item.attrs["speaker"] = speaker | presented.get(speaker["name"], _UNPRESENTED)
            item.attrs["mentions"] = mentions
        if len(done) == len(items):
            layers.complete(doc, layers.QUOTATIONS, done)
        else:
            layers.write(doc, layers.QUOTATIONS, done)

    def resolve(self, doc: Doc, items: list[Item]) -> list[tuple[Speaker | None, float]]:
        """Return the speaker and the confidence of each quotation, in the order of ``items``."""
        return _Resolution(self, doc, items).run()


@Language.factory(
    "gnlp_speakers",
    assigns=["doc.spans"],
    requires=["doc.spans", "doc.ents"],
    default_config={"min_confidence": 0.0},
)
def make_speakers(nlp: Language, name: str, min_confidence: float) -> Speakers:
    """Create the component for `nlp.add_pipe("gnlp_speakers")`.

    ``min_confidence`` is the probability below which a quotation is left out.
    """
    return Speakers(min_confidence=min_confidence)


class _Resolution:
    """The resolution of one article, quotation by quotation in reading order."""

    def __init__(self, component: Speakers, doc: Doc, items: list[Item]) -> None:
        self.judge = component.judge
        self.doc = doc
        self.items = items
        self.first_names = component.knowledge.first_names
        self.cast = Cast(doc, items, component.knowledge)
        self.antecedents = Antecedents(self.cast, items, self.judge)
        self.spoken: list[Said] = []
        self.turns: list[Said] = []
        sources = (item.attrs.get("source") for item in items)
        self.sources = sorted((source[0], source[1]) for source in sources if source)
        self.labelled: dict[bool, Speaker | None] = {}  # whom labels name: who asks, who answers

    def run(self) -> list[tuple[Speaker | None, float]]:
        """Resolve what has a source first: quotations without one are told by their neighbours."""
        resolved: dict[int, tuple[Speaker | None, float]] = {}
        by_source: dict[tuple[int, int], tuple[Speaker | None, float]] = {}
        named = [_said(item, name) for item in self.items if (name := self._only_name(item)) is not None]
        sourced = [k for k, item in enumerate(self.items) if item.attrs.get("source") or item.label == "turn"]
        for k in sourced:
            item = self.items[k]
            source = item.attrs.get("source")
            key = (source[0], source[1]) if source else None
            if key is None or key not in by_source:
                later = bisect_right(named, item.end, key=lambda said: said.start)
                floor = Floor(self.spoken, [], self.turns, named[later : later + 1])
                resolved[k] = self._speaker(item, source, floor)
                if key is not None:
                    by_source[key] = resolved[k]
            else:
                resolved[k] = by_source[key]
            if (speaker := resolved[k][0]) is not None:
                self.spoken.append(_said(item, speaker["name"], self._noun(item)))
                if item.label == "turn":
                    self.turns.append(self.spoken[-1])
        for k, item in enumerate(self.items):
            if k in resolved:
                continue
            here = bisect_left(self.spoken, item.start, key=lambda said: said.start)
            floor = Floor(
                self.spoken[max(0, here - NEAR) : here], self.spoken[here : here + NEAR], self.turns
            )
            resolved[k] = self._speaker(item, None, floor)
            if (speaker := resolved[k][0]) is not None:
                insort(self.spoken, _said(item, speaker["name"]))
        return [(resolved[k][0], self._confidence(item, *resolved[k])) for k, item in enumerate(self.items)]

    def _noun(self, item: Item) -> str:
        """Return the noun by which a quotation's source is called, "" where it is no noun."""
        if item.attrs.get("source_kind") != "nominal":
            return ""
        return self.cast.lower[self._span(item.attrs["source"]).root.i]

    def _span(self, source: list[int]) -> Span:
        starts = self.cast.starts
        first = max(0, bisect_right(starts, source[0]) - 1)
        return self.doc[first : max(first + 1, bisect_left(starts, source[1]))]

    def _only_name(self, item: Item) -> str | None:
        """Return the one entity that the words of a quotation's source name."""
        source = item.attrs.get("source")
        if item.label == "turn" or not source or item.attrs.get("source_kind") != "named":
            return None
        names = self.cast.names_in(source[0], source[1])
        return names.pop() if len(names) == 1 else None

    def _speaker(self, item: Item, source: list[int] | None, floor: Floor) -> tuple[Speaker | None, float]:
        cast = self.cast
        if item.label == "turn":
            return self._turn_speaker(item, source)
        if source is None:
            self._meet_functions(cast.token(item.start))
            if self.turns and cast.block_label(item.start) == "headline":
                guest = self._labelled(asks=False) or self._guest()
                if guest is not None:  # an interview's headlines quote who answers
                    return guest, 0.9
            if self._is_impersonal(item):
                return None, 0.9
            begin = cast.token(item.start)
            return self.antecedents.resolve(Question(item, "implicit", begin, begin), floor)
        span = self._span(source)
        if (
            item.attrs.get("source_kind") == "named"
            and (named := self._named(span.start, span.end)) is not None
        ):
            return named, 0.97
        words = tuple(cast.lower[span.start : span.end])
        kind: Kind = "pronoun" if item.attrs.get("source_kind") == "pronoun" else "nominal"
        if kind == "pronoun" and "-" in words:  # celle-ci, three words for the tokenizer
            words = ("".join(words),)
        if kind == "pronoun" and words[-1].lstrip("-") in _UNNAMED:
            if words[-1].lstrip("-") == "on":
                return None, 0.6
            return {"name": span.text, "label": None, "id": None}, 0.8
        text = cast.text[source[0] : source[1]][:_MAX_NAME]
        if kind == "nominal" and (known := cast.known_as(text)) is not None:
            return cast.entity(known), 0.9  # a name, though not recognised here
        since = min(span.start, cast.token(item.start))
        self._meet_functions(since)
        question = Question(item, kind, span.start, since, words, span.root.i, text)
        return self.antecedents.resolve(question, floor)

    def _meet_functions(self, position: int) -> None:
        """Find out whom the functions mean that stand alone in the sentences before a question."""
        for noun in self.cast.functions_before(position):
            start = self.cast.starts[noun]
            if inside(self.sources, start):
                continue
            here = bisect_left(self.spoken, start, key=lambda said: said.start)
            self.antecedents.meet(noun, Floor(self.spoken[:here], [], self.turns))

    def _is_impersonal(self, item: Item) -> bool:
        """Tell whether the cue of a quotation without a source says nobody: ``il a été annoncé que``."""
        if (cue := item.attrs.get("cue")) is None:
            return False
        first = self.cast.token(cue[0])
        return "il" in self.cast.lower[max(0, first - 2) : self.cast.token(cue[1])]

    def _named(self, start: int, end: int) -> Speaker | None:
        """Return the entity in a source's words, or those who speak together: ``Awa Diarra et Oumar Ba``."""
        cast = self.cast
        inside = (cast.entity_at[i] for i in range(start, end) if i in cast.entity_at)
        names = [cast.name_of[number] for number in dict.fromkeys(inside)]
        if len(names) < 2:
            return cast.entity(names[0]) if names else None
        together = f"{', '.join(names[:-1])} et {names[-1]}"[:_MAX_NAME]
        member = cast.described.setdefault(together, Member(together, None, plural=True, described=True))
        if start not in member.heads:
            insort(member.heads, start)
        return {"name": together, "label": None, "id": None}

    def _confidence(self, item: Item, speaker: Speaker | None, sure: float) -> float:
        found = float(item.attrs.get("found", 0.5))
        kind = item.attrs.get("source_kind") or ("turn" if item.label == "turn" else "implicit")
        features: Features = {
            item.label: 1.0,
            f"source {kind}": 1.0,
            "found": _logit(found),
            "speaker": _logit(sure),
            f"{kind} speaker": _logit(sure),
            "nobody": float(speaker is None),
            "described": float(speaker is not None and speaker["label"] is None),
            f"rule {item.attrs.get('rule')}": 1.0,
        }
        name = speaker["name"] if speaker else ""
        source = item.attrs.get("source")
        asked = Asked((item.start, item.end), name, (source[0], source[1]) if source else None)
        return round(self.judge("right", features, asked), 4)

    # Turns

    def _turn_speaker(self, item: Item, label: list[int] | None) -> tuple[Speaker | None, float]:
        cast = self.cast
        if label is not None:
            first = cast.token(label[0])
            if first in cast.entity_at:
                ent = cast.ents[cast.entity_at[first]]
                # The label is the entity, or the entity with a function after it.
                if ent.end_char == label[1] or cast.text[ent.end_char : label[1]].lstrip()[:1] in {
                    ",",
                    "(",
                    "-",
                    "–",
                }:
                    name = cast.name_of[cast.entity_at[first]]
                    # Initials that naming left alone may still be those of somebody here.
                    stands_for = (
                        cast.by_name(name) if name.isupper() and not item.attrs.get("medium") else None
                    )
                    return cast.entity(stands_for or name), 0.99
            text = cast.text[label[0] : label[1]]
            named = cast.by_name(text)
            if named is not None:
                return cast.entity(named), 0.9
            if text.strip().lower() not in _QUESTION_LABELS:
                return _unlisted(text, item.attrs.get("medium")), 0.7
        asks = bool(item.attrs.get("medium")) or item.attrs.get("turn") == "question"
        speaker = self._labelled(asks) or (self._medium() if asks else self._guest())
        return speaker, 0.8 if speaker is not None else 0.5

    def _labelled(self, asks: bool) -> Speaker | None:
        """Return the only one whom labels name elsewhere for who asks, or for who answers."""
        cast = self.cast
        if asks not in self.labelled:
            turns = [item for item in self.items if item.label == "turn" and item.attrs.get("source")]
            alike = [turn for turn in turns if (turn.attrs.get("turn") == "question") == asks]
            named = {cast.text[slice(*turn.attrs["source"])].strip(): turn for turn in alike}
            speakers = [
                self._turn_speaker(turn, turn.attrs["source"])[0]
                for label, turn in named.items()
                if label.lower() not in _QUESTION_LABELS
            ]
            different = {speaker["name"]: speaker for speaker in speakers if speaker is not None}
            self.labelled[asks] = next(iter(different.values())) if len(different) == 1 else None
        return self.labelled[asks]

    def _medium(self) -> Speaker | None:
        """Return the medium that asks: the one named where the interview is announced, else in its byline."""
        cast = self.cast
        if announced := layers.about(self.doc, layers.TURNS).get("medium"):
            number = cast.entity_at.get(cast.token(announced[0]))
            if number is not None and cast.ents[number].label_ == "ORG":
                return cast.entity(cast.name_of[number])
            name = cast.text[slice(*announced)]
            if name.split()[0].lower() not in self.first_names:
                return _unlisted(name, medium=True)
        best: tuple[float, str | None] = (0.0, None)
        for candidate in cast.ordered:
            if candidate.label != "ORG":
                continue
            for head in candidate.heads:
                before = set(cast.lower[max(0, head - 9) : head])
                after = set(cast.lower[head : head + 5])
                block = cast.block_label(cast.starts[head])
                score = 3.0 * bool(before & _ASKED_BY) + 3.0 * bool(after & _ASKS)
                score += 1.5 * (block in {"byline", "credit", "navigation"})
                if score > best[0]:
                    best = (score, candidate.name)
        return cast.entity(best[1]) if best[1] is not None else None

    def _guest(self) -> Speaker | None:
        """Return who answers an interview without labels: the person whom its introduction presents."""
        cast = self.cast
        turns = [item.start for item in self.items if item.label == "turn"]
        start = min(turns, default=0)
        announced = layers.about(self.doc, layers.TURNS).get("medium")
        medium = cast.entity_at.get(cast.token(announced[0])) if announced else None
        best: tuple[float, str | None] = (0.0, None)
        for candidate in cast.ordered:
            if candidate.label != "PER" or (medium is not None and candidate.name == cast.name_of[medium]):
                continue
            before = [head for head in candidate.heads if cast.starts[head] < start]
            presented = [
                head
                for head in before
                if cast.block_label(cast.starts[head]) not in {"byline", "credit", "caption"}
            ]
            if presented:
                subject = any(cast.dep[head] in SUBJECT for head in presented)
                score = 1.0 + len(presented) + 2.0 * subject + 0.5 * bool(candidate.roles)
                if score > best[0]:
                    best = (score, candidate.name)
        return cast.entity(best[1]) if best[1] is not None else None


def _said(item: Item, name: str, noun: str = "") -> Said:
    """Return a quotation as what has been said, with where its cue and source end behind it."""
    ends = [extent[1] for key in ("cue", "source") if (extent := item.attrs.get(key))]
    return Said(
        item.start, item.end, name, max([item.end, *(end for end in ends if end - item.end < _BEHIND)]), noun
    )


def _unlisted(name: str, medium: bool | None) -> Speaker:
    """Return who is named at a turn and is no entity of the article."""
    return {"name": " ".join(name.split())[:_MAX_NAME], "label": "ORG" if medium else None, "id": None}


def _presented(doc: Doc) -> dict[str, dict[str, str | None]]:
    """Return the role and the affiliation that the article gives its persons, by their names."""
    items = layers.read(doc, layers.ENTITIES)
    return {
        item.attrs["name"]: {key: item.attrs.get(key) for key in _UNPRESENTED}
        for item in items
        if item.label == "PER"
    }


def _logit(probability: float) -> float:
    bounded = min(0.999, max(0.001, probability))
    return math.log(bounded / (1 - bounded)) / 3
