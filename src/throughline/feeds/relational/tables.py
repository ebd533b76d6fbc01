"""What the tables of a relational extract are, from its `tables.yaml`; and which one a CSV header is.

A *place* is an index into a table's columns, and so into `Statement.values`. The columns that are ours, which
no file has, come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline.feeds.files import column_name
from throughline.feeds.tells import ANY, Tell, tell_of


class Column(NamedTuple):
    """One column: how its cells are read."""

    name: str
    """As the file has it, prefix and all."""
    type: str
    """id | text | day | yes_no | flag | code | upn | nhs_number | sex | postcode | amount | distance | json"""
    codes: str | tuple[str, ...] = ()
    """A list of `words.codes`, or the codes themselves."""
    spelt: Mapping[str, str] = {}
    """Other words for a code."""
    ahead: bool = False
    """A date that may lie after the day the file was received."""
    birth: bool = False
    """A date that says nothing about when the extract was made."""
    spare: bool = False
    """A column only some systems have."""
    era: bool = False
    """Its codes should be those in use when the file was received."""


class Link(NamedTuple):
    """A way a row finds its person: by the id in these places, looked up in that index."""

    places: tuple[int, ...]
    known_as: str


class Counted(NamedTuple):
    """Something to say once a file of all rows with these values."""

    rule: str
    values: tuple[tuple[int, str], ...]
    """Places and what stands there; ``*`` is anything but a blank."""

    def holds(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values is one of them."""
        return all(values[place] == value or (value == ANY and values[place]) for place, value in self.values)


