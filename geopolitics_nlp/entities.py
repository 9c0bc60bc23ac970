"""Component ``gnlp_entities``: stub."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Entities:
    def __call__(self, doc: Doc) -> Doc:
        return doc


@Language.factory("gnlp_entities")
def make_entities(nlp: Language, name: str) -> Entities:
    return Entities()
