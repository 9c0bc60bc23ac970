"""Indirect speech: the clauses without marks that a reporting clause may report, and where they may end.

``a affirmé que CONTENT``, ``nie avoir …``, ``selon X, CONTENT``, ``CONTENT, a-t-il ajouté``. `quotations`
takes the decisions; here are the candidates and their features.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from .decisions import Features
from .reports import THAT, Clauses, Report

_DASHES = frozenset({"-", "–", "—"})
_NOT_THAT = frozenset(
    """
    ainsi tandis alors bien plus moins avant après pour afin autant même tel telle tels telles aussi
    lors dès sans parce depuis aussitôt ne
    """.split()
)
_CLITIC_BEFORE_INFINITIVE = frozenset(
    """
    ne n' pas se s' me m' y en le la l' les lui leur nous plus jamais
    """.split()
)
_BEFORE_INFINITIVE = frozenset({"de", "d'", "à", "pour", "par", "sans", "après", "avant"})
_LEADS_IN = frozenset({"que", "qu'", "qui", "dont", "où", "si", "car", "puisque", "alors", "mais", "et"})
_BREAKS_OFF = frozenset({"mais", "et", "qui", "alors", "tandis", "connue", "connu", "dont", "ce", "avant"})
_TIME_WORDS = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier ainsi mais et or car".split()
)
_EDGE = frozenset({",", ";", ":", ".", "!", "?", "…", "...", *_DASHES, "(", ")"})
_BOUNDARIES = frozenset(
    {",", "et", "mais", "ou", ":", ";", "(", "sans", "avant", "tandis", "alors", "puis", "selon", *_DASHES}
)
_ENDS = 14
_THAT_REACH = 30


class Complements(Clauses):
    """What the reporting clauses of one article may report without marks."""

    def __init__(self, clauses: Clauses) -> None:
        super().__init__(clauses.n, clauses.finder, clauses.reports)

    def candidates(self) -> Iterator[tuple[Report, list[tuple[int, int]], str]]:
        """Yield what a reporting clause may report without marks: ranges of units of its sentence, to be bounded."""
        for report in self.reports:
            if self.n.level[report.head] != -1 or self._impersonal(report):
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
                if (
                    not ranges
                    and "incise" in constructions
                    and report.source_after
                    and report.mood == "finite"
                    and not report.passive
                ):
                    ranges, rule = self._incise(report), "incise"
            if ranges:
                yield report, ranges, rule

    def _impersonal(self, report: Report) -> bool:
        """Tell whether nobody says it: ``il est difficile de dire que``."""
        k = report.start - 1
        return (
            report.mood == "infinitive"
            and k > 0
            and self.n.lower[k] in {"de", "d'"}
            and self.n.pos[k - 1] == "ADJ"
        )

    def _units(self, report: Report) -> list[int]:
        return self.n.units[self.n.sentence[report.head]]

    def _that_clause(self, report: Report) -> list[tuple[int, int]]:
        n = self.n
        units = self._units(report)
        k = self.place_of(report.end - 1, report)
        if k is None:
            return []
        for j in range(k + 1, min(len(units), k + 1 + _THAT_REACH)):
            unit = units[j]
            if unit < 0:
                return []
            word = n.lower[unit]
            if word in THAT:
                before = units[j - 1]
                if before >= 0 and n.lower[before] in _NOT_THAT:
                    return []
                return self._from(units, j + 1, len(units))
            if word in {":", ";", "."}:
                return []
            if any(
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
        k = self.place_of(report.end - 1, report)
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
        return (
            self.n.pos[i] in ("VERB", "AUX")
            and self.n.entity[i] < 0
            and self.n.lower[i].endswith(("r", "re"))
            and not self.doc[i].text[0].isupper()
            and "Inf" in self.doc[i].morph.get("VerbForm", [])
        )

    def _incise(self, report: Report) -> list[tuple[int, int]]:
        """``CONTENT, a-t-il ajouté`` or ``En outre, dit-elle, CONTENT``."""
        n = self.n
        units = self._units(report)
        source = report.source
        first = self.place_of(min(report.start, source.start) if source else report.start, report)
        last = self.place_of(max(report.end, source.end) - 1 if source else report.end - 1, report)
        if (
            not first
            or last is None
            or units[first - 1] < 0
            or n.lower[units[first - 1]] not in {",", *_DASHES}
        ):
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
        first = self.place_of(report.start, report)
        last = self.place_of(source.end - 1, report) if source is not None else None
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
        if right is not None and self._says(units, right) and (left is None or self._goes_on(units, right)):
            ranges.append(right)
        return ranges

    def _says(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether a range can be a clause: it has a verb or a quotation."""
        return any(unit < 0 or self.n.pos[unit] in ("VERB", "AUX") for unit in units[span[0] : span[1]])

    def _clause_start(self, units: list[int], first: int) -> int:
        """Return where the clause before unit ``first`` starts: after a colon, else with the sentence."""
        for j in range(first - 1, -1, -1):
            if units[j] >= 0 and self.n.lower[units[j]] in {":", ";"}:
                return j + 1
        start = 0
        # A connective set off by a comma is the journalist's: Cependant, …
        if (
            len(units) > 2
            and units[0] >= 0
            and units[1] >= 0
            and self.n.lower[units[1]] == ","
            and self.n.pos[units[0]] == "ADV"
        ):
            start = 2
        return start

    def _apposition_end(self, units: list[int], last: int) -> int:
        """Skip what is apposed to the source between commas or brackets: ``selon X, économiste à Dakar, …``."""
        n = self.n
        j = last + 1
        if j < len(units) and units[j] >= 0 and n.lower[units[j]] == "(":
            closing = next(
                (k for k in range(j, len(units)) if units[k] >= 0 and n.lower[units[k]] == ")"), None
            )
            return last if closing is None else closing
        if j + 1 >= len(units) or units[j] < 0 or n.lower[units[j]] != "," or units[j + 1] < 0:
            return last
        following = units[j + 1]
        relative = n.lower[following] in {"qui", "dont"}
        if not (
            relative
            or n.pos[following] in ("DET", "NOUN", "ADJ", "PROPN")
            or n.lower[following] in {"de", "du", "d'"}
        ):
            return last
        for k in range(j + 2, min(len(units), j + 30)):
            if units[k] < 0:
                return k - 1 if units[k - 1] >= 0 and n.lower[units[k - 1]] == "," else last
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
        return (
            len(part) <= 2
            or self.n.pos[first] in ("ADV", "ADP", "CCONJ", "SCONJ")
            or self.n.lower[first] in _TIME_WORDS
        )

    def _goes_on(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether the clause before a ``selon X`` in its middle goes on after it."""
        first = units[span[0]]
        if first < 0:
            return True
        return self.n.lower[first] not in _BREAKS_OFF and self.n.pos[first] in (
            "VERB",
            "AUX",
            "ADP",
            "DET",
            "NOUN",
            "ADV",
            "PRON",
            "ADJ",
        )

    def _trim(self, units: list[int], a: int, b: int) -> tuple[int, int] | None:
        n = self.n
        while a < b and units[a] >= 0 and n.lower[units[a]] in _EDGE:
            a += 1
        while (
            b > a
            and units[b - 1] >= 0
            and (n.lower[units[b - 1]] in _EDGE or n.lower[units[b - 1]] in {"toujours", "et", "mais"})
        ):
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
        starts = {
            place: other
            for other in self._reports_of(report)
            if (place := self.place_of(other.start, report)) is not None
        }
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
                yield (
                    end,
                    self._end_features(report, units, begin, end, j, limit, rule, verbs, starts, governors),
                )
            if (
                unit >= 0
                and n.pos[unit] in ("VERB", "AUX")
                and (self._is_finite(unit) or rule == "infinitive")
            ):
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
        if word in THAT:
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
            if "Part" in self.doc[units[verb]].morph.get("VerbForm", []) and "Pres" in self.doc[
                units[verb]
            ].morph.get("Tense", []):
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
            that = self.token_at(content[0]) - 1
            if that > 0:
                features["que relative"] = float(n.pos[that] == "PRON")
                before = that - 1 if n.lower[that].strip() else that - 2
                features["que after comma"] = float(n.lower[before] == ",")
                features["que at once"] = float(before < report.end)
                features["que after noun"] = float(
                    n.pos[before] in ("NOUN", "PROPN") and before >= report.end
                )
                features["que after ce"] = float(
                    n.lower[before] in {"ce", "fait", "celui", "celle", "ceux", "celles"}
                )
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
                role = self.finder.roles.get(word)
                features["source role" if role else "source no role"] = 1.0
                features[f"{rule} source role" if role else f"{rule} source no role"] = 1.0
            if source.entity >= 0:
                features[f"source {self.n.ents[source.entity].label_}"] = 1.0
                features[f"{rule} source {self.n.ents[source.entity].label_}"] = 1.0
            features["source after"] = float(report.source_after)
        features[f"in {n.blocks[n.block[report.head]]}"] = 1.0
        features["question"] = float(n.text[content[1] : content[1] + 2].strip()[:1] == "?")
        features["conditional"] = float(n.lower[report.start].endswith(("rait", "raient")))
        return features
