"""Reporting clauses: the words that report (cue) and the words that name who (source).

``a déclaré hier M. Diarra``, ``selon elle``, ``estimant que``, ``le slogan des manifestants``. Found once per article,
whatever they report; `geopolitics_nlp.quotations` decides which quotation belongs to which.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from .lexicons import Cue
from .narrative import Narrative

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .lexicons import CueLexicon, Form, Role

Mood = Literal["finite", "infinitive", "participle", "gerund", "preposition", "noun"]
SourceKind = Literal["named", "nominal", "pronoun"]

_SUBJECT = frozenset({"nsubj", "nsubj:pass", "nsubj:caus", "expl:subj", "expl:pass"})
_CLITICS = frozenset({"-il", "-elle", "-ils", "-elles", "-on", "-je", "-nous"})
_LINKING_T = frozenset({"-t", "-t-"})
_PRONOUNS = frozenset(
    "il elle ils elles on lui eux je nous certains certaines celui-ci celle-ci ceux-ci celles-ci d'autres beaucoup "
    "plusieurs tous chacun chacune autre autres celui celle ceux ce".split()
)
# What may stand between a subject and its verb.
_OBJECTS = frozenset("le la l' les lui leur y en me m' te t' se s' nous vous ne n' aussi même".split())
_NEVER = frozenset(
    "m' me t' te se s' lui-même elle-même eux-mêmes elles-mêmes soi leur "
    "lequel laquelle lesquels lesquelles temps fois".split()
)
_ONE = frozenset({"un", "une", "autre", "autres", "uns", "unes"})
_THAT_ONE, _HERE = frozenset({"celui", "celle", "ceux", "celles"}), frozenset({"ci", "là"})
_LAST = frozenset({"dernier", "dernière", "derniers", "dernières"})
THAT = frozenset({"que", "qu'"})
_RELATIVE = frozenset({"qui", "lequel", "laquelle", "lesquels", "lesquelles"})
_REFLEXIVE = frozenset({"se", "s'", "me", "m'", "nous"})
_AUXILIARY = frozenset(
    "ai a as avons avez ont avait avaient avais aura auront aurait auraient eut eurent ait aient ayant avoir "
    "est sont était étaient serait seraient sera seront fut furent soit étant être suis".split()
)
_NEGATION = frozenset({"ne", "n'"})
_BETWEEN = _OBJECTS - _NEGATION
# What makes a negation of ``ne``, before or after the verb, and what undoes it: ``n'a pas seulement dit``.
_NEGATES = frozenset(
    "pas jamais plus guère point nullement aucunement rien aucun aucune personne nul nulle ni".split()
)
_NEGATES_NOTHING = frozenset("seulement uniquement simplement moins que qu'".split())
# What an infinitive after them does not say: ``refuse de dire``, ``au lieu d'affirmer``, ``s'abstient de confirmer``.
_UNSAID = ("refus", "évit", "absten", "abstien", "abstin", "gard", "lieu", "loin", "plutôt")
_OF = frozenset({"de", "du", "des", "d'"})
_NOUN_LINKS = frozenset({"à", "au", "aux", "en", "pour", "chez", "sur", "près"})
# Times and places that stand between a verb and the subject after it.
_TIME = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche matin midi soir nuit veille lendemain hier aujourd'hui "
    "demain jour semaine mois année an heure heures fois début fin janvier février mars avril mai juin juillet "
    "août septembre octobre novembre décembre après-midi matinée soirée suite passage part côté".split()
)
_MANY = frozenset({"beaucoup", "certains", "certaines", "plusieurs"})
# No subject that says anything, whatever the parse: ``toute la nuit affirment``.
_NO_SUBJECT = _LINKING_T | _NEVER | {"nuit", "journée", "soirée", "matinée", "semaine", "matin", "soir"}
_ENDS_APPOSITION = _RELATIVE | THAT | {":", "(", ")", "par", "avec", "contre", "sans"}
# What closes an aside, with what opens it.
_ASIDES = {",": ",", ")": "(", "-": "-", "–": "–", "—": "—"}
_TITLES = frozenset({"m.", "mme", "mm.", "mlle", "mr", "dr", "dr.", "pr", "me", "mgr"})
_PHRASE_REACH = 4
_NOUN_PHRASE_REACH = 16
_AUXILIARY_REACH = 7
_SOURCE_REACH = 14
_AGENT_REACH = 60
_HEARD_REACH = 8
_ASIDE_REACH = 40
_APPOSITION_REACH = 22
_CLOSES = frozenset({",", ".", "(", ")", ":", ";", "-", "–"})


@dataclass(frozen=True, slots=True)
class Mention:
    """The words that name a source, as a token range with its head; ``entity`` is the index in ``doc.ents`` or -1."""

    start: int
    end: int
    head: int
    kind: SourceKind
    entity: int = -1


@dataclass(frozen=True, slots=True)
class Report:
    """One reporting clause: the cue's token range and head, its lexicon entry, and the source found by syntax."""

    start: int
    end: int
    head: int
    cue: Cue
    mood: Mood
    source: Mention | None
    source_after: bool = False
    clitic: bool = False
    negated: bool = False  # is it said that the source does not report it?
    passive: bool = False
    third_person: bool = True


