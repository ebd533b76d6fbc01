"""One run of the command: read, tell whose rows are whose, draw each child's line, work out what is owed."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from throughline import duties, feeds, identity, timeline
from throughline.check import report
from throughline.check.outputs import EVENTS, FAULTS, OWED, Table, fault_line, quoted
from throughline.check.rows import OwedLines, event_line
from throughline.check.summary import Summary
from throughline.feeds.base import (
    REFUSED,
    REPEATED,
    Context,
    Coverage,
    Derived,
    Event,
    Fault,
    FileRead,
    Item,
    Person,
    Statement,
)
from throughline.records import standing
from throughline.records.store import Store

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done and how much there is (bytes when reading, then children)."""


class NothingRecognised(Exception):
    """No file in the folder is one of the extracts we read. `summary` says what was there and looked for."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("No file here is one of the extracts we read.")
        self.summary = summary


def run(folder: Path, out: Path, as_of: date, progress: Progress) -> Summary:
    """Answer for `folder` as things stood at the end of `as_of`, into `out`.

    Raises `NothingRecognised`, and OSError where `out` cannot be written; then `out` holds no half answer
    under its final name.
    """
    out.mkdir(parents=True, exist_ok=True)
    summary = Summary(as_of)
    gc.disable()  # millions of small tuples, none in a cycle: the collector only costs time here
    try:
        with tempfile.TemporaryDirectory(prefix=".throughline-", dir=out) as scratch:
            _answer(folder, Path(scratch), summary, progress)
            for name in ("owed.csv", "faults.csv", "events.csv", "summary.json", "report.html"):
                (Path(scratch) / name).replace(out / name)
    finally:
        gc.enable()
    return summary


def _answer(folder: Path, scratch: Path, summary: Summary, progress: Progress) -> None:
    with Store(scratch) as store, Table(scratch / "faults.csv", FAULTS) as faults:
        persons = _read(folder, store, faults, summary, progress)
        if not any(file.feed for file in summary.files):
            raise NothingRecognised(summary)
        _evaluate(store, persons, scratch, faults, summary, progress)
    report.write(scratch / "report.html", summary, duties.rulebook())
    (scratch / "summary.json").write_text(summary.as_json(), encoding="utf-8")


def _read(folder: Path, store: Store, faults: Table, summary: Summary, progress: Progress) -> list[Person]:
    """Set every statement down; return who the sources say the children are."""
    context = Context(summary.as_of, progress=lambda done, total: progress("Reading", done, total))
    persons: list[Person] = []
    outcomes, tables = summary.outcomes, summary.tables
    add = store.add
    for item in feeds.read(feeds.open_sources(folder), context):
        if isinstance(item, Statement):
            outcomes[item.file][item.outcome] += 1
            tables[item.feed, item.table] += 1
            if item.outcome != REFUSED:
                add(item)
        else:
            _note(item, persons, faults, summary)
    return persons


def _note(item: Item, persons: list[Person], faults: Table, summary: Summary) -> None:
    if isinstance(item, Person):
        persons.append(item)
    elif isinstance(item, Fault):
        summary.add_fault(item)
        faults.write(fault_line(item))
    elif isinstance(item, Coverage):
        summary.coverage.append(item)
    elif isinstance(item, FileRead):
        summary.files.append(item)


def _evaluate(
    store: Store, persons: list[Person], scratch: Path, faults: Table, summary: Summary, progress: Progress
) -> None:
    children = _Children(persons, summary)
    coverage = timeline.CoverageIndex(summary.coverage)
    rules = duties.rulebook()
    owed_line = OwedLines(summary, rules).line
    as_of, counts = summary.as_of, summary.events
    with (
        Table(scratch / "owed.csv", OWED) as owed,
        Table(scratch / "events.csv", EVENTS) as events,
    ):
        for done, (child, statements) in enumerate(store.children(children.number), start=1):
            known = derive(statements, summary, faults)
            dob, las, child_id = children.about[child]
            child_cell = quoted(child_id)
            line = timeline.build(known, dob=dob, las=las, coverage=coverage, as_of=as_of)
            for number, happening in enumerate(line.happenings, start=1):
                told_by = len(happening.events)
                for event in happening.events:
                    counts[event.kind] += 1
                    events.write(event_line(child_cell, number, told_by, event))
            for instance in duties.evaluate(line, rules, as_of):
                owed.write(owed_line(child_id, child_cell, instance))
            if done % 500 == 0:
                progress("Working out what is owed", done, summary.children)
    progress("Working out what is owed", summary.children, summary.children)


def derive(statements: Iterable[Statement], summary: Summary, faults: Table) -> list[Event]:
    """One child's events from all its statements, feed by feed; outcomes and faults that come of it noted."""
    events: list[Event] = []
    for feed_id, said in groupby(statements, key=attrgetter("feed")):
        feed = feeds.get(feed_id)
        stands, again = standing(_as_received(list(said), feed))
        for statement in again:
            _change(statement, REPEATED, summary)
        derived: Derived = feed.events(stands)
        events += derived.events
        for fault in derived.faults:
            summary.add_fault(fault)
            faults.write(fault_line(fault))
        if derived.outcomes:
            by_row = {(s.table, s.file, s.row): s for s in stands}
            for where, outcome in derived.outcomes.items():
                _change(by_row[where], outcome, summary)
    return events


