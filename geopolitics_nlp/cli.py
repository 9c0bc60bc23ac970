"""The command ``geopolitics-nlp``: parses, calls, reports; what it does is in the library.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from .records import Failure, Record

FAILED, USAGE, STOPPED, INTERRUPTED, CLOSED_PIPE = 1, 2, 3, 130, 141

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 all done, 1 some articles failed, 2 wrong usage, 3 stopped by an error, "
    "130 interrupted, 141 the reader of the output closed it.",
)


def main() -> None:
    """Run the command."""
    app(prog_name="geopolitics-nlp")


def _version(asked: bool) -> None:
    if asked:
        from . import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _geopolitics_nlp(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Who said what, about whom and where, in French news articles."""


def _column(what: str) -> object:
    return typer.Option(metavar="COLUMN", help=f"Column or key of the {what}, if not a usual name.")


@app.command()
def annotate(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, patterns, or - for standard input."),
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="OUT", help="File to write, or - for standard output.")
    ] = "-",
    n_process: Annotated[
        int, typer.Option("--n-process", "-n", min=1, help="Processes that share the work.")
    ] = 1,
    max_chars: Annotated[
        int, typer.Option(min=1, help="Articles of more characters are failures.")
    ] = 1_000_000,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Keep the quotations that are at least so sure.")
    ] = 0.0,
    text: Annotated[str | None, _column("text")] = None,
    id: Annotated[str | None, _column("id")] = None,
    title: Annotated[str | None, _column("title")] = None,
    date: Annotated[str | None, _column("date")] = None,
    url: Annotated[str | None, _column("address")] = None,
    outlet: Annotated[str | None, _column("outlet")] = None,
) -> None:
    """Annotate articles: entities, and quotations with their speakers, as JSONL.

    INPUT are .txt, .jsonl, .csv or .tsv files, folders of them, patterns, or - for standard input (JSONL, or
    one text). Articles that fail are listed on standard error, and in OUT.failures.jsonl.
    """
    from . import batch, pipeline, reading, writing

    with _reported():
        nlp = pipeline.load(min_confidence=min_confidence) if min_confidence else None
        columns = reading.Columns(text=text, id=id, title=title, date=date, url=url, outlet=outlet)
        path = None if out == "-" else Path(out)
        own = (path, writing.failures_path(path)) if path else ()
        articles = reading.read(inputs, columns, leave_out=own)
        output = writing.to_file(path) if path else writing.to_stream(sys.stdout.buffer)
        on_terminal = sys.stderr.isatty() and not (path is None and sys.stdout.isatty())
        results = batch.annotate(articles, nlp=nlp, n_process=n_process, max_chars=max_chars)
        with output as write, closing(results), _Report(on_terminal=on_terminal) as report:
            for result in results:
                write(result)
                report.add(result)
    raise typer.Exit(FAILED if report.failures else 0)


@app.command()
def show(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="File with an article, or - for standard input.")
    ],
) -> None:
    """Show an article in the terminal, with its entities and its quotations.

    Of a file with several articles, all are shown, one after the other.
    """
    from rich.console import Console

    from . import batch, reading, showing
    from .records import Record

    failures = 0
    with _reported():
        console = Console(highlight=False)
        if not console.is_terminal:
            console.soft_wrap = True
        with closing(batch.annotate(reading.read([file]), batch_size=1)) as results:
            for result in results:
                if isinstance(result, Record):
                    console.print(showing.view(result))
                else:
                    failures += 1
                    _say(_failure_line(result))
    raise typer.Exit(FAILED if failures else 0)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Articles with the right annotation.")],
    predicted: Annotated[
        Path | None,
        typer.Argument(metavar="[PREDICTED.jsonl]", help="Records to score; made anew when not given."),
    ] = None,
) -> None:
    """Score annotations against a gold file: entities, names, quotations, cues, sources, speakers."""
    from . import evaluation

    with _reported():
        try:
            scores = evaluation.evaluate(gold, predicted)
        except ValueError as error:  # a line of a file is not what it should be
            raise typer.BadParameter(str(error)) from error
        for line in scores.lines():
            typer.echo(line)


# Messages


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _failure_line(failure: Failure) -> str:
    where = f" ({failure.where})" if failure.where and failure.where != failure.id else ""
    return f"failed: {failure.id}{where}: {failure.reason}"


@contextmanager
def _reported() -> Iterator[None]:
    """Turn what ends a run early into one line and an exit status."""
    import logging

    from .reading import InputError
    from .writing import OutputError

    logging.basicConfig(format="%(levelname)s: %(message)s", stream=sys.stderr)
    try:
        yield
    except KeyboardInterrupt:
        _say("Interrupted.")
        code = INTERRUPTED
    except BrokenPipeError:
        _say("Stopped: the reader of the output closed it.")
        code = CLOSED_PIPE
    except OSError as error:
        _say(f"Stopped: {error}")
        code = STOPPED
    except (InputError, OutputError) as error:
        _say(f"Error: {error}")
        code = USAGE
    else:
        return
    # What standard output still holds may not be writable: Python would fail on it at exit.
    with suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    raise typer.Exit(code)


class _Report:
    """Tells on standard error what is done: a progress line on a terminal, each failure, a summary."""

    def __init__(self, *, on_terminal: bool) -> None:
        self._on_terminal = on_terminal
        self.articles = self.failures = self.words = self.entities = self.quotes = 0
        self._progress: Progress | None = None

    def __enter__(self) -> _Report:
        self._start = perf_counter()
        if self._on_terminal:
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
                auto_refresh=False,
            )
            self._progress.start()
            self._task = self._progress.add_task("loading the pipeline", total=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._progress:
            self._progress.stop()
        if kind is not None and not self.articles:
            return
        seconds = perf_counter() - self._start
        _say(
            f"{self.articles:,} articles annotated, {self.failures:,} failed: {self.entities:,} entities, "
            f"{self.quotes:,} quotations; {self.words:,} words in {seconds:.1f} s"
        )

    def add(self, result: Record | Failure) -> None:
        from .records import Record

        if isinstance(result, Record):
            self.articles += 1
            self.words += len(result.text.split())
            self.entities += len(result.entities)
            self.quotes += len(result.quotes)
        else:
            self.failures += 1
            _say(_failure_line(result))
        if self._progress:
            done = f"{self.articles:,} articles, {self.failures:,} failed"
            self._progress.update(self._task, description=done, refresh=True)
