"""Duties about what goes on: a state that may last no longer, one that has lasted, a silence, an empty seat."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from throughline.duties.after import triggered
from throughline.duties.conditions import has_codes
from throughline.duties.counting import before, end_of
from throughline.duties.holding import whether_still
from throughline.duties.life import Facts, Life, Opening, answers_to, in_order
from throughline.duties.plan import Plan, Reckoned
from throughline.duties.settling import settle, settle_as
from throughline.duties.shape_parts import Extension, FromAge, Lasting, SeatTold, Silence
from throughline.duties.stretches import Stretch, united
from throughline.timeline import Happening, Segment
from throughline.words.calendars import OutsideCalendar, birthday, day_in_words, london_date

_ONE_DAY = timedelta(days=1)


def limit(plan: Plan, life: Life) -> None:
    """A state may last no longer than so long from its trigger; an extension told in time moves the end."""
    own = plan.rule.limit
    assert own is not None
    openings = sorted(triggered(plan, life), key=lambda opening: opening.trigger.earliest)
    answers = answers_to(plan, life)
    for i, opening in enumerate(openings):
        reckoned = plan.clock.reckon(opening.counted_from, opening.trigger, life.line)
        if reckoned is None:
            continue
        following = openings[i + 1].trigger.happened_on if i + 1 < len(openings) else date.max
        for extension in own.extended_by:
            if extension.start is None or extension.start <= opening.counted_from:
                opening, reckoned = _extended(plan, life, extension, opening, reckoned, following)
        settle_as(plan, life, opening, reckoned, answers)


def _extended(
    plan: Plan, life: Life, extension: Extension, opening: Opening, reckoned: Reckoned, following: date
) -> tuple[Opening, Reckoned]:
    """The same with its end moved, if the extension was told before that end and before the next of its kind."""
    codes = tuple(extension.codes.items())
    for told in life.of(extension.kind):
        if opening.counted_from <= told.happened_on <= min(reckoned.due_day, following) and has_codes(told, codes):
            facts = (*opening.facts, (extension.says, told))
            opening = opening._replace(facts=facts, rests_on=(*opening.rests_on, told))
            return opening, _moved(plan, life, extension, opening, reckoned)
    return opening, reckoned


def _moved(plan: Plan, life: Life, extension: Extension, opening: Opening, reckoned: Reckoned) -> Reckoned:
    if extension.unit == "elapsed_hours":
        more = timedelta(hours=extension.amount)
        due, latest = opening.trigger.earliest + more, opening.trigger.latest + more
        warn = due - timedelta(hours=plan.rule.warn.amount)
        return reckoned._replace(due=due, due_latest=latest, warn_from=warn, due_day=london_date(latest))
    first = opening.counted_from + _ONE_DAY * plan.rule.begins_next_day
    school = life.line.school
    last = end_of(extension.unit, first, extension.amount, plan.rule.count_trigger_day, school)
    warns = before(plan.rule.warn.unit, last, plan.rule.warn.amount, school)
    return reckoned._replace(due=last, due_latest=last, warn_from=warns, due_day=last)


# --- a state has gone on ---------------------------------------------------------------------------------


def lasting(plan: Plan, life: Life) -> None:
    """A state has gone on for so long, without a break or adding up within a longer time."""
    own = plan.rule.lasting
    assert own is not None
    segments = _joined(
        s for s in life.line.segments(own.state) if all(s.attrs.get(n) == v for n, v in own.with_.items())
    )
    answers = answers_to(plan, life) if segments else []
    marks = _added(plan, life, own, segments) if own.cumulative_in else _unbroken(plan, life, segments)
    for segment, mark, version in marks:
        start = mark if own.act or own.cumulative_in else segment.start
        missing = "" if mark > life.day else whether_still(segment, life, mark)
        estimated = "" if segment.start_known else "it began before the records do; counted from their first day"
        fact = (own.says, segment.opened_by)
        opening = Opening(
            segment.opened_by,
            start,
            (fact,),
            (segment.opened_by,),
            segment.end,
            "it was over",
            estimated,
            missing,
        )
        settle_as(plan, life, opening, acted(plan, life, start, mark, version), answers, since=segment.start)


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Those without a day between as one: another arrangement for the same is no new beginning."""
    found: list[Segment] = []
    for s in segments:
        last = found[-1] if found else None
        if last is not None and (last.end is None or s.start <= last.end):
            found[-1] = last._replace(end=None if last.end is None or s.end is None else max(last.end, s.end))
        else:
            found.append(s)
    return found


