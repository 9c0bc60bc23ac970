"""``annotate()``: articles in, records out; lazily, in order, in one process or several.

A failure is a value: one article never stops the others. A batch whose annotation raises is done again
article by article, so that the error stays with its own; a worker process that dies is replaced, and the
articles that it held are tried once more, one at a time.
"""

from __future__ import annotations

import multiprocessing
import re
import signal
from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from hashlib import blake2b
from itertools import groupby, pairwise
from logging import getLogger
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, cast

from threadpoolctl import ThreadpoolController, threadpool_limits

from . import reading, records
from .records import Article, Entity, Failure, Quote, Record

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from spacy.language import Language
    from spacy.tokens import Doc

log = getLogger(__name__)

BATCH_SIZE = 16
MAX_CHARS = 1_000_000
# Levels of objects and arrays in an article's metadata.
_DEEPEST = 100
# Of repeated ids, how many are told one by one.
_REPORTED = 10
# A batch ends early at this many characters, so that a few long articles do not make one of hundreds of
# pages.
_BATCH_CHARS = 60_000
# Texts of more tokens than this go through the trained components in blocks of at most that many.
_LONG, _BLOCK = 5_000, 2_500
# Of the matrix products of a process: its matrices are small, and processes that have several get in each other's way.
_THREADS = 1
# No word, nor address, has as many characters.
_ENDLESS = re.compile(r"\S{500}(?=\S)")
# What the trained components set.
_TRAINED: list[int | str] = ["TAG", "POS", "MORPH", "DEP", "HEAD", "ENT_IOB", "ENT_TYPE"]

_Given = str | Mapping[str, Any] | Article | Failure | Record
# What annotating one text gives: its entities and quotations, or why there are none.
_Found = tuple[tuple[Entity, ...], tuple[Quote, ...]] | str


def annotate(
    articles: Iterable[_Given],
    *,
    nlp: Language | None = None,
    n_process: int = 1,
    batch_size: int = BATCH_SIZE,
    max_chars: int = MAX_CHARS,
) -> Generator[Record | Failure, None, None]:
    """Yield the `Record` of each article, or the `Failure` that says why there is none, in order.

    Articles are texts, mappings with at least a text (``{"id": …, "text": …}``, see `reading.article`),
    `Article`s. A `Failure` (of reading) or a `Record` (of an earlier run) among them passes through. They are taken
    as they are needed, a batch at a time. An article without an id gets one made from its text.

    ``nlp`` is the pipeline, `load()` by default. ``n_process`` processes share the work; records do not
    depend on it, nor on ``batch_size``, the most articles that go through the pipeline together. Articles of
    more than ``max_chars`` characters are failures.

    >>> for record in annotate(["« Nous partons », a déclaré Awa Diarra."]):
    ...     print(record.quotes[0].text)
    Nous partons
    """
    if isinstance(articles, str | Mapping | Article):
        raise TypeError(
            f"annotate takes an iterable of articles, got one {type(articles).__name__}: put it in a list."
        )
    for name, value in {"n_process": n_process, "batch_size": batch_size, "max_chars": max_chars}.items():
        if value < 1:
            raise ValueError(f"{name} must be 1 or more: got {value}.")
    return _annotate(articles, nlp, n_process, batch_size, max_chars)


def _annotate(
    articles: Iterable[_Given],
    nlp: Language | None,
    n_process: int,
    batch_size: int,
    max_chars: int,
) -> Generator[Record | Failure, None, None]:
    if nlp is None:
        from .pipeline import load

        nlp = load()
    batches = _batches(_checked(articles, max_chars), batch_size)
    if n_process == 1:
        libraries = ThreadpoolController()
        for batch in batches:
            with libraries.limit(limits=_THREADS):
                batch.found = _found(nlp, batch.texts)
            yield from batch.results()
    else:
        with _Workers(nlp, n_process) as workers:
            for batch in workers.run(batches):
                yield from batch.results()


