"""Component ``gnlp_entities``: the recogniser's persons, places and organisations, weighed against other evidence.

Every source proposes *candidates*, spans with a weight for each label: the recogniser, the gazetteer, and the shape of
the words (titles before persons, acronyms and their expansions, official names such as ``Université … de Bamako``,
credit lines). The weights of equal spans add up, the mentions of one surface form lend each other support across the
article, and the heaviest candidates that do not overlap become ``doc.ents``. What was accepted once is found again
wherever the article repeats it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from . import layers

if TYPE_CHECKING:
    from .gazetteers import Entry, Gazetteer

LABELS = ("PER", "LOC", "ORG")

# What each kind of evidence is worth. A candidate needs `_ACCEPTED` for one label; the recogniser's word is enough.
_ACCEPTED = 1.5
_RECOGNISED = 2.0  # the recogniser, for the label it gave
_UNNAMED = 0.5  # the recogniser's MISC: some name, for any label
_KNOWN_LONG, _KNOWN, _KNOWN_AMBIGUOUS = (
    3.2,
    2.4,
    0.8,
)  # in the gazetteer: several words, one word, an ordinary word
_TITLED = 3.0  # M., Mme, Dr before it
_ACRONYM, _EXPANDED = 1.5, 3.0  # an acronym alone; an acronym and its expansion that explain each other
_OFFICIAL = 2.0  # a capitalised head noun of institutions and what follows it
_CREDITED = 2.0  # in a byline or a credit
_PLACED = 0.8  # after a preposition of place
_PART_OF_NAME = -1.6  # one known word beside other capitalised words: `Paris` in `Paris Hilton`
_AGREEMENT = 1.0  # the mean weight of a form's other mentions in the article

_ARTICLES = frozenset(
    {"l'", "le", "la", "les", "un", "une", "des", "du", "d'", "de", "au", "aux", "à", "en", "et"}
)
_LEADING = _ARTICLES | {
    "ce", "cet", "cette", "ces", "son", "sa", "ses", "leur", "leurs", "notre", "nos", "votre", "vos", "mon", "ma",
    "mes", "selon", "pour", "par", "sur", "dans", "avec", "sous", "vers", "chez", "depuis", "contre", "entre", "sans",
    "que", "qu'", "qui", "dont", "où", "mais", "ou", "donc", "or", "ni", "car", "si", "s'", "c'", "n'", "j'", "m'",
    "t'", "il", "elle", "ils", "elles", "on", "nous", "vous", "je", "tu", "lire", "voir", "aussi", "comme", "après",
    "avant", "même", "quand", "lorsque", "puis", "ainsi", "alors", "toutefois", "cependant", "pourtant", "enfin",
    "a", "est", "lui", "y", "ne", "pas", "plus", "très", "tout", "tous", "toute", "toutes", "ex", "via", "feu",
    "l´", "d´", "dès", "lors", "selon", "quant", "malgré", "jusqu'", "lorsqu'", "puisqu'", "quoi", "mme", "m.",
}  # fmt: skip
_TITLES = frozenset({"m.", "mme", "mme.", "mr", "mr.", "mrs", "mrs.", "mlle", "mlle.", "mm.", "mmes", "dr", "dr.", "pr", "pr.", "me", "mgr", "monsieur", "madame", "maître", "docteur", "professeur"})  # fmt: skip
_FUNCTIONS = frozenset(
    "président présidente vice-président vice-présidente ministre premier première roi reine prince princesse émir sultan sheikh "
    "cheikh imam pape chef général générale colonel lieutenant capitaine commandant major sergent amiral maréchal gouverneur "
    "gouverneure sénateur sénatrice député députée maire secrétaire directeur directrice ambassadeur ambassadrice "
    "procureur procureure juge porte-parole professeur professeure docteur maître monsieur madame mademoiselle sir lord lady "
    "chancelier chancelière chancellor président-directeur journaliste correspondant correspondante envoyé envoyée "
    "analyste sociologue politologue historien historienne économiste avocat avocate opposant opposante candidat candidate "
    "gén. col. cdt. cne. lt. dr. pr. commissaire inspecteur brigadier adjudant caporal soldat évêque archevêque cardinal abbé père "
    "frère soeur sœur mgr dr pr me".split()
)
_PARTICLES = frozenset({"de", "d'", "du", "des", "da", "di", "dos", "van", "von", "der", "den", "ben", "bin", "bint", "ibn", "ould", "mint", "al", "el", "ag", "ad", "ap", "la", "le", "y", "e"})  # fmt: skip
_LOWER_STARTS = frozenset({"al", "el", "ag", "ben", "bin", "ould", "von", "van", "de", "d'", "anti", "ex"})
_CONNECTORS = frozenset({"de", "d'", "du", "des", "la", "l'", "le", "les", "et", "pour", "à", "au", "aux", "en", "sur", "sans", "contre"})  # fmt: skip
_PLACING = frozenset({"à", "en", "au", "aux", "vers", "depuis", "dans", "près", "sur"})
OFFICIAL_HEADS = frozenset(
    "université institut institution école lycée collège faculté académie centre laboratoire observatoire musée hôpital clinique chu "
    "banque fonds caisse bourse trésor conseil commission cour tribunal parquet union organisation agence bureau office comité coordination "
    "confédération fédération fondation association ligue mouvement front parti rassemblement coalition alliance "
    "communauté forum groupe groupement collectif réseau syndicat société compagnie ministère secrétariat direction "
    "autorité haut-commissariat assemblée parlement sénat chambre congrès légion brigade armée forces force mission mandat mécanisme "
    "programme observatoire médecins reporters croix-rouge croissant-rouge église diocèse télévision radio radiodiffusion agence "
    "ambassade consulat état-major présidence primature cabinet éditions haute haut plateforme initiative convention congrégation "
    "internationale entente bloc pôle garde gendarmerie police douanes cellule service".split()
)
_LOWER_HEADS = frozenset(
    "université institut école lycée collège faculté académie centre laboratoire observatoire hôpital banque agence parti fondation association "
    "ong fédération organisation groupe société compagnie comité syndicat mouvement front conseil".split()
)
_NO_INSTITUTION = frozenset(
    "armée gouvernement ministère ministre ministres forces force police gendarmerie justice parlement assemblée état-major "
    "présidence ambassade consulat mairie préfecture tribunal cour parquet gare aéroport région ville province cercle district commune "
    "village quartier frontière désert junte régime opposition gouvernorat chef chefs pays état états autorités services".split()
)
_NO_ACRONYM = frozenset(
    "tv pdf vih sida adn arn pib pnb cfa fcfa usd eur gmt tu utc sms mms ok pm am bd cv tva vtt qcm rn ia hiv covid "
    "gps ied eei ii iii iv vi vii viii ix xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii faq sos vip km kg ht no nb ps"
    " qc phd cm mp pcr can jo cop 4x4 url html www http https svp stp rdv cd dvd tnt led usb pme pmi ceo pdg dg sg nh kwh mw gw".split()
)
_NO_NAMES = frozenset(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi "
    "vendredi samedi dimanche etat etats état états dieu allah internet islam coran noël pâques ramadan tabaski "
    "gouvernement nation république démocratie constitution histoire lire voir image images photo photos vidéo source sources "
    "publié mis accueil actualités actualité rubrique partager commentaire commentaires".split()
)
_OPENERS = frozenset(".!?…:;«»\"“”‘’'—–-•›‹*([|/") | {"...", "''", "``", "<<", ">>"}
_BREAKS = frozenset('/;:()[]|•*«»"“”<>!?…=') | {"...", "''"}


@lru_cache(maxsize=65536)
def _fold(text: str) -> str:
    from .gazetteers import key

    return key(text) if any(c.isalnum() for c in text) else text


class Words:
    """The tokens of a ``Doc`` as plain lists, with what their letters show.

    ``shape`` is "X" for capitals only (two letters or more), "Xx" for a capital at the head, "xX" for one inside,
    "x" for small letters, "0" for figures, "" for the rest. ``opens`` tells whether a capital there says nothing,
    ``shouts`` whether the line is all in capitals.
    """

    def __init__(self, doc: Doc) -> None:
        """Read the tokens of ``doc``."""
        self.text = [token.text for token in doc]
        self.lower = [token.lower_.replace("’", "'").replace("´", "'") for token in doc]
        self.spaced = [bool(token.whitespace_) for token in doc]
        self.shape = [_shape(text) for text in self.text]
        self.line: list[int] = []
        self.opens: list[bool] = []
        number, opening = 0, True
        letters: Counter[int] = Counter()
        capitals: Counter[int] = Counter()
        for text, shape in zip(self.text, self.shape, strict=True):
            self.line.append(number)
            if text.isspace():
                if "\n" in text:
                    number += 1
                    opening = True
                self.opens.append(opening)
                continue
            self.opens.append(opening)
            opening = text in _OPENERS
            if shape in ("X", "Xx", "x", "xX") and len(text) > 1:
                letters[number] += 1
                capitals[number] += shape == "X"
        shouting = {n for n, count in letters.items() if count >= 4 and capitals[n] >= 0.6 * count}
        self.shouts = [n in shouting for n in self.line]

    def __len__(self) -> int:
        return len(self.text)

    def key(self, start: int, end: int) -> str:
        """Return the gazetteer key of the tokens from ``start`` to ``end``."""
        return " ".join(
            "".join(
                _fold(self.text[i]) + (" " if self.spaced[i] or self.text[i] == "-" else "")
                for i in range(start, end)
            ).split()
        )

    def is_name(self, i: int) -> bool:
        """Tell whether token ``i`` is written with a capital."""
        return self.shape[i] in ("Xx", "X") or (self.shape[i] == "xX" and len(self.text[i]) > 2)


@lru_cache(maxsize=65536)
def _shape(text: str) -> str:
    if not any(c.isalpha() for c in text):
        return "0" if any(c.isdigit() for c in text) else ""
    letters = [c for c in text if c.isalpha()]
    if (
        all(c.isupper() for c in letters)
        and (len(letters) > 1 or any(c.isdigit() for c in text))
        and "'" not in text
    ):
        return "X"
    if text[0].isupper():
        return "Xx"
    if any(c.isupper() for c in letters):
        return "0" if text[0].isdigit() else "xX"
    return "x"


class Forms:
    """A dictionary of names, matched on tokens: the first token decides what is tried.

    >>> forms = Forms(["Burkina Faso", "Mali"])
    >>> sorted(forms.prefixes)
    ['burkina', 'burkina faso', 'mali']
    """

    def __init__(self, keys: Iterable[str]) -> None:
        """Index ``keys``, which `geopolitics_nlp.gazetteers.key` has made."""
        self.prefixes: dict[str, bool] = {}
        for key in keys:
            for at, c in enumerate(key):
                if c in " '-":
                    self.prefixes.setdefault(key[:at] if c == " " else key[: at + 1], False)
            self.prefixes[key] = True

    def find(self, words: Words, start: int) -> Iterator[tuple[int, str]]:
        """Yield the end and the key of each name that begins at token ``start``, the shortest first."""
        prefixes = self.prefixes
        so_far, i = "", start
        while i < len(words):
            text = words.text[i]
            so_far += _fold(text)
            complete = prefixes.get(so_far.rstrip())
            if complete:
                yield i + 1, so_far.rstrip()
            elif complete is None and text not in ("-", "‑"):
                return
            if words.spaced[i] or text in ("-", "‑"):
                so_far = so_far.rstrip() + " "
            i += 1


@dataclass(slots=True)
class Candidate:
    """A span of tokens that may be a name, with the weight of the evidence for each label."""

    start: int
    end: int
    weights: dict[str, float] = field(default_factory=lambda: dict.fromkeys(LABELS, 0.0))
    binds: bool = False  # a whole whose parts are no names of their own

    @property
    def label(self) -> str:
        """The label with the most weight."""
        return max(LABELS, key=self.weights.__getitem__)

    @property
    def weight(self) -> float:
        """The weight of that label."""
        return max(self.weights.values())


class _Board:
    """The candidates of one document, by span."""

    def __init__(self) -> None:
        self.candidates: dict[tuple[int, int], Candidate] = {}

    def add(self, start: int, end: int, label: str | None, weight: float, binds: bool = False) -> None:
        if end <= start:
            return
        candidate = self.candidates.setdefault((start, end), Candidate(start, end))
        candidate.binds |= binds
        for each in (label,) if label else LABELS:
            candidate.weights[each] += weight


class Entities:
    """The component: `match` weighs the evidence, `set_annotations` writes ``doc.ents``."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        """Build the matcher of ``gazetteer``, the library's own when None."""
        from . import gazetteers

        self.gazetteer = gazetteer if gazetteer is not None else gazetteers.gazetteer()
        self._own = gazetteer is None
        self.forms = Forms(
            gazetteers.key(form) for entry in self.gazetteer.entries for form in entry.surfaces
        )
        self._ambiguous = {
            gazetteers.key(form) for entry in self.gazetteer.entries for form in entry.ambiguous
        }

    def __reduce__(self) -> Any:
        return (Entities, () if self._own else (self.gazetteer,))

    def __call__(self, doc: Doc) -> Doc:
        """Correct ``doc.ents``."""
        self.set_annotations(doc, self.match(doc))
        return doc

    def set_annotations(self, doc: Doc, spans: Sequence[Span]) -> None:
        """Write ``spans`` as ``doc.ents``."""
        doc.set_ents(list(spans), default="outside")

    def match(self, doc: Doc) -> list[Span]:
        """Return the persons, places and organisations of ``doc`` as labelled spans that do not overlap."""
        words = Words(doc)
        board = _Board()
        self._recognised(doc, words, board)
        self._known(words, board)
        _titled(words, board)
        _acronyms(words, board)
        _official(words, board)
        _expansions(words, board)
        _credited(doc, words, board)
        candidates = list(board.candidates.values())
        _agree(candidates, words)
        chosen = _chosen([c for c in candidates if c.weight >= _ACCEPTED and not self._is_no_name(words, c)])
        chosen = _repeated(chosen, words)
        return [Span(doc, c.start, c.end, label=c.label) for c in chosen]

    def _lookup(self, key: str) -> tuple[Entry, ...]:
        return self.gazetteer.lookup(key)

    # --- proposals

    def _recognised(self, doc: Doc, words: Words, board: _Board) -> None:
        for ent in doc.ents:
            for start, end in self._parts(words, ent.start, ent.end, ent.label_):
                start, end = self._trimmed(words, start, end, ent.label_)
                if start >= end or any(doc[i].like_url for i in range(start, end)):
                    continue
                label = ent.label_ if ent.label_ in LABELS else None
                board.add(start, end, label, _RECOGNISED if label else _UNNAMED)

    def _parts(self, words: Words, start: int, end: int, label: str) -> Iterator[tuple[int, int]]:
        """Cut a recognised span where a name cannot go on, and between the names of a compound (`Russie-AES`)."""
        begin = start
        for i in range(start, end):
            text = words.text[i]
            cut = text in _BREAKS or "\n" in text or (text == "," and label != "ORG")
            if not cut and text in ("-", "–", "—") and begin < i < end - 1:
                cut = words.key(begin, end) not in self.forms.prefixes and all(
                    self._stands_alone(words, a, b) for a, b in ((begin, i), (i + 1, end))
                )
            if cut:
                yield begin, i
                begin = i + 1
        yield begin, end

    def _stands_alone(self, words: Words, start: int, end: int) -> bool:
        return bool(self._lookup(words.key(start, end))) or (
            end - start == 1 and words.shape[start] == "X" and not words.shouts[start]
        )

    def _trimmed(self, words: Words, start: int, end: int, label: str) -> tuple[int, int]:
        """Take articles, prepositions, titles and functions off the head, and what is no name off the end."""
        while start < end:
            lower, shape = words.lower[start], words.shape[start]
            if shape in ("", "0") and not (shape == "0" and end - start > 1 and label == "ORG"):
                start += 1
            elif self.forms.prefixes.get(words.key(start, end)):
                break
            elif shape == "x" and lower in _LOWER_STARTS and start + 1 < end and not words.spaced[start]:
                break  # al-Chabab
            elif shape == "x" and label == "ORG" and lower in _LOWER_HEADS:
                break
            elif shape == "x" or (lower in _LEADING and words.opens[start]) or lower in _TITLES:
                start += 1
            elif label != "ORG" and lower in _FUNCTIONS and end - start > 1:
                start += 1
            else:
                break
        while end > start:
            shape = words.shape[end - 1]
            if shape == "" or words.lower[end - 1] in _CONNECTORS:
                end -= 1
            elif shape == "x" and label == "PER":
                end -= 1
            else:
                break
        return start, end

    def _is_no_name(self, words: Words, c: Candidate) -> bool:
        """Tell whether the words are demonyms, months, common words: no names, whatever proposed them."""
        key = words.key(c.start, c.end)
        if self.forms.prefixes.get(key):
            return False
        if not any(words.is_name(i) for i in range(c.start, c.end)):
            return True
        if words.lower[c.start] in _NO_INSTITUTION and words.shape[c.start] == "x":
            return True
        if c.end - c.start == 1:
            lower = words.lower[c.start]
            return (
                lower in _NO_NAMES or lower in _LEADING or lower in self.gazetteer.demonyms or len(lower) == 1
            )
        return False

    def _known(self, words: Words, board: _Board) -> None:
        i = 0
        while i < len(words):
            if words.shape[i] in ("", "x") and words.lower[i] not in self._lower_forms:
                i += 1
                continue
            best: tuple[int, str] | None = None
            for end, key in self.forms.find(words, i):
                best = end, key
            if best is None:
                i += 1
                continue
            end, key = best
            self._weigh_known(words, board, i, end, key)
            i = end

    @property
    def _lower_forms(self) -> frozenset[str]:
        # Armed groups are names in small letters too: talibans, houthis.
        cached = getattr(self, "_lower_cache", None)
        if cached is None:
            cached = frozenset(
                form.split()[0].split("-")[0].lower()
                for entry in self.gazetteer.entries
                if entry.label == "ORG"
                for form in entry.surfaces
                if form[0].islower()
            )
            self._lower_cache = cached
        return cached

    def _weigh_known(self, words: Words, board: _Board, start: int, end: int, key: str) -> None:
        entries = self._lookup(key)
        if not entries:
            return
        if words.shape[start] == "x" and not any(
            form[0].islower() and _fold(form) == key for entry in entries for form in entry.surfaces
        ):
            return
        if all(words.shape[i] in ("x", "") for i in range(start, end)) and words.shape[start] != "x":
            return
        single = end - start == 1
        ambiguous = key in self._ambiguous
        weight = _KNOWN_AMBIGUOUS if ambiguous else _KNOWN if single else _KNOWN_LONG
        if (
            single
            and words.shape[start] == "Xx"
            and len(key) <= 5
            and all(form.isupper() for entry in entries for form in entry.surfaces if _fold(form) == key)
        ):
            weight = min(weight, 1.2)  # `Aes`, `Fla`: an acronym written as a word
        before = words.lower[start - 1] if start else ""
        if single and _beside_names(words, start, end):
            weight += _PART_OF_NAME
        for rank, label in enumerate(dict.fromkeys(entry.label for entry in entries)):
            value = weight if rank == 0 else weight - 0.8
            if label == "LOC" and before in _PLACING:
                value += _PLACED
            if before in _TITLES:
                value += _TITLED if label == "PER" else -_TITLED
            board.add(start, end, label, value, binds=not single)