class Added(NamedTuple):
    """Something a row says of who its person is, beside the table of people."""

    field: str
    """Of `Person`."""
    place: int
    by: int
    """Place that must hold one of `values`; -1: none need be."""
    values: frozenset[str]

    def given(self, values: tuple[str, ...]) -> str:
        """What a row with these values says."""
        return values[self.place] if self.by < 0 or values[self.by] in self.values else ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table of the extract."""

    name: str
    columns: tuple[Column, ...]
    """Those of a file; ours are not among them."""
    names: tuple[str, ...]
    """Names of all columns, ours last."""
    aliases: Mapping[str, str]
    """Other names a column goes by -> its name."""
    known_by: frozenset[str]
    """Blank: its key and two more are enough, or half of its columns."""
    record: tuple[int, ...]
    whose: tuple[Link, ...]
    """Tried in turn; none: its rows are about no child."""
    people: Mapping[str, int]
    """Field of `Person` -> place. Filled: the rows of this table are people."""
    adds: tuple[Added, ...]
    teaches: Mapping[str, tuple[int, ...]]
    """Index -> the places of an id by which rows of later tables find this row's person."""
    names_of: Mapping[str, tuple[int, int]]
    """Index -> the places of an id and of what to call it."""
    looks_up: tuple[tuple[int, str], ...]
    """For each of our columns: the place of an id, and the index that names it (place -1: told by the reader);
    an id nobody has named stands for itself."""
    agency: tuple[int, str]
    """Place of what names the agency that speaks (-1: the sender), and the type of agency."""
    needs: tuple[int, ...]
    """Places of which one must hold a date, or the row is refused."""
    tells: tuple[int, ...]
    """Places of dates that are told by looking at the child's rows together."""
    kinds: Mapping[str, tuple[int, ...]]
    """Kind -> the places of the dates that tell of it: what the table can answer for."""
    order: tuple[tuple[int, int, str], ...]
    counted: tuple[Counted, ...]
    ref: tuple[str, int]
    says: tuple[Tell, ...]
    json: tuple[int, ...]
    """Places of its columns that hold JSON."""
    answers: bool
    """Silence in it means something."""

    def at(self, name: str) -> int:
        """Place of a column, by its name without the prefix or with it."""
        return next(at for at, full in enumerate(self.names) if name in (full, full.partition("_")[2]))

    @property
    def dates(self) -> tuple[int, ...]:
        """Places of its dates that are not a birth's."""
        return tuple(place for place, column in enumerate(self.columns) if column.type == "day" and not column.birth)

    def enough(self, named: set[str], met: int) -> bool:
        """Whether a header with `met` of its columns is this table's, where no columns are said to tell."""
        usual = sum(not column.spare for column in self.columns)
        keyed = {self.names[place] for place in self.record} <= named
        return met >= min(3, usual) and (keyed or 2 * met >= usual)

    def speaks(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values tells of anything dated."""
        for tell in self.says:  # written out: this runs for every row
            if tell.chance(values) is not None:
                return True
        return any(map(values.__getitem__, self.tells)) if self.tells else False


@dataclass(frozen=True, slots=True)
class Layout:
    """One relational extract."""

    id: str
    title: str
    looked_for: str
    tables: Mapping[str, Table]
    once: frozenset[str]
    """Problems said once a file with their number, not for each cell."""
    people_may_lack: bool
    """Rows may be about people of whom no table of people was sent."""
    latest: frozenset[str]
    """Kinds told of incompletely: silence about them means nothing."""

    def table_of(self, header: list[str]) -> Table | None:
        """The table with these column names; the one that has most of them if several could."""
        have = {column_name(name) for name in header}
        fitting: dict[int, Table] = {}
        for table in self.tables.values():
            named = {table.aliases.get(name, name) for name in have}
            met = sum(column.name in named for column in table.columns)
            if table.known_by <= named and (table.known_by or table.enough(named, met)):
                fitting[met] = table
        return fitting[max(fitting)] if fitting else None


def load(path: Path) -> Layout:
    """The layout a `tables.yaml` describes; raises what YAML and look-ups raise on a slip in it."""
    given = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return Layout(
        id=given["id"],
        title=given["title"],
        looked_for=given["looked_for"],
        tables={name: _table(name, table) for name, table in given["tables"].items()},
        once=frozenset(given["once"]),
        people_may_lack=given["people_may_lack"],
        latest=frozenset(given["latest"]),
    )


def _column(name: str, how: str | list[str], spelt: Mapping[str, str]) -> Column:
    if isinstance(how, list):
        return Column(name, "code", tuple(map(str, how)), spelt)
    kind, *more = how.split()
    codes = more.pop(0) if kind == "code" else ()
    return Column(name, kind, codes, spelt, "ahead" in more, "birth" in more, "spare" in more, "era" in more)


def _added(field: str, given: Mapping[str, Any], columns: tuple[str, ...]) -> Added:
    ((by, values),) = given.get("if", {"": []}).items()
    return Added(field, columns.index(given["column"]), columns.index(by) if by else -1, frozenset(values))


def _table(name: str, given: Mapping[str, Any]) -> Table:
    prefix = given.get("prefix", "")
    spelt = given.get("spelt", {})
    columns = tuple(_column(prefix + column, how, spelt.get(column, {})) for column, how in given["columns"].items())
    ours: Mapping[str, list[str]] = given.get("ours", {})
    short = (*given["columns"], *ours)
    place = short.index

    def places(columns: str | list[str]) -> tuple[int, ...]:
        return tuple(map(place, [columns] if isinstance(columns, str) else columns))

    says = tuple(tell_of(tell, short) for tell in given.get("says", ()))
    kinds = {kind: tuple(chance.place for chance in tell.chances) for tell in says for kind in tell.kinds}
    ref_prefix, ref = given.get("ref", ("", ""))
    speaker, agency = given.get("agency", ("", ""))
    return Table(
        name=name,
        columns=columns,
        names=(*(column.name for column in columns), *ours),
        aliases=given.get("aliases", {}),
        known_by=frozenset(given.get("known_by", ())),
        record=places(given["record"]),
        whose=tuple(Link(places(way["by"]), way["in"]) for way in given.get("whose", ())),
        people={field: place(column) for field, column in given.get("people", {}).items()},
        adds=tuple(_added(field, given_by, short) for field, given_by in given.get("adds", {}).items()),
        teaches={index: places(columns) for index, columns in given.get("teaches", {}).items()},
        names_of={index: (place(id), place(called)) for index, (id, called) in given.get("names", {}).items()},
        looks_up=tuple((place(way[0]), way[1]) if way else (-1, "") for way in ours.values()),
        agency=(place(speaker) if speaker else -1, agency),
        needs=places(given.get("needs", [])),
        tells=tuple({at for columns in given.get("kinds", {}).values() for at in places(columns)}),
        kinds=kinds | {kind: places(columns) for kind, columns in given.get("kinds", {}).items()},
        order=tuple((place(first), place(second), how) for first, second, how in given.get("order", ())),
        counted=tuple(
            Counted(rule, tuple((place(column), value) for column, value in values.items()))
            for rule, values in given.get("counted", {}).items()
        ),
        ref=(ref_prefix, place(ref) if ref else -1),
        says=says,
        json=tuple(place for place, column in enumerate(columns) if column.type == "json"),
        answers=given.get("answers", True),
    )
