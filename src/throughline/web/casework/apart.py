"""Which tellings people have parted: those in force for a child, and what that means for its line.

Two records that are not about the same thing are apart in all they tell: the ends of two absences part with
their starts, and do so too when the end of one is only told later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import product

from django.db import connection

from throughline import timeline
from throughline.feeds.base import Event
from throughline.timeline.happenings import split_ref
from throughline.words.calendars import day_bounds_utc

Pair = tuple[str, str]
"""Keys of two tellings."""

_IN_FORCE = """
select coalesce(c.joined_into_id, c.id), p.key_a, p.key_b
  from casework_parting p join linkage_child c on c.id = p.child_id
 where coalesce(c.joined_into_id, c.id) = any(%(children)s)
   and (p.reversed_at is null or p.reversed_at >= %(end)s::timestamptz)
   and (%(end)s::timestamptz is null or p.at < %(end)s::timestamptz)
 order by p.id
"""


def in_force(children: Sequence[int], on: date | None = None) -> Mapping[int, list[Pair]]:
    """Child -> what is parted on its line, today or at the end of `on`. A joined child's partings come along."""
    found: dict[int, list[Pair]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, {"children": list(children), "end": day_bounds_utc(on)[1] if on else None})
        for child, a, b in cursor.fetchall():
            found[child].append((a, b))
    return found


def parted(events: Iterable[Event], pairs: Sequence[Pair]) -> timeline.Parted:
    """Every two events that may not be one happening, because of the pairs somebody has parted."""
    if not pairs:
        return frozenset()
    by_key: dict[str, Event] = {}
    of_thing: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for event in events:
        by_key[event.key] = event
        for thing in _things(event):
            of_thing[thing].add(event.key)

    def beside(key: str, other: str) -> set[str]:
        own = set(_things(by_key[key])).difference(_things(by_key[other]))
        return {key}.union(*(of_thing[thing] for thing in own))

    return frozenset(
        frozenset((a, b))
        for left, right in pairs
        if left in by_key and right in by_key
        for a, b in product(beside(left, right), beside(right, left))
        if a != b
    )


def _things(event: Event) -> Iterable[tuple[str, ...]]:
    """What ties an event to others of its source: its record, and the episode that it names."""
    s = event.statement
    yield s.feed, s.table, s.record_id
    if event.ref:
        for ref in split_ref(event.ref):
            yield s.feed, event.said_by, "", ref
