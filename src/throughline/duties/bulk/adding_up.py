"""Duties that several happenings open together, set-wise: the meaning of `duties.adding_up`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.adding_up import LENGTH_UNKNOWN
from throughline.duties.bulk.ground import Ground, days_on, in_order
from throughline.duties.bulk.opening import as_opening, in_states, sessions
from throughline.duties.bulk.reckoning import NO_DAY
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, having, overlap
from throughline.duties.bulk.settling import about

_SPAN = ["r", "subject", "span_last"]


def totals(ground: Ground, rules: Rules) -> ir.Table:
    """Openings of what happenings come to within a term or year; the one that takes it to the mark opens the duty."""
    t = ground.store.cut(_told(ground, rules))
    order = ["early", "ko", "n"]
    known = ibis.coalesce(t.amount, 0.0)
    w = ibis.cumulative_window(group_by=_SPAN, order_by=order)
    t = t.mutate(
        sofar=known.sum().over(w), place=ibis.row_number().over(ibis.window(group_by=_SPAN, order_by=order)),
        unsure=t.amount.isnull().any().over(ibis.window(group_by=_SPAN)),
    )  # fmt: skip
    t = ground.store.cut(t)
    reached = ibis.ifelse(t.reaches.notnull(), t.sofar >= t.reaches, t.sofar > t.passes.fill_null(0.0))
    t = t.mutate(
        mark=t.place.min(where=reached).over(ibis.window(group_by=_SPAN)),
        last_place=t.place.max().over(ibis.window(group_by=_SPAN)),
    )
    t = ground.store.cut(t)
    t = t.filter(t.mark.notnull() | t.unsure).mutate(at_=ibis.coalesce(t.mark, t.last_place))
    before = t.filter(t.place < t.at_).group_by(_SPAN)
    keys = before.agg(rest=in_order(t.key, t.place), more_refs=t.refs.collect())
    o = beside(t.filter(t.place == t.at_), keys, _SPAN)
    empty = ibis.literal([], "array<string>")
    o = about(ground, o.mutate(
        opened=o.day, seq=o.n.cast("int64"), rests=ibis.array([o.key]).concat(ibis.coalesce(o.rest, empty)),
        rest_refs=o.refs.concat(ibis.coalesce(o.more_refs.flatten(), empty)),
        until=ibis.ifelse(o.over != "", days_on(o.span_last, 1), NO_DAY), until_why=o.over, dated=o.mark.notnull(),
        cannot_tell=ibis.literal(""),
    ))  # fmt: skip
    if any(rules.plans[r].in_states for r in rules.of("total")):
        o = in_states(ground, rules, o, "day")
    o = o.mutate(cannot_tell=ibis.ifelse(o.dated, o.cannot_tell, LENGTH_UNKNOWN))
    return ground.store.cut(as_opening(o))


def _told(ground: Ground, rules: Rules) -> ir.Table:
    """What is added up, with its amount (null: nobody says) and the last day of what it is added up in."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("total"):
            own = rules.plans[r].rule.total
            assert own is not None
            for ko, kind in enumerate(own.kinds):
                yield (
                    r, ko, kind, own.of == "school_days", _amount(own.reaches), _amount(own.passes),
                    own.within == "statutory_term", own.cancelled_by, own.over,
                )  # fmt: skip

    columns = {
        "r": "i", "ko": "i", "called": "s", "by_days": "b", "reaches": "f", "passes": "f", "by_term": "b",
        "cancelled_by": "s", "over": "s",
    }  # fmt: skip
    own = ground.store.put("bulk_total", columns, rows())
    t = having(own, ground.told, ["called"])
    gone = ground.told.select("subject", cancelled_by="called", gone="refs")
    gone = gone.group_by(["subject", "cancelled_by"]).agg(gone=gone.gone.collect())
    t = beside(t, gone.mutate(gone=gone.gone.flatten()), ["subject", "cancelled_by"])
    t = t.filter(t.gone.isnull() | ~overlap(t.refs, t.gone))
    t = having(t.drop("gone"), ground.days.rename(day="on"), ["day"])
    return t.mutate(
        amount=ibis.ifelse(t.by_days, sessions(t).cast("float64") / 2, 1.0),
        span_last=ibis.ifelse(t.by_term, t.term_last, t.year_last),
    )


def _amount(given: float | None) -> float | None:
    return None if given is None else float(given)
