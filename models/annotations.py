"""Annotations of public articles, without their words: who speaks where, in `annotations.jsonl`.

    python -m geopolitics_nlp.models.annotations ../shared/corpora build/annotated.jsonl
    python -m geopolitics_nlp.models.annotations ../shared/corpora build/complete.jsonl --complete

The articles stay where they are. A line of the file has an article's id, a checksum of its text and places in that text
(offsets of characters, end exclusive); only canonical names that the article does not have as such are spelled out. Put
together with the articles they make gold records, such as those of ``../shared/gold``, on which `train_decisions`
trains. How they were made is told in ``models/decisions.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ARTICLES = (("winer-fr/2016-2017.jsonl", "wn-"), ("press-fr/articles.jsonl", ""))
"""The files of the corpora that have the articles, and what the annotations put before the ids of each."""


def read_articles(corpora: Path) -> dict[str, str]:
    """Return the texts of the articles by their ids."""
    texts: dict[str, str] = {}
    for name, prefix in ARTICLES:
        with (corpora / name).open(encoding="utf8") as lines:
            for article in map(json.loads, lines):
                texts[f"{prefix}{article['id']}"] = article["text"]
    return texts


def golds(annotations: Iterable[Mapping[str, Any]], texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the gold record of each annotation.

    A record with ``only`` says no more than what these decisions ask; the others are complete.

    Raises:
        ValueError: for an article that the corpora do not have, or have with another text.
    """
    for annotation in annotations:
        name = annotation["id"]
        text = texts.get(name)
        if text is None:
            raise ValueError(
                f"got no article {name}, expected it in {', '.join(file for file, _ in ARTICLES)}"
            )
        found = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]
        if found != annotation["sha1"]:
            raise ValueError(
                f"article {name}: got a text with checksum {found}, expected {annotation['sha1']}"
            )
        yield _gold(annotation, text)


def _gold(annotation: Mapping[str, Any], text: str) -> dict[str, Any]:
    def span(extent: list[int] | None) -> dict[str, Any] | None:
        return extent and {"start": extent[0], "end": extent[1], "text": text[extent[0] : extent[1]]}

    def words(name: list[int] | str | None) -> str | None:
        return text[name[0] : name[1]] if isinstance(name, list) else name

    quotes = []
    for quote in annotation["quotes"]:
        start, end = quote["at"]
        record = {"start": start, "end": end, "text": text[start:end], "type": quote["type"]}
        record |= {"cue": span(quote.get("cue")), "source": span(quote.get("source"))}
        record |= {key: quote[key] for key in ("source_type",) if key in quote}
        record |= {key: words(quote[key]) for key in ("speaker",) if key in quote}
        quotes.append(record)
    entities = [
        {
            "start": start,
            "end": end,
            "text": text[start:end],
            "label": label,
            "name": (name or [text[start:end]])[0],
        }
        for start, end, label, *name in annotation.get("entities", ())
    ]
    refused = [span(extent) for extent in annotation.get("not_quotes", ())]
    record = {
        "id": annotation["id"],
        "text": text,
        "entities": entities,
        "quotes": quotes,
        "not_quotes": refused,
    }
    return record | {key: annotation[key] for key in ("only",) if key in annotation}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--complete", action="store_true", help="only articles of which everything is annotated"
    )
    arguments = parser.parse_args()
    with (HERE / "annotations.jsonl").open(encoding="utf8") as lines:
        annotations = [json.loads(line) for line in lines]
    if arguments.complete:
        annotations = [annotation for annotation in annotations if "only" not in annotation]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with arguments.out.open("w", encoding="utf8") as out:
        for record in golds(annotations, read_articles(arguments.corpora)):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
