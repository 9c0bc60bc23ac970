"""Runs that are killed and resumed: the short version of ``benchmarks/faults.py``, on the sample articles."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_runs_that_are_killed_end_as_if_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("workers are found in /proc")
    pytest.importorskip("pyarrow")
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from faults import Trial, load

    samples = [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds" / "articles").glob("*.txt"))
    ]
    trial = Trial(tmp_path, samples * 6, load("light"))
    for _ in range(3):
        trial.run()
    assert trial.faults["runs killed"]
