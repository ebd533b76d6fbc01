"""Which rows stand on a page's lists: one statement for all of them, whatever their number.

It asks only about children of whoever has entered (the walls would refuse the others one by one, which is slow),
and takes of each list the first rows and the whole number. Whether a duty is late is said here a second time, in
SQL, so that thousands need not be read to show eight: a test holds it against `duties.status`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from throughline.duties.instance import STALE
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import rows as stored
from throughline.web.casework import rules_here
from throughline.web.casework.reading import owners, whose_line
from throughline.web.casework.reading import worklists as lists
from throughline.web.casework.reading.asked import Query
from throughline.web.casework.reading.worklists import Happened, Now, Owing, Unheard, Worklist
from throughline.words.calendars import OutsideCalendar, day_bounds_utc, school_days
from throughline.words.calendars.months import add_months


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


def ask(viewer: Viewer, wanted: Sequence[Worklist], at: date | datetime, day: date, most: int) -> dict[str, Answer]:
    """The first `most` rows of each list, as things stand at `at` on `day`; a list without rows is there too."""
    if not wanted:
        return {}
    query = Query(day, at, viewer.policy.answers_for, rules_here.book(), viewer, wanted)
    for one in wanted:
        _SAYS[type(one.what)](query, one)
    rows = answered(_statement(query, viewer), {**query.given, "most": most})
    found: dict[str, list[Found]] = {one.id: [] for one in wanted}
    counts = dict.fromkeys(found, 0)
    for id, count, _, child, number, value in sorted(rows, key=lambda row: (row[0], row[2])):
        found[id].append(Found(child, number, value))
        counts[id] = count
    return {id: Answer(tuple(several), counts[id]) for id, several in found.items()}


def answered(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What a statement about all of somebody's children finds; planned once for a connection (docs/adr/0060)."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def _statement(query: Query, viewer: Viewer) -> str:
    parts = "\nunion all\n".join(query.parts)
    children, given = mine(viewer)
    query.given |= given
    needed = ", ".join((children, *_needed(query)))
    return f"with {needed}\nselect * from (\n{parts}\n) x where place <= %(most)s"


def _needed(query: Query) -> list[str]:
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
    """``mine as (…)``, and its values: children with a page for whoever has entered, and whether what their seat
    owes about the child is theirs (`own`).

    The walls show a post only its own concerns; that they are its own is said here too, so that they are found by
    an index.
    """
    holds = 'start <= %(on)s and ("end" is null or "end" >= %(on)s)'
    ways = (
        "select child_id, kind = any(%(owning)s) as own from accounts_relation"
        f" where user_id = %(me)s and kind = any(%(ways)s) and {holds}"
    )
    given = {"me": viewer.id, "ways": list(viewer.policy.relations), "on": viewer.today}
    given["owning"] = owners.owning(viewer)
    if viewer.policy.post:
        ways += (
            " union all select child_id, kind = any(%(owning)s) from accounts_concern"
            f" where kind = %(post)s and {holds}"
        )
        ways += " and post = any(%(posts)s)" if viewer.posts is not None else ""
        given |= {"post": viewer.policy.post, "posts": viewer.posts}
    return f"mine as materialized (select child_id, bool_or(own) as own from ({ways}) w group by 1)", given


def kinds_seen(viewer: Viewer) -> list[str] | None:
    """Kinds of events that any relation of theirs shows; None: every kind."""
    kinds = [rule.kinds for rule in viewer.policy.relations.values()]
    return None if None in kinds else sorted(frozenset().union(*filter(None, kinds)))


def _owed(query: Query) -> str:
    """Duties not met and not ended that are due by next week, with how they stand: of a duty and its alerts the
    one that is due first, since they are one line."""
    families = owners.families(query.book)
    of = f"{query.name(json.dumps(families))}::jsonb->>i.duty_id"
    apart = f'case when {of} is null then i.id::text else i.trigger_key end collate "C"'
    day, until = query.name(query.day), query.name(query.day + timedelta(query.ahead))
    return f"""put as materialized (
  select distinct on (p.child_id, p.duty_id, p.stage, p.trigger_key)
         p.child_id, p.duty_id, p.stage, p.trigger_key, p.until > {day} as still
    from mine join casework_putoff p using (child_id)
   order by p.child_id, p.duty_id, p.stage, p.trigger_key, p.id desc
), owed as materialized (
  select distinct on (i.child_id, {of}, {apart})
         i.id, i.child_id, coalesce({of}, i.duty_id) as duty_id, i.due_on, i.warn_on, mine.own,
         coalesce(i.due_at, i.due_on + interval '1 day') as until, {state_of(query.name, query.day, query.at)} as state,
         coalesce(put.still, false) as put_off
    from mine join casework_instance i using (child_id)
    left join put using (child_id, duty_id, stage, trigger_key)
   where i.looms_on <= {until} and {query.among("i.duty_id", _with_alerts(query, families))}
   order by i.child_id, {of}, {apart}, until nulls last, i.id)"""


def _with_alerts(query: Query, families: Mapping[str, str]) -> list[str]:
    return sorted({*query.rules, *(alert for alert, of in families.items() if of in query.rules)})


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


def _states(query: Query) -> str:
    states = query.name(sorted(query.states))
    return f"""segs as materialized (
  select s.id, s.child_id, s.state, s.start, coalesce(s.started_at, s.start::timestamptz) as since, s.attributes
    from mine join casework_segment s using (child_id) where s."end" is null and s.state = any({states}))"""


def _events(query: Query) -> str:
    """Events of the wanted kinds in their windows, one telling of each happening.

    Asked for child by child and kind by kind: of all that befell a child in a year the lists want very little.
    """
    kinds = sorted(query.windows)
    firsts, lasts = [query.windows[kind][0] for kind in kinds], [query.windows[kind][1] for kind in kinds]
    return f"""events as materialized (
  select distinct on (e.child_id, e.happening, e.kind) e.id, e.child_id, e.kind, e.happening, e.marks,
         coalesce(e.happened_at, e.happened_on::timestamptz) as at, e.details->>'seat' as seat, e.on_day
    from mine
   cross join unnest({query.name(kinds)}::text[], {query.name(firsts)}::date[], {query.name(lasts)}::date[])
         w (kind, first, last)
   cross join lateral (
      select o.id, o.child_id, o.kind, o.happening, o.telling, o.marks, o.happened_at, o.happened_on, o.details,
             o.on_day
        from casework_event o
       where o.child_id = mine.child_id and o.kind = w.kind and o.on_day between w.first and w.last offset 0) e
   order by e.child_id, e.happening, e.kind, e.happened_at nulls last, e.telling)"""


# --- one list ---------------------------------------------------------------------------------------------


def _part(query: Query, one: Worklist, order: str, child: str, number: str, value: str, rest: str) -> None:
    query.parts.append(
        f"(select {query.name(one.id)} as list, count(*) over () as n, row_number() over (order by {order}) as place,"
        f" {child}::bigint as child, {number}::bigint as number, {value}::int as value {rest})"
    )


def _owed_part(query: Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Owing)
    taken = whose_line.rules(what, query)
    query.rules |= {*taken, ""}  # a list without any rule still asks
    rules = query.among("o.duty_id", taken)
    day, soon = query.name(query.day), query.name(query.day + stored.AHEAD)
    week = f"o.state = 'ahead' and (o.due_on <= {soon} or o.warn_on <= {day})"
    query.ahead = max(query.ahead, what.ahead)
    due = {
        lists.COMING: f"o.state = 'ahead' and o.due_on < {query.name(query.day + timedelta(what.ahead))}",
        lists.PUT_OFF: f"(o.state = 'late' or {week})",
        lists.PUT_OFF_LATE: "o.state = 'late'",
        lists.LATE: "o.state = 'late'",
        lists.TODAY: f"o.state = 'ahead' and o.due_on <= {day}",
        lists.WEEK: f"{week} and o.due_on > {day}",
        lists.OPEN: f"(o.state = 'late' or {week})",
        lists.UNKNOWN: "o.state = 'unknown'",
    }[what.due]
    rest = f"from owed o where {rules} and {due} and {whose_line.whose(what, query)}"
    rest += f" and {whose_line.put_off(what, query, taken)}"
    if what.by != lists.WORKER:
        # What is late stands first, then what is soonest; "soonest" alone asks for least time left.
        order = "o.until, o.id" if one.order == "soonest" else "o.state <> 'late', o.due_on, o.id"
        return _part(query, one, order, "o.child_id", "o.id", "null", rest)
    workers = (
        f"from (select r.user_id, count(*) as late from accounts_relation r join owed o using (child_id)"
        f" where r.kind = 'allocated' and {whose_line.holds(query)} and {rules} and {due}"
        " group by 1) w"
    )
    return _part(query, one, "w.late desc, w.user_id", "null", "w.user_id", "w.late", workers)


def _now_part(query: Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Now)
    query.states |= {*what.states, *filter(None, (what.also, what.without))}
    where = [f"s.state = any({query.name(list(what.states))})", *_other_states(query, what, "s")]
    for attribute, values in what.attributes.items():
        where.append(f"coalesce(s.attributes->>{query.name(attribute)}, '') = any({query.name(list(values))})")
    where += [f"s.start <= {query.name(since(query.day, *bound))}" for bound in what.longer]
    where += [f"s.start > {query.name(since(query.day, *bound))}" for bound in what.shorter]
    if what.unallocated:
        where.append(
            "not exists (select from accounts_relation r where r.child_id = s.child_id and r.kind = 'allocated'"
            f" and {whose_line.holds(query)})"
        )
    # One row a child: of several states the one that stands first in the list.
    first = f"array_position({query.name(list(what.states))}, s.state)"
    rest = (
        f"from (select distinct on (s.child_id) s.* from segs s where {' and '.join(where)}"
        f" order by s.child_id, {first}, s.start) s"
    )
    order = "s.since desc nulls last, s.id" if one.order == "newest" else "s.since nulls first, s.id"
    _part(query, one, order, "s.child_id", "s.id", "null", rest)


def since(day: date, n: int, unit: str) -> date:
    """The last day on which something can have begun that has lasted so long by `day`, counted as rules count it:
    `days`, `months` by corresponding date, `school_days` of typical terms."""
    if unit == "days":
        return day - timedelta(n)
    lasts = {"months": add_months, "school_days": school_days().add}[unit]
    begun = day - timedelta(n)
    try:
        while lasts(begun, n) > day:
            begun -= timedelta(1)
    except OutsideCalendar:
        return date.min  # no terms are known: nothing is said to have lasted so long
    return begun


def _other_states(query: Query, what: Now | Happened, table: str) -> list[str]:
    said = []
    # Not as joins: PostgreSQL takes what is read here for a single row, and would go through it once for each.
    for state, says in ((what.also, "= any(array({}))"), (what.without, "not in ({})")):
        if state:
            query.states.add(state)
            others = f"select o.child_id from segs o where o.state = {query.name(state)}"
            said.append(f"{table}.child_id {says.format(others)}")
    return said


def _happened_part(query: Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Happened)
    first, last = query.day - timedelta(what.days), query.day + timedelta(what.ahead)
    query.window((*what.kinds, *what.unless), first, last)
    where = [
        f"e.kind = any({query.name(list(what.kinds))})",
        f"e.on_day between {query.name(first)} and {query.name(last)}",
        *_other_states(query, what, "e"),
    ]
    if what.marks:
        where.append(f"e.marks && {query.name(list(what.marks))}::varchar[]")
    if spoken := whose_line.spoken_for(what, "e.child_id", query):
        where.append(spoken)
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
    # A row is about the child, not about one of several such events, where these are counted or a birthday is.
    by_child = what.times > 1 or one.order == "eighteen"
    if by_child:
        rest = (
            "from (select e.child_id, max(e.on_day) as on_day, count(distinct e.happening) as times,"
            f" (array_agg(e.id order by e.at desc, e.id desc))[1] as id {rest}"
            f" group by e.child_id having count(distinct e.happening) >= {what.times}) e"
        )
    orders = {
        "newest": "e.on_day desc, e.id desc",
        "eighteen": "(select c.dob from linkage_child c where c.id = e.child_id) nulls last, e.id",
    }
    order = orders.get(one.order, "e.on_day, e.id")
    _part(query, one, order, "e.child_id", "e.id", "e.times" if by_child else "null", rest)


def _unheard_part(query: Query, one: Worklist) -> None:
    what = one.what
    assert isinstance(what, Unheard)
    query.states |= set(what.states)
    days = f"""{query.name(query.day)} - (
        select max(e.on_day) from casework_event e
         where e.child_id = h.child_id and e.kind = any({query.name(list(what.kinds))})
           and e.on_day between {query.name(query.day - STALE)} and {query.name(query.day)})"""
    holding = f"select distinct child_id from segs where state = any({query.name(list(what.states))})"
    heard = f"select h.child_id, {days} as days from ({holding}) h"
    rest = f"from ({heard}) c where coalesce(c.days > {what.days}, true)"
    if spoken := whose_line.spoken_for(what, "c.child_id", query):
        rest += f" and {spoken}"
    _part(query, one, "c.days desc nulls first, c.child_id", "c.child_id", "null", "c.days", rest)


_SAYS: Mapping[type, Callable[[Query, Worklist], None]] = {
    Owing: _owed_part,
    Now: _now_part,
    Happened: _happened_part,
    Unheard: _unheard_part,
}
