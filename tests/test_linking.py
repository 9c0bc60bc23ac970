"""Which entry of the gazetteer a name means: the context weighs, and what it contradicts is not linked."""

from __future__ import annotations

import pytest
import spacy
from marked_entities import read
from spacy.language import Language

import geopolitics_nlp as gnlp
from geopolitics_nlp import layers
from geopolitics_nlp.gazetteers import Country, Entry, Gazetteer
from geopolitics_nlp.naming import Naming


@pytest.fixture(scope="module")
def french() -> Language:
    return spacy.blank("fr")


@pytest.fixture(scope="module")
def invented() -> Naming:
    """Naming by a small gazetteer: two countries that share a demonym, and what they have of one name."""

    def country(name: str, code: str, *demonyms: str) -> Country:
        return Country(
            Entry(name, "LOC", "country", id=f"Q{code}", country=code), None, demonyms, (0, 0, 1, 1)
        )

    return Naming(
        Gazetteer(
            (
                country("Tarkintie", "TA", "tarkin", "tarkine"),
                country("Haute-Tarkintie", "HT", "tarkin", "tarkine"),
                country("Zélande", "ZE", "zélandais", "zélandaise"),
            ),
            (
                Entry("Abou Dan-Gao", "PER", "head_of_state", ("Dan-Gao",), "Q1", "TA", gender="m",
                      ambiguous=frozenset({"Dan-Gao"})),
                Entry("Oumar Tessougué", "PER", "minister", (), "Q2", "TA", gender="m"),
                Entry("Awa Tessougué", "PER", "minister", (), "Q3", "ZE", gender="f"),
                Entry("Paul Kesso", "PER", "head_of_state", (), "Q4", "HT", gender="m"),
                Entry("pape Anselme", "PER", "public", (), "Q5", gender="m"),
                Entry("Front uni", "ORG", "party", ("FU",), "Q6", "TA"),
                Entry("Bamba", "LOC", "region", (), "Q7", "TA"),
                Entry("Bamba", "LOC", "city", (), "Q8", "TA", population=90),
                Entry("Bamba", "LOC", "town", (), "Q9", "ZE", population=10),
                Entry("Zélande", "LOC", "village", (), "Q12", "TA"),
                Entry("Kora", "LOC", "city", (), "Q13", "TA", population=900_000),
                Entry("Kora", "LOC", "city", (), "Q14", "ZE", population=50_000),
                Entry("Plaine", "LOC", "zone", (), "Q10"),
                Entry("Plaine", "LOC", "region", (), "Q11", "TA"),
            ),
        )
    )  # fmt: skip


CASES = {
    "a surname and its function": ("Le président [Dan-Gao|PER] a parlé en [Tarkintie|LOC].", "Q1"),
    "a surname in its country": ("M. [Dan-Gao|PER] a quitté la [Tarkintie|LOC].", "Q1"),
    "a surname elsewhere": ("M. [Dan-Gao|PER] a quitté la [Zélande|LOC].", ""),
    "a surname that the news does not use alone": ("M. [Tessougué|PER] a quitté la [Tarkintie|LOC].", ""),
    "a minister's surname": ("Le ministre tarkin [Tessougué|PER] a parlé.", "Q2"),
    "a surname of the other gender": ("Mme [Dan-Gao|PER] a parlé en [Tarkintie|LOC].", ""),
    "surname first": ("[TESSOUGUÉ Oumar|PER] a parlé.", "Q2"),
    "the same name, another country": ("Le footballeur zélandais [Oumar Tessougué|PER] a parlé.", ""),
    "a demonym of two countries": ("Le président tarkin [Paul Kesso|PER] a parlé en [Tarkintie|LOC].", "Q4"),
    "a function in the name": ("Le pape [Anselme|PER] a parlé.", "Q5"),
    "an acronym": ("Le [FU|ORG] a gagné.", "Q6"),
    "an acronym spelt out otherwise": ("Les [Forces nouvelles|ORG] ([FU|ORG]) ont gagné en [Zélande|LOC].", ""),
    "an acronym spelt out in like words": ("Le [Front de l'unité|ORG] ([FU|ORG]) a gagné.", "Q6"),
    "a city before its region": ("Il pleut à [Bamba|LOC].", "Q8"),
    "a region": ("Il pleut dans la région de [Bamba|LOC].", "Q7"),
    "the country after it": ("Il pleut à [Bamba|LOC], en [Zélande|LOC].", "Q9"),
    "the country in brackets": ("Il pleut à [Bamba|LOC] ([Zélande|LOC]).", "Q9"),
    "a country that has none": ("Il pleut à [Bamba|LOC], en [Haute-Tarkintie|LOC].", ""),
    "countries in a row": ("En [Tarkintie|LOC], en [Zélande|LOC], il pleut.", "QTA"),
    "a large city in a country spoken of less": (
        "À [Kora|LOC], la [Tarkintie|LOC] répond à la [Zélande|LOC] ; la [Zélande|LOC] se tait.", "Q13"),
    "a small city in a country spoken of alone": ("À [Kora|LOC], la [Zélande|LOC] et les Zélandais se taisent.", "Q14"),
    "a country before a village": ("La [Zélande|LOC] se tait, la [Tarkintie|LOC] tarkine et tarkine aussi.", "QZE"),
    "a zone": ("La région de la [Plaine|LOC] inquiète la [Tarkintie|LOC].", "Q10"),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "expected"), CASES.values(), ids=CASES.keys())
