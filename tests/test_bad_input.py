"""Bad input, end to end: each bad article gives a clear failure or record, and the others are written."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geopolitics_nlp import Failure, Record, annotate, load
from geopolitics_nlp.cli import app
from geopolitics_nlp.writing import failures_path

GOOD = "« Nous partons », dit Awa."
NO_TEXT = (
    "There is no text: no column has a usual name of one (text, texte, content, body…); say which it is of "
)
NOT_UTF_8 = "The text is not UTF-8, nor in an older encoding of French"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("vide.txt", b"", "The text is empty."),
        ("blanc.txt", b" \n\xc2\xa0\n", "The text is only white space."),
        ("russe.txt", "Президент России заявил".encode("cp1251"), NOT_UTF_8),
        ("image.txt", bytes(range(256)) * 10, NOT_UTF_8),
        (
            "long.txt",
            b"mot " * 250_001,
            "The text has 1,000,004 characters: split it, or raise the limit of 1,000,000.",
        ),
        ("sans.csv", b"ville,pays\nGao,Mali\n", NO_TEXT + "'ville', 'pays'."),
        ("vide.csv", b"", NO_TEXT + "none."),
        ("coupe.csv", b'texte\n"jamais ferm\xc3\xa9', "The row is not well-formed (unexpected end of data)"),
        ("mal.jsonl", b'{"text": "coup', "The line is not JSON (Unterminated string"),
        (
            "demi.jsonl",
            b'{"text": "\\ud83d"}',
            "The text is not valid Unicode: half a surrogate pair at character 0.",
        ),
        ("nombre.jsonl", b'{"text": 3}', "The text must be a string: got int."),
        ("panne.txt", b"EXCEPTION", "The pipeline failed on it: RuntimeError: an exception in the pipeline"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-6:] else "",
)
def test_a_bad_article_fails_and_the_others_are_written(
    light_load: object, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    result, records, failures = run(tmp_path)
    assert result == 1
    assert [record.text for record in records] == [GOOD, GOOD]
    (failure,) = failures
    assert failure.reason.startswith(reason)
    assert failure.where is not None
    assert failure.where.startswith(f"{tmp_path / 'in' / name}")


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("latin1.txt", "« Été », dit Awa.".encode("latin-1"), "« Été », dit Awa."),
        ("nul.txt", b"Awa\x00 \x00dit\x00", "Awa\x00 \x00dit\x00"),
        ("marques.txt", "« » “ ” \" \" '' ‹ › —".encode(), "« » “ ” \" \" '' ‹ › —"),
        ("marques2.txt", ("«" * 10_000).encode(), "«" * 10_000),
        ("controle.txt", b"\x01\x02 Awa \x1b[2J \x7f", "\x01\x02 Awa \x1b[2J \x7f"),
        ("marque.txt", b"\xef\xbb\xbfAwa", "\ufeffAwa"),
        ("retours.txt", b"Awa\r\n\rdit\r", "Awa\r\n\rdit\r"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith(".txt") else "",
)
def test_an_odd_article_has_a_record_with_its_text_untouched(
    light_load: object, tmp_path: Path, name: str, data: bytes, text: str
) -> None:
    (tmp_path / name).write_bytes(data)
    result, records, failures = run(tmp_path)
    assert (result, failures) == (0, [])
    (record,) = (record for record in records if record.text != GOOD)
    assert record.text == text
    assert [record.id for record in records] == sorted(record.id for record in records)


def run(folder: Path) -> tuple[int, list[Record], list[Failure]]:
    """Annotate the file in ``folder`` between two good ones."""
    (folder / "in").mkdir()
    for path in [path for path in folder.iterdir() if path.is_file()]:
        path.rename(folder / "in" / path.name)
    (folder / "in" / "a.txt").write_text(GOOD)
    (folder / "in" / "z.jsonl").write_text(f"{json.dumps({'id': 'z', 'text': GOOD})}\n")
    out = folder / "out.jsonl"
    result = CliRunner().invoke(app, ["annotate", str(folder / "in"), "-o", str(out)])
    records = [Record.from_json(line) for line in out.read_text().split("\n")[:-1]]
    failed = failures_path(out).read_text().splitlines() if failures_path(out).exists() else []
    return result.exit_code, records, [Failure.from_json(line) for line in failed]


def one_line(size: int) -> str:
    """Return a text without a line end, full of names and quotations."""
    sentences = (
        f"« Nous partons demain pour la ville {i} », a déclaré Awa Diarra, ministre du Fleuve, à la presse. "
        f"Selon le porte-parole, la situation reste calme malgré les {i} incidents signalés à Sonra. "
        for i in range(size // 150)
    )
    return "".join(sentences)[:size]


def test_a_single_line_of_900_000_characters(light_load: object, tmp_path: Path) -> None:
    (tmp_path / "ligne.txt").write_text(one_line(900_000))
    result, records, failures = run(tmp_path)
    assert (result, failures) == (0, [])
    (record,) = (record for record in records if record.id == "ligne")
    assert record.text == one_line(900_000)
    assert len(record.quotes) > 4_000


def test_memory_and_time_of_the_whole_pipeline_are_linear() -> None:
    nlp = load()
    seconds, memory = [], []
    for size in (20_000, 20_000, 60_000, 200_000):
        start = time.process_time()
        (record,) = annotate([one_line(size)], nlp=nlp)
        seconds.append((time.process_time() - start) / size)
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        assert isinstance(record, Record)
        assert len(record.quotes) > size / 400
        # A step that is quadratic makes the second size cost three times as much a character, the third ten times.
        assert seconds[-1] < 2 * min(seconds), (size, seconds)
    # Measured: 75 MB. The trained components alone took 1,000 before they went block by block.
    assert memory[3] - memory[1] < 250_000, memory
