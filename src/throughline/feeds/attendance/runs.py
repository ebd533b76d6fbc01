"""What one child's runs mean: the latest telling of each session laid over the earlier, absences as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import NamedTuple

from throughline.feeds.attendance.columns import (
    AFTER,
    BEFORE,
    CODE,
    EXTRACTED,
    FIRST_DAY,
    FIRST_SESSION,
    LAST_DAY,
    LAST_SESSION,
    SCHOOL,
    SESSIONS,
    Slot,
    slot_of,
    slot_words,
)
from throughline.feeds.attendance.register import register
from throughline.feeds.base import Derived, Event, Statement
from throughline.feeds.gathering import event
from throughline.words.calendars import OutsideCalendar, working_days


class _Piece(NamedTuple):
    """A stretch of sessions as one statement tells it, or what later tellings have left of it."""

    first: Slot
    last: Slot
    code: str
    statement: Statement
    cut_before: bool = False
    """A later telling has taken its beginning."""
    cut_after: bool = False


def derive(statements: Sequence[Statement]) -> Derived:
    """The absences of one child, school by school."""
    told = [s for s in statements if s.values[CODE] and s.values[SESSIONS] != "0"]
    told.sort(key=_school)
    events: list[Event] = []
    for _, of_school in groupby(told, key=_school):
        pieces = _latest([_piece(s) for s in of_school])
        events += _events(_joined(pieces))
    return Derived(events, [])


def _school(statement: Statement) -> str:
    return statement.values[SCHOOL] or statement.said_by


def _piece(s: Statement) -> _Piece:
    v = s.values
    return _Piece(slot_of(v[FIRST_DAY], v[FIRST_SESSION]), slot_of(v[LAST_DAY], v[LAST_SESSION]), v[CODE], s)


def _latest(pieces: list[_Piece]) -> list[_Piece]:
    """Each session as it was last told, in order of time: by when the extract was made, then received."""
    pieces.sort(key=lambda piece: (piece.first, piece.last))
    if all(one.last < other.first for one, other in pairwise(pieces)):
        return pieces
    held: list[_Piece] = []
    for new in sorted(pieces, key=_told_when):
        held = [left for piece in held for left in _left_of(piece, new)]
        held.append(new)
    return sorted(held)


def _told_when(piece: _Piece) -> tuple[str, date, str, int]:
    s = piece.statement
    return s.values[EXTRACTED], s.received_on or date.min, s.file, s.row


def _left_of(piece: _Piece, new: _Piece) -> Iterator[_Piece]:
    """What a later telling leaves of an earlier one."""
    if new.last < piece.first or piece.last < new.first:
        yield piece
        return
    if piece.first < new.first:
        yield piece._replace(last=new.first - 1, cut_after=True)
    if new.last < piece.last:
        yield piece._replace(first=new.last + 1, cut_before=True)


def _joined(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces of one code that follow each other without a session of the school between them."""
    together: list[_Piece] = []
    for piece in pieces:
        if together and not (piece.code == together[-1].code and _follows(together[-1], piece)):
            yield together
            together = []
        together.append(piece)
    if together:
        yield together


def _follows(one: _Piece, other: _Piece) -> bool:
    after = "" if one.cut_after else one.statement.values[AFTER]
    before = "" if other.cut_before else other.statement.values[BEFORE]
    if after or before:
        return after == _words(other.first) or before == _words(one.last)
    # One file ends and another begins here: nothing between them but days on which schools are shut.
    try:
        return not _working_between(one.last // 2, other.first // 2)
    except OutsideCalendar:
        return False


def _working_between(one: int, other: int) -> bool:
    calendar = working_days()
    return any(calendar.is_working(date.fromordinal(day)) for day in range(one + 1, other))


def _words(slot: Slot) -> str:
    return " ".join(slot_words(slot))


def _events(runs: Iterator[list[_Piece]]) -> Iterator[Event]:
    codes = register()
    told: dict[str, int] = {}
    for run in runs:
        first, last = run[0], run[-1]
        if first.code not in codes.away:
            continue
        s = first.statement
        details = {"school_urn": s.values[SCHOOL], "code": first.code, "until": slot_words(last.last)[0]}
        if not any(piece.cut_before or piece.cut_after for piece in run):
            details["sessions"] = str(sum(int(piece.statement.values[SESSIONS]) for piece in run))
        found = event(
            "absence_run",
            date.fromordinal(first.first // 2),
            s,
            {name: value for name, value in details.items() if value},
            codes.marks.get(first.code, frozenset()),
        )
        n = told.get(s.record_id, 0)  # a run that a correction has cut in two tells of two absences
        told[s.record_id] = n + 1
        yield found._replace(n=n)
