"""Working days in England: not a Saturday, a Sunday or a bank holiday of England and Wales.

The formula of SI 2010/959 reg 2(1) (duties.yaml, calendar CPR2010), taken for guidance too. Bank
holidays come from the `holidays` library, with substitute days and the one-off ones (jubilees, state
funeral, coronation); a partnership adds further ones that library has not heard of.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from throughline.words.calendars.counting import CountedDays, OutsideCalendar

__all__ = ["OutsideCalendar", "WorkingDays", "working_days"]

FIRST = date(1970, 1, 1)
LAST = date(2080, 12, 31)
SATURDAY = 5


class WorkingDays(CountedDays):
    """Working days from 1970 to 2080; `add`, `between` and `on_or_before` are those of `CountedDays`."""

    __slots__ = ("holidays",)

    def __init__(self, holidays: frozenset[date]) -> None:
        self.holidays = holidays
        """The bank holidays it leaves out."""
        super().__init__(FIRST, LAST, lambda day: day.weekday() < SATURDAY and day not in holidays)

    def is_working(self, day: date) -> bool:
        """Whether this is a working day; raises `OutsideCalendar`."""
        return self.counts(day)


@lru_cache
def working_days(extra: frozenset[date] = frozenset()) -> WorkingDays:
    """The working-day calendar, with one-off bank holidays in `extra` besides those already known."""
    return WorkingDays(_bank_holidays() | extra)


@lru_cache
def _bank_holidays() -> frozenset[date]:
    # Imported here: the library loads every country of the world, half a second nobody should wait
    # for who counts no working days.
    from holidays import country_holidays

    return frozenset(country_holidays("GB", subdiv="ENG", years=range(FIRST.year, LAST.year + 1)))
