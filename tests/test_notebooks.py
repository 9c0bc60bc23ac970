"""The notebooks run from top to bottom, show what they promise, and are kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
# What each must show, by a sign of it in the HTML or the text of its outputs.
SHOWN = {
    "01_un_article": {
        "blocks": ">navigation<",
        "dates": ">2025-03-12<",
        "turns": ">Radio Confluences<",
        "entities": 'class="entity"',
        "ids": "https://www.wikidata.org/wiki/Q912",
        "names": "Aminata Koudougou × ",
        "quotations": ">turn-label<",
        "spans": 'class="spans"',
        "record": '"schema_version": "1"',
    }
}


def read(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> str:
    return "\n".join(
        output["text"] if output.output_type == "stream" else output.data.get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_shows(path: Path) -> None:
    notebook = read(path)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = outputs(notebook)
    assert [what for what, sign in SHOWN[path.stem].items() if sign not in shown] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_without_outputs(path: Path) -> None:
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert code
    assert [cell.source for cell in code if cell.outputs or cell.execution_count] == []
