"""The layout of pages: blocks, interview turns, dates, glued words."""

from __future__ import annotations

import json
import pickle
import re
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from geopolitics_nlp import layers
from geopolitics_nlp.blocks import BOILERPLATE_COLUMNS, WEIGHTS
from geopolitics_nlp.dates import find_dates
from geopolitics_nlp.layout import read_page
from geopolitics_nlp.lexicons import fold, read_csv, unaccented

CASES = Path(__file__).parent / "cases"
SHARED = Path(__file__).parents[2] / "shared"
TURN_KINDS = ("question", "answer", "turn")


# Cases: a page with the kind of each block before it (`headline| …`; `| …` goes on with the block above),
# and with its turns and their labels in tags. "dateline-prefix" and "attribution" are paragraphs that begin
# with a dateline, or that sign the quotation above.


@dataclass
class Case:
    name: str
    text: str
    blocks: list[tuple[str, str]]
    turns: list[tuple[str, str | None, str]]


def read_cases(path: Path) -> list[Case]:
    parts = re.split(r"^=== (\S+)\n", path.read_text(encoding="utf8"), flags=re.M)
    assert not parts[0].strip(), f"{path}: words before the first case"
    return [read_case(name, body) for name, body in zip(parts[1::2], parts[2::2], strict=True)]


def read_case(name: str, body: str) -> Case:
    text, blocks, turns, open_tags = "", [], [], {}
    label: str | None = None
    for line in body.strip("\n").split("\n"):
        if line:
            kind, bar, words = line.partition("|")
            assert bar, f"{name}: no kind before {line!r}"
            assert kind in ("", *WEIGHTS, "lead", "turn", "dateline-prefix", "attribution"), line
            start = len(text)
            for piece in re.split(r"(</?\w+>)", words.removeprefix(" ")):
                tag = re.fullmatch(r"<(/?)(\w+)>", piece)
                if not tag:
                    text += piece
                elif not tag[1]:
                    assert tag[2] in (*TURN_KINDS, "label"), line
                    open_tags[tag[2]] = len(text)
                elif tag[2] == "label":
                    label = text[open_tags.pop("label") :]
                else:
                    turns.append((tag[2], label, text[open_tags.pop(tag[2]) :]))
                    label = None
            if kind:
                blocks.append((kind, text[start:]))
            else:
                blocks[-1] = (blocks[-1][0], blocks[-1][1] + "\n" + text[start:])
        text += "\n"
    assert not open_tags, f"{name}: {open_tags} not closed"
    return Case(name, text, blocks, turns)


PAGES = read_cases(CASES / "layout_pages.txt") + read_cases(CASES / "layout_interviews.txt")
INTERVIEWS = [case for case in PAGES if case.turns]


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_blocks_have_their_kinds(case: Case) -> None:
    found = []
    for block in read_page(case.text).blocks:
        kind = block.kind
        if "dateline" in block.attrs:
            kind = "dateline-prefix"
        if "attribution" in block.attrs:
            kind = "attribution"
        found.append((kind, case.text[block.start : block.end]))
    assert found == case.blocks


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_turns_have_their_exact_words(case: Case) -> None:
    page = read_page(case.text)
    found = [
        (turn.kind, case.text[slice(*turn.label)] if turn.label else None, case.text[turn.start : turn.end])
        for turn in page.turns
    ]
    assert found == case.turns


def wrapped(text: str) -> str:
    lines = (
        textwrap.fill(line, 72, break_on_hyphens=False, break_long_words=False) for line in text.split("\n")
    )
    return "\n\n".join(line for line in lines if line)


