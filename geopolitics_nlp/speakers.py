"""Component ``gnlp_speakers``: who each source is, and how sure that is.

A named source is its entity. Pronouns, functions and quotations without a source are resolved by ranking candidates:
the article's people, organisations and places, and the described sources (``un habitant de Gao``) met on the way.
The ranking is a learned decision over readable features (agreement, distance, subjecthood, salience, who spoke last).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from spacy.language import Language

from . import layers
from .decisions import Asked, Features, Judge, learned
from .layers import Item
from .mentions import mentioned

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from .lexicons import Role


class _Note(Protocol):
    def __call__(self, name: str, value: float = 1.0) -> None: ...


_SUBJECT = ("nsubj", "nsubj:pass", "nsubj:caus")
_FEMININE = frozenset(
    {"elle", "elles", "celle-ci", "celles-ci", "certaines", "dernière", "dernières", "celle", "celles"}
)
_MASCULINE = frozenset(
    {"il", "ils", "celui-ci", "ceux-ci", "certains", "dernier", "derniers", "celui", "ceux", "eux", "lui"}
)
_PLURAL = frozenset(
    {"ils", "elles", "eux", "certains", "certaines", "derniers", "dernières", "ceux-ci", "celles-ci", "nous"}
)
_UNNAMED = frozenset(
    {"on", "certains", "certaines", "d'autres", "beaucoup", "plusieurs", "tous", "chacun", "autres", "autre"}
)
_FIRST_PERSON = frozenset({"je", "j'", "nous", "me", "m'"})
_DEFINITE = frozenset({"le", "la", "l'", "les", "ce", "cet", "cette", "ces"})
_POSSESSIVE = frozenset({"son", "sa", "ses", "leur", "leurs"})
_INDEFINITE = frozenset(
    {"un", "une", "des", "de", "d'", "plusieurs", "certains", "certaines", "quelques", "deux", "trois"}
)
_ASKED_BY = frozenset(
    {"micro", "questions", "accordé", "accordée", "entretien", "interview", "recueillis", "confie", "confié"}
)
_ASKS = frozenset("réuni réunit interrogé interroge reçu reçoit rencontré rencontre".split())
# Functions that go by two names: the words of the one, and what the other is made of, its noun first.
_SAME_FUNCTION = (
    (frozenset({"diplomatie"}), ("ministre", "affaires", "étrangères")),
    (frozenset({"chef", "état"}), ("président",)),
    (frozenset({"cheffe", "état"}), ("président",)),
    (frozenset({"chef", "gouvernement"}), ("ministre", "premier")),
    (frozenset({"cheffe", "gouvernement"}), ("ministre", "premier")),
    (frozenset({"locataire", "élysée"}), ("président",)),
    (frozenset({"souverain", "pontife"}), ("pape",)),
)
_UNPRESENTED = {"role": None, "affiliation": None}
# What a document's words are said by: who issued it.
_DOCUMENTS = frozenset(
    """
    communiqué communiqués déclaration texte rapport lettre note article tribune message tweet document étude enquête
    résolution motion billet éditorial post courrier plainte discours
    """.split()
)
_ISSUE = frozenset(
    "publié publiée diffusé diffusée signé signée rédigé rédigée émis émise par de du d' des".split()
)
# Nouns that take up an organisation or a place named before, and the kinds of the gazetteer that they fit.
_TAKES_UP = {
    noun: frozenset(kinds.split())
    for nouns, kinds in (
        ("journal quotidien hebdomadaire magazine chaîne radio agence site média titre rédaction", "media"),
        ("parti formation mouvement", "party armed_group"),
        ("syndicat centrale", "union"),
        ("groupe entreprise société compagnie firme constructeur géant", "company armed_group media"),
        ("organisation institution agence", "international regional institution ngo armed_group finance"),
        ("association ong fondation collectif", "ngo"),
        ("bloc alliance union communauté organisation", "regional alliance international"),
        ("tribunal cour juridiction parquet", "court"),
        ("pays royaume nation", "country territory"),
        ("ville capitale commune municipalité mairie", "city town capital"),
    )
    for noun in nouns.split()
}
_CANDIDATES = 14
_NEAR = 40
_DESCRIBED, _DESCRIBED_REACH = 4, 120
_FEW_CHARACTERS = 15
_REACH = 1500
# An implicit speaker less likely than nobody by this much is nobody.
_LEAST_ODDS = 0.5
_MAX_NAME = 200
_ROLE_WORDS = 9


@dataclass(slots=True)
class _Candidate:
    """Somebody who may have spoken: an entity of the article, or a description."""

    name: str
    label: str | None
    id: str | None = None
    gender: str | None = None
    plural: bool = False
    heads: list[int] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    described: bool = False
    country: str | None = None
    noun: int = -1


@dataclass(frozen=True, slots=True)
class _Source:
    """The source as the words at the quotation give it."""

    kind: str  # pronoun, nominal or implicit
    position: int
    words: tuple[str, ...] = ()
    head: int = -1
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is the same for all candidates of one quotation."""

    before: list[tuple[int, int, str]]  # the quotations before it, latest last
    around: str | None  # who speaks around it
    people: list[int]  # where people were met last before the source, in order
    newcomers: Mapping[str, bool]  # who agrees and was met since the last quotation; whether as a subject
    holders: frozenset[str]  # whose function is that of the source's words
    issuers: frozenset[str]  # who has issued a document such as the source's
    announced: range  # the words before the colon that announces the quotation, or its list
    same_words: frozenset[str]  # who says the same words elsewhere
    most: str | None  # who speaks most near it


