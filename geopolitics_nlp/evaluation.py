"""Scores of annotations against gold articles: entities, names, quotations, speakers, confidence.

The figures are those of the project's shared scorer, so that numbers from both can be compared; a test holds
the two together. A gold file has one article a line, with ``id``, ``text``, ``entities`` and
``quotes`` as a record has them, and in addition ``type`` (the kind) and ``source_type`` of each quotation,
``not_quotes`` (strings in marks that are nobody's words), and ``ner`` (false: entities are not annotated).

A quotation is *found* when a returned one of the same family overlaps it enough (intersection over union of
characters, outer marks, space and punctuation aside), each being paired once, the best overlaps first. It
counts *end to end* when it is found at 0.8 and its speaker is right.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

FAMILIES = {"marked": ("direct", "mixed"), "turn": ("turn",), "indirect": ("indirect",)}
LABELS = ("PER", "LOC", "ORG")
FOUND, TOUCHED = 0.8, 0.3
_BINS = 10
_OUTER = " \t\r\n\u00a0\u202f\u2009«»“”„\"'‘’‹›.,;:!?…–—-()[]"
# Dropped from the head of a name before names are compared: the first that fits. That it may take letters of
# a name (of Lavrov) does no harm, since it takes them from both sides.
_BEFORE_NAMES = re.compile(
    r"^(?:m\.|mme|mr|dr|pr|le|la|les|l'|un|une|des|du|de la|de l'|d'|son|sa|ses|ce|cet|cette|ces)\s*"
)

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of what was returned is right, and how much of the gold was returned."""

    right: int
    returned: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of what was returned that is right; 0 when nothing was."""
        return self.right / self.returned if self.returned else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was returned; 0 when there is none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f(self) -> float:
        """Harmonic mean of precision and recall (F1)."""
        return _harmonic(self.precision, self.recall)

    def to_dict(self) -> dict[str, float]:
        """Return the figures as JSON has them: p, r, f and the counts tp, pred, gold."""
        figures = {"p": self.precision, "r": self.recall, "f": self.f}
        return {**figures, "tp": self.right, "pred": self.returned, "gold": self.gold}


@dataclass(frozen=True, slots=True)
class Names:
    """B-cubed precision and recall of the grouping of entity mentions by canonical name.

    Counted on the mentions that gold and annotation share. Source: Bagga and Baldwin, 1998, *Algorithms for
    scoring coreference chains*.
    """

    precision: float
    recall: float
    mentions: int

    @property
    def f(self) -> float:
        """Harmonic mean of precision and recall."""
        return _harmonic(self.precision, self.recall)

    def to_dict(self) -> dict[str, float]:
        """Return the figures as JSON has them."""
        return {"p": self.precision, "r": self.recall, "f": self.f, "mentions": self.mentions}


@dataclass(frozen=True, slots=True)
class Quotations:
    """The figures of one family of quotations.

    ``kind``, ``cue``, ``source`` and ``speaker`` are shares of the quotations found (of those where the gold
    has a cue or a source), None where there are none. ``speaker_by_source`` counts right speakers and
    quotations found by how the source is named. ``end_to_end_source`` asks for the source's words in place of
    the speaker.
    """

    found: Rate
    touched: Rate
    exact: Rate
    kind: float | None
    cue: float | None
    source: float | None
    speaker: float | None
    speaker_by_source: dict[str, tuple[int, int]]
    end_to_end: Rate
    end_to_end_source: Rate

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "overlap80": self.found.to_dict(),
            "overlap30": self.touched.to_dict(),
            "exact": self.exact.to_dict(),
            "kind": self.kind,
            "source": self.source,
            "cue": self.cue,
            "speaker": self.speaker,
            "speaker_by_source": {name: list(counts) for name, counts in self.speaker_by_source.items()},
            "end_to_end": self.end_to_end.to_dict(),
            "end_to_end_source": self.end_to_end_source.to_dict(),
        }


class Mistake(NamedTuple):
    """One thing that an annotation got wrong: in which article, of which kind, and what."""

    article: str
    kind: str
    what: str


@dataclass(frozen=True)
class Scores:
    """All figures of an evaluation; None or empty where the gold has nothing to measure.

    ``traps`` counts the strings in marks that are no quotation, ``trapped`` those returned as one.
    ``calibration_error`` is the expected calibration error, in ten bins, of the confidence of the ``judged``
    marked quotations as the probability that content and speaker are both right. ``missing`` articles of the
    gold's ``articles`` have no annotation.
    """

    articles: int
    missing: int
    entities: dict[str, Rate]
    names: Names | None
    traps: int
    trapped: int
    quotations: dict[str, Quotations]
    calibration_error: float | None
    judged: int
    mistakes: tuple[Mistake, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them, of the shape of the shared scorer's."""
        figures: dict[str, Any] = {}
        if self.entities:
            figures["entities"] = {label: rate.to_dict() for label, rate in self.entities.items()}
        if self.names:
            figures["names"] = self.names.to_dict()
        if self.traps:
            figures["not_quotes"] = {"returned": self.trapped / self.traps, "strings": self.traps}
        figures |= {f"quotes.{family}": found.to_dict() for family, found in self.quotations.items()}
        if self.calibration_error is not None:
            figures["calibration"] = {"n": self.judged, "error": self.calibration_error}
        return {**figures, "articles": {"gold": self.articles, "missing": self.missing}}

    def figures(self) -> dict[str, float]:
        """Return every number by its dotted name: ``entities.all.f``, ``quotes.marked.end_to_end.f``."""
        return dict(_flat(self.to_dict()))

    def lines(self) -> list[str]:
        """Return a report for the terminal, in percent."""
        lines = [f"articles {self.articles}, of them without annotation {self.missing}"]
        for label, rate in self.entities.items():
            lines.append(
                f"{'entities ' + label:<17}{_prf(rate)}  {rate.right}/{rate.returned} of {rate.gold}"
            )
        if self.names:
            lines.append(f"{'names (B-cubed)':<17}{_prf(self.names)}  {self.names.mentions} mentions")
        for family, quotes in self.quotations.items():
            found = quotes.found
            lines.append(
                f"{'quotes ' + family:<17}{_prf(found)}  {found.right}/{found.returned} of {found.gold}"
                f"  F at overlap .3 {_percent(quotes.touched.f)}  exact {_percent(quotes.exact.f)}"
            )
            lines.append(
                f"{'':<17}kind {_percent(quotes.kind)}  cue {_percent(quotes.cue)}"
                f"  source {_percent(quotes.source)}  speaker {_percent(quotes.speaker)}"
            )
            counts = "  ".join(f"{name} {right}/{n}" for name, (right, n) in quotes.speaker_by_source.items())
            lines.append(f"{'':<17}speaker by source: {counts or '-'}")
            lines.append(
                f"{'':<17}end to end F {_percent(quotes.end_to_end.f)}"
                f"  by source F {_percent(quotes.end_to_end_source.f)}"
            )
        if self.traps:
            lines.append(
                f"no quotations, returned as such {_percent(self.trapped / self.traps)}"
                f"  {self.trapped} of {self.traps}"
            )
        if self.calibration_error is not None:
            lines.append(
                f"calibration error {_percent(self.calibration_error)}  {self.judged} marked quotations"
            )
        return lines


