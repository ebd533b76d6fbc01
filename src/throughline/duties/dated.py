"""Duties whose date is not a period after their trigger: an age or a day of the year, so long ahead of what is
booked, before something takes effect."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from throughline.duties.after import looks_back_to
from throughline.duties.counting import before as counted_before
from throughline.duties.counting import end_of, school_age
from throughline.duties.holding import in_states
from throughline.duties.life import Life, Opening, answers_to, in_order
from throughline.duties.plan import Plan, Reckoned, TriggerPlan
from throughline.duties.settling import NO_BIRTHDAY, settle_as
from throughline.duties.shape_parts import Ahead, By, CalendarDay
from throughline.duties.stretches import Stretch, united
from throughline.timeline import Happening
from throughline.words.calendars import OutsideCalendar, add_months, birthday, day_in_words, school_days

_ONE_DAY = timedelta(days=1)
_MOST_KEPT = 10_000
NO_DAY_BOOKED = "the day it is booked for"


def by(plan: Plan, life: Life) -> None:
    """An age or a calendar day, for a child who is in one of the rule's states shortly before it."""
    own = plan.rule.by
    assert own is not None
    dob = life.line.dob
    if dob is not None:
        dates = plan.dates.get(dob) or _dates(plan, own, dob)
        if not life.ahead:
            dates = [pair for pair in dates if pair[1] <= life.day]
        if not dates:
            return
    stretches = united(life, own.states)
    if not stretches:
        return
    answers = answers_to(plan, life)
    if dob is None:
        stretch = stretches[-1]
        fact = (own.states[stretch.state], stretch.opened_by)
        opening = Opening(
            stretch.opened_by,
            stretch.start,
            (fact,),
            (stretch.opened_by,),
            until=stretch.end,
            cannot_tell=NO_BIRTHDAY,
            dated=False,
        )
        settle_as(plan, life, opening, _reckoned(plan, stretch.start, stretch.start, ""), ())
        return
    for due, opens in dates:
        then = [s for s in stretches if _reaches(own, s, opens) and (own.late_entry or s.start <= due)]
        if then:
            in_time = [s for s in then if s.start <= due]
            _by(plan, life, own, in_time[-1] if in_time else then[0], due, opens, answers)


def _reaches(own: By, stretch: Stretch, opens: date) -> bool:
    """Whether it goes on until the duty opens; what its end does not end, it opens on the very day of its end too."""
    return stretch.end is None or stretch.end > opens or (own.stays and stretch.end == opens)


def _by(
    plan: Plan, life: Life, own: By, stretch: Stretch, due: date, opens: date, answers: Sequence[Happening]
) -> None:
    version = plan.clock.version(due)
    if version is None:
        return
    facts = (
        (own.states[stretch.state], stretch.opened_by),
        (own.says.replace("{due}", day_in_words(due)), None),
    )
    start = max(stretch.start, opens)
    until = None if own.stays else stretch.end
    opening = Opening(stretch.opened_by, start, facts, (stretch.opened_by,), until, stretch.ended)
    last = max(due, start) if own.act is None else end_of(own.act.unit, start, own.act.amount, False, life.line.school)
    told = own.answered or own.opens
    since = counted_before(told.unit, due, told.amount, school_days())
    settle_as(plan, life, opening, _reckoned(plan, start, last, version.id), answers, since=since)


def _dates(plan: Plan, own: By, dob: date) -> list[tuple[date, date]]:
    """Each day by which it has to be done for a child born on that day, and the day it opens."""
    opens = own.opens
    found = [(due, counted_before(opens.unit, due, opens.amount, school_days())) for due in _days_due(own, dob)]
    if len(plan.dates) >= _MOST_KEPT:
        plan.dates.clear()
    plan.dates[dob] = found
    return found


def _days_due(own: By, dob: date) -> Iterator[date]:
    if own.age is not None:
        yield add_months(birthday(dob, own.age.years), own.age.months)
    elif own.day is not None:
        for age in own.day.school_year_of_age:
            yield _in_school_year(own.day, birthday(dob, age))


def _in_school_year(day: CalendarDay, reached: date) -> date:
    """The calendar day in the school year (September to August) that a birthday falls in."""
    ends = reached.year + (reached.month >= 9)
    found = date(ends - (day.month >= 9), day.month, day.day)
    return found - _ONE_DAY if day.strictly_before else found


def _reckoned(plan: Plan, start: date, due: date, version: str) -> Reckoned:
    warn = counted_before(plan.rule.warn.unit, due, plan.rule.warn.amount, school_days())
    return Reckoned(version, due, due, max(warn, min(start, due)), due, "", "")


