"""Several points from one anchor, and what became of another duty, set-wise: the meaning of `duties.handing_on`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.going_on import told_once
from throughline.duties.bulk.ground import Ground, days_on
from throughline.duties.bulk.opening import as_opening, triggered
from throughline.duties.bulk.reckoning import NO_DAY, london_day, reckon
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import having
from throughline.duties.bulk.settling import KEY, MET, about, answers, settle
from throughline.duties.handing_on import AFTER_ALL

Query = Callable[[Ground, Rules], ir.Table]


def series(ground: Ground, rules: Rules) -> ir.Table:
    """Several points from one anchor. An answer meets one point, the first that is not met yet; one before the
    point's predecessor was due is too early for it."""
    numbers = rules.of("series")
    points = ground.store.put("bulk_points", {"r": "i", "rule": "s", "point": "i"}, _points(rules))
    o = triggered(ground, rules, "series")
    w = ibis.window(group_by=["r", "subject"], order_by=["early", "seq"])
    o = ground.store.cut(o.mutate(following=o.opened.lead().over(w)))
    following = o.select(*KEY, "following")
    o = reckon(ground, rules, o, any(rules.plans[r].hours for r in numbers))
    o = ground.store.cut(having(having(o, following, KEY), points, ["r"]))
    one = ["rule", "subject", "seq"]
    last = days_on(o.due_day.lag().over(ibis.window(group_by=one, order_by="point")), 1)
    o = ground.store.cut(o.mutate(from_=ibis.coalesce(last, o.opened)))
    a = answers(ground, rules, o)
    a = having(a, o.select(*KEY, "rule", "point", "from_", "following"), KEY)
    a = a.filter(a.a_day >= a.from_, a.following.isnull() | (a.a_day < a.following))
    a = ground.store.cut(a.drop("from_", "following"))
    met = _taken(ground, a, one, max(len(plan.rule.stages) for plan in rules.plans))
    return settle(ground, rules, o.drop("following", "rule", "point", "from_"), met.select(*MET), single=True)


def _points(rules: Rules) -> Iterator[tuple[Any, ...]]:
    for r in rules.of("series"):
        plan = rules.plans[r]
        yield r, plan.id, [stage.id for stage in plan.rule.stages].index(plan.stage)


def _taken(ground: Ground, a: ir.Table, one: list[str], most: int) -> ir.Table:
    """For each point in turn the first answer that no point before it has taken."""
    taken: ir.Table | None = None
    for point in range(most):
        free = a.filter(a.point == point)
        if taken is not None:
            free = free.anti_join(taken, [*one, "a_n"])
        first = ibis.row_number().over(ibis.window(group_by=one, order_by=["a_early", "ko", "a_n"]))
        free = ground.store.cut(free.mutate(first_=first))
        mine = free.filter(free.first_ == 0).drop("first_")
        taken = mine if taken is None else ground.store.cut(taken.union(mine))
    assert taken is not None
    return taken


# --- what became of another duty ----------------------------------------------------------------------------------


PARENT = [
    "r", "subject", "seq", "n", "key", "due", "due_s", "a_n", "a_key", "a_day", "in_time", "route", "is_met", "until",
    "not_owed", "cannot_tell",
]  # fmt: skip
"""What a relay reads of the instances that it goes on from."""


def handed_on(ground: Ground, rules: Rules, parents: ir.Table) -> ir.Table:
    """Openings of the rules that what became of these instances opens."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("relay"):
            own = rules.plans[r].rule.relay
            assert own is not None
            for p, plan in enumerate(rules.plans):
                if plan.id == own.of:
                    yield r, p, own.when

    relays = ground.store.put("bulk_relay", {"own": "i", "r": "i", "turn": "s"}, rows())
    p = having(parents, relays, ["r"])
    p = london_day(ground, p.mutate(due_on=p.due), "due_s", "due_on")
    late = ~p.is_met | ~p.in_time.fill_null(True)
    open_one = (p.not_owed == "") & (p.until.isnull() | (p.until > p.due_on))
    overdue = (p.turn == "overdue") & p.due_on.notnull() & late & open_one
    other = p.is_met & ((p.turn == "met") | ((p.turn == "another_route") & (p.route != "")))
    by_time = p.turn == "overdue"
    w = ibis.window(group_by=["own", "subject"], order_by=["r", "seq"])
    p = ground.store.cut(p.filter(overdue | other).mutate(by_time=by_time))
    p = p.mutate(
        place=ibis.row_number().over(w).cast("int64"),
        opened=ibis.ifelse(p.by_time, p.due_on, p.a_day), n_=ibis.ifelse(p.by_time, p.n, p.a_n),
        until=ibis.ifelse(p.by_time & p.is_met, p.a_day, NO_DAY), until_why=ibis.literal(AFTER_ALL),
        cannot_tell=ibis.ifelse(p.by_time, p.cannot_tell, ibis.literal("")),
        rests=ibis.ifelse(p.by_time, ibis.array([p.key]), ibis.array([p.a_key, p.key])),
    )  # fmt: skip
    o = p.select(
        "subject",
        "opened",
        "until",
        "until_why",
        "rests",
        "cannot_tell",
        r="own",
        seq="place",
        n="n_",
        also="n",
        by_time="by_time",
    )
    refs = told_once(ground).select("subject", also="n", also_refs="refs")
    o = having(having(ground.store.cut(o), told_once(ground), ["subject", "n"]), refs, ["subject", "also"])
    o = o.mutate(rest_refs=ibis.ifelse(o.by_time, o.refs, o.refs.concat(o.also_refs)))
    return ground.store.cut(as_opening(about(ground, o)))
