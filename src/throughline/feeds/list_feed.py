"""Lists under column names of their own (`list_tables`), read by the reader of our layouts.

A list is put into the columns of its layout on the way in, and what is said of it is put back into its own
words on the way out (`list_rows`). It answers only for the window it is whole for, and what it tells the latest
of is told for good, whatever next month's list says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from throughline import words
from throughline.feeds import cells, telling
from throughline.feeds.base import (
    NO_EVENT,
    QUERY,
    REFUSED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
    Context,
    Coverage,
    Derived,
    Fault,
    Person,
    Source,
    Statement,
)
from throughline.feeds.csv_rows import CsvFile
from throughline.feeds.faults import file_fault
from throughline.feeds.files import FileSource
from throughline.feeds.layouts import identity
from throughline.feeds.list_rows import Given, People
from throughline.feeds.list_tables import Extract, ListTable
from throughline.feeds.people import authority_of

_NOBODY: Mapping[str, date] = {}
LEAST_SHARE = 0.5
"""Of a list's own columns, how many a file must have to be taken for it: they vary by year."""
_UNBORN = timedelta(weeks=40)


class ListFeed:
    """One such extract as a feed (`base.Feed`)."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        self.id = extract.id
        self.title = extract.title
        self.looked_for = extract.looked_for
        self._layouts = {table.name: table.lasting for table in extract.tables.values()}
        self._layouts |= {table.passing.id: table.passing for table in extract.tables.values() if table.latest}
        self.tables: Mapping[str, tuple[str, ...]] = {n: layout.columns for n, layout in self._layouts.items()}

    def recognise(self, source: Source) -> str | None:
        """The list whose columns the file has most of, if it has enough of them."""
        assert isinstance(source, FileSource)
        header = source.header()
        shares = {name: table.share(header) for name, table in self.extract.tables.items()}
        best = max(shares, key=shares.__getitem__)
        return best if shares[best] >= LEAST_SHARE else None

    def reader(self, context: Context) -> ListReader:
        """A reader for one delivery's lists."""
        return ListReader(self.extract, context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements of this feed.

        `covered_to` changes nothing: a list tells the events it dates, and an absent row ends nothing.
        """
        derived = telling.derive(self._layouts, statements)
        told = Counter[tuple[str, str, str]]()
        for place, event in enumerate(derived.events):
            which = (event.statement.table, event.statement.record_id, event.kind)
            if told[which]:
                derived.events[place] = event._replace(n=told[which])
            told[which] += 1
        return derived


class ListReader:
    """One delivery's lists of one extract (`base.Reader`)."""

    def __init__(self, extract: Extract, context: Context) -> None:
        self.extract = extract
        self.context = context
        authority = authority_of(context.sender)
        self.agency = f"{extract.agency}{authority.removeprefix('la')}"
        """Who says what stands in the lists: the sender's authority, where the sender is of one."""
        self.people = People()
        self._seen: dict[str, set[int]] = {}

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one list says."""
        assert isinstance(source, FileSource)
        yield from self.read_rows(source, self.extract.tables[table])

    def read_rows(self, source: FileSource, table: ListTable) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything the rows of `source` say as rows of that list."""
        seen = self._seen.setdefault(table.name, set())
        given = Given(source, table, self.people, self.agency)
        if not table.layout.block:
            yield from _of_nobody(table, given, self.agency, seen)
            return
        span = _Span(table, self.context.received_on)
        told = set[str]()
        for item in CsvFile(table.layout, given, self.context, seen).items():
            if isinstance(item, Statement):
                said = list(_more_said(table, item, self.context.received_on))
                if (said or item.row in given.doubted) and item.outcome in (USED, NO_EVENT):
                    item = item._replace(outcome=USED_WITH_FAULTS)
                span.note(item)
                yield item
                yield from _passing(table, item, told)
                yield from map(given.in_its_words, said)
            elif isinstance(item, Fault):
                yield given.in_its_words(item)
            elif isinstance(item, Person):
                yield item
        yield from given.doubted.values()
        yield from span.coverage(source.name)

    def finish(self) -> Iterator[Coverage | Fault]:
        """Nothing: each list says what it covers when it ends."""
        return iter(())


def _of_nobody(table: ListTable, given: Given, agency: str, seen: set[int]) -> Iterator[Statement]:
    """The rows of a list about others than children: counted, with their id, and rightly without an event."""
    rows = given.rows()
    next(rows, None)
    width = len(table.layout.columns)
    for number, row in rows:
        cells_given = tuple(row[:width])
        record = "/".join(cells_given)
        outcome = REPEATED if hash(record) in seen else NO_EVENT
        seen.add(hash(record))
        yield Statement(
            table.layout.feed,
            table.name,
            given.name,
            number,
            record,
            "",
            cells_given,
            outcome,
            agency,
            None,
            cells_given,
        )


def _passing(table: ListTable, statement: Statement, told: set[str]) -> Iterator[Statement]:
    """What a row tells the latest of, each as a statement of its own that counts for no row.

    Next month's list tells of a later review: that corrects nothing, so the earlier one must not give way to it.
    """
    if statement.outcome in (REFUSED, REPEATED):
        return
    values, block = statement.values, table.layout.block
    for tell in table.passing.says:
        chance = tell.chance(values)
        if chance is None:
            continue
        record = f"{statement.person.rpartition('|')[2]}/{tell.kind}/{values[chance.place]}"
        if record in told:
            continue
        told.add(record)
        used = {chance.place, *(place for _, place in tell.details), *(place for place, _ in tell.marks_by)}
        used |= {condition.place for condition in chance.conditions}
        kept = [value if place < block or place in used else "" for place, value in enumerate(values)]
        kept[identity().index("source_record_id")] = record
        yield statement._replace(table=table.passing.id, record_id=record, values=tuple(kept), given=(), rows=0)


def _more_said(table: ListTable, statement: Statement, received_on: date) -> Iterator[Fault]:
    """What is wrong with a row beside what is wrong with any layout's."""
    if statement.outcome in (REFUSED, REPEATED):
        return
    layout, values = table.layout, statement.values
    born = cells.day_of(values[layout.place("dob")])
    if born and table.oldest and born.replace(day=1) < _months_before(received_on, 12 * (table.oldest + 1)):
        what = f"dob '{born}' makes a person older than {table.oldest}, whom this list does not take; check the date."
        yield _fault(statement, "dob", born.isoformat(), "too-old", what)
    for column, what in table.undated.items():
        value = values[layout.place(column)]
        if value not in ("", "0", "N", "NA"):
            yield _fault(statement, column, value, "count-undated", what.format(value=value))
    if born and layout.unborn:
        for place in layout.dates:
            day = cells.day_of(values[place])
            if day and day < born - _UNBORN:
                what = f"lies more than 40 weeks before birth ({born}). Correct whichever date is wrong."
                message = f"{layout.columns[place]} '{values[place]}' {what}"
                yield _fault(statement, layout.columns[place], values[place], "before-birth", message)


def _fault(statement: Statement, column: str, value: str, rule: str, message: str) -> Fault:
    return file_fault(
        statement.file,
        rule,
        message,
        severity=QUERY,
        row=statement.row,
        column=column,
        value=value,
        fix_by=words.agency_title(statement.said_by),
    )._replace(person=statement.person)


class _Span:
    """The dates of one list, and so the days it answers for."""

    def __init__(self, table: ListTable, received_on: date) -> None:
        self._table = table
        self._received = received_on.isoformat()
        self._first = self._last = self._agency = ""

    def note(self, statement: Statement) -> None:
        """Take in one row."""
        if statement.outcome == REFUSED:
            return
        self._agency = self._agency or statement.said_by
        for place in self._table.layout.dates:
            day = statement.values[place][:10]
            if day and day <= self._received:
                self._last = max(self._last, day)
                self._first = min(self._first or day, day)

    def coverage(self, file: str) -> Iterator[Coverage]:
        """The window before its last date; not before its first, since nothing shows that it reaches back.

        For what it tells only the latest of, its last date alone: a late answer is then known not to be surely
        the first.
        """
        if not self._last:
            return
        end = date.fromisoformat(self._last)
        la = authority_of(self._agency) or "la"
        if self._table.latest:
            yield Coverage(self._agency, self._table.latest, end, end, la, file)
        if window := self._table.window:
            if window.months:
                start = max(_months_before(end, window.months), date.fromisoformat(self._first))
            else:
                start = date(end.year - (end.month == 1), 1, 1)
            yield Coverage(self._agency, window.kinds, start, end, la, file)


def _months_before(day: date, months: int) -> date:
    """The corresponding date so many months before, or the last of a month too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
