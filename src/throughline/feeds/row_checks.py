"""What can be wrong with a row whose cells have been read: no child, no date, dates that cannot all be so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from throughline import words
from throughline.feeds import any_event
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    QUERY,
    REFUSED,
    USED,
    USED_WITH_FAULTS,
    Fault,
    Person,
)
from throughline.feeds.cells import day_of
from throughline.feeds.faults import cell_fault, file_fault
from throughline.feeds.layouts import Layout, identity
from throughline.feeds.people import Met

Values = tuple[str, ...]

_EXTRACTED = identity().index("extract_date")
_REFUSING = frozenset(
    {
        "row-no-child",
        "row-no-subject",
        "row-two-subjects",
        "kind-not-about",
        "row-no-date",
        "kind-unknown",
        "cell-missing",
    }
)


@dataclass(slots=True)
class _Row:
    number: int
    given: Values
    values: list[str]
    """As they will stand; a check that finds a cell impossible blanks it here."""
    met: Met
    fix_by: str


class RowChecks:
    """The checks of one file's rows. Faults go to `said`."""

    def __init__(self, layout: Layout, file: str, received_on: date, said: list[Person | Fault]) -> None:
        self._layout = layout
        self._file = file
        self._received = received_on.isoformat()
        self._said = said
        self._any_date_does = set(layout.needs) >= set(layout.dates) and bool(layout.dates)

    def fine(self, values: Values, met: Met, dates: list[str]) -> bool:
        """Whether there is surely nothing to say of a row of sound cells; said quickly, for every row.

        `dates` are those of the layout's dates that are filled.
        """
        layout = self._layout
        if not (met.key or layout.of_places):
            return False
        if not (dates and self._any_date_does) and not self._has_needed(values):
            return False
        if layout.must and not all(values[place] for place in layout.must):
            return False
        if dates and (max(dates)[:10] > self._received or min(dates) < met.dob):
            return False
        for first, second, _ in layout.order:
            if values[second] and values[second] < values[first]:
                return False
        if layout.names_subjects and any(any_event.misfit(layout, met.key, values)):
            return False
        return not (layout.undated and any(undated.holds(values) for undated in layout.undated))

    def look_into(
        self,
        number: int,
        agency: str,
        met: Met,
        given: Values,
        values: Values,
        problems: list[str],
        *,
        faulty: bool,
    ) -> tuple[Values, str]:
        """Say all that is wrong with a row; give the values that are left, and what becomes of the row.

        `problems` are those of the cells from ``extract_date`` on; `faulty`: something was said already.
        """
        row = _Row(number, given, list(values), met, words.agency_title(agency))
        faults = [
            *self._cells(row, problems),
            *self._bounds(row),
            *self._order(row),
            *self._undated(row),
            *self._ties(row),
        ]
        left = tuple(row.values)
        dates = [left[place] for place in self._layout.dates if left[place]]
        around = day_of(min(dates)) if dates else None
        self._said += [fault._replace(person=met.key, around=around) for fault in faults]
        if any(fault.rule in _REFUSING for fault in faults):
            return left, REFUSED
        if self._layout.of_places:
            return left, NO_EVENT
        if not self._layout.tells(left) and not any(fault.severity == ERROR for fault in faults):
            return left, NO_EVENT
        return left, USED_WITH_FAULTS if faults or faulty else USED

    def _cells(self, row: _Row, problems: list[str]) -> Iterator[Fault]:
        for place, problem in enumerate(problems, min(_EXTRACTED, self._layout.block)):
            if problem:
                yield self._cell(row, place, problem, any_event.hint(problem, row.given[place]))

    def _bounds(self, row: _Row) -> Iterator[Fault]:
        """Dates after the file was received, or before birth: kept, because it is not known which is wrong."""
        for place in self._layout.dates:
            day = day_of(row.values[place])
            if not day:
                continue
            if day.isoformat() > self._received and place not in self._layout.ahead:
                yield self._cell(row, place, "date-in-future", f" ({self._received})")
            if day.isoformat() < row.met.dob and not self._layout.unborn:
                yield self._cell(row, place, "date-before-birth", f" ({row.met.dob})")

    def _order(self, row: _Row) -> Iterator[Fault]:
        """Pairs of dates the wrong way round."""
        for first, second, severity in self._layout.order:
            if _comes_before(row.values[second], row.values[first]):
                before, after = self._layout.columns[first], self._layout.columns[second]
                done = f"{after} was left out" if severity == ERROR else "both are kept"
                yield file_fault(
                    self._file,
                    "dates-out-of-order",
                    f"{after} ({row.given[second]}) comes before {before} ({row.given[first]}); {done}. "
                    "Correct whichever is wrong.",
                    severity=severity,
                    row=row.number,
                    column=after,
                    value=row.given[second],
                    fix_by=row.fix_by,
                )
                if severity == ERROR:
                    row.values[second] = ""

    def _undated(self, row: _Row) -> Iterator[Fault]:
        """Things said to have happened of which nothing says when."""
        columns = self._layout.columns
        for undated in self._layout.undated:
            if undated.holds(row.values):
                dated_by = " or ".join(columns[place] for place in undated.dated_by)
                yield file_fault(
                    self._file,
                    "date-missing",
                    f"{columns[undated.place]} is {row.values[undated.place]} but nothing says when; give {dated_by}.",
                    severity=QUERY,
                    row=row.number,
                    column=columns[undated.dated_by[0]],
                    fix_by=row.fix_by,
                )

    def _ties(self, row: _Row) -> Iterator[Fault]:
        """What a row cannot do without: a child, a date, and what its layout cannot do without."""
        columns = self._layout.columns
        rule = what = ""
        if self._layout.names_subjects:
            rule, what = any_event.misfit(self._layout, row.met.key, row.values)
        if rule:
            yield self._refusal(row, rule, what)
        elif not (row.met.key or self._layout.of_places):
            yield self._refusal(row, "row-no-child", "names no child: give an identifier, or surname and dob")
        if not self._has_needed(row.values):
            needs = ", ".join(columns[place] for place in self._layout.needs)
            yield self._refusal(row, "row-no-date", f"has no date that can be read in any of {needs}")
        for place in self._layout.must:
            if not row.given[place].strip():
                yield self._refusal(row, "cell-missing", f"gives no {columns[place]}")

    def _has_needed(self, values: Values | list[str]) -> bool:
        needs = self._layout.needs
        return not needs or any(values[place] for place in needs)

    def _refusal(self, row: _Row, rule: str, what: str) -> Fault:
        message = f"Row {row.number} {what}. It was refused."
        return file_fault(self._file, rule, message, row=row.number, fix_by=row.fix_by)

    def _cell(self, row: _Row, place: int, problem: str, hint: str = "") -> Fault:
        column = self._layout.columns[place]
        given = row.given[place]
        return cell_fault(self._file, row.number, column, given, problem, fix_by=row.fix_by, hint=hint)


def _comes_before(second: str, first: str) -> bool:
    """Whether one moment surely comes before another: by the minute if both know it, else by the day."""
    if not (first and second):
        return False
    if len(first) == len(second):
        return second < first
    day, other = day_of(second), day_of(first)
    return bool(day and other and day < other)
