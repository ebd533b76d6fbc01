"""One delivery's census files, child by child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from operator import getitem
from typing import NamedTuple

from lxml import etree

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import (
    NO_EVENT,
    QUERY,
    REFUSED,
    REPAIRED,
    USED,
    USED_WITH_FAULTS,
    Context,
    Coverage,
    Fault,
    Item,
    Person,
    Source,
    Statement,
    person_key,
)
from throughline.feeds.cin_census.columns import memos
from throughline.feeds.cin_census.header import Header, header_faults, read_header, year_up_to
from throughline.feeds.cin_census.tables import FEED_ID, PROBLEMS, TABLES, Table
from throughline.feeds.faults import LONGEST_VALUE, file_fault
from throughline.feeds.faults import PROBLEMS as CELL_PROBLEMS
from throughline.feeds.memos import Said
from throughline.feeds.reading_ahead import FIRST_PART, ReadAhead, bytes_ahead, reading_ahead
from throughline.feeds.xml_stream import elements, line_of, local_name, without_the_first

Cells = tuple[str, ...]
_new = tuple.__new__
_KINDS = frozenset().union(*(table.says for table in TABLES.values()))
_SEX_FROM = date(2025, 3, 31)
"""First reference date of returns with Sex (M, F, U) in place of GenderCurrent."""
_REFERRAL = 1
"""Place of CINreferralDate in every table but `child`."""
_FACTORS = TABLES["assessment"].places["AssessmentFactors"]
Held = tuple[str, etree._Element]
"""A table, and an element that is a row of it."""


class Reader:
    """Reads one delivery; see `base.Reader`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._covered: list[Coverage] = []

    def read(self, source: Source, table: str) -> Iterator[Item]:
        """Everything one file says."""
        file = _File(source.name, self._context)
        rest = _File(source.name, self._context)
        with reading_ahead([source], self._context, partial(_rest, source, rest), rest.gathered) as ahead:
            yield from self._read(source, file, ahead)
        yield from file.faults_of_the_whole()
        self._covered += file.coverage()

    def _read(self, source: Source, file: _File, ahead: ReadAhead | None) -> Iterator[Item]:
        """All elements in turn; from where another process has read ahead, what that has read."""
        for element in elements(source, "Header", "Child"):
            if local_name(element.tag) == "Header":
                yield from file.take_header(element)
                continue
            if ahead is not None and ahead.reached(line := line_of(element)):
                if (gathered := ahead.state_from(line)) and file.goes_on_with(gathered):
                    yield from ahead.items()
                    for _ in source.stream():  # its sum is that of all its bytes
                        pass
                    return
                ahead = None
            yield from file.take_child(element)

    def finish(self) -> Iterator[Coverage | Fault]:
        """What the files answer for; one that broke off answers for nothing."""
        yield from self._covered


def _rest(source: Source, file: _File) -> Iterator[tuple[int, list[Person | Statement | Fault]]]:
    """The later children, each with the line it starts on; see `ReadAhead`."""
    chunks = without_the_first(bytes_ahead(source), b"Child", int(source.size * FIRST_PART))
    for element in elements(source, "Header", "Child", chunks=chunks):
        if local_name(element.tag) == "Header":
            for _ in file.take_header(element):  # said by whoever reads the beginning
                pass
        else:
            yield line_of(element), file.take_child(element)


class Gathered(NamedTuple):
    """What one process has gathered of a file besides its rows."""

    header: Header | None
    tags: set[str]
    unknown: Counter[str]
    spelt_out: bool
    latest_day: str
    records: dict[str, set[int]]


class _Columns:
    """The look-ups of one table of one file, and the record ids met."""

    def __init__(self, table: Table, received_on: date) -> None:
        self.table = table
        self.said: list[Said] = []
        self.memos = memos(table, received_on, self.said)
        self.blank = [""] * len(table.columns)
        self.where: dict[str, int] = {}
        """Tag, as this file writes it -> place of its column."""
        self.records: set[int] = set()  # hashes: see `ssda903.reading`
        self.again: Counter[str] = Counter()
        self.last_line = 0


