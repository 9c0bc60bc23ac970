"""Quotations with their cues and sources: the constructions of French reporting, one case each."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked_text import Case, Expected, parameters, pipeline, read_case

CASES = Path(__file__).parent / "cases" / "quotations"
ALL = [parameter for path in sorted(CASES.glob("*.txt")) for parameter in parameters(path)]


@pytest.mark.parametrize("case", ALL)
def test_quotations(case: Case) -> None:
    quotes = pipeline()(case.text)._.quotes
    found = [
        Expected(
            quote.start,
            quote.end,
            quote.kind,
            (quote.cue.start, quote.cue.end) if quote.cue else None,
            (quote.source.start, quote.source.end) if quote.source else None,
            quote.speaker.name.lower() if quote.speaker else None,
        )
        for quote in quotes
    ]
    assert case.readable(found) == case.readable(list(case.quotes))
    assert found == list(case.quotes), "the right words, but another occurrence of them"
    for quote, stated in zip(quotes, case.stated, strict=True):
        said = {
            "stance": quote.stance,
            "negated": "yes" if quote.negated else "no",
            "role": quote.speaker and quote.speaker.role,
            "affiliation": quote.speaker and quote.speaker.affiliation,
        }
        assert {key: said[key] for key in stated} == stated
    for group in case.utterances:
        assert len({quotes[number].utterance for number in group}) == 1


# The reader of cases is strict: a slip in a case must not pass as a case that asks for nothing.


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("", "Texte.", "an id is"),
        ("deux mots", "Texte.", "an id is"),
        ("a", "", "no text"),
        ("a", "xfail:\nTexte.", "without a reason"),
        ("a", "<b>Texte</b>.", "unknown tag"),
        ("a", "<q kind=direct speaker=none>Texte.", "not closed"),
        ("a", "<q kind=direct speaker=none", "unknown tag"),
        ("a", "Texte</q>.", "does not close"),
        ("a", "<q kind=direct speaker=none><cue>Oui</q></cue>", "does not close"),
        ("a", "<q kind=oral speaker=none>Oui</q>", "unknown kind"),
        ("a", "<q kind=direct>Oui</q>", "missing or unknown"),
        ("a", "<q kind=direct speaker=none who=x>Oui</q>", "missing or unknown"),
        ("a", "<q kind=direct speaker=none> Oui</q>", "white space"),
        ("a", "<cue>dit</cue>", "belongs to no quotation"),
        ("a", "<q:a kind=direct speaker=none>Oui</q> <cue:b>dit</cue>", "belongs to no quotation"),
        ("a", "<q kind=direct speaker=none>Oui</q> <cue>dit</cue> <cue>dit</cue>", "or to one that has one"),
        ("a", "Un{tab}texte", "unknown character"),
    ],
)
def test_the_reader_of_cases_refuses(name: str, body: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_case(name, body)


def test_the_reader_of_cases_links_by_key() -> None:
    case = read_case(
        "two-cues",
        "<source:ab>Awa</source> <cue:a>dit</cue> «{nbsp}<q:a kind=direct speaker=Awa>Oui</q>{nbsp}» et "
        "<cue:b>crie</cue> << <q:b kind=mixed speaker=none utterance=1>non</q> >>",
    )
    assert case.text == "Awa dit «\u00a0Oui\u00a0» et crie << non >>"
    assert case.readable(list(case.quotes)) == [
        ("direct", "Oui", "dit", "Awa", "awa"),
        ("mixed", "non", "crie", "Awa", None),
    ]
    assert case.utterances == ((1,),)
