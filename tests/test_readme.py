"""The README tells the truth: its Python runs, its output is real, and all there is to type is documented."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from geopolitics_nlp.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def settled(text: str) -> str:
    """Leave out what training again changes a little."""
    return re.sub(r'(confidence"?: )[\d.]+', r"\1…", text).strip()


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of the article that the README shows, its text taken from what is shown."""
    (console,) = blocks("console")
    folder = tmp_path_factory.mktemp("readme")
    article, out = folder / "article.txt", folder / "out.jsonl"
    article.write_text(re.split(r"\narticle\n|\n+Quotations:", console)[1], encoding="utf-8")
    assert CliRunner().invoke(app, ["annotate", str(article), "-o", str(out)]).exit_code == 0
    return out


@pytest.mark.parametrize(
    ("block", "printed"),
    list(zip(blocks("python"), ["direct Nous partons Awa Diarra", "", ""], strict=True)),
    ids=["load", "layout alone", "quotations alone"],
)
def test_python_runs(block: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {})
    assert printed in capsys.readouterr().out


def test_output_is_real(records: Path) -> None:
    (console,) = blocks("console")
    command, expected = console.split("\n", 1)
    assert command == "$ geopolitics-nlp show article.txt"
    assert settled(CliRunner().invoke(app, ["show", str(records)]).stdout) == settled(expected)


def test_record_is_real(records: Path) -> None:
    quote, entity = map(json.loads, blocks("json"))
    record = json.loads(records.read_text(encoding="utf-8"))
    assert settled(json.dumps(record["quotes"][1])) == settled(json.dumps(quote))
    assert entity in record["entities"]
    about = README.split("A record has ")[1].split("\n## ")[0]
    names = {*record, *record["entities"][0], *record["quotes"][0]}
    assert sorted(name for name in names if f"`{name}`" not in about) == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_is_documented(command: str) -> None:
    assert f"geopolitics-nlp {command} " in "".join(blocks("sh"))
    options = [option for parameter in COMMANDS[command].params for option in parameter.opts]
    assert [o for o in options if o.startswith("--") and o != "--help" and f"`{o}`" not in README] == []


def test_every_command_of_the_readme_is_there() -> None:
    named = set(re.findall(r"geopolitics-nlp ([a-z]+)", "".join(blocks("sh")) + "".join(blocks("console"))))
    assert named == set(COMMANDS)


def test_make_targets_of_the_readme_are_those_of_the_makefile() -> None:
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())  # type: ignore[index]
    assert set(re.findall(r"\bmake (\w+)", README)) == targets


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w/]+/[\w./]*\w\.\w+)`", README))))
def test_every_file_of_the_readme_is_there(path: str) -> None:
    assert (ROOT / path).exists()
