"""Which encoding a file is in: UTF-8, or the older encoding of French that fits it best, or none.

Old archives are in windows-1252, Mac OS Roman or code page 850, and a reader that guesses among all the encodings of
the world takes short French texts for Turkish or Chinese. Here the choice is among those of French, by how much the
text then looks like French; what looks like it in none is refused.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

log = logging.getLogger(__name__)

UNDECODED = (
    "The text is not UTF-8, nor in an older encoding of French that could be recognised "
    "(windows-1252, ISO 8859-1 and -15, Mac OS Roman, code page 850, UTF-16 with its mark): convert it."
)
# The older encodings of French, the likeliest first; the last two take some of what is French in the others
# for it.
_OLDER = {"cp1252": 0.0, "iso8859_15": 0.0, "latin_1": 0.0, "mac_roman": 0.4, "cp850": 0.4}
# The characters beyond ASCII that French is written with; capitals and those of foreign names are rare.
_FRENCH = dict.fromkeys("àâçéèêëîïôùûœ«»’‘“”–—…€°\xa0", 1.0)
_FRENCH |= dict.fromkeys("äöüÿæáíóúñÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ•·", 0.4)
_FRENCH_ENOUGH = 0.35
# Bytes beyond ASCII, however short the text, and as a share of the ASCII letters: French has 5 %, Russian a
# hundred.
_FEW_BEYOND, _MOST_BEYOND = 4, 0.3
_MOST_CONTROLS = 0.01
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPED = re.compile("[\udc80-\udcff]")


class Decoder:
    """Decodes a file, whole or in parts: as UTF-8, else in the older encoding that fits best.

    ``encoding`` is the older one, once it was needed; a warning names it.
    """

    def __init__(self, file: object) -> None:
        self._file = file
        self.encoding: str | None = None

    @property
    def meta(self) -> dict[str, str]:
        """What a record's ``meta`` says of the encoding: nothing when it is UTF-8."""
        return {"encoding": self.encoding} if self.encoding else {}

    def decode(self, data: bytes, declared: str | None = None) -> str:
        """Return ``data`` as text. ``declared`` is the encoding that the file itself says it has.

        Raises `UnicodeError` with a message for the user.
        """
        with suppress(UnicodeDecodeError):
            return data.decode()
        for encoding in [self.encoding] if self.encoding else [declared, _recognised(data)]:
            if encoding is not None:
                with suppress(UnicodeDecodeError, LookupError):
                    text = data.decode(encoding)
                    self._adopt(encoding)
                    return text
        raise UnicodeError(UNDECODED)

    def parts(self, data: Iterable[bytes]) -> Iterator[str]:
        """Yield the text of each part of a file; one that cannot be decoded satisfies `is_undecoded`.

        Parts are lines, or end between two characters. Those of UTF-16 are yielded as lines.
        """
        data = iter(data)
        first = next(data, b"")
        if first.startswith(_UTF_16):
            self._adopt("utf_16")
            yield from _utf_16_lines(chain([first], data))
            return
        for part in chain([first], data):
            try:
                yield self.decode(part)
            except UnicodeError:
                yield part.decode(errors="surrogateescape")

    def _adopt(self, encoding: str) -> None:
        if self.encoding is None:
            log.warning("%s: not UTF-8; read as %s", self._file, encoding)
            self.encoding = encoding


def is_undecoded(text: str) -> bool:
    """Tell whether `Decoder.parts` could not decode ``text``."""
    return _ESCAPED.search(text) is not None


def _recognised(data: bytes) -> str | None:
    """Return the older encoding in which ``data`` reads most like French, None when it does in none."""
    if data.startswith(_UTF_16):
        return "utf_16"
    codes = Counter(data)
    beyond = sum(count for code, count in codes.items() if code > 127)
    letters = sum(count for code, count in codes.items() if code < 128 and chr(code).isalpha())
    controls = sum(count for code, count in codes.items() if code < 32 and chr(code) not in "\t\n\f\r")
    if beyond > _FEW_BEYOND + _MOST_BEYOND * letters or controls > _MOST_CONTROLS * len(data):
        return None
    scores = {}
    for encoding, handicap in _OLDER.items():
        with suppress(UnicodeDecodeError):
            chars = Counter(data.decode(encoding))
            likeness = sum(_FRENCH.get(char, 0.0) * count for char, count in chars.items()) / beyond
            scores[encoding] = likeness - handicap
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= _FRENCH_ENOUGH else None


def _utf_16_lines(data: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf_16")()
    rest = ""
    for chunk in data:
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (line + "\n" for line in whole)
    yield rest + decoder.decode(b"", final=True)
