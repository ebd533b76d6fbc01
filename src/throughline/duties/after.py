"""Duties that each trigger opens once: an interview after a return, a conference after an enquiry."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from throughline.duties.counting import before
from throughline.duties.holding import in_states, never_in_states
from throughline.duties.life import Life, Opening, answers_to, in_order
from throughline.duties.parts import Period
from throughline.duties.plan import Plan, TriggerPlan
from throughline.duties.series import counted_from, in_series
from throughline.duties.settling import settle
from throughline.timeline import Happening
from throughline.timeline.states import sessions
from throughline.words.calendars import school_days, statutory_term

_new = tuple.__new__
_ONE_DAY = timedelta(days=1)
LENGTH_UNKNOWN = "how many sessions the suspension lasts"


def after(plan: Plan, life: Life) -> None:
    """Open and settle one rule's instances, one for each trigger."""
    if plan.state:
        in_series(plan, life)
        return
    settle_all(plan, life, triggered if plan.run is None else _runs)


def settle_all(plan: Plan, life: Life, find: Callable[[Plan, Life], list[Opening]]) -> None:
    """Settle the openings of one rule, each with the answers that are its own. Its stages share what `find` finds."""
    openings = life.openings.get(plan.id) if plan.stage else None
    if openings is None:
        openings = _prepared(plan, life, find(plan, life))
        if plan.stage:
            life.openings[plan.id] = openings
    if not openings:
        return
    if plan.told.isdisjoint(life.present):
        for opening in openings:
            settle(plan, life, opening, ())
        return
    answers = answers_to(plan, life)
    if not plan.nearest:
        back = plan.looks_back
        days = [opening.counted_from for opening in openings]
        for i, opening in enumerate(openings):
            since = None
            if back is not None:
                since = looks_back_to(back if isinstance(back, Period) else None, days, i, answers)
            settle(plan, life, opening, answers, (), since)
        return
    known = life.references_of(plan.episode_kinds)
    answered = _about(openings, answers, known)
    evidence = _about(openings, in_order(h for kind in plan.evidence for h in life.of(kind)), known)
    for i, opening in enumerate(openings):
        given = answered.get(i, ())
        settle(plan, life, opening, given, (*evidence.get(i, ()), *given))


def _prepared(plan: Plan, life: Life, openings: list[Opening]) -> list[Opening]:
    """In time order, gathered, and those that something takes away not owed."""
    if len(openings) > 1:
        openings.sort(key=lambda opening: opening.trigger.earliest)
        if plan.gathers is not None:
            openings = _gathered(plan, life, openings, plan.gathers)
    return _taken_away(plan, life, openings) if plan.takes_away and openings else openings


def _gathered(plan: Plan, life: Life, openings: Sequence[Opening], soon: Period) -> list[Opening]:
    """Those that come so soon after the last, with nothing between that answered or ended it, are added to it."""
    parting = sorted(h.happened_on for kind, asked in plan.parted_by for h in life.of(kind) if asked.holds(h))
    kept: list[Opening] = []
    last, parted = date.min, -1
    for opening in openings:
        day = opening.counted_from
        before_it = bisect_left(parting, day)
        if kept and before_it == parted and before(soon.unit, day, soon.amount, life.line.school) <= last:
            first = kept[-1]
            facts = (*first.facts, *(fact for fact in opening.facts if fact not in first.facts))
            told = (*first.rests_on, *(h for h in opening.rests_on if h not in first.rests_on))
            kept[-1] = first._replace(facts=facts, rests_on=told)
        else:
            kept.append(opening)
        last, parted = day, before_it
    return kept


def looks_back_to(period: Period | None, days: Sequence[date], i: int, answers: Sequence[Happening]) -> date:
    """The first day on which an answer counts for the trigger of `days[i]`.

    Without a period: after the trigger before it, and after what met that one late. An answer between two triggers
    is the earlier one's, unless something had been told for that beforehand.
    """
    if period is not None:
        return before(period.unit, days[i], period.amount, school_days())
    if i == 0:
        return date.min
    last, one_before = days[i - 1], days[i - 2] if i > 1 else date.min
    if any(one_before < answer.happened_on <= last for answer in answers):
        return last + _ONE_DAY
    late = next((a.happened_on for a in answers if last < a.happened_on < days[i]), last)
    return late + _ONE_DAY


# --- what opens it -------------------------------------------------------------------------------------


def triggered(plan: Plan, life: Life) -> list[Opening]:
    """An opening for each happening that is one of the rule's triggers."""
    openings: list[Opening] = []
    if never_in_states(plan, life):
        return openings
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


def _runs(plan: Plan, life: Life) -> list[Opening]:
    """Runs of a state longer than so many school days; before a version that joins them, each part alone."""
    assert plan.run is not None
    state, longer_than = plan.run
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
    unsure = LENGTH_UNKNOWN if known <= 2 * longer_than else ""
    return Opening(parts[0], parts[0].happened_on, facts, tuple(parts), cannot_tell=unsure, dated=not unsure)


# --- what became of it ---------------------------------------------------------------------------------


def _about(openings: Sequence[Opening], told: Iterable[Happening], known: frozenset[str]) -> dict[int, list[Happening]]:
    """Opening -> what is about it: by the reference it names, else the opening it most closely follows.

    What names a reference of `known` that is none of these openings is about something else.
    """
    named_by: dict[str, list[int]] = {}
    for i, opening in enumerate(openings):
        for ref in frozenset().union(*(h.refs for h in opening.rests_on)):
            named_by.setdefault(ref, []).append(i)
    begun = [opening.trigger.earliest for opening in openings]
    found: dict[int, list[Happening]] = {}
    for happening in told:
        named = happening.refs
        before = bisect_right(begun, happening.latest)
        if named & known:
            meant: Iterable[int] = {i for ref in named for i in named_by.get(ref, ()) if i < before}
        else:
            meant = (before - 1,) if before else ()
        for i in meant:
            found.setdefault(i, []).append(happening)
    return found


def _taken_away(plan: Plan, life: Life, openings: list[Opening]) -> list[Opening]:
    """The same openings; those that something takes away, as if they had not been, are not owed."""
    for kind, why in plan.takes_away:
        told = life.of(kind)
        if told:
            gone = _about(openings, told, life.references_of(plan.episode_kinds))
            openings = [o._replace(not_owed=why) if i in gone else o for i, o in enumerate(openings)]
    return openings
