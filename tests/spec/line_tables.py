"""Spec tests are written as small tables: events in, instances out. This reads and compares them.

    kind             | when             | by     | marks | ref
    missing_end      | 2026-11-20 23:30 | police |       | missing:E1

`when` is a date, a London time, or a UTC instant (``2026-11-20T23:30Z``). Columns may be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from throughline.duties import Instance, Status, because, evaluate, rulebook, status
from throughline.feeds.base import Coverage, Event, Statement
from throughline.timeline import CoverageIndex, Line, build
from throughline.words.calendars import london_date, london_to_utc, to_london

LONG_AGO = date(2000, 1, 1)
DOB = "2012-03-04"
LAS = frozenset({"la:301"})


def rows(table: str) -> list[dict[str, str]]:
    """A table as one dict a row, by the names of its first line."""
    lines = [line for line in table.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    header = cells[0]
    return [dict(zip(header, row + [""] * (len(header) - len(row)), strict=True)) for row in cells[1:]]


def moment(text: str) -> tuple[date, datetime | None]:
    """The London day, and the instant where a time of day is given."""
    if len(text) == 10:
        return date.fromisoformat(text), None
    clock = datetime.fromisoformat(text.replace("Z", "+00:00"))
    at = clock.astimezone(UTC) if clock.tzinfo else london_to_utc(clock)
    return london_date(at), at


def as_of_day(text: str) -> date | datetime:
    """A day (its end), or an instant."""
    day, at = moment(text)
    return at or day


def events(table: str) -> list[Event]:
    """Events of a table. Rows with the same `by` and `feed` come from one source."""
    return [_event(row, number) for number, row in enumerate(rows(table), start=2)]


def _event(row: dict[str, str], number: int) -> Event:
    day, at = moment(row["when"])
    by = row.get("by") or "la:301"
    recorded = row.get("recorded", "")
    received = row.get("received", "")
    statement = Statement(
        row.get("feed") or "events",
        "events",
        f"{by}.csv",
        number,
        row.get("record") or f"r{number}",
        f"{by}|events|1",
        (),
        said_by=by,
        recorded_at=(moment(recorded)[1] or moment(recorded)[0]) if recorded else None,
        received_on=date.fromisoformat(received) if received else None,
    )
    details = dict(part.split("=") for part in row.get("details", "").split())
    marks = frozenset(row.get("marks", "").split())
    precision = "time" if at else "day"
    return Event(row["kind"], day, at, precision, by, statement, marks, details, row.get("ref", ""))


def coverage(text: str) -> CoverageIndex:
    """``care_review_held care_ended 2015-04-01..2018-03-31; referral 2020-01-01..2020-12-31``."""
    items = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        *kinds, span = part.split()
        start, end = map(date.fromisoformat, span.split(".."))
        items.append(Coverage("la:301", frozenset(kinds), start, end))
    return CoverageIndex(items)


def line_of(given: str, *, as_of: str, dob: str = DOB, cover: str | None = None, las: frozenset[str] = LAS) -> Line:
    """The line of a table. `cover` None: every rule is covered from long ago to the day asked about."""
    moment_ = as_of_day(as_of)
    if cover is None:
        plans = [rulebook().plan(duty) for duty in rulebook()]
        needed = frozenset().union(*(plan.needed | plan.needs_feed for plan in plans))
        closing = {"cin_plan_ended", "care_ended", "cp_plan_ended", "case_closed"}
        index = CoverageIndex([Coverage("la:301", needed | closing, LONG_AGO, moment(as_of)[0])])
    else:
        index = coverage(cover)
    born = date.fromisoformat(dob) if dob else None
    return build(events(given), dob=born, las=las, coverage=index, as_of=moment_)


def instances(
    duty: str,
    given: str,
    *,
    as_of: str,
    dob: str = DOB,
    cover: str | None = None,
    las: frozenset[str] = LAS,
) -> list[Instance]:
    """Instances of one duty (blank: of all) at a day."""
    line = line_of(given, as_of=as_of, dob=dob, cover=cover, las=las)
    return [i for i in evaluate(line, rulebook(), as_of_day(as_of)) if not duty or i.duty == duty]


def check(
    duty: str,
    given: str,
    owed: str,
    *,
    as_of: str,
    dob: str = DOB,
    cover: str | None = None,
    las: frozenset[str] = LAS,
) -> list[Instance]:
    """Compare instances of one duty with a table; only the columns the table names. Returns them."""
    found = instances(duty, given, as_of=as_of, dob=dob, cover=cover, las=las)
    expected = rows(owed)
    names = list(expected[0]) if expected else ["duty", "opened", "due"]
    moment_ = as_of_day(as_of)
    actual = [{name: COLUMNS[name](i, status(i, moment_)) for name in names} for i in found]
    assert actual == expected, f"\n{_table(actual, names)}\n\nexpected\n\n{_table(expected, names)}"
    return found


def said(instance: Instance, as_of: str = "") -> str:
    """*Because*, of one instance."""
    return because(instance, rulebook()[instance.duty], as_of_day(as_of) if as_of else None)


def _table(table: list[dict[str, str]], names: list[str]) -> str:
    return "\n".join([" | ".join(names), *(" | ".join(row[name] for name in names) for row in table)])


def _shown(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return to_london(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def _late(_: Instance, at: Status) -> str:
    return "" if at.late is None else f"{at.late} {at.late_unit}"


COLUMNS: dict[str, Callable[[Instance, Status], str]] = {
    "duty": lambda i, _: i.duty,
    "stage": lambda i, _: i.stage,
    "version": lambda i, _: i.version,
    "trigger": lambda i, _: i.trigger.kind,
    "opened": lambda i, _: _shown(i.opened),
    "due": lambda i, _: _shown(i.due),
    "latest": lambda i, _: _shown(i.due_latest),
    "warn": lambda i, _: _shown(i.warn_from),
    "precision": lambda i, _: i.precision,
    "state": lambda _, s: s.state,
    "met": lambda i, _: _shown(i.met_at),
    "by": lambda i, _: i.met_by.kind if i.met_by else "",
    "late": _late,
    "route": lambda i, _: i.met_route,
    "why": lambda i, _: i.ended_why,
    "missing": lambda i, _: i.cannot_tell,
    "evidence": lambda i, _: " ".join(h.kind for h in i.evidence),
}
