"""Duties counted within a state: its opening is point 0, the first answer in it point 1, and so on.

Each point opens an instance that the next answer meets. A placement move opens nothing: it is no point of
the state *in care*. Leaving care and coming back begins a new stretch, and counting starts again.
"""

from __future__ import annotations

from datetime import date, timedelta

from throughline.duties.life import Facts, Life, Opening, Points, Stretch, answers_to
from throughline.duties.plan import Plan, TriggerPlan
from throughline.duties.settling import settle
from throughline.timeline import Happening

_new = tuple.__new__


def in_series(plan: Plan, life: Life) -> None:
    """Open and settle the points of one rule in every stretch of its state."""
    points = life.points.get(plan.series)
    if points is None:
        points = life.points[plan.series] = _points(plan, life)
    first, last = plan.first, plan.last
    for stretch, held, sure in points:
        end = stretch.end
        if end is not None and end > life.day:
            end = None
        if first == 0:
            _opened(plan, life, stretch, held, end)
        # Where earlier answers may be missing, nobody can say which is the first: all count as later ones.
        if not sure and last is not None:
            continue
        stop = len(held) if last is None or last > len(held) else last
        for i in range(first - 1 if sure and first else 0, stop):
            point = held[i]
            day = point[1]
            if end is not None and day >= end:
                break
            trigger = plan.by_kind.get(point[0])
            if trigger is not None:
                fact = (trigger.fact(point),)
                opening = _new(Opening, (point, day, fact, (point,), end, plan.state_ended, "", "", True, ""))
                settle(plan, life, opening, held[i + 1 : i + 2])


def _opened(plan: Plan, life: Life, stretch: Stretch, held: list[Happening], end: date | None) -> None:
    """The instance that the opening of the state itself begins."""
    opener = stretch.opened_by
    trigger = plan.by_kind.get(opener.kind)
    if trigger is None or not trigger.holds(opener):
        return
    counted, facts, rests_on = counted_from(trigger, life, opener)
    missing = trigger.cannot_tell
    fields = (
        opener,
        counted,
        facts,
        rests_on,
        end,
        plan.state_ended,
        trigger.estimated,
        missing,
        not missing,
        "",
    )
    settle(plan, life, _new(Opening, fields), () if missing else held[:1])


def counted_from(trigger: TriggerPlan, life: Life, happening: Happening) -> tuple[date, Facts, tuple[Happening, ...]]:
    """The day a trigger's count runs from, the facts in words, and what both rest on."""
    fact = trigger.fact(happening)
    anchor = trigger.count_from
    if anchor is not None:
        earliest = happening.happened_on - timedelta(days=anchor.days_before)
        marks = frozenset(anchor.without)
        for other in reversed(life.of(anchor.kind)):
            if other.happened_on < earliest:
                break
            if other.happened_on <= happening.happened_on and not (marks and marks & other.sure_marks):
                return other.happened_on, ((anchor.says, other), fact), (happening, other)
    return happening.happened_on, (fact,), (happening,)


def _points(plan: Plan, life: Life) -> Points:
    stretches = _stretches(plan, life)
    if not stretches:
        return []
    answers = answers_to(plan, life)
    found: Points = []
    for stretch in stretches:
        start, end = stretch[0], stretch[1]
        held: list[Happening] = []
        last: date | None = None
        for answer in answers:
            day = answer[1]
            # Two records of one day are one review, whoever sent them.
            if day >= start and day != last and (end is None or day <= end):
                held.append(answer)
                last = day
        found.append((stretch, held, _sure(plan, life, stretch, held)))
    return found


def _sure(plan: Plan, life: Life, stretch: Stretch, held: list[Happening]) -> bool:
    """Whether the first answer we know of is the first there was."""
    if not stretch.start_known:
        return False
    if not held:
        return True
    through = life.covered_to(plan.asked, stretch.start)
    if through is None and not life.spans[plan.asked]:
        return True
    return through is not None and through >= held[0].happened_on


def _stretches(plan: Plan, life: Life) -> list[Stretch]:
    """Segments of the state with the attributes asked for; those close together as one if the rule says so."""
    wanted = life.line.segments(plan.state)
    for name, value in plan.state_with:
        wanted = [s for s in wanted if s.attrs.get(name) == value]
    stretches = [_new(Stretch, (s[1], s[2], s[6], s[4], (s,))) for s in wanted]
    if plan.joined_within is None or not stretches:
        return stretches
    gap = timedelta(days=plan.joined_within)
    joined = stretches[:1]
    for stretch in stretches[1:]:
        last = joined[-1]
        if last.end is not None and stretch.start <= last.end + gap:
            joined[-1] = last._replace(end=stretch.end, segments=last.segments + stretch.segments)
        else:
            joined.append(stretch)
    return [s if s.end is None else s._replace(end=s.end + gap) for s in joined]