def evaluate(gold: Path, predicted: Path | None = None) -> Scores:
    """Score the records of ``predicted`` against the articles of ``gold``, both JSONL.

    Without ``predicted``, the gold's texts are annotated here and now. Articles are matched by ``id``.

    Raises `ValueError` for a line that is no JSON object with an ``id``, naming file and line, and `OSError`
    for a file that cannot be read.
    """
    articles = _read(gold)
    records = _annotated(articles) if predicted is None else _read(predicted)
    return score(articles, records)


def score(gold: Mapping[str, Json], predicted: Mapping[str, Json]) -> Scores:
    """Return the scores of ``predicted`` records against ``gold`` articles, both by id."""
    pairs = [_Pair(article, predicted.get(name, {})) for name, article in gold.items()]
    mistakes: list[Mistake] = []
    named = [pair for pair in pairs if pair.gold.get("ner", True)]
    families = {name: _Family(name, kinds, pairs, mistakes) for name, kinds in FAMILIES.items()}
    trapped = [pair.trapped() for pair in pairs]
    judged = families["marked"].judged
    return Scores(
        articles=len(gold),
        missing=sum(name not in predicted for name in gold),
        entities=_entities(named, mistakes),
        names=_names(named),
        traps=sum(len(pair.gold.get("not_quotes", ())) for pair in pairs),
        trapped=sum(trapped),
        quotations={name: family.figures() for name, family in families.items() if family.size},
        calibration_error=_calibration_error(judged) if judged else None,
        judged=len(judged),
        mistakes=tuple(mistakes),
    )


