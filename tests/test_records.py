"""Records: from a `Doc` built by hand, and to JSON and back."""

from __future__ import annotations

import json
import pickle
from datetime import date

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from geopolitics_nlp import Article, Entity, Extent, Mention, Quote, Record, Speaker, layers, records

TEXT = "« Nous partons », a déclaré Awa Diarra, du MNP, à GaoImage. Elle n'ira pas."


@pytest.fixture(scope="module")
def nlp() -> spacy.language.Language:
    return spacy.blank("fr")


@pytest.fixture
def doc(nlp: spacy.language.Language) -> Doc:
    doc = nlp(TEXT)
    spans = []
    for words, label, qid in [
        ("Awa Diarra", "PER", ""),
        ("MNP", "ORG", "Q1"),
        ("GaoImage", "LOC", ""),
        ("Elle", "MISC", ""),
    ]:
        start = TEXT.index(words)
        span = doc.char_span(start, start + len(words))
        assert span is not None
        spans.append(Span(doc, span.start, span.end, label=label, kb_id=qid))
    doc.set_ents(spans)
    gao = TEXT.index("Gao")
    mnp, awa = TEXT.index("MNP"), TEXT.index("Awa")
    layers.write(
        doc,
        layers.ENTITIES,
        [
            layers.Item(
                mnp, mnp + 3, "ORG", {"name": "Mouvement national", "kb_name": "Mouvement national du Nord"}
            ),
            layers.Item(
                awa, awa + 10, "PER", {"name": "Awa Diarra", "role": "porte-parole malienne", "country": "ML"}
            ),
            layers.Item(
                gao,
                gao + 3,
                "LOC",
                {"name": "Gao", "kb_name": None, "country": "ML", "lat": 16.27, "lon": -0.04, "role": None},
            ),
        ],
    )
    cue, source = TEXT.index("a déclaré"), TEXT.index("Awa")
    layers.write(
        doc,
        layers.QUOTATIONS,
        [
            layers.Item(
                62,
                75,
                "indirect",
                {"utterance": 1, "cue": None, "source": None, "speaker": None, "rule": "r2"},
            ),
            layers.Item(
                2,
                14,
                "direct",
                {
                    "utterance": 0,
                    "cue": [cue, cue + 9],
                    "source": [source, source + 10],
                    "speaker": {
                        "name": "Awa Diarra",
                        "label": "PER",
                        "id": None,
                        "role": None,
                        "affiliation": "Mouvement national",
                    },
                    "mentions": [[2, 6, {"name": "Awa Diarra", "label": "PER", "id": None}]],
                    "negated": True,
                    "confidence": 0.1 + 0.2,
                    "rule": "postposed-cue",
                    "stance": "asserts",
                },
            ),
        ],
    )
    return doc


def test_entities_have_exact_offsets_names_and_only_our_labels(doc: Doc) -> None:
    assert records.entities(doc) == (
        Entity(28, 38, "Awa Diarra", "PER", "Awa Diarra", country="ML", role="porte-parole malienne"),
        Entity(43, 46, "MNP", "ORG", "Mouvement national", "Q1", "Mouvement national du Nord"),
        Entity(50, 53, "Gao", "LOC", "Gao", country="ML", lat=16.27, lon=-0.04),
    )


def test_quotes_are_sorted_rounded_and_null_where_nothing_is_known(doc: Doc) -> None:
    first, second = records.quotes(doc)
    assert first == Quote(
        start=2,
        end=14,
        text="Nous partons",
        kind="direct",
        cue=Extent(18, 27, "a déclaré"),
        source=Extent(28, 38, "Awa Diarra"),
        speaker=Speaker("Awa Diarra", "PER", affiliation="Mouvement national"),
        utterance=0,
        confidence=0.3,
        rule="postposed-cue",
        stance="asserts",
        negated=True,
        mentions=(Mention(2, 6, "Nous", "Awa Diarra", "PER"),),
    )
    assert (second.negated, second.mentions) == (False, ())
    assert (second.text, second.cue, second.source, second.speaker) == ("le n'ira pas.", None, None, None)


