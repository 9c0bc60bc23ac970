"""Runs that are killed at random moments and resumed: each must end with the same bytes as one left alone.

    python benchmarks/faults.py ../shared/corpora                   # or: make faults
    python benchmarks/faults.py ../shared/corpora --pipeline real   # with the trained pipeline: hours for 50 runs

A run is `geopolitics-nlp annotate … --resume`, started again until it ends by itself. At random moments (of time, or of
progress), SIGKILL ends the main process or one of its workers; at times the end of the journal is lost or zeroed
besides, as when the power fails. The inputs are real articles with some that cannot be annotated between them; the
number of processes and the format of the output vary from run to run. Without --pipeline real, a light pipeline takes
the place of the trained one: it makes entities and quotations of the same kind, and everything around it is real. Each
process is a fork of this one, where the pipeline is loaded already: the time goes to what may fail.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

    from spacy.language import Language

os.environ.update(OPENBLAS_NUM_THREADS="1")  # a process with threads is not one to fork
CORPORA = ("press-fr/articles.jsonl", "winer-fr/2016-2017.jsonl")
TESTS = Path(__file__).resolve().parents[1] / "tests"
PIPELINES = ("light", "real")
# What cannot be annotated: no text, no JSON, too long.
BROKEN = ('{"id": "vide", "text": ""}', '{"id": "coupé', json.dumps({"id": "long", "text": "mot " * 10_000}))
MAX_CHARS = "39999"
ENDINGS = (".jsonl", ".jsonl.gz", ".parquet", ".csv")
FAULTS = 3  # in one run, at most


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path, help=f"folder with {' and '.join(CORPORA)}")
    parser.add_argument("--runs", type=int, default=50, help="runs that are killed (50)")
    parser.add_argument("--articles", type=int, default=600, help="real articles in each (600)")
    parser.add_argument("--pipeline", choices=PIPELINES, default="light", help="pipeline to run (light)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments (0)")
    arguments = parser.parse_args()
    texts = read_texts(arguments.corpora, arguments.articles)
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), texts, load(arguments.pipeline), arguments.seed)
        for number in range(1, arguments.runs + 1):
            trial.run()
            print(f"run {number}: {', '.join(f'{n} {what}' for what, n in trial.faults.items())}", flush=True)
    print(f"{arguments.runs} runs over {len(texts)} articles: all as if they had been left alone")


def read_texts(corpora: Path, count: int) -> list[str]:
    """Return texts of the corpora, always the same."""
    texts = []
    for name in CORPORA:
        with (corpora / name).open(encoding="utf-8") as lines:
            texts += [json.loads(line)["text"] for line in lines]
    random.Random(0).shuffle(texts)
    return texts[:count]


def load(pipeline: str) -> Language:
    """Return one of the pipelines, warm."""
    if pipeline == "real":
        import geopolitics_nlp

        nlp = geopolitics_nlp.load()
    else:
        sys.path.insert(0, str(TESTS))
        import conftest

        nlp = conftest.make_light_nlp()
    nlp("« Nous partons », dit Awa.")
    return nlp


class Trial:
    """Runs over the same articles. ``faults`` counts what was done to them."""

    def __init__(self, folder: Path, texts: Iterable[str], nlp: Language, seed: int = 0) -> None:
        self.faults: Counter[str] = Counter()
        self._folder = folder
        self._random = random.Random(seed)
        self._nlp = nlp
        self._inputs = folder / "articles.jsonl"
        self._messages = folder / "messages.txt"
        lines = [json.dumps({"id": f"a{i}", "text": text}) for i, text in enumerate(texts)]
        for line in BROKEN:
            lines.insert(self._random.randrange(len(lines)), line)
        self._inputs.write_text("\n".join(lines), encoding="utf-8")
        self._expected: dict[str, list[bytes | None]] = {}
        self._runs = 0
        # How long a run takes, and how much it writes, when it is left alone.
        began = time.monotonic()
        self._left_alone(ENDINGS[0])
        self._seconds = time.monotonic() - began
        self._bytes = len(self._expected[ENDINGS[0]][0] or b"")

    def run(self) -> None:
        """Run once, with faults; raises `AssertionError` when the files are not as they should be."""
        ending = ENDINGS[self._runs % len(ENDINGS)]
        if ending not in self._expected:
            self._left_alone(ending)
        self._runs += 1
        out = self._folder / f"run{self._runs}{ending}"
        for _ in range(self._random.randint(1, FAULTS)):
            if not self._killed(out):
                break
        # Some articles fail: the exit status says so.
        assert ended(self._start(out)) == 1, self._messages.read_text(encoding="utf-8")[-2000:]
        assert contents(out) == self._expected[ending], f"{out} is not as if it had been left alone"
        names = {path.name for path in self._folder.glob(f"*{out.name}*")}
        assert names == {f"{out.name}{end}" for end in ("", ".failures.jsonl", ".run.json")}, names
        for name in names:
            (self._folder / name).unlink()

    def _left_alone(self, ending: str) -> None:
        out = self._folder / f"expected{ending}"
        assert ended(self._start(out)) == 1, self._messages.read_text(encoding="utf-8")[-2000:]
        self._expected[ending] = contents(out)

    def _start(self, out: Path) -> ForkProcess:
        processes = str(self._random.randint(1, 3))
        options = ["-o", str(out), "--resume", "--max-chars", MAX_CHARS, "-n", processes]
        words = ["annotate", str(self._inputs), *options]
        process = multiprocessing.get_context("fork").Process(
            target=annotate, args=(self._nlp, words, self._messages)
        )
        process.start()
        return process

    def _killed(self, out: Path) -> bool:
        """Run until a fault; tell whether the run has not come to its end."""
        part = out.with_name(f"{out.name}.part")
        process = self._start(out)
        self._wait(process, part)
        workers = children(process.pid or 0)
        if workers and self._random.random() < 0.3:
            # Once in a process: an article whose worker dies twice is a failure, and should be.
            with suppress(ProcessLookupError):
                os.kill(self._random.choice(workers), signal.SIGKILL)
                self.faults["workers killed"] += 1
            self._wait(process, part)
        process.kill()
        unfinished = ended(process) == -signal.SIGKILL
        self.faults["runs killed"] += unfinished
        if unfinished and part.exists() and self._random.random() < 0.3:
            self._lose_power(part)
        return unfinished

    def _wait(self, process: ForkProcess, part: Path) -> None:
        """Wait until a random moment, of the time that a run takes or of what it writes."""
        by_progress = self._random.random() < 0.7
        until = time.monotonic() + self._random.uniform(0, self._seconds)
        size = self._random.uniform(0, self._bytes)
        while process.is_alive():
            reached = (
                part.exists() and part.stat().st_size >= size if by_progress else time.monotonic() > until
            )
            if reached:
                return
            time.sleep(0.001)

    def _lose_power(self, part: Path) -> None:
        """Take from the end of the journal what may not have reached the disk, or leave zeros there."""
        whole = part.read_bytes()
        kept = len(whole) - min(len(whole), self._random.randint(0, 100_000))
        part.write_bytes(whole[:kept] + b"\0" * self._random.choice([0, len(whole) - kept]))
        self.faults["journals cut"] += 1


def annotate(nlp: Language, words: list[str], messages: Path) -> None:
    """Run the command in this process, which is a new one; what it says goes to a file."""
    from geopolitics_nlp import cli, pipeline

    pipeline.load = lambda **_: nlp
    with messages.open("w") as stream:
        os.dup2(stream.fileno(), sys.stderr.fileno())
    cli.app(words)


def ended(process: ForkProcess) -> int | None:
    """Wait for the end of a process; return its exit status."""
    process.join()
    return process.exitcode


def contents(out: Path) -> list[bytes | None]:
    """Return the bytes of OUT and of its failures."""
    paths = (out, out.with_name(f"{out.name}.failures.jsonl"))
    return [path.read_bytes() if path.exists() else None for path in paths]


def children(pid: int) -> list[int]:
    """Return the processes that ``pid`` has started."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


if __name__ == "__main__":
    main()