def _unbroken(plan: Plan, life: Life, segments: Sequence[Segment]) -> Iterator[tuple[Segment, date, str]]:
    for segment in segments:
        mark = _mark(plan, life, segment.start)
        if mark is not None and (segment.end is None or segment.end > mark[0]):
            yield segment, *mark


def _mark(plan: Plan, life: Life, start: date) -> tuple[date, str] | None:
    """When the version's period from `start` is over, and the version; None: not in force, or nobody can say."""
    version = plan.clock.version(start)
    if version is None:
        return None
    try:
        school = life.line.school
        return end_of(version.unit, start, version.amount, plan.rule.count_trigger_day, school), version.id
    except OutsideCalendar:
        return None


def _added(plan: Plan, life: Life, own: Lasting, segments: Sequence[Segment]) -> Iterator[tuple[Segment, date, str]]:
    """The days on which days of the state, within so long, come to the version's amount."""
    assert own.cumulative_in is not None
    held: deque[date] = deque()
    reached = False
    last = date.min  # a day of two segments is one day
    for segment in segments:
        version = plan.clock.version(segment.start)
        if version is None:
            continue
        for day in _days_of(plan, life, segment, version.amount):
            if day <= last:
                continue
            last = day
            held.append(day)
            while held[0] <= before(own.cumulative_in.unit, day, own.cumulative_in.amount, life.line.school):
                held.popleft()
            if len(held) >= version.amount and not reached:
                yield segment, day, version.id
            reached = len(held) >= version.amount


def _days_of(plan: Plan, life: Life, segment: Segment, amount: int) -> Iterator[date]:
    """Days of the state that count, in order; of one that goes on, as far as the amount can need."""
    school, day, ahead = life.line.school, segment.start, 0
    while (day < segment.end) if segment.end is not None else ahead < amount:
        try:
            counts = not plan.clock.school or school.is_school_day(day)
        except OutsideCalendar:
            return
        if counts:
            yield day
            ahead += day > life.day
        day += _ONE_DAY


def acted(plan: Plan, life: Life, start: date, mark: date, version: str) -> Reckoned:
    """Due at the mark itself or, where the rule gives a time to act, so long after it."""
    act, school = plan.rule.act, life.line.school
    due = mark if act is None else end_of(act.unit, mark, act.amount, False, school)
    warn = plan.rule.warn
    return Reckoned(version, due, due, max(before(warn.unit, due, warn.amount, school), start), due, "", "")


# --- nothing was heard --------------------------------------------------------------------------------------


def silence(plan: Plan, life: Life) -> None:
    """Nothing of the rule's kinds for so long while a state holds."""
    own = plan.rule.silence
    assert own is not None
    stretches = united(life, own.states, own.not_in)
    if own.from_age:
        grown = _grown(own.from_age, life)
        stretches = [s._replace(start=max(s.start, grown)) for s in stretches if s.end is None or grown < s.end]
    if not stretches:
        return
    heard = in_order(h for each in plan.heard for h in life.of(each.kind) if each.holds(h))
    tried = in_order(h for kind in own.again.kinds for h in life.of(kind)) if own.again else []
    answers = answers_to(plan, life)
    for stretch in stretches:
        for quiet in _quiet(plan, life, own, stretch, heard, tried):
            mark = quiet.mark
            if not _ended_by(mark[0], quiet.until) and not _ended_by(mark[0] + _ONE_DAY, stretch.end):
                _silent(plan, life, own, stretch, quiet, answers)


class _Quiet(NamedTuple):
    """A time in which nothing was heard."""

    since: date
    last: Happening | None
    """What it begins with; None: with the state."""
    says: str
    """What that was, in words."""
    mark: tuple[date, str]
    """The day on which it is too long, and the version that says so."""
    until: date | None
    """The day on which something was heard, or tried again."""


