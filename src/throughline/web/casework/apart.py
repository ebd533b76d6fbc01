"""Which tellings people have parted: those in force for a child, and what that means for its line.

Two records that are not about the same thing are apart in all they tell: the ends of two absences part with
their starts, and do so too when the end of one is only told later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import product

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from throughline import timeline
from throughline.feeds.base import Event
from throughline.timeline.happenings import split_ref
from throughline.web.casework.models import Parting
from throughline.words.calendars import day_bounds_utc

Pair = tuple[str, str]
"""Keys of two tellings."""


def in_force(children: Sequence[int], on: date | None = None) -> Mapping[int, list[Pair]]:
    """Child -> what is parted on its line, today or at the end of `on`. A joined child's partings come along."""
    standing = Parting.objects.filter(reversed_at__isnull=True)
    if on:
        end = day_bounds_utc(on)[1]
        standing = Parting.objects.filter(Q(reversed_at__isnull=True) | Q(reversed_at__gte=end), at__lt=end)
    found: dict[int, list[Pair]] = defaultdict(list)
    now = standing.annotate(now=Coalesce(F("child__joined_into"), F("child"))).filter(now__in=children)
    for child, a, b in now.order_by("pk").values_list("now", "key_a", "key_b"):
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
