"""The README tells the truth: its Python runs, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geopolitics_nlp.cli import app

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")


def test_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(block, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "direct Nous partons Awa Diarra" in shown
    assert "indirect la route était libre Awa Diarra" in shown


@pytest.mark.parametrize("command", ["annotate", "show", "evaluate"])
def test_every_command_is_documented_and_there(command: str) -> None:
    assert f"geopolitics-nlp {command}" in README
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake (\w+)", README))))
def test_every_make_target_of_the_readme_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