def _quiet(
    plan: Plan, life: Life, own: Silence, stretch: Stretch, heard: Sequence[Happening], tried: Sequence[Happening]
) -> Iterator[_Quiet]:
    begun = [(stretch.start, None), *((h.happened_on, h) for h in heard if _within(stretch, h.happened_on))]
    for i, (day, last) in enumerate(begun):
        until = begun[i + 1][0] if i + 1 < len(begun) else None
        mark = _mark(plan, life, day)
        if mark is None:
            continue
        yield _Quiet(day, last, own.last, mark, until)
        late = [h for h in tried if mark[0] <= h.happened_on and _within(stretch, h.happened_on)]
        late = [h for h in late if until is None or h.happened_on < until]
        for j, h in enumerate(late):
            once_more = _mark(plan, life, h.happened_on)
            if own.again is not None and once_more is not None:
                # Tried on the very day on which it would be raised again, it is raised, and met.
                then = late[j + 1].happened_on + _ONE_DAY if j + 1 < len(late) else until
                yield _Quiet(h.happened_on, h, own.again.says, once_more, then)


def _grown(age: FromAge, life: Life) -> date:
    """The birthday from which days count; where none is known, all do."""
    return birthday(life.line.dob, age.years) if life.line.dob else date.min


def _within(stretch: Stretch, day: date) -> bool:
    return stretch.start < day and (stretch.end is None or day < stretch.end)


def _ended_by(day: date, end: date | None) -> bool:
    return end is not None and end <= day


def _silent(
    plan: Plan, life: Life, own: Silence, stretch: Stretch, quiet: _Quiet, answers: Sequence[Happening]
) -> None:
    anchor, (day, version) = quiet.since, quiet.mark
    facts: Facts = ((own.states[stretch.state], stretch.opened_by),)
    rests_on: tuple[Happening, ...] = (stretch.opened_by,)
    if quiet.last is not None:
        facts += ((quiet.says, quiet.last),)
        rests_on += (quiet.last,)
    elif own.from_age and anchor == _grown(own.from_age, life):
        facts += ((own.from_age.says.replace("{when}", day_in_words(anchor)), None),)
    start = day if own.act else anchor
    asked, called = plan.needs[0]
    through = life.covered_to(asked, anchor)
    missing = ""
    if day <= life.day and (through is None or through < day):
        missing = life.coverage.since_words(asked, called, anchor, life.las)
    opening = Opening(quiet.last or stretch.opened_by, start, facts, rests_on, stretch.end, stretch.ended, "", missing)
    since = anchor + _ONE_DAY
    settle_as(plan, life, opening, acted(plan, life, start, day, version), answers, since=since)


# --- nobody sits there ---------------------------------------------------------------------------------------


def seat(plan: Plan, life: Life) -> None:
    """Nobody sits in a seat that a state requires: from its first day, or from when somebody left."""
    own = plan.rule.seat
    assert own is not None
    left = _told(own.left_by, life)
    if not left and not own.from_start:
        return
    stretches = united(life, own.states)
    if not stretches:
        return
    taken = _told(own.taken_by, life)
    answers = answers_to(plan, life)
    for stretch in stretches:
        fact = (own.states[stretch.state], stretch.opened_by)
        if own.from_start and not _sits(taken, left, stretch.start):
            opening = Opening(
                stretch.opened_by, stretch.start, (fact,), (stretch.opened_by,), stretch.end, stretch.ended
            )
            settle(plan, life, opening, answers)
        for gone in left:
            day = gone.happened_on
            if _within(stretch, day) and not _sits(taken, left, day):
                facts = (fact, (own.left, gone))
                opening = Opening(gone, day, facts, (gone, stretch.opened_by), stretch.end, stretch.ended)
                settle(plan, life, opening, answers)


def _told(by: Sequence[SeatTold], life: Life) -> list[Happening]:
    return in_order(h for told in by for h in life.of(told.kind) if has_codes(h, tuple(told.codes.items())))


def _sits(taken: Sequence[Happening], left: Sequence[Happening], day: date) -> bool:
    """Whether, at the end of a day, the last that was told is that somebody took the seat."""
    came = [h.latest for h in taken if h.happened_on <= day]
    went = [h.earliest for h in left if h.happened_on <= day]
    return bool(came) and (not went or came[-1] >= went[-1])
