"""The stretch of time the line shows, and where a day stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from throughline.words.calendars import add_months

SCALES = {"life": "Life", "year": "Year", "month": "Month"}
LEFT = 148.0
"""Pixels left for the lanes' names."""
WIDTH = 1232.0
"""The drawing's width; 1280 less the page's edges."""
RIGHT = 12.0


@dataclass(frozen=True, slots=True)
class Window:
    """Days shown, both ends included, at one scale."""

    scale: str
    """``life``, ``year`` or ``month``."""
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def x(self, day: date, part: float = 0.0) -> float:
        """Where a day begins, in pixels; `part` of the day further (0 to 1). Held inside the window."""
        share = ((day - self.start).days + part) / self.days
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def earlier(self) -> date:
        """The last day of the window before this one."""
        return self.start - timedelta(days=1)

    @property
    def later(self) -> date:
        """The last day of the window after this one."""
        return self.end + timedelta(days=self.days)

    def ticks(self) -> list[tuple[float, str, bool]]:
        """(x, label, whether a new year begins there), never closer than the labels need."""
        if self.scale == "month":
            days = (self.start + timedelta(days=n) for n in range(0, self.days, 3))
            return [(self.x(day, 0.5), f"{day.day} {day:%b}", day.timetuple().tm_yday <= 3) for day in days]
        months = _month_starts(self.start, self.end)
        if self.scale == "life":
            years = [month for month in months if month.month == 1]
            step = max(1, -(-len(years) // 20))
            return [(self.x(year), str(year.year), False) for year in years if year.year % step == 0]
        return [
            (
                self.x(month),
                f"{month:%b} {month.year}" if month.month == 1 or i == 0 else f"{month:%b}",
                month.month == 1,
            )
            for i, month in enumerate(months)
        ]


def window(scale: str, end: date, born: date) -> Window:
    """The window of a scale that ends on a day: a year, a month, or everything since `born`."""
    if scale == "month":
        return Window(scale, add_months(end, -1) + timedelta(days=1), end)
    if scale == "life":
        return Window(scale, min(born, end - timedelta(days=365)), end)
    return Window("year", add_months(end, -12) + timedelta(days=1), end)


def _month_starts(start: date, end: date) -> list[date]:
    months = []
    month = start if start.day == 1 else add_months(start.replace(day=1), 1)
    while month <= end:
        months.append(month)
        month = add_months(month, 1)
    return months