def _checked(articles: Iterable[_Given], max_chars: int) -> Iterator[Article | Failure | Record]:
    """Yield articles that can be annotated and have an id, records, and failures for the others."""
    seen = _Ids()
    repeated = 0
    for position, given in enumerate(articles, 1):
        item = _article(given)
        if isinstance(item, Article):
            reason = _unfit(item.text, max_chars) or _unfit_meta(item.meta)
            if reason is not None:
                item = Failure(item.id or item.where or f"article {position}", reason, item.where)
            elif item.id is None:
                item = replace(item, id=_content_id(item.text))
        elif not item.id:
            item = replace(item, id=f"article {position}")
        if not isinstance(item, Failure) and not seen.add(item.id):
            repeated += 1
            if repeated <= _REPORTED:
                where = getattr(item, "where", None) or f"article {position}"
                log.warning("%s: the id %r was given to an article before", where, item.id)
        yield item
    if repeated > _REPORTED:
        log.warning("%d more articles have an id that was given before", repeated - _REPORTED)


class _Ids:
    """A set of ids, of which it keeps a hash: it is all of a run that grows, by 12 to 24 bytes an article.

    A table with open addressing, as a set of Python takes 80.
    """

    def __init__(self) -> None:
        self._table = array("q", bytes(8 * 1024))
        self._count = 0

    def add(self, id: str | None) -> bool:
        """Add an id; tell whether it is new."""
        key = hash(id) or 1  # 0 is a free place
        place = self._place(key)
        if self._table[place]:
            return False
        self._table[place] = key
        self._count += 1
        if 3 * self._count > 2 * len(self._table):
            old, self._table = self._table, array("q", bytes(2 * 8 * len(self._table)))
            for key in filter(None, old):
                self._table[self._place(key)] = key
        return True

    def _place(self, key: int) -> int:
        """Return where a key is, or the free place for it."""
        last = len(self._table) - 1
        place = key & last
        while self._table[place] not in (0, key):
            place = place + 1 & last
        return place


def _article(given: _Given) -> Article | Failure | Record:
    if isinstance(given, Article | Failure | Record):
        return given
    if isinstance(given, str):
        return Article(given)
    if isinstance(given, Mapping):
        return reading.article(given)
    return Failure("", f"An article must be a string, a mapping or an Article: got {type(given).__name__}.")


def _unfit(text: str, max_chars: int) -> str | None:
    if not isinstance(text, str):
        return f"The text must be a string: got {type(text).__name__}."
    if not text:
        return "The text is empty."
    if text.isspace():
        return "The text is only white space."
    if len(text) > max_chars:
        return f"The text has {len(text):,} characters: split it, or raise the limit of {max_chars:,}."
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"The text is not valid Unicode: half a surrogate pair at character {error.start}."
    return None


def _unfit_meta(meta: dict[str, Any]) -> str | None:
    """Say what would go to the limits of JSON, which are others in each process."""
    level: list[Any] = [meta]
    levels = 0
    while level and levels <= _DEEPEST:
        levels += 1
        inside = [
            inner for value in level for inner in (value.values() if isinstance(value, dict) else value)
        ]
        level = [value for value in inside if isinstance(value, dict | list | tuple)]
    return f"The metadata are nested in more than {_DEEPEST} levels." if levels > _DEEPEST else None


