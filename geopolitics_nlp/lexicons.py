"""The curated word lists of ``seeds/``: read, checked, and made ready for look-up.

Every reader of a seed file goes through `read_csv`, which names file and line when something is wrong.
Look-ups are by lower-case words with straight apostrophes (`fold`). Nothing is read at import; each lexicon
is read once, on first use.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from typing import Literal, NamedTuple, get_args

from .tokens import Remembered

Construction = Literal["that", "inf", "incise", "colon", "fragment", "whether"]
Stance = Literal[
    "asserts",
    "confirms",
    "announces",
    "describes",
    "opines",
    "admits",
    "denies",
    "refuses",
    "doubts",
    "asks",
    "demands",
    "proposes",
    "warns",
    "threatens",
    "promises",
    "predicts",
    "hopes",
    "fears",
    "regrets",
    "praises",
    "criticises",
    "accuses",
]
Pos = Literal["verb", "noun", "prep"]
Mood = Literal["finite", "infinitive", "participle", "gerund"]
Gender = Literal["m", "f", "u"]
Number = Literal["s", "p"]
RoleKind = Literal[
    "political",
    "military",
    "religious",
    "media",
    "legal",
    "academic",
    "kinship",
    "generic",
    "collective",
]

CUE_COLUMNS = ("lemma", "pos", "constructions", "stance", "ambiguous", "note")
ROLE_COLUMNS = ("masculine", "masculine_plural", "feminine", "feminine_plural", "kind")
FORM_COLUMNS = ("head", "gerund", "participles", "singular", "plural", "other")


class LexiconError(ValueError):
    """A seed file breaks its own rules: the message names file and line, what was got, and what to do."""


class Row(dict[str, str]):
    """One line of a seed file, by column; ``where`` is its file and line, as errors name them."""

    where: str

    def error(self, column: str, expected: str, remedy: str = "correct the cell") -> LexiconError:
        """Return the error to raise for the cell of ``column``: what was ``expected``, and the ``remedy``."""
        got = f"{self.where}: column {column!r}: got {self[column]!r}"
        return LexiconError(f"{got}, expected {expected}; {remedy}.")

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """Return the cell of ``column``, which must be one of ``allowed``."""
        if self[column] not in allowed:
            raise self.error(column, "one of " + ", ".join(word or "nothing" for word in allowed))
        return self[column]

    def several(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell that ``|`` separates; none of an empty cell."""
        return tuple(self[column].split("|")) if self[column] else ()


