"""What the records inside a child's JSON become, from `tables.yaml`, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from throughline import words
from throughline.feeds import cells
from throughline.feeds.memos import Ids, Memo, Said

FEED_ID = "dfe_api"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its value is read."""

    name: str
    type: str
    """child | id | date | code | sex | upn | flag | amount | text | postcode"""
    codes: str
    """List of `words.codes`."""
    several: bool
    """The API gives a list; ``;`` between its values."""
    later: bool
    """May lie ahead of the day the file was received."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sort of record."""

    name: str
    columns: tuple[Column, ...]
    places: Mapping[str, int]
    inside: frozenset[str]
    """Objects whose values are the record's own."""
    through: frozenset[str]
    """Objects that only hold lists of other records."""
    holds: Mapping[str, str]
    needs: tuple[int, ...]
    record: tuple[int, ...]
    order: tuple[int, int] | None
    """Places of a start and its end."""
    purge: int
    several: frozenset[int]
    """Places of columns the API gives as a list."""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in the order of `Statement.values`."""
        return tuple(column.name for column in self.columns)


def _table(name: str, given: Mapping[str, Any]) -> Table:
    columns = tuple(
        Column(column, how["type"], how.get("codes", ""), how.get("list", False), how.get("later", False))
        for column, how in given["columns"].items()
    )
    places = {column.name: place for place, column in enumerate(columns)}
    order = given.get("order")
    return Table(
        name=name,
        columns=columns,
        places=places,
        inside=frozenset(given.get("inside", ())),
        through=frozenset(given.get("through", ())),
        holds=given.get("holds", {}),
        needs=tuple(places[column] for column in given.get("needs", ())),
        record=tuple(places[column] for column in given.get("record", ())),
        order=(places[order[0]], places[order[1]]) if order else None,
        purge=places["purge"],
        several=frozenset(place for place, column in enumerate(columns) if column.several),
    )


_CONTENT = yaml.load((Path(__file__).parent / "tables.yaml").read_bytes(), Loader=yaml.CSafeLoader)
TABLES: Mapping[str, Table] = {name: _table(name, given) for name, given in _CONTENT["tables"].items()}
PROBLEMS: Mapping[str, tuple[str, str]] = {rule: (how, what) for rule, (how, what) in _CONTENT["problems"].items()}
"""Rule -> severity, and what is wrong, finishing the sentence "<column> '<value>' ..."."""


def memos(table: Table, received_on: date, said: list[Said]) -> list[Mapping[str, str]]:
    """One look-up per column, in order; problems go to `said`."""
    return [_memo(place, column, received_on, said) for place, column in enumerate(table.columns)]


def _memo(place: int, column: Column, received_on: date, said: list[Said]) -> Mapping[str, str]:
    if column.type in ("child", "id"):
        return Ids()
    if column.type == "date":
        return Memo(place, _day_reader(received_on, column.later), said)
    if column.type == "code":
        return Memo(place, cells.one_of(words.codes(column.codes)), said)
    return Memo(place, _READERS[column.type], said)


def _day_reader(received_on: date, later: bool) -> Callable[[str], tuple[str, str]]:
    def read(text: str) -> tuple[str, str]:
        day, iso, problem = cells.iso_day(text)
        if day and day > received_on and not later:
            return "", "date-future"
        return iso, problem

    return read


_READERS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "sex": cells.sex,
    "upn": cells.upn,
    "flag": cells.yes_no,
    "amount": cells.amount,
    "text": cells.written,
    "postcode": cells.postcode,
}
