"""What `gnlp_entities` makes of a recogniser's marks: no model is loaded, the marks stand in the cases."""

from __future__ import annotations

import pickle
import re
import time

import pytest
import spacy
from marked_entities import unmark
from spacy.language import Language
from spacy.tokens import Doc, Span

from geopolitics_nlp import layers
from geopolitics_nlp.decisions import read_weights
from geopolitics_nlp.entities import LABELS, WEIGHTS, Entities
from geopolitics_nlp.gazetteers import Gazetteer
from geopolitics_nlp.surfaces import Forms, Words, abbreviates, expansions, shape


@pytest.fixture(scope="module")
def french() -> Language:
    return spacy.blank("fr")


@pytest.fixture(scope="module")
def component() -> Entities:
    return Entities()


def read(nlp: Language, marked: str) -> Doc:
    """Make a Doc of a text in which ``[words|LABEL]`` are what a recogniser marked."""
    text, spans = unmark(marked)
    doc = nlp.make_doc(text)
    ents = [doc.char_span(start, end, label, alignment_mode="expand") for start, end, label in spans]
    doc.set_ents([ent for ent in ents if ent is not None])
    return doc


def found(component: Entities, doc: Doc) -> list[str]:
    return [f"{ent.text}|{ent.label_}" for ent in component.match(doc)]


CASES = {
    "article off the head": (
        "Les soldats de [la France|LOC] ont quitté [le Niger|LOC].",
        "France|LOC Niger|LOC",
    ),
    "elided article off the head": ("Les chefs de [l'Ukraine|LOC] se taisent.", "Ukraine|LOC"),
    "curly elision off the head": ("Les chefs de [l’Ukraine|LOC] se taisent.", "Ukraine|LOC"),
    "surname of a person named in full": (
        "Selon [Marco Tarkinto|PER], rien ne presse. « Attendons », a dit [Tarkinto|ORG].",
        "Marco Tarkinto|PER Tarkinto|PER",
    ),
    "title off the head": ("Selon [M. Barsalogo-Kindo|PER], rien ne presse.", "Barsalogo-Kindo|PER"),
    "function off the head": ("Le [président Emmanuel Macron|PER] se tait.", "Emmanuel Macron|PER"),
    "compound of two names": ("Le sommet [Russie-AES|LOC] s'ouvre jeudi.", "Russie|LOC AES|ORG"),
    "line break inside": ("La ville de [Gao\n\nLe|LOC] fleuve monte.", "Gao|LOC"),
    "known and overlooked": ("Au siège de l'ONU, on attend.", "ONU|ORG"),
    "label from the gazetteer": (
        "Le retrait de la [CEDEAO|MISC] étonne [Dakar|LOC].",
        "CEDEAO|ORG Dakar|LOC",
    ),
    "armed group in small letters": (
        "Les talibans ont pris la ville de [Kunduz|LOC].",
        "talibans|ORG Kunduz|LOC",
    ),
    "acronym in capitals only": ("[Un|ORG] homme a vu les casques de l'[ONU|ORG].", "ONU|ORG"),
    "no demonym": ("Les [Maliens|LOC] et les [Nigériens|PER] votent.", ""),
    "no month": ("En [Mars|LOC] 2024, il a plu à [Gao|LOC].", "Gao|LOC"),
    "no portfolio": (
        "Le ministre malien des [Affaires étrangères|ORG], [Boukary Tounkara|PER], est à [Paris|LOC].",
        "Boukary Tounkara|PER Paris|LOC",
    ),
    "no institution in small letters": ("L'[armée malienne|ORG] quitte [Kidal|LOC].", "Kidal|LOC"),
    "person and medium of a byline": (
        "Par [Seydou Barka-Konta - L'Observateur|PER] du Fleuve, à [Gao|LOC]",
        "Seydou Barka-Konta|PER Gao|LOC",
    ),
    "job of a credit off the head": (
        "([Reportage Awa Barka-Konta|PER], édité par [Blandine Roque|PER])",
        "Awa Barka-Konta|PER Blandine Roque|PER",
    ),
    "medium named after its site": ("Selon [Kiosque.info|ORG], rien ne presse.", "Kiosque.info|ORG"),
    "network of one letter": (
        "Elle l'a écrit sur X et sur [Facebook|ORG].",
        "X|ORG Facebook|ORG",
    ),
    "no network": ("Un rayon X et le plan X suffisent à M. X, dit-elle.", ""),
    "place that the recogniser calls a person": (
        "Le fleuve monte. [N'Djamena|PER] attend de l'aide.",
        "N'Djamena|LOC",
    ),
    "no address": ("Voir [https://exemple.org/mali|ORG] et [Bamako|LOC].", "Bamako|LOC"),
    "words that a hyphen joins": ("La députée [Rokia Sow|PER]-Kamissoko parle.", "Rokia Sow-Kamissoko|PER"),
    "official name cut in two": (
        "Il enseigne à l'[Université des Lettres|ORG] et des [Sciences Humaines de Bamako|ORG].",
        "Université des Lettres et des Sciences Humaines de Bamako|ORG",
    ),
    "expansion and acronym": (
        "La [Coordination des femmes|ORG] de Gao (COFEG) proteste.",
        "Coordination des femmes de Gao|ORG COFEG|ORG",
    ),
    "surname after the full name": (
        "[Boukary Tounkara|PER] a parlé. Le soir, [Tounkara|LOC] s'est tu.",
        "Boukary Tounkara|PER Tounkara|PER",
    ),
    "overlooked where it is said again": (
        "[Boukary Tounkara|PER] a parlé. On a applaudi Boukary Tounkara.",
        "Boukary Tounkara|PER Boukary Tounkara|PER",
    ),
    "headline in capitals": (
        "OUMAR BARKA-DIALLO DEFEND LE PONT DE GAO\n\nLe maire, [Oumar Barka-Diallo|PER], est à [Gao|LOC].",
        "OUMAR BARKA-DIALLO|PER GAO|LOC Oumar Barka-Diallo|PER Gao|LOC",
    ),
}