class Speakers:
    """Resolves the source of each quotation to a speaker, and adds ``speaker`` and ``confidence`` to the layer.

    Needs the layer of ``gnlp_quotations``; uses the canonical names of ``gnlp_naming`` where they are.
    """

    def __init__(self, judge: Judge | None = None, min_confidence: float = 0.0) -> None:
        """Use ``judge``, the learned one when None; quotations less sure than ``min_confidence`` are left out."""
        from .gazetteers import gazetteer
        from .lexicons import first_names, roles

        self.gazetteer = gazetteer()
        self.roles: Mapping[str, Role] = roles()
        self.first_names = first_names()
        self.judge = judge or learned()
        self.min_confidence = min_confidence

    def __call__(self, doc: Doc) -> Doc:
        """Resolve and write: the component's step in a pipeline."""
        items = layers.read(doc, layers.QUOTATIONS)
        if items:
            self.set_annotations(doc, items, self.resolve(doc, items))
        return doc

    def set_annotations(
        self, doc: Doc, items: list[Item], speakers: list[tuple[dict[str, Any] | None, float]]
    ) -> None:
        """Write speakers and confidences beside what the layer holds; utterances are numbered by the text's order."""
        numbers: dict[int, int] = {}
        done = []
        for item, (speaker, confidence) in zip(items, speakers, strict=True):
            if confidence < self.min_confidence:
                continue
            utterance = numbers.setdefault(item.attrs["utterance"], len(numbers))
            attrs = {**item.attrs, "utterance": utterance, "speaker": speaker, "confidence": confidence}
            done.append(item._replace(attrs=attrs))
        presented = _presented(doc)
        for item, mentions in zip(done, mentioned(doc, done), strict=True):
            if (speaker := item.attrs["speaker"]) is not None:
                item.attrs["speaker"] = speaker | presented.get(speaker["name"], _UNPRESENTED)
            item.attrs["mentions"] = mentions
        layers.write(doc, layers.QUOTATIONS, done)

    def resolve(self, doc: Doc, items: list[Item]) -> list[tuple[dict[str, Any] | None, float]]:
        """Return the speaker and the confidence of each quotation, in the order of ``items``."""
        return _Resolution(self, doc, items).run()


@Language.factory(
    "gnlp_speakers",
    assigns=["doc.spans"],
    requires=["doc.spans", "doc.ents"],
    default_config={"min_confidence": 0.0},
)
def make_speakers(nlp: Language, name: str, min_confidence: float) -> Speakers:
    """Create the component for `nlp.add_pipe("gnlp_speakers")`.

    ``min_confidence`` is the probability below which a quotation is left out.
    """
    return Speakers(min_confidence=min_confidence)


