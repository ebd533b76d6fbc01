"""The header of one table's file: what its columns are called, which are missing, how a row is put in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import cast

from throughline.feeds.base import QUERY, Fault
from throughline.feeds.faults import file_fault
from throughline.feeds.files import column_name
from throughline.feeds.relational.tables import Table


def columns_of(table: Table, header: list[str]) -> list[str]:
    """The column names of a file as the table has them; empty ones at the end are no columns."""
    names = [column_name(name) for name in header]
    while names and not names[-1]:
        names.pop()
    return [table.aliases.get(name, name) for name in names]


def picker(table: Table, names: list[str]) -> Callable[[list[str]], tuple[str, ...]]:
    """What puts the cells of a row with these columns into the table's order; blank where a column is absent."""
    places = [names.index(column.name) if column.name in names else len(names) for column in table.columns]
    in_order = itemgetter(*places)

    def pick(row: list[str]) -> tuple[str, ...]:
        row.append("")
        return cast(tuple[str, ...], in_order(row))

    return pick


def header_faults(file: str, table: Table, number: int, names: list[str]) -> Iterator[Fault]:
    """Columns that are missing, unless only some systems have them, and columns nobody knows."""
    known = {column.name for column in table.columns}
    absent = [column.name for column in table.columns if column.name not in names and not column.spare]
    extra = [name for name in names if name and name not in known]
    for found, rule, message in (
        (absent, "columns-missing", "These columns are not in the file, so nothing is known from them: "),
        (extra, "columns-unknown", "These columns are not of this table and were not read: "),
    ):
        if found:
            yield file_fault(file, rule, f"{message}{', '.join(found)}.", severity=QUERY, row=number)
