"""Lines and duties as rows, and a stored duty back as the thing the rules speak of.

Columns are those of `timeline.relations`; what the walls and *because* need besides stands at the end of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from throughline import duties, sharing, timeline, words
from throughline.feeds.base import Event
from throughline.timeline import relations
from throughline.web.audit.actions import keyed_hash
from throughline.web.casework import models
from throughline.words.calendars import london_date

_SQL = {
    "text": "text",
    "date": "date",
    "timestamptz": "timestamptz",
    "integer": "integer",
    "boolean": "boolean",
    "texts": "text[]",
    "pairs": "jsonb",
}


def _columns(relation: relations.Relation) -> dict[str, str]:
    return {column.name: _SQL[column.type] for column in relation}


_WALLS = {"level": "text", "tags": "text[]"}
_EVENT = {name: type for name, type in _columns(relations.EVENT).items() if name != "happening"}
EVENT = {
    "child_id": "bigint",
    "statement_id": "bigint",
    "in_question": "boolean",
    "happening": "integer",
    "telling": "integer",
    "joined_why": "text",
    **_EVENT,
    "on_day": "date",
}
EVENT_KEY = ("child_id", "key", "statement_id")
SEGMENT = {"child_id": "bigint", **_columns(relations.SEGMENT), **_WALLS}
SEGMENT_KEY = ("child_id", "state", "start")
INSTANCE = {
    "child_id": "bigint",
    "learnt_on": "date",
    **_columns(relations.INSTANCE),
    "story": "jsonb",
    **_WALLS,
    "kinds": "text[]",
    "told_to": "text[]",
    "looms_on": "date",
}
_ROW = [name for name in INSTANCE if name not in ("child_id", "learnt_on", "looms_on")]
NOT_SHARED = "What this rests on is not shared with your role: ask whoever leads the work with this child."
HOW_NOT_SHARED = "how is not shared with your role"
INSTANCE_KEY = ("child_id", "duty_id", "stage", "trigger_key", "opened_on")
"""What stays of a row while the rest of it changes; rows alike in it are told apart by their order."""

AHEAD = timedelta(days=7)
"""So long before it is due a duty stands on lists, or earlier where its rule warns earlier."""
PAST = timedelta(days=28)
"""What fell due this long before the partnership first heard of it is history, not work (DESIGN §4)."""
_BOOKED = "_booked"
"""Kinds whose names end so are bookings."""
_A_DAY = 2_000
"""More than one child's happenings of one day."""


def numbered(happenings: Iterable[timeline.Happening]) -> Iterator[tuple[int, timeline.Happening]]:
    """Each with its number, in time order: counted by its day, so that one more leaves those of other days alone."""
    last = 0
    for happening in happenings:
        last = max(last + 1, happening.happened_on.toordinal() * _A_DAY)
        yield last, happening


def joined_why(happening: timeline.Happening) -> str:
    """Why several tellings are one, where whoever may see one of them may see them all; else nothing.

    The reason speaks of all of them, so it must not stand beside one when another is walled off.
    """
    first = happening.events[0]
    alike = all((e.kind, e.level, e.tags) == (first.kind, first.level, first.tags) for e in happening.events)
    return happening.reason if alike else ""


def event(e: Event) -> tuple[object, ...]:
    """An event in the order of its relation, without its happening."""
    recorded_on, recorded_at = _day_and_moment(e.recorded_at)
    return (
        e.key, e.kind, e.happened_on, e.happened_at, e.precision, recorded_on, recorded_at, e.received_on,
        e.said_by, sorted(e.marks), dict(e.details), e.ref, e.level, sorted(e.tags), booked_for(e) or e.happened_on,
    )  # fmt: skip


@cache
def booked() -> frozenset[str]:
    """Kinds written down before the day they are for, which stands in their details."""
    return frozenset(kind for kind in words.kinds() if kind.endswith(_BOOKED))


def booked_for(e: Event | models.Event) -> date | None:
    """The day a booking is for, where its details say so; None for what is no booking."""
    if e.kind not in booked():
        return None
    try:
        return date.fromisoformat(e.details.get("due", "")[:10])
    except ValueError:
        return None


def looms_on(i: duties.Instance, rule: duties.Rule, learnt_on: date) -> date | None:
    """The first day on which a list may have a duty: when to warn, or a week before it is due.

    None: it is met or ended, or it was long past when the partnership first heard of it and does not last as long
    as a state does (a review still not held), which the rules end with it.
    """
    if i.met_at is not None or i.ended_why:
        return None
    due, warn = day_of(i.due), day_of(i.warn_from)
    if due is None:
        return date.min  # nobody can date it: it is on the list of what cannot be told whatever the day
    if due < learnt_on - PAST and not lasts(rule):
        return None
    return min(due - AHEAD, warn or due)


def lasts(rule: duties.Rule) -> bool:
    """Whether what the rule asks for is owed as long as a state holds, however long ago it was due."""
    return rule.while_ is not None or rule.shape == "every"


def segments(line: timeline.Line) -> Iterator[tuple[Any, ...]]:
    """Every state of the line that held at any time."""
    for state in line.states:
        for s in line.segments(state):
            told = [*s.parts, *([s.closed_by] if s.closed_by else [])]
            yield (
                s.state,
                s.start if s.start_known else None,
                s.end,
                s.opened_by.happened_at if s.start_known else None,
                s.closed_by.happened_at if s.closed_by else None,
                {name: s.now(name)[0] for name in s.attrs},  # as they are, or were when it ended
                *_closeness(told),
            )


