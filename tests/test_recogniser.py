"""The recogniser's training data: guidelines, self-training and augmentation (no model is loaded)."""

import json
import random

import pytest
import spacy
from geopolitics_nlp.models.recogniser_augmentation import (
    CHANGES,
    doc_of,
    organisation,
    other_names,
    pieces_of,
)
from geopolitics_nlp.models.recogniser_data import (
    PressAnnotator,
    beginnings,
    press_texts,
    recall_forms,
    to_guidelines,
    winer,
)


def mentions(text, *forms):
    """Return the first occurrence of each `form/LABEL` as a mention."""
    found = []
    for item in forms:
        form, label = item.rsplit("/", 1)
        start = text.index(form)
        found.append((start, start + len(form), label))
    return found


def shown(text, found):
    return [f"{text[start:end]}/{label}" for start, end, label in found]


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        pytest.param("Il quitte l'ONU.", ["l'ONU/ORG"], ["ONU/ORG"], id="article"),
        pytest.param("Il lit L'Humanité.", ["L'Humanité/ORG"], ["L'Humanité/ORG"], id="article-of-a-title"),
        pytest.param(
            "Le discours de Gaulle", ["de Gaulle/PER"], ["de Gaulle/PER"], id="particle-of-a-surname"
        ),
        pytest.param("Hier l'armée turque a tiré", ["armée turque/ORG"], [], id="lower-case-institution"),
        pytest.param("le ministre de la Santé", ["Santé/ORG"], [], id="function"),
        pytest.param("le Congrès américain vote", ["Congrès américain/ORG"], ["Congrès/ORG"], id="demonym"),
        pytest.param("à l'aéroport de Zorbeck", ["aéroport de Zorbeck/ORG"], ["Zorbeck/LOC"], id="site"),
        pytest.param("selon l'ONG Oxfam", ["ONG Oxfam/ORG"], ["Oxfam/ORG"], id="generic-word"),
        pytest.param(
            "Les talibans et Facebook", [], ["talibans/ORG", "Facebook/ORG"], id="left-out-by-winer"
        ),
    ],
)
def test_to_guidelines(text, given, expected):
    assert shown(text, to_guidelines(text, mentions(text, *given))) == expected


def test_recall_forms_finds_whole_words_only():
    text = "À Riola, les Jeux de Riola. Riolais et Riola-Est."
    assert shown(text, recall_forms(text, mentions(text, "Riola/LOC"))) == ["Riola/LOC", "Riola/LOC"]


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        pytest.param(
            "Le Front pour la paix et le progrès (FPP) recule",
            ["Front pour la paix/ORG"],
            ["Front pour la paix et le progrès/ORG", "FPP/ORG"],
            id="name-up-to-its-acronym",
        ),
        pytest.param(
            "Awa Zorba parle. Puis Zorba sort.",
            ["Awa Zorba/PER", "Puis Zorba/LOC"],
            ["Awa Zorba/PER", "Puis Zorba/LOC"],
            id="other-form-untouched",
        ),
        pytest.param(
            "M. Zorba et le Covid", ["M. Zorba/PER", "Covid/LOC"], ["Zorba/PER"], id="title-and-table"
        ),
        pytest.param(
            "Awa Zorba parle. Zorba sort.", ["Awa Zorba/PER"], ["Awa Zorba/PER", "Zorba/PER"], id="surname"
        ),
    ],
)
def test_press_annotator(text, given, expected):
    annotator = PressAnnotator({"Covid": "-", "Xyzon": "ORG"})
    assert shown(text, annotator(text, mentions(text, *given))) == expected


TEXT = (
    "Mali : accord à Zorbeck\n\nAwa Diarra, de l'ONU, est arrivée à Zorbeck. « Je reste », a dit Awa Diarra ."
)


def annotated_pieces():
    return pieces_of(TEXT, mentions(TEXT, "Mali/LOC", "Zorbeck/LOC", "Awa Diarra/PER", "ONU/ORG"))


@pytest.fixture(scope="module")
def nlp():
    return spacy.blank("fr")


@pytest.mark.parametrize("change", [other_names, *CHANGES], ids=lambda c: c.__name__)
@pytest.mark.parametrize("seed", range(5))
def test_changes_keep_every_mention_a_span(nlp, change, seed):
    pieces = change(annotated_pieces(), random.Random(seed))
    doc = doc_of(nlp, pieces)
    expected = [(characters.strip(), label) for characters, label in pieces if label]
    assert [label for _, label in expected] == [e.label_ for e in doc.ents]
    assert all(name in e.text for (name, _), e in zip(expected, doc.ents, strict=True))


def test_organisation_is_reproducible():
    assert organisation(random.Random(4)) == organisation(random.Random(4))


def test_articles_of_a_gold_file_are_left_out_of_the_training(tmp_path):
    texts = ["Zorbeck vote." * 30, "Riola attend." * 30]
    articles, gold = tmp_path / "articles.jsonl", tmp_path / "gold.jsonl"
    lines = [json.dumps({"text": text, "entities": [], "category": "monde"}) for text in texts]
    articles.write_text("\n".join(lines), encoding="utf-8")
    gold.write_text(json.dumps({"id": "other-id", "text": texts[0] + " Fin."}), encoding="utf-8")
    assert [text for text, _ in winer(articles)] == texts
    assert [text for text, _ in winer(articles, beginnings(gold))] == texts[1:]
    assert press_texts(articles, beginnings(gold)) == texts[1:]
