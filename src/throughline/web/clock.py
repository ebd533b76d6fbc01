"""The one place that reads the time. Everything below the site is handed its date.

`settings.THROUGHLINE_NOW` (an aware datetime) stands in for the clock in tests, so that a page can be
looked at on any day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    fixed: datetime | None = getattr(settings, "THROUGHLINE_NOW", None)
    return fixed.astimezone(UTC) if fixed else datetime.now(UTC)


def today() -> date:
    """The civil date in London: what day clocks run on."""
    return now().astimezone(LONDON).date()