def _content_id(text: str) -> str:
    """Return an id that any run on any machine makes of the same text."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(slots=True)
class _Batch:
    items: list[Article | Failure | Record]
    texts: list[str] = field(init=False)
    found: list[_Found | None] = field(init=False)

    def __post_init__(self) -> None:
        self.texts = [item.text for item in self.items if isinstance(item, Article)]
        self.found = [None] * len(self.texts)

    def results(self) -> Iterator[Record | Failure]:
        found = iter(self.found)
        for item in self.items:
            if not isinstance(item, Article):
                yield item
                continue
            what = next(found)
            if isinstance(what, tuple):
                yield records.complete(item, *what)
            else:
                yield Failure(item.id or "", str(what), item.where)


def _batches(items: Iterable[Article | Failure | Record], size: int) -> Iterator[_Batch]:
    batch: list[Article | Failure | Record] = []
    chars = 0
    for item in items:
        batch.append(item)
        chars += len(item.text) if isinstance(item, Article) else 0
        if len(batch) >= size or chars >= _BATCH_CHARS:
            yield _Batch(batch)
            batch, chars = [], 0
    if batch:
        yield _Batch(batch)


# In one process


def _found(nlp: Language, texts: list[str]) -> list[_Found | None]:
    """Annotate ``texts`` together; when that fails, one by one, so that the error stays with its own."""
    try:
        # What the vocabulary learns of these texts is forgotten with them: it would grow with the corpus.
        nested = nlp.vocab.in_memory_zone  # type: ignore[attr-defined]
        with nullcontext() if nested else nlp.memory_zone():
            return [(records.entities(doc), records.quotes(doc)) for doc in _processed(nlp, texts)]
    except Exception as error:
        if len(texts) > 1:
            return [_found(nlp, [text])[0] for text in texts]
        return [" ".join(f"The pipeline failed on it: {type(error).__name__}: {error}".split())[:500]]


def _processed(nlp: Language, texts: list[str]) -> list[Doc]:
    docs = [_tokenized(nlp, text) for text in texts]
    short = [doc for doc in docs if len(doc) <= _LONG]
    done = list(nlp.pipe(short, batch_size=len(texts)))
    if len(done) < len(short):
        raise ValueError("A component dropped the article.")
    following = iter(done)
    return [next(following) if len(doc) <= _LONG else _processed_long(nlp, doc) for doc in docs]


def _tokenized(nlp: Language, text: str) -> Doc:
    """Return the tokens of ``text``, which may be longer than `nlp.make_doc` allows.

    The tokenizer's time is quadratic in a run of marks without white space (13 s for 10,000 « in a row), so what is
    far longer than any word is cut.
    """
    cuts = [0, *(match.end() for match in _ENDLESS.finditer(text)), len(text)]
    if len(cuts) == 2:
        return nlp.tokenizer(text)
    from spacy.tokens import Doc

    tokens = [token for a, b in pairwise(cuts) for token in nlp.tokenizer(text[a:b])]
    words, spaces = [token.text for token in tokens], [bool(token.whitespace_) for token in tokens]
    return Doc(nlp.vocab, words, spaces)


def _processed_long(nlp: Language, doc: Doc) -> Doc:
    """Run the pipeline over a long text: what the trained components do, block by block.

    They look at a few tokens at a time, but need 17 kB of memory for each of the whole. In blocks, an article
    of 900,000 characters takes 0.2 GB in place of 3, and half the time.
    """
    from spacy.pipeline import DependencyParser, EntityRecognizer, Tagger, Tok2Vec

    local = (Tok2Vec, Tagger, DependencyParser, EntityRecognizer)
    for is_local, pipes in groupby(nlp.pipeline, key=lambda pipe: isinstance(pipe[1], local)):
        if is_local:
            _run_in_blocks([pipe for _, pipe in pipes], doc)
        else:
            for _, pipe in pipes:
                doc = pipe(doc)
    return doc


def _run_in_blocks(pipes: Iterable[Callable[[Doc], Doc]], doc: Doc) -> None:
    import numpy

    blocks = [
        reduce(lambda block, pipe: pipe(block), pipes, doc[start:end].as_doc())
        for start, end in pairwise(_cuts(doc))
    ]
    arrays = [block.to_array(_TRAINED) for block in blocks]
    doc.from_array(_TRAINED, numpy.concatenate(arrays))  # type: ignore[arg-type]
    doc.tensor = numpy.concatenate([block.tensor for block in blocks])


def _cuts(doc: Doc) -> Iterator[int]:
    """Yield where blocks begin and end: where a sentence seems to begin, if one does in the second half."""
    cut = 0
    while cut < len(doc):
        yield cut
        furthest = cut + _BLOCK
        if furthest < len(doc):
            nearer = range(furthest, cut + _BLOCK // 2, -1)
            starts = (i for i in nearer if doc[i].is_sent_start or doc[i - 1].text in {".", "!", "?", "…"})
            cut = next(starts, furthest)
        else:
            cut = len(doc)
    yield len(doc)


# In several


@dataclass(slots=True, eq=False)
class _Task:
    """Texts for a worker: those of a batch at these positions."""

    batch: _Batch
    positions: list[int]
    is_retry: bool = False

    @property
    def texts(self) -> list[str]:
        return [self.batch.texts[i] for i in self.positions]

    def done(self, found: list[_Found | None]) -> None:
        for i, what in zip(self.positions, found, strict=True):
            self.batch.found[i] = what


class _Workers:
    """Processes that annotate; one that dies is replaced.

    Each does one task at a time, so that neither side ever waits for the other to empty a pipe.
    """

    def __init__(self, nlp: Language, count: int) -> None:
        self._nlp = nlp
        self._count = count
        self._processes: dict[Connection, BaseProcess] = {}
        self._busy: dict[Connection, _Task] = {}

    def __enter__(self) -> _Workers:
        for _ in range(self._count):
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        for connection, process in self._processes.items():
            connection.close()
            process.terminate()
        for process in self._processes.values():
            process.join()

    def run(self, batches: Iterator[_Batch]) -> Iterator[_Batch]:
        """Yield the batches, annotated, in order; only a few are under way or wait to be yielded."""
        under_way: deque[_Batch] = deque()
        tasks: deque[_Task] = deque()
        exhausted = False
        while True:
            for connection in [idle for idle in self._processes if idle not in self._busy]:
                if not tasks and not exhausted and len(under_way) < 4 * self._count:
                    batch = next(batches, None)
                    if batch is None:
                        exhausted = True
                    else:
                        under_way.append(batch)
                        if batch.texts:
                            tasks.append(_Task(batch, list(range(len(batch.texts)))))
                if tasks:
                    self._send(connection, tasks.popleft())
            while under_way and None not in under_way[0].found:
                yield under_way.popleft()
            if self._busy:
                for connection in cast(list[Connection], wait(list(self._busy))):
                    tasks.extendleft(self._receive(connection))
            elif exhausted and not under_way:
                return

    def _send(self, connection: Connection, task: _Task) -> None:
        self._busy[connection] = task
        with suppress(BrokenPipeError):  # it died: receiving says so
            connection.send(task.texts)

    def _receive(self, connection: Connection) -> list[_Task]:
        """Store what a worker has found; return the tasks to do again when it has died instead."""
        task = self._busy.pop(connection)
        try:
            task.done(connection.recv())
        except (EOFError, OSError):
            process = self._processes.pop(connection)
            connection.close()
            process.join()
            self._start()
            if not task.is_retry:
                return [_Task(task.batch, [i], is_retry=True) for i in task.positions]
            task.done([f"The worker process died on it, twice (exit code {process.exitcode})."])
        return []

    def _start(self) -> None:
        context = multiprocessing.get_context()
        ours, theirs = context.Pipe()
        # A forked process holds copies of our ends: it must close them, or no worker would see that we are
        # gone.
        inherited = [*self._processes, ours] if context.get_start_method() == "fork" else []
        process = context.Process(target=_work, args=(self._nlp, theirs, inherited), daemon=True)
        process.start()
        theirs.close()
        self._processes[ours] = process


def _work(nlp: Language, connection: Connection, inherited: list[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us, which ends us
    for other in inherited:
        other.close()
    with threadpool_limits(_THREADS), suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(_found(nlp, connection.recv()))
