"""The calendar of what is coming, on a page and as a subscription: the viewer's own duties, their children's meetings.

Each takes the viewer, and records the look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import keyed_hash, looked
from throughline.web.casework.list_shapes import Row
from throughline.web.casework.reading import working
from throughline.web.casework.reading import worklists as lists
from throughline.web.linkage.models import Child

MOST = 500
"""Rows of a calendar that are read; what comes after is counted."""
_BOOKED = " booked"


@dataclass(frozen=True, slots=True)
class Day:
    """What is coming on one day, the hours first."""

    day: date
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that have something, of all that were asked for."""

    days: tuple[Day, ...]
    ahead: int
    """How many days from today were asked for."""
    empty: tuple[str, ...]
    """What it means that one of its lists has nothing."""
    left_off: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in somebody's calendar program: what and when, and of nobody whom."""

    uid: str
    """The same for the same thing each time; says nothing outside."""
    title: str
    on: date | datetime


def calendar(viewer: Viewer) -> Calendar:
    """What falls due and is booked from today, by day; nothing for a role that has no child."""
    return _calendar(viewer, "calendar")


def entries(viewer: Viewer) -> tuple[Entry, ...]:
    """The same, as a calendar program is told it: no name, no number, nothing of what is known."""
    days = _calendar(viewer, "calendar subscription").days
    return tuple(_entry(viewer, row) for day in days for row in day.rows)


def _calendar(viewer: Viewer, path_kind: str) -> Calendar:
    wanted = [one for one in lists.calendar() if lists.told(viewer.role, one)]
    made, _ = working.shown(viewer, wanted, None, MOST)
    rows = sorted((row for one in made for row in one.rows), key=lambda row: (*_order(row), row.what))
    shown = {row.child.id for row in rows if row.child}
    numbers = Child.objects.filter(public_id__in=shown).values_list("pk", flat=True)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=path_kind, children=numbers)
    return Calendar(
        tuple(Day(day, tuple(several)) for day, several in groupby(rows, key=lambda row: _order(row)[0])),
        lists.days_ahead(),
        tuple(one.empty for one in made if not one.rows),
        sum(one.left_off for one in made),
    )


def when(row: Row) -> date | datetime:
    """When it is due, or what it is booked for: a moment where hours count."""
    at = (row.owed.due_at or row.owed.due_on) if row.owed else row.on
    assert at is not None  # what has no day is on no list of what is coming
    return at


def _order(row: Row) -> tuple[date, str]:
    at = when(row)
    return (at.astimezone(clock.LONDON).date(), at.isoformat()) if isinstance(at, datetime) else (at, "")


def _entry(viewer: Viewer, row: Row) -> Entry:
    about = row.child.id if row.child else ""
    what = row.owed.duty_id if row.owed else row.what
    uid = keyed_hash(f"calendar|{viewer.id}|{about}|{what}|{when(row).isoformat()}")[:32]
    return Entry(uid, row.what.removesuffix(_BOOKED), when(row))
