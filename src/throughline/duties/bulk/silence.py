"""Duties about a silence, set-wise: the meaning of `duties.going_on.silence`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.going_on import acted, told_once, without_reckoning
from throughline.duties.bulk.ground import Ground, birthday, days_on
from throughline.duties.bulk.opening import PLACES, as_opening
from throughline.duties.bulk.reckoning import after, in_force
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, contains, having, overlap
from throughline.duties.bulk.settling import KEY, about, answers, settle
from throughline.duties.bulk.stretches import united

_LINE = ["r", "subject", "place"]


def silence(ground: Ground, rules: Rules) -> ir.Table:
    """Nothing of the rule's kinds for so long while a state holds."""
    numbers = rules.of("silence")
    own = {r: rules.plans[r].rule.silence for r in numbers}
    s = united(
        ground, "silence", {r: list(x.states) for r, x in own.items() if x}, {r: x.not_in for r, x in own.items() if x}
    )
    s = _grown(ground, s, {r: x.from_age.years for r, x in own.items() if x and x.from_age})
    told = _told(ground, rules)
    within = having(s.select(*_LINE, "first", "last"), told, ["r", "subject"])
    within = within.filter(within.first < within.b_day, within["last"].isnull() | (within.b_day < within["last"]))
    within = ground.store.cut(within)
    heard = within.filter(~within.tried)
    heard = heard.select(*_LINE, "ho", "b_n", anchor="b_day", order=heard.b_early + 1)
    start = s.select(
        *_LINE, ho=ibis.literal(0, "int32"), b_n=ibis.null("int32"), anchor="first",
        order=ibis.literal(-(1 << 40), "int64"),
    )  # fmt: skip
    a = ground.store.cut(start.union(heard.select(*start.columns)))
    w = ibis.window(group_by=_LINE, order_by=["order", "ho", "b_n"])
    a = a.mutate(until_heard=a.anchor.lead().over(w), i=ibis.row_number().over(w).cast("int64"))
    a = _marked(ground, rules, s, a)
    if any(x.again for x in own.values() if x):
        again = _marked(ground, rules, s, _again(ground, a, within.filter(within.tried)))
        a = ground.store.cut(a.union(again.select(*a.columns)))
    a = a.filter(
        a.until_heard.isnull() | (a.until_heard > a.mark), a["last"].isnull() | (a["last"] > days_on(a.mark, 1))
    )
    return settle(ground, rules, *_silent(ground, rules, a))


def _marked(ground: Ground, rules: Rules, s: ir.Table, a: ir.Table) -> ir.Table:
    """With `mark`, the day on which the silence that begins with the `anchor` is too long; none where no version is."""
    a = in_force(rules, about(ground, having(ground.store.cut(a), s, _LINE)), "anchor")
    a = having(a, rules.plan.select("r", "inclusive"), ["r"])
    a = after(ground, a, "anchor", a.length, a.amount, a.inclusive, "mark")
    return ground.store.cut(a.filter(a.mark.notnull()).drop("amount", "length", "joined", "inclusive"))


def _again(ground: Ground, a: ir.Table, tried: ir.Table) -> ir.Table:
    """Silences that begin anew: something was tried once it was too long, and nothing heard yet."""
    late = having(a.select(*_LINE, "mark", "until_heard", heard_i="i"), tried, _LINE)
    late = late.filter(late.mark <= late.b_day, late.until_heard.isnull() | (late.b_day < late.until_heard))
    following = late.b_day.lead().over(ibis.window(group_by=[*_LINE, "heard_i"], order_by=["b_early", "b_n"]))
    number = ibis.row_number().over(ibis.window(group_by=_LINE, order_by=["b_early", "b_n"]))
    late = ground.store.cut(late.mutate(following=following, i=number.cast("int64") + PLACES // 2))
    # Tried on the very day on which it would be raised again, it is raised, and met.
    until = ibis.coalesce(days_on(late.following, 1), late.until_heard)
    return late.select(*_LINE, "ho", "b_n", anchor="b_day", order=late.b_early + 1, until_heard=until, i=late.i)


def _grown(ground: Ground, s: ir.Table, years: Mapping[int, int]) -> ir.Table:
    """Stretches from the birthday on from which days count, where a plan names one and the birthday is known."""
    if not years:
        return s
    asked = ground.store.put("bulk_grown", {"r": "i", "years": "i"}, years.items())
    s = about(ground, beside(s, asked, ["r"]))
    grown = birthday(s.born, s.years)
    s = s.mutate(first=ibis.ifelse(grown.notnull() & (s.first < grown), grown, s.first))
    s = s.filter(s["last"].isnull() | grown.isnull() | (grown < s["last"]))
    return ground.store.cut(s.select("r", "subject", "place", "first", "last", "opened_by", "start_known", "ended"))


def _silent(ground: Ground, rules: Rules, a: ir.Table) -> tuple[ir.Table, ir.Table]:
    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("silence"):
            act = rules.plans[r].rule.act
            yield r, act.unit if act else None, act.amount if act else None

    acts = ground.store.put("bulk_silence_act", {"r": "i", "act_unit": "s", "act_amount": "i"}, rows())
    c = rules.cover.select("r", "las", "c_first", "c_last", "through0", "words0")
    a = having(having(a, acts, ["r"]), c, ["r", "las"], [c.c_first <= a.anchor, c.c_last >= a.anchor])
    unheard = (a.mark <= ground.day) & (a.through0.isnull() | (a.through0 < a.mark))
    a = a.mutate(
        opened=ibis.ifelse(a.act_unit.notnull(), a.mark, a.anchor),
        cannot_tell=ibis.ifelse(unheard, a.words0, ""), until=a["last"], until_why=a.ended,
        since=days_on(a.anchor, 1), n=ibis.coalesce(a.b_n, a.opened_by), seq=a.place.cast("int64") * PLACES + a.i,
    )  # fmt: skip
    opener = told_once(ground).select("subject", opened_by="n", opener="key")
    o = having(having(ground.store.cut(a), opener, ["subject", "opened_by"]), told_once(ground), ["subject", "n"])
    o = o.mutate(rests=ibis.ifelse(o.b_n.isnull(), ibis.array([o.opener]), ibis.array([o.opener, o.key])))
    timed = acted(ground, rules, o)
    o = having(as_opening(timed), timed.select(*KEY, "version", "due", "warn"), KEY)
    o = ground.store.cut(without_reckoning(o))
    return o, answers(ground, rules, o)


def _told(ground: Ground, rules: Rules) -> ir.Table:
    """What breaks a silence and, `tried`, what only answers it."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("silence"):
            own = rules.plans[r].rule.silence
            assert own is not None
            for ho, each in enumerate(own.of):
                yield r, ho, each.kind, list(each.with_) or None, list(each.without) or None, False
            for ho, kind in enumerate(own.again.kinds if own.again else ()):
                yield r, ho, kind, None, None, True

    columns = {"r": "i", "ho": "i", "called": "s", "with_": "ss", "without": "ss", "tried": "b"}
    h = having(ground.store.put("bulk_heard", columns, rows()), ground.told, ["called"])
    h = h.filter(h.with_.isnull() | contains(h.marks, h.with_), h.without.isnull() | ~overlap(h.marks, h.without))
    return h.select("r", "subject", "ho", "tried", b_n="n", b_day="day", b_early="early")
