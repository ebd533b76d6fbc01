"""A duty owed once: opened when, due when, met by what; and what state that is on any day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from throughline.duties.counting import LATE_UNITS, late_by
from throughline.duties.parts import NO_FIGURE
from throughline.timeline import Happening
from throughline.words.calendars import day_bounds_utc, london_date

UPCOMING = "upcoming"
DUE_SOON = "due soon"
DUE = "due"
OVERDUE = "overdue"
MET = "met"
MET_LATE = "met late"
OTHER_ROUTE = "met by another route"
NOT_OWED = "not owed"
CANNOT_TELL = "cannot tell"
STATES = (UPCOMING, DUE_SOON, DUE, OVERDUE, MET, MET_LATE, OTHER_ROUTE, NOT_OWED, CANNOT_TELL)

_ONE_DAY = timedelta(days=1)
_LAST_HOURS = timedelta(hours=24)
"""An hour clock is *due* in its last day."""
STALE = timedelta(days=400)
"""A yearly return is silent for a year and some weeks; records older than that say nothing of today."""


class Instance(NamedTuple):
    """One duty for one subject, from one trigger. Nothing in it depends on the day it is read.

    Day clocks hold dates, hour clocks UTC instants.
    """

    subject_kind: str
    duty: str
    version: str
    stage: str
    trigger: Happening
    opened: date
    """London day that the count runs from; `trigger` may be later (a strategy discussion counts, not the
    enquiry it led to). Ahead of today where time alone will open it."""
    due: date | datetime | None
    """Last day or moment to do it; None: it cannot be known, and `cannot_tell` says what is missing, or no
    source gives a figure (unit ``none``)."""
    due_latest: date | datetime | None
    """The same if the trigger came as late in its day as it can have; equals `due` where that is known."""
    precision: str
    """exact (to the minute) | day | estimated"""
    unit: str
    """Unit of its period, as in `parts.Unit`; ``none``: no source gives a figure."""
    warn_from: date | datetime | None
    met_by: Happening | None
    met_at: date | datetime | None
    in_time: bool | None
    """None: not met; or met, and it cannot be told whether in time."""
    met_route: str
    """Blank: as the rule asks. Else by which other route, in words."""
    ended_on: date | None
    """When it ended without being met; None with an `ended_why`: it never was owed."""
    ended_why: str
    freezes_on: date | None
    """The birthday or day from which an unmet clock stands still."""
    cannot_tell: str
    """What is missing, in words. Where only cover is missing it is said once the due date has passed."""
    covered_to: date | None
    """Until when silence about it means it was not done; None: nobody supplies what would answer it."""
    evidence: tuple[Happening, ...]
    """What it rests on, the trigger first."""
    facts: tuple[tuple[str, Happening | None], ...]
    """Sentences of *because*, with ``{when}`` for the happening beside them."""
    estimated: str
    """Why its dates are an estimate; blank: they are not."""
    calendar: str
    """School calendar it is counted in; blank for other clocks."""
    subject_id: str
    """Which subject, where it is no child: the id of the line it stands on or, on the line of what it concerns, the
    reference of what opened it. Blank: the child, or what opened it carries no reference."""

    @property
    def opened_at(self) -> date | datetime:
        """What the count runs from: the instant for an hour clock that knows it, else the day."""
        if self.unit == "elapsed_hours":
            return self.trigger.happened_at or self.opened
        return self.opened


class Owed(Protocol):
    """What `status` reads of an instance: a stored row that has these will do as well."""

    @property
    def due(self) -> date | datetime | None: ...
    @property
    def due_latest(self) -> date | datetime | None: ...
    @property
    def warn_from(self) -> date | datetime | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def met_at(self) -> date | datetime | None: ...
    @property
    def in_time(self) -> bool | None: ...
    @property
    def met_route(self) -> str: ...
    @property
    def ended_on(self) -> date | None: ...
    @property
    def ended_why(self) -> str: ...
    @property
    def freezes_on(self) -> date | None: ...
    @property
    def cannot_tell(self) -> str: ...
    @property
    def covered_to(self) -> date | None: ...
    @property
    def calendar(self) -> str: ...


class Status(NamedTuple):
    """Where a duty stands on a day."""

    state: str
    late: int | None
    """How late, in whole units begun; None: not late."""
    late_unit: str
    """hours | days | working days | school days; blank: not late."""


_PLAIN = {state: Status(state, None, "") for state in STATES}


def status(instance: Owed, as_of: date | datetime) -> Status:
    """Where the duty stands at `as_of`.

    A date stands for the whole of that day: a clock that ends on it is due, not late (docs/adr/0007).

    An unmet duty that ended later than it was due is not owed any more, and keeps how late it was. One whose
    records end later than it was due is overdue as far as is known, until they are too old to say (`STALE`).
    """
    if instance.met_at is not None:
        return _met(instance)
    due, ended = instance.due, instance.ended_on
    if instance.ended_why and ended is None:
        return _PLAIN[NOT_OWED]
    day = london_date(as_of) if isinstance(as_of, datetime) else as_of
    if due is None:
        return _PLAIN[_without_date(instance, day)]
    if ended is None and instance.freezes_on is not None and instance.freezes_on <= day:
        ended = instance.freezes_on
    due_day = london_date(due) if isinstance(due, datetime) else due
    if ended is not None and (ended <= due_day or ended == instance.freezes_on == due_day + _ONE_DAY <= day):
        # What stands still from the day after it was due was never late: a window that has closed.
        uncovered = ended > due_day and _uncovered(instance, due_day)
        return _PLAIN[CANNOT_TELL if uncovered else NOT_OWED]
    if isinstance(due, datetime):
        return _hours(instance, due, _instant(as_of), day, ended)
    if day <= due:
        if day == due:
            return _PLAIN[DUE]
        return _PLAIN[UPCOMING if day < instance.warn_from else DUE_SOON]  # type: ignore[operator]
    if instance.cannot_tell or _uncovered(instance, due) or (ended is None and _stale(instance, day)):
        return _PLAIN[CANNOT_TELL]
    return _late(OVERDUE if ended is None else NOT_OWED, instance, _known(instance, day, ended))


def _without_date(instance: Owed, day: date) -> str:
    """An open duty is due until it is done, for as long as records say that it is not; it is never overdue."""
    if instance.unit != NO_FIGURE or instance.cannot_tell:
        return CANNOT_TELL
    if any(end is not None and end <= day for end in (instance.ended_on, instance.freezes_on)):
        return NOT_OWED
    return CANNOT_TELL if instance.covered_to is None or _stale(instance, day) else DUE


def _hours(instance: Owed, due: datetime, now: datetime, day: date, ended: date | None) -> Status:
    if now <= due:
        if now >= due - _LAST_HOURS:
            return _PLAIN[DUE]
        return _PLAIN[UPCOMING if now < instance.warn_from else DUE_SOON]  # type: ignore[operator]
    latest = instance.due_latest
    assert isinstance(latest, datetime)
    uncovered = _uncovered(instance, london_date(latest)) or (ended is None and _stale(instance, day))
    if instance.cannot_tell or now <= latest or uncovered:
        return _PLAIN[CANNOT_TELL]
    last = _known(instance, day, ended)
    at = now if last == day else day_bounds_utc(last)[1]
    return _late(OVERDUE if ended is None else NOT_OWED, instance, at)


def _stale(instance: Owed, day: date) -> bool:
    """Whether records ended so long ago that nobody can say it is still undone."""
    return instance.covered_to is not None and day - instance.covered_to > STALE


def _uncovered(instance: Owed, due_day: date) -> bool:
    """Whether silence up to the due date says nothing."""
    return instance.covered_to is None or instance.covered_to < due_day


def _known(instance: Owed, day: date, ended: date | None) -> date:
    """The last day up to which it is known to have been owed and not done."""
    if instance.covered_to is not None and instance.covered_to < day:
        day = instance.covered_to
    return ended if ended is not None and ended < day else day


def _met(instance: Owed) -> Status:
    # Done, but by a date that nobody can work out: a meeting booked for a day that was not said.
    if instance.in_time is None or (instance.due is None and not instance.in_time):
        return _PLAIN[CANNOT_TELL]
    state = OTHER_ROUTE if instance.met_route else MET if instance.in_time else MET_LATE
    if instance.in_time:
        return _PLAIN[state]
    assert instance.met_at is not None
    return _late(state, instance, instance.met_at)


def _late(state: str, instance: Owed, at: date | datetime) -> Status:
    assert instance.due is not None
    unit = LATE_UNITS[instance.unit]
    return Status(state, late_by(instance.unit, instance.due, at, instance.calendar), unit)


def _instant(as_of: date | datetime) -> datetime:
    """What has come to its end before a day began is over on that day."""
    return as_of if isinstance(as_of, datetime) else day_bounds_utc(as_of)[0]


def in_columns(i: Instance) -> dict[str, object]:
    """An instance by the columns of `timeline.relations.INSTANCE`, in their order; a moment has no day of its own."""
    due_on, due_at = _day_and_moment(i.due)
    warn_on, warn_at = _day_and_moment(i.warn_from)
    met_on, met_at = _day_and_moment(i.met_at)
    return {
        "subject_kind": i.subject_kind,
        "subject_id": i.subject_id,
        "duty_id": i.duty,
        "version": i.version,
        "stage": i.stage,
        "trigger_kind": i.trigger.kind,
        "trigger_key": i.trigger.key,
        "opened_on": i.opened,
        "opened_at": _day_and_moment(i.opened_at)[1],
        "due_on": due_on,
        "due_at": due_at,
        "due_latest_at": _day_and_moment(i.due_latest)[1],
        "warn_on": warn_on,
        "warn_at": warn_at,
        "precision": i.precision,
        "unit": i.unit,
        "met_on": met_on,
        "met_at": met_at,
        "in_time": i.in_time,
        "met_route": i.met_route,
        "met_key": i.met_by.key if i.met_by else "",
        "ended_on": i.ended_on,
        "ended_why": i.ended_why,
        "freezes_on": i.freezes_on,
        "cannot_tell": i.cannot_tell,
        "covered_to": i.covered_to,
        "evidence": [happening.key for happening in i.evidence],
        "estimated": i.estimated,
        "calendar": i.calendar,
    }


def _day_and_moment(value: date | datetime | None) -> tuple[date | None, datetime | None]:
    return (None, value) if isinstance(value, datetime) else (value, None)
