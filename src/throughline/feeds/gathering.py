"""What deriving a child's events gathers: events, faults, and rows whose outcome changes by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from throughline import words
from throughline.feeds.base import (
    NO_EVENT,
    QUERY,
    USED,
    USED_WITH_FAULTS,
    Derived,
    Event,
    Fault,
    Statement,
)

_new = tuple.__new__
_NO_DETAILS: Mapping[str, str] = {}
_NO_MARKS: frozenset[str] = frozenset()


class _Sensitivity(dict[str, tuple[str, frozenset[str]]]):
    """Level and tags of each kind met."""

    def __missing__(self, kind: str) -> tuple[str, frozenset[str]]:
        known = words.kinds()[kind]
        self[kind] = found = (known.level, known.tags)
        return found


_sensitivity = _Sensitivity()


def event(
    kind: str,
    day: date,
    statement: Statement,
    details: Mapping[str, str] = _NO_DETAILS,
    marks: frozenset[str] = _NO_MARKS,
    ref: str = "",
) -> Event:
    """An event known to the day, with its kind's own level and tags."""
    level, tags = _sensitivity[kind]
    said_by = statement.said_by
    return _new(Event, (kind, day, None, "day", said_by, statement, marks, details, ref, level, tags, 0))


class Telling:
    """Gathers what one child's statements come to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.faults: list[Fault] = []
        self.outcomes: dict[tuple[str, str, int], str] = {}

    def fault(
        self,
        statement: Statement,
        rule: str,
        message: str,
        *,
        column: str = "",
        value: str = "",
        severity: str = QUERY,
        around: date | None = None,
    ) -> None:
        """Note a fault on a statement's row, which is thereby used with faults."""
        self.faults.append(
            Fault(
                file=statement.file,
                sheet="",
                row=statement.row,
                column=column,
                value=value,
                rule=rule,
                severity=severity,
                message=message,
                fix_by=words.agency_title(statement.said_by),
                person=statement.person,
                around=around,
            )
        )
        if statement.outcome in (USED, NO_EVENT):
            self.outcomes.setdefault(_row(statement), USED_WITH_FAULTS)

    def stands(self, statement: Statement) -> None:
        """Leave a row's outcome as it was read, whatever is wrong with it besides."""
        self.outcomes.pop(_row(statement), None)

    def outcome(self, statement: Statement, outcome: str) -> None:
        """Say what became of a row after all."""
        self.outcomes[_row(statement)] = outcome

    def derived(self) -> Derived:
        return Derived(self.events, self.faults, self.outcomes)


def _row(statement: Statement) -> tuple[str, str, int]:
    return statement.table, statement.file, statement.row
