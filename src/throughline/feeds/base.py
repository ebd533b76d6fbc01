"""What every reader speaks: people, statements, events, coverage, faults.

A reader goes through one file, row by row, and yields what stands there. Nothing is decided about a
child here: `events` later turns all statements one child has from one feed into dated events.

Everything below is a plain immutable tuple, because a county has millions of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

# What became of a row. Every row is exactly one of these; the five add to the rows in (DESIGN §4).
USED = "used"
USED_WITH_FAULTS = "used with faults"
REFUSED = "refused"
NO_EVENT = "rightly without an event"
REPEATED = "repeated"
OUTCOMES = (USED, USED_WITH_FAULTS, REFUSED, NO_EVENT, REPEATED)

# How bad a fault is, in the sector validators' own three words.
ERROR = "error"  # the row or file could not be used, or the cell was blanked
QUERY = "query"  # used as given; someone should look and amend or explain
REPAIRED = "repaired"  # changed by a stated rule; the original is kept


class Person(NamedTuple):
    """Who one source says a child is: a claim, made once per file for each of its people."""

    key: str
    """Unique per source: ``agency|feed|the source's own id`` (build it with `person_key`)."""
    agency: str
    """Agency id that makes the claim (an id of `words.agencies`, or ``la:<code>`` / ``la`` for an authority)."""
    la_id: str = ""
    """The child's id in the authority `la_of` names; only checked within that authority."""
    la: str = ""
    """The authority whose id `la_id` is (``la:301``; ``la`` where the file does not say)."""
    upn: str = ""
    nhs_number: str = ""
    forename: str = ""
    surname: str = ""
    dob: date | None = None
    sex: str = ""
    """M, F, U (unknown or not said) whatever the era of the file."""
    postcode: str = ""
    """Upper case, one space before the inward part; blank if it has not the shape of a postcode."""
    file: str = ""
    row: int = 0


class Statement(NamedTuple):
    """One row of one file (or one element of an XML file), as an agency said it.

    Where a feed's rows mean nothing singly (a register's marks), one statement stands for `rows` of them, and
    whoever counts rows counts so many.
    """

    feed: str
    table: str
    """The layout's own table, e.g. ``episodes``; its columns are ``get(feed).tables[table]``."""
    file: str
    row: int
    """Row as a spreadsheet numbers it (header = 1); in XML the line the element starts on."""
    record_id: str
    """The source's stable id of this record within feed and table: a corrected file supersedes by it."""
    person: str
    """`Person.key`; blank when the row could not be tied to a child (then it is refused) and when it is about a
    place (then it is rightly without an event)."""
    values: tuple[str, ...]
    """Cleaned cells in the table's column order: ISO dates and times, canonical codes; bad cells blank."""
    outcome: str = USED
    said_by: str = ""
    """Agency id."""
    recorded_at: date | datetime | None = None
    """When the agency wrote it down, if it says; None is 'not said'."""
    given: tuple[str, ...] = ()
    """Cells exactly as they stood, same order. Kept by the site, not by the command."""
    received_on: date | None = None
    """When the partnership got it (set by whoever stores it)."""
    rows: int = 1
    """How many rows of the file it stands for; `row` is the first of them."""


class Event(NamedTuple):
    """One dated fact about a child, as one source tells it (DESIGN §4)."""

    kind: str
    """An id of `words.kinds`."""
    happened_on: date
    """London civil date. Day clocks use this."""
    happened_at: datetime | None
    """UTC instant, or None when the time of day is not known. Hour clocks use this."""
    precision: str
    """``time`` (to the minute) or ``day``."""
    said_by: str
    statement: Statement
    marks: frozenset[str] = frozenset()
    details: Mapping[str, str] = {}
    ref: str = ""
    """A reference several records share (a missing episode's, a suspension's), unique within the child."""
    level: str = "SL2"
    tags: frozenset[str] = frozenset()
    n: int = 0
    """Tells apart two events of one kind from one statement."""

    @property
    def key(self) -> str:
        """Stable across re-deliveries: feed, table, source record, kind, ordinal."""
        s = self.statement
        return f"{s.feed}/{s.table}/{s.record_id}/{self.kind}" + (f"/{self.n}" if self.n else "")

    @property
    def recorded_at(self) -> date | datetime | None:
        return self.statement.recorded_at

    @property
    def received_on(self) -> date | None:
        return self.statement.received_on


class Coverage(NamedTuple):
    """What a delivery can answer for: silence about these kinds, between these days, means something."""

    agency: str
    kinds: frozenset[str]
    start: date
    end: date
    """Inclusive."""
    la: str = ""
    """Only children of this authority; blank = every child the partnership knows."""
    file: str = ""


