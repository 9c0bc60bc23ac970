"""The scorer: hand-counted figures, and agreement with the shared scorer on perturbed gold."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from geopolitics_nlp.evaluation import Bounds, Rate, evaluate, floors, score

SHARED = Path(__file__).parent.parent.parent / "shared" / "gold"

TEXT = "« Nous partons », a dit Awa Diarra. Selon elle, la route est libre. Le « Lion » de Gao se tait."


def span(words: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words, **more}


def gold_article(**changes: Any) -> dict[str, Any]:
    article = {
        "id": "a",
        "text": TEXT,
        "entities": [
            span("Awa Diarra", label="PER", name="Awa Diarra"),
            span("Gao", label="LOC", name="Gao"),
        ],
        "quotes": [
            span(
                "Nous partons",
                type="direct",
                cue=span("a dit"),
                source=span("Awa Diarra"),
                source_type="named",
                speaker="Awa Diarra",
            ),
            span(
                "la route est libre",
                type="indirect",
                cue=span("Selon"),
                source=span("elle"),
                source_type="pronoun",
                speaker="Awa Diarra",
            ),
        ],
        "not_quotes": [span("Lion")],
    }
    return article | changes


def record(**changes: Any) -> dict[str, Any]:
    quotes = [
        {
            **quote,
            "kind": quote["type"],
            "speaker": {"name": quote["speaker"], "label": "PER", "id": None},
            "confidence": 0.9,
        }
        for quote in gold_article()["quotes"]
    ]
    return {"id": "a", "text": TEXT, "entities": gold_article()["entities"], "quotes": quotes} | changes


def test_a_perfect_annotation() -> None:
    scores = score({"a": gold_article()}, {"a": record()})
    assert scores.entities["all"] == Rate(2, 2, 2)
    assert scores.names is not None
    assert scores.names.f == 1
    assert scores.quotations["marked"].end_to_end.f == 1
    assert scores.quotations["indirect"].speaker_by_source == {"pronoun": (1, 1)}
    assert "turn" not in scores.quotations
    assert (scores.traps, scores.trapped) == (1, 0)
    assert scores.calibration_error == pytest.approx(0.1)
    assert scores.mistakes == ()


def test_no_annotation_at_all() -> None:
    scores = score({"a": gold_article()}, {})
    assert (scores.articles, scores.missing) == (1, 1)
    assert scores.entities["all"].f == 0
    assert scores.names is None
    assert scores.quotations["marked"].speaker is None
    assert scores.calibration_error is None
    assert {mistake.kind for mistake in scores.mistakes} == {
        "entity missed",
        "marked missed",
        "indirect missed",
    }


def test_articles_without_gold_entities_are_left_out_of_their_figures() -> None:
    scores = score({"a": gold_article(ner=False)}, {"a": record()})
    assert scores.entities == {}
    assert scores.quotations["marked"].found.f == 1


def changed_quote(**changes: Any) -> dict[str, Any]:
    first, *others = record()["quotes"]
    return record(quotes=[first | changes, *others])


@pytest.mark.parametrize(
    ("changes", "figure", "value"),
    [
        ({"start": 0, "end": 16}, "exact.f", 1),  # with its marks: only the core counts
        ({"end": 10}, "overlap80.f", 0),
        ({"end": 10}, "overlap30.f", 1),
        ({"kind": "mixed"}, "overlap80.f", 1),
        ({"kind": "mixed"}, "kind", 0),
        ({"cue": None}, "cue", 0),
        ({"source": None}, "source", 0),
        ({"source": None}, "end_to_end_source.f", 0),
        ({"source": None}, "end_to_end.f", 1),
        ({"speaker": None}, "end_to_end.f", 0),
        ({"speaker": "Mme awa diarra"}, "end_to_end.f", 1),
        ({"speaker": {"name": "AWA DIARRA"}}, "end_to_end.f", 1),
        ({"speaker": {"name": "Awa"}}, "end_to_end.f", 0),
    ],
    ids=[
        "marks", "cut", "cut-touches", "kind-found", "kind", "cue", "source", "source-e2e", "source-speaker",
        "no-speaker", "address", "capitals", "part-of-a-name",
    ],
)  # fmt: skip
def test_one_change_moves_one_figure(changes: dict[str, Any], figure: str, value: float) -> None:
    scores = score({"a": gold_article()}, {"a": changed_quote(**changes)})
    assert scores.figures()[f"quotes.marked.{figure}"] == value


@pytest.mark.parametrize(
    ("speaker", "right"),
    [
        ("un officier", True),
        ("l'officier", True),
        ("officier malien", True),
        ("un berger", False),
        (None, False),
    ],
    ids=str,
)
def test_a_described_speaker_is_right_by_its_words(speaker: str | None, right: bool) -> None:
    quote = gold_article()["quotes"][0] | {"speaker": "un officier", "source": None}
    returned = changed_quote(speaker=speaker, source=None)
    scores = score({"a": gold_article(quotes=[quote])}, {"a": returned})
    assert scores.quotations["marked"].speaker == right


def test_a_string_that_is_no_quotation_returned_as_one() -> None:
    trap = span("Lion", kind="mixed", cue=None, source=None, speaker=None)
    scores = score({"a": gold_article()}, {"a": record(quotes=[*record()["quotes"], trap])})
    assert scores.figures()["not_quotes.returned"] == 1
    assert scores.quotations["marked"].found == Rate(1, 2, 1)


def test_names_are_compared_as_groups() -> None:
    text = "A B A B"
    places = [(0, "A"), (2, "B"), (4, "A"), (6, "B")]
    entities = [
        {"start": at, "end": at + 1, "text": name, "label": "LOC", "name": name} for at, name in places
    ]
    gold = {"id": "a", "text": text, "entities": entities, "quotes": []}
    lumped = {"id": "a", "entities": [entity | {"name": "A"} for entity in entities], "quotes": []}
    names = score({"a": gold}, {"a": lumped}).names
    assert names is not None
    assert (names.precision, names.recall, names.mentions) == (0.5, 1, 4)


def test_lines_are_in_percent() -> None:
    lines = score({"a": gold_article()}, {"a": record()}).lines()
    assert lines[0] == "articles 1, of them without annotation 0"
    assert "entities all     P 100.0  R 100.0  F 100.0  2/2 of 2" in lines
    assert any(line.startswith("quotes marked    P 100.0") for line in lines)


def test_evaluate_names_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold_article()) + "\n\nno json\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"gold\.jsonl:3: got 'no json.*give a file of gold articles"):
        evaluate(path, path)


def test_bounds() -> None:
    scores = score({"a": gold_article()}, {"a": changed_quote(speaker=None)})
    bounds = Bounds(
        at_least={"entities.all.f": 0.9, "quotes.marked.end_to_end.f": 0.5}, at_most={"calibration.n": 0}
    )
    assert bounds.broken(scores) == [
        "quotes.marked.end_to_end.f is 0.0000, below its floor 0.5",
        "calibration.n is 1.0000, above its ceiling 0",
    ]
    with pytest.raises(ValueError, match=r"Got bounds for entities\.x, expected figures of the scores"):
        Bounds(at_least={"entities.x": 1}, at_most={}).broken(scores)


def test_floors_of_another_shape(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text('{"dev": {"least": {}}}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"floors\.json: got a file of another shape"):
        floors(path)


def perturbed(article: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a record right in places: spans moved, kinds and speakers swapped, things lost and invented."""
    text = article["text"]
    names = [entity["name"] for entity in article["entities"]] or ["personne"]

    def moved(item: dict[str, Any] | None, most: int) -> dict[str, Any] | None:
        if item is None or chance.random() < 0.15:
            return None
        start = max(0, item["start"] + chance.randint(-most, most) * (chance.random() < 0.4))
        end = min(
            len(text), max(start + 1, item["end"] + chance.randint(-most, most) * (chance.random() < 0.4))
        )
        return {"start": start, "end": end, "text": text[start:end]}

    entities = []
    for entity in article["entities"]:
        extent = moved(entity, 2)
        if extent:
            label = entity["label"] if chance.random() < 0.9 else chance.choice(["PER", "LOC", "ORG", "MISC"])
            name = entity["name"] if chance.random() < 0.8 else chance.choice(names)
            entities.append({**extent, "label": label, "name": name})
    quotes = []
    for quote in [*article["quotes"], *article["not_quotes"]]:
        extent = moved(quote, 30)
        if extent is None:
            continue
        speaker = (
            quote.get("speaker") if chance.random() < 0.7 else chance.choice([*names, None, "le ministre"])
        )
        kinds = ["direct", "mixed", "turn", "indirect"]
        quotes.append(
            {
                **extent,
                "kind": quote.get("type", "mixed") if chance.random() < 0.85 else chance.choice(kinds),
                "cue": moved(quote.get("cue"), 5),
                "source": moved(quote.get("source"), 5),
                "speaker": speaker if chance.random() < 0.3 or speaker is None else {"name": speaker},
                "confidence": round(chance.random(), 2) if chance.random() < 0.9 else None,
            }
        )
        if chance.random() < 0.1:
            quotes.append(quotes[-1])
    return {"id": article["id"], "text": text, "entities": entities, "quotes": quotes}


@pytest.mark.skipif(not SHARED.exists(), reason="the shared gold is not beside this checkout")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agrees_with_the_shared_scorer(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    gold = SHARED / "dev" / "gold.jsonl"
    with gold.open(encoding="utf-8") as file:
        records = [perturbed(json.loads(line), chance) for line in file if chance.random() < 0.97]
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, str(SHARED / "score.py"), str(gold), str(predicted), "--json"],
        capture_output=True,
        check=True,
    ).stdout
    same(evaluate(gold, predicted).to_dict(), json.loads(printed), "")


def same(ours: Any, theirs: Any, where: str) -> None:
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys(), where
        for key, value in theirs.items():
            same(ours[key], value, f"{where}.{key}")
    else:
        assert ours == pytest.approx(theirs, abs=1e-9), where
