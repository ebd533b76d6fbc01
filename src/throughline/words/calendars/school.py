"""School days: days on which a school holds a session (Education Act 1996 s579).

An authority's published terms stand in `data/terms.yaml`; a school's own closures (INSET days, snow,
polling day) are given as an argument. Outside the data nothing is known, and callers say "cannot tell".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from throughline.words.calendars.counting import CountedDays, OutsideCalendar
from throughline.words.calendars.working import SATURDAY, working_days
from throughline.words.load import DATA, document

DEFAULT = "typical"
"""The calendar for an authority that has none: typical English terms, so every answer is an estimate."""


_A_WEEK_OFF = timedelta(days=9)
"""From a Friday to the Monday after next; a weekend with bank holidays is shorter."""


class Terms(NamedTuple):
    """One school calendar as the data gives it."""

    id: str
    title: str
    estimated: bool
    first: date
    last: date
    open: frozenset[date]
    """Weekdays in term that are no bank holiday."""


class SchoolDays(CountedDays):
    """School days of one calendar, less one school's own closures."""

    __slots__ = ("estimated", "id", "title")

    def __init__(self, terms: Terms, closures: frozenset[date] = frozenset()) -> None:
        self.id = terms.id
        self.title = terms.title
        self.estimated = terms.estimated
        """Typical terms, not this authority's own: say so beside every date that rests on it."""
        open_days = terms.open - closures
        super().__init__(terms.first, terms.last, open_days.__contains__)

    def is_school_day(self, day: date) -> bool:
        """Whether the school holds a session; raises `OutsideCalendar`."""
        return self.counts(day)

    def half_term(self, day: date) -> tuple[date, date]:
        """First and last school day of the half-term of `day`, or of the next where it falls in a holiday.

        A week without a school day ends a half-term. Raises `OutsideCalendar`.
        """
        on = day if self.counts(day) else super().add(day, 1)
        return self._edge(on, -1), self._edge(on, 1)

    def _edge(self, day: date, way: int) -> date:
        """The school day before or after which there is none for a week, or none known."""
        while True:
            try:
                following = super().add(day, way)
            except OutsideCalendar:
                return day
            if abs(following - day) >= _A_WEEK_OFF:
                return day
            day = following

    def add(self, day: date, n: int, count_trigger_day: bool = False) -> date:
        """The n-th school day after `day`; with `count_trigger_day`, `day` is day 1 if it is a school day.

        Day-six education counts the first excluded school day as day 1. Raises `OutsideCalendar`.
        """
        if count_trigger_day and n > 0 and self.counts(day):
            n -= 1
        return super().add(day, n)


@lru_cache
def school_calendars() -> Mapping[str, Terms]:
    """Every school calendar by id; several authorities may share one."""
    found: dict[str, Terms] = {}
    for given in document(DATA / "terms.yaml")["calendars"]:
        for id in given["ids"]:
            found[id] = _terms(id, given)
    return MappingProxyType(found)


def _terms(id: str, given: Mapping[str, Any]) -> Terms:
    holidays = working_days().holidays
    one = timedelta(days=1)
    open_days: set[date] = set()
    for term in given["terms"]:
        day, last = term["from"], term["to"]
        break_from, break_to = term["half_term"]
        while day <= last:
            if day.weekday() < SATURDAY and not break_from <= day <= break_to and day not in holidays:
                open_days.add(day)
            day += one
    return Terms(id, given["title"], given["estimated"], given["first"], given["last"], frozenset(open_days))


@lru_cache(maxsize=1024)
def school_days(calendar_id: str = DEFAULT, closures: frozenset[date] = frozenset()) -> SchoolDays:
    """The school days of an authority (id of `school_calendars`), less a school's own closures.

    An authority without a calendar of its own gets the typical one, which is `estimated`.
    """
    calendars = school_calendars()
    return SchoolDays(calendars.get(calendar_id) or calendars[DEFAULT], closures)
