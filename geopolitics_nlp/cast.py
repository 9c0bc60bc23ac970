"""The cast of an article: who may have spoken, where each is met, and what is known of each.

Its people, organisations and places, those named together (``Awa Diarra et Oumar Ba``), and the people who are only
described (``un habitant de Gao``). Who of them a source means is for `antecedents`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from . import layers, tokens
from .layers import Item
from .tokens import SUBJECT

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from .gazetteers import Gazetteer
    from .lexicons import Role

# What a noun phrase may begin with.
DEFINITE = frozenset({"le", "la", "l'", "les", "ce", "cet", "cette", "ces"})
POSSESSIVE = frozenset("son sa ses leur leurs mon ma mes notre nos".split())
INDEFINITE = frozenset(
    "un une des de d' plusieurs certains certaines quelques deux trois tout toute chaque aucun aucune nul nulle".split()
)
# Functions that go by two names: the words of the one, and what the other is made of, its noun first.
_SAME_FUNCTION = (
    (frozenset({"diplomatie"}), ("ministre", "affaires", "étrangères")),
    (frozenset({"chef", "état"}), ("président",)),
    (frozenset({"cheffe", "état"}), ("président",)),
    (frozenset({"chef", "gouvernement"}), ("ministre", "premier")),
    (frozenset({"cheffe", "gouvernement"}), ("ministre", "premier")),
    (frozenset({"locataire", "élysée"}), ("président",)),
    (frozenset({"locataire", "blanche"}), ("président",)),
    (frozenset({"souverain", "pontife"}), ("pape",)),
    (frozenset({"édile"}), ("maire",)),
    (frozenset({"directeur", "général"}), ("patron",)),
    *(
        (frozenset({name}), (other,))
        for names, other in (
            ("papa", "père"),
            ("maman", "mère"),
            ("conjoint époux", "mari"),
            ("épouse", "femme"),
            ("coach sélectionneur technicien manager", "entraîneur"),
            ("souverain monarque", "roi"),
            ("docteur", "médecin"),
            ("pdg", "patron"),
            ("général colonel commandant capitaine lieutenant amiral", "officier"),
        )
        for name in names.split()
    ),
)
# One of several people who were met before: ``l'un d'eux``, ``l'une d'entre elles``.
_ONE = {"un": "m", "une": "f"}
_BECOME = frozenset("devenu devenue devenus devenues nommé nommée élu élue promu promue".split())
_ONE_OF_THEM = regex.compile(r"\b[lL]['’](une?) d['’]")
# What stands before the noun that takes up one who was named.
_ITS_ARTICLE = frozenset({"le", "la", "l'", "ce", "cet", "cette", "du", "au"})
_ALONE_REACH, _APPOSED_REACH = 150, 16
_CONTRACTED = {"du": "le ", "des": "les ", "au": "le ", "aux": "les "}
_TITLES = frozenset({"m.", "mme", "mlle"})
# A name behind one of these is another's: ``la sœur de Awa Diarra``.
_BEFORE_ANOTHER = frozenset("de d' du des le la l' les et".split())
_BEFORE_NAMES = _TITLES | {"le", "la"}
_INTRODUCES = _TITLES | {"dr", "pr", "me"}
# The gender and the number that an article before a name tells.
_GENDERS = {"la": "f", "le": "m", "du": "m", "au": "m"}
_NUMBERS = {"les": True, "des": True, "aux": True, "la": False, "le": False, "du": False, "au": False}
_PLURAL_NAMES = frozenset(
    "états etats nations pays émirats emirats philippines forces frères amis seychelles".split()
)
_MASCULINE_COUNTRIES = frozenset("mexique cambodge mozambique zimbabwe belize suriname".split())
_FEMININE_ENDINGS = (
    "tion",
    "sion",
    "té",
    "ance",
    "ence",
    "ie",
    "union",
    "tte",
    "ade",
    "ère",
    "cour",
    "ligue",
)
_INVITES = frozenset({"lire", "regarder", "écouter", "voir"})
_INVITED = frozenset({"aussi", "surtout", "également", "plus"})
_LINK_REACH, _AT_LINK, _BESIDE_LINK = 14, 4, 30
_DESCRIBED, _DESCRIBED_REACH = 4, 120
_PAIRS, _PAIRS_REACH, _PAIR_REACH = 2, 200, 7
# What may stand before the second name of two: ``et sa sœur``.
_APPOSED = frozenset({"DET", "NOUN", "ADJ", "PROPN", "ADP"})
_FULLER = 2
# How the parse hangs a name on the function before it.
_BESIDE = frozenset({"appos", "flat:name", "nmod", "amod"})
_FUNCTIONS, _FUNCTION_REACH = 3, 12
_SUBORDINATE = frozenset({"advcl", "acl", "acl:relcl", "ccomp", "csubj", "xcomp"})
_CLAUSES = 3
_SAYS_WHO_MADE_IT = frozenset({"byline", "credit"})
_MAX_NAME = 200


class Knowledge(NamedTuple):
    """What is known of the world: the gazetteer, the nouns of roles, first names with their gender, titles."""

    gazetteer: Gazetteer
    roles: Mapping[str, Role]
    first_names: Mapping[str, str]
    titles: frozenset[str]


@dataclass(slots=True)
class Member:
    """Somebody who may have spoken.

    ``heads`` are the tokens at which it is met, in order, ``own`` those in the journalist's words; ``roles`` the words
    of its functions, with the countries that their demonyms stand for. A described one has no label; ``noun`` is then
    the head of its description.
    """

    name: str
    label: str | None
    id: str | None = None
    gender: str | None = None
    plural: bool | None = None
    heads: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    described: bool = False
    country: str | None = None
    noun: int = -1
    introduced: bool = False  # by a title, a function or a first name: surely somebody
    sure: bool = False  # is the gender sure? A woman may be `le ministre`

    @property
    def sort(self) -> str:
        """What it is for the decisions: its label, or ``described``."""
        return self.label or "described"

    @property
    def human(self) -> bool:
        """Is it a person, named or described only?"""
        return self.label == "PER" or self.described


class Cast:
    """The cast of one article, on the words of its ``Doc``.

    Attributes (``i`` is always a token index):
        lower, starts, pos, dep: for each token its letters, its place in the text, its tag and its relation.
        sentence: for each token the number of the parser's sentence.
        members: the entities by their canonical names, in the order in which they are met.
        described: those who were only described and have spoken.
        writes: the names of those who are met only as authors of the page.
        entity_at, name_of: for a token in an entity the entity's number, for that its canonical name.
    """

    def __init__(self, doc: Doc, quotations: Sequence[Item], knowledge: Knowledge) -> None:
        self.doc = doc
        self.ents = doc.ents  # built anew at each access
        self.knowledge = knowledge
        read = tokens.of(doc)
        self.text = read.whole
        self.starts, self.lower = read.start, read.lower
        self._last = max(0, len(self.starts) - 1)
        self.parse = tokens.parse_of(doc)
        self.pos, self.dep = self.parse.pos, list(self.parse.dep)
        opens = doc.to_array("SENT_START") == 1
        self.sentence: list[int] = (opens.cumsum() - (opens[0] if len(opens) else 0)).tolist()
        self.blocks = [(item.start, item.end, item.label) for item in layers.read(doc, layers.BLOCKS)]
        self._block_starts = [start for start, _, _ in self.blocks]
        self._marked = [(item.start, item.end) for item in quotations if item.label in ("direct", "mixed")]
        self._reported = [(item.start, item.end) for item in quotations if item.label == "indirect"]
        self.links = self._links()
        self.entity_at: dict[int, int] = {}
        self.name_of: list[str] = []
        self.members: dict[str, Member] = {}
        self.described: dict[str, Member] = {}
        self._read_entities()
        self.writes = {name for name, member in self.members.items() if self._is_author(member)}
        self.ordered = sorted(self.members.values(), key=lambda member: member.heads[0])
        self.met = sorted((head, each.name) for each in self.members.values() for head in each.heads)
        self._focus = list(self._follow())
        self._asked: set[int] = set()
        self._subject_shares: dict[str, float] = {}

    # What the article offers

    def _read_entities(self) -> None:
        self._people = {i for ent in self.ents if ent.label_ == "PER" for i in range(ent.start, ent.end)}
        named = {(item.start, item.end): item.attrs for item in layers.read(self.doc, layers.ENTITIES)}
        office: set[str] = set()  # of the last one met, which a counterpart holds, too
        for number, ent in enumerate(self.ents):
            attrs = named.get((ent.start_char, ent.end_char), {})
            name = str(attrs.get("name") or ent.text)
            self.name_of.append(name)
            for i in range(ent.start, ent.end):
                self.entity_at[i] = number
            member = self.members.get(name)
            if member is None:
                member = self.members[name] = Member(name, ent.label_, ent.kb_id_ or None)
                if ent.label_ == "PER":
                    self._present(member, attrs)
            head = self._head(ent)
            self.dep[head] = self.parse.dep[self._function_of(head)]
            member.heads.append(head)
            if not self.inside_marks(ent.start_char):
                member.own.append(head)
            before = self.lower[ent.start - 1] if ent.start else ""
            if ent.label_ == "PER":
                if "homologue" in member.roles:
                    member.roles |= office
                elif member.roles:
                    office = {role for role in member.roles if role.islower()}
                member.introduced = member.introduced or before in _INTRODUCES
                continue
            member.gender = member.gender or attrs.get("gender") or _GENDERS.get(before)
            member.country = member.country or attrs.get("country")
            member.roles.update(self._sorts(ent.start, ent.end))
            if (known := _NUMBERS.get(before)) is not None:
                member.plural = known
        self.taken_up = self._take_up()
        for member in self.members.values():
            if member.label != "PER":
                self._agree(member)

    def _present(self, member: Member, attrs: Mapping[str, Any]) -> None:
        """Give a person what naming has read of it: gender, country, and the words of its functions."""
        member.gender, member.sure, member.plural = attrs.get("gender"), attrs.get("sure", False), False
        member.country = attrs.get("country")
        for function in attrs.get("functions", ()):
            member.roles.update(self._functions(function.split()))
        known = attrs.get("kb_name")
        if known:
            member.roles.update(self._known_role(str(known), member.id or ""))
        first, _, more = member.name.lower().partition(" ")
        names = self.knowledge.first_names
        named = bool(more) and (first in names or first.split("-")[0] in names)
        member.introduced = named or bool(known) or bool(member.roles)

    def _is_author(self, member: Member) -> bool:
        """Tell whether a person is met only where the page says who has written or filmed it."""
        return member.label == "PER" and all(
            self.block_label(self.starts[head]) in _SAYS_WHO_MADE_IT for head in member.heads
        )

    def _take_up(self) -> set[int]:
        """Return the nouns that take up the one person met before who has their function: ``M. Ba … Le ministre``.

        They count as mentions of that person from then on.
        """
        holders: dict[str, list[Member]] = {}
        for member in self.members.values():
            if member.label == "PER":
                for function in member.roles:
                    holders.setdefault(function, []).append(member)
        taken: set[int] = set()
        for noun, places in self._nouns.items():
            role = self.knowledge.roles.get(noun)
            if role is None or role.number == "p" or role.kind == "collective" or role.lemma not in holders:
                continue
            for i in places:
                if i == 0 or self.lower[i - 1] not in _ITS_ARTICLE or self.inside_marks(self.starts[i]):
                    continue
                before = [m for m in holders[role.lemma] if m.heads[0] < i]
                if len(before) != 1 or not self._may_mean(i, before[0]):
                    continue
                taken.add(i)
                insort(before[0].heads, i)
                insort(before[0].own, i)
        return taken

    def _may_mean(self, i: int, member: Member) -> bool:
        """Tell whether what follows a function's noun says nothing else than the member's own function."""
        words = self._phrase(i).lower().replace("’", "'").split()[2:]
        said = {
            means
            for word in words
            for part in word.split("'")
            if len(part) > 3
            for means in self.meanings(part)
        }
        return i + 1 < len(self.lower) and i + 1 not in self.entity_at and said <= member.roles

    def _head(self, span: Span) -> int:
        """Return the token on which a span hangs in the parse."""
        hanging = [i for i in range(span.start, span.end) if not span.start <= self.parse.head[i] < span.end]
        return hanging[0] if len(hanging) == 1 else int(span.root.i)

    def _function_of(self, head: int) -> int:
        """Return the function that the parse hangs a name on, the name itself where there is none.

        ``Le président Awa Diarra a promis``: a subject, though the parse makes the name an apposition.
        """
        dep, i = self.parse.dep, head
        for _ in range(_FUNCTIONS):
            noun = self.parse.head[i]
            beside = noun < i <= noun + _FUNCTION_REACH and self.pos[noun] in ("NOUN", "PROPN", "ADJ")
            if not beside or dep[i] not in _BESIDE:
                break
            if dep[i] != "appos" and any(
                self.pos[k] == "ADP" or self.lower[k] in {",", "("} for k in range(noun + 1, i)
            ):
                break
            i = noun
        return i

    def _agree(self, member: Member) -> None:
        """Give an organisation or a place the gender and number of its name, where no article has told them."""
        first = member.name.replace("’", "'").split()[0].lower()
        role = self.knowledge.roles.get(first)
        if member.plural is None and (member.label == "LOC" or " " in member.name):
            member.plural = first in _PLURAL_NAMES or (role is not None and role.number == "p")
        if member.gender is None:
            if role is not None and role.gender in ("m", "f"):
                member.gender = role.gender
            elif member.label == "LOC" and member.country is not None and not first.endswith("s"):
                member.gender = "f" if first.endswith("e") and first not in _MASCULINE_COUNTRIES else "m"
            elif " " in member.name and first.endswith(_FEMININE_ENDINGS):
                member.gender = "f"

    def _sorts(self, start: int, end: int) -> Iterator[str]:
        """Yield the nouns that tell what a thing is: ``la compagnie aérienne Rive``, ``Rive, société``."""
        for i in range(start - 1, max(-1, start - 5), -1):
            if self.pos[i] == "NOUN" and i not in self.entity_at:
                yield self.lemma(self.lower[i])
            elif self.pos[i] != "ADJ":
                break
        if end < len(self.lower) and self.lower[end] in {",", "("}:
            for i in range(end + 1, min(len(self.lower), end + 5)):
                if self.pos[i] == "NOUN":
                    yield self.lemma(self.lower[i])
                    return
                if self.pos[i] not in ("DET", "ADJ"):
                    return

    def _functions(self, words: Iterable[str]) -> Iterator[str]:
        """Yield what the words of a function mean, and what is said for it: the head of diplomacy is a minister."""
        words = {part for word in words for part in word.replace("'", " ").split() if len(part) > 2}
        for word in words:
            yield from self.meanings(word)
        for sign, means in _SAME_FUNCTION:
            if sign <= words:
                yield from means

    def _known_role(self, name: str, qid: str) -> Iterator[str]:
        """Yield the words of the functions that the gazetteer gives a person."""
        for entry in self.knowledge.gazetteer.lookup(name):
            if entry.label == "PER" and entry.role and (not qid or entry.id == qid):
                yield from self._functions(entry.role.lower().replace("’", "'").split())

    def meanings(self, word: str) -> Iterator[str]:
        """Yield what matches a word of a function: its lemma, and the country that a demonym stands for."""
        yield self.lemma(word)
        country = self.knowledge.gazetteer.demonyms.get(word)
        if country is not None and country.country:
            yield country.country

    def lemma(self, word: str) -> str:
        """Return a function's masculine singular; another word as it is."""
        role = self.knowledge.roles.get(word)
        return role.lemma if role is not None else word

    def named_functions(self, head: int, words: Iterable[str]) -> set[str]:
        """Return the functions that a source's words may name: ``le chef de la diplomatie`` is a minister, too."""
        parts = {part for word in words for part in word.split("'")}
        return {self.lemma(self.lower[head])} | {means[0] for sign, means in _SAME_FUNCTION if sign <= parts}

    def kinds_of(self, member: Member) -> frozenset[str]:
        """Return the kinds that the gazetteer gives an organisation or place of this name."""
        found = self.knowledge.gazetteer.lookup(member.name)
        mine = frozenset(entry.kind for entry in found if entry.label == member.label)
        return mine or frozenset(entry.kind for entry in found if entry.label == "ORG")

    # Whom pronouns have meant

    def _follow(self) -> Iterator[tuple[int, str, str]]:
        """Yield who is in focus from which token on, for each gender: the last subject, else the first one named.

        Centering made simple (Grosz, Joshi and Weinstein, 1995): a pronoun that is a subject goes on with whoever is in
        focus.
        """
        focus: dict[str, str] = {}
        met = [
            (head, each.name, each.gender)
            for each in self.members.values()
            if each.label == "PER"
            for head in each.own
        ]
        newcomers = (self.describing(i) for i in self._unnamed if self._comes_in(i))
        met += [(each.noun, each.name, each.gender) for each in newcomers if not each.plural]
        for head, name, gender in sorted(met, key=lambda each: each[:2]):
            for each in (gender,) if gender else ("m", "f"):
                if self.is_main_subject(head) or each not in focus:
                    focus[each] = name
                    yield head, each, name

    def _comes_in(self, i: int) -> bool:
        """Tell whether a noun is the subject with which somebody unnamed comes in: ``Une élève sourit.``"""
        return self.is_new(i) and self.is_subject(i) and self.lower[i] not in _ONE

    def in_focus(self, position: int, gender: str) -> str | None:
        """Return the person of a gender who is in focus before token ``position``."""
        k = bisect_left(self._focus, (position, "", ""))
        return next((name for _, g, name in reversed(self._focus[max(0, k - 40) : k]) if g == gender), None)

    def goes_on(self, position: int, gender: str) -> str | None:
        """Return who was in focus where the last pronoun of a gender was a subject, two sentences back at most."""
        word = "il" if gender == "m" else "elle"
        for i in range(position - 1, max(-1, position - _DESCRIBED_REACH), -1):
            if self.sentence[position - 1] - self.sentence[i] > 2:
                return None
            if self.lower[i] == word and self.dep[i] in SUBJECT and not self.inside_marks(self.starts[i]):
                return self.in_focus(i, gender)
        return None

    def is_subject(self, i: int) -> bool:
        """Tell whether the parse makes token ``i`` a subject, or it heads its sentence."""
        return self.dep[i] in SUBJECT or self.dep[i] == "ROOT"

    def is_main_subject(self, i: int) -> bool:
        """Tell whether a subject is that of a clause on which none hangs: not that of ``après que X a appelé``."""
        if not self.is_subject(i):
            return False
        verb = self.parse.head[self._function_of(i) if i in self.entity_at else i]
        for _ in range(_CLAUSES):
            if self.parse.dep[verb] in _SUBORDINATE:
                return False
            if self.parse.dep[verb] != "conj":
                break
            verb = self.parse.head[verb]
        return True

    def subject_share(self, member: Member) -> float:
        """Return how often a member is a subject where the journalist names it: what never is may be no person."""
        if member.name not in self._subject_shares:
            subjects = sum(map(self.is_subject, member.own))
            self._subject_shares[member.name] = subjects / len(member.own)
        return self._subject_shares[member.name]

    def opens_sentence(self, i: int) -> bool:
        """Tell whether token ``i`` stands among the first words of its sentence."""
        return i < 4 or self.sentence[i] != self.sentence[i - 4]

    # The unnamed

    def describe(self, name: str, head: int, start: int) -> Member:
        """Return the member that a source's own words describe."""
        name = name[:_MAX_NAME]
        known = self.described.get(name)
        if known is not None:
            return known
        gender, plural = self.agreement(head)
        return Member(
            name, None, gender=gender, plural=plural, heads=[start], own=[start], described=True, noun=head
        )

    def agreement(self, head: int) -> tuple[str | None, bool]:
        """Return the gender of a noun that names people (None where it serves both), and whether it is plural."""
        role = self.knowledge.roles.get(self.lower[head])
        plural = self.parse.form[head].number == "Plur"
        if role is None:
            return None, plural
        return (role.gender if role.gender in ("m", "f") else None), (
            role.number == "p" if role.number in ("s", "p") else plural
        )

    def described_before(self, position: int, latest: bool = False) -> Iterator[Member]:
        """Yield the unnamed people of the last sentences: ``Des habitants … Ils …``, ``interrompu par un ami … il``.

        The ``latest`` is one of them whatever is said of it: ``l'a dit à son médecin. Ce dernier …``.
        """
        found = 0
        first = bisect_right(self._unnamed, position - _DESCRIBED_REACH)
        for i in reversed(self._unnamed[first : bisect_left(self._unnamed, position)]):
            if self.lower[i] in _ONE:
                name = self.doc[i - 1 : i + 3].text
                yield Member(name, None, None, _ONE[self.lower[i]], False, [i], [i], described=True, noun=i)
            elif self.is_subject(i) or self.dep[i] == "obl:agent" or self.is_new(i) or (latest and not found):
                fuller = None if self.is_new(i) else next(self.fuller(i, i), None)
                member = self.describing(i)
                if fuller is not None:
                    member.name = fuller.name  # la cour, that is la cour d'appel de Gao
                yield member
            else:
                continue
            found += 1
            if found >= _DESCRIBED:
                return

    @cached_property
    def _unnamed(self) -> list[int]:
        """Where the journalist's words have a noun that names people and stands for itself, or one of several."""
        roles = self.knowledge.roles
        ones = (self.token(match.start(1)) for match in _ONE_OF_THEM.finditer(self.text))
        nouns = (
            i
            for noun, places in self._nouns.items()
            if noun in roles
            for i in places
            if i not in self.taken_up
            and not self._is_named(i)
            and not self._is_predicate(i)  # Oumar Sy est un pêcheur
        )
        found = {*nouns, *(i for i in ones if self.lower[i] in _ONE)}
        return sorted(i for i in found if not self.inside_marks(self.starts[i]))

    def pairs_before(self, position: int) -> Iterator[Member]:
        """Yield those named together before, the latest first: ``Awa Ba et sa sœur Ramata Ba … Elles``."""
        end = bisect_left(self._pairs, (position,))
        for first, second in reversed(self._pairs[max(0, end - _PAIRS) : end]):
            if position - first > _PAIRS_REACH:
                return
            name = f"{self.member_at(first).name} et {self.member_at(second).name}"
            yield Member(name, None, plural=True, heads=[first], own=[first], described=True)

    @cached_property
    def _pairs(self) -> list[tuple[int, int]]:
        """Where two people are named together in the journalist's words: the heads of their names."""
        pairs = []
        for one, other in pairwise(self.ents):
            between = self.lower[one.end : other.start]
            if (
                one.label_ == other.label_ == "PER"
                and between[:1] == ["et"]
                and len(between) <= _PAIR_REACH
                and all(self.pos[i] in _APPOSED for i in range(one.end + 1, other.start))
                and not self.inside_marks(one.start_char)
            ):
                pairs.append((self._head(one), self._head(other)))
        return pairs

    def functions_before(self, position: int) -> Iterator[int]:
        """Yield the functions that stand alone in the last sentences and have not been asked about, in order."""
        end = bisect_left(self._alone, position)
        first = bisect_left(self._alone, position - _ALONE_REACH, hi=end)
        for noun in self._alone[first:end]:
            if noun not in self._asked:
                self._asked.add(noun)
                yield noun

    def meet(self, member: Member, noun: int) -> None:
        """Count a function that stands alone (`functions_before`) as a mention of a person."""
        self._unnamed.remove(noun)
        self.taken_up.add(noun)
        insort(member.heads, noun)
        insort(member.own, noun)
        if self.is_subject(noun):
            for gender in (member.gender,) if member.gender else ("m", "f"):
                insort(self._focus, (noun, gender, member.name))

    @cached_property
    def _alone(self) -> list[int]:
        """Where a person's function stands in place of the name, as a subject or early in its sentence."""
        roles = self.knowledge.roles
        return [
            i
            for i in self._unnamed
            if i
            and self._has_its_article(i)
            and (role := roles.get(self.lower[i])) is not None
            and role.number != "p"
            and role.kind not in ("collective", "kinship")
            and (self.is_subject(i) or self.opens_sentence(i))
            and not self._has_name(i)
        ]

    def _has_its_article(self, noun: int) -> bool:
        """Tell whether a noun has the article of one met before: ``le ministre``, ``cet ancien élu``."""
        before = noun - 2 if noun > 1 and self.pos[noun - 1] == "ADJ" else noun - 1
        return self.lower[before] in _ITS_ARTICLE

    def _has_name(self, noun: int) -> bool:
        """Tell whether a function is apposed to a name, or a name to it: ``Awa Ba, la maire``, ``la maire, Awa Ba``."""
        before = noun - 1
        while before > 0 and self.pos[before] in ("DET", "ADJ"):
            before -= 1
        if self.lower[before] == "," and before - 1 in self._people:
            return True
        for i in range(noun + 1, min(len(self.lower), noun + _APPOSED_REACH)):
            if i in self._people:
                return True
            if self.lower[i] == ",":
                return i + 1 in self._people or self.lower[i + 1 : i + 2] == ["m."]
            if self.pos[i] in ("VERB", "AUX", "SCONJ", "PRON") or self.lower[i] in {".", ";", ":"}:
                return False
        return False

    def _is_predicate(self, noun: int) -> bool:
        """Tell whether a noun says what somebody is: the parse hangs a copula on it, or it follows ``devenu``."""
        if noun and self.lower[noun - 1] in _BECOME:
            return True
        return any(self.dep[child] == "cop" for child in self.parse.children(noun))

    def _is_named(self, noun: int) -> bool:
        """Tell whether a function stands beside a name: ``le président russe Ba``, ``Awa Ba, une élue de Gao,``."""
        i = noun + 1
        while i < len(self.pos) and self.pos[i] == "ADJ" and i not in self.entity_at:
            i += 1
        number = self.entity_at.get(i)
        if number is not None and self.ents[number].label_ != "LOC":
            return True
        start, end = self.extent(noun)
        if self.lower[max(0, start - 1) : start] == [","] and self.lower[end + 1 : end + 2] == [","]:
            number = self.entity_at.get(start - 2)
            if number is not None and self.ents[number].label_ == "PER":
                first = self.ents[number].start  # the parse may take what stands between for the subject
                begins = first == 0 or (not self.lower[first - 1].isalpha() and self.lower[first - 1] != ",")
                if begins or self.dep[noun] not in SUBJECT:
                    return True
        return any(
            i in self._people and self.lower[i - 1] not in _BEFORE_ANOTHER for i in range(noun + 2, end + 1)
        )

    def is_new(self, i: int) -> bool:
        """Tell whether a noun's phrase begins with an indefinite article: somebody new."""
        return any(self.lower[j] in {"un", "une"} for j in range(max(0, i - 2), i))

    @cached_property
    def _nouns(self) -> dict[str, list[int]]:
        """Where each noun stands, outside names."""
        found: dict[str, list[int]] = {}
        for i, tag in enumerate(self.pos):
            if tag == "NOUN" and i not in self.entity_at:
                found.setdefault(self.lower[i], []).append(i)
        return found

    def met_before(self, noun: str, position: int) -> Sequence[int]:
        """Return where a noun was met before token ``position``, outside names."""
        found = self._nouns.get(noun, ())
        return found[: bisect_left(found, position)]

    def fuller(self, head: int, position: int) -> Iterator[Member]:
        """Yield earlier descriptions with the same noun and more words: ``la cour d'appel de Gao … la cour``.

        They are met again wherever the noun stands with an article.
        """
        seen: set[str] = set()
        found = [
            i for i in self.met_before(self.lower[head], position) if not self.inside_marks(self.starts[i])
        ]
        for i in [*found[:_FULLER], *found[_FULLER:][-_FULLER:]]:
            member = self.describing(i)
            if len(member.name.split()) > 2 and member.name not in seen | self.described.keys():
                seen.add(member.name)
                again = [k for k in found if k > i and self.lower[k - 1] in DEFINITE]
                member.heads += again
                member.own += again
                yield member

    def describing(self, i: int) -> Member:
        """Return the member whom the phrase of noun ``i`` describes."""
        return Member(self._phrase(i), None, None, *self.agreement(i), [i], [i], described=True, noun=i)

    def _phrase(self, i: int) -> str:
        """Return the noun ``i`` with what belongs to it: ``des habitants de Gao``."""
        start, end = self.extent(i)
        article = _CONTRACTED.get(self.lower[start - 1], "") if start else ""
        return f"{article}{self.doc[start : end + 1].text}"[:_MAX_NAME]

    def extent(self, i: int) -> tuple[int, int]:
        """Return the first and the last token of a noun's phrase."""
        pos, start, end = self.pos, i, i
        while start > 0 and pos[start - 1] in ("DET", "ADJ", "NUM") and start > i - 5:
            start -= 1
        while end + 1 < len(pos) and end < i + 8:
            following = pos[end + 1]
            links = following == "ADP" and self.lower[end + 1] in {"de", "du", "des", "d'"}
            linked = pos[end] in ("ADP", "DET") and following in ("NOUN", "DET", "PROPN")
            if not (following in ("ADJ", "PROPN") or links or (end > i and linked)):
                break
            end += 1
        while end > i and pos[end] in ("ADP", "DET"):
            end -= 1
        return start, end

    # Where things are

    def token(self, offset: int) -> int:
        """Return the index of the first token at or after a character offset."""
        return min(bisect_left(self.starts, offset), self._last)

    def member_at(self, i: int) -> Member:
        """Return the member whose name token ``i`` belongs to; `KeyError` where ``entity_at`` has none."""
        return self.members[self.name_of[self.entity_at[i]]]

    def last_before(self, member: Member, position: int) -> int | None:
        """Return where a member was met last before token ``position``, in the journalist's words if anywhere."""
        for heads in (member.own, member.heads):
            if k := bisect_left(heads, position):
                return heads[k - 1]
        return None

    def block(self, offset: int) -> int:
        """Return the number of the block at a character offset."""
        return bisect_left(self._block_starts, offset + 1) - 1

    def block_label(self, offset: int) -> str:
        """Return the kind of the block at a character offset."""
        block = self.block(offset)
        return self.blocks[block][2] if 0 <= block < len(self.blocks) else "paragraph"

    def inside_marks(self, offset: int) -> bool:
        """Tell whether a character stands in a marked quotation."""
        return inside(self._marked, offset)

    def inside_report(self, offset: int) -> bool:
        """Tell whether a character stands in indirect speech."""
        return inside(self._reported, offset)

    def in_link(self, i: int) -> bool:
        """Tell whether token ``i`` stands in what invites to read on: ``À lire aussi : …``."""
        return self._since_link(i) <= _LINK_REACH

    def beside_link(self, i: int) -> str:
        """Name where token ``i`` stands: right at what invites to read on, in it, or nowhere near (an empty string)."""
        away = self._since_link(i)
        return "at a link" if away <= _AT_LINK else "in a link" if away <= _BESIDE_LINK else ""

    def _since_link(self, i: int) -> float:
        """Return how many tokens before ``i`` the last invitation to read on stands; infinite without one."""
        k = bisect_right(self.links, i)
        return i - self.links[k - 1] if k else math.inf

    def _links(self) -> list[int]:
        if _INVITES.isdisjoint(self.lower):
            return []
        return [
            i
            for i, word in enumerate(self.lower)
            if word in _INVITES and not _INVITED.isdisjoint(self.lower[max(0, i - 1) : i + 2])
        ]

    def names_in(self, start: int, end: int) -> set[str]:
        """Return the names met between two character offsets."""
        first = bisect_left(self.met, (self.token(start), ""))
        last = bisect_left(self.met, (bisect_left(self.starts, end), ""))
        return {name for _, name in self.met[first:last]}

    def by_name(self, label: str) -> str | None:
        """Return the person whom a label names by surname, first name or initials."""
        folded = label.strip(" .").lower()
        letters = "".join(character for character in folded if character.isalpha())
        for member in self.ordered:
            words = member.name.lower().replace("-", " ").split()
            if folded in words or folded == member.name.lower():
                return member.name
            if len(words) > 1 and len(letters) <= 4 and letters == "".join(word[0] for word in words):
                return member.name
        return None

    @cached_property
    def _forms(self) -> dict[str, set[str]]:
        """The canonical names by the article's forms, in lower case; a person's by the first word and the ends, too."""
        forms: dict[str, set[str]] = {}
        for ent, name in zip(self.ents, self.name_of, strict=True):
            words = ent.text.lower().replace("’", "'").split()
            for i in range(len(words) if ent.label_ == "PER" else 1):
                forms.setdefault(" ".join(words[i:]), set()).add(name)
            if ent.label_ == "PER" and len(words) > 1:
                forms.setdefault(words[0], set()).add(name)
        return forms

    def known_as(self, text: str) -> str | None:
        """Return the only one whom a source's words name where no entity was found: ``M. de la Cruz``, ``l'ONU``."""
        if text in self.members:
            return text
        whole = text.lower().replace("’", "'").split()
        bare = " ".join(whole).removeprefix("l'").split()
        if not bare:
            return None
        first = 0
        while first < len(bare) - 1 and bare[first].rstrip(".") in self.knowledge.titles:
            first += 1
        for words in (whole, bare[bare[0] in _BEFORE_NAMES :], bare[first:]):
            names = self._forms.get(" ".join(words), set())
            if len(names) == 1:
                name = next(iter(names))
                # Le maire is not Bruno Le Maire.
                small = self.members[name].label == "PER" and not text.split()[-1][:1].isupper()
                return None if small else name
        return None

    def entity(self, name: str) -> dict[str, Any]:
        """Return an entity as a quotation's speaker."""
        member = self.members[name]
        return {"name": member.name, "label": member.label, "id": member.id}


def inside(spans: Sequence[tuple[int, int]], offset: int) -> bool:
    """Tell whether one of the ``spans``, sorted and nested eight deep at most, holds a character."""
    k = bisect_right(spans, (offset, math.inf))
    for start, end in spans[max(0, k - 8) : k]:  # noqa: SIM110 - the hot path of speakers
        if start <= offset < end:
            return True
    return False
