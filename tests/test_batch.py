"""`annotate`: lazy, in order, in one process or several, with failures as values."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc
from threadpoolctl import threadpool_info

from geopolitics_nlp import Article, Failure, Record, annotate, batch, layers, records

QUOTE = "« Nous partons », dit Awa. « Oui », dit Moussa."


def nested(levels: int) -> list[Any]:
    return [nested(levels - 1)] if levels > 1 else []


def reasons(results: list[Record | Failure]) -> list[str | None]:
    return [item.reason if isinstance(item, Failure) else None for item in results]


def test_everything_that_is_an_article(light_nlp: Language) -> None:
    given = [
        QUOTE,
        {"id": "b", "texte": QUOTE, "ville": "Gao"},
        Article(QUOTE, "c", title="Titre"),
        Failure("d", "unread", "d.txt"),
        Record(id="e", text=QUOTE),
    ]
    first, second, third, fourth, fifth = annotate(given, nlp=light_nlp)
    assert [quote.text for quote in first.quotes] == ["Nous partons", "Oui"]
    assert [entity.text for entity in first.entities] == ["Nous", "Awa", "Oui", "Moussa"]
    assert second == Record(
        id="b", text=QUOTE, meta={"ville": "Gao"}, entities=first.entities, quotes=first.quotes
    )
    assert (third.id, third.title, third.quotes) == ("c", "Titre", first.quotes)
    assert fourth is given[3]
    assert fifth is given[4]


def test_offsets_hold(light_nlp: Language) -> None:
    (record,) = annotate([f"\ufeff𝄞 e\u0301 {QUOTE}\r\n\x00"], nlp=light_nlp)
    assert isinstance(record, Record)
    for item in (*record.entities, *record.quotes, *(quote.cue for quote in record.quotes)):
        assert record.text[item.start : item.end] == item.text


def test_the_pipeline_is_loaded_when_none_is_given(light_load: Language) -> None:
    (record,) = annotate([QUOTE])
    assert len(record.quotes) == 2


def test_ids_are_made_of_the_text(light_nlp: Language) -> None:
    first, second, third = annotate(["Un", "Deux", {"text": "Un"}], nlp=light_nlp)
    assert first.id == third.id == "eed54c7629909d2d"
    assert first.id != second.id


@pytest.mark.parametrize(
    ("given", "failure"),
    [
        ("", Failure("article 2", "The text is empty.")),
        (" \n\t\xa0", Failure("article 2", "The text is only white space.")),
        (Article("", "x", where="a.csv:3"), Failure("x", "The text is empty.", "a.csv:3")),
        (
            "x" * 101,
            Failure("article 2", "The text has 101 characters: split it, or raise the limit of 100."),
        ),
        (
            "ab\ud800",
            Failure("article 2", "The text is not valid Unicode: half a surrogate pair at character 2."),
        ),
        (3, Failure("article 2", "An article must be a string, a mapping or an Article: got int.")),
        (None, Failure("article 2", "An article must be a string, a mapping or an Article: got NoneType.")),
        (Article(3, "x"), Failure("x", "The text must be a string: got int.")),  # type: ignore[arg-type]
        ({"id": "x"}, "There is no text"),
        ({}, "There is no text"),
        (
            {"text": "x", "a": nested(100)},
            Failure("article 2", "The metadata are nested in more than 100 levels."),
        ),
        ({"text": b"x"}, Failure("article 2", "The text must be a string: got bytes.")),
        ("EXCEPTION", "The pipeline failed on it: RuntimeError: an exception in the pipeline"),
    ],
    ids=lambda value: None if isinstance(value, Failure | str) else type(value).__name__,
)
@pytest.mark.parametrize("n_process", [1, 2])
def test_a_failure_is_a_value(
    light_nlp: Language, given: Any, failure: Failure | str, n_process: int
) -> None:
    before, failed, after = annotate(["Un", given, "Deux"], nlp=light_nlp, max_chars=100, n_process=n_process)
    assert (before.text, after.text) == ("Un", "Deux")
    if isinstance(failure, str):
        assert failed.reason.startswith(failure)
    else:
        assert failed == failure


def test_a_component_that_drops_documents(light_nlp: Language) -> None:
    class Dropper:
        def __call__(self, doc: Doc) -> Doc:
            return doc

        def pipe(self, docs: Iterator[Doc], batch_size: int) -> Iterator[Doc]:
            return (doc for doc in docs if "drop" not in doc.text)

    Language.component("test_dropper", func=Dropper())
    nlp = Language()
    nlp.add_pipe("test_dropper")
    first, dropped, last = annotate(["Un", "drop", "Deux"], nlp=nlp)
    assert (first.text, last.text) == ("Un", "Deux")
    assert dropped.reason == "The pipeline failed on it: ValueError: A component dropped the article."


@pytest.mark.parametrize("one", ["texte", {"text": "x"}, Article("x")], ids=lambda one: type(one).__name__)
def test_one_article_must_be_in_a_list(one: Any) -> None:
    with pytest.raises(TypeError, match="put it in a list"):
        annotate(one)


@pytest.mark.parametrize("name", ["n_process", "batch_size", "max_chars"])
def test_numbers_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be 1 or more: got 0"):
        annotate([], **{name: 0})


@pytest.mark.parametrize("n_process", [1, 2])
def test_articles_are_taken_as_they_are_needed(light_nlp: Language, n_process: int) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield f"Article {taken}"

    results = annotate(endless(), nlp=light_nlp, batch_size=4, n_process=n_process)
    assert taken == 0
    assert [next(results).text for _ in range(10)] == [f"Article {i}" for i in range(1, 11)]
    assert taken <= (12 if n_process == 1 else 60)
    results.close()


def test_long_articles_end_their_batch() -> None:
    sizes = [10, batch._BATCH_CHARS, 10, 10]
    batches = batch._batches((Article("x" * size, "i") for size in sizes), 3)
    assert [[len(item.text) for item in each.items] for each in batches] == [sizes[:2], sizes[2:]]


@pytest.mark.parametrize(("n_process", "batch_size"), [(1, 1), (1, 100), (2, 1), (2, 7), (3, 100)])
def test_records_do_not_depend_on_how_they_are_made(
    light_nlp: Language, n_process: int, batch_size: int
) -> None:
    articles: list[Any] = [f"{QUOTE} {'mot ' * (i % 13)}" for i in range(50)]
    articles[7], articles[20], articles[21] = "", "EXCEPTION", None
    expected = list(annotate(articles, nlp=light_nlp))
    assert sum(isinstance(item, Failure) for item in expected) == 3
    assert list(annotate(articles, nlp=light_nlp, n_process=n_process, batch_size=batch_size)) == expected


def test_repeated_ids_are_reported_and_annotated(
    light_nlp: Language, caplog: pytest.LogCaptureFixture
) -> None:
    articles = [Article("Un", "a"), Article("Deux", "a", where="b.csv:3"), Article("Trois", "c")]
    assert [record.text for record in annotate(articles, nlp=light_nlp)] == ["Un", "Deux", "Trois"]
    assert caplog.messages == ["b.csv:3: the id 'a' was given to an article before"]
    caplog.clear()
    assert len(list(annotate(["Un"] * 31, nlp=light_nlp))) == 31
    assert len(caplog.messages) == 11
    assert caplog.messages[-1] == "20 more articles have an id that was given before"


def test_ids_are_remembered() -> None:
    ids = batch._Ids()
    assert all(ids.add(f"a{i}") for i in range(5_000))
    assert not any(ids.add(f"a{i}") for i in range(5_000))


# Workers


def test_a_worker_that_dies_is_replaced_and_its_articles_tried_again(light_nlp: Language) -> None:
    articles = [f"Article {i}" + " DEATH" * (i in (3, 12)) for i in range(20)]
    results = list(annotate(articles, nlp=light_nlp, n_process=2, batch_size=5))
    assert len(results) == 20
    died = "The worker process died on it, twice (exit code 9)."
    assert reasons(results) == [died if i in (3, 12) else None for i in range(20)]
    assert [item.text for i, item in enumerate(results) if i not in (3, 12)] == [
        text for i, text in enumerate(articles) if i not in (3, 12)
    ]


@pytest.mark.parametrize("n_process", [1, 2])
def test_a_process_keeps_to_one_thread(light_nlp: Language, n_process: int) -> None:
    @Language.component("test_threads")
    def threads(doc: Doc) -> Doc:
        raise RuntimeError({library["num_threads"] for library in threadpool_info()})

    import numpy  # noqa: F401  # the library whose threads are counted

    nlp = Language()
    nlp.add_pipe("test_threads")
    before = threadpool_info()
    (failure,) = annotate(["Un"], nlp=nlp, n_process=n_process)
    assert failure.reason == "The pipeline failed on it: RuntimeError: {1}"
    assert threadpool_info() == before


def test_workers_end_with_the_results(light_nlp: Language) -> None:
    results = annotate(["Un"] * 50, nlp=light_nlp, n_process=2, batch_size=1)
    next(results)
    assert len(multiprocessing.active_children()) == 2
    results.close()
    assert not multiprocessing.active_children()


def test_an_error_of_the_articles_ends_the_workers(light_nlp: Language) -> None:
    def articles() -> Iterator[str]:
        yield "Un"
        raise KeyError("at the source")

    with pytest.raises(KeyError, match="at the source"):
        list(annotate(articles(), nlp=light_nlp, n_process=2, batch_size=1))
    assert not multiprocessing.active_children()


def test_workers_end_when_their_parent_is_killed() -> None:
    program = (
        "import sys, os, signal, multiprocessing; sys.path.insert(0, sys.argv[1])\n"
        "from conftest import make_light_nlp; from geopolitics_nlp import annotate\n"
        "results = annotate(iter(lambda: 'Un', None), nlp=make_light_nlp(), n_process=2); next(results)\n"
        "print(*(child.pid for child in multiprocessing.active_children()), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    # Not by a pipe: the workers would hold its other end, and their end is what is being tested.
    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while any(map(_is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_running, pids))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


# Long texts


@pytest.fixture(scope="module")
def tagging_nlp() -> Language:
    """Small trained components, after one that sets sentence starts and a layer."""
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(1)

    @Language.component("test_starts")
    def starts(doc: Doc) -> Doc:
        for token in doc:
            if token.i and doc[token.i - 1].text == ".":
                token.is_sent_start = True
        layers.write(doc, layers.BLOCKS, [layers.Item(0, len(doc.text), "paragraph", {"n": len(doc)})])
        return doc

    nlp = Language()
    nlp.add_pipe("test_starts")
    nlp.add_pipe("tagger")
    nlp.add_pipe("parser", config={"min_action_freq": 1})
    nlp.add_pipe("ner")
    example = Example.from_dict(
        Doc(nlp.vocab, ["Awa", "parle", "à", "Gao", "."]),
        {
            "tags": ["A", "B", "C", "A", "D"],
            "heads": [1, 1, 3, 1, 1],
            "deps": ["s", "ROOT", "c", "o", "p"],
            "entities": ["U-PER", "O", "O", "U-LOC", "O"],
        },
    )
    nlp.initialize(lambda: [example])
    for _ in range(20):
        nlp.update([example])
    nlp.add_pipe("test_quoter", last=True)
    return nlp


def test_a_long_text_is_annotated_in_blocks(tagging_nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Awa parle à Gao . « Moussa va à Kidal », dit Awa . " * 40
    (whole,) = batch._processed(tagging_nlp, [text])
    monkeypatch.setattr(batch, "_LONG", 50)
    monkeypatch.setattr(batch, "_BLOCK", 30)
    cuts = list(batch._cuts(whole))
    assert all(b - a <= 30 and whole[a].is_sent_start for a, b in pairwise(cuts))
    (doc,) = batch._processed(tagging_nlp, [text])
    assert doc.text == whole.text == text
    # These components see no word of the block before: at the edges they may decide otherwise.
    what = ["TAG", "DEP", "HEAD", "SENT_START", "ENT_IOB", "ENT_TYPE"]
    assert (doc.to_array(what) == whole.to_array(what)).mean() > 0.95
    assert layers.read(doc, layers.BLOCKS) == layers.read(whole, layers.BLOCKS)
    assert len(records.quotes(doc)) == 40


@pytest.mark.parametrize(
    "run", ["«" * 10_000, "x" * 501, " \n" + "('" * 700 + " fin "], ids=["marks", "word", "mixed"]
)
def test_what_is_longer_than_any_word_is_cut(light_nlp: Language, run: str) -> None:
    start = time.process_time()
    doc = batch._tokenized(light_nlp, run)
    assert time.process_time() - start < 2
    assert doc.text == run
    assert not doc.has_annotation("SENT_START")
    assert max(map(len, doc)) <= 500


def test_blocks_are_bounded_where_no_sentence_begins(
    tagging_nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_BLOCK", 30)
    doc = tagging_nlp.make_doc("mot " * 100)
    assert list(batch._cuts(doc)) == [0, 30, 60, 90, 100]
