"""Who delivers what, on which day, and up to when it tells: the dated folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from throughline.invent.days import (
    ISO,
    MINUTES,
    month_ends,
    months_back,
    return_year,
    year_begins,
    year_ends,
)
from throughline.invent.people import World
from throughline.invent.setting import Sender

_QUARTER_LATE = 24
_MONTHS = {"term": (4, 7, 12), "quarter": (3, 6, 9, 12)}
"""Months at whose end those send who do not send every month."""
_CENSUS_DAYS = {1: "spring", 5: "summer", 10: "autumn"}
"""The school census is taken on the third Thursday of these months, the third but one of May (near enough)."""


class Delivery(NamedTuple):
    """One sender's files of one day."""

    sender: Sender
    received: int
    cut: int
    """Moment: nothing later is in it."""
    year: int
    """Return year of a census or 903 return; 0 for every other layout."""
    final: bool
    """Of a return: whole year, sent as the return itself; else the year so far."""
    since: int = 0
    """Moment of the cut before; nought for a sender's first."""

    @property
    def folder(self) -> str:
        """``2026-03-04_la.971``: the day received, and the agency id with dots for colons."""
        return f"{ISO[self.received]}_{self.sender.agency.replace(':', '.')}"


def deliveries(world: World, sender: Sender) -> list[Delivery]:
    """All of one sender's deliveries, earliest first."""
    made = list(_CUTS[sender.cut](world, sender))[-sender.latest :]
    heard_of = world.until - sender.silent
    made = [delivery for delivery in made if delivery.received <= heard_of]
    return [d._replace(since=before) for d, before in zip(made, [0, *(d.cut for d in made)], strict=False)]


def _regular(world: World, sender: Sender) -> Iterator[Delivery]:
    assert sender.months is not None
    ends = month_ends(months_back(world.until, sender.months + 1), world.until)
    months = _MONTHS.get(sender.cut)
    if months:
        ends = [day for day in ends if date.fromordinal(day).month in months]
    for day in ends:
        if day + sender.late_days < world.until:
            yield Delivery(sender, day + sender.late_days, (day + 1) * MINUTES - 1, 0, False)
    yield Delivery(sender, world.until, world.now, 0, False)


def _yearly(world: World, sender: Sender) -> Iterator[Delivery]:
    """SEN2: one return for each calendar year, made up in January."""
    for year in range(date.fromordinal(world.began).year, date.fromordinal(world.until).year):
        end = date(year, 12, 31).toordinal()
        if end > world.began and end + sender.late_days <= world.until:
            yield Delivery(sender, end + sender.late_days, (end + 1) * MINUTES - 1, year, True)


def _censuses(world: World, sender: Sender) -> Iterator[Delivery]:
    """Every term's school census, on its day and delivered weeks after."""
    for day in month_ends(world.began, world.until + 40):
        on = date.fromordinal(day)
        taken = on.replace(day=16).toordinal()
        if on.month in _CENSUS_DAYS and taken > world.began and taken + sender.late_days <= world.until:
            yield Delivery(sender, taken + sender.late_days, (taken + 1) * MINUTES - 1, on.year, True)


def term(delivery: Delivery) -> str:
    """Which term's school census it is: ``2025_autumn``."""
    return f"{delivery.year}_{_CENSUS_DAYS[date.fromordinal(delivery.cut // MINUTES).month]}"


def _returns(world: World, sender: Sender) -> Iterator[Delivery]:
    """Each year's return, months after the year; of the last year every quarter, and what there is now."""
    current = return_year(world.until)
    for year in range(return_year(world.began), current):
        end = year_ends(year)
        yield Delivery(sender, min(end + sender.late_days, world.until), (end + 1) * MINUTES - 1, year, True)
    begins = year_begins(current)
    for months in (3, 6, 9):
        end = months_back(begins, -months) - 1
        if end + _QUARTER_LATE < world.until:
            yield Delivery(sender, end + _QUARTER_LATE, (end + 1) * MINUTES - 1, current, False)
    if world.until > begins:
        yield Delivery(sender, world.until, world.until * MINUTES - 1, current, False)


_CUTS: dict[str, Callable[[World, Sender], Iterator[Delivery]]] = {
    "month": _regular,
    "quarter": _regular,
    "term": _regular,
    "year": _yearly,
    "census": _censuses,
    "return": _returns,
}