class Fault(NamedTuple):
    """One thing wrong with one cell, row or file, in the shape of the sector's own reports."""

    file: str
    sheet: str
    row: int
    """0 when it concerns the whole file."""
    column: str
    value: str
    """As given."""
    rule: str
    """Short stable id, ``date-unreadable``; the sector's own code too where there is one: ``903-148``."""
    severity: str
    message: str
    """What, and what to do; readable by the person who can fix it."""
    fix_by: str
    """Who can put it right: an agency's name, or 'whoever sent the file'."""
    person: str = ""
    """`Person.key` where known, so that the fault can stand on the child's line."""
    around: date | None = None
    """The day it might have covered, where known."""


class FileRead(NamedTuple):
    """Said once per file when it has been read to the end, or found not to be one of ours."""

    file: str
    feed: str
    """Blank: not recognised."""
    table: str
    rows: int
    sha256: str
    note: str = ""
    """For an unrecognised file: what it looked like and what was looked for."""


class SetAside(NamedTuple):
    """Statements a second process has read, set down where whoever asked for it will find them (`Context.aside`)."""

    rows: int
    """Of the file they are from, or files."""
    written: Any
    """What `Aside.close` gave."""


Item = Person | Statement | Coverage | Fault | FileRead | SetAside


class Aside(Protocol):
    """Where a second process sets statements down. Made before that begins, then used there only."""

    def add(self, statement: Statement) -> None: ...

    def close(self) -> SetAside:
        """No more are added; what it gives can be pickled."""


class Named(NamedTuple):
    """What a person has said a table of a sender's own make is, and which of its columns is which."""

    feed: str
    table: str
    columns: Mapping[str, str]
    """Theirs -> ours; blank: nothing that is read, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may know of the world beside the file."""

    received_on: date
    """The day the partnership got the delivery; nothing in a file can be later than it without a fault."""
    sender: str = ""
    """Agency id of the sender, where whoever hands the file in has said so."""
    progress: Callable[[int, int], None] = field(default=lambda done, total: None)
    """Called with bytes read and bytes in all, now and then."""
    mappings: Mapping[frozenset[str], Named] = field(default_factory=dict)
    """A file's columns (`mapping.signature`) -> what a person has said of such files of this sender."""
    aside: Callable[[], Aside] | None = None
    """Makes what a second process sets statements down in, so that much is read by two (`reading_ahead`); None: one
    process reads it all."""
    meanwhile: Callable[[], object] = field(default=lambda: None)
    """Called while a second process reads on: what will be needed can be made ready."""


class Derived(NamedTuple):
    """What one child's statements from one feed say, once looked at together."""

    events: list[Event]
    faults: list[Fault]
    outcomes: Mapping[tuple[str, str, int], str] = {}
    """(table, file, row) -> outcome, only for rows whose outcome changed by being looked at together."""


class Reader(Protocol):
    """One delivery's reading of one feed; told each of its files in turn, then that there are no more."""

    def read(self, source: Source, table: str) -> Iterator[Item]: ...

    def finish(self) -> Iterator[Coverage | Fault]: ...


@runtime_checkable
class ReadsByTwo(Reader, Protocol):
    """A reader that lets another, in a second process, read some of the delivery's files."""

    def apart(self, table: str) -> bool:
        """Whether nothing in files of this table bears on how others are read; they come after all others."""

    def gathered(self) -> Any:
        """What is to be known of the files read, besides what was said of them."""

    def take_over(self, items: Iterable[Item], gathered: Any) -> Iterator[Item]:
        """What another reader has said of the later files, as it would have been said here; `gathered` is its own."""


class Feed(Protocol):
    """One real extract: how to know it, how to read it, what its rows mean."""

    id: str
    title: str
    tables: Mapping[str, tuple[str, ...]]
    """Columns of `Statement.values`, per table."""
    looked_for: str
    """One line for a person whose file was not recognised: what this feed looks like."""

    def recognise(self, source: Source) -> str | None:
        """The table this file is, by its content; None if it is not of this feed."""

    def reader(self, context: Context) -> Reader: ...

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = {}) -> Derived:
        """Events of ONE child from all its live statements of this feed (stitching happens here).

        `covered_to`: agency -> the last day its deliveries of this feed answer for. It says that a later
        delivery has come from which the child may be absent, which the child's own statements cannot show;
        left out, nothing is concluded from absence.
        """


class Source(Protocol):
    """One file to read, wherever it lies (a folder, a zip); safe to read whatever is in it."""

    name: str
    """Path within the delivery, forward slashes."""
    size: int
    path: Path | None
    """Where it lies on the disk as it is, so that another process can open it too; None: in a zip, or in memory."""

    def head(self, n: int = 65536) -> bytes:
        """First bytes, for recognition."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """CSV rows with their spreadsheet row number, header first; raises `Unreadable`."""

    def stream(self) -> Iterable[bytes]:
        """The bytes, in chunks."""


class Unreadable(Exception):
    """A file that cannot be read on: carries the fault to report; what was read before stays read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def person_key(agency: str, feed: str, source_id: str) -> str:
    """The key under which a source's person is known: ``agency|feed|id``."""
    return f"{agency}|{feed}|{source_id}"