# --- ahead of what is booked ----------------------------------------------------------------------------


def ahead(plan: Plan, life: Life) -> None:
    """So long before a booked day. A later booking of the same moves it; once the day is past it is over."""
    own = plan.rule.ahead
    assert own is not None
    answers = answers_to(plan, life)
    held = in_order(h for kind in own.held for h in life.of(kind))
    booked = [(t, h) for t in plan.triggers for h in life.of(t.kind) if t.holds(h)]
    booked.sort(key=lambda pair: pair[1].earliest)
    for i, (trigger, booking) in enumerate(booked):
        if not _moved(own, booking, [later for _, later in booked[i + 1 :]]):
            _ahead(plan, life, own, trigger, booking, answers, held)


def _moved(own: Ahead, booking: Happening, later: Sequence[Happening]) -> bool:
    """Whether the same was booked anew: by the same reference, or, without any, before the day came."""
    day, refs = _day_of(own, booking), booking.refs
    return any(
        bool(refs & other.refs) or (not (refs and other.refs) and (day is None or other.happened_on < day))
        for other in later
    )


def _day_of(own: Ahead, booking: Happening) -> date | None:
    try:
        return date.fromisoformat(booking.details.get(own.day_in, "")[:10])
    except ValueError:
        return None


def _ahead(
    plan: Plan,
    life: Life,
    own: Ahead,
    trigger: TriggerPlan,
    booking: Happening,
    answers: Sequence[Happening],
    held: Sequence[Happening],
) -> None:
    opened, day = booking.happened_on, _day_of(own, booking)
    version = plan.clock.version(opened)
    missing, facts = in_states(plan, life, opened) if plan.in_states else ("", ())
    if version is None or (plan.in_states and not facts and not missing):
        return
    says, _ = trigger.fact(booking)
    said = says.replace("{booked}", day_in_words(day) if day else "a day not recorded")
    facts = ((said, booking), *facts)
    if day is None:
        opening = Opening(booking, opened, facts, (booking,), cannot_tell=NO_DAY_BOOKED, dated=False)
        settle_as(plan, life, opening, _reckoned(plan, opened, opened, version.id), answers)
        return
    due = counted_before(plan.clock.unit, day, version.amount, life.line.school)
    over = next((h.happened_on for h in held if opened <= h.happened_on <= day), day)
    opening = Opening(booking, opened, facts, (booking,), over, own.passed, cannot_tell=missing)
    settle_as(plan, life, opening, _reckoned(plan, opened, due, version.id), answers)


# --- before something takes effect ------------------------------------------------------------------------


def before(plan: Plan, life: Life) -> None:
    """What has to stand by the day the trigger takes effect."""
    own = plan.rule.before
    assert own is not None
    answers = answers_to(plan, life)
    acts = [(t, h) for t in plan.triggers for h in life.line.of(t.kind) if t.holds(h)]
    if own.phase_ends_at:
        acts = [(t, h) for t, h in acts if not _phase_over(own.phase_ends_at, life, h.happened_on)]
    acts.sort(key=lambda pair: pair[1].earliest)
    days = [act.happened_on for _, act in acts]
    for i, (trigger, act) in enumerate(acts):
        day = act.happened_on
        version = plan.clock.version(day)
        if version is not None:
            since = looks_back_to(own.within, days, i, answers)
            missing = "" if any(since <= a.happened_on for a in answers) else _uncovered_before(plan, life, day)
            opening = Opening(act, day, (trigger.fact(act),), (act,), cannot_tell=missing)
            settle_as(plan, life, opening, _reckoned(plan, day, day, version.id), answers, since=since)


def _phase_over(ages: Collection[int], life: Life, day: date) -> bool:
    """Whether a phase of schooling is over for everybody of the child's year; where that cannot be told, it is not."""
    dob = life.line.dob
    if dob is None:
        return False
    last = date(day.year + (day.month >= 9), 8, 31)
    if last.year - dob.year - (dob.month >= 9) not in ages:
        return False
    try:
        sunday = day + _ONE_DAY * (6 - day.weekday())
        return day == school_age(dob)[1] or not life.line.school.between(sunday, last)
    except OutsideCalendar:
        return False


def _uncovered_before(plan: Plan, life: Life, day: date) -> str:
    """What is missing to tell that nothing stood the day before; blank: nothing is."""
    kinds, called = plan.needs[0]
    if life.covered_to(kinds, day - _ONE_DAY) is not None:
        return ""
    return life.coverage.since_words(kinds, called, day - _ONE_DAY, life.las)