def _beside_names(words: Words, start: int, end: int) -> bool:
    """Tell whether other capitalised words stand directly before or after, as parts of one name would."""
    if words.shouts[start]:
        return False
    before = start - 1
    if (
        before >= 0
        and words.shape[before] == "Xx"
        and words.line[before] == words.line[start]
        and not words.opens[before]
        and words.lower[before] not in _LEADING
        and words.lower[before] not in _TITLES
        and words.lower[before] not in _FUNCTIONS
    ):
        return True
    return (
        end < len(words)
        and words.shape[end] == "Xx"
        and words.spaced[end - 1]
        and words.line[end] == words.line[start]
    )


def _name_run(words: Words, start: int) -> int:
    """Return where the run of capitalised words, joined by hyphens and particles, that begins at ``start`` ends."""
    i = end = start
    while i < len(words) and words.line[i] == words.line[start]:
        if words.is_name(i):
            i += 1
            end = i
            if end - 1 > start and words.text[end - 1].endswith(".") and len(words.text[end - 1]) > 2:
                break
        elif i > start and (
            words.text[i] == "-" or words.lower[i] in _PARTICLES or words.text[i] in ("’", "'")
        ):
            # A particle or a hyphen goes on only into another capital.
            i += 1
            if i - end > 2:
                break
        else:
            break
    return end


