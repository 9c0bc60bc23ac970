"""The networks run faster, and give what they gave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.training import Example

from geopolitics_nlp.inference import Embedding, Encoding, speed_up
from geopolitics_nlp.pipeline import BASE_MODEL

TEXTS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent.parent / "seeds" / "articles").glob("*.txt"))
]


def load() -> Language:
    return spacy.load(BASE_MODEL, exclude=["lemmatizer", "attribute_ruler"])


def faster() -> Language:
    nlp = load()
    speed_up(nlp)
    return nlp


@pytest.fixture(scope="module")
def plain() -> Language:
    return load()


@pytest.fixture(scope="module")
def sped_up() -> Language:
    return faster()


@pytest.mark.parametrize("name", ["tok2vec", "ner"])
def test_both_networks_are_exchanged(sped_up: Language, name: str) -> None:
    functions = [type(layer._func) for layer in sped_up.get_pipe(name).model.walk()]  # type: ignore[attr-defined]
    assert functions.count(Embedding) == functions.count(Encoding) == 1


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        TEXTS[:1],
        ["", "Gao", "", " "],
        ["C'est-à-dire qu’aujourd'hui M. Keïta, etc., l'a dit.\n\n"],
    ],
    ids=["articles", "one", "empty ones", "exceptions of the tokenizer"],
)
def test_vectors_are_the_same(plain: Language, sped_up: Language, texts: list[str]) -> None:
    docs = list(map(plain.make_doc, texts))
    before = plain.get_pipe("tok2vec").model.predict(docs)  # type: ignore[attr-defined]
    after = sped_up.get_pipe("tok2vec").model.predict(docs)  # type: ignore[attr-defined]
    assert [len(vectors) for vectors in after] == [len(doc) for doc in docs]
    for expected, got in zip(before, after, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-4)


def test_annotations_are_the_same(plain: Language, sped_up: Language) -> None:
    for expected, got in zip(plain.pipe(TEXTS), sped_up.pipe(TEXTS), strict=True):
        assert expected.to_json() == got.to_json()


def test_weights_changed_later_are_used(plain: Language) -> None:
    slow, fast = load(), faster()
    for nlp in (slow, fast):
        for layer in nlp.get_pipe("ner").model.walk():  # type: ignore[attr-defined]
            if layer.name in ("maxout", "layernorm"):
                layer.set_param("b", layer.get_param("b") + 1)
    slow_ones, fast_ones = ([doc.to_json() for doc in nlp.pipe(TEXTS)] for nlp in (slow, fast))
    assert fast_ones == slow_ones
    assert fast_ones != [doc.to_json() for doc in plain.pipe(TEXTS)]


def test_training_goes_on_as_before() -> None:
    nlp = faster()
    doc = nlp.make_doc("Lavrov est à Gao")
    example = Example.from_dict(doc, {"entities": [(0, 6, "LOC")]})
    with nlp.select_pipes(enable="ner"):
        optimizer = nlp.resume_training()
        losses = [nlp.update([example], sgd=optimizer)["ner"] for _ in range(8)]
        assert losses[-1] < losses[0]
        assert [(ent.text, ent.label_) for ent in nlp(doc.text).ents][:1] == [("Lavrov", "LOC")]
