"""Counting a period from a day or an instant, in whatever it is measured in.

Day 1 is the first day of that sort after the trigger, unless the instrument says "beginning with"
(`count_trigger_day`). A date that lands on a day off does not move (duties.yaml, edge rules).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from throughline.words.calendars import (
    OutsideCalendar,
    SchoolDays,
    add_months,
    add_weeks,
    birthday,
    london_date,
    school_days,
    working_days,
)

LATE_UNITS: Mapping[str, str] = {
    "elapsed_hours": "hours",
    "days": "days",
    "weeks": "days",
    "months": "days",
    "working_days": "working days",
    "school_days": "school days",
}
"""Unit of a period -> the unit that its lateness is said in."""

_ONE_DAY = timedelta(days=1)
_HOUR = 3600


def end_of(unit: str, day: date, amount: int, count_trigger_day: bool, school: SchoolDays) -> date:
    """Last day of a period counted from `day`; raises `OutsideCalendar` where nobody can say."""
    return _COUNTS[unit](day, amount, count_trigger_day, school)


def before(unit: str, due: date, amount: int, school: SchoolDays) -> date:
    """The day so long before `due`; where the school's calendar begins later, `due` itself."""
    if unit == "working_days":
        return working_days().add(due, -amount)
    if unit == "school_days":
        try:
            return school.add(due, -amount)
        except OutsideCalendar:
            return due
    if unit == "months":
        return add_months(due, -amount)
    return due - timedelta(days=amount * (7 if unit == "weeks" else 1))


def late_by(unit: str, due: date | datetime, at: date | datetime, calendar: str) -> int | None:
    """How late `at` is, in units begun: at least 1. None where the school's calendar does not reach."""
    if unit == "elapsed_hours" and isinstance(due, datetime) and isinstance(at, datetime):
        return max(-int((due - at).total_seconds() // _HOUR), 1)
    first = london_date(due) if isinstance(due, datetime) else due
    last = london_date(at) if isinstance(at, datetime) else at
    if unit == "working_days":
        return max(working_days().between(first, last), 1)
    if unit == "school_days":
        try:
            return max(school_days(calendar).between(first, last), 1)
        except OutsideCalendar:
            return None
    return (last - first).days


def _days(day: date, amount: int, count_trigger_day: bool, _: SchoolDays) -> date:
    return day + timedelta(days=amount - count_trigger_day)


def _weeks(day: date, amount: int, count_trigger_day: bool, _: SchoolDays) -> date:
    return add_weeks(day, amount) - _ONE_DAY * count_trigger_day


def _months(day: date, amount: int, count_trigger_day: bool, _: SchoolDays) -> date:
    end = add_months(day, amount)
    # Beginning with a day, a period ends the day before the corresponding date; where the month has no
    # such date it ends with the month already.
    return end - _ONE_DAY if count_trigger_day and end.day == day.day else end


def _working(day: date, amount: int, count_trigger_day: bool, _: SchoolDays) -> date:
    calendar = working_days()
    return calendar.add(day, amount - (count_trigger_day and calendar.is_working(day)))


def _school(day: date, amount: int, count_trigger_day: bool, school: SchoolDays) -> date:
    return school.add(day, amount, count_trigger_day)


_COUNTS: Mapping[str, Callable[[date, int, bool, SchoolDays], date]] = {
    "days": _days,
    "weeks": _weeks,
    "months": _months,
    "working_days": _working,
    "school_days": _school,
}


@lru_cache(maxsize=65536)
def school_age(dob: date) -> tuple[date, date]:
    """First and last day of compulsory school age (Education Act 1996 s8, from memory).

    From the 31 August, 31 December or 31 March on or after the fifth birthday to the last Friday in June of
    the school year in which the child is sixteen.
    """
    five = birthday(dob, 5)
    starts = next(
        day for day in (date(five.year, 3, 31), date(five.year, 8, 31), date(five.year, 12, 31)) if five <= day
    )
    year = dob.year + (17 if dob.month >= 9 else 16)
    june = date(year, 6, 30)
    return starts, june - timedelta(days=(june.weekday() - 4) % 7)