class Reports:
    """Finds the reporting clauses of an article with a cue lexicon and the names of roles."""

    def __init__(self, lexicon: CueLexicon, roles: Mapping[str, Role]) -> None:
        self.lexicon = lexicon
        self.roles = roles
        self.prepositions: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
        for words, cue in lexicon.prepositions:
            self.prepositions.setdefault(words[0], []).append((words, cue))
        for entries in self.prepositions.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, narrative: Narrative) -> list[Report]:
        """Return the reporting clauses, sorted by their head."""
        found: list[Report] = []
        for i, word in enumerate(narrative.lower):
            if narrative.sentence[i] < 0:
                continue
            report = (
                self._preposition(narrative, i)
                or self._verb(narrative, i, self.lexicon.forms(word))
                or self._noun(narrative, i, word)
            )
            if report is not None and not (found and found[-1].end > report.head and found[-1].cue.rest):
                found.append(report)
        return self._shared(narrative, found)

    def _shared(self, n: Narrative, found: list[Report]) -> list[Report]:
        """Let a report without a subject share the source of the one before it in its sentence.

        A gerund, an infinitive, or a verb coordinated with that report in its tense: ``a dit que … et a ajouté que``.
        """
        result: list[Report] = []
        for report in found:
            coordinated = report.mood == "finite" and self._coordinated(n, report)
            if coordinated or (
                report.mood in ("gerund", "infinitive")
                and (report.source is None or report.source.kind == "nominal")
            ):
                before = next(
                    (
                        other
                        for other in reversed(result[-4:])
                        if n.sentence[other.head] == n.sentence[report.head]
                        and other.source is not None
                        and (
                            self._same_tense(n, other, report)
                            if coordinated
                            else other.mood in ("finite", "gerund")
                            and (other.clitic or other.source_after or report.source is None)
                        )
                    ),
                    None,
                )
                if before is not None:
                    report = replace(report, source=before.source, source_after=False)
            result.append(report)
        return result

    def _coordinated(self, n: Narrative, report: Report) -> bool:
        """Tell whether a finite verb stands right after a conjunction, with no subject of its own."""
        sentence = n.sentence[report.head]
        j = report.start - 1
        while j >= 0 and n.pos[j] == "ADV" and n.sentence[j] == sentence:
            j -= 1
        return (
            j >= 0
            and n.sentence[j] == sentence
            and n.lower[j] in {"et", "mais", "puis"}
            and not report.clitic
            and not report.passive
            and self._own_subject(n, report.head) is None
        )

    def _same_tense(self, n: Narrative, one: Report, other: Report) -> bool:
        if one.mood != "finite":
            return False
        verbs = [n.doc[r.head if r.end - r.start == 1 else r.start] for r in (one, other)]
        first, second = (
            (verb.morph.get("Tense", []), verb.morph.get("Number", []), verb.pos_ == "AUX") for verb in verbs
        )
        return first == second

    def introducing(self, n: Narrative, units: list[int]) -> Report | None:
        """Return the main verb of words that end with a colon, whatever it means: ``Il a posté ce message : « … »``."""
        verbs = [
            unit for unit in units if unit >= 0 and n.pos[unit] in ("VERB", "AUX") and self._finite(n, unit)
        ]
        roots = [i for i in verbs if n.doc[i].dep_ == "ROOT"] or [
            n.doc[i].head.i for i in verbs if n.doc[i].dep_.startswith("aux")
        ]
        if not verbs:
            return None
        head = (roots or verbs)[-1]
        if n.sentence[head] != n.sentence[verbs[-1]]:
            return None
        first = self._auxiliary(n, head)
        begin = head if first is None else first
        source, after = self._subject(n, head, begin, head + 1, "finite")
        return Report(begin, head + 1, head, _ANY_VERB, "finite", source, after)

    # Cues

    def _verb(self, n: Narrative, i: int, forms: tuple[Form, ...]) -> Report | None:
        if not forms:
            return None
        clitic = self._clitic(n, i)
        first = self._auxiliary(n, i)
        moods = {form.mood for form in forms}
        compound = first is not None and "participle" in moods
        tagged = n.pos[i] in ("VERB", "AUX") or clitic is not None
        if not tagged and not compound and not self._after_quotation(n, i):
            return None
        passive = False
        if first is not None and "participle" in moods:
            auxiliary = n.lower[first]
            mood: Mood = {
                "ayant": "gerund",
                "étant": "gerund",
                "avoir": "infinitive",
                "être": "infinitive",
            }.get(auxiliary, "finite")  # type: ignore[assignment]
        elif "finite" in moods and (
            clitic is not None
            or n.pos[i] != "VERB"
            or self._finite(n, i)
            or "participle" not in moods
            or self._inverted(n, i)
        ):
            mood, first = "finite", None
        elif moods & {"gerund", "infinitive"} and "participle" not in moods:
            mood, first = ("gerund" if "gerund" in moods else "infinitive"), None
        else:
            mood, first = "participle", None
        begin = i if first is None else first
        reflexive = self._reflexive(n, begin)
        if first is not None and mood == "finite" and not reflexive:
            passive = n.lower[first] in _BE or "été" in n.lower[first + 1 : i]
        cue, end = self._entry(n, i, forms, reflexive)
        if cue is None:
            return None
        if clitic is not None:
            end = max(end, clitic + 1)
        if reflexive:
            begin -= 1
        unsaid = mood == "infinitive" and self._unsaid(n, begin)
        negated = unsaid or self._negated(n, begin, i)
        if (ne := self._ne(n, begin)) is not None:
            begin = ne
        source: Mention | None
        if clitic is not None:
            heard = self._heard_from(n, max(end, i + 1)) if n.lower[clitic] == "-on" else None
            source, after = heard or Mention(clitic, clitic + 1, clitic, "pronoun"), True
        else:
            source, after = self._subject(n, i, begin, end, mood, passive)
        if source is not None and n.sentence[source.head] != n.sentence[i]:
            source, after = None, False
        third = first is not None or any(form.mood != "finite" or form.person == "3" for form in forms)
        return Report(begin, end, i, cue, mood, source, after, clitic is not None, negated, passive, third)

    def _heard_from(self, n: Narrative, end: int) -> Mention | None:
        """Return the source of what one hears: ``a-t-on appris de source policière``, ``auprès de la mairie``."""
        for j in range(end, min(len(n.lower) - 1, end + _HEARD_REACH)):
            if n.sentence[j] != n.sentence[end - 1] or n.lower[j] == ",":
                return None
            if n.lower[j] == "auprès":
                return self._complement(n, j + 2)
            if n.lower[j] == "de" and n.lower[j + 1] in {"source", "sources"}:
                return self._complement(n, j + 1)
        return None

    def _inverted(self, n: Narrative, i: int) -> bool:
        """Tell whether a form that can be a participle is a verb before its subject: ``…, écrit Awa Diarra``."""
        return (
            i > 0
            and i + 1 < len(n.lower)
            and n.lower[i - 1] == ","
            and (n.entity[i + 1] >= 0 or n.lower[i + 1] in _TITLES)
        )

    def _preposition(self, n: Narrative, i: int) -> Report | None:
        for words, cue in self.prepositions.get(n.lower[i], ()):
            if tuple(n.lower[i : i + len(words)]) != words:
                continue
            end = i + len(words)
            source = self._complement(n, end)
            if source is not None:
                return Report(i, end, i, cue, "preposition", source, source_after=True)
        return None

    def _noun(self, n: Narrative, i: int, word: str) -> Report | None:
        if n.pos[i] != "NOUN" or (cue := self.lexicon.nouns.get(word)) is None:
            return None
        source = None
        if i + 1 < len(n.lower) and n.lower[i + 1] in _OF:
            source = self._complement(n, i + 2)
        return Report(i, i + 1, i, cue, "noun", source, source_after=True)

    def _entry(
        self, n: Narrative, i: int, forms: tuple[Form, ...], reflexive: bool
    ) -> tuple[Cue | None, int]:
        """Return the lexicon entry (the longest phrase that is there, else the bare verb) and where its words end."""
        bare: Cue | None = None
        for head in dict.fromkeys(form.head for form in forms):
            for cue in self.lexicon.cues(head):
                if cue.reflexive and not reflexive:
                    continue
                if not cue.rest:
                    bare = bare or cue
                    continue
                j = i + 1
                reach = min(len(n.lower), i + 1 + _PHRASE_REACH)
                while (
                    j < reach
                    and n.lower[j] != cue.rest[0]
                    and (n.pos[j] == "ADV" or n.lower[j] in _CLITICS | _LINKING_T)
                ):
                    j += 1
                if tuple(n.lower[j : j + len(cue.rest)]) == cue.rest:
                    return cue, j + len(cue.rest)
        return bare, i + 1

    def _ne(self, n: Narrative, begin: int) -> int | None:
        """Return the ``ne`` of the verb group begun at ``begin``, clitics between: ``ne nous l'a pas dit``."""
        j = begin - 1
        while j > 0 and n.lower[j] in _BETWEEN and n.sentence[j] == n.sentence[begin]:
            j -= 1
        return j if j >= 0 and n.lower[j] in _NEGATION and n.sentence[j] == n.sentence[begin] else None

    def _negated(self, n: Narrative, begin: int, i: int) -> bool:
        """Tell whether the verb ``i``, whose group begins at ``begin``, is negated: ``ne … que`` is not."""
        if begin > 0 and n.lower[begin - 1] == "ni":
            return True
        ne = self._ne(n, begin)
        if ne is None:
            return False
        words = [j for j in range(max(0, ne - 8), min(len(n.lower), i + 3)) if n.sentence[j] == n.sentence[i]]
        return any(
            n.lower[j] in _NEGATES
            and (j + 1 >= len(n.lower) or n.lower[j + 1] not in _NEGATES_NOTHING or j > i)
            for j in words
        )

    def _unsaid(self, n: Narrative, begin: int) -> bool:
        """Tell whether an infinitive says what was not said: ``sans affirmer``, ``n'a pas voulu dire``."""
        j = begin - 1
        while j > 0 and (n.pos[j] == "ADV" or n.lower[j] in _OBJECTS):
            j -= 1
        if j < 0 or n.sentence[j] != n.sentence[begin]:
            return False
        if n.lower[j] == "sans":
            return True
        if n.lower[j] in {"de", "d'"}:
            return any(word.startswith(_UNSAID) for word in n.lower[max(0, j - 2) : j])
        first = self._auxiliary(n, j)
        return n.pos[j] in ("VERB", "AUX") and self._negated(n, j if first is None else first, j)

    def _reflexive(self, n: Narrative, begin: int) -> bool:
        if begin == 0 or n.sentence[begin - 1] != n.sentence[begin]:
            return False
        # ``nous disons``, where nous is the subject, but ``nous nous disons``.
        # Nor is it reflexive what somebody else says to me: ``il m'a dit``.
        word, before = n.lower[begin - 1], n.lower[begin - 2] if begin > 1 else ""
        if word in {"me", "m'"}:
            return before in {"je", "j'", "ne", "n'"}
        return word in _REFLEXIVE and (word != "nous" or before == "nous")

    def _auxiliary(self, n: Narrative, i: int) -> int | None:
        for child in n.doc[i].lefts:
            if (
                child.dep_.startswith("aux")
                and i - child.i <= _AUXILIARY_REACH
                and n.lower[child.i] in _AUXILIARY
                and n.sentence[child.i] == n.sentence[i]
            ):
                return child.i
        for j in range(i - 1, max(-1, i - _AUXILIARY_REACH), -1):
            if n.sentence[j] != n.sentence[i]:
                return None
            if n.lower[j] in _AUXILIARY:
                return j
            if n.pos[j] != "ADV" and n.lower[j] not in _CLITICS | _LINKING_T | {"tous", "toutes", "même"}:
                return None
        return None

    def _finite(self, n: Narrative, i: int) -> bool:
        morph = n.doc[i].morph.get("VerbForm", [])
        return not morph or "Fin" in morph

    def _clitic(self, n: Narrative, i: int) -> int | None:
        """Return the inverted pronoun of ``dit-il`` or ``a-t-il déclaré``, if there is one."""
        for j in range(i + 1, min(len(n.lower), i + 3)):
            if not n.lower[j]:
                continue
            if n.sentence[j] != n.sentence[i]:
                break
            if n.lower[j] in _CLITICS:
                return j
            if n.lower[j] not in _LINKING_T:
                break
        for j in range(i - 1, max(-1, i - _AUXILIARY_REACH), -1):
            if n.lower[j] in _CLITICS and j > 0 and (n.lower[j - 1] in _AUXILIARY | _LINKING_T):
                return j
            if n.pos[j] != "ADV" and n.lower[j] not in {"tous", "toutes", "même"}:
                return None
        return None

    def _after_quotation(self, n: Narrative, i: int) -> bool:
        """Tell whether only a comma stands between a quotation and token ``i``: then it is a verb, whatever its tag."""
        units = n.units[n.sentence[i]]
        j = i - 1
        while j >= 0 and (n.lower[j] in {",", "-", "–", "—"} or n.level[j] < -1 or not n.lower[j].strip()):
            j -= 1
        return (
            j < 0 or n.level[j] > n.level[i] or (j != i - 1 and n.level[j] == n.level[i] and len(units) > 1)
        )

    # Sources

    def _subject(
        self, n: Narrative, i: int, begin: int, end: int, mood: Mood, passive: bool = False
    ) -> tuple[Mention | None, bool]:
        """Return the source of the verb ``i`` and whether it stands after the verb."""
        verb = n.doc[i]
        agent = self._agent(n, i, end) if passive or mood == "participle" else None
        if agent is not None:
            return agent, True
        if passive:
            return None, False
        direct = self._own_subject(n, i)
        if (
            direct is not None
            and direct < i
            and mood == "finite"
            and self._past_another_clause(n, direct, begin)
        ):
            following = self._following(n, end)
            if following is not None and (following.kind == "named" or n.lower[following.head] in self.roles):
                return following, True
        if direct is not None:
            mention = self.mention(n, direct)
            if mention is not None:
                return mention, direct > i
        if mood == "finite":
            following = self._following(n, end)
            if following is not None and self._after_quotation(n, begin):
                return following, True
            adjacent = self._adjacent(n, begin)
            if adjacent is not None:
                return adjacent, False
            if following is not None and self._incise(n, begin):
                return following, True
        if (
            mood == "gerund"
            and begin > 0
            and n.entity[begin - 1] >= 0
            and n.lower[begin] in {"ayant", "étant"}
        ):
            return self.mention(n, begin - 1), False  # the subject of its own: Awa Diarra ayant déclaré que …
        # Coordinated, participial and infinitive verbs share the subject of the verb that governs them.
        governor = verb
        apposed = mood == "gerund" and begin > 0 and n.lower[begin - 1] == ","
        for _ in range(4):
            if governor.dep_ == "ROOT" or governor.head.i == governor.i:
                break
            # After a comma a gerund belongs to the main clause's subject, whatever noun the parse hangs it on.
            if (
                governor.dep_ in ("acl", "acl:relcl")
                and governor.head.pos_ in ("NOUN", "PROPN", "PRON")
                and not (apposed and governor.head.dep_ not in _SUBJECT)
            ):
                mention = self.mention(n, governor.head.i)
                if mention is not None and n.sentence[mention.head] == n.sentence[i]:
                    return mention, False
            governor = governor.head
            clitic = self._clitic(n, governor.i)
            if clitic is not None and n.sentence[clitic] == n.sentence[i]:
                return Mention(clitic, clitic + 1, clitic, "pronoun"), False
            subject = self._own_subject(n, governor.i)
            if subject is not None and subject < i and n.sentence[subject] == n.sentence[i]:
                mention = self.mention(n, subject)
                if mention is not None:
                    return mention, False
        nearest = self._preceding(n, begin)
        if nearest is not None:
            return nearest, False
        following = self._following(n, end)
        return following, True

    def _past_another_clause(self, n: Narrative, subject: int, begin: int) -> bool:
        """Tell whether the parse found a verb's subject in a clause of its own: ``Les troupes sont là, a dit X``."""
        if n.lower[begin - 1] != ",":
            return False
        between = range(subject + 1, begin)
        if any(n.lower[j] in _RELATIVE or n.lower[j] in {"dont", "que", "qu'"} for j in between):
            return False
        return any(
            n.pos[j] in ("VERB", "AUX") and "Fin" in n.doc[j].morph.get("VerbForm", []) for j in between
        )

    def _adjacent(self, n: Narrative, begin: int) -> Mention | None:
        """Return the noun phrase that ends right before the verb group, asides and relative clauses skipped."""
        j = begin - 1
        sentence = n.sentence[begin]
        for _ in range(3):
            while (
                j >= 0
                and n.sentence[j] == sentence
                and (n.pos[j] == "ADV" or n.lower[j] in _OBJECTS)
                and n.lower[j] not in _MANY
            ):
                j -= 1
            if j < 0 or n.sentence[j] != sentence:
                return None
            opens = _ASIDES.get(n.lower[j])
            if opens is None:
                break
            opening = next(
                (k for k in range(j - 1, max(-1, j - _ASIDE_REACH), -1) if n.lower[k] == opens), None
            )
            if opening is None or n.sentence[opening] != sentence:
                return None
            j = opening - 1
        if n.lower[j] in _MANY:
            return Mention(j, j + 1, j, "nominal")
        if n.pos[j] not in ("NOUN", "PROPN", "X", "PRON", "ADJ") and n.entity[j] < 0:
            return None
        antecedent = self._around_relative(n, j)
        if antecedent is not None:
            return self.mention(n, antecedent)
        if n.pos[j] == "PRON" and n.lower[j] in _PRONOUNS:
            return self.mention(n, j) if j == 0 or n.lower[j - 1] not in {"à", "pour", "quant"} else None
        for _ in range(3):
            head = self._head_of(n, j)
            if (n.pos[head] not in ("NOUN", "PROPN", "X") and n.entity[head] < 0) or n.lower[head] in _TIME:
                return None
            preposition = self._preposition_before(n, head)
            if preposition is None:
                return self.mention(n, head)
            # Its complement: the subject is the noun before, ``un agent à la retraite``.
            j = preposition - 1
            if j < 0 or n.sentence[j] != sentence or n.pos[j] not in ("NOUN", "PROPN", "X", "ADJ"):
                return None
        return None

    def _head_of(self, n: Narrative, j: int) -> int:
        """Return the head of the noun phrase that ends at token ``j``."""
        head = n.doc[j]
        for _ in range(6):
            if (
                head.dep_ not in ("nmod", "amod", "flat:name", "flat:foreign", "case", "det")
                or head.head.i > head.i
                or n.sentence[head.head.i] != n.sentence[j]
                or n.pos[head.head.i] not in ("NOUN", "PROPN", "X", "ADJ")
            ):
                break
            head = head.head
        return int(head.i)

    def _around_relative(self, n: Narrative, j: int) -> int | None:
        """Return the noun whose relative clause ends at token ``j``: ``un agent qui tait son nom a dit``."""
        verbs = 0
        for k in range(j, max(0, j - _ASIDE_REACH), -1):
            if n.sentence[k] != n.sentence[j] or n.lower[k] in {",", ":", ";", "et", "mais"}:
                return None
            verbs += n.pos[k] in ("VERB", "AUX") and "Fin" in n.doc[k].morph.get("VerbForm", [])
            if n.lower[k] == "qui":
                known = verbs and n.pos[k - 1] in ("NOUN", "PROPN", "ADJ", "PRON")
                return self._antecedent(n, k, k + 1) if known else None
        return None

    def _preposition_before(self, n: Narrative, i: int) -> int | None:
        """Return the preposition that governs the noun ``i``."""
        j = i - 1
        while j >= 0 and n.pos[j] in ("DET", "ADJ", "NUM") and n.lower[j] not in {"du", "des", "au", "aux"}:
            j -= 1
        if j < 0 or n.sentence[j] != n.sentence[i]:
            return None
        return j if n.pos[j] == "ADP" or n.lower[j] in {"du", "au", "aux"} else None

    def _agent(self, n: Narrative, i: int, end: int) -> Mention | None:
        """Return who does what a passive or a bare participle says: ``qualifié de … par le maire``."""
        for j in range(end, min(len(n.lower), end + _AGENT_REACH)):
            if n.sentence[j] == n.sentence[i] and n.lower[j] == "par":
                return self._complement(n, j + 1)
            if (
                n.sentence[j] == n.sentence[i]
                and n.lower[j] in {",", ";", ":"}
                and n.level[j - 1] == n.level[i]
            ):
                return None
        return None

    def _own_subject(self, n: Narrative, i: int) -> int | None:
        subjects = [child.i for child in n.doc[i].children if child.dep_ in _SUBJECT]
        subjects = [
            j
            for j in subjects
            if n.sentence[j] == n.sentence[i] and n.lower[j] not in _NO_SUBJECT and not self._aside(n, j)
        ]
        if not subjects:
            return None
        subject = max(subjects, key=lambda j: (j < i, j))
        if n.lower[subject] in _RELATIVE:
            return self._antecedent(n, subject, i)
        return subject

    def _aside(self, n: Narrative, j: int) -> bool:
        """Tell whether a noun stands in an aside: ``dont plusieurs élus``, ``quant à elle``."""
        near = n.lower[max(0, j - 2) : j]
        return "dont" in near or (bool(near) and near[-1] in {"à", "outre", "selon"})

    def _antecedent(self, n: Narrative, relative: int, verb: int) -> int | None:
        head = n.doc[verb]
        for _ in range(3):
            if (
                head.dep_ == "acl:relcl"
                and n.sentence[head.head.i] == n.sentence[verb]
                and head.head.i < relative
                and n.pos[head.head.i] in ("NOUN", "PROPN", "PRON", "X")
            ):
                return int(head.head.i)
            head = head.head
        j = relative - 1
        while j >= 0 and n.sentence[j] == n.sentence[relative]:
            if n.pos[j] in ("NOUN", "PROPN", "PRON"):
                return j
            j -= 1
        return None

    def _incise(self, n: Narrative, begin: int) -> bool:
        """Tell whether the verb group stands after a comma, a dash or a quotation, as an incise does."""
        j = begin - 1
        while j >= 0 and not n.lower[j].strip():
            j -= 1
        return (
            j < 0 or n.lower[j] in {",", "-", "–", "—", "?", "!", "…", "..."} or n.level[j] != n.level[begin]
        )

    def _following(self, n: Narrative, j: int) -> Mention | None:
        """Return the first noun phrase after an inverted verb, times, adverbs and complements skipped."""
        limit = min(len(n.lower), j + _SOURCE_REACH)
        sentence = n.sentence[j - 1]
        while j < limit:
            word = n.lower[j]
            if not word:
                j += 1
                continue
            if n.sentence[j] != sentence:
                return None
            if word in _OF | _NOUN_LINKS or (n.pos[j] == "ADP" and word not in {"des"}):
                j = self._skip_phrase(n, j + 1, limit)
                continue
            if n.pos[j] == "DET" or word in {"le", "la", "l'", "les", "un", "une", "des"}:
                head = self._head_after(n, j, limit)
                if head is None:
                    return None
                if n.lower[head] in _TIME:
                    j = self._skip_phrase(n, j, limit)
                    continue
                return self.mention(n, head)
            if n.entity[j] >= 0 or word in _TITLES or n.pos[j] in ("PROPN", "NOUN", "PRON"):
                if word in _TIME:
                    j += 1
                    continue
                return self.mention(n, j)
            if n.pos[j] in ("VERB", "AUX", "SCONJ") or word in {"que", "qu'", ":"}:
                return None
            j += 1
        return None

    def _skip_phrase(self, n: Narrative, j: int, limit: int) -> int:
        """Return the index after the noun phrase that begins at ``j``."""
        seen = False
        while j < limit:
            if n.pos[j] in ("NOUN", "PROPN", "NUM", "X") or n.entity[j] >= 0:
                seen = True
            elif seen and n.pos[j] not in ("ADJ",):
                return j + 1 if n.lower[j] == "," else j
            elif n.pos[j] in ("VERB", "AUX", "PUNCT"):
                return j + 1
            j += 1
        return j

    def _head_after(self, n: Narrative, j: int, limit: int) -> int | None:
        for k in range(j + 1, min(limit, j + 6)):
            if n.sentence[k] != n.sentence[j]:
                return None
            if n.pos[k] in ("NOUN", "PROPN", "X") or n.entity[k] >= 0 or n.lower[k] in self.roles:
                return k
            if n.lower[k] in _LAST and n.lower[j] in {"ce", "cette", "ces"}:
                return k
            if n.lower[k] in _ONE and (k + 1 >= len(n.pos) or n.pos[k + 1] not in ("NOUN", "PROPN", "ADJ")):
                return k
            if n.pos[k] in ("VERB", "AUX", "PUNCT", "ADP") and n.lower[k] not in self.roles:
                return None
        return None

    def _preceding(self, n: Narrative, begin: int) -> Mention | None:
        """Return the nearest entity, pronoun or role before the verb in its sentence: where the parse gives nothing."""
        for j in range(begin - 1, max(-1, begin - _SOURCE_REACH * 2), -1):
            if n.sentence[j] == n.sentence[begin]:
                if n.lower[j] in {"il", "elle", "ils", "elles"}:
                    return Mention(j, j + 1, j, "pronoun")
                if n.entity[j] >= 0 and n.ents[n.entity[j]].label_ == "PER":
                    return self.mention(n, j)
        return None

    def _complement(self, n: Narrative, j: int) -> Mention | None:
        """Return the noun phrase that begins at ``j``, after a preposition."""
        if j >= len(n.lower) or n.sentence[j] < 0:
            return None
        if n.lower[j] in _RELATIVE or n.lower[j] in {"que", "qu'", ","}:
            return None
        limit = min(len(n.lower), j + _SOURCE_REACH)
        for k in range(j, limit):
            if not n.lower[k]:
                continue
            if n.sentence[k] != n.sentence[j]:
                return None
            if n.entity[k] >= 0 or n.pos[k] in ("NOUN", "PROPN", "X", "PRON") or n.lower[k] in _PRONOUNS:
                return self.mention(n, k)
            if n.pos[k] not in ("DET", "ADJ", "NUM", "ADV") and n.lower[k] not in _OF | {
                "l'",
                "les",
                "le",
                "la",
            }:
                return None
        return None

    def mention(self, n: Narrative, i: int) -> Mention | None:
        """Return the mention whose head is token ``i``, without apposition; a name apposed to a function wins."""
        if n.lower[i] in _CLITICS:
            return Mention(i, i + 1, i, "pronoun")
        if n.lower[i] in _LAST or (n.lower[i] == "ce" and i + 1 < len(n.lower) and n.lower[i + 1] in _LAST):
            start = i - 1 if n.lower[i] in _LAST and i > 0 and n.pos[i - 1] in ("DET", "PRON") else i
            end = i + 1 if n.lower[i] in _LAST else i + 2
            return Mention(start, end, i, "pronoun")
        if n.lower[i] in _HERE and i > 1 and n.lower[i - 1] == "-":
            i -= 2
        if n.lower[i] in _THAT_ONE and n.lower[i + 1 : i + 2] == ["-"]:
            return Mention(i, min(len(n.lower), i + 3), i, "pronoun")
        if n.entity[i] >= 0:
            return self._named(n, n.entity[i])
        if n.lower[i] in _TITLES and i + 1 < len(n.lower) and n.entity[i + 1] >= 0:
            return self._named(n, n.entity[i + 1])
        if n.pos[i] == "PRON" and n.lower[i] in {
            "il",
            "elle",
            "ils",
            "elles",
            "on",
            "je",
            "nous",
            "lui",
            "eux",
            "j'",
        }:
            return Mention(i, i + 1, i, "pronoun")
        if n.lower[i] in _NEVER or n.lower[i] in {
            "qui",
            "que",
            "qu'",
            "dont",
            "où",
            "ce",
            "c'",
            "cela",
            "ça",
            "-ce",
            "rien",
            "y",
            "en",
            "t",
            "-t",
        }:
            return None
        start, end = self._noun_phrase(n, i)
        apposed = self._apposed(n, i, end)
        if apposed is not None:
            return self._named(n, apposed)
        return Mention(start, end, i, "nominal")

    def _named(self, n: Narrative, entity: int) -> Mention:
        ent = n.ents[entity]
        start = ent.start
        if ent.label_ == "PER" and start > 0 and n.lower[start - 1] in _TITLES:
            start -= 1
        return Mention(start, ent.end, ent.end - 1, "named", entity)

    def _apposed(self, n: Narrative, i: int, end: int) -> int | None:
        """Return the entity apposed to the noun ``i``: ``le président russe Poutine``, ``le maire, Awa Diarra,``."""
        singular = "Plur" not in n.doc[i].morph.get("Number", [])
        comma = -1
        for j in range(i + 1, min(len(n.lower), max(end, i + _APPOSITION_REACH))):
            if not n.lower[j]:
                continue
            if n.sentence[j] != n.sentence[i]:
                return None
            if n.lower[j] == ",":
                if comma >= 0:
                    return None
                comma = j
                continue
            if comma >= 0 and j > comma + 1 and n.entity[j] < 0 and n.lower[j] not in _TITLES:
                return None
            if (
                n.pos[j] in ("VERB", "AUX")
                and n.entity[j] < 0
                and "Fin" in n.doc[j].morph.get("VerbForm", [])
            ):
                return None
            if n.lower[j] in _ENDS_APPOSITION:
                return None
            number = n.entity[j]
            if number < 0 or n.ents[number].start != j:
                continue
            ent = n.ents[number]
            previous = j - 1 if n.lower[j - 1] not in _TITLES else j - 2
            if n.pos[previous] in ("ADP", "DET") or n.lower[previous] in _OF | _NOUN_LINKS | {"et", "ou", ""}:
                continue
            if ent.label_ == "PER":
                closed = (
                    ent.end >= len(n.lower) or n.lower[ent.end] in _CLOSES or n.level[ent.end] != n.level[i]
                )
                return number if comma < 0 or (singular and (n.lower[i] in self.roles or closed)) else None
            if ent.label_ == "ORG" and comma < 0 and all(n.pos[k] == "ADJ" for k in range(i + 1, j)):
                return number
        return None

    def _noun_phrase(self, n: Narrative, i: int) -> tuple[int, int]:
        """Return determiner, adjectives, noun and its ``de`` complements: no apposition, no relative clause."""
        start = i
        while (
            start > 0 and (n.sentence[start - 1] == n.sentence[i] or not n.lower[start - 1]) and i - start < 6
        ):
            j = start - 1
            if not n.lower[j] and n.sentence[j] < 0 and j > 0 and n.sentence[j - 1] == n.sentence[i]:
                start = j
                continue
            if n.pos[start] == "DET" and n.lower[j] not in {"tous", "toutes", "tout", "toute", "de"}:
                break
            if n.pos[j] in ("DET", "ADJ", "NUM") or n.lower[j] in {
                "plus",
                "moins",
                "tous",
                "toutes",
                "les",
                "un",
                "une",
            }:
                start = j
            elif (
                n.lower[j] in {"de", "des"}
                and j > 0
                and n.lower[j - 1] in {"un", "une", "plus", "moins", "beaucoup"}
            ):
                start = j - 1
            else:
                break
        end = i + 1
        limit = min(len(n.lower), i + _NOUN_PHRASE_REACH)
        while end < limit and n.sentence[end] == n.sentence[i]:
            word, pos = n.lower[end], n.pos[end]
            if (
                pos == "ADJ"
                or (word in self.roles and end == i + 1)
                or (n.entity[end] >= 0 and n.entity[end] == n.entity[end - 1])
                or pos in ("PROPN", "X")
            ):
                end += 1
                continue
            if word in _OF or (word in _NOUN_LINKS and self._modifies(n, end, start)):
                stop = self._complement_end(n, end + 1, limit)
                if stop is None:
                    break
                end = stop
                continue
            if word in {"et", "ou"} and end + 1 < limit and self._modifies(n, end, start):
                stop = self._complement_end(n, end + 1, limit)
                if stop is None:
                    break
                end = stop
                continue
            break
        return start, self._hyphenated(n, end)

    def _hyphenated(self, n: Narrative, end: int) -> int:
        """Return the end of the word that ends at ``end``, with what hyphens join to it: ``état - major``."""
        while end + 1 < len(n.lower) and n.lower[end] == "-" and not n.doc[end - 1].whitespace_:
            if n.doc[end].whitespace_ or n.sentence[end + 1] != n.sentence[end]:
                break
            end += 2
        return end

    def _modifies(self, n: Narrative, i: int, start: int) -> bool:
        """Tell whether the phrase that token ``i`` introduces hangs on a noun of the phrase begun at ``start``."""
        noun = n.doc[i].head
        return noun.dep_ in ("nmod", "conj") and start <= noun.head.i < i

    def _complement_end(self, n: Narrative, j: int, limit: int) -> int | None:
        while j < limit and (
            n.pos[j] in ("DET", "ADJ", "NUM") or n.lower[j] in {"", "l'", "la", "les", "le"}
        ):
            j += 1
        if j < limit and n.entity[j] >= 0:
            return min(limit, n.ents[n.entity[j]].end)
        noun = j < limit and n.pos[j] in ("NOUN", "PROPN", "X", "PRON")
        return self._hyphenated(n, j + 1) if noun else None


