"""The functions that an article gives persons: which words they are, whose they are, and of which country."""

from __future__ import annotations

import pytest
import spacy
from marked_entities import read
from spacy.language import Language
from spacy.tokens import Doc

from geopolitics_nlp import layers
from geopolitics_nlp.naming import Naming

# Enough grammar for the cases: a phrase ends where a verb begins.
TAGS = {
    "VERB": "répondu part parlent vivent dirige",
    "AUX": "a ont",
    "ADP": "de du au à",
    "DET": "le la son sa",
    "ADJ": "général",
}


@pytest.fixture(scope="module")
def french() -> Language:
    return spacy.blank("fr")


@pytest.fixture(scope="module")
def component() -> Naming:
    return Naming()


def tagged(nlp: Language, marked: str) -> Doc:
    doc = read(nlp, marked)
    for token in doc:
        token.pos_ = next(
            (tag for tag, words in TAGS.items() if token.lower_ in words.split()),
            "PUNCT" if token.is_punct else "NOUN",
        )
    return doc


CASES = {
    "before": ("Le ministre malien des Mines, [Awa Tarkint|PER], part.", "ministre malien des Mines", "ML"),
    "two words": ("Le Premier ministre [Awa Tarkint|PER] part.", "Premier ministre", None),
    "apposed": ("[Awa Tarkint|PER], ministre russe des Affaires étrangères, part.",
                "ministre russe des Affaires étrangères", "RU"),
    "in brackets": ("[Awa Tarkint|PER] (maire de [Gao|LOC]) part.", "maire de Gao", "ML"),
    "former": ("L'ancien président tchadien [Oumar Tarkint|PER] part.", "ancien président tchadien", "TD"),
    "former, apposed": ("[Oumar Tarkint|PER], ancien ministre du [Niger|LOC], part.", "ancien ministre du Niger", "NE"),
    "the head of several": ("Le conseiller du président nigérien, [Oumar Tarkint|PER], part.",
                            "conseiller du président nigérien", "NE"),
    "a name in it": ("[Awa Tarkint|PER], directrice du [Center for Sand Studies|ORG], part.",
                     "directrice du Center for Sand Studies", None),
    "another person in it": ("[Awa Tarkint|PER], conseillère de [Salif Dan-Gao|PER], part.",
                             "conseillère de Salif Dan-Gao", None),
    "what follows a number": ("[Awa Tarkint|PER], une étudiante malienne de 30 ans, part.", "étudiante malienne", "ML"),
    "no comma after": ("[Awa Tarkint|PER], ministre malienne des Mines a répondu.",
                       "ministre malienne des Mines", "ML"),
    "the subject of what follows": ("Face à [Awa Tarkint|PER], le ministre malien a répondu.", None, None),
    "the next of several": ("[Awa Tarkint|PER], sa voisine et le maire vivent ici.", None, None),
    "named after": ("Le chef de cabinet de l'administration [Tarkint|PER] part.", None, None),
    "compared": ("On le voit comme le père de la nation malienne, [Awa Tarkint|PER] part.", None, None),
    "kinship": ("Son frère, [Oumar Tarkint|PER], part.", None, None),
    "somebody's equal": ("Son homologue malien, [Oumar Tarkint|PER], part.", None, "ML"),
    "a complement's demonym": ("[Awa Tarkint|PER], professeure de politique japonaise, part.",
                               "professeure de politique japonaise", None),
    "a people, no country": ("[Oumar Tarkint|PER], chef des Serbes de [Bosnie|LOC], part.",
                            "chef des Serbes de Bosnie", "BA"),
    "sent by one country to another": ("L'ambassadeur de [France|LOC] au [Niger|LOC], [Oumar Tarkint|PER], part.",
                                       "ambassadeur de France au Niger", "FR"),
    "of a group": ("Le porte-parole du [M23|ORG], [Oumar Tarkint|PER], part.", "porte-parole du M23", "CD"),
    "of a group, in a country": ("Le candidat du [M23|ORG] à la présidence ougandaise, [Oumar Tarkint|PER], part.",
                                 "candidat du M23 à la présidence ougandaise", "UG"),
    "an adjective": ("Le premier du classement général, [Oumar Tarkint|PER], part.", None, None),
    "of an international body": ("Le secrétaire général de l'[ONU|ORG], [Oumar Tarkint|PER], part.",
                                 "secrétaire général de l'ONU", None),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "role", "country"), CASES.values(), ids=CASES.keys())
def test_function_and_its_country(
    french: Language, component: Naming, marked: str, role: str | None, country: str | None
) -> None:
    doc = component(tagged(french, marked))
    (attrs,) = (
        item.attrs
        for span, item in layers.read_spans(doc, layers.ENTITIES)
        if "Tarkint" in span.text and span.label_ == "PER"
    )
    assert (attrs["role"], attrs["country"]) == (role, country)


def test_the_fullest_function_is_kept(french: Language, component: Naming) -> None:
    doc = component(
        tagged(
            french, "La ministre [Awa Tarkint|PER] part.\n[Tarkint|PER], ministre malienne des Mines, part."
        )
    )
    items = layers.read(doc, layers.ENTITIES)
    assert [item.attrs["role"] for item in items] == ["ministre malienne des Mines"] * 2
