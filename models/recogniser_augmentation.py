"""Augmentation of the recogniser's training articles: other names, and the text as other pages would set it.

spaCy's augmenter ``gnlp.press_layouts.v1`` yields each article as it is and once with other names, each of
`CHANGES` made with a given probability: names put in the place of others, missing accents, straight
and curly apostrophes, one long line, capitals, and what surrounds an article on its page (rubrics,
datelines, bylines, credits, the labels of an interview's turns).
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from geopolitics_nlp.models.recogniser_data import SMALL_WORDS, Mention
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import filter_spans, registry

HERE = Path(__file__).parent
WORDS: dict[str, list[str]] = defaultdict(list)
with (HERE / "recogniser" / "augmentation.csv").open(encoding="utf8", newline="") as file:
    for row in csv.DictReader(file):
        WORDS[row["part"]] += row["forms"].split("|")
GAZETTEERS = HERE.parent / "seeds" / "gazetteers"


def gazetteer(name: str) -> list[list[str]]:
    """Return the unambiguous names of each row of a gazetteer, the full name first."""
    with (GAZETTEERS / f"{name}.csv").open(encoding="utf8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] != "country"]
    names = [dict.fromkeys([row["name"], *filter(None, row["aliases"].split("|"))]) for row in rows]
    return [
        [form for form in forms if form not in row["ambiguous"].split("|")]
        for forms, row in zip(names, rows, strict=True)
    ]


PLACES = [forms[0] for forms in gazetteer("places") if forms]
PEOPLE = [forms[0] for forms in gazetteer("people") if forms and " " in forms[0]]
ORGANISATIONS = [forms for forms in gazetteer("organisations") if forms]
BARE_PLACE = re.compile(r"(?:\bà |\bd['’]|\bde |\(|[/,] ?|\n)$")

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
    doc.set_ents(filter_spans([span for span in spans if span is not None]))
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


def medium(rng: random.Random, place: str) -> str:
    """Make up the name of a newspaper, a station or a site."""
    title = rng.choice([*WORDS["title"], place])
    return rng.choice(WORDS["medium"]).format(title.upper() if rng.random() < 0.2 else title)


def press_page(pieces: Pieces, rng: random.Random) -> Pieces:
    """Add what surrounds an article: rubrics, dateline, byline, credits, labels of interview turns."""
    people = [c for c, label in pieces if label == "PER" and " " in c] or ["Jeanne Morel"]
    places = [c for c, label in pieces if label == "LOC"] or ["Paris"]
    bodies = [c for c, label in pieces if label == "ORG"] or ["AFP"]
    host = medium(rng, rng.choice(places))

    def surroundings() -> Pieces:
        person, place = rng.choice(people), rng.choice(places)
        agency = rng.choice(["AFP", "Reuters", "AP", host, host, rng.choice(bodies)])
        initials = re.sub(r"(\w)[\w'’]*", r"\1.", person)
        options: list[Pieces] = [
            [(place.upper(), "LOC"), (" (", ""), (agency, "ORG"), (") – ", "")],
            [(place, "LOC"), (f", le {rng.randint(1, 28)} mars\n\n", "")],
            [("Par ", ""), (person, "PER"), ("\n\n", "")],
            [
                ("Par ", ""),
                (person, "PER"),
                ("\n", ""),
                (host, "ORG"),
                (", ", ""),
                (place, "LOC"),
                ("\n", ""),
            ],
            [("Par ", ""), (host, "ORG"), (f" - {rng.randint(1, 28)} fév 2025   0 commentaire\n\n", "")],
            [(person, "PER"), (", correspondant à ", ""), (place, "LOC"), ("\n", "")],
            [("Propos recueillis par ", ""), (person, "PER"), ("\n", "")],
            [("Image : ", ""), (person, "PER"), ("/", ""), (agency, "ORG"), ("\n\n", "")],
            [
                (rng.choice(["© ", "Photo : ", "Crédit photo : "]), ""),
                (agency, "ORG"),
                (" / ", ""),
                (person, "PER"),
                ("\n", ""),
            ],
            [(host, "ORG"), (" – Tous droits réservés\n", "")],
            [(host, "ORG"), (" : ", "")],
            [(person, "PER"), (" : ", "")],
            [(person.upper(), "PER"), (" : ", "")],
            [(initials, "PER"), (" : ", "")],
            [("Accueil > Monde > ", ""), (place, "LOC"), ("\n\n", "")],
            [(rng.choice(["Lire aussi : ", "À lire aussi › "]), ""), (place, "LOC"), (" : pourquoi ", "")],
        ]
        if rng.random() < 0.25:
            return [(rng.choice(WORDS["rubric"]) + rng.choice(["\n", "\n\n", "   "]), "")]
        return rng.choice(options)

    out = surroundings()
    for characters, label in pieces:
        lines = re.split(r"(?<=\n)(?=[^\n])", characters) if not label else [characters]
        for line in lines:
            out.append((line, label))
            if not label and line.endswith("\n") and rng.random() < 0.2:
                out += surroundings()
    return out


def organisation(rng: random.Random) -> tuple[str, str]:
    """Take an organisation of the gazetteer or make one up: long name and acronym.

    >>> organisation(rng)
    ('Front pour la paix et le progrès', 'FPP')
    """
    if rng.random() < 0.5:
        forms = rng.choice(ORGANISATIONS)
        short = [form for form in forms if " " not in form]
        return forms[0], rng.choice(short or forms)
    if rng.random() < 0.6:
        name = f"{rng.choice(WORDS['movement'])} pour {rng.choice(WORDS['aim'])}"
        if rng.random() < 0.5:
            name += f" et {rng.choice(WORDS['aim'])}"
    else:
        name = f"{rng.choice(WORDS['office'])} {rng.choice(WORDS['field'])}"
        if rng.random() < 0.3:
            name += f" et {rng.choice(WORDS['field'])}"
    if rng.random() < 0.4:
        name += f" {rng.choice(WORDS['area'])}"
    acronym = (
        "".join(w[0] for w in re.findall(r"\w+", name) if w not in SMALL_WORDS).translate(ACCENTS).upper()
    )
    shape = rng.random()
    if shape < 0.15:
        acronym = rng.choice("MGFAR") + str(rng.randint(2, 30))
    elif shape < 0.3 and len(acronym) > 3:
        acronym = acronym.capitalize()
    return name, acronym


def elides(name: str) -> bool:
    """Whether the word before the name is elided (``d'Alger``)."""
    return name[:1].translate(ACCENTS).upper() in "AEIOUYH"


def other_names(pieces: Pieces, rng: random.Random) -> Pieces:
    """Put other persons, places and organisations in the place of some, the same throughout the text.

    A name keeps its kind (full name, surname, acronym, long name) and whether it elides the word before it.
    """
    new = _new_people(pieces, rng) | _new_organisations(pieces, rng)
    out: Pieces = []
    before = ""
    for characters, label in pieces:
        # A country has an article or `en`; the towns of the gazetteer stand bare.
        bare = label == "LOC" and BARE_PLACE.search(before)
        if bare and characters not in new and rng.random() < 0.3:
            new[characters] = _place_like(characters, rng)
        if label and characters in new and (bare or label != "LOC"):
            name, bracket, acronym = new[characters].partition(" (")
            out.append((name, label))
            if bracket:
                out += [(bracket, ""), (acronym.removesuffix(")"), label), (")", "")]
        else:
            out.append((characters, label))
        before = characters[-12:]
    return out


def _new_people(pieces: Pieces, rng: random.Random) -> dict[str, str]:
    new: dict[str, str] = {}
    for form in dict.fromkeys(c for c, label in pieces if label == "PER" and " " in c):
        given, family = rng.choice(WORDS["given"]), rng.choice(WORDS["family"])
        if rng.random() < 0.3:
            given, family = rng.choice(PEOPLE).split(" ", 1)
        elif rng.random() < 0.2:
            family += "-" + rng.choice(WORDS["family"])
        if rng.random() < 0.5 and elides(given) == elides(form):
            new[form] = f"{given} {family}"
            new.setdefault(form.split(" ", 1)[1], family)
            new.setdefault(form.split(" ", 1)[0], given)
            new.setdefault(form.rsplit(" ", 1)[1], family)
    return new


def _new_organisations(pieces: Pieces, rng: random.Random) -> dict[str, str]:
    new = {}
    for form in dict.fromkeys(c for c, label in pieces if label == "ORG"):
        name, acronym = organisation(rng)
        if rng.random() < 0.4:
            if " " in form and form[0].isupper() and not elides(form) and not elides(name):
                new[form] = name if rng.random() < 0.6 or name == acronym else f"{name} ({acronym})"
            elif form.isupper() and len(form) > 1 and elides(acronym) == elides(form):
                new[form] = acronym
    return new


def _place_like(old: str, rng: random.Random) -> str:
    for name in rng.sample(PLACES, 20):
        if (
            elides(name) == elides(old)
            and len(name.split()) < 3
            and not name.startswith(("Le ", "La ", "Les "))
        ):
            return name
    return old


CHANGES: list[Callable[[Pieces, random.Random], Pieces]] = [
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


@registry.augmenters("gnlp.press_layouts.v1")  # type: ignore[untyped-decorator]  # catalogue has no types
def press_layouts(level: float) -> Callable[[Language, Example], Iterator[Example]]:
    """Make spaCy's augmenter: each change of `CHANGES` is made with probability ``level``."""
    rng = random.Random(0)

    def augment(nlp: Language, example: Example) -> Iterator[Example]:
        yield example
        doc = example.reference
        pieces = pieces_of(doc.text, [(e.start_char, e.end_char, e.label_) for e in doc.ents])
        pieces = other_names(pieces, rng)
        for change in CHANGES:
            if rng.random() < level:
                pieces = change(pieces, rng)
        changed = doc_of(nlp, pieces)
        yield Example(
            Doc(nlp.vocab, [t.text for t in changed], [bool(t.whitespace_) for t in changed]), changed
        )

    return augment
