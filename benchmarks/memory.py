"""Memory of a run of many articles: what the main process holds after 5,000 of them, and after 100,000.

    python benchmarks/memory.py ../shared/corpora                   # or: make memory
    python benchmarks/memory.py ../shared/corpora --pipeline real   # with the trained pipeline: an hour or more

`geopolitics-nlp annotate` reads the articles of the corpora again and again, with fresh ids, from a file, and writes
them to a file. Its resident memory is looked at while it runs, its highest at the end, when the output has been made.
Without --pipeline real, a stand-in takes the place of the trained pipeline, which costs no time: it makes as many
entities and quotations, anywhere. The main process, which reads, shares out and writes, does the same with either; with
the stand-in it holds less, so that what grows shows all the more.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from faults import read_texts

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COMMANDS = {
    "stand-in": [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import memory\n"
        "from geopolitics_nlp import cli, pipeline; pipeline.load = memory.stand_in; cli.main()",
    ],
    "real": [str(Path(sys.executable).with_name("geopolitics-nlp"))],
}
# What an article of the corpora has, or more.
ENTITIES, QUOTATIONS, CHARS = 40, 8, 25
EARLY = 5_000
AIM = 1.2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path, help="folder of the corpora")
    parser.add_argument("--articles", type=int, default=100_000, help="articles in all (100,000)")
    parser.add_argument("--pipeline", choices=COMMANDS, default="stand-in", help="pipeline to run (stand-in)")
    parser.add_argument("--n-process", type=int, default=2, help="processes that share the work (2)")
    parser.add_argument("--out", default="out.jsonl", help="name of the output, for its format (out.jsonl)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments)


def measure(folder: Path, arguments: argparse.Namespace) -> None:
    inputs, out = folder / "articles.jsonl", folder / arguments.out
    with inputs.open("w", encoding="utf-8") as lines:
        for i, text in enumerate(islice(cycle(read_texts(arguments.corpora, 10_000)), arguments.articles)):
            lines.write(json.dumps({"id": f"a{i}", "text": text}, ensure_ascii=False) + "\n")
    options = ["-o", str(out), "-n", str(arguments.n_process)]
    command = [*COMMANDS[arguments.pipeline], "annotate", str(inputs), *options]
    part = out.with_name(f"{out.name}.part")
    early = highest = 0
    done = Lines(part)
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            now = status(process.pid, "VmRSS")
            if done.count() >= EARLY and not early:
                early = now
                print(f"after {done.count():,} articles: {early / 1024:,.0f} MB", flush=True)
            highest = max(highest, status(process.pid, "VmHWM"))
            time.sleep(0.05)
    ratio = highest / early
    growth = (highest - early) / ((arguments.articles - EARLY) / 1000)
    print(f"highest, the end of {arguments.articles:,} included: {highest / 1024:,.0f} MB")
    print(f"ratio {ratio:.2f} (aim: <= {AIM}); {growth:,.1f} kB per 1,000 articles")


def stand_in() -> Language:
    """Return a pipeline that takes pieces of so many characters for tokens, the first ones for entities."""
    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from geopolitics_nlp import layers

    def pieces(text: str) -> Doc:
        words = [text[start : start + CHARS] for start in range(0, len(text), CHARS)]
        return Doc(nlp.vocab, words=words, spaces=[False] * len(words))

    @Language.component("stand_in")
    def annotate(doc: Doc) -> Doc:
        doc.set_ents([Span(doc, i, i + 1, label="PER") for i in range(min(len(doc), ENTITIES))])
        speaker = {"name": "Awa Diarra", "label": "PER", "id": None}
        about = {"utterance": 0, "speaker": speaker, "confidence": 0.5, "rule": "stand-in", "cue": [0, 1]}
        ends = range(4 * CHARS, min(len(doc) * CHARS, 4 * CHARS * (QUOTATIONS + 1)), 4 * CHARS)
        layers.write(
            doc, layers.QUOTATIONS, [layers.Item(end - 4 * CHARS, end, "direct", about) for end in ends]
        )
        return doc

    nlp = Language()
    nlp.tokenizer = pieces
    nlp.add_pipe("stand_in")
    return nlp


class Lines:
    """Counts the lines of a file that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = self._offset = 0

    def count(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._offset)
                while chunk := file.read(1 << 20):
                    self._lines += chunk.count(b"\n")
                    self._offset += len(chunk)
        return self._lines


def status(pid: int, name: str) -> int:
    """Return a figure of /proc/PID/status, in kB; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


if __name__ == "__main__":
    main()
