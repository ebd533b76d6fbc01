"""What held for a child on a day: in which state, for how long, and whether that can still be told."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from throughline.duties.counting import before
from throughline.duties.life import Facts, Life
from throughline.duties.plan import Plan
from throughline.timeline import Segment
from throughline.words import states
from throughline.words.calendars import school_days


def never_in_states(plan: Plan, life: Life) -> bool:
    """Whether the rule is for a child in one of some states, and this one was in none of them, ever."""
    return bool(plan.in_states) and not any(life.line.segments(state) for state, _ in plan.in_states)


def in_states(plan: Plan, life: Life, day: date) -> tuple[str, Facts]:
    """What is missing to tell whether the child was in one of the rule's states, or the fact that they were."""
    missing = ""
    for state, fact in plan.in_states:
        for segment in life.line.segments(state):
            start, end = segment[1], segment[2]
            if start <= day and (end is None or day < end) and _long_enough(plan, state, segment, day):
                missing = whether_still(segment, life, day)
                if not missing:
                    return "", ((fact, segment.opened_by),)
    return missing, ()


def _long_enough(plan: Plan, state: str, segment: Segment, day: date) -> bool:
    period = plan.lasted.get(state)
    return period is None or segment.start <= before(period.unit, day, period.amount, school_days())


def whether_still(segment: Segment, life: Life, day: date) -> str:
    """What is missing to tell that an open state went on to `day`; blank: its ending would have been told."""
    if segment.end is not None:
        return ""
    closers, what = _ending(segment.state)
    spans = life.spans_of(closers)
    if not spans or spans[-1][1] >= min(day, life.day):
        return ""
    return life.coverage.since_words(closers, what, segment.start, life.las)


@lru_cache
def _ending(state: str) -> tuple[frozenset[str], str]:
    """Kinds that would tell of a state's end, and the question in words."""
    known = states()[state]
    return frozenset(known.closed_by), f"whether still {known.title.lower()}"
