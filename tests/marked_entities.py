"""Reads French text in which ``[words|LABEL]`` are its entities, so that naming needs no recogniser."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

MARK = re.compile(r"\[([^\]|]+)\|(PER|LOC|ORG|MISC)\]")


def unmark(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Return a text without its marks, and the characters and the label of each."""
    text, spans, done = "", [], 0
    for match in MARK.finditer(marked):
        text += marked[done : match.start()]
        spans.append((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        done = match.end()
    text += marked[done:]
    assert "|" not in text, f"a mark that cannot be read: {text!r}"
    return text, spans


def read(nlp: Language, marked: str) -> Doc:
    """Make a Doc of a text in which ``[words|LABEL]`` are its entities."""
    text, spans = unmark(marked)
    doc = nlp.make_doc(text)
    ents = [doc.char_span(*span) for span in spans]
    assert None not in ents, f"entities are made of whole tokens: {[token.text for token in doc]}"
    doc.set_ents([ent for ent in ents if ent is not None])
    return doc
