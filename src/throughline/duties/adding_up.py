"""Duties that several happenings open together by what they amount to within a term or year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from throughline.duties.after import settle_all
from throughline.duties.holding import in_states, never_in_states
from throughline.duties.life import Life, Opening, in_order
from throughline.duties.plan import Plan
from throughline.duties.shape_parts import Adding
from throughline.timeline import Happening
from throughline.timeline.states import sessions
from throughline.words.calendars import statutory_term

_ONE_DAY = timedelta(days=1)
LENGTH_UNKNOWN = "how many sessions each lasts"


def total(plan: Plan, life: Life) -> None:
    """What happenings come to within a term or year; the one that takes it to the mark opens the duty."""
    settle_all(plan, life, _passed)


def _passed(plan: Plan, life: Life) -> list[Opening]:
    own = plan.rule.total
    assert own is not None
    if never_in_states(plan, life):
        return []
    gone = _references(life, own.cancelled_by)
    told = in_order(h for kind in own.kinds for h in life.of(kind) if not gone & h.refs)
    within: dict[date, list[Happening]] = {}
    for happening in told:
        within.setdefault(_spans(own, happening.happened_on)[1], []).append(happening)
    return [o for last, some in within.items() if (o := _total(plan, life, own, last, some)) is not None]


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
    return _opened(plan, life, own, told, "a number not known", last, LENGTH_UNKNOWN) if unsure else None


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
