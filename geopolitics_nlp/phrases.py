"""Noun phrases that may name a source: ``le porte-parole de l'armée``, ``M. Diarra``, ``ce dernier``, ``elle``.

Where a phrase begins and ends, and where to look for one: before a verb, after it, behind a preposition. Who of those
that are found has spoken is for `sources`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from . import tokens
from .gazetteers import gazetteer
from .narrative import Narrative

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .lexicons import Role

MentionKind = Literal["named", "nominal", "pronoun"]

SUBJECT = tokens.SUBJECT | {"expl:subj", "expl:pass"}
CLITICS = frozenset({"-il", "-elle", "-ils", "-elles", "-on", "-je", "-nous"})
LINKING_T = frozenset({"-t", "-t-"})
# The relative pronouns that can be subjects, and all but ``que``.
RELATIVE = frozenset({"qui", "lequel", "laquelle", "lesquels", "lesquelles"})
RELATIVES = RELATIVE | {"dont", "où"}
THAT = frozenset({"que", "qu'"})
OF = frozenset({"de", "du", "des", "d'"})
_LEADS_ON = OF | {"au", "aux", "à"}
_ANTECEDENTS = 5
TITLES = frozenset(
    "m. mme mm. mlle mr mrs ms dr dr. pr pr. prof prof. me mgr mgr. sir lord lady dame cheikh cheick".split()
)
# Those that belong to the words that name a source.
_CIVIL_TITLES = frozenset("m. mme mm. mlle mr".split())
# Finite forms of `être`.
BE = frozenset("est sont était étaient serait seraient sera seront fut furent soit suis".split())
# What may stand between a subject and its verb.
OBJECTS = frozenset("le la l' les lui leur y en me m' te t' se s' nous vous ne n' aussi même".split())
_PRONOUNS = frozenset(
    "il elle ils elles on lui eux je nous certains certaines celui-ci celle-ci ceux-ci celles-ci d'autres beaucoup "
    "plusieurs tous chacun chacune autre autres celui celle ceux ce".split()
)
_PERSONAL = frozenset("il elle ils elles on je nous lui eux j' celui-ci celle-ci ceux-ci celles-ci".split())
_NEVER = frozenset(
    "m' me t' te se s' lui-même elle-même eux-mêmes elles-mêmes soi leur "
    "lequel laquelle lesquels lesquelles temps fois "
    "-moi -toi -le -la -les -lui -leur -en -y -vous moi toi".split()  # jugez-moi sur mon parcours
)
# Nor do these name anybody where they stand alone.
_NOBODY = _NEVER | frozenset(
    "qui que qu' dont où ce c' cela ça -ce rien y en t -t vous -vous tu -tu - –".split()
)
# No subject that says anything, whatever the parse: ``toute la nuit affirment``.
_NO_SUBJECT = LINKING_T | _NEVER | {"nuit", "journée", "soirée", "matinée", "semaine", "matin", "soir"}
_ONE = frozenset({"un", "une", "autre", "autres", "uns", "unes"})
_THAT_ONE, _HERE = frozenset({"celui", "celle", "ceux", "celles"}), frozenset({"ci", "là"})
_LAST = frozenset({"dernier", "dernière", "derniers", "dernières"})
_MANY = frozenset({"beaucoup", "certains", "certaines", "plusieurs"})
_ARTICLES = frozenset({"le", "la", "l'", "les"})
_BEFORE_COMPLEMENT = _ARTICLES | TITLES | {""}
_NOUN_LINKS = frozenset({"à", "au", "aux", "en", "pour", "chez", "près"})
# What ``en`` makes a time or a manner of, no part of a noun phrase.
_AFTER_EN = frozenset(
    "marge visite déplacement conférence direct réponse réaction ouverture clôture fin début préambule privé public "
    "substance interview réunion personne".split()
)
# Times and places that stand between a verb and the subject after it.
_TIME = frozenset(
    "lundi mardi mercredi jeudi vendredi samedi dimanche matin midi soir nuit veille lendemain hier aujourd'hui "
    "demain jour semaine mois année an heure heures fois début fin janvier février mars avril mai juin juillet "
    "août septembre octobre novembre décembre après-midi matinée soirée suite passage part côté".split()
)
_ENDS_APPOSITION = RELATIVE | THAT | {":", "(", ")", "par", "avec", "contre", "sans"}
_PARTICLES = frozenset("de du d' des la le l' al el ben bin van von der da dos".split())
_QUANTITIES = frozenset({"un", "une", "plus", "moins", "beaucoup"})
_BEFORE_NOUN = frozenset({"plus", "moins", "tous", "toutes", "les", "un", "une"})
# What closes an aside, with what opens it.
_ASIDES = {",": ",", ")": "(", "-": "-", "–": "–", "—": "—"}
_CLOSES = frozenset({",", ".", "(", ")", ":", ";", "-", "–"})
AUXILIARY = frozenset(
    "ai a as avons avez ont avait avaient avais aura auront aurait auraient eut eurent ait aient ayant avoir "
    "est sont était étaient serait seraient sera seront fut furent soit étant être suis".split()
)
_PLURAL = frozenset(
    "ils elles eux nous certains certaines derniers dernières ceux celles plusieurs beaucoup".split()
)
# What makes an adverb of a preposition, no complement.
_ADVERBIAL = frozenset({"ailleurs", "abord", "emblée", "nouveau", "outre", "effet", "revanche", "même"})
_WITH_ARTICLE = frozenset({"du", "au", "aux"})
# What may stand inside a verb group: ``ont tous dit``, ``a, à son tour, dit``, ``a d'abord dit``.
_INSERTED = frozenset({"tous", "toutes", "même", "d'", "pour"})
_ADVERBIAL_POS = frozenset({"ADV", "ADP", "DET", "ADJ", "NOUN", "NUM"})
_LINKS = OF | _NOUN_LINKS
_GOVERNS = _LINKS | {"et", "ou", ""}
_BEFORE_NAME = OF | _ARTICLES
INVERTED = CLITICS | LINKING_T
_WITHIN_GROUP = INVERTED | _INSERTED
_BEFORE_CLITIC = AUXILIARY | LINKING_T
_BEGINS_GROUP = CLITICS | AUXILIARY
# What opens a clause of its own, though it may be tagged as a preposition; in most of them somebody else may speak.
CONTRASTS = frozenset({"tandis", "alors", "quand", "lorsque", "lorsqu'"})
_WHEN = CONTRASTS | {"puisque", "puisqu'"}
_CONTRACTED = _WITH_ARTICLE | {"des"}
_INSERTION_REACH = 30
AUXILIARY_REACH = 7
_NAME_WORDS = 4
_NOUN_PHRASE_REACH = 16
_SOURCE_REACH = 14
_AGENT_REACH = 60
_HEARD_REACH = 8
_ASIDE_REACH = 40
_ASIDE_WORDS = 8
_APPOSITION_REACH = 22
_BESIDE_REACH = 5
_SHARED_REACH = 25
# Where somebody's own words are read.
PAGES = frozenset({"page", "site", "compte", "profil", "blog", "portail", "fil"})
# Those that somebody has on a platform, which does not speak there: ``la page Facebook du chanteur``.
_ACCOUNTS = frozenset({"page", "compte", "profil", "fil"})
# How participles end: ``demeure`` is none, whatever the tagger says.
_PARTICIPLES = ("ant", *(end + more for end in "éiuûst" for more in ("", "e", "s", "es")))
# What governs a name and yet leaves it free for its apposition: ``selon Awa Diarra, l'une des élues, qui …``.
_REPORTING = frozenset({"selon", "pour", "après"})


class Mention(NamedTuple):
    """The words that name a source, as a token range with its head; ``entity`` is the index in ``doc.ents`` or -1."""

    start: int
    end: int
    head: int
    kind: MentionKind
    entity: int = -1


class Phrases:
    """The noun phrases of one article, found where they are asked for."""

    def __init__(self, narrative: Narrative, roles: Mapping[str, Role]) -> None:
        self.n = narrative
        self.roles = roles
        self.demonyms = gazetteer().demonyms
        self.marked = {begin - 1: m for m, (begin, _) in enumerate(narrative.tokens_of)}

    def _head_after(self, j: int, limit: int) -> int | None:
        """Return the head of the noun phrase whose determiner is token ``j``, an adjective too: ``une Canadienne``."""
        n = self.n
        adjective = None
        for k in range(j + 1, min(limit, j + 6)):
            if n.sentence[k] != n.sentence[j]:
                return adjective
            if n.pos[k] in ("NOUN", "PROPN", "X") or n.entity[k] >= 0 or n.lower[k] in self.roles:
                return k
            if n.lower[k] in _LAST and n.lower[j] in {"ce", "cette", "ces"}:
                return k
            if n.lower[k] in _ONE and (k + 1 >= len(n.pos) or n.pos[k + 1] not in ("NOUN", "PROPN", "ADJ")):
                return k
            if n.pos[k] in ("VERB", "AUX", "PUNCT", "ADP") or n.lower[k] in RELATIVE:
                return adjective
            if n.pos[k] == "ADJ":
                adjective = k
        return None

    def following(self, j: int) -> Mention | None:
        """Return the first noun phrase after an inverted verb, times, adverbs and complements skipped."""
        n = self.n
        limit = min(len(n.lower), j + _SOURCE_REACH)
        sentence = n.sentence[j - 1]
        while j < limit:
            word = n.lower[j]
            if not word.strip():
                j += 1
                continue
            if n.sentence[j] != sentence:
                return None
            if word == ",":
                j = self._after_aside(j, limit)
                continue
            if n.lower[j : j + 3] == ["il", "y", "a"]:  # a posté il y a deux jours Awa Diarra
                j = self._skip_phrase(j + 3, limit)
                continue
            article = n.pos[j] == "DET" or n.dep[j] == "det"  # ont dit des élus, d'anciens élus
            if not article and (word in _LINKS or n.pos[j] == "ADP"):
                adverb = j + 1 < limit and n.lower[j + 1] in _ADVERBIAL  # d'ailleurs, par ailleurs
                j = j + 2 if adverb else self._skip_phrase(j + 1, limit)
                continue
            if word in {"un", "une"} and self.governs(j + 1):
                return self.mention(j)  # un de ses avocats
            if article or word in _ARTICLES or word in {"un", "une"}:
                head = self._head_after(j, limit)
                if head is None:
                    return None
                if n.lower[head] in _TIME:
                    j = self._skip_phrase(j, limit)
                    continue
                return self.mention(head)
            if n.entity[j] >= 0 or word in TITLES or n.pos[j] in ("PROPN", "NOUN", "PRON"):
                if word in _TIME:
                    j += 1
                    continue
                return self.mention(j)
            if n.pos[j] in ("VERB", "AUX", "SCONJ") or word in {"que", "qu'", ":"}:
                return None
            j += 1
        return None

    def _after_aside(self, comma: int, limit: int) -> int:
        """Return the index after a comma, or after the aside it opens: ``reconnaît, sourire en coin, un cadre``."""
        n = self.n
        for j in range(comma + 1, min(limit, comma + _ASIDE_WORDS)):
            if n.entity[j] >= 0 or n.lower[j] in self.roles or n.parse.is_finite(j) or n.pos[j] == "PRON":
                break
            if n.lower[j] == ",":
                return j + 1
        return comma + 1

    def _skip_phrase(self, j: int, limit: int) -> int:
        """Return the index after the noun phrase that begins at ``j``: before a name that only stands beside it."""
        n = self.n
        seen = False
        while j < limit:
            entity = n.entity[j]
            if seen and entity >= 0 and entity != n.entity[j - 1] and n.ents[entity].label_ == "PER":
                return j
            if seen and n.pos[j] == "NUM" and n.lower[j].isalpha():
                return j  # ont indiqué à l'AFP deux témoins
            if n.pos[j] in ("NOUN", "PROPN", "NUM", "X") or entity >= 0 or n.lower[j] in _PERSONAL:
                seen = True
            elif seen and n.pos[j] not in ("ADJ",):
                return j + 1 if n.lower[j] == "," else j
            elif n.pos[j] in ("VERB", "AUX", "PUNCT"):
                return j + 1
            elif n.pos[j] in ("ADJ", "ADV") and j + 1 < limit and n.pos[j + 1] == "DET":
                return j + 1  # en privé, en général
            j += 1
        return j

    def complement(self, j: int) -> Mention | None:
        """Return the noun phrase that begins at ``j``, after a preposition."""
        n = self.n
        while j < len(n.lower) and not n.lower[j].strip():
            j += 1
        if j in self.marked:
            return self._in_marks(self.marked[j])
        if j >= len(n.lower) or n.sentence[j] < 0:
            return None
        if n.lower[j] == "ce" and n.lower[j + 1 : j + 2] in (["que"], ["qu'"]) and j + 2 < len(n.lower):
            # selon ce qu'a confié Awa Diarra, selon ce qu'Awa Diarra a confié
            return self.following(j + 4) if n.lower[j + 2] in AUXILIARY else self.complement(j + 2)
        if n.lower[j] in RELATIVE or n.lower[j] in {"que", "qu'", ","}:
            return None
        limit = min(len(n.lower), j + _SOURCE_REACH)
        for k in range(j, limit):
            if not n.lower[k]:
                continue
            if n.sentence[k] != n.sentence[j]:
                return None
            if n.entity[k] >= 0 or n.pos[k] in ("NOUN", "PROPN", "X", "PRON") or n.lower[k] in _PRONOUNS:
                return self._before_clause(k, self.mention(k))
            if n.pos[k] not in ("DET", "ADJ", "NUM", "ADV") and n.lower[k] not in _BEFORE_NAME:
                return None
        return None

    def _before_clause(self, i: int, mention: Mention | None) -> Mention | None:
        """Return the noun itself where a clause begins with the name: ``Selon le maire, Awa Diarra a quitté Gao``."""
        n = self.n
        if mention is None or mention.kind != "named" or mention.entity == n.entity[i]:
            return mention
        if "," not in n.lower[i : mention.start] or self._is_closed(mention.entity, i):
            return mention
        return Mention(*self._noun_phrase(i), i, "nominal")

    def _is_closed(self, entity: int, i: int) -> bool:
        """Tell whether an apposed name ends with a mark of punctuation or a quotation, seen from token ``i``."""
        n, end = self.n, self.n.ents[entity].end
        return end >= len(n.lower) or n.lower[end] in _CLOSES or n.level[end] != n.level[i]

    def _in_marks(self, m: int) -> Mention | None:
        """Return the name that a mark pair holds: ``selon « Rive Info »``."""
        n = self.n
        begin, end = n.tokens_of[m]
        if not 0 < end - begin <= _NAME_WORDS or not n.text[n.marks[m].start].isupper():
            return None
        if any(n.pos[i] in ("VERB", "AUX", "PUNCT") and n.entity[i] < 0 for i in range(begin, end)):
            return None
        return self._named(n.entity[begin]) if n.entity[begin] >= 0 else Mention(begin, end, begin, "nominal")

    def mention(self, i: int) -> Mention | None:
        """Return the mention whose head is token ``i``, without apposition; a name apposed to a function wins."""
        n = self.n
        if n.lower[i] in CLITICS:
            return Mention(i, i + 1, i, "pronoun")
        if n.lower[i] in _LAST or (n.lower[i] == "ce" and i + 1 < len(n.lower) and n.lower[i + 1] in _LAST):
            start = i - 1 if n.lower[i] in _LAST and i > 0 and n.pos[i - 1] in ("DET", "PRON") else i
            end = i + 1 if n.lower[i] in _LAST else i + 2
            return self._named_behind(end) or Mention(start, end, i, "pronoun")
        if n.lower[i] in _HERE and i > 1 and n.lower[i - 1] == "-":
            i -= 2
        if n.lower[i] in _THAT_ONE and n.lower[i + 1 : i + 2] == ["-"]:
            return Mention(i, min(len(n.lower), i + 3), i, "pronoun")
        if n.entity[i] >= 0:
            return self._named(n.entity[i])
        if n.lower[i] in TITLES and i + 1 < len(n.lower) and n.entity[i + 1] >= 0:
            return self._named(n.entity[i + 1])
        if n.lower[i] in _CIVIL_TITLES and (end := self._titled_end(i)) > i + 1:
            return Mention(i, end, end - 1, "nominal")
        if n.pos[i] == "PRON" and n.lower[i] in _PERSONAL:
            return Mention(i, i + 1, i, "pronoun")
        if n.lower[i] in _NOBODY:
            return None
        start, end = self._noun_phrase(i)
        apposed = self._apposed(i, end)
        if apposed is not None:
            return self._named(apposed)
        return Mention(start, end, i, "nominal")

    def _named_behind(self, comma: int) -> Mention | None:
        """Return the person named between commas behind a pronoun: ``ce dernier, Me Oumar Ba, confirme``."""
        n = self.n
        if n.lower[comma : comma + 1] != [","]:
            return None
        name = comma + 1
        if name + 1 < len(n.lower) and n.lower[name] in TITLES:
            name += 1
        number = n.entity[name] if name < len(n.lower) else -1
        if number < 0 or n.ents[number].label_ != "PER" or not self._is_closed(number, comma - 1):
            return None
        return self._named(number)

    def _titled_end(self, title: int) -> int:
        """Return where the name behind a title ends that was not recognised: ``M. de la Cruz``."""
        n = self.n
        end = j = title + 1
        while j < len(n.lower) and j - title < _NAME_WORDS + 2 and n.sentence[j] == n.sentence[title]:
            if n.letters[j][0].isupper():
                end = j + 1
            elif n.lower[j] not in _PARTICLES:
                break
            j += 1
        return end

    def _named(self, entity: int) -> Mention:
        n = self.n
        ent = n.ents[entity]
        start = ent.start
        if ent.label_ == "PER" and start > 0 and n.lower[start - 1] in _CIVIL_TITLES:
            start -= 1
        return Mention(start, ent.end, ent.end - 1, "named", entity)

    def _apposed(self, i: int, end: int) -> int | None:
        """Return the entity apposed to the noun ``i``: ``le président russe Poutine``, ``le maire, Awa Diarra,``."""
        n = self.n
        singular = n.form[i].number != "Plur"
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
            if comma >= 0 and n.entity[j] < 0 and not self._introduces(j):
                return None
            if n.entity[j] < 0 and n.parse.is_finite(j):
                return None
            if n.lower[j] in _ENDS_APPOSITION:
                return None
            number = n.entity[j]
            if number < 0 or n.ents[number].start != j:
                continue
            ent = n.ents[number]
            previous = j - 1 if n.lower[j - 1] not in TITLES else j - 2
            if n.pos[previous] in ("ADP", "DET") or n.lower[previous] in _GOVERNS:
                continue
            if ent.label_ == "PER" and comma < 0 and self._of_another(i, j):
                return None
            if ent.label_ == "PER":
                apposed = singular and (n.lower[i] in self.roles or self._is_closed(number, i))
                return number if comma < 0 or apposed else None
            if ent.label_ == "ORG" and not self._is_party_of(number):
                beside = comma < 0 and all(n.pos[k] == "ADJ" for k in range(i + 1, j))
                if self._is_platform(j, i):
                    return None
                role = self.roles.get(n.lower[i])
                apposed = comma >= 0 and role is not None and role.kind == "collective" and singular
                if beside or (apposed and self._is_closed(number, i)):
                    return number
        return None

    def _is_platform(self, j: int, noun: int) -> bool:
        """Tell whether the name at ``j`` is where an account is, not whose: ``le compte Rivage du chanteur``."""
        return (
            self.n.lower[noun] in _ACCOUNTS
            and j == noun + 1
            and self.n.ents[self.n.entity[j]].label_ == "ORG"
        )

    def _is_party_of(self, entity: int) -> bool:
        """Tell whether an entity stands between a function and a person's name: ``la députée PVR Awa Diarra``."""
        n, end = self.n, self.n.ents[entity].end
        person = end < len(n.lower) and n.entity[end] >= 0 and n.ents[n.entity[end]].label_ == "PER"
        return person and n.ents[entity].label_ != "PER"

    def _of_another(self, i: int, name: int) -> bool:
        """Tell whether a name is that of somebody in the noun's complement: ``le porte-parole du président Ba``."""
        n = self.n
        for k in range(name - 1, i, -1):
            if self._is_office(k):
                return n.lower[k - 1] in OF | {"la", "l'"} or n.pos[k - 1] == "ADJ"
        return False

    def _introduces(self, j: int) -> bool:
        """Tell whether a word may stand before an apposed name: ``le porte-parole, le colonel Diarra``."""
        return self.n.lower[j] in TITLES or self.n.lower[j] in self.roles or self.n.pos[j] in ("DET", "ADJ")

    def _noun_phrase(self, i: int) -> tuple[int, int]:
        """Return determiner, adjectives, noun and its ``de`` complements: no apposition, no relative clause."""
        n = self.n
        start = i
        while start > 1 and n.lower[start - 1] == "-" and not (n.spaced[start - 1] or n.spaced[start - 2]):
            start -= 2
        while (
            start > 0
            and (n.sentence[start - 1] == n.sentence[i] or not n.lower[start - 1].strip())
            and i - start < 6
        ):
            j = start - 1
            number = n.lower[j].isspace() and n.lower[start].isdigit() and n.lower[j - 1].isdigit()
            inside = n.sentence[j] < 0 and j > 0 and n.sentence[j - 1] == n.sentence[i]
            if inside and (number or not n.lower[j]):
                start = j
                continue
            determined = n.pos[start] == "DET" and not n.lower[start].isdigit()  # 60 000 fans
            if determined and n.lower[j] not in {"tous", "toutes", "tout", "toute", "de"}:
                break
            if n.pos[j] in ("DET", "ADJ", "NUM") or n.dep[j] == "det" or n.lower[j] in _BEFORE_NOUN:
                start = j
            elif n.lower[j] in {"de", "des"} and j > 0 and n.lower[j - 1] in _QUANTITIES:
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
                or n.letters[end][:1].isupper()
            ):
                end += 1
                continue
            tells_when = word == "en" and end + 1 < limit and n.lower[end + 1] in _AFTER_EN
            if word in OF or (word in _NOUN_LINKS and not tells_when and self._modifies(end, start)):
                stop = self._complement_end(end + 1, limit)
                if stop is None:
                    break
                end = stop
                continue
            if word in {"et", "ou"} and end + 1 < limit and self._modifies(end, start):
                stop = self._complement_end(end + 1, limit)
                if stop is None:
                    break
                end = stop
                continue
            break
        return start, self._hyphenated(end)

    def _hyphenated(self, end: int) -> int:
        """Return the end of the word that ends at ``end``, with what hyphens join to it: ``état - major``."""
        n = self.n
        while end + 1 < len(n.lower) and n.lower[end] == "-" and not n.spaced[end - 1]:
            if n.spaced[end] or n.sentence[end + 1] != n.sentence[end]:
                break
            end += 2
        return end

    def _modifies(self, i: int, start: int) -> bool:
        """Tell whether the phrase that token ``i`` introduces hangs on a noun of the phrase begun at ``start``."""
        n = self.n
        noun = n.governor[i]
        return n.dep[noun] in ("nmod", "conj") and start <= n.governor[noun] < i

    def _complement_end(self, j: int, limit: int) -> int | None:
        n = self.n
        while j < limit and (n.pos[j] in ("DET", "ADJ", "NUM") or n.lower[j] in _BEFORE_COMPLEMENT):
            j += 1
        if j < limit and n.entity[j] >= 0:
            return min(limit, n.ents[n.entity[j]].end)
        noun = j < limit and n.pos[j] in ("NOUN", "PROPN", "X", "PRON")
        return self._hyphenated(j + 1) if noun else None

    def adjacent(self, begin: int, sentence: int | None = None) -> Mention | None:
        """Return the noun phrase that ends right before the verb group, asides and relative clauses skipped.

        ``sentence`` is that of the phrase, where it is not that of the group: the verb may be quoted.
        """
        n = self.n
        j = begin - 1
        sentence = n.sentence[begin] if sentence is None else sentence
        for _ in range(3):
            while (
                j >= 0
                and (n.sentence[j] == sentence or n.lower[j].isspace())
                and (n.pos[j] in ("ADV", "SPACE") or n.lower[j] in OBJECTS)
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
        if n.lower[j] in {"autre", "autres"} and n.pos[j - 1] == "DET":
            return Mention(j - 1, j + 1, j, "nominal")
        if n.pos[j] not in ("NOUN", "PROPN", "X", "PRON", "ADJ") and n.entity[j] < 0:
            return None
        antecedent = self._around_relative(j)
        if antecedent is not None:
            return self.mention(antecedent)
        if n.pos[j] == "PRON" and n.lower[j] in _PRONOUNS:
            return self.mention(j) if j == 0 or n.lower[j - 1] not in {"à", "pour", "quant"} else None
        for _ in range(3):
            head = self._head_of(j)
            noun = n.pos[head] in ("NOUN", "PROPN", "X") or n.entity[head] >= 0 or n.lower[head] in self.roles
            if not noun or n.lower[head] in _TIME:
                return None
            preposition = self._preposition_before(head)
            if preposition is None:
                return self.mention(head)
            # Its complement: the subject is the noun before, ``un agent à la retraite``.
            j = preposition - 1
            if n.lower[j] == ")":  # la Société des journalistes (SDJ) de la chaîne
                j = next((k - 1 for k in range(j, max(0, j - _ASIDE_REACH), -1) if n.lower[k] == "("), -1)
            if j < 0 or n.sentence[j] != sentence or n.pos[j] not in ("NOUN", "PROPN", "X", "ADJ"):
                return None
        return None

    def _head_of(self, j: int) -> int:
        """Return the head of the noun phrase that ends at token ``j``."""
        n = self.n
        head = j
        for _ in range(6):
            governor = n.governor[head]
            if (
                n.dep[head] not in ("nmod", "amod", "flat:name", "flat:foreign", "case", "det")
                or governor > head
                or n.sentence[governor] != n.sentence[j]
                or n.pos[governor] not in ("NOUN", "PROPN", "X", "ADJ")
                or not _WHEN.isdisjoint(n.lower[governor:head])
            ):
                break
            head = governor
        return head

    def _around_relative(self, j: int) -> int | None:
        """Return the noun whose relative clause ends at token ``j``: ``un agent qui tait son nom a dit``."""
        n = self.n
        verbs = 0
        for k in range(j, max(0, j - _ASIDE_REACH), -1):
            if n.sentence[k] != n.sentence[j] or n.lower[k] in {",", ":", ";", "et", "mais"}:
                return None
            verbs += n.parse.is_finite(k)
            if n.lower[k] == "qui":
                known = verbs and n.pos[k - 1] in ("NOUN", "PROPN", "ADJ", "PRON")
                return self._antecedent(k, k + 1) if known else None
        return None

    def _preposition_before(self, i: int) -> int | None:
        """Return the preposition that governs the noun ``i``, or a person's function: ``du président Ba``."""
        n = self.n
        named = n.entity[i] >= 0 and n.ents[n.entity[i]].label_ == "PER"
        j = (n.ents[n.entity[i]].start if named else i) - 1
        while j >= 0 and n.lower[j] not in _CONTRACTED:
            if n.pos[j] not in ("DET", "ADJ", "NUM") and not (named and self._is_office(j)):
                break
            j -= 1
        return self._as_preposition(j, i)

    def _as_preposition(self, j: int, i: int) -> int | None:
        """Return ``j`` if it is a preposition in the sentence of token ``i``; ``des`` may be an article."""
        n = self.n
        if j < 0 or n.sentence[j] != n.sentence[i]:
            return None
        governs = n.pos[j] == "ADP" and n.lower[j] not in _WHEN
        return j if governs or n.lower[j] in _WITH_ARTICLE else None

    def _is_office(self, i: int) -> bool:
        """Tell whether a word names what one person is, no institution."""
        role = self.roles.get(self.n.lower[i])
        return role is not None and role.kind != "collective"

    def subject(self, i: int) -> int | None:
        """Return the head of the subject that the parse gives the verb ``i``; of ``qui``, what it stands for."""
        n = self.n
        subjects = [child for child in n.parse.children(i) if n.dep[child] in SUBJECT]
        subjects = [
            j
            for j in subjects
            if n.sentence[j] == n.sentence[i]
            and n.lower[j] not in _NO_SUBJECT
            and not (self._aside(j) or self.is_object(j))
        ]
        if not subjects:
            return None
        subject = max(subjects, key=lambda j: (j < i, j))
        if n.lower[subject] in RELATIVE:
            return self._antecedent(subject, i)
        return subject

    def is_object(self, j: int) -> bool:
        """Tell whether a pronoun is no subject, though the parse may say so: ``lui a confié un pêcheur``."""
        n = self.n
        verb = j + 1 < len(n.lower) and (n.pos[j + 1] in ("AUX", "VERB") or n.lower[j + 1] in OBJECTS)
        return n.lower[j] == "lui" and verb

    def _aside(self, j: int) -> bool:
        """Tell whether a noun stands in an aside: ``dont plusieurs élus``, ``quant à elle``."""
        n = self.n
        near = n.lower[max(0, j - 2) : j]
        return "dont" in near or (bool(near) and near[-1] in {"à", "outre", "selon"})

    def _antecedent(self, relative: int, verb: int) -> int | None:
        n = self.n
        head = verb
        for _ in range(3):
            governor = n.governor[head]
            if (
                n.dep[head] == "acl:relcl"
                and n.sentence[governor] == n.sentence[verb]
                and governor < relative
                and n.pos[governor] in ("NOUN", "PROPN", "PRON", "X")
            ):
                return governor
            head = governor
        j = relative - 1
        while j >= 0 and n.sentence[j] == n.sentence[relative]:
            if n.pos[j] in ("NOUN", "PROPN", "PRON"):
                return j
            j -= 1
        return None

    def agent(self, i: int, end: int) -> Mention | None:
        """Return who does what a passive or a bare participle says: ``qualifié de … par le maire``."""
        n = self.n
        place, reach = end, _AGENT_REACH
        while place < len(n.lower) and reach > 0:
            if n.sentence[place] == n.sentence[i]:
                reach -= 1  # what is quoted between does not count
                if n.lower[place] == "par":
                    return self.complement(place + 1)
                if n.lower[place] in {",", ";", ":"} and n.level[place - 1] == n.level[i]:
                    return None
            elif n.level[place] == n.level[i]:
                return None
            place += 1
        return None

    def heard_from(self, end: int, read: bool = False) -> Mention | None:
        """Return the source of what one hears: ``a-t-on appris de source policière``, ``auprès de la mairie``.

        Of what one reads (``read``), what it is read in: ``lit-on dans un rapport de la mission``.
        """
        n = self.n
        for j in range(end, min(len(n.lower) - 1, end + _HEARD_REACH)):
            if n.sentence[j] != n.sentence[end - 1] or n.lower[j] == ",":
                return None
            if n.lower[j] == "auprès":
                return self.complement(j + 2)
            if read and n.lower[j] in {"dans", "sur"}:
                mention = self.complement(j + 1)
                # On a page somebody writes, on a wall nobody knows who.
                if mention is None or n.lower[j] == "dans" or n.lower[mention.head] in PAGES:
                    return mention
            if n.lower[j] == "de" and n.lower[j + 1] in {"source", "sources"}:
                return self.complement(j + 1)
        return None

    def relative_of(self, i: int) -> int | None:
        """Return the relative pronoun that the parse makes the subject of the verb ``i``."""
        n = self.n
        return next(
            (k for k in n.parse.children(i) if k < i and n.dep[k] in SUBJECT and n.lower[k] in RELATIVE),
            None,
        )

    def before_relative(self, i: int) -> Mention | None:
        """Return the phrase that ends right before a relative clause begun at ``i``: ``Awa Diarra, pour qui``."""
        n = self.n
        j = i - 2 if i > 1 and n.lower[i - 1] == "," else i - 1
        if j < 0 or n.sentence[j] != n.sentence[i]:
            return None
        return self.mention(j if n.entity[j] >= 0 else self._head_of(j))

    def antecedents(self, i: int) -> Iterator[Mention]:
        """Yield the phrases that a relative clause begun at ``i`` may tell more of, the nearest first."""
        n = self.n
        j = i - 2 if i > 1 and n.lower[i - 1] == "," else i - 1
        for _ in range(_ANTECEDENTS):
            while j >= 0 and n.sentence[j] == n.sentence[i] and not self._is_noun(j):
                if n.parse.is_finite(j) or n.lower[j] in {";", ":"}:
                    return
                j -= 1
            if j < 0 or n.sentence[j] != n.sentence[i]:
                return
            if (mention := self.mention(j)) is not None:
                yield mention
            j = (n.ents[n.entity[j]].start if n.entity[j] >= 0 else j) - 1

    def _is_noun(self, i: int) -> bool:
        return self.n.entity[i] >= 0 or self.n.pos[i] in ("NOUN", "PROPN", "X")

    def past_another_clause(self, subject: int, begin: int) -> bool:
        """Tell whether the parse found a verb's subject in a clause of its own: ``Les troupes sont là, a dit X``."""
        n = self.n
        if n.lower[begin - 1] != ",":
            return False
        between = range(subject + 1, begin)
        if any(n.lower[j] in RELATIVE or n.lower[j] in {"dont", "que", "qu'"} for j in between):
            return False
        return any(n.parse.is_finite(j) for j in between)

    def stands_as_incise(self, begin: int) -> bool:
        """Tell whether the verb group stands after a comma, a dash or a quotation, as an incise does."""
        n = self.n
        j = begin - 1
        while j >= 0 and not n.lower[j].strip():
            j -= 1
        return (
            j < 0 or n.lower[j] in {",", "-", "–", "—", "?", "!", "…", "..."} or n.level[j] != n.level[begin]
        )

    def clitic(self, i: int) -> int | None:
        """Return the inverted pronoun of ``dit-il`` or ``a-t-il déclaré``, if the verb ``i`` has one."""
        n = self.n
        for j in range(i + 1, min(len(n.lower), i + 5)):
            if not n.lower[j]:
                continue
            if n.sentence[j] != n.sentence[i]:
                break
            if n.lower[j] in CLITICS:
                return j
            if n.lower[j] not in LINKING_T:
                break
        j = self._before_adverbial(i)
        before = j - 1 if j > 0 and n.lower[j - 1] else j - 2  # a joined hyphen is an empty word
        if j > 0 and n.lower[j] in CLITICS and n.lower[before] in _BEFORE_CLITIC:
            return j
        return None

    def _before_adverbial(self, i: int) -> int:
        """Return the auxiliary or clitic before the adverbs and asides that precede ``i``: ``a-t-il par ailleurs dit``.

        -1 where something else stands there.
        """
        n = self.n
        for j in range(i - 1, max(-1, i - AUXILIARY_REACH), -1):
            if n.sentence[j] != n.sentence[i]:
                return -1
            if n.lower[j] in _BEGINS_GROUP:
                opens = j + 1 == i or n.pos[j + 1] in ("ADV", "ADP") or n.lower[j + 1] in _INSERTED
                return j if opens else -1
            if n.pos[j] not in _ADVERBIAL_POS and n.lower[j] not in _INSERTED:
                return -1
        return -1

    def names_somebody(self, mention: Mention) -> bool:
        """Tell whether words name one who can speak: a person, an organisation, a function; pronouns do not name."""
        if mention.kind == "named":
            return self.n.ents[mention.entity].label_ != "LOC"
        word = self.n.lower[mention.head]
        people = word in self.roles or (word in self.demonyms and self.n.letters[mention.head][0].isupper())
        return mention.kind == "nominal" and people

    def governs(self, j: int) -> bool:
        """Tell whether token ``j`` is a ``de`` that leads to a complement."""
        return j < len(self.n.lower) and self.n.lower[j] in OF

    def preposition_of(self, mention: Mention) -> int | None:
        """Return the preposition right before a mention, if there is one, or before a person's function."""
        n = self.n
        named = mention.kind == "named" and n.ents[mention.entity].label_ == "PER"
        j = mention.start - 1
        while j >= 0 and n.lower[j] not in _CONTRACTED:
            function = named and (n.pos[j] == "ADJ" or self._is_office(j))
            if n.pos[j] != "DET" and n.lower[j] and not function:
                break
            j -= 1
        return self._as_preposition(j, mention.head)

    def is_plural(self, mention: Mention) -> bool | None:
        """Tell whether a mention is plural; None where its words do not say."""
        n = self.n
        if mention.kind == "pronoun":
            return n.lower[mention.head].lstrip("-") in _PLURAL
        if mention.kind == "named":
            ent = n.ents[mention.entity]
            if ent.label_ == "PER":
                return False
            return True if mention.start and n.lower[mention.start - 1] in {"les", "des", "aux"} else None
        number = n.form[mention.head].number
        return number == "Plur" if number else None

    def names_beside(self, mention: Mention) -> Iterator[tuple[str, Mention]]:
        """Yield the names beside a phrase: ``Awa Diarra, maire``, ``l'agence Rive Info``, ``un élu, Awa Diarra,``."""
        n = self.n
        before = self._name_before(mention)
        if before is not None:
            yield "name before", before
        for j in range(mention.head + 1, min(len(n.lower), mention.end + _BESIDE_REACH)):
            if n.sentence[j] != n.sentence[mention.head] or n.lower[j] == "(":
                return
            if n.entity[j] >= 0 and n.ents[n.entity[j]].start == j:
                if self._is_platform(j, mention.head) or self._is_party_of(n.entity[j]):
                    continue
                name = self._named(n.entity[j])
                if j < mention.end and not _LEADS_ON.isdisjoint(n.lower[mention.head + 1 : j]):
                    continue  # le directeur du Rivage, Awa Diarra
                if self.preposition_of(name) is None:
                    if j < mention.end:
                        yield "name inside", name
                    elif "," not in n.lower[mention.end : j]:
                        yield "name after", name
                    elif (
                        name.end >= len(n.lower)
                        or n.lower[name.end] in _CLOSES
                        or n.lower[name.end] in {"et", "à", "au"}
                    ):
                        yield "name after comma", name
                return
            if j >= mention.end and n.pos[j] in ("VERB", "AUX"):
                return
            if j > mention.end and not self._introduces(j):
                return

    def _name_before(self, mention: Mention) -> Mention | None:
        """Return the name to which a phrase is apposed: ``Awa Diarra, maire``, ``Awa Diarra (URF), élue``."""
        n = self.n
        j = mention.start - 1
        if j <= 0 or n.lower[j] not in {",", "("} or n.sentence[j] != n.sentence[mention.head]:
            return None
        j -= 1
        if n.lower[j] == ")":
            j = next((k for k in range(j - 1, max(-1, j - 8), -1) if n.lower[k] == "("), 0) - 1
        if j < 0 or n.entity[j] < 0 or n.sentence[j] != n.sentence[mention.head]:
            return None
        name = self._named(n.entity[j])
        preposition = self.preposition_of(name)
        closed = mention.end >= len(n.lower) or n.lower[mention.end] in _CLOSES
        return name if preposition is None or (n.lower[preposition] in _REPORTING and closed) else None

    def joint(self, mention: Mention, plural: bool) -> Mention:
        """Return a mention with those named together with it: ``Awa Diarra et Oumar Ba`` where the verb is plural."""
        n = self.n
        if not plural or mention.kind != "named":
            return mention
        person = n.ents[mention.entity].label_ == "PER"
        start, end = mention.start, mention.end
        while (following := self._joined(end, 1, person)) is not None:
            end = n.ents[following].end
        while (previous := self._joined(start - 1, -1, person, "et" in n.lower[start:end])) is not None:
            start = n.ents[previous].start
        return (
            mention._replace(start=start, end=end)
            if (start, end) != (mention.start, mention.end)
            else mention
        )

    def _joined(self, j: int, step: int, person: bool, listed: bool = False) -> int | None:
        """Return the entity that a conjunction or comma at ``j`` joins, looking in one direction.

        People are joined with people only. ``listed`` tells that a conjunction ends the list already.
        """
        n = self.n
        while 0 <= j < len(n.lower) and step < 0 and (n.pos[j] == "DET" or n.lower[j] in TITLES):
            j += step
        if not 0 <= j < len(n.lower) or n.lower[j] not in {"et", ","}:
            return None
        conjunction = n.lower[j] == "et"
        j += step
        while (
            0 <= j < len(n.lower)
            and step > 0
            and (n.pos[j] == "DET" or n.lower[j] in TITLES or not n.lower[j])
        ):
            j += step
        if not 0 <= j < len(n.lower) or n.entity[j] < 0 or (n.ents[n.entity[j]].label_ == "PER") != person:
            return None
        entity = n.entity[j]
        if conjunction or (step < 0 and listed):
            return entity
        # A comma joins only in a list that a conjunction ends: Awa Diarra, Oumar Ba et Ali Sy.
        beyond = n.ents[entity].end
        return (
            entity
            if step > 0 and self._joined(beyond, 1, person) is not None and n.lower[beyond] == "et"
            else None
        )

    def auxiliary(self, i: int) -> int | None:
        """Return the auxiliary that begins the verb group of the participle ``i``, if there is one."""
        n = self.n
        for child in n.parse.children(i):
            if (
                0 < i - child <= AUXILIARY_REACH
                and n.lower[child] in AUXILIARY
                and n.dep[child].startswith("aux")
                and n.sentence[child] == n.sentence[i]
            ):
                return child
        for j in range(i - 1, max(-1, i - AUXILIARY_REACH), -1):
            if n.sentence[j] != n.sentence[i]:
                return None
            if n.lower[j] in AUXILIARY:
                return j
            if n.lower[j] == ",":
                return self._before_insertion(j)
            if n.lower[j] and n.pos[j] != "ADV" and n.lower[j] not in _WITHIN_GROUP:
                break
        j = self._before_adverbial(i)
        if j < 0 or (n.dep[i] in ("acl", "amod") and n.lower[j] not in CLITICS):
            return None
        while j > 0 and n.lower[j] in INVERTED:
            j -= 1
        return j if n.lower[j] in AUXILIARY else None

    def _before_insertion(self, comma: int) -> int | None:
        """Return the auxiliary before words set off by commas: ``a, dans un communiqué publié lundi, dénoncé``."""
        n = self.n
        for j in range(comma - 2, max(0, comma - _INSERTION_REACH), -1):
            if n.level[j] != n.level[comma]:
                continue
            if n.sentence[j] != n.sentence[comma]:
                return None
            if n.lower[j] != ",":
                continue
            first = j - 1
            while first > 0 and n.lower[first] in INVERTED:
                first -= 1
            if n.lower[first] in AUXILIARY and n.pos[first] in ("AUX", "VERB"):
                return first
        return None

    def shared_auxiliary(self, i: int) -> int | None:
        """Return the auxiliary that participle ``i`` shares with an earlier one: ``a salué l'accord et appelé à``."""
        n = self.n
        j = i - 1
        while j > 0 and n.pos[j] == "ADV":
            j -= 1
        if j < 0 or n.lower[j] not in {"et", "puis", "ou", "mais", ","}:
            return None
        verb = i
        while n.dep[verb] == "conj" and n.governor[verb] < verb:
            verb = n.governor[verb]
            if n.sentence[verb] != n.sentence[i]:
                return None
            if (first := self.auxiliary(verb)) is not None:
                return first
        if n.lower[j] == ",":
            return None
        # The parse often hangs it on the noun before: ``a promis une enquête et demandé``.
        for k in range(j - 1, max(-1, j - _SHARED_REACH), -1):
            if n.sentence[k] != n.sentence[i] or n.lower[k] in THAT:
                return None
            if n.pos[k] == "VERB" and (first := self.auxiliary(k)) is not None:
                return first
            if n.parse.is_finite(k):
                return None
        return None

    def may_be_finite(self, i: int) -> bool:
        """Tell whether the tagger allows the verb ``i`` to be finite, or takes for a participle what can be none."""
        n = self.n
        verb = n.form[i].verb
        return verb in ("", "Fin") or (verb == "Part" and not n.lower[i].endswith(_PARTICIPLES))
