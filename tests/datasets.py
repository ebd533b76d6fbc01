"""Standard Safeguarding Dataset folders for tests: tables written as CSV, and what reading them gives."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from feeding import Told, tell
from throughline.feeds.base import REFUSED, REPEATED, Derived
from throughline.feeds.ssd import FEED
from throughline.records import standing

RECEIVED = date(2026, 3, 31)
SENDER = "la:971"
Row = Mapping[str, str]


def write(folder: Path, name: str, rows: Sequence[Row], *, columns: Sequence[str] = (), as_file: str = "") -> Path:
    """One table as a CSV file; cells are named without the table's prefix, every other cell is blank."""
    table = FEED.layout.tables[name]
    short = [column.name.partition("_")[2] for column in table.columns]
    header = [column.name for column in table.columns]
    if columns:
        header = [full for full, plain in zip(header, short, strict=True) if plain in columns]
        short = [plain for plain in short if plain in columns]
    path = folder / f"{as_file or name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([row.get(column, "") for column in short] for row in rows)
    return path


def child(number: str = "1", **more: str) -> Row:
    """A row of the person table: Ada Quill unless it says otherwise."""
    return {
        "person_id": number,
        "forename": "Ada",
        "surname": "Quill",
        "sex": "F",
        "dob": "2011-06-15 00:00:00",
    } | more


def read(folder: Path, *, received: date = RECEIVED, sender: str = SENDER) -> Told:
    """Everything in a folder of the dataset."""
    told = tell(folder, received=received, sender=sender, feeds=(FEED,))
    assert "reader-failed" not in told.rules
    return told


def lives(told: Told) -> dict[str, Derived]:
    """Child's id -> what its rows come to."""
    by_person: dict[str, list] = {}
    for statement in told.statements:
        if statement.outcome not in (REFUSED, REPEATED) and statement.person:
            by_person.setdefault(statement.person, []).append(statement)
    return {key.rpartition("|")[2]: FEED.events(standing(rows)[0]) for key, rows in by_person.items()}


def days(derived: Derived, *kinds: str) -> list[tuple[str, str]]:
    """Kind and day of the events (of these kinds), in order of time."""
    told = [(e.kind, e.happened_on.isoformat()) for e in derived.events if not kinds or e.kind in kinds]
    return sorted(told, key=lambda pair: (pair[1], pair[0]))
