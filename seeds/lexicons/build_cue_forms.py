"""Build ``cue_forms.csv``: every form of the verbs that head the cues of ``cues.csv``.

Needs verbecc (LGPL-3, build time only; only the forms, facts of the language, are kept)::

    python -m venv /tmp/forms && /tmp/forms/bin/pip install verbecc==2.0.3
    /tmp/forms/bin/python seeds/lexicons/build_cue_forms.py

One row a verb; forms of one cell are separated by ``|``:

- ``participles``: the past participle in its four agreements (one for an invariable verb);
- ``singular``, ``plural``: third person of every simple tense and mood;
- ``other``: first and second persons and imperatives that are not a third person too
  (``déclare`` is in ``singular``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SIMPLE = {
    "indicatif": ("présent", "imparfait", "passé-simple", "futur-simple"),
    "conditionnel": ("présent",),
    "subjonctif": (
        "présent",
        "imparfait",
    ),
    "imperatif": ("imperatif-présent",),
}
# What verbecc 2.0.3 gets wrong: its forms were checked against Debian's word list `wfrench`, the rest by eye.
REGULAR_ER = ("tweeter", "retweeter")  # not doubled as in jeter: il tweete
COLUMNS = ("head", "gerund", "participles", "singular", "plural", "other")


def heads() -> list[str]:
    """Return the head verbs of the verb cues of ``cues.csv``, sorted."""
    with (HERE / "cues.csv").open(encoding="utf-8", newline="") as file:
        lemmas = [row["lemma"] for row in csv.DictReader(file) if row["pos"] == "verb"]
    return sorted({head(lemma) for lemma in lemmas})


def head(lemma: str) -> str:
    """Return the verb that heads a lemma: ``s'inscrire en faux`` → ``inscrire``."""
    bare = lemma.removeprefix("s'") if lemma.startswith("s'") else lemma.removeprefix("se ")
    return bare.removeprefix("en ").split()[0]


def conjugated(conjugator: Any, verb: str) -> dict[str, str]:
    """Return the row of one verb."""
    moods = json.loads(conjugator.conjugate(verb).to_json())["moods"]
    third: dict[str, list[str]] = {"s": [], "p": []}
    other: list[str] = []
    for mood, tenses in SIMPLE.items():
        for tense in tenses:
            for item in moods[mood][tense]:
                forms = [form.split()[-1].rpartition("'")[2] for form in item["c"]]
                if item["p"] == "3":
                    third[item["n"]].extend(forms)
                # Nobody writes `que nous affirmassions`.
                elif (mood, tense) != ("subjonctif", "imparfait"):
                    other.extend(forms)
    participles = [form for item in moods["participe"]["participe-passé"] for form in item["c"]]
    gerunds = [form for item in moods["participe"]["participe-présent"] for form in item["c"]]
    row = {
        "head": verb,
        "gerund": _cell(gerunds),
        "participles": _cell(participles),
        "singular": _cell(third["s"]),
        "plural": _cell(third["p"]),
        "other": _cell(form for form in other if form not in third["s"] and form not in third["p"]),
    }
    if verb in REGULAR_ER:
        row = {column: cell.replace("ette", "ete") for column, cell in row.items()}
    return row


def _cell(forms: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(forms))


def main() -> None:
    """Write ``cue_forms.csv``."""
    from verbecc import CompleteConjugator, LangCodeISO639_1

    conjugator = CompleteConjugator(LangCodeISO639_1.fr)
    with (HERE / "cue_forms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for verb in heads():
            writer.writerow(conjugated(conjugator, verb))


if __name__ == "__main__":
    main()
