"""The command's own store: statements of one run, in a temporary DuckDB file, given back child by child.

Files arrive in any order and a county's do not fit in memory, so each statement is set down once as it is
read and taken up once, sorted by child. Nothing outlives the run. (The site keeps its statements in
PostgreSQL for good.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from throughline.feeds.base import Statement

_BATCH = 20_000
_CELL = "\x1f"  # never in a cell: sources refuse control characters
_SCHEMA = pa.schema([("person", pa.int32()), ("shape", pa.int32()), ("row", pa.int32()), ("said", pa.string())])


class Store:
    """Statements by child. Use as a context manager; the file goes with it."""

    def __init__(self, folder: Path, *, memory_mb: int = 160) -> None:
        """`folder` must exist and is where DuckDB may spill; `memory_mb` bounds what it keeps in memory."""
        self._path = folder / "statements.duckdb"
        self._db = duckdb.connect(str(self._path))
        self._db.execute(f"SET memory_limit = '{memory_mb}MB'; SET preserve_insertion_order = false")
        self._db.execute(f"SET temp_directory = '{folder / 'spill'}'")
        self._db.execute("CREATE TABLE statement (person INTEGER, shape INTEGER, row INTEGER, said VARCHAR)")
        self._persons: dict[str, int] = {}
        self._shapes: dict[tuple[str, str, str, str, str], int] = {}
        self._pending: tuple[list[int], list[int], list[int], list[str]] = ([], [], [], [])

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)

    def add(self, s: Statement) -> None:
        """Set one statement down. Its cells as given are not kept: the file is still there to look at."""
        feed, table, file, row, record_id, key, values, outcome, said_by, recorded_at, _, _ = s
        person = self._persons.get(key)
        if person is None:
            person = self._persons[key] = len(self._persons)
        shape_key = (feed, table, file, outcome, said_by)
        shape = self._shapes.get(shape_key)
        if shape is None:
            shape = self._shapes[shape_key] = len(self._shapes)
        persons, shapes, rows, said = self._pending
        persons.append(person)
        shapes.append(shape)
        rows.append(row)
        said.append(_CELL.join((record_id, recorded_at.isoformat() if recorded_at else "", *values)))
        if len(rows) >= _BATCH:
            self._flush()

    def children(self, child_of: Mapping[str, int]) -> Iterator[tuple[int, list[Statement]]]:
        """Each child's number with all its statements, in the order feed, table, file, row.

        `child_of` maps `Statement.person` keys to child numbers (0, 1, ...); children come in that order.
        """
        self._flush()
        numbers = pa.array([child_of[key] for key in self._persons], type=pa.int32())
        link = pa.table({"person": pa.array(range(len(numbers)), type=pa.int32()), "child": numbers})
        self._db.register("link", link)
        order = {i: n for n, (_, i) in enumerate(sorted((k, i) for k, i in self._shapes.items()))}
        shapes = pa.table(
            {
                "shape": pa.array(list(order), type=pa.int32()),
                "place": pa.array(list(order.values()), type=pa.int32()),
            }
        )
        self._db.register("shapes", shapes)
        self._db.execute(
            "SELECT child, person, shape, row, said"
            " FROM statement JOIN link USING (person) JOIN shapes USING (shape) ORDER BY child, place, row"
        )
        yield from self._grouped()

    def _grouped(self) -> Iterator[tuple[int, list[Statement]]]:
        keys, shapes = list(self._persons), list(self._shapes)
        child, statements = -1, list[Statement]()
        while batch := self._db.fetchmany(_BATCH):
            for number, person, shape, row, said in batch:
                if number != child:
                    if statements:
                        yield child, statements
                    child, statements = number, []
                feed, table, file, outcome, said_by = shapes[shape]
                record_id, recorded, *values = said.split(_CELL)
                recorded_at = _recorded(recorded) if recorded else None
                statements.append(
                    Statement(
                        feed, table, file, row, record_id, keys[person], tuple(values), outcome, said_by, recorded_at
                    )
                )
        if statements:
            yield child, statements

    def _flush(self) -> None:
        if not self._pending[0]:
            return
        columns: list[Any] = [
            pa.array(column, type=field.type) for column, field in zip(self._pending, _SCHEMA, strict=True)
        ]
        self._db.register("pending", pa.table(columns, schema=_SCHEMA))
        self._db.execute("INSERT INTO statement SELECT * FROM pending")
        self._db.unregister("pending")
        self._pending = ([], [], [], [])


def _recorded(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
