"""Duties counted within a state, set-wise: the meaning of `duties.series`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.ground import Ground, days_on
from throughline.duties.bulk.moving import reckoned
from throughline.duties.bulk.opening import PLACES, anchored, as_opening
from throughline.duties.bulk.reckoning import NO_DAY
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, fits, having
from throughline.duties.bulk.settling import KEY, MET, about, settle, told_of_it
from throughline.duties.plan import Plan

_STRETCH = ["r", "subject", "place"]


def in_state(ground: Ground, rules: Rules) -> ir.Table:
    """Its opening is point 0, the first answer in it point 1, and so on; each opens an instance that the next meets."""
    plans = [rules.plans[r] for r in rules.of("in_state")]
    asked = _asked(ground, rules)
    stretches = ground.store.cut(_stretches(ground, asked, any(plan.joined_within is not None for plan in plans)))
    held = ground.store.cut(_held(ground, rules, stretches))
    stretches = ground.store.cut(_sure(ground, rules, stretches, held))
    opened = ground.store.cut(_openings(ground, rules, stretches).union(_points(ground, rules, stretches, held)))
    next_one = opened.filter(opened.next_place.notnull()).select(*KEY, "place", place_no="next_place")
    met = having(next_one, held, [*_STRETCH, "place_no"]).select(*MET)
    found = reckoned(ground, rules, opened.drop("place", "next_place"), "in_state")
    return settle(ground, rules, found, met, single=True)


def _asked(ground: Ground, rules: Rules) -> ir.Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("in_state"):
            plan: Plan = rules.plans[r]
            with_ = [f"{name}={value}" for name, value in plan.state_with]
            yield r, plan.state, with_ or None, plan.joined_within, plan.first, plan.last

    columns = {"r": "i", "state": "s", "state_with": "ss", "joined": "i", "from_": "i", "upto": "i"}
    return ground.store.put("bulk_while", columns, rows())


def _stretches(ground: Ground, asked: ir.Table, joins: bool) -> ir.Table:
    """Segments of each rule's state with the attributes asked for; those close together as one if the rule says so."""
    s = having(asked, ground.stretch, ["state"])
    has = s.state_with.map(lambda said: s.attributes.get(said.split("=")[0], "") == said.split("=")[1])
    s = s.filter(s.state_with.isnull() | has.alls())
    s = s.select("r", "subject", "number", "first", "last", "start_known", "opened_by", "joined", "from_", "upto")
    if not joins:
        return s.rename(place="number").drop("joined")
    s = ground.store.cut(s)
    w = ibis.window(group_by=["r", "subject"], order_by="number")
    # A stretch follows the one before if that ended, and no longer ago than the rule joins.
    before = s["last"].lag().over(w)
    follows = s.joined.notnull() & before.notnull() & (s.first <= days_on(before, s.joined))
    s = s.mutate(begins=(~follows.fill_null(False)).cast("int32"))
    s = s.mutate(place=s.begins.sum().over(ibis.cumulative_window(group_by=["r", "subject"], order_by="number")))
    s = ground.store.cut(s)
    ends = ibis.ifelse(s.number == s.number.max().over(ibis.window(group_by=_STRETCH)), s["last"], NO_DAY)
    s = ground.store.cut(s.mutate(ends=ends))
    one = s.group_by([*_STRETCH, "from_", "upto"]).agg(
        first=s.first.argmin(s.number),
        last=days_on(s.ends.max(), s.joined.max().fill_null(0)),
        start_known=s.start_known.argmin(s.number),
        opened_by=s.opened_by.argmin(s.number),
    )
    return one


def _held(ground: Ground, rules: Rules, s: ir.Table) -> ir.Table:
    """Answers in each stretch, one a day, numbered from 1 as `place_no`."""
    a = told_of_it(ground, rules)
    own = s.select(*_STRETCH, "first", "last")
    h = having(own, a.filter(a.given), ["r", "subject"])
    h = h.filter(h.a_day >= h.first, h["last"].isnull() | (h.a_day <= h["last"]))
    h = ground.store.cut(h)
    # Two records of one day are one review, whoever sent them.
    first = ibis.row_number().over(ibis.window(group_by=[*_STRETCH, "a_day"], order_by=["a_early", "ko", "a_n"]))
    h = ground.store.cut(h.mutate(first_=first))
    h = h.filter(h.first_ == 0)
    number = ibis.row_number().over(ibis.window(group_by=_STRETCH, order_by="a_day")) + 1
    return h.mutate(place_no=number.cast("int32")).drop("first_", "first", "last", "given", "called")