@pytest.mark.parametrize(("marked", "expected"), CASES.values(), ids=CASES.keys())
def test_corrects_the_recogniser(french: Language, component: Entities, marked: str, expected: str) -> None:
    names = re.findall(r"\S.*?\|(?:PER|LOC|ORG)", expected)
    assert found(component, read(french, marked)) == names


def test_a_turns_label_is_a_name(french: Language, component: Entities) -> None:
    doc = french.make_doc("T. B. : Rien ne presse.\nRadio Tamasna : Vraiment ?\nQuestion : Et demain ?")
    turns = []
    for label, said in (("T. B.", "Rien"), ("Radio Tamasna", "Vraiment"), ("Question", "Et")):
        start, begin = doc.text.index(label), doc.text.index(said)
        attrs = {"label": [start, start + len(label)], "medium": label == "Radio Tamasna"}
        turns.append(layers.Item(begin, begin + len(said), "turn", attrs))
    layers.write(doc, layers.TURNS, turns)
    assert found(component, doc) == ["T. B.|PER", "Radio Tamasna|ORG"]


def test_who_signs_is_a_person(french: Language, component: Entities) -> None:
    doc = read(french, "[Fatou Zerbo-Kane Journaliste|PER] au service Afrique")
    layers.write(doc, layers.BLOCKS, [layers.Item(0, len(doc.text), "byline", {})])
    assert found(component, doc)[0] == "Fatou Zerbo-Kane|PER"


def test_writes_the_entities_once_found(french: Language, component: Entities) -> None:
    doc = component(read(french, "Les soldats de [la France|LOC] partent."))
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("France", "LOC")]


def test_match_leaves_the_document_alone(french: Language, component: Entities) -> None:
    doc = read(french, "Les soldats de [la France|LOC] partent.")
    component.match(doc)
    assert [ent.text for ent in doc.ents] == ["la France"]