VARIANTS: dict[str, Callable[[str], str]] = {
    "no-empty-lines": lambda text: re.sub(r"\n+", "\n", text),
    "empty-lines": lambda text: re.sub(r"\n+", "\n\n", text),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "literal-line-breaks": lambda text: text.replace("\n", "\\n"),
    "narrow-spaces": lambda text: text.replace(" :", "\u202f:").replace(" ?", "\u00a0?"),
    "indented": lambda text: text.replace("\n", "\n\t"),
    "without-accents": unaccented,
    "hard-wrapped": wrapped,
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("case", INTERVIEWS, ids=lambda case: case.name)
def test_turns_do_not_hang_on_typography(case: Case, variant: str) -> None:
    change = VARIANTS[variant]
    text = change(case.text)
    found = [text[turn.start : turn.end] for turn in read_page(text).turns]
    wanted = [change(words) for _, _, words in case.turns]
    assert [squeezed(words) for words in found] == [squeezed(words) for words in wanted]


def squeezed(words: str) -> str:
    return re.sub(r"(?:\\n|\s)+", " ", words)


@pytest.fixture(scope="module")
def nlp() -> spacy.Language:
    nlp = spacy.blank("fr")
    nlp.add_pipe("gnlp_layout")
    return nlp


def test_each_marker_of_boilerplate_weighs_on_some_kind() -> None:
    weighed = {feature for weights in WEIGHTS.values() for feature in weights} | {
        "interview-start",
        "interview-inside",
    }
    rows = list(read_csv("lexicons/boilerplate.csv", BOILERPLATE_COLUMNS))
    suffixes = {"whole": "", "start": "-start", "any": "-inside"}
    for row in rows:
        if row["place"] == "label":
            row.choice("category", ("asker", "answerer", "no-label"))
        else:
            assert row["category"] + suffixes[row["place"]] in weighed, row.where
    folded = Counter((unaccented(fold(row["marker"])), row["place"], row["category"]) for row in rows)
    assert not [marker for marker, times in folded.items() if times > 1]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("3 avril 2025", "2025-04-03"),
        ("jeudi 03 avril 2025", "2025-04-03"),
        ("1er juin 2024", "2024-06-01"),
        ("12/11/2025", "2025-11-12"),
        ("12.11.25", "2025-11-12"),
        ("2025-11-12", "2025-11-12"),
        ("9 fev 2025", "2025-02-09"),
        ("9 FÉVRIER 2025", "2025-02-09"),
        ("3 déc. 2024", "2024-12-03"),
        ("15 mai", "--05-15"),
        ("29 février", "--02-29"),
    ],
)
def test_dates_as_pages_write_them(written: str, iso: str) -> None:
    text = f"Publié le {written} à 07h42"
    (found,) = find_dates(text)
    assert found.iso == iso
    assert text[found.start : found.end].endswith(written)


@pytest.mark.parametrize(
    "written", ["31/02/2025", "29 février 2023", "12/2025", "2025", "1.2.3.4", "le 5 du mois"]
)
def test_what_is_no_date(written: str) -> None:
    assert not list(find_dates(written))


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        (
            "Le port rouvre\n\nPublié le 2 mai 2025\n\nLe port a fermé le 3 mars 2024 après la tempête.",
            ["2025-05-02"],
        ),
        (
            "Le port rouvre\n\nPar Awa Diarra, le 2 mai 2025\n\nLe port rouvre ses quais ce matin.",
            ["2025-05-02"],
        ),
        ("Le port rouvre\n\nLomé, 2 mai (AFP) – Le port rouvre ses quais ce matin.", ["--05-02"]),
        ("Le port a fermé le 3 mars 2024, a dit la capitainerie. Il rouvre.", []),
    ],
    ids=["date-line", "byline", "dateline", "running-text"],
)
def test_dates_of_the_page(text: str, dates: list[str]) -> None:
    assert [found.iso for found in read_page(text).dates] == dates


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'«État» paie", ["L'", "«", "État", "»", "paie"]),
        ('dans l\'"État" voisin', ["dans", "l'", '"', "État", '"', "voisin"]),
        ("qu’“on” dit", ["qu’", "“", "on", "”", "dit"]),
        (
            "des États du SahelImage : Awa Diarra",
            ["des", "États", "du", "Sahel", "Image", ":", "Awa", "Diarra"],
        ),
        (
            "la porte du Sahelphoto : Awa Diarra",
            ["la", "porte", "du", "Sahel", "photo", ":", "Awa", "Diarra"],
        ),
        (
            "Awa Diarra Journaliste à Radio GaoADiarra",
            ["Awa", "Diarra", "Journaliste", "à", "Radio", "Gao", "ADiarra"],
        ),
        ("chez les soldats.Le maire", ["chez", "les", "soldats", ".", "Le", "maire"]),
        ("la fin de l'annéeLe maire", ["la", "fin", "de", "l'", "année", "Le", "maire"]),
        ("Awa Diarra/ReutersLa ville attend", ["Awa", "Diarra", "/", "Reuters", "La", "ville", "attend"]),
        ("Elle l'écrit sur X.", ["Elle", "l'", "écrit", "sur", "X", "."]),
        (r"le sel.\n\nLe maire", ["le", "sel", ".", r"\n\n", "Le", "maire"]),
    ],
)
def test_glued_words_come_apart(nlp: spacy.Language, text: str, words: list[str]) -> None:
    doc = nlp(text)
    assert [token.text for token in doc] == words
    assert doc.text == text


