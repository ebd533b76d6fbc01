"""The declarative layouts of `layouts.yaml`, as what the one CSV reader and the one teller need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import words
from throughline.feeds import cells

_FILE = Path(__file__).with_name("layouts.yaml")
ANY = "*"
Pair = tuple[str, str]
"""Canonical text of a cell, and its problem."""
Parse = Callable[[str], Pair]


class Chance(NamedTuple):
    """A column whose date gives an event its time, if it is filled and the condition holds."""

    place: int
    basis: str
    marks: frozenset[str]
    if_place: int
    """-1: no condition."""
    if_value: str

    def holds(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values gives the event by this column."""
        if not values[self.place]:
            return False
        if self.if_place < 0:
            return True
        value = values[self.if_place]
        return bool(value) if self.if_value == ANY else value == self.if_value


class Tell(NamedTuple):
    """One event a row may speak of; the first chance that holds gives it."""

    kind: str
    chances: tuple[Chance, ...]
    details: tuple[tuple[str, int], ...]
    marks: frozenset[str]
    marks_by: tuple[tuple[int, Mapping[str, str]], ...]
    marks_from: tuple[int, ...]


class Undated(NamedTuple):
    """A column that says something happened, and those of which one should say when."""

    place: int
    value: str
    dated_by: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One CSV layout. A *place* is an index into `columns`, and so into `Statement.values`."""

    id: str
    title: str
    looked_for: str
    agency: str
    """Type of agency that sends it, where a row does not say; blank: it must say."""
    known_by: frozenset[str]
    columns: tuple[str, ...]
    kinds_of_cell: Mapping[str, str]
    """Column -> how its cells are read, as in the YAML; the closed lists are in `codes`."""
    codes: Mapping[str, Parse]
    dates: tuple[int, ...]
    """Places of the layout's own dates."""
    needs: tuple[int, ...]
    """Places of which one must hold a date, or the row is refused."""
    must: tuple[int, ...]
    """Places that must be filled, or the row is refused."""
    ahead: frozenset[int]
    """Those of `dates` that may lie after the day the file was received."""
    order: tuple[tuple[int, int, str], ...]
    undated: tuple[Undated, ...]
    ref: tuple[str, int]
    """What goes before a shared reference, and the place it is read from (-1: none)."""
    says: tuple[Tell, ...]
    unborn: bool
    """Its events may come before birth."""

    def place(self, column: str) -> int:
        """Where `column` stands in `Statement.values`."""
        return self.columns.index(column)

    def tells(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values, one of `needs` among them, speaks of any event."""
        return not self.says or any(chance.holds(values) for tell in self.says for chance in tell.chances)


@cache
def layouts() -> Mapping[str, Layout]:
    """Every layout by id."""
    content = _document()
    return {id: _layout(id, given, content["identity"]) for id, given in content["layouts"].items()}


@cache
def identity() -> tuple[str, ...]:
    """The columns of the identity block, which come first in every layout."""
    return tuple(_document()["identity"])


@cache
def sender_words() -> Mapping[str, str]:
    """Words at the end of a sender's name -> type of agency; longest first."""
    given: dict[str, str] = _document()["agencies"]
    return dict(sorted(given.items(), key=lambda item: -len(item[0])))


@cache
def _document() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        loaded: dict[str, Any] = yaml.load(stream, Loader=yaml.CSafeLoader)
    return loaded


def _layout(id: str, given: dict[str, Any], block: dict[str, str]) -> Layout:
    own: dict[str, Any] = given["columns"]
    columns = (*block, *own)
    place = columns.index
    kinds_of_cell = {name: how if isinstance(how, str) else "codes" for name, how in (block | own).items()}
    spelt = given.get("spelt", {})
    dated = [name for name in own if kinds_of_cell[name].split()[0] in ("day", "moment")]
    prefix, ref = given.get("ref", ("", ""))
    return Layout(
        id=id,
        title=given["title"],
        looked_for=given["looked_for"],
        agency=given["agency"],
        known_by=frozenset(given["known_by"]),
        columns=columns,
        kinds_of_cell=kinds_of_cell,
        codes={
            name: _codes(how, spelt.get(name, {}))
            for name, how in own.items()
            if kinds_of_cell[name].startswith("code")
        },
        dates=tuple(place(name) for name in dated),
        needs=tuple(map(place, given.get("needs", dated))),
        must=tuple(map(place, given.get("must", ()))),
        ahead=frozenset(place(name) for name in dated if kinds_of_cell[name].endswith("ahead")),
        order=tuple((place(first), place(second), how) for first, second, how in given["order"]),
        undated=tuple(
            Undated(place(u["column"]), u["value"], tuple(map(place, u["dated_by"]))) for u in given.get("undated", ())
        ),
        ref=(prefix, place(ref) if ref else -1),
        says=tuple(_tell(tell, columns) for tell in given.get("says", ())),
        unborn=given.get("unborn", False),
    )


def _codes(how: str | list[str], spelt: dict[str, str]) -> Parse:
    known = how if isinstance(how, list) else [*words.codes(how.split()[1])]
    return cells.one_of([code for code in known if code not in spelt], spelt)


def _tell(given: dict[str, Any], columns: tuple[str, ...]) -> Tell:
    place = columns.index
    when = given["when"]
    return Tell(
        kind=given["kind"],
        chances=tuple(_chance(one, columns) for one in (when if isinstance(when, list) else [when])),
        details=tuple((key, place(column)) for key, column in given.get("details", {}).items()),
        marks=frozenset(given.get("marks", ())),
        marks_by=tuple((place(column), by) for column, by in given.get("marks_by", {}).items()),
        marks_from=tuple(map(place, given.get("marks_from", ()))),
    )


def _chance(given: str | dict[str, Any], columns: tuple[str, ...]) -> Chance:
    if isinstance(given, str):
        given = {"column": given}
    ((if_column, if_value),) = given.get("if", {"": ""}).items()
    return Chance(
        place=columns.index(given["column"]),
        basis=given.get("basis", ""),
        marks=frozenset({given["mark"]} if "mark" in given else ()),
        if_place=columns.index(if_column) if if_column else -1,
        if_value=if_value,
    )
