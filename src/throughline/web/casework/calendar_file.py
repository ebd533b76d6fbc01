"""A calendar as other programs read it: iCalendar (RFC 5545), by the `icalendar` library."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

from throughline.web.casework.coming import Entry

_WHOM = "Open Throughline to see whom it is about."


def written(entries: Iterable[Entry], *, at: datetime, address: str) -> bytes:
    """The file: each entry a private event without a length, with a link to the calendar's page and no name.

    `at` is when it is written; `address` is that of the page.
    """
    file = Calendar()
    file.add("prodid", "-//Throughline//what is coming//EN")
    file.add("version", "2.0")
    file.add("x-wr-calname", "Throughline")
    for entry in entries:
        file.add_component(_event(entry, at, address))
    return bytes(file.to_ical())


def _event(entry: Entry, at: datetime, address: str) -> Event:
    event = Event()
    on: date | datetime = entry.on.astimezone(UTC) if isinstance(entry.on, datetime) else entry.on
    event.add("uid", f"{entry.uid}@throughline")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", on)
    event.add("summary", entry.title)
    event.add("description", _WHOM)
    event.add("url", address)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
