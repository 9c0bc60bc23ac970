"""The command: what it prints where, its exit status, and how it ends when it cannot go on."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from spacy.language import Language
from typer.testing import CliRunner, Result

import geopolitics_nlp
from geopolitics_nlp import Record
from geopolitics_nlp.cli import app

QUOTE = "« Nous partons », dit Awa."
# The command with the light pipeline.
PROGRAM = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import conftest\n"
    "from geopolitics_nlp import cli, pipeline; pipeline.load = conftest.make_light_nlp; cli.main()"
)
PYTHON = [sys.executable, "-c"]


@pytest.fixture
def run(light_load: object) -> Callable[..., Result]:
    return lambda *words, **options: CliRunner().invoke(app, [str(word) for word in words], **options)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(QUOTE)
    (folder / "b.txt").write_text("")
    (folder / "c.jsonl").write_text(f'{{"id": "c1", "text": "{QUOTE}"}}\n{{bad\n')
    return folder


def test_annotate_to_a_file(run: Callable[..., Result], articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("annotate", articles, "-o", out)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert [Record.from_json(line).id for line in out.read_text().splitlines()] == ["a", "c1"]
    failures = [json.loads(line) for line in (tmp_path / "out.jsonl.failures.jsonl").read_text().splitlines()]
    assert failures[0] == {"id": "b", "reason": "The text is empty.", "where": f"{articles}/b.txt"}
    assert failures[1]["where"] == f"{articles}/c.jsonl:2"
    lines = result.stderr.splitlines()
    assert lines[0] == f"failed: b ({articles}/b.txt): The text is empty."
    assert lines[1].startswith(f"failed: {articles}/c.jsonl:2: The line is not JSON")
    assert lines[2].startswith("2 articles annotated, 2 failed: 4 entities, 2 quotations; 12 words in ")
    assert len(lines) == 3


def test_the_run_is_told(run: Callable[..., Result], articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("annotate", articles, "-o", out, "-n", 2, "--text", "corps")
    told = json.loads((tmp_path / "out.jsonl.run.json").read_text())
    assert told["versions"]["geopolitics-nlp"] == geopolitics_nlp.__version__
    assert told["model"] == geopolitics_nlp.pipeline.identity()["model"]
    assert (told["options"]["max_chars"], told["options"]["columns"]["text"]) == (1_000_000, "corps")
    assert (told["inputs"], told["n_process"]) == ([str(articles)], 2)
    assert (told["articles"], told["failures"]) == (1, 3)


def test_a_run_is_resumed(run: Callable[..., Result], articles: Path, tmp_path: Path) -> None:
    expected, out = tmp_path / "expected.jsonl", tmp_path / "out.jsonl"
    run("annotate", articles, "-o", expected)
    part = tmp_path / "out.jsonl.part"
    command = [*PYTHON, PROGRAM, "annotate", str(articles), "-o", str(out)]
    limit = (len(expected.read_bytes()), resource.RLIM_INFINITY)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert done.returncode == 3
    assert f"articles are done, in {part}: add --resume to continue." in done.stderr
    assert run("annotate", articles, "-o", out).exit_code == 2
    assert run("annotate", articles, "-o", out, "--resume", "--max-chars", 10).stderr.startswith(
        f"Error: {part}: its run was another, so it cannot be continued: options max_chars was 1000000, is 10."
    )
    resumed = run("annotate", articles, "-o", out, "--resume")
    assert resumed.exit_code == 1
    assert "articles were done before)" in resumed.stderr
    assert out.read_bytes() == expected.read_bytes()
    assert not part.exists()
    again = run("annotate", articles, "-o", out, "--resume")
    assert (again.exit_code, again.stderr) == (1, f"{out} is complete: there is nothing to resume.\n")


def test_failures_are_tried_again(run: Callable[..., Result], tmp_path: Path) -> None:
    articles, out = tmp_path / "articles.jsonl", tmp_path / "out.jsonl"
    lines = [{"id": "a", "text": QUOTE}, {"id": "b"}, {"id": "c", "text": QUOTE}]
    articles.write_text("\n".join(map(json.dumps, lines)))
    assert run("annotate", articles, "-o", out).exit_code == 1
    lines[1]["text"] = "Gao"
    articles.write_text("\n".join(map(json.dumps, lines)))
    result = run("annotate", articles, "-o", out, "--retry-failures")
    assert result.exit_code == 0
    assert result.stderr.endswith("words/s (2 articles were done before)\n")
    assert [Record.from_json(line).id for line in out.read_text().splitlines()] == ["a", "b", "c"]
    assert not (tmp_path / "out.jsonl.failures.jsonl").exists()


@pytest.mark.parametrize("kind", [".parquet", ".csv.gz"])
def test_the_ending_says_the_format(
    run: Callable[..., Result], articles: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"out{kind}"
    result = run("annotate", articles / "a.txt", "-o", out)
    assert result.exit_code == 0
    assert out.read_bytes().startswith({".parquet": b"PAR1", ".csv.gz": b"\x1f\x8b"}[kind])


def test_annotate_to_standard_output(run: Callable[..., Result], articles: Path) -> None:
    result = run("annotate", articles / "a.txt", "-n", 2)
    assert result.exit_code == 0
    assert Record.from_json(result.stdout).quotes[0].text == "Nous partons"


def test_annotate_from_standard_input(run: Callable[..., Result]) -> None:
    result = run("annotate", "-", input=json.dumps({"id": "x", "texte": QUOTE}))
    assert Record.from_json(result.stdout).id == "x"


def test_columns_are_chosen(run: Callable[..., Result], tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text(f"ref,corps_fr,nom,jour,page,journal\nr1,{QUOTE.replace(',', '')},T,2026,u,J\n")
    options = {
        "text": "corps_fr",
        "id": "ref",
        "title": "nom",
        "date": "jour",
        "url": "page",
        "outlet": "journal",
    }
    words = [word for name, column in options.items() for word in (f"--{name}", column)]
    record = Record.from_json(run("annotate", table, *words).stdout)
    assert (record.id, record.title, record.date, record.url, record.outlet) == ("r1", "T", "2026", "u", "J")
    assert record.meta == {}


def test_a_limit_of_length(run: Callable[..., Result], articles: Path) -> None:
    result = run("annotate", articles / "a.txt", "--max-chars", 10)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The text has 26 characters: split it, or raise the limit of 10." in result.stderr


def test_a_least_confidence(
    run: Callable[..., Result], articles: Path, light_nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, float]] = []
    monkeypatch.setattr("geopolitics_nlp.pipeline.load", lambda **options: asked.append(options) or light_nlp)
    assert run("annotate", articles / "a.txt", "--min-confidence", 0.9).exit_code == 0
    assert asked == [{"min_confidence": 0.9}]


def test_show(run: Callable[..., Result], articles: Path) -> None:
    result = run("show", articles / "a.txt")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert result.stdout == (
        "a\n"
        "« Nous partons », dit Awa.\n"
        "\n"
        "Quotations: 1\n"
        "1. Nous (direct)\n"
        "   Nous partons\n"
        "   cue: « | confidence: 0.30 | rule: marks\n"
        "\n"
        "Entities: 2, mentioned 2 times\n"
        "PER Awa × 1\n"
        "PER Nous × 1\n"
    )


def test_show_does_not_obey_the_article(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\x1b[2J [bold]Gao[/bold] \x9b\x00\r\n")
    assert run("show", path).stdout.splitlines()[1] == "␛[2J [bold]Gao[/bold] \ufffd␀␍"


def test_show_fails_on_what_cannot_be_annotated(run: Callable[..., Result], articles: Path) -> None:
    result = run("show", articles / "b.txt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"failed: b ({articles}/b.txt): The text is empty.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Usage"),
        (["annotate"], "Missing argument 'INPUT...'"),
        (["annotate", "absent.txt"], "Error: absent.txt: there is no such file or folder"),
        (
            ["annotate", "a.png"],
            "Error: a.png: files ending in '.png' cannot be read; supported are .txt, .jsonl",
        ),
        (
            ["annotate", "a.txt", "-o", "a.xlsx"],
            "files ending in '.xlsx' cannot be written; supported are .jsonl",
        ),
        (["annotate", "a.txt", "-o", "."], ".: files without an ending cannot be written"),
        (["annotate", "a.jsonl", "-o", "a.jsonl"], "it cannot be read and written in one run"),
        (
            ["annotate", "a.txt", "--resume"],
            "Error: --resume, --retry-failures and --flat need a file: name it with -o.",
        ),
        (["annotate", "a.txt", "-o", "a.csv", "--flat"], "--flat makes two tables of a .parquet file"),
        (["annotate", "a.txt", "-o", "b.jsonl", "--retry-failures"], "there is no complete run"),
        (["annotate", "a.txt", "-n", "0"], "Invalid value for '--n-process' / '-n'"),
        (["annotate", "a.txt", "--max-chars", "x"], "Invalid value for '--max-chars'"),
        (["annotate", "a.txt", "--min-confidence", "90"], "Invalid value for '--min-confidence'"),
        (["show", "absent.txt"], "Error: absent.txt: there is no such file"),
        (["teach"], "No such command 'teach'"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value) or "nothing",
)
def test_wrong_usage(
    run: Callable[..., Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ["a.png", "a.txt", "a.jsonl"]:
        (tmp_path / name).write_text("x")
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", " ")


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout == f"{geopolitics_nlp.__version__}\n"


@pytest.mark.parametrize("command", ["annotate", "show", "evaluate"])
def test_every_command_has_help(run: Callable[..., Result], command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert command in run("--help").stdout
    assert all(len(line) <= 100 for line in result.stdout.splitlines())


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from geopolitics_nlp.cli import main; sys.argv[1:] = ['annotate', '--help']\n"
        "try: main()\n"
        "finally: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([*PYTHON, program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("Usage: geopolitics-nlp annotate")
    assert not {"spacy", "numpy", "rich", "dataclasses_json", "pandas"} & set(done.stderr.split())


# Ends


def endless(tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    path.write_text(f"{json.dumps({'text': QUOTE})}\n" * 200_000)
    return path


def test_a_closed_pipe(tmp_path: Path) -> None:
    command = [*PYTHON, PROGRAM, "annotate", str(endless(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert Record.from_json(process.stdout.readline()).text == QUOTE
        process.stdout.close()
        messages = _without_repetitions(process.stderr.read())
        assert process.wait(60) == 141
    assert messages[-1] == "Stopped: the reader of the output closed it"


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("n_process", ["1", "2"])
def test_an_interrupt(tmp_path: Path, n_process: str) -> None:
    out = tmp_path / "out.jsonl"
    command = [*PYTHON, PROGRAM, "annotate", str(endless(tmp_path)), "-o", str(out), "-n", n_process]
    part = tmp_path / "out.jsonl.part"
    # Interrupts are ignored by what a shell starts in the background, and so by its children: here they count.
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=_interruptible
    ) as process:
        assert process.stderr is not None
        deadline = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size > 1000) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
        messages = _without_repetitions(process.stderr.read())
        assert process.wait(60) == 130
    done = len(part.read_bytes().splitlines()) - 1
    # The interrupt may come when the last result is written and not yet counted.
    said = [
        f"Interrupted; {n:,} articles are done, in {part}: add --resume to continue."
        for n in (done, done - 1)
    ]
    assert messages in ([said[0]], [said[1]])
    assert not out.exists()
    assert Record.from_json(part.read_bytes().splitlines()[-1]).text == QUOTE
    assert part.read_bytes().endswith(b"\n")


def test_a_full_disk(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    command = [*PYTHON, PROGRAM, "annotate", str(endless(tmp_path))]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 3
    assert _without_repetitions(done.stderr) == ["Stopped: [Errno 28] No space left on device"]


def test_a_file_that_cannot_grow(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = [*PYTHON, PROGRAM, "annotate", str(endless(tmp_path)), "-o", str(out)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 3
    kept = f"articles are done, in {out}.part: add --resume to continue."
    (message,) = _without_repetitions(done.stderr)
    assert re.fullmatch(rf"Stopped: \[Errno 27\] File too large; \d+ {re.escape(kept)}", message)
    assert not out.exists()


def test_a_folder_that_cannot_be_written(run: Callable[..., Result], articles: Path) -> None:
    result = run("annotate", articles / "a.txt", "-o", articles / "a.txt" / "out.jsonl")
    assert result.exit_code == 3
    assert result.stderr == f"Stopped: [Errno 20] Not a directory: '{articles}/a.txt/out.jsonl.part'\n"


def test_a_missing_model(run: Callable[..., Result], articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise OSError("The French model is not installed.")

    monkeypatch.setattr("geopolitics_nlp.pipeline.load", load)
    result = run("annotate", articles / "a.txt")
    assert (result.exit_code, result.stderr) == (3, "Stopped: The French model is not installed.\n")


def test_progress_on_a_terminal_only(articles: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [*PYTHON, PROGRAM, "annotate", str(articles / "a.txt"), "-o", str(tmp_path / "out.jsonl")]
    done = subprocess.run(command, stderr=theirs, stdout=subprocess.PIPE, timeout=60, check=False)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "1 articles, 0 failed" in shown
    assert "1 articles annotated" in shown.splitlines()[-1]


def _without_repetitions(messages: str) -> list[str]:
    return [line for line in messages.splitlines() if "was given to an article before" not in line]


def test_libraries_do_not_talk_on_standard_error(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura", reason="the extra [html] is not installed")
    (tmp_path / "vide.html").write_text("<html></html>")
    command = [sys.executable, "-c", PROGRAM, "annotate", str(tmp_path / "vide.html")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    failed, summary = result.stderr.splitlines()
    assert failed.startswith("failed: vide ")
    assert summary.startswith("0 articles annotated, 1 failed")
