"""What the rows of declarative layouts say, as events (``says`` of `layouts_of/*.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from throughline import words
from throughline.feeds import company
from throughline.feeds.base import NO_EVENT, QUERY, Derived, Event, Fault, Statement
from throughline.feeds.cells import at_of, day_of
from throughline.feeds.faults import file_fault
from throughline.feeds.layouts import Borrowed, Layout
from throughline.feeds.tells import Tell

Values = tuple[str, ...]


def derive(tables: Mapping[str, Layout], statements: Sequence[Statement]) -> Derived:
    """The events of one child's statements of one feed, row by row, and of rows that rest on others.

    `tables` are the feed's layouts by table.
    """
    events: list[Event] = []
    faults: list[Fault] = []
    outcomes: dict[tuple[str, str, int], str] = {}
    for table, layout in tables.items():
        lent = _lent(layout.borrowed, tables, statements) if layout.borrowed else {}
        for statement in statements:
            if statement.table != table:
                continue
            values = statement.values
            if layout.borrowed:
                values += lent.get(_named(layout, layout.borrowed, statement), ("",) * len(layout.borrowed.columns))
            found = list(events_of(layout.says, _ref(layout, statement), statement, values))
            events += found
            if layout.borrowed and not found:
                outcomes[table, statement.file, statement.row] = NO_EVENT
                faults.append(_alone(statement, layout.borrowed))
    if any(layout.company for layout in tables.values()):
        events = company.with_company(tables, statements, events)
    return Derived(events, faults, outcomes)


def events_of(says: Sequence[Tell], ref: str, statement: Statement, values: Values) -> Iterator[Event]:
    """The events one row speaks of. `values` are its own and what it borrows; `ref` its shared reference."""
    for tell in says:
        chance = tell.chance(values)
        if chance is None:
            continue
        happened_on = day_of(values[chance.place])
        if happened_on is None:
            continue
        happened_at = at_of(values[chance.place])
        kind = words.kinds()[tell.kind_of(values)]
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
            kind.tags | tell.tags if tell.tags else kind.tags,
        )


def _ref(layout: Layout, statement: Statement) -> str:
    prefix, place = layout.ref
    return f"{prefix}:{statement.values[place]}" if place >= 0 and statement.values[place] else ""


def _marks(tell: Tell, values: Values, allowed: frozenset[str]) -> frozenset[str]:
    """Marks from the row's codes, of those its kind may carry: what each code stands for, and codes that are marks."""
    found: set[str] = set()
    for place, by in tell.marks_by:
        value = values[place]
        if value:
            found.update(by[code] for code in ("*", *_parts(value)) if code in by)
    for place in tell.marks_from:
        if values[place]:
            found.update(_parts(values[place]))
    return allowed.intersection(found) if found else frozenset()


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(";")] if ";" in value else [value]


def _named(layout: Layout, borrowed: Borrowed, statement: Statement) -> tuple[str, str]:
    """Which row of the other table a row belongs to: one sender's."""
    return statement.said_by, statement.values[layout.place(borrowed.by)]


def _lent(
    borrowed: Borrowed, tables: Mapping[str, Layout], statements: Sequence[Statement]
) -> dict[tuple[str, str], Values]:
    """What the rows of the other table lend, by who says them and their name."""
    lender = tables[borrowed.table]
    places = [lender.place(column) for column in borrowed.columns]
    return {
        _named(lender, borrowed, other): tuple(other.values[place] for place in places)
        for other in statements
        if other.table == borrowed.table
    }


def _alone(statement: Statement, borrowed: Borrowed) -> Fault:
    """A row that gives no date of its own, and there is none to borrow."""
    return file_fault(
        statement.file,
        "date-missing",
        f"Row {statement.row} has no date, and no row of {borrowed.table} with its {borrowed.by} gives one; it was "
        f"kept, and comes to nothing until that row is sent or a date is given.",
        severity=QUERY,
        row=statement.row,
        column=borrowed.by,
        fix_by=words.agency_title(statement.said_by),
    )._replace(person=statement.person)