_ANY_VERB = Cue("", "verb", frozenset({"colon"}), "asserts", (), False)
_BE = frozenset("est sont était étaient serait seraient sera seront fut furent soit suis".split())


class Clauses:
    """The reporting clauses of one article, by sentence.

    Attributes:
        n: the narrative, ``doc`` its document.
        reports, by_sentence: the clauses found by ``finder``, all and by the number of their sentence.
        place: the index of each unit in its sentence.
    """

    def __init__(self, narrative: Narrative, finder: Reports, reports: list[Report]) -> None:
        self.n = narrative
        self.doc = narrative.doc
        self.finder = finder
        self.reports = reports
        self.by_sentence: dict[int, list[Report]] = {}
        for report in reports:
            self.by_sentence.setdefault(narrative.sentence[report.head], []).append(report)
        self.place = {unit: k for units in narrative.units for k, unit in enumerate(units)}

    def place_of(self, i: int, report: Report) -> int | None:
        """Return the index of token ``i`` in the sentence of ``report``, None when it is not of that sentence."""
        return self.place[i] if self.n.sentence[i] == self.n.sentence[report.head] else None

    def cue_offsets(self, report: Report) -> tuple[int, int]:
        """Return the character offsets of a cue."""
        last = self.doc[report.end - 1]
        return self.doc[report.start].idx, last.idx + len(last)

    def token_at(self, offset: int) -> int:
        """Return the index of the token at a character offset."""
        return max(0, bisect_right(self.n.start, offset) - 1)

    def _is_finite(self, i: int) -> bool:
        return self.n.pos[i] in ("VERB", "AUX") and "Fin" in self.doc[i].morph.get("VerbForm", [])