def _titled(words: Words, board: _Board) -> None:
    for i, lower in enumerate(words.lower):
        if lower in _TITLES and (lower != "me" or words.text[i] == "Me"):
            start = i + 1
            while start < len(words) and words.text[start].isspace() and "\n" not in words.text[start]:
                start += 1
            if start < len(words) and words.is_name(start) and words.line[start] == words.line[i]:
                board.add(start, _name_run(words, start), "PER", _TITLED)


def _is_acronym(words: Words, i: int) -> bool:
    text = words.text[i]
    return (
        words.shape[i] == "X"
        and 2 <= len(text) <= 9
        and not words.shouts[i]
        and words.lower[i] not in _NO_ACRONYM
        and not words.lower[i].startswith(("covid", "rn"))
        and text[0].isalpha()
    )


def _acronyms(words: Words, board: _Board) -> None:
    for i in range(len(words)):
        if not _is_acronym(words, i):
            continue
        beside = i and words.shape[i - 1] == "Xx" and words.spaced[i - 1] and not words.opens[i - 1]
        if beside and words.lower[i - 1] not in _FUNCTIONS:
            continue  # a surname in capitals, or the last word of a longer name
        board.add(i, i + 1, "ORG", _ACRONYM)


def _official(words: Words, board: _Board) -> None:
    """Propose `Head de la Name`: a capitalised head noun of institutions with all that hangs on it."""
    for i, lower in enumerate(words.lower):
        if words.shape[i] != "Xx" or lower not in OFFICIAL_HEADS or words.shouts[i]:
            continue
        end = _official_end(words, i)
        if end > i + 1:
            board.add(i, end, "ORG", _OFFICIAL, binds=True)


