"""Counting duties one by one, from what the engine says of them: what a measure means, said plainly.

The site counts a whole partnership in the database (web/measured.py); a test compares the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from throughline import duties
from throughline.duties.counting import LATE_UNITS
from throughline.measures.defining import Year, listed, outcome_of
from throughline.measures.showing import Tally
from throughline.words.calendars import OutsideCalendar, london_date, school_days, working_days


class Counted(NamedTuple):
    """One duty of one child, in the slot it is counted in."""

    child: int
    slot: str
    instance: duties.Instance


def fell_on(instance: duties.Instance) -> date:
    """The London day it fell due; of one without a date, the day it was opened."""
    due = instance.due
    if due is None:
        return instance.opened
    return london_date(due) if isinstance(due, datetime) else due


def tallies(counted: Iterable[Counted], year: Year, as_of: datetime) -> Mapping[tuple[str, str], Tally]:
    """(Slot, outcome) -> how many fell due in the year up to `as_of`, and of how many children."""
    last = min(year.last, london_date(as_of))
    n: Counter[tuple[str, str]] = Counter()
    children: dict[tuple[str, str], set[int]] = {}
    for child, slot, instance in counted:
        if year.first <= fell_on(instance) <= last:
            place = slot, outcome_of()[duties.status(instance, as_of).state]
            n[place] += 1
            children.setdefault(place, set()).add(child)
    return {place: Tally(many, len(children[place])) for place, many in n.items()}


def waited(instance: duties.Instance, as_of: datetime) -> int | None:
    """How long it took until it was met, or how long it has waited so far, in `wait_unit`s of its rule.

    Whole hours that have passed; days, working days and school days after the one it was opened. None: it is
    neither done nor late, or the times or the school's calendar do not say.
    """
    outcome = outcome_of()[duties.status(instance, as_of).state]
    if outcome in listed("done"):
        until = instance.met_at
    elif outcome in listed("waiting"):
        until = as_of if instance.unit == "elapsed_hours" else london_date(as_of)
    else:
        return None
    if instance.unit == "elapsed_hours":
        begun = instance.opened_at
        if isinstance(begun, datetime) and isinstance(until, datetime):
            return int((until - begun).total_seconds() // 3600)
        return None
    assert until is not None
    last = london_date(until) if isinstance(until, datetime) else until
    try:
        return _days(instance, last)
    except OutsideCalendar:
        return None


def _days(instance: duties.Instance, last: date) -> int:
    if instance.unit == "working_days":
        return working_days().between(instance.opened, last)
    if instance.unit == "school_days":
        return school_days(instance.calendar).between(instance.opened, last)
    return (last - instance.opened).days


def wait_unit(unit: str) -> str:
    """What waits of a rule are counted in: hours, days, working days or school days. `unit`: of its period."""
    return LATE_UNITS.get(unit, "days")
