"""The learned decisions: weights read and applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from geopolitics_nlp import decisions


def test_probability_grows_with_what_speaks_for_it() -> None:
    weights = {"(bias)": -1.0, "named": 2.0, "far": -3.0}
    near, far = ({"named": 1.0, "far": distance} for distance in (0.1, 0.9))
    assert decisions.probability(weights, near) > 0.5 > decisions.probability(weights, far)
    assert decisions.probability(weights, {"unheard of": 9.0}) == decisions.probability(weights, {})


def test_a_broken_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.tsv").write_text("# made up\nlink\t(bias)\tzero\n", encoding="utf-8")
    monkeypatch.setattr(decisions, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"models/broken.tsv, line 2: got 'link.*Make the file again with"):
        decisions.read_weights("broken.tsv")
