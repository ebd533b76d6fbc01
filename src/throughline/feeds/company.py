"""Who was asked to a meeting and who came, as marks of the meeting itself (``company`` of a layout).

A seat counts as invited where an invitation says so. A side (health, social care) counts as not there only
once it has been written down who came, and nobody of that side came or sent a report; a seat of that side
of which it is not yet known leaves it open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from throughline import words
from throughline.feeds.base import Event, Statement
from throughline.feeds.layouts import Layout
from throughline.feeds.people import sender

_CAME = ("Y", "REPORT")
Row = Mapping[str, str]


def with_company(tables: Mapping[str, Layout], statements: Sequence[Statement], events: list[Event]) -> list[Event]:
    """The events of one child, those of meetings with the marks their invitations give them."""
    for table, layout in tables.items():
        if layout.company:
            rows = _invitations(tables[layout.company["table"]], layout.company["by"], statements)
            name = layout.place(layout.company["by"])
            events = [
                _marked(event, _marks(layout.company, rows[event.statement.said_by, event.statement.values[name]]))
                if event.statement.table == table
                else event
                for event in events
            ]
    return events


def _invitations(invites: Layout, by: str, statements: Sequence[Statement]) -> Mapping[tuple[str, str], list[Row]]:
    """The invitations of each meeting, by who says so and the meeting's reference."""
    name = invites.place(by)
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for statement in statements:
        if statement.table == invites.id:
            row = dict(zip(invites.columns, statement.values, strict=True))
            rows[statement.said_by, statement.values[name]].append(row)
    return rows


def _marked(event: Event, marks: frozenset[str]) -> Event:
    found = marks & words.kinds()[event.kind].marks
    return event._replace(marks=event.marks | found) if found else event


def _marks(company: Mapping[str, Any], rows: Sequence[Row]) -> frozenset[str]:
    found = {mark for seat, mark in company["invited"].items() if any(_invited(row, seat) for row in rows)}
    if any(row["attended"] for row in rows):
        found |= {mark for mark, side in company["nobody_from"].items() if _nobody(side, rows)}
    return frozenset(found)


def _invited(row: Row, seat: str) -> bool:
    return row["role"] == seat and bool(row["invited_at"])


def _nobody(side: Mapping[str, list[str]], rows: Iterable[Row]) -> bool:
    theirs = [row for row in rows if row["role"] in side["seats"] or _type(row["agency"]) in side["agencies"]]
    return all(row["attended"] not in ("", *_CAME) and not row["report_at"] for row in theirs)


def _type(name: str) -> str:
    """The type of agency a name stands for."""
    return sender(name).agency.partition(":")[0] if name else ""
