"""Reporting clauses: the words that report (cue) and the words that name who (source).

``a déclaré hier M. Diarra``, ``selon elle``, ``estimant que``, ``le slogan des manifestants``. Found once per article,
whatever they report; `geopolitics_nlp.quotations` decides which quotation belongs to which.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .decisions import Judge, learned
from .lexicons import Cue, unaccented
from .narrative import Narrative
from .phrases import BE, INVERTED, OBJECTS, TITLES, Phrases
from .sources import Mood, Report, Sources
from .tokens import Remembered

if TYPE_CHECKING:
    from .lexicons import CueLexicon, Form, Role

_SUBJECTS = frozenset({"qui", "il", "elle", "ils", "elles", "on"})
_SE = frozenset({"se", "s'"})
_REFLEXIVE = _SE | {"me", "m'", "nous"}
# What the auxiliaries that are not finite make of a compound verb.
_AUXILIARIES: Mapping[str, Mood] = {
    "ayant": "gerund",
    "étant": "gerund",
    "avoir": "infinitive",
    "être": "infinitive",
}
_NEGATION = frozenset({"ne", "n'"})
_BETWEEN = OBJECTS - _NEGATION
# What makes a negation of ``ne``, before or after the verb, and what undoes it: ``n'a pas seulement dit``.
_NEGATES = frozenset(
    "pas jamais plus guère point nullement aucunement rien aucun aucune personne nul nulle ni".split()
)
_NEGATES_NOTHING = frozenset("seulement uniquement simplement moins que qu'".split())
# What an infinitive after them does not say: ``refuse de dire``, ``au lieu d'affirmer``, ``s'abstient de confirmer``.
_UNSAID = ("refus", "évit", "absten", "abstien", "abstin", "gard", "lieu", "loin", "plutôt")
# What is tagged so is no verb and no noun.
_NEVER_CUES = frozenset({"DET", "ADP", "PUNCT", "CCONJ", "SCONJ", "NUM", "SPACE", "SYM"})
# What ``selon`` and ``pour`` measure by is said by nobody: ``selon les besoins``, ``selon l'âge``, ``pour sa part``.
_MEASURES = frozenset(
    "part besoin besoins cas âge âges sexe taille type types mode modes ordre usage usages moyens goût goûts saison "
    "saisons".split()
)
# Nor do these lead to a quotation: ``on peut lire : « … »``.
_MODALS = frozenset("peut peuvent pouvait pouvaient pourra pourrait doit doivent devait devaient".split())
_PHRASE_REACH = 4
_THAT_REACH, _ASIDE_REACH = 8, 24
# Behind them ``que`` opens no clause that is reported.
_BEFORE_OTHER_THAT = frozenset("tel telle tels telles plus moins aussi même alors ce".split())
# Any verb, where a colon after it leads to a quotation, or it stands between a quotation and its subject.
_ANY_VERB = Cue("", "verb", frozenset({"colon"}), "asserts", (), False)
MANNER = Cue("(manner)", "verb", frozenset({"incise"}), "asserts", (), False)


class Reports:
    """Finds the reporting clauses of an article with a cue lexicon and the names of roles."""

    def __init__(self, lexicon: CueLexicon, roles: Mapping[str, Role], judge: Judge | None = None) -> None:
        self.lexicon = lexicon
        self.roles = roles
        self.judge = judge or learned()
        self.cued = Remembered(self._of_cue)  # whether a word may belong to a cue: most do not
        # By their first word, then by their second, "" where there is none; the longest first.
        self.prepositions: dict[str, dict[str, list[tuple[tuple[str, ...], Cue]]]] = {}
        for accented, cue in lexicon.prepositions:
            # A capital has no accent on many pages, and on some no letter has.
            for words in dict.fromkeys((accented, tuple(map(unaccented, accented)))):
                second = words[1] if len(words) > 1 else ""
                self.prepositions.setdefault(words[0], {}).setdefault(second, []).append((words, cue))

    def find(self, narrative: Narrative) -> Clauses:
        """Return the reporting clauses of an article."""
        return _Search(self, narrative).clauses()

    def _of_cue(self, word: str) -> bool:
        return word in self.prepositions or word in self.lexicon.nouns or bool(self.lexicon.forms(word))


class _Search:
    """The search for the reporting clauses of one article."""

    def __init__(self, finder: Reports, narrative: Narrative) -> None:
        self.finder = finder
        self.lexicon = finder.lexicon
        self.openings = finder.prepositions
        self.n = narrative
        self.phrases = Phrases(narrative, finder.roles)
        self.sources = Sources(narrative, self.phrases, finder.judge)
        self.last: dict[int, Report] = {}  # found in each sentence

    def clauses(self) -> Clauses:
        """Find the reporting clauses, word by word."""
        n = self.n
        found: list[Report] = []
        openings, nouns, forms = self.openings, self.lexicon.nouns, self.lexicon.forms
        before = ""
        cued = map(self.finder.cued.__getitem__, n.lower)
        for i, (word, tag, of_cue) in enumerate(zip(n.lower, n.pos, cued, strict=True)):
            reflexive, before = before in _SE, word
            manner = tag == "VERB" or reflexive
            if not (manner or of_cue) or n.sentence[i] < 0:
                continue
            report = self._preposition(i) if word in openings else None
            may_be_cue = tag not in _NEVER_CUES or (tag == "NUM" and not word.isdigit())  # tranche-t-il
            if report is None and may_be_cue:
                if known := forms(word):
                    report = self._verb(i, known)
                if report is None and manner:
                    report = self._manner(i)
                if report is None and word in nouns:
                    report = self._noun(i, word)
            if report is not None and not (found and found[-1].end > report.head and found[-1].cue.rest):
                found.append(report)
                self.last[n.sentence[i]] = report
        return Clauses(n, self.phrases, self.sources, found)

    def _verb(self, i: int, forms: tuple[Form, ...]) -> Report | None:
        n = self.n
        clitic = self.phrases.clitic(i)
        first = self.phrases.auxiliary(i)
        moods = {form.mood for form in forms}
        compound = first is not None and "participle" in moods
        tagged = n.pos[i] in ("VERB", "AUX") or clitic is not None or self._verb_by_place(i)
        if not tagged and not compound and not self._after_quotation(i - self._reflexive(i)):
            return None
        passive = False
        shared = self.phrases.shared_auxiliary(i) if first is None and "participle" in moods else None
        mood: Mood
        if first is not None and "participle" in moods:
            mood = _AUXILIARIES.get(n.lower[first], "finite")
        elif "finite" in moods and (
            clitic is not None
            or n.pos[i] != "VERB"
            or self.phrases.may_be_finite(i)
            or "participle" not in moods
            or self._inverted(i)
            or self._leads_to_that(i)
        ):
            mood, first, shared = "finite", None, None
        elif moods & {"gerund", "infinitive"} and "participle" not in moods:
            mood, first = ("gerund" if "gerund" in moods else "infinitive"), None
        elif shared is not None:
            mood, first = _AUXILIARIES.get(n.lower[shared], "finite"), None
        else:
            mood, first = "participle", None
        begin = i if first is None else first
        reflexive = self._reflexive(begin)
        auxiliary = first if first is not None else shared
        if auxiliary is not None and mood == "finite" and not reflexive:
            passive = n.lower[auxiliary] in BE or "été" in n.lower[auxiliary + 1 : i]
        cue, end = self._entry(i, forms, reflexive)
        if cue is None:
            return None
        if clitic is not None:
            end = max(end, clitic + 1)
        if reflexive:
            begin -= 1
        unsaid = mood == "infinitive" and self._unsaid(begin)
        negated = unsaid or self._negated(begin, i)
        if (ne := self._ne(begin)) is not None:
            begin = ne
        third = first is not None or any(form.mood != "finite" or form.person == "3" for form in forms)
        of_verb, previous = self.sources.of_verb, self.last.get(n.sentence[i])
        return Report(begin, end, i, cue, mood, of_verb, clitic, negated, passive, third, shared, previous)

    def _manner(self, i: int) -> Report | None:
        """Return a verb of no lexicon between a quotation and its subject: ``« … », s'étrangle Awa Diarra``."""
        n = self.n
        first = self.phrases.auxiliary(i)
        if first is None and not self.phrases.may_be_finite(i):
            return None
        begin = i if first is None else first
        begin -= begin > 0 and n.lower[begin - 1] in _SE
        if begin == 0 or n.lower[begin - 1] != ",":
            return None
        place = begin - 2
        while place >= 0 and not n.lower[place].strip():
            place -= 1
        if place < 0 or not (n.level[place] > n.level[i] or n.level[place] < -1):
            return None
        clitic = self.phrases.clitic(i)
        if clitic is not None and n.lower[clitic] == "-on":
            return None
        if clitic is None:
            subject = self.phrases.following(i + 1)
            if subject is None or not self.phrases.names_somebody(subject):
                return None
        end = i + 1 if clitic is None else max(i, clitic) + 1
        of_verb, previous = self.sources.of_verb, self.last.get(n.sentence[i])
        return Report(begin, end, i, MANNER, "finite", of_verb, clitic, previous=previous)

    def _verb_by_place(self, i: int) -> bool:
        """Tell whether a word is a verb by its place: ``qui juge …``, ``, les qualifiant de``, ``X juge « … »``."""
        n = self.n
        if i == 0 or i + 1 >= len(n.lower) or n.entity[i] >= 0:
            return False
        if n.lower[i - 1] in _SUBJECTS or (n.lower[i - 1] in {"le", "l'"} and n.lower[i - 2] == "comme"):
            return True
        if (
            n.lower[i].endswith("ant")
            and n.lower[i - 1] in OBJECTS
            and n.lower[i - 2 : i - 1] in ([","], ["en"])
        ):
            return True
        named = n.entity[i - 1] >= 0
        if not (named or self._ends_first_subject(i - 1)):
            return False
        leads = n.lower[i + 1] in {"avoir", "être"} or n.pos[i + 1] == "DET" or n.level[i + 1] != n.level[i]
        if named and leads:
            return True
        following = i + 1
        while following + 1 < len(n.lower) and n.pos[following] == "ADV" and following < i + 3:
            following += 1
        return n.lower[following] in {"que", "qu'", ":"} or self._leads_past_an_aside(i)

    def _ends_first_subject(self, i: int) -> bool:
        """Tell whether token ``i`` ends a noun phrase before which its sentence has no verb.

        People may follow a comma, too: ``Au sein du parti, un élu ironise :``.
        """
        n = self.n
        if n.pos[i] not in ("NOUN", "ADJ"):
            return False
        end = i
        while i > 0 and n.sentence[i - 1] == n.sentence[i]:
            if n.lower[i - 1] == "," and n.lower[end] in self.phrases.roles:
                break
            if n.pos[i] in ("VERB", "AUX", "SCONJ") or end - i == _ASIDE_REACH:
                return False
            i -= 1
        return n.pos[i] in ("DET", "NUM", "PRON", "NOUN", "ADV")

    def _leads_past_an_aside(self, i: int) -> bool:
        """Tell whether an aside stands between a word and its ``que``: ``juge, dans un entretien, que``."""
        n = self.n
        opens = n.lower[i + 1] == ","
        for j in range(i + 2, min(len(n.lower), i + _ASIDE_REACH)):
            if n.sentence[j] != n.sentence[i] or n.parse.is_finite(j):
                return False
            if n.lower[j] in {"que", "qu'"}:
                return n.lower[j - 1] == "," if opens else n.lower[j - 1] == "part"
        return False

    def _leads_to_that(self, i: int) -> bool:
        """Tell whether a form that can be a participle leads to a clause: ``le maire écrit hier que``."""
        n = self.n
        if n.dep[i].startswith("conj") or self.phrases.shared_auxiliary(i) is not None:
            return False
        for j in range(i + 1, min(len(n.lower), i + _THAT_REACH)):
            if (
                n.sentence[j] != n.sentence[i]
                or n.lower[j] in {",", ";", "par"}
                or n.pos[j] in ("VERB", "AUX")
            ):
                return False
            if n.lower[j] in {"que", "qu'"}:
                return n.lower[j - 1] not in _BEFORE_OTHER_THAT
        return False

    def _inverted(self, i: int) -> bool:
        """Tell whether a form that can be a participle is a verb before its subject: ``…, écrit Awa Diarra``."""
        n = self.n
        return (
            i > 0
            and i + 1 < len(n.lower)
            and n.lower[i - 1] == ","
            and (n.entity[i + 1] >= 0 or n.lower[i + 1] in TITLES or self._is_role(i + 1))
        )

    def _is_role(self, i: int) -> bool:
        """Tell whether a determiner and a noun for people stand at token ``i``: ``dit un expert``."""
        n = self.n
        return n.pos[i] == "DET" and i + 1 < len(n.lower) and n.lower[i + 1] in self.phrases.roles

    def _preposition(self, i: int) -> Report | None:
        n = self.n
        opened = self.openings[n.lower[i]]
        longer = opened.get(n.lower[i + 1], ()) if i + 1 < len(n.lower) and n.lower[i + 1] else ()
        for words, cue in (*longer, *opened.get("", ())):
            end = i + len(words)
            if tuple(n.lower[i:end]) == words and self._has_complement(end):
                previous = self.last.get(n.sentence[i])
                return Report(i, end, i, cue, "preposition", self.sources.of_preposition, previous=previous)
        return None

    def _has_complement(self, end: int) -> bool:
        if self.n.lower[end : end + 1] == ["qui"]:
            return True  # Awa Diarra, pour qui …
        complement = self.phrases.complement(end)
        return complement is not None and self.n.lower[complement.head] not in _MEASURES

    def _noun(self, i: int, word: str) -> Report | None:
        if self.n.pos[i] != "NOUN" or (cue := self.lexicon.nouns.get(word)) is None:
            return None
        previous = self.last.get(self.n.sentence[i])
        return Report(i, i + 1, i, cue, "noun", self.sources.of_noun, previous=previous)

    def _entry(self, i: int, forms: tuple[Form, ...], reflexive: bool) -> tuple[Cue | None, int]:
        """Return the lexicon entry (the longest phrase that is there, else the bare verb) and where its words end."""
        n = self.n
        bare: Cue | None = None
        reach = min(len(n.lower), i + 1 + _PHRASE_REACH)
        window = n.lower[i + 1 : reach]
        for head in dict.fromkeys([form.head for form in forms]):
            entry = self.lexicon.entry(head)
            if bare is None:
                bare = next((cue for cue in entry.bare if reflexive or not cue.reflexive), None)
            for cue in entry.phrases if not entry.openings.isdisjoint(window) else ():
                if (cue.reflexive and not reflexive) or cue.rest[0] not in window:
                    continue
                j = i + 1
                while (
                    j < reach and n.lower[j] != cue.rest[0] and (n.pos[j] == "ADV" or n.lower[j] in INVERTED)
                ):
                    j += 1
                if tuple(n.lower[j : j + len(cue.rest)]) == cue.rest:
                    return cue, j + len(cue.rest)
        return bare, i + 1

    def _ne(self, begin: int) -> int | None:
        """Return the ``ne`` of the verb group begun at ``begin``, clitics between: ``ne nous l'a pas dit``."""
        n = self.n
        j = begin - 1
        while j > 0 and n.lower[j] in _BETWEEN and n.sentence[j] == n.sentence[begin]:
            j -= 1
        return j if j >= 0 and n.lower[j] in _NEGATION and n.sentence[j] == n.sentence[begin] else None

    def _negated(self, begin: int, i: int) -> bool:
        """Tell whether the verb ``i``, whose group begins at ``begin``, is negated: ``ne … que`` is not."""
        n = self.n
        if begin > 0 and n.lower[begin - 1] == "ni":
            return True
        ne = self._ne(begin)
        if ne is None:
            return False
        words = [j for j in range(max(0, ne - 8), min(len(n.lower), i + 3)) if n.sentence[j] == n.sentence[i]]
        return any(
            n.lower[j] in _NEGATES
            and (j + 1 >= len(n.lower) or n.lower[j + 1] not in _NEGATES_NOTHING or j > i)
            for j in words
        )

    def _unsaid(self, begin: int) -> bool:
        """Tell whether an infinitive says what was not said: ``sans affirmer``, ``n'a pas voulu dire``."""
        n = self.n
        j = begin - 1
        while j > 0 and (n.pos[j] == "ADV" or n.lower[j] in OBJECTS):
            j -= 1
        if j < 0 or n.sentence[j] != n.sentence[begin]:
            return False
        if n.lower[j] == "sans":
            return True
        if n.lower[j] in {"de", "d'"}:
            return any(word.startswith(_UNSAID) for word in n.lower[max(0, j - 2) : j])
        first = self.phrases.auxiliary(j)
        return n.pos[j] in ("VERB", "AUX") and self._negated(j if first is None else first, j)

    def _reflexive(self, begin: int) -> bool:
        n = self.n
        if begin == 0 or n.sentence[begin - 1] != n.sentence[begin]:
            return False
        # ``nous disons``, where nous is the subject, but ``nous nous disons``.
        # Nor is it reflexive what somebody else says to me: ``il m'a dit``.
        word, before = n.lower[begin - 1], n.lower[begin - 2] if begin > 1 else ""
        if word in {"me", "m'"}:
            return before in {"je", "j'", "ne", "n'"}
        return word in _REFLEXIVE and (word != "nous" or before == "nous")

    def _after_quotation(self, i: int) -> bool:
        """Tell whether only a comma stands between a quotation and token ``i``: then it is a verb, whatever its tag."""
        n = self.n
        units = n.units[n.sentence[i]]
        j = i - 1
        while j >= 0 and (n.lower[j] in {",", "-", "–", "—"} or n.level[j] < -1 or not n.lower[j].strip()):
            j -= 1
        return (
            j < 0 or n.level[j] > n.level[i] or (j != i - 1 and n.level[j] == n.level[i] and len(units) > 1)
        )