def test_other_weights_decide_otherwise(french: Language) -> None:
    weights = {label: {"(bias)": -9.0} for label in LABELS} | {"PER": {"(bias)": 9.0}}
    component = Entities(gazetteer=Gazetteer((), ()), weights=weights)
    assert found(component, read(french, "Les rues de [Gao|LOC] sont vides.")) == ["Gao|PER"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "«»\"'’-–—/()",
        "'",
        "L'",
        "-",
        "M. ",
        "(A)",
        "A-",
        "-A",
        "X (",
        "\x00\ufeff",
        "🙂 É",
        "M.M.M.",
    ],
    ids=repr,
)
def test_takes_any_text(french: Language, component: Entities, text: str) -> None:
    doc = french.make_doc(text)
    for width in range(1, min(3, len(doc)) + 1):
        doc.set_ents([Span(doc, 0, width, label="PER")], default="outside")
        component.match(doc)


def test_takes_time_in_proportion_to_the_text(french: Language, component: Entities) -> None:
    piece = "Le Conseil de Sécurité (CS) de Gao-Ansongo et le Parti de La Paix de M. Ag Alkassoum-Barka (PP) "

    def seconds(times: int) -> float:
        doc = Doc(french.vocab, [token.text for token in french.make_doc(piece)] * times)
        doc.set_ents([Span(doc, i, i + 2, label="ORG") for i in range(0, len(doc) - 2, 7)])
        start = time.process_time()
        component.match(doc)
        return time.process_time() - start

    def best(times: int) -> float:
        return min(seconds(times) for _ in range(3))

    assert best(400) < 20 * max(best(40), 0.01)


def test_survives_pickling(french: Language, component: Entities) -> None:
    doc = read(french, CASES["compound of two names"][0])
    assert found(pickle.loads(pickle.dumps(component)), doc) == found(component, doc)


def test_weights_know_the_labels() -> None:
    weights = read_weights(WEIGHTS)
    assert set(weights) == set(LABELS)
    assert all("(bias)" in of_label for of_label in weights.values())


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ONU", "X"),
        ("M23", "X"),
        ("U.E.", "X"),
        ("Gao", "Xx"),
        ("É", "Xx"),
        ("anti-Balaka", "xX"),
        ("ville", "x"),
        ("2025", "0"),
        ("19h", "x"),
        ("…", ""),
    ],
)
def test_shape(word: str, expected: str) -> None:
    assert shape(word) == expected


def test_words_know_where_a_capital_says_nothing(french: Language) -> None:
    words = Words(french.make_doc("Il part. Demain, Gao vote.\nDEMAIN GAO VOTE ENCORE"))
    assert [word for word, opens in zip(words.text, words.opens, strict=True) if opens] == [
        "Il",
        "Demain",
        "\n",
        "DEMAIN",
    ]
    assert words.shouts[-4:] == [True] * 4
    assert not any(words.shouts[:-4])


def test_forms_find_the_longest(french: Language) -> None:
    words = Words(french.make_doc("La Côte d’Ivoire et le Nord-Kivu, à Tel-Aviv"))
    forms = Forms(["cote", "cote d'ivoire", "nord kivu", "tel aviv"])
    ends = {i: end for i in range(words.size) if (end := forms.longest(words, i)) > i}
    assert [" ".join(words.text[i:end]) for i, end in ends.items()] == [
        "Côte d’ Ivoire",
        "Nord-Kivu",
        "Tel - Aviv",
    ]


@pytest.mark.parametrize(
    ("letters", "words", "expected"),
    [
        ("cpi", "cour penale internationale", True),
        ("gsim", "groupe de soutien a l' islam et aux musulmans", True),
        ("cofega", "coordination des femmes de gao", True),
        ("uemoa", "union economique et monetaire ouest africaine", True),
        ("cpi", "cour penale", False),
        ("onu", "organisation des nations", False),
        ("ab", "banque africaine", False),
    ],
)
def test_abbreviates(letters: str, words: str, expected: bool) -> None:
    assert abbreviates(letters, words.split()) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la Cour pénale internationale (CPI) siège", ("Cour pénale internationale", "CPI")),
        ("la CPI (Cour pénale internationale) siège", ("Cour pénale internationale", "CPI")),
        ("la ville de Gao (Mali) attend", None),
    ],
    ids=["after", "before", "none"],
)
def test_expansions(french: Language, text: str, expected: tuple[str, str] | None) -> None:
    doc = french.make_doc(text)
    assert [(doc[a:b].text, doc[i].text) for a, b, i in expansions(Words(doc))] == (
        [expected] if expected else []
    )
