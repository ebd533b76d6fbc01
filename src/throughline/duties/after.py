"""Duties that each trigger opens once: an interview after a return, a conference after an enquiry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from throughline.duties.counting import before
from throughline.duties.parts import Period
from throughline.duties.plan import Plan, TriggerPlan
from throughline.duties.series import counted_from, in_series
from throughline.duties.settling import Life, Opening, answers_to, in_order, in_states, settle
from throughline.timeline import Happening
from throughline.timeline.states import sessions
from throughline.words.calendars import school_days, statutory_term

_new = tuple.__new__
_LENGTH_UNKNOWN = "how many sessions the suspension lasts"


def after(plan: Plan, life: Life) -> None:
    """Open and settle one rule's instances, one for each trigger."""
    if plan.state:
        in_series(plan, life)
        return
    settle_all(plan, life, triggered(plan, life) if plan.run is None else _runs(plan, life, *plan.run))


def settle_all(plan: Plan, life: Life, openings: list[Opening]) -> None:
    """Settle the openings of one rule, each with the answers that are its own."""
    if not openings:
        return
    if len(openings) > 1:
        openings.sort(key=lambda opening: opening.trigger.earliest)
    if plan.takes_away:
        openings = _taken_away(plan, life, openings)
    if plan.told.isdisjoint(life.kinds):
        for opening in openings:
            settle(plan, life, opening, ())
        return
    answers = answers_to(plan, life)
    if not plan.nearest:
        since: date | None = None
        for i, opening in enumerate(openings):
            if plan.looks_back is not None:
                period = plan.looks_back if isinstance(plan.looks_back, Period) else None
                since = looks_back_to(period, opening.counted_from, openings[i - 1].counted_from if i else None)
            settle(plan, life, opening, answers, (), since)
        return
    known = _references(plan, life)
    answered = _about(openings, answers, known)
    evidence = _about(openings, in_order(h for kind in plan.evidence for h in life.of(kind)), known)
    for i, opening in enumerate(openings):
        given = answered.get(i, ())
        settle(plan, life, opening, given, (*evidence.get(i, ()), *given))


def looks_back_to(period: Period | None, day: date, last: date | None) -> date:
    """The first day on which an answer counts for a trigger of `day`; without a period, after the `last` one."""
    if period is not None:
        return before(period.unit, day, period.amount, school_days())
    return date.min if last is None else last + timedelta(days=1)


# --- what opens it -------------------------------------------------------------------------------------


def triggered(plan: Plan, life: Life) -> list[Opening]:
    """An opening for each happening that is one of the rule's triggers."""
    openings: list[Opening] = []
    for trigger in plan.triggers:
        for happening in life.of(trigger.kind):
            if not trigger.holds(happening) or (trigger.unless and _told_otherwise(trigger, life, happening)):
                continue
            limit = trigger.over_school_days
            if limit is not None and not _total_over(limit, life, happening):
                continue
            counted, facts, rests_on = counted_from(trigger, life, happening)
            missing = ""
            if plan.in_states:
                missing, state_facts = in_states(plan, life, happening.happened_on)
                if not state_facts and not missing:
                    continue
                facts += state_facts
            fields = (
                happening,
                counted,
                facts,
                rests_on,
                None,
                "",
                trigger.estimated,
                missing,
                True,
                _never_owed(plan, happening),
            )
            openings.append(_new(Opening, fields))
    return openings


def _never_owed(plan: Plan, happening: Happening) -> str:
    """Why a mark that every telling carries says that the duty does not arise; blank: it does."""
    if plan.not_owed:
        marks = happening.sure_marks
        for mark, why in plan.not_owed:
            if mark in marks:
                return why
    return ""


def _told_otherwise(trigger: TriggerPlan, life: Life, happening: Happening) -> bool:
    """Whether another kind tells of the same thing, so that this one is not counted twice."""
    unless = trigger.unless
    assert unless is not None
    refs = happening.refs
    for other in life.of(unless.kind):
        if refs and refs & other.refs:
            return True
        days = (other.happened_on - happening.happened_on).days
        if 0 <= days <= unless.days and not (refs and other.refs):
            return True
    return False


def _total_over(limit: int, life: Life, happening: Happening) -> bool:
    """Whether suspensions of the statutory term, this one included, come to more school days than this."""
    first, _ = statutory_term(happening.happened_on)
    cancelled = frozenset().union(*(h.refs for h in life.of("exclusion_cancelled")))
    total = sum(
        sessions(h) or 0
        for h in life.of(happening.kind)
        if first <= h.happened_on <= happening.happened_on and not (cancelled & h.refs)
    )
    return total > 2 * limit


def _runs(plan: Plan, life: Life, state: str, longer_than: int) -> list[Opening]:
    """Runs of a state longer than so many school days; before a version that joins them, each part alone."""
    openings: list[Opening] = []
    for segment in life.line.segments(state):
        version = plan.clock.version(segment.start)
        if version is None or version.joined:
            groups: list[Sequence[Happening]] = [segment.parts]
        else:
            groups = [(part,) for part in segment.parts]
        openings += [opening for parts in groups if (opening := _run(plan, life, parts, longer_than)) is not None]
    return openings


def _run(plan: Plan, life: Life, parts: Sequence[Happening], longer_than: int) -> Opening | None:
    counts = [sessions(part) for part in parts]
    known = sum(count or 0 for count in counts)
    if known <= 2 * longer_than and None not in counts:
        return None
    trigger = plan.by_kind[parts[0].kind]
    facts = tuple(trigger.fact(part) for part in parts)
    unsure = _LENGTH_UNKNOWN if known <= 2 * longer_than else ""
    return Opening(parts[0], parts[0].happened_on, facts, tuple(parts), cannot_tell=unsure, dated=not unsure)


# --- what became of it ---------------------------------------------------------------------------------


def _about(openings: Sequence[Opening], told: Iterable[Happening], known: frozenset[str]) -> dict[int, list[Happening]]:
    """Opening -> what is about it: by the reference it names, else the opening it most closely follows.

    What names a reference of `known` that is none of these openings is about something else.
    """
    refs = [frozenset().union(*(h.refs for h in opening.rests_on)) for opening in openings]
    found: dict[int, list[Happening]] = {}
    for happening in told:
        latest, named = happening.latest, happening.refs
        before = [i for i, opening in enumerate(openings) if opening.trigger.earliest <= latest]
        for i in [i for i in before if refs[i] & named] if named & known else before[-1:]:
            found.setdefault(i, []).append(happening)
    return found


def _references(plan: Plan, life: Life) -> frozenset[str]:
    """References of every episode on the line that the triggers can tell of."""
    return frozenset().union(*(h.refs for kind in plan.episode_kinds for h in life.of(kind)))


def _taken_away(plan: Plan, life: Life, openings: list[Opening]) -> list[Opening]:
    """The same openings; those that something takes away, as if they had not been, are not owed."""
    for kind, why in plan.takes_away:
        told = life.of(kind)
        if told:
            gone = _about(openings, told, _references(plan, life))
            openings = [o._replace(not_owed=why) if i in gone else o for i, o in enumerate(openings)]
    return openings
