"""What a row may say, as data: the ``says`` of `layouts_of/*.yaml` made ready for `telling`.

A *tell* is one event a row may speak of: when (the first of its chances that holds), of which kind, with
which details and marks. A *place* is an index into the row's values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

ANY = "*"
"""In a condition or a list of codes: whatever is in the cell, if anything is."""


class Condition(NamedTuple):
    """What must be in a column for a chance to hold."""

    place: int
    values: frozenset[str]
    """Texts of which it must be one; `ANY`: it must be filled; blank: it may be blank."""
    wanted: bool
    """False: it must be none of them."""

    def holds(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values meets it."""
        value = values[self.place]
        return (value in self.values or (bool(value) and ANY in self.values)) is self.wanted


class Chance(NamedTuple):
    """A column whose date gives an event its time, if it is filled and the conditions hold."""

    place: int
    basis: str
    marks: frozenset[str]
    conditions: tuple[Condition, ...]

    def holds(self, values: tuple[str, ...]) -> bool:
        """Whether a row with these values gives the event by this column."""
        if not values[self.place]:
            return False
        return all(condition.holds(values) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Tell:
    """One event a row may speak of; the first chance that holds gives it."""

    kind: str
    """Its kind, where no code says another; blank: then there is no event."""
    by: int
    """Place whose code says which kind it is (-1: none does)."""
    kind_by: Mapping[str, str]
    """Code there -> kind."""
    chances: tuple[Chance, ...]
    details: tuple[tuple[str, int], ...]
    marks: frozenset[str]
    marks_by: tuple[tuple[int, Mapping[str, str]], ...]
    """By the codes of a column, several of which may stand in one cell."""
    marks_from: tuple[int, ...]
    """Places whose codes may be marks themselves."""
    tags: frozenset[str]
    """Besides the kind's own."""

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind it may be."""
        return frozenset((self.kind, *self.kind_by.values())) - {""}

    def kind_of(self, values: tuple[str, ...]) -> str:
        """The kind a row with these values speaks of; blank for none."""
        return self.kind if self.by < 0 else self.kind_by.get(values[self.by], self.kind)

    def chance(self, values: tuple[str, ...]) -> Chance | None:
        """The chance that gives the event, if a row with these values speaks of it."""
        if self.by >= 0 and not self.kind_of(values):
            return None
        for chance in self.chances:
            if values[chance.place] and (not chance.conditions or chance.holds(values)):
                return chance
        return None


def tell_of(given: dict[str, Any], columns: tuple[str, ...]) -> Tell:
    """One entry of ``says``, for rows whose values stand in the order of `columns`."""
    place = columns.index
    when = given["when"]
    ((by, kind_by),) = given.get("kind_by", {"": {}}).items()
    return Tell(
        kind=given.get("kind", ""),
        by=place(by) if by else -1,
        kind_by=kind_by,
        chances=tuple(_chance(one, columns) for one in (when if isinstance(when, list) else [when])),
        details=tuple((key, place(column)) for key, column in given.get("details", {}).items()),
        marks=frozenset(given.get("marks", ())),
        marks_by=tuple((place(column), by) for column, by in given.get("marks_by", {}).items()),
        marks_from=tuple(map(place, given.get("marks_from", ()))),
        tags=frozenset(given.get("tags", ())),
    )


def _chance(given: str | dict[str, Any], columns: tuple[str, ...]) -> Chance:
    if isinstance(given, str):
        given = {"column": given}
    return Chance(
        place=columns.index(given["column"]),
        basis=given.get("basis", ""),
        marks=frozenset({given["mark"]} if "mark" in given else ()),
        conditions=tuple(
            Condition(columns.index(column), frozenset([values] if isinstance(values, str) else values), wanted)
            for key, wanted in (("if", True), ("unless", False))
            for column, values in given.get(key, {}).items()
        ),
    )
