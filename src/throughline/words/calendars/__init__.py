"""Days that count: working days, school days, months by corresponding date, terms, London time.

Every count excludes the trigger day unless asked otherwise: day 1 is the first day of that sort after
it (duties.yaml, edge rules). No function here reads the clock.
"""

from throughline.words.calendars.london import (
    LONDON,
    day_bounds_utc,
    day_in_words,
    london_date,
    london_midnight_utc,
    london_to_utc,
    to_london,
)
from throughline.words.calendars.months import add_months, add_weeks, birthday, easter_monday, statutory_term
from throughline.words.calendars.school import SchoolDays, school_calendars, school_days
from throughline.words.calendars.working import OutsideCalendar, WorkingDays, working_days

__all__ = [
    "LONDON",
    "OutsideCalendar",
    "SchoolDays",
    "WorkingDays",
    "add_months",
    "add_weeks",
    "birthday",
    "day_bounds_utc",
    "day_in_words",
    "easter_monday",
    "london_date",
    "london_midnight_utc",
    "london_to_utc",
    "school_calendars",
    "school_days",
    "statutory_term",
    "to_london",
    "working_days",
]