def _as_received(statements: list[Statement], feed: feeds.Feed) -> list[Statement]:
    """In the order their extracts were made, where the layout says; else by file name and row."""
    place = {
        table: columns.index("extract_date") for table, columns in feed.tables.items() if "extract_date" in columns
    }
    if place and len(statements) > 1:
        statements.sort(key=lambda s: (s.values[place[s.table]] if s.table in place else "", s.file, s.row))
    return statements


def _change(statement: Statement, outcome: str, summary: Summary) -> None:
    if outcome != statement.outcome:
        counts = summary.outcomes[statement.file]
        counts[statement.outcome] -= 1
        counts[outcome] += 1


class _Children:
    """Who the children are: a number, a date of birth, authorities and the id to write for each."""

    def __init__(self, persons: list[Person], summary: Summary) -> None:
        persons = _with_authority(persons)
        linked = identity.link(persons)
        summary.links.update(j.by for j in linked.judgements if j.verdict == identity.SAME)
        summary.unsure = sum(j.verdict == identity.UNSURE for j in linked.judgements)
        numbers: dict[str, int] = {}
        self.number = {key: numbers.setdefault(root, len(numbers)) for key, root in linked.clusters.items()}
        summary.people, summary.children = len(self.number), len(numbers)
        claims: list[list[Person]] = [[] for _ in numbers]
        for person in persons:
            claims[self.number[person.key]].append(person)
        used: set[str] = set()
        self.about = [_about(mine, used) for mine in claims]


def _about(claims: list[Person], used: set[str]) -> tuple[date | None, frozenset[str], str]:
    """A child's date of birth (most said, first said), its authorities, and an id no other child has."""
    births = [claim.dob for claim in claims if claim.dob]
    dob = max(births, key=births.count) if births else None
    own = next((claim for claim in claims if claim.la_id), claims[0])
    child_id = own.la_id or own.key.rsplit("|", 1)[-1]
    if child_id in used:
        child_id = f"{own.la or own.agency}/{child_id}"
    used.add(child_id)
    return dob, _authorities(tuple(claim.la for claim in claims if claim.la)), child_id


@lru_cache(maxsize=4096)
def _authorities(las: tuple[str, ...]) -> frozenset[str]:
    return frozenset(las)


def _with_authority(persons: list[Person]) -> list[Person]:
    """Where some files name their authority and it is one only, files that name none are taken as its own."""
    named = {person.la for person in persons if ":" in person.la}
    if len(named) != 1:
        return persons
    (la,) = named
    return [person._replace(la=la) if person.la == "la" else person for person in persons]
