"""What was known on a day, through one of two lenses that are never mixed (DESIGN §4).

*Recorded*: the agency had written it down by then. *Received*: this partnership had got it by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from throughline import words
from throughline.feeds.base import Event, Statement
from throughline.words.calendars import london_date


class Recorded(NamedTuple):
    """Events that their agencies had written down by a day."""

    events: list[Event]
    not_said: frozenset[str]
    """Keys of those whose agency does not say when it wrote them: taken as written down the day it happened."""


def recorded_by(events: Iterable[Event], day: date) -> Recorded:
    """What agencies had recorded by the end of `day`. Nothing says the partnership had it then."""
    known: list[Event] = []
    not_said: set[str] = set()
    for event in events:
        recorded = event.recorded_at
        if recorded is None:
            if event.happened_on <= day:
                known.append(event)
                not_said.add(event.key)
        elif _day(recorded) <= day:
            known.append(event)
    return Recorded(known, frozenset(not_said))


def received_by(statements: Iterable[Statement], day: date) -> list[Statement]:
    """What the partnership had received by the end of `day`; what carries no day of receipt was not."""
    return [s for s in statements if s.received_on is not None and s.received_on <= day]


def first_received(statements: Iterable[Statement]) -> Mapping[str, date]:
    """Agency -> the day its first statement was received."""
    first: dict[str, date] = {}
    for statement in statements:
        day = statement.received_on
        if day is not None and (statement.said_by not in first or day < first[statement.said_by]):
            first[statement.said_by] = day
    return first


def not_yet_receiving(first: Mapping[str, date], day: date) -> list[str]:
    """One sentence for each agency whose first delivery came after `day`: not the same as 'not known'."""
    return [
        f"not yet receiving from {words.agency_title(agency)}"
        for agency, received in sorted(first.items())
        if received > day
    ]


def _day(recorded: date | datetime) -> date:
    return london_date(recorded) if isinstance(recorded, datetime) else recorded
