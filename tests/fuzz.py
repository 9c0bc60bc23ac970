"""Annotates generated texts and looks for exceptions, broken promises and more than linear time.

    python tests/fuzz.py --texts 100000

Each text is made from its number alone, so that ``--only NUMBER`` shows one again. Exit status 1 when anything is
found.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from invariants import violations
from spacy.language import Language

from geopolitics_nlp import Failure, annotate, load

ROOT = Path(__file__).parents[1]
CORPORA = ("press-fr/articles.jsonl", "winer-fr/2016-2017.jsonl")
TOGETHER = 32
# An article may take so much of the processor: ten times what is usual here, so that only the hopeless are seen.
SECONDS, SECONDS_A_CHAR = 0.1, 0.001
# How many times as long four times the text may take; one in EVERY texts is measured so.
TIMES, GROWTH, EVERY = 4, 8, 200
GROWN_FROM = 2_000

MARKS = "«»“”„‟‘’‚‛‹›\"'`´″〝〞＂「」—–-―•:;,.…!?()[]{}<>/\\*_#|"
SPACES = " \u00a0\u202f\u2009\u200a\u3000\u1680\u2007\u2028\u2029\u0085\t\n\r\v\f"
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2069"
CONTROLS = "".join(map(chr, [*range(32), *range(127, 160)]))
COMBINING = "\u0300\u0301\u0302\u0308\u0327\u0338\u20dd\u0345\ufe0f\U000e0100\u0489"
RIGHT_TO_LEFT = "قالالرئيسإنالمفاوضاتשלוםאמרהנשיאܫܠܡܐ"
OTHERS = "ЙжßſİıǅﬁŒœÆ½²№€™𝐃😀👩‍👩‍👧🇫🇷中あ한กिஇ\ufffd\ufffe\U0010ffff"
SURROGATES = "\ud800\udbff\udc00\udfff"
WORDS = (
    "que|qu'|selon|Selon|d'après|a déclaré|a-t-il ajouté|dit-elle|dit|affirme|affirmant|a assuré|ont dit|explique-t-on|"
    "il|elle|Elle|le ministre|la présidente|M.|Mme|Dr|Awa Diarra|Ousmane Tiéba|Sonra|l'ONU|Gao|Mali|Union africaine|"
    "nous partons|oui|Non|la route est coupée|par|de|du|à|et|ou|mais|qui|ce qui|si|ne|pas|hier|mardi 3 juin|2025|9|"
    "Question :|Q :|R.|LE FLEUVE :|Lire aussi|(AFP)|porte-parole|gouvernement|aurait|serait|parle|évoque|au|des|"
    "https://exemple.fr/a?b=c|@compte|#mot|courriel@exemple.fr|aujourd'hui|c'est|L'«|»,|, a-t-|-t-|- |— |: «|. »|\n\n"
).split("|")
PAIRS = ("«»", "“”", "‘’", "‹›", '""', "''", "„“", "()", "[]")


@cache
def articles() -> tuple[str, ...]:
    """Return real articles: those of the shared corpora where they are, and our own samples."""
    own = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds/articles").glob("*.txt"))]
    for name in CORPORA:
        file = ROOT.parent / "shared" / "corpora" / name
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        own += [json.loads(line)["text"] for line in lines]
    return tuple(own)


def made(number: int) -> str:
    """Return the text of this number."""
    draw = random.Random(number)
    return draw.choices(list(KINDS.values()), list(KINDS))[0](draw)


def _passage(draw: random.Random, longest: int = 300) -> str:
    text = draw.choice(articles())
    length = draw.randint(20, longest)
    start = draw.randrange(max(1, len(text) - length))
    return text[start : start + length]


def _mutated(draw: random.Random) -> str:
    text = _passage(draw)
    for _ in range(draw.randint(1, 8)):
        a, b = sorted(draw.randrange(len(text) + 1) for _ in range(2))
        b = min(b, a + 60)
        text = draw.choice(MUTATIONS)(draw, text, a, b)
    return text


MUTATIONS: Sequence[Callable[[random.Random, str, int, int], str]] = (
    lambda draw, text, a, b: text[:a] + text[b:],
    lambda draw, text, a, b: text[:b] + text[a:],
    lambda draw, text, a, b: text[:a] + text[a:b] * draw.randint(2, 5) + text[b:],
    lambda draw, text, a, b: text[:a] + text[a:b][::-1] + text[b:],
    lambda draw, text, a, b: text[:a] + text[a:b].upper() + text[b:],
    lambda draw, text, a, b: text[:a] + draw.choice(MARKS) * draw.randint(1, 3) + text[a:],
    lambda draw, text, a, b: text[:a] + draw.choice(SPACES) * draw.randint(1, 3) + text[a:],
    lambda draw, text, a, b: text[:a] + draw.choice(INVISIBLE + CONTROLS + COMBINING) + text[a:],
    lambda draw, text, a, b: text[:a] + draw.choice(WORDS) + text[a:],
    lambda draw, text, a, b: text[:a] + draw.choice(RIGHT_TO_LEFT + OTHERS) * 3 + text[a:],
    lambda draw, text, a, b: text.replace(" ", draw.choice(SPACES)),
    lambda draw, text, a, b: text.replace(" ", ""),
    lambda draw, text, a, b: text.replace("'", draw.choice("’ʼ´`‘")),
    lambda draw, text, a, b: text.replace(draw.choice('«“"'), draw.choice(MARKS)),
    lambda draw, text, a, b: unicodedata.normalize(draw.choice(("NFD", "NFKD", "NFKC")), text),
    lambda draw, text, a, b: text[:a] + _passage(draw, 100) + text[b:],
    lambda draw, text, a, b: text[:a] + "«\u202f " + text[a:b] + " \u00a0»" + text[b:],
)


def _characters(draw: random.Random) -> str:
    """Return characters of a few classes, or of all of Unicode."""
    classes = (
        MARKS,
        SPACES,
        INVISIBLE,
        CONTROLS,
        COMBINING,
        RIGHT_TO_LEFT,
        OTHERS,
        "aeinrstéà",
        "MPQAÉ",
        "0123456789",
    )
    chosen = draw.sample(classes, draw.randint(1, 4))
    chars = []
    for _ in range(draw.randint(1, 150)):
        if draw.random() < 0.1:
            code = draw.randrange(0x110000 - 0x800)
            chars.append(chr(code + 0x800 if code >= 0xD800 else code))
        else:
            chars.append(draw.choice(draw.choice(chosen)))
    if draw.random() < 0.03:
        chars.insert(draw.randrange(len(chars)), draw.choice(SURROGATES))
    return "".join(chars)


def _reporting(draw: random.Random) -> str:
    """Return words of reporting and marks, in any order."""
    pieces = (
        draw.choice(WORDS) if draw.random() < 0.7 else draw.choice(MARKS[:14])
        for _ in range(draw.randint(1, 60))
    )
    return draw.choice((" ", " ", "", "\u00a0", "\n")).join(pieces)


def _nested(draw: random.Random) -> str:
    """Return quotations in quotations, closed or not."""
    depth = draw.choice((3, 10, 30, 100, 300))
    pairs = [draw.choice(PAIRS) for _ in range(depth)]
    if draw.random() < 0.5:
        pairs = [pairs[0]] * depth
    space = draw.choice(("", " ", "\u00a0", "\u202f "))
    inside = [draw.choice(WORDS) if draw.random() < 0.5 else "" for _ in range(2 * depth)]
    closed = depth if draw.random() < 0.6 else draw.randrange(depth)
    opening = "".join(f"{pair[0]}{space}{word}" for pair, word in zip(pairs, inside, strict=False))
    closing = "".join(
        f"{word}{space}{pair[1]}" for pair, word in zip(pairs[::-1][:closed], inside[depth:], strict=False)
    )
    return f"{opening} nous partons {closing}, a déclaré Awa Diarra."


def _monotonous(draw: random.Random) -> str:
    """Return one thing again and again: once in a while ten thousand times."""
    unit = "".join(
        draw.choice(draw.choice((MARKS, SPACES, WORDS, CONTROLS, COMBINING, OTHERS)))
        for _ in range(draw.randint(1, 3))
    )
    times = 10_000 if draw.random() < 0.02 else draw.choice((10, 40, 200))
    return (_passage(draw, 60) if draw.random() < 0.5 else "") + unit * min(times, 10_000 // len(unit))


def _page(draw: random.Random) -> str:
    """Return short paragraphs, titles, turns and lists."""
    heads = (
        "- ",
        "— ",
        "Q. ",
        "R : ",
        "Awa Diarra : ",
        "LE FLEUVE – ",
        "1) ",
        "* ",
        "« ",
        "\t",
        "",
        "",
        "Lire aussi : ",
    )
    ends = ("\n", "\n\n", "\r\n", "\u2028", " \n \n", "\n\n\n\n", "\v", "\r")
    return "".join(
        draw.choice(heads) + _passage(draw, 90) + draw.choice(("", " ?", " »", ".")) + draw.choice(ends)
        for _ in range(draw.randint(1, 8))
    )


KINDS: dict[float, Callable[[random.Random], str]] = {
    0.40: _mutated,
    0.18: _characters,
    0.20: _reporting,
    0.04: _nested,
    0.05: _monotonous,
    0.13: _page,
}


def problems(nlp: Language, numbers: Sequence[int]) -> Iterator[str]:
    """Yield what is wrong with the records of the texts of these numbers."""
    texts = [made(number) for number in numbers]
    begin = time.process_time()
    results = list(annotate(texts, nlp=nlp, batch_size=len(texts)))
    spent = time.process_time() - begin
    if spent > SECONDS + SECONDS_A_CHAR * sum(map(len, texts)):
        for number, text in zip(numbers, texts, strict=True):
            alone = _seconds(nlp, text)
            if alone > SECONDS + SECONDS_A_CHAR * len(text):
                yield f"{number}: {alone:.1f} s for {len(text)} characters"
    for number, text, result in zip(numbers, texts, results, strict=True):
        if isinstance(result, Failure):
            expected = not text.strip() or any("\ud800" <= char <= "\udfff" for char in text)
            if not expected or "pipeline" in result.reason:
                yield f"{number}: {result.reason}"
        else:
            yield from (f"{number}: {violation}" for violation in violations(result, text))
    for number, text in zip(numbers, texts, strict=True):
        if number % EVERY == 0 and text.strip():
            yield from (f"{number}: {slow}" for slow in superlinear(nlp, text))


def superlinear(nlp: Language, text: str) -> Iterator[str]:
    """Yield how the time grows when ``text`` is repeated, if it grows faster than the text does."""
    short = text * (GROWN_FROM // len(text) + 1)
    for _attempt in range(3):  # another program may have had the processor's caches
        grown = _seconds(nlp, short * TIMES) / _seconds(nlp, short)
        if grown <= GROWTH:
            return
    yield f"{TIMES} times {len(short)} characters take {grown:.1f} times as long: {text[:60]!r}"


def _seconds(nlp: Language, text: str) -> float:
    begin = time.process_time()
    list(annotate([text], nlp=nlp))
    return time.process_time() - begin


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=100_000, help="how many texts (100000)")
    parser.add_argument("--start", type=int, default=0, help="the first one's number (0)")
    parser.add_argument("--only", type=int, help="the number of one text to show and check")
    asked = parser.parse_args()
    nlp = load()
    if asked.only is not None:
        print(repr(made(asked.only)))
        found = list(problems(nlp, [asked.only]))
        print("\n".join(found) or "nothing wrong")
        return bool(found)
    count, begin = 0, time.process_time()
    for unit in dict.fromkeys([*MARKS, *SPACES, *CONTROLS, *COMBINING, *WORDS] if asked.start == 0 else ()):
        for problem in superlinear(nlp, unit):
            count += 1
            print(problem, flush=True)
    for start in range(asked.start, asked.start + asked.texts, TOGETHER):
        numbers = range(start, min(start + TOGETHER, asked.start + asked.texts))
        faulthandler.dump_traceback_later(600, exit=True)  # what hangs says where
        for problem in problems(nlp, numbers):
            count += 1
            print(problem, flush=True)
        if start % (TOGETHER * 100) == asked.start % (TOGETHER * 100):
            print(f"{numbers.stop:,} texts, {count} problems", file=sys.stderr, flush=True)
    print(
        f"{asked.texts:,} texts, {count} problems, {(time.process_time() - begin) / 60:.0f} min of processor"
    )
    return bool(count)


if __name__ == "__main__":
    sys.exit(main())
