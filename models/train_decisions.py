"""Train the small decisions of quotations and speakers on annotated articles: `make decisions`.

    python models/train_decisions.py ../shared/gold/dev/gold.jsonl           # fit, write models/decisions.tsv
    python models/train_decisions.py ../shared/gold/dev/gold.jsonl --folds 6 # cross-validate by article, no writing

With `--more`, more annotated articles (`models/annotations.py`) are trained on; always those of `written.jsonl`, which
were written for it. With `--recogniser`, names come from one that was trained without the articles
(`train_recogniser --without`).

Each decision is a logistic regression (L2) over the named features that the components themselves compute: the
components run over the gold articles with a judge that knows the answers, and what they ask becomes the training data.
A decision that looks at an earlier one's probability is trained on that one's cross-fitted probabilities.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc, DocBin

import geopolitics_nlp as gnlp
from geopolitics_nlp.decisions import WEIGHTS, Asked, Features, Learned
from geopolitics_nlp.quotations import Quotations
from geopolitics_nlp.records import Article, record
from geopolitics_nlp.speakers import Speakers

Weights = dict[str, dict[str, float]]
Gold = dict[str, Any]

# In the order in which they are trained: a later one sees the earlier ones' probabilities.
DECISIONS = ("source", "link", "quotation", "direct", "end", "indirect", "speaker", "right")
# The inverse of the regularisation's strength, chosen by cross-validation.
STRENGTH = {
    "source": 0.3,
    "link": 0.6,
    "quotation": 0.4,
    "direct": 1.0,
    "end": 0.7,
    "indirect": 0.8,
    "speaker": 0.3,
    "right": 0.3,
}
# Decisions in which candidates compete.
CHOICES = {"source", "link", "speaker"}
# A feature seen in fewer articles than this says more of the article than of French.
MIN_ARTICLES = 3
# Articles written for training, in the kinds of prose that the others are short of, and how much each counts.
WRITTEN, WRITTEN_WEIGHT = Path(__file__).with_name("written.jsonl"), 0.5
_TRIM = " \t\r\n\u00a0\u202f\u2009«»“”„\"'‘’‹›.,;:!?…–—-()[]"


class Instance(NamedTuple):
    """One question that the components asked of an article, and the gold's answer."""

    article: str
    question: tuple[int, int]
    features: Features
    label: bool
    candidate: object = None
    weight: float = 1.0


