"""Whom and what quotations are about: names always, pronouns where they can mean only one."""

from __future__ import annotations

import pytest
from marked_text import pipeline

# An article, the quotation that is asked about by its first words, and the mentions that are not there by name.
CASES = {
    "i-who-speaks": (
        "« Je pars et l'on m'attend », a dit Awa Diarra.",
        "Je",
        [("Je", "Awa Diarra"), ("m'", "Awa Diarra")],
    ),
    "i-of-an-organisation": ("« Je pars », a écrit l'ONU.", "Je", []),
    "i-of-nobody": ("« Je pars sans regret et je reviendrai », pouvait-on lire sur un mur.", "Je", []),
    "we-may-be-anybody": ("« Nous partons », a dit Awa Diarra.", "Nous", []),
    "i-in-an-inner-quotation": (
        '« Karim Bellounis m\'a dit : "Je pars" », a raconté Awa Diarra.',
        "Karim",
        [("m'", "Awa Diarra"), ("Je", "Karim Bellounis")],
    ),
    "she-who-is-reported": (
        "Mme Awa Diarra a affirmé qu'elle partirait lundi.",
        "elle",
        [("elle", "Awa Diarra")],
    ),
    "she-in-marks-after-que": (
        "Mme Awa Diarra a affirmé qu'« elle partirait lundi ».",
        "elle",
        [("elle", "Awa Diarra")],
    ),
    "he-is-another-than-she": ("Mme Awa Diarra a affirmé qu'il partirait lundi.", "il", []),
    "she-in-marks-is-another": ("« Elle partira lundi », a affirmé Mme Awa Diarra.", "Elle", []),
    "he-may-be-either": ("M. Paul Essomba a dit à M. Karim Bellounis qu'il partirait lundi.", "il", []),
    "he-may-be-a-thing": (
        "M. Paul Essomba a dit que le train serait là et qu'il partirait lundi.",
        "le train",
        [],
    ),
    "named-before": (
        "« M. Karim Bellounis est arrivé hier, il partira lundi », a affirmé Mme Awa Diarra.",
        "M. Karim",
        [("il", "Karim Bellounis")],
    ),
    "two-named-before": (
        "« M. Karim Bellounis a vu M. Paul Essomba, il partira lundi », a affirmé Mme Awa Diarra.",
        "M. Karim",
        [],
    ),
    "impersonal-must": ("M. Paul Essomba a affirmé qu'il fallait partir lundi.", "il", []),
    "impersonal-there-is": ("M. Paul Essomba a affirmé qu'il y avait des blessés.", "il", []),
    "impersonal-adjective": ("M. Paul Essomba a affirmé qu'il était temps de partir.", "il", []),
}


@pytest.mark.parametrize(("text", "quoted", "pronouns"), CASES.values(), ids=CASES)
def test_pronouns(text: str, quoted: str, pronouns: list[tuple[str, str]]) -> None:
    (quote,) = [quote for quote in pipeline()(text)._.quotes if quote.text.startswith(quoted)]
    assert [(m.text, m.name) for m in quote.mentions if m.text not in m.name] == pronouns
    assert all(text[m.start : m.end] == m.text for m in quote.mentions)


def test_names_by_their_canonical_form() -> None:
    text = "Karim Bellounis est à Gao. « Bellounis doit quitter le Mali », a dit Awa Diarra."
    (quote,) = pipeline()(text)._.quotes
    assert [(m.text, m.name, m.label) for m in quote.mentions] == [
        ("Bellounis", "Karim Bellounis", "PER"),
        ("Mali", "Mali", "LOC"),
    ]
    assert quote.mentions[1].id == "Q912"


def test_what_is_named_outside_is_not_what_a_quotation_is_about() -> None:
    (quote,) = pipeline()("Awa Diarra a dit à Gao : « La route est coupée. »")._.quotes
    assert quote.mentions == ()