class _Resolution:
    """The resolution of one article, quotation by quotation in reading order."""

    def __init__(self, component: Speakers, doc: Doc, items: list[Item]) -> None:
        self.component = component
        self.judge = component.judge
        self.doc = doc
        self.text = doc.text  # built anew from the tokens at each access
        self.ents = doc.ents  # likewise
        self.items = items
        self.starts = [token.idx for token in doc]
        self.lower = [token.lower_.replace("’", "'") for token in doc]
        self.sentence: list[int] = []
        number = -1
        for token in doc:
            number += bool(token.is_sent_start) or number < 0
            self.sentence.append(number)
        self.blocks = [(item.start, item.end, item.label) for item in layers.read(doc, layers.BLOCKS)]
        self.block_starts = [start for start, _, _ in self.blocks]
        self.marked = [(item.start, item.end) for item in items if item.label in ("direct", "mixed")]
        self.entity_at: dict[int, int] = {}
        self.candidates: dict[str, _Candidate] = {}
        self.name_of: list[str] = []
        self._read_entities()
        self.met = sorted((head, each.name) for each in self.candidates.values() for head in each.heads)
        self.ordered = sorted(self.candidates.values(), key=lambda candidate: candidate.heads[0])
        self.described: dict[str, _Candidate] = {}
        self.spoken: list[tuple[int, int, str]] = []  # content start, end, name
        self.upcoming: list[tuple[int, int, str]] = []
        self.turns: list[tuple[int, int, str]] = []
        self.labelled: dict[bool, dict[str, Any] | None] = {}  # whom labels name: who asks, who answers

    # What the article offers

    def _read_entities(self) -> None:
        named = {(item.start, item.end): item.attrs for item in layers.read(self.doc, layers.ENTITIES)}
        for number, ent in enumerate(self.ents):
            attrs = named.get((ent.start_char, ent.end_char), {})
            name = str(attrs.get("name") or ent.text)
            self.name_of.append(name)
            for i in range(ent.start, ent.end):
                self.entity_at[i] = number
            candidate = self.candidates.get(name)
            if candidate is None:
                candidate = _Candidate(name, ent.label_, ent.kb_id_ or None)
                self.candidates[name] = candidate
            candidate.heads.append(ent.root.i)
            candidate.gender = (
                candidate.gender or attrs.get("gender") or self._gender_before(ent.start, ent.label_)
            )
            candidate.country = candidate.country or attrs.get("country")
            if ent.label_ == "PER":
                candidate.roles.update(self._role_words(ent.start, ent.end))
                if len(candidate.heads) == 1 and attrs.get("kb_name"):
                    candidate.roles.update(self._known_role(str(attrs["kb_name"]), ent.kb_id_))
            if ent.label_ != "PER" and ent.start > 0 and self.lower[ent.start - 1] in {"les", "des", "aux"}:
                candidate.plural = True
        for candidate in self.candidates.values():
            if candidate.label == "PER" and candidate.gender is None:
                gender = self.component.first_names.get(candidate.name.split()[0].lower())
                candidate.gender = gender if gender in ("m", "f") else None

    def _gender_before(self, start: int, label: str) -> str | None:
        if start == 0:
            return None
        word = self.lower[start - 1]
        if label == "PER":
            return {"m.": "m", "mme": "f", "mlle": "f"}.get(word)
        return {"la": "f", "le": "m", "du": "m", "au": "m"}.get(word)

    def _role_words(self, start: int, end: int) -> Iterator[str]:
        """Yield the words of the function that the article gives a person, before the name or apposed after it."""
        before = start - 1
        if before >= 0 and self.lower[before] == ",":
            before -= 1
        first = before
        while first >= 0 and before - first < _ROLE_WORDS and not self._ends_role(first):
            first -= 1
        yield from self._role(first + 1, before + 1, len(self.lower))
        after = end
        if after < len(self.lower) and self.lower[after] in {",", "(", "-", "–"}:
            last = after + 1
            while last < len(self.lower) and last - after <= _ROLE_WORDS and not self._ends_role(last):
                last += 1
            yield from self._role(after + 1, last, after + 4)

    def _ends_role(self, i: int) -> bool:
        return (
            self.doc[i].pos_ in ("VERB", "AUX", "PUNCT", "SCONJ", "SPACE")
            and self.lower[i] not in self.component.roles
        )

    def _role(self, start: int, end: int, within: int) -> Iterator[str]:
        """Yield the content words of a range if a role noun stands in it, before ``within``."""
        if any(self.lower[i] in self.component.roles for i in range(start, min(end, within))):
            yield from self._functions(self.lower[start:end])

    def _functions(self, words: Iterable[str]) -> Iterator[str]:
        """Yield what the words of a function mean, and what is said for it: the head of diplomacy is a minister."""
        words = {part for word in words for part in word.replace("'", " ").split() if len(part) > 2}
        for word in words:
            yield from self._meanings(word)
        for sign, means in _SAME_FUNCTION:
            if sign <= words:
                yield from means

    def _known_role(self, name: str, qid: str) -> Iterator[str]:
        """Yield the words of the functions that the gazetteer gives a person."""
        for entry in self.component.gazetteer.lookup(name):
            if entry.label == "PER" and entry.role and (not qid or entry.id == qid):
                yield from self._functions(entry.role.lower().replace("’", "'").split())

    def _meanings(self, word: str) -> Iterator[str]:
        """Yield what matches a word of a function: its lemma, and the country that a demonym stands for."""
        yield self._lemma(word)
        country = self.component.gazetteer.demonyms.get(word)
        if country is not None and country.country:
            yield country.country

    def _lemma(self, word: str) -> str:
        role = self.component.roles.get(word)
        return role.lemma if role is not None else word

    # The run

    def run(self) -> list[tuple[dict[str, Any] | None, float]]:
        """Resolve what has a source first: quotations without one are told by their neighbours."""
        resolved: dict[int, tuple[dict[str, Any] | None, float]] = {}
        by_source: dict[tuple[int, int], tuple[dict[str, Any] | None, float]] = {}
        sourced = [k for k, item in enumerate(self.items) if item.attrs.get("source") or item.label == "turn"]
        for k in sourced:
            item = self.items[k]
            source = item.attrs.get("source")
            key = (source[0], source[1]) if source else None
            if key is None or key not in by_source:
                resolved[k] = self._speaker(item, source)
                if key is not None:
                    by_source[key] = resolved[k]
            else:
                resolved[k] = by_source[key]
            if (speaker := resolved[k][0]) is not None:
                self.spoken.append((item.start, item.end, speaker["name"]))
                if item.label == "turn":
                    self.turns.append(self.spoken[-1])
        everything = self.spoken
        for k, item in enumerate(self.items):
            if k in resolved:
                continue
            here = bisect_left(everything, (item.start,))
            self.spoken, self.upcoming = (
                everything[max(0, here - _NEAR) : here],
                everything[here : here + _NEAR],
            )
            resolved[k] = self._speaker(item, None)
            if (speaker := resolved[k][0]) is not None:
                insort(everything, (item.start, item.end, speaker["name"]))
        return [(resolved[k][0], self._confidence(item, *resolved[k])) for k, item in enumerate(self.items)]

    def _speaker(self, item: Item, source: list[int] | None) -> tuple[dict[str, Any] | None, float]:
        if item.label == "turn":
            return self._turn_speaker(item, source)
        if source is None:
            if self.turns and self._block_label(item.start) == "headline":
                guest = self._labelled(asks=False) or self._guest()
                if guest is not None:  # an interview's headlines quote who answers
                    return guest, 0.9
            return self._ranked(item, _Source("implicit", self._token(item.start)))
        first = max(0, bisect_right(self.starts, source[0]) - 1)
        span = self.doc[first : max(first + 1, bisect_left(self.starts, source[1]))]
        for i in range(span.end - 1, span.start - 1, -1):
            if i in self.entity_at and item.attrs.get("source_kind") == "named":
                return self._entity_speaker(self.name_of[self.entity_at[i]]), 0.97
        words = tuple(self.lower[span.start : span.end])
        pronoun = item.attrs.get("source_kind") == "pronoun"
        if pronoun and "-" in words:  # celle-ci, three words for the tokenizer
            words = ("".join(words),)
        if pronoun and words[-1].lstrip("-") in _UNNAMED:
            if words[-1].lstrip("-") == "on":
                return None, 0.6
            return {"name": span.text, "label": None, "id": None}, 0.8
        kind = "pronoun" if pronoun else "nominal"
        head = span.root.i
        return self._ranked(item, _Source(kind, span.start, words, head, self.text[source[0] : source[1]]))

    def _entity_speaker(self, name: str) -> dict[str, Any]:
        candidate = self.candidates[name]
        return {"name": candidate.name, "label": candidate.label, "id": candidate.id}

    def _confidence(self, item: Item, speaker: dict[str, Any] | None, sure: float) -> float:
        found = float(item.attrs.get("found", 0.5))
        kind = item.attrs.get("source_kind") or ("turn" if item.label == "turn" else "implicit")
        features: Features = {
            item.label: 1.0,
            f"source {kind}": 1.0,
            "found": _logit(found),
            "speaker": _logit(sure),
            f"{kind} speaker": _logit(sure),
            "nobody": float(speaker is None),
            "described": float(speaker is not None and speaker["label"] is None),
            f"rule {item.attrs.get('rule')}": 1.0,
        }
        name = speaker["name"] if speaker else ""
        return round(self.judge("right", features, Asked((item.start, item.end), name)), 4)

    # Ranking

    def _ranked(self, item: Item, source: _Source) -> tuple[dict[str, Any] | None, float]:
        candidates = list(self._candidates(item, source))
        agreeing = self._agreeing(candidates, source)
        ranks = self._ranks(agreeing, source)
        setting = self._setting(item, source, candidates, agreeing)
        best: tuple[float, _Candidate | None] = (0.0, None)
        total = 1.0  # the odds of nobody against nobody
        for candidate in candidates:
            features = self._features(item, source, candidate, setting)
            for name in ranks.get(candidate.name, ()):
                features[name] = features[f"{source.kind}: {name}"] = 1.0
            odds = _odds(self.judge("speaker", features, Asked((item.start, item.end), candidate.name)))
            total += odds
            if odds > best[0]:
                best = (odds, candidate)
        odds, chosen = best
        probability = odds / total
        if chosen is None or (source.kind == "implicit" and odds < _LEAST_ODDS):
            if source.kind == "nominal":
                return {"name": source.text[:_MAX_NAME], "label": None, "id": None}, 0.5
            return None, 1.0 / total if source.kind == "implicit" else 0.2
        if chosen.described:
            self.described.setdefault(chosen.name, chosen)
            chosen.heads.append(source.position)
        return {"name": chosen.name, "label": chosen.label, "id": chosen.id}, probability

    def _setting(
        self,
        item: Item,
        source: _Source,
        candidates: list[_Candidate],
        agreeing: list[tuple[int, _Candidate]],
    ) -> _Setting:
        near = [*self.spoken[-_NEAR:], *self.upcoming[:_NEAR]]
        around = [
            name
            for start, end, name in [*self.turns[-_NEAR:], *near]
            if start <= item.start and item.end <= end
        ]
        shares = Counter(name for _, _, name in near)
        people = [
            last
            for candidate in candidates
            if (candidate.label == "PER" or candidate.described)
            and (last := self._last_before(candidate, source.position)) is not None
        ]
        before = [entry for entry in self.spoken[-6:] if not entry[0] <= item.start < entry[1]]
        since = self._token(before[-1][1]) if before else 0
        return _Setting(
            before=before,
            around=around[-1] if around else None,
            people=sorted(people),
            newcomers={
                candidate.name: self.doc[last].dep_ in (*_SUBJECT, "ROOT", "obl:agent")
                for last, candidate in agreeing
                if last >= since and (candidate.label == "PER" or candidate.described)
            },
            holders=frozenset(self._holders(source, candidates)),
            issuers=frozenset(self._issuers(source)),
            announced=self._announcement(item) if source.kind == "implicit" else range(0),
            same_words=frozenset(self._sayers(item)) if source.kind == "implicit" else frozenset(),
            most=shares.most_common(1)[0][0] if shares else None,
        )

    def _sayers(self, item: Item) -> Iterator[str]:
        """Yield who says the words of a quotation once more: a headline's or a pull quote's speaker."""
        words = self.text[item.start : item.end].casefold()
        if len(words) <= _FEW_CHARACTERS:
            return
        for start, end, name in [*self.spoken[-_NEAR:], *self.upcoming[:_NEAR]]:
            if (start, end) != (item.start, item.end) and words in self.text[start:end].casefold():
                yield name

    def _announcement(self, item: Item) -> range:
        """Return the words that announce a quotation with a colon, on its line or above the list that it is in."""
        i = self._token(item.start) - 1
        while (
            i >= 0 and (not self.lower[i].strip() or not self.lower[i][0].isalnum()) and self.lower[i] != ":"
        ):
            i -= 1
        block = self._block(item.start)
        if i >= 0 and self.lower[i] != ":" and self._block(self.starts[i]) < block:
            # The items of the list above it, each a quotation of its own.
            quoted = {self._block(other.start) for other in self.items if other.label != "turn"}
            above = block - 1
            while above >= 0 and above in quoted and self._begins_with_mark(above):
                above -= 1
            if above < 0:
                return range(0)
            i = self._token(self.blocks[above][1]) - 1
            while i >= 0 and not self.lower[i].strip():
                i -= 1
        if i < 0 or self.lower[i] != ":":
            return range(0)
        first = i
        while first > 0 and i - first < _DESCRIBED_REACH and self.sentence[first - 1] >= self.sentence[i] - 1:
            if self._block(self.starts[first - 1]) != self._block(self.starts[i]):
                break
            first -= 1
        return range(first, i)

    def _begins_with_mark(self, block: int) -> bool:
        return not self.text[self.blocks[block][0] : self.blocks[block][1]].lstrip()[:1].isalnum()

    def _holders(self, source: _Source, candidates: list[_Candidate]) -> Iterator[str]:
        """Yield who is known to have the function that the source's words name."""
        if source.kind == "nominal":
            functions = self._named_functions(source)
            yield from (candidate.name for candidate in candidates if functions & candidate.roles)

    def _named_functions(self, source: _Source) -> set[str]:
        functions = {self._lemma(self.lower[source.head])}
        words = {part for word in source.words for part in word.split("'")}
        return functions | {means[0] for sign, means in _SAME_FUNCTION if sign <= words}

    def _issuers(self, source: _Source) -> Iterator[str]:
        """Yield who is named as the author where a document such as the source was mentioned before, or in it."""
        if source.kind != "nominal" or self.lower[source.head] not in _DOCUMENTS:
            return
        for i in range(max(0, source.position - _REACH), min(len(self.lower), source.head + 1)):
            if self.lower[i] not in _DOCUMENTS:
                continue
            linked = False
            for j in range(i + 1, min(len(self.lower), i + 10)):
                linked = linked or self.lower[j] in _ISSUE
                if j in self.entity_at:
                    if linked:
                        yield self.name_of[self.entity_at[j]]
                    break
                if self.doc[j].pos_ in ("PUNCT", "SCONJ"):
                    break

    def _agreeing(self, candidates: list[_Candidate], source: _Source) -> list[tuple[int, _Candidate]]:
        """Return those met before whose gender and number fit the source's words, and where, the last met first."""
        gender, plural = self._agreement(source)
        agreeing = []
        for candidate in candidates:
            last = self._last_before(candidate, source.position)
            if last is None or (candidate.described and candidate.name == source.text[:_MAX_NAME]):
                continue
            if gender and candidate.gender and candidate.gender != gender:
                continue
            if candidate.label == "PER" and plural:
                continue
            if candidate.described and plural is not None and candidate.plural != plural:
                continue
            agreeing.append((last, candidate))
        return sorted(agreeing, key=lambda pair: -pair[0])

    def _ranks(self, agreeing: list[tuple[int, _Candidate]], source: _Source) -> dict[str, list[str]]:
        """Tell the candidates apart: who of those that agree was met last, was the last subject, is met most."""
        ranks: dict[str, list[str]] = {}
        people = [pair for pair in agreeing if pair[1].label == "PER" or pair[1].described]
        subjects = [pair for pair in people if self.doc[pair[0]].dep_ in (*_SUBJECT, "ROOT")]
        for what, group in (("person", people), ("subject", subjects), ("thing", agreeing)):
            for rank, (_, candidate) in enumerate(group[:3]):
                ranks.setdefault(candidate.name, []).append(f"{what} met last, {rank}")
            if len(group) == 1:
                ranks.setdefault(group[0][1].name, []).append(f"only {what}")
        most = sorted(people, key=lambda pair: -bisect_left(pair[1].heads, source.position))
        if most:
            ranks.setdefault(most[0][1].name, []).append("person met most")
        for _, _, name in reversed(self.spoken[-4:]):
            if any(candidate.name == name for _, candidate in agreeing):
                ranks.setdefault(name, []).append("agreeing, spoke last")
                break
        return ranks

    def _agreement(self, source: _Source) -> tuple[str | None, bool | None]:
        """Return the gender and number that the source's words ask for."""
        if source.kind == "pronoun":
            word = source.words[-1].lstrip("-")
            gender = "f" if word in _FEMININE else "m" if word in _MASCULINE else None
            return gender, word in _PLURAL
        if source.kind == "nominal":
            role = self.component.roles.get(self.lower[source.head])
            plural = "Plur" in self.doc[source.head].morph.get("Number", [])
            return (role.gender if role is not None and role.gender in ("m", "f") else None), plural
        return None, None

    def _candidates(self, item: Item, source: _Source) -> Iterator[_Candidate]:
        """Yield the likely ones: recent entities, those who have spoken, described people, the words themselves."""
        near: list[tuple[int, _Candidate]] = []
        first = bisect_left(self.met, (source.position - _REACH,))
        beyond = bisect_left(self.met, (source.position + _REACH,))
        for name in dict.fromkeys(name for _, name in self.met[first:beyond]):
            candidate = self.candidates[name]
            last = self._last_before(candidate, source.position)
            if last is not None and source.position - last <= _REACH:
                near.append((source.position - last, candidate))
            elif last is None and source.kind != "pronoun":
                near.append((abs(candidate.heads[0] - source.position) + 60, candidate))
        near.sort(key=lambda pair: pair[0])
        chosen = {candidate.name: candidate for _, candidate in near[:_CANDIDATES]}
        for _, _, name in [*self.spoken[-4:], *self.upcoming[:1]]:
            if name in self.candidates:
                chosen.setdefault(name, self.candidates[name])
        if source.kind == "implicit":
            for name in self._sayers(item):
                if name in self.candidates:
                    chosen.setdefault(name, self.candidates[name])
        people = [pair for pair in near if pair[1].label == "PER"][:8]
        for _, candidate in people:
            chosen.setdefault(candidate.name, candidate)
        yield from chosen.values()
        recent = [
            candidate
            for candidate in self.described.values()
            if self._last_before(candidate, source.position) is not None
        ][-5:]
        yield from (
            candidate
            for candidate in recent
            if candidate.name not in chosen and candidate.name != source.text
        )
        if source.kind == "nominal":
            name = source.text[:_MAX_NAME]
            gender, plural = self._agreement(source)
            yield self.described.get(name) or _Candidate(
                name,
                None,
                gender=gender,
                plural=bool(plural),
                heads=[source.position],
                described=True,
                noun=source.head,
            )
        else:
            for description in self._described_before(source.position):
                if description.name not in chosen and description.name not in self.described:
                    yield description

    def _described_before(self, position: int) -> Iterator[_Candidate]:
        """Yield the unnamed people of the last sentences: ``Des habitants … Ils …``, ``interrompu par un ami … il``."""
        found = 0
        for i in range(position - 1, max(-1, position - _DESCRIBED_REACH), -1):
            token = self.doc[i]
            if token.pos_ != "NOUN" or i in self.entity_at:
                continue
            role = self.component.roles.get(self.lower[i])
            if role is None or self._inside_marks(self.starts[i]):
                continue
            if token.dep_ in (*_SUBJECT, "ROOT", "obl:agent") or self._introduced(i):
                plural = (
                    role.number == "p"
                    if role.number in ("s", "p")
                    else "Plur" in token.morph.get("Number", [])
                )
                gender = role.gender if role.gender in ("m", "f") else None
                name = self._phrase(token)
                yield _Candidate(name, None, None, gender, plural, [i], set(), described=True, noun=i)
                found += 1
                if found >= _DESCRIBED:
                    return

    def _introduced(self, i: int) -> bool:
        """Tell whether a noun's phrase begins with an indefinite article: somebody new."""
        return any(self.lower[j] in {"un", "une"} for j in range(max(0, i - 2), i))

    def _phrase(self, token: Token) -> str:
        start = end = token.i
        while start > 0 and self.doc[start - 1].pos_ in ("DET", "ADJ", "NUM") and start > token.i - 5:
            start -= 1
        while end + 1 < len(self.doc) and end < token.i + 8:
            following = self.doc[end + 1]
            links = following.pos_ == "ADP" and self.lower[end + 1] in {"de", "du", "des", "d'"}
            linked = self.doc[end].pos_ in ("ADP", "DET") and following.pos_ in ("NOUN", "DET", "PROPN")
            if not (following.pos_ in ("ADJ", "PROPN") or links or (end > token.i and linked)):
                break
            end += 1
        return self.doc[start : end + 1].text[:_MAX_NAME]

    def _features(self, item: Item, source: _Source, candidate: _Candidate, setting: _Setting) -> Features:
        kind = source.kind
        features: Features = {}

        def note(name: str, value: float = 1.0) -> None:
            features[name] = features[f"{kind}: {name}"] = value

        note("any")
        note(f"is {candidate.label or 'described'}")
        last = self._last_before(candidate, source.position)
        itself = candidate.described and kind == "nominal" and candidate.name == source.text[:_MAX_NAME]
        if last is None:
            note("not met yet")
        elif not itself:
            distance = source.position - last
            note("distance", math.log1p(distance) / 3)
            sentences = self.sentence[min(source.position, len(self.sentence) - 1)] - self.sentence[last]
            note(f"sentences {min(sentences, 4)}")
            if sentences <= 2 and self.doc[last].dep_ in _SUBJECT:
                note(f"subject {sentences} before")
            if sentences <= 3 and self.doc[last].dep_ in (*_SUBJECT, "ROOT"):
                note("was subject")
            if self._block(self.starts[last]) == self._block(item.start):
                note("same block")
            if self._inside_marks(self.starts[last]):
                note("met in a quotation")
            nearer = len(setting.people) - bisect_right(setting.people, last)
            note("nearer people", min(4.0, float(nearer)))
            if self.doc[last].dep_ == "obl:agent":
                note("was agent")
            if last == 0 or self.sentence[last] != self.sentence[max(0, last - 4)]:
                note("opened its sentence")
        if candidate.described and candidate.noun >= 0:
            role = self.component.roles.get(self.lower[candidate.noun])
            note(f"described as {role.kind if role else 'no role'}")
        mentions = bisect_left(candidate.heads, source.position)
        note("mentions", math.log1p(mentions))
        note("all mentions", math.log1p(len(candidate.heads)))
        self._note_turn_taking(note, item, candidate, setting)
        if kind == "implicit":
            self._note_surroundings(note, item, candidate, setting)
        if kind == "pronoun":
            self._note_agreement(note, source, candidate)
        if kind == "nominal":
            self._note_function(note, source, candidate, itself, setting)
        return features

    def _note_turn_taking(self, note: _Note, item: Item, candidate: _Candidate, setting: _Setting) -> None:
        if setting.around == candidate.name:
            note("speaks around")
        if not setting.before:
            note("first quotation")
            return
        start, end, name = setting.before[-1]
        gap = self._token(item.start) - self._token(end)
        if name == candidate.name:
            note("spoke last")
            note("spoke last, gap", math.log1p(max(0, gap)) / 3)
            if self._block(start) == self._block(item.start):
                note("spoke last, same block")
            if gap <= 3:
                note("spoke last, adjoining")
            others = [subject for other, subject in setting.newcomers.items() if other != name]
            note(f"spoke last, {min(2, len(others))} newcomers")
            note(f"spoke last, {min(2, sum(others))} subjects since")
        elif any(entry[2] == candidate.name for entry in setting.before):
            note("spoke lately")
        else:
            note("did not speak lately")
        if candidate.name in setting.newcomers:
            subject = setting.newcomers[candidate.name]
            note("newcomer")
            if subject:
                note("newcomer, subject")
                if sum(setting.newcomers.values()) == 1:
                    note("newcomer, only subject")

    def _note_surroundings(self, note: _Note, item: Item, candidate: _Candidate, setting: _Setting) -> None:
        """What tells an implicit speaker: who speaks next, who says the same elsewhere, who is in the sentence."""
        if self.upcoming:
            start, _, name = self.upcoming[0]
            if name == candidate.name:
                note("speaks next")
                note("speaks next, gap", math.log1p(max(0, self._token(start) - self._token(item.end))) / 3)
                if self._block(start) == self._block(item.start):
                    note("speaks next, same block")
        if candidate.name in setting.same_words:
            note("says the same elsewhere")
        sentence = self.sentence[self._token(item.start)]
        if any(self.sentence[head] == sentence for head in candidate.heads):
            note("in the sentence")
        note(f"in {self._block_label(item.start)}, {candidate.label or 'described'}")
        if setting.most == candidate.name:
            note("speaks most")
        if any(head in setting.announced for head in candidate.heads) or any(
            self._lemma(self.lower[i]) in candidate.roles for i in setting.announced
        ):
            note("announced, place" if candidate.label == "LOC" else "announced")
        elif setting.announced:
            note("somebody else announced")

    def _note_agreement(self, note: _Note, source: _Source, candidate: _Candidate) -> None:
        word = source.words[-1].lstrip("-")
        gender = "f" if word in _FEMININE else "m" if word in _MASCULINE else None
        plural = word in _PLURAL
        note("plural" if plural else "singular")
        if candidate.label is not None or not candidate.described:
            note(f"{'plural' if plural else 'singular'} {candidate.label}")
        else:
            note(f"{'plural' if plural else 'singular'} described")
        if candidate.gender is None or gender is None:
            note("gender unknown")
        else:
            note("gender agrees" if candidate.gender == gender else "gender differs")
            note(f"{candidate.label} gender {'agrees' if candidate.gender == gender else 'differs'}")
        if candidate.described or candidate.label != "PER":
            note("number agrees" if candidate.plural == plural else "number differs")
        if word in _FIRST_PERSON:
            note("first person")
            note(f"first person {candidate.label}")
        if source.words[-1] in {"dernier", "dernière"}:
            note("the latter")
            last = self._last_before(candidate, source.position)
            if last is not None:
                note("the latter, distance", math.log1p(source.position - last) / 3)

    def _note_function(
        self, note: _Note, source: _Source, candidate: _Candidate, itself: bool, setting: _Setting
    ) -> None:
        determiner = source.words[0]
        head = self.lower[source.head]
        role = self.component.roles.get(head)
        definite = (
            "definite"
            if determiner in _DEFINITE
            else "possessive"
            if determiner in _POSSESSIVE
            else ("indefinite" if determiner in _INDEFINITE or determiner[0].isdigit() else "bare")
        )
        plural = "Plur" in self.doc[source.head].morph.get("Number", [])
        shape = f"{definite}{' plural' if plural else ''}"
        who = "itself" if itself else candidate.label or "described"
        note(f"{shape}, {who}")
        note(f"{role.kind if role else 'no role'}, {who}")
        if setting.holders and candidate.name not in setting.holders:
            note(f"another has the role, {who}")
        if head in _DOCUMENTS:
            note(f"document, {who}")
            if candidate.name in setting.issuers:
                note("issuer")
            elif setting.issuers:
                note(f"another is the issuer, {who}")
        elif any(self.name_of[self.entity_at[i]] == candidate.name for i in self._inside(source)):
            note(f"in the words, {who}")
        kinds = _TAKES_UP.get(head)
        if itself:
            if not setting.issuers:  # many words name a person better, but a document's words name its issuer
                number = len(source.words) if len(source.words) < 4 else "many"
                note("words", math.log1p(len(source.words)))
                note(f"itself, {number} words")
                note(f"itself, {shape}, {number} words")
            if kinds:
                note("itself, takes up")
            return
        if kinds and candidate.label in ("ORG", "LOC"):
            known = self._kinds_of(candidate)
            note(f"takes up, {'fits' if known & kinds else 'unknown' if not known else 'does not fit'}")
        if candidate.name in setting.holders:
            note("role matches")
            note(f"role matches, one of {min(3, len(setting.holders))}")
            note(f"role matches, {shape}")
            complements = {
                meaning
                for word in source.words[1:]
                if len(word) > 3 and word != head
                for meaning in self._meanings(word)
            }
            about = candidate.roles | ({candidate.country} if candidate.country else set())
            if complements and complements & about:
                note("role and complement match")
            elif complements:
                note("complement differs")
        elif candidate.roles:
            note("another role")
        if candidate.described and head in candidate.name.lower().split():
            note("same noun")
        if candidate.label == "PER" and role is not None and role.gender in ("m", "f") and candidate.gender:
            note("gender agrees" if role.gender == candidate.gender else "gender differs")
        if candidate.label == "ORG" and head in candidate.name.lower().split():
            note("noun in its name")

    def _inside(self, source: _Source) -> Iterator[int]:
        """Yield the tokens of the source's words that are in an entity."""
        return (i for i in range(source.position, source.position + len(source.words)) if i in self.entity_at)

    def _kinds_of(self, candidate: _Candidate) -> frozenset[str]:
        """Return the kinds that the gazetteer gives an organisation or place of this name."""
        found = self.component.gazetteer.lookup(candidate.name)
        return frozenset(entry.kind for entry in found if entry.label == candidate.label)

    # Turns

    def _turn_speaker(self, item: Item, label: list[int] | None) -> tuple[dict[str, Any] | None, float]:
        if label is not None:
            first = self._token(label[0])
            if first in self.entity_at:
                ent = self.ents[self.entity_at[first]]
                # The label is the entity, or the entity with a function after it.
                if ent.end_char == label[1] or self.text[ent.end_char : label[1]].lstrip()[:1] in {
                    ",",
                    "(",
                    "-",
                    "–",
                }:
                    name = self.name_of[self.entity_at[first]]
                    # Initials that naming left alone may still be those of somebody here.
                    stands_for = (
                        self._by_name(name) if name.isupper() and not item.attrs.get("medium") else None
                    )
                    return self._entity_speaker(stands_for or name), 0.99
            text = self.text[label[0] : label[1]]
            named = self._by_name(text)
            if named is not None:
                return self._entity_speaker(named), 0.9
            if text.strip().lower() not in _QUESTION_LABELS:
                return _unlisted(text, item.attrs.get("medium")), 0.7
        asks = bool(item.attrs.get("medium")) or item.attrs.get("turn") == "question"
        speaker = self._labelled(asks) or (self._medium() if asks else self._guest())
        return speaker, 0.8 if speaker is not None else 0.5

    def _labelled(self, asks: bool) -> dict[str, Any] | None:
        """Return the only one whom labels name elsewhere for who asks, or for who answers."""
        if asks not in self.labelled:
            turns = [item for item in self.items if item.label == "turn" and item.attrs.get("source")]
            alike = [turn for turn in turns if (turn.attrs.get("turn") == "question") == asks]
            named = {self.text[slice(*turn.attrs["source"])].strip(): turn for turn in alike}
            speakers = [
                self._turn_speaker(turn, turn.attrs["source"])[0]
                for label, turn in named.items()
                if label.lower() not in _QUESTION_LABELS
            ]
            different = {speaker["name"]: speaker for speaker in speakers if speaker is not None}
            self.labelled[asks] = next(iter(different.values())) if len(different) == 1 else None
        return self.labelled[asks]

    def _by_name(self, label: str) -> str | None:
        """Return the person whom a label names by surname, first name or initials."""
        folded = label.strip(" .").lower()
        letters = "".join(character for character in folded if character.isalpha())
        for candidate in self.ordered:
            words = candidate.name.lower().replace("-", " ").split()
            if folded in words or folded == candidate.name.lower():
                return candidate.name
            if len(words) > 1 and len(letters) <= 4 and letters == "".join(word[0] for word in words):
                return candidate.name
        return None

    def _medium(self) -> dict[str, Any] | None:
        """Return the medium that asks: the one named where the interview is announced, else in its byline."""
        if announced := layers.about(self.doc, layers.TURNS).get("medium"):
            number = self.entity_at.get(self._token(announced[0]))
            if number is not None and self.ents[number].label_ == "ORG":
                return self._entity_speaker(self.name_of[number])
            name = self.text[slice(*announced)]
            if name.split()[0].lower() not in self.component.first_names:
                return _unlisted(name, medium=True)
        best: tuple[float, str | None] = (0.0, None)
        for candidate in self.ordered:
            if candidate.label != "ORG":
                continue
            for head in candidate.heads:
                before = set(self.lower[max(0, head - 9) : head])
                after = set(self.lower[head : head + 5])
                block = self._block_label(self.starts[head])
                score = 3.0 * bool(before & _ASKED_BY) + 3.0 * bool(after & _ASKS)
                score += 1.5 * (block in {"byline", "credit", "navigation"})
                if score > best[0]:
                    best = (score, candidate.name)
        return self._entity_speaker(best[1]) if best[1] is not None else None

    def _guest(self) -> dict[str, Any] | None:
        """Return who answers an interview without labels: the person whom its introduction presents."""
        turns = [item.start for item in self.items if item.label == "turn"]
        start = min(turns, default=0)
        announced = layers.about(self.doc, layers.TURNS).get("medium")
        medium = self.entity_at.get(self._token(announced[0])) if announced else None
        best: tuple[float, str | None] = (0.0, None)
        for candidate in self.ordered:
            if candidate.label != "PER" or (medium is not None and candidate.name == self.name_of[medium]):
                continue
            before = [head for head in candidate.heads if self.starts[head] < start]
            presented = [
                head
                for head in before
                if self._block_label(self.starts[head]) not in {"byline", "credit", "caption"}
            ]
            if presented:
                subject = any(self.doc[head].dep_ in _SUBJECT for head in presented)
                score = 1.0 + len(presented) + 2.0 * subject + 0.5 * bool(candidate.roles)
                if score > best[0]:
                    best = (score, candidate.name)
        return self._entity_speaker(best[1]) if best[1] is not None else None

    # Where things are

    def _token(self, offset: int) -> int:
        return min(max(0, bisect_left(self.starts, offset)), max(0, len(self.starts) - 1))

    def _last_before(self, candidate: _Candidate, position: int) -> int | None:
        k = bisect_left(candidate.heads, position)
        return candidate.heads[k - 1] if k else None

    def _block(self, offset: int) -> int:
        return bisect_left(self.block_starts, offset + 1) - 1

    def _block_label(self, offset: int) -> str:
        block = self._block(offset)
        return self.blocks[block][2] if 0 <= block < len(self.blocks) else "paragraph"

    def _inside_marks(self, offset: int) -> bool:
        k = bisect_right(self.marked, (offset, math.inf))
        return any(start <= offset < end for start, end in self.marked[max(0, k - 8) : k])


def _unlisted(name: str, medium: bool | None) -> dict[str, Any]:
    """Return who is named at a turn and is no entity of the article."""
    return {"name": " ".join(name.split())[:_MAX_NAME], "label": "ORG" if medium else None, "id": None}


def _presented(doc: Doc) -> dict[str, dict[str, str | None]]:
    """Return the role and the affiliation that the article gives its persons, by their names."""
    items = layers.read(doc, layers.ENTITIES)
    return {
        item.attrs["name"]: {key: item.attrs.get(key) for key in _UNPRESENTED}
        for item in items
        if item.label == "PER"
    }


_QUESTION_LABELS = frozenset({"q", "r", "question", "réponse", "questions", "réponses"})


def _odds(probability: float) -> float:
    bounded = min(1 - 1e-9, max(1e-9, probability))
    return bounded / (1 - bounded)


def _logit(probability: float) -> float:
    bounded = min(0.999, max(0.001, probability))
    return math.log(bounded / (1 - bounded)) / 3