def _official_end(words: Words, start: int) -> int:
    end = i = start + 1
    gap = 0
    while i < len(words) and words.line[i] == words.line[start] and gap <= 3:
        if words.is_name(i) and not (
            words.shape[i] == "X" and gap == 0 and i > start + 1 and not words.spaced[i - 1]
        ):
            i += 1
            end = i
            gap = 0
        elif words.lower[i] in _CONNECTORS or words.text[i] == "-":
            if words.lower[i] == "et" and end == start + 1:
                break
            i += 1
            gap += 1
        else:
            break
    return end


def _expansions(words: Words, board: _Board) -> None:
    """Propose an acronym and its expansion where one stands in brackets after the other."""
    for start, end, acronym in expansions(words):
        board.add(start, end, "ORG", _EXPANDED, binds=True)
        board.add(acronym, acronym + 1, "ORG", _EXPANDED - 1)


def expansions(words: Words) -> Iterator[tuple[int, int, int]]:
    """Yield ``(start, end, i)``: tokens start to end are spelt out what the acronym at token i abbreviates.

    The initials of the words must yield the letters of the acronym, in order (Schwartz and Hearst, 2003, adapted).
    """
    for i, text in enumerate(words.text):
        if text != "(":
            continue
        if i + 2 < len(words) and words.is_name(i + 1) and words.text[i + 2] in (")", ",", "/", ";"):
            letters = [c for c in _fold(words.text[i + 1]) if c.isalnum()]
            if not 2 <= len(letters) <= 10:
                continue
            for start in range(i - 1, max(-1, i - 16), -1):
                if words.line[start] != words.line[i] or words.text[start] in _BREAKS:
                    break
                if words.is_name(start) and abbreviates(letters, [_fold(w) for w in words.text[start:i]]):
                    yield start, i, i + 1
                    break
        if i and _is_acronym(words, i - 1):
            end = next(
                (j for j in range(i + 1, min(i + 18, len(words))) if words.text[j] in (")", ",", ";")), None
            )
            if end is None:
                continue
            start = i + 1
            while start < end and words.lower[start] in _ARTICLES:
                start += 1
            letters = [c for c in _fold(words.text[i - 1]) if c.isalnum()]
            if (
                end - start > 1
                and words.is_name(start)
                and abbreviates(letters, [_fold(w) for w in words.text[start:end]])
            ):
                yield start, end, i - 1


