"""The ready pipeline: it survives pickling, the disk, a DocBin and other processes, with equal annotations."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

import geopolitics_nlp as gnlp

ARTICLE = Path(__file__).parent.parent / "seeds" / "articles" / "conference-de-presse-corridor.txt"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return gnlp.load()


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    return nlp(ARTICLE.read_text(encoding="utf-8"))


def view(doc: Doc) -> tuple[object, ...]:
    return doc._.quotes, [(ent.text, ent.label_, ent.kb_id_, ent._.name) for ent in doc.ents]


def test_quotations_and_names_are_there(doc: Doc) -> None:
    quotes, entities = view(doc)
    assert len(quotes) > 8
    assert len(entities) > 8


def test_a_quotation_mark_ends_a_word_where_the_page_has_no_space(nlp: Language) -> None:
    words = [token.text for token in nlp.make_doc('"Oui",dit-elle. "Non"(rires).')]
    assert words == ['"', "Oui", '"', ",", "dit", "-elle", ".", '"', "Non", '"', "(rires", ")", "."]


def test_pickled(nlp: Language, doc: Doc) -> None:
    assert view(pickle.loads(pickle.dumps(nlp))(doc.text)) == view(doc)


def test_from_disk(nlp: Language, doc: Doc, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "model")
    assert view(spacy.load(tmp_path / "model")(doc.text)) == view(doc)


def test_docbin(nlp: Language, doc: Doc) -> None:
    stored = DocBin(docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert view(again) == view(doc)


def test_other_processes(nlp: Language, doc: Doc) -> None:
    docs = list(nlp.pipe([doc.text] * 3, n_process=2, batch_size=1))
    assert [view(other) for other in docs] == [view(doc)] * 3


@pytest.mark.parametrize(
    "name", ["gnlp_layout", "gnlp_entities", "gnlp_naming", "gnlp_quotations", "gnlp_speakers"]
)
def test_a_component_alone_in_a_blank_pipeline(name: str) -> None:
    blank = spacy.blank("fr")
    blank.add_pipe(name)
    doc = blank("Le maire, Awa Diarra, a dit : « Nous partons. »\n\nLa route est libre.")
    assert doc.text.startswith("Le maire")


def test_left_out(doc: Doc) -> None:
    lean = gnlp.load(exclude=["gnlp_quotations", "gnlp_speakers"])
    assert lean.pipe_names[-1] == "gnlp_naming"
    assert len(lean(doc.text).ents) == len(doc.ents)


def test_what_cannot_be_left_out_is_said() -> None:
    with pytest.raises(ValueError, match=r"got parser.*nlp\.remove_pipe"):
        gnlp.load(exclude=["parser"])


def test_what_is_sure_enough(nlp: Language, doc: Doc) -> None:
    sure = gnlp.load(min_confidence=0.9)(doc.text)._.quotes
    expected = [quote for quote in doc._.quotes if quote.confidence >= 0.9]
    assert 0 < len(sure) < len(doc._.quotes)
    assert [(q.text, q.speaker, q.confidence) for q in sure] == [
        (q.text, q.speaker, q.confidence) for q in expected
    ]


@pytest.mark.parametrize("options", [{"min_confidence": 95}, {"min_confidence": -0.1}])
def test_a_confidence_is_a_probability(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a probability, from 0 to 1: got"):
        gnlp.load(**options)  # type: ignore[arg-type]


def test_a_confidence_needs_what_weighs_it() -> None:
    with pytest.raises(ValueError, match="needs gnlp_speakers"):
        gnlp.load(exclude=["gnlp_speakers"], min_confidence=0.5)


@pytest.mark.parametrize("text", ["", " \n ", "«»\"\"''", "« " * 3_000, "“" * 50 + "oui" + "”" * 50, "»"])
def test_odd_texts(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    for quote in doc._.quotes:
        assert text[quote.start : quote.end] == quote.text
