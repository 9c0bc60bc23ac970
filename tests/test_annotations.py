"""Annotations without texts: put together with the articles, they are gold records."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from geopolitics_nlp.models import annotations

TEXT = "Selon Awa Diarra, « la piste est coupée ». Elle attend."


def annotation(**changes: Any) -> dict[str, Any]:
    quote = {"at": [20, 39], "type": "direct", "cue": [0, 5], "source": [6, 16], "source_type": "named"}
    return {
        "id": "wn-1",
        "sha1": hashlib.sha1(TEXT.encode(), usedforsecurity=False).hexdigest()[:12],
        "quotes": [quote | {"speaker": [6, 16]}],
        "not_quotes": [[20, 38]],
        "entities": [[6, 16, "PER"], [43, 47, "PER", "Awa Diarra"]],
        **changes,
    }


def test_offsets_become_words() -> None:
    (gold,) = annotations.golds([annotation()], {"wn-1": TEXT})
    (quote,) = gold["quotes"]
    assert quote == {
        "start": 20,
        "end": 39,
        "text": "la piste est coupée",
        "type": "direct",
        "cue": {"start": 0, "end": 5, "text": "Selon"},
        "source": {"start": 6, "end": 16, "text": "Awa Diarra"},
        "source_type": "named",
        "speaker": "Awa Diarra",
    }
    assert [(ent["text"], ent["name"]) for ent in gold["entities"]] == [
        ("Awa Diarra", "Awa Diarra"),
        ("Elle", "Awa Diarra"),
    ]
    assert gold["not_quotes"] == [{"start": 20, "end": 38, "text": "la piste est coupé"}]
    assert "only" not in gold


def test_what_is_annotated_in_part_says_so() -> None:
    (gold,) = annotations.golds([annotation(only=["speaker"])], {"wn-1": TEXT})
    assert gold["only"] == ["speaker"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [({}, "no article wn-1"), ({"wn-1": TEXT + " "}, "checksum")],
    ids=["missing", "changed"],
)
def test_an_article_that_is_not_there_is_refused(texts: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(annotations.golds([annotation()], texts))


def test_articles_are_read_by_their_ids(tmp_path: Path) -> None:
    for name, _ in annotations.ARTICLES:
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"id": "1", "text": name}) + "\n", encoding="utf8")
    assert set(annotations.read_articles(tmp_path)) == {"wn-1", "1"}


def test_the_file_holds_no_words_of_articles() -> None:
    lines = (Path(annotations.__file__).parent / "annotations.jsonl").read_text(encoding="utf8").splitlines()
    names = {
        speaker
        for line in lines
        for quote in json.loads(line)["quotes"]
        if isinstance(speaker := quote.get("speaker"), str)
    }
    assert len(lines) > 1000
    assert max(map(len, names)) < 100  # names, joined at the most, no sentence
    assert not any("«" in name or '"' in name for name in names)


@pytest.mark.parametrize(("name", "at_least"), [("written", 150), ("unseen", 60)])
def test_written_articles_are_gold_records(name: str, at_least: int) -> None:
    golds = read_written(name)
    assert len({gold["id"] for gold in golds}) == len(golds) >= at_least
    for gold in golds:
        text = gold["text"]
        for quote in gold["quotes"]:
            extents = (quote, quote["cue"], quote["source"])
            assert all(text[part["start"] : part["end"]] == part["text"] for part in extents if part), gold[
                "id"
            ]
            assert (quote["source_type"] in ("implicit", "none")) == (quote["source"] is None), gold["id"]
            assert quote["source_type"] != "none" or quote["speaker"] is None, gold["id"]
        for ent in gold["entities"]:
            assert text[ent["start"] : ent["end"]] == ent["text"], gold["id"]


def test_nothing_is_trained_on_unseen_articles() -> None:
    trained = {gold["text"] for gold in read_written("written")}
    assert not any(gold["text"] in trained for gold in read_written("unseen"))


def read_written(name: str) -> list[dict[str, Any]]:
    path = Path(annotations.__file__).with_name(f"{name}.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
