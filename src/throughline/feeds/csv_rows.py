"""One CSV file of a declarative layout, row by row.

A row with nothing wrong in it takes the short way through `CsvFile._statement`; anything there is
something to say about goes through `RowChecks.look_into`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from operator import itemgetter
from typing import cast

from throughline.feeds import any_event, cells
from throughline.feeds.base import (
    NO_EVENT,
    QUERY,
    REFUSED,
    REPEATED,
    USED,
    Context,
    Coverage,
    Fault,
    Person,
    Statement,
    Unreadable,
)
from throughline.feeds.faults import file_fault
from throughline.feeds.files import FileSource, column_name
from throughline.feeds.layouts import Layout, Parse
from throughline.feeds.people import PERSON_COLUMNS, Met, People
from throughline.feeds.row_checks import RowChecks
from throughline.feeds.span import Span
from throughline.feeds.style import DateStyle

_SYSTEM, _RECORD = 0, 1
_BLANK = ("", "")
_PERSON = slice(2, 2 + len(PERSON_COLUMNS))
_REST = slice(_PERSON.stop, None)
"""What every file has in its own way: its extract date and the layout's own columns."""

Row = tuple[str, ...]


class CsvFile:
    """The reading of one file. `seen` is shared by the files of a delivery: hashes of rows gone by."""

    def __init__(self, layout: Layout, source: FileSource, context: Context, seen: set[int]) -> None:
        self._layout = layout
        self._source = source
        self._file = source.name
        self._seen = seen
        self._said: list[Person | Fault] = []
        self._style = DateStyle(self._date_cells)
        self._people = People(layout, source.name, context, self._style.day, self._said)
        self._checks = RowChecks(layout, source.name, context.received_on, self._said)
        self._span = Span(layout, source.name, context)
        self._names_subjects = layout.names_subjects
        first = min(_REST.start, layout.block)
        self._parsers = [self._parser(name) for name in layout.columns[first:]]
        self._known: dict[str, tuple[str, dict[Row, Met]]] = {}
        self._has_records = True
        self._recorded = layout.place("recorded") if "recorded" in layout.columns else -1

    def items(self) -> Iterator[Person | Statement | Coverage | Fault]:
        """Persons, statements and faults as they come; coverage and what concerns the whole file last."""
        try:
            rows = self._source.rows()
            row, header = next(rows, (1, []))
            yield from self._header_faults(row, header)
            yield from self._statements(rows, header)
        except Unreadable as stop:
            yield stop.fault
        yield from self._style.faults(self._file)
        yield from self._span.coverage()

    def _statements(
        self, rows: Iterator[tuple[int, list[str]]], header: list[str]
    ) -> Iterator[Person | Statement | Fault]:
        pick, width = _picker(self._layout, header)
        said, statement_of = self._said, self._statement
        for number, row in rows:
            even = len(row) == width
            statement = statement_of(number, pick(row)) if even else self._uneven(number, row, width, pick)
            if said:
                yield from said
                said.clear()
            if statement:
                yield statement

    def _statement(self, number: int, given: Row, *, faulty: bool = False) -> Statement | None:
        """What one row says; None if it is empty. Persons and faults go to `_said`."""
        of_sender = self._known.get(given[_SYSTEM])
        if of_sender is None:
            if not any(given):
                return None
            of_sender = self._known[given[_SYSTEM]] = self._people.sender(given[_SYSTEM], number), {}
        agency, known = of_sender
        met = known.get(given[_PERSON])
        if met is None:
            if not any(given):
                return None
            met = known[given[_PERSON]] = self._people.meet(agency, given[_PERSON], number)
            faulty = faulty or met.faulty
        parsed = [parse(cell) if cell else _BLANK for parse, cell in zip(self._parsers, given[_REST], strict=True)]
        told = [text for text, _ in parsed]
        if self._names_subjects:
            met = any_event.whose(self._layout, met, (*given[: _REST.start], *told))
        record = given[_RECORD].strip()
        if record in cells.BLANKS:
            record = _derived_record(met, given)
        values: Row = (given[_SYSTEM], record, *met.values, *told)
        if not self._layout.says:
            agency, values = any_event.settle(self._layout, agency, values, given)
        mark = hash(given)
        if mark in self._seen and met.key:
            outcome = REPEATED
        else:
            self._seen.add(mark)
            problems = [problem for _, problem in parsed]
            values, outcome = self._judge(number, agency, met, given, values, problems, faulty)
        recorded = cells.when_of(values[self._recorded]) if self._recorded >= 0 else None
        feed, table = self._layout.feed, self._layout.id
        return Statement(feed, table, self._file, number, record, met.key, values, outcome, agency, recorded, given)

    def _judge(
        self, number: int, agency: str, met: Met, given: Row, values: Row, problems: list[str], faulty: bool
    ) -> tuple[Row, str]:
        """The values of a row that can stand, and what becomes of it; what is wrong is said."""
        layout = self._layout
        if self._has_records and given[_RECORD].strip() in cells.BLANKS:
            self._no_record(number, met)
            faulty = True
        dates = [values[place] for place in layout.dates if values[place]]
        if not (faulty or any(problems)) and self._checks.fine(values, met, dates):
            outcome = USED if layout.tells(values) else NO_EVENT
        else:
            values, outcome = self._checks.look_into(number, agency, met, given, values, problems, faulty=faulty)
            dates = [values[place] for place in layout.dates if values[place]]
        if outcome != REFUSED:
            self._span.note(agency, values, dates)
        return values, outcome

    def _no_record(self, number: int, met: Met) -> None:
        self._said.append(
            file_fault(
                self._file,
                "record-id-missing",
                "source_record_id is blank. An id was made from what the row says, so a correction of this "
                "row cannot be known for one; send the record's own id.",
                severity=QUERY,
                row=number,
                column="source_record_id",
            )._replace(person=met.key)
        )

    def _uneven(self, number: int, row: list[str], width: int, pick: Callable[[list[str]], Row]) -> Statement | None:
        """A row with more or fewer cells than the header: read by the columns it has, and said."""
        if not any(row):
            return None
        if len(row) > width and not any(row[width:]):
            return self._statement(number, pick(row[:width]))
        self._said.append(
            file_fault(
                self._file,
                "row-uneven",
                f"Row {number} has {len(row)} cells where the header has {width}; perhaps a comma or a line "
                "break stands in a cell without quotation marks. Read by the columns it has.",
                severity=QUERY,
                row=number,
            )
        )
        return self._statement(number, pick((row + [""] * width)[:width]), faulty=True)

    def _parser(self, column: str) -> Parse:
        """How the cells of one column are read in this file."""
        how = self._layout.kinds_of_cell[column].split()[0]
        if how == "day":
            return self._style.day
        if how == "moment":
            return self._style.moment
        return self._layout.codes.get(column) or _PARSERS[how]

    def _date_cells(self) -> Iterator[str]:
        """Every date cell of the file, for settling how it writes them."""
        rows = self._source.rows()
        _, header = next(rows, (1, []))
        dated = {name for name, how in self._layout.kinds_of_cell.items() if how.split()[0] in ("day", "moment")}
        places = [place for place, name in enumerate(map(column_name, header)) if name in dated]
        for _, row in rows:
            for place in places:
                if place < len(row):
                    yield row[place]

    def _header_faults(self, number: int, header: list[str]) -> Iterator[Fault]:
        names = [column_name(name) for name in header]
        self._has_records = "source_record_id" in names
        absent = [name for name in self._layout.columns if name not in names and name not in self._layout.optional]
        extra = [name for name in names if name and name not in self._layout.columns]
        for columns, rule, message in (
            (absent, "columns-missing", "These columns are not in the file, so nothing is known from them: "),
            (extra, "columns-unknown", "These columns are not of this layout and were not read: "),
        ):
            if columns:
                yield file_fault(self._file, rule, f"{message}{', '.join(columns)}.", severity=QUERY, row=number)


def _picker(layout: Layout, header: list[str]) -> tuple[Callable[[list[str]], Row], int]:
    """What puts a row's cells into the layout's order (blank where a column is absent), and the width."""
    names = [column_name(name) for name in header]
    while names and not names[-1]:
        names.pop()  # trailing empty columns are no columns
    width = len(names)
    places = [names.index(name) if name in names else width for name in layout.columns]
    in_order = itemgetter(*places)

    def pick(row: list[str]) -> Row:
        row.append("")
        return cast(Row, in_order(row))

    return pick, width


def _derived_record(met: Met, given: Row) -> str:
    """A stable id for a row that has none: from what it says, whoever extracts it again and when."""
    content = "\x1f".join((met.key, *given[_REST][1:]))
    return "~" + blake2b(content.encode("utf-8", "replace"), digest_size=8).hexdigest()


_PARSERS: dict[str, Parse] = {
    "text": cells.written,
    "remark": cells.remark,
    "listed": cells.listed,
    "yes_no": cells.yes_no,
    "amount": cells.amount,
    **any_event.PARSERS,
}
