"""The lexicons of seeds/: every row is valid, look-ups work, and errors name file and line."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from geopolitics_nlp import lexicons
from geopolitics_nlp.lexicons import Form, LexiconError, Role

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("déclare", [("déclarer", "finite", "s", "3")]),
        ("affirmaient", [("affirmer", "finite", "p", "3")]),
        ("dites", [("dire", "participle", None, None), ("dire", "finite", None, "other")]),
        ("estimant", [("estimer", "gerund", None, None)]),
        ("prévenues", [("prévenir", "participle", None, None)]),
        ("soutint", [("soutenir", "finite", "s", "3")]),
        ("émeuvent", [("émouvoir", "finite", "p", "3")]),
        ("s", []),
        ("à", []),
        ("Ajouterait", [("ajouter", "finite", "s", "3")]),
        ("ÉCRIT", [("écrire", "participle", None, None), ("écrire", "finite", "s", "3")]),
        ("declare", [("déclarer", "participle", None, None), ("déclarer", "finite", "s", "3")]),
        ("reconnait", [("reconnaître", "finite", "s", "3")]),
        ("tweete", [("tweeter", "finite", "s", "3")]),
        ("table", [("tabler", "finite", "s", "3")]),
        ("chaise", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_forms(word: str, expected: list[tuple[str, str, str | None, str | None]]) -> None:
    assert list(lexicons.cues().forms(word)) == [Form(*form) for form in expected]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "rest", "reflexive", "lemma", "stance"),
    [
        ("dire", (), False, "dire", "asserts"),
        ("dire", (), True, "se dire", "opines"),
        ("faire", ("savoir",), False, "faire savoir", "asserts"),
        ("tirer", ("la", "sonnette", "d'", "alarme"), False, "tirer la sonnette d'alarme", "warns"),
        ("prendre", (), True, "s'en prendre", "criticises"),
        ("inscrire", ("en", "faux"), True, "s'inscrire en faux", "denies"),
        ("exprimer", ("leur", "crainte"), False, "exprimer sa crainte", "fears"),
        ("être", ("convaincues",), False, "être convaincu", "opines"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, tuple) else str(value),
)
def test_verb_cues(head: str, rest: tuple[str, ...], reflexive: bool, lemma: str, stance: str) -> None:
    found = [cue for cue in lexicons.cues().cues(head) if (cue.rest, cue.reflexive) == (rest, reflexive)]
    assert [(cue.lemma, cue.stance) for cue in found] == [(lemma, stance)]


def test_phrases_come_before_the_bare_verb() -> None:
    for head in ("faire", "dire", "mettre", "être"):
        lengths = [len(cue.rest) for cue in lexicons.cues().cues(head)]
        assert lengths == sorted(lengths, reverse=True)
    assert lexicons.cues().cues("manger") == ()


@pytest.mark.parametrize(
    ("lemma", "construction", "has"),
    [
        ("déclarer", "that", True),
        ("souhaiter", "that", True),
        ("exiger", "that", False),
        ("proposer", "that", False),
        ("affirmer", "inf", True),
        ("nier", "inf", True),
        ("promettre", "inf", False),
        ("menacer", "inf", False),
        ("marteler", "incise", True),
        ("qualifier", "incise", False),
        ("qualifier", "fragment", True),
        ("demander", "whether", True),
    ],
    ids=lambda value: str(value),
)
def test_constructions_follow_the_guidelines(lemma: str, construction: str, has: bool) -> None:
    cue = lexicons.cues().cues(lemma)[-1]
    assert (construction in cue.constructions) is has


def test_prepositions_are_tokens_and_the_longest_come_first() -> None:
    prepositions = lexicons.cues().prepositions
    words = [words for words, _ in prepositions]
    assert ("d'", "après") in words
    assert ("aux", "yeux", "du") in words
    assert words.index(("selon", "les", "termes", "de")) < words.index(("selon",))
    ambiguous = {words for words, cue in prepositions if cue.ambiguous}
    assert ("pour",) in ambiguous
    assert ("selon",) not in ambiguous


@pytest.mark.parametrize("noun", ["communiqué", "communiqués", "aveux", "mise en garde", "mises en garde"])
def test_nouns_by_number(noun: str) -> None:
    assert noun in lexicons.cues().nouns


def test_every_stance_and_construction_is_used_and_explained() -> None:
    lexicon = lexicons.cues()
    all_cues = [cue for head in lexicon._verbs for cue in lexicon.cues(head)]
    assert {cue.stance for cue in all_cues} == set(get_args(lexicons.Stance))
    assert {name for cue in all_cues for name in cue.constructions} == set(get_args(lexicons.Construction))
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    for word in (*get_args(lexicons.Stance), *get_args(lexicons.Construction), *get_args(lexicons.RoleKind)):
        assert f"`{word}`" in readme, f"{word} is not explained in seeds/README.md"


@pytest.mark.parametrize(
    ("form", "role"),
    [
        ("ministre", Role("ministre", "u", "s", "political")),
        ("premières ministres", Role("Premier ministre", "f", "p", "political")),
        ("chef de la diplomatie", Role("chef de la diplomatie", "m", "s", "political")),
        ("porte-parole", Role("porte-parole", "u", "s", "political")),
        ("générale", Role("général", "f", "s", "military")),
        ("junte", Role("junte", "f", "s", "collective")),
        ("autorités", Role("autorité", "f", "p", "collective")),
        ("épouse", Role("époux", "f", "s", "kinship")),
        ("victime", Role("victime", "f", "s", "generic")),
        ("ong", Role("ONG", "f", "s", "collective")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_roles(form: str, role: Role) -> None:
    assert lexicons.roles()[form] == role


def test_titles_keep_the_case_of_abbreviations() -> None:
    titles = lexicons.titles()
    assert titles["Mme"].gender == "f"
    assert titles["MM."].number == "p"
    assert titles["Cheikh"] == titles["cheikh"]
    assert "me" not in titles
    assert "Me" in titles


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("awa", "f"),
        ("oumar", "m"),
        ("sergueï", "m"),
        ("sékou", "m"),
        ("sekou", "m"),
        ("andrea", "u"),
        ("claude", "u"),
    ],
)
def test_first_names(name: str, gender: str) -> None:
    assert lexicons.first_names()[name] == gender


def test_the_lists_are_of_the_size_a_reader_expects() -> None:
    lexicon = lexicons.cues()
    assert sum(len({cue.lemma for cue in lexicon.cues(head)}) for head in lexicon._verbs) >= 800
    assert len({role.lemma for role in lexicons.roles().values()}) >= 800
    assert len(lexicons.first_names()) >= 3500


@pytest.fixture
def seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A seeds folder of our own in place of the package's; return its ``lexicons`` folder."""
    folder = tmp_path / "lexicons"
    folder.mkdir()
    monkeypatch.setattr(resources, "files", lambda package: tmp_path)
    return folder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;b\n", "seeds/lexicons/x.csv:1: got the columns a;b, expected a,b; correct the first line."),
        (
            "a,b\n1,2\n3\n",
            "seeds/lexicons/x.csv:3: got 1 cells, expected 2; "
            "add the missing commas, or quote a cell that holds one.",
        ),
        (
            "a,b\n1, 2\n",
            "seeds/lexicons/x.csv:2: column 'b': got ' 2', expected Unicode NFC without outer white space; "
            "correct the cell.",
        ),
    ],
    ids=["header", "cells", "space"],
)
def test_read_csv_names_file_and_line(seed: Path, text: str, message: str) -> None:
    (seed / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        list(lexicons.read_csv("lexicons/x.csv", ("a", "b")))
    assert str(error.value) == message


def test_read_csv_without_the_file(seed: Path) -> None:
    with pytest.raises(
        LexiconError, match=r"seeds/lexicons/x\.csv: got no such file, expected a table .*; install"
    ):
        list(lexicons.read_csv("lexicons/x.csv", ("a", "b")))


def test_read_csv_takes_tabs_and_quoted_cells(seed: Path) -> None:
    (seed / "x.tsv").write_text("a\tb\n1\t2\n", encoding="utf-8")
    (seed / "x.csv").write_text('a,b\n"1,5",\n', encoding="utf-8")
    assert list(lexicons.read_csv("lexicons/x.tsv", ("a", "b"))) == [{"a": "1", "b": "2"}]
    assert list(lexicons.read_csv("lexicons/x.csv", ("a", "b"))) == [{"a": "1,5", "b": ""}]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("dire,verb,thta,asserts,,", "seeds/lexicons/cues.csv:2: column 'constructions': got 'thta'"),
        ("dire,verb,that,says,,", "seeds/lexicons/cues.csv:2: column 'stance': got 'says'"),
        ("dire,verbe,that,asserts,,", "seeds/lexicons/cues.csv:2: column 'pos': got 'verbe'"),
        (
            "dire,noun,that,asserts,,\ndire,noun,inf,asserts,,",
            "seeds/lexicons/cues.csv:3: column 'lemma': got 'dire', expected a noun that no other row has; "
            "keep one of the rows.",
        ),
        ("dire,verb,that,asserts,,", "got the forms of other verbs than head the cues of cues.csv (dire)"),
    ],
    ids=["construction", "stance", "pos", "twice", "forms"],
)
def test_a_wrong_cue_is_named(seed: Path, row: str, message: str) -> None:
    (seed / "cues.csv").write_text(f"{','.join(lexicons.CUE_COLUMNS)}\n{row}\n", encoding="utf-8")
    (seed / "cue_forms.csv").write_text(f"{','.join(lexicons.FORM_COLUMNS)}\n", encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        lexicons.cues.__wrapped__()
    assert message in str(error.value)


def test_a_role_in_two_rows_is_named(seed: Path) -> None:
    rows = "juge,juges,juge,juges,legal\n,,juge,,media\n"
    (seed / "roles.csv").write_text(f"{','.join(lexicons.ROLE_COLUMNS)}\n{rows}", encoding="utf-8")
    with pytest.raises(
        LexiconError, match=r"roles\.csv:3: column 'feminine': got 'juge'.*keep one of the rows"
    ):
        lexicons.roles.__wrapped__()


def test_lexicons_load_without_spacy() -> None:
    code = (
        "import sys; from geopolitics_nlp import lexicons; lexicons.cues(); sys.exit('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_file_is_explained() -> None:
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    files = [path.name for path in SEEDS.glob("*/*") if path.suffix in (".csv", ".py", ".toml", ".txt")]
    assert [name for name in files if f"`{name}`" not in readme] == []
