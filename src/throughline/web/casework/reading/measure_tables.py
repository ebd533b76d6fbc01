"""The tables of the measures, from tallies to what may be shown, each with what it says in a sentence."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from throughline import words
from throughline.measures import Shown, defining, showing
from throughline.measures.defining import Part
from throughline.measures.showing import NOBODY, Tally
from throughline.web.casework.reading.area_shapes import Cell, Column, Row, Table, cell
from throughline.web.casework.reading.measure_counts import ALTOGETHER, DONE, OUTCOME, WAITING, Wait, parts
from throughline.web.design import formats

BySlot = Mapping[str, Mapping[str, Tally]]
"""Part -> slot -> how often."""
Shares = Mapping[str, Mapping[str, Shown]]
"""Part -> slot -> what may be shown."""
Behind = Callable[[str, str], str]
"""Part and slot -> the address of whom the number is about; blank: nobody is named."""

_HELD = (
    "Numbers about one to four children are held back, shown as fewer than 5 where each is another child; "
    "so is what would give such a number away."
)
_IN_TIME = "Done in time: of those done, in whatever way, and those not done."
_NONE = Cell("–")
_WAITED = {DONE: "Until it was done", WAITING: "Not done, so far"}


def nobody(_part: str, _slot: str) -> str:
    """No number leads to a child."""
    return ""


def totals(counted: BySlot) -> Mapping[str, Shown]:
    """Each part altogether, as it may be shown; `counted` is not broken down."""
    return showing.totals({part: slots.get(ALTOGETHER, NOBODY) for part, slots in counted.items()})


def by_slot(total: Mapping[str, Shown], counted: BySlot, slots: Iterable[str]) -> Shares:
    """Each part by slot, given what is shown of it altogether. `slots`: all there are, whichever will be looked at."""
    every = tuple(slots)
    return {
        part: showing.by_slot(total[part], {slot: tallied.get(slot, NOBODY) for slot in every})
        for part, tallied in counted.items()
    }


def theme(id: str, title: str, rows: Sequence[tuple[str, str, Mapping[str, Shown]]], of: str) -> Table:
    """Every duty of a theme: (title, address, what is shown of each part)."""
    known = _those_told(part for _, _, shown in rows for part in shown.items())
    columns = [part for part in parts(OUTCOME).values() if part.id in known]
    made = [
        Row(name, (*(cell(shown[part.id]) for part in columns), in_time(shown)), href) for name, href, shown in rows
    ]
    return Table(
        id, title, of, "What is owed", (*map(_column, columns), Column("Done in time")), tuple(made),
        _most_late(rows), _IN_TIME, "bars", stacked=True, shares=True,
    )  # fmt: skip


def altogether(
    id: str, title: str, of: str, when: str, total: Mapping[str, Shown], what: str, behind: Behind = nobody
) -> Table:
    """One row: how often each part came about."""
    columns = tuple(parts(what).values())
    cells = tuple(_linked(total[part.id], behind(part.id, ALTOGETHER)) for part in columns)
    share, head = (in_time(total),) if what == OUTCOME else (), (Column("Done in time"),) if what == OUTCOME else ()
    return Table(
        id, title, of, "When", (*map(_column, columns), *head), (Row(when, (*cells, *share)),),
        _said(total, columns), _HELD, "bars", stacked=True,
    )  # fmt: skip


def broken_down(
    id: str, title: str, of: str, head: str, slots: Mapping[str, str], total: Mapping[str, Shown], shares: Shares,
    what: str, *, behind: Behind = nobody, waited: Mapping[tuple[str, str], Wait] | None = None, unit: str = "",
    upright: bool = False,
) -> Table:  # fmt: skip
    """Slots going down, parts across; and, where waits are given, how long it took."""
    known = _those_told(total.items())
    columns = [part for part in parts(what).values() if part.id in known]
    rows = []
    for slot, name in slots.items():
        cells = [_linked(shares[part.id][slot], behind(part.id, slot)) for part in columns]
        if what == OUTCOME:
            cells.append(in_time({part: by[slot] for part, by in shares.items()}))
        cells += _waited_cells(waited, slot, unit) if waited is not None else []
        rows.append(Row(name, tuple(cells)))
    more = [Column("Done in time")] if what == OUTCOME else []
    more += [Column("Half done within"), Column("Longest wait")] if waited is not None else []
    return Table(
        id, title, of, head, (*map(_column, columns), *more), tuple(rows), _said(total, columns), _HELD,
        "columns" if upright else "bars", stacked=True,
    )  # fmt: skip


def waits(waited: Mapping[tuple[str, str], Wait], unit: str, of: str) -> Table | None:
    """How long it took, and how long those not done have waited; None: of too few children to say."""
    said = {what: tuple(_waited_cells(waited, ALTOGETHER, unit, what)) for what in _WAITED}
    if all(cells == (_NONE, _NONE) for cells in said.values()):
        return None
    done = said[DONE][0]
    return Table(
        "waits", "How long it took", of, "Which", (Column("Half within (median)"), Column("Longest")),
        tuple(Row(name, said[what]) for what, name in _WAITED.items()),
        f"Half were done within {done.text}." if done != _NONE else "Too few were done to say how long.",
        f"Said where at least {defining.wait_of_at_least()} children are behind it. Counted from the day or hour "
        "that the rule counts from.",
    )  # fmt: skip


def _waited_cells(waited: Mapping[tuple[str, str], Wait], slot: str, unit: str, what: str = DONE) -> list[Cell]:
    wait = waited.get((slot, what))
    if wait is None or wait.children < defining.wait_of_at_least():
        return [_NONE, _NONE]
    return [Cell(formats.count(n, unit.removesuffix("s"), unit)) for n in (wait.middle, wait.longest)]


def month_title(month: str) -> str:
    """``2026-04`` -> April 2026."""
    return f"{calendar.month_name[int(month[5:])]} {month[:4]}"


def month_short(month: str) -> str:
    """``2026-04`` -> Apr 2026."""
    return f"{calendar.month_abbr[int(month[5:])]} {month[:4]}"


def slots_of(breakdown: defining.Breakdown, found: Iterable[str]) -> Mapping[str, str]:
    """Slot -> title: those the data names, then others by name, what is not known last."""
    seen = set(found)
    named = {slot: title for slot, title in breakdown.slots.items() if slot in seen or breakdown.group}
    others = {slot: _name(slot) for slot in seen - set(named) - {defining.NOT_KNOWN}}
    rest = {defining.NOT_KNOWN: breakdown.blank} if defining.NOT_KNOWN in seen else {}
    return named | dict(sorted(others.items(), key=lambda pair: pair[1])) | rest


def _name(slot: str) -> str:
    authority = words.authorities().get(slot.partition(":")[2]) if slot.startswith("la:") else None
    return authority.name if authority else words.agency_title(slot) if slot.startswith("la:") else slot


def of(at: datetime, where: str) -> str:
    """What a table counts, for the line under its title."""
    return f"{where}, as of {formats.day(at)}, {formats.clock(at)}"


def in_time(total: Mapping[str, Shown]) -> Cell:
    """The share done in time; a dash where it cannot be said."""
    judged = [total[part] for part in defining.listed("judged")]
    share = showing.share(judged[0], judged)
    return Cell("–" if share is None else f"{share:.0%}")


def _column(part: Part) -> Column:
    return Column(part.title, part.look)


def _linked(shown: Shown, href: str) -> Cell:
    said = cell(shown)
    return Cell(said.text, said.n, "" if said.n == 0 else href)


def _those_told(parts: Iterable[tuple[str, Shown]]) -> set[str]:
    return {part for part, shown in parts if shown.n != 0}


def _said(total: Mapping[str, Shown], columns: Iterable[Part]) -> str:
    said = [f"{part.title}: {cell(total[part.id]).text}" for part in columns if total[part.id].n != 0]
    return f"{'. '.join(said)}." if said else "Nothing fell due."


def _most_late(rows: Sequence[tuple[str, str, Mapping[str, Shown]]]) -> str:
    late = [(shown["overdue"].n, name) for name, _, shown in rows if shown["overdue"].n]
    most, name = max(late, key=lambda pair: pair[0] or 0, default=(0, ""))
    return (
        f"Most often not done: {name} ({most:,})."
        if most
        else "No number of what was not done is large enough to show."
    )
