"""Dates and times as extracts write them; no day and month are ever guessed from one cell.

A day is London's. A time of day is kept as UTC, ``2026-03-04T10:30Z``; without an offset it is London time.
Each parser is a look-up whose last part is the *problem*, a key of `faults.PROBLEMS`, or blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from throughline.feeds.lookup import looked_up, tidy

LONDON = ZoneInfo("Europe/London")
PLACEHOLDER_DAY = date(1900, 1, 1)
YEARS = range(1850, 2200)
"""Years a date in an extract can have; outside them it is a slip of the hand."""


class Day(NamedTuple):
    """A date cell: the day (None when not given or not readable), the same as text, the problem."""

    day: date | None
    iso: str
    problem: str


class Moment(NamedTuple):
    """A date-time cell: its London day, its canonical text (``2026-03-04`` or ``2026-03-04T10:30Z``, which
    is UTC), the problem."""

    day: date | None
    text: str
    problem: str


NO_DAY = Day(None, "", "")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ] *(.*))?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ] *(.*))?", re.ASCII)
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?:[T ].*)?", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_MIDNIGHT = re.compile(r"00:00(:00(\.0+)?)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def _day(year: int, month: int, day: int, problem: str = "") -> Day:
    if year not in YEARS:
        return Day(None, "", "date-unreadable")
    try:
        found = date(year, month, day)
    except ValueError:
        return Day(None, "", "date-unreadable")
    if found == PLACEHOLDER_DAY:
        return Day(None, "", "date-placeholder")
    return Day(found, found.isoformat(), problem)


def _no_style(text: str) -> Day:
    """A date cell that is not ISO: which of the usual other things it is."""
    if slashed := _SLASHED.fullmatch(text):
        first, second = int(slashed[1]), int(slashed[2])
        possible = first and second and min(first, second) <= 12 and max(first, second) <= 31
        return Day(None, "", "date-order-unclear" if possible else "date-unreadable")
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return Day(None, "", "date-two-digit-year")
    if _SERIAL.fullmatch(text) and 20_000 <= float(text) <= 60_000:
        return Day(None, "", "date-serial")
    return Day(None, "", "date-unreadable")


def _iso_day(text: str) -> Day:
    text = tidy(text)
    if not text:
        return NO_DAY
    match = _ISO.fullmatch(text)
    if not match:
        return _no_style(text)
    if not match[4] or _MIDNIGHT.fullmatch(match[4]):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    timed = _moment(text)
    if not timed.day or timed.problem == "time-unreadable":
        return Day(None, "", timed.problem if not timed.day else "date-unreadable")
    return Day(timed.day, timed.day.isoformat(), "time-not-needed")


def _as_iso(text: str) -> str:
    """A date with slashes, day first, turned into ISO order; any other text as it is."""
    match = _SLASHED.fullmatch(tidy(text))
    if not match:
        return text
    return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" + (f" {match[4]}" if match[4] else "")


def _uk_day(text: str) -> Day:
    text = tidy(text)
    turned = _as_iso(text)
    found = _iso_day(turned)
    if turned == text and found.day and not found.problem:
        return found._replace(problem="date-other-style")
    return found


FEW = 0.05
"""Up to this share of the telling dates may be the other way round and count as slips, not as a mix."""


def date_order(cells: Iterable[str]) -> str:
    """How the dates with slashes of one file are to be read, from all of them together.

    ``day`` when some can only be day first and none, or only a `FEW` slips, month first; ``month`` the other
    way round; ``mixed`` when both occur in earnest; ``unclear`` when nothing settles it.
    """
    day_first = month_first = 0
    for text in cells:
        if match := _SLASHED.fullmatch(tidy(text)):
            first, second = int(match[1]), int(match[2])
            day_first += 31 >= first > 12 >= second > 0
            month_first += 31 >= second > 12 >= first > 0
    telling = day_first + month_first
    if not telling:
        return "unclear"
    if min(day_first, month_first) > FEW * telling:
        return "mixed"
    return "day" if day_first > month_first else "month"


# -- moments ------------------------------------------------------------------------------------------

NO_MOMENT = Moment(None, "", "")


def plain_moment(text: str) -> str:
    """The canonical text of ``YYYY-MM-DDThh:mm`` on a day without a change of clocks; blank for any other.

    Nearly every moment of a file is one of these, hardly any occurs twice, and this is two look-ups.
    """
    away = _clock_of_day(text[:10])
    clock = _CLOCKS.get(text[10:])
    return text[:10] + clock[away] if clock and away >= 0 and clock[away] else ""


def _moment(text: str) -> Moment:
    text = tidy(text)
    if not text:
        return NO_MOMENT
    match = _ISO.fullmatch(text)
    if not match:
        return Moment(*_no_style(text))
    found = _day(int(match[1]), int(match[2]), int(match[3]))
    if not found.day or not match[4]:
        return Moment(*found)
    return _timed(found.day, match[4])


def _timed(day: date, written: str) -> Moment:
    """A day with some text after it that ought to be a time of day."""
    clock = _CLOCK.fullmatch(written)
    if not clock or int(clock[1]) > 23 or int(clock[2]) > 59 or int(clock[3] or 0) > 59:
        return Moment(day, day.isoformat(), "time-unreadable")
    if clock[3] and not clock[4] and int(clock[1]) == int(clock[2]) == int(clock[3]) == 0:
        return Moment(day, day.isoformat(), "time-midnight")
    naive = datetime(day.year, day.month, day.day, int(clock[1]), int(clock[2]))
    return _with_offset(naive, clock[4]) if clock[4] else _in_london(naive)


def _with_offset(naive: datetime, offset: str) -> Moment:
    away = timedelta()
    if offset != "Z":
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if hours > 14 or minutes > 59:
            day = naive.date()
            return Moment(day, day.isoformat(), "time-unreadable")
        away = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
    instant = (naive - away).replace(tzinfo=UTC)
    return Moment(instant.astimezone(LONDON).date(), utc_text(instant), "")


def _in_london(naive: datetime) -> Moment:
    """London civil time to UTC: over the spring gap the new clock, in the autumn overlap the earlier."""
    local = naive.replace(tzinfo=LONDON)
    instant = local.astimezone(UTC)
    problem = ""
    if instant.astimezone(LONDON).replace(tzinfo=None) != naive:
        problem = "time-in-gap"
    elif local.replace(fold=1).utcoffset() != local.utcoffset():
        problem = "time-twice"
    return Moment(naive.date(), utc_text(instant), problem)


def _away(iso: str) -> int:
    """Hours London is ahead of UTC all through a day, 0 or 1; -1 where clocks change, or for no day at all."""
    match = _ISO.fullmatch(iso)
    day = match and _day(int(match[1]), int(match[2]), int(match[3])).day
    if not day:
        return -1
    start = datetime(day.year, day.month, day.day, tzinfo=LONDON).utcoffset()
    end = datetime(day.year, day.month, day.day, 23, 59, tzinfo=LONDON).utcoffset()
    if start != end or start not in (timedelta(), timedelta(hours=1)):
        return -1
    return 1 if start else 0


def _clocks() -> dict[str, tuple[str, str]]:
    """What each minute of a day is in UTC, in winter and in summer; blank where that is the day before."""
    found = {}
    for hour in range(24):
        for minute in range(60):
            winter = f"T{hour:02}:{minute:02}Z"
            summer = f"T{hour - 1:02}:{minute:02}Z" if hour else ""
            found[f"T{hour:02}:{minute:02}"] = found[f" {hour:02}:{minute:02}"] = (winter, summer)
    return found


def utc_text(instant: datetime) -> str:
    """A UTC instant as it stands in `Statement.values`: ``2026-03-04T10:30Z``."""
    return instant.strftime("%Y-%m-%dT%H:%MZ")


def _uk_moment(text: str) -> Moment:
    return _moment(_as_iso(text))


_CLOCKS = _clocks()
_clock_of_day = looked_up(_away)

iso_day = looked_up(_iso_day)
"""A date written ``YYYY-MM-DD`` (a midnight after it is passed over). A date with slashes is
``date-order-unclear``: ask `date_order` of the whole file, then read it with `uk_day`."""

uk_day = looked_up(_uk_day)
"""A date written ``dd/mm/yyyy``. An ISO date is read too, with ``date-other-style``: it cannot be
mistaken, and the reader says so once per file."""

uk_moment = looked_up(_uk_moment)
"""As `moment`, for a file whose dates are known to be ``dd/mm/yyyy``; ISO is read as well."""

moment = looked_up(_moment)
"""A cell ``YYYY-MM-DD`` or ``YYYY-MM-DDThh:mm[:ss][Z|+hh:mm]``; without an offset it is London time."""


def _at_of(value: str) -> datetime | None:
    return datetime.fromisoformat(value) if value.endswith("Z") else None


def _day_of(value: str) -> date | None:
    if not value:
        return None
    if value.endswith("Z"):
        return datetime.fromisoformat(value).astimezone(LONDON).date()
    return date.fromisoformat(value)


at_of = looked_up(_at_of)
"""The UTC instant of a canonical value of `Statement.values`; None where it has no time of day."""

day_of = looked_up(_day_of)
"""The London day of a canonical value of `Statement.values`; None where it is blank."""


def when_of(value: str) -> date | datetime | None:
    """The canonical value as precisely as it is known: an instant, else a day, else None."""
    return at_of(value) or day_of(value)
