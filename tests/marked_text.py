"""Reads the cases of ``cases/quotations``: French text in which tags mark what must be found.

A case begins with its id and goes on to the next::

    === inverted-clitic
    xfail: why the library does not do this yet (one line, only where it does not)
    Awa Diarra est maire. « <q kind=direct speaker="Awa Diarra">Partons</q> », <cue>a-t-<source>elle</source> dit</cue>.

``q`` tells its kind and its speaker (``none`` for nobody), and parts of one utterance share a number
(``utterance=1``); ``stance=denies``, ``negated=yes``, ``role="…"`` and ``affiliation="…"`` are checked where
given. ``cue`` and ``source`` belong to the quotations of the same key: ``<q:a …>``, ``<cue:a>``, ``<source:ab>`` (that
of a and of b); without a key they belong to the quotations without one. ``{nbsp}`` and ``{nnbsp}`` are the spaces that
cannot be seen. Lines that begin with # before the first case are comments.
Whatever is left untagged must not be found: a case's quotations are compared as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from spacy.language import Language

import geopolitics_nlp

KINDS = ("direct", "mixed", "turn", "indirect")
STATED = ("stance", "negated", "role", "affiliation")
_SPACES = {"{nbsp}": "\N{NO-BREAK SPACE}", "{nnbsp}": "\N{NARROW NO-BREAK SPACE}"}
_TAG = re.compile(
    r"<(?P<closing>/?)(?P<name>\w+)(?::(?P<key>[a-z]+))?(?P<attributes>(?: \w+=(?:\"[^\"]*\"|\w+))*)>"
)
_LOOKS_LIKE_TAG = re.compile(r"</?\w[^>]*>?")


class Expected(NamedTuple):
    """One quotation as a case wants it: offsets of content, cue and source, the speaker's name in lower case."""

    start: int
    end: int
    kind: str
    cue: tuple[int, int] | None
    source: tuple[int, int] | None
    speaker: str | None


@dataclass(frozen=True)
class Case:
    """One case: its text without tags, the quotations in it, and the groups of them that are one utterance.

    ``stated`` holds, for each quotation, what else the case says of it.
    """

    name: str
    text: str
    quotes: tuple[Expected, ...]
    utterances: tuple[tuple[int, ...], ...] = ()
    stated: tuple[dict[str, str], ...] = ()
    xfail: str | None = None

    def readable(self, quotes: list[Expected]) -> list[tuple[str | None, ...]]:
        """Return quotations with words in place of offsets: what a failing test shows."""
        return [
            (
                quote.kind,
                self.text[quote.start : quote.end],
                self.text[slice(*quote.cue)] if quote.cue else None,
                self.text[slice(*quote.source)] if quote.source else None,
                quote.speaker,
            )
            for quote in quotes
        ]


@cache
def pipeline() -> Language:
    """Return the whole pipeline, loaded once for all tests."""
    return geopolitics_nlp.load()


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file; raises `ValueError`, naming the case, for whatever the format does not allow."""
    parts = re.split(r"^===(.*)\n", path.read_text(encoding="utf8"), flags=re.M)
    if any(line and not line.startswith("#") for line in parts[0].split("\n")):
        raise ValueError(f"{path.name}: text before the first case: {parts[0].strip()[:60]!r}")
    cases = [read_case(name.strip(), body) for name, body in zip(parts[1::2], parts[2::2], strict=True)]
    names = [case.name for case in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{path.name}: ids used twice: {', '.join(sorted(twice))}")
    return cases


def read_case(name: str, body: str) -> Case:
    """Return one case from its id and its tagged text."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"case {name!r}: an id is lower-case words joined by hyphens")
    body = body.strip("\n")
    xfail = None
    if body.startswith("xfail:"):
        first, _, body = body.partition("\n")
        xfail = first.removeprefix("xfail:").strip()
        if not xfail:
            raise ValueError(f"case {name!r}: xfail without a reason")
    for written, space in _SPACES.items():
        body = body.replace(written, space)
    if left := re.search(r"\{\w*\}", body):
        raise ValueError(f"case {name!r}: unknown character {left.group()}")
    text, tagged = _untagged(name, body)
    if not text.strip():
        raise ValueError(f"case {name!r} has no text")
    return Case(name, text, *_linked(name, tagged), xfail=xfail)


