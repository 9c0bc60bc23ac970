"""Indirect speech: the clauses without marks that a reporting clause may report, and where they may end.

``a affirmé que CONTENT``, ``nie avoir …``, ``selon X, CONTENT``, ``CONTENT, a-t-il ajouté``. `quotations`
takes the decisions; here are the candidates and their features.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from .decisions import Features
from .phrases import RELATIVES, THAT
from .reports import Clauses
from .sources import NORMS, Report

_DASHES = frozenset({"-", "–", "—"})
_NOT_THAT = frozenset(
    """
    ainsi tandis alors bien plus moins avant après pour afin autant même tel telle tels telles aussi
    lors dès sans parce depuis aussitôt ne qui quoi
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
# Adverbs that make a conjunction with que elsewhere, but not right after the cue.
_ADVERBS = frozenset({"même", "aussi", "ainsi", "alors", "encore"})
# ``dire`` after them means, or is no more than the journalist's turn.
_MEAN = frozenset({"veut", "veulent", "voulait", "voulaient", "voudrait", "vouloir"})
_IMPERSONAL = frozenset({"convient", "suffit", "suffi", "s'agit", "importe", "reste", "juste", "besoin"})
_SOME = frozenset({"certains", "certaines", "d'autres", "autres", "beaucoup", "plusieurs"})
_TIME_WORDS = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche hier ainsi mais et or car".split()
)
_CONJUNCTIONS = frozenset({"et", "mais", "ou", "puis"})
_SUBORDINATORS = frozenset({"quand", "lorsque", "lorsqu'", "si", "s'", "comme", "puisque", "puisqu'", "car"})
_EDGE = frozenset({",", ";", ":", ".", "!", "?", "…", "...", *_DASHES, "(", ")"})
_BOUNDARIES = frozenset(
    {",", "et", "mais", "ou", ":", ";", "(", "sans", "avant", "tandis", "alors", "puis", "selon", *_DASHES}
)
_ENDS = 14
_THAT_REACH = 30
_VERB_REACH = 12
_INFINITIVE_REACH = 24
_CLAUSE_REACH = 60


class _Clause(NamedTuple):
    """A reported clause whose end is sought: from unit ``begin`` of its sentence to ``limit`` at most."""

    units: list[int]
    begin: int
    limit: int
    rule: str
    starts: dict[int, Report]
    governors: set[int]
    cue_tense: str
    cue_number: str
    tense: str
    number: str
    subordinate: bool