class Clauses:
    """The reporting clauses of one article, by sentence.

    Attributes:
        n: the narrative, ``doc`` its document.
        phrases, sources: the noun phrases of the article, and who of them the source of a clause is.
        reports, by_sentence: the clauses, all and by the number of their sentence.
        place: the index of each unit in its sentence.
    """

    def __init__(
        self, narrative: Narrative, phrases: Phrases, sources: Sources, reports: list[Report]
    ) -> None:
        self.n = narrative
        self.phrases = phrases
        self.sources = sources
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
        return self.n.start[report.start], self.n.end_of(report.end - 1)

    def token_at(self, offset: int) -> int:
        """Return the index of the token at a character offset."""
        return max(0, bisect_right(self.n.start, offset) - 1)

    def is_finite(self, i: int) -> bool:
        """Tell whether token ``i`` is a finite verb."""
        return self.n.parse.is_finite(i)

    def introducing(self, units: list[int]) -> Report | None:
        """Return the main verb of words that end with a colon, whatever it means: ``Il a posté ce message : « … »``."""
        n = self.n
        verbs = [
            unit
            for unit in units
            if unit >= 0 and n.pos[unit] in ("VERB", "AUX") and self.phrases.may_be_finite(unit)
        ]
        roots = [i for i in verbs if n.dep[i] == "ROOT"] or [
            n.governor[i] for i in verbs if n.dep[i].startswith("aux")
        ]
        if not verbs:
            return None
        head = (roots or verbs)[-1]
        if n.sentence[head] != n.sentence[verbs[-1]] or n.lower[head] in _MODALS:
            return None
        first = self.phrases.auxiliary(head)
        begin = head if first is None else first
        earlier = [r for r in self.by_sentence.get(n.sentence[head], ()) if r.head < head]
        previous = earlier[-1] if earlier else None
        return Report(begin, head + 1, head, _ANY_VERB, "finite", self.sources.of_verb, previous=previous)
