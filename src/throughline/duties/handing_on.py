"""Duties with several points from one anchor, and duties that what became of another opens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from throughline.duties.after import settle_all, triggered
from throughline.duties.instance import Instance
from throughline.duties.life import Life, Opening, answers_to
from throughline.duties.plan import Plan
from throughline.duties.settling import settle_as
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
    openings = [o for i in life.instances if i[1] == own.of for o in _handed_on(plan, i)]
    return openings if life.ahead else [o for o in openings if o[1] <= life.day]


def _handed_on(plan: Plan, parent: Instance) -> Iterator[Opening]:
    own = plan.rule.relay
    assert own is not None
    met = parent.met_by
    if own.when == "overdue":
        late = parent.met_at is None or parent.in_time is False
        if parent.due is not None and late:
            due = london_date(parent.due) if isinstance(parent.due, datetime) else parent.due
            if parent.ended_why and (parent.ended_on is None or parent.ended_on <= due):
                return
            done = london_date(parent.met_at) if isinstance(parent.met_at, datetime) else parent.met_at
            facts = (*parent.facts, (own.says, None))
            # Where nobody can tell of the one, nobody can of what follows; it stood ahead before that was known.
            yield Opening(parent.trigger, due, facts, (parent.trigger,), done, AFTER_ALL, "", parent.cannot_tell)
    elif met is not None and (own.when == "met" or parent.met_route):
        yield Opening(met, met.happened_on, ((own.says, met),), (met, parent.trigger))