@dataclass(frozen=True, slots=True)
class Bounds:
    """What figures must reach (``at_least``) and must not pass (``at_most``), by their dotted names."""

    at_least: dict[str, float]
    at_most: dict[str, float]

    def broken(self, scores: Scores) -> list[str]:
        """Return what ``scores`` break, one sentence each; nothing when they hold.

        Raises `ValueError` for a figure that the scores do not have.
        """
        figures = scores.figures()
        unknown = sorted((self.at_least.keys() | self.at_most.keys()) - figures.keys())
        if unknown:
            raise ValueError(
                f"Got bounds for {', '.join(unknown)}, expected figures of the scores; "
                f"use names such as {', '.join(sorted(figures)[:3])}."
            )
        below = [
            f"{name} is {figures[name]:.4f}, below its floor {floor}"
            for name, floor in self.at_least.items()
            if figures[name] < floor
        ]
        above = [
            f"{name} is {figures[name]:.4f}, above its ceiling {ceiling}"
            for name, ceiling in self.at_most.items()
            if figures[name] > ceiling
        ]
        return below + above


def floors(path: Path) -> dict[str, Bounds]:
    """Read the quality floors of a JSON file: by gold set, its ``at_least`` and ``at_most`` figures.

    Raises `ValueError` for a file of another shape.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        return {name: Bounds(**bounds) for name, bounds in content.items()}
    except (AttributeError, TypeError) as error:
        raise ValueError(
            f"{path}: got a file of another shape ({error}), expected "
            '{"dev": {"at_least": {"entities.all.f": 0.8}, "at_most": {}}}; correct the file.'
        ) from error


# One article


@dataclass(frozen=True, slots=True)
class _Pair:
    """An article of the gold and its annotation (empty when there is none)."""

    gold: Json
    predicted: Json

    def quotes(self, kinds: Sequence[str]) -> tuple[list[Json], list[Json]]:
        expected = [quote for quote in self.gold["quotes"] if quote["type"] in kinds]
        returned = [quote for quote in self.predicted.get("quotes", ()) if _kind(quote) in kinds]
        return expected, returned

    def trapped(self) -> int:
        _, marked = self.quotes(FAMILIES["marked"])
        return len(self.matched(self.gold.get("not_quotes", ()), marked, FOUND))

    def matched(self, gold: Sequence[Json], returned: Sequence[Json], least: float) -> list[tuple[int, int]]:
        """Pair items one to one, the best overlaps first: indices of both."""
        spans = [self.core(item) for item in gold]
        other_spans = [self.core(item) for item in returned]
        ranked = sorted(
            (
                (_overlap(span, other), i, j)
                for i, span in enumerate(spans)
                for j, other in enumerate(other_spans)
                if span[0] < other[1] and other[0] < span[1]
            ),
            reverse=True,
        )
        pairs: list[tuple[int, int]] = []
        taken: set[int] = set()
        other_taken: set[int] = set()
        for overlap, i, j in ranked:
            if overlap < least:
                break
            if i not in taken and j not in other_taken:
                taken.add(i)
                other_taken.add(j)
                pairs.append((i, j))
        return pairs

    def core(self, item: Json) -> tuple[int, int]:
        """Return the extent of an item without outer marks, space and punctuation."""
        text: str = self.gold["text"]
        start, end = item["start"], item["end"]
        while start < end and text[start] in _OUTER:
            start += 1
        while end > start and text[end - 1] in _OUTER:
            end -= 1
        return start, end

    def aliases(self) -> dict[str, set[str]]:
        """Return all forms of each name, comparable, by the comparable name."""
        forms: dict[str, set[str]] = defaultdict(set)
        for entity in self.gold["entities"]:
            name = _comparable(entity["name"])
            forms[name] |= {name, _comparable(entity["text"])}
        return forms

    def mistake(self, kind: str, what: str) -> Mistake:
        return Mistake(self.gold["id"], kind, what)


class _Family:
    """Counts one family of quotations over all articles."""

    def __init__(
        self, name: str, kinds: Sequence[str], pairs: Iterable[_Pair], mistakes: list[Mistake]
    ) -> None:
        self.name = name
        self.kinds = kinds
        self.counts: Counter[str] = Counter()
        self.by_source: dict[str, Counter[bool]] = defaultdict(Counter)
        self.judged: list[tuple[float, bool]] = []
        self.mistakes = mistakes
        for pair in pairs:
            self._count(pair)

    @property
    def size(self) -> int:
        return self.counts["gold"] + self.counts["returned"]

    def figures(self) -> Quotations:
        return Quotations(
            found=self._rate("found"),
            touched=self._rate("touched"),
            exact=self._rate("exact"),
            kind=self._share("kind", "found"),
            cue=self._share("cue", "with cue"),
            source=self._share("source", "with source"),
            speaker=self._share("speaker", "found"),
            speaker_by_source={
                name: (counts[True], counts.total()) for name, counts in sorted(self.by_source.items())
            },
            end_to_end=self._rate("speaker"),
            end_to_end_source=self._rate("source or none"),
        )

    def _rate(self, what: str) -> Rate:
        return Rate(self.counts[what], self.counts["returned"], self.counts["gold"])

    def _share(self, what: str, of: str) -> float | None:
        return self.counts[what] / self.counts[of] if self.counts[of] else None

    def _count(self, pair: _Pair) -> None:
        gold, returned = pair.quotes(self.kinds)
        aliases = pair.aliases()
        found = pair.matched(gold, returned, FOUND)
        self.counts["gold"] += len(gold)
        self.counts["returned"] += len(returned)
        self.counts["touched"] += len(pair.matched(gold, returned, TOUCHED))
        self.counts["found"] += len(found)
        right = {j for i, j in found if self._compared(pair, gold[i], returned[j], aliases)}
        self.judged.extend(
            (quote["confidence"], j in right)
            for j, quote in enumerate(returned)
            if quote.get("confidence") is not None
        )
        for i in sorted(set(range(len(gold))) - {i for i, _ in found}):
            self._note(pair, "missed", gold[i], f"speaker {gold[i]['speaker']}")
        for j in sorted(set(range(len(returned))) - {j for _, j in found}):
            self._note(pair, "spurious", returned[j], f"speaker {_speaker(returned[j])}")

    def _compared(self, pair: _Pair, gold: Json, returned: Json, aliases: Mapping[str, set[str]]) -> bool:
        """Count what a quotation found has right; return whether its speaker is."""
        cue, source = gold["cue"], gold["source"]
        same_source = _meet(source, returned.get("source"))
        right = _same_speaker(gold, returned, aliases)
        self.counts["exact"] += pair.core(gold) == pair.core(returned)
        self.counts["kind"] += gold["type"] == _kind(returned)
        self.counts["with cue"] += bool(cue)
        self.counts["cue"] += _meet(cue, returned.get("cue"))
        self.counts["with source"] += bool(source)
        self.counts["source"] += same_source
        self.counts["source or none"] += same_source if source else not returned.get("source")
        self.counts["speaker"] += right
        self.by_source[gold["source_type"]][right] += 1
        if not right:
            expected = f"{gold['speaker']} ({gold['source_type']})"
            self._note(pair, "speaker", gold, f"expected {expected}, got {_speaker(returned)}")
        return right

    def _note(self, pair: _Pair, kind: str, quote: Json, what: str) -> None:
        words = pair.gold["text"][quote["start"] : quote["end"]]
        self.mistakes.append(pair.mistake(f"{self.name} {kind}", f"{what}: {words[:90]!r}"))


def _entities(pairs: Iterable[_Pair], mistakes: list[Mistake]) -> dict[str, Rate]:
    right: Counter[str] = Counter()
    returned: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    compared = False
    for pair in pairs:
        compared = True
        expected, got = _mentions(pair.gold), _mentions(pair.predicted)
        gold.update(label for *_, label in expected)
        returned.update(label for *_, label in got)
        right.update(label for *_, label in expected.keys() & got.keys())
        for start, end, label in sorted(expected.keys() ^ got.keys()):
            kind = "missed" if (start, end, label) in expected else "spurious"
            mistakes.append(pair.mistake(f"entity {kind}", f"{label} {pair.gold['text'][start:end]!r}"))
    if not compared:
        return {}
    labels = sorted(gold.keys() | returned.keys())
    rates = {label: Rate(right[label], returned[label], gold[label]) for label in labels}
    return {**rates, "all": Rate(right.total(), returned.total(), gold.total())}


def _names(pairs: Iterable[_Pair]) -> Names | None:
    precision = recall = 0.0
    mentions = 0
    for pair in pairs:
        expected, got = _mentions(pair.gold), _mentions(pair.predicted)
        both = [
            (
                expected[key].get("name"),
                got[key].get("name") or got[key].get("text") or pair.gold["text"][key[0] : key[1]],
            )
            for key in expected.keys() & got.keys()
        ]
        together = Counter(both)
        gold_groups = Counter(name for name, _ in both)
        groups = Counter(name for _, name in both)
        for (gold_name, name), n in together.items():
            precision += n * n / groups[name]
            recall += n * n / gold_groups[gold_name]
        mentions += len(both)
    return Names(precision / mentions, recall / mentions, mentions) if mentions else None


def _mentions(article: Json) -> dict[tuple[int, int, str], Json]:
    return {
        (entity["start"], entity["end"], entity["label"]): entity
        for entity in article.get("entities", ())
        if entity["label"] in LABELS
    }


def _calibration_error(judged: Iterable[tuple[float, bool]]) -> float:
    """Return the expected calibration error: how far confidence and truth are apart, bin by bin."""
    gaps = [0.0] * _BINS
    n = 0
    for confidence, right in judged:
        gaps[min(int(confidence * _BINS), _BINS - 1)] += confidence - right
        n += 1
    return sum(map(abs, gaps)) / n


def _same_speaker(gold: Json, returned: Json, aliases: Mapping[str, set[str]]) -> bool:
    expected, got = gold["speaker"], _speaker(returned)
    if expected is None or got is None:
        return expected is got
    name, other = _comparable(expected), _comparable(got)
    if other == name or other in aliases.get(name, ()):
        return True
    # A speaker who is only described, not named, is right by the words at the quotation, or by part of them.
    return name not in aliases and (
        _meet(gold["source"], returned.get("source")) or other in name or name in other
    )


def _comparable(name: str | None) -> str:
    """Return a name without case, accents, punctuation, leading determiner and form of address."""
    folded = unicodedata.normalize("NFKD", name or "").casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c)).replace("’", "'").strip()
    return re.sub(r"\W+", " ", _BEFORE_NAMES.sub("", plain)).strip()


def _speaker(quote: Json) -> str | None:
    speaker = quote.get("speaker")
    return speaker.get("name") if isinstance(speaker, Mapping) else speaker


def _kind(quote: Json) -> str | None:
    return quote.get("kind") or quote.get("type")


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return intersection over union of two extents that meet."""
    return (min(a[1], b[1]) - max(a[0], b[0])) / (max(a[1], b[1]) - min(a[0], b[0]))


def _meet(a: Json | None, b: Json | None) -> bool:
    return bool(a and b and a["start"] < b["end"] and b["start"] < a["end"])


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, int | float):
        yield prefix, value


def _prf(rate: Rate | Names) -> str:
    return f"P {_percent(rate.precision)}  R {_percent(rate.recall)}  F {_percent(rate.f)}"


def _percent(share: float | None) -> str:
    return f"{100 * share:5.1f}" if share is not None else "    -"


# Files


def _read(path: Path) -> dict[str, Json]:
    records: dict[str, Json] = {}
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                records[record["id"]] = record
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(
                    f"{path}:{number}: got {line[:60]!r} ({error}), "
                    "expected one JSON object a line with an id; "
                    "give a file of gold articles or of records (JSONL)."
                ) from error
    return records


def _annotated(articles: Mapping[str, Json]) -> dict[str, Json]:
    from .batch import annotate
    from .records import Record

    texts = ({"id": name, "text": article["text"]} for name, article in articles.items())
    return {
        record.id: record.to_dict(encode_json=False)
        for record in annotate(texts)
        if isinstance(record, Record)
    }
