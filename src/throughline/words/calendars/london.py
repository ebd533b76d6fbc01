"""London civil time and UTC. A date is never a UTC midnight: in summer London's day starts at 23:00 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=65536)
def london_midnight_utc(day: date) -> datetime:
    """The instant London's `day` begins."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def day_bounds_utc(day: date) -> tuple[datetime, datetime]:
    """The instants London's `day` begins and the next one does: 23, 24 or 25 hours apart."""
    return london_midnight_utc(day), london_midnight_utc(day + _ONE_DAY)


@lru_cache(maxsize=65536)
def day_in_words(day: date) -> str:
    """``5 Mar 2026``."""
    return f"{day.day} {day:%b %Y}"


def to_london(instant: datetime) -> datetime:
    """An instant as London clocks show it; `instant` must carry a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone; use london_to_utc for a London wall-clock time")
    return instant.astimezone(LONDON)


def london_date(instant: datetime) -> date:
    """London's date at an instant."""
    return to_london(instant).date()


def london_to_utc(clock: datetime) -> datetime:
    """The instant at which London clocks show this time (no zone given).

    The hour that comes twice in October is taken as the first, the earlier; an hour that does not exist
    in March is read as if clocks had not yet moved.
    """
    return clock.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
