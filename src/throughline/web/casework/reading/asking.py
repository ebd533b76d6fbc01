"""Which rows stand on a page's lists: one statement for all of them, whatever their number.

It asks only about children of whoever has entered (the walls would refuse the others one by one, which is slow),
and takes of each list the first rows and the whole number. Whether a duty is late is said here a second time, in
SQL, so that thousands need not be read to show eight: a test holds it against `duties.status`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from throughline import duties, words
from throughline.duties.instance import STALE
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.reading import owing
from throughline.web.casework.reading import worklists as lists
from throughline.web.casework.reading.worklists import Happened, Now, Owing, Unheard, Worklist
from throughline.words.calendars import day_bounds_utc

AHEAD = timedelta(days=7)
BOOKED = "_booked"
"""Kinds whose names end so are bookings."""
_BOOKED_SO_EARLY = timedelta(days=400)
"""A meeting may have been booked that long before the day it is booked for."""


class Found(NamedTuple):
    """One row of a list, by number: what it is about is read afterwards."""

    child: int | None
    number: int | None
    """Of the duty, segment or event; of the person, where rows are workers; None: the child itself."""
    value: int | None
    """How often; for the unheard, days since they were; None: never, or no matter."""


class Answer(NamedTuple):
    """A list's first rows, and how many rows it has."""

    rows: tuple[Found, ...]
    total: int


@dataclass
class _Query:
    """One statement being put together: its lists, and what they need to be read."""

    day: date
    at: date | datetime
    roles: frozenset[str]
    parts: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)
    windows: dict[str, tuple[date, date]] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)

    def name(self, value: object) -> str:
        """A place for a value."""
        key = f"v{len(self.given)}"
        self.given[key] = value
        return f"%({key})s"

    def window(self, kinds: Iterable[str], first: date, last: date) -> None:
        """Events of these kinds are needed from one day to another."""
        for kind in kinds:
            was = self.windows.get(kind, (first, last))
            self.windows[kind] = (min(first, was[0]), max(last, was[1]))


def ask(viewer: Viewer, wanted: Sequence[Worklist], at: date | datetime, day: date, most: int) -> dict[str, Answer]:
    """The first `most` rows of each list, as things stand at `at` on `day`; a list without rows is there too."""
    if not wanted:
        return {}
    query = _Query(day, at, viewer.policy.answers_for)
    for one in wanted:
        _SAYS[type(one.what)](query, one)
    statement = _statement(query, viewer)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**query.given, "most": most})
        rows = cursor.fetchall()
    found: dict[str, list[Found]] = {one.id: [] for one in wanted}
    counts = dict.fromkeys(found, 0)
    for id, count, _, child, number, value in sorted(rows, key=lambda row: (row[0], row[2])):
        found[id].append(Found(child, number, value))
        counts[id] = count
    return {id: Answer(tuple(several), counts[id]) for id, several in found.items()}


def _statement(query: _Query, viewer: Viewer) -> str:
    parts = "\nunion all\n".join(query.parts)
    children, given = mine(viewer)
    query.given |= given
    needed = ", ".join((children, *_needed(query)))
    return f"with {needed}\nselect * from (\n{parts}\n) x where place <= %(most)s"


def _needed(query: _Query) -> list[str]:
    """What the lists are made of, each read once."""
    ctes = []
    if query.rules:
        ctes.append(_owed(query))
    if query.states:
        ctes.append(_states(query))
    if query.windows:
        ctes.append(_events(query))
    return ctes


# --- what lists are made of ------------------------------------------------------------------------------


def mine(viewer: Viewer) -> tuple[str, dict[str, Any]]:
    """``mine as (…)``, and its values: children with a page for whoever has entered. Of posts the walls show
    only their own."""
    holds = 'start <= %(on)s and ("end" is null or "end" >= %(on)s)'
    own = f"select child_id from accounts_relation where user_id = %(me)s and kind = any(%(ways)s) and {holds}"
    post = f" union select child_id from accounts_concern where {holds}" if viewer.policy.post else ""
    given = {"me": viewer.id, "ways": list(viewer.policy.relations), "on": viewer.today}
    return f"mine as materialized ({own}{post})", given


def _owed(query: _Query) -> str:
    """Duties not met and not ended that are due by next week, with how they stand."""
    day, soon = query.name(query.day), query.name(query.day + AHEAD)
    lasting = query.name([duty for duty, rule in owing.rules() if rule.while_ is not None or rule.shape == "every"])
    rules, past = query.name(sorted(query.rules)), query.name(owing.PAST)
    return f"""owed as materialized (
  select i.id, i.child_id, i.duty_id, i.due_on, i.warn_on, coalesce(i.due_at, i.due_on + interval '1 day') as until,
         {state_of(query.name, query.day, query.at)} as state
    from mine join casework_instance i using (child_id)
   where i.met_on is null and i.ended_why = '' and (i.due_on <= {soon} or i.warn_on <= {day} or i.due_on is null)
     and (i.duty_id = any({lasting}) or i.due_on >= i.learnt_on - {past} or i.due_on is null)
     and i.duty_id = any({rules}))"""


