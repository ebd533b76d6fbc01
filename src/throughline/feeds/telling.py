"""What the rows of a declarative layout say, as events (`layouts.yaml`, ``says``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from throughline import words
from throughline.feeds.base import Derived, Event, Statement
from throughline.feeds.cells import at_of, day_of
from throughline.feeds.layouts import Layout, Tell


def derive(layout: Layout, statements: Sequence[Statement]) -> Derived:
    """The events of one child's statements of this layout, row by row."""
    return Derived([event for statement in statements for event in _events(layout, statement)], [])


def _events(layout: Layout, statement: Statement) -> Iterator[Event]:
    values = statement.values
    prefix, place = layout.ref
    ref = f"{prefix}:{values[place]}" if values[place] else ""
    for tell in layout.says:
        chance = next((chance for chance in tell.chances if chance.holds(values)), None)
        happened_on = day_of(values[chance.place]) if chance else None
        if chance is None or happened_on is None:
            continue
        happened_at = at_of(values[chance.place])
        kind = words.kinds()[tell.kind]
        details = {key: values[place] for key, place in tell.details if values[place]}
        if chance.basis:
            details["basis"] = chance.basis
        yield Event(
            kind.id,
            happened_on,
            happened_at,
            "time" if happened_at else "day",
            statement.said_by,
            statement,
            tell.marks | chance.marks | _marks(tell, values, kind.marks),
            details,
            ref,
            kind.level,
            kind.tags,
        )


def _marks(tell: Tell, values: tuple[str, ...], allowed: frozenset[str]) -> frozenset[str]:
    """Marks from the row's codes: those each code stands for, and codes that are marks themselves."""
    found = {by[values[place]] for place, by in tell.marks_by if values[place] in by}
    for place in tell.marks_from:
        found |= allowed.intersection(values[place].split(";"))
    return frozenset(found)