class _Tagged(NamedTuple):
    name: str
    key: str
    attributes: dict[str, str]
    start: int
    end: int


def _untagged(case: str, body: str) -> tuple[str, list[_Tagged]]:
    text, position = "", 0
    around: list[tuple[str, str, dict[str, str], int]] = []
    found: list[_Tagged] = []
    for match in _LOOKS_LIKE_TAG.finditer(body):
        tag = _TAG.fullmatch(match.group())
        if tag is None or tag["name"] not in ("q", "cue", "source"):
            raise ValueError(f"case {case!r}: unknown tag {match.group()}")
        text += body[position : match.start()]
        position = match.end()
        if tag["closing"]:
            if tag["key"] or tag["attributes"] or not around or around[-1][0] != tag["name"]:
                raise ValueError(f"case {case!r}: {match.group()} does not close the tag opened last")
            name, key, attributes, start = around.pop()
            if text[start:] != text[start:].strip() or not text[start:]:
                raise ValueError(f"case {case!r}: white space at an edge of {text[start:]!r}")
            found.append(_Tagged(name, key, attributes, start, len(text)))
        else:
            pairs = re.findall(r"(\w+)=(\"[^\"]*\"|\w+)", tag["attributes"])
            attributes = {name: value.strip('"') for name, value in pairs}
            allowed = {"kind", "speaker", "utterance", *STATED} if tag["name"] == "q" else set()
            missing = {"kind", "speaker"} - set(attributes) if tag["name"] == "q" else set()
            if set(attributes) - allowed or missing:
                raise ValueError(f"case {case!r}: attributes missing or unknown in {match.group()}")
            if tag["name"] == "q" and attributes["kind"] not in KINDS:
                raise ValueError(f"case {case!r}: unknown kind in {match.group()}")
            around.append((tag["name"], tag["key"] or "", attributes, len(text)))
    if around:
        raise ValueError(f"case {case!r}: <{around[-1][0]}> is not closed")
    return text + body[position:], found


def _linked(
    case: str, tagged: list[_Tagged]
) -> tuple[tuple[Expected, ...], tuple[tuple[int, ...], ...], tuple[dict[str, str], ...]]:
    words: dict[tuple[str, str], tuple[int, int]] = {}
    contents = sorted((tag for tag in tagged if tag.name == "q"), key=lambda tag: (tag.start, -tag.end))
    keys = {tag.key for tag in contents}
    for tag in tagged:
        if tag.name == "q":
            continue
        for key in tag.key or ("",):
            if key not in keys or (tag.name, key) in words:
                raise ValueError(
                    f"case {case!r}: <{tag.name}:{key}> belongs to no quotation, or to one that has one"
                )
            words[tag.name, key] = (tag.start, tag.end)
    utterances: dict[str, list[int]] = {}
    quotes = []
    for number, tag in enumerate(contents):
        if "utterance" in tag.attributes:
            utterances.setdefault(tag.attributes["utterance"], []).append(number)
        speaker = None if tag.attributes["speaker"] == "none" else tag.attributes["speaker"].lower()
        cue, source = words.get(("cue", tag.key)), words.get(("source", tag.key))
        quotes.append(Expected(tag.start, tag.end, tag.attributes["kind"], cue, source, speaker))
    stated = tuple({key: tag.attributes[key] for key in STATED if key in tag.attributes} for tag in contents)
    return tuple(quotes), tuple(tuple(group) for group in utterances.values()), stated


def parameters(path: Path) -> list[Any]:
    """Return the cases of a file for `pytest.mark.parametrize`: one id each, expected failures strict."""
    return [
        pytest.param(
            case,
            id=f"{path.stem}/{case.name}",
            marks=[pytest.mark.xfail(reason=case.xfail, strict=True)] if case.xfail else [],
        )
        for case in read_cases(path)
    ]
