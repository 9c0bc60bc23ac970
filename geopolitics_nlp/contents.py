"""Marked contents: where they begin and end, which reporting clause is theirs, and what tells words from names.

`geopolitics_nlp.quotations` takes the decisions; here are the candidates and their features.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from .decisions import Features
from .lexicons import Cue
from .narrative import BULLETS
from .phrases import AUXILIARY, BE, CLITICS, CONTRASTS, OBJECTS, RELATIVES, SUBJECT, THAT, Mention
from .reports import MANNER, Clauses
from .sources import NORMS, Report, Source

_DASHES = frozenset({"-", "–", "—"})
_COMMAS = frozenset({",", *_DASHES, "(", ")"})
# What tells a name or a term from somebody's words, by what it is the name of.
_NAMING = {
    word: kind
    for kind, words in (
        (
            "verb",
            """dit dite dits dites surnommé surnommée surnommés surnommées baptisé baptisée baptisés intitulé intitulée
            intitulés nommé nommée nommés dénommé dénommée dénommés appelé appelée appelés appelées appelle appellent
            nomme connu connue connus connues soi-disant soi disant prétendu prétendue désigne désignent désigner
            désignant signifie signifient signifiant signifier veut titre titré sous""",
        ),
        (
            "chant",
            """slogan slogans chant chants cri cris pancarte pancartes banderole banderoles graffiti graffitis
            inscription inscriptions inscrit inscrite inscrits inscrites écrit écrite écrits lisait lire affiche
            affiches affichait scandant scandent scandaient scandé scander criant crient criaient crié crier hurlé
            hurlaient clamé clamaient brandissaient tag tags tagué taguée drapeau maillot t-shirt bannière""",
        ),
        (
            "saying",
            "adage proverbe dicton maxime devise question questions sujet sujets dilemme formule affirmation énoncé",
        ),
        (
            "term",
            """mot mots terme termes expression expressions notion concept vocable étiquette mention colonne bouton
            émoji statut catégorie synonyme surnom fonction méthode technique phénomène hashtag adjectif nom appellation
            qualificatif sigle acronyme""",
        ),
        (
            "work",
            """film livre ouvrage roman album chanson émission rubrique série documentaire podcast revue magazine
            pièce exposition article chapitre essai clip titre spectacle étude guide blog tableau œuvre""",
        ),
        (
            "undertaking",
            """opération projet programme plan initiative mission campagne dispositif politique label loi prix
            concours festival conférence sommet zone type stratégie objectif théorie accord pacte traité doctrine modèle
            système approche""",
        ),
        (
            "body",
            "collectif mouvement groupe association parti liste fondation comité unité agence compagnie site",
        ),
    )
    for word in words.split()
}
_CHARGING = frozenset(
    """
    accusé accusée accusés accusées accuser examen enquête mise mis garde condamné condamnée condamnés
    poursuivi poursuivie poursuivis placé placés délit crime soupçonné soupçonnés inculpé
    infraction chef
    """.split()
)
# What says what marked words mean, or of what they are another name.
_GLOSSES = frozenset(
    "signifie signifiant littéralement traduit traduction acronyme surnom synonyme alias baptisé".split()
)
_GLOSSED = frozenset({"signifie", "signifiant", "soit", "littéralement"})
_SAYS = frozenset({"dit", "dits", "dite", "dites"})
_CHANTS = frozenset("scander crier hurler chanter clamer brandir taguer inscrire afficher".split())
_NEAR_WORDS = 4
_CHAIN = 8
_ENDING = 3
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
_FOREIGN = frozenset(
    "the of and to for is are on with my your our we you it's who what das der die und el los".split()
)
_LINK_REACH = 60
# What takes up a quotation that stands before it.
_TAKING_UP = frozenset(
    {
        ("c'", "est", "ce"),
        ("c'", "est", "ainsi"),
        ("voilà", "ce", "qu'"),
        ("voilà", "ce", "que"),
        ("tels", "sont", "les"),
        ("telle", "est", "la"),
    }
)
_CANDIDATES = 8
_FEW_WORDS = 6
_LEAD = 16
_OWN = frozenset({"sa", "leur", "ma", "notre"})
_SIGNATURE = 10
_WHEN = 6
_PREDICATE = 8
_NEAR_GAP = 3
_RELATIVE_REACH = 25
_ASIDE = 5
_SEARCHED = 200
_SENTENCES = 30
_CHARGED_REACH = 30
# What reports without a verb: the name below a quotation, behind a dash.
_SIGNED = Cue("", "noun", frozenset(), "asserts", (), False)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of marked content; ``incise`` is the reporting clause inside the marks that cuts it, if any."""

    start: int
    end: int
    incise: Report | None


