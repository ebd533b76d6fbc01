"""SSDA903 returns written again: a folder per authority and return year, dates as dd/mm/yyyy, that year's sex codes.

A record stands once, in the return that told it last. A child's header row stands in each return the child has
a row in. What has no day of its own (OC2, OC3, UASC, previous permanence) goes with the child's latest return.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from throughline.feeds.base import Statement
from throughline.feeds.giving import Sheets, folder_of
from throughline.feeds.ssda903.columns import year_of_return
from throughline.feeds.ssda903.span import latest_year
from throughline.feeds.ssda903.tables import OURS, TABLES

SEX_LETTERS_FROM = 2025
"""First return year with M, F and U; earlier ones have 1 and 2 (formats §1a)."""
_NUMBERS = {"M": "1", "F": "2", "U": ""}
_EPISODE = TABLES["episodes"]
_RETURN = _EPISODE.at("RETURN")
_DAYS = (_EPISODE.at("DECOM"), _EPISODE.at("DEC"))
_NO_YEAR = 0
Place = tuple[str, int]
"""An authority and the year a return ends in; 0: not known."""


class Returns:
    """Writes the returns (`giving.Writer`)."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._waiting: list[Statement] = []
        """Rows of children with no day in any return: they go with the latest of all."""
        self._latest: dict[str, int] = {}
        self._days: dict[Place, set[date]] = {}
        """Days on which episodes of a return began or ended."""

    def add(self, statements: Sequence[Statement]) -> None:
        """One person's rows."""
        for agency, mine in groupby(sorted(statements, key=attrgetter("said_by")), key=attrgetter("said_by")):
            rows = list(mine)
            last = max((int(row.values[_RETURN] or _NO_YEAR) for row in rows if row.table == "episodes"), default=None)
            dated = {id(row): year for row in rows if (year := _year(row, last)) is not None}
            if not dated:
                self._waiting += rows
                continue
            latest, years = max(dated.values()), sorted(set(dated.values()))
            self._latest[agency] = max(latest, self._latest.get(agency, _NO_YEAR))
            for row in rows:
                for year in years if row.table == "header" else (dated.get(id(row), latest),):
                    self._write((agency, year), row)

    def finish(self) -> None:
        """Write what waited, and say the year where a return's own days do not show it."""
        for row in self._waiting:
            self._write((row.said_by, self._latest.get(row.said_by, _NO_YEAR)), row)
        self._sheets.close()
        for place, days in self._days.items():
            shown = latest_year(day for day in days if (day.month, day.day) != (4, 1))
            if place[1] not in (_NO_YEAR, shown):
                _say_year(self._sheets.out / _name(place, "episodes"), place[1])

    def _write(self, place: Place, row: Statement) -> None:
        table = TABLES[row.table]
        columns = [column for column in table.columns if column.name not in OURS]
        cells = [_cell(column.type, text, place[1]) for column, text in zip(columns, row.values, strict=False)]
        if table is _EPISODE:
            days = self._days.setdefault(place, set())
            days.update(date.fromisoformat(row.values[at]) for at in _DAYS if row.values[at])
        self._sheets.write(_name(place, row.table), [column.name for column in columns], cells)


def _year(row: Statement, last: int | None) -> int | None:
    """The return year a row is of; None for a row without a day of its own.

    A review booked for after the child's last return was still told in it.
    """
    table = TABLES[row.table]
    if table is _EPISODE:
        return int(row.values[_RETURN] or _NO_YEAR)
    text = row.values[table.key] if table.key is not None else ""
    if not text:
        return None
    year = year_of_return(date.fromisoformat(text))
    return year if last is None else min(year, last)


def _cell(type: str, text: str, year: int) -> str:
    """A canonical value as the return of that year writes it."""
    if type == "date" and text:
        return f"{text[8:]}/{text[5:7]}/{text[:4]}"
    if type == "sex" and year < SEX_LETTERS_FROM:
        return _NUMBERS.get(text, text)
    return text


def _name(place: Place, table: str) -> str:
    agency, year = place
    folder = f"{year - 1}-{year % 100:02}" if year else "year-not-known"
    return f"{folder_of(agency)}/{folder}/{table}.csv"


def _say_year(path: Path, year: int) -> None:
    """Put a YEAR column at the end of a file: the reader goes by it."""
    told = path.with_suffix(".told")
    with path.open(encoding="utf-8", newline="") as file, told.open("w", encoding="utf-8", newline="") as out:
        rows = csv.reader(file)
        writer = csv.writer(out)
        writer.writerow([*next(rows), "YEAR"])
        writer.writerows([*row, str(year)] for row in rows)
    told.replace(path)