def test_record_carries_the_article(doc: Doc) -> None:
    article = Article(TEXT, "a1", "Titre", "2026-03-01", "https://exemple.fr/1", "Le Fleuve", {"page": 3})
    record = records.record(doc, article)
    assert (record.id, record.title, record.date, record.url) == (
        "a1",
        "Titre",
        "2026-03-01",
        "https://exemple.fr/1",
    )
    assert (record.outlet, record.meta, record.text) == ("Le Fleuve", {"page": 3}, TEXT)
    assert record.entities == records.entities(doc)
    assert record.quotes == records.quotes(doc)


def test_record_refuses_the_document_of_another_text(doc: Doc) -> None:
    with pytest.raises(ValueError, match="not that of the article 'a1'"):
        records.record(doc, Article("Autre texte.", "a1"))


def test_record_needs_an_id(doc: Doc) -> None:
    with pytest.raises(ValueError, match="needs an id"):
        records.record(doc, Article(TEXT))


def test_a_document_without_layers_has_no_quotes(nlp: spacy.language.Language) -> None:
    assert records.quotes(nlp("Il pleut.")) == ()


@pytest.mark.parametrize("way", ["DocBin", "pickle", "bytes"])
def test_the_view_survives_serialisation(doc: Doc, way: str) -> None:
    records.register_extensions()
    if way == "DocBin":
        data = DocBin(docs=[doc]).to_bytes()
        (copy,) = DocBin().from_bytes(data).get_docs(doc.vocab)
    elif way == "pickle":
        copy = pickle.loads(pickle.dumps(doc))
    else:
        copy = Doc(doc.vocab).from_bytes(doc.to_bytes())
    assert copy._.quotes == doc._.quotes == records.quotes(doc)
    assert records.entities(copy) == records.entities(doc)


def test_json_round_trip(doc: Doc) -> None:
    record = records.record(doc, Article(TEXT, "a1", meta={"page": 3, "tags": ["Sahel"]}))
    line = record.to_json()
    assert "\n" not in line
    assert "déclaré" in line
    assert Record.from_json(line) == record


def test_json_has_every_key_of_the_contract(doc: Doc) -> None:
    data = json.loads(records.record(doc, Article(TEXT, "a1")).to_json())
    assert list(data) == [
        "schema_version",
        "id",
        "title",
        "date",
        "url",
        "outlet",
        "meta",
        "text",
        "entities",
        "quotes",
    ]
    assert list(data["entities"][0]) == [
        *("start", "end", "text", "label", "name", "id", "kb_name"),
        *("country", "lat", "lon", "role"),
    ]
    assert data["entities"][2]["role"] is None
    contract = ["start", "end", "text", "kind", "cue", "source", "speaker", "utterance", "confidence", "rule"]
    assert list(data["quotes"][0])[: len(contract)] == contract
    assert data["quotes"][0]["speaker"] == {
        "name": "Awa Diarra",
        "label": "PER",
        "id": None,
        "role": None,
        "affiliation": "Mouvement national",
    }
    assert data["quotes"][0]["mentions"] == [
        {"start": 2, "end": 6, "text": "Nous", "name": "Awa Diarra", "label": "PER", "id": None}
    ]
    assert data["quotes"][1]["cue"] is None


def test_json_of_a_later_version_is_read() -> None:
    record = Record(id="a1", text="Gao", entities=(Entity(0, 3, "Gao", "LOC", "Gao"),))
    data = json.loads(record.to_json())
    data["new"] = 1
    data["entities"][0]["timezone"] = "Africa/Bamako"
    assert Record.from_json(json.dumps(data)) == record


def test_json_without_a_text_is_refused() -> None:
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'text'"):
        Record.from_json('{"id": "a"}')


def test_json_writes_what_it_has_no_type_for_as_text() -> None:
    assert json.loads(Record(id="a", text="t", meta={"d": date(2026, 3, 1)}).to_json())["meta"] == {
        "d": "2026-03-01"
    }
