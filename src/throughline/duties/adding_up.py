"""Duties that several happenings open together: what they amount to, and patterns of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from throughline import words
from throughline.duties.after import settle_all
from throughline.duties.counting import before
from throughline.duties.plan import Plan
from throughline.duties.settling import Facts, Life, Opening, in_order, in_states
from throughline.duties.shape_parts import Adding, Condition, Unmoved, kinds_of
from throughline.timeline import Happening
from throughline.timeline.states import sessions
from throughline.words.calendars import london_date, school_days, statutory_term

_ONE_DAY = timedelta(days=1)
_LENGTH_UNKNOWN = "how many sessions each lasts"
_HOURS_UNKNOWN = "for how many hours"


def total(plan: Plan, life: Life) -> None:
    """What happenings come to within a term or year; the one that takes it to the mark opens the duty."""
    own = plan.rule.total
    assert own is not None
    gone = _references(life, own.cancelled_by)
    told = in_order(h for kind in own.kinds for h in life.of(kind) if not gone & h.refs)
    within: dict[date, list[Happening]] = {}
    for happening in told:
        within.setdefault(_spans(own, happening.happened_on)[1], []).append(happening)
    openings = [o for last, some in within.items() if (o := _total(plan, life, own, last, some)) is not None]
    settle_all(plan, life, openings)


def _references(life: Life, kind: str | None) -> frozenset[str]:
    return frozenset().union(*(h.refs for h in life.of(kind))) if kind else frozenset()


def _spans(own: Adding, day: date) -> tuple[date, date]:
    """First and last day of what it is added up in: a statutory term, or the school year from 1 August."""
    if own.within == "statutory_term":
        return statutory_term(day)
    year = day.year + (day.month >= 8)
    return date(year - 1, 8, 1), date(year, 7, 31)


def _total(plan: Plan, life: Life, own: Adding, last: date, told: Sequence[Happening]) -> Opening | None:
    known, unsure = 0.0, False
    for i, happening in enumerate(told):
        amount = _amount(own, happening)
        known += amount or 0
        unsure = unsure or amount is None
        if (known >= own.reaches) if own.reaches is not None else known > (own.passes or 0):
            return _opened(plan, life, own, told[: i + 1], f"{known:g}", last, "")
    return _opened(plan, life, own, told, "a number not known", last, _LENGTH_UNKNOWN) if unsure else None


def _amount(own: Adding, happening: Happening) -> float | None:
    if own.of == "happenings":
        return 1
    count = sessions(happening)
    return None if count is None else count / 2


def _opened(
    plan: Plan, life: Life, own: Adding, told: Sequence[Happening], total: str, last: date, missing: str
) -> Opening | None:
    trigger = told[-1]
    doubt, facts = in_states(plan, life, trigger.happened_on) if plan.in_states else ("", ())
    if plan.in_states and not facts and not doubt:
        return None
    facts = ((own.says.replace("{total}", total), trigger), *facts)
    until, why = (last + _ONE_DAY, own.over) if own.over else (None, "")
    return Opening(
        trigger,
        trigger.happened_on,
        facts,
        (trigger, *told[:-1]),
        until,
        why,
        cannot_tell=missing or doubt,
        dated=not missing,
    )


# --- patterns -------------------------------------------------------------------------------------------------


class _Raised(NamedTuple):
    day: date
    told: tuple[Happening, ...]
    """What makes the pattern, the last first."""
    says: str
    missing: str


def pattern(plan: Plan, life: Life) -> None:
    """So many of these, from so many agencies, within so long, unless something was done shortly before."""
    own = plan.rule.pattern
    assert own is not None
    raised = sorted(
        (r for condition in own.any_of for r in _raised(condition, life)), key=lambda r: (r.day, bool(r.missing))
    )
    openings: dict[tuple[date, str], Opening] = {}
    for found in raised:
        opening = _pattern(plan, life, found)
        if opening is not None:
            openings.setdefault((found.day, found.told[0].key), opening)
    settle_all(plan, life, list(openings.values()))


def _pattern(plan: Plan, life: Life, found: _Raised) -> Opening | None:
    own = plan.rule.pattern
    assert own is not None
    if own.unless is not None and _done_shortly_before(own.unless, life, found.day):
        return None
    if any(s.holds_on(found.day) for state in own.not_in for s in life.line.segments(state)):
        return None
    missing, facts = in_states(plan, life, found.day) if plan.in_states else ("", ())
    if plan.in_states and not facts and not missing:
        return None
    said: Facts = ((found.says, found.told[0]), *facts)
    doubt = found.missing or missing
    return Opening(found.told[0], found.day, said, found.told, cannot_tell=doubt, dated=not found.missing)


def _done_shortly_before(unless: Unmoved, life: Life, day: date) -> bool:
    since = before(unless.within.unit, day, unless.within.amount, school_days())
    return any(since < h.happened_on <= day for kind in unless.kinds for h in life.of(kind))


def _raised(condition: Condition, life: Life) -> Iterator[_Raised]:
    if condition.of_state is not None:
        yield from _lasted(condition, life)
        return
    told = in_order({id(h): h for kind in kinds_of(condition) for h in life.of(kind) if _fits(condition, h)}.values())
    for i, happening in enumerate(told):
        recent = [happening]
        if condition.within is not None:
            day = happening.happened_on
            since = before(condition.within.unit, day, condition.within.amount, school_days())
            recent = [h for h in told[: i + 1] if h.happened_on > since]
        # What came about before goes on; it is raised when the last of it makes it so.
        if _holds(condition, recent) and (condition.within is None or not _holds(condition, recent[:-1])):
            yield _Raised(happening.happened_on, tuple(reversed(recent)), condition.says, "")


def _fits(condition: Condition, happening: Happening) -> bool:
    marks = happening.marks
    if condition.with_any and marks.isdisjoint(condition.with_any):
        return False
    if condition.starred:
        return any(words.marks()[mark].critical for mark in marks)
    return not condition.sign_types or bool(_types(condition, happening))


def _types(condition: Condition, happening: Happening) -> frozenset[str]:
    return frozenset(words.marks()[mark].sign_type for mark in happening.marks) & frozenset(condition.sign_types)


def _holds(condition: Condition, told: Sequence[Happening]) -> bool:
    types = frozenset().union(*(_types(condition, h) for h in told)) if condition.sign_types else ()
    count = len(types) if condition.sign_types else len(told)
    agencies = {event.said_by for h in told for event in h.events}
    return count >= condition.at_least and len(agencies) >= condition.agencies


def _lasted(condition: Condition, life: Life) -> Iterator[_Raised]:
    """A state that lasted so many hours, or will have; where the times leave it open, that cannot be told."""
    assert condition.of_state is not None
    assert condition.hours is not None
    hours = timedelta(hours=condition.hours)
    for segment in life.line.segments(condition.of_state):
        start = segment.opened_by
        day = london_date(start.latest + hours)
        told = (start,) if segment.closed_by is None else (start, segment.closed_by)
        if segment.closed_by is None or segment.closed_by.earliest - start.latest >= hours:
            yield _Raised(day, told, condition.says, "")
        elif segment.closed_by.latest - start.earliest >= hours:
            yield _Raised(day, told, condition.says, _HOURS_UNKNOWN)
