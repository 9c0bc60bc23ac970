"""Antecedents: whom a pronoun, a function or nothing at all means, where a quotation has no name at hand.

The members of the `cast` compete; a learned decision (`decisions`) weighs what tells them apart: agreement, distance,
who is the subject, who spoke last, whose function it is, whom the quotation itself names.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple, Protocol

import regex

from .cast import DEFINITE, INDEFINITE, POSSESSIVE, Cast, Member
from .decisions import Asked, Features, Judge, odds
from .layers import Item
from .phrases import PAGES
from .tokens import SUBJECT


class _Note(Protocol):
    def __call__(self, name: str, value: float = 1.0) -> None: ...


_FEMININE = frozenset(
    {"elle", "elles", "celle-ci", "celles-ci", "certaines", "dernière", "dernières", "celle", "celles"}
)
_MASCULINE = frozenset(
    {"il", "ils", "celui-ci", "ceux-ci", "certains", "dernier", "derniers", "celui", "ceux", "eux", "lui"}
)
_PLURAL = frozenset(
    {"ils", "elles", "eux", "certains", "certaines", "derniers", "dernières", "ceux-ci", "celles-ci", "nous"}
)
_LATTER = frozenset({"dernier", "dernière"})
# Whom they mean has been named: ``l'intéressé`` is never only that.
_CONCERNED = frozenset({"intéressé", "intéressée", "intéressés", "intéressées"})
_FIRST_PERSON = frozenset({"je", "j'", "nous", "me", "m'"})
_I = frozenset("je j' me m' moi mon ma mes -je".split())
# What a document's words are said by: who issued it.
_DOCUMENTS = frozenset(
    """
    communiqué communiqués déclaration texte rapport lettre note article tribune message tweet document étude enquête
    résolution motion billet éditorial post courrier plainte discours sondage données chiffres statistiques estimations
    calculs connaissances analyse bilan projections recherches baromètre décompte informations récit témoignage
    révélation révélations courriel publication jugement arrêt avis alerte circulaire dépêche
    """.split()
)
_ENDS_PHRASE = frozenset({",", ":", ";", ".", "(", "que", "qu'"})
_ISSUE = frozenset(
    "publié publiée diffusé diffusée signé signée rédigé rédigée émis émise réalisé réalisée mené menée commandé "
    "commandée par de du d' des".split()
)
# What has been done with a document or a survey, in all forms of the participle.
_MADE = frozenset(
    stem + ending
    for stem in (
        "publié diffusé signé rédigé réalisé mené commandé dirigé effectué établi élaboré produit coordonné adressé "
        "présenté lancé conduit émis"
    ).split()
    for ending in ("", "e", "s", "es")
)
_ISSUING = ("publi", "diffus", "émet", "émis", "sign", "rédig", "envo", "adress", "réalis", "produi")
_IN = frozenset({"dans", "via", "par"})
_MADE_REACH, _SUBJECT_REACH, _NAMED_REACH = 36, 9, 8
# Longer nouns with these endings are people, though the lexicon has not got them: ``l'orthopédiste de la clinique``.
_PERSONAL = ("iste", "logue", "ien", "ienne", "euse", "trice", "iatre", "peute")
_LONG_NOUN = 7
_NOT_PERSONAL = frozenset(
    "entretien quotidien maintien soutien catalogue dialogue monologue prologue épilogue matrice".split()
)
# Nor do these have an author: they say how many of somebody.
_SHARES = frozenset(
    "plupart majorité moitié tiers quart partie nombre dizaine dizaines douzaine vingtaine trentaine quarantaine "
    "cinquantaine centaine centaines millier milliers poignée ensemble foule".split()
)
_ARTICLES = (DEFINITE | INDEFINITE | {"du"}) - {"de", "d'"}
# Nouns that take up an organisation or a place named before, and the kinds of the gazetteer that they fit.
_KINDS_TAKEN_UP = (
    (
        "journal quotidien hebdomadaire mensuel magazine revue chaîne radio agence site média titre rédaction émission",
        "media",
    ),
    ("parti formation mouvement", "party armed_group"),
    ("syndicat centrale", "union"),
    (
        """groupe entreprise société compagnie firme constructeur géant multinationale fabricant opérateur plateforme
        conglomérat marque enseigne""",
        "company platform",
    ),
    ("groupe", "armed_group media ngo"),
    ("site réseau application plateforme", "platform company"),
    (
        "organisation institution agence organisme instance",
        "international regional institution ngo armed_group finance think_tank",
    ),
    ("association ong fondation collectif organisme", "ngo"),
    ("institut centre laboratoire", "think_tank university"),
    ("bloc alliance union communauté organisation coalition", "regional alliance international"),
    ("exécutif commission autorité régulateur", "institution regional"),
    ("banque fonds", "finance company"),
    ("club équipe formation sélection fédération ligue", "sport"),
    ("université établissement école faculté", "university"),
    ("tribunal cour juridiction parquet", "court"),
    ("pays royaume nation émirat archipel monarchie", "country territory"),
    ("ville capitale commune", "city town capital"),
)
_TAKES_UP = {
    noun: frozenset(
        kind for nouns, kinds in _KINDS_TAKEN_UP if noun in nouns.split() for kind in kinds.split()
    )
    for words, _ in _KINDS_TAKEN_UP
    for noun in words.split()
}
_CANDIDATES, _PEOPLE, _DESCRIBED = 5, 8, 3
NEAR = 40
_DESCRIBED_REACH = 120
_ENDS_SENTENCE = ".!?…"
_MARKS_AND_SPACES = " \u00a0\u202f\t\n\"«»“”'‘’"
_BEHIND_MARKS = regex.compile(r"""\s*["»”'’]{1,2}\s*(?:\p{Lu}|["«“]|$)""")
_LINE_REACH = 8
_FEW_CHARACTERS = 15
# The place among the last two, and how sure that is.
_ORDINALS = {"premier": 0, "première": 0, "second": 1, "seconde": 1}
_SURE_OF_TWO = 0.85
_REACH = 1500
# A place that has not spoken is not meant from farther off, nor an organisation by a pronoun.
_THING_REACH, _LATELY = 64, 6
_AROUND = 12
_AUTHOR_REACH = 9
_ENDS_CLAUSE = frozenset({".", ":", ";", '"', "«", "»", "que", "qu'"})
_NEXT_WORDS = 14
_MANY = 4
_CLAUSE_REACH = 80
_ADJOINING, _NEXT_REACH = 12, 60
# How sure it must be whom a function means that stands alone.
_MEANS = 0.5
# An implicit speaker less likely than nobody by this much is nobody.
_LEAST_ODDS = 0.5

Kind = Literal["pronoun", "nominal", "implicit"]


class Said(NamedTuple):
    """A quotation that has its speaker: its content, who says it, where its cue and source are behind it.

    ``noun`` is that of its source where it names a function or a document: ``le communiqué``.
    """

    start: int
    end: int
    name: str
    until: int
    noun: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A quotation whose speaker is sought: the source as its words give it, at a token."""

    item: Item
    kind: Kind
    position: int  # of the source's first token
    since: int  # what is met before this token may be meant: behind it are the source or the words themselves
    words: tuple[str, ...] = ()
    head: int = -1
    text: str = ""


