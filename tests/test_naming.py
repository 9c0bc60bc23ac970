"""What `gnlp_naming` makes of given entities: no model is loaded, the entities stand in the cases."""

from __future__ import annotations

import pickle
import time
from collections import defaultdict

import pytest
import spacy
from marked_entities import read
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from geopolitics_nlp import layers
from geopolitics_nlp.gazetteers import Country, Entry, Gazetteer
from geopolitics_nlp.naming import Naming


@pytest.fixture(scope="module")
def french() -> Language:
    return spacy.blank("fr")


@pytest.fixture(scope="module")
def component() -> Naming:
    return Naming()


def groups(doc: Doc) -> set[tuple[str, ...]]:
    """Return the names, each with the forms of its mentions."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for ent, item in zip(doc.ents, layers.read(doc, layers.ENTITIES), strict=True):
        assert ent._.name == item.attrs["name"]
        named[item.attrs["name"]].append(ent.text)
    return {(name, *forms) for name, forms in named.items()}


CASES = {
    "surname": (
        "[Awa Barsalogo|PER] parle. [Barsalogo|PER] insiste.",
        {("Awa Barsalogo", "Awa Barsalogo", "Barsalogo")},
    ),
    "surname before the full name": (
        "[Barsalogo|PER] s'en va\n[Awa Barsalogo|PER] part.",
        {("Awa Barsalogo", "Barsalogo", "Awa Barsalogo")},
    ),
    "first name": (
        "[Awa Barsalogo|PER] parle. [Awa|PER] insiste.",
        {("Awa Barsalogo", "Awa Barsalogo", "Awa")},
    ),
    "capitals and accents": (
        "[IDRISSA KONATE-BA|PER] PART\n[Idrissa Konaté-Ba|PER] part.",
        {("Idrissa Konaté-Ba", "IDRISSA KONATE-BA", "Idrissa Konaté-Ba")},
    ),
    "a letter apart": (
        "[Mahamat Ahmat Yorongar|PER] et encore [Mahamat Ahmad Yorongar|PER].",
        {("Mahamat Ahmat Yorongar", "Mahamat Ahmat Yorongar", "Mahamat Ahmad Yorongar")},
    ),
    "couple of a Russian name": (
        "[Igor Zvonarev|PER] et [Olga Zvonareva|PER]. Mme [Zvonareva|PER] rit, M. [Zvonarev|PER] non.",
        {("Igor Zvonarev", "Igor Zvonarev", "Zvonarev"), ("Olga Zvonareva", "Olga Zvonareva", "Zvonareva")},
    ),
    "couple told apart by title": (
        "Mme [Line Toubkal|PER] et M. [Jean Toubkal|PER]. M. [Toubkal|PER] se tait, Mme [Toubkal|PER] rit.",
        {("Line Toubkal", "Line Toubkal", "Toubkal"), ("Jean Toubkal", "Jean Toubkal", "Toubkal")},
    ),
    "brothers told apart by first name": (
        "[Salif Dan-Gao|PER] et [Moussa Dan-Gao|PER]. [Salif|PER] rit. Les deux [Dan-Gao|PER] partent.",
        {("Salif Dan-Gao", "Salif Dan-Gao", "Salif"), ("Moussa Dan-Gao",) * 2, ("Dan-Gao", "Dan-Gao")},
    ),
    "namesakes: the one met last": (
        "[Salif Dan-Gao|PER] part. [Moussa Dan-Gao|PER] reste. [Dan-Gao|PER] rit.",
        {("Salif Dan-Gao",) * 2, ("Moussa Dan-Gao", "Moussa Dan-Gao", "Dan-Gao")},
    ),
    "relative: the one whose article it is": (
        "[Salif Dan-Gao|PER] part. Son père, [Moussa Dan-Gao|PER], reste. [Dan-Gao|PER] rit.",
        {("Salif Dan-Gao", "Salif Dan-Gao", "Dan-Gao"), ("Moussa Dan-Gao",) * 2},
    ),
    "son of another: the one whose article it is": (
        "[Salif Dan-Gao|PER] est le fils du grand joueur [Moussa Dan-Gao|PER]. [Dan-Gao|PER] rit.",
        {("Salif Dan-Gao", "Salif Dan-Gao", "Dan-Gao"), ("Moussa Dan-Gao",) * 2},
    ),
    "namesakes told apart by function": (
        "Le préfet [Salif Dan-Gao|PER] part. Le maire [Moussa Dan-Gao|PER] reste. Le préfet [Dan-Gao|PER] rit.",
        {("Salif Dan-Gao", "Salif Dan-Gao", "Dan-Gao"), ("Moussa Dan-Gao",) * 2},
    ),
    "surname first": (
        "[TESSOUGUÉ Awa|PER] part, puis [Awa Tessougué|PER].",
        {("Awa Tessougué", "TESSOUGUÉ Awa", "Awa Tessougué")},
    ),
    "spellings that the gazetteer knows": (
        "[Sergueï Choïgou|PER] part. M. [Shoigu|PER] rit.",
        {("Sergueï Choïgou", "Sergueï Choïgou", "Shoigu")},
    ),
    "father and son whom the gazetteer knows": (
        "[Ahmad Massoud|PER] résiste, comme jadis [Ahmad Shah Massoud|PER].",
        {("Ahmad Massoud",) * 2, ("Ahmad Shah Massoud",) * 2},
    ),
    "another surname": (
        "[Salif Dan-Gao|PER] part. [Salif Tessougué|PER] reste.",
        {("Salif Dan-Gao",) * 2, ("Salif Tessougué",) * 2},
    ),
    "nickname": (
        "[Anselme Tiékoura|PER], dit « [Vieux Zinc|PER] », part. [Vieux Zinc|PER] rit.",
        {("Anselme Tiékoura", "Anselme Tiékoura", "Vieux Zinc", "Vieux Zinc")},
    ),
    "initial of the first name": (
        "[Salif Dan-Gao|PER] part. [S. Dan-Gao|PER] rit, [M. Dan-Gao|PER] non.",
        {("Salif Dan-Gao", "Salif Dan-Gao", "S. Dan-Gao"), ("M. Dan-Gao", "M. Dan-Gao")},
    ),
    "nickname after a hard space": (
        "[Anselme Tiékoura|PER], dit «\N{NO-BREAK SPACE}[Vieux Zinc|PER]\N{NO-BREAK SPACE}», part.",
        {("Anselme Tiékoura", "Anselme Tiékoura", "Vieux Zinc")},
    ),
    "initials": (
        "[Ibrahima Dolo-Kassé|PER] répond. [I. D.-K.|PER] : Oui.",
        {("Ibrahima Dolo-Kassé", "Ibrahima Dolo-Kassé", "I. D.-K.")},
    ),
    "acronym in brackets": (
        "La [Coordination des femmes de Gao|ORG] ([COFEG|ORG]) et la [COFEG|ORG].",
        {("Coordination des femmes de Gao", "Coordination des femmes de Gao", "COFEG", "COFEG")},
    ),
    "expansion in brackets": (
        "La [COFEG|ORG] ([Coordination des femmes de Gao|ORG]) part.",
        {("Coordination des femmes de Gao", "COFEG", "Coordination des femmes de Gao")},
    ),
    "acronym of another language in brackets": (
        "Le [Bureau des mines de Tarkint|ORG] ([TMO|ORG]) ferme.",
        {("Bureau des mines de Tarkint", "Bureau des mines de Tarkint", "TMO")},
    ),
    "acronym far from its expansion": (
        "Le [Front uni de Tarkint|ORG] part. Puis vient le [FUT|ORG].",
        {("Front uni de Tarkint", "Front uni de Tarkint", "FUT")},
    ),
    "alias of the gazetteer": (
        "Les [Nations unies|ORG] se taisent, l'[ONU|ORG] aussi.",
        {("Nations unies", "Nations unies", "ONU")},
    ),
    "head noun": (
        "La [Haute Cour de Ségou|ORG] siège. La [Cour|ORG] tranche, la [Haute Cour|ORG] répète.",
        {("Haute Cour de Ségou", "Haute Cour de Ségou", "Cour", "Haute Cour")},
    ),
    "no head noun before the name": (
        "La [Cour|ORG] siège. La [Cour de Ségou|ORG] tranche.",
        {("Cour",) * 2, ("Cour de Ségou",) * 2},
    ),
    "hyphen in an organisation": (
        "Le [G5 Sahel|ORG] se réunit. Le [G5-Sahel|ORG] se tait, le [G5 SAHEL|ORG] aussi.",
        {("G5 Sahel", "G5 Sahel", "G5-Sahel", "G5 SAHEL")},
    ),
    "acronym before its expansion": (
        "La [FUT|ORG] part. Plus loin, la [Force unie de Tarkint|ORG] reste.",
        {("Force unie de Tarkint", "FUT", "Force unie de Tarkint")},
    ),
    "branch of a medium": (
        "La [BBC|ORG] et [BBC Afrique|ORG] en parlent.",
        {("BBC",) * 2, ("BBC Afrique",) * 2},
    ),
    "place with and without its noun": (
        "Le [mont Tarkint|LOC] fume. Le [Tarkint|LOC] gronde.",
        {("mont Tarkint", "mont Tarkint", "Tarkint")},
    ),
    "a river and the country it names": (
        "Le [Niger|LOC] vote. Le fleuve [Niger|LOC] déborde, dit le [Niger|LOC].",
        {("Niger", "Niger", "Niger"), ("fleuve Niger", "Niger")},
    ),
    "hyphen and curly apostrophe": (
        "En [Cote d’Ivoire|LOC], en [Côte d'Ivoire|LOC], au [Nord Kivu|LOC], au [Nord-Kivu|LOC].",
        {
            ("Côte d'Ivoire", "Cote d’Ivoire", "Côte d'Ivoire"),
            ("Nord-Kivu", "Nord Kivu", "Nord-Kivu"),
        },
    ),
    "places that only begin alike": (
        "La [Guinée|LOC] et la [Guinée équatoriale|LOC].",
        {("Guinée",) * 2, ("Guinée équatoriale",) * 2},
    ),
    "one form, two labels": (
        "[Tarkint|LOC] est en crue, dit [Tarkint|PER].",
        {("Tarkint", "Tarkint", "Tarkint")},
    ),
    "a pope is called by his first name": (
        "[Anselme Tarkint|PER] part. Le pape [Anselme|PER] prie. [Anselme|PER] se tait. [Tarkint|PER] revient.",
        {("Anselme Tarkint", "Anselme Tarkint", "Tarkint"), ("Anselme", "Anselme", "Anselme")},
    ),
    "a king whose full name is met": (
        "Le roi [Anselme VI|PER] part. [Anselme Tarkint|PER] reste. Le roi [Anselme|PER] revient.",
        {("Anselme VI", "Anselme VI", "Anselme"), ("Anselme Tarkint", "Anselme Tarkint")},
    ),
}


@pytest.mark.parametrize(("marked", "expected"), CASES.values(), ids=CASES.keys())
def test_names(french: Language, component: Naming, marked: str, expected: set[tuple[str, ...]]) -> None:
    assert groups(component(read(french, marked))) == expected


def attributes(component: Naming, doc: Doc, form: str) -> dict[str, object]:
    items = layers.read(component(doc), layers.ENTITIES)
    return next(item.attrs for item in items if doc.text[item.start : item.end] == form)


@pytest.mark.parametrize(
    ("marked", "role", "gender", "country"),
    [
        ("Le ministre malien des Mines, [X. Tarkint|PER], part.", "ministre malien des Mines", "m", "ML"),
        ("Le Premier ministre [X. Tarkint|PER] part.", "Premier ministre", "m", None),
        ("[X. Tarkint|PER], ministre malien des Mines, part.", "ministre malien des Mines", "m", "ML"),
        ("[X. Tarkint|PER], la présidente du Front, part.", "présidente du Front", "f", None),
        ("Mme [Tarkint|PER] part.", None, "f", None),
        ("[Fatoumata Tarkint|PER] part.", None, "f", None),
        ("L'ami de [Fatoumata Tarkint|PER] part.", None, "f", None),
        ("[Tarkint|PER] part.", None, None, None),
    ],
    ids=["before", "two words", "apposed", "feminine", "title", "first name", "not hers", "nothing"],
)
def test_what_the_article_says_of_a_person(
    french: Language,
    component: Naming,
    marked: str,
    role: str | None,
    gender: str | None,
    country: str | None,
) -> None:
    doc = read(french, marked)
    form = doc.ents[0].text
    attrs = attributes(component, doc, form)
    assert (attrs["role"], attrs["gender"], attrs["country"]) == (role, gender, country)


def test_a_place_has_its_country_and_position(french: Language, component: Naming) -> None:
    attrs = attributes(component, read(french, "Le fleuve monte à [Tillabéry|LOC]."), "Tillabéry")
    assert attrs["country"] == "NE"
    assert attrs["lat"] == pytest.approx(14.2, abs=0.3)
    assert attrs["lon"] == pytest.approx(1.45, abs=0.3)


def test_an_articles_gender_and_number_are_kept(french: Language, component: Naming) -> None:
    doc = read(french, "La [Tarkintie|LOC] et les [Monts-Noirs|LOC].")
    assert attributes(component, doc, "Tarkintie")["gender"] == "f"
    assert attributes(component, doc, "Monts-Noirs")["number"] == "p"


def namesakes() -> Gazetteer:
    def country(name: str, code: str, demonym: str) -> Country:
        return Country(Entry(name, "LOC", "country", country=code), None, (demonym,), (0, 0, 1, 1))

    return Gazetteer(
        (country("Mali", "ML", "malien"), country("Sénégal", "SN", "sénégalais")),
        (
            Entry("Abou Tarkint", "PER", "minister", id="Q1", country="ML"),
            Entry("Abou Tarkint", "PER", "minister", id="Q2", country="SN"),
            Entry("Tarkint", "LOC", "city", id="Q3", country="ML", population=90),
            Entry("Tarkint", "LOC", "city", id="Q4", country="SN", population=10),
        ),
    )


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[Abou Tarkint|PER] quitte le [Sénégal|LOC].", "Q2"),
        ("[Abou Tarkint|PER] quitte le [Mali|LOC].", "Q1"),
        ("[Abou Tarkint|PER], le ministre sénégalais, part.", "Q2"),
        ("[Abou Tarkint|PER] part.", ""),
        ("Il pleut à [Tarkint|LOC].", "Q3"),
        ("Il pleut à [Tarkint|LOC], au [Sénégal|LOC].", "Q4"),
    ],
    ids=["his country", "the other's", "demonym", "nothing known", "the larger town", "the other town"],
)
def test_namesakes_are_told_by_their_country(french: Language, marked: str, expected: str) -> None:
    doc = Naming(namesakes())(read(french, marked))
    assert doc.ents[0].kb_id_ == expected


def test_an_identifier_goes_to_all_mentions(french: Language, component: Naming) -> None:
    doc = component(read(french, "Les [Nations unies|ORG] et l'[ONU|ORG]."))
    assert {ent.kb_id_ for ent in doc.ents} == {"Q1065"}
    items = layers.read(doc, layers.ENTITIES)
    assert {item.attrs["kb_name"] for item in items} == {"Organisation des Nations unies"}


def test_name_of_what_is_no_entity(french: Language, component: Naming) -> None:
    doc = read(french, "La ville de [Gao|LOC].")
    assert doc[0:2]._.name is None
    component(doc)
    assert doc[0:2]._.name is None
    assert doc[3:4]._.name == "Gao"


def test_survives_a_docbin_and_pickling(french: Language, component: Naming) -> None:
    doc = component(read(french, CASES["acronym in brackets"][0]))
    (copy,) = DocBin(store_user_data=True, docs=[doc]).get_docs(french.vocab)
    assert groups(copy) == groups(doc)
    assert (
        groups(pickle.loads(pickle.dumps(component))(read(french, CASES["surname"][0])))
        == CASES["surname"][1]
    )


@pytest.mark.parametrize("text", ["", "\n", "Gao", "M. Gao", "Gao ,", "Gao (", "« Gao", "(Gao)"], ids=repr)
def test_takes_any_text(french: Language, component: Naming, text: str) -> None:
    for label in ("PER", "LOC", "ORG"):
        doc = french.make_doc(text)
        doc.set_ents([Span(doc, i, i + 1, label=label) for i in range(len(doc)) if doc[i].is_alpha])
        assert len(layers.read(component(doc), layers.ENTITIES)) == len(doc.ents)


@pytest.mark.parametrize("label", ["PER", "LOC", "ORG"])
def test_takes_time_in_proportion_to_the_names(french: Language, component: Naming, label: str) -> None:
    def seconds(size: int) -> float:
        words = [word for i in range(size) for word in (f"Nom{i:x}", f"Autre{i:x}", ",", f"AUTRE{i:x}", ".")]
        doc = Doc(french.vocab, words)
        spans = [(k, k + width) for i in range(size) for k, width in ((5 * i, 2), (5 * i + 3, 1))]
        doc.set_ents([Span(doc, start, end, label=label) for start, end in spans])
        start = time.process_time()
        component.match(doc)
        return time.process_time() - start

    seconds(10)
    few, many = (min(seconds(size) for _ in range(3)) for size in (200, 2000))
    assert many < 30 * max(few, 0.01)