def test_context_weighs(french: Language, invented: Naming, marked: str, expected: str) -> None:
    assert invented(read(french, marked)).ents[0].kb_id_ == expected


@pytest.mark.parametrize(
    ("marked", "country"),
    [
        ("La [Cour suprême de Tarkintie|ORG] siège.", "TA"),
        ("La [Cour suprême|ORG] zélandaise siège.", "ZE"),
        ("L'[Union des mineurs tarkins|ORG] siège.", None),
        ("La [Mission en Tarkintie|ORG] siège.", None),
        ("Le [Front uni|ORG] siège.", "TA"),
    ],
)
def test_country_of_an_organisation(
    french: Language, invented: Naming, marked: str, country: str | None
) -> None:
    (item,) = layers.read(invented(read(french, marked)), layers.ENTITIES)
    assert item.attrs["country"] == country


def test_two_ministers_of_one_name() -> None:
    """The gazetteer knows an Abdoulaye Diop in Bamako and one in Dakar."""
    component, french = Naming(), spacy.blank("fr")
    for marked, country in (
        ("Le ministre malien des Affaires étrangères, [Abdoulaye Diop|PER], a parlé à [Dakar|LOC].", "ML"),
        ("Au [Sénégal|LOC], le ministre [Abdoulaye Diop|PER] a parlé des comptes.", "SN"),
    ):
        doc = component(read(french, marked))
        item = next(item for item in layers.read(doc, layers.ENTITIES) if item.label == "PER")
        assert item.attrs["country"] == country
        assert item.attrs["kb_name"] == "Abdoulaye Diop"


# The places that issue 3 asks for, in sentences of a dispatch.
PLACES = {
    "Le convoi a quitté Tillabéri mardi.": "NE",
    "Des orages ont frappé Tillabéry mardi.": "NE",
    "La route d'Ansongo est coupée.": "ML",
    "Des habitants de Ménaka ont fui.": "ML",
    "Le marché de Gao a rouvert.": "ML",
    "L'armée est entrée à Kidal.": "ML",
    "La ville de Djibo reste sous blocus.": "BF",
    "Des déplacés sont arrivés à Dori.": "BF",
    "Les écoles de Diffa sont fermées.": "NE",
    "Un avion s'est posé à Agadez.": "NE",
    "Les ministres se sont retrouvés à Niamey.": "NE",
    "Bamako a rappelé son ambassadeur.": "ML",
    "Des manifestants ont défilé à Ouagadougou.": "BF",
    "Le fleuve monte à Ségou.": "ML",
    "Le gouverneur de Mopti a pris la parole.": "ML",
    "Un village proche de Bandiagara a brûlé.": "ML",
    "Les manuscrits de Tombouctou sont à l'abri.": "ML",
    "La violence gagne le Liptako-Gourma.": "ML",
    "Les rebelles avancent vers Goma.": "CD",
    "Le lac est calme à Bukavu.": "CD",
    "Les combats ont repris au Nord-Kivu.": "CD",
    "Un sommet s'ouvre à N'Djamena.": "TD",
    "Des civils ont fui le Cabo Delgado.": "MZ",
    "Des tirs ont été entendus à Bangui.": "CF",
    "Le port de Benghazi a rouvert.": "LY",
    "Un pont a été détruit à Kherson.": "UA",
    "Des frappes ont visé Zaporijjia.": "UA",
    "L'hiver sera rude dans le Donbass.": "UA",
    "Des drones ont survolé Koursk.": "RU",
    "L'aide est entrée à Gaza.": "PS",
    "Le poste de Rafah est fermé.": "PS",
    "Des sirènes ont retenti à Tel-Aviv.": "IL",
    "Téhéran a démenti l'information.": "IR",
    "Le ministre est attendu à Pékin.": "CN",
    "La Chine menace Taïwan.": "TW",
}


@pytest.fixture(scope="module")
def nlp() -> Language:
    return gnlp.load(exclude=["gnlp_quotations", "gnlp_speakers"])


@pytest.mark.parametrize(("text", "country"), PLACES.items(), ids=list(PLACES))
def test_places_in_the_news_have_country_and_coordinates(nlp: Language, text: str, country: str) -> None:
    (record,) = gnlp.annotate([text], nlp=nlp)
    assert isinstance(record, gnlp.Record)
    place = next(
        e for e in record.entities if e.label == "LOC" and (e.country == country or len(record.entities) == 1)
    )
    assert place.country == country
    assert place.lat is not None
    assert place.lon is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le marché de Gao a rouvert, selon la mairie.", [("Gao", "LOC")]),
        ("Des déplacés venus d'Arbinda sont arrivés à Dori.", [("Arbinda", "LOC"), ("Dori", "LOC")]),
        ("Le sommet se tient à Nice, sur la côte.", [("Nice", "LOC")]),
        ("L'usine de Tours a fermé ses portes.", [("Tours", "LOC")]),
        ("Les négociateurs se retrouvent à Vienne jeudi.", [("Vienne", "LOC")]),
        ("La grève commencera en mars. Mars sera long.", []),
        ("Le berger vend un lama et deux chèvres.", []),
        ("Elle a fait trois tours de piste, puis un quatrième.", []),
        ("Le député Gao Zhisheng a été libéré.", [("Gao Zhisheng", "PER")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_that_are_also_words_are_weighed(
    nlp: Language, text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(ent.text, ent.label_) for ent in nlp(text).ents] == expected