class Floor(NamedTuple):
    """Who has had the floor, in the text's order: before a quotation, after it, and in interview turns."""

    spoken: Sequence[Said]
    upcoming: Sequence[Said]
    turns: Sequence[Said]
    later: Sequence[Said] = ()  # what is said after it by whom its source names


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is the same for all candidates of one question."""

    floor: Floor
    before: list[Said]  # the quotations before it, latest last
    heard: Mapping[str, int]  # who has spoken lately, and at which token their words end
    spoke_last: str | None
    speaks_next: str | None
    around: str | None  # who speaks around it
    ranks: Mapping[str, Mapping[str, int]]  # who was met last, was the last subject, … of those who agree
    agreeing: str | None  # who spoke last of those who agree
    people: list[int]  # where people were met last before a pronoun, in order
    newcomers: Mapping[str, bool]  # who agrees and was met since the last quotation; whether as a subject
    alone: frozenset[str]  # the only person or organisation that a noun's block has named before it
    called: frozenset[str]  # whom a source with the same noun has meant before
    holders: frozenset[str]  # whose function is that of the source's words
    issuers: frozenset[str]  # who has issued a document such as the source's
    inside: frozenset[str]  # who is named in the source's own words
    announced: range  # the words before the colon that announces the quotation, or its list
    same_words: frozenset[str]  # who says the same words elsewhere
    most: str | None  # who speaks most near it
    named: frozenset[str]  # whom the quotation names
    shares: Mapping[str, float]  # of the quotations near it, by who speaks
    says_i: bool  # does the content say je?
    focus: str | None  # who is in focus of those of the pronoun's gender
    goes_on: str | None  # whom the same pronoun has meant, it seems, a sentence or two before
    cue: str | None
    sort: str  # what sort of noun the source's is
    link: str  # does the quotation stand in what invites to read on: `at a link`, `in a link`?
    headline: bool  # is the quotation a line of its own, such as another article's headline?
    seen: str  # has the source's noun been met before, as somebody new, or not at all?


class Antecedents:
    """Ranks the cast of one article for each question."""

    def __init__(self, cast: Cast, items: Sequence[Item], judge: Judge) -> None:
        self.cast = cast
        self.lower = cast.lower
        self.items = items
        self.judge = judge
        self.vectors: dict[str, Any] = {}

    def resolve(self, question: Question, floor: Floor) -> tuple[dict[str, Any] | None, float]:
        """Return the likeliest speaker, None where that is nobody, and how sure it is (a probability)."""
        if (counted := self._counted(question)) is not None:
            return self.cast.entity(counted), _SURE_OF_TWO
        chosen, likely, total = self._likeliest(question, floor)
        if chosen is None or (question.kind == "implicit" and likely < _LEAST_ODDS):
            if question.kind == "nominal":
                described = self.cast.describe(question.text, question.head, question.position)
                return {"name": described.name, "label": None, "id": None}, 0.5
            return None, 1.0 / total if question.kind == "implicit" else 0.2
        if chosen.described:
            self.cast.described.setdefault(chosen.name, chosen)
            if question.position not in chosen.heads:
                chosen.heads.append(question.position)
        return {"name": chosen.name, "label": chosen.label, "id": chosen.id}, likely / total

    def meet(self, noun: int, floor: Floor) -> None:
        """Find out whom a function means that stands alone in the journalist's words; it is a mention from then on.

        ``Le gardien sénégalais est conscient de son influence`` tells who is spoken of as well as the name does.
        """
        cast = self.cast
        first, last = cast.extent(noun)
        end = cast.starts[last] + len(self.lower[last])
        item = Item(cast.starts[first], end, "function", {})
        words, text = tuple(self.lower[first : last + 1]), cast.describing(noun).name
        question = Question(item, "nominal", first, first, words, noun, text)
        chosen, likely, total = self._likeliest(question, floor)
        if chosen is not None and chosen.label == "PER" and likely / total >= _MEANS:
            cast.meet(chosen, noun)

    def _likeliest(self, question: Question, floor: Floor) -> tuple[Member | None, float, float]:
        """Return the likeliest candidate, None where all are less likely than can be, its odds, and those of all."""
        issuers = list(self._issuers(question))
        candidates = list(self._candidates(question, floor, issuers))
        setting = self._setting(question, candidates, floor, issuers)
        best: tuple[float, Member | None] = (0.0, None)
        total = 1.0  # the odds of nobody against nobody
        for candidate in candidates:
            features = self._features(question, candidate, setting)
            asked = Asked((question.item.start, question.item.end), candidate.name)
            likely = odds(self.judge("speaker", features, asked))
            total += likely
            if likely > best[0]:
                best = (likely, candidate)
        return best[1], best[0], total

    def _counted(self, question: Question) -> str | None:
        """Return whom ``le premier`` or ``la seconde`` means of the two people who were met last."""
        place = _ORDINALS.get(question.words[-1]) if 1 <= len(question.words) <= 2 else None
        if question.kind != "nominal" or place is None:
            return None
        cast = self.cast
        feminine = question.words[-1] in {"première", "seconde"}
        two: list[str] = []
        for k in range(bisect_left(cast.met, (question.position, "")) - 1, -1, -1):
            name = cast.met[k][1]
            if cast.members[name].label == "PER" and name not in two:
                two.append(name)
            if len(two) == 2:
                break
        chosen = cast.members[two[1 - place]] if len(two) == 2 else None
        if chosen is None or (chosen.sure and chosen.gender == ("m" if feminine else "f")):
            return None
        return chosen.name

    # Candidates

    def _candidates(self, question: Question, floor: Floor, issuers: Sequence[Member]) -> Iterator[Member]:
        """Yield the likely ones: recent entities, those who have spoken, described people, the words themselves."""
        cast, position = self.cast, question.position
        near: list[tuple[int, Member]] = []
        first = bisect_left(cast.met, (position - _REACH, ""))
        beyond = bisect_left(cast.met, (position + _REACH, ""))
        ruled_out = self._ruled_out(question)
        spoken = {said.name for said in floor.spoken[-_LATELY:]}
        speaks_of_itself = question.kind == "pronoun" and question.words[-1] in _FIRST_PERSON
        for name in dict.fromkeys(name for _, name in cast.met[first:beyond]):
            member = cast.members[name]
            if name == ruled_out or (name in cast.writes and not speaks_of_itself):
                continue
            last = cast.last_before(member, question.since)
            fades = member.label == "LOC" or (member.label == "ORG" and question.kind == "pronoun")
            reach = _THING_REACH if fades and name not in spoken else _REACH
            if last is not None and position - last <= reach:
                near.append((position - last, member))
            elif last is None and question.kind != "pronoun" and not fades:
                near.append((abs(member.heads[0] - position) + 60, member))
        near.sort(key=lambda pair: pair[0])
        chosen = {member.name: member for _, member in near[:_CANDIDATES]}
        names = [said.name for said in [*floor.spoken[-4:], *floor.upcoming[:1]]]
        if question.kind == "implicit":
            names += self._sayers(question.item, floor)
        for name in names:
            if name in cast.members and name != ruled_out:
                chosen.setdefault(name, cast.members[name])
        people = [member for _, member in near if member.label == "PER"]
        for member in people[:_PEOPLE]:
            chosen.setdefault(member.name, member)
        recent = (
            m for m in reversed(cast.described.values()) if cast.last_before(m, question.since) is not None
        )
        for member in islice(recent, _DESCRIBED):
            chosen.setdefault(member.name, member)
        if question.kind == "nominal":
            # A page is not who speaks on it, and the person concerned has been named.
            head = self.lower[question.head]
            if not (issuers and head in PAGES) and head not in _CONCERNED:
                own = cast.describe(question.text, question.head, position)
                chosen[own.name] = own
            for member in (*cast.fuller(question.head, position), *issuers):
                chosen.setdefault(member.name, member)
        else:
            for member in cast.pairs_before(position):
                chosen.setdefault(member.name, member)
            latter = not _LATTER.isdisjoint(question.words[-1:])
            for member in cast.described_before(position, latter):
                if member.name not in cast.described:
                    chosen.setdefault(member.name, member)
        fitting = [member for member in chosen.values() if self._may_be(question, member)]
        yield from self._agreeing_if_any(question, fitting) if question.kind == "pronoun" else fitting

    def _agreeing_if_any(self, question: Question, fitting: list[Member]) -> list[Member]:
        """Leave out people surely of another gender than the pronoun's, unless it can mean nobody else near.

        There it is a translator's slip.
        """
        agreeing = [
            member for member in fitting if member.label != "PER" or not self._contradicts(question, member)
        ]
        near_by = any(
            member.human
            and (last := self.cast.last_before(member, question.since)) is not None
            and question.position - last <= _DESCRIBED_REACH
            for member in agreeing
        )
        return agreeing if near_by else fitting

    def _may_be(self, question: Question, member: Member) -> bool:
        """Tell whether a pronoun, or a noun such as ``femme``, can mean a person at all, by gender and number."""
        if question.kind == "implicit" or not member.human:
            return True
        gender, plural = self._agreement(question)
        if member.described and question.kind == "nominal":
            return True
        if member.described:
            # A noun has its gender and number: il is not la police, nor les habitants.
            if gender and member.gender and member.gender != gender:
                return False
            return member.plural in (None, plural) or (bool(plural) and self._is_group(member))
        if question.kind == "nominal":
            role = self.cast.knowledge.roles.get(self.lower[question.head])
            natural = role is not None and role.kind in ("generic", "kinship")
            return not (natural and gender and member.sure and member.gender != gender)
        return question.words[-1] in _FIRST_PERSON or not plural

    def _is_group(self, member: Member) -> bool:
        """Tell whether a described one is several people in the singular: ``la police … ils``."""
        if member.noun < 0:
            return True
        role = self.cast.knowledge.roles.get(self.lower[member.noun])
        return role is not None and role.kind == "collective"

    def _sayers(self, item: Item, floor: Floor) -> list[str]:
        """Return who says the words of a quotation once more: a headline's or a pull quote's speaker."""
        words = self.cast.text[item.start : item.end].casefold()
        if len(words) <= _FEW_CHARACTERS:
            return []
        return [
            said.name
            for said in [*floor.spoken[-NEAR:], *floor.upcoming[:NEAR]]
            if (said.start, said.end) != (item.start, item.end)
            and words in self.cast.text[said.start : said.end].casefold()
        ]

    # The setting of a question

    def _setting(
        self, question: Question, candidates: list[Member], floor: Floor, issuers: Sequence[Member]
    ) -> _Setting:
        cast, item = self.cast, question.item
        near = [*floor.spoken[-NEAR:], *floor.upcoming[:NEAR]]
        around = [
            said.name
            for said in [*floor.turns[-NEAR:], *near]
            if said.start <= item.start and item.end <= said.end
        ]
        shares = Counter(said.name for said in near)
        people = [
            last
            for candidate in (candidates if question.kind == "pronoun" else ())
            if candidate.human and (last := cast.last_before(candidate, question.since)) is not None
        ]
        before = [said for said in floor.spoken[-_LATELY:] if not said.start <= item.start < said.end]
        heard = {said.name: min(question.since, cast.token(said.until - 1)) for said in before}
        since = cast.token(before[-1].until) if before else 0
        agreeing = self._agreeing(candidates, question)
        fitting = {candidate.name for _, candidate in agreeing}
        implicit = question.kind == "implicit"
        gender, plural = self._agreement(question)
        single = None if plural else gender
        content = self.lower[cast.token(item.start) : bisect_left(cast.starts, item.end)]
        return _Setting(
            floor=floor,
            before=before,
            heard=heard,
            spoke_last=before[-1].name if before else None,
            speaks_next=floor.upcoming[0].name if floor.upcoming else None,
            around=around[-1] if around else None,
            ranks=self._ranks(agreeing, question, heard),
            agreeing=next((said.name for said in reversed(floor.spoken[-4:]) if said.name in fitting), None),
            people=sorted(people),
            newcomers={
                candidate.name: cast.is_main_subject(last) or cast.dep[last] == "obl:agent"
                for last, candidate in agreeing
                if last >= since and candidate.human
            },
            alone=frozenset(self._alone(question)),
            called=frozenset(self._called(question, floor)),
            holders=frozenset(self._holders(question, candidates)),
            issuers=frozenset(issuer.name for issuer in issuers),
            inside=frozenset(
                cast.member_at(i).name
                for i in range(question.position, question.position + len(question.words))
                if i in cast.entity_at
            ),
            announced=self._announcement(item) if implicit else range(0),
            same_words=frozenset(self._sayers(item, floor)) if implicit else frozenset(),
            most=shares.most_common(1)[0][0] if shares else None,
            shares={name: number / shares.total() for name, number in shares.items()},
            named=frozenset(cast.names_in(item.start, item.end)),
            says_i=not _I.isdisjoint(content),
            focus=cast.in_focus(question.since, single) if single else None,
            goes_on=cast.goes_on(question.since, single) if single else None,
            cue=item.attrs.get("lemma"),
            sort=self._sort(question) if question.kind == "nominal" else "",
            link=cast.beside_link(cast.token(item.start)) if implicit else "",
            headline=implicit and self._is_headline(item),
            seen=self._seen(question) if question.kind == "nominal" else "",
        )

    def _agreement(self, question: Question) -> tuple[str | None, bool | None]:
        """Return the gender and number that the source's words ask for."""
        if question.kind == "pronoun":
            word = question.words[-1].lstrip("-")
            gender = "f" if word in _FEMININE else "m" if word in _MASCULINE else None
            return gender, word in _PLURAL
        return self.cast.agreement(question.head) if question.kind == "nominal" else (None, None)

    def _contradicts(self, question: Question, candidate: Member) -> bool:
        """Tell whether a pronoun and whom it may mean are surely of different genders."""
        gender, _ = self._agreement(question)
        return gender is not None and candidate.sure and candidate.gender not in (None, gender)

    def _agreeing(self, candidates: list[Member], question: Question) -> list[tuple[int, Member]]:
        """Return those met before whose gender and number fit the source's words, and where, the last met first."""
        gender, plural = self._agreement(question)
        agreeing = []
        for candidate in candidates:
            last = self.cast.last_before(candidate, question.since)
            if last is None or (candidate.described and candidate.name == question.text):
                continue
            if gender and candidate.gender and candidate.gender != gender:
                continue
            if plural is not None and candidate.plural is not None and candidate.plural != plural:
                continue
            agreeing.append((last, candidate))
        return sorted(agreeing, key=lambda pair: -pair[0])

    def _ranks(
        self, agreeing: list[tuple[int, Member]], question: Question, heard: Mapping[str, int]
    ) -> dict[str, dict[str, int]]:
        """Tell who of those that agree was met or heard last, and who the last subject: the first three of each."""
        people = [pair for pair in agreeing if pair[1].human]
        lately = sorted(agreeing, key=lambda pair: -_met_or_heard(pair[1], pair[0], heard))
        groups = {"person": [pair for pair in lately if pair[1].human]}
        if question.kind == "implicit":
            for label in ("ORG", "LOC"):
                groups[label] = [pair for pair in lately if pair[1].label == label]
        if question.kind != "nominal":
            own = (pair for pair in people if not self.cast.inside_marks(self.cast.starts[pair[0]]))
            groups["subject"] = [pair for pair in own if self.cast.is_subject(pair[0])]
        ranks: dict[str, dict[str, int]] = {}
        for what, group in groups.items():
            for rank, (_, candidate) in enumerate(group[:3]):
                ranks.setdefault(candidate.name, {})[what] = rank
        return ranks

    def _alone(self, question: Question) -> Iterator[str]:
        """Yield the person and the organisation that a noun's block names before it, and no other such."""
        if question.kind != "nominal":
            return
        cast = self.cast
        start = cast.blocks[cast.block(question.item.start)][0] if cast.blocks else 0
        first = bisect_left(cast.met, (max(cast.token(start), question.since - _REACH), ""))
        met = {name for _, name in cast.met[first : bisect_left(cast.met, (question.since, ""))]}
        for label in ("PER", "ORG"):
            named = [name for name in met if cast.members[name].label == label]
            if len(named) == 1:
                yield from named

    def _called(self, question: Question, floor: Floor) -> Iterator[str]:
        """Yield whom a source with the same noun has meant before."""
        if question.kind == "nominal":
            noun = self.lower[question.head]
            yield from (said.name for said in floor.spoken[-NEAR:] if said.noun and said.noun == noun)

    def _holders(self, question: Question, candidates: list[Member]) -> Iterator[str]:
        """Yield who is known to have the function that the source's words name."""
        if question.kind == "nominal":
            functions = self.cast.named_functions(question.head, question.words)
            yield from (candidate.name for candidate in candidates if functions & candidate.roles)

    def _issuers(self, question: Question) -> Iterator[Member]:
        """Yield who is named as the author of a document, a survey, a thing: in the source's words, or behind them.

        Of a document without such a name, who issued the last one that was mentioned before.
        """
        cast = self.cast
        head = self.lower[question.head]
        if question.kind != "nominal" or head in cast.knowledge.roles or cast.pos[question.head] != "NOUN":
            return  # `l'une des femmes` is no thing
        if head in _SHARES or (len(head) >= _LONG_NOUN and head.endswith(_PERSONAL)):
            return
        own = list(self._authors(question.head, question.position + len(question.words)))
        yield from own
        if own or head not in _DOCUMENTS:
            return
        if (author := self._publisher(question.head)) is not None:
            yield author
            return
        if _definiteness(question.words) == "indefinite":
            return
        met = [
            i
            for i in range(max(0, question.position - _REACH), question.position)
            if self.lower[i] in _DOCUMENTS
        ]
        for same in (True, False):
            for i in reversed(met):
                if (self.lower[i] == head) != same:
                    continue
                found = list(self._authors(i, i + 1))
                if not found and (author := self._publisher(i)) is not None:
                    found = [author]
                if found:
                    yield from found
                    return

    def _publisher(self, i: int) -> Member | None:
        """Return who issues document ``i`` as the subject of its verb: ``Rive a publié un communiqué``."""
        cast = self.cast
        verb = cast.parse.head[i]
        if cast.dep[i] == "obj":
            issued = self.lower[verb].startswith(_ISSUING)
        else:
            issued = cast.dep[i].startswith("obl") and not _IN.isdisjoint(self.lower[max(0, i - 2) : i])
        for j in cast.parse.children(verb) if issued else ():
            if cast.dep[j] not in SUBJECT:
                continue
            for k in range(j, max(j + 1, min(verb, j + _SUBJECT_REACH))):
                number = cast.entity_at.get(k)
                if number is not None and (k == j or cast.ents[number].label_ != "LOC"):
                    return cast.member_at(k)
        return None

    def _maker(self, noun: int) -> Member | None:
        """Return who has made it, behind a participle: ``une étude portant sur X, menée en mai par Rive``."""
        cast = self.cast
        made = False
        for j in range(noun + 1, min(len(self.lower), noun + _MADE_REACH)):
            if cast.sentence[j] != cast.sentence[noun] or cast.parse.is_finite(j):
                return None
            word = self.lower[j]
            made = made or word in _MADE
            if made and (word == "par" or (word in {"du", "de"} and self.lower[j - 1] == "compte")):
                return self._named_there(j + 1)
        return None

    def _named_there(self, j: int) -> Member | None:
        """Return the entity at a token, or behind the noun that tells its sort: ``la société de sondage Rive``.

        Where none is named, whom the noun describes.
        """
        cast = self.cast
        noun = -1
        for k in range(j, min(len(self.lower), j + _NAMED_REACH)):
            article = cast.pos[k] == "DET" or self.lower[k] in _ARTICLES
            if k in cast.entity_at:
                beside = noun < 0 or not (cast.pos[k - 1] in ("ADP", "DET") or self.lower[k - 1] in _ARTICLES)
                if beside and cast.ents[cast.entity_at[k]].label_ != "LOC":
                    return cast.member_at(k)
                break
            if cast.pos[k] == "NOUN":
                noun = k if noun < 0 else noun
            elif (article and noun >= 0) or not (
                article or cast.pos[k] == "ADJ" or self.lower[k] in {"de", "d'"}
            ):
                break
        if noun < 0:
            return None
        apposed = self._apposed(noun)
        return cast.describing(noun) if apposed is None else apposed

    def _authors(self, noun: int, end: int) -> Iterator[Member]:
        """Yield the entity that a noun's complement names, or the agent of its participle: ``une étude menée par X``.

        ``end`` is where the noun's phrase ends. An agent may be described only: ``un texte signé par les élus``.
        """
        cast = self.cast
        if (maker := self._maker(noun)) is not None:
            yield maker
            return
        linked = by = False
        at_once = end < len(self.lower) and (self.lower[end] in _ISSUE or self.lower[end] == ",")
        for j in range(noun + 1, min(len(self.lower), max(end, noun + 1) + _AUTHOR_REACH)):
            word = self.lower[j]
            linked = linked or word in _ISSUE
            by = by or word == "par"
            if j in cast.entity_at:
                label = cast.ents[cast.entity_at[j]].label_
                if not linked and "platform" in cast.kinds_of(cast.member_at(j)):
                    continue  # la page Facebook du chanteur
                if label != "LOC" and (linked or j == noun + 1) and (j < end or by or at_once):
                    yield cast.member_at(j)
                    return
                if j >= end:
                    return
            elif cast.pos[j] == "NOUN" and (by or (linked and j < end and self._is_somebody(j))):
                if (named := self._named_there(j)) is not None:
                    yield named
                return
            elif word == "," and j == noun + 1 and not _ISSUE.isdisjoint(self.lower[j + 1 : j + 3]):
                continue  # un rapport, publié mardi par …
            elif word in _ENDS_PHRASE or cast.pos[j] in ("SCONJ", "CCONJ") or cast.parse.is_finite(j):
                return

    def _apposed(self, noun: int) -> Member | None:
        """Return the person named behind a comma: ``les explications du fondateur de Rive, Awa Diarra``."""
        cast = self.cast
        for j in range(noun + 1, min(len(self.lower) - 1, noun + _AUTHOR_REACH)):
            if self.lower[j] == ",":
                number = cast.entity_at.get(j + 1)
                if number is None or cast.ents[number].label_ != "PER":
                    return None
                return cast.member_at(j + 1)
            if self.lower[j] in _ENDS_PHRASE or cast.parse.is_finite(j):
                return None
        return None

    def _is_somebody(self, i: int) -> bool:
        """Tell whether a noun with an article names an institution or people: ``du gouvernement``, no ``de presse``."""
        article = self.lower[i - 1] in _ARTICLES
        return article and self.lower[i] in self.cast.knowledge.roles

    def _ruled_out(self, question: Question) -> str | None:
        """Return the entity that a pronoun or a noun cannot mean: it says more of that one, or is done by it.

        ``Oumar Sy, qu'il a reçu``, ``Reçu par Oumar Sy, l'ambassadeur a promis``.
        """
        cast = self.cast
        if question.kind == "implicit" or question.position == 0:
            return None
        j = question.position - 1
        if self.lower[j] == ",":
            return self._agent_before(j)
        if question.kind != "pronoun" or self.lower[j] not in {"que", "qu'", "dont"} or cast.pos[j] != "PRON":
            return None
        j -= 2 if self.lower[j - 1] == "," else 1
        return cast.member_at(j).name if j in cast.entity_at else None

    def _agent_before(self, comma: int) -> str | None:
        """Return by whom what the participle says is done that opens the sentence of a comma."""
        cast = self.cast
        first = max(bisect_left(cast.sentence, cast.sentence[comma]), comma - _CLAUSE_REACH)
        if cast.parse.form[first].verb != "Part":
            return None
        agents = (i for i in range(first, comma) if cast.dep[i] == "obl:agent" and i in cast.entity_at)
        agent = next(agents, None)
        return None if agent is None else cast.member_at(agent).name

    def _seen(self, question: Question) -> str:
        """Tell how the noun of the source was met before: ``un juge … le juge``, ``le juge … le juge``, not at all."""
        seen = self.cast.met_before(self.lower[question.head], question.position)
        if not seen:
            return "new noun"
        determiner = self.lower[seen[0] - 1] if seen[0] else ""
        return "noun introduced" if determiner in INDEFINITE else "noun met"

    def _announcement(self, item: Item) -> range:
        """Return the words that announce a quotation with a colon, on its line or above the list that it is in."""
        cast = self.cast
        i = cast.token(item.start) - 1
        while (
            i >= 0 and (not self.lower[i].strip() or not self.lower[i][0].isalnum()) and self.lower[i] != ":"
        ):
            i -= 1
        block = cast.block(item.start)
        if i >= 0 and self.lower[i] != ":" and cast.block(cast.starts[i]) < block:
            # The items of the list above it, each a quotation of its own.
            quoted = {cast.block(other.start) for other in self.items if other.label != "turn"}
            above = block - 1
            while above >= 0 and above in quoted and self._begins_with_mark(above):
                above -= 1
            if above < 0:
                return range(0)
            i = cast.token(cast.blocks[above][1]) - 1
            while i >= 0 and not self.lower[i].strip():
                i -= 1
        if i < 0 or self.lower[i] != ":":
            return range(0)
        first = i
        while first > 0 and i - first < _DESCRIBED_REACH and cast.sentence[first - 1] >= cast.sentence[i] - 1:
            if cast.block(cast.starts[first - 1]) != cast.block(cast.starts[i]):
                break
            first -= 1
        return range(first, i)

    def _is_headline(self, item: Item) -> bool:
        """Tell whether marked words end without a sign and nothing leads on from them, nor to them: a line of its own.

        Another article's headline, or a heading.
        """
        text = self.cast.text
        if item.label == "indirect" or text[item.end - 1] in _ENDS_SENTENCE:
            return False
        if _BEHIND_MARKS.match(text, item.end) is None:
            return False
        before = text[max(0, item.start - _LINE_REACH) : item.start].rstrip(_MARKS_AND_SPACES)
        linked = before[-1:].isalnum() and self.cast.in_link(self.cast.token(item.start))
        return not before or before[-1] in _ENDS_SENTENCE + ":" or linked

    def _begins_with_mark(self, block: int) -> bool:
        start, end, _ = self.cast.blocks[block]
        return not self.cast.text[start:end].lstrip()[:1].isalnum()

    # Features

    def _features(self, question: Question, candidate: Member, setting: _Setting) -> Features:
        """Return what tells whether a candidate is meant; each feature's name begins with the question's kind."""
        kind = question.kind
        features: Features = {}
        prefix = f"{kind}: "

        def note(name: str, value: float = 1.0) -> None:
            features[prefix + name] = value

        who = candidate.sort
        itself = candidate.described and kind == "nominal" and candidate.name == question.text
        note(f"is {who}")
        if kind == "pronoun" and self._contradicts(question, candidate):
            # Only a slip can mean it: that it spoke last, or most, says nothing then.
            note("gender surely differs")
            if (last := self.cast.last_before(candidate, question.since)) is not None:
                note(
                    "distance", math.log1p(question.since - _met_or_heard(candidate, last, setting.heard)) / 3
                )
            return features
        ranked = who if kind == "implicit" else "subject" if kind == "pronoun" else "person"
        if (rank := setting.ranks.get(candidate.name, {}).get(ranked)) is not None:
            note(f"{ranked} met last, {rank}")
        if setting.agreeing == candidate.name:
            note("agreeing, spoke last")
        if not itself:
            self._note_place(note, question, candidate, setting)
        if kind != "implicit":
            note("mentions", math.log1p(bisect_left(candidate.heads, question.position)))
            note("all mentions", math.log1p(len(candidate.heads)))
        self._note_turn_taking(note, question, candidate, setting)
        if not itself:
            self._note_share(note, question, candidate, setting)
        if not itself and kind != "nominal":
            note(self._standing(candidate, setting))
        if candidate.name in setting.named:
            note(f"named in the {'indirect' if question.item.label == 'indirect' else 'marked'} content")
        if setting.says_i and question.item.label != "indirect":
            note(f"says I, {'plural ' if candidate.plural else ''}{who}")
        if kind == "implicit":
            self._note_surroundings(note, question, candidate, setting)
        elif kind == "pronoun":
            self._note_agreement(note, question, candidate, setting)
        else:
            self._note_function(note, question, candidate, itself, setting)
        return features

    def _note_place(self, note: _Note, question: Question, candidate: Member, setting: _Setting) -> None:
        """Where the candidate was met last before the source, and as what."""
        cast = self.cast
        last = cast.last_before(candidate, question.since)
        if last is None:
            note("not met yet")
            if question.kind == "nominal":
                self._note_ahead(note, question, candidate, setting)
            return
        near = _met_or_heard(candidate, last, setting.heard)
        here = cast.sentence[min(question.since, len(cast.sentence) - 1)]
        note("distance", math.log1p(question.since - near) / 3)
        note(f"sentences {min(here - cast.sentence[near], 4)}")
        sentences = here - cast.sentence[last]
        if sentences <= 2:
            if cast.is_subject(last):
                new = candidate.described and cast.is_new(last)
                subject = "subject" if cast.is_main_subject(last) else "subordinate subject"
                note(f"{'new, ' if new else ''}{candidate.sort}, {subject} {sentences} before")
            elif cast.opens_sentence(last):
                note(f"opened sentence {sentences} before")
        if cast.opens_sentence(last):
            note("opened its sentence")
        if cast.inside_marks(cast.starts[last]):
            note("met in a quotation")
        if cast.in_link(last):
            note("met in a link")
        label = cast.block_label(cast.starts[last])
        if label not in ("paragraph", "lead", "list"):
            note(f"met in {label}")
        if question.kind != "nominal":
            self._note_clause(note, question, candidate, setting, last, sentences)
        elif candidate.label in ("PER", "ORG"):
            shape = f"{_definiteness(question.words)}, {setting.seen}"
            note(f"{shape}, {candidate.sort}, {min(sentences, 3)} sentences back")
            if cast.block(cast.starts[last]) == cast.block(question.item.start):
                note(f"same block, {candidate.sort}")
            if candidate.name in setting.alone:
                note(f"alone in the block, {candidate.sort}")
        if question.kind == "pronoun":
            nearer = len(setting.people) - bisect_right(setting.people, near)
            note("nearer people", min(4.0, float(nearer)))

    def _note_clause(
        self, note: _Note, question: Question, candidate: Member, setting: _Setting, last: int, sentences: int
    ) -> None:
        """What tells the clause in which the candidate was met last: the subject, another pronoun, who reports it."""
        cast, who = self.cast, candidate.sort
        subject = "subject" if cast.is_subject(last) else "no subject"
        if subject != "subject" and cast.dep[last] in ("obl:mod", "obl:agent", "nmod", "appos"):
            note(f"was {cast.dep[last]}")
        if question.kind == "implicit" and cast.block(cast.starts[last]) == cast.block(question.item.start):
            note("same block")
        if question.kind == "pronoun":
            people = setting.people
            if not candidate.described and candidate.own:
                share = cast.subject_share(candidate)
                note("subject share", share)
                if not share:
                    note("never a subject")
                    note(f"{who}, never a subject")
            if candidate.label in ("ORG", "LOC"):
                where = "none" if not people else "nearer" if people[-1] > last else "farther"
                note(f"{who}, {subject} {min(2, sentences)}, person {where}")
        if last in cast.entity_at:
            end = cast.ents[cast.entity_at[last]].end
            if "qui" in self.lower[end : end + 2] and self.lower[end] in {"qui", ","}:
                note("who")
                note(f"who, {min(2, sentences)} before")
        if cast.inside_report(cast.starts[last]) and not cast.inside_report(question.item.start):
            note("met in an indirect quotation")
            note(f"met in an indirect quotation, {subject}")
        gender, plural = self._agreement(question)
        if question.kind == "pronoun" and gender and not plural:
            word = "il" if gender == "m" else "elle"
            for j in range(last - 1, max(-1, last - _CLAUSE_REACH), -1):
                if cast.sentence[j] != cast.sentence[last]:
                    break
                if self.lower[j] == word and cast.dep[j] in SUBJECT and not cast.inside_marks(cast.starts[j]):
                    note(f"behind a pronoun, {subject}")
                    break

    def _note_ahead(self, note: _Note, question: Question, candidate: Member, setting: _Setting) -> None:
        """When a candidate who is not met yet will be: as the next source, right behind the words, how far on."""
        cast, item, who = self.cast, question.item, candidate.sort
        shape, later = _definiteness(question.words), setting.floor.later
        if later and later[0].name == candidate.name:
            gap = cast.token(later[0].start) - cast.token(item.end)
            if gap <= _NEXT_REACH:
                note(f"not met yet, speaks next, {'adjoining' if gap <= _ADJOINING else 'near'}")
                note(f"not met yet, speaks next, {who}, {shape}")
        first, end = candidate.heads[0], question.position + len(question.words)
        number = cast.entity_at.get(first)
        if number is not None and end <= first < end + _NAMED_REACH + 2:
            start = cast.ents[number].start
            clause = any(
                cast.parse.is_finite(k) or self.lower[k] in {"que", "qu'", "qui"} for k in range(end, start)
            )
            if cast.sentence[first] == cast.sentence[question.position] and not clause:
                mark = (
                    "nothing" if start <= end else "a word" if self.lower[start - 1].isalnum() else "a mark"
                )
                note("named behind the words")
                note(f"named behind the words, {mark} between, {who}")
        away = cast.sentence[first] - cast.sentence[min(cast.token(item.end), len(cast.sentence) - 1)]
        when = f"met {min(2, max(-1, away))} sentences on"
        note(f"{when}, {who}")
        if candidate.name in setting.holders:
            note(f"not met yet, role matches, {shape}")
            note(f"not met yet, role matches, {when}")

    def _note_turn_taking(
        self, note: _Note, question: Question, candidate: Member, setting: _Setting
    ) -> None:
        cast, item = self.cast, question.item
        if setting.around == candidate.name:
            note("speaks around")
        if not setting.before:
            return
        last = setting.before[-1]
        gap = cast.token(item.start) - cast.token(last.until)
        if last.name == candidate.name:
            note("spoke last")
            note("spoke last, gap", math.log1p(max(0, gap)) / 3)
            if cast.block(last.start) == cast.block(item.start):
                note("spoke last, same block")
            if gap <= 3:
                note("spoke last, adjoining")
            if setting.cue is not None:
                note(f"spoke last, {setting.cue}")
        if setting.newcomers.get(candidate.name):
            note("newcomer, subject")
            if sum(setting.newcomers.values()) == 1:
                note("newcomer, only subject")

    def _note_share(self, note: _Note, question: Question, candidate: Member, setting: _Setting) -> None:
        """How much the candidate speaks in the article, and whether after this quotation, too."""
        share = setting.shares.get(candidate.name, 0.0)
        if not share:
            return
        note("share of the quotations", share)
        note(f"{candidate.sort}, share of the quotations", share)
        if question.kind != "implicit":
            if setting.most == candidate.name:
                note("speaks most")
            if setting.speaks_next == candidate.name:
                note("speaks next")
            elif any(said.name == candidate.name for said in setting.floor.upcoming[:NEAR]):
                note("speaks later")

    def _standing(self, candidate: Member, setting: _Setting) -> str:
        """Name how a candidate stands: has it spoken or come in since, and is it the last one, or the last subject?"""
        ranks = setting.ranks.get(candidate.name, {})
        person, subject = ranks.get("person", "-"), ranks.get("subject", "-")
        if setting.spoke_last == candidate.name:
            floor = "spoke last"
        elif candidate.name in setting.newcomers:
            floor = "newcomer, subject" if setting.newcomers[candidate.name] else "newcomer"
        else:
            floor = (
                "spoke lately" if any(said.name == candidate.name for said in setting.before) else "silent"
            )
        return f"{floor}, person {person}, subject {subject}"

    def _note_surroundings(
        self, note: _Note, question: Question, candidate: Member, setting: _Setting
    ) -> None:
        """What tells an implicit speaker: who speaks next, who says the same elsewhere, who is in the sentence."""
        cast, item, who, floor = self.cast, question.item, candidate.sort, setting.floor
        if setting.link:
            note(setting.link)
        if setting.headline:
            note("headline-like")
            note(f"headline-like, {setting.link}")
            if setting.speaks_next == candidate.name:
                note("headline-like, speaks next")
            if setting.spoke_last == candidate.name:
                note("headline-like, spoke last")
            if candidate.name in setting.same_words:
                note("headline-like, says the same elsewhere")
        if item.attrs.get("cue"):
            note("cue, no source")
        if floor.upcoming:
            start = floor.upcoming[0].start
            if cast.token(start) - cast.token(item.end) <= 3 and cast.block(start) == cast.block(item.start):
                last = setting.before[-1] if setting.before else None
                alone = last is None or cast.token(item.start) - cast.token(last.until) > 3
                who_next = "speaks next" if setting.speaks_next == candidate.name else "another speaks next"
                note(f"{who_next}, adjoining")
                if alone:
                    note(f"{who_next}, adjoining, alone")
            if setting.speaks_next == candidate.name:
                note("speaks next")
        if candidate.name in setting.same_words:
            note("says the same elsewhere")
        begin = cast.token(item.start)
        here = [head for head in candidate.heads if cast.sentence[head] == cast.sentence[begin]]
        outside = [head for head in here if not cast.inside_marks(cast.starts[head])]
        if outside:
            note("in the sentence")
            note(f"{who} in the sentence")
            if any(cast.is_subject(head) for head in outside):
                note("subject of the sentence")
                note(f"{item.label}, {who} subject of the sentence")
            note("in the sentence, before" if outside[0] < begin else "in the sentence, after")
        note(f"in {cast.block_label(item.start)}, {who}")
        note(f"{item.label}, {who}")
        if setting.most == candidate.name:
            note("speaks most")
        if any(head in setting.announced for head in candidate.heads) or any(
            cast.lemma(self.lower[i]) in candidate.roles for i in setting.announced
        ):
            note("announced, place" if candidate.label == "LOC" else "announced")
        elif setting.announced:
            note("somebody else announced")

    def _note_agreement(self, note: _Note, question: Question, candidate: Member, setting: _Setting) -> None:
        gender, plural = self._agreement(question)
        word = question.words[-1].lstrip("-")
        if self._met_behind(question, candidate):
            note("met behind the pronoun")
        number = "plural" if plural else "singular"
        who = candidate.sort
        note(f"{number} {who}")
        if candidate.gender is None or gender is None:
            note(f"gender unknown, {who}")
        else:
            note(f"gender {'agrees' if candidate.gender == gender else 'differs'}")
        if candidate.plural is None:
            note(f"{number}, number unknown")
        else:
            note("number agrees" if candidate.plural == plural else "number differs")
        for what, meant in (("in focus", setting.focus), ("goes on", setting.goes_on)):
            if meant == candidate.name:
                note(what)
                if who != "PER":
                    note(f"{what}, {who}")
            elif meant is not None and who == "PER":
                note(f"another {what}")
        if word in _FIRST_PERSON:
            note(f"first person {who}")
        if word in _LATTER:
            note("the latter")
            last = self.cast.last_before(candidate, question.since)
            if setting.ranks.get(candidate.name, {}).get("person") == 0:
                note("the latter, met last")
            if last is not None:
                note("the latter, distance", math.log1p(question.since - last) / 3)

    def _met_behind(self, question: Question, candidate: Member) -> bool:
        """Tell whether the candidate is named in the pronoun's own clause, behind it: ``il a accusé Oumar Sy de``."""
        cast, i = self.cast, question.position
        k = bisect_left(candidate.heads, i + 1)
        if k == len(candidate.heads) or candidate.heads[k] - i >= _NEXT_WORDS:
            return False
        head = candidate.heads[k]
        between = self.lower[i + 1 : head]
        return (
            cast.sentence[head] == cast.sentence[i]
            and _ENDS_CLAUSE.isdisjoint(between)
            and not cast.inside_marks(cast.starts[head])
        )

    def _note_function(
        self, note: _Note, question: Question, candidate: Member, itself: bool, setting: _Setting
    ) -> None:
        cast = self.cast
        head = self.lower[question.head]
        definite = _definiteness(question.words)
        gender, plural = self._agreement(question)
        shape = f"{definite}{' plural' if plural else ''}"
        sort = setting.sort
        who = "itself" if itself else candidate.sort
        if sort in ("collective", "no role"):
            if candidate.label == "PER" and not candidate.introduced:
                who = "unsure PER"
            elif candidate.label == "LOC" and candidate.id is None and not cast.kinds_of(candidate):
                who = "unsure LOC"
        note(f"{shape}, {who}")
        note(f"{sort}, {who}")
        note(f"{shape} {sort}, {who}")
        note(f"{cast.lemma(head)}, {who}")
        note(f"{shape}, {setting.seen}, {who}")
        if setting.holders and candidate.name not in setting.holders:
            note(f"another has the role, {who}")
        if head in _DOCUMENTS:
            note(f"document, {who}")
        if setting.issuers:
            sort_of = "a document" if head in _DOCUMENTS else "a thing"
            if candidate.name in setting.issuers:
                note("issuer")
                note(f"issuer of {sort_of}")
                note(f"issuer of {sort_of}, {who}")
            else:
                note(f"another is the issuer, {who}")
                note(f"another is the issuer of {sort_of}, {who}")
        elif candidate.name in setting.inside:
            note(f"in the words, {who}")
        kinds = _TAKES_UP.get(head)
        if itself:
            number = len(question.words)
            if next(cast.fuller(question.head, question.position), None) is not None:
                note("itself, fuller met")
                note(f"itself, fuller met, {shape}, {min(number, 3)} words")
            # Few words name nobody well, unless they are a document's.
            if not setting.issuers and number < _MANY:
                note(f"itself, {number} words")
                note(f"itself, {shape}, {number} words")
            if kinds:
                note("itself, takes up")
                note(f"itself, takes up, {shape}, {min(number, 3)} words")
                note(f"itself, takes up, {setting.seen}")
            return
        if kinds and candidate.label in ("ORG", "LOC"):
            sorts = {cast.lemma(candidate.name.lower().split()[0]), *candidate.roles}
            if head in sorts:
                note(f"takes up, same sort, {shape}")
            # What no gazetteer knows is what its name says: le Collectif des piroguiers is no town hall.
            known = cast.kinds_of(candidate) or frozenset().union(
                *(_TAKES_UP[sort] for sort in sorts if sort in _TAKES_UP)
            )
            fit = "fits" if known & kinds else "unknown" if not known else "does not fit"
            note(f"takes up, {fit}")
            note(f"takes up, {fit}, {candidate.label}, {shape}")
        if candidate.name in setting.called:
            note("called so before")
            note(f"called so before, {who}")
        elif setting.called:
            note(f"another was called so before, {who}")
        if candidate.name in setting.holders:
            note("role matches")
            note(f"role matches, one of {min(3, len(setting.holders))}")
            note(f"role matches, {shape}")
            if setting.ranks.get(candidate.name, {}).get("person") == 0:
                note("role matches, met last")
            complements = {
                meaning
                for word in question.words[1:]
                if len(word) > 3 and word != head
                for meaning in cast.meanings(word)
            }
            about = candidate.roles | ({candidate.country} if candidate.country else set())
            if complements and complements & about:
                note("role and complement match")
            elif complements:
                note("complement differs")
        elif candidate.roles:
            note("another role")
        if candidate.roles and (akin := self._akin(head, candidate)):
            note("akin to its functions", akin)
            note(f"akin to its functions, {definite}", akin)
        if candidate.described and head in candidate.name.lower().split():
            note("same noun")
            if len(candidate.name) > len(question.text):
                note("same noun, fuller")
        if candidate.gender and gender and candidate.gender != gender:
            note("gender differs")
            if candidate.sure:
                note("gender surely differs")
        if candidate.plural is not None:
            note("number agrees" if candidate.plural == plural else "number differs")
        if candidate.label == "ORG" and head in candidate.name.lower().split():
            note("noun in its name")
        if setting.spoke_last == candidate.name:
            note(f"spoke last, {shape} {sort}")
            note(f"spoke last, {shape}, {setting.seen}")
        if setting.ranks.get(candidate.name, {}).get("person") == 0:
            note(f"person met last, {shape} {sort}")
        shared = self._shared_words(question, candidate)
        if shared:
            note("words near it", shared)

    def _sort(self, question: Question) -> str:
        """Name what sort of noun a source's is: that of its function, a demonym, by its ending a person, or a thing."""
        head, roles = self.lower[question.head], self.cast.knowledge.roles
        for function in (head, *sorted(self.cast.named_functions(question.head, question.words))):
            if (role := roles.get(function)) is not None:
                return role.kind
        if head in self.cast.knowledge.gazetteer.demonyms:
            return "demonym"
        if len(head) >= _LONG_NOUN and head.endswith(_PERSONAL) and head not in _NOT_PERSONAL:
            return "academic"
        return "no role"

    def _akin(self, noun: str, candidate: Member) -> float:
        """Return how near a noun's word vector is to those of the candidate's functions (cosine, 0 and above)."""
        mine = self._vector(noun)
        if mine is None:
            return 0.0
        others = (self._vector(word) for word in candidate.roles if word.islower())
        return max((float(mine @ other) for other in others if other is not None), default=0.0)

    def _vector(self, word: str) -> Any:
        """Return the word vector of a noun at unit length, None where there is none."""
        if word not in self.vectors:
            vector = self.cast.doc.vocab.get_vector(word)
            length = float((vector @ vector) ** 0.5) if len(vector) else 0.0
            self.vectors[word] = vector / length if length else None
        return self.vectors[word]

    def _shared_words(self, question: Question, candidate: Member) -> float:
        """Return the share of the source's content words that stand near the candidate's mentions before it."""
        content = {word for word in question.words if len(word) > 3 and word not in DEFINITE}
        if not content:
            return 0.0
        best = 0
        for head in candidate.heads[: bisect_left(candidate.heads, question.position)][:8]:
            near = content.intersection(
                self.lower[max(0, head - _AROUND) : min(head + _AROUND, question.position)]
            )
            best = max(best, len(near))
        return best / len(content)


def _met_or_heard(candidate: Member, last: int, heard: Mapping[str, int]) -> int:
    """Return the token at which a candidate, met at ``last``, was met or heard last."""
    return max(last, heard.get(candidate.name, last))


def _definiteness(words: Sequence[str]) -> str:
    """Name how a noun phrase begins; ``l'un des élus`` is indefinite."""
    first = words[0]
    if first in INDEFINITE or first[0].isdigit() or (first == "l'" and words[1:2] in (("un",), ("une",))):
        return "indefinite"
    if first in DEFINITE:
        return "definite"
    return "possessive" if first in POSSESSIVE else "bare"
