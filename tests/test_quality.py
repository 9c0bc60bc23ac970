"""Quality floors on gold articles: figures never drop silently (``quality_floors.json``)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geopolitics_nlp.evaluation import evaluate, floors

TESTS = Path(__file__).parent
SHARED = TESTS.parent.parent / "shared" / "gold"
GOLD = {
    "articles": TESTS / "articles" / "gold.jsonl",
    "unseen": TESTS.parent / "models" / "unseen.jsonl",
    "dev": SHARED / "dev" / "gold.jsonl",
    "seed": SHARED / "seed" / "gold.jsonl",
}
FLOORS = floors(TESTS / "quality_floors.json")


@pytest.mark.parametrize("name", FLOORS)
def test_quality(name: str) -> None:
    if not GOLD[name].exists():
        pytest.skip(f"the shared gold is not beside this checkout: {GOLD[name]}")
    scores = evaluate(GOLD[name])
    broken = FLOORS[name].broken(scores)
    assert not broken, "\n".join([*broken, "", *scores.lines()])


def test_the_gold_of_the_sample_articles_is_of_their_texts() -> None:
    lines = GOLD["articles"].read_text(encoding="utf-8").splitlines()
    samples = (TESTS.parent / "seeds" / "articles").glob("*.txt")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in samples}
    assert {article["id"]: article["text"] for article in map(json.loads, lines)} == texts
