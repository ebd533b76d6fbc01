"""Files for the readers' tests, and what the readers make of them, in few words."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from throughline.feeds.base import (
    REFUSED,
    REPEATED,
    Context,
    Coverage,
    Derived,
    Event,
    Fault,
    Feed,
    FileRead,
    Item,
    Person,
    Statement,
)
from throughline.feeds.csv_layouts import FEEDS
from throughline.feeds.layouts import layouts
from throughline.feeds.reading import read_with
from throughline.feeds.sources import open_sources

RECEIVED = date(2026, 3, 31)
ADA = {
    "source_record_id": "R1",
    "source_person_id": "P1",
    "forename": "Ada",
    "surname": "Quill",
    "dob": "2011-06-15",
    "sex": "F",
    "extract_date": "2026-03-01",
}
"""An invented girl, as every layout's identity block gives her."""


def table(layout: str, *rows: dict[str, str], columns: Sequence[str] = ()) -> str:
    """A CSV text of that layout; each row is Ada's unless it says otherwise."""
    header = columns or layouts()[layout].columns
    sender = {"missing_police": "Castlereach police", "return_interview": "missing_hub:971"}
    system = sender.get(layout, "la:971")
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"source_system": system, **ADA, **row} for row in rows)
    return out.getvalue()


class Told:
    """All that reading some files gave, sorted by what it is."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = list(items)
        self.persons = [i for i in self.items if isinstance(i, Person)]
        self.statements = [i for i in self.items if isinstance(i, Statement)]
        self.coverage = [i for i in self.items if isinstance(i, Coverage)]
        self.faults = [i for i in self.items if isinstance(i, Fault)]
        self.files = [i for i in self.items if isinstance(i, FileRead)]

    @property
    def outcomes(self) -> dict[str, int]:
        """Statements that count for rows of the file, by what became of them."""
        return dict(Counter(s.outcome for s in self.statements if s.rows))

    @property
    def rules(self) -> list[str]:
        return [fault.rule for fault in self.faults]

    def fault(self, rule: str) -> Fault:
        """The one fault of that rule."""
        (found,) = [fault for fault in self.faults if fault.rule == rule]
        return found

    def value(self, column: str, row: int = 0) -> str:
        """The cleaned cell of the nth statement."""
        statement = self.statements[row]
        return statement.values[layouts()[statement.table].place(column)]

    def events(self) -> list[Event]:
        """What the statements that stand mean, all being one child's."""
        return [event for derived in self.derived() for event in derived.events]

    def derived(self) -> list[Derived]:
        """The same feed by feed, with what else came of looking at a child's rows together."""
        live = [s for s in self.statements if s.outcome not in (REFUSED, REPEATED)]
        by_id = {feed.id: feed for feed in FEEDS}
        return [by_id[feed].events([s for s in live if s.feed == feed]) for feed in dict.fromkeys(s.feed for s in live)]


def tell(path: Path, *, received: date = RECEIVED, sender: str = "", feeds: Sequence[Feed] = FEEDS) -> Told:
    """Read everything at `path`."""
    return Told(read_with(feeds, open_sources(path), Context(received, sender)))


def told(tmp_path: Path, layout: str, *rows: dict[str, str], sender: str = "", **kwargs: Sequence[str]) -> Told:
    """Write rows of one layout to a file and read it."""
    path = tmp_path / f"{layout}.csv"
    path.write_text(table(layout, *rows, **kwargs), encoding="utf-8")
    return tell(path, sender=sender)