@pytest.mark.parametrize(
    "text",
    [
        "McDonald, YouTube, iPhone, DeepMind, BFMTV, PhD et TikTok",
        'un pouce fait 1"50 ou 30\'21"04',
        "le site www.gao.Example et la page gao.info/Une.Page",
        "selon @AwaDiarra et #SahelLibre",
        "Ressource : le mil",
    ],
)
def test_words_that_only_look_glued_stay(nlp: spacy.Language, text: str) -> None:
    assert [token.text for token in nlp(text)] == [token.text for token in spacy.blank("fr")(text)]


def test_each_block_starts_a_sentence_and_the_rest_is_left_to_the_parser(nlp: spacy.Language) -> None:
    text = " \n Gao sans eau\n\n12 mars 2025\n\nLa ville manque d'eau. Elle attend\xa0!\n"
    doc = nlp(text)
    assert [token.text for token in doc if token.is_sent_start] == ["Gao", "12", "La"]
    assert all(token.is_sent_start is None for token in doc if not token.is_sent_start)


def test_layers_hold_the_blocks_and_turns(nlp: spacy.Language) -> None:
    case = next(case for case in INTERVIEWS if case.name == "radio-labels-medium-and-name")
    doc = nlp(case.text)
    blocks, turns = layers.read(doc, layers.BLOCKS), layers.read(doc, layers.TURNS)
    assert [(item.label, case.text[item.start : item.end]) for item in blocks] == case.blocks
    assert [item.label for item in turns[:2]] == ["question", "answer"]
    assert [item.attrs["medium"] for item in turns[:2]] == [True, False]
    assert case.text[slice(*turns[0].attrs["label"])] == "Radio Liptako"
    about = layers.about(doc, layers.BLOCKS)
    assert about["interview"] is True
    assert [found["iso"] for found in about["dates"]] == ["2025-02-14"]


@pytest.mark.parametrize(
    ("announced", "medium"),
    [
        ("Elle répond aux questions de Cap Austral.", "Cap Austral"),
        ("Il était au micro de Radio Corniche lundi.", "Radio Corniche"),
        ("Dans un entretien accordé à L’Écho du Delta, elle s'explique.", "L’Écho du Delta"),
        ("Elle s'est confiée à Méridien Plus.", "Méridien Plus"),
        ("Méridien Plus l'a rencontrée à Dakar.", "Méridien Plus"),
        ("Méridien Plus reçoit une ancienne ministre.", "Méridien Plus"),
        ("Elle dresse pour le Courrier des Lagunes un bilan inquiet.", "Courrier des Lagunes"),
        ("Propos recueillis à Dakar par Lucie Marandet pour Cap Austral", "Cap Austral"),
        ("Elle vit à Dakar et part pour Gao.", None),
        ("Elle répond à nos questions.", None),
    ],
)
def test_the_medium_that_asks(announced: str, medium: str | None) -> None:
    page = read_page(
        f"{announced}\n\nENTRETIEN\n\nQue dites-vous ?\n\nJe dis non.\n\nEt vous ?\n\nMoi, je dis oui."
    )
    assert page.turns
    assert (page.medium and announced[slice(*page.medium)]) == medium


def test_headline_is_told_from_headings() -> None:
    case = next(case for case in PAGES if case.name == "daily-with-furniture")
    levels = [block.attrs["level"] for block in read_page(case.text).blocks if block.kind == "headline"]
    assert levels == [1, 2]


def test_context_and_layers_survive_pipe_and_bytes(nlp: spacy.Language) -> None:
    text = "Le mot d'«État».\n\nLe mot suivant."
    ((doc, context),) = nlp.pipe([(text, {"id": "a1"})], as_tuples=True)
    assert context == {"id": "a1"}
    again = pickle.loads(pickle.dumps(doc))
    assert layers.read(again, layers.BLOCKS) == layers.read(doc, layers.BLOCKS)