class Complements:
    """What the reporting clauses of one article may report without marks."""

    def __init__(self, clauses: Clauses) -> None:
        self.n = clauses.n
        self.clauses = clauses
        self.place = clauses.place
        self.starts: dict[int, dict[int, Report]] = {}

    def candidates(self) -> Iterator[tuple[Report, list[tuple[int, int]], str]]:
        """Yield what a reporting clause may report without marks: ranges of units of its sentence, to be bounded."""
        for report in self.clauses.reports:
            if self.n.level[report.head] != -1 or self._impersonal(report):
                continue
            constructions = report.cue.constructions
            ranges: list[tuple[int, int]] = []
            rule = ""
            if report.mood == "preposition":
                if "incise" in constructions and (not report.cue.ambiguous or self._frames(report)):
                    ranges, rule = self._according(report), "according-to"
            elif report.mood == "noun":
                if "that" in constructions:
                    ranges, rule = self._according_to_which(report), "noun"
            else:
                if "that" in constructions:
                    ranges, rule = self._that_clause(report), "that-clause"
                if not ranges and "inf" in constructions:
                    ranges, rule = self._infinitive(report), "infinitive"
                if (
                    not ranges
                    and "incise" in constructions
                    and report.mood == "finite"
                    and not report.passive
                    and self.clauses.phrases.stands_as_incise(report.start)
                    and report.source_after
                ):
                    ranges, rule = self._incise(report), "incise"
            if ranges:
                yield report, ranges, rule

    def _impersonal(self, report: Report) -> bool:
        """Tell whether nobody says it: ``il est difficile de dire que``, ``cela veut dire que``, ``rappelons que``."""
        n = self.n
        if report.mood == "finite":
            return not report.third_person and report.source is None
        k = report.start - 1
        if report.mood != "infinitive" or k <= 0:
            return False
        if any(word in _MEAN for word in n.lower[max(0, k - 2) : k + 1]) or n.lower[k] == "-":
            return True  # cela ne veut pas dire que …; c'est-à-dire
        return n.lower[k] in {"de", "d'"} and (
            n.pos[k - 1] == "ADJ" or any(word in _IMPERSONAL for word in n.lower[max(0, k - 4) : k])
        )

    def _units(self, report: Report) -> list[int]:
        return self.n.units[self.n.sentence[report.head]]

    def _that_clause(self, report: Report) -> list[tuple[int, int]]:
        n = self.n
        units = self._units(report)
        k = self.clauses.place_of(report.end - 1, report)
        if k is None:
            return []
        for j in range(k + 1, min(len(units), k + 1 + _THAT_REACH)):
            unit = units[j]
            if unit < 0:
                return []
            word = n.lower[unit]
            if word in THAT:
                before = units[j - 1]
                if before >= 0 and n.lower[before] in _NOT_THAT and not self._said_that(units, k, j):
                    return []
                if before >= 0 and n.lower[before] == "ce" and n.lower[before - 1] == ",":
                    return []  # ce que Bamako dément
                if self._restricted(report, unit):
                    return []
                begin = self._unquoted(units, j + 1)
                return self._from(units, begin, len(units)) if self._is_clause(units, begin) else []
            if word in {":", ";", "."}:
                return []
            if any(
                other.head == unit and other.mood != "noun" and "that" in other.cue.constructions
                for other in self._reports_of(report)
            ):
                return []  # the que belongs to that one
        return []

    def _restricted(self, report: Report, that: int) -> bool:
        """Tell whether ``que`` restricts: ``n'a confirmé que le blocage``."""
        words = self.n.lower[report.start : that]
        return words[0] in {"ne", "n'"} and not report.negated and "pas" not in words

    def _said_that(self, units: list[int], k: int, j: int) -> bool:
        """Tell whether an adverb between the cue and its ``que`` makes no conjunction: ``estime même que``."""
        return j == k + 2 and self.n.lower[units[j - 1]] in _ADVERBS

    def _unquoted(self, units: list[int], begin: int) -> int:
        """Skip clauses quoted as a whole, which are direct, before others: ``que « … » et que CONTENT``."""
        n = self.n
        while begin + 2 < len(units) and units[begin] < 0:
            j = begin + 1
            while j < len(units) - 1 and units[j] >= 0 and n.lower[units[j]] in {",", *_CONJUNCTIONS}:
                j += 1
            if j == begin + 1 or units[j] < 0 or n.lower[units[j]] not in THAT:
                break
            begin = j + 1
        return begin

    def _is_clause(self, units: list[int], begin: int) -> bool:
        """Tell whether a finite verb or a quotation follows: ``ne relève que du juge`` reports nothing."""
        n, may_be_finite = self.n, self.clauses.phrases.may_be_finite
        return any(
            unit < 0 or (n.pos[unit] in ("VERB", "AUX") and may_be_finite(unit))
            for unit in units[begin : begin + _CLAUSE_REACH]
        )

    def _reports_of(self, report: Report) -> list[Report]:
        return self.clauses.by_sentence[self.n.sentence[report.head]]

    def _from(self, units: list[int], begin: int, limit: int) -> list[tuple[int, int]]:
        while begin < limit and units[begin] >= 0 and self.n.lower[units[begin]] in {",", *_DASHES}:
            begin += 1
        return [(begin, limit)] if begin < limit else []

    def _infinitive(self, report: Report) -> list[tuple[int, int]]:
        n = self.n
        units = self._units(report)
        k = self.clauses.place_of(report.end - 1, report)
        if k is None:
            return []
        begin = None
        for j in range(k + 1, min(len(units), k + _INFINITIVE_REACH)):
            unit = units[j]
            if unit < 0:
                # A quotation that itself begins with an infinitive: dit « prendre acte » de …
                first = n.tokens_of[~unit][0]
                if j == k + 1 and first < len(n.pos) and self._is_infinitive(first):
                    return [(j, len(units))]
                if units[j - 1] >= 0 and n.pos[units[j - 1]] in ("ADP", "DET"):
                    begin = None
                    continue  # dit au « 20 heures » vouloir …
                return []
            word = n.lower[unit]
            if self._is_infinitive(unit):
                begin = j if begin is None else begin
                previous = units[begin - 1]
                if (
                    begin > k + 1
                    and previous >= 0
                    and (
                        n.lower[previous] in _BEFORE_INFINITIVE | RELATIVES
                        or n.pos[previous] in ("ADJ", "DET")
                    )
                ):
                    return []
                return [(begin, len(units))]
            if word in _CLITIC_BEFORE_INFINITIVE:
                begin = j if begin is None else begin
                continue
            begin = None
            if (
                (n.pos[unit] in ("VERB", "AUX") and n.form[unit].verb != "Part")
                or n.pos[unit] in ("SCONJ", "CCONJ")
                or word in {":", ";"}
            ):
                return []
        return []

    def _is_infinitive(self, i: int) -> bool:
        return (
            self.n.pos[i] in ("VERB", "AUX")
            and self.n.entity[i] < 0
            and self.n.lower[i].endswith(("r", "re"))
            and not self.n.letters[i][0].isupper()
            and self.n.form[i].verb == "Inf"
        )

    def _incise(self, report: Report) -> list[tuple[int, int]]:
        """``CONTENT, a-t-il ajouté`` or ``En outre, dit-elle, CONTENT``."""
        n = self.n
        units = self._units(report)
        source = report.source
        first = self.clauses.place_of(min(report.start, source.start) if source else report.start, report)
        last = self.clauses.place_of(max(report.end, source.end) - 1 if source else report.end - 1, report)
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
        left = self._after_quotation(units, left)
        if left is None:
            return []
        return [left] if self._asserts(units, left) else []

    def _after_quotation(self, units: list[int], span: tuple[int, int]) -> tuple[int, int] | None:
        """Leave out what is quoted as a whole: ``« … » et CONTENT, a-t-il dit``; None if that is all."""
        n = self.n
        begin, end = span
        while begin < end and units[begin] < 0:
            following = begin + 1
            if (
                following < end
                and units[following] >= 0
                and n.lower[units[following]] not in {",", *_CONJUNCTIONS}
            ):
                return begin, end
            while (
                following < end
                and units[following] >= 0
                and n.lower[units[following]] in {",", *_CONJUNCTIONS}
            ):
                following += 1
            begin = following
        return (begin, end) if begin < end else None

    def _according(self, report: Report) -> list[tuple[int, int]]:
        """``selon X, CONTENT``, ``CONTENT, selon X`` or ``CONTENT, selon X, CONTENT``."""
        n = self.n
        source = report.source
        units = self._units(report)
        first = self.clauses.place_of(report.start, report)
        last = self.clauses.place_of(source.end - 1, report) if source is not None else None
        if first is None or last is None:
            return []
        if last < first:  # Awa Diarra, pour qui …
            return self._from(units, first + report.end - report.start + 1, len(units))
        last = self._apposition_end(units, self._modifier_end(units, last))
        if n.lower[report.end] == "ce":  # selon ce qu'a confié Awa Diarra à la presse, CONTENT
            commas = (k for k in range(last + 1, len(units)) if units[k] >= 0 and n.lower[units[k]] == ",")
            last = next(commas, last + 1) - 1
        if first > 0 and units[first - 1] >= 0 and n.lower[units[first - 1]] == "toujours":
            first -= 1  # toujours selon lui
        begin = self._clause_start(units, first)
        before = next(
            (
                units[j]
                for j in range(first - 1, begin - 1, -1)
                if units[j] < 0 or n.lower[units[j]] not in _EDGE
            ),
            None,
        )
        left = None
        if before is not None and (before < 0 or n.lower[before] not in _LEADS_IN):
            left = self._trim(units, begin, first)
        right = self._trim(units, self._connective_end(units, last + 1), len(units))
        if right is not None and not self._stands(units, right, alone=left is None):
            right = None
        if left is not None and last + 1 < len(units) and units[last + 1] < 0:
            left = None  # , selon lui « … »: the fragment is what he says
        if left is not None:
            scene = self._adverbial(units, left) and (right is None or not self._is_predicate(units, right))
            left = None if scene else self._after_quotation(units, left)
        ranges = [left] if left is not None else []
        if right is not None and (left is None or self._goes_on(units, right)):
            ranges.append(right)
        return ranges

    def _stands(self, units: list[int], span: tuple[int, int], alone: bool) -> bool:
        """Tell whether what follows a source can be its words: no relative clause, no quotation after a colon."""
        n = self.n
        first = units[span[0]]
        if first >= 0 and n.lower[first] in RELATIVES:
            return False
        for j in range(span[0] + 1, min(span[1], span[0] + _CLAUSE_REACH)):
            if units[j - 1] >= 0 and n.lower[units[j - 1]] == ":" and units[j] < 0:
                return self._asserts(units, (span[0], j))
        if alone:
            return self._says(units, span)
        return first < 0 or n.pos[first] == "ADP" or self._asserts(units, span)

    def _is_predicate(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether a range begins with a finite verb, whose subject must then come before."""
        n = self.n
        for unit in units[span[0] : span[0] + 4]:
            if unit < 0:
                return False
            if n.pos[unit] in ("VERB", "AUX"):
                return self.clauses.is_finite(unit)
            if n.lower[unit] not in _CLITIC_BEFORE_INFINITIVE:
                return False
        return False

    def _connective_end(self, units: list[int], j: int) -> int:
        """Skip an adverb of the journalist's set off by commas: ``Selon X, cependant, CONTENT``."""
        n = self.n
        while j < len(units) and units[j] >= 0 and n.lower[units[j]] == ",":
            j += 1
        if (
            j + 1 < len(units)
            and min(units[j : j + 2]) >= 0
            and n.pos[units[j]] == "ADV"
            and n.lower[units[j + 1]] == ","
        ):
            return j + 2
        return j

    def _modifier_end(self, units: list[int], last: int) -> int:
        """Skip a participle or relative clause of the source: ``selon un sondage publié lundi, CONTENT``."""
        n = self.n
        j = last + 1
        if j >= len(units) or units[j] < 0:
            return last
        participle = n.form[units[j]].verb == "Part" and n.pos[units[j]] in (
            "VERB",
            "ADJ",
        )
        if not participle and n.lower[units[j]] not in THAT | RELATIVES:
            return last
        for k in range(j + 1, len(units)):
            if units[k] >= 0 and n.lower[units[k]] in {",", ";", ".", ")", ":"}:
                return k - 1
        return len(units) - 1

    def _according_to_which(self, report: Report) -> list[tuple[int, int]]:
        """``la déclaration de X selon laquelle CONTENT``: a noun whose author is named, then its clause."""
        n = self.n
        units = self._units(report)
        k = self.clauses.place_of(report.source.end - 1, report) if report.source is not None else None
        if k is None or k + 3 >= len(units) or min(units[k + 1 : k + 3]) < 0:
            return []
        selon, which = (n.lower[unit] for unit in units[k + 1 : k + 3])
        return self._from(units, k + 3, len(units)) if selon == "selon" and which in RELATIVES else []

    def _frames(self, report: Report) -> bool:
        """Tell whether ``pour`` opens a clause with somebody whose view it is: ``Pour X, CONTENT``, no purpose."""
        n = self.n
        units = self._units(report)
        first = self.clauses.place_of(report.start, report)
        source = report.source
        if (
            source is None
            or first is None
            or (
                first > 0
                and (units[first - 1] < 0 or n.lower[units[first - 1]] not in {",", "et", "mais", ";", ":"})
            )
        ):
            return False
        after = self.clauses.place_of(source.end - 1, report)
        if after is None or after + 1 >= len(units) or units[after + 1] < 0:
            return False
        if source.entity >= 0:
            speaks = n.ents[source.entity].label_ in ("PER", "ORG")
        else:
            speaks = (
                source.kind == "pronoun"
                or n.lower[source.head] in _SOME
                or n.lower[source.head] in self.clauses.phrases.roles
            )
        return speaks

    def _says(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether a range can be a clause: it has a verb, or a quotation and words."""
        part = units[span[0] : min(span[1], span[0] + _CLAUSE_REACH)]
        words = [unit for unit in part if unit >= 0]
        return any(self.n.pos[i] in ("VERB", "AUX") for i in words) or 0 < len(words) < len(part)

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
            finite = n.pos[units[k]] in ("VERB", "AUX") and self.clauses.is_finite(units[k])
            if finite and not relative:
                return last
            if n.lower[units[k]] == ",":
                rest = range(k + 1, min(len(units), k + _CLAUSE_REACH))
                return k if any(units[i] < 0 or n.pos[units[i]] in ("VERB", "AUX") for i in rest) else last
        return last

    def _adverbial(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether the words before ``selon`` only set the scene: ``En effet, selon …``, ``Mardi, selon …``."""
        part = units[span[0] : span[1]]
        if len(part) > 8 or any(unit < 0 for unit in part):
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
        if self.n.lower[first] in _BREAKS_OFF or self._presents(units, span):
            return False
        return self.n.pos[first] in ("VERB", "AUX", "ADP", "DET", "NOUN", "ADV", "PRON", "ADJ")

    def _presents(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether a range says who the source is: ``selon X, l'un des élus du quartier``."""
        words = [unit for unit in units[span[0] : min(span[1], span[0] + _CLAUSE_REACH)] if unit >= 0]
        for i in words[:4]:
            if self.n.lower[i] in self.clauses.phrases.roles:
                return not any(self.n.pos[j] in ("VERB", "AUX") and self.clauses.is_finite(j) for j in words)
            if self.n.pos[i] not in ("DET", "ADJ", "NUM", "PRON") and self.n.lower[i] not in {
                "un",
                "une",
                "des",
            }:
                return False
        return False

    def _trim(self, units: list[int], a: int, b: int) -> tuple[int, int] | None:
        n = self.n
        while a < b and units[a] >= 0 and n.lower[units[a]] in _EDGE:
            a += 1
        while (
            b > a
            and units[b - 1] >= 0
            and (n.lower[units[b - 1]] in _EDGE or n.lower[units[b - 1]] in {"et", "mais"})
        ):
            b -= 1
        return (a, b) if b > a else None

    def extent(self, report: Report, begin: int, end: int) -> tuple[int, int]:
        """Return the character offsets of the units from ``begin`` to ``end`` of the report's sentence."""
        n = self.n
        units = self._units(report)
        first, last = units[begin], units[end - 1]
        start = n.marks[~first].outer_start if first < 0 else n.start[first]
        stop = n.marks[~last].outer_end if last < 0 else n.end_of(last)
        return start, stop

    def is_one_quotation(self, report: Report, begin: int, end: int) -> bool:
        """Tell whether a clause is quoted as a whole: that is a direct quotation, not an indirect one."""
        return end - begin == 1 and self._units(report)[begin] < 0

    def ends(
        self, report: Report, begin: int, limit: int, rule: str
    ) -> Iterator[tuple[int, Features | None]]:
        """Yield where the clause may end, in order: before commas, conjunctions, colons with features, at the limit."""
        n = self.n
        units = self._units(report)
        trimmed = self._trim(units, begin, limit)
        if trimmed is None:
            return
        limit = trimmed[1]
        clause = self._clause(report, units, begin, limit, rule)
        complete = False
        offered = 0
        for j in range(begin, limit):
            unit = units[j]
            if unit < 0:
                first, last = n.tokens_of[~unit]
                quoted = range(first, min(last, first + _CLAUSE_REACH))
                complete = complete or any(self.clauses.is_finite(i) for i in quoted)
                continue
            if j > begin and n.lower[unit] in _BOUNDARIES:
                if offered == _ENDS:
                    break
                end = j
                while end > begin + 1 and units[end - 1] >= 0 and n.lower[units[end - 1]] in {",", *_DASHES}:
                    end -= 1
                if complete and (self._introduces(units, j, limit) or self._resumes(clause, report, j)):
                    yield end, None
                    return
                offered += 1
                yield end, self._end_features(clause, end, j, complete)
            complete = complete or self._is_main_verb(unit, rule)
        yield limit, None

    def _starts(self, report: Report) -> dict[int, Report]:
        """Return the reports of the sentence of ``report`` by the places where they start."""
        number = self.n.sentence[report.head]
        if number not in self.starts:
            found = (
                (self.clauses.place_of(other.start, report), other)
                for other in self.clauses.by_sentence[number]
            )
            self.starts[number] = {place: other for place, other in found if place is not None}
        return self.starts[number]

    def _introduces(self, units: list[int], j: int, limit: int) -> bool:
        """Tell whether a colon brings a quotation, or a semicolon another sentence: there a complete clause ends."""
        n = self.n
        word = n.lower[units[j]]
        if j + 1 >= limit or word not in {":", ";"}:
            return False
        following = units[j + 1]
        return following < 0 if word == ":" else following >= 0 and n.lower[following] not in THAT

    def _resumes(self, clause: _Clause, report: Report, j: int) -> bool:
        """Tell whether a comma closes a report in an aside: ``X, estimant que CONTENT, a quitté la salle``."""
        n = self.n
        units = clause.units
        before = report.start - (2 if n.lower[report.start - 1] == "qui" else 1)
        return (
            clause.subordinate
            and n.lower[units[j]] == ","
            and before >= 0
            and n.lower[before] == ","
            and self._is_predicate(units, (j + 1, clause.limit))
        )

    def _clause(self, report: Report, units: list[int], begin: int, limit: int, rule: str) -> _Clause:
        starts = self._starts(report)
        governor = report.head
        governors = {governor}
        for _ in range(4):
            governor = self.n.governor[governor]
            governors.add(governor)
        finite = [i for i in range(report.start, report.end) if self.clauses.is_finite(i)]
        first = next(
            (
                unit
                for unit in units[begin : min(limit, begin + _CLAUSE_REACH)]
                if unit >= 0 and self.clauses.is_finite(unit)
            ),
            None,
        )
        return _Clause(
            units, begin, limit, rule, starts, governors,
            self._tense(finite[0]) if finite else report.mood,
            self._number(finite[0]) if finite else "",
            "" if first is None else self._tense(first),
            "" if first is None else self._number(first),
            report.mood == "gerund" or self.n.dep[report.head] == "acl:relcl",
        )  # fmt: skip

    def _end_features(self, clause: _Clause, end: int, j: int, complete: bool) -> Features:
        """Return the features of an end before the boundary at ``j``; ``complete``: has the clause its verb?"""
        n = self.n
        units, begin, limit, rule = clause.units, clause.begin, clause.limit, clause.rule
        mark = n.lower[units[j]]
        k = j + 1
        if mark == "," and k < limit and units[k] >= 0 and n.lower[units[k]] in _CONJUNCTIONS:
            mark = f", {n.lower[units[k]]}"
            k += 1
        features: Features = {
            f"at {mark}": 1.0,
            f"{rule}": 1.0,
            "so far": math.log1p(end - begin) / 3,
            "to come": math.log1p(limit - j) / 3,
            "incomplete": float(not complete),
            "one quotation so far": float(end - begin == 1 and units[begin] < 0),
            "after a quotation": float(units[end - 1] < 0),
        }
        if n.lower[units[k - 1]] in _CONJUNCTIONS:
            k = self._aside_end(units, k, limit)
        if k >= limit:
            return features
        verb = self._next_verb(units, k, min(limit, k + _VERB_REACH))
        kind = self._continuation(units, k, verb, limit)
        features[f"then {kind}"] = 1.0
        features[f"{mark} then {kind}"] = 1.0
        if units[k] < 0:
            return features
        attached = self._attached(clause, units[k] if verb is None else units[verb], end)
        features[f"then attached {attached}"] = 1.0
        features[f"then {kind} attached {attached}"] = 1.0
        if verb is not None and self.clauses.is_finite(units[verb]) and kind in ("predicate", "clause"):
            features |= self._verb_features(clause, kind, units[verb])
            if kind == "predicate":
                features["predicate of a main clause"] = float(complete and clause.subordinate)
        report = next(
            (clause.starts[place] for place in range(k, min(limit, k + 3)) if place in clause.starts), None
        )
        if report is not None:
            features["then report"] = 1.0
            features[f"then {kind} report {report.mood}"] = 1.0
        return features

    def _aside_end(self, units: list[int], k: int, limit: int) -> int:
        """Skip an aside between commas after a conjunction: ``et, lors d'une visite, le maire …``."""
        n = self.n
        if k < limit and units[k] >= 0 and n.lower[units[k]] == ",":
            for j in range(k + 1, min(limit, k + _VERB_REACH)):
                if units[j] >= 0 and n.lower[units[j]] == ",":
                    return j + 1
        return k

    def _continuation(self, units: list[int], k: int, verb: int | None, limit: int) -> str:
        """Name what follows a boundary: a quotation, a relative or another clause, a predicate without subject, …"""
        n = self.n
        if units[k] < 0:
            return "quotation"
        word = n.lower[units[k]]
        if word in THAT:
            whole = (
                k + 1 < limit
                and units[k + 1] < 0
                and (k + 2 >= limit or (units[k + 2] >= 0 and n.lower[units[k + 2]] in _EDGE))
            )
            return "quoted que" if whole else "que"
        if word in RELATIVES or (
            n.pos[units[k]] == "ADP"
            and any(unit >= 0 and n.lower[unit] in RELATIVES for unit in units[k + 1 : k + 3])
        ):
            return "relative"
        if word in _SUBORDINATORS or (
            word in _NOT_THAT and k + 1 < limit and units[k + 1] >= 0 and n.lower[units[k + 1]] in THAT
        ):
            return "subordinate clause"
        if verb is None:
            return "phrase"
        head = units[verb]
        if not self.clauses.is_finite(head):
            form = n.form[head]
            if form.verb == "Part":
                return "gerund" if form.tense == "Pres" else "participle"
            return "infinitive"
        return "clause" if self._has_subject(head, units[k] - 1) else "predicate"

    def _verb_features(self, clause: _Clause, kind: str, verb: int) -> Features:
        """Return what the next verb tells: is it coordinated with the reporting verb, or with the reported one?"""
        tense = self._tense(verb)
        features: Features = {
            f"{kind} in the cue's tense only": float(tense == clause.cue_tense != clause.tense),
            f"{kind} in the clause's tense only": float(tense == clause.tense != clause.cue_tense),
            f"{kind} in neither's tense": float(tense not in (clause.tense, clause.cue_tense)),
        }
        if kind == "predicate":
            number = self._number(verb)
            features["number of the cue only"] = float(number == clause.cue_number != clause.number)
            features["number of the clause only"] = float(number == clause.number != clause.cue_number)
        return features

    def _asserts(self, units: list[int], span: tuple[int, int]) -> bool:
        """Tell whether a range has a verb of its own, not only those of relative clauses."""
        part = units[span[0] : min(span[1], span[0] + _CLAUSE_REACH)]
        return any(unit >= 0 and self._is_main_verb(unit, "infinitive") for unit in part)

    def _is_main_verb(self, i: int, rule: str) -> bool:
        """Tell whether a token is a verb that a reported clause can rest on: not one of a relative clause."""
        if self.n.pos[i] not in ("VERB", "AUX") or not (self.clauses.is_finite(i) or rule == "infinitive"):
            return False
        return self.n.dep[self._main_verb(i)] != "acl:relcl"

    def _main_verb(self, i: int) -> int:
        """Return the verb or predicate that an auxiliary or copula belongs to; another verb itself."""
        dep = self.n.dep[i]
        return self.n.governor[i] if dep.startswith("aux") or dep == "cop" else i

    def _attached(self, clause: _Clause, i: int, end: int) -> str:
        """Tell on what the parse hangs a token after an end: on the clause before it, on the cue, or elsewhere."""
        first = clause.units[clause.begin]
        last = clause.units[end - 1]
        low = self.n.tokens_of[~first][0] if first < 0 else first
        high = self.n.tokens_of[~last][1] if last < 0 else last + 1
        for _ in range(8):
            governor = self.n.governor[i]
            if governor == i:
                return "root"
            i = governor
            if low <= i < high:
                return "inside"
            if i in clause.governors:
                return "cue"
        return "elsewhere"

    def _has_subject(self, verb: int, after: int) -> bool:
        """Tell whether a finite verb has a subject of its own after the token ``after``."""
        n = self.n
        return any(
            child > after and n.dep[child].startswith(("nsubj", "expl:subj"))
            for head in {verb, self._main_verb(verb)}
            for child in n.parse.children(head)
        )

    def _tense(self, i: int) -> str:
        """Return the tense of a finite verb, a compound one with the participle it is made with."""
        n = self.n
        compound = n.dep[i] == "aux:tense" or (n.dep[i] == "aux:pass" and n.pos[i] == "AUX")
        return n.form[i].mood + n.form[i].tense + "+" * compound

    def _next_verb(self, units: list[int], a: int, b: int) -> int | None:
        for k in range(a, b):
            if units[k] >= 0 and self.n.pos[units[k]] in ("VERB", "AUX"):
                return k
        return None

    def _number(self, i: int) -> str:
        return self.n.form[i].number

    def indirect_features(self, report: Report, content: tuple[int, int], rule: str, ranges: int) -> Features:
        """Return what tells a reported clause from a decision, a wish or a fact."""
        n = self.n
        source = report.source
        size = content[1] - content[0]
        features: Features = {
            rule: 1.0,
            f"{rule} {report.mood}": 1.0,
            f"cue {report.cue.lemma}": 1.0,
            f"{rule} stance {report.cue.stance}": 1.0,
            "ambiguous": float(report.cue.ambiguous),
            f"source {source.kind if source else 'none'}": 1.0,
            f"{rule} source {source.kind if source else 'none'}": 1.0,
            "negated": float(report.negated),
            "passive": float(report.passive),
            "not third person": float(not report.third_person),
            "characters": math.log1p(size) / 5,
            f"{rule} in two ranges": float(ranges > 1),
            f"{rule} short": float(size < 25),
        }
        cue = n.start[report.start]
        features["gap"] = math.log1p(max(0, content[0] - cue, cue - content[1])) / 5
        if rule == "that-clause":
            that = self.clauses.token_at(content[0]) - 1
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
                following = that + 1 + (not n.lower[that + 1].strip())
                features["que before its verb"] = float(self.clauses.is_finite(following))
                features["que in a cleft"] = float(
                    report.mood in ("infinitive", "gerund")
                    and "c'" in n.lower[max(0, report.start - 20) : report.start]
                )
                if before >= report.end:
                    phrase = before
                    while report.end <= n.governor[phrase] < that and n.governor[phrase] != phrase:
                        phrase = n.governor[phrase]
                    hung = n.dep[phrase] if n.governor[phrase] == report.head else "elsewhere"
                    features[f"que after {hung}"] = 1.0
                between = range(report.end, that)
                features["verbs before que"] = min(
                    2.0,
                    float(sum(n.pos[i] in ("VERB", "AUX") and self.clauses.is_finite(i) for i in between)),
                )
                head = n.governor[that]
                features["complement"] = float(n.dep[head] == "ccomp" and n.governor[head] == report.head)
        if rule == "infinitive":
            infinitive = self.clauses.token_at(content[0])
            while n.lower[infinitive] in _CLITIC_BEFORE_INFINITIVE and infinitive + 1 < len(n.lower):
                infinitive += 1
            word = n.lower[infinitive]
            features[
                "infinitive avoir" if word in {"avoir", "être"} else f"infinitive {report.cue.stance} other"
            ] = 1.0
            features["infinitive modal"] = float(word in {"vouloir", "pouvoir", "devoir"})
            features["infinitive at once"] = float(infinitive - report.end < 3)
        if rule in ("incise", "according-to") and ranges == 1:
            first, last = (self.clauses.token_at(offset) for offset in content)
            features[f"{rule} without a verb"] = float(
                not any(map(self.clauses.is_finite, range(first, last)))
            )
        if source is not None:
            word = n.lower[source.head]
            features["source norm"] = float(word in NORMS or n.lower[source.start] in NORMS)
            features[f"source {word.lstrip('-')}"] = float(source.kind == "pronoun")
            if source.kind == "nominal":
                role = self.clauses.phrases.roles.get(word)
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
