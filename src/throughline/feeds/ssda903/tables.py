"""What the tables of an SSDA903 return are, from `tables.yaml`; and which one a CSV header is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from throughline.feeds.files import column_name

FEED_ID = "ssda903"
OURS = ("RETURN", "LATEST")
"""Columns of episodes that no return has: what stitching must know of the file a row stood in."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells are read."""

    name: str
    type: str
    """child | date | code | sex | upn | postcode | text | return"""
    codes: tuple[str, ...] = ()
    """The codes themselves, where the list is not one of words."""
    code_list: str = ""
    """A list of `words.codes`."""
    rule: str = ""
    """The sector validators' code for a bad cell."""
    later: bool = False
    """May lie ahead of the day the file was received."""
    ahead: bool = False
    """May be booked: a date ahead is kept, and said."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the return."""

    name: str
    columns: tuple[Column, ...]
    needed: frozenset[str]
    key: int | None
    """Place of the date a row must have."""
    record: tuple[int, ...]
    dates: tuple[int, ...]
    kinds: frozenset[str]
    once: str
    dob: str
    header: str
    xml: str
    always: bool
    """An XML return holds it, whether or not it has a row in it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in the order of `Statement.values`."""
        return tuple(column.name for column in self.columns)

    def at(self, name: str) -> int:
        """Place of a column."""
        return self.names.index(name)


def _column(name: str, given: Mapping[str, Any]) -> Column:
    codes = given.get("codes", ())
    code_list = ""
    if codes == "0-40":
        codes = [str(score) for score in range(41)]
    elif isinstance(codes, str):
        code_list, codes = codes, ()
    rest = {key: given[key] for key in ("rule", "later", "ahead") if key in given}
    return Column(name=name, type=given["type"], codes=tuple(codes), code_list=code_list, **rest)


def _table(name: str, given: Mapping[str, Any]) -> Table:
    columns = tuple(_column(column, how) for column, how in given["columns"].items())
    places = {column.name: place for place, column in enumerate(columns)}
    return Table(
        name=name,
        columns=columns,
        needed=frozenset(given["needed"]),
        key=places[given["key"]] if "key" in given else None,
        record=tuple(places[column] for column in given.get("record", ())),
        dates=tuple(places[column] for column in given.get("dates", ())),
        kinds=frozenset(given.get("kinds", ())),
        once=given.get("once", ""),
        dob=given.get("dob", ""),
        header=given.get("header", ""),
        xml=given.get("xml", ""),
        always=not given.get("since", 0),
    )


_CONTENT = yaml.load((Path(__file__).parent / "tables.yaml").read_bytes(), Loader=yaml.CSafeLoader)
TABLES: Mapping[str, Table] = {name: _table(name, given) for name, given in _CONTENT["tables"].items()}
PROBLEMS: Mapping[str, tuple[str, str]] = {
    rule: (severity, what) for rule, (severity, what) in _CONTENT["problems"].items()
}
"""Rule -> severity, and what is wrong, finishing the sentence "<column> '<value>' ..."."""
_ALIASES: Mapping[str, str] = _CONTENT["aliases"]


def plain(name: str) -> str:
    """A header cell as the layout writes it: ``pl_post `` -> ``PL_POST``, ``CHILDID`` -> ``CHILD``."""
    upper = column_name(name).upper()
    return _ALIASES.get(upper, upper)


def table_of(header: list[str]) -> Table | None:
    """The table whose needed columns all stand in the header; the most telling one if several do."""
    have = {plain(name) for name in header}
    fitting = [table for table in TABLES.values() if table.needed <= have]
    return max(fitting, key=lambda table: len(table.needed), default=None)
