"""Dates as French pages write them: « jeudi 3 avril 2025 », « 03/04/2025 », « 9 fev 2025 », « le 15 mai »."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import regex

from .lexicons import fold, unaccented

_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "avril": 4, "avr": 4,
    "mai": 5, "juin": 6, "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "sep": 9, "octobre":
    10, "oct": 10, "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
DATE = regex.compile(
    r"""(?ix) (?<![\w/.-])
    (?: (?: (?:lun|mar|mercre|jeu|vendre|same)di\.?,?\s{1,2} | dimanche,?\s{1,2} )?
        (?P<day>1\s?er|premier|0?[1-9]|[12]\d|3[01]) \s{1,2}
        (?P<month>janv(?:ier)?|jan|f[ée]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t
            |sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?) (?!\w)
        (?: \.?,?\s{1,2} (?P<year>(?:19|20)\d\d) )?
      | (?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)
      | (?P<day>\d{1,2}) (?P<separator>[/.-]) (?P<month>\d{1,2}) (?P=separator) (?P<year>(?:20)?\d\d)
    ) (?![\w/])"""
)


class Dated(NamedTuple):
    """A date in a text: character offsets, and ISO 8601 (``--05-15`` when it has no year)."""

    start: int
    end: int
    iso: str


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[Dated]:
    """Yield the dates of ``text`` between two offsets, in order; what is no day of the calendar is left out.

    >>> [found.iso for found in find_dates("Publié le 12/11/2025, réuni le 15 mai")]
    ['2025-11-12', '--05-15']
    """
    for match in DATE.finditer(text, start, len(text) if end is None else end):
        month, day, year = unaccented(fold(match["month"])), match["day"], match["year"]
        if year and len(year) == 2:
            year = f"20{year}"
        try:
            # 2000 was a leap year: without a year, 29 February is possible.
            found = date(
                int(year or 2000), _MONTHS.get(month) or int(month), int(day) if day.isdigit() else 1
            )
        except ValueError:
            continue
        yield Dated(match.start(), match.end(), found.isoformat() if year else f"-{found:-%m-%d}")
