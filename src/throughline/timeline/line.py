"""One child's line: what happened, in what states the child was, and for which days anyone can say.

The line of a place, a plan or a partnership is the same without a date of birth, with what mentions it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter

from throughline import words
from throughline.feeds.base import Event
from throughline.feeds.subjects import A_CHILD, Subject
from throughline.timeline import states
from throughline.timeline.coverage import NO_COVERAGE, CoverageIndex
from throughline.timeline.happenings import Happening
from throughline.timeline.joining import Parted, join_all
from throughline.timeline.mentions import Mention
from throughline.timeline.places import STATE as PLACED
from throughline.timeline.places import Places
from throughline.timeline.states import Segment
from throughline.words.calendars import SchoolDays, london_date, school_calendars, school_days

_BY_DAY = itemgetter(1)
_new = tuple.__new__


class Line:
    """Built by `build`, then only read. States are derived when first asked for."""

    __slots__ = (
        "_by_kind",
        "_segments",
        "as_of",
        "aside",
        "coverage",
        "day",
        "dob",
        "happenings",
        "las",
        "mentions",
        "places",
        "subject",
    )

    def __init__(
        self,
        happenings: list[Happening],
        by_kind: dict[str, list[Happening]],
        dob: date | None,
        las: frozenset[str],
        coverage: CoverageIndex,
        as_of: date | datetime,
        aside: int,
        places: Places | None,
        subject: Subject,
        mentions: tuple[Mention, ...],
    ) -> None:
        self.happenings = happenings
        """In time order."""
        self.dob = dob
        self.las = las
        """Authorities that know the child (``la:301``; ``la`` where a file does not say which)."""
        self.coverage = coverage
        self.as_of = as_of
        """A date stands for the end of that day."""
        self.day = _day(as_of)
        """London's date at `as_of`."""
        self.aside = aside
        """Events left aside because they lie after `as_of`."""
        self.places = places
        """Says where placements lie; None: nobody has supplied a postcode directory."""
        self.subject = subject
        self.mentions = mentions
        """What happened to children and names this subject; on a child's own line, nothing."""
        self._by_kind = by_kind
        self._segments: dict[str, Sequence[Segment]] = {}

    @property
    def events(self) -> list[Event]:
        """Every telling, in time order."""
        told = [event for happening in self.happenings for event in happening.events]
        told.sort(key=_by_time)
        return told

    @property
    def kinds(self) -> Mapping[str, Sequence[Happening]]:
        """Kinds that occur -> their happenings in time order."""
        return self._by_kind

    def of(self, kind: str) -> Sequence[Happening]:
        """Happenings that any telling calls by this kind, in time order."""
        return self._by_kind.get(kind, ())

    @property
    def states(self) -> Mapping[str, Sequence[Segment]]:
        """State -> its segments in time order; states that `words` does not know raise KeyError."""
        return _States(self)

    def segments(self, state: str) -> Sequence[Segment]:
        """Segments of one state, in time order."""
        found = self._segments.get(state)
        if found is None:
            found = states.derive(state, self)
            if state == PLACED and self.places is not None:
                found = [self.places.placed(segment, self.las) for segment in found]
            self._segments[state] = found
        return found

    @property
    def school(self) -> SchoolDays:
        """School days of the child's authority if it has a calendar here, else typical ones (`estimated`)."""
        return school_of(self.las)


class _States(Mapping[str, Sequence[Segment]]):
    # Made anew each time it is asked for: a line that held it would be held by it, and with millions of
    # lines the command runs without the collector that frees such rings.
    def __init__(self, line: Line) -> None:
        self._line = line

    def __getitem__(self, state: str) -> Sequence[Segment]:
        return self._line.segments(state)

    def __iter__(self) -> Iterator[str]:
        return iter(words.states())

    def __len__(self) -> int:
        return len(words.states())


def build(
    events: Iterable[Event],
    *,
    dob: date | None = None,
    las: frozenset[str] = frozenset(),
    coverage: CoverageIndex = NO_COVERAGE,
    parted: Parted = frozenset(),
    places: Places | None = None,
    subject: Subject = A_CHILD,
    mentions: Iterable[Mention] = (),
    as_of: date | datetime,
) -> Line:
    """The line of one child or other subject from all its events, as things stood at `as_of` (a date: at its end).

    Events later than that are left aside and counted, except kinds that may be booked ahead. Pairs of event
    keys in `parted` are never taken for one happening. With `places`, placements say where they lie.
    `mentions` are of children's lines as of the same day.
    """
    told = sorted(events, key=_BY_DAY)
    given = len(told)
    if told and told[-1][1] >= _day(as_of):
        told = [event for event in told if not _later(event, as_of)]
    if any(event[2] for event in told) or len({(event[0], event[1]) for event in told}) < len(told):
        # In whatever order they came: by time, and two of a kind on one day by their keys.
        told.sort(key=_by_time)
    if _nothing_to_join(told):
        happenings = [_new(Happening, (e[0], e[1], e[2], (e,), "")) for e in told]
    else:
        happenings = join_all(told, parted)
    by_kind: dict[str, list[Happening]] = {}
    for happening in happenings:
        kind = happening[0]
        if kind in by_kind:
            by_kind[kind].append(happening)
        else:
            by_kind[kind] = [happening]
        if len(happening[3]) > 1:
            for other in {event[0] for event in happening[3]} - {kind}:
                by_kind.setdefault(other, []).append(happening)
    aside = given - len(told)
    return Line(happenings, by_kind, dob, las, coverage, as_of, aside, places, subject, tuple(mentions))


def _nothing_to_join(told: list[Event]) -> bool:
    """Whether one source tells everything and names no reference twice: so it is for nearly every child."""
    if len({(event[4], event[5][0]) for event in told}) > 1:
        return False
    refs = [(event[0], event[8]) for event in told if event[8]]
    return not refs or (len(set(refs)) == len(refs) and not any(";" in ref for _, ref in refs))


def _later(event: Event, as_of: date | datetime) -> bool:
    if event.kind in _bookable():
        return False
    if isinstance(as_of, datetime):
        if event.happened_at is not None:
            return event.happened_at > as_of
        return event.happened_on > london_date(as_of)
    return event.happened_on > as_of


@lru_cache
def _bookable() -> frozenset[str]:
    return frozenset(kind.id for kind in words.kinds().values() if kind.future)


def _day(as_of: date | datetime) -> date:
    return london_date(as_of) if isinstance(as_of, datetime) else as_of


def _by_time(event: Event) -> tuple[date, bool, float, str]:
    at = event[2]
    return event[1], at is not None, at.timestamp() if at else 0.0, event.key


@lru_cache(maxsize=256)
def school_of(las: frozenset[str]) -> SchoolDays:
    """School days of the first of these authorities that has a calendar here, else typical ones."""
    known = school_calendars()
    bodies = sorted(la.partition(":")[2] for la in las)
    return next((school_days(body) for body in bodies if body in known), school_days())
