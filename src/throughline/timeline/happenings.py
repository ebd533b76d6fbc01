"""What happened, once, however many agencies tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from throughline.feeds.base import Event
from throughline.words.calendars import day_bounds_utc, london_midnight_utc

_MINUTE = timedelta(minutes=1)
_NONE: frozenset[str] = frozenset()


class Happening(NamedTuple):
    """One thing that occurred, told by one or several sources (DESIGN §4).

    The first five fields of its best telling are its own: a telling with the time of day goes before one
    with the day only, then the one written down first, then the one that tells of the earliest time.
    """

    kind: str
    happened_on: date
    """London civil date."""
    happened_at: datetime | None
    """UTC instant; None when nobody knows the time of day."""
    events: tuple[Event, ...]
    """All tellings, the best first."""
    reason: str = ""
    """Why several tellings are taken as one, in words; blank for a single telling."""

    @property
    def key(self) -> str:
        """Stable while its tellings are: the key of the first of them in order of the alphabet."""
        return min(event.key for event in self.events)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all tellings, the best first."""
        return tuple(event.key for event in self.events)

    @property
    def marks(self) -> frozenset[str]:
        """Marks that any telling carries."""
        events = self.events
        if len(events) == 1:
            return events[0].marks
        return frozenset().union(*[event.marks for event in events])

    @property
    def sure_marks(self) -> frozenset[str]:
        """Marks that every telling carries: what would take a duty away must be said by all who tell."""
        events = self.events
        if len(events) == 1:
            return events[0].marks
        return events[0].marks.intersection(*[event.marks for event in events[1:]])

    @property
    def details(self) -> Mapping[str, str]:
        """Details of the best telling, filled up from the others where it is silent."""
        events = self.events
        if len(events) == 1:
            return events[0].details
        merged: dict[str, str] = {}
        for event in reversed(events):
            merged.update((name, value) for name, value in event.details.items() if value)
        return merged

    @property
    def refs(self) -> frozenset[str]:
        """References its tellings carry; one telling may name several, separated by ``;``."""
        events = self.events
        if len(events) == 1:
            ref = events[0].ref
            return frozenset(split_ref(ref)) if ref else _NONE
        return frozenset().union(*map(split_ref, {event.ref for event in events if event.ref}))

    @property
    def level(self) -> str:
        """The highest level among its tellings."""
        return max(event.level for event in self.events)

    @property
    def tags(self) -> frozenset[str]:
        """Every handling tag among its tellings."""
        return frozenset().union(*(event.tags for event in self.events))

    @property
    def precision(self) -> str:
        """``time`` or ``day``."""
        return "day" if self.happened_at is None else "time"

    @property
    def earliest(self) -> datetime:
        """The first instant at which it can have happened (UTC)."""
        return self.happened_at or london_midnight_utc(self.happened_on)

    @property
    def latest(self) -> datetime:
        """The last instant, to the minute, at which it can have happened (UTC)."""
        return self.happened_at or day_bounds_utc(self.happened_on)[1] - _MINUTE


def single(event: Event) -> Happening:
    """The happening only one record tells of."""
    return Happening(event.kind, event.happened_on, event.happened_at, (event,))


def told(events: list[Event], reason: str) -> Happening:
    """The happening these records tell of together."""
    ranked = tuple(sorted(events, key=_rank))
    best = ranked[0]
    return Happening(best.kind, best.happened_on, best.happened_at, ranked, reason)


def about_last(told: Happening, others: Sequence[Happening]) -> int | None:
    """Which of `others`, in time order, this is about: the one it names, else the last before it."""
    for i, other in enumerate(others):
        if told.refs & other.refs:
            return i
    before = [i for i, other in enumerate(others) if other.earliest <= told.latest]
    return before[-1] if before and not told.refs else None


def split_ref(ref: str) -> list[str]:
    """``missing:E1;E2`` names two episodes: ``missing:E1`` and ``missing:E2``."""
    if ";" not in ref:
        return [ref]
    first, *others = (part.strip() for part in ref.split(";"))
    prefix = first.partition(":")[0] + ":" if ":" in first else ""
    return [first, *(part if ":" in part else prefix + part for part in others if part)]


def _rank(event: Event) -> tuple[bool, bool, str, date, float, str]:
    recorded, at = event.recorded_at, event.happened_at
    return (
        at is None,
        recorded is None,
        "" if recorded is None else recorded.isoformat(),
        event.happened_on,
        at.timestamp() if at else 0.0,
        event.key,
    )
