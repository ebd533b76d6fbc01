"""Dates, ages and lengths of time as people here write them. Every "today" is an argument."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

NOT_KNOWN = "not known"
_NBSP = "\N{NO-BREAK SPACE}"


def local(moment: datetime) -> datetime:
    """An instant as London clocks show it. A naive value is an error: an hour clock may hang on it."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone cannot be shown: {moment!r}")
    return moment.astimezone(LONDON)


def _civil(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """``3 Jan 2026``, kept on one line."""
    if value is None:
        return NOT_KNOWN
    civil = _civil(value)
    return _NBSP.join((str(civil.day), civil.strftime("%b"), str(civil.year)))


def long_day(value: date | datetime | None) -> str:
    """``Tuesday 3 January 2026``: for the head of a page or a sentence that someone acts on."""
    if value is None:
        return NOT_KNOWN
    civil = _civil(value)
    return f"{civil.strftime('%A')} {civil.day} {civil.strftime('%B')} {civil.year}"


def weekday(value: date | datetime | None) -> str:
    """``Tue 3 Jan 2026``."""
    if value is None:
        return NOT_KNOWN
    return _civil(value).strftime("%a") + _NBSP + day(value)


def clock(value: datetime) -> str:
    """``06:40``, London time."""
    return local(value).strftime("%H:%M")


def when(value: date | datetime | None, *, near: date | None = None) -> str:
    """A day, or a day and its time where the time is known: ``Thu 22 Jan 2026, 06:40``.

    `near` leaves the year out when it is the year of that day: ``Thu 22 Jan, 06:40``.
    """
    if value is None:
        return NOT_KNOWN
    civil = _civil(value)
    if near is not None and civil.year == near.year:
        said = _NBSP.join((civil.strftime("%a"), str(civil.day), civil.strftime("%b")))
    else:
        said = weekday(civil)
    return f"{said}, {clock(value)}" if isinstance(value, datetime) else said


def age(born: date | None, on: date) -> int | None:
    """Whole years on a day; one born on 29 February has a birthday on 1 March in other years."""
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def count(n: int, one: str, many: str = "") -> str:
    """``1 duty``, ``2 duties``, ``1,204 rows``."""
    return f"{n:,}{_NBSP}{one if n == 1 else many or one + 's'}"


def how_long(span: timedelta) -> str:
    """A length of time as a list shows it: ``40 min``, ``9 h 20``, ``41 h``, ``12 days``."""
    minutes = int(abs(span).total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes}{_NBSP}min"
    if hours < 24 and rest:
        return f"{hours}{_NBSP}h{_NBSP}{rest:02d}"
    if hours <= 72:
        return f"{hours}{_NBSP}h"
    return count(hours // 24, "day")


def from_now(value: date, today: date) -> str:
    """A day beside today: ``today``, ``tomorrow``, ``in 3 days``, ``4 days ago``."""
    days = (value - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {count(days, 'day')}" if days > 0 else f"{count(-days, 'day')} ago"