def abbreviates(letters: Sequence[str], words: Sequence[str], strict: bool = False) -> bool:
    """Tell whether ``letters`` are the initials (or first letters) of ``words``; connecting words may be left out.

    One other word may be left out too (``Union économique et monétaire ouest-africaine``, UEMOA), unless ``strict``,
    when each letter must also be an initial.
    """
    reached = {(0, 0)}  # (letters used, content words left out)
    sizes, allowed = (1,) if strict else (1, 2, 3), 0 if strict else 1
    for number, word in enumerate(words):
        following: set[tuple[int, int]] = set()
        optional = word in _CONNECTORS or not word.isalnum()
        for used, skipped in reached:
            if number and (optional or skipped < allowed):
                following.add((used, skipped + (not optional)))
            for size in sizes:
                if used + size <= len(letters) and "".join(letters[used : used + size]) == word[:size]:
                    following.add((used + size, skipped))
        reached = following
    return any(used == len(letters) for used, _ in reached)


def _credited(doc: Doc, words: Words, board: _Board) -> None:
    """Propose the persons of bylines and credits, where the layout has found such blocks."""
    starts = [token.idx for token in doc]
    for item in layers.read(doc, layers.BLOCKS):
        if item.label not in ("byline", "credit"):
            continue
        i = bisect_right(starts, item.start) - 1
        last = bisect_right(starts, item.end - 1)
        while i < last:
            if words.is_name(i) and words.lower[i] not in _LEADING | _FUNCTIONS | _NO_NAMES:
                end = min(_name_run(words, i), last)
                if end - i >= 2 and not words.shouts[i]:
                    board.add(i, end, "PER", _CREDITED)
                i = max(end, i + 1)
            else:
                i += 1


