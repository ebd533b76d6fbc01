"""Months, weeks, birthdays and school terms in law."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

# Days in each month of a common year; index 0 unused.
_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def add_months(day: date, n: int) -> date:
    """The corresponding date n months on (or back); the last of that month if it has no such date.

    Dodds v Walker [1981]: three months from 30 November end on 28 (or 29) February.
    """
    months = day.year * 12 + day.month - 1 + n
    year, month = months // 12, months % 12 + 1
    if day.day <= 28:
        return date(year, month, day.day)
    last = 29 if month == 2 and _is_leap(year) else _LENGTHS[month]
    return date(year, month, min(day.day, last))


def add_weeks(day: date, n: int) -> date:
    """n blocks of seven days on; weekends and holidays count."""
    return day + timedelta(days=7 * n)


def birthday(dob: date, years: int) -> date:
    """The day this age is reached; someone born on 29 February has 1 March in common years (convention)."""
    year = dob.year + years
    if dob.month == 2 and dob.day == 29 and not _is_leap(year):
        return date(year, 3, 1)
    return date(year, dob.month, dob.day)


@lru_cache(maxsize=512)
def easter_monday(year: int) -> date:
    """Easter Monday of that year."""
    return easter(year) + timedelta(days=1)


def statutory_term(day: date) -> tuple[date, date]:
    """First and last day of the term that exclusion totals are counted in.

    SI 2012/1033 reg 2: terms end on the reference dates 31 December, Easter Monday and 31 July, whatever
    dates the school itself keeps.
    """
    year = day.year
    spring_ends = easter_monday(year)
    if day <= spring_ends:
        return date(year, 1, 1), spring_ends
    summer_ends = date(year, 7, 31)
    if day <= summer_ends:
        return spring_ends + timedelta(days=1), summer_ends
    return date(year, 8, 1), date(year, 12, 31)