class _File:
    """One census file being read."""

    def __init__(self, name: str, context: Context) -> None:
        self._name = name
        self._context = context
        sender = context.sender
        self._sender = sender if sender and words.agency_type(sender).authority else ""
        self._agency = self._sender or "la"
        self._header: Header | None = None
        self._tables = {name: _Columns(table, context.received_on) for name, table in TABLES.items()}
        self._tags: set[str] = set()
        self._unknown: Counter[str] = Counter()
        self._rest: Gathered | None = None

    # -- children -------------------------------------------------------------------------------------

    def take_child(self, element: etree._Element) -> list[Person | Statement | Fault]:
        """One child: who it is, and a statement for each thing said of it."""
        out: list[Person | Statement | Fault] = []
        columns = self._tables["child"]
        given, held = columns.blank.copy(), list[Held]()
        self._gather(columns, element, given, held)
        values = tuple(map(getitem, columns.memos, given))
        child = values[0]
        person = ""
        if child:
            person = person_key(self._agency, FEED_ID, child)
            out.append(self._claim(values, person, line_of(element)))
        self._take_row(columns, line_of(element), given, values, person, out)
        for table, episode in held:
            self._take_held(table, episode, (child, "", ""), person, out)
        return out

    def _take_held(
        self,
        name: str,
        element: etree._Element,
        around: Cells,
        person: str,
        out: list[Person | Statement | Fault],
    ) -> None:
        """A row of a table below `child`, and the rows in it; `around`: child, referral date, plan's start."""
        columns = self._tables[name]
        given, held = columns.blank.copy(), list[Held]()
        given[0], given[1], start = around
        if name == "cp_review":
            given[2], given[3] = start, element.text or ""
        else:
            self._gather(columns, element, given, held)
        values = tuple(map(getitem, columns.memos, given))
        self._take_row(columns, line_of(element), given, values, person, out)
        for table, inner in held:
            self._take_held(table, inner, values[:3], person, out)

    def _gather(self, columns: _Columns, element: etree._Element, given: list[str], held: list[Held]) -> None:
        """Collect what an element's own elements say; those that are rows of their own go to `held`."""
        where = columns.where
        if (loose := element.text) and not loose.isspace():
            columns.said.append((0, loose.strip(), "stray-text"))
        for part in element:
            place = where.get(part.tag, -1)
            if place >= 0:
                text = part.text
                if text:
                    if not given[place]:
                        given[place] = text
                    elif place in columns.table.several:
                        given[place] += f";{text}"
            else:
                self._gather_other(columns, part, given, held)
            loose = part.tail
            if loose and not loose.isspace():
                columns.said.append((0, loose.strip(), "stray-text"))

    def _gather_other(self, columns: _Columns, part: etree._Element, given: list[str], held: list[Held]) -> None:
        """An element that is not (yet known to be) a column: rows of another table, a wrapper, or unknown."""
        table = columns.table
        name = local_name(part.tag)
        self._tags.add(part.tag)
        if name in table.holds:
            held.append((table.holds[name], part))
        elif name in table.inside:
            if name == "FactorsIdentifiedAtAssessment" and not len(part):
                columns.said.append((_FACTORS, "", "factors-empty"))
            self._gather(columns, part, given, held)
        elif name in table.places:
            columns.where[part.tag] = table.places[name]
            given[table.places[name]] = given[table.places[name]] or part.text or ""
        else:
            self._unknown[name] += 1

    def _claim(self, values: Cells, person: str, line: int) -> Person:
        agency, dob = self._agency, cells.day_of(values[4])
        return _new(
            Person, (person, agency, values[0], agency, values[1], "", "", "", dob, values[6], "", self._name, line)
        )

    # -- rows -----------------------------------------------------------------------------------------

    def _take_row(
        self,
        columns: _Columns,
        line: int,
        given: list[str],
        values: Cells,
        person: str,
        out: list[Person | Statement | Fault],
    ) -> None:
        """The statement of one element, and what is wrong with it."""
        table, said = columns.table, columns.said
        values = self._in_order(table, given, values, said)
        row = columns.last_line = max(line, columns.last_line + 1)
        outcome = self._outcome(table, values, person, said)
        if said:
            out += self._faults(columns, row, values, person)
            said.clear()
        record_id = values[0]
        for place in table.record:
            record_id = f"{record_id}/{values[place]}"
        hashed = hash(record_id)
        if hashed in columns.records:
            columns.again[record_id] += 1
            record_id = f"{record_id}/{columns.again[record_id] + 1}"
        else:
            columns.records.add(hashed)
        name, agency = self._name, self._agency
        told = (FEED_ID, table.name, name, row, record_id, person, values, outcome, agency, None, tuple(given), None, 1)
        out.append(_new(Statement, told))

    def _in_order(self, table: Table, given: list[str], values: Cells, said: list[Said]) -> Cells:
        """The cells with an end that lies before its start blank; what comes before its referral is said."""
        for start, end, problem in table.order:
            if values[end] and values[end] < values[start]:
                said.append((end, given[end], problem))
                values = (*values[:end], "", *values[end + 1 :])
        if table.has_referral:
            for place in table.needs:
                if values[place] and values[place] < values[_REFERRAL]:
                    said.append((place, given[place], "before-referral"))
        return values

    def _outcome(self, table: Table, values: Cells, person: str, said: list[Said]) -> str:
        """What becomes of a row as it stands alone."""
        if not person:
            said[:] = [(0, "", "child-missing cin-8500")]
            return REFUSED
        dated = any(map(values.__getitem__, table.dates))
        if table.needs and not dated:
            if not any(place in table.needs for place, _, _ in said):
                said.append((table.needs[0], "", "date-missing"))
            return REFUSED
        if said:
            return USED_WITH_FAULTS
        return USED if dated else NO_EVENT

    def _faults(self, columns: _Columns, row: int, values: Cells, person: str) -> Iterator[Fault]:
        table = columns.table
        around = next((cells.day_of(values[place]) for place in table.dates if values[place]), None)
        for place, text, problem in columns.said:
            severity, what = PROBLEMS.get(problem) or CELL_PROBLEMS[problem]
            column = "" if problem == "stray-text" else table.columns[place].name
            shown = text[:LONGEST_VALUE]
            yield Fault(
                file=self._name,
                sheet=table.element,
                row=row,
                column=column,
                value=shown,
                rule=problem,
                severity=severity,
                message=f"{column or table.element} '{shown}' {what.format(style='YYYY-MM-DD')}.",
                fix_by=words.agency_title(self._agency),
                person=person,
                around=around,
            )

    # -- the whole file -------------------------------------------------------------------------------

    def take_header(self, element: etree._Element) -> Iterator[Fault]:
        """Whose file it is, and of which year."""
        header = self._header = read_header(element, self._context.received_on)
        if header.lea:
            self._agency = f"la:{header.lea}"
        if self._sender and self._sender != self._agency:
            yield file_fault(
                self._name,
                "authority-not-sender",
                f"The header says the file is of {words.agency_title(self._agency)}, but it was sent by "
                f"{words.agency_title(self._sender)}. It is read as the header says.",
                severity=QUERY,
                row=header.line,
                column="LEA",
                value=header.lea,
            )

    def faults_of_the_whole(self) -> Iterator[Fault]:
        """What is said once, however often it is met."""
        header = self._header or Header()
        yield from header_faults(self._name, header)
        for name, count in sorted(self._unknown.items()):
            yield self._once(
                "element-unknown", name, f"is not one we know; the {count:,} in the file were passed over", QUERY
            )
        if any(tag.startswith("{") for tag in self._tags):
            yield self._once("xml-namespace", "", "The file puts its elements in a namespace; read without it")
        if self._spelt_out():
            yield self._once("flag-spelt-out", "", "Yes and no are written true and false (or otherwise), not 1 and 0")
        met = {local_name(tag) for tag in self._tags}
        if header.reference_date:
            wrong = "GenderCurrent" if header.reference_date >= _SEX_FROM else "Sex"
            if wrong in met:
                yield self._once(
                    "element-of-another-year", wrong, "is not the element of this return's year; read all the same"
                )

    def gathered(self) -> Gathered:
        """What has been gathered so far."""
        records = {name: columns.records for name, columns in self._tables.items()}
        return Gathered(self._header, self._tags, self._unknown, self._spelt_out(), self._latest_day(), records)

    def goes_on_with(self, rest: Gathered) -> bool:
        """Take in what another has gathered of the rest, unless one reader of all of it would have read it otherwise.

        It would where the head came later, or where a record of the rest has the id of an earlier one.
        """
        same = rest.header == self._header
        if not same or not all(self._tables[name].records.isdisjoint(met) for name, met in rest.records.items()):
            return False
        self._tags |= rest.tags
        self._unknown += rest.unknown
        self._rest = rest
        return True

    def _spelt_out(self) -> bool:
        if self._rest is not None and self._rest.spelt_out:
            return True
        flags: Iterator[Mapping[str, str]] = (
            memo
            for columns in self._tables.values()
            for column, memo in zip(columns.table.columns, columns.memos, strict=True)
            if column.type == "flag"
        )
        return any(text.strip() not in ("0", "1", "") for memo in flags for text in memo)

    def _once(self, rule: str, element: str, message: str, severity: str = REPAIRED) -> Fault:
        said = f"The element {element} {message}." if element else f"{message}."
        return file_fault(self._name, rule, said, severity=severity, column=element)

    def coverage(self) -> list[Coverage]:
        """The year up to the reference date, else up to the latest date met."""
        last = self._header.reference_date if self._header else None
        if last is None and (latest := self._latest_day()):
            last = date.fromisoformat(latest)
        if last is None:
            return []
        start, end = year_up_to(last, self._context.received_on)
        return [Coverage(self._agency, _KINDS, start, end, la=self._agency, file=self._name)]

    def _latest_day(self) -> str:
        """The latest date met that lies behind, ISO; blank: none."""
        met = {
            iso
            for columns in self._tables.values()
            for column, memo in zip(columns.table.columns, columns.memos, strict=True)
            if column.type == "date" and not column.later
            for iso in memo.values()
            if iso
        }
        return max(met | {self._rest.latest_day} if self._rest else met, default="")
