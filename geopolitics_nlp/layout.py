"""Component ``gnlp_layout``: a page's text → blocks, interview turns, sentence starts, dates.

`read_page` reads the text alone (`blocks`, `interviews`, `dates`). The component writes what it found, cuts
the words that the page glued together, and starts a sentence at each block so that the parser does not run
across them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy
import regex
from spacy.language import Language
from spacy.tokens import Doc

from . import layers, tokens
from .blocks import LONG, Block, read_blocks
from .dates import Dated, find_dates
from .interviews import Turn, find_medium, read_turns


class Page(NamedTuple):
    """A page as read: blocks, turns, dates in order, and the offsets at which glued words come apart.

    ``medium`` bounds the name of who asks the questions of an interview, where no label tells.
    """

    blocks: list[Block]
    turns: list[Turn]
    dates: list[Dated]
    cuts: list[int]
    medium: tuple[int, int] | None = None


def read_page(text: str) -> Page:
    """Return the layout of ``text``: any string, in linear time.

    >>> page = read_page("Gao sans eau\\n\\n12 mars 2025\\n\\nLa ville de Gao manque d'eau depuis mardi.")
    >>> [block.kind for block in page.blocks], page.dates[0].iso
    (['headline', 'dateline', 'paragraph'], '2025-03-12')
    """
    blocks = read_blocks(text)
    turns = read_turns(text, blocks)
    _mark_lead(blocks)
    return Page(blocks, turns, _dates(text, blocks), _cuts(text, blocks), find_medium(text, turns))


_UNDER_LEAD = frozenset({"dateline", "byline", "navigation", "caption", "credit", "turn"})


def _mark_lead(blocks: list[Block]) -> None:
    """Mark the lead: the first paragraph under the headline, if something stands between it and the rest."""
    kinds = [block.kind for block in blocks]
    title = next((i for i, block in enumerate(blocks) if block.is_title), len(blocks))
    lead = next((i for i in range(title, len(blocks)) if kinds[i] in ("paragraph", "turn")), len(blocks))
    parted = lead + 1 < len(blocks) and kinds[lead + 1] in _UNDER_LEAD
    if parted and kinds[lead] == "paragraph" and {"paragraph", "turn"}.intersection(kinds[lead + 1 :]):
        blocks[lead].kind = "lead"


def _dates(text: str, blocks: list[Block]) -> list[Dated]:
    """Return the page's own dates: those of its date lines, bylines and datelines, else of what heads it."""
    found: list[Dated] = []
    heading: list[Dated] = []
    for block in blocks:
        if block.kind in ("dateline", "byline"):
            found += find_dates(text, block.start, block.end)
        elif "dateline" in block.attrs:
            found += find_dates(text, *block.attrs["dateline"])
        elif block.is_title or block.kind in ("rubric", "lead"):
            heading += find_dates(text, block.start, block.end)
    return found or heading


# Glued words

# Each looks behind only from its first character, which is rare: the other way round takes ten times as long.
_QUOTE_INSIDE = regex.compile(
    r"[«»“”„\"](?<=[\p{L}'’.,:].)(?=\p{L})|[«“\"](?<=\p{L}['’].)(?=\w)|:(?<=\p{L}:)(?=[«“„\"])",
)
# The whole run of stops or none of it (*+): lines of dots to fill in have thousands.
_STOP_INSIDE = regex.compile(r"[.!?…](?<=(?:\p{L}{3}|\d{4}|[\p{L}\d]»).)[.!?…]*+(?=\p{Lu}(?:['’]|\p{Ll}))")
_CREDIT_INSIDE = regex.compile(
    r"(?:Image|Photo|Crédit|Credit|Source|Vidéo)s?(?=\s{0,2}[:©/])(?<=[\p{L}\d]\p{Lu}\p{L}+)"
    r"|(?:photo|crédit)s?(?=\s{0,2}[:©])(?<=\p{Ll}{4}(?:photo|crédit)s?)"
)
_CAPITAL_INSIDE = regex.compile(r"\p{Lu}(?<=(?<![\p{L}\d#@/._-])\p{Ll}{4,40}\p{Lu})(?=\p{Ll}+(?![\p{L}\d]))")
# A sentence's first word after a name: `ReutersLa`.
_OPENER_INSIDE = regex.compile(
    r"(?:L[ae]s?|Une?|D[eu]s?|Dans|En|Au|Aux|Ils?|Elles?|Ce|Cet|Cette|Ces|Selon|Pour|Par|Sur|Après|Mais)(?=\s)"
    r"(?<=\p{Ll}{3}\p{Lu}\p{Ll}+)"
)
# The tokenizer takes the network for an initial: `a-t-il écrit sur X.`
_X_BEFORE_STOP = regex.compile(r"X(?<=\bsur X)(?=\.)")
_ADDRESS_BEFORE = regex.compile(r"[/@#]\S*\Z|www\S*\Z")