def read_csv(name: str, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a file of ``seeds/``, checked.

    ``name`` is its path below ``seeds/``; a name in ``.tsv`` is read with tabs. The header must be
    ``columns``, every row must have as many cells, and cells are in Unicode NFC without outer white space.

    Raises `LexiconError` for a file that is missing or breaks these rules.

    >>> next(read_csv("lexicons/cues.csv", CUE_COLUMNS))["pos"]
    'verb'
    """
    source = resources.files("geopolitics_nlp.seeds").joinpath(*name.split("/"))
    if not source.is_file():
        raise LexiconError(
            f"seeds/{name}: got no such file, expected a table with the columns {','.join(columns)}; "
            "install the package again, or restore the file."
        )
    text = io.StringIO(source.read_text(encoding="utf-8"), newline="")
    lines = csv.reader(text, delimiter="\t" if name.endswith(".tsv") else ",")
    header = next(lines, [])
    if header != list(columns):
        raise LexiconError(
            f"seeds/{name}:1: got the columns {','.join(header)}, "
            f"expected {','.join(columns)}; correct the first line."
        )
    for cells in lines:
        row = Row(zip(columns, cells))  # noqa: B905 - the lengths are compared next
        row.where = f"seeds/{name}:{lines.line_num}"
        if len(cells) != len(columns):
            raise LexiconError(
                f"{row.where}: got {len(cells)} cells, expected {len(columns)}; "
                "add the missing commas, or quote a cell that holds one."
            )
        for column, cell in row.items():
            if cell != cell.strip() or not unicodedata.is_normalized("NFC", cell):
                raise row.error(column, "Unicode NFC without outer white space")
        yield row


def fold(word: str) -> str:
    """Return ``word`` as the lexicons list it: lower case, straight apostrophes.

    >>> fold("D’Après")
    "d'après"
    """
    return word.lower().replace("’", "'")


def unaccented(word: str) -> str:
    """Return ``word`` without its diacritics.

    >>> unaccented("déclaré")
    'declare'
    """
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


# Cues


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that report what someone said, wrote or thought.

    ``lemma`` is as dictionaries give it (``se dire``, ``mettre en garde``, ``d'après``). ``rest`` has the
    fixed words after a phrase's head verb, as tokens: ``tirer`` has ``la sonnette d' alarme``. ``ambiguous``
    marks words whose reporting sense is the rarer one (``pour``, ``lancer``). ``seeds/README.md`` explains
    the constructions and stances.
    """

    lemma: str
    pos: Pos
    constructions: frozenset[Construction]
    stance: Stance
    rest: tuple[str, ...] = ()
    reflexive: bool = False
    ambiguous: bool = False


class Form(NamedTuple):
    """What a word can be: a form of the verb ``head``.

    ``person`` is "3" or "other", None where not finite; ``number`` is "s" or "p", None but in the third.
    """

    head: str
    mood: Mood
    number: Number | None = None
    person: Literal["3", "other"] | None = None


class Entry(NamedTuple):
    """The cues of one verb: those of several words, the longest first, those of the verb alone.

    ``openings`` are the words with which the phrases go on after the verb.
    """

    phrases: tuple[Cue, ...] = ()
    bare: tuple[Cue, ...] = ()
    openings: frozenset[str] = frozenset()


_NO_ENTRY = Entry()


@dataclass(frozen=True)
class CueLexicon:
    """The cues, looked up by any form of their words. Get it from `cues`.

    ``nouns`` has singular and plural forms as keys, several words with single spaces (``mises en garde``);
    ``prepositions`` are word tuples as a French tokenizer cuts them (``("d'", "après")``), the longest first.
    """

    nouns: Mapping[str, Cue]
    prepositions: tuple[tuple[tuple[str, ...], Cue], ...]
    _verbs: Mapping[str, Entry] = field(repr=False)
    _forms: Mapping[str, tuple[Form, ...]] = field(repr=False)

    def forms(self, word: str) -> tuple[Form, ...]:
        """Return the verb forms that ``word`` can be, of verbs that head a cue; none for other words.

        Letter case and the kind of apostrophe do not matter. A word that is no form as it stands is looked up
        without accents, for pages that have none (``declare``) and new spellings (``reconnait``).

        >>> cues().forms("affirmaient")
        (Form(head='affirmer', mood='finite', number='p', person='3'),)
        """
        return self._met[word]

    def _look_up(self, word: str) -> tuple[Form, ...]:
        word = fold(word)
        found = self._forms.get(word)
        # Shorter words would meet another word in this way: à → a, dés → des.
        if found is None and len(word) >= 4:
            found = self._unaccented.get(unaccented(word))
        return found or ()

    @cached_property
    def _met(self) -> Remembered[str, tuple[Form, ...]]:
        return Remembered(self._look_up)

    def entry(self, head: str) -> Entry:
        """Return the cues that the verb ``head`` (an infinitive) heads; an empty entry for other verbs."""
        return self._verbs.get(head, _NO_ENTRY)

    def cues(self, head: str) -> tuple[Cue, ...]:
        """Return the cues that the verb ``head`` heads: phrases first, the longest first.

        >>> [cue.lemma for cue in cues().cues("insurger")]
        ["s'insurger"]
        """
        entry = self.entry(head)
        return entry.phrases + entry.bare

    @cached_property
    def _unaccented(self) -> Mapping[str, tuple[Form, ...]]:
        merged: dict[str, tuple[Form, ...]] = {}
        for word, forms in self._forms.items():
            others = merged.setdefault(unaccented(word), forms)
            if others is not forms:
                merged[unaccented(word)] = tuple(dict.fromkeys(others + forms))
        return merged


@cache
def cues() -> CueLexicon:
    """Return the cue lexicon: ``seeds/lexicons/cues.csv`` with the verb forms of ``cue_forms.csv``.

    Raises `LexiconError` when a row is wrong.
    """
    verbs: dict[str, list[Cue]] = {}
    nouns: dict[str, Cue] = {}
    prepositions: list[tuple[tuple[str, ...], Cue]] = []
    seen: set[tuple[str, str]] = set()
    for row in read_csv("lexicons/cues.csv", CUE_COLUMNS):
        if (row["lemma"], row["pos"]) in seen:
            raise row.error("lemma", f"a {row['pos']} that no other row has", "keep one of the rows")
        seen.add((row["lemma"], row["pos"]))
        reflexive, variants = _variants(row["lemma"])
        constructions = frozenset(row.several("constructions"))
        if not constructions or not constructions <= set(get_args(Construction)):
            raise row.error("constructions", "some of " + "|".join(get_args(Construction)))
        cue = Cue(
            lemma=re.sub(r"(?<=[^\s/])/\S+", "", row["lemma"]),
            pos=row.choice("pos", ("verb", "noun", "prep")),  # type: ignore[arg-type]
            constructions=constructions,  # type: ignore[arg-type]
            stance=row.choice("stance", get_args(Stance)),  # type: ignore[arg-type]
            reflexive=reflexive,
            ambiguous=row.choice("ambiguous", ("", "yes")) == "yes",
        )
        if cue.pos == "verb":
            verbs.setdefault(variants[0][0], []).extend(replace(cue, rest=words[1:]) for words in variants)
        elif cue.pos == "prep":
            prepositions.extend((words, cue) for words in variants)
        else:
            nouns.update(dict.fromkeys((fold(cue.lemma), _plural(fold(cue.lemma))), cue))
    return CueLexicon(
        nouns=nouns,
        prepositions=tuple(sorted(prepositions, key=lambda item: -len(item[0]))),
        _verbs={head: _entry(sorted(found, key=_specificity)) for head, found in verbs.items()},
        _forms=_forms(verbs.keys()),
    )


def _entry(found: Sequence[Cue]) -> Entry:
    phrases = tuple(cue for cue in found if cue.rest)
    return Entry(
        phrases=phrases,
        bare=tuple(cue for cue in found if not cue.rest),
        openings=frozenset(cue.rest[0] for cue in phrases),
    )


def _specificity(cue: Cue) -> tuple[int, bool]:
    return -len(cue.rest), not cue.reflexive


def _forms(heads: Collection[str]) -> dict[str, tuple[Form, ...]]:
    """Read the forms of the verbs ``heads``, which must all be there."""
    forms: dict[str, tuple[Form, ...]] = {}
    seen = set()
    for row in read_csv("lexicons/cue_forms.csv", FORM_COLUMNS):
        head = row["head"]
        seen.add(head)
        for column, form in (
            ("head", Form(head, "infinitive")),
            ("gerund", Form(head, "gerund")),
            ("participles", Form(head, "participle")),
            ("singular", Form(head, "finite", "s", "3")),
            ("plural", Form(head, "finite", "p", "3")),
            ("other", Form(head, "finite", None, "other")),
        ):
            alone = (form,)
            for word in row.several(column):
                others = forms.setdefault(word, alone)
                if others is not alone:
                    forms[word] = (*others, form)
    if seen != set(heads):
        raise LexiconError(
            "seeds/lexicons/cue_forms.csv: got the forms of other verbs than head the cues of cues.csv "
            f"({', '.join(sorted(seen ^ set(heads)))}), expected the same; "
            "run seeds/lexicons/build_cue_forms.py."
        )
    return forms


def _variants(lemma: str) -> tuple[bool, list[tuple[str, ...]]]:
    """Cut a lemma into tokens: whether it is reflexive, and its words with each choice of ``a/b`` made.

    ``en`` before the head of a reflexive phrase (``s'en prendre``) is left to the syntax of clitics.
    """
    bare = re.sub(r"^(?:se |s')(?:en )?", "", lemma)
    tokens: list[list[str]] = []
    for word in bare.lower().split():
        choices = word.split("/")
        tokens.extend([choices] if len(choices) > 1 else ([token] for token in re.findall(r"[^']+'?", word)))
    return bare != lemma, list(itertools.product(*tokens))


def _plural(noun: str) -> str:
    first, space, rest = noun.partition(" ")
    if first.endswith(("s", "x", "z")):
        return noun
    if first.endswith("al"):
        return first[:-1] + "ux" + space + rest
    return first + ("x" if first.endswith(("au", "eu", "œu")) else "s") + space + rest


# People


class Role(NamedTuple):
    """A noun for who can speak: a function, a rank, a profession, kin, a group or institution ("collective").

    ``lemma`` is its masculine singular where there is one. ``gender`` is "u" for a form that serves both
    (``la ministre``).
    """

    lemma: str
    gender: Gender
    number: Number
    kind: RoleKind


class Title(NamedTuple):
    """What stands before a name: ``Mme``, ``le colonel``, ``El Hadj``. ``gender`` "u" serves both."""

    lemma: str
    gender: Gender
    number: Number


@cache
def roles() -> Mapping[str, Role]:
    """Return the roles by each of their forms, folded, several words with single spaces.

    Raises `LexiconError` when a row is wrong or a form is listed in two rows.

    >>> roles()["cheffes de l'état"]
    Role(lemma="chef de l'État", gender='f', number='p', kind='political')
    """
    found: dict[str, Role] = {}
    for row in read_csv("lexicons/roles.csv", ROLE_COLUMNS):
        kind: RoleKind = row.choice("kind", get_args(RoleKind))  # type: ignore[assignment]
        lemma = next(filter(None, row.values()))
        forms: dict[str, Role] = {}
        for column, gender, number in _AGREEMENTS:
            form = fold(row[column])
            if form in found:
                raise row.error(column, "a form that no other row has", "keep one of the rows")
            if form:
                both = form in forms and forms[form].gender != gender
                forms[form] = Role(lemma, "u" if both else gender, number, kind)
        found |= forms
    return found


_AGREEMENTS: tuple[tuple[str, Gender, Number], ...] = (
    ("masculine_plural", "m", "p"),
    ("masculine", "m", "s"),
    ("feminine_plural", "f", "p"),
    ("feminine", "f", "s"),
)


@cache
def titles() -> Mapping[str, Title]:
    """Return the titles by their forms as they are written.

    Abbreviations keep their capitals (``Me`` is a title, ``me`` is not); words are there in lower case, with
    a capital, and in capitals.

    >>> titles()["Mme"].gender, titles()["Général"].lemma, "me" in titles()
    ('f', 'général', False)
    """
    found: dict[str, Title] = {}
    for row in read_csv("lexicons/titles.csv", ("form", "lemma", "gender", "number")):
        form = row["form"]
        gender: Gender = row.choice("gender", get_args(Gender))  # type: ignore[assignment]
        number: Number = row.choice("number", get_args(Number))  # type: ignore[assignment]
        if form in found:
            raise row.error("form", "a form that no other row has", "keep one of the rows")
        written = {form, form.capitalize(), form.title(), form.upper()} if form.islower() else {form}
        found |= dict.fromkeys(written, Title(row["lemma"], gender, number))
    return found


@cache
def first_names() -> Mapping[str, Gender]:
    """Return the genders of given names, by the name in lower case, with and without its accents.

    "u" is a name of both women and men. A compound that is not listed can be asked by its first part.

    >>> first_names()["fatoumata"], first_names()["sékou"], first_names()["sekou"], first_names()["camille"]
    ('f', 'm', 'm', 'u')
    """
    found: dict[str, Gender] = {}
    for row in read_csv("lexicons/first_names.csv", ("name", "gender")):
        gender: Gender = row.choice("gender", get_args(Gender))  # type: ignore[assignment]
        name = fold(row["name"])
        if name in found:
            raise row.error("name", "a name that no other row has", "keep one of the rows")
        found[name] = gender
    bare: dict[str, Gender] = {}
    for name, gender in found.items():
        plain = unaccented(name)
        bare[plain] = gender if bare.get(plain, gender) == gender else "u"
    return bare | found
