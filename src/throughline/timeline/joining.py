"""Which records of several sources tell of the same thing.

A judgement, and a reversible one: every join keeps its reason, and a pair that someone has parted is never
joined again. Records of one source are never joined by time: two rows of one list are two things, unless
they name the same episode.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain, combinations
from typing import NamedTuple

from throughline import words
from throughline.feeds.base import Event
from throughline.timeline.happenings import Happening, single, split_ref, told

Parted = frozenset[frozenset[str]]
"""Pairs of event keys that somebody has said are not one happening."""


class Family(NamedTuple):
    """Kinds whose tellings may be one happening."""

    id: str
    episode: bool
    """Its kinds start or end an episode, so that a reference names the thing itself, not what it is about."""
    ends: frozenset[str]
    """Families whose starts these end."""
    marks: frozenset[str]
    """Only a telling that carries one of these is of the family; empty: every one is."""
    overlapping: bool
    """Two of its episodes that overlap are one."""


@lru_cache
def families() -> Mapping[str, Family]:
    """Kind -> its family; kinds that are never joined are absent."""
    kinds = words.kinds()
    ends: dict[str, set[str]] = defaultdict(set)
    episode: set[str] = set()
    for state in words.states().values():
        openers = [spec.partition("+")[0].partition("-")[0] for spec in state.opened_by]
        episode.update(openers, state.closed_by)
        for closer in state.closed_by:
            ends[closer].update(kinds[opener].family for opener in openers if opener in kinds)
    return {
        kind.id: Family(
            kind.family,
            kind.id in episode,
            frozenset(ends[kind.id] - {""}),
            kind.joins_with,
            kind.joins_overlapping,
        )
        for kind in kinds.values()
        if kind.family
    }


def join_all(events: list[Event], parted: Parted) -> list[Happening]:
    """Every happening these events tell of, in time order. `events` are sorted by time."""
    family_of = families()
    found: list[Happening] = []
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        family = family_of.get(event.kind)
        if family is None:
            found.append(single(event))
        else:
            groups[_group_of(event, family)].append(event)
    links: dict[str, Mapping[str, str]] = {}
    # Starts first: what joined them joins their ends too.
    for family_id in sorted(groups, key=lambda id: bool(_started_by(groups[id], family_of))):
        members = groups[family_id]
        if len(members) == 1 or not _may_join(members):
            found += map(single, members)
            continue
        joins = _Joins(members, parted)
        joins.by_reference(family_of)
        for started in _started_by(members, family_of):
            joins.by_start(links.get(started, {}))
        joins.by_time()
        if family_of[members[0].kind].overlapping:
            joins.by_overlap(_ends(family_id, groups.values(), family_of))
        links[family_id] = joins.episodes()
        found += joins.happenings()
    found.sort(key=order)
    return found


def _group_of(event: Event, family: Family) -> str:
    """The family, or the kind by itself where the telling does not carry what the family is about."""
    return event.kind if family.marks.isdisjoint(event.marks) and family.marks else family.id


def _ends(started: str, groups: Iterable[list[Event]], family_of: Mapping[str, Family]) -> Mapping[str, datetime]:
    """Episode -> the last instant at which it can have ended, for episodes of the family `started`."""
    ends: dict[str, datetime] = {}
    for event in chain.from_iterable(groups):
        if started in family_of[event.kind].ends:
            for episode in _episode(event):
                last = single(event).latest
                ends[episode] = max(last, ends.get(episode, last))
    return ends


def _may_join(members: list[Event]) -> bool:
    """Whether two sources tell of this family, or one source names a reference twice."""
    if len({_source(event) for event in members}) > 1:
        return True
    refs = [(event.kind, ref) for event in members if event.ref for ref in split_ref(event.ref)]
    return len(set(refs)) < len(refs)


def order(happening: Happening) -> tuple[object, ...]:
    """Sort key: by day; those that know their time of day after those that do not, by time."""
    at = happening.happened_at
    return happening.happened_on, at is not None, at.timestamp() if at else 0.0


def _started_by(members: list[Event], family_of: Mapping[str, Family]) -> list[str]:
    return sorted(frozenset().union(*(family_of[event.kind].ends for event in members)))


def _episode(event: Event) -> list[str]:
    """What ties a start to its end: the reference, else the record that tells both."""
    if event.ref:
        return split_ref(event.ref)
    s = event.statement
    return [f"{s.feed}/{s.table}/{s.record_id}"]


def _source(event: Event) -> tuple[str, str]:
    return event.statement.feed, event.said_by


class _Joins:
    """Groups of one family's events, each event in a group of its own until something joins them."""

    def __init__(self, events: list[Event], parted: Parted) -> None:
        self._events = events
        self._parted = parted
        self._group = list(range(len(events)))
        self._members = {i: [i] for i in self._group}
        self._reasons: dict[int, list[str]] = {}

    def by_reference(self, family_of: Mapping[str, Family]) -> None:
        """Records that name the same episode."""
        first: dict[tuple[str, str], int] = {}
        for i, event in enumerate(self._events):
            if event.ref and family_of[event.kind].episode:
                for ref in split_ref(event.ref):
                    other = first.setdefault((event.kind, ref), i)
                    if other != i:
                        self._join(other, i, f"both carry the reference {ref}")

    def by_start(self, links: Mapping[str, str]) -> None:
        """Ends of episodes whose starts are one happening."""
        first: dict[str, int] = {}
        for i, event in enumerate(self._events):
            for episode in _episode(event):
                start = links.get(episode)
                if start is not None:
                    other = first.setdefault(start, i)
                    if _source(self._events[other]) != _source(event):
                        self._join(other, i, "their starts are one happening")

    def by_time(self) -> None:
        """Different sources, close enough in time: nearest first, one record of each source."""
        for _, i, j, reason in sorted(self._near()):
            if self._sources(i).isdisjoint(self._sources(j)):
                self._join(i, j, reason)

    def by_overlap(self, ends: Mapping[str, datetime]) -> None:
        """Episodes of different sources that overlap, the nearest starts first: police who know the hour before
        midnight and social workers who wrote down the next day tell of one absence."""
        spans = []
        for i, event in enumerate(self._events):
            start = single(event)
            last = max((ends[episode] for episode in _episode(event) if episode in ends), default=start.latest)
            spans.append((start.earliest, max(last, start.latest), i))
        near = [
            (later[0] - earlier[0], earlier[2], later[2])
            for earlier, later in combinations(sorted(spans), 2)
            if later[0] <= earlier[1]
        ]
        for _, i, j in sorted(near):
            if self._sources(i).isdisjoint(self._sources(j)):
                self._join(i, j, "one began before the other had ended")

    def _near(self) -> Iterable[tuple[float, int, int, str]]:
        events, kinds = self._events, words.kinds()
        for i, a in enumerate(events):
            kind = kinds[a.kind]
            reach = max((kind.tolerance_hours or 0) // 24 + 1, kind.tolerance_days or 0)
            for j in range(i + 1, len(events)):
                b = events[j]
                days = (b.happened_on - a.happened_on).days
                if days > reach:
                    break
                if _source(a) == _source(b):
                    continue
                if a.happened_at and b.happened_at:
                    apart = abs((b.happened_at - a.happened_at).total_seconds()) / 3600
                    if kind.tolerance_hours is not None and apart <= kind.tolerance_hours:
                        yield apart, i, j, f"{_hours(apart)} apart, from different sources"
                elif kind.tolerance_days is not None and days <= kind.tolerance_days:
                    # The day alone is weaker evidence than a time, so it comes after any pair of times.
                    yield 24.0 * (days + 1), i, j, _days(days) + ", from different sources"

    def _sources(self, i: int) -> set[tuple[str, str]]:
        return {_source(self._events[m]) for m in self._members[self._group[i]]}

    def _join(self, i: int, j: int, reason: str) -> None:
        a, b = self._group[i], self._group[j]
        if a == b or self._are_parted(a, b):
            return
        for m in self._members[b]:
            self._group[m] = a
        self._members[a] += self._members.pop(b)
        reasons = self._reasons.setdefault(a, [])
        for new in (reason, *self._reasons.pop(b, ())):
            if new not in reasons:
                reasons.append(new)

    def _are_parted(self, a: int, b: int) -> bool:
        events = self._events
        return bool(self._parted) and any(
            frozenset((events[m].key, events[n].key)) in self._parted
            for m in self._members[a]
            for n in self._members[b]
        )

    def episodes(self) -> dict[str, str]:
        """Episode -> one name for the happening that tells of it, where it was joined."""
        return {
            episode: f"{self._events[0].kind}/{group}"
            for group, members in self._members.items()
            if len(members) > 1
            for m in members
            for episode in _episode(self._events[m])
        }

    def happenings(self) -> list[Happening]:
        return [
            told([self._events[m] for m in members], "; ".join(self._reasons.get(group, ())))
            for group, members in self._members.items()
        ]


def _hours(hours: float) -> str:
    minutes = round(hours * 60)
    if minutes == 0:
        return "to the minute, no time"
    if minutes < 60:
        return f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def _days(days: int) -> str:
    if days == 0:
        return "the same day"
    return f"{days} day{'s' if days > 1 else ''} apart"
