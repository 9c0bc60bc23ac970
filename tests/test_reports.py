"""Reporting clauses in sentences parsed by hand: the words of the cue, and who it says has spoken."""

from __future__ import annotations

from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, Span

from geopolitics_nlp.lexicons import cues, roles
from geopolitics_nlp.narrative import Narrative
from geopolitics_nlp.reports import Report, Reports

VOCAB = spacy.blank("fr").vocab


def parsed(tree: str) -> Doc:
    """Return a document from ``word/POS/dependency/head`` for each token.

    The head is its distance (``+2``, ``-1``, ``0`` for the root). ``*`` after a word makes it a person's name.
    """
    rows = [token.rsplit("/", 3) for token in tree.split()]
    words = [word.rstrip("*") for word, _, _, _ in rows]
    heads = [i + int(row[3]) for i, row in enumerate(rows)]
    doc = Doc(VOCAB, words, pos=[row[1] for row in rows], deps=[row[2] for row in rows], heads=heads)
    named = [i for i, row in enumerate(rows) if row[0].endswith("*")]
    doc.set_ents([Span(doc, i, i + 1, "PER") for i in named])
    return doc


def reports(doc: Doc) -> list[Report]:
    return Reports(cues(), roles()).find(Narrative(doc)).reports


def words(doc: Doc, report: Report) -> tuple[str, str | None]:
    source = report.source
    return doc[report.start : report.end].text, doc[source.start : source.end].text if source else None


CASES: list[Any] = [
    pytest.param(
        "Awa*/PROPN/nsubj/+2 a/AUX/aux:tense/+1 déclaré/VERB/ROOT/0", ("a déclaré", "Awa"), id="subject"
    ),
    pytest.param(
        "«/PUNCT/punct/+5 Oui/INTJ/ccomp/+4 »/PUNCT/punct/+3 ,/PUNCT/punct/+2 a/AUX/aux:tense/+1 "
        "déclaré/VERB/ROOT/0 Awa*/PROPN/nsubj/-1",
        ("a déclaré", "Awa"),
        id="inverted",
    ),
    pytest.param(
        "«/PUNCT/punct/+4 Oui/INTJ/ccomp/+3 »/PUNCT/punct/+2 ,/PUNCT/punct/+1 dit/VERB/ROOT/0 -elle/PRON/nsubj/-1",
        ("dit -elle", "-elle"),
        id="clitic",
    ),
    pytest.param(
        "Awa*/PROPN/nsubj/+2 a/AUX/aux:tense/+1 déclaré/VERB/ROOT/0 lundi/NOUN/obl/-1",
        ("a déclaré", "Awa"),
        id="time-after",
    ),
    pytest.param(
        "Selon/ADP/case/+1 Awa*/PROPN/obl/+3 ,/PUNCT/punct/+2 tout/PRON/nsubj/+1 va/VERB/ROOT/0",
        ("Selon", "Awa"),
        id="selon",
    ),
    pytest.param(
        "La/DET/det/+1 ministre/NOUN/nsubj/+1 affirme/VERB/ROOT/0", ("affirme", "La ministre"), id="function"
    ),
    pytest.param(
        "Le/DET/det/+1 ministre/NOUN/nsubj/+2 Awa*/PROPN/appos/-1 affirme/VERB/ROOT/0",
        ("affirme", "Awa"),
        id="apposed-name",
    ),
    pytest.param(
        "Elle/PRON/nsubj/+3 n'/ADV/advmod/+2 a/AUX/aux:tense/+1 nié/VERB/ROOT/0",
        ("n' a nié", "Elle"),
        id="negated",
    ),
    pytest.param(
        "Awa*/PROPN/nsubj/+3 s'/PRON/expl:comp/+2 est/AUX/aux:tense/+1 insurgée/VERB/ROOT/0",
        ("s' est insurgée", "Awa"),
        id="reflexive",
    ),
    pytest.param(
        "qualifié/VERB/acl/0 de/ADP/case/+2 «/PUNCT/punct/+1 fou/NOUN/xcomp/-3 »/PUNCT/punct/-1 par/ADP/case/+1 "
        "Awa*/PROPN/obl:agent/-6",
        ("qualifié", "Awa"),
        id="participle-with-agent",
    ),
    pytest.param(
        "Awa*/PROPN/nsubj/+3 ,/PUNCT/punct/+2 qui/PRON/nsubj/+1 affirme/VERB/acl:relcl/-3 ,/PUNCT/punct/-4",
        ("affirme", "Awa"),
        id="relative",
    ),
    pytest.param(
        "Awa*/PROPN/nsubj/+2 a/AUX/aux:tense/+1 mis/VERB/ROOT/0 en/ADP/case/+1 garde/NOUN/obl/-2",
        ("a mis en garde", "Awa"),
        id="phrase",
    ),
    pytest.param(
        "Le/DET/det/+1 vote/NOUN/nsubj:pass/+3 a/AUX/aux:tense/+2 été/AUX/aux:pass/+1 qualifié/VERB/ROOT/0",
        ("a été qualifié", None),
        id="passive-without-agent",
    ),
    pytest.param(
        "«/PUNCT/punct/+6 Oui/INTJ/ccomp/+5 »/PUNCT/punct/+4 ,/PUNCT/punct/+3 nous/PRON/nsubj/+2 "
        "a/AUX/aux:tense/+1 dit/VERB/ROOT/0 Awa*/PROPN/obj/-1",
        ("a dit", "Awa"),
        id="object-pronoun",
    ),
    pytest.param(
        "Dans/ADP/case/+2 son/DET/det/+1 texte/NOUN/nsubj/+3 ,/PUNCT/punct/+2 Awa*/PROPN/conj/-2 dit/VERB/ROOT/0",
        ("dit", "Awa"),
        id="a-subject-has-no-preposition",
    ),
]


