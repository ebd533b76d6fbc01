"""The command's own store: statements of one run, in a temporary DuckDB file, given back child by child.

Files arrive in any order and a county's do not fit in memory, so each statement is set down once as it is
read and taken up once, sorted by child. Nothing outlives the run. (The site keeps its statements in
PostgreSQL for good.)
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from throughline.feeds.base import Statement

_BATCH = 2_048
"""Statements turned into columns at once: few enough to be still in the processor's cache."""
_BATCHES = 32
"""Batches set down in the file at once."""
_TAKEN_UP = 4_096
"""Children taken up at once: what is sorted in memory."""
_WRITING_MB, _READING_MB = 96, 64
"""What DuckDB keeps in memory at most."""
_CELL = "\x1f"  # never in a cell: sources refuse control characters
_COLUMNS = {
    "person": pa.int32(),
    "shape": pa.int32(),
    "row": pa.int32(),
    "record": pa.string(),
    "recorded": pa.string(),
    "cells": pa.string(),
}
_SCHEMA = pa.schema(list(_COLUMNS.items()))
_TABLE = "CREATE TABLE statement (person INT, shape INT, row INT, record VARCHAR, recorded VARCHAR, cells VARCHAR)"
_CHILDREN = (
    "SELECT child, person, shape, row, record, recorded, cells"
    " FROM statement JOIN link USING (person) JOIN shapes USING (shape)"
    " ORDER BY child, place, row"
)
Shape = tuple[str, str, str, str, str, int]
"""What many statements have alike: feed, table, file, outcome, agency, rows stood for."""
_shape_of = itemgetter(0, 1, 2, 7, 8, 12)
_new = tuple.__new__


class _Numbers(dict[Any, int]):
    """Numbers things in the order they are first met."""

    def __missing__(self, thing: Any) -> int:
        self[thing] = number = len(self)
        return number


