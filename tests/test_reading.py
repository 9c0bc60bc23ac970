"""Reading: files, folders and streams to articles and failures."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import random
import re
import sys
import tracemalloc
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from geopolitics_nlp import Article, Failure, reading
from geopolitics_nlp.cli import app
from geopolitics_nlp.reading import FORMATS, Columns, InputError, article, read

FRENCH = "« Où êtes-vous ? » a demandé Awa Diarra à l’été. Le coût : 3 €, très élevé."


def write(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# Which files


def test_a_folder_is_read_whole_in_order(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ["b.txt", "a/z.txt", "a/y.TXT", ".caché/x.txt", "._b.txt", "notes.md", "a/image.png"]:
        write(tmp_path, name, name)
    articles = list(read([tmp_path]))
    assert [item.text for item in articles] == ["a/y.TXT", "a/z.txt", "b.txt"]
    assert [item.id for item in articles] == ["y", "z", "b"]
    assert articles[0].where == str(tmp_path / "a/y.TXT")
    assert "1 .md, 1 .png" in caplog.text


def test_inputs_are_read_in_the_order_given(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, name) for name in ["2.txt", "1.txt"]]
    assert [item.id for item in read(map(str, paths))] == ["2", "1"]


def test_a_pattern_is_matched(tmp_path: Path) -> None:
    for name in ["2024/b.txt", "2024/a.txt", "2025/c.txt", "2025/d.csv"]:
        write(tmp_path, name, name)
    assert [item.id for item in read([f"{tmp_path}/**/*.txt"])] == ["a", "b", "c"]


def test_files_of_one_name_have_ids_with_their_folders(tmp_path: Path) -> None:
    for name in ["2024/article.txt", "2025/article.txt", "2025/autre.txt"]:
        write(tmp_path, name, name)
    assert [item.id for item in read([tmp_path])] == ["2024/article", "2025/article", "autre"]


def test_the_output_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "A")
    out = write(tmp_path, "out.jsonl", '{"text": "old"}')
    assert [item.id for item in read([tmp_path], leave_out=[out])] == ["a"]
    assert [item.id for item in read([f"{tmp_path}/*"], leave_out=[out])] == ["a"]
    with pytest.raises(InputError, match="choose another output"):
        read([out], leave_out=[out])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.txt", "there is no such file"),
        ("absent*.txt", "there is no such file"),
        ("photo.png", r"'\.png' cannot be read; supported are \.txt, \.jsonl, \.csv, \.tsv"),
        ("README", "files without an ending cannot be read"),
        ("vide", "holds no file to read"),
    ],
)
def test_a_wrong_input_raises_before_anything_is_read(tmp_path: Path, name: str, message: str) -> None:
    good = write(tmp_path, "good.txt", "Bon")
    write(tmp_path, "photo.png", b"\x89PNG")
    write(tmp_path, "README", "x")
    (tmp_path / "vide").mkdir()
    with pytest.raises(InputError, match=message):
        read([good, tmp_path / name])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_failure(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "A")
    path.chmod(0)
    assert list(read([path])) == [Failure("a", "The file cannot be read: Permission denied.", str(path))]


def test_a_file_that_vanishes_is_a_failure(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, name) for name in ["a.txt", "b.txt"]]
    articles = read(paths)
    paths[0].unlink()
    first, second = articles
    assert first == Failure("a", "The file cannot be read: No such file or directory.", str(paths[0]))
    assert second.id == "b"


def test_reading_is_lazy(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{i}.txt", "x") for i in range(3)]
    articles = read(paths)
    next(articles)
    paths[2].write_text("changed")
    assert [item.text for item in articles] == ["x", "changed"]


# Text files


@pytest.mark.parametrize(
    "text",
    ["a\r\nb\rc\n", "\ufeffAvec marque", "a\x00b", "x\u2028y\x0c\x85z", "Ségou"],
    ids=["newlines", "byte-order-mark", "nul", "separators", "decomposed"],
)
def test_the_text_is_untouched(tmp_path: Path, text: str) -> None:
    (item,) = read([write(tmp_path, "a.txt", text)])
    assert item == Article(text, id="a", where=str(tmp_path / "a.txt"))


# Encodings


@pytest.mark.parametrize(
    "encoding", ["cp1252", "latin-1", "iso8859-15", "mac_roman", "cp850", "utf-16", "utf-16-be"]
)
def test_an_older_encoding_is_recognised(
    tmp_path: Path, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = FRENCH.encode(encoding, errors="ignore")
    text = data.decode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    (item,) = read([write(tmp_path, "a.txt", data)])
    assert isinstance(item, Article)
    assert item.text == text
    assert f"a.txt: not UTF-8; read as {item.meta['encoding']}" in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        "Президент России заявил о готовности".encode("cp1251"),
        "قال الرئيس إن المفاوضات مستمرة".encode("cp1256"),
        "总统表示谈判仍在继续，双方".encode("gb18030"),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff\xfe",
        FRENCH.encode() + b"\xe9",
        FRENCH.encode("utf-16-le") + b"\x00",
    ],
    ids=["russian", "arabic", "chinese", "picture", "damaged-utf-8", "utf-16-without-mark"],
)
def test_what_is_not_recognised_is_refused(tmp_path: Path, data: bytes) -> None:
    refused, good = read([write(tmp_path, "a.txt", data), write(tmp_path, "b.txt", "Bon")])
    assert isinstance(refused, Failure)
    assert refused.id == "a"
    assert "not UTF-8" in refused.reason
    assert good.text == "Bon"


@pytest.mark.parametrize("short", ["été à Gao", "Ségou", "ÉTAT D'URGENCE À SÉGOU", "L\x92été"], ids=str)
def test_a_short_text_is_recognised(tmp_path: Path, short: str) -> None:
    (item,) = read([write(tmp_path, "a.txt", short.encode("latin-1"))])
    assert item.meta == {"encoding": "cp1252"}


def test_lines_of_an_older_encoding(tmp_path: Path) -> None:
    rows = "\n".join(
        json.dumps({"id": i, "text": text}, ensure_ascii=False) for i, text in enumerate([FRENCH, "Ségou"])
    )
    articles = list(read([write(tmp_path, "a.jsonl", rows.encode("cp1252"))]))
    assert [item.text for item in articles] == [FRENCH, "Ségou"]
    table = f"id;texte\n1;ASCII\n2;{FRENCH}\n"
    articles = list(read([write(tmp_path, "a.csv", table.encode("cp1252"))]))
    assert [item.text for item in articles] == ["ASCII", FRENCH]
    articles = list(read([write(tmp_path, "b.csv", table.encode("utf-16"))]))
    assert [item.text for item in articles] == ["ASCII", FRENCH]


def test_one_damaged_line_is_one_failure(tmp_path: Path) -> None:
    lines = [b'{"text": "\xc3\xa9t\xc3\xa9"}', b'{"text": "\xc3\xa9t\xc3\xa9 \xe2\x80"}', b'{"text": "bon"}']
    good, damaged, also_good = read([write(tmp_path, "a.jsonl", b"\n".join(lines))])
    assert (good.text, also_good.text) == ("été", "bon")
    assert damaged.where == f"{tmp_path}/a.jsonl:2"
    assert "not UTF-8" in damaged.reason
    rows = b"texte\n\xc3\xa9t\xc3\xa9\n\xc3\xa9t\xc3\xa9 \xe2\x80\nbon\n"
    good, damaged, also_good = read([write(tmp_path, "a.csv", rows)])
    assert (good.text, also_good.text) == ("été", "bon")
    assert damaged.where == f"{tmp_path}/a.csv:3"


# JSONL


def test_json_lines(tmp_path: Path) -> None:
    line = {
        "id": 7,
        "texte": "Il pleut.",
        "titre": "Météo",
        "date": None,
        "rubrique": {"n": [1]},
        "meta": {"page": 2},
    }
    path = write(tmp_path, "a.jsonl", "\ufeff" + json.dumps(line) + "\r\n\n" + '{"text": "x"}')
    first, second = read([path])
    assert first == Article(
        "Il pleut.", "7", "Météo", meta={"rubrique": {"n": [1]}, "page": 2}, where=f"{path}:1"
    )
    assert second == Article("x", where=f"{path}:3")


def test_bad_lines_are_failures_and_the_others_go_on(tmp_path: Path) -> None:
    lines = [
        "{bad",
        '["text"]',
        "12",
        '{"id": "x"}',
        '{"id": "y", "text": 3}',
        '{"text": null}',
        "[" * 100_000,
        '{"text": "ok"}',
    ]
    path = write(tmp_path, "a.jsonl", "\n".join(lines))
    *failures, good = read([path])
    assert good.text == "ok"
    assert [item.where for item in failures] == [f"{path}:{n}" for n in range(1, 8)]
    assert [item.id for item in failures] == [f"{path}:{n}" for n in (1, 2, 3)] + ["x", "y"] + [
        f"{path}:{n}" for n in (6, 7)
    ]
    reasons = [item.reason for item in failures]
    assert reasons[0].startswith("The line is not JSON (Expecting property name")
    assert reasons[1] == "An article must be a JSON object: got list."
    assert (
        reasons[3] == "There is no text: no column has a usual name of one (text, texte, content, body…); "
        "say which it is of 'id'."
    )
    assert reasons[4] == "The text must be a string: got int."
    assert reasons[5] == "The text is empty."
    assert reasons[6].startswith("The line is not JSON")


def test_a_record_is_annotated_anew_without_its_old_annotation() -> None:
    old = {"schema_version": "1", "id": "a", "text": "x", "meta": {"page": 1}, "entities": [], "quotes": []}
    assert article(old) == Article("x", "a", meta={"page": 1})


# Tables


@pytest.mark.parametrize(
    ("name", "data", "texts"),
    [
        ("a.csv", 'id,text\n1,"Un, deux"\n', ["Un, deux"]),
        ("a.csv", "id;Texte\n1;Un, deux\n", ["Un, deux"]),
        ("a.csv", 'id|"le, contenu"|CONTENU\n1|x|Un\n', ["Un"]),
        ("a.csv", '\ufeff"text",id\n"Il dit ""oui"".\r\nFin.",1\n\n"B",2\n', ['Il dit "oui".\r\nFin.', "B"]),
        ("a.csv", "text\nUn\n", ["Un"]),
        (
            "a.tsv",
            'id\ttext\n1\tIl dit : "oui"\n2\t"Non", dit-elle\n3\t"oui\n',
            ['Il dit : "oui"', '"Non", dit-elle', '"oui'],
        ),
        ("a.tsv", 'id\ttext\n1\t"Il dit ""oui""\tFin."\n', ['Il dit "oui"\tFin.']),
        ("a.csv", "id,text\n1,a\x00b\n", ["a\x00b"]),
        ("a.csv", "text\n" + "x" * 300_000, ["x" * 300_000]),
    ],
    ids=[
        "comma",
        "semicolon",
        "bar",
        "quoted",
        "one-column",
        "tabs-unquoted",
        "tabs-quoted",
        "nul",
        "long-cell",
    ],
)
def test_tables(tmp_path: Path, name: str, data: str, texts: list[str]) -> None:
    assert [getattr(item, "text", item) for item in read([write(tmp_path, name, data)])] == texts


def test_columns_of_a_table(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.csv",
        ",Identifiant,TITRE,Date de publication,lien,Média,contenu,ville\n"
        "0,a1,T,2026-03-01,u,Le Fleuve,Texte,Gao\n",
    )
    (item,) = read([path])
    assert item == Article(
        "Texte", "a1", "T", "2026-03-01", "u", "Le Fleuve", {"column 1": "0", "ville": "Gao"}, f"{path}:2"
    )


def test_columns_named_by_the_caller(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,corps_fr,ref,titre\nautre,Texte,r1,T\n")
    (item,) = read([path], Columns(text="corps_fr", id="ref"))
    assert item == Article("Texte", "r1", "T", meta={"text": "autre"}, where=f"{path}:2")


def test_a_table_without_text_says_which_columns_it_has(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "a.csv", "ville,pays\nGao,Mali\nNiamey,Niger\n"),
        write(tmp_path, "b.csv", "text\nBon\n"),
    ]
    failure, good = read(paths)
    assert failure == Failure(
        "a",
        "There is no text: no column has a usual name of one (text, texte, content, body…); "
        "say which it is of 'ville', 'pays'.",
        str(paths[0]),
    )
    assert good.text == "Bon"
    failure, other = read(paths, Columns(text="corps", id="ref"))
    assert failure.reason == "There is no column 'corps', 'ref'; the columns are 'ville', 'pays'."
    assert other.reason == "There is no column 'corps', 'ref'; the columns are 'text'."


def test_rows_that_are_not_well_formed_are_failures(tmp_path: Path) -> None:
    data = 'id,text\n1,Un, deux\n2,"Il dit "oui" ici"\n3,\n4,bon\n5\n6,"jamais fermé\n7,perdu\n'
    path = write(tmp_path, "a.csv", data)
    results = list(read([path]))
    assert [item.where for item in results] == [f"{path}:{n}" for n in (2, 3, 4, 5, 6, 7)]
    assert [getattr(item, "text", None) for item in results] == [None, None, None, "bon", None, None]
    reasons = [getattr(item, "reason", "") for item in results]
    assert reasons[0] == "The row has 3 cells, the header 2: quote the cells that hold ','."
    assert reasons[1].startswith("The row is not well-formed (',' expected after '\"')")
    assert reasons[2] == "The text is empty."
    assert "ends on line 8" in reasons[5]


def test_names_of_columns_that_are_not_well_formed(tmp_path: Path) -> None:
    (failure,) = read([write(tmp_path, "a.csv", '"text"x,b\n1,2\n')])
    assert failure.reason.startswith("The names of the columns are not well-formed (',' expected after")


def test_short_rows_do_not_change_the_columns(tmp_path: Path) -> None:
    first, second = read([write(tmp_path, "a.csv", "content,text\nautre,Texte\nautre\n")])
    assert (first.text, first.meta) == ("Texte", {"content": "autre"})
    assert second.reason == "The text is empty."


@pytest.mark.parametrize("data", ["", "\n", "\ufeff"], ids=["empty", "newline", "mark"])
def test_an_empty_table_is_a_failure(tmp_path: Path, data: str) -> None:
    (failure,) = read([write(tmp_path, "a.csv", data)])
    assert failure.reason.startswith("There is no text")


# Standard input


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b'{"text": "Un"}\n{"text": "Deux"}\n', ["Un", "Deux"]),
        (b'\xef\xbb\xbf \n\n {"text": "Un"}', ["Un"]),
        (b"\n\xc3\xa9t\xc3\xa9\r\n{fin}\n", ["\nété\r\n{fin}\n"]),
        ("Été à Ségou\nFin".encode("cp1252"), ["Été à Ségou\nFin"]),
        (b"", [""]),
    ],
    ids=["jsonl", "jsonl-after-blank", "text", "latin-1", "nothing"],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes, texts: list[str]) -> None:
    stdin(monkeypatch, data)
    articles = list(read(["-"]))
    assert [item.text for item in articles] == texts
    assert all(item.id is None for item in articles)
    assert articles[0].where.startswith("standard input")


# Mappings


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"text": "x", "id": 3}, Article("x", "3")),
        ({"text": "x", "id": float("nan"), "title": float("inf")}, Article("x")),
        ({"text": "x", "id": ""}, Article("x")),
        ({"text": "x", "date": date(2026, 3, 1)}, Article("x", date="2026-03-01")),
        ({"text": "x", "title": ["a"]}, Article("x", meta={"title": ["a"]})),
        ({"body": "x", "text": "y"}, Article("y", meta={"body": "x"})),
        ({"Source": "Le Fleuve", "text": "x", 3: 4}, Article("x", outlet="Le Fleuve", meta={"3": 4})),
        ({"text": ""}, Article("")),
        ({"id": "a", "text": float("nan")}, Failure("a", "The text is empty.")),
        ({"id": "a", "text": b"x"}, Failure("a", "The text must be a string: got bytes.")),
    ],
    ids=[
        "number",
        "nan",
        "empty",
        "date",
        "list",
        "first-name",
        "other-keys",
        "empty-text",
        "nan-text",
        "bytes",
    ],
)
def test_mappings(values: dict[Any, Any], expected: Article | Failure) -> None:
    assert article(values) == expected


def test_nothing_is_logged_for_utf_8(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    list(read([write(tmp_path, "a.txt", FRENCH)]))
    assert not caplog.records


# JSON


def test_a_json_array_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [{"id": "a", "texte": FRENCH, "n": -1.5e3}, {"id": "b", "texte": 'Il dit "[{,"'}, {"texte": ""}]
    expected = [Article(FRENCH, "a", meta={"n": -1500.0}), Article('Il dit "[{,"', "b"), Article("")]
    for part in (1, 2, 7, 2**20):
        monkeypatch.setattr("geopolitics_nlp.reading._PART", part)
        for indent in (None, 2):
            data = json.dumps(values, ensure_ascii=False, indent=indent)
            for text in (data, f"\ufeff\n {data} \n"):
                path = write(tmp_path, "a.json", text)
                found = list(read([path]))
                assert [replace(item, where=None) for item in found] == expected
                assert [item.where for item in found] == [f"{path}[{i}]" for i in range(3)]


def test_json_may_be_one_object_or_lines_of_them(tmp_path: Path) -> None:
    one = write(tmp_path, "un.json", json.dumps({"id": "a", "text": "Un"}, indent=1))
    lines = write(tmp_path, "lignes.json", '{"id": "a", "text": "Un"}\n{bad\n{"id": "b", "text": "Deux"}\n')
    assert [item.text for item in read([one])] == ["Un"]
    first, bad, second = read([lines])
    assert (first.text, bad.where, second.text) == ("Un", f"{lines}:2", "Deux")
    assert list(read([write(tmp_path, "vide.json", "")])) == []
    assert list(read([write(tmp_path, "rien.json", "[]")])) == []


def test_a_json_array_of_an_older_encoding(tmp_path: Path) -> None:
    data = json.dumps([{"text": FRENCH}, {"text": "Ségou"}], ensure_ascii=False)
    for encoding in ("cp1252", "utf-16"):
        articles = list(read([write(tmp_path, "a.json", data.encode(encoding))]))
        assert [item.text for item in articles] == [FRENCH, "Ségou"]


@pytest.mark.parametrize(
    ("data", "texts", "reason"),
    [
        ('[{"text": "Un"}, {"text": "cou', ["Un"], "From here on the file is not JSON (Unterminated string"),
        ('[{"text": "Un"}', ["Un"], "From here on the file is not JSON (the array is not closed)"),
        (
            '[{"text": "Un"}, {bad}, {"text": "x"}]',
            ["Un"],
            "From here on the file is not JSON (Expecting property",
        ),
        ("[" * 100_000, [], "From here on the file is not JSON (maximum recursion depth"),
        ('[{"text": "Un"}, "Deux"]', ["Un"], "An article must be a JSON object: got str."),
        ('[{"text": "Un"}, {"id": 3}]', ["Un"], "There is no text"),
    ],
    ids=["cut", "not-closed", "malformed", "deep", "string", "no-text"],
)
def test_what_is_wrong_with_a_json_array_is_said_where_it_is(
    tmp_path: Path, data: str, texts: list[str], reason: str
) -> None:
    path = write(tmp_path, "a.json", data)
    *articles, failure, good = read([path, write(tmp_path, "b.txt", "Bon")])
    assert [item.text for item in articles] == texts
    assert failure.reason.startswith(reason)
    assert failure.where == f"{path}[{len(texts)}]"
    assert good.text == "Bon"


def test_a_damaged_object_of_a_json_array_is_one_failure(tmp_path: Path) -> None:
    data = b'[{"text": "bon"}, {"text": "\xc3\xa9t\xc3\xa9 \xe2\x80"}, {"text": "bon"}]'
    assert [type(item) for item in read([write(tmp_path, "a.json", data)])] == [Article, Failure, Article]


@pytest.mark.parametrize("ending", [".json", ".jsonl", ".csv", ".jsonl.gz"])
def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geopolitics_nlp.reading._PART", 2**14)
    rows = [json.dumps({"text": f"{i} {FRENCH * 20}"}, ensure_ascii=False) for i in range(2_000)]
    data = {
        ".json": f"[{', '.join(rows)}]",
        ".csv": "\n".join(["text", *(f'"{i} {FRENCH * 20}"' for i in range(2_000))]),
    }.get(ending, "\n".join(rows))
    path = tmp_path / f"a{ending}"
    (gzip.open if ending.endswith(".gz") else open)(path, "wb").write(data.encode())
    assert len(data) > 3_000_000
    del rows, data
    tracemalloc.start()
    count = sum(isinstance(item, Article) for item in read([path]))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2_000
    assert most < 500_000


def test_what_is_larger_than_an_article_can_be_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geopolitics_nlp.reading._LARGEST", 1000)
    monkeypatch.setattr("geopolitics_nlp.reading._PART", 100)
    long = json.dumps({"text": "x" * 2000})
    names = {
        "a.txt": "x" * 1001,
        "b.jsonl": f'{{"text": "Un"}}\n{long}',
        "c.json": f'[{{"text": "Un"}}, {long}]',
    }
    results = list(read([write(tmp_path, name, data) for name, data in names.items()]))
    assert [getattr(item, "text", None) for item in results] == [None, "Un", None, "Un", None]
    assert results[0].reason == "The file cannot be read: it is larger than 1,000 bytes, which no article is."
    assert (
        results[2].reason
        == "The file cannot be read: a line is longer than 1,000 bytes, which no article is."
    )
    (bomb,) = read([write(tmp_path, "d.txt.gz", gzip.compress(b" " * 1_000_000))])
    assert "larger than 1,000 bytes" in bomb.reason


# Compressed files

ROWS = {
    "a.txt": FRENCH,
    "b.jsonl": json.dumps({"id": "b1", "text": FRENCH}) + "\n" + json.dumps({"id": "b2", "text": "Deux"}),
    "c.json": json.dumps([{"id": "c1", "text": FRENCH}]),
    "d.csv": f'id;texte\nd1;"{FRENCH}"\n',
    "e.tsv": f"id\ttexte\ne1\t{FRENCH}\n",
}


def test_compressed_files_hold_the_same_articles(tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd", reason="the extra [zst] is not installed")
    for name, data in ROWS.items():
        write(tmp_path / "clair", name, data)
        write(tmp_path / "gz", f"{name}.gz", gzip.compress(data.encode()))
        # Two frames, as those who append write them.
        half = len(data) // 2
        write(
            tmp_path / "zst",
            f"{name}.ZST",
            b"".join(map(zstd.compress, (data[:half].encode(), data[half:].encode()))),
        )
    plain, *others = (
        [replace(item, where=None) for item in read([tmp_path / kind])] for kind in ("clair", "gz", "zst")
    )
    assert [item.id for item in plain] == ["a", "b1", "b2", "c1", "d1", "e1"]
    assert others == [plain, plain]


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_a_compressed_file_that_is_cut_or_none_is_a_failure(tmp_path: Path, kind: str) -> None:
    compress = gzip.compress if kind == "gz" else pytest.importorskip("backports.zstd").compress
    lines = "".join(json.dumps({"text": f"{i} {random.random()}"}) + "\n" for i in range(5_000))
    path = write(tmp_path, f"a.jsonl.{kind}", compress(lines.encode())[:-5_000])
    *articles, cut = read([path])
    assert len(articles) > 1_000
    assert cut == Failure(
        "a",
        "The file cannot be read: Compressed file ended before the end-of-stream marker was reached.",
        str(path),
    )
    (wrong,) = read([write(tmp_path, f"b.jsonl.{kind}", '{"text": "x"}')])
    assert wrong.reason.startswith("The file cannot be read: ")
    with pytest.raises(InputError, match=rf"'\.md\.{kind}' cannot be read"):
        read([write(tmp_path, f"c.md.{kind}", "x")])


# Parquet


@pytest.fixture
def parquet() -> Any:
    return pytest.importorskip("pyarrow.parquet", reason="the extra [parquet] is not installed")


def test_parquet(tmp_path: Path, parquet: Any) -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "Identifiant": [7, 8, None],
            "contenu": pa.array([FRENCH, "Deux", None], pa.large_string()).dictionary_encode(),
            "date": pa.array([1_772_323_200_000_000_001, None, 0], pa.timestamp("ns", "UTC")),
            "média": ["Le Fleuve", None, ""],
            "mots": [["a"], [], None],
            "avis": [{"n": 1}, None, None],
            "note": [float("nan"), 0.5, None],
        }
    )
    path = tmp_path / "a.parquet"
    parquet.write_table(table, path, row_group_size=2)
    first, second, empty = read([path])
    meta = {"mots": ["a"], "avis": {"n": 1}, "note": None}
    assert first == Article(
        FRENCH, "7", None, "2026-03-01T00:00:00+00:00", None, "Le Fleuve", meta, f"{path}[0]"
    )
    assert (second.id, second.date, second.outlet, second.meta["note"]) == ("8", None, None, 0.5)
    assert empty == Failure(f"{path}[2]", "The text is empty.", f"{path}[2]")
    (named,) = read([path], Columns(text="médias"))
    assert named.reason.startswith(
        "There is no column 'médias'; the columns are 'Identifiant', 'contenu', 'date'"
    )
    for kind, compress in {
        "gz": gzip.compress,
        "zst": pytest.importorskip("backports.zstd").compress,
    }.items():
        (again, *_) = read([write(tmp_path, f"b.parquet.{kind}", compress(path.read_bytes()))])
        assert again.text == FRENCH


def test_memory_does_not_grow_with_a_parquet_file(
    tmp_path: Path, parquet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    monkeypatch.setattr("geopolitics_nlp.reading._PART", 2**14)
    table = pa.table({"text": [f"{i} {FRENCH * 20}" for i in range(4_000)]})
    parquet.write_table(
        table, tmp_path / "a.parquet", row_group_size=4_000, compression="none", use_dictionary=False
    )
    assert table.nbytes > 6_000_000
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    try:
        assert sum(isinstance(item, Article) for item in read([tmp_path])) == 4_000
    finally:
        pa.set_memory_pool(usual)
    assert 0 < pool.max_memory() < 3_000_000


def test_a_bad_row_of_a_parquet_file_is_one_failure(tmp_path: Path, parquet: Any) -> None:
    import pyarrow as pa

    damaged = pa.array([b"bon", b"\xe9t\xe9", b"bon"], pa.binary()).view(pa.string())
    parquet.write_table(pa.table({"text": damaged}), tmp_path / "a.parquet")
    good, bad, also_good = read([tmp_path])
    assert (good.text, also_good.text) == ("bon", "bon")
    assert (bad.where, "not UTF-8" in bad.reason) == (f"{tmp_path}/a.parquet[1]", True)
    (wrong,) = read([write(tmp_path, "b.parquet", "PAR1 pas vraiment")])
    assert wrong.reason.startswith("The file cannot be read: ")


def test_records_of_a_table_are_annotated_anew() -> None:
    old = {"schema_version": "1", "id": "a", "text": "x", "meta": '{"page": 1}', "entities": [], "quotes": []}
    assert article(old) == Article("x", "a", meta={"page": 1})
    assert article({"id": "a", "text": "x", "meta": "{"}) == Article("x", "a", meta={"meta": "{"})


# HTML

PAGE = """<!DOCTYPE html><html lang="fr"><head>{charset}<title>Le bac reprend | Le Fleuve</title>
<meta property="og:site_name" content="Le Fleuve"><meta property="article:published_time" content="2026-03-01T08:00Z">
<meta name="author" content="Awa Diarra"><link rel="canonical" href="https://fleuve.example/bac">
</head><body><nav><a href="/">Accueil</a> <a href="/sport">Sport</a></nav><article><h1>Le bac reprend</h1>
<p>« Le fleuve ne sépare <b>personne</b> », a déclaré mardi la présidente des piroguiers, Aïssata Bolmo.</p>{inside}
<p>Elle a assuré que le bac reprendrait en juillet, malgré la crue qui dure depuis trois semaines.</p></article>
<footer>Mentions légales</footer></body></html>"""
PAGE_TEXT = (
    "« Le fleuve ne sépare personne », a déclaré mardi la présidente des piroguiers, Aïssata Bolmo.\n"
    "Elle a assuré que le bac reprendrait en juillet, malgré la crue qui dure depuis trois semaines."
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trafilatura", reason="the extra [html] is not installed")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("reading a page opened a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    ("charset", "encoding", "meta"),
    [
        ("", "utf-8", {}),
        ('<meta charset="utf-8">', "utf-8", {}),
        ('<meta charset="iso-8859-1">', "cp1252", {"encoding": "cp1252"}),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=macintosh'>",
            "mac_roman",
            {"encoding": "macintosh"},
        ),
        ('<meta charset="utf-8">', "cp1252", {"encoding": "cp1252"}),
        ('<meta charset="rot13">', "cp1252", {"encoding": "cp1252"}),
    ],
    ids=["no-charset", "utf-8", "latin-1", "macintosh", "said-wrongly", "nonsense"],
)
def test_a_page(tmp_path: Path, charset: str, encoding: str, meta: dict[str, str]) -> None:
    path = write(tmp_path, "bac.html", PAGE.format(charset=charset, inside="").encode(encoding))
    (item,) = read([path])
    assert item.text.removeprefix("Le bac reprend\n") == PAGE_TEXT
    known = ("bac", "Le bac reprend", "2026-03-01", "https://fleuve.example/bac", "Le Fleuve")
    assert replace(item, text="") == Article("", *known, meta | {"author": "Awa Diarra"}, str(path))


@pytest.mark.usefixtures("no_network")
def test_a_page_without_a_date_has_none(tmp_path: Path) -> None:
    page = PAGE.replace("article:published_time", "autre").replace("Mentions légales", "© 2019 Le Fleuve")
    page = page.format(
        charset="", inside="<p>Le drame du 4 mai 2017 reste dans toutes les mémoires du quai.</p>"
    )
    (item,) = read([write(tmp_path, "a.html", page)])
    assert "4 mai 2017" in item.text
    assert item.date is None


@pytest.mark.usefixtures("no_network")
def test_nothing_in_a_page_is_run_opened_or_expanded(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret", "LE SECRET")
    inside = (
        "<script>document.write('LE SCRIPT')</script><img src='http://exemple.fr/a.png' onerror='LE SCRIPT'>"
        f"<iframe src='{secret.as_uri()}'></iframe><object data='{secret.as_uri()}'></object><p>&x; &d;</p>"
        f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{secret.as_uri()}' parse='text'/>"
    )
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in ("ab", "bc", "cd"))
    entities += f'<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY a "BOUM">'
    page = f'<?xml version="1.0"?><!DOCTYPE html [{entities}]>' + PAGE.format(
        charset="", inside=inside
    ).removeprefix("<!DOCTYPE html>")
    (item,) = read([write(tmp_path, "page.html", page)])
    assert "Le fleuve ne sépare personne" in item.text
    assert not any(word in item.to_json() for word in ("SECRET", "BOUM", "SCRIPT"))


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "data", ["", "<", "<html></html>", "<p>" * 20_000, "<?xml version='1.0'?>", "<nav>Menu</nav>"]
)
def test_a_page_without_an_article_is_a_failure(tmp_path: Path, data: str) -> None:
    failure, good = read([write(tmp_path, "a.htm", data), write(tmp_path, "b.txt", "Bon")])
    assert isinstance(failure, Failure)
    assert good.text == "Bon"


# What is not installed


@pytest.mark.parametrize(
    ("name", "absent", "extra"),
    [
        ("a.html", "trafilatura", "html"),
        ("a.htm", "lxml_html_clean", "html"),
        ("a.parquet", "pyarrow", "parquet"),
        ("a.txt.zst", "backports.zstd", "zst"),
    ],
)
def test_what_a_format_needs_is_said_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, absent: str, extra: str
) -> None:
    path = write(tmp_path, name, "x")
    monkeypatch.setattr(
        "geopolitics_nlp.reading.find_spec", lambda module: None if module == absent else object()
    )
    for source in (path, tmp_path):
        with pytest.raises(InputError) as error:
            read([source])
        ending = path.suffix
        assert str(error.value) == (
            f"{path}: reading {ending} files needs what is not installed: "
            f"python -m pip install 'geopolitics-nlp[{extra}]'"
        )


# Whatever a file holds


@given(st.sampled_from(sorted(FORMATS)), st.sampled_from(["", ".gz"]), st.binary(max_size=300))
@example(".json", "", b"[" * 3000)
@example(".csv", "", b'"' * 301)
@example(".json", "", b'[{"text": "\\ud800"}, 1e999, NaN]')
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_articles_or_failures(
    tmp_path: Path, ending: str, compression: str, data: bytes
) -> None:
    for module in ("pyarrow", "trafilatura"):
        pytest.importorskip(module)
    path = write(tmp_path, f"x{ending}{compression}", gzip.compress(data) if compression else data)
    for item in read([path]):
        assert isinstance(item, Article | Failure)
        assert item.where is not None
        assert item.where.startswith(str(path))
    path.unlink()


def test_a_name_inside_an_archive_and_an_id_are_no_paths(tmp_path: Path, light_load: object) -> None:
    evil = "../../evil"
    stream = io.BytesIO()
    with gzip.GzipFile(filename=f"{evil}.txt", mode="wb", fileobj=stream) as file:
        file.write(json.dumps({"id": evil, "text": "Awa part."}).encode())
    path = write(tmp_path, "un/deux/in/a.jsonl.gz", stream.getvalue())
    out = tmp_path / "un" / "deux" / "out.jsonl"
    result = CliRunner().invoke(app, ["annotate", str(path), "-o", str(out)])
    assert result.exit_code == 0
    assert json.loads(out.read_text())["id"] == evil
    assert {item.parent for item in tmp_path.rglob("*") if item.is_file()} == {path.parent, out.parent}


def test_no_module_unpickles() -> None:
    importing = re.compile(
        r"^\s*(?:import|from) (?:pickle|cloudpickle|dill|joblib|shelve|marshal)\b", re.MULTILINE
    )
    sources = {
        path.name: path.read_text(encoding="utf-8") for path in Path(reading.__file__).parent.glob("*.py")
    }
    assert [name for name, source in sources.items() if importing.search(source)] == []
