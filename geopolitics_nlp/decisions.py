"""Small learned decisions: a probability from named features, with weights that a person can read.

Each decision (is this a quotation? does this cue report it? is this its speaker?) is a regularised logistic
regression. Its weights are a text file in ``models/``, one feature a line, made by ``models/train_decisions.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

Features = dict[str, float]
WEIGHTS = "decisions.tsv"


class Asked(NamedTuple):
    """What a decision is about, in character offsets: the quotation's content and what is weighed for it."""

    content: tuple[int, int]
    candidate: tuple[int, int] | str | None = None


class Judge(Protocol):
    """Answers a decision with a probability. The library's own is learned; training puts the gold in its place."""

    def __call__(self, decision: str, features: Features, asked: Asked) -> float:
        """Return the probability that the answer is yes."""


class Learned:
    """The learned judge: ``weights[decision][feature]``."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self.weights = weights

    def __call__(self, decision: str, features: Features, asked: Asked) -> float:
        """Return the probability that the answer is yes; features without a weight do not count."""
        weights = self.weights[decision]
        score = weights["(bias)"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@cache
def learned() -> Learned:
    """Return the judge with the weights that travel with the package."""
    weights: dict[str, dict[str, float]] = {}
    text = files("geopolitics_nlp.models").joinpath(WEIGHTS).read_text(encoding="utf8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        try:
            decision, feature, weight = line.split("\t")
            weights.setdefault(decision, {})[feature] = float(weight)
        except ValueError as error:
            raise ValueError(
                f"models/{WEIGHTS}, line {number}: got {line!r}, expected decision, feature and weight between tabs. "
                "Make the file again with: make decisions"
            ) from error
    return Learned(weights)
