"""The tree shows the way of the data: imports never point back up it, and what must be light is."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "geopolitics_nlp"
# Each module imports only from those before it.
ORDER = (
    "tokens lexicons gazetteers layers decisions dates blocks interviews layout surfaces entities roles linking "
    "naming marks narrative phrases sources reports contents complements quotations mentions cast antecedents "
    "speakers records encodings reading inference pipeline batch tables spark journal writing showing evaluation cli"
).split()
# Inside functions a factory may register views of what comes later.
LATER_BY_NAME = {"quotations": {"records"}}


def imported(module: str) -> set[str]:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return names & set(ORDER)


def test_every_module_has_its_place() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_imports_point_down_the_way_of_the_data(module: str) -> None:
    before = set(ORDER[: ORDER.index(module)])
    assert imported(module) - before - LATER_BY_NAME.get(module, set()) == set()


@pytest.mark.parametrize("module", ["", ".reading", ".lexicons", ".gazetteers", ".cli", ".records"])
def test_what_must_be_light_does_not_import_spacy(module: str) -> None:
    code = f"import sys, geopolitics_nlp{module}; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_entry_points_load_neither_tables_nor_pandas() -> None:
    code = (
        "import sys, spacy, geopolitics_nlp.quotations, geopolitics_nlp.speakers, geopolitics_nlp.naming, "
        "geopolitics_nlp.layout; from geopolitics_nlp import lexicons; "
        "sys.exit(lexicons.cues.cache_info().currsize or 'pandas' in sys.modules or 'pyarrow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
