"""Component ``gnlp_naming``: stub."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Naming:
    def __call__(self, doc: Doc) -> Doc:
        return doc


@Language.factory("gnlp_naming")
def make_naming(nlp: Language, name: str) -> Naming:
    return Naming()
