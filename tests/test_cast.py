"""The cast of an article: who is met, with which functions, gender and number."""

from __future__ import annotations

import pytest
from marked_text import pipeline

from geopolitics_nlp import layers
from geopolitics_nlp.antecedents import Antecedents, Floor, Question
from geopolitics_nlp.cast import Cast
from geopolitics_nlp.decisions import learned
from geopolitics_nlp.layers import Item
from geopolitics_nlp.speakers import Speakers


def cast(text: str) -> Cast:
    doc = pipeline()(text)
    return Cast(doc, layers.read(doc, layers.QUOTATIONS), Speakers().knowledge)


@pytest.mark.parametrize(
    ("text", "name", "has", "has_not"),
    [
        pytest.param(
            "La médiatrice Clara Ossian et le gouverneur Paul Essomba se sont vus.",
            "Paul Essomba",
            {"gouverneur"},
            {"médiateur"},
            id="not-of-who-is-named-before",
        ),
        pytest.param(
            "Le porte-parole de Clara Ossian, Paul Essomba, se tait.",
            "Paul Essomba",
            {"porte-parole"},
            set(),
            id="a-name-in-the-function",
        ),
        pytest.param(
            "Le ministre Paul Essomba a reçu son homologue Karim Bellounis.",
            "Karim Bellounis",
            {"ministre", "homologue"},
            set(),
            id="a-counterpart",
        ),
        pytest.param(
            "Le chef de la diplomatie russe, Igor Malenkov, se tait.",
            "Igor Malenkov",
            {"ministre", "affaires"},
            set(),
            id="another-name-of-the-function",
        ),
        pytest.param(
            "Karim Bellounis, avocat à Gao, se tait.",
            "Karim Bellounis",
            {"avocat"},
            set(),
            id="after-the-name",
        ),
    ],
)
def test_functions(text: str, name: str, has: set[str], has_not: set[str]) -> None:
    roles = cast(text).members[name].roles
    assert has <= roles
    assert not has_not & roles


@pytest.mark.parametrize(
    ("text", "name", "gender", "sure"),
    [
        ("Mme Ossian se tait.", "Ossian", "f", True),
        ("Awa Diarra se tait.", "Awa Diarra", "f", True),
        ("Le ministre Diarra se tait.", "Diarra", "m", False),  # or a woman: Mme le ministre
        (
            "La chercheuse Awa Diarra se tait. M. Diarra a fini.",
            "Awa Diarra",
            "m",
            False,
        ),  # a translator's slip
        ("La star Karim Bellounis se tait.", "Karim Bellounis", "f", False),
        ("M. K. Obiang se tait.", "K. Obiang", None, False),  # or Mariam
    ],
)
def test_gender(text: str, name: str, gender: str, sure: bool) -> None:
    member = cast(text).members[name]
    assert (member.gender, member.sure) == (gender, sure)


def test_the_unnamed_are_described_in_their_words() -> None:
    found = cast("Un communiqué du gouvernement parle. Des habitants de Gao ont fui.")
    gouvernement, habitants = found.lower.index("gouvernement"), found.lower.index("habitants")
    assert found.describing(gouvernement).name == "le gouvernement"
    assert found.describing(habitants).name == "Des habitants de Gao"
    assert found.describing(habitants).plural


def test_a_function_beside_its_name_is_nobody_else() -> None:
    found = cast("Le président malien Oumar Ba a reçu un diplomate. Un juge les attend.")
    names = [member.name for member in found.described_before(len(found.lower))]
    assert names == ["Un juge", "un diplomate"]


def test_a_function_with_its_name_apposed_or_inside_is_nobody_else() -> None:
    found = cast("Le secrétaire d'État Oumar Ba parle. Le maire, Paul Essomba, écoute.")
    names = [member.name for member in found.described_before(len(found.lower))]
    assert names == ["Le maire"]
    assert list(found.functions_before(len(found.lower))) == []


def test_functions_that_stand_alone_are_asked_about_once() -> None:
    found = cast("Oumar Ba est maire. Le pilote russe a fui. Un juge le cherche. Le gouvernement se tait.")
    end, pilote = len(found.lower), found.lower.index("pilote")
    assert list(found.functions_before(end)) == [pilote]
    assert list(found.functions_before(end)) == []


def test_who_is_met_by_a_function_is_in_focus_and_not_described() -> None:
    found = cast("Oumar Ba est aviateur. Paul Essomba le suit. Le pilote russe a fui hier.")
    end, pilote = len(found.lower), found.lower.index("pilote")
    assert found.in_focus(end, "m") == "Paul Essomba"
    found.meet(found.members["Oumar Ba"], pilote)
    assert found.in_focus(end, "m") == "Oumar Ba"
    assert found.last_before(found.members["Oumar Ba"], end) == pilote
    assert [member.name for member in found.described_before(end)] == []


def test_two_named_together_are_one_candidate() -> None:
    found = cast("Awa Diarra et sa sœur Clara Ossian sont parties. Oumar Ba, lui, attend Paul Essomba.")
    names = [(member.name, member.plural) for member in found.pairs_before(len(found.lower))]
    assert names == [("Awa Diarra et Clara Ossian", True)]


def test_how_often_one_is_a_subject() -> None:
    found = cast("Awa Diarra a reçu Clara Ossian. Awa Diarra part. Oumar Ba a salué Awa Diarra.")
    shares = [found.subject_share(found.members[name]) for name in ("Awa Diarra", "Clara Ossian")]
    assert shares == [pytest.approx(2 / 3), 0.0]


def test_the_latest_one_met_may_be_meant_whatever_is_said_of_it() -> None:
    found = cast("Awa Diarra en parle à son médecin.")
    end = len(found.lower)
    assert [member.name for member in found.described_before(end)] == []
    assert [member.name for member in found.described_before(end, latest=True)] == ["son médecin"]


def test_who_signs_the_page_writes_and_does_not_speak() -> None:
    found = cast(
        "Grève au port\n\nPar Clara Ossian, correspondante à Gao\n\nAwa Diarra a reçu les dockers lundi."
    )
    assert found.writes == {"Clara Ossian"}


def test_a_source_is_known_by_the_end_of_a_name() -> None:
    found = cast("Awa Diarra a reçu Clara Ossian à l'ONU.")
    assert found.known_as("Mme Diarra") == "Awa Diarra"
    assert found.known_as("Ossian") == "Clara Ossian"
    assert found.known_as("l'onu") == "ONU"
    assert found.known_as("la ministre") is None
    assert cast("Bruno Le Maire a reçu les élus.").known_as("le maire") is None


def test_who_is_in_focus_is_the_last_subject() -> None:
    found = cast("Awa Diarra a reçu Clara Ossian hier à Gao.")
    end = len(found.lower)
    assert found.in_focus(end, "f") == "Awa Diarra"
    assert found.in_focus(end, "m") is None
    assert found.in_focus(0, "f") is None


def test_le_second_is_the_last_of_the_two_met() -> None:
    found = cast("Karim Bellounis a vu Paul Essomba. Le second se tait.")
    item = Item(0, 0, "direct", {})
    position = found.lower.index("le")
    for words, name in ((("le", "premier"), "Karim Bellounis"), (("le", "second"), "Paul Essomba")):
        question = Question(item, "nominal", position, position, words, position + 1, " ".join(words))
        speaker, sure = Antecedents(found, [], learned()).resolve(question, Floor([], [], []))
        assert speaker is not None
        assert speaker["name"] == name
        assert 0.5 < sure < 1
