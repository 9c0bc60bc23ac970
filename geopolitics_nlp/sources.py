"""Sources: the words at a reporting clause that name who speaks.

The subject is not always what the parse gives: ``a déclaré à la presse M. Diarra``, ``le maire, qui a démenti``,
``Awa Diarra, élue de Gao, estimant``, ``par la voix de``. What may name the source is gathered in several ways, and a
learned decision (`decisions`) weighs them: how each was found, where it stands, what kind of words it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from .decisions import Asked, Features, Judge, odds
from .lexicons import Cue
from .narrative import Narrative
from .phrases import OBJECTS, RELATIVE, RELATIVES, SUBJECT, THAT, Mention, Phrases

if TYPE_CHECKING:
    from .lexicons import Role

Mood = Literal["finite", "infinitive", "participle", "gerund", "preposition", "noun"]

_CONJUNCTIONS = frozenset({"et", "mais", "puis"})
_VOICES = frozenset({"voix", "bouche", "intermédiaire", "biais", "entremise"})
_COMMUNICATED = frozenset(
    "information informations propos précisions détails éléments chiffres données déclarations renseignements "
    "explications révélations confidences estimations calculs témoignages dires".split()
)
# ``selon`` one of them tells a rule, not what somebody says.
NORMS = frozenset(
    """
    loi lois accord accords traité traités convention conventions règlement règles règle constitution article
    articles calendrier programme critère critères modalité modalités principe principes méthode procédure norme
    normes formule logique tradition
    """.split()
)
_POSSESSIVES = frozenset({"son", "sa", "ses", "leur", "leurs"})
_DEFINITES = frozenset({"le", "la", "l'", "les", "ce", "cet", "cette", "ces"})
_INDEFINITES = frozenset({"un", "une", "des", "plusieurs", "certains", "certaines", "quelques"})
_GOVERNORS = 4
_PRECEDING_REACH = 28
_BEFORE_VERB = frozenset({"ne", "n'", "se", "s'"})
_SUBJECT_CLITICS = frozenset({"je", "j'", "tu", "il", "on", "ils"})
_OPENS_RELATIVE = RELATIVES | THAT
_INSIDE_NAMES = frozenset({"flat:name", "flat:foreign", "appos"})
_TITLE_REACH = 4
_VOICE_REACH = 10
_RELATED_REACH = 8
_EARLIER = 4


class Source(NamedTuple):
    """The chosen source: its words (None where nobody is named), and whether they follow the cue."""

    mention: Mention | None = None
    after: bool = False


@dataclass(eq=False)  # not frozen: an article has dozens, and a frozen one takes six times as long to make
class Report:
    """One reporting clause: its cue (token range, head, lexicon entry) and its source, chosen when asked for."""

    start: int
    end: int
    head: int
    cue: Cue
    mood: Mood
    choose: Callable[[Report], Source] = field(repr=False, compare=False)
    clitic: int | None = None  # the inverted pronoun: ``dit-elle``
    negated: bool = False  # is it said that the source does not report it?
    passive: bool = False
    third_person: bool = True
    shared: int | None = None  # the auxiliary of the verb before: ``a salué l'accord et appelé à``
    # The clause before it in its sentence: they may share a source.
    previous: Report | None = field(default=None, repr=False, compare=False)

    @cached_property
    def _chosen(self) -> Source:
        return self.choose(self)

    @property
    def source(self) -> Mention | None:
        """The words that name who reports, None where there are none."""
        return self._chosen.mention

    @property
    def source_after(self) -> bool:
        """Tell whether the source stands after the cue."""
        return self._chosen.after


@dataclass(slots=True)
class _Option:
    """Words that may name the source, and the ways in which they were found."""

    mention: Mention
    ways: list[str]
    after: bool


class Sources:
    """Chooses the source of each reporting clause of one article."""

    def __init__(self, narrative: Narrative, phrases: Phrases, judge: Judge) -> None:
        self.n = narrative
        self.phrases = phrases
        self.roles: Mapping[str, Role] = phrases.roles
        self.judge = judge

    # Choices, by the cue's construction

    def of_verb(self, report: Report) -> Source:
        """Return the source of a verb: its subject, its agent, who it is apposed to, …"""
        n = self.n
        if report.clitic is not None:
            heard = (
                self.phrases.heard_from(max(report.end, report.head + 1), report.cue.lemma == "lire")
                if n.lower[report.clitic] == "-on"
                else None
            )
            return Source(heard or Mention(report.clitic, report.clitic + 1, report.clitic, "pronoun"), True)
        if (voice := self._voice(report)) is not None:
            return Source(voice, True)
        return self._chosen(report, self._options(report))

    def of_preposition(self, report: Report) -> Source:
        """Return whom ``selon`` or ``d'après`` governs; of what somebody has told, who has told it."""
        options: dict[tuple[int, int], _Option] = {}
        if self.n.lower[report.end] == "qui":
            return Source(self.phrases.before_relative(report.start), False)
        mention = self.phrases.complement(report.end)
        if mention is not None and self.n.lower[mention.head] in _COMMUNICATED:
            mention = self._teller(mention) or mention
        self._add(options, mention, "complement", True)
        if mention is not None and mention.kind == "nominal":
            for way, name in self.phrases.names_beside(mention):
                # ``Selon le maire, Awa Diarra a …``: after a comma another clause may begin.
                closed = self.n.lower[name.end : name.end + 1] in ([], ["."], [","], [")"], ["à"])
                if way in ("name inside", "name after") or (way == "name after comma" and closed):
                    return Source(name, True)
        return self._chosen(report, options)

    def of_noun(self, report: Report) -> Source:
        """Return whose ``déclaration`` or ``slogan`` it is."""
        mention = self.phrases.complement(report.end + 1) if self.phrases.governs(report.end) else None
        return Source(mention, True)

    # Options

    def _add(
        self, options: dict[tuple[int, int], _Option], mention: Mention | None, way: str, after: bool
    ) -> None:
        if mention is not None:
            option = options.setdefault((mention.start, mention.end), _Option(mention, [], after))
            if way not in option.ways:
                option.ways.append(way)

    def _options(self, report: Report) -> dict[tuple[int, int], _Option]:
        """Gather who may be the source of a verb, the likeliest ways first."""
        phrases = self.phrases
        i, begin, end = report.head, report.start, report.end
        options: dict[tuple[int, int], _Option] = {}
        if report.passive or report.mood == "participle":
            self._add(options, phrases.agent(i, end), "agent", True)
        if report.passive:
            return options
        inverts = report.mood in ("finite", "participle") or self._inverted_infinitive(report)
        following = phrases.following(end) if inverts else None
        if report.mood == "finite" and (clitic := self._subject_clitic(begin)) is not None:
            self._add(options, Mention(clitic, clitic + 1, clitic, "pronoun"), "subject", False)
            if report.cue.lemma != "lire":  # un carton sur lequel on lit
                return options
        direct = phrases.subject(i)
        if direct is not None:
            way = "subject"
            if (relative := phrases.relative_of(i)) is not None:
                way = "antecedent"
                self._add(options, phrases.before_relative(relative), "nearest antecedent", False)
            if direct < i and phrases.past_another_clause(direct, begin):
                way = "far subject"
            self._add(options, phrases.mention(direct), way, direct > i)
        coordinated = report.mood == "finite" and self._coordinated(report)
        if report.mood == "finite":
            adjacent = phrases.adjacent(begin)
            if adjacent is not None and adjacent.head < i:
                self._add(options, adjacent, "adjacent", False)
            self._add(options, self._past_relative(begin), "before a relative", False)
            if coordinated:
                self._add(options, self._subject_of_verb_before(begin), "subject of the verb before", False)
        if report.mood == "finite" and (relative := self._opening_relative(begin)) is not None:
            for mention in phrases.antecedents(relative):
                self._add(options, mention, "antecedents", False)
            # Awa Diarra a posté une photo, qui dit : « … »
            self._add(options, self._subject_of_verb_before(relative), "subject of the verb before", False)
            options = {key: option for key, option in options.items() if option.mention.end <= relative}
            return self._completed(report, options)
        if following is not None:
            self._add(options, following, "following", True)
        nearest: Mention | None = None
        if report.mood == "gerund":
            nearest = self._subject_of_verb_before(begin)
            self._add(options, self._own_subject(begin), "subject of its own", False)
            if not phrases.stands_as_incise(begin):  # a quitté la salle en criant
                self._add(options, nearest, "subject of the verb before", False)
        for way, mention in self._shared(report, coordinated):
            self._add(options, mention, way, False)
        self._add(options, nearest, "subject of the verb before", False)
        for way, mention in self._governing(report):
            self._add(options, mention, way, False)
        for way, mention in self._clause_subjects(report):
            self._add(options, mention, way, False)
        self._add(options, self._first_name(report), "first name", False)
        self._add(options, self._main_subject(report), "main subject", True)
        self._add(options, self._preceding(begin), "preceding", False)
        if report.cue.lemma == "lire":
            self._add(options, phrases.heard_from(end, read=True), "read in", True)
        return self._completed(report, options)

    def _completed(
        self, report: Report, options: dict[tuple[int, int], _Option]
    ) -> dict[tuple[int, int], _Option]:
        """Return the options in the sentence of a report, with the names that stand beside them."""
        self._add_apposed(options)
        sentence = self.n.sentence[report.head]
        return {
            k: option for k, option in options.items() if self.n.sentence[option.mention.head] == sentence
        }

    def _inverted_infinitive(self, report: Report) -> bool:
        """Tell whether the verb that leads to an infinitive stands before its subject: ``», finit par dire X``."""
        n = self.n
        j = report.start - 1
        while j > 0 and (n.pos[j] in ("ADP", "ADV") or n.lower[j] in OBJECTS):
            j -= 1
        if report.mood != "infinitive" or j < 1 or n.sentence[j] != n.sentence[report.head]:
            return False
        first = self.phrases.auxiliary(j)  # a ainsi pu dire Awa Diarra
        begin = j if first is None else first
        while begin > 0 and n.lower[begin - 1] in _BEFORE_VERB:
            begin -= 1
        return n.parse.is_finite(j if first is None else first) and self.phrases.stands_as_incise(begin)

    def _shared(self, report: Report, coordinated: bool) -> Iterator[tuple[str, Mention]]:
        """Yield the source of the report before it in its sentence: ``a dit que … et a ajouté que``."""
        other = report
        number = -1
        for _ in range(2 * _EARLIER):
            if other.previous is None:
                return
            other = other.previous
            doubtful = other.mood == "preposition" and other.cue.ambiguous  # pour le Mali
            if doubtful or other.source is None or other.mood in ("noun", "participle"):
                continue
            number += 1
            if coordinated and other.mood == "finite" and self._same_tense(other, report):
                yield "coordinated", other.source
                return
            if report.mood in ("gerund", "infinitive", "participle") and other.mood in ("finite", "gerund"):
                yield (
                    "shared, inverted" if other.clitic is not None or other.source_after else "shared",
                    other.source,
                )
                return
            if number == 0 and report.mood == "finite":
                yield "of the report before", other.source
                return

    def _coordinated(self, report: Report) -> bool:
        """Tell whether a finite verb stands right after a conjunction, with no subject of its own."""
        n = self.n
        j = report.start - 1
        while j >= 0 and n.pos[j] == "ADV" and n.sentence[j] == n.sentence[report.head]:
            j -= 1
        conjunction = j >= 0 and n.sentence[j] == n.sentence[report.head] and n.lower[j] in _CONJUNCTIONS
        return conjunction and self.phrases.subject(report.head) is None

    def _same_tense(self, one: Report, other: Report) -> bool:
        first, second = (
            (self.n.form[verb].tense, self.n.form[verb].number, self.n.pos[verb] == "AUX")
            for verb in (self._finite_verb(one), self._finite_verb(other))
        )
        return first == second

    def _finite_verb(self, report: Report) -> int:
        if report.shared is not None:
            return report.shared
        return report.head if report.end - report.start == 1 else report.start

    def _governing(self, report: Report) -> Iterator[tuple[str, Mention]]:
        """Yield the subjects of the verbs that govern a coordinated, participial or infinitive verb."""
        n, phrases = self.n, self.phrases
        i, begin = report.head, report.start
        governor = i
        apposed = report.mood == "gerund" and begin > 0 and n.lower[begin - 1] == ","
        for level in range(_GOVERNORS):
            verb, governor = governor, n.governor[governor]
            if n.dep[verb] == "ROOT" or governor == verb:
                return
            # After a comma a gerund belongs to the main clause's subject, whatever noun the parse hangs it on.
            if n.dep[verb] in ("acl", "acl:relcl") and n.pos[governor] in ("NOUN", "PROPN", "PRON"):
                mention = phrases.mention(governor)
                if mention is not None:
                    away = apposed and n.dep[governor] not in SUBJECT
                    yield "modified, apposed" if away else "modified", mention
            clitic = phrases.clitic(governor)
            if clitic is not None:
                yield "governor's clitic", Mention(clitic, clitic + 1, clitic, "pronoun")
            subject = phrases.subject(governor)
            if subject is not None and subject < i:
                mention = phrases.mention(subject)
                if mention is not None:
                    yield f"governor's subject {min(level, 2)}", mention

    def _clause_subjects(self, report: Report) -> Iterator[tuple[str, Mention]]:
        """Yield the first and the last subject before the cue that the parse finds in its sentence."""
        n = self.n
        subjects = [
            unit
            for unit in n.units[n.sentence[report.head]]
            if 0 <= unit < report.start
            and n.dep[unit] in SUBJECT
            and n.lower[unit] not in RELATIVE
            and not self.phrases.is_object(unit)
        ]
        for way, subject in (("first subject", subjects[:1]), ("last subject", subjects[-1:])):
            if subject and (mention := self.phrases.mention(subject[0])) is not None:
                yield way, mention

    def _own_subject(self, begin: int) -> Mention | None:
        """Return the subject right before a participle and its pronouns: ``la presse le qualifiant de menteur``."""
        n = self.n
        j = begin - 1
        while j > 0 and n.lower[j] in OBJECTS and n.lower[j] != "en":
            j -= 1
        if j < 0 or n.sentence[j] != n.sentence[begin]:
            return None
        if n.entity[j] >= 0:
            return self.phrases.mention(j)
        return self.phrases.adjacent(begin) if j < begin - 1 else None

    def _main_subject(self, report: Report) -> Mention | None:
        """Return the subject of the clause that a verb's group opens: ``Dénonçant une manœuvre, Awa Diarra a …``."""
        n = self.n
        if report.mood not in ("gerund", "participle", "infinitive"):
            return None
        comma = False
        for unit in n.units[n.sentence[report.head]]:
            if unit < 0:
                continue
            if unit < report.start:
                if n.pos[unit] in ("NOUN", "PROPN", "VERB", "AUX") or n.entity[unit] >= 0:
                    return None
            elif n.lower[unit] == ",":
                comma = True
            elif comma and (n.dep[unit] in SUBJECT or n.entity[unit] >= 0) and n.lower[unit] not in RELATIVE:
                return self.phrases.mention(unit)
        return None

    def _subject_of_verb_before(self, begin: int) -> Mention | None:
        """Return the subject of the last finite verb before a cue: ``Awa Diarra a vu le préfet et a annoncé``."""
        n, phrases = self.n, self.phrases
        for j in range(begin - 1, max(-1, begin - _PRECEDING_REACH), -1):
            if n.sentence[j] == n.sentence[begin] and n.parse.is_finite(j):
                verb = n.governor[j] if n.pos[j] == "AUX" else j
                if (subject := phrases.subject(verb)) is not None and subject < j:
                    return phrases.mention(subject)
                if (adjacent := phrases.adjacent(j)) is not None:
                    return adjacent
        return None

    def _first_name(self, report: Report) -> Mention | None:
        """Return the first entity of the sentence before the cue, where no preposition governs it."""
        n = self.n
        for unit in n.units[n.sentence[report.head]]:
            if unit >= report.start:
                return None
            if unit >= 0 and n.entity[unit] >= 0:
                mention = self.phrases.mention(unit)
                return (
                    mention if mention is not None and self.phrases.preposition_of(mention) is None else None
                )
        return None

    def _preceding(self, begin: int) -> Mention | None:
        """Return the nearest person or pronoun before the verb in its sentence: where the parse gives nothing."""
        n = self.n
        for j in range(begin - 1, max(-1, begin - _PRECEDING_REACH), -1):
            if n.sentence[j] == n.sentence[begin]:
                if n.lower[j] in {"il", "elle", "ils", "elles"} and n.lower[j - 1 : j + 2 : 2] != [",", ","]:
                    return Mention(j, j + 1, j, "pronoun")
                if n.entity[j] >= 0 and n.ents[n.entity[j]].label_ == "PER":
                    return self.phrases.mention(j)
        return None

    def _past_relative(self, begin: int) -> Mention | None:
        """Return what the relative clause before a verb tells more of: ``les élus à qui elle a parlé pensent``."""
        n = self.n
        for j in range(begin - 1, max(0, begin - _PRECEDING_REACH), -1):
            if n.sentence[j] == n.sentence[begin] and n.pos[j] == "PRON" and n.lower[j] in _OPENS_RELATIVE:
                return self.phrases.before_relative(j - (n.pos[j - 1] == "ADP"))
        return None

    def _subject_clitic(self, begin: int) -> int | None:
        """Return the pronoun right before a verb group that can only be its subject: ``ce que l'on appelle``."""
        n = self.n
        j = begin - 1
        while j > 0 and n.sentence[j] == n.sentence[begin] and n.lower[j] in OBJECTS:
            j -= 1
        return j if j >= 0 and n.sentence[j] == n.sentence[begin] and n.lower[j] in _SUBJECT_CLITICS else None

    def _opening_relative(self, begin: int) -> int | None:
        """Return the ``qui`` right before a verb group: only what it tells more of can be the source."""
        n = self.n
        j = begin - 1
        while (
            j > 0
            and n.sentence[j] == n.sentence[begin]
            and (not n.lower[j] or n.lower[j] in OBJECTS or n.pos[j] == "ADV")
        ):
            j -= 1
        return j if j > 0 and n.sentence[j] == n.sentence[begin] and n.lower[j] == "qui" else None

    def _voice(self, report: Report) -> Mention | None:
        """Return who lends the voice: ``a répondu par la voix de Awa Diarra``."""
        n = self.n
        if "par" not in n.lower[report.end : report.end + _VOICE_REACH]:
            return None
        for j in range(report.end, min(len(n.lower) - 1, report.end + _VOICE_REACH)):
            if n.sentence[j] != n.sentence[report.head]:
                return None
            if "par" not in n.lower[max(report.end, j - 2) : j]:
                continue
            if n.lower[j] in _VOICES and self.phrases.governs(j + 1):
                return self.phrases.complement(j + 2)
            if n.lower[j] == "porte-parole":
                return self.phrases.mention(j)
        return None

    def _teller(self, mention: Mention) -> Mention | None:
        """Return who has told: ``les informations relatées par la presse``, ``les chiffres que le maire a donnés``."""
        n = self.n
        for j in range(mention.end, min(len(n.lower) - 1, mention.end + _RELATED_REACH)):
            if n.sentence[j] != n.sentence[mention.head] or n.lower[j] == ",":
                return None
            if n.lower[j] in THAT | {"par"} or (j == mention.end and self.phrases.governs(j)):
                return self.phrases.complement(j + 1)
        return None

    def _add_apposed(self, options: dict[tuple[int, int], _Option]) -> None:
        """Put the names that stand beside the phrases found in their place: ``Awa Diarra, maire de Gao``."""
        for key, option in list(options.items()):
            if option.mention.kind != "nominal":
                continue
            for way, name in self.phrases.names_beside(option.mention):
                for each in (way, *option.ways):
                    self._add(options, name, each, option.after)
                if self.n.ents[name.entity].label_ != "LOC":
                    options.pop(key, None)

    # Choosing

    def _chosen(self, report: Report, options: dict[tuple[int, int], _Option]) -> Source:
        """Return the likeliest option; nobody where all are unlikely."""
        if not options:
            return Source()
        best, chosen = 0.0, None
        cue = self._offsets(report.start, report.end)
        place = self._place(report)
        speaking = [self._speaks(option.mention) for option in options.values()]
        for number, option in enumerate(options.values()):
            features = self._features(report, place, option, number, options)
            if any(speaking) and not speaking[number]:
                features["another speaks"] = features[f"{option.ways[0]}: another speaks"] = 1.0
            candidate = self._offsets(option.mention.start, option.mention.end)
            likely = odds(self.judge("source", features, Asked(cue, candidate)))
            if likely > best:
                best, chosen = likely, option
        if chosen is None or best < 1.0:
            return Source()
        mention = chosen.mention
        if mention.head < report.start < mention.end:  # a verb that is tagged as the noun's adjective
            mention = mention._replace(end=report.start)
        mention = self.phrases.joint(
            mention,
            self._number(report) == "Plur" or report.mood == "preposition" or report.passive,
        )
        return Source(mention, chosen.after)

    def _offsets(self, start: int, end: int) -> tuple[int, int]:
        return self.n.start[start], self.n.end_of(end - 1)

    def _number(self, report: Report) -> str:
        if report.mood != "finite":
            return ""
        return self.n.form[self._finite_verb(report)].number

    def _features(
        self,
        report: Report,
        place: str | None,
        option: _Option,
        rank: int,
        options: Mapping[tuple[int, int], _Option],
    ) -> Features:
        """Return what tells the source from other words near the cue."""
        n, mention = self.n, option.mention
        mood = report.mood
        features: Features = {f"rank {min(rank, 3)}": 1.0, f"{mood} rank {min(rank, 3)}": 1.0}
        if len(options) == 1:
            features["only"] = features[f"{mood} only"] = 1.0
        for way in option.ways:
            features[way] = features[f"{mood}: {way}"] = 1.0
            if mood == "gerund":
                features[f"gerund {'apposed' if place is not None else 'close'}: {way}"] = 1.0
        features[f"ways {min(len(option.ways), 3)}"] = 1.0
        kind = self._kind(mention)
        features[kind] = features[f"{mood}: {kind}"] = 1.0
        features[f"{option.ways[0]}: {kind}"] = 1.0
        side = "after" if option.after else "before"
        features[side] = features[f"{mood} {side}"] = 1.0
        where = f"{place or 'no comma'}, {side}"
        features[where] = features[f"{mood}, {where}"] = 1.0
        if option.after:
            low, high = report.end, mention.start
        else:
            low, high = mention.end, report.start
        if low <= high:
            # What is quoted between counts as one word.
            between = [j for j in range(low, high) if n.level[j] == n.level[report.head]]
            quoted = len(between) < high - low
            features["distance"] = features[f"{side} distance"] = math.log1p(len(between) + quoted) / 2
            words = [n.lower[j] for j in between]
            features[f"{side} commas"] = float(min(3, words.count(",")))
            features[f"{side} that"] = float(any(word in THAT for word in words))
            features[f"{side} who"] = float(any(word in RELATIVE for word in words))
            features[f"{side} verbs"] = float(
                min(
                    3,
                    sum(n.pos[j] in ("VERB", "AUX") for j in between),
                )
            )
            features[f"{side} mark"] = float(quoted)
        head = mention.head
        # The parse hangs a name's words on its first, and that on the function before it.
        while n.dep[head] in _INSIDE_NAMES and mention.start - _TITLE_REACH <= n.governor[head] < mention.end:
            head = n.governor[head]
        dep, hangs_on_cue = n.dep[head], n.governor[head] == report.head
        if not (dep in SUBJECT and hangs_on_cue):
            features[f"dep {dep}"] = 1.0
            features[f"{side} dep {dep}"] = 1.0
            if hangs_on_cue:
                features[f"{dep} of the cue"] = 1.0
        governed = self.phrases.preposition_of(mention)
        if governed is not None and mood != "preposition":
            features["governed"] = features[f"{side} governed"] = 1.0
            features[f"governed by {n.lower[governed]}"] = 1.0
        number = self._number(report)
        plural = self.phrases.is_plural(mention)
        if number and plural is not None:
            agrees = plural == (number == "Plur")
            features["number agrees" if agrees else "number differs"] = 1.0
        return features

    def _speaks(self, mention: Mention) -> bool:
        """Tell whether words name one who can speak: a person, an organisation, by name, pronoun or function."""
        return mention.kind == "pronoun" or self.phrases.names_somebody(mention)

    def _place(self, report: Report) -> str | None:
        """Name the place of a cue set off from what is before it: an incise only if that can be what it reports."""
        if not self.phrases.stands_as_incise(report.start):
            return None
        n = self.n
        for unit in n.units[n.sentence[report.head]]:
            if unit >= report.start:
                break
            if unit < 0 or n.parse.is_finite(unit):
                return "incise"
        return "comma"

    def _kind(self, mention: Mention) -> str:
        """Name the kind of words that a mention is: ``PER``, ``pronoun on``, ``definite role`` …"""
        n = self.n
        if mention.kind == "named":
            return str(n.ents[mention.entity].label_)
        word = n.lower[mention.head].lstrip("-")
        if mention.kind == "pronoun":
            return f"pronoun {word}" if word in {"on", "je", "j'", "nous", "lui"} else "pronoun"
        first = n.lower[mention.start]
        determiner = (
            "definite"
            if first in _DEFINITES
            else "possessive"
            if first in _POSSESSIVES
            else "indefinite"
            if first in _INDEFINITES
            else "bare"
        )
        role = self.roles.get(word)
        return f"{determiner} {role.kind if role is not None else 'noun'}"