def test_annotated_doc_keeps_its_tokens_and_sentences() -> None:
    nlp = spacy.blank("fr")
    doc = nlp("L'«État» paie.\n\nLa ville attend.")
    heads = [len(doc) - 1] * len(doc)
    parsed = spacy.tokens.Doc(
        nlp.vocab,
        words=[token.text for token in doc],
        spaces=[bool(token.whitespace_) for token in doc],
        heads=heads,
        deps=["dep"] * len(doc),
    )
    laid_out = nlp.create_pipe("gnlp_layout")(parsed)
    assert laid_out is parsed
    assert len(list(laid_out.sents)) == 1
    assert [item.start for item in layers.read(laid_out, layers.BLOCKS)] == [0, 16]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n" * 10_000,
        "\u200b\ufeff",
        "\x00\x01\x02",
        "«»“”\"''",
        "مرحبا بالعالم\u200f\n\nשלום",
        "?\n" * 500,
        "A :" * 300,
        "A : " * 300,
        "– ?\n" * 400,
        "\\n\\n\\n",
        "1. 2. 3.\n" * 50,
        "Q. R. Q. R.\nQ.\nR.",
        "\ud800",
        "🙂 : 🙂 ?\n" * 20,
    ],
    ids=repr,
)
def test_any_text_goes_through(nlp: spacy.Language, text: str) -> None:
    text = text.encode("utf8", "surrogatepass").decode("utf8", "replace")
    doc = nlp(text)
    assert doc.text == text
    for block in layers.read(doc, layers.BLOCKS):
        assert 0 <= block.start < block.end <= len(text)


NOISE = [*"Aa éÀ1 \n\n\t.:?!,–-—«»“\"'’\\/()*_>|©…", "Q", "vous ", "je ", "Awa ", "Photo", "12 mai "]


@given(st.lists(st.sampled_from(NOISE)).map("".join))
def test_layout_is_sane_on_noise(text: str) -> None:
    page = read_page(text)
    bounds = [(block.start, block.end) for block in page.blocks]
    assert bounds == sorted(bounds)
    assert all(end <= start for (_, end), (start, _) in pairwise(bounds))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in bounds)
    spans = [(turn.start, turn.end) for turn in page.turns]
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize(
    "unit",
    [
        "Le mot d'«État» revient. ",
        "Le maire a dit oui.\n",
        "Radio Gao : Avez-vous peur ?\nAwa Diarra : Non.\n",
        "Awa Diarra : Non. ",
        "mot ",
        "- ",
        "A",
        "«",
        "12 mars 2025 – ",
        "Photo : ",
        "\\n",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        read_page(text)
        return time.process_time() - start

    seconds(2_000)
    short, long = min(seconds(20_000) for _ in range(3)), seconds(160_000)
    assert long < 8 * 4 * short + 0.05


def gold(*files: str) -> list[dict[str, Any]]:
    paths = [SHARED / "gold" / file for file in files]
    if not all(path.exists() for path in paths):
        pytest.skip("the gold articles of ../shared are not here")
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf8").splitlines()]


def test_turns_of_the_gold_are_exact() -> None:
    for article in gold("seed/gold.jsonl", "dev/gold.jsonl"):
        wanted = [(quote["start"], quote["end"]) for quote in article["quotes"] if quote["type"] == "turn"]
        assert [(turn.start, turn.end) for turn in read_page(article["text"]).turns] == sorted(wanted), (
            article["id"]
        )


@pytest.mark.parametrize("file", ["winer-fr/2016-2017.jsonl", "press-fr/articles.jsonl"])
def test_no_interview_in_plain_articles(file: str) -> None:
    path = SHARED / "corpora" / file
    if not path.exists():
        pytest.skip("the corpora of ../shared are not here")
    for line in path.read_text(encoding="utf8").splitlines()[::4]:
        article = json.loads(line)
        assert not read_page(article["text"]).turns, article["id"]


def test_component_time_is_linear_in_blocks(nlp: spacy.Language) -> None:
    layout = nlp.get_pipe("gnlp_layout")

    def seconds(lines: int) -> float:
        doc = nlp.make_doc("Le mot d'«État» revient.\n" * lines)
        start = time.process_time()
        layout(doc)
        return time.process_time() - start

    seconds(100)
    short, long = min(seconds(500) for _ in range(3)), seconds(8_000)
    assert long < 16 * 4 * short + 0.05
