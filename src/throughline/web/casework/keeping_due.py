"""What may go: whole records and rows whose time is over by `keeping.yaml`. A keeper reads it, and it names nobody.

Read as the engine, because which kind of record a child's is follows from facts that no keeper sees; what comes out is
the kind, the day, the year of birth and an address to propose it by.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q

from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.keeping_models import Destruction, Hold
from throughline.web.casework.keeping_schedule import Kept, Life, Record, Rows, Told, kept, schedule
from throughline.words.calendars import add_months

MOST = 100
"""Records shown and proposed at once: two people have to look at each."""
MOST_ROWS = 20_000

_FACTS = """
select c.id, c.public_id, c.dob,
       array(select distinct s.state from casework_segment s where s.child_id = c.id and s.state = any(%(states)s)),
       (select jsonb_agg(jsonb_build_array(e.kind, e.happened_on, e.details) order by e.happened_on)
          from casework_event e where e.child_id = c.id and e.kind = any(%(kinds)s))
  from linkage_child c where {which} order by c.dob, c.id
"""
# Nobody's reason for a page holds, and the shortest period is over; or a death may have made it so.
_PERHAPS_OVER = """
c.joined_into_id is null
and not exists (select from linkage_page p where p.child_id = c.id and (p.until is null or p.until >= %(day)s))
and (c.dob is null or c.dob <= %(born_by)s
     or exists (select from casework_event e where e.child_id = c.id and e.kind = %(died)s))
"""
_OLD_ROWS = """
select s.id, s.child_id from intake_statement s
 where s.feed = any(%(feeds)s) and s.child_id is not null and s.received_on <= %(before)s
   and not exists (select from intake_telling t where t.statement_id = s.id and t.received_on > %(before)s)
   and not exists (select from intake_statement n where n.record_key = s.record_key and n.received_on > %(before)s)
   and not exists (select from casework_destruction d where s.id = any(d.statement_ids)
                    and not exists (select from casework_destructionstep x where x.destruction_id = d.id))
 order by s.received_on, s.id limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class DueRecord:
    """A whole record whose time is over."""

    id: UUID
    """Of the child, to propose it by."""
    number: int
    born: int
    """Year of birth."""
    record: Record
    until: date
    """The first day on which it may go."""
    held: bool


@dataclass(frozen=True, slots=True)
class DueRows:
    """Rows whose time is over, of one kind."""

    rows: Rows
    before: date
    """All were last received by this day."""
    statements: tuple[int, ...]
    children: tuple[int, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Due:
    """Everything whose time is over."""

    records: tuple[DueRecord, ...]
    rows: tuple[DueRows, ...]
    cannot_tell: int
    """Records without a page of which nobody can tell when their time is over."""


def due(viewer: Viewer) -> Due:
    """What may go today, the longest over first; PermissionDenied for anyone but a keeper."""
    keepers_only(viewer)
    with transaction.atomic(), as_engine():
        over = _records(viewer.today)
        standing = holds(viewer.today)
        found = [_due(row, viewer.today, standing) for row in over]
        rows = tuple(filter(None, (due_rows(kind, viewer.today) for kind in schedule().rows.values())))
    records = sorted(filter(None, found), key=lambda record: (record.until, record.number))
    unclear = sum(governed.until is None for *_, governed in over)
    return Due(tuple(records[:MOST]), rows, unclear)


def governing(children: Iterable[int]) -> Mapping[int, Kept]:
    """Which kind of record each of these is, and until when it is kept. As the engine."""
    found = _lives("c.id = any(%(children)s)", {"children": list(children)})
    return {number: kept(life) for number, _, life in found}


def due_rows(kind: Rows, day: date) -> DueRows | None:
    """Rows of this kind whose time is over; None where there are none. As the engine."""
    before = add_months(day, -kind.years * 12)
    place: dict[str, Any] = {"feeds": list(kind.feeds), "before": before, "most": MOST_ROWS}
    with connection.cursor() as cursor:
        cursor.execute(_OLD_ROWS, place)
        old = cursor.fetchall()
    stays = {child for child, found in governing({child for _, child in old}).items() if found.record.id in kind.within}
    goes = [(id, child) for id, child in old if child not in stays]
    if not goes:
        return None
    children = tuple(sorted({child for _, child in goes}))
    standing = holds(day)
    any_held = any(held(child, kind.id, standing) for child in children)
    return DueRows(kind, before, tuple(id for id, _ in goes), children, any_held)


def holds(day: date) -> Sequence[Hold]:
    """What holds anything back on this day."""
    return list(Hold.objects.filter(Q(until__isnull=True) | Q(until__gte=day), ended_at__isnull=True))


def held(child: int, record: str, by: Iterable[Hold]) -> bool:
    """Whether one of these holds this child's record, or every record of this kind. The database asks the same."""
    return any(hold.child_id in (None, child) and (not hold.records or record in hold.records) for hold in by)


def keepers_only(viewer: Viewer) -> None:
    """PermissionDenied for anyone but a keeper."""
    if not viewer.policy.keeps:
        raise PermissionDenied("Keepers of records sign for what is destroyed.")


def _records(day: date) -> list[tuple[int, UUID, Life, Kept]]:
    """Records that may be over, and are proposed in nothing that is open."""
    records = schedule().records.values()
    place = {
        "day": day,
        "born_by": add_months(day, -12 * min(record.years for record in records)),
        "died": schedule().starts["died"].kind,
    }
    open_now = Destruction.objects.filter(steps__isnull=True, statement_ids=[])
    proposed = {child for children in open_now.values_list("child_ids", flat=True) for child in children}
    found = [(number, id, life, kept(life)) for number, id, life in _lives(_PERHAPS_OVER, place)]
    return [row for row in found if row[0] not in proposed]


def _due(row: tuple[int, UUID, Life, Kept], day: date, standing: Sequence[Hold]) -> DueRecord | None:
    number, public_id, life, (record, until) = row
    if until is None or until > day or life.born is None:
        return None
    return DueRecord(public_id, number, life.born.year, record, until, held(number, record.id, standing))


def _lives(which: str, place: Mapping[str, Any]) -> list[tuple[int, UUID, Life]]:
    """Number, address and what periods ask, of children for whom a condition of ours holds."""
    signs = schedule().signs()
    asked = {"states": [s.state for s in signs if s.state], "kinds": sorted({s.kind for s in signs if s.kind})}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS.format(which=which), {**asked, **place})
        return [(id, public_id, _life(*facts)) for id, public_id, *facts in cursor.fetchall()]


def _life(born: date | None, states: list[str], events: str | None) -> Life:
    told = json.loads(events) if events else ()  # Django has psycopg hand out jsonb as text
    return Life(born, frozenset(states), tuple(Told(kind, date.fromisoformat(day), said) for kind, day, said in told))
