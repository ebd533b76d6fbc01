"""What the elements of a Children in Need census become, from `tables.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FEED_ID = "cin_census"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its text is read."""

    name: str
    type: str
    """child | date | code | sex | upn | flag | amount"""
    codes: tuple[str, ...] = ()
    code_list: str = ""
    """A list of `words.codes`, where the codes do not stand here."""
    several: bool = False
    """Gathers several elements of its name, ``;`` between them."""
    later: bool = False
    """May lie ahead of the day the file was received."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: an element, and what of the elements in it is its own."""

    name: str
    element: str
    columns: tuple[Column, ...]
    places: Mapping[str, int]
    """Element name (of any year) -> place of its column."""
    several: frozenset[int]
    inside: frozenset[str]
    holds: Mapping[str, str]
    needs: tuple[int, ...]
    record: tuple[int, ...]
    dates: tuple[int, ...]
    says: frozenset[str]
    order: tuple[tuple[int, int, str], ...]
    """Places of a start and its end, and the problem if the end lies first."""

    has_referral: bool
    """Its rows belong to a referral, dated in the second column, and ought not to lie before it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in the order of `Statement.values`."""
        return tuple(column.name for column in self.columns)


def _column(name: str, given: Mapping[str, Any]) -> Column:
    codes = given.get("codes", ())
    return Column(
        name=name,
        type=given["type"],
        codes=() if isinstance(codes, str) else tuple(codes),
        code_list=codes if isinstance(codes, str) else "",
        several=given.get("list", False),
        later=given.get("later", False),
    )


def _table(name: str, given: Mapping[str, Any], aliases: Mapping[str, str]) -> Table:
    columns = tuple(_column(column, how) for column, how in given["columns"].items())
    places = {column.name: place for place, column in enumerate(columns)}
    holds: dict[str, str] = given.get("holds", {})
    orders = given.get("order", ())
    return Table(
        name=name,
        element=given["element"],
        columns=columns,
        places=places | {alias: places[column] for alias, column in aliases.items() if column in places},
        several=frozenset(place for place, column in enumerate(columns) if column.several),
        inside=frozenset(given.get("inside", ())),
        holds=holds | {alias: holds[element] for alias, element in aliases.items() if element in holds},
        needs=tuple(places[column] for column in given.get("needs", ())),
        record=tuple(places[column] for column in given.get("record", ())),
        dates=tuple(places[column] for column in given.get("dates", given.get("needs", ()))),
        says=frozenset(given["says"]),
        has_referral=name not in ("child", "cin_episode"),
        order=tuple((places[order["start"]], places[order["end"]], order["rule"]) for order in orders),
    )


_CONTENT = yaml.load((Path(__file__).parent / "tables.yaml").read_bytes(), Loader=yaml.CSafeLoader)
TABLES: Mapping[str, Table] = {
    name: _table(name, given, _CONTENT["aliases"]) for name, given in _CONTENT["tables"].items()
}
PROBLEMS: Mapping[str, tuple[str, str]] = {
    rule: (severity, what) for rule, (severity, what) in _CONTENT["problems"].items()
}
"""Rule -> severity, and what is wrong, finishing the sentence "<column> '<value>' ..."."""
FACTOR_MARKS: Mapping[str, str] = _CONTENT["factor_marks"]
"""Assessment factor -> mark of the event."""
