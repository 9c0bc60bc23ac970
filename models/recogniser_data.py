"""The recogniser's training data: WiNER-fr by this library's guidelines, and press articles it annotated.

WiNER-fr (Y. Dupont) annotates lower-case institutions, parts of functions and some articles, and
leaves out social networks and the names inside events; `to_guidelines` and `recall_forms` even that
out. `PressAnnotator` corrects what a model finds in unannotated press articles with a reviewed
table of forms, one label a form in an article, and the acronym after a long name (self-training).
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

Mention = tuple[int, int, str]
"""Start and end (characters of the text, end exclusive) and label of an entity mention."""
Annotated = tuple[str, list[Mention]]

STRAY = ' \n\u200e,;:«»"“”('
CAPITAL = "A-ZÀ-ÖØ-ÝŒ"
ARTICLE = re.compile(
    rf"(?:[ld]|[LD](?!['’][{CAPITAL}][a-zà-ÿ])|qu)\s?['’]\s?(?=\w)|(?:le|la|les|du|des|de)\s+(?=[{CAPITAL}])"
)
# Generic words before a name that are no part of it, and kinds of site whose name is the place.
GENERIC = re.compile(
    r"(?:ONG|association|agence|radio|chaîne|groupe|syndicat|collectif|compagnie|journal|site|parti|"
    r"île|province|région|wilaya|ville|village|commune|département|district|quartier|cité|république)\s+"
    rf"(?:(?:de la|de l['’]|du|des|de|d['’])\s*)?(?=[{CAPITAL}])"
)
SITE = re.compile(
    r"(?:aéroport(?: international| régional)?|stade|pont|prison|gare|camp|base|auditorium|viaduc)\s+"
    rf"(?:(?:de la|de l['’]|du|des|de|d['’])\s*)?(?=[{CAPITAL}])"
)
LOWER_INSTITUTION = re.compile(
    r"(?:armées?|aviation|gouvernement|ministère|police|gendarmerie|parlement|pouvoir|autorités?|commissariat|"
    r"parquet|justice|mairie|préfecture|gauche|droite|fisc|transports|communauté internationale|services?|"
    r"comité|conseil|assemblée|chambre|fédération|département|protection|peloton|diocèse|ambassade|état|"
    r"frontière|désert|système|zone|outre-mer|est|ouest|nord|sud)\b"
)
# A parliament or court is named without the adjective of its country.
DEMONYM = re.compile(
    r"(Congrès|Parlement|Sénat|Trésor|Assemblée nationale|Chambre des représentants) [a-zà-ÿ-]+$"
)
STATE = re.compile(r"[ÉE]tats?(?: (?!islamique|-)[a-zà-ÿ]+)?$")
MINISTER = re.compile(r"(?i)minist(?:re|ère)s?\b[^.;:!?]{0,40}?\b(?:de l['’]\s?|de la |du |des |d['’]|et )$")
NO_ENTITY = {"Parkinson", "Alzheimer", "Cassini", "Justice", "Intérieur"}
NETWORKS = "Facebook|Twitter|Instagram|YouTube|Youtube|Snapchat|WhatsApp|Telegram|TikTok|LinkedIn"
UNANNOTATED = re.compile(rf"(?<!\w)(?:{NETWORKS}|[Tt]alibans|[Hh]outhis|Imbonerakure)(?!\w)")


def to_guidelines(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Return WiNER-fr's ``mentions`` of ``text`` as this library's guidelines have them, sorted by start."""
    kept = []
    for start, end, label in mentions:
        start = end - len(text[start:end].lstrip(STRAY))
        if label != "PER" and (match := ARTICLE.match(text, start, end)):
            start = match.end()
        while match := GENERIC.match(text, start, end):
            start = match.end()
        if match := SITE.match(text, start, end):
            start, label = match.end(), "LOC"
        end = start + len(text[start:end].rstrip(STRAY))
        if match := DEMONYM.match(text[start:end]):
            end = start + match.end(1)
        form = text[start:end]
        if not form or form in NO_ENTITY or LOWER_INSTITUTION.match(form) or STATE.match(form):
            continue
        if label == "ORG" and MINISTER.search(text, max(0, start - 70), start):
            continue
        if form == "Vatican":
            label = "LOC"
        elif form.replace("’", "'") == "Quai d'Orsay":
            label = "ORG"
        kept.append((start, end, label))
    kept += [(m.start(), m.end(), "ORG") for m in UNANNOTATED.finditer(text)]
    return without_overlaps(kept)


