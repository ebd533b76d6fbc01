"""Rows worked out anew beside the rows that are stored: only what differs is written.

What is derived of a child is worked out whole each time, and most of it is as it was. Rows are matched by a key
that stays when the rest of a row changes, so that a row keeps its number; only rows that are new, changed or gone
cost a write, an index entry and a line in the log.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

from throughline.web import bulk

Row = tuple[Any, ...]


def replace(
    table: str,
    columns: Mapping[str, str],
    key: Sequence[str],
    children: Sequence[int],
    rows: Iterable[Sequence[Any]],
    *,
    only: str = "true",
) -> None:
    """Make what `table` holds of these children exactly `rows`, whose values stand in the order of `columns`.

    `columns`: name -> SQL type, ``child_id`` among them. Rows alike in `key` are told apart by their order; of
    those, and of the whole table, the numbers say nothing about the order. `only` narrows what is replaced to rows
    for which this condition holds. Table, names, types and condition come from code, never from data.
    """
    names = list(columns)
    held = _held(table, columns, children, only)
    if not held:
        bulk.insert(table, columns, rows)
        return
    places = [names.index(name) for name in key]
    numbers: dict[Row, list[tuple[int, Row]]] = defaultdict(list)
    for number, *values in held:
        row = tuple(values)
        numbers[tuple(row[place] for place in places)].append((number, row))
    new: list[Sequence[Any]] = []
    changed: list[tuple[Any, ...]] = []
    for given in rows:
        row = tuple(given)
        alike = numbers.get(tuple(row[place] for place in places))
        if not alike:
            new.append(row)
            continue
        number, stored = alike.pop(0)
        if stored != row:
            changed.append((number, *row))
    gone = [number for alike in numbers.values() for number, _ in alike]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(f"delete from {table} where id = any(%s)", [gone])
    bulk.update(table, {"id": "bigint", **columns}, changed)
    bulk.insert(table, columns, new)


def _held(table: str, columns: Mapping[str, str], children: Sequence[int], only: str) -> list[Row]:
    """What is stored, each row with its number first, in the order of the numbers; jsonb as Python has it."""
    taken = ", ".join(f'"{name}"' for name in columns)
    statement = f"select id, {taken} from {table} where child_id = any(%s) and {only} order by id"
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, [list(children)])
        rows: list[Row] = cursor.fetchall()
    at = [place for place, type in enumerate(columns.values(), start=1) if type == "jsonb"]
    if not at:
        return rows
    return [_read(row, at) for row in rows]


def _read(row: Row, at: Sequence[int]) -> Row:
    """Django has psycopg hand out jsonb as text."""
    values = list(row)
    for place in at:
        values[place] = json.loads(values[place])
    return tuple(values)
