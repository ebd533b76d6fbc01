"""Rows of one table of one file, as people, statements and faults: the same for CSV and XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, repeat
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
    Unreadable,
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
    more: Sequence[str] = ()
    """Cells every row is given: what columns find that the file has not."""
    la: int | None = None
    """Place of a column that names the authority."""


_new = tuple.__new__
"""A NamedTuple made from a tuple, past its Python-level constructor: a county has millions of rows."""
_STYLE = "dd/mm/yyyy"
_BLOCK = 512
"""Rows taken in at once."""
Found = dict[int, list[Said]]
"""Place of a row in its block -> what there is to say about it."""


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
        self._cleaner = cleaner(self._memos)
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

    def read(self, rows: Iterator[tuple[int, list[str]]], cut: Cut) -> Iterator[Person | Statement | Fault]:
        """People (once a file), statements (one a row), faults, from numbered rows as they stand.

        A county has millions of rows, so they are taken in by the block: what is the same for all is done
        once, and a row there is nothing to say about is never looked at singly.
        """
        stopped: Unreadable | None = None
        while stopped is None:
            block: list[tuple[int, list[str]]] = []
            try:
                block.extend(islice(rows, _BLOCK))
            except Unreadable as stop:  # what came before it is in the block
                stopped = stop
            if not block:
                break
            yield from self._read_block(block, cut)
        if stopped is not None:
            raise stopped

    def _read_block(self, block: list[tuple[int, list[str]]], cut: Cut) -> Iterator[Person | Statement | Fault]:
        numbers = [number for number, _ in block]
        found: Found = {}
        rows = self._of_width([row for _, row in block], cut, found)
        pick = cut.pick
        given = [pick(row) for row in rows]
        values = self._clean(given, found)
        ids = [cells[0] for cells in values]
        agencies, persons = self._whose(ids, [row[cut.la] for row in rows] if cut.la is not None else None)
        for place in self._new_faces(persons):
            yield self._claim(numbers[place], values[place], persons[place], agencies[place])
        record_ids = self._record_ids(ids, values, agencies if cut.la is not None else None)
        outcomes = self._outcomes(values)
        for place in self._to_judge(values, found):
            row = numbers[place], given[place], values[place], found.get(place, [])
            values[place], outcomes[place], faults = self._judge(*row, persons[place], agencies[place])
            yield from faults
        same = (repeat(FEED_ID), repeat(self.table.name), repeat(self._file))
        own = (numbers, record_ids, persons, values, outcomes, agencies)
        nothing = repeat(None)
        yield from map(_new, repeat(Statement), zip(*same, *own, nothing, given, nothing, repeat(1), strict=False))

    def _of_width(self, rows: list[list[str]], cut: Cut, found: Found) -> list[list[str]]:
        """Rows as wide as the header and with what every row is given; cells too many are said."""
        width, more = cut.width, cut.more
        for place, row in enumerate(rows):
            if len(row) != width:
                if beyond := ",".join(row[width:]).strip(", "):
                    found[place] = [(-1, beyond, "row-too-long")]
                rows[place] = [*row[:width], *[""] * (width - len(row))]
        if more:
            for row in rows:
                row += more
        return rows

    def _clean(self, given: list[Given], found: Found) -> list[Given]:
        """The rows with their cells canonical; what there is to say of one is put to its place."""
        cleaner, said = self._cleaner, self._said
        values = [cleaner(cells) for cells in given]
        if said:  # somewhere in the block: once more, row by row
            said.clear()
            for place, cells_given in enumerate(given):
                cleaner(cells_given)
                if said:
                    found.setdefault(place, []).extend(said)
                    said.clear()
        if self._check:
            self._check(values, found)
        return values

    def _whose(self, ids: list[str], la_cells: list[str] | None) -> tuple[list[str], list[str]]:
        """Each row's agency and person; no person where there is no id."""
        if la_cells is None:
            agency = self._agency_of("")
            agencies = [agency] * len(ids)
            prefix = person_key(agency, FEED_ID, "")
            persons = [prefix + child for child in ids]
        else:
            agencies = [self._agency_of(text) for text in la_cells]
            persons = [person_key(agency, FEED_ID, child) for agency, child in zip(agencies, ids, strict=True)]
        if "" in ids:
            persons = [person if child else "" for person, child in zip(persons, ids, strict=True)]
        return agencies, persons

    def _new_faces(self, persons: list[str]) -> Iterator[int]:
        """Places of the people named for the first time."""
        claimed = self._claimed
        for place in [place for place, person in enumerate(persons) if person not in claimed]:
            person = persons[place]
            if person and person not in claimed:
                claimed.add(person)
                yield place

    def _record_ids(self, ids: list[str], values: list[Given], agencies: list[str] | None) -> list[str]:
        """Each row's id; one its agency has used before in the file is told apart by a number."""
        first, second = (*self.table.record, None, None)[:2]
        if second is not None and first is not None:
            ids = [f"{cells[0]}/{cells[first]}/{cells[second]}" for cells in values]
        elif first is not None:
            ids = [f"{cells[0]}/{cells[first]}" for cells in values]
        used = ids if agencies is None else list(map(str.__add__, agencies, ids))
        hashed = list(map(hash, used))
        records, known = self._records, len(self._records)
        if records.isdisjoint(hashed):
            records.update(hashed)
            if len(records) == known + len(ids):
                return ids
            records.difference_update(hashed)
        return list(map(self._told_apart, ids, used))

    def _told_apart(self, record_id: str, used: str) -> str:
        if hash(used) not in self._records:
            self._records.add(hash(used))
            return record_id
        self._again[used] += 1
        return f"{record_id}/{self._again[used] + 1}"

    def _outcomes(self, values: list[Given]) -> list[str]:
        """What becomes of rows there is nothing to say about."""
        table = self.table
        if not table.dates:
            return [NO_EVENT] * len(values)
        if table.key is not None:
            return [USED] * len(values)
        dates = table.dates
        return [USED if any(map(cells.__getitem__, dates)) else NO_EVENT for cells in values]

    def _to_judge(self, values: list[Given], found: Found) -> list[int]:
        """Places of rows there is something to say about, or that belong to no child or no day."""
        key = self.table.key or 0
        lost = [place for place, cells in enumerate(values) if not cells[0] or not cells[key]]
        return sorted({*found, *lost}) if lost else sorted(found)

    def _claim(self, row: int, values: Given, person: str, agency: str) -> Person:
        """Who this table says the child is."""
        dob = cells.day_of(values[self._dob]) if self._dob is not None else None
        sex = values[self._sex] if self._sex is not None else ""
        upn = values[self._upn] if self._upn is not None else ""
        if upn in UPN_UNKNOWN:
            upn = ""
        return _new(Person, (person, agency, values[0], agency, upn, "", "", "", dob, sex, "", self._file, row))

    def _judge(
        self, row: int, given: Given, values: Given, said: list[Said], person: str, agency: str
    ) -> tuple[Given, str, list[Fault]]:
        """A row there is something to say about: its cells with the bad ones blank, its outcome, the faults."""
        table = self.table
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


def _episodes(values: list[Given], found: Found) -> None:
    for place, cells_read in enumerate(values):
        dec = cells_read[7]
        if dec:
            if not cells_read[8]:
                found.setdefault(place, []).append((8, "", "end-without-reason 903-148"))
            if dec < cells_read[1]:
                found.setdefault(place, []).append((7, dec, "end-before-start 903-356"))
        elif cells_read[8]:
            found.setdefault(place, []).append((7, "", "reason-without-end 903-148"))


def _ends_before(start: int, end: int, problem: str) -> Callable[[list[Given], Found], None]:
    def check(values: list[Given], found: Found) -> None:
        for place, cells_read in enumerate(values):
            if cells_read[end] and cells_read[end] < cells_read[start]:
                found.setdefault(place, []).append((end, cells_read[end], problem))

    return check


_CHECKS: Mapping[str, Callable[[list[Given], Found], None]] = {
    "episodes": _episodes,
    "missing": _ends_before(3, 4, "end-before-start 903-567"),
    "placed_for_adoption": _ends_before(2, 3, "end-before-start 903-522"),
    "sw_episodes": _ends_before(3, 4, "end-before-start"),
    "deprivation_of_liberty": _ends_before(2, 3, "end-before-start"),
}