def instance_row(i: duties.Instance) -> tuple[object, ...]:
    """A duty in the order of its relation, with what *because* and the walls need."""
    told = _rests_on(i)
    columns = duties.in_columns(i)
    # Lists are found by day, so hour clocks have their London days here too.
    for column, value in (("due", i.due), ("warn", i.warn_from), ("met", i.met_at)):
        columns[f"{column}_on"], columns[f"{column}_at"] = _day_and_moment(value)
    return (*columns.values(), _story(i, told), *_closeness(told), _kinds(told), [])


def line_alone(row: tuple[object, ...], rule: duties.Rule) -> tuple[object, ...] | None:
    """The row of a duty with nothing left of what it rests on, for those the rule names who may not see that; None:
    all of them may, or none is even to hear of it.

    Whoever answers for something, or is to know of it, knows that it is owed and by when (docs/adr/0052).
    """
    said: dict[str, Any] = dict(zip(_ROW, row, strict=True))
    item = sharing.Item(said["level"], frozenset(said["tags"]), said["trigger_kind"], frozenset(said["kinds"]))
    told = _told_to(frozenset({rule.owed_role, *rule.informed}), item)
    if not told:
        return None
    said |= {
        "trigger_kind": "", "trigger_key": keyed_hash(said["trigger_key"]), "met_key": "", "evidence": [],
        "story": {"told": [["", said["opened_on"].isoformat(), None, ""]], "facts": [[NOT_SHARED, None]],
                  "evidence": [], "met_by": None},
        "level": "SL1", "tags": [], "kinds": [], "told_to": [*told],
    }  # fmt: skip
    said |= {name: HOW_NOT_SHARED for name in ("ended_why", "met_route") if said[name]}
    return tuple(said.values())


@lru_cache(maxsize=4096)
def _told_to(named: frozenset[str], item: sharing.Item) -> tuple[str, ...]:
    ways = ((role, relation) for role in named for relation in sharing.told_through(role, item))
    return tuple(sorted(f"{role}:{'post' if relation in sharing.POSTS else relation}" for role, relation in ways))


def closeness(i: duties.Instance) -> sharing.Item:
    """The highest level, all tags and all kinds of the facts a duty rests on: who may not see one does not see it."""
    told = _rests_on(i)
    level, tags = _closeness(told)
    return sharing.Item(level, frozenset(tags), i.trigger.kind, frozenset(_kinds(told)))


def _kinds(told: list[timeline.Happening]) -> list[str]:
    """Kinds of all tellings: a fact's key and marks may be another telling's than the one that names it."""
    return sorted({event.kind for happening in told for event in happening.events})


def _closeness(told: list[timeline.Happening]) -> tuple[str, list[str]]:
    return max(h.level for h in told), sorted(frozenset().union(*(h.tags for h in told)))


def _rests_on(i: duties.Instance) -> list[timeline.Happening]:
    """Every happening *because* may speak of, once, the trigger first."""
    named = (i.trigger, *i.evidence, *(h for _, h in i.facts), i.met_by)
    return list({id(h): h for h in named if h is not None}.values())


def _story(i: duties.Instance, told: list[timeline.Happening]) -> dict[str, Any]:
    place = {id(h): n for n, h in enumerate(told)}
    return {
        "told": [[h.kind, h.happened_on.isoformat(), _text(h.happened_at), h.key] for h in told],
        "facts": [[says, None if h is None else place[id(h)]] for says, h in i.facts],
        "evidence": [place[id(h)] for h in i.evidence],
        "met_by": None if i.met_by is None else place[id(i.met_by)],
    }


def instance(row: models.InstanceColumns) -> duties.Instance:
    """A stored duty, as `duties.status` and `duties.because` take it."""
    story = row.story
    told = [
        timeline.Happening(kind, date.fromisoformat(on), datetime.fromisoformat(at) if at else None, ())
        for kind, on, at, _ in story["told"]
    ]
    hours = row.unit == "elapsed_hours"
    return duties.Instance(
        subject_kind=row.subject_kind,
        duty=row.duty_id,
        version=row.version,
        stage=row.stage,
        trigger=told[0],
        opened=row.opened_on,
        due=row.due_at if hours else row.due_on,
        due_latest=row.due_latest_at if hours else row.due_on,
        precision=row.precision,
        unit=row.unit,
        warn_from=row.warn_at if hours else row.warn_on,
        met_by=None if story["met_by"] is None else told[story["met_by"]],
        met_at=row.met_at if row.met_at else row.met_on,
        in_time=row.in_time,
        met_route=row.met_route,
        ended_on=row.ended_on,
        ended_why=row.ended_why,
        freezes_on=row.freezes_on,
        cannot_tell=row.cannot_tell,
        covered_to=row.covered_to,
        evidence=tuple(told[n] for n in story["evidence"]),
        facts=tuple((says, None if n is None else told[n]) for says, n in story["facts"]),
        estimated=row.estimated,
        calendar=row.calendar,
        subject_id=row.subject_id,
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _day_and_moment(at: date | datetime | None) -> tuple[date | None, datetime | None]:
    if isinstance(at, datetime):
        return london_date(at), at.astimezone(UTC)
    return at, None


def day_of(at: date | datetime | None) -> date | None:
    """The London day of a day or a moment."""
    return _day_and_moment(at)[0]
