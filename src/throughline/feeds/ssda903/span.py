"""What stretch of time a delivery of returns can answer for.

A return is silent about what lies outside its year; and a handful of mistyped dates must not stretch that
year. So a year counts when enough different days of it are met: no row is counted, only days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from throughline.feeds.ssda903.columns import year_of_return

_FEW = 20
"""A year with fewer than one in this many of the days of the fullest year is taken for slips of the hand."""


def latest_year(days: Iterable[date]) -> int:
    """The latest return year (by the year it ends in) that the days really reach; 0 for no days."""
    return max(_years(days), default=0)


def span(episodes: set[date], facts: set[date], received_on: date) -> tuple[date, date] | None:
    """First and last day a delivery answers for; None if it holds no day at all.

    `episodes` are days on which an episode began or ended: the latest of them is the last day, or that of
    receipt while its year is still running; a past return is silent after its last fact. (Reviews are
    booked ahead and do not count, unless there is nothing else.) `facts` are days on which something ended
    or was held, which a return has only for its own year, though an episode in it may have begun ten years
    before: the first day is 1 April of the first year in the unbroken run of years that has such facts.
    """
    known = episodes or facts
    year = latest_year(known)
    if not year:
        return None
    last = max(day for day in known if year_of_return(day) == year)
    if year_of_return(received_on) == year:
        last = received_on
    told = _years(facts)
    first = year
    while first - 1 in told:
        first -= 1
    return date(first - 1, 4, 1), last


def _years(days: Iterable[date]) -> set[int]:
    counts = Counter(year_of_return(day) for day in days)
    fullest = max(counts.values(), default=0)
    return {year for year, count in counts.items() if count * _FEW >= fullest}
