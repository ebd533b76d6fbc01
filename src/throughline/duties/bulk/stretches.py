"""Stretches in which a child was in any of several states, set-wise: the meaning of `duties.stretches`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from throughline import words
from throughline.duties.bulk.ground import EVER, NEVER, Ground
from throughline.duties.bulk.saying import beside, having

_LINE = ["r", "subject"]


def united(
    ground: Ground, name: str, states: Mapping[int, Sequence[str]], not_in: Mapping[int, Sequence[str]]
) -> ir.Table:
    """Of each plan and child: `first`, `last` (null: it goes on), `opened_by`, `start_known`, why what is owed in it
    `ended` with it, and a number `place` in time order. Days in a state of `not_in` are taken out."""
    s = ground.store.cut(in_one(ground, _segments(ground, f"{name}_states", states), touching=True))
    titles = ground.store.put(
        "bulk_titles", {"last_state": "s", "ended": "s"},
        ((id, f"no longer {state.title.lower()}") for id, state in words.states().items()),
    )  # fmt: skip
    s = having(s, titles, ["last_state"])
    if any(not_in.values()):
        s = _without(ground, s, _segments(ground, f"{name}_not_in", not_in))
        s = ground.store.cut(s)
        s = s.mutate(
            place=ibis.row_number().over(ibis.window(group_by=_LINE, order_by=["first", "place"])).cast("int64")
        )
    return ground.store.cut(s.mutate(last=ibis.ifelse(s["last"] == NEVER, ibis.null("date"), s["last"])))


def _segments(ground: Ground, name: str, states: Mapping[int, Sequence[str]]) -> ir.Table:
    asked = ground.store.put(
        f"bulk_{name}", {"r": "i", "so": "i", "state": "s"},
        ((r, so, state) for r, own in states.items() for so, state in enumerate(own)),
    )  # fmt: skip
    s = having(asked, ground.stretch, ["state"])
    return s.select(
        *_LINE, "so", "state", "number", "first", "opened_by", "start_known", last=s["last"].fill_null(NEVER)
    )


def in_one(ground: Ground, s: ir.Table, touching: bool) -> ir.Table:
    """Segments that overlap as one; `touching`: or that follow each other without a day between."""
    order = ["first", "so", "number"]
    before = ibis.window(group_by=_LINE, order_by=order, rows=(None, -1))
    s = ground.store.cut(s.mutate(upto=s["last"].max().over(before)))
    apart = (s.first > s.upto) if touching else (s.first >= s.upto)
    s = s.mutate(begins=(s.upto.isnull() | apart).cast("int32"))
    s = s.mutate(
        place=s.begins.sum().over(ibis.cumulative_window(group_by=_LINE, order_by=order)),
        order=ibis.row_number().over(ibis.window(group_by=_LINE, order_by=order)),
    )
    s = ground.store.cut(s)
    return s.group_by([*_LINE, "place"]).agg(
        first=s.first.min(), last=s["last"].max(), opened_by=s.opened_by.argmin(s.order),
        start_known=s.start_known.argmin(s.order), last_state=s.state.argmax(s.order),
    )  # fmt: skip


def _without(ground: Ground, s: ir.Table, others: ir.Table) -> ir.Table:
    """Less the days of others; one that opens and closes on a day takes nothing out."""
    others = others.filter(others.first < others["last"])
    o = ground.store.cut(in_one(ground, others, touching=False).select(*_LINE, "place", "first", "last"))
    w = ibis.window(group_by=_LINE, order_by="place")
    between = o.select(*_LINE, free_from=o["last"], free_to=ibis.coalesce(o.first.lead().over(w), NEVER))
    ahead = o.group_by(_LINE).agg(free_to=o.first.min()).mutate(free_from=ibis.literal(EVER))
    free = ground.store.cut(between.union(ahead.select(*between.columns)))
    s = beside(s, free, _LINE)
    first = ibis.greatest(s.first, ibis.coalesce(s.free_from, s.first))
    last = ibis.least(s["last"], ibis.coalesce(s.free_to, s["last"]))
    at_once = s.first == s["last"]
    s = s.mutate(keeps=((first < last) & ~at_once) | (at_once & (first == last)), first=first, last=last)
    return s.filter(s.keeps).drop("free_from", "free_to", "keeps")
