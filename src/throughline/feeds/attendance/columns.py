"""The columns of a register, those of what is made of it, and the half days it is counted in."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from throughline.feeds.layouts import every_layout

FEED_ID = "attendance_daily"
LAYOUT = every_layout()[FEED_ID]
"""As senders know it (`layouts_of/school.yaml`)."""
GIVEN = LAYOUT.columns
"""What the columns of a file are put into the order of."""
RUN = (
    "school_urn",
    "code",
    "first_day",
    "first_session",
    "last_day",
    "last_session",
    "sessions",
    "session_before",
    "session_after",
    "extract_date",
)
"""Columns of a run, `Statement.values`: nothing of where it stands in its file, or a run sent again would seem
another. The sessions before and after it are the school's, as its marks in the
same file show them (``2026-03-02 PM``); blank where the file begins or ends."""
(
    SCHOOL,
    CODE,
    FIRST_DAY,
    FIRST_SESSION,
    LAST_DAY,
    LAST_SESSION,
    SESSIONS,
    BEFORE,
    AFTER,
    EXTRACTED,
) = range(len(RUN))

HALVES = ("AM", "PM")
Slot = int
"""One half day: twice the day's ordinal, and one more in the afternoon."""


@lru_cache(maxsize=8192)
def slot_words(slot: Slot) -> tuple[str, str]:
    """Day and half day as a run's cells give them."""
    return date.fromordinal(slot // 2).isoformat(), HALVES[slot % 2]


@lru_cache(maxsize=8192)
def slot_of(day: str, half: str) -> Slot:
    """The half day that two cells of a run name."""
    return date.fromisoformat(day).toordinal() * 2 + HALVES.index(half)
