"""Quality floors on the shared gold: figures never drop silently (``quality_floors.json``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from geopolitics_nlp.evaluation import evaluate, floors

GOLD = Path(__file__).parent.parent.parent / "shared" / "gold"
FLOORS = floors(Path(__file__).parent / "quality_floors.json")


@pytest.mark.parametrize("name", FLOORS)
def test_quality(name: str) -> None:
    gold = GOLD / name / "gold.jsonl"
    if not gold.exists():
        pytest.skip(f"{gold} is not beside this checkout")
    scores = evaluate(gold)
    broken = FLOORS[name].broken(scores)
    assert not broken, "\n".join([*broken, "", *scores.lines()])
