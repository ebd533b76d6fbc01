"""A span of days, some of which count: every question about them is one or two list look-ups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta


class OutsideCalendar(ValueError):
    """A day, or an answer, that lies outside the days a calendar knows: callers say 'cannot tell'."""


class CountedDays:
    """Days from `first` to `last` of which those that `counts` says yes to are counted.

    Building looks at each day once; after that every method takes constant time.
    """

    __slots__ = ("_base", "_counted", "_first", "_last", "_sofar")

    def __init__(self, first: date, last: date, counts: Callable[[date], bool]) -> None:
        self._first = first
        self._last = last
        self._base = first.toordinal()
        self._counted: list[date] = []
        """The days that count, in order."""
        self._sofar: list[int] = []
        """How many days count up to and including each day of the span."""
        for ordinal in range(self._base, last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if counts(day):
                self._counted.append(day)
            self._sofar.append(len(self._counted))

    @property
    def first(self) -> date:
        """First day known."""
        return self._first

    @property
    def last(self) -> date:
        """Last day known."""
        return self._last

    def known(self, day: date) -> bool:
        """Whether the calendar can say anything about this day."""
        return self._first <= day <= self._last

    def _upto(self, day: date) -> int:
        """Counted days up to and including `day`."""
        index = day.toordinal() - self._base
        if index < 0:
            raise OutsideCalendar(f"{day} is before {self._first}, where this calendar begins")
        try:
            return self._sofar[index]
        except IndexError:
            raise OutsideCalendar(f"{day} is after {self._last}, where this calendar ends") from None

    def counts(self, day: date) -> bool:
        """Whether this day is counted; raises `OutsideCalendar`."""
        upto = self._upto(day)
        return upto > 0 and self._counted[upto - 1] == day

    def add(self, day: date, n: int) -> date:
        """The n-th counted day after `day` (day 1 is the first one after); negative counts backwards.

        Nought is `day` itself, whether it counts or not. Raises `OutsideCalendar`.
        """
        upto = self._upto(day)
        if n > 0:
            target = upto + n - 1
        elif n < 0:
            target = upto + n - (upto > 0 and self._counted[upto - 1] == day)
        else:
            return day
        if not 0 <= target < len(self._counted):
            raise OutsideCalendar(f"{n} counted days from {day} lies outside {self._first} to {self._last}")
        return self._counted[target]

    def between(self, a: date, b: date) -> int:
        """Counted days after `a` up to and including `b`; negative if `b` is earlier."""
        return self._upto(b) - self._upto(a)

    def on_or_after(self, day: date) -> date:
        """The first counted day that is not before `day`; raises `OutsideCalendar`."""
        return self.add(day - timedelta(days=1), 1)

    def on_or_before(self, day: date) -> date:
        """The last counted day that is not after `day`; raises `OutsideCalendar`."""
        upto = self._upto(day)
        if not upto:
            raise OutsideCalendar(f"no counted day up to {day}; this calendar begins on {self._first}")
        return self._counted[upto - 1]
