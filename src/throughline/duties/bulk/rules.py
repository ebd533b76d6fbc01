"""Rules as rows: each piece of a rule document that a query reads, as a small table by plan.

A plan's number `r` is the key of all of them. Lists that say nothing are null, so that queries need not look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import ibis.expr.types as ir

from throughline import words
from throughline.duties.bulk.ground import EVER, NEVER, Ground
from throughline.duties.parts import NO_FIGURE, Period
from throughline.duties.plan import Plan
from throughline.timeline import CoverageIndex

_ONE_DAY = timedelta(days=1)
Asked = Iterable[tuple[str, Iterable[str]]]
"""Details, each with the codes that count."""


class Rules(NamedTuple):
    """Plans by number, and their tables."""

    plans: Sequence[Plan]
    plan: ir.Table
    version: ir.Table
    trigger: ir.Table
    answer: ir.Table
    """What may be said of what became of it; `given` tells answers from evidence."""
    end: ir.Table
    away: ir.Table
    """What takes a duty away as if it had not been, told of what it names."""
    episode: ir.Table
    """Kinds whose references name what the triggers tell of."""
    cover: ir.Table
    """For each plan and authorities, and every day counted from: how far it is covered, and what is missing."""
    in_state: ir.Table
    parting: ir.Table
    """Where a rule gathers: what makes a further trigger begin anew."""
    still: ir.Table
    """For each state and authorities, and every first day: until when its end would have been told."""
    codes: int
    """How many details any trigger, answer or extension asks for at most."""
    needs: int

    chosen: frozenset[int]
    """Numbers of the plans that are asked for."""

    def of(self, how: str) -> list[int]:
        """Numbers of the plans that one query carries."""
        return [r for r, plan in enumerate(self.plans) if r in self.chosen and how_of(plan) == how]

    def only(self, numbers: Iterable[int]) -> Rules:
        """The same, asking for these plans only."""
        chosen = frozenset(numbers)
        return self._replace(chosen=chosen, trigger=self.trigger.filter(self.trigger.r.isin(sorted(chosen))))


def how_of(plan: Plan) -> str:
    """Which query carries it: its shape, but for those that open alike or by a state."""
    if plan.state:
        return "in_state"
    if plan.run:
        return "run"
    return "after" if plan.shape in ("window", "open") else plan.shape


def rules(plans: Sequence[Plan], ground: Ground) -> Rules:
    """The tables of these plans."""
    codes = max((len(list(asked)) for plan in plans for asked in _asked(plan)), default=0)
    needs = max((len(plan.needs) for plan in plans), default=1)
    some_codes = {f"code{i}": "ss" for i in range(codes)}
    numbered = list(enumerate(plans))

    def put(what: str, columns: Mapping[str, str], rows: Iterable[Iterable[Any]]) -> ir.Table:
        return ground.store.put(f"bulk_{what}", columns, rows)

    def each(rows_of: Any, *more: Any) -> Iterator[tuple[Any, ...]]:
        return ((r, *row) for r, plan in numbered for row in rows_of(plan, *more))

    return Rules(
        plans,
        put("plan", _PLAN, each(_plan)),
        put("version", _VERSION, each(_versions)),
        put("trigger", _TRIGGER | some_codes, each(_triggers, codes)),
        put("answer", _ANSWER | some_codes, each(_answers, codes)),
        put("end", _END, each(_ends)),
        put("away", _AWAY, each(_away)),
        put("episode", {"r": "i", "called": "s"}, each(lambda plan: ((kind,) for kind in sorted(plan.episode_kinds)))),
        put("cover", _COVER | _needed(needs), _covered(plans, ground, needs)),
        put("in_state", _IN_STATE, each(_in_states)),
        put("parting", _PARTING | some_codes, each(_parting, codes)),
        put("still", _STILL, _whether_still(plans, ground)),
        codes,
        needs,
        frozenset(range(len(plans))),
    )


_PLAN = {
    "r": "i", "duty": "s", "stage": "s", "subject_kind": "s", "under_18": "b", "until_18": "b", "of_school_age": "b",
    "hours": "b", "by_school": "b", "unit": "s", "figure": "b", "precision": "s", "closes": "b", "nearest": "b",
    "begins": "i", "inclusive": "b", "warn_unit": "s", "warn_amount": "i", "state_ended": "s",
    "back_unit": "s", "back_amount": "i", "back_last": "b", "forward": "s", "soon_unit": "s", "soon_amount": "i",
    "from_months": "i", "below_months": "i", "moves": "b", "rolls_forward": "b",
}  # fmt: skip


def _plan(plan: Plan) -> Iterator[tuple[Any, ...]]:
    rule = plan.rule
    back = plan.looks_back
    period = back if isinstance(back, Period) else None
    yield (
        plan.id, plan.stage, rule.subject, plan.under_18, plan.until_18, plan.of_school_age,
        plan.hours, plan.school, plan.unit, plan.unit != NO_FIGURE, plan.precision, plan.closes, plan.nearest,
        int(rule.begins_next_day), rule.count_trigger_day, rule.warn.unit, rule.warn.amount, plan.state_ended,
        period.unit if period else None, period.amount if period else None, back == "last_trigger",
        plan.earliest_of.kind if plan.earliest_of else None,
        plan.gathers and plan.gathers.unit, plan.gathers and plan.gathers.amount,
        *(plan.aged or (None, None)), plan.moves, plan.rolls_forward,
    )  # fmt: skip


_VERSION = {"r": "i", "v_first": "d", "v_last": "d", "version": "s", "amount": "i", "length": "s", "joined": "b"}


def _versions(plan: Plan) -> Iterator[tuple[Any, ...]]:
    """Days counted from on which each version is the one: the last that has begun, if it has not ended."""
    found = plan.clock.versions
    for version, following in zip(found, (*found[1:], None), strict=True):
        last = version.end or NEVER
        if following is not None and following.start is not None:
            last = min(last, following.start - _ONE_DAY)
        first = version.start or EVER
        if first <= last:
            yield first, last, version.id, version.amount, version.unit, version.joined


_TRIGGER = {
    "r": "i", "t": "i", "how": "s", "called": "s", "with_": "ss", "without": "ss", "estimated": "s", "unsure": "s",
    "not_marks": "ss", "not_whys": "ss", "anchor": "s", "anchor_days": "i", "anchor_without": "ss",
    "unless": "s", "unless_days": "i", "over": "i",
}  # fmt: skip


def _triggers(plan: Plan, codes: int) -> Iterator[tuple[Any, ...]]:
    for t, trigger in enumerate(plan.triggers):
        anchor, unless = trigger.count_from, trigger.unless
        yield (
            t, how_of(plan), trigger.kind, _some(trigger.with_), _some(trigger.without),
            trigger.estimated, trigger.cannot_tell,
            [mark for mark, _ in plan.not_owed] or None, [why for _, why in plan.not_owed] or None,
            anchor and anchor.kind, anchor and anchor.days_before, _some(anchor.without if anchor else ()),
            unless.kind if unless else None, unless.days if unless else None, trigger.over_school_days,
            *asked_codes(trigger.codes, codes),
        )  # fmt: skip


_ANSWER = {
    "r": "i", "given": "b", "ko": "i", "called": "s", "with_": "ss", "without": "ss", "route": "s",
}  # fmt: skip


def _answers(plan: Plan, codes: int) -> Iterator[tuple[Any, ...]]:
    for ko, kind in enumerate(plan.evidence):
        yield (False, ko, kind, None, None, "", *asked_codes((), codes))
    for ko, kind in enumerate(plan.answers):
        wanted = plan.wanted.get(kind)
        asked = wanted.codes if wanted else ()
        with_, without = (wanted.with_, wanted.without) if wanted else ((), ())
        yield (True, ko, kind, _some(with_), _some(without), plan.routes[kind], *asked_codes(asked, codes))


_END = {"r": "i", "eo": "i", "called": "s", "marks": "ss", "why": "s", "never": "b"}
_AWAY = {"r": "i", "eo": "i", "called": "s", "why": "s"}


def _ends(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for eo, end in enumerate(plan.ends):
        yield eo, end.kind, _some(end.marks), end.why, end.never_owed


def _away(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for eo, (kind, why) in enumerate(plan.takes_away):
        yield eo, kind, why


_IN_STATE = {"r": "i", "so": "i", "state": "s", "lasted_unit": "s", "lasted_amount": "i"}


def _in_states(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for so, (state, _) in enumerate(plan.in_states):
        lasted = plan.lasted.get(state)
        yield so, state, lasted and lasted.unit, lasted and lasted.amount


_PARTING = {"r": "i", "called": "s", "with_": "ss", "without": "ss"}


def _parting(plan: Plan, codes: int) -> Iterator[tuple[Any, ...]]:
    for kind, wanted in plan.parted_by:
        yield kind, _some(wanted.with_), _some(wanted.without), *asked_codes(wanted.codes, codes)


def _some(given: Iterable[str]) -> list[str] | None:
    return sorted(given) or None


def _asked(plan: Plan) -> Iterator[Asked]:
    yield from (t.codes for t in plan.triggers)
    yield from (asked.codes for asked in plan.wanted.values())
    rule = plan.rule
    if rule.limit is not None:
        yield from (extension.codes.items() for extension in rule.limit.extended_by)
    if rule.seat is not None:
        yield from (told.codes.items() for told in (*rule.seat.taken_by, *rule.seat.left_by))


def asked_codes(asked: Asked, count: int) -> list[list[str] | None]:
    """Details asked for, each as the list of what they may say."""
    found: list[list[str] | None] = [[f"{name}={code}" for code in codes] for name, codes in asked]
    return found + [None] * (count - len(found))


# --- coverage ----------------------------------------------------------------------------------------------

_COVER = {
    "r": "i", "las": "i", "c_first": "d", "c_last": "d", "through": "d", "asked_some": "b", "asked_words": "s",
    "words": "s", "asked_through": "d",
}  # fmt: skip


def _needed(count: int) -> dict[str, str]:
    return {f"{name}{i}": type for i in range(count) for name, type in (("through", "d"), ("words", "s"))}


def _covered(plans: Sequence[Plan], ground: Ground, needs: int) -> Iterator[tuple[Any, ...]]:
    """Nothing for those of a plan and authorities that sleeps, because nobody supplies what it needs."""
    coverage = ground.coverage
    for number, las in enumerate(ground.authorities):
        for r, plan in enumerate(plans):
            if plan.needs_feed and not coverage.spans(plan.needs_feed, las):
                continue
            sets = [plan.needed, plan.asked, *(kinds for kinds, _ in plan.needs)]
            called = plan.needs[0][1]
            for first, last in _stretches(coverage, sets, las):
                each: list[Any] = []
                for kinds, name in plan.needs:
                    each += [coverage.through(kinds, first, las), coverage.since_words(kinds, name, first, las)]
                yield (
                    r, number, first, last, coverage.through(plan.needed, first, las),
                    bool(coverage.spans(plan.asked, las)), coverage.since_words(plan.asked, called, first, las),
                    coverage.since_words(plan.needed, called, first, las), coverage.through(plan.asked, first, las),
                    *each, *[None] * (2 * needs - len(each)),
                )  # fmt: skip


def _stretches(
    coverage: CoverageIndex, sets: Iterable[frozenset[str]], las: frozenset[str]
) -> Iterator[tuple[date, date]]:
    """All time, cut wherever what is covered begins or ends."""
    cuts = {EVER, NEVER}
    for kinds in sets:
        for first, last in coverage.spans(kinds, las):
            cuts |= {first, last + _ONE_DAY}
    ordered = sorted(cuts)
    for first, following in pairwise(ordered):
        yield first, following - _ONE_DAY if following != NEVER else NEVER


_STILL = {"state": "s", "las": "i", "s_first": "d", "s_last": "d", "told_to": "d", "still_words": "s"}


def _whether_still(plans: Sequence[Plan], ground: Ground) -> Iterator[tuple[Any, ...]]:
    states = {state for plan in plans for state, _ in plan.in_states}
    states |= {plan.rule.lasting.state for plan in plans if plan.rule.lasting is not None}
    for state in sorted(states):
        known = words.states()[state]
        closers = frozenset(known.closed_by)
        what = f"whether still {known.title.lower()}"
        for number, las in enumerate(ground.authorities):
            for first, last in _stretches(ground.coverage, [closers], las):
                told_to = ground.coverage.end_for(closers, las)
                yield state, number, first, last, told_to, ground.coverage.since_words(closers, what, first, las)
