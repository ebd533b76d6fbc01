"""The queries find on Spark what the live engine finds, on lives nobody thought of (`make test-spark`)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Any

import pytest

import lives
from throughline import words
from throughline.duties import bulk, rulebook
from throughline.timeline import Line

pyspark = pytest.importorskip("pyspark", reason="PySpark is an extra: run make test-spark")

LIVES = 200
DAY = date(2026, 3, 31)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of a pandas newer than it knows, which is not used here
        from pyspark.sql import SparkSession

        settings = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.driver.memory": "4g",
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
        }
        session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


class OnSpark(lives.World):
    """The same, with the facts in Spark."""

    session: Any

    def set_wise(self, lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
        for name, table in bulk.tables(bulk.rows(enumerate(lines), words.states())).items():
            self.session.createDataFrame(table).createOrReplaceTempView(name)
        for _, query in bulk.evaluate(bulk.Spark(self.session), self.rulebook, self.coverage, self.day):
            yield from self.session.sql(query).toArrow().to_pylist()


def test_the_engine_and_spark_find_the_same_instances(session: Any) -> None:
    random, book = Random(7), rulebook()
    known = lives.world(book, random, DAY)
    drawn = [lives.life(book, random) for _ in range(LIVES)]
    world = OnSpark(book, known.coverage, DAY)
    world.session = session
    live, found = world.both(drawn)
    differing = [n for n, (one, other) in enumerate(zip(live, found, strict=True)) if one != other]
    assert sum(map(len, live)) > LIVES
    assert not differing, known.told(drawn[differing[0]])
