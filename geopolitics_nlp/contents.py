"""Marked contents: where they begin and end, which reporting clause is theirs, and what tells words from names.

`geopolitics_nlp.quotations` takes the decisions; here are the candidates and their features.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .decisions import Features
from .lexicons import Cue
from .narrative import BULLETS
from .reports import THAT, Clauses, Report

if TYPE_CHECKING:
    from spacy.tokens import Token

_DASHES = frozenset({"-", "–", "—"})
_COMMAS = frozenset({",", *_DASHES, "(", ")"})
_NAMING = frozenset(
    """
    dit dite dits dites surnommé surnommée surnommés baptisé baptisée intitulé intitulée intitulés nommé
    nommée appelé appelée appelés appelées appelle nomme opération projet film livre titre titré mot
    mots terme termes expression notion concept signifie signifient signifiant signifier désigne
    désigner désignant veut politique label nom soi-disant prétendu prétendue chanson album roman
    émission rubrique
    """.split()
)
_CHARGING = frozenset(
    """
    accusé accusée accusés accusées accuser examen enquête mise mis garde condamné condamnée condamnés
    poursuivi poursuivie poursuivis placé placés délit crime soupçonné soupçonnés inculpé jugé
    infraction chef
    """.split()
)
_OFFENCES = frozenset(
    """
    abus agression assassinat attentat blanchiment blessures chantage complicité complot concussion corruption
    détournement diffamation discrimination dissimulation détention enlèvement escroquerie espionnage évasion extorsion
    faux fraude harcèlement homicide homicides injure injures insurrection malfaiteurs manquement meurtre menaces
    mutinerie outrage prise proxénétisme rébellion recel sabotage séquestration sédition terrorisme torture trahison
    trafic tromperie usage viol violence violences vol
    """.split()
)
_BEFORE_MARKS = frozenset(
    """
    de d' du des le la l' les un une son sa ses leur ce cette au aux à en pour par comme que qu' et ou
    mais dans sur avec sans est sont était , : ( ) -
    """.split()
)
_FIRST_PERSON = frozenset(
    """
    je j' nous me m' mon ma mes notre nos moi vous votre vos tu te t'
    """.split()
)
_LINK_REACH = 60
_CANDIDATES = 8
_FEW_WORDS = 6
_LEAD = 16
_SEARCHED = 200
# What reports without a verb: the name below a quotation, behind a dash.
_SIGNED = Cue("", "noun", frozenset(), "asserts", (), False)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of marked content; ``incise`` is the reporting clause inside the marks that cuts it, if any."""

    start: int
    end: int
    incise: Report | None


