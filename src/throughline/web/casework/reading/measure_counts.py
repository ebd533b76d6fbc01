"""Every number of the measures, asked of the database once for all who look: tallies, waits, children of a group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from throughline.measures import defining
from throughline.measures.defining import Year
from throughline.measures.showing import NOBODY, Tally
from throughline.web.casework import rules_here
from throughline.words.calendars import school_calendars, school_days, working_days

OUTCOME, VERDICT = "outcome", "verdict"
DONE, WAITING = "done", "waiting"
ALTOGETHER = ""
"""The side of a measure that is not broken down, and its only slot."""

Tallies = Mapping[str, Mapping[str, Mapping[str, Tally]]]
"""Duty -> part -> slot -> how often."""


class Wait(NamedTuple):
    """How long it took, or has taken so far: in hours, days, working or school days, as its rule counts."""

    children: int
    middle: int
    longest: int


Waits = Mapping[tuple[str, str], Wait]
"""(Slot, `DONE` or `WAITING`) -> how long."""


@dataclass(frozen=True)
class Told:
    """What was counted of some duties, by some sides."""

    found: Mapping[tuple[str, str], Tallies]
    """(Side, `OUTCOME` or `VERDICT`) -> tallies."""

    def by(self, side: str, what: str = OUTCOME) -> Tallies:
        """All that was counted by one side."""
        return self.found.get((side, what), {})

    def of(self, duty: str, side: str, what: str = OUTCOME) -> Mapping[str, Mapping[str, Tally]]:
        """What was counted of one duty; of one that nobody was owed, nothing in any slot."""
        return self.by(side, what).get(duty) or {part: {} for part in parts(what)}


def flags() -> tuple[str, ...]:
    """Rules in force of the practice table of flags that have a clock of their own."""
    return tuple(id for id, rule in rules_here.book().items() if any(row.startswith("R") for row in rule.practice))


def parts(what: str) -> Mapping[str, defining.Part]:
    """What a duty is counted as, or what is said of a flag."""
    return defining.outcomes() if what == OUTCOME else defining.verdicts()


def tallies(at: datetime, ids: Sequence[str], year: Year, sides: Sequence[str]) -> Told:
    """How often each part of these duties came about in each slot of each side. Nothing for who has no measures."""
    found: dict[tuple[str, str], dict[str, dict[str, dict[str, Tally]]]] = {}
    for side, duty, what, slot, part, n, of in _rows(
        "select * from app_measured(%s, %s, %s, %s, %s, %s)",
        [at, list(ids), sorted({*ids} & {*flags()}), year.first, year.last, list(sides)],
    ):
        by_part = found.setdefault((side, what), {}).setdefault(duty, {each: {} for each in parts(what)})
        by_part[part][slot] = Tally(n, of)
    return Told({key: {duty: _filled(by) for duty, by in by_duty.items()} for key, by_duty in found.items()})


def waits(at: datetime, duty: str, year: Year, sides: Sequence[str]) -> Mapping[str, Waits]:
    """Side -> how long one duty took, or has waited, in each of its slots."""
    found: dict[str, dict[tuple[str, str], Wait]] = {side: {} for side in sides}
    for side, slot, what, of, middle, longest in _rows(
        "select * from app_waited(%s, %s, %s, %s, %s, %s)",
        [at, [duty], year.first, year.last, list(sides), _calendars(year.first.year - 3, year.last.year + 1)],
    ):
        found[side][slot, what] = Wait(of, middle, longest)
    return found


def children(at: datetime, side: str) -> Mapping[str, Tally]:
    """Slot -> children who have a page today."""
    rows = _rows("select * from app_grouped(%s, %s)", [at, [side]])
    return {slot: Tally(n, n) for slot, n in rows}


def happened(at: datetime, year: Year, sides: Sequence[str]) -> Mapping[str, Mapping[str, Mapping[str, Tally]]]:
    """Side -> kind of event -> slot -> how often it happened."""
    found: dict[str, dict[str, dict[str, Tally]]] = {side: {} for side in sides}
    for side, kind, slot, n, of in _rows(
        "select * from app_happened(%s, %s, %s, %s, %s)",
        [at, list(defining.happened()), year.first, year.last, list(sides)],
    ):
        found[side].setdefault(kind, {})[slot] = Tally(n, of)
    return found


def _filled(by_part: Mapping[str, Mapping[str, Tally]]) -> Mapping[str, Mapping[str, Tally]]:
    slots = sorted({slot for tallied in by_part.values() for slot in tallied})
    return {part: {slot: tallied.get(slot, NOBODY) for slot in slots} for part, tallied in by_part.items()}


def _rows(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


@lru_cache
def _calendars(first: int, last: int) -> str:
    """Days that count, added up from 1 January of one year to the end of another, as far as a calendar goes."""
    known = {"working": working_days()} | {id: school_days(id) for id in school_calendars()}
    found = []
    for name, calendar in known.items():
        start, end = max(calendar.first, date(first, 1, 1)), min(calendar.last, date(last, 12, 31))
        span = (date.fromordinal(n) for n in range(start.toordinal(), end.toordinal() + 1))
        sofar = [calendar.between(start, day) for day in span]
        found.append({"name": name, "first": start.isoformat(), "sofar": sofar})
    return json.dumps(found)