def state_of(name: Callable[[object], str], day: date, at: date | datetime) -> str:
    """How an unmet, unended duty `i` stands, as `duties.status` says it: ahead | late | unknown | not owed."""
    today = name(day)
    now = name(at if isinstance(at, datetime) else day_bounds_utc(at)[0])
    stale = name(STALE.days)
    return f"""case
    when i.due_on is null or (i.unit = 'elapsed_hours' and i.due_at is null) then 'unknown'
    when i.freezes_on <= {today} and i.freezes_on <= i.due_on then 'not owed'
    when i.unit = 'elapsed_hours' and i.due_at >= {now} then 'ahead'
    when i.unit <> 'elapsed_hours' and i.due_on >= {today} then 'ahead'
    when i.cannot_tell <> '' or i.covered_to is null
      or i.covered_to < (case when i.unit = 'elapsed_hours'
                              then (i.due_latest_at at time zone 'Europe/London')::date else i.due_on end)
      or (i.unit = 'elapsed_hours' and {now} <= i.due_latest_at)
      or (coalesce(i.freezes_on > {today}, true) and {today} - i.covered_to > {stale}) then 'unknown'
    when i.freezes_on <= {today} then 'not owed'
    else 'late' end"""


def _states(query: _Query) -> str:
    states = query.name(sorted(query.states))
    return f"""segs as materialized (
  select s.id, s.child_id, s.state, s.start, coalesce(s.started_at, s.start::timestamptz) as since, s.attributes
    from mine join casework_segment s using (child_id) where s."end" is null and s.state = any({states}))"""


def _events(query: _Query) -> str:
    """Events of the wanted kinds in their windows, one telling of each happening."""
    kinds = sorted(query.windows)
    first = query.name([query.windows[kind][0] for kind in kinds])
    last = query.name([query.windows[kind][1] for kind in kinds])
    return f"""events as materialized (
  select distinct on (e.child_id, e.happening, e.kind) e.id, e.child_id, e.kind, e.happened_on, e.happening, e.marks,
         coalesce(e.happened_at, e.happened_on::timestamptz) as at, e.details->>'seat' as seat,
         case when e.kind = any({query.name(sorted(booked()))}) and e.details->>'due' ~ '^\\d{{4}}-\\d\\d-\\d\\d'
              then left(e.details->>'due', 10) else e.happened_on::text end as on_day
    from unnest({query.name(kinds)}::text[], {first}::date[], {last}::date[]) w (kind, first, last)
    join casework_event e on e.kind = w.kind and e.happened_on between w.first and w.last
   where e.child_id in (select child_id from mine)
   order by e.child_id, e.happening, e.kind, e.happened_at nulls last, e.id)"""


def booked() -> frozenset[str]:
    """Kinds written down before the day they are for, which stands in their details."""
    return frozenset(kind for kind in words.kinds() if kind.endswith(BOOKED))


# --- one list ---------------------------------------------------------------------------------------------


def _part(query: _Query, one: Worklist, order: str, child: str, number: str, value: str, rest: str) -> None:
    query.parts.append(
        f"(select {query.name(one.id)} as list, count(*) over () as n, row_number() over (order by {order}) as place,"
        f" {child}::bigint as child, {number}::bigint as number, {value}::int as value {rest})"
    )


def _owed_part(query: _Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Owing)
    taken = _rules(what, query.roles)
    query.rules |= {*taken, ""}  # a list without any rule still asks
    rules = query.name(taken)
    day, soon = query.name(query.day), query.name(query.day + AHEAD)
    week = f"o.state = 'ahead' and (o.due_on <= {soon} or o.warn_on <= {day})"
    due = {
        lists.LATE: "o.state = 'late'",
        lists.TODAY: f"o.state = 'ahead' and o.due_on <= {day}",
        lists.WEEK: f"{week} and o.due_on > {day}",
        lists.OPEN: f"(o.state = 'late' or {week})",
        lists.UNKNOWN: "o.state = 'unknown'",
    }[what.due]
    rest = f"from owed o where o.duty_id = any({rules}) and {due}"
    if what.by != lists.WORKER:
        # What is late stands first, then what is soonest; "soonest" alone asks for least time left.
        order = "o.until, o.id" if one.order == "soonest" else "o.state <> 'late', o.due_on, o.id"
        return _part(query, one, order, "o.child_id", "o.id", "null", rest)
    workers = (
        f"from (select r.user_id, count(*) as late from accounts_relation r join owed o using (child_id)"
        f" where r.kind = 'allocated' and {_holds(query)} and o.duty_id = any({rules}) and {due} group by 1) w"
    )
    return _part(query, one, "w.late desc, w.user_id", "null", "w.user_id", "w.late", workers)


