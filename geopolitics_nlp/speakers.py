"""Component ``gnlp_speakers``: stub."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc


class Speakers:
    def __call__(self, doc: Doc) -> Doc:
        return doc


@Language.factory("gnlp_speakers")
def make_speakers(nlp: Language, name: str) -> Speakers:
    return Speakers()