def _sure(ground: Ground, rules: Rules, s: ir.Table, held: ir.Table) -> ir.Table:
    """Whether the first answer that we know of is the first that there was."""
    c = rules.cover.select("r", "las", "c_first", "c_last", "asked_some", "asked_through")
    first = held.filter(held.place_no == 1).select(*_STRETCH, first_held="a_day")
    s = beside(about(ground, s), first, _STRETCH)
    s = having(s, c, ["r", "las"], [c.c_first <= s.first, c.c_last >= s.first])
    covered = ~s.asked_some | (s.asked_through.notnull() & (s.asked_through >= s.first_held))
    sure = s.start_known & (s.first_held.isnull() | covered)
    return s.mutate(sure=sure.fill_null(False)).drop("c_first", "c_last", "asked_some", "asked_through", "first_held")


_OPENER = ["key", "kind", "early", "late", "timed", "refs", "n", "day", "marks", "sure", "details"]


def _openings(ground: Ground, rules: Rules, s: ir.Table) -> ir.Table:
    """The instances that states begin by their opening."""
    t, asked = ground.told, rules.trigger.filter(rules.trigger.how == "in_state")
    zero = s.filter(s.from_ == 0).drop("sure", "start_known").rename(n="opened_by")
    o = having(zero, t.filter(t.called == t.kind).select("subject", *_OPENER), ["subject", "n"])
    o = having(o.mutate(called=o.kind), asked, ["r", "called"])
    o = o.filter(fits(o, o, rules.codes))
    o = o.mutate(seq=o.place.cast("int64") * PLACES * 4, opened=o.day, rests=ibis.array([o.key]), rest_refs=o.refs)
    o = anchored(ground, o)
    o = o.mutate(cannot_tell=o.unsure, dated=o.unsure == "", next_no=ibis.ifelse(o.unsure == "", 1, ibis.null("int32")))
    return _as_opening(ground, rules, o)


def _points(ground: Ground, rules: Rules, s: ir.Table, held: ir.Table) -> ir.Table:
    """The instances that answers in a state begin."""
    kinds = rules.trigger.filter(rules.trigger.how == "in_state").select("r", a_kind="called")
    o = having(s, held.select(*_STRETCH, "place_no", "a_n", "a_kind"), _STRETCH)
    # Where earlier answers may be missing, nobody can say which is the first: all count as later ones.
    o = o.filter(o.sure | o.upto.isnull())
    first = ibis.ifelse(o.sure & (o.from_ > 0), o.from_, 1)
    o = o.filter(o.place_no >= first, o.upto.isnull() | (o.place_no <= o.upto))
    o = having(o, kinds, ["r", "a_kind"]).drop("a_kind", "sure", "start_known", "opened_by").rename(n="a_n")
    t = ground.told
    o = having(o, t.filter(t.called == t.kind).select("subject", *_OPENER), ["subject", "n"])
    over = o["last"].notnull() & (o["last"] <= ground.day) & (o.day >= o["last"])
    o = o.filter(~over)
    o = o.mutate(seq=o.place.cast("int64") * PLACES * 4 + o.place_no, opened=o.day, next_no=o.place_no + 1)
    return _as_opening(ground, rules, o)


def _as_opening(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    w = rules.plan.select("r", until_why="state_ended")
    o = having(o, w, ["r"])
    future = o["last"].isnull() | (o["last"] > ground.day)
    o = o.mutate(until=ibis.ifelse(future, NO_DAY, o["last"]))
    more = o.select(*KEY, "place", next_place=o.next_no.cast("int32"))
    return having(as_opening(o), more, KEY)
