"""Component ``gnlp_entities``: the recogniser's persons, places and organisations, weighed against other evidence.

Whatever may be a name is a candidate: what the recogniser marks (cut where a name cannot go on, and grown where it
goes on), what the gazetteer knows, what titles, acronyms, institutions' head nouns and credit lines announce, and
what the article says again. Each candidate has features (who proposes it, how it is written, what stands around it,
what the article calls so elsewhere); three logistic regressions, one a label, learned from annotated articles
(``models/train_entities.py``), give it the probability to be exactly a person, a place or an organisation. The
likeliest candidates that do not overlap become ``doc.ents``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from . import gazetteers, layers, lexicons, tokens
from .decisions import Features, Weights, logistic, read_weights
from .surfaces import (
    CONNECTORS,
    INSTITUTIONS,
    PARTICLES,
    SITES,
    Forms,
    Words,
    expansions,
    fold,
    is_acronym,
    words_of,
)

if TYPE_CHECKING:
    from .gazetteers import Gazetteer

LABELS = ("PER", "LOC", "ORG")
WEIGHTS = "entities.tsv"

# A candidate is worth its probability less this; what is worth nothing is left out.
THRESHOLD = 0.45
# How much of a candidate's probability is that of its form in the article as a whole.
AGREEMENT = 0.3

# Titles that are never part of the name, by lemma.
_CIVIL = frozenset(
    """monsieur messieurs madame mesdames mademoiselle maître maîtres docteur docteure professeur professeure
    monseigneur sir lord lady fra""".split()
)
# What may stand before a name without being part of it, and so comes off the head of a recognised span.
_GRAMMAR = frozenset(
    """l' le la les un une des du d' de au aux à en et ce cet cette ces son sa ses leur leurs notre nos votre vos mon ma
    mes selon pour par sur dans avec sous vers chez depuis contre entre sans que qu' qui dont où mais ou donc or ni car
    si s' c' n' j' m' t' il elle ils elles on nous vous je tu lire voir aussi comme après avant même quand lorsque puis
    ainsi alors toutefois cependant pourtant enfin est lui y ne pas plus très tout tous toute toutes via feu dès lors
    quant malgré jusqu' lorsqu' puisqu' quoi durant pendant lundi mardi mercredi jeudi vendredi samedi
    dimanche""".split()
)
# Lower-case institutions are described, not named.
_DESCRIBED = frozenset(
    """armée armées gouvernement ministère ministères ministre ministres forces force police gendarmerie justice
    parlement assemblée état-major présidence ambassade consulat mairie préfecture tribunal cour parquet gare aéroport
    région ville province cercle district commune village quartier frontière désert junte régime opposition
    gouvernorat chef chefs pays état états autorités services commissariat sénat diocèse rue avenue place boulevard
    autoroute route président présidente roi""".split()
)
_PORTFOLIOS = frozenset("ministre ministres ministère ministères vice-ministre vice-ministres".split())
_PLACE_NOUNS = frozenset(
    """ville villes région régions province provinces capitale île îles village villages frontière frontières nord sud
    est ouest camp fleuve lac rivière département cercle district commune quartier localité pays royaume mont port
    centre banlieue préfecture péninsule golfe détroit mer baie route axe aéroport rue avenue place boulevard""".split()
)
_GROUP_NOUNS = frozenset(
    """groupe groupes parti organisation agence société entreprise ong mouvement milice chaîne journal quotidien
    hebdomadaire magazine site radio télévision compagnie association fondation fédération syndicat banque club
    constructeur géant opérateur réseau coalition rébellion""".split()
)
_THING_NOUNS = frozenset(
    """loi lois opération opérations missile missiles tempête cyclone ouragan typhon satellite sonde convention
    conventions traité accord accords protocole prix plan char chars avion avions drone drones navire fusée télescope
    roman film album coupe championnat championnats jeux tour festival guerre bataille charte déclaration pacte
    opération variant virus hélicoptère projet programme dossier affaire procès fusil bombe""".split()
)
_LITERAL = frozenset(
    """à en au aux de d' du des le la l' les par selon dans avec et vers depuis sur pour entre chez un une , ( : « " /
    -""".split()
)
_PLURALS = frozenset("les des aux ces nos leurs deux trois plusieurs certains jeunes".split())
_BREAKS = frozenset('/;:()[]|•*«»"“”<>!?…=') | {"...", "''"}
# What links capitalised words only inside one name (`de` also joins two names).
_NAME_LINKS = PARTICLES - frozenset("de d' du des la le e y".split()) | {"of", "for", "and", "the", "&"}
# What says before a name what the person or the agency made: `Reportage Awa Diarra`.
_CREDITS = frozenset(
    """reportage rédaction texte textes image images photo photos photographie vidéo montage traduction récit crédit
    crédits source sources propos""".split()
)
# Capitalised or in capitals, and no names: feasts, months, abbreviations, words of captions.
_NO_NAMES = _CREDITS | frozenset(
    """janvier février mars avril mai juin juillet août septembre octobre novembre décembre noël pâques ramadan tabaski
    korité toussaint aïd dieu allah etat état etats états publié accueil tags actualités question questions réponse
    réponses gouvernement nation république démocratie constitution transition dr tv pib adn arn vih sida cfa fcfa pdg
    qg ogm vpn gps sms gmt utc ong usb phd qc""".split()
)
# What stands behind a person's name.
_POSTNOMINALS = frozenset("QC KC CBE OBE MBE PhD MD Esq".split())
# The layout's blocks in which persons sign.
_SIGNED = frozenset({"byline", "credit", "caption"})
# What labels the turns of an interview is a name by its place; a person's, the medium's, where nothing else speaks.
_LABELLED = {"medium": "ORG", "speaker": "PER"}
_UNLIKELY, _CERTAIN = 0.15, 0.95
_MAX_PARTS = 12


@dataclass(slots=True)
class Candidate:
    """Tokens ``start`` to ``end`` that may be a name; ``signs`` tell who proposes them and why.

    ``partner`` is the acronym that stands in brackets after an expansion, and the other way round.
    """

    start: int
    end: int
    key: str
    signs: set[str] = field(default_factory=set)
    features: Features = field(default_factory=dict)
    chances: tuple[float, ...] = (0.0, 0.0, 0.0)
    partner: Candidate | None = None

    @property
    def label(self) -> str:
        """The likeliest label."""
        return max(zip(self.chances, LABELS, strict=True))[1]

    @property
    def worth(self) -> float:
        """The probability to be a name, less the threshold.

        The labels are judged apart, so that of a name of either label lies between the highest and their sum.
        """
        return (max(self.chances) + sum(self.chances)) / 2 - THRESHOLD


class Entities:
    """The component: `match` weighs the evidence, `set_annotations` writes ``doc.ents``."""

    def __init__(self, gazetteer: Gazetteer | None = None, weights: Weights | None = None) -> None:
        """Build the matcher of ``gazetteer``; ``weights`` go by label and feature; the library's own when None."""
        self._arguments = (gazetteer, weights)
        self.gazetteer = gazetteer if gazetteer is not None else gazetteers.gazetteer()
        self.weights = weights if weights is not None else read_weights(WEIGHTS)
        # By feature, for all labels at once: each is looked up one time.
        self._rows = {
            feature: tuple(self.weights[label].get(feature, 0.0) for label in LABELS)
            for feature in {feature for label in LABELS for feature in self.weights[label]}
        }
        entries = self.gazetteer.entries
        self.forms = Forms(gazetteers.key(form) for entry in entries for form in entry.surfaces)
        self._ambiguous = {gazetteers.key(form) for entry in entries for form in entry.ambiguous}
        # Armed groups are names in small letters too (talibans); an acronym is one in capitals only.
        self._small = {
            fold(form.split()[0].split("-")[0]) for e in entries for form in e.surfaces if form[0].islower()
        }
        # The first words of what people are: ministre, porte-parole, général.
        roles = {form.split()[0] for form, role in lexicons.roles().items() if role.kind != "collective"}
        self.roles = roles | {form.split()[0].lower() for form in lexicons.titles()}
        # What follows a byline's name without a comma: `Awa Diarra Journaliste`.
        self.jobs = {form for form, role in lexicons.roles().items() if role.kind == "media"}
        self.titles = lexicons.titles()
        self.announcing = self.titles.keys() | SITES
        self.civil = {form for form, title in self.titles.items() if title.lemma in _CIVIL}
        self.first_names = lexicons.first_names()
        # What the word before a name may be, the most telling first.
        self.classes = (
            (_PORTFOLIOS, "portfolio"),
            (_THING_NOUNS, "thing"),
            (_GROUP_NOUNS, "group"),
            (_PLACE_NOUNS, "place"),
            (SITES, "site"),
            (self.roles, "role"),
            (self.gazetteer.demonyms, "demonym"),
            (INSTITUTIONS, "institution"),
        )

    def __reduce__(self) -> Any:  # noqa: D105
        return (Entities, self._arguments)

    def __call__(self, doc: Doc) -> Doc:
        """Correct ``doc.ents``."""
        self.set_annotations(doc, self.match(doc))
        return doc

    def set_annotations(self, doc: Doc, spans: Sequence[Span]) -> None:
        """Write ``spans`` as ``doc.ents``."""
        doc.set_ents(list(spans), default="outside")

    def match(self, doc: Doc) -> list[Span]:
        """Return the persons, places and organisations of ``doc`` as labelled spans that do not overlap."""
        return [Span(doc, c.start, c.end, label=c.label) for c in self.decide(self.candidates(doc))]

    def decide(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates that are names, by the weights of their features and of their forms' elsewhere."""
        by_form: defaultdict[str, list[Candidate]] = defaultdict(list)
        for c in candidates:
            c.chances = self._chances(c.features)
            by_form[c.key].append(c)
        for group in by_form.values():
            if len(group) > 1:
                mean = [
                    sum(chances) / len(group) for chances in zip(*(c.chances for c in group), strict=True)
                ]
                for c in group:
                    c.chances = tuple(p + AGREEMENT * (m - p) for p, m in zip(c.chances, mean, strict=True))
        together = [
            tuple(map(max, c.chances, c.partner.chances)) if c.partner is not None else c.chances
            for c in candidates
        ]
        for c, chances in zip(candidates, together, strict=True):
            c.chances = chances
            # The recogniser sees a name, and it is the surname of somebody whom the article names in full.
            if "surname&g=none" in c.features and any(sign.startswith("r=") for sign in c.signs):
                c.chances = (_CERTAIN, 0.0, 0.0)
            if "civil" in c.signs:  # Mme Kasongo, though Kasongo is a town
                c.chances = (max(c.chances), 0.0, 0.0)
            if label := next((label for sign, label in _LABELLED.items() if sign in c.signs), None):
                c.chances = _raised(c.chances, label)
        return _best([c for c in candidates if c.worth > 0])

    def _chances(self, features: Features) -> tuple[float, ...]:
        """Return the probability of each label; see `geopolitics_nlp.decisions.probability`."""
        first, second, third = self._rows["(bias)"]
        row = self._rows.get
        for feature in features:
            if (weights := row(feature)) is not None:
                first += weights[0]
                second += weights[1]
                third += weights[2]
        return logistic(first), logistic(second), logistic(third)

    def candidates(self, doc: Doc) -> list[Candidate]:
        """Return whatever may be a name in ``doc``, with its features."""
        return _Article(self, doc).candidates()


class _Article:
    """The candidates of one document, from all sources, and what the article as a whole tells of each."""

    def __init__(self, component: Entities, doc: Doc) -> None:
        self.component = component
        self.doc = doc
        self.words = words_of(doc)
        self.pos = tokens.parse_of(doc).pos
        self.found: dict[tuple[int, int], Candidate] = {}
        self.recognised: list[tuple[int, int, str]] = []
        self.known: list[tuple[int, int]] = []
        self.starts: set[int] = set()  # where recognised and known names begin and end
        self.ends: set[int] = set()
        self.official: list[tuple[int, int]] = []
        self.calls: defaultdict[str, Counter[str]] = defaultdict(Counter)  # form → recognised labels
        self.surnames: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        self.partners: dict[tuple[int, int], tuple[int, int]] = {}  # acronym and expansion
        self.kinds = _block_kinds(doc)
        self.small = {
            lower for lower, shape in zip(self.words.lower, self.words.shape, strict=True) if shape == "x"
        }

    def candidates(self) -> list[Candidate]:
        self._recognised()
        self._known()
        self._announced()
        self._said_again()
        self._compare()
        named = {(start, end) for start, end, _ in self.recognised} | set(self.known)
        self.starts, self.ends = {start for start, _ in named}, {end for _, end in named}
        kept = [c for c in self.found.values() if self._may_be_name(c)]
        covering = _Cover(self.recognised), _Cover([(a, b, "") for a, b in self.known if b - a > 1])
        official = _Cover([(a, b, "") for a, b in self.official])
        for c in kept:
            if (partner := self.partners.get((c.start, c.end))) is not None:
                c.partner = self.found[partner]
            c.features = dict.fromkeys(self._features(c, *covering, official), 1.0)
        return sorted(kept, key=lambda c: (c.start, c.end))

    def _add(self, start: int, end: int, *signs: str) -> None:
        if start < end:
            candidate = self.found.get((start, end))
            if candidate is None:
                candidate = self.found[start, end] = Candidate(start, end, self.words.key(start, end))
            candidate.signs.update(signs)

    # --- who proposes

    def _recognised(self) -> None:
        words = self.words
        for ent in self.doc.ents:
            label = ent.label_ if ent.label_ in LABELS else "MISC"
            for start, end in self._parts(ent.start, ent.end, label):
                start, end = self._whole_words(*self._trimmed(start, end, label))
                if start >= end or any(self._is_address(i) for i in range(start, end)):
                    continue
                self._add(start, end, f"r={label}")
                self.recognised.append((start, end, label))
                key = words.key(start, end)
                whole = start == ent.start or words.text[start - 1] != "-"
                self.calls[key][label if whole else "MISC"] += 1
                if label == "PER":
                    parts = [i for i in range(start, end) if words.named[i]]
                    if len(parts) > 1:
                        self.given[words.key(parts[0], parts[0] + 1)] += 1
                        self.surnames[words.key(parts[1], end)] += 1
                        self.surnames[words.key(parts[-1], end)] += 1

    def _parts(self, start: int, end: int, label: str) -> Iterator[tuple[int, int]]:
        """Cut a recognised span where a name cannot go on, and between the names of a compound (`Russie-AES`)."""
        words, begin = self.words, start
        for i in range(start, end):
            text = words.text[i]
            if words.line[i] != words.line[begin] or (text in self.component.civil and i > begin):
                yield begin, i
                begin = i
            cut = text in _BREAKS or "\n" in text or (text == "," and label != "ORG")
            if not cut and text in ("-", "–", "—") and begin < i < end - 1:
                cut = words.key(begin, end) not in self.component.forms and (
                    (words.spaced[i - 1] and words.spaced[i])  # Awa Diarra - Le Fleuve
                    or all(self._stands_alone(a, b) for a, b in ((begin, i), (i + 1, end)))
                )
            if cut:
                yield begin, i
                begin = i + 1
        yield begin, end

    def _is_people(self, lower: str) -> bool:
        return lower in self.component.gazetteer.demonyms and lower not in self.component.first_names

    def _whole_words(self, start: int, end: int) -> tuple[int, int]:
        """Take in what a hyphen joins to the first and the last word, unless that is a name of its own."""
        words = self.words
        while start < end < words.size - 1 and words.text[end] == "-" and self._joins(end, end + 1, end + 2):
            end += 2
        while (
            end > start > 1 and words.text[start - 1] == "-" and self._joins(start - 1, start - 2, start - 1)
        ):
            start -= 2
        return start, end

    def _joins(self, hyphen: int, start: int, end: int) -> bool:
        spaced, shape = self.words.spaced, self.words.shape[start]
        return not (
            spaced[hyphen] or spaced[hyphen - 1] or shape in ("", "0") or self._stands_alone(start, end)
        )

    def _is_address(self, i: int) -> bool:
        """Tell whether token ``i`` is an address; a medium may be named after its site (`Kiosque.info`)."""
        text = self.words.text[i]
        dotted = "." in text or ":" in text  # as all addresses are, and few names
        return dotted and self.doc[i].like_url and not (self.words.named[i] and "/" not in text)

    def _stands_alone(self, start: int, end: int) -> bool:
        return self.words.key(start, end) in self.component.forms or (
            end - start == 1 and is_acronym(self.words, start)
        )

    def _trimmed(self, start: int, end: int, label: str) -> tuple[int, int]:
        """Take articles, prepositions and titles off the head of a span, and what is no name off its end."""
        words, forms = self.words, self.component.forms
        while start < end:
            lower, shape = words.lower[start], words.shape[start]
            if words.key(start, end) in forms:
                break
            if shape in ("", "0"):
                if shape == "0" and label == "ORG" and end - start > 1:
                    break
                start += 1
            elif shape == "x":
                joined = not words.spaced[start] and end - start > 1
                if (
                    lower in ("al", "el", "ben", "bin", "ould", "ag", "de", "d'", "von", "van")
                    and label == "PER"
                ) or (joined and lower in ("al", "el", "anti", "ex")):
                    break
                if label == "ORG" and lower in INSTITUTIONS | _GROUP_NOUNS and lower not in _DESCRIBED:
                    break
                start += 1
            elif (
                (lower in _GRAMMAR and words.opens[start])
                or words.text[start] in self.component.civil
                or (lower in _CREDITS and end - start > 1)
            ):
                start += 1
            elif label == "PER" and end - start > 2 and self._is_people(lower):
                start += 1  # le Burkinabè Awa Diarra
            else:
                break
        while end > start and (
            words.shape[end - 1] == ""
            or words.lower[end - 1] in CONNECTORS
            or (words.shape[end - 1] == "x" and label == "PER" and words.text[end - 2] != "-")
            or (
                label == "PER"
                and end - start > 2
                and (words.lower[end - 1] in self.component.jobs or words.text[end - 1] in _POSTNOMINALS)
            )
        ):
            end -= 1
        return start, end

    def _variants(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield other bounds that a recognised name may have."""
        words, roles = self.words, self.component.roles
        a = start
        while a < end - 1 and (words.lower[a] in roles or words.shape[a] == "x"):
            a += 1
            while a < end - 1 and words.lower[a] in CONNECTORS:
                a += 1
            yield a, end
        b = end
        while b > start + 1 and b > end - 4:
            b -= 1
            while b > start + 1 and (words.lower[b - 1] in CONNECTORS or words.shape[b - 1] == ""):
                b -= 1
            yield start, b
        b = end
        while b + 1 < words.size and words.text[b] == "-" and not words.spaced[b - 1] and not words.spaced[b]:
            b += 2
            yield start, b
        if (
            b < words.size
            and words.shape[b] == "x"
            and words.lower[b] not in CONNECTORS
            and words.line[b] == words.line[start]
        ):
            yield start, b + 1
        before, after = self._run(start, end)
        if before < start:
            yield before, end
        if after > end:
            yield start, after
            if before < start:
                yield before, after

    def _run(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the capitalised words, joined by hyphens and particles, around a span."""
        words, line = self.words, self.words.line[start]
        a, b = start, end
        while a > 0 and words.line[a - 1] == line and end - a < _MAX_PARTS:
            if words.text[a - 1] == "-" and a > 1 and not words.spaced[a - 1] and words.named[a - 2]:
                a -= 2
            elif (
                words.named[a - 1]
                and words.text[a - 1] not in self.component.civil
                and words.lower[a - 1] not in _GRAMMAR
            ):
                a -= 1
            else:
                break
        while b + 1 < words.size and words.line[b] == line and b - start < _MAX_PARTS:
            if words.named[b]:
                b += 1
            elif (
                words.text[b] == "-" and not words.spaced[b] and words.shape[b + 1] in ("x", "Xx", "X")
            ) or (words.lower[b] in _NAME_LINKS and words.named[b + 1] and words.spaced[b - 1]):
                b += 2
            else:
                break
        if b + 1 == words.size and words.line[b] == line and words.named[b]:
            b += 1
        return a, b

    def _known(self) -> None:
        words, forms, small = self.words, self.component.forms, self.component._small
        last = 0
        begins = [
            i
            for i, (form, folded) in enumerate(zip(words.shape, words.folded, strict=True))
            if (form and form != "x" and form != "0") or (form and folded in small)
        ]
        for i in begins:
            if i < last:
                continue
            end = forms.longest(words, i)
            if end > i and self._written_as_known(i, end):
                self._add(i, end, "known")
                self.known.append((i, end))
                last = end

    def _written_as_known(self, start: int, end: int) -> bool:
        words = self.words
        key = words.key(start, end)
        forms = [
            form
            for e in self.component.gazetteer.lookup(key)
            for form in e.surfaces
            if gazetteers.key(form) == key
        ]
        if words.shape[start] == "x":
            return any(form[0].islower() for form in forms)
        if end - start == 1 and words.shape[start] == "Xx" and all(form.isupper() for form in forms):
            return words.text[start] in forms or (len(key) > 3 and words.lower[start] not in _GRAMMAR)
        return not (words.shouts[start] and words.lower[start] in _GRAMMAR) and any(
            words.shape[i] not in ("x", "") for i in range(start, end)
        )

    def _announced(self) -> None:
        """Propose what a title, capitals, an institution's head noun, brackets or a credit announce."""
        words = self.words
        titles = self.component.titles
        # Most words announce nothing: small letters, and neither a title nor a site.
        signed = (
            ()
            if _SIGNED.isdisjoint(self.kinds)
            else (i for i, kind in enumerate(self.kinds) if kind in _SIGNED)
        )
        announcing = self.component.announcing.intersection(words.text)
        for i in sorted(
            {*words.capitals, *signed, *(i for i, text in enumerate(words.text) if text in announcing)}
        ):
            lower = words.lower[i]
            if words.text[i] in titles:
                name = start = words.after(i + 1)
                civil = words.text[i] in self.component.civil
                while civil and name > 0 and words.lower[name] in PARTICLES:  # M. de la Torre
                    name = words.after(name + 1)
                if name > 0 and words.named[name]:
                    end = self._run(name, name + 1)[1]
                    self._add(start, end, "titled", *(["civil"] if civil else []))
                    self.surnames[words.key(start, end)] += 1
            if words.named[i] and not (i and words.named[i - 1] and words.line[i] == words.line[i - 1]):
                if not (words.opens[i] and lower in _GRAMMAR):
                    self._add(*self._run(i, i + 1), "run")
                elif i + 1 < words.size and words.named[i + 1]:
                    self._add(i + 1, self._run(i + 1, i + 2)[1], "run")
            if words.shape[i] == "Xx" and lower in self.component.first_names and i + 1 < words.size:
                end = i + 1
                while end < words.size and words.line[end] == words.line[i]:
                    if not self._may_sign(end) and words.text[end] != "-":
                        break
                    end += 1
                if end > i + 1:
                    self._add(i, end, "first-name")
            if is_acronym(words, i):
                self._add(i, i + 1, "acronym")
                if i + 2 < words.size and words.text[i + 1] == "-" and is_acronym(words, i + 2):
                    self._add(i, i + 3, "acronym")
            if words.shape[i] == "Xx" and lower in INSTITUTIONS and not words.shouts[i]:
                for end in _official_ends(words, i):
                    self._add(i, end, "official")
                    self.official.append((i, end))
            if lower in SITES and words.shape[i] in ("x", "Xx"):
                name = i + 1
                while name < words.size and name - i < 4 and words.lower[name] in CONNECTORS:
                    name += 1
                if name < words.size and words.named[name] and words.line[name] == words.line[i]:
                    self._add(i, self._run(name, name + 1)[1], f"site-{words.shape[i]}", f"site:{lower}")
            if self.kinds[i] in _SIGNED and self._may_sign(i) and not self._may_sign(i - 1):
                end = i + 1
                while end < words.size and words.line[end] == words.line[i]:
                    if not self._may_sign(end) and words.text[end] != "-":
                        break
                    end += 1
                if end - i > 1:
                    self._add(i, end, "credited")
        for span, turn in layers.read_spans(self.doc, layers.TURNS):
            if turn.attrs.get("label"):
                begin, finish = turn.attrs["label"]
                label = self.doc.char_span(begin, finish, alignment_mode="expand")
                if label is not None and label.end <= span.start and self._may_label(label.start, label.end):
                    self._add(label.start, label.end, "medium" if turn.attrs.get("medium") else "speaker")
        if announced := layers.about(self.doc, layers.TURNS).get("medium"):
            medium = self.doc.char_span(announced[0], announced[1], alignment_mode="expand")
            if medium is not None and self._may_label(medium.start, medium.end):
                self._add(medium.start, medium.end, "medium")
        for start, end, acronym in expansions(words):
            head = "institution" if words.lower[start] in INSTITUTIONS else "other"
            self._add(start, end, f"expansion-{head}")
            self._add(acronym, acronym + 1, f"expanded-{head}")
            self.partners[start, end] = acronym, acronym + 1
            self.partners[acronym, acronym + 1] = start, end

    def _may_label(self, start: int, end: int) -> bool:
        """Tell whether the words before the colon of a turn name somebody: not `Question`, `Le journaliste`."""
        words = self.words
        return all(
            words.named[i] and words.lower[i] not in self.component.roles and words.lower[i] not in self.small
            for i in range(start, end)
            if words.shape[i] and words.lower[i] not in PARTICLES
        )

    def _may_sign(self, i: int) -> bool:
        """Tell whether token ``i`` may be part of the name of a person who signs."""
        lower = self.words.lower[i] if i >= 0 else ""
        return (
            i >= 0
            and self.words.shape[i] == "Xx"
            and lower not in _GRAMMAR
            and lower not in self.component.roles
        )

    def _said_again(self) -> None:
        """Propose every place where the article repeats a recognised form, or a recognised person's surname."""
        words = self.words
        again = Forms(key for key in {*self.calls, *self.surnames, *self.given} if len(key) > 1)
        last = 0
        for i in words.capitals:
            if i >= last and words.named[i]:
                end = again.longest(words, i)
                if end > i:
                    self._add(i, end, "again")
                    last = end

    def _compare(self) -> None:
        """Note which proposals are recognised names cut or grown; alone, that makes no candidate: none would win."""
        for start, end, label in self.recognised:
            for a, b in self._variants(start, end):
                if (a, b) != (start, end) and (candidate := self.found.get((a, b))) is not None:
                    candidate.signs.add(f"{'cut' if b - a < end - start else 'grown'}={label}")

    # --- what speaks for and against

    def _may_be_name(self, c: Candidate) -> bool:
        """Sort out what no evidence makes a name: words without a capital, lower-case institutions, demonyms."""
        words = self.words
        if c.end - c.start == 1 and words.lower[c.start] in _NO_NAMES:
            return False
        if "known" in c.signs and c.key not in self.component._ambiguous:
            return True
        if self._cuts_word(c) or ("r=PER" not in c.signs and self._is_portfolio(c.start)):
            return False
        if "known" in c.signs:
            # The network X, but no plan X and no rayons X.
            before = self._class(words.before(c.start))
            return len(c.key) > 1 or before in _LITERAL | {"group", "mark", "^"}
        first = words.lower[c.start]
        if words.shape[c.start] == "x" and (first in _DESCRIBED or first in _GRAMMAR - PARTICLES):
            return False
        if c.end - c.start == 1:
            return first not in _GRAMMAR and first not in self.component.gazetteer.demonyms and len(first) > 1
        return not (words.opens[c.start] and first in _GRAMMAR and c.signs == {"again"})

    def _cuts_word(self, c: Candidate) -> bool:
        """Tell whether a hyphen joins the words to others that are no name of their own (`Issa` in `Boubé-Issa`)."""
        words = self.words
        for hyphen, other in ((c.start - 1, c.start - 2), (c.end, c.end + 1)):
            if 0 < hyphen < words.size - 1 and words.text[hyphen] == "-":
                joined = not words.spaced[hyphen] and not words.spaced[hyphen - 1]
                if joined and words.shape[other] in ("x", "Xx", "X") and not self._is_compound(c, hyphen):
                    return True
        return False

    def _is_compound(self, c: Candidate, hyphen: int) -> bool:
        """Tell whether the hyphen joins two names, as in `Russie-AES`: known ones, acronyms or recognised ones."""
        if hyphen == c.end:
            return hyphen in self.ends and (hyphen + 1 in self.starts or is_acronym(self.words, hyphen + 1))
        return c.start in self.starts and (hyphen in self.ends or is_acronym(self.words, hyphen - 1))

    def _features(self, c: Candidate, recognised: _Cover, known: _Cover, official: _Cover) -> Iterator[str]:
        words, start, end = self.words, c.start, c.end
        single = end - start == 1
        # who proposes
        labels = [sign for sign in c.signs if "=" in sign]
        exact = next((sign for sign in labels if sign.startswith("r=")), None)
        by = exact or (min(labels) if labels else "r=none")
        if not labels:
            inside = recognised.around(start, end)
            by = f"in={inside}" if inside else f"has={recognised.within(start, end)}"
        yield by
        entries = self.component.gazetteer.lookup(c.key) if "known" in c.signs else ()
        doubt = "?" if c.key in self.component._ambiguous else ""
        size = "1" if single else "2+"
        knows = f"g={entries[0].label}{doubt}" if entries else "g=none"
        yield knows
        yield f"{by}&{knows}"
        yield f"{knows}&{size}"
        if entries:
            yield f"kind={entries[0].kind}"
            yield from (f"g2={label}" for label in {e.label for e in entries} - {entries[0].label})
            if single and entries[0].population is not None:
                yield f"people={len(str(entries[0].population))}"
        if known.around(start, end) is not None:
            yield "in-known"
        if (contained := known.within(start, end)) != "nothing":
            yield "has-known" + contained
        for sign in c.signs:
            if "=" not in sign:
                yield sign
                if ":" not in sign:
                    yield f"{sign}&{by}"
        if official.around(start, end) is not None:
            yield "in-official"
        if (partner := self.partners.get((start, end))) is not None:
            said = next((sign for sign in self.found[partner].signs if sign.startswith("r=")), "r=none")
            yield f"partner-{said}"
            yield f"partner-{said}&{by}"
        # how it is written
        # The tokenizer cuts `N'Djamena` in two.
        shapes = [words.shape[i] for i in range(start, end) if words.shape[i] and words.lower[i] != "n'"]
        written = "-".join(shapes) if len(shapes) < 4 else "long"
        yield f"s={written}"
        yield f"s={written}&{by}"
        if words.shouts[start]:
            yield "shouts"
            yield f"shouts&{by}"
            yield f"shouts&{knows}"
        if words.lower[start] in INSTITUTIONS:
            yield f"institution-{words.shape[start]}"
            yield f"institution-{words.shape[start]}&{by}"
        if words.lower[end - 1] in self.component.roles:
            yield "ends-role"
        if words.lower[start] in self.component.roles:
            yield f"role-{words.shape[start]}-{size}"
            if not single:  # le Cheikh [X], l'amiral [Cheikh X]
                yield f"role-{words.shape[start]}&p={self._class(words.before(start))}"
        if words.shape[start] == "x":
            yield f"small-head&{by}"
        if words.shape[end - 1] == "x":
            yield f"small-end&{by}"
            yield f"small-end={self.pos[end - 1]}"
        if any(lower in ("et", ",") for lower in words.lower[start:end]):
            yield f"and&{by}"
        if single and words.lower[start] in self.small:
            yield "common"
        if single and words.opens[start]:
            yield f"opens&{by}"
        before = words.text[start - 1] if start else ""
        if single and before and words.lower[start - 1] in _PLURALS and words.lower[start][-1] in "sx":
            yield "plural"
            yield f"plural&{by}"
        # what stands around it
        yield from self._context(c, by, knows)
        # what the article calls so elsewhere
        elsewhere = self.calls.get(c.key, Counter())
        own = exact[2:] if exact else ""
        others = [label for label, count in elsewhere.items() if count > (label == own)]
        for label in others:
            yield f"elsewhere={label}"
            yield f"elsewhere={label}&{by}"
        if not others:
            yield f"once&{by}"
        if c.key in self.surnames and exact != "r=PER":
            yield f"surname&{knows}"
            yield f"surname&{by}"
        if single and c.key in self.given:
            yield f"given&{knows}"
        if not single:
            last = max((i for i in range(start, end) if words.named[i]), default=start)
            if (key := words.key(last, last + 1)) in self.calls and self.calls[key]["PER"]:
                yield "ends-person"
        if words.folded[start] in self.component.first_names:
            yield f"first-name-{size}"
            yield f"first-name-{size}&{by}"
        if self.kinds[start] in _SIGNED or self.kinds[start] == "navigation":
            yield f"block={self.kinds[start]}"

    def _context(self, c: Candidate, by: str, knows: str) -> Iterator[str]:
        words = self.words
        # The other half of a compound stands for what is around it.
        hyphenated = c.start > 1 and words.text[c.start - 1] == "-" and not words.spaced[c.start - 1]
        i = words.before(c.start)
        before = "compound" if hyphenated else self._class(i)
        yield f"p={before}"
        yield f"p={before}&{by}"
        yield f"p={before}&{knows}"
        if before == "role":
            yield f"p={words.shape[i]}-role&pp={self._class(words.before(i))}"
        if i >= 0 and words.lower[i] in ("de", "d'", "du", "des", "la", "l'", "le", "les", "à", "aux"):
            j = words.before(i)
            if j >= 0 and words.lower[j] in ("de", "à", "et", ","):
                j = words.before(j)
            while j > 0 and self.pos[j] == "ADJ":
                j -= 1
            yield f"pp={self._class(j)}"
        j = words.after(c.end)
        after = "$" if j < 0 else words.text[j][0]
        if after == "-" and j == c.end and not words.spaced[j - 1]:
            after = "compound"
        elif j >= 0 and words.named[j]:
            after = "role" if words.lower[j] in self.component.roles else words.shape[j]
            yield f"n={after}&{by}"
        elif j >= 0 and words.shape[j] == "x":
            after = words.lower[j] if words.lower[j] in CONNECTORS else self.pos[j]
        yield f"n={after}"

    def _class(self, i: int) -> str:
        """Return what kind of word stands at ``i``."""
        words = self.words
        if i < 0:
            return "^"
        lower, shape = words.lower[i], words.shape[i]
        if words.text[i] in self.component.civil:
            return "title"
        if lower in _LITERAL:
            return lower
        for nouns, name in self.component.classes:
            if lower in nouns:
                return name
        if shape in ("Xx", "X", "xX"):
            return "^Xx" if words.opens[i] else shape
        return self.pos[i] if shape == "x" else shape or "mark"

    def _is_portfolio(self, start: int) -> bool:
        """Tell whether the words name what a minister is minister of: ``ministre malien des [Finances]``."""
        words, i = self.words, start - 1
        if i < 0 or words.lower[i] not in ("de", "d'", "du", "des", "la", "l'", "aux"):
            return False
        for j in range(i, max(-1, i - 9), -1):
            if words.lower[j] in _PORTFOLIOS:
                return True
            if (words.shape[j] == "" and words.text[j] not in ",-") or words.lower[j] in (
                "par",
                "en",
                "dans",
                "avec",
            ):
                return False
        return False


class _Cover:
    """Which of some spans lie around or within another."""

    def __init__(self, spans: Sequence[tuple[int, int, str]]) -> None:
        self.spans = sorted(spans)
        self.starts = [start for start, _, _ in self.spans]

    def around(self, start: int, end: int) -> str | None:
        """Return the label of a span that properly contains ``start`` to ``end`` or crosses it, None without one."""
        for k in range(bisect_right(self.starts, start) - 1, -1, -1):
            a, b, label = self.spans[k]
            if b >= end and (a, b) != (start, end):
                return label
            if b <= start or start - a > 30:
                break
        return None

    def within(self, start: int, end: int) -> str:
        """Return the labels of the spans inside ``start`` to ``end`` (not the same), "nothing" without any."""
        k = bisect_right(self.starts, start - 1)
        labels = set()
        while k < len(self.spans) and self.starts[k] < end:
            a, b, label = self.spans[k]
            if (a, b) != (start, end):
                labels.add(label if b <= end else "crossed")
            k += 1
        return "+".join(sorted(labels)) if labels else "nothing"


def _raised(chances: tuple[float, ...], label: str) -> tuple[float, ...]:
    """Make it certain that something is a name: of the label that is likeliest, else of ``label``."""
    likeliest = max(range(len(LABELS)), key=chances.__getitem__)
    if chances[likeliest] < _UNLIKELY:
        likeliest = LABELS.index(label)
    return tuple(max(p, _CERTAIN) if k == likeliest else p for k, p in enumerate(chances))


def _block_kinds(doc: Doc) -> list[str]:
    """Return the kind of the layout's block for each token, "" where there is none."""
    kinds = [""] * len(doc)
    for span, item in layers.read_spans(doc, layers.BLOCKS):
        kinds[span.start : span.end] = [item.label] * len(span)
    return kinds


def _official_ends(words: Words, start: int) -> Iterator[int]:
    """Yield where an institution's name that begins at ``start`` may end: after the names that hang on it."""
    i, gap = start + 1, 0
    while i < words.size and words.line[i] == words.line[start] and i - start < 16:
        if words.named[i]:
            gap = 0
            if i + 1 == words.size or not words.named[i + 1]:
                yield i + 1
        elif words.lower[i] in CONNECTORS or words.text[i] == "-":
            gap += 1
        elif words.shape[i] == "x":
            gap += 2
            if gap == 2:
                yield i + 1
        else:
            if (
                words.text[i] == "("
                and gap
                and i + 2 < words.size
                and words.named[i + 1]
                and words.text[i + 2] == ")"
            ):
                yield i
            return
        if gap > 6 and "(" not in words.text[i : i + 6]:
            return
        i += 1


def _best(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that do not overlap and together are worth most (weighted interval scheduling)."""
    ordered = sorted(candidates, key=lambda c: (c.end, c.start))
    ends = [c.end for c in ordered]
    best: list[tuple[float, int, bool]] = [(0.0, 0, False)]
    for i, c in enumerate(ordered):
        compatible = bisect_right(ends, c.start, 0, i)
        worth = best[compatible][0] + c.worth
        best.append((worth, compatible, True) if worth > best[i][0] else (best[i][0], i, False))
    chosen: list[Candidate] = []
    i = len(ordered)
    while i:
        _, previous, taken = best[i]
        if taken:
            chosen.append(ordered[i - 1])
        i = previous
    return chosen[::-1]


@Language.factory("gnlp_entities", assigns=["doc.ents"], requires=["doc.ents"])
def make_entities(nlp: Language, name: str) -> Entities:
    """Create the component, with the gazetteer of ``seeds/`` and the weights of ``models/``."""
    return Entities()
