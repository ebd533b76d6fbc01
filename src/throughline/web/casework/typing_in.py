"""What somebody types here, as one more statement: read by the same reader as any agency's row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import connection

from throughline import feeds
from throughline.feeds import Context, Fault, FileSource, Statement
from throughline.feeds.subjects import Subject
from throughline.web import bulk, clock
from throughline.web.intake.storing import day_and_moment
from throughline.words import Kind

FEED = "events"
_OWN = frozenset({"happened_on", "happened_time", "time_unknown", "recorded_on", "said_by", "marks", "ref"})
_TYPED = frozenset({"happened", "recorded", "marks", "details"})
"""Columns a person fills in. What a reader would use as given and ask about, they can put right at once."""
_FIELD_OF = {"happened": "happened_on", "recorded": "recorded_on"}
"""Column of the layout -> field of the form, where they are called differently."""


class Refused(Exception):
    """What was typed will not do; `errors` has a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def statement(
    kind: Kind,
    fields: Mapping[str, object],
    *,
    received_on: date,
    record: str,
    about: Subject | None = None,
    level: str = "",
    tags: Iterable[str] = (),
) -> Statement:
    """The statement these answers make, about a child unless `about` says what else; held as the kind says, or at
    `level`, with `tags` besides. Raises `Refused` for what the reader finds wrong."""
    said_by = str(fields["said_by"])
    time = str(fields.get("happened_time") or "")
    marks: Any = fields.get("marks") or []
    details = {name: str(value) for name, value in fields.items() if name not in _OWN and value}
    row = {
        "source_system": said_by,
        "source_record_id": f"typed:{record}",
        "source_person_id": "" if about else record,
        "subject_kind": about.kind if about else "",
        "subject_id": about.id if about else "",
        "kind": kind.id,
        "level": level,
        "tags": ";".join(sorted(tags)),
        "happened": f"{fields['happened_on']}T{time}" if time else str(fields["happened_on"]),
        "recorded": str(fields.get("recorded_on") or _london(clock.now())),
        "marks": marks if isinstance(marks, str) else ";".join(marks),
        "details": json.dumps(details, ensure_ascii=False) if details else "",
        "agency": said_by,
        "ref": str(fields.get("ref") or ""),
    }
    items = list(feeds.read([_as_file(row)], Context(received_on, said_by)))
    faults = [item for item in items if isinstance(item, Fault) and item.column in _TYPED]
    if kind.future:
        faults = [fault for fault in faults if fault.rule != "date-in-future"]
    read = [item for item in items if isinstance(item, Statement) and item.outcome != feeds.REFUSED]
    if faults or not read:
        found = {_FIELD_OF.get(f.column, f.column) or "happened_on": f.message for f in faults}
        raise Refused(found or {"happened_on": "This could not be read. Check the day and the time."})
    return read[0]._replace(received_on=received_on)


def keep(said: Statement, *, child: int | None, by: int | None) -> int:
    """Store it; the number it got. `child` None: it is about a subject that is no child. `by` None: no person's.

    It is held as closely as what it tells, as when lines are worked out: then that need not be written once more.
    """
    day, moment = day_and_moment(said.recorded_at)
    told = feeds.get(said.feed).events([said], {}).events
    level = max((event.level for event in told), default="SL2")
    tags = sorted(frozenset().union(*(event.tags for event in told)))
    with connection.cursor() as cursor:
        cursor.execute("select nextval('intake_order_of_telling')")
        (number,) = cursor.fetchone()
        bulk.insert("intake_statement", _COLUMNS, [(
            number, by, said.feed, said.table, 0, 1, said.record_id, record_key(said), said.person, child,
            list(said.values), said.outcome, said.outcome, said.said_by, day, moment, said.received_on,
            said.received_on, level, tags, True,
        )])  # fmt: skip
    return number


def record_key(said: Statement) -> str:
    """Under which tellings of one record are held together."""
    return f"{said.said_by}|{said.feed}|{said.table}|{said.record_id}"


def _as_file(row: Mapping[str, str]) -> FileSource:
    columns = feeds.get(FEED).tables[FEED]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerow([row.get(column, "") for column in columns])
    content = text.getvalue().encode()
    return FileSource("typed here", len(content), lambda: BytesIO(content))


def _london(at: datetime) -> str:
    return at.astimezone(clock.LONDON).strftime("%Y-%m-%dT%H:%M")


_COLUMNS = {
    "id": "bigint",
    "typed_by_id": "bigint",
    "feed": "text",
    "table_name": "text",
    "row_no": "integer",
    "rows": "integer",
    "record_id": "text",
    "record_key": "text",
    "person": "text",
    "child_id": "bigint",
    "cells": "text[]",
    "outcome": "text",
    "final_outcome": "text",
    "said_by": "text",
    "recorded_on": "date",
    "recorded_at": "timestamptz",
    "received_on": "date",
    "first_received_on": "date",
    "level": "text",
    "tags": "text[]",
    "live": "boolean",
}
