"""One register file: rows to marks, marks to runs, and what is wrong with either, by row.

A mark with nothing wrong in it is a few numbers in a temporary file and comes back within a run. Anything there
is something to say about comes back by itself: an odd row (`_odd_row`), a session marked twice (`_doubled`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, islice, repeat
from operator import itemgetter

from throughline import words
from throughline.feeds.attendance.columns import (
    CODE,
    FEED_ID,
    FIRST_DAY,
    GIVEN,
    LAST_SESSION,
    LAYOUT,
    SCHOOL,
    Slot,
    slot_of,
    slot_words,
)
from throughline.feeds.attendance.marks import Doubled, Marks, Odd, Run
from throughline.feeds.attendance.meanings import Meanings, Who
from throughline.feeds.attendance.register import register
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    QUERY,
    REFUSED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
    Context,
    Coverage,
    Fault,
    Person,
    Statement,
    Unreadable,
)
from throughline.feeds.faults import cell_fault, file_fault
from throughline.feeds.files import FileSource, column_name
from throughline.feeds.people import authority_of

_BLOCK = 2_000
"""Rows turned into marks at once: few enough to be still in the processor's cache."""
Item = Person | Statement | Coverage | Fault
_KINDS = frozenset({"absence_run"})


class RegisterFile:
    """The reading of one file; `items` goes through it once."""

    def __init__(self, source: FileSource, context: Context) -> None:
        self._source = source
        self._file = source.name
        self._received = context.received_on.isoformat()
        self._means = Meanings(source.name, context)
        self._sessions: dict[int, list[Slot]] = {}
        """School -> its open sessions, in order."""
        self._numbered: dict[tuple[int, Slot], int] = {}
        """(school, open session) -> its number, from 1."""
        self._spoke: dict[tuple[str, int], None] = {}
        """(agency, school) of whom a run was told."""

    def items(self) -> Iterator[Item]:
        """What concerns rows as it comes; persons, then runs child by child; coverage last."""
        with Marks() as marks:
            try:
                yield from self._read(marks)
            except Unreadable as stop:
                yield stop.fault
            if self._means.whos_given:
                yield from self._tell(marks)
        yield from self._means.style.faults(self._file)
        yield from self._coverage()

    # -- rows to marks --------------------------------------------------------------------------------

    def _read(self, marks: Marks) -> Iterator[Fault]:
        rows = self._source.rows()
        number, header = next(rows, (1, []))
        names = [column_name(name) for name in header]
        while names and not names[-1]:
            names.pop()  # trailing empty columns are no columns
        yield from self._header_faults(number, names)
        places = [names.index(name) if name in names else len(names) for name in GIVEN]
        try:
            while block := list(islice(rows, _BLOCK)):
                self._take_in(marks, block, len(names), places)
        finally:
            marks.set_down()

    def _take_in(self, marks: Marks, block: list[tuple[int, list[str]]], width: int, places: Sequence[int]) -> None:
        """Turn one block of rows into marks. Rows without any text are no rows."""
        rows = [row for _, row in block]
        numbers = [number for number, _ in block]
        if not all(map(any, rows)):
            numbers = [number for number, row in block if any(row)]
            rows = list(filter(any, rows))
        uneven = _evened(rows, width) if set(map(len, rows)) != {width} else repeat(0, len(rows))
        columns = [*zip(*rows, strict=True), ("",) * len(rows)]  # the last for columns that are not there
        given = [columns[place] for place in places]
        of = self._means
        marks.add(
            numbers,
            map(of.whos_given.of.__getitem__, zip(given[0], *given[2 : LAYOUT.block], strict=True)),
            map(of.schools_given.of.__getitem__, given[-4]),
            map(of.days_given.of.__getitem__, given[-3]),
            map(of.halves_given.of.__getitem__, given[-2]),
            map(of.codes_given.of.__getitem__, given[-1]),
            uneven,
        )

    def _header_faults(self, number: int, names: list[str]) -> Iterator[Fault]:
        absent = [name for name in GIVEN if name not in names and name != "source_record_id"]
        extra = [name for name in names if name and name not in GIVEN]
        for columns, rule, message in (
            (absent, "columns-missing", "These columns are not in the file, so nothing is known from them: "),
            (extra, "columns-unknown", "These columns are not of this layout and were not read: "),
        ):
            if columns:
                yield file_fault(self._file, rule, f"{message}{', '.join(columns)}.", severity=QUERY, row=number)

    # -- marks to statements --------------------------------------------------------------------------

    def _tell(self, marks: Marks) -> Iterator[Item]:
        yield from self._means.settle(marks)
        numbered = list(self._number(marks.sessions()))
        for row in marks.odd():
            yield from self._odd_row(row)
        for runs, doubled in marks.put_together(numbered):
            yield from map(self._run, runs)
            yield from self._doubled(doubled)

    def _number(self, sessions: list[tuple[int, Slot, bool]]) -> Iterator[tuple[int, Slot, int, bool]]:
        """Number each school's sessions, the open ones and the others apart."""
        for school, found in groupby(sessions, key=itemgetter(0)):
            counts = {True: 0, False: 0}
            slots = self._sessions.setdefault(school, [])
            for _, slot, is_open in found:
                counts[is_open] += 1
                if is_open:
                    slots.append(slot)
                    self._numbered[school, slot] = counts[True]
                yield school, slot, counts[is_open], is_open

    def _run(self, run: Run, outcome: str = "") -> Statement:
        code = self._means.called[run.code]
        whose = self._means.children[run.person]
        self._spoke[whose.agency, run.school] = None
        if not outcome:
            outcome = USED_WITH_FAULTS if run.faulty else USED if code in register().away else NO_EVENT
        slots = self._sessions.get(run.school, [])
        before = slots[run.first_n - 2] if run.open and run.first_n > 1 else None
        after = slots[run.last_n] if run.open and run.last_n < len(slots) else None
        sessions = run.rows if run.open else 0
        values = (
            *(self._means.school(run.school), code, *slot_words(run.first), *slot_words(run.last), str(sessions)),
            *(_words(before), _words(after), self._means.extract(run.extract)),
        )
        return self._statement(whose, run.first_row, values, outcome, run.rows)

    def _doubled(self, marks: Iterable[Doubled]) -> Iterator[Item]:
        """Sessions marked more than once: the same again counts once, two codes at once count for nothing."""
        for _, found in groupby(marks, key=itemgetter(0, 1, 2)):
            told = list(found)
            newest = max(mark.extract for mark in told)
            now = [mark for mark in told if mark.extract == newest]
            again = [mark for mark in told if mark.extract < newest]
            if len({mark.code for mark in now}) == 1:
                again += now[1:]
                yield self._run(_alone(now[0]))
            else:
                yield from self._two_codes(now)
            for mark in again:
                yield self._run(_alone(mark), REPEATED)

    def _two_codes(self, marks: list[Doubled]) -> Iterator[Item]:
        """Marks that contradict each other: all kept, none believed."""
        whose = self._means.children[marks[0].person]
        day, half = slot_words(marks[0].slot)
        codes = ", ".join(dict.fromkeys(self._means.called[mark.code] or "blank" for mark in marks))
        for mark in marks:
            yield file_fault(
                self._file,
                "session-two-codes",
                f"{half} of {day} is marked {codes} for this child at one school. Neither is used; send the "
                "mark that holds.",
                row=mark.row,
                column="code",
                value=self._means.called[mark.code],
                fix_by=words.agency_title(whose.agency),
            )._replace(person=whose.key, around=date.fromisoformat(day))
            told = self._run(_alone(mark), USED_WITH_FAULTS)
            yield told._replace(
                record_id=f"{told.record_id}/{self._means.called[mark.code]}",
                values=(*told.values[:CODE], "", *told.values[CODE + 1 :]),
            )

    def _odd_row(self, row: Odd) -> Iterator[Item]:
        """A row there is something to say about: what is wrong with it, and what is left of it."""
        means = self._means
        whose = means.whose(row.who)
        day, half, code = means.day(row.day)[0], means.half(row.half)[0], means.code(row.code)[0]
        faults = list(self._wrong_with(row, whose))
        refused = not (whose.key and day)
        around = date.fromisoformat(day) if day else None
        yield from (fault._replace(person=whose.key, around=around) for fault in faults)
        slot = (day, half) if day else ("", "")
        n = self._numbered.get((row.school, slot_of(day, half))) if day and half else None
        slots = self._sessions.get(row.school, [])
        before = slots[n - 2] if n and n > 1 else None
        after = slots[n] if n and n < len(slots) else None
        values = (
            *(means.school(row.school), code, *slot, *slot, "1" if n else "0"),
            *(_words(before), _words(after), whose.extract),
        )
        told = self._statement(whose, row.row, values, REFUSED if refused else USED_WITH_FAULTS, 1)
        yield told._replace(record_id=f"{told.record_id}/{row.row}")

    def _wrong_with(self, row: Odd, whose: Who) -> Iterator[Fault]:
        means, fix_by = self._means, words.agency_title(whose.agency)
        if row.uneven:
            yield self._row_fault(
                row.row,
                "row-uneven",
                f"Row {row.row} has not as many cells as the header; perhaps a comma or a line break stands in a "
                "cell without quotation marks. Read by the columns it has.",
                fix_by,
                severity=QUERY,
            )
        if not whose.key:
            message = f"Row {row.row} names no child: give an identifier, or surname and dob. It was refused."
            yield self._row_fault(row.row, "row-no-child", message, fix_by)
        day, problem = means.day(row.day)
        if problem and not day:
            yield cell_fault(self._file, row.row, "session_date", means.days_given[row.day], problem, fix_by=fix_by)
        if not day:
            message = f"Row {row.row} has no session_date that can be read. It was refused."
            yield self._row_fault(row.row, "row-no-date", message, fix_by)
        elif day > self._received or day < whose.dob:
            what, than = ("future", self._received) if day > self._received else ("before-birth", whose.dob)
            problem = f"date-in-{what}" if what == "future" else f"date-{what}"
            yield cell_fault(self._file, row.row, "session_date", day, problem, fix_by=fix_by, hint=f" ({than})")
        half, problem = means.half(row.half)
        if problem and not half:
            yield cell_fault(self._file, row.row, "session", means.halves_given[row.half], problem, fix_by=fix_by)
        elif not half:
            message = f"Row {row.row} does not say whether it is of the AM or the PM session, so it was not used."
            yield self._row_fault(row.row, "cell-missing", message, fix_by)
        code, problem = means.code(row.code)
        if problem and not code:
            yield cell_fault(self._file, row.row, "code", means.codes_given[row.code], problem, fix_by=fix_by)

    def _row_fault(self, row: int, rule: str, message: str, fix_by: str, severity: str = ERROR) -> Fault:
        return file_fault(self._file, rule, message, severity=severity, row=row, fix_by=fix_by)

    def _statement(self, whose: Who, row: int, values: tuple[str, ...], outcome: str, rows: int) -> Statement:
        record = "/".join((whose.own_id, values[SCHOOL], *values[FIRST_DAY : LAST_SESSION + 1]))
        return Statement(
            *(FEED_ID, FEED_ID, self._file, row, record, whose.key, values, outcome, whose.agency),
            rows=rows,
        )

    def _coverage(self) -> Iterator[Coverage]:
        """Each school's days, for the children of the authority that sends it, or of that school alone."""
        for agency, school in self._spoke:
            if slots := self._sessions.get(school):
                start, end = (date.fromordinal(slot // 2) for slot in (slots[0], slots[-1]))
                end = min(end, date.fromisoformat(self._received))
                of = authority_of(agency) or f"school:{self._means.school(school)}"
                if start <= end:
                    yield Coverage(agency, _KINDS, start, end, of, self._file)


def _evened(rows: list[list[str]], width: int) -> list[int]:
    """Make every row as wide as the header; 1 for each that was not so to begin with."""
    uneven = [int(len(row) < width or any(row[width:])) for row in rows]
    rows[:] = [(row + [""] * width)[:width] for row in rows]
    return uneven


def _alone(mark: Doubled) -> Run:
    """A mark as a run of its own."""
    return Run(
        *(mark.person, mark.school, mark.extract, mark.code, mark.open, mark.row, 1),
        *(mark.slot, mark.slot, mark.n, mark.n, mark.faulty),
    )


def _words(slot: Slot | None) -> str:
    return " ".join(slot_words(slot)) if slot is not None else ""
