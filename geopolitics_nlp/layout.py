"""Component ``gnlp_layout``: a page's text → blocks, turns, sentence starts, dates (stub)."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Layout:
    def __call__(self, doc: Doc) -> Doc:
        return doc


@Language.factory("gnlp_layout")
def make_layout(nlp: Language, name: str) -> Layout:
    return Layout()