class Oracle:
    """A judge that answers from the gold, and notes the questions of one decision; earlier ones are the model's."""

    def __init__(self, noted: str, model: Learned | None) -> None:
        self.noted = noted
        self.model = model
        self.instances: list[Instance] = []
        self.gold: Gold = {}
        self.names: dict[str, set[str]] = {}

    def __call__(self, decision: str, features: Features, asked: Asked) -> float:
        if DECISIONS.index(decision) < DECISIONS.index(self.noted):
            assert self.model is not None
            return self.model(decision, features, asked)
        if decision == self.noted:
            answer = self.answer(decision, asked)
            if answer is not None:
                self.instances.append(
                    Instance(
                        self.gold["id"],
                        asked.content,
                        dict(features),
                        answer,
                        asked.candidate,
                        self.gold.get("weight", 1.0),
                    )
                )
            if self.model is not None and decision in self.model.weights:
                return self.model(decision, features, asked)
            return float(bool(answer))
        return float(bool(self.answer(decision, asked)))

    def answer(self, decision: str, asked: Asked) -> bool | None:
        """Return the gold's answer; None where the gold does not say."""
        if decision == "source":
            return self._names_source(asked)
        if decision == "end":
            return self._ends(asked)
        kinds = {"indirect"} if decision == "indirect" else {"direct", "mixed"}
        if decision in ("speaker", "right"):
            kinds = {"direct", "mixed", "turn", "indirect"}
        quote = self._match(asked.content, kinds)
        if quote is None and "only" in self.gold and not self._refused(asked.content):
            return None
        if decision == "quotation":
            return quote is not None
        if decision == "direct":
            return None if quote is None else quote["type"] == "direct"
        if decision == "link":
            if quote is None:
                return False
            return overlap(quote["cue"], asked.candidate)
        if decision == "indirect":
            return quote is not None
        if quote is None:
            return False if decision == "right" else None
        assert isinstance(asked.candidate, str)
        if decision == "right" and described(quote, self.gold) and overlap(quote["source"], asked.source):
            return bool(asked.candidate)  # the same words at the quotation are enough
        return same_speaker(asked.candidate, quote, self.gold)

    def _names_source(self, asked: Asked) -> bool | None:
        """Tell whether the words name the source at this cue; None where the gold has no such cue."""
        quotes = [quote for quote in self.gold["quotes"] if overlap(quote["cue"], asked.content)]
        if not quotes:
            return None
        return any(
            overlap(quote["source"], asked.candidate)
            and not name_at_its_end(quote["source"], asked.candidate)
            for quote in quotes
        )

    def _ends(self, asked: Asked) -> bool | None:
        """Tell whether a clause ends here, as the gold's does; None past its end, or without such a clause."""
        start, end = trimmed(self.gold["text"], *asked.content)
        for quote in self.gold["quotes"]:
            if quote["type"] == "indirect" and overlap(quote["cue"], asked.candidate):
                first, last = trimmed(self.gold["text"], quote["start"], quote["end"])
                if abs(first - start) <= 3 and end <= last + 2:
                    return end >= last - 2
        return None

    def _refused(self, content: tuple[int, int]) -> bool:
        """Tell whether the gold says that these marks hold nobody's words."""
        span = trimmed(self.gold["text"], *content)
        return any(
            iou(span, trimmed(self.gold["text"], refused["start"], refused["end"])) > 0.8
            for refused in self.gold.get("not_quotes", ())
        )

    def _match(self, content: tuple[int, int], kinds: set[str]) -> Gold | None:
        text = self.gold["text"]
        span = trimmed(text, *content)
        best, found = 0.8, None
        for quote in self.gold["quotes"]:
            if quote["type"] in kinds:
                share = iou(span, trimmed(text, quote["start"], quote["end"]))
                # Parts of an interrupted quotation lie inside its marks.
                inside = quote["start"] >= content[0] and quote["end"] <= content[1] + 1
                if share >= best:
                    best, found = share, quote
                elif found is None and inside and share > 0.25 and quote["type"] != "indirect":
                    found = quote
        return found


def same_speaker(name: str, quote: Gold, gold: Gold) -> bool:
    """Tell whether ``name`` is the gold quotation's speaker by any of the forms that the article gives."""
    if quote["speaker"] is None or not name:
        return quote["speaker"] is None and not name
    speaker, got = folded(quote["speaker"]), folded(name)
    forms = {folded(ent["text"]) for ent in gold["entities"] if folded(ent["name"]) == speaker}
    # Of a description its beginning is enough; the mother of somebody is not that somebody.
    part = f"{speaker} ".startswith(f"{got} ") or f"{got} ".startswith(f"{speaker} ")
    return got == speaker or got in forms or (not forms and got != "" and part)


def described(quote: Gold, gold: Gold) -> bool:
    """Tell whether a gold quotation's speaker is no entity of the article."""
    speaker = quote["speaker"]
    return speaker is not None and folded(speaker) not in {folded(ent["name"]) for ent in gold["entities"]}


def folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold().replace("’", "'")
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(
        r"^(?:(?:m\.|mme|le|la|les|un|une|des|du|son|sa|ses|ce|cet|cette|ces)\s+|l'|d')+", "", plain
    )
    return re.sub(r"\W+", " ", plain).strip()


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return start, end


def iou(a: tuple[int, int], b: tuple[int, int]) -> float:
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0


def name_at_its_end(name: Gold, words: object) -> bool:
    """Tell whether the words only end with the name: ``l'agence Rive`` for ``Rive``."""
    return isinstance(words, tuple) and words[0] + 3 < name["start"] and words[1] == name["end"]


def overlap(extent: Gold | None, span: object) -> bool:
    return (
        extent is not None
        and isinstance(span, tuple)
        and min(extent["end"], span[1]) > max(extent["start"], span[0])
    )