class Contents:
    """What stands between the marks of one article."""

    def __init__(self, clauses: Clauses) -> None:
        self.n = clauses.n
        self.clauses = clauses
        self.place = clauses.place
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
            for report in self.clauses.by_sentence.get(sentence, ()):
                if report.mood != "finite" or "incise" not in report.cue.constructions or not report.source:
                    continue
                if not report.source_after or n.level[report.head] != m:
                    continue
                previous = self._previous(report.start)
                if previous is None or n.lower[previous] not in {",", *_DASHES, "!", "?", "…", "..."}:
                    continue
                following = max(report.end, report.source.end)
                stop = self._next(following)
                closes = stop is None or self._closes(stop)
                # « Il réduit les risques, prévient les infections … »: what an incise names can speak.
                if report.clitic is None and (
                    report.cue.lemma == MANNER.lemma or not self.clauses.phrases.names_somebody(report.source)
                ):
                    continue
                if report.clitic is not None or closes or not n.marks[m].closed:
                    if n.lower[report.source.start] in {"-je", "-nous", "-on", "je", "nous", "on"}:
                        continue
                    yield report

    def _closes(self, i: int) -> bool:
        """Tell whether an incise ends at token ``i``, or a few words later: ``confiait le maire en 2010.``"""
        n = self.n
        if n.lower[i] in RELATIVES | THAT:  # dit un expert qui ne veut pas être nommé, c'est …
            for j in range(i, min(len(n.lower), i + _RELATIVE_REACH)):
                if n.level[j] != n.level[i] or n.lower[j] in {",", "."}:
                    return n.level[j] == n.level[i] and n.lower[j] == ","
        for j in range(i, min(len(n.lower), i + _WHEN)):
            if n.lower[j] in {",", ".", "!", "?", *_DASHES, ";", ":"}:
                return True
            gerund = n.pos[j] == "VERB" and n.lower[j - 1] == "en"  # a soupiré la maire en remontant
            if not gerund and n.pos[j] not in ("ADP", "DET", "NOUN", "NUM", "ADV", "ADJ", "PROPN"):
                return False
        return False

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
        return max(floor, self.n.end_of(j)) if j >= 0 else floor

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
        return n.start[j] if j < limit else n.marks[m].end

    def _apposition(self, comma: int, limit: int) -> bool:
        """Tell whether the comma after an incise's source opens an apposition that a second comma or stop closes."""
        n = self.n
        for j in range(comma + 1, min(limit, comma + 16)):
            if n.pos[j] in ("VERB", "AUX") and n.dep[j] not in ("acl", "acl:relcl"):
                return False
            if n.lower[j] in {",", ".", "!", "?"}:
                return n.pos[comma + 1] in ("NOUN", "DET", "ADJ") and n.lower[j] != "?"
        return False

    def _bounded_end(self, m: int) -> int:
        """Return where content whose closing mark is missing ends: with its sentence, an end mark included.

        Where its opening mark is repeated, with the sentence that begins there. It goes on over sentences that say
        ``je`` or ``vous``, and to the end of a paragraph in which nobody else reports anything.
        """
        n = self.n
        begin, end = n.tokens_of[m]
        if n.marks[m].again >= 0:
            begin = max(begin, bisect_left(n.start, n.marks[m].again))
        if begin >= end:
            return n.marks[m].end
        sentences = self._own_sentences(m, begin)
        if not sentences:
            return n.marks[m].end
        last, *later = sentences
        alone = not any(self._is_reported(sentence) or self._leads_on(sentence) for sentence in later)
        if alone and n.text[n.marks[m].end : n.marks[m].end + 2].lstrip(" \u00a0")[:1] in ("", "\n"):
            return n.marks[m].end
        for k, sentence in enumerate(later):
            # A question is theirs whose next sentence is.
            asks = n.lower[self._last_word(sentence)] in {"?", "!"}
            personal = any(map(self._is_personal, later[k : k + 1 + asks]))
            if not personal or self._is_reported(sentence):
                break
            last = sentence
        return min(n.marks[m].end, n.end_of(self._last_word(last)))

    def _own_sentences(self, m: int, begin: int) -> list[int]:
        """Return the sentences of mark pair ``m`` from token ``begin`` on, those of marks inside it left out."""
        n = self.n
        _, end = n.tokens_of[m]
        return list(
            dict.fromkeys(n.sentence[i] for i in range(begin, end) if n.level[i] == m and n.sentence[i] >= 0)
        )

    def _last_word(self, sentence: int) -> int:
        last = self.n.units[sentence][-1]
        return self.n.tokens_of[~last][1] - 1 if last < 0 else last

    def _is_personal(self, sentence: int) -> bool:
        """Tell whether a sentence says ``je`` or ``vous``: then it is somebody's, most likely."""
        return any(unit >= 0 and self.n.lower[unit] in _FIRST_PERSON for unit in self.n.units[sentence])

    def _is_reported(self, sentence: int) -> bool:
        """Tell whether a sentence says who speaks, and that is not ``je``: then it is the journalist's."""
        return any(
            report.mood in ("finite", "preposition")
            and report.source is not None
            and self.n.lower[report.source.start].lstrip("-") not in _FIRST_PERSON
            for report in self.clauses.by_sentence.get(sentence, ())
        )

    def _leads_on(self, sentence: int) -> bool:
        """Tell whether a sentence ends with the colon that leads to another quotation, or to another page."""
        return self.n.lower[self._last_word(sentence)] == ":"

    def _bounded_start(self, m: int) -> int:
        """Return where content whose opening mark is missing begins: with the sentence that its closing mark ends."""
        n = self.n
        begin, end = n.tokens_of[m]
        inside = [i for i in range(begin, end) if n.level[i] == m and n.lower[i] not in {".", "!", "?", ","}]
        if not inside:
            return n.marks[m].start
        begun = n.sentence[inside[-1]]
        for sentence in reversed(self._own_sentences(m, begin)):
            if sentence >= begun:
                continue
            if not self._is_personal(sentence) or self._is_reported(sentence):
                break
            begun = sentence
        first = n.units[begun][0]
        token = n.tokens_of[~first][0] if first < 0 else first
        while (
            n.lower[token] in {".", ",", ":", ";", *_DASHES} or not n.lower[token].strip()
        ) and token + 1 < end:
            token += 1
        return max(n.marks[m].start, n.start[token])

    # Linking marks to reporting clauses

    def link_candidates(self, m: int) -> Iterator[tuple[Report, Features, str]]:
        """Yield the reporting clauses that may belong to mark pair ``m``, with features and the construction's name."""
        n = self.n
        units = n.units[n.sentence_of[m]]
        here = n.index_of[m]
        candidates = []
        for report in self.clauses.by_sentence.get(n.sentence_of[m], ()):
            distance = self.place[report.head] - here
            if abs(distance) <= _LINK_REACH:
                candidates.append((abs(distance), distance < 0, report))
        colon = here > 0 and units[here - 1] >= 0 and n.lower[units[here - 1]] == ":"
        if colon and not any(left and self._leads(report) for _, left, report in candidates):
            introducing = self.clauses.introducing(units[:here])
            if introducing is not None:
                candidates.append((here - self.place[introducing.head], True, introducing))
        nearest = sorted(candidates, key=lambda candidate: candidate[0])[:_CANDIDATES]
        lefts = sum(left for _, left, _ in nearest)
        seen = {True: 0, False: 0}
        quoting = any(not left and self._after_as(report) for _, left, report in nearest)
        for _, left, report in nearest:
            features, rule = self._link_features(m, report, left, units, here)
            side = "left" if left else "right"
            if quoting:  # X exige « … », comme l'a lancé Y
                features[f"{side}, as somebody says"] = 1.0
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
                if "left adjacent" in features or "left that" in features:
                    features["left inside another's clause, at once"] = 1.0
            if "left colon" in features:
                features[f"left colon, rank {min(rank, 2)}"] = 1.0
            yield report, features, rule
        if here == 0:
            yield from self._across(m, alone=not nearest)
        if here == len(units) - 1 or not any(not left for _, left, _ in nearest):
            yield from self._taken_up(m)

    @staticmethod
    def _leads(report: Report) -> bool:
        """Tell whether a clause leads to what stands behind its colon: it says who speaks."""
        return "colon" in report.cue.constructions and report.source is not None

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
        """Return who signs a quotation, in brackets or on the next line behind a dash: ``(Awa Diarra, élue)``."""
        n = self.n
        if (bracketed := self._bracketed(m)) is not None:
            return bracketed
        if (
            n.marks[m].depth
            or n.index_of[m]
            or any(unit < 0 or n.lower[unit] not in {".", ","} for unit in n.after(m))
        ):
            return None
        units = self._next_sentence(m)
        if not units:
            return None
        if (
            units[0] < 0
            or n.lower[units[0]] not in _DASHES
            or len(units) < 2
            or len(units) > 25
            or units[1] < 0
        ):
            return None
        source = self.clauses.phrases.mention(units[1])
        if source is None or not n.letters[source.head][:1].isalnum():
            return None
        if n.block[units[0]] == n.block[n.tokens_of[m][0]] and (
            source.entity < 0 or n.ents[source.entity].label_ != "PER" or len(units) > _SIGNATURE
        ):
            return None
        return _signed(units[1], source, after=True)

    def _bracketed(self, m: int) -> Report | None:
        """Return whom brackets behind the marks name, or a function: ``(Awa Diarra, élue)``, ``(un habitant)``."""
        n = self.n
        units = list(islice(n.after(m), 4))
        if units and units[0] >= 0 and n.lower[units[0]] in {".", ","}:
            units = units[1:]
        if len(units) < 3 or min(units[:3]) < 0 or n.lower[units[0]] not in {"(", *_DASHES}:
            return None
        determined = n.pos[units[1]] == "DET"
        head = units[1 + determined]
        role = self.clauses.phrases.roles.get(n.lower[head]) if determined else None
        person = n.entity[head] >= 0 and n.ents[n.entity[head]].label_ == "PER"
        if not (person or (role is not None and role.kind != "collective")):
            return None
        source = self.clauses.phrases.mention(head)
        if source is None or n.lower[source.end : source.end + 1] not in ([","], [")"], ["("]):
            return None
        return _signed(units[1], source, after=True)

    def announced(self, m: int) -> Report | None:
        """Return who is named, with no verb, before a colon that leads to a quotation: ``Awa Diarra : « … »``."""
        n = self.n
        if n.index_of[m] > 2 * _LEAD:
            return None
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
        source = self.clauses.phrases.mention(first)
        if source is None or (
            source.start > lead[0] + 1 and n.lower[first] not in self.clauses.phrases.roles
        ):
            return None
        # Whom another noun governs does not speak: Affaire Diarra : « … ».
        apposed = n.lower[source.end] in {":", ",", "("}
        return _signed(first, source) if apposed and self.clauses.phrases.names_somebody(source) else None

    def before_colon(self, m: int) -> Report | None:
        """Return whom the words before a colon name that nothing reports: ``C'est l'avis d'Awa Diarra : « … »``.

        The last person there; else the subject.
        """
        n, phrases = self.n, self.clauses.phrases
        here = n.index_of[m]
        units = n.units[n.sentence_of[m]][:here]
        if here < 2 or units[-1] < 0 or n.lower[units[-1]] != ":":
            return None
        lead = [unit for unit in units[:-1] if unit >= 0]
        people = [i for i in lead if n.entity[i] >= 0 and n.ents[n.entity[i]].label_ == "PER"]
        subject = next((i for i in lead if n.dep[i] in SUBJECT), None)
        named = people[-1] if people else subject
        source = phrases.mention(named) if named is not None else None
        if source is None or n.lower[source.head] == "on":
            return None
        speaks = source.kind == "pronoun" or phrases.names_somebody(source)
        return _signed(source.head, source) if speaks else None

    def predicate(self, m: int, beside: Report | None) -> Report | None:
        """Return the subject of the verb with which marked words begin: ``la cour a « ordonné au préfet … »``.

        Of coordinated ones it is that of the first, ``beside``: ``la cour « condamne » et « s'étonne »``.
        """
        n, phrases = self.n, self.clauses.phrases
        begin, end = n.tokens_of[m]
        before = next(iter(n.before(m)), -1)
        words = (
            i
            for i in range(begin, min(end, begin + _PREDICATE))
            if n.lower[i][:1].isalpha() and n.pos[i] != "ADV" and n.lower[i] not in OBJECTS
        )
        verb = next(words, None)
        if verb is None or before < 0:
            return None
        finite = n.pos[verb] in ("VERB", "AUX") and phrases.may_be_finite(verb)
        if finite and beside is not None:
            return beside
        group = before  # where the verb group begins
        if n.lower[before] in AUXILIARY:
            finite = n.form[verb].verb == "Part" or n.pos[verb] in ("ADJ", "VERB")
        elif n.lower[before] not in OBJECTS:
            named = (
                n.entity[before] >= 0 or n.pos[before] in ("NOUN", "PROPN", "PRON") or n.lower[before] == ","
            )
            finite = finite and named
            group = before + 1
        if not finite:
            return None
        while group > 1 and n.lower[group - 1] in OBJECTS:
            group -= 1
        if n.lower[group - 1] == "qui":
            source = phrases.before_relative(group - 1)
        else:
            source = phrases.adjacent(group, n.sentence[before])
        if source is None or (source.kind == "nominal" and not phrases.names_somebody(source)):
            return None
        return _signed(before, source)

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
        reports = sorted(self.clauses.by_sentence.get(before, ()), key=lambda report: -report.head)[:3]
        if introduced and not any(map(self._leads, reports)):
            introducing = self.clauses.introducing(units)
            reports = [*reports, introducing] if introducing is not None else reports
        side = "left" if introduced else "before"
        for rank, report in enumerate(reports):
            features = self._report_features(report, side)
            place = self.place[report.head]
            gap = units[place + 1 :]
            features |= {side: 1.0, f"{side} rank {rank}": 1.0}
            if introduced:
                features |= {"left gap": math.log1p(len(gap)), "left colon": 1.0, "across": 1.0}
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

    def _taken_up(self, m: int) -> Iterator[tuple[Report, Features, str]]:
        """Yield the reporting clause that takes up the quotation: ``« … ». C'est ce qu'a annoncé Awa Diarra.``"""
        n = self.n
        units = self._next_sentence(m)
        opening = tuple(n.lower[unit] if unit >= 0 else "" for unit in units[:3])
        if opening not in _TAKING_UP:
            return
        following = n.sentence[units[0]]
        if (report := next(iter(self.clauses.by_sentence.get(following, ())), None)) is not None:
            features = self._report_features(report, "taking up")
            yield report, features | {"taking up": 1.0}, "continued"

    def _next_sentence(self, m: int) -> list[int]:
        """Return the units of the next sentence of the level in which mark pair ``m`` stands; none beyond reach."""
        n = self.n
        first = n.sentence_of[m] + 1
        for units in n.units[first : first + _SENTENCES]:
            if not units or self._level(units[0]) == n.parent[m]:
                return units
        return []

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
        words = [unit for unit in gap if unit >= 0 and n.lower[unit] not in _COMMAS and n.pos[unit] != "ADV"]
        if len(words) < _FEW_WORDS and len(gap) > 2 and self._are_commas(gap[0], gap[-1]):
            words = [unit for unit in words if n.pos[unit] in ("VERB", "AUX")]  # scandant, entre autres,
        own = next((k for k, unit in enumerate(words) if n.lower[unit] == "part"), 0)
        if own > 1 and n.lower[words[own - 1]] in _OWN and n.lower[words[own - 2]] == "pour":
            del words[own - 2 : own + 1]  # pour sa part
        source = report.source
        if source is not None:
            words = [i for i in words if not source.start <= i < source.end]
        if report.mood == "infinitive":  # peut-on lire, pouvait-on entendre
            words = [i for i in words if i != n.governor[report.head] and n.lower[i] not in CLITICS]
        features[f"{side} gap"] = math.log1p(len(words))
        features[f"{side} quotations between"] = float(min(3, sum(unit < 0 for unit in gap)))
        finite = sum(1 for i in words if n.pos[i] in ("VERB", "AUX") and self.clauses.is_finite(i))
        features[f"{side} verbs between"] = float(min(3, finite))
        if self._after_as(report):
            features[f"{side} after comme"] = 1.0
        inside = n.lower[report.end : report.end + 1] == ["dans"]  # y voit, voit dans ce vote
        if n.lower[max(0, report.start - 1) : report.start] == ["y"] or (
            inside and report.cue.lemma == "voir"
        ):
            features["cue y"] = features[f"cue y {report.cue.lemma}"] = 1.0  # y voit une « … »
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
            elif report.mood == "noun" and word in BE:
                features["left noun, copula"] = 1.0
            elif n.pos[last] in ("ADP", "DET") or word in {"comme", "de", "d'", "l'"}:
                features["left governed"] = 1.0
                if "fragment" in constructions:
                    features["left governed fits"] = 1.0
            if any(unit >= 0 and n.lower[unit] in CONTRASTS for unit in gap):
                features["left contrast"] = 1.0  # X affirme « … », tandis que Y dénonce « … »
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
            place = self.clauses.place_of(report.start, report)
            that = report.start - (2 if n.lower[report.start - 1] == "," else 1)
            if left and n.lower[that] in THAT:  # explique que, selon lui, « … »
                features["left preposition after that"] = 1.0
                features["left preposition after that, near"] = float(len(gap) <= _NEAR_GAP)
            if place is not None and self._opens_sentence(units[:place]):
                features["left preposition first"] = 1.0
                features[f"left {report.cue.lemma} first"] = 1.0
                if "left colon" in features:
                    features["left preposition first, colon"] = 1.0
                    features[f"left {report.cue.lemma} first, colon"] = 1.0
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
            while steps < 4 and n.governor[ancestor] != ancestor != report.head:
                ancestor, steps = n.governor[ancestor], steps + 1
            if ancestor == report.head:
                features[f"{side} governs"] = 1.0
        return features, rule

    def _after_as(self, report: Report) -> bool:
        """Tell whether ``comme`` leads to a cue: ``« … », comme l'a lancé Awa Diarra``."""
        ahead = self.n.lower[max(0, report.start - 2) : report.start]
        return "comme" in ahead and ahead[-1] in {"l'", "le", "comme"}

    def _are_commas(self, *units: int) -> bool:
        return all(unit >= 0 and self.n.lower[unit] == "," for unit in units)

    def _opens_sentence(self, before: list[int]) -> bool:
        """Tell whether what follows these words still opens its sentence: ``Mais selon``, ``À l'inverse, pour``."""
        n = self.n
        if len(before) > _ASIDE or any(unit < 0 or n.pos[unit] in ("VERB", "AUX") for unit in before):
            return False
        return not before or n.pos[before[-1]] in ("ADV", "CCONJ") or n.lower[before[-1]] == ","

    def _outermost(self, report: Report, tokens: range, last: bool) -> int:
        places = [place for i in tokens if (place := self.clauses.place_of(i, report)) is not None]
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
        if self.n.lower[report.start] in {"se", "s'"} and not report.cue.reflexive:
            features["cue reflexive"] = features[f"cue se {report.cue.lemma}"] = (
                1.0  # se trouver is not trouver
            )
        features[f"{side} cue {report.cue.stance}"] = 1.0
        if report.cue.constructions == {"fragment"}:
            features[f"{side} fragment only"] = 1.0
        if report.clitic is not None:
            features[f"{side} clitic"] = 1.0
        if report.source_after:
            features[f"{side} source after"] = 1.0
        if report.passive:
            features[f"{side} passive"] = 1.0
        if source is not None and source.kind == "nominal":
            role = self.n.lower[source.head] in self.clauses.phrases.roles
            features["source role" if role else "source no role"] = 1.0
            if self.n.lower[source.head] in NORMS:
                features["source norm"] = 1.0
        return features

    def _head_of(self, m: int) -> int | None:
        begin, end = self.n.tokens_of[m]
        return next(
            (i for i in range(begin, min(end, begin + 40)) if not begin <= self.n.governor[i] < end), None
        )

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
        finite = sum(1 for i in words if n.pos[i] in ("VERB", "AUX") and self.clauses.is_finite(i))
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
            "not opened": float(not mark.opened),
            "not closed": float(not mark.closed),
        }
        if not words:
            return features
        text = n.text
        features["capital"] = float(text[mark.start].isupper())
        features["end mark"] = float(text[mark.end - 1] in ".!?…")
        features["exclaims or asks"] = float(text[mark.end - 1] in "!?")
        features["comma inside"] = float(any(n.lower[i] == "," for i in range(begin, end)))
        capitals = sum(1 for i in words[1:] if n.letters[i][0].isupper())
        features["capitals"] = capitals / size
        features["foreign"] = sum(n.lower[i] in _FOREIGN for i in words) / size
        features["digits"] = float(any(n.lower[i].isdigit() for i in words))
        features["first person"] = float(any(n.lower[i] in _FIRST_PERSON for i in words))
        features["entity only"] = float(all(n.entity[i] >= 0 for i in words))
        features["verb first"] = float(n.pos[words[0]] in ("VERB", "AUX"))
        features["infinitive first"] = float(n.form[words[0]].verb == "Inf")
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
            near = [unit for unit in islice(n.before(m), 4) if unit >= 0]
            # Who is called something, not called upon: ``a appelé à « la retenue »``.
            for distance, i in enumerate(near):
                kind = _NAMING.get(n.lower[i])
                upon = any(n.lower[k] in {"à", "au", "aux"} for k in near[:distance])
                speaks = kind == "verb" and self._speaks(i, report)
                if kind is not None and not speaks and not (upon and n.lower[i].startswith("appel")):
                    features[f"after naming {kind}"] = 1.0
                    features[f"after naming {kind}, {'at once' if distance < 2 else 'farther'}"] = 1.0
                    features[f"after naming {kind}, {'capital' if features['capital'] else 'small'}"] = 1.0
                    features[f"after naming {kind}, {'verb' if finite else 'no verb'}"] = 1.0
                    features[f"after naming {kind}, {_size(size)}"] = 1.0
                    if kind == "verb":
                        features[f"named by {self._namer(m, i)}"] = 1.0
                if n.lower[i] in _CHARGING:
                    features["after charge"] = 1.0
                    features[f"after charge, {_size(size)}"] = 1.0
            if word == "pour" and any(
                unit >= 0 and n.lower[unit] in _CHARGING for unit in islice(n.before(m), _CHARGED_REACH)
            ):
                features["for a charge"] = 1.0
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
            features["before naming"] = float(n.lower[after] in _NAMING or n.lower[after] == "c'")
            acronym = next(
                (unit for unit in list(n.after(m))[1:2] if unit >= 0 and n.lower[after] == "("), None
            )
            features["before an acronym"] = float(acronym is not None and n.letters[acronym].isupper())
            features["before preposition"] = float(n.pos[after] == "ADP")
            features["in brackets"] = float(
                n.lower[after] == ")" and before is not None and before >= 0 and n.lower[before] == "("
            )
        self._note_place(features, m, words, before, finite > 0, link)
        self._note_chain(features, m)
        if size <= _NEAR_WORDS:  # judgements and terms end differently: odieuse, thermique
            features[f"first word -{n.lower[words[0]].rstrip('s')[-_ENDING:]}"] = 1.0
            features[f"last word -{n.lower[words[-1]].rstrip('s')[-_ENDING:]}"] = 1.0
        features["gloss"] = float(
            any(unit >= 0 and n.lower[unit] in _GLOSSES for unit in islice(n.before(m), 5))
        )
        features["gloss after"] = float(
            any(unit >= 0 and n.lower[unit] in _GLOSSED for unit in islice(n.after(m), 4))
        )
        features[f"source is {self._class_of_source(report)}"] = 1.0
        features["repeated"] = float(size <= _FEW_WORDS and self._repeated(m))
        features["named alike"] = float(size <= 4 and capitals > 0)
        block = n.blocks[n.block[begin]] if begin < len(n.block) and n.blocks else "paragraph"
        features[f"in {block}"] = 1.0
        if report is not None:
            features[f"cue {report.mood}"] = 1.0
            features[f"cue {report.cue.lemma}"] = 1.0
            features[f"cue {report.cue.stance}"] = 1.0
            if size <= _FEW_WORDS and before is not None and before >= 0:
                features[f"cue {report.cue.stance}, {n.pos[before]} before {n.pos[words[0]]}"] = 1.0
            source = report.source
            label = n.ents[source.entity].label_ if source is not None and source.entity >= 0 else None
            kind = label or (source.kind if source is not None else "none")
            features[f"source {kind}"] = features[f"source {kind}, {_size(size)}"] = 1.0
            features["cue speaks"] = float("that" in report.cue.constructions)
            if report.cue.lemma in _CHANTS or _NAMING.get(n.lower[report.head]) == "chant":
                features["cue chants"] = 1.0
                features[f"cue chants, {'capital' if features['capital'] else 'small'}"] = 1.0
            features["cue fragment only"] = float(report.cue.constructions == {"fragment"})
            features["source none"] = float(report.source is None)
            features["passive, source none"] = float(report.source is None and report.passive)
            place = self.place.get(report.head)
            if place is not None and n.sentence[report.head] == n.sentence_of[m]:
                features["cue after"] = float(place > n.index_of[m])
                features["cue gap"] = math.log1p(abs(place - n.index_of[m]) - 1)
        return features

    def possible_features(self, m: int, report: Report | None, chance: float) -> Features:
        """Return what a clause tells that is too unlikely to be taken for the one that reports the marks."""
        if report is None:
            return {"no clause": 1.0}
        begin, end = self.n.tokens_of[m]
        size = sum(self.n.pos[i] not in ("PUNCT", "SPACE") for i in range(begin, end))
        return {
            "possible": chance,
            f"possible, {_size(size)}": chance,
            f"possible {report.cue.stance}": chance,
            f"possible {report.mood}": chance,
            f"possible source is {self._class_of_source(report)}": chance,
        }

    def _class_of_source(self, report: Report | None) -> str:
        """Name what kind of subject a clause has: a person by name, ``on``, me and you, somebody, a thing."""
        if report is None:
            return "no clause"
        n, source = self.n, report.source
        if source is None:
            return "none"
        if source.kind == "pronoun":
            word = n.lower[source.head].lstrip("-")
            if word in _FIRST_PERSON:
                return "me"
            return word if word == "on" else "third person"
        if source.kind == "named":
            return str(n.ents[source.entity].label_)
        return "somebody" if n.lower[source.head] in self.clauses.phrases.roles else "a thing"

    def _speaks(self, i: int, report: Report | None) -> bool:
        """Tell whether ``dit`` or ``disant`` says something: ``en disant « non »``, but no ``soi-disant``."""
        n = self.n
        if n.lower[i] == "disant":
            return "soi" not in n.lower[max(0, i - 2) : i]
        if i > 0 and n.lower[i - 1] == ",":
            return False  # Lamine Orsoni, dit « le Lion »
        return n.lower[i] in _SAYS and (n.form[i].verb != "Part" or (report is not None and report.head == i))

    def _namer(self, m: int, i: int) -> str:
        """Name who calls the marked words so: ``ce que le maire appelle « … »``, ``ce qu'on appelle « … »``."""
        reports = self.clauses.by_sentence.get(self.n.sentence_of[m], ())
        who = self._class_of_source(next((report for report in reports if report.head == i), None))
        return who if who in {"no clause", "none", "on", "me"} else "somebody"

    def _note_chain(self, features: Features, m: int) -> None:
        """What stands before the first of coordinated marks: ``les slogans « … », « … » et « … »``."""
        n = self.n
        first = m
        for _ in range(_CHAIN):
            if (before := self.coordinated(first)) < 0:
                break
            first = before
        words: list[int] = []
        for unit in n.before(first):
            if unit < 0 or len(words) == _NEAR_WORDS:
                break
            if n.pos[unit] != "PUNCT":
                words.append(unit)
        kinds = {f"naming {kind}" for i in words if (kind := _NAMING.get(n.lower[i])) not in (None, "verb")}
        if any(n.lower[i] in _CHARGING for i in words):
            kinds.add("charge")
        for kind in kinds:
            features[f"chain of {kind}"] = 1.0
            if first != m:
                features[f"chain of {kind}, later"] = 1.0

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


def _signed(place: int, source: Mention, after: bool = False) -> Report:
    """Return a report without a cue, at the token ``place``, whose source is plain."""
    return Report(place, place, place, _SIGNED, "noun", lambda _: Source(source, after))


def _size(words: int) -> str:
    return "1" if words == 1 else "2-3" if words <= 3 else "4-8" if words <= 8 else "many"
