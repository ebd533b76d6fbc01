"""The declarative layouts of `layouts_of/*.yaml`, as what the one CSV reader and the one teller need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import words
from throughline.feeds import cells
from throughline.feeds.tells import ANY, Tell, tell_of

__all__ = [
    "ANY",
    "Borrowed",
    "Layout",
    "Pair",
    "Parse",
    "Tell",
    "Undated",
    "every_layout",
    "identity",
    "layout_of",
    "layouts",
    "tell_of",
]

_FOLDER = Path(__file__).with_name("layouts_of")
_SHARED = "shared"
Pair = tuple[str, str]
"""Canonical text of a cell, and its problem."""
Parse = Callable[[str], Pair]


class Undated(NamedTuple):
    """A column that says something happened, and those of which one should say when."""

    place: int
    value: str
    """`ANY`: whatever it says."""
    dated_by: tuple[int, ...]

    def holds(self, values: tuple[str, ...] | list[str]) -> bool:
        """Whether a row with these values says it and not when."""
        value = values[self.place]
        said = bool(value) if self.value == ANY else value == self.value
        return said and not any(values[place] for place in self.dated_by)


class Borrowed(NamedTuple):
    """Columns a row takes from the row of another table of its feed: an invitation's date from its meeting."""

    table: str
    by: str
    """Column of both tables that names the row."""
    columns: tuple[str, ...]
    """They stand behind the row's own values, called ``table.column``."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One CSV layout. A *place* is an index into `columns`, and so into `Statement.values`."""

    id: str
    feed: str
    """Feed whose table it is; most layouts are the one table of a feed of their own."""
    title: str
    looked_for: str
    agency: str
    """Type of agency that sends it, where a row does not say; blank: it must say."""
    known_by: frozenset[str]
    columns: tuple[str, ...]
    block: int
    """How many of them are the identity block; 0: its rows are about places and name no child."""
    kinds_of_cell: Mapping[str, str]
    """Column -> how its cells are read, as in the YAML; the closed lists are in `codes`."""
    codes: Mapping[str, Parse]
    listed: Mapping[str, tuple[str, ...]]
    """Column -> its codes, where the YAML gives them rather than naming a list of `words`."""
    dates: tuple[int, ...]
    """Places of the layout's own dates."""
    needs: tuple[int, ...]
    """Places of which one must hold a date, or the row is refused; none: it may do without."""
    must: tuple[int, ...]
    """Places that must be filled, or the row is refused."""
    ahead: frozenset[int]
    """Those of `dates` that may lie after the day the file was received."""
    order: tuple[tuple[int, int, str], ...]
    undated: tuple[Undated, ...]
    ref: tuple[str, int]
    """What goes before a shared reference, and the place it is read from (-1: none)."""
    says: tuple[Tell, ...]
    borrowed: Borrowed | None
    company: Mapping[str, Any]
    """Of meetings: what the invitations of one say about it (`company`)."""
    notes: Mapping[str, str]
    """Column -> what a sender should know; and why a column that comes to nothing is kept."""
    covers_seen: bool
    """It answers only for those of its kinds that a file has, because a file need not carry them all."""
    answers_alone: bool
    """One sender of many answers by itself (`span`)."""
    own_reader: bool
    """A reader of its own reads it, because its rows mean nothing singly (a register's marks)."""
    unborn: bool
    """Its events may come before birth."""
    optional: frozenset[str]
    """Columns a file may leave out without a word."""

    def place(self, column: str) -> int:
        """Where `column` stands in `Statement.values`."""
        return self.columns.index(column)

    @property
    def own(self) -> tuple[str, ...]:
        """Its columns after the identity block."""
        return self.columns[self.block :]

    @property
    def names_subjects(self) -> bool:
        """Whether a row may be about something else than a child, and says what."""
        return "subject_kind" in self.columns

    @property
    def of_places(self) -> bool:
        """Whether its rows are about places, and tied to no child."""
        return not self.block

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind its rows may speak of; none for the layout that carries any kind."""
        return frozenset().union(*(tell.kinds for tell in self.says))

    def tells(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values, one of `needs` among them, speaks of any event of a child.

        A row that borrows may: that is settled when it is looked at beside the row it borrows from.
        """
        if self.borrowed or not self.says:
            return True
        for tell in self.says:
            if tell.chance(values):
                return bool(self.block)
        return False


