"""Who delivers what, on which day, and up to when it tells: the dated folders."""

from __future__ import annotations

from collections.abc import Iterator
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

    @property
    def folder(self) -> str:
        """``2026-03-04_la.971``: the day received, and the agency id with dots for colons."""
        return f"{ISO[self.received]}_{self.sender.agency.replace(':', '.')}"


def deliveries(world: World, sender: Sender) -> list[Delivery]:
    """All of one sender's deliveries, earliest first."""
    made = list(_returns(world, sender) if sender.cut == "return" else _regular(world, sender))
    heard_of = world.until - sender.silent
    return [delivery for delivery in made if delivery.received <= heard_of]


def _regular(world: World, sender: Sender) -> Iterator[Delivery]:
    assert sender.months is not None
    ends = month_ends(months_back(world.until, sender.months + 1), world.until)
    if sender.cut == "term":
        ends = [day for day in ends if date.fromordinal(day).month in (4, 7, 12)]
    for day in ends:
        if day + sender.late_days < world.until:
            yield Delivery(sender, day + sender.late_days, (day + 1) * MINUTES - 1, 0, False)
    yield Delivery(sender, world.until, world.now, 0, False)


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
