"""Columns of what the line is made of, declared once.

DuckDB's tables are made from this, and a test compares the site's models with it. `subject`, the child it
is about, is added by whoever stores rows: here a line is one child's.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column, with its type as SQL would call it in every store we use."""

    name: str
    type: str
    """text | date | timestamptz (UTC) | integer | boolean | texts, integers (lists) | pairs (text to text)"""
    nullable: bool
    meaning: str


Relation = tuple[Column, ...]

EVENT: Relation = (
    Column("key", "text", False, "Stable across re-deliveries: feed, table, source record, kind, ordinal"),
    Column("kind", "text", False, "Kind of event, an id of words.kinds"),
    Column("happened_on", "date", False, "London civil date; day clocks use it"),
    Column("happened_at", "timestamptz", True, "UTC instant; null when the time of day is not known"),
    Column("precision", "text", False, "time or day"),
    Column("recorded_on", "date", True, "Day the agency wrote it down; null: not said"),
    Column("recorded_at", "timestamptz", True, "The instant it did, where it says"),
    Column("received_on", "date", True, "Day the partnership got it"),
    Column("said_by", "text", False, "Agency id"),
    Column("happening", "integer", False, "Number of the happening within the child; tellings share it"),
    Column("marks", "texts", False, "Marks it carries"),
    Column("details", "pairs", False, "What else the source says, by field"),
    Column("ref", "text", False, "Reference several records share; blank: none"),
    Column("level", "text", False, "Sensitivity, SL0 to SL5"),
    Column("tags", "texts", False, "Handling tags"),
)

HAPPENING: Relation = (
    Column("happening", "integer", False, "Number within the child, in time order"),
    Column("kind", "text", False, "Kind of its best telling"),
    Column("other_kinds", "texts", False, "What else its tellings call it"),
    Column("happened_on", "date", False, "London civil date of its best telling"),
    Column("happened_at", "timestamptz", True, "UTC instant of its best telling; null: nobody knows the time"),
    Column("earliest", "timestamptz", False, "The first instant at which it can have happened"),
    Column("latest", "timestamptz", False, "The last, to the minute"),
    Column("key", "text", False, "Stable while its tellings are: the first of their keys"),
    Column("events", "texts", False, "Keys of its tellings, the best first"),
    Column("reason", "text", False, "Why they are taken as one; blank for a single telling"),
    Column("agencies", "texts", False, "Who tells of it"),
    Column("people", "texts", False, "Who of each agency: the agency, a stroke and, where it is said, the worker"),
    Column("marks", "texts", False, "Marks that any telling carries"),
    Column("sure_marks", "texts", False, "Marks that every telling carries"),
    Column("details", "pairs", False, "Details of the best telling, filled up from the others"),
    Column("refs", "texts", False, "References its tellings carry"),
)
"""With what rules read of it, so that duties can be worked out set-wise (`duties.bulk`)."""

CHILD: Relation = (
    Column("born_on", "date", True, "Date of birth; null: not known"),
    Column("authorities", "texts", False, "Authorities that know the child, in order of the alphabet"),
)

STRETCH: Relation = (
    Column("state", "text", False, "State, an id of words.states"),
    Column("number", "integer", False, "Number within the child and state, in time order"),
    Column("start", "date", False, "First day; where the start is not known, the first day somebody says so"),
    Column("end", "date", True, "First day on which it no longer held; null: it goes on"),
    Column("start_known", "boolean", False, "Whether it is known to have begun then"),
    Column("attributes", "pairs", False, "Attributes at the opening"),
    Column("opened_by", "integer", False, "Number of the happening that opened it"),
    Column("closed_by", "integer", True, "Number of the happening that closed it"),
    Column("parts", "integers", False, "Numbers of all that opened or prolonged it, in time order"),
)
"""A segment as rules read it: with the happenings that made it."""

SEGMENT: Relation = (
    Column("state", "text", False, "State, an id of words.states"),
    Column("start", "date", True, "First day; null: already so when the records begin"),
    Column("end", "date", True, "First day on which it no longer held; null: it goes on"),
    Column("started_at", "timestamptz", True, "Instant it began, where known"),
    Column("ended_at", "timestamptz", True, "Instant it ended, where known"),
    Column("attributes", "pairs", False, "Attributes at the opening"),
)

INSTANCE: Relation = (
    Column("subject_kind", "text", False, "What it is about, an id of words.subjects"),
    Column("subject_id", "text", False, "Which, where it is no child: its own id, or the reference of what opened it"),
    Column("duty_id", "text", False, "Rule"),
    Column("version", "text", False, "Version of the rule, chosen by the date the source says"),
    Column("stage", "text", False, "Stage, where a rule has several; else blank"),
    Column("trigger_kind", "text", False, "Kind of what opened it"),
    Column("trigger_key", "text", False, "Key of what opened it"),
    Column("opened_on", "date", False, "Day counted from"),
    Column("opened_at", "timestamptz", True, "Instant counted from, hour clocks only"),
    Column("due_on", "date", True, "Last day to do it; null: cannot be known"),
    Column("due_at", "timestamptz", True, "Last moment to do it, hour clocks only"),
    Column("due_latest_at", "timestamptz", True, "Last moment if it began as late as it can have; else due_at"),
    Column("warn_on", "date", True, "From when it is due soon"),
    Column("warn_at", "timestamptz", True, "The moment it is, hour clocks only"),
    Column("precision", "text", False, "exact, day or estimated"),
    Column("unit", "text", False, "Unit that lateness is counted in"),
    Column("met_on", "date", True, "Day it was met"),
    Column("met_at", "timestamptz", True, "Moment it was met, hour clocks only"),
    Column("in_time", "boolean", True, "Whether it was met in time; null: not met, or cannot be told"),
    Column("met_route", "text", False, "By which other route it was met; blank: as the rule says"),
    Column("met_key", "text", False, "Key of what met it; blank: not met"),
    Column("ended_on", "date", True, "Day it ended without being met"),
    Column("ended_why", "text", False, "Why it ended, or was never owed"),
    Column("freezes_on", "date", True, "Birthday or day from which an unmet clock stands still"),
    Column("cannot_tell", "text", False, "What is missing to tell; blank: nothing"),
    Column("covered_to", "date", True, "Until when what would answer it is covered; null: nobody supplies it"),
    Column("evidence", "texts", False, "Keys of what it rests on"),
    Column("estimated", "text", False, "Why its dates are an estimate; blank: they are not"),
    Column("calendar", "text", False, "School calendar it is counted in; blank for other clocks"),
)

_DUCKDB = {
    "text": "VARCHAR",
    "date": "DATE",
    "timestamptz": "TIMESTAMPTZ",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
    "texts": "VARCHAR[]",
    "integers": "INTEGER[]",
    "pairs": "MAP(VARCHAR, VARCHAR)",
}


def duckdb_table(name: str, relation: Relation) -> str:
    """The statement that makes a DuckDB table of this relation, one line per child's row, with its subject."""
    columns = ", ".join(f'"{c.name}" {_DUCKDB[c.type]}{"" if c.nullable else " NOT NULL"}' for c in relation)
    return f'CREATE TABLE "{name}" (subject BIGINT NOT NULL, {columns})'