def collect(
    decision: str, docs: dict[str, Doc], golds: Sequence[Gold], model: Learned | None
) -> list[Instance]:
    """Run the components over the articles and return what they ask of one decision."""
    oracle = Oracle(decision, model)
    quotations, speakers = Quotations(oracle), Speakers(oracle)
    for gold in golds:
        oracle.gold = gold
        doc = docs[gold["id"]].copy()
        quotations(doc)
        if decision in ("speaker", "right"):
            speakers(doc)
    return oracle.instances


def fit(decision: str, instances: Sequence[Instance]) -> dict[str, float]:
    """Return the weights of one decision."""
    seen: dict[str, set[str]] = defaultdict(set)
    for instance in instances:
        for name, value in instance.features.items():
            if value:
                seen[name].add(instance.article)
    kept = [
        {name: value for name, value in instance.features.items() if len(seen[name]) >= MIN_ARTICLES}
        for instance in instances
    ]
    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform(kept)
    labels = np.array([instance.label for instance in instances])
    if decision in CHOICES:
        bias, coefficients = fit_choice(table, labels, instances, STRENGTH[decision])
    else:
        model = LogisticRegression(C=STRENGTH[decision], max_iter=2000)
        model.fit(table, labels, sample_weight=[instance.weight for instance in instances])
        bias, coefficients = float(model.intercept_[0]), model.coef_[0]
    weights = dict(zip(vectorizer.feature_names_, map(float, coefficients), strict=True))
    return {"(bias)": bias, **{k: v for k, v in weights.items() if abs(v) >= 0.005}}


def fit_choice(
    table: Any, labels: np.ndarray, instances: Sequence[Instance], strength: float
) -> tuple[float, np.ndarray]:
    """Fit weights by which the right candidate of each question wins over the others, or over nobody (score 0).

    A conditional logit: the candidates of one question compete, so that what they all share does not count.
    """
    keys = [(instance.article, instance.question) for instance in instances]
    order = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    groups = np.array([order[key] for key in keys])
    number = len(order)
    right = np.bincount(groups, weights=labels, minlength=number)
    counts = np.ones(number)
    counts[groups] = [instance.weight for instance in instances]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        scores = np.clip(table @ parameters[1:] + parameters[0], -30, 30)
        odds = np.exp(scores)
        total = 1.0 + np.bincount(groups, weights=odds, minlength=number)
        won = np.where(right > 0, np.bincount(groups, weights=odds * labels, minlength=number), 1.0)
        expected = odds / total[groups]
        observed = np.where(right[groups] > 0, odds * labels / won[groups], 0.0)
        slope = counts[groups] * (expected - observed)
        gradient = np.concatenate([[slope.sum()], table.T @ slope + parameters[1:] / strength])
        return float(
            counts @ (np.log(total) - np.log(won)) + (parameters[1:] ** 2).sum() / (2 * strength)
        ), gradient

    result = minimize(
        loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}
    )
    return float(result.x[0]), result.x[1:]


def folds(golds: Sequence[Gold], number: int) -> list[list[Gold]]:
    """Deal the articles into folds, the same at every run; all that is said of one article goes together."""
    dealt = sorted({str(gold["id"]) for gold in golds})
    random.Random(7).shuffle(dealt)
    fold = {name: k % number for k, name in enumerate(dealt)}
    return [[gold for gold in golds if fold[str(gold["id"])] == k] for k in range(number)]


def answers(gold: Gold, decision: str) -> bool:
    """Tell whether a gold is there to answer what a decision asks."""
    if decision == "right" and gold.get("read_by_model"):
        return False
    return decision in gold.get("only", DECISIONS)


def train(docs: dict[str, Doc], golds: Sequence[Gold], inner: int = 4) -> Weights:
    """Train all decisions; a gold with ``only`` says no more than what these decisions ask.

    The confidence is calibrated on what people have annotated, without the golds that are ``read_by_model``.
    """
    weights: Weights = {}
    parts = folds(golds, inner)
    crossed: list[Weights] = [{} for _ in parts]
    for decision in DECISIONS:
        articles = [[gold for gold in part if answers(gold, decision)] for part in parts]
        for _ in range(2 if decision in CHOICES else 1):
            per_part = [
                collect(decision, docs, part, Learned(crossed[k]) if crossed[k] else None)
                for k, part in enumerate(articles)
            ]
            weights[decision] = fit(decision, [instance for part in per_part for instance in part])
            for k in range(len(parts)):
                others = [instance for other, part in enumerate(per_part) if other != k for instance in part]
                crossed[k][decision] = fit(decision, others)
    return weights


