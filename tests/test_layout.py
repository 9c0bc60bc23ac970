"""The layout of pages: blocks, interview turns, dates, glued words."""

from __future__ import annotations

import json
import pickle
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import spacy

from geopolitics_nlp import layers
from geopolitics_nlp.layout import WEIGHTS, read_page

CASES = Path(__file__).parent / "cases"
SHARED = Path(__file__).parents[2] / "shared"
TURN_KINDS = ("question", "answer", "turn")


# Cases: a page with the kind of each block before it (`headline| …`; `| …` goes on with the block above), and with its
# turns and their labels in tags. "dateline-prefix" and "attribution" are paragraphs that begin with a dateline, or
# that sign the quotation above.


@dataclass
class Case:
    name: str
    text: str
    blocks: list[tuple[str, str]]
    turns: list[tuple[str, str | None, str]]


def read_cases(path: Path) -> list[Case]:
    parts = re.split(r"^=== (\S+)\n", path.read_text(encoding="utf8"), flags=re.M)
    assert not parts[0].strip(), f"{path}: words before the first case"
    return [read_case(name, body) for name, body in zip(parts[1::2], parts[2::2], strict=True)]


def read_case(name: str, body: str) -> Case:
    text, blocks, turns, open_tags = "", [], [], {}
    label: str | None = None
    for line in body.strip("\n").split("\n"):
        if line:
            kind, bar, words = line.partition("|")
            assert bar and (
                not kind or kind in (*WEIGHTS, "lead", "turn", "dateline-prefix", "attribution")
            ), line
            start = len(text)
            for piece in re.split(r"(</?\w+>)", words.removeprefix(" ")):
                tag = re.fullmatch(r"<(/?)(\w+)>", piece)
                if not tag:
                    text += piece
                elif not tag[1]:
                    assert tag[2] in (*TURN_KINDS, "label"), line
                    open_tags[tag[2]] = len(text)
                elif tag[2] == "label":
                    label = text[open_tags.pop("label") :]
                else:
                    turns.append((tag[2], label, text[open_tags.pop(tag[2]) :]))
                    label = None
            if kind:
                blocks.append((kind, text[start:]))
            else:
                blocks[-1] = (blocks[-1][0], blocks[-1][1] + "\n" + text[start:])
        text += "\n"
    assert not open_tags, f"{name}: {open_tags} not closed"
    return Case(name, text, blocks, turns)


PAGES = read_cases(CASES / "layout_pages.txt") + read_cases(CASES / "layout_interviews.txt")
INTERVIEWS = [case for case in PAGES if case.turns]


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_blocks_have_their_kinds(case: Case) -> None:
    found = []
    for block in read_page(case.text).blocks:
        kind = block.kind
        if "dateline" in block.attrs:
            kind = "dateline-prefix"
        if "attribution" in block.attrs:
            kind = "attribution"
        found.append((kind, case.text[block.start : block.end]))
    assert found == case.blocks


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_turns_have_their_exact_words(case: Case) -> None:
    page = read_page(case.text)
    found = [
        (turn.kind, case.text[slice(*turn.label)] if turn.label else None, case.text[turn.start : turn.end])
        for turn in page.turns
    ]
    assert found == case.turns
    assert page.interview == bool(case.turns)
