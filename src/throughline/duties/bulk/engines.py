"""Where the queries run: Ibis says each in the engine's own SQL, the engine sets small tables down and runs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

import duckdb
import ibis
import pyarrow as pa


class Engine(Protocol):
    """What holds the facts, or reads them as Parquet, and answers queries about them."""

    dialect: str
    """Of its SQL, as Ibis calls it."""

    def set_down(self, tables: Mapping[str, pa.Table]) -> None:
        """Make these small tables, by name, in place of any of that name."""

    def keep(self, name: str, query: str) -> None:
        """Make a table of what a query finds, in place of any of that name."""

    def ready(self, query: str, steps: Mapping[str, str]) -> str:
        """The query in a form that can be run, its steps before it."""

    def as_of(self, day: date) -> None:
        """Answer ``bulk_as_of()`` with this day from now on."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds, little."""


class DuckDB:
    """A folder or a county, in this process."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def set_down(self, tables: Mapping[str, pa.Table]) -> None:
        """See `Engine`."""
        for name, table in tables.items():
            self._connection.register("bulk_rows", table)
            self.keep(name, "SELECT * FROM bulk_rows")
            self._connection.unregister("bulk_rows")

    def keep(self, name: str, query: str) -> None:
        """See `Engine`."""
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')

    def ready(self, query: str, steps: Mapping[str, str]) -> str:
        """See `Engine`."""
        before = ", ".join(f"{name} AS ({step})" for name, step in steps.items())
        return f"WITH {before} {query}" if before else query

    def as_of(self, day: date) -> None:
        """See `Engine`."""
        self._connection.execute(f"CREATE OR REPLACE TEMP MACRO bulk_as_of() AS DATE '{day.isoformat()}'")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        return self._connection.execute(query).fetchall()


class Spark:
    """A country: a Spark session, which the caller opens and closes: in UTC (`spark.sql.session.timeZone`), and with
    what is not in a list as null (`spark.sql.ansi.enabled` false), as it is in DuckDB."""

    def __init__(self, session: Any) -> None:
        """`session`: a ``pyspark.sql.SparkSession``; PySpark is an extra."""
        self.dialect = ibis.pyspark.name  # asked of Ibis, which then knows how to say a literal to Spark
        self._session = session

    def set_down(self, tables: Mapping[str, pa.Table]) -> None:
        """See `Engine`."""
        for name, table in tables.items():
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def keep(self, name: str, query: str) -> None:
        """See `Engine`."""
        # Worked out at once: Spark would put one step into the next, and plan the whole for longer than it runs.
        self._session.sql(query).localCheckpoint().createOrReplaceTempView(name)

    def ready(self, query: str, steps: Mapping[str, str]) -> str:
        """See `Engine`."""
        for name, step in steps.items():
            self.keep(name, step)
        return query

    def as_of(self, day: date) -> None:
        """See `Engine`."""
        said = f"RETURNS DATE RETURN DATE'{day.isoformat()}'"
        self._session.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION bulk_as_of() {said}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        return [tuple(row) for row in self._session.sql(query).collect()]