def predict(docs: dict[str, Doc], golds: Iterable[Gold], weights: Weights) -> list[str]:
    """Return the records of the articles as JSON lines."""
    judge = Learned(weights)
    quotations, speakers = Quotations(judge), Speakers(judge)
    lines = []
    for gold in golds:
        doc = speakers(quotations(docs[gold["id"]].copy()))
        lines.append(record(doc, Article(gold["text"], id=gold["id"])).to_json())
    return lines


def parse(golds: Sequence[Gold], cache: Path | None, recogniser: Path | None) -> dict[str, Doc]:
    """Return the articles up to their names; ``cache`` is a DocBin that is read if it is there, else written.

    ``recogniser`` is the folder of a recogniser (`train_recogniser`) that takes the place of the library's own.
    """
    nlp = gnlp.load(exclude=["gnlp_quotations", "gnlp_speakers"])
    if recogniser is not None:
        pipe: Any = nlp.get_pipe("ner")
        pipe.from_disk(recogniser, exclude=["vocab"])
    texts = {gold["id"]: gold["text"] for gold in golds}
    if cache is not None and cache.exists():
        docs = list(DocBin().from_disk(cache).get_docs(nlp.vocab))
    else:
        docs = list(nlp.pipe(texts.values()))
        if cache is not None:
            DocBin(docs=docs, store_user_data=True).to_disk(cache)
    return dict(zip(texts, docs, strict=True))


def read_golds(path: Path) -> list[Gold]:
    with path.open(encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def write(weights: Weights, path: Path) -> None:
    lines = ["# decision\tfeature\tweight — made by models/train_decisions.py, see README.md"]
    for decision in DECISIONS:
        for name, weight in sorted(weights[decision].items(), key=lambda item: (-abs(item[1]), item[0])):
            lines.append(f"{decision}\t{name}\t{weight:.4f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--more", type=Path, help="gold records of more articles to train on")
    parser.add_argument("--folds", type=int, default=0, help="cross-validate instead of writing weights")
    parser.add_argument("--cache", type=Path, help="parsed articles (a DocBin), to try again quickly")
    parser.add_argument(
        "--recogniser",
        type=Path,
        help="folder of one that has not seen the articles (train_recogniser --without)",
    )
    parser.add_argument("--out", type=Path, help="folder for the cross-validated records")
    args = parser.parse_args()
    golds = read_golds(args.gold)
    more = [gold | {"read_by_model": True} for gold in read_golds(args.more)] if args.more else []
    written = [gold | {"read_by_model": True, "weight": WRITTEN_WEIGHT} for gold in read_golds(WRITTEN)]
    docs = parse(golds + more + written, args.cache, args.recogniser)
    if not args.folds:
        write(train(docs, golds + more + written), Path(__file__).with_name(WEIGHTS))
        return
    complete = golds + [gold for gold in more if "only" not in gold]
    partial = [gold for gold in more if "only" in gold]
    records: dict[str, str] = {}
    for found, made in zip(folds(complete, args.folds), folds(written, args.folds), strict=True):
        part = found + made
        held = {gold["id"] for gold in part}
        weights = train(docs, [gold for gold in complete + written if gold["id"] not in held] + partial)
        records |= zip([gold["id"] for gold in part], predict(docs, part, weights), strict=True)
        print(f"{len(records)} articles", file=sys.stderr)
    from geopolitics_nlp.evaluation import evaluate

    out = args.out or Path(tempfile.mkdtemp())
    for scored, path in ((golds, args.gold), (written, WRITTEN)):
        predicted = out / path.name
        predicted.write_text("".join(f"{records[gold['id']]}\n" for gold in scored), encoding="utf8")
        print(f"{path.parent.name}/{path.name}", *evaluate(path, predicted).lines(), sep="\n")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