@cache
def every_layout() -> Mapping[str, Layout]:
    """Every layout by id, in the order of their files, whoever reads it."""
    names = sorted(path.stem for path in _FOLDER.glob("*.yaml") if path.stem != _SHARED)
    return {id: layout_of(id, given) for name in names for id, given in _document(name).items()}


@cache
def layouts() -> Mapping[str, Layout]:
    """The layouts of which each row stands for itself: those the one CSV reader reads."""
    return {id: layout for id, layout in every_layout().items() if not layout.own_reader}


@cache
def identity() -> tuple[str, ...]:
    """The columns of the identity block, which come first in every layout about children."""
    return tuple(_document(_SHARED)["identity"])


@cache
def identity_notes() -> Mapping[str, str]:
    """What a sender should know of the identity block, by column."""
    return dict(_document(_SHARED)["notes"])


@cache
def sender_words() -> Mapping[str, str]:
    """Words at the end of a sender's name -> type of agency; longest first."""
    given: dict[str, str] = _document(_SHARED)["agencies"]
    return dict(sorted(given.items(), key=lambda item: -len(item[0])))


@cache
def one_of_many() -> frozenset[str]:
    """Types of agency of which an area has many: the silence of one says nothing about another's children."""
    return frozenset(_document(_SHARED)["one_of_many"])


@cache
def _document(name: str) -> dict[str, Any]:
    with (_FOLDER / f"{name}.yaml").open("rb") as stream:
        loaded: dict[str, Any] = yaml.load(stream, Loader=yaml.CSafeLoader)
    return loaded


def layout_of(id: str, given: dict[str, Any]) -> Layout:
    """A layout from what the YAML of `layouts_of` says of it, or from the same made up elsewhere."""
    block: dict[str, Any] = _document(_SHARED)["identity"] if given.get("about", "child") == "child" else {}
    own: dict[str, Any] = given["columns"]
    columns = (*block, *own)
    place = columns.index
    kinds_of_cell = {name: how if isinstance(how, str) else "code" for name, how in (block | own).items()}
    spelt = given.get("spelt", {})
    dated = [name for name in own if kinds_of_cell[name].split()[0] in ("day", "moment")]
    prefix, ref = given.get("ref", ("", ""))
    borrowed = Borrowed(**given["borrows"]) if "borrows" in given else None
    lent = [f"{borrowed.table}.{column}" for column in borrowed.columns] if borrowed else []
    return Layout(
        id=id,
        feed=given.get("feed", id),
        title=given["title"],
        looked_for=given["looked_for"],
        agency=given["agency"],
        known_by=frozenset(given["known_by"]),
        columns=columns,
        block=len(block),
        kinds_of_cell=kinds_of_cell,
        codes={
            name: _codes(how, spelt.get(name, {}))
            for name, how in own.items()
            if kinds_of_cell[name].split()[0] in _CODED
        },
        listed={name: tuple(how) for name, how in own.items() if isinstance(how, list)},
        dates=tuple(place(name) for name in dated),
        needs=tuple(map(place, given.get("needs", dated))),
        must=tuple(map(place, given.get("must", ()))),
        ahead=frozenset(place(name) for name in dated if kinds_of_cell[name].endswith("ahead")),
        order=tuple((place(first), place(second), how) for first, second, how in given.get("order", ())),
        undated=tuple(
            Undated(place(u["column"]), u["value"], tuple(map(place, u["dated_by"]))) for u in given.get("undated", ())
        ),
        ref=(prefix, place(ref) if ref else -1),
        says=tuple(tell_of(tell, (*columns, *lent)) for tell in given.get("says", ())),
        borrowed=borrowed,
        company=given.get("company", {}),
        notes=given.get("notes", {}),
        covers_seen=given.get("covers", "all") == "seen",
        answers_alone=given.get("answers_alone", False),
        own_reader=given.get("own_reader", False),
        unborn=given.get("unborn", False),
        optional=frozenset(given.get("optional", ())),
    )


_CODED = {"code": cells.one_of, "codes": cells.some_of, "known": cells.known}


def _codes(how: str | list[str], spelt: dict[str, str]) -> Parse:
    if isinstance(how, list):
        return cells.one_of(how, spelt)
    read, list_id = how.split()
    codes = {code: known.label for code, known in words.codes(list_id).items() if code not in spelt}
    labels = {label: code for code, label in codes.items() if label.lower() not in map(str.lower, codes)}
    return _CODED[read](codes, labels | spelt)
