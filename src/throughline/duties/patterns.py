"""Duties that a pattern opens: so many of these, from so many agencies, within so long, unless."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from throughline.duties.after import settle_all
from throughline.duties.conditions import ConditionPlan, HeardPlan
from throughline.duties.counting import before
from throughline.duties.holding import in_states, never_in_states
from throughline.duties.life import Facts, Life, Opening, in_order
from throughline.duties.parts import Period
from throughline.duties.plan import Plan
from throughline.duties.shape_parts import Unmoved
from throughline.timeline import Happening
from throughline.timeline.happenings import about_last
from throughline.words.calendars import OutsideCalendar, birthday, london_date, school_days

_ONE_DAY = timedelta(days=1)
HOURS_UNKNOWN = "for how many hours"
_BY_DAY = itemgetter(1)
_Holds = Callable[[Sequence[Happening]], bool]
"""Whether what was told makes the pattern."""


class _Raised(NamedTuple):
    day: date
    told: tuple[Happening, ...]
    """What makes the pattern, the last first."""
    says: str
    missing: str


def pattern(plan: Plan, life: Life) -> None:
    """So many of these, from so many agencies, within so long, unless something was done shortly before."""
    settle_all(plan, life, _come_about)


def _come_about(plan: Plan, life: Life) -> list[Opening]:
    if never_in_states(plan, life):
        return []
    raised = [found for condition in plan.conditions for found in _raised(condition, life)]
    raised.sort(key=lambda r: (r.day, bool(r.missing)))
    openings: dict[tuple[date, str], Opening] = {}
    for found in raised:
        opening = _pattern(plan, life, found)
        if opening is not None:
            openings.setdefault((found.day, found.told[0].key), opening)
    return list(openings.values())


def _pattern(plan: Plan, life: Life, found: _Raised) -> Opening | None:
    own = plan.rule.pattern
    assert own is not None
    if own.unless is not None and _done_shortly_before(own.unless, life, found.day):
        return None
    if own.soon_after is not None and not _done_shortly_before(own.soon_after, life, found.day):
        return None
    if _in_one_of(own.not_in, life, found.day):
        return None
    if own.under is not None and life.line.dob is not None and found.day >= birthday(life.line.dob, own.under):
        return None
    missing, facts = in_states(plan, life, found.day) if plan.in_states else ("", ())
    if plan.in_states and not facts and not missing:
        return None
    said: Facts = ((found.says, found.told[0]), *facts)
    doubt = found.missing or missing
    return Opening(found.told[0], found.day, said, found.told, cannot_tell=doubt, dated=not found.missing)


def _in_one_of(states: Sequence[str], life: Life, day: date) -> bool:
    return any(segment.holds_on(day) for state in states for segment in life.line.segments(state))


def _done_shortly_before(unless: Unmoved, life: Life, day: date) -> bool:
    since = before(unless.within.unit, day, unless.within.amount, school_days())
    for kind in unless.kinds:
        told = life.of(kind)
        last = bisect_right(told, day, key=_BY_DAY)
        if last and told[last - 1].happened_on > since:
            return True
    return False


def _raised(condition: ConditionPlan, life: Life) -> Iterable[_Raised]:
    if condition.of_state is not None:
        return _lasted(condition, life)
    heard = {id(h): h for kind in condition.kinds if kind in life.told_of for h in life.told(kind) if condition.fits(h)}
    if not heard or (len(heard) < condition.at_least and not condition.types):
        return ()
    sorts_of = {key: condition.sorts_of(h) for key, h in heard.items()} if condition.different else {}
    if len({n for sorts in sorts_of.values() for n in sorts}) < condition.different:
        return ()
    told = in_order(heard.values())
    if condition.in_states:
        told = [h for h in told if _in_one_of(condition.in_states, life, h.happened_on)]
    holds = partial(condition.holds, whose=life.whose, sorts_of=sorts_of)
    if condition.within is None:
        return [_Raised(h[1], (h,), condition.says, "") for h in told if holds((h,))]
    # More never unmakes it: what all of it together does not make, no part does.
    return _within(condition, condition.within, life, told, holds) if holds(told) else ()


def _within(
    condition: ConditionPlan, within: Period | str, life: Life, told: Sequence[Happening], holds: _Holds
) -> Iterator[_Raised]:
    """What came about before goes on; it is raised when the last of it makes it so."""
    settled, broken = _settled(condition, life, told), in_order(_heard(condition.broken_by, life))
    days = [h.happened_on for h in told]
    for i, day in enumerate(days):
        first = bisect_right(days, _since(within, day, life, broken))
        recent = told[first : i + 1]
        if settled:
            recent = [h for j, h in enumerate(recent, start=first) if settled.get(j, day) >= day]
        if holds(recent) and not holds(recent[:-1]):
            yield _Raised(day, tuple(reversed(recent)), condition.says, "")


def _heard(of: Iterable[HeardPlan], life: Life) -> Iterator[Happening]:
    for each in of:
        yield from (h for h in life.of(each.kind) if each.holds(h))


def _settled(condition: ConditionPlan, life: Life, told: Sequence[Happening]) -> dict[int, date]:
    """Which of what was told was settled, and when first."""
    found: dict[int, date] = {}
    for answer in _heard(condition.settled_by, life):
        about = about_last(answer, told)
        if about is not None:
            found[about] = min(answer.happened_on, found.get(about, answer.happened_on))
    return found


def _since(within: Period | str, day: date, life: Life, broken: Sequence[Happening]) -> date:
    """The day after which what was told counts for a pattern that would come about on `day`."""
    if isinstance(within, str):
        since = _half_term(life, day) - _ONE_DAY
    else:
        since = before(within.unit, day, within.amount, school_days())
    return max([since, *(h.happened_on for h in broken if h.happened_on <= day)]) if broken else since


def _half_term(life: Life, day: date) -> date:
    """Its first day; where no school calendar reaches, the day itself, so that it is raised by that day alone."""
    try:
        return life.line.school.half_term(day)[0]
    except OutsideCalendar:
        return day


def _lasted(condition: ConditionPlan, life: Life) -> Iterator[_Raised]:
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
            yield _Raised(day, told, condition.says, HOURS_UNKNOWN)
