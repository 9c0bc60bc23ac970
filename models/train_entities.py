"""Learn what the evidence for names is worth: ``make entities``.

    python -m geopolitics_nlp.models.train_entities ../shared --work build/entities

`geopolitics_nlp.entities` weighs, for every span that may be a name, the recogniser's word against the gazetteer, the
words around and the rest of the article, by one logistic regression a label. They learn from what a recogniser says
of texts that it has not seen:

1. WiNER-fr is cut in five; the recogniser is trained on four parts (`train_recogniser`, without press articles) and
   run, in the pipeline, over the fifth, as it stands and made up as pages (`recogniser_augmentation`).
2. The pipeline with the library's own recogniser is run over the development set and the sample articles of ``tests``.
3. Each feature has a weight that all texts share and a second one for the texts of step 2, which follow this library's
   guidelines (Daumé, 2007). The sum of the two is written to ``entities.tsv``.

All texts are scored with weights that were learned without the article scored, WiNER-fr also with a recogniser that was
trained without it. With ``--as-annotated``, WiNER-fr is learned and scored by its own guidelines, and nothing written.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from geopolitics_nlp.models.recogniser_augmentation import Pieces, capital_headline, pieces_of, press_page
from geopolitics_nlp.models.recogniser_data import Annotated, Mention, winer
from geopolitics_nlp.models.train_recogniser import recogniser, train
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.language import Language
from spacy.tokens import DocBin

import geopolitics_nlp as gnlp
from geopolitics_nlp.entities import LABELS, WEIGHTS, Candidate, Entities

Weights = dict[str, dict[str, float]]

HERE = Path(__file__).parent
OTHERS = ("gnlp_entities", "gnlp_naming", "gnlp_quotations", "gnlp_speakers")
FOLDS = 5
# Chosen by cross-validation: the inverse strength of the regularisation, in how many articles a feature must occur, how
# freely the second weights move, and how much an article of ours counts.
STRENGTH, MIN_ARTICLES, SECOND, OUR_WEIGHT = 0.2, 4, 0.5, 2.0
WINER, PAGES, DEV, SAMPLES = "WiNER-fr", "WiNER-fr as pages", "development set", "sample articles"
OURS = (DEV, SAMPLES)
MADE_UP = 0.3  # of the articles are also made up as pages


class Example(NamedTuple):
    """The candidates of one article of a collection, where each stands (characters), and its gold mentions.

    ``found`` are the recogniser's own; ``fold`` tells which recogniser's and with which articles it is scored.
    """

    collection: str
    id: str
    fold: int
    candidates: list[Candidate]
    places: list[tuple[int, int]]
    found: set[Mention]
    gold: set[Mention]

    @property
    def ours(self) -> bool:
        """Whether it follows this library's guidelines."""
        return self.collection in OURS


def made_up(articles: Iterable[Annotated], rng: random.Random) -> list[Annotated]:
    """Return some of ``articles`` with headlines in capitals, bylines, credits, labels of interview turns."""
    pages = []
    for text, mentions in articles:
        if rng.random() < MADE_UP:
            pieces = press_page(pieces_of(text, mentions), rng)
            pages.append(joined(capital_headline(pieces, rng) if rng.random() < 0.5 else pieces))
    return pages


def joined(pieces: Pieces) -> Annotated:
    """Return the text of ``pieces`` and the places of their mentions."""
    mentions, start = [], 0
    for characters, label in pieces:
        if label:
            mentions.append((start, start + len(characters), label))
        start += len(characters)
    return "".join(characters for characters, _ in pieces), mentions


def out_of_fold(articles: Sequence[Annotated], work: Path) -> Iterator[DocBin]:
    """Yield the folds of WiNER-fr as a recogniser trained on the others annotates them; kept in ``work``."""
    order = list(range(len(articles)))
    random.Random(0).shuffle(order)
    for fold in range(FOLDS):
        path = work / f"fold-{fold}.spacy"
        if not path.exists():
            held = [articles[i] for i in order[fold::FOLDS]]
            others = [articles[i] for k in range(FOLDS) if k != fold for i in order[k::FOLDS]]
            trained = train(others, work / f"fold-{fold}", seed=fold, **{"training.max_steps": 700})
            nlp = gnlp.load(exclude=OTHERS)
            recogniser(nlp).from_bytes(recogniser(trained).to_bytes(exclude=["vocab"]), exclude=["vocab"])
            docs = annotate(nlp, held, WINER, fold)
            docs.merge(annotate(nlp, made_up(held, random.Random(fold)), PAGES, fold))
            docs.to_disk(path)
        yield DocBin().from_disk(path)


def annotate(
    nlp: Language, articles: Sequence[Annotated], collection: str, fold: int | None = None
) -> DocBin:
    """Run ``nlp`` over ``articles``; keep the gold mentions with each doc. Without a ``fold`` they are dealt out."""
    docs = DocBin(store_user_data=True)
    numbers = list(range(len(articles)))
    random.Random(5).shuffle(numbers)
    for number, doc, (_, mentions) in zip(
        numbers, nlp.pipe([text for text, _ in articles], batch_size=16), articles, strict=True
    ):
        doc.user_data = {
            "article": [collection, number, number % FOLDS if fold is None else fold],
            "gold": [list(mention) for mention in mentions],
        }
        docs.add(doc)
    return docs


