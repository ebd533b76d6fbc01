"""One query for each way in which duties open; every rule of that way is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis.expr.types as ir

from throughline.duties.bulk.adding_up import totals
from throughline.duties.bulk.dated import ahead, before, by
from throughline.duties.bulk.going_on import lasting, limit, seat
from throughline.duties.bulk.ground import Ground
from throughline.duties.bulk.handing_on import handed_on, series
from throughline.duties.bulk.in_state import in_state
from throughline.duties.bulk.moving import reckoned
from throughline.duties.bulk.opening import (
    gathered,
    looking_back,
    nearest,
    runs,
    taken_away,
    triggered,
)
from throughline.duties.bulk.patterns import patterns
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import having
from throughline.duties.bulk.settling import answers, settle
from throughline.duties.bulk.silence import silence


def after(ground: Ground, rules: Rules) -> ir.Table:
    """Once, from a trigger; *window* and *open* differ only in how they are read."""
    return settle_all(ground, rules, triggered(ground, rules, "after"), "after")


def settle_all(ground: Ground, rules: Rules, openings: ir.Table, how: str) -> ir.Table:
    """Settle openings, each with the answers that are its own (`duties.after.settle_all`)."""
    plans = [rules.plans[r] for r in rules.of(how)]
    if any(plan.gathers for plan in plans):
        openings = gathered(ground, rules, openings)
    found = reckoned(ground, rules, openings, how)
    if any(plan.looks_back is not None for plan in plans):
        found = looking_back(ground, rules, found)
    if not any(plan.nearest for plan in plans):
        return settle(ground, rules, found, answers(ground, rules, found))
    found = taken_away(ground, rules, found)
    p = rules.plan.filter(~rules.plan.nearest).select("r")
    met, others = nearest(ground, rules, found)
    met = met.union(answers(ground, rules, having(found, p, ["r"])))
    return settle(ground, rules, found, met, others)


def run(ground: Ground, rules: Rules) -> ir.Table:
    """Once, for a run of a state longer than so many school days."""
    return settle_all(ground, rules, runs(ground, rules), "run")


def total(ground: Ground, rules: Rules) -> ir.Table:
    """What happenings come to within a term or year."""
    return settle_all(ground, rules, totals(ground, rules), "total")


def pattern(ground: Ground, rules: Rules) -> ir.Table:
    """So many of these, from so many agencies, within so long, unless."""
    return settle_all(ground, rules, patterns(ground, rules), "pattern")


def relay(ground: Ground, rules: Rules, parents: ir.Table) -> ir.Table:
    """What became of another duty, one of `parents`, opens this one."""
    return settle_all(ground, rules, handed_on(ground, rules, parents), "relay")


QUERIES: Mapping[str, Callable[[Ground, Rules], ir.Table]] = {
    "after": after,
    "run": run,
    "in_state": in_state,
    "by": by,
    "ahead": ahead,
    "before": before,
    "limit": limit,
    "lasting": lasting,
    "silence": silence,
    "seat": seat,
    "series": series,
    "total": total,
    "pattern": pattern,
}
"""How duties open -> the query that finds them; `relay` comes after these, as it goes on from them."""
