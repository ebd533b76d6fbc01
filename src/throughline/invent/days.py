"""Days as ordinals and moments as minutes, and how each layout writes them.

Lives are made of whole numbers, because adding days to a number is what inventing mostly does: a *day* is
`date.toordinal()`, a *moment* is day x 1440 + the minute on London's clock. Text comes from tables that
fill as they are asked.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from throughline.words.calendars import OutsideCalendar, birthday, school_days, working_days

MINUTES = 1440
YEAR = 365


class _Iso(dict[int, str]):
    def __missing__(self, day: int) -> str:
        self[day] = text = date.fromordinal(day).isoformat()
        return text


class _Uk(dict[int, str]):
    def __missing__(self, day: int) -> str:
        self[day] = text = date.fromordinal(day).strftime("%d/%m/%Y")
        return text


ISO: dict[int, str] = _Iso()
"""Day -> ``2026-03-09``."""
UK: dict[int, str] = _Uk()
"""Day -> ``09/03/2026``, as SSDA903 has it."""
_CLOCK = [f"T{minute // 60:02d}:{minute % 60:02d}" for minute in range(MINUTES)]


def stamp(moment: int) -> str:
    """A moment to the minute: ``2026-03-09T22:10``."""
    return ISO[moment // MINUTES] + _CLOCK[moment % MINUTES]


@lru_cache(maxsize=16384)
def working(day: int, n: int) -> int:
    """The n-th working day after `day`; nought is the first working day on or after it."""
    calendar = working_days()
    if n:
        return calendar.add(date.fromordinal(day), n).toordinal()
    return calendar.add(date.fromordinal(day - 1), 1).toordinal()


@lru_cache(maxsize=16384)
def school(day: int, n: int) -> int | None:
    """The n-th school day after `day`; None where no term dates are known."""
    try:
        return school_days().add(date.fromordinal(day), n).toordinal()
    except OutsideCalendar:
        return None


@lru_cache(maxsize=16384)
def eighteen(born: int) -> int:
    """The day an 18th birthday falls on."""
    return birthday(date.fromordinal(born), 18).toordinal()


def return_year(day: int) -> int:
    """The year a census or 903 return year ends in: 31 March 2025 and the 364 days before are 2025."""
    on = date.fromordinal(day)
    return on.year + (on.month > 3)


def year_begins(year: int) -> int:
    """1 April on which the return year ending in `year` begins."""
    return date(year - 1, 4, 1).toordinal()


def year_ends(year: int) -> int:
    """31 March of `year`."""
    return date(year, 3, 31).toordinal()


def months_back(day: int, n: int) -> int:
    """The first of the month, n months before the month `day` lies in."""
    on = date.fromordinal(day)
    months = on.year * 12 + on.month - 1 - n
    return date(months // 12, months % 12 + 1, 1).toordinal()


def month_ends(first: int, last: int) -> list[int]:
    """The last day of every month that lies wholly before `last`, from the month of `first` on."""
    ends = []
    step = months_back(first, 0)
    while (following := months_back(step, -1)) <= last:
        ends.append(following - 1)
        step = following
    return ends
