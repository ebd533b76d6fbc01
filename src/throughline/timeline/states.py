"""Stretches of a child's life, derived from happenings: in care, a placement, a plan, missing.

What opens and closes a state, and which derivation makes it, is said in `words` (states.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from throughline import words
from throughline.timeline.happenings import Happening, about_last
from throughline.words.calendars import OutsideCalendar, birthday

if TYPE_CHECKING:
    from throughline.timeline.line import Line

_ONE_DAY = timedelta(days=1)
ALREADY = frozenset({"in_care_at"})
"""Kinds that say a state held already: it began before, nobody has said when."""
_STATUS_STARTED = "education_status_started"
_NO_FULL_TIME_PLACE = frozenset({"reduced_timetable", "no_school_place"})
"""Marks that say so where the event carries no status of a register."""
_CHANGED = "_started"
"""An attribute that changes while a state lasts has a kind of its own: legal_status, legal_status_started."""


class Change(NamedTuple):
    """From when an attribute of a segment had a value."""

    day: date
    attribute: str
    value: str
    told_by: Happening


class Segment(NamedTuple):
    """One stretch during which a state held."""

    state: str
    start: date
    """First day; where the start is not known, the first day somebody says so."""
    end: date | None
    """The day it ended: the first on which it no longer held. None: it goes on, as far as anyone has said."""
    attrs: Mapping[str, str]
    """Attributes as they were at the opening."""
    opened_by: Happening
    closed_by: Happening | None
    start_known: bool
    parts: tuple[Happening, ...]
    """Every happening that opened or prolonged it, in time order."""
    changes: tuple[Change, ...] = ()
    """Later values of attributes, in time order."""

    def holds_on(self, day: date) -> bool:
        """Whether the state held on this day; on the day it ended it no longer did."""
        return self.start <= day and (self.end is None or day < self.end)

    def now(self, attribute: str) -> tuple[str, date]:
        """The latest value of an attribute and since when."""
        for change in reversed(self.changes):
            if change.attribute == attribute:
                return change.value, change.day
        return self.attrs.get(attribute, ""), self.start


class _Opener(NamedTuple):
    kind: str
    need: str
    """A mark some telling must carry; blank: none."""
    without: str
    """A mark that not every telling may carry; blank: none."""


class _Plan(NamedTuple):
    """One state of `words`, made ready."""

    state: str
    openers: tuple[_Opener, ...]
    closers: tuple[str, ...]
    attributes: tuple[str, ...]
    marks: frozenset[str]
    """Attributes that are marks: yes or no."""
    changing: tuple[tuple[str, str], ...]
    """Attributes that may change while it lasts, each with the kind that says so."""
    derivation: str
    statuses: frozenset[str]
    """Education statuses that open it, where not all do."""
    renews: bool
    """Whether a kind both opens and closes it, by its marks: what opens it does not close it too."""
    lasts: timedelta | None
    """How long after its last opening it ends where nobody ended it."""
    until_age: int
    """The birthday on which it ends where nobody ended it; 0: none."""


def derive(state: str, line: Line) -> Sequence[Segment]:
    """Segments of one state, in time order; an unknown state raises KeyError."""
    plan = _plans()[state]
    kinds, day = line.kinds, line.day
    opening = [
        h
        for opener in plan.openers
        if opener.kind in kinds
        for h in kinds[opener.kind]
        if h.happened_on <= day and _opens(h, opener, plan)
    ]
    if not opening:
        return ()
    # What is booked ahead has not happened: it neither opens nor closes anything yet.
    closing = [h for kind in plan.closers if kind in kinds for h in kinds[kind] if h.happened_on <= day]
    if plan.renews:
        opens = {id(h) for h in opening}
        closing = [h for h in closing if id(h) not in opens]
    if len(plan.openers) > 1:
        opening.sort(key=_order)
    if len(plan.closers) > 1:
        closing.sort(key=_order)
    if plan.derivation in ("reference", "one_by_one"):
        segments = _by_reference(plan, opening, closing)
        return segments if plan.derivation == "reference" else _ended_by_the_next(segments)
    if plan.derivation == "sessions":
        return _by_sessions(plan, opening, closing, line)
    return _in_turn(plan, opening, closing, line)


def _opens(happening: Happening, opener: _Opener, plan: _Plan) -> bool:
    if opener.need and opener.need not in happening.marks:
        return False
    if opener.without and opener.without in happening.sure_marks:
        return False
    if not plan.statuses or opener.kind != _STATUS_STARTED:
        return True
    status = happening.details.get("status", "")
    return status in plan.statuses if status else not _NO_FULL_TIME_PLACE.isdisjoint(happening.marks)


def _order(happening: Happening) -> tuple[date, float]:
    at = happening.happened_at
    return happening.happened_on, at.timestamp() if at else 0.0


# --- spell, segment: openings and closings in turn ---------------------------------------------------


def _in_turn(plan: _Plan, opening: list[Happening], closing: list[Happening], line: Line) -> Sequence[Segment]:
    """From each opening to the next closing. A further opening prolongs a spell, but ends a segment."""
    if len(opening) == 1 and not closing:
        return _with_changes(plan, [_segment(plan, opening, _by_itself(plan, opening, line), None)], line)
    segments: list[Segment] = []
    parts: list[Happening] = []
    # On one day a closing goes before an opening: who leaves and comes back that day has two spells. Only
    # where nothing is open can it be the other way round; then it opened and closed on that day.
    turns = sorted(
        [(h.happened_on, 0, i, h) for i, h in enumerate(closing)]
        + [(h.happened_on, 1, i, h) for i, h in enumerate(opening)]
    )
    unused: Happening | None = None
    for day, opens, _, happening in turns:
        over = _by_itself(plan, parts, line) if parts else None
        if over is not None and over < day:
            segments.append(_segment(plan, parts, over, None))
            parts = []
        if not opens:
            if parts:
                segments.append(_segment(plan, parts, day, happening))
                parts = []
                unused = None
            else:
                unused = happening
        elif unused is not None and unused.happened_on == day and not parts:
            segments.append(_segment(plan, [happening], day, unused))
            unused = None
        else:
            if parts and plan.derivation == "segment":
                segments.append(_segment(plan, parts, day, happening))
                parts = []
            parts.append(happening)
    if parts:
        segments.append(_segment(plan, parts, _by_itself(plan, parts, line), None))
    return _with_changes(plan, segments, line)


def _by_itself(plan: _Plan, parts: list[Happening], line: Line) -> date | None:
    """The day on which it ends though nobody ended it; None: it goes on."""
    last = parts[-1].happened_on
    ends = [] if plan.lasts is None else [last + plan.lasts]
    if plan.until_age and line.dob is not None:
        ends.append(max(birthday(line.dob, plan.until_age), last))
    return min(ends, default=None)


def _segment(plan: _Plan, parts: list[Happening], end: date | None, closed_by: Happening | None) -> Segment:
    first = parts[0]
    return Segment(
        plan.state,
        first.happened_on,
        end,
        _attributes(plan, first),
        first,
        closed_by,
        first.kind not in ALREADY,
        tuple(parts),
    )


def _attributes(plan: _Plan, happening: Happening) -> dict[str, str]:
    if not plan.attributes:
        return {}
    details, marks = happening.details, happening.marks
    return {
        name: ("yes" if name in marks else "no") if name in plan.marks else details.get(name, "")
        for name in plan.attributes
    }


def _with_changes(plan: _Plan, segments: list[Segment], line: Line) -> list[Segment]:
    told = [(name, h) for name, kind in plan.changing if kind in line.kinds for h in line.of(kind)]
    if not told:
        return segments
    changed = []
    for segment in segments:
        changes = sorted(
            Change(h.happened_on, name, h.details.get(name, ""), h)
            for name, h in told
            if segment.start < h.happened_on and segment.holds_on(h.happened_on)
        )
        changed.append(segment._replace(changes=tuple(changes)) if changes else segment)
    return changed


# --- reference: starts and ends that name each other ---------------------------------------------------


def _by_reference(plan: _Plan, opening: list[Happening], closing: list[Happening]) -> list[Segment]:
    """Each opening with the closing that names the same episode; without one, the next in time."""
    free = list(closing)
    ends: dict[int, Happening] = {}
    for i, start in enumerate(opening):
        refs = start.refs
        match = next((h for h in free if refs and refs & h.refs), None)
        if match is not None:
            ends[i] = match
            free.remove(match)
    named = {i: start.refs for i, start in enumerate(opening)}
    for i, start in enumerate(opening):
        if i in ends:
            continue
        until = opening[i + 1].happened_on if i + 1 < len(opening) else None
        match = next(
            (
                h
                for h in free
                if _order(h) >= _order(start)
                and (until is None or h.happened_on <= until)
                and not (named[i] and h.refs)
            ),
            None,
        )
        if match is not None:
            ends[i] = match
            free.remove(match)
    return [
        _segment(plan, [start], ends[i].happened_on if i in ends else None, ends.get(i))
        for i, start in enumerate(opening)
    ]


def _ended_by_the_next(segments: list[Segment]) -> list[Segment]:
    """The same; what nobody ended ends when the next begins."""
    return [
        s if s.end is not None else s._replace(end=following.start, closed_by=following.opened_by)
        for s, following in pairwise(segments)
    ] + segments[-1:]


# --- sessions: suspensions, counted in school days ------------------------------------------------------


def sessions(happening: Happening) -> int | None:
    """Sessions (half school days) a suspension lasts; None where nobody says."""
    try:
        return int(float(happening.details.get("sessions", "")))
    except ValueError:
        return None


def _by_sessions(plan: _Plan, opening: list[Happening], cancelled: list[Happening], line: Line) -> list[Segment]:
    """Runs of suspension: each lasts its sessions in school days; the next joins on the next school day."""
    gone = {about_last(told, opening) for told in cancelled}
    runs: list[tuple[list[Happening], date | None]] = []
    for i, happening in enumerate(opening):
        if i in gone:
            continue
        last = _last_day(happening, line)
        if runs and _follows(runs[-1][1], happening.happened_on, line):
            parts, until = runs[-1]
            parts.append(happening)
            runs[-1] = parts, last if until is None or last is None else max(until, last)
        else:
            runs.append(([happening], last))
    return [_run(plan, parts, last) for parts, last in runs]


def _run(plan: _Plan, parts: list[Happening], last: date | None) -> Segment:
    segment = _segment(plan, parts, None if last is None else last + _ONE_DAY, None)
    counts = [sessions(part) for part in parts]
    total = "" if None in counts else str(sum(count or 0 for count in counts))
    return segment._replace(attrs={**segment.attrs, "sessions": total})


def _last_day(happening: Happening, line: Line) -> date | None:
    """Last school day of a suspension; None where its length, or the school's calendar, is not known."""
    count = sessions(happening)
    if not count:
        return None
    try:
        return line.school.add(happening.happened_on, (count + 1) // 2, count_trigger_day=True)
    except OutsideCalendar:
        return None


def _follows(last: date | None, first: date, line: Line) -> bool:
    """Whether a suspension from `first` starts by the school day after the run's last."""
    if last is None:
        return False
    try:
        return first <= line.school.add(last, 1)
    except OutsideCalendar:
        return False


# --- the plans -------------------------------------------------------------------------------------------


@lru_cache
def _plans() -> Mapping[str, _Plan]:
    marks, kinds = words.marks(), words.kinds()
    return {
        state.id: _Plan(
            state.id,
            tuple(map(_opener, state.opened_by)),
            state.closed_by,
            state.attributes,
            frozenset(name for name in state.attributes if name in marks),
            tuple((name, name + _CHANGED) for name in state.attributes if name + _CHANGED in kinds),
            state.derivation,
            frozenset(words.codes("not_full_time")) if state.id == "out_of_school" else frozenset(),
            not {_opener(spec).kind for spec in state.opened_by}.isdisjoint(state.closed_by),
            timedelta(days=state.lasts_days) if state.lasts_days else None,
            state.until_age,
        )
        for state in words.states().values()
    }


def _opener(spec: str) -> _Opener:
    kind, _, need = spec.partition("+")
    kind, _, without = kind.partition("-")
    return _Opener(kind, need, without)
