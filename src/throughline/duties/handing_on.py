"""Duties with several points from one anchor, and duties that what became of another opens."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from throughline.duties.after import settle_all, triggered
from throughline.duties.instance import Instance
from throughline.duties.life import Life, Opening, answers_to
from throughline.duties.plan import Plan
from throughline.duties.settling import settle_as
from throughline.duties.shape_parts import Relay
from throughline.words.calendars import london_date

AFTER_ALL = "it was done after all"


def series(plan: Plan, life: Life) -> None:
    """Several points from one anchor. An answer meets one point, the first that is not met yet; one before the
    point's predecessor was due is too early for it."""
    openings = sorted(triggered(plan, life), key=lambda opening: opening.trigger.earliest)
    answers = answers_to(plan, life)
    for i, opening in enumerate(openings):
        following = openings[i + 1].counted_from if i + 1 < len(openings) else date.max
        unused = [h for h in answers if opening.counted_from <= h.happened_on < following]
        since = opening.counted_from
        for point in plan.points:
            reckoned = point.clock.reckon(opening.counted_from, opening.trigger, life.line)
            if reckoned is None:
                continue
            mine = [h for h in unused if h.happened_on >= since and h.kind in point.answers][:1]
            settle_as(point, life, opening, reckoned, mine)
            unused = [h for h in unused if h not in mine]
            since = reckoned.due_day + timedelta(days=1)


def relay(plan: Plan, life: Life) -> None:
    """What became of another duty opens this one."""
    settle_all(plan, life, _relayed)


def _relayed(plan: Plan, life: Life) -> list[Opening]:
    own = plan.rule.relay
    assert own is not None
    handed_on = _once_overdue if own.when == "overdue" else _once_met
    openings = [o for i in life.instances if i[1] == own.of if (o := handed_on(own, i)) is not None]
    return openings if life.ahead else [o for o in openings if o[1] <= life.day]


def _once_overdue(own: Relay, parent: Instance) -> Opening | None:
    due, done = parent.due, parent.met_at
    if due is None or (done is not None and parent.in_time is not False):
        return None
    day = london_date(due) if isinstance(due, datetime) else due
    if parent.ended_why and (parent.ended_on is None or parent.ended_on <= day):
        return None
    until = london_date(done) if isinstance(done, datetime) else done
    facts = (*parent.facts, (own.says, None))
    # Where nobody can tell of the one, nobody can of what follows; it stood ahead before that was known.
    return Opening(parent.trigger, day, facts, (parent.trigger,), until, AFTER_ALL, "", parent.cannot_tell)


def _once_met(own: Relay, parent: Instance) -> Opening | None:
    met = parent.met_by
    if met is None or not (own.when == "met" or parent.met_route):
        return None
    return Opening(met, met.happened_on, ((own.says, met),), (met, parent.trigger))