# --- decision


def _agree(candidates: Sequence[Candidate], words: Words) -> None:
    """Let the mentions of one form support each other: add the mean weight of the others to each."""
    by_form: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_form[words.key(candidate.start, candidate.end)].append(candidate)
    for group in by_form.values():
        if len(group) < 2:
            continue
        total = {label: sum(c.weights[label] for c in group) for label in LABELS}
        for c in group:
            others = {label: (total[label] - c.weights[label]) / (len(group) - 1) for label in LABELS}
            for label in LABELS:
                c.weights[label] += _AGREEMENT * others[label]


def _chosen(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that do not overlap and together weigh most (weighted interval scheduling)."""
    ordered = sorted(candidates, key=lambda c: (c.end, c.start))
    values = _values(ordered)
    ends = [c.end for c in ordered]
    best: list[tuple[float, int, bool]] = [(0.0, 0, False)]
    for i, c in enumerate(ordered):
        compatible = bisect_right(ends, c.start, 0, i)
        taken = best[compatible][0] + values[i]
        best.append((taken, compatible, True) if taken > best[i][0] else (best[i][0], i, False))
    chosen: list[Candidate] = []
    i = len(ordered)
    while i:
        _, previous, taken_here = best[i]
        if taken_here:
            chosen.append(ordered[i - 1])
        i = previous
    return chosen[::-1]


def _values(ordered: Sequence[Candidate]) -> list[float]:
    """Weigh each candidate with what it contains, so that a whole outweighs its parts."""
    values = [c.weight for c in ordered]
    for i, c in enumerate(ordered):
        j = i - 1
        while j >= 0 and ordered[j].end > c.start:
            inner = ordered[j]
            if inner.start >= c.start:
                values[i] += inner.weight
            j -= 1
        j = i + 1
        while j < len(ordered) and ordered[j].end == c.end:
            if ordered[j].start >= c.start and ordered[j].start != c.start:
                values[i] += ordered[j].weight
            j += 1
    return values


def _repeated(chosen: Sequence[Candidate], words: Words) -> list[Candidate]:
    """Add the places where the article repeats, uncovered, a name accepted elsewhere in it."""
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for c in chosen:
        labels[words.key(c.start, c.end)][c.label] += 1
        if c.label == "PER":
            last = c.end - 1
            while last > c.start and words.text[last - 1] == "-":
                last -= 2
            if last > c.start and words.is_name(last):
                labels[words.key(last, c.end)]["PER"] += 0
    forms = Forms(key for key in labels if len(key) > 1)
    covered = [False] * len(words)
    for c in chosen:
        covered[c.start : c.end] = [True] * (c.end - c.start)
    found = list(chosen)
    i = 0
    while i < len(words):
        if covered[i] or not words.is_name(i) or words.lower[i] in _LEADING:
            i += 1
            continue
        best = None
        for end, key in forms.find(words, i):
            if not any(covered[i:end]):
                best = end, key
        if best is None or _beside_names(words, i, best[0]):
            i += 1
            continue
        end, key = best
        candidate = Candidate(i, end)
        candidate.weights[max(LABELS, key=lambda label: labels[key].get(label, -1))] = _ACCEPTED
        found.append(candidate)
        i = end
    return sorted(found, key=lambda c: c.start)


@Language.factory(
    "gnlp_entities",
    assigns=["doc.ents"],
    requires=["doc.ents"],
)
def make_entities(nlp: Language, name: str) -> Entities:
    """Create the component, with the gazetteer of ``seeds/``."""
    return Entities()