def _rules(what: Owing, roles: frozenset[str]) -> list[str]:
    """Rules whose duties the list takes: by whose list they stand on, then by name."""
    mine = {duty for duty, rule in owing.rules() if rule.owed_role in roles}
    whose = {
        lists.ME: mine,
        lists.OTHERS: set(duties.rulebook()) - mine,
        lists.WORKER: {duty for duty, rule in owing.rules() if rule.owed_role == "social_worker"},
        lists.ANYONE: set(duties.rulebook()),
    }[what.by]
    return sorted(whose & set(what.rules) if what.rules else whose)


def _holds(query: _Query) -> str:
    day = query.name(query.day)
    return f'r.start <= {day} and (r."end" is null or r."end" >= {day})'


def _now_part(query: _Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Now)
    query.states |= {*what.states, *filter(None, (what.also, what.without))}
    where = [f"s.state = any({query.name(list(what.states))})", *_other_states(query, what, "s")]
    for attribute, values in what.attributes.items():
        where.append(f"coalesce(s.attributes->>{query.name(attribute)}, '') = any({query.name(list(values))})")
    if what.longer:
        where.append(f"s.start <= {query.name(query.day - timedelta(what.longer))}")
    if what.shorter:
        where.append(f"s.start > {query.name(query.day - timedelta(what.shorter))}")
    if what.unallocated:
        where.append(
            "not exists (select from accounts_relation r where r.child_id = s.child_id and r.kind = 'allocated'"
            f" and {_holds(query)})"
        )
    # One row a child: of several states the one that stands first in the list.
    first = f"array_position({query.name(list(what.states))}, s.state)"
    rest = (
        f"from (select distinct on (s.child_id) s.* from segs s where {' and '.join(where)}"
        f" order by s.child_id, {first}, s.start) s"
    )
    order = "s.since desc nulls last, s.id" if one.order == "newest" else "s.since nulls first, s.id"
    _part(query, one, order, "s.child_id", "s.id", "null", rest)


def _other_states(query: _Query, what: Now | Happened, table: str) -> list[str]:
    said = []
    # Not as joins: PostgreSQL takes what is read here for a single row, and would go through it once for each.
    for state, says in ((what.also, "= any(array({}))"), (what.without, "not in ({})")):
        if state:
            query.states.add(state)
            others = f"select o.child_id from segs o where o.state = {query.name(state)}"
            said.append(f"{table}.child_id {says.format(others)}")
    return said


def _happened_part(query: _Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Happened)
    first, last = query.day - timedelta(what.days), query.day + timedelta(what.ahead)
    query.window(set(what.kinds) - booked(), first, last)
    query.window(set(what.kinds) & booked(), first - _BOOKED_SO_EARLY, last)
    query.window(what.unless, first, last)
    where = [
        f"e.kind = any({query.name(list(what.kinds))})",
        f"e.on_day between {query.name(first.isoformat())} and {query.name(last.isoformat())}",
        *_other_states(query, what, "e"),
    ]
    if what.marks:
        where.append(f"e.marks && {query.name(list(what.marks))}::varchar[]")
    if what.seat:
        seats = [seat for role in sorted(query.roles) for seat in (role, f"lead_{role}")]
        where.append(f"e.seat = any({query.name(seats)})")
    source = "events e"
    if what.unless:
        answers = query.name(list(what.unless))
        source = (
            f"(select e.*, max(e.at) filter (where e.kind = any({answers})) over (partition by e.child_id) as answered"
            f" from events e where e.kind = any({query.name([*what.kinds, *what.unless])})) e"
        )
        where.append("(e.answered is null or e.answered < e.at)")
    rest = f"from {source} where {' and '.join(where)}"
    if what.times > 1:
        rest = (
            "from (select e.child_id, max(e.on_day) as on_day, count(distinct e.happening) as times,"
            f" (array_agg(e.id order by e.at desc, e.id desc))[1] as id {rest}"
            f" group by e.child_id having count(distinct e.happening) >= {what.times}) e"
        )
    order = "e.on_day desc, e.id desc" if one.order == "newest" else "e.on_day, e.id"
    _part(query, one, order, "e.child_id", "e.id", "e.times" if what.times > 1 else "null", rest)


def _unheard_part(query: _Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Unheard)
    query.states |= set(what.states)
    query.window(what.kinds, query.day - STALE, query.day)
    days = f"{query.name(query.day)} - max(u.happened_on)"
    rest = (
        f"from (select u.child_id, {days} as days from ("
        f"select child_id, null::date as happened_on, true as holds from segs"
        f" where state = any({query.name(list(what.states))})"
        f" union all select child_id, happened_on, false from events where kind = any({query.name(list(what.kinds))})"
        f") u group by 1 having bool_or(u.holds) and coalesce({days} > {what.days}, true)) c"
    )
    _part(query, one, "c.days desc nulls first, c.child_id", "c.child_id", "null", "c.days", rest)


_SAYS: Mapping[type, Callable[[_Query, Worklist], None]] = {
    Owing: _owed_part,
    Now: _now_part,
    Happened: _happened_part,
    Unheard: _unheard_part,
}
