"""A light pipeline, which needs no model, for the tests of what is around the pipeline."""

from __future__ import annotations

import multiprocessing
import os
import re
from typing import TYPE_CHECKING

import pytest
import spacy
from hypothesis import HealthCheck, settings
from spacy.language import Language
from spacy.tokens import Doc

from geopolitics_nlp import layers

if TYPE_CHECKING:
    from collections.abc import Iterator


# No clock in tests: on a busy machine, it would decide.
settings.register_profile("no-clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no-clock")


@Language.component("test_quoter")
def quoter(doc: Doc) -> Doc:
    """Capitalised words are persons; what is between « » was said by the first of them.

    Some words make it fail: EXCEPTION raises, and DEATH ends the process, unless it is the main one.
    """
    text = doc.text
    if "EXCEPTION" in text:
        raise RuntimeError("an exception\nin the pipeline")
    if "DEATH" in text and multiprocessing.parent_process():
        os._exit(9)
    names = [doc.char_span(*match.span(), label="PER") for match in re.finditer(r"\b[A-Z][a-zï]+\b", text)]
    doc.set_ents([span for span in names if span is not None])
    speaker = {"name": doc.ents[0].text, "label": "PER", "id": None} if doc.ents else None
    quotations = [
        layers.Item(
            match.start(1),
            match.end(1),
            "direct",
            {"utterance": i, "speaker": speaker, "confidence": 0.1 + 0.2, "rule": "marks", "cue": [0, 1]},
        )
        for i, match in enumerate(re.finditer(r"« ?([^»]+?) ?»", text))
    ]
    layers.write(doc, layers.QUOTATIONS, quotations)
    return doc


def make_light_nlp() -> Language:
    nlp = spacy.blank("fr")
    nlp.add_pipe("test_quoter")
    return nlp


@pytest.fixture(scope="session")
def light_nlp() -> Language:
    return make_light_nlp()


@pytest.fixture
def light_load(monkeypatch: pytest.MonkeyPatch, light_nlp: Language) -> Iterator[Language]:
    """Let `load()` return the light pipeline."""
    monkeypatch.setattr("geopolitics_nlp.pipeline.load", lambda **_: light_nlp)
    return light_nlp
