"""What is owed to some of the children, as lines of the command's files and counts of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from throughline import duties, feeds, timeline
from throughline.check.children import About
from throughline.check.outputs import Tables, fault_line, quoted
from throughline.check.placing import placement_lines
from throughline.check.rows import OwedLines, event_lines
from throughline.check.summary import Summary
from throughline.feeds.base import REPEATED, Derived, Event, Fault, Statement
from throughline.records import standing
from throughline.records.store import Store

_NOW_AND_THEN = 500
"""Children between two words on how far it has come."""


@dataclass(frozen=True, slots=True)
class Question:
    """All that a child's answer is worked out from. Read by several processes at once, changed by none."""

    store: Store
    children: list[About]
    """By number."""
    subjects: list[str]
    """What else rows are about, by `Subject.key`; their numbers follow the children's."""
    coverage: timeline.CoverageIndex
    covered_to: Mapping[str, Mapping[str, date]]
    """Feed -> agency -> the last day its files answer for."""
    as_of: date
    places: timeline.Places | None = None
    """Where placements lie; None: no postcode directory was given."""


def answer(question: Question, numbers: range, tables: Tables, tell: Callable[[int], None]) -> Summary:
    """Write what is known of and owed to these children, in their order; what was counted on the way.

    `tell` is called with the children done.
    """
    summary = Summary(question.as_of)
    rules = duties.rulebook()
    owed_line = OwedLines(summary, rules).line
    as_of, coverage, about = question.as_of, question.coverage, question.children
    known_of = question.store.children(numbers)
    done = 0
    for done, (child, statements) in enumerate(known_of, start=1):
        events, faults = derive(statements, question.covered_to, summary)
        for fault in faults:
            summary.add_fault(fault)
            tables.faults.write(fault_line(fault))
        dob, las, child_id = about[child]
        child_cell = quoted(child_id)
        line = timeline.build(events, dob=dob, las=las, coverage=coverage, places=question.places, as_of=as_of)
        tables.events.write(event_lines(child_cell, line.happenings, summary.events))
        # What time alone will open (an age, a silence) is not owed yet on the day asked about.
        found = duties.evaluate(line, rules, as_of, ahead=False)
        owed = [owed_line(child_id, child_cell, instance) for instance in found]
        tables.owed.write("".join(owed))
        for subject, _, happening in timeline.mentions_in(line):
            tables.mentions.add(subject, child, happening)
        if question.places:
            tables.placements.write(placement_lines(child_cell, line, summary))
        if done % _NOW_AND_THEN == 0:
            tell(done)
    tell(done)
    return summary


def derive(
    statements: Iterable[Statement], covered_to: Mapping[str, Mapping[str, date]], summary: Summary
) -> tuple[list[Event], list[Fault]]:
    """One child's events from all its statements, feed by feed, and what is wrong; outcomes are noted."""
    events: list[Event] = []
    faults: list[Fault] = []
    for feed_id, said in groupby(statements, key=itemgetter(0)):
        feed = feeds.get(feed_id)
        stands, again = standing(_as_received(list(said), feed))
        for statement in again:
            _change(statement, REPEATED, summary)
        derived: Derived = feed.events(stands, covered_to.get(feed_id, {}))
        events += derived.events
        faults += derived.faults
        if derived.outcomes:
            by_row = {(s.table, s.file, s.row): s for s in stands}
            for where, outcome in derived.outcomes.items():
                _change(by_row[where], outcome, summary)
    return events, faults


def _as_received(statements: list[Statement], feed: feeds.Feed) -> list[Statement]:
    """In the order their extracts were made, where the layout says; else by file name and row."""
    place = _extract_dates(feed.id)
    if place and len(statements) > 1:
        statements.sort(key=lambda s: (s.values[place[s.table]] if s.table in place else "", s.file, s.row))
    return statements


@lru_cache
def _extract_dates(feed_id: str) -> dict[str, int]:
    """Where in a statement's values each table of a feed says when its extract was made."""
    tables = feeds.get(feed_id).tables
    return {table: columns.index("extract_date") for table, columns in tables.items() if "extract_date" in columns}


def _change(statement: Statement, outcome: str, summary: Summary) -> None:
    """Count a row as what it has turned out to be."""
    if outcome != statement.outcome:
        counts = summary.outcomes[statement.file]
        counts[statement.outcome] -= statement.rows
        counts[outcome] += statement.rows
