"""Who said what, about whom and where, in French news articles.

>>> import geopolitics_nlp as gnlp
>>> nlp = gnlp.load()
>>> doc = nlp("« Nous partons », a déclaré Awa Diarra à Gao.")
>>> doc._.quotes[0].speaker.name
'Awa Diarra'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch import annotate
    from .pipeline import load
    from .records import Article, Entity, Extent, Failure, Mention, Quote, Record, Speaker

_PUBLIC = {
    "load": "pipeline",
    "annotate": "batch",
    "Article": "records",
    "Record": "records",
    "Entity": "records",
    "Quote": "records",
    "Extent": "records",
    "Speaker": "records",
    "Mention": "records",
    "Failure": "records",
}
__all__ = [
    "Article",
    "Entity",
    "Extent",
    "Failure",
    "Mention",
    "Quote",
    "Record",
    "Speaker",
    "annotate",
    "load",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Public names load on first use (PEP 562), so that the command answers --help before spaCy is imported.
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
