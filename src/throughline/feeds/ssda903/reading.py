"""Rows of one table of one file, as people, statements and faults: the same for CSV and XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    REFUSED,
    USED,
    USED_WITH_FAULTS,
    Fault,
    Person,
    Statement,
    person_key,
)
from throughline.feeds.faults import LONGEST_VALUE
from throughline.feeds.faults import PROBLEMS as CELL_PROBLEMS
from throughline.feeds.memos import Said
from throughline.feeds.ssda903.columns import UPN_UNKNOWN, Manner, cleaner, memos
from throughline.feeds.ssda903.tables import FEED_ID, PROBLEMS, Table

Given = tuple[str, ...]


class Cut(NamedTuple):
    """How the cells of a file's rows are put in the table's order."""

    width: int
    """Cells in a row of the file."""
    pick: Callable[[list[str]], Given]
    """Takes a row with `more` at its end."""
    more: list[str] = []  # noqa: RUF012  never changed
    """Cells set beside each row: what columns find that the file has not."""
    la: int | None = None
    """Place of a column that names the authority."""


_new = tuple.__new__
"""A NamedTuple made from a tuple, past its Python-level constructor: a county has millions of rows."""
_STYLE = "dd/mm/yyyy"


class TableReader:
    """Reads the rows of one table of one file."""

    def __init__(
        self,
        table: Table,
        file: str,
        manner: Manner,
        agency_of: Callable[[str], str],
        claimed: set[str],
    ) -> None:
        """`agency_of` gives the agency for a row's LA cell; `claimed` is the people named already."""
        self.table = table
        self._file = file
        self._agency_of = agency_of
        self._claimed = claimed
        self._said: list[Said] = []
        """What there is to say about the row being read."""
        self._memos = memos(table, manner, self._said)
        self._clean = cleaner(self._memos)
        self._check = _CHECKS.get(table.name)
        # Hashes, not ids: of a county's million rows two will hardly ever share one (1 in 10^7), and then
        # one of them is told apart by a needless "/2".
        self._records: set[int] = set()
        self._again: Counter[str] = Counter()
        names = table.names
        self._dob, self._sex, self._upn = (
            names.index(name) if name in names else None for name in ("DOB", "SEX", "UPN")
        )

    def days(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Each date column's name with the days met in it so far: text as given -> ISO."""
        for column, memo in zip(self.table.columns, self._memos, strict=True):
            if column.type == "date":
                yield column.name, memo

    def read(self, rows: Iterable[tuple[int, list[str]]], cut: Cut) -> Iterator[Person | Statement | Fault]:
        """People (once a file), statements (one a row), faults, from numbered rows as they stand.

        A county has millions of rows: what is the same for every row is worked out before the loop, and a
        row there is nothing to say about costs a few look-ups.
        """
        file, said, records, clean = self._file, self._said, self._records, self._clean
        claimed = self._claimed
        name, key, check = self.table.name, self.table.key, self._check
        first, second = (*self.table.record, None, None)[:2]
        some_day = self.table.dates if key is None else ()
        usual = USED if self.table.dates else NO_EVENT
        width, pick, more, la_place = cut
        last_child = last_la = None
        agency = prefix = person = la = ""
        for row, standing in rows:
            if len(standing) != width:
                standing = self._of_width(standing, width)
            if more:
                standing += more
            if la_place is not None:
                la = standing[la_place]
            given = pick(standing)
            values = clean(given)
            if check is not None:
                check(values, said)
            child = values[0]
            if la != last_la:
                last_child, last_la = None, la
                agency = self._agency_of(la)
                prefix = person_key(agency, FEED_ID, "")
            if child != last_child:
                last_child = child
                person = prefix + child if child else ""
                if child and person not in claimed:
                    claimed.add(person)
                    yield self._claim(row, values, person, agency)
            if first is None:
                record_id = child
            elif second is None:
                record_id = f"{child}/{values[first]}"
            else:
                record_id = f"{child}/{values[first]}/{values[second]}"
            hashed = hash(record_id)
            if hashed in records:
                self._again[record_id] += 1
                record_id = f"{record_id}/{self._again[record_id] + 1}"
            else:
                records.add(hashed)
            outcome = usual
            if said or not child or (key is not None and not values[key]):
                values, outcome, faults = self._judge(row, given, values, person, agency)
                said.clear()
                yield from faults
            elif some_day and not any(map(values.__getitem__, some_day)):
                outcome = NO_EVENT
            yield _new(
                Statement,
                (FEED_ID, name, file, row, record_id, person, values, outcome, agency, None, given, None),
            )

    def _of_width(self, row: list[str], width: int) -> list[str]:
        """A row with as many cells as the header; trailing cells left out are blank, more are said."""
        if beyond := ",".join(row[width:]).strip(", "):
            self._said.append((-1, beyond, "row-too-long"))
        return [*row[:width], *[""] * (width - len(row))]

    def _claim(self, row: int, values: Given, person: str, agency: str) -> Person:
        """Who this table says the child is."""
        dob = cells.day_of(values[self._dob]) if self._dob is not None else None
        sex = values[self._sex] if self._sex is not None else ""
        upn = values[self._upn] if self._upn is not None else ""
        if upn in UPN_UNKNOWN:
            upn = ""
        return _new(Person, (person, agency, values[0], agency, upn, "", "", "", dob, sex, "", self._file, row))

    def _judge(self, row: int, given: Given, values: Given, person: str, agency: str) -> tuple[Given, str, list[Fault]]:
        """A row there is something to say about: its cells with the bad ones blank, its outcome, the faults."""
        table = self.table
        said = self._said
        cleaned = list(values)
        for place, _, problem in said:
            if place >= 0 and _severity(problem)[0] == ERROR:
                cleaned[place] = ""
        outcome = USED_WITH_FAULTS
        if not person:
            outcome = REFUSED
            said = [(0, "", "child-missing" if any(given) else "row-empty")]
        elif table.key is not None and not cleaned[table.key]:
            outcome = REFUSED
            if all(place != table.key for place, _, _ in said):
                said = [*said, (table.key, "", "date-missing")]
        elif any(problem == "review-ahead" for _, _, problem in said):
            outcome = NO_EVENT
        around = next((cells.day_of(cleaned[place]) for place in table.dates if cleaned[place]), None)
        fix_by = words.agency_title(agency)
        faults = [self._fault(row, entry, person, fix_by, around) for entry in said]
        return tuple(cleaned), outcome, faults

    def _fault(self, row: int, said: Said, person: str, fix_by: str, around: date | None) -> Fault:
        place, text, problem = said
        severity, what = _severity(problem)
        column = self.table.columns[place] if place >= 0 else None
        name = column.name if column else "Cell"
        coded = column and column.rule and "903-" not in problem and problem not in _OF_THE_ROW
        shown = text[:LONGEST_VALUE]
        return Fault(
            file=self._file,
            sheet="",
            row=row,
            column=column.name if column else "",
            value=shown,
            rule=f"{problem} {column.rule}" if column and coded else problem,
            severity=severity,
            message=f"{name} '{shown}' {what.format(style=_STYLE)}.",
            fix_by=fix_by,
            person=person,
            around=around,
        )


_OF_THE_ROW = frozenset({"child-missing", "row-empty", "row-too-long"})


def _severity(problem: str) -> tuple[str, str]:
    return PROBLEMS.get(problem) or CELL_PROBLEMS[problem]


# -- what the cells of one row say of each other ------------------------------------------------------


def _episode(values: Given, said: list[Said]) -> None:
    decom, dec, rec = values[1], values[7], values[8]
    if dec:
        if not rec:
            said.append((8, "", "end-without-reason 903-148"))
        if dec < decom:
            said.append((7, dec, "end-before-start 903-356"))
    elif rec:
        said.append((7, "", "reason-without-end 903-148"))


def _ends_before(start: int, end: int, problem: str) -> Callable[[Given, list[Said]], None]:
    def check(values: Given, said: list[Said]) -> None:
        if values[end] and values[end] < values[start]:
            said.append((end, values[end], problem))

    return check


_CHECKS: Mapping[str, Callable[[Given, list[Said]], None]] = {
    "episodes": _episode,
    "missing": _ends_before(3, 4, "end-before-start 903-567"),
    "placed_for_adoption": _ends_before(2, 3, "end-before-start 903-522"),
    "sw_episodes": _ends_before(3, 4, "end-before-start"),
    "deprivation_of_liberty": _ends_before(2, 3, "end-before-start"),
}