@pytest.mark.parametrize(("tree", "expected"), CASES)
def test_cue_and_source(tree: str, expected: tuple[str, str | None]) -> None:
    doc = parsed(tree)
    assert expected in [words(doc, report) for report in reports(doc)]


@pytest.mark.parametrize(
    ("tree", "cue", "negated"),
    [
        pytest.param("Elle/PRON/nsubj/+2 a/AUX/aux:tense/+1 dit/VERB/ROOT/0", "a dit", False, id="plain"),
        pytest.param(
            "Elle/PRON/nsubj/+4 n'/ADV/advmod/+3 a/AUX/aux:tense/+2 pas/ADV/advmod/+1 dit/VERB/ROOT/0",
            "n' a pas dit",
            True,
            id="not",
        ),
        pytest.param(
            "Elle/PRON/nsubj/+5 ne/ADV/advmod/+4 nous/PRON/iobj/+3 a/AUX/aux:tense/+2 jamais/ADV/advmod/+1 "
            "dit/VERB/ROOT/0",
            "ne nous a jamais dit",
            True,
            id="never-with-a-clitic",
        ),
        pytest.param(
            "Personne/PRON/nsubj/+3 n'/ADV/advmod/+2 a/AUX/aux:tense/+1 dit/VERB/ROOT/0",
            "n' a dit",
            True,
            id="nobody",
        ),
        pytest.param(
            "Elle/PRON/nsubj/+2 ne/ADV/advmod/+1 dit/VERB/ROOT/0 que/SCONJ/mark/+2 le/DET/det/+1 vrai/NOUN/obj/-3",
            "ne dit",
            False,
            id="only",
        ),
        pytest.param(
            "Elle/PRON/nsubj/+5 n'/ADV/advmod/+4 a/AUX/aux:tense/+3 pas/ADV/advmod/+2 seulement/ADV/advmod/+1 "
            "dit/VERB/ROOT/0",
            "n' a pas seulement dit",
            False,
            id="not-only",
        ),
        pytest.param(
            "Sans/ADP/mark/+1 affirmer/VERB/advcl/+2 ,/PUNCT/punct/+1 part/VERB/ROOT/0",
            "affirmer",
            True,
            id="without",
        ),
        pytest.param(
            "Elle/PRON/nsubj/+1 refuse/VERB/ROOT/0 de/ADP/mark/+1 dire/VERB/xcomp/-2",
            "dire",
            True,
            id="refuses",
        ),
        pytest.param(
            "Elle/PRON/nsubj/+2 ne/ADV/advmod/+1 veut/VERB/ROOT/0 pas/ADV/advmod/-1 dire/VERB/xcomp/-2",
            "dire",
            True,
            id="does-not-want",
        ),
        pytest.param(
            "Elle/PRON/nsubj/+2 ne/ADV/advmod/+1 cesse/VERB/ROOT/0 de/ADP/mark/+1 dire/VERB/xcomp/-2",
            "dire",
            False,
            id="does-not-cease",
        ),
    ],
)
def test_negation(tree: str, cue: str, negated: bool) -> None:
    doc = parsed(tree)
    found = {words(doc, report)[0]: report.negated for report in reports(doc)}
    assert found[cue] is negated


def test_a_cue_takes_no_words_from_inside_a_quotation() -> None:
    # The parse hangs the quoted auxiliary on the cue; the marks are between them.
    doc = parsed(
        "«/PUNCT/punct/+1 Nous/PRON/nsubj/+5 avons/AUX/aux:tense/+4 peur/NOUN/obj/+3 »/PUNCT/punct/+2 "
        ",/PUNCT/punct/+1 dit/VERB/ROOT/0 Awa*/PROPN/nsubj/-1"
    )
    assert ("dit", "Awa") in [words(doc, report) for report in reports(doc)]


def test_nothing_is_reported_where_nobody_speaks() -> None:
    doc = parsed("Le/DET/det/+1 pont/NOUN/nsubj/+1 brille/VERB/ROOT/0")
    assert reports(doc) == []