class Store:
    """Statements by child. Use as a context manager; the file goes with it.

    All statements are added, it is finished, then they are taken up by as many processes at once as like:
    each opens the file for itself, to read only.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` must exist and is where DuckDB may spill."""
        self._folder = folder
        self._path = folder / "statements.duckdb"
        self._db: Any = self._connect(_WRITING_MB, read_only=False)
        # What lives for a minute is not worth compressing: that took half the time of setting down.
        self._db.execute("SET force_compression = 'uncompressed'")
        self._db.execute(_TABLE)
        self._persons = _Numbers()
        self._people, self._children, self._keys = array("i"), array("i"), list[str]()
        self._shapes = _Numbers()
        self._pending: list[Statement] = []
        self._batches: list[Any] = []
        # DuckDB writes what has been handed over while more is read: it does not hold the interpreter.
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._written: Future[None] | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        self._path.unlink(missing_ok=True)

    def add(self, statement: Statement) -> None:
        """Set one statement down. Its cells as given are not kept: the file is still there to look at."""
        pending = self._pending
        pending.append(statement)
        if len(pending) >= _BATCH:
            self._take_in(pending)

    def about(self) -> list[str]:
        """Whom or what the statements added so far are about: each `Statement.person` once."""
        self._take_in(self._pending)
        return list(self._persons)

    def finish(self, child_of: Mapping[str, int]) -> None:
        """Say that all has been added, and whose it is: `Statement.person` -> the child's number (0, 1, ...).

        The file is closed, and from now on only read. What is kept is in arrays, which processes that part
        from here go on sharing; they would not share a dictionary they look into.
        """
        self._take_in(self._pending)
        self._hand_over()
        self._close()
        child_of_person = [child_of[key] for key in self._persons]
        self._people = array("i", sorted(range(len(child_of_person)), key=child_of_person.__getitem__))
        self._children = array("i", sorted(child_of_person))
        self._keys = list(self._persons)
        self._persons.clear()

    def children(self, numbers: range | None = None) -> Iterator[tuple[int, list[Statement]]]:
        """Each child's number with all its statements, in the order feed, table, file, row.

        Children come in the order of their numbers, all of them or those of `numbers`.
        """
        if numbers is None:
            numbers = range(self._children[-1] + 1 if self._children else 0)
        with self._connect(_READING_MB, read_only=True) as db:
            db.register("shapes", self._places())
            for first in range(numbers.start, numbers.stop, _TAKEN_UP):
                low = bisect_left(self._children, first)
                high = bisect_left(self._children, min(first + _TAKEN_UP, numbers.stop))
                db.register("link", _numbers_table(person=self._people[low:high], child=self._children[low:high]))
                yield from self._grouped(db.execute(_CHILDREN))

    # -- setting down ---------------------------------------------------------------------------------

    def _connect(self, memory_mb: int, *, read_only: bool) -> Any:
        db = duckdb.connect(str(self._path), read_only=read_only)
        db.execute(f"SET memory_limit = '{memory_mb}MB'; SET preserve_insertion_order = false; SET threads = 1")
        db.execute(f"SET temp_directory = '{self._folder / 'spill'}'")
        return db

    def _take_in(self, statements: list[Statement]) -> None:
        """Turn statements into columns; set them down when there are many. The list is emptied."""
        if not statements:
            return
        _, _, _, rows, records, persons, values, _, _, recorded, _, _, _ = zip(*statements, strict=True)
        columns: list[Any] = [
            list(map(self._persons.__getitem__, persons)),
            list(map(self._shapes.__getitem__, map(_shape_of, statements))),
            rows,
            records,
            [when and when.isoformat() for when in recorded],
            list(map(_CELL.join, values)),
        ]
        arrays = [pa.array(column, type=kind) for column, kind in zip(columns, _COLUMNS.values(), strict=True)]
        self._batches.append(pa.record_batch(arrays, schema=_SCHEMA))
        statements.clear()
        if len(self._batches) >= _BATCHES:
            self._hand_over()

    def _hand_over(self) -> None:
        """Have what is ready set down, once what was handed over before has been."""
        self._wait()
        if self._batches:
            self._written = self._writer.submit(self._set_down, pa.Table.from_batches(self._batches))
            self._batches = []

    def _set_down(self, statements: Any) -> None:
        self._db.register("pending", statements)
        self._db.execute("INSERT INTO statement SELECT * FROM pending")
        self._db.unregister("pending")

    def _wait(self) -> None:
        """Until nothing is being set down; raises what went wrong in it."""
        if self._written is not None:
            written, self._written = self._written, None
            written.result()

    def _close(self) -> None:
        if self._db is not None:
            try:
                self._wait()
            finally:
                self._writer.shutdown()
                self._db.close()
                self._db = None

    # -- taking up ------------------------------------------------------------------------------------

    def _places(self) -> Any:
        """Where each shape stands in order: by feed, table, file."""
        order = [number for _, number in sorted((shape, number) for shape, number in self._shapes.items())]
        return _numbers_table(shape=order, place=range(len(order)))

    def _grouped(self, found: Any) -> Iterator[tuple[int, list[Statement]]]:
        keys, shapes = self._keys, list(self._shapes)
        child, statements = -1, list[Statement]()
        while batch := found.fetchmany(_BATCH):
            for number, person, shape, row, record, recorded, cells in batch:
                if number != child:
                    if statements:
                        yield child, statements
                    child, statements = number, []
                feed, table, file, outcome, said_by, stands_for = shapes[shape]
                values = tuple(cells.split(_CELL))
                when = _recorded(recorded) if recorded else None
                whose = keys[person]
                fields = (feed, table, file, row, record, whose, values, outcome, said_by, when, (), None, stands_for)
                statements.append(_new(Statement, fields))
        if statements:
            yield child, statements


def _recorded(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _numbers_table(**columns: Sequence[int]) -> Any:
    return pa.table({name: pa.array(numbers, type=pa.int32()) for name, numbers in columns.items()})