class Contents(Clauses):
    """What stands between the marks of one article."""

    def __init__(self, clauses: Clauses) -> None:
        super().__init__(clauses.n, clauses.finder, clauses.reports)
        self.contents = Counter(self.n.text[mark.start : mark.end] for mark in self.n.marks)

    def parts(self, m: int) -> Iterator[Part]:
        """Yield the marked content, cut where a reporting clause stands inside the marks."""
        mark = self.n.marks[m]
        start, end = mark.start, mark.end
        cut = False
        for report in self._incises(m):
            first = min(report.start, report.source.start if report.source else report.start)
            before = self._end_before(first, start)
            after = self._start_after(report, m)
            if before <= start and not cut:
                continue
            yield Part(start, before, report)
            cut = True
            start = min(after, end)
        if not mark.closed:
            end = start if cut else self._bounded_end(m)
        if not mark.opened and not cut:
            start = self._bounded_start(m)
        if not cut or end > start:
            last = Part(start, end, None)
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
            elif not depth and (
                word in {".", "!", "?", "…", "..."}
                or (word in {",", ";", ":", *_DASHES} and not self._apposition(j, limit))
            ):
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
        while (
            n.lower[token] in {".", ",", ":", ";", *_DASHES} or not n.lower[token].strip()
        ) and token + 1 < end:
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
        colon = here > 0 and units[here - 1] >= 0 and n.lower[units[here - 1]] == ":"
        if colon and not any(left and "colon" in report.cue.constructions for _, left, report in candidates):
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
                other.start < report.start
                and "that" in other.cue.constructions
                and self._that_between(units, other, report)
                for _, before, other in nearest
                if before
            ):
                features["left inside another's clause"] = 1.0
            yield report, features, rule
        if here == 0:
            yield from self._across(m, alone=not nearest)

    def _that_between(self, units: list[int], other: Report, report: Report) -> bool:
        first, last = self.place[other.head], self.place[report.head]
        return any(unit >= 0 and self.n.lower[unit] in THAT for unit in units[first:last])

    def coordinated(self, m: int) -> int:
        """Return the mark pair shortly before ``m`` in its sentence, only small words between; else -1."""
        n = self.n
        for distance, unit in enumerate(n.before(m)):
            if unit < 0:
                return ~unit
            if distance >= 4 or n.pos[unit] not in ("PUNCT", "CCONJ", "ADP", "DET", "ADV"):
                return -1
        return -1

    def signature(self, m: int) -> Report | None:
        """Return who signs a quotation that stands alone, on the next line behind a dash: ``— Awa Diarra, élue``."""
        n = self.n
        if (
            n.marks[m].depth
            or n.index_of[m]
            or any(unit < 0 or n.lower[unit] not in {".", ","} for unit in n.after(m))
        ):
            return None
        following = n.sentence_of[m] + 1
        while (
            following < len(n.units)
            and n.units[following]
            and self._level(n.units[following][0]) != n.parent[m]
        ):
            following += 1
        if following >= len(n.units) or not n.units[following]:
            return None
        units = n.units[following]
        if (
            units[0] < 0
            or n.lower[units[0]] not in _DASHES
            or len(units) < 2
            or len(units) > 25
            or units[1] < 0
        ):
            return None
        source = self.finder.mention(n, units[1])
        if source is None or n.block[units[0]] == n.block[n.tokens_of[m][0]]:
            return None
        return Report(units[1], units[1], units[1], _SIGNED, "noun", source, True)

    def announced(self, m: int) -> Report | None:
        """Return who is named, with no verb, before a colon that leads to a quotation: ``Awa Diarra : « … »``."""
        n = self.n
        lead = [
            unit
            for unit in n.units[n.sentence_of[m]][: n.index_of[m]]
            if unit < 0 or n.lower[unit] not in BULLETS
        ]
        if not 1 < len(lead) <= _LEAD or any(unit < 0 for unit in lead) or n.lower[lead[-1]] != ":":
            return None
        if any(n.pos[i] in ("VERB", "AUX") and n.entity[i] < 0 for i in lead):
            return None
        first = lead[n.pos[lead[0]] == "DET"]
        source = self.finder.mention(n, first)
        if source is None or (source.start > lead[0] + 1 and n.lower[first] not in self.finder.roles):
            return None
        named = source.kind == "named" and n.ents[source.entity].label_ != "LOC"
        function = source.kind == "nominal" and n.lower[source.head] in self.finder.roles
        # Whom another noun governs does not speak: Affaire Diarra : « … ».
        apposed = n.lower[source.end] in {":", ",", "("}
        return (
            Report(first, first, first, _SIGNED, "noun", source) if (named or function) and apposed else None
        )

    def _across(self, m: int, alone: bool) -> Iterator[tuple[Report, Features, str]]:
        """Yield the reporting clauses of the sentence before a quotation that stands alone.

        A colon there introduces it (``Il déclarait :``, new line); else it may go on after an attribution
        (``« … », dit-elle. « … »``).
        """
        n = self.n
        before = n.sentence_of[m] - 1
        listed = self._is_item(n.sentence_of[m])
        while (
            before >= 0
            and n.units[before]
            and (self._level(n.units[before][-1]) != n.parent[m] or (listed and self._is_item(before)))
        ):
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

    def _is_item(self, sentence: int) -> bool:
        """Tell whether a sentence is one item of a list: a quotation alone behind a bullet or a dash."""
        n = self.n
        units = n.units[sentence]
        if len(units) != 1 or units[0] >= 0:
            return False
        mark = n.marks[~units[0]]
        return (
            mark.style == "—"
            or n.text[max(0, mark.outer_start - 4) : mark.outer_start].rstrip(" \u00a0\u202f\t")[-1:]
            in BULLETS
        )

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
            first = self._outermost(report, range(report.head, report.end), last=True)
            gap = units[first + 1 : here]
        else:
            first = self._outermost(report, range(report.start, report.head + 1), last=False)
            gap = units[here + 1 : first]
        words = [unit for unit in gap if unit >= 0 and n.lower[unit] not in _COMMAS]
        source = report.source
        if source is not None:
            words = [i for i in words if not source.start <= i < source.end]
        features[f"{side} gap"] = math.log1p(len(words))
        features[f"{side} quotations between"] = float(min(3, sum(unit < 0 for unit in gap)))
        finite = sum(1 for i in words if n.pos[i] in ("VERB", "AUX") and self._is_finite(i))
        features[f"{side} verbs between"] = float(min(3, finite))
        features[f"{side} commas between"] = float(
            min(3, sum(unit >= 0 and n.lower[unit] == "," for unit in gap))
        )
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
            elif word in THAT:
                features["left that"] = 1.0
                rule = "that-clause"
                if "that" in constructions:
                    features["left that fits"] = 1.0
            elif n.pos[last] in ("ADP", "DET") or word in {"comme", "de", "d'", "l'"}:
                features["left governed"] = 1.0
                if "fragment" in constructions:
                    features["left governed fits"] = 1.0
            if any(unit >= 0 and n.lower[unit] in THAT for unit in gap):
                features["left that somewhere"] = 1.0
                if "that" in constructions:
                    features["left that somewhere fits"] = 1.0
            if any(unit >= 0 and n.lower[unit] == ":" for unit in gap):
                features["left colon somewhere"] = 1.0
        if not left and last is not None and last >= 0 and n.lower[last] in _COMMAS:
            features["right comma"] = 1.0
        if report.mood == "preposition":
            rule = "according-to"
            if self.place_of(report.start, report) == 0:
                features["left preposition first"] = 1.0
                features[f"left {report.cue.lemma} first"] = 1.0
                if source is not None and source.end < len(n.lower) and n.lower[source.end] == ",":
                    features["left preposition first, comma"] = 1.0
        elif (
            not left
            and report.source_after
            and first > 0
            and units[first - 1] >= 0
            and n.lower[units[first - 1]] == ","
        ):
            features["right incise"] = 1.0
            features[
                f"right incise {'named' if source is not None and source.kind == 'named' else 'other'}"
            ] = 1.0
        head = self._head_of(m)
        if head is not None:
            ancestor, steps = head, 0
            while steps < 4 and ancestor.head.i != ancestor.i and ancestor.i != report.head:
                ancestor, steps = ancestor.head, steps + 1
            if ancestor.i == report.head:
                features[f"{side} governs"] = 1.0
        return features, rule

    def _outermost(self, report: Report, tokens: range, last: bool) -> int:
        places = [place for i in tokens if (place := self.place_of(i, report)) is not None]
        return max(places) if last else min(places)

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
            role = self.n.lower[source.head] in self.finder.roles
            features["source role" if role else "source no role"] = 1.0
        return features

    def _head_of(self, m: int) -> Token | None:
        begin, end = self.n.tokens_of[m]
        for i in range(begin, min(end, begin + 40)):
            token = self.doc[i]
            if not begin <= token.head.i < end:
                return token
        return None

    def _repeated(self, m: int) -> bool:
        """Tell whether the words stand elsewhere in the article too, with marks or (for the first marks) without."""
        content = self.n.text[self.n.marks[m].start : self.n.marks[m].end]
        return self.contents[content] > 1 or (m < _SEARCHED and self.n.text.count(content) > 1)

    # Quotation or not

    def content_features(self, m: int, link: float, incise: bool, report: Report | None) -> Features:
        """Return what tells somebody's words from a title or a nickname, and a clause from a fragment."""
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
        text = n.text
        features["capital"] = float(text[mark.start].isupper())
        features["end mark"] = float(text[mark.end - 1] in ".!?…")
        features["exclaims or asks"] = float(text[mark.end - 1] in "!?")
        features["comma inside"] = float(any(n.lower[i] == "," for i in range(begin, end)))
        capitals = sum(1 for i in words[1:] if self.doc[i].text[0].isupper())
        features["capitals"] = capitals / size
        features["first person"] = float(any(n.lower[i] in _FIRST_PERSON for i in words))
        features["entity only"] = float(all(n.entity[i] >= 0 for i in words))
        features["verb first"] = float(n.pos[words[0]] in ("VERB", "AUX"))
        features["infinitive first"] = float("Inf" in self.doc[words[0]].morph.get("VerbForm", []))
        features["adjective first"] = float(n.pos[words[0]] == "ADJ")
        features["noun first"] = float(n.pos[words[0]] in ("NOUN", "PROPN"))
        features["determiner first"] = float(n.pos[words[0]] == "DET")
        before = next(iter(n.before(m)), None)
        after = next(iter(n.after(m)), None)
        features["sentence start"] = float(before is None)
        if before is not None and before >= 0:
            word = n.lower[before]
            features["after determiner"] = float(
                n.pos[before] == "DET" or word in {"l'", "d'", "le", "la", "les", "un", "une", "des"}
            )
            features["after preposition"] = float(n.pos[before] == "ADP")
            features["after noun"] = float(n.pos[before] in ("NOUN", "PROPN"))
            features["after adjective"] = float(n.pos[before] == "ADJ")
            features["after verb"] = float(n.pos[before] in ("VERB", "AUX"))
            features["after colon"] = float(word == ":")
            features["after that"] = float(word in THAT)
            features["after bracket"] = float(word == "(")
            features["after comma"] = float(word == ",")
            near = [unit for _, unit in zip(range(4), n.before(m), strict=False) if unit >= 0]
            # Who is called something, not called upon: ``a appelé à « la retenue »``.
            named = [
                i
                for i in near
                if n.lower[i] in _NAMING and not (word == "à" and n.lower[i].startswith("appel"))
            ]
            features["after naming"] = float(bool(named))
            features["after charge"] = float(any(n.lower[i] in _CHARGING for i in near))
            if word in _BEFORE_MARKS:
                features[f"after {word}"] = 1.0
        elif before is not None:
            features["after quotation"] = 1.0
        features["sentence alone"] = float(
            before is None and (after is None or (after >= 0 and n.lower[after] == "."))
        )
        if after is not None and after >= 0:
            features["before comma"] = float(n.lower[after] == ",")
            features["before bracket"] = float(n.lower[after] == "(")
            features["before stop"] = float(n.lower[after] in {".", "!", "?"})
            features["before noun"] = float(n.pos[after] in ("NOUN", "PROPN", "ADJ"))
            features["before verb"] = float(n.pos[after] in ("VERB", "AUX"))
            features["before naming"] = float(n.lower[after] in _NAMING)
            features["before preposition"] = float(n.pos[after] == "ADP")
            features["in brackets"] = float(
                n.lower[after] == ")" and before is not None and before >= 0 and n.lower[before] == "("
            )
        self._note_place(features, m, words, before, finite > 0, link)
        features["repeated"] = float(size <= _FEW_WORDS and self._repeated(m))
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
                gap = abs(place - n.index_of[m]) - 1
                features["cue gap"] = features[f"cue gap, {_size(size)}"] = math.log1p(gap)
        return features

    def _note_place(
        self, features: Features, m: int, words: list[int], before: int | None, finite: bool, link: float
    ) -> None:
        """What stands before the marks together with what they hold: ``l'opération « Serval »``, ``pour « vol »``."""
        n = self.n
        if before is None:
            place = "start"
        elif before < 0:
            place = "quotation"
        elif n.lower[before] in THAT:
            place = "that"
        elif n.pos[before] in ("PUNCT", "SPACE"):
            place = n.lower[before].strip() or "space"
        elif n.pos[before] in ("DET", "ADP", "NOUN", "PROPN", "ADJ", "VERB", "AUX"):
            place = n.pos[before]
        else:
            place = "other"
        size = _size(len(words))
        features[f"{place}, {size}"] = 1.0
        features[f"link, {size}"] = link
        features[f"link, {place}"] = link
        if not finite:
            capital = "capital" if features["capital"] else "small"
            features[f"{place}, no verb, {capital}"] = 1.0
            first = n.pos[words[0]]
            features[f"{place}, {first} first"] = 1.0
            offences = sum(n.lower[i] in _OFFENCES for i in words)
            features["offences"] = offences / len(words)
            features["offence first"] = float(n.lower[words[0]] in _OFFENCES)


def _size(words: int) -> str:
    return "1" if words == 1 else "2-3" if words <= 3 else "4-8" if words <= 8 else "many"