def _cuts(text: str, blocks: list[Block]) -> list[int]:
    """Return the offsets at which words stand glued: at blocks, marks, stops, credits, signatures."""
    cuts = {offset for block in blocks for offset in (block.start, block.end)}
    for block in blocks:
        if text.startswith(
            "\\", block.end
        ):  # a line break in two characters hid the final stop from the tokenizer
            cuts.add(block.start + len(text[block.start : block.end].rstrip('.!?…»”"')))
    for pattern in (_QUOTE_INSIDE, _CREDIT_INSIDE, _X_BEFORE_STOP):
        for match in pattern.finditer(text):
            cuts.update(match.span())
    for match in _STOP_INSIDE.finditer(text):
        if not _ADDRESS_BEFORE.search(text, max(0, match.start() - 40), match.start()):
            cuts.update(match.span())
    for pattern in (_CAPITAL_INSIDE, _OPENER_INSIDE):
        cuts.update(match.start() for match in pattern.finditer(text))
    for block in blocks:
        if block.end - block.start < LONG:
            cuts.update(_signature(text, block))
    return sorted(cuts)


_LAST_WORD = regex.compile(r"\p{Lu}[\p{L}'’-]*\Z")


def _signature(text: str, block: Block) -> Iterator[int]:
    """Yield where a signature (surname, initial) sticks to the last word of a line on its author."""
    content = text[block.start : block.end]
    last = _LAST_WORD.search(content)
    if not last:
        return
    for first, surname in pairwise(content[: last.start()].split()):
        signature = first[0] + surname if last.group().endswith(first[0] + surname) else surname
        offset = len(content) - len(signature)
        if (
            len(surname) > 3
            and surname[0].isupper()
            and content.endswith(signature)
            and offset > last.start()
        ):
            yield block.start + offset


def _cut_tokens(doc: Doc, cuts: Iterable[int]) -> Doc:
    """Return ``doc`` with its tokens cut at these offsets.

    It is a new doc where there is something to cut: the retokenizer takes quadratic time.
    """
    read = tokens.of(doc)
    inside: dict[int, list[int]] = defaultdict(list)
    for cut in cuts:
        i = bisect_right(read.start, cut) - 1
        if i >= 0 and read.start[i] < cut < read.start[i] + len(read.text[i]):
            inside[i].append(cut - read.start[i])
    if not inside:
        return doc
    words: list[str] = []
    spaces: list[bool] = []
    done = 0
    for i in sorted(inside):
        edges = [0, *inside[i], len(read.text[i])]
        words += [*read.text[done:i], *(read.text[i][a:b] for a, b in pairwise(edges))]
        spaces += [*read.spaced[done:i], *[False] * (len(edges) - 2), read.spaced[i]]
        done = i + 1
    words += read.text[done:]
    spaces += read.spaced[done:]
    cut_doc = Doc(doc.vocab, words=words, spaces=spaces, user_data=doc.user_data)
    cut_doc._context = doc._context  # what nlp.pipe(as_tuples=True) hands back beside the doc
    return cut_doc


class Layout:
    """The component; see `make_layout`."""

    def __call__(self, doc: Doc) -> Doc:
        """Return the doc with its layers "blocks" and "turns" and sentence starts, its glued words cut.

        A doc that carries annotations already keeps its tokens, a parsed one its sentences.
        """
        page = read_page(tokens.of(doc).whole)
        if not (doc.has_annotation("DEP") or doc.has_annotation("TAG") or doc.ents or doc.spans):
            doc = _cut_tokens(doc, page.cuts)
        self.set_annotations(doc, page)
        return doc

    def set_annotations(self, doc: Doc, page: Page) -> None:
        """Write a page into the doc of its text."""
        blocks = [layers.Item(block.start, block.end, block.kind, block.attrs) for block in page.blocks]
        turns = [
            layers.Item(
                turn.start,
                turn.end,
                turn.kind,
                {"label": turn.label and list(turn.label), "medium": turn.medium},
            )
            for turn in page.turns
        ]
        dates = [found._asdict() for found in page.dates]
        layers.write(doc, layers.BLOCKS, blocks, dates=dates, interview=bool(page.turns))
        layers.write(doc, layers.TURNS, turns, medium=page.medium and list(page.medium))
        if not doc.has_annotation("DEP") and page.blocks:
            starts = tokens.of(doc).start
            sent_starts: Any = numpy.zeros((len(doc), 1), dtype="uint64")  # 0: the parser decides
            sent_starts[[bisect_right(starts, block.start) - 1 for block in page.blocks]] = 1
            # At once: to set Token.is_sent_start looks through the whole doc each time.
            doc.from_array(["SENT_START"], sent_starts)


@Language.factory("gnlp_layout", assigns=["doc.spans", "token.is_sent_start"])
def make_layout(nlp: Language, name: str) -> Layout:
    """Make the component ``gnlp_layout``; it goes first in the pipeline, before the parser.

    >>> import spacy
    >>> nlp = spacy.blank("fr")
    >>> layout = nlp.add_pipe("gnlp_layout")
    >>> doc = nlp("Gao sans eau\\n\\nLa ville de Gao manque d'eau.")
    >>> [span.text for span in doc.spans["blocks"]]
    ['Gao sans eau', "La ville de Gao manque d'eau."]
    """
    return Layout()