def gold_articles(path: Path) -> list[Annotated]:
    """Read the articles of a gold file whose entities are annotated in full."""
    return [
        (record["text"], [(e["start"], e["end"], e["label"]) for e in record["entities"]])
        for record in map(json.loads, path.read_text(encoding="utf8").splitlines())
        if record.get("ner", True)
    ]


def examples(docs: DocBin, component: Entities, nlp: Language) -> Iterator[Example]:
    """Yield the candidates that ``component`` sees in ``docs``."""
    for doc in docs.get_docs(nlp.vocab):
        candidates = component.candidates(doc)
        places = [(doc[c.start].idx, doc[c.end - 1].idx + len(doc[c.end - 1])) for c in candidates]
        found = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        gold = {(start, end, label) for start, end, label in doc.user_data["gold"]}
        collection, number, fold = doc.user_data["article"]
        yield Example(collection, f"{collection} {fold} {number}", fold, candidates, places, found, gold)


def fit(data: Sequence[Example]) -> Weights:
    """Learn the weights of the features, by label."""
    seen: dict[str, set[str]] = defaultdict(set)
    of_ours: dict[str, set[str]] = defaultdict(set)
    for example in data:
        for candidate in example.candidates:
            for feature in candidate.features:
                seen[feature].add(example.id)
                if example.ours:
                    of_ours[feature].add(example.id)
    rows: list[dict[str, float]] = []
    answers: list[str | None] = []
    importance: list[float] = []
    for example in data:
        labels = {(start, end): label for start, end, label in example.gold}
        for candidate, place in zip(example.candidates, example.places, strict=True):
            row = {feature: 1.0 for feature in candidate.features if len(seen[feature]) >= MIN_ARTICLES}
            if example.ours:
                row |= {f"ours:{feature}": SECOND for feature in row if len(of_ours[feature]) > MIN_ARTICLES}
                row["ours:(bias)"] = SECOND
            rows.append(row)
            answers.append(labels.get(place))
            importance.append(OUR_WEIGHT if example.ours else 1.0)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    # scikit-learn's liblinear takes 32-bit indices only.
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")
    weights: Weights = {}
    for label in LABELS:
        model = LogisticRegression(C=STRENGTH, max_iter=400, solver="liblinear")
        model.fit(matrix, np.array([answer == label for answer in answers]), sample_weight=importance)
        sums: dict[str, float] = defaultdict(float, {"(bias)": float(model.intercept_[0])})
        for name, coefficient in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True):
            second = name.startswith("ours:")
            sums[name.removeprefix("ours:")] += float(coefficient) * (SECOND if second else 1.0)
        weights[label] = dict(sums)
    return weights


def cross_validate(data: Sequence[Example]) -> None:
    """Print how the recogniser and the evidence score, by collection and label (right, found and there to find)."""
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for fold in range(FOLDS):
        component = Entities(weights=fit([example for example in data if example.fold != fold]))
        for example in data:
            if example.fold != fold:
                continue
            place = dict(zip(map(id, example.candidates), example.places, strict=True))
            names = {(*place[id(c)], c.label) for c in component.decide(example.candidates)}
            for by, found in (("recogniser", example.found), ("weighed", names)):
                for label in (*LABELS, "all"):
                    sets = found & example.gold, found, example.gold
                    new = [sum(label in (mention[2], "all") for mention in mentions) for mentions in sets]
                    key = example.collection, by, label
                    counts[key] = [a + b for a, b in zip(counts[key], new, strict=True)]
    for key, (right, found, gold) in sorted(counts.items()):
        print(
            f"{', '.join(key)}: P {100 * right / (found or 1):.1f} R {100 * right / (gold or 1):.1f} "
            f"F {200 * right / (found + gold or 1):.1f} ({gold})"
        )


def write(weights: Weights, path: Path) -> None:
    """Write the weights that count, by label, the heaviest first."""
    lines = ["# Label, feature, weight: what speaks for and against a span's being exactly such a name."]
    lines += ["# Made by train_entities.py; see its docstring."]
    for label in LABELS:
        for feature, weight in sorted(weights[label].items(), key=lambda pair: (-abs(pair[1]), pair[0])):
            if abs(weight) >= 0.01 or feature == "(bias)":
                lines.append(f"{label}\t{feature}\t{weight:.3f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


def main() -> None:
    """Run the recipe."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path, help="folder with corpora/winer-fr and gold/dev")
    parser.add_argument(
        "--work", type=Path, default=Path("build/entities"), help="folder for what is in between"
    )
    parser.add_argument("--as-annotated", action="store_true", help="score WiNER-fr by its own guidelines")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    component = Entities(weights={label: {"(bias)": 0.0} for label in LABELS})
    nlp = gnlp.load(exclude=OTHERS)
    corpus = arguments.shared / "corpora" / "winer-fr" / "2016-2017.jsonl"
    articles = list(winer(corpus, as_annotated=arguments.as_annotated))
    data = [e for docs in out_of_fold(articles, arguments.work) for e in examples(docs, component, nlp)]
    if not arguments.as_annotated:
        for collection, path in (
            (DEV, arguments.shared / "gold" / "dev" / "gold.jsonl"),
            (SAMPLES, HERE.parent / "tests" / "articles" / "gold.jsonl"),
        ):
            data += examples(annotate(nlp, gold_articles(path), collection), component, nlp)
    cross_validate(data)
    if not arguments.as_annotated:
        write(fit(data), HERE / WEIGHTS)


if __name__ == "__main__":
    main()
