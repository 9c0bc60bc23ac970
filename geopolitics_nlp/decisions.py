"""Small learned decisions: a probability from named features, with weights that a person can read.

Each decision (is this a place? a quotation? does this cue report it? is this its speaker?) is a regularised logistic
regression. Its weights are in a text file of ``models/``, one feature a line: ``entities.tsv`` for those of names, made
by ``models/train_entities.py``, and ``decisions.tsv`` for the others, made by ``models/train_decisions.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

Features = dict[str, float]
Weights = Mapping[str, Mapping[str, float]]
WEIGHTS = "decisions.tsv"


class Asked(NamedTuple):
    """What a decision is about, in character offsets: the quotation's content and what is weighed for it.

    ``source`` has the words that name who speaks, where a speaker is judged by them.
    """

    content: tuple[int, int]
    candidate: tuple[int, int] | str | None = None
    source: tuple[int, int] | None = None


class Judge(Protocol):
    """Answers a decision with a probability. The library's own is learned; training puts the gold in its place."""

    def __call__(self, decision: str, features: Features, asked: Asked) -> float:
        """Return the probability that the answer is yes."""


class Learned:
    """The learned judge: ``weights[decision][feature]``."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def __call__(self, decision: str, features: Features, asked: Asked) -> float:
        """Return the probability that the answer is yes."""
        return probability(self.weights[decision], features)


def probability(weights: Mapping[str, float], features: Features) -> float:
    """Return the probability of a yes; features without a weight do not count.

    >>> probability({"(bias)": 0.0, "capital": 2.0}, {"capital": 1.0, "unheard of": 1.0}) > 0.5
    True
    """
    score = weights["(bias)"]
    weight = weights.get
    for name, value in features.items():  # a loop: the hot path of every component
        score += weight(name, 0.0) * value
    return logistic(score)


def logistic(score: float) -> float:
    """Return the probability that a score stands for.

    >>> logistic(0.0)
    0.5
    """
    if -30.0 < score < 30.0:
        return 1.0 / (1.0 + math.exp(-score))
    return 1.0 / (1.0 + math.exp(-30.0 if score > 0 else 30.0))


def odds(probability: float) -> float:
    """Return the odds of a probability: where candidates compete, the odds of each against nobody add up.

    >>> odds(0.75)
    3.0
    """
    bounded = min(1 - 1e-9, max(1e-9, probability))
    return bounded / (1 - bounded)


def learned() -> Learned:
    """Return the judge with the weights that travel with the package."""
    return Learned(read_weights(WEIGHTS))


@cache
def read_weights(name: str) -> Weights:
    """Return the weights in the file ``name`` of ``models/``, by decision and feature.

    Raises `ValueError` for a line that is not decision, feature and weight between tabs.
    """
    weights: dict[str, dict[str, float]] = {}
    text = files("geopolitics_nlp.models").joinpath(name).read_text(encoding="utf8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        try:
            decision, feature, weight = line.split("\t")
            weights.setdefault(decision, {})[feature] = float(weight)
        except ValueError as error:
            raise ValueError(
                f"models/{name}, line {number}: got {line!r}, expected decision, feature and weight between tabs. "
                f"Make the file again with: make {name.removesuffix('.tsv')}"
            ) from error
    return weights
