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
from typing import TYPE_CHECKING, Any, NamedTuple

from . import layers, tokens
from .layers import Item
from .surfaces import words_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from .gazetteers import Gazetteer
    from .lexicons import Role
    from .roles import Roles

SUBJECT = frozenset({"nsubj", "nsubj:pass", "nsubj:caus"})
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
_ONE = {"un": "m", "une": "f"}
# What stands before the noun that takes up one who was named.
_ITS_ARTICLE = frozenset({"le", "la", "l'", "ce", "cet", "cette", "du", "au"})
_CONTRACTED = {"du": "le ", "des": "les ", "au": "le ", "aux": "les "}
_TITLES = frozenset({"m.", "mme", "mlle"})
_BEFORE_NAMES = _TITLES | {"le", "la"}
# The number that an article before a name tells.
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
_LINK_REACH = 14
_DESCRIBED, _DESCRIBED_REACH = 4, 120
_FULLER = 2
_SAYS_WHO_MADE_IT = frozenset({"byline", "credit"})
_MAX_NAME = 200


class Knowledge(NamedTuple):
    """What is known of the world: the gazetteer, the nouns of roles, first names with their gender, and what finds
    the functions that an article gives.
    """

    gazetteer: Gazetteer
    roles: Mapping[str, Role]
    first_names: Mapping[str, str]
    functions: Roles
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
        self.parse = tokens.parse_of(doc)
        self.pos, self.dep = self.parse.pos, self.parse.dep
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
            head = self._head(ent)
            member.heads.append(head)
            if not self.inside_marks(ent.start_char):
                member.own.append(head)
            member.gender = member.gender or attrs.get("gender") or self._gender_before(ent.start, ent.label_)
            member.country = member.country or attrs.get("country")
            if ent.label_ == "PER":
                roles = set(self._role_words(ent))
                if "homologue" in roles:
                    roles |= office
                elif roles:
                    office = {role for role in roles if role.islower()}
                member.roles |= roles
                member.plural = False
                member.introduced = member.introduced or bool(roles) or self._titled(ent.start)
                if len(member.heads) == 1 and attrs.get("kb_name"):
                    member.roles.update(self._known_role(str(attrs["kb_name"]), ent.kb_id_))
                    member.introduced = True
                member.sure = member.sure or (ent.start > 0 and self.lower[ent.start - 1] in _TITLES)
                continue
            member.roles.update(self._sorts(ent.start, ent.end))
            if ent.start > 0 and (known := _NUMBERS.get(self.lower[ent.start - 1])) is not None:
                member.plural = known
        self.taken_up = self._take_up()
        for member in self.members.values():
            if member.label == "PER":
                first = member.name.split()[0].lower()
                given = self.knowledge.first_names.get(first) or self.knowledge.first_names.get(
                    first.split("-")[0]
                )
                member.introduced = member.introduced or (given is not None and " " in member.name)
                if member.gender is None:
                    member.gender = given if given in ("m", "f") else None
                member.sure = member.sure or member.gender == "f" or given == member.gender is not None
            else:
                self._agree(member)

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
            if role is None or role.number == "p" or role.lemma not in holders:
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

    def _titled(self, start: int) -> bool:
        return start > 0 and self.lower[start - 1] in _TITLES | {"dr", "pr", "me"}

    def _gender_before(self, start: int, label: str) -> str | None:
        if start == 0:
            return None
        word = self.lower[start - 1]
        if label == "PER":
            return {"m.": "m", "mme": "f", "mlle": "f"}.get(word)
        return {"la": "f", "le": "m", "du": "m", "au": "m"}.get(word)

    def _role_words(self, ent: Span) -> Iterator[str]:
        """Yield the words of the functions that the article gives a person, before the name or apposed after it."""
        words = words_of(self.doc)
        for role in self.knowledge.functions.of(words, self.doc, ent.start, ent.end):
            yield from self._functions(words.lower[role.start : role.end])

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
        met = (
            (head, each.name) for each in self.members.values() if each.label == "PER" for head in each.own
        )
        for head, name in sorted(met):
            gender = self.members[name].gender
            for each in (gender,) if gender else ("m", "f"):
                if self.is_subject(head) or each not in focus:
                    focus[each] = name
                    yield head, each, name

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
        for i in range(position - 1, max(-1, position - _DESCRIBED_REACH), -1):
            if self.lower[i] in _ONE and self._is_one_of_them(i) and not self.inside_marks(self.starts[i]):
                name = self.doc[i - 1 : i + 3].text
                yield Member(name, None, None, _ONE[self.lower[i]], False, [i], [i], described=True, noun=i)
                found += 1
            if self.pos[i] != "NOUN" or i in self.entity_at:
                continue
            if self.lower[i] not in self.knowledge.roles or self.inside_marks(self.starts[i]):
                continue
            if i in self.taken_up or self._is_named(i):
                continue
            if self._is_predicate(i):
                continue  # Oumar Sy est un pêcheur
            if self.is_subject(i) or self.dep[i] == "obl:agent" or self.is_new(i) or (latest and not found):
                fuller = None if self.is_new(i) else next(self.fuller(i, i), None)
                member = self.describing(i)
                if fuller is not None:
                    member.name = fuller.name  # la cour, that is la cour d'appel de Gao
                yield member
                found += 1
                if found >= _DESCRIBED:
                    return

    def _is_predicate(self, noun: int) -> bool:
        """Tell whether a noun says what somebody is: the parse hangs a copula on it."""
        return any(self.dep[child] == "cop" for child in self.parse.children(noun))

    def _is_named(self, noun: int) -> bool:
        """Tell whether a function stands before a name, an adjective between at most: ``le président russe Ba``."""
        i = noun + 1
        while i < len(self.pos) and self.pos[i] == "ADJ" and i not in self.entity_at:
            i += 1
        number = self.entity_at.get(i)
        return number is not None and self.ents[number].label_ != "LOC"

    def _is_one_of_them(self, i: int) -> bool:
        """Tell whether ``un`` is one of several people who were met before: ``l'un d'eux``, ``l'une d'entre elles``."""
        return self.lower[i - 1 : i] == ["l'"] and self.lower[i + 1 : i + 2] == ["d'"]

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
        """Yield earlier descriptions with the same noun and more words: ``la cour d'appel de Gao … la cour``."""
        seen: set[str] = set()
        found = self.met_before(self.lower[head], position)
        for i in [*found[:_FULLER], *found[_FULLER:][-_FULLER:]]:
            if not self.inside_marks(self.starts[i]):
                member = self.describing(i)
                if len(member.name.split()) > 2 and member.name not in seen | self.described.keys():
                    seen.add(member.name)
                    yield member

    def describing(self, i: int) -> Member:
        """Return the member whom the phrase of noun ``i`` describes."""
        return Member(self._phrase(i), None, None, *self.agreement(i), [i], [i], described=True, noun=i)

    def _phrase(self, i: int) -> str:
        """Return the noun ``i`` with what belongs to it: ``des habitants de Gao``."""
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
        article = _CONTRACTED.get(self.lower[start - 1], "") if start else ""
        return f"{article}{self.doc[start : end + 1].text}"[:_MAX_NAME]

    # Where things are

    def token(self, offset: int) -> int:
        """Return the index of the first token at or after a character offset."""
        return min(max(0, bisect_left(self.starts, offset)), max(0, len(self.starts) - 1))

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
        return _inside(self._marked, offset)

    def inside_report(self, offset: int) -> bool:
        """Tell whether a character stands in indirect speech."""
        return _inside(self._reported, offset)

    def in_link(self, i: int) -> bool:
        """Tell whether token ``i`` stands in what invites to read on: ``À lire aussi : …``."""
        k = bisect_right(self.links, i)
        return k > 0 and i - self.links[k - 1] <= _LINK_REACH

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
        """The canonical names by the forms that the article gives, in lower case; a person's by their ends, too.

        And by its first word.
        """
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


def _inside(spans: Sequence[tuple[int, int]], offset: int) -> bool:
    """Tell whether one of the ``spans``, sorted and nested eight deep at most, holds a character."""
    k = bisect_right(spans, (offset, math.inf))
    return any(start <= offset < end for start, end in spans[max(0, k - 8) : k])
