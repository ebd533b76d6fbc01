"""The same rows as the drawing, as a list: by month, newest first, long runs of one kind folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from throughline.web.casework.shapes import Chapter, LineRow
from throughline.words.calendars import add_months

RAILS = ("home", "school", "plan")
LONG_RUN = 4


@dataclass(frozen=True, slots=True)
class Run:
    """One happening, or several of one kind in a row that read better as one line."""

    rows: tuple[LineRow, ...]
    """Newest first."""

    @property
    def folded(self) -> bool:
        return len(self.rows) >= LONG_RUN

    @property
    def first(self) -> date:
        return self.rows[-1].happened_on

    @property
    def last(self) -> date:
        return self.rows[0].happened_on


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the list."""

    day: date
    runs: tuple[Run, ...]
    rails: tuple[str, ...]
    """For home, school and plan: ``a`` or ``b`` in turn as chapters change, ``none`` where there is none."""


def by_month(rows: Sequence[LineRow], chapters: Iterable[Chapter]) -> tuple[Month, ...]:
    """The list of these rows (given oldest first), newest month first."""
    chapters = tuple(chapters)
    months = groupby(reversed(rows), key=lambda row: row.happened_on.replace(day=1))
    return tuple(
        Month(day, tuple(_runs(members)), tuple(_rail(chapters, rail, day) for rail in RAILS))
        for day, members in months
    )


def _runs(rows: Iterable[LineRow]) -> Iterable[Run]:
    for _, members in groupby(rows, key=lambda row: (row.kind, row.title)):
        run = tuple(members)
        if len(run) >= LONG_RUN:
            yield Run(run)
        else:
            yield from (Run((row,)) for row in run)


def _rail(chapters: Sequence[Chapter], rail: str, month: date) -> str:
    end = add_months(month, 1) - timedelta(days=1)
    mine = [chapter for chapter in chapters if chapter.row == rail]
    for n, chapter in reversed(list(enumerate(mine))):
        if (chapter.start is None or chapter.start <= end) and (chapter.end is None or chapter.end >= month):
            return "ab"[n % 2]
    return "none"
