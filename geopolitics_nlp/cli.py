"""The command ``geopolitics-nlp``: parses, calls, reports; what it does is in the library.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from .records import Failure, Record
    from .writing import Output, Summary

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
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run of OUT that was interrupted, if there is one.")
    ] = False,
    retry_failures: Annotated[
        bool, typer.Option("--retry-failures", help="Try the failures of a complete OUT again.")
    ] = False,
    flat: Annotated[
        bool, typer.Option("--flat", help="Of OUT.parquet, two tables: OUT.entities and OUT.quotes.")
    ] = False,
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
    """Annotate articles: entities, and quotations with their speakers.

    INPUT are .txt, .html, .jsonl, .json, .csv, .tsv or .parquet files, also .gz or .zst, folders of them, patterns,
    or - for standard input (JSONL, or one text). OUT is .jsonl, .parquet, or .csv (quotations only); .jsonl and
    .csv also .gz or .zst. Beside it, OUT.failures.jsonl lists articles that failed, OUT.run.json says what made
    OUT. Until it is complete, what is done is in OUT.part.
    """
    from . import batch, pipeline, reading, writing

    with _reported():
        columns = reading.Columns(text=text, id=id, title=title, date=date, url=url, outlet=outlet)
        if out == "-":
            if resume or retry_failures or flat:
                raise writing.OutputError(
                    "--resume, --retry-failures and --flat need a file: name it with -o."
                )
            articles = reading.read(inputs, columns)
            destination = writing.to_stream(sys.stdout.buffer)
        else:
            path = Path(out)
            articles = reading.read(inputs, columns, leave_out=writing.written(path))
            options = {"max_chars": max_chars, "min_confidence": min_confidence, "columns": asdict(columns)}
            settings = pipeline.identity() | {"options": options}
            if resume and not retry_failures and writing.is_complete(path, settings, flat=flat):
                _say(f"{out} is complete: there is nothing to resume.")
                raise typer.Exit(FAILED if writing.failures_path(path).exists() else 0)
            destination = writing.to_file(
                path,
                flat=flat,
                settings=settings,
                note={"inputs": inputs, "n_process": n_process, "flat": flat},
                resume=resume,
                retry_failures=retry_failures,
            )
        start = perf_counter()
        with destination as output, _Progress(on_terminal=out != "-" or not sys.stdout.isatty()) as progress:
            nlp = pipeline.load(min_confidence=min_confidence) if min_confidence else None
            given = output.without_known(articles)
            with closing(batch.annotate(given, nlp=nlp, n_process=n_process, max_chars=max_chars)) as results:
                for result in results:
                    output.write(result)
                    progress.show(output.total, result)
        _say(_summary(output, perf_counter() - start))
    raise typer.Exit(FAILED if output.total.failures else 0)


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

    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(logging.Filter(__package__))  # what others have to say of an article is in its failure
    logging.basicConfig(format="%(levelname)s: %(message)s", handlers=[handler])
    try:
        yield
        return
    except (KeyboardInterrupt, OSError, InputError, OutputError) as error:
        message, code = _ending(error)
        _say("; ".join([message, *getattr(error, "__notes__", ())]))
    # What standard output still holds may not be writable: Python would fail on it at exit.
    with suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    raise typer.Exit(code)


def _ending(error: BaseException) -> tuple[str, int]:
    match error:
        case KeyboardInterrupt():
            return "Interrupted", INTERRUPTED
        case BrokenPipeError():
            return "Stopped: the reader of the output closed it", CLOSED_PIPE
        case OSError():
            return f"Stopped: {error}", STOPPED
    return f"Error: {error}", USAGE


def _summary(output: Output, seconds: float) -> str:
    total, known = output.total, output.known
    speed = (total.words - known.words) / seconds
    before = known.articles + known.failures
    return (
        f"{total.articles:,} articles annotated, {total.failures:,} failed: {total.entities:,} entities, "
        f"{total.quotations:,} quotations; {total.words:,} words in {seconds:.1f} s, {speed:,.0f} words/s"
        + (f" ({before:,} articles were done before)" if before else "")
    )


class _Progress:
    """Tells on standard error of each failure and, on a terminal, how far the run is."""

    def __init__(self, *, on_terminal: bool) -> None:
        self._bar: Progress | None = None
        if on_terminal and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
                auto_refresh=False,
            )
            self._task = self._bar.add_task("loading the pipeline", total=None)

    def __enter__(self) -> _Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, total: Summary, result: Record | Failure) -> None:
        from .records import Failure

        if isinstance(result, Failure):
            _say(_failure_line(result))
        if self._bar:
            done = f"{total.articles:,} articles, {total.failures:,} failed"
            self._bar.update(self._task, description=done, refresh=True)