def without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions that do not overlap, longer ones first served, sorted by start."""
    free: list[Mention] = []
    for start, end, label in sorted(mentions, key=lambda m: (m[0] - m[1], m[0])):
        if all(end <= s or start >= e for s, e, _ in free):
            free.append((start, end, label))
    return sorted(free)


def recall_forms(text: str, mentions: list[Mention]) -> list[Mention]:
    """Add the other whole-word occurrences of the annotated forms: the guidelines annotate by form."""
    labels: dict[str, set[str]] = defaultdict(set)
    for start, end, label in mentions:
        labels[text[start:end]].add(label)
    found = list(mentions)
    for form, kinds in labels.items():
        if len(kinds) == 1 and form[0].isupper() and len(form) > 2:
            pattern = rf"(?<![\w-]){re.escape(form)}(?![\w-])"
            (label,) = kinds
            found += [(m.start(), m.end(), label) for m in re.finditer(pattern, text)]
    return without_overlaps(dict.fromkeys(found))


def beginnings(gold: Path) -> frozenset[str]:
    """Return how the articles of a gold file begin: what tells them in other collections."""
    with gold.open(encoding="utf8") as file:
        return frozenset(json.loads(line)["text"][:200] for line in file)


def winer(path: Path, without: Container[str] = (), as_annotated: bool = False) -> Iterator[Annotated]:
    """Yield the articles of WiNER-fr that do not begin as one of ``without``.

    Their mentions are by this library's guidelines, unless ``as_annotated``.
    """
    with path.open(encoding="utf8") as file:
        for line in file:
            article = json.loads(line)
            text = article["text"]
            if text[:200] not in without:
                mentions = [(e["start"], e["end"], e["label"]) for e in article["entities"]]
                yield text, mentions if as_annotated else recall_forms(text, to_guidelines(text, mentions))


TITLE = re.compile(rf"(?:M\.|MM?\.?|Mme|Mlle|Dr|Pr|Mr|Lord|Sir)\s+(?=[{CAPITAL}])")
BREAK = re.compile(r"\s[-–—](?:\s|$)|\n|\\n|[\"”|]")
ACRONYM = re.compile(r"((?:[ ,]+[\w'’-]+){1,12}) \(([A-Z][A-Za-z0-9-]{2,8})\)")
SMALL_WORDS = {"de", "du", "des", "la", "le", "les", "et", "pour", "en", "aux", "au", "à", "sur", "d", "l"}


def press_texts(path: Path, without: Container[str]) -> list[str]:
    """Return the texts of press-fr without sports and those that begin as one of ``without``."""
    with path.open(encoding="utf8") as file:
        articles = [json.loads(line) for line in file]
    return [a["text"] for a in articles if a["category"] != "sports" and a["text"][:200] not in without]


def read_forms(path: Path) -> dict[str, str]:
    """Read the reviewed forms: label (``-``: no entity) of each."""
    with path.open(encoding="utf8", newline="") as file:
        return {form: row["label"] for row in csv.DictReader(file) for form in row["forms"].split("|")}


class PressAnnotator:
    """Corrects a model's mentions of press articles with reviewed ``forms`` (form → label, ``-``: none)."""

    def __init__(self, forms: dict[str, str]) -> None:
        """Compile the table."""
        self.forms = forms
        names = sorted((f for f, label in forms.items() if label != "-"), key=len, reverse=True)
        self.known = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?!\w)(?!-[a-zà-ÿ])")

    def __call__(self, text: str, mentions: Iterable[Mention]) -> list[Mention]:
        """Return the corrected mentions of ``text``, sorted by start."""
        found = without_overlaps(m for mention in mentions for m in self._trimmed(text, *mention))
        for _, end, label in list(found):
            bracket = re.match(r" \(([A-Z][A-Za-z0-9-]{1,8})\)", text[end : end + 14])
            if label == "ORG" and bracket:
                found.append((end + 2, end + 2 + len(bracket[1]), "ORG"))
        known = ((m.start(), m.end(), self.forms[m.group()]) for m in self.known.finditer(text))
        found += [m for m in known if all(m[1] <= start or m[0] >= end for start, end, _ in found)]
        found = self._one_label_a_form(text, without_overlaps(dict.fromkeys(found)))
        return recall_forms(text, found)

    def _trimmed(self, text: str, start: int, end: int, label: str) -> Iterator[Mention]:
        if match := BREAK.search(text[start:end]):
            end = start + match.start()
        if label == "PER" and (match := TITLE.match(text, start, end)):
            start = match.end()
        end = start + len(text[start:end].rstrip(" -,;:'’"))
        form = text[start:end]
        if form not in self.forms and (match := re.match(r"(BBC(?: News)?(?: Mundo| World)?) [A-Z]", form)):
            yield start, start + match.end(1), "ORG"
            start, label = start + match.end(1) + 1, "PER"
        elif match := DEMONYM.match(form):
            end = start + match.end(1)
        elif STATE.match(form) or not form:
            return
        elif (
            label == "ORG" and (match := ACRONYM.match(text, end)) and _abbreviates(match[2], form, match[1])
        ):
            end = match.end(1)
        if self.forms.get(text[start:end]) != "-":
            yield start, end, label

    def _one_label_a_form(self, text: str, mentions: list[Mention]) -> list[Mention]:
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for start, end, label in mentions:
            votes[text[start:end]][label] += 1
        labels = {form: self.forms.get(form, count.most_common(1)[0][0]) for form, count in votes.items()}
        people = [form for form, label in labels.items() if label == "PER" and " " in form]
        surnames = {part for form in people for part in (form.rsplit(" ", 1)[1], form.split(" ", 1)[1])}
        given = {form.split(" ", 1)[0] for form in people}
        for form in labels.keys() & (surnames | given) - self.forms.keys():
            labels[form] = "PER"
        found = [(start, end, labels[text[start:end]]) for start, end, _ in mentions]
        for surname in surnames - self.forms.keys():
            if len(surname) > 3 and surname[0].isupper():
                occurrences = re.finditer(rf"(?<!\w){re.escape(surname)}(?!\w)", text)
                found += [(m.start(), m.end(), "PER") for m in occurrences]
        return without_overlaps(dict.fromkeys(m for m in found if m[2] != "-"))


def _abbreviates(acronym: str, name: str, rest: str) -> bool:
    """Whether the acronym is made of initials of name and rest, its last one from the rest."""
    heads, tails = (
        "".join(w[0].upper() for w in re.findall(r"\w+", words) if w.lower() not in SMALL_WORDS)
        for words in (name, rest)
    )
    letters = re.sub(r"[^A-Z]", "", acronym.upper())
    initials = iter(heads + tails)
    return (
        heads[:1] == letters[:1] and letters[-1:] in tails and all(letter in initials for letter in letters)
    )
