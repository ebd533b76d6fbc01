"""Duties that a pattern opens, set-wise: the meaning of `duties.patterns`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache, reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.counting_up import Ways, counts, heard, told_of, wanted, ways
from throughline.duties.bulk.going_on import told_once
from throughline.duties.bulk.ground import TYPICAL, Ground, birthday, days_on, in_order
from throughline.duties.bulk.opening import as_opening, in_states
from throughline.duties.bulk.reckoning import before, london_day
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, having, overlap
from throughline.duties.bulk.settling import KEY, about
from throughline.duties.conditions import ConditionPlan
from throughline.duties.parts import Period
from throughline.duties.patterns import HOURS_UNKNOWN
from throughline.duties.shape_parts import Pattern, Unmoved
from throughline.words.calendars import OutsideCalendar, school_calendars, school_days

_ONE = ["c", "subject", "place"]
_RAISED = ["c", "subject", "place", "day", "n", "doubt", "rests", "rest_refs"]
_ONE_DAY = timedelta(days=1)


def patterns(ground: Ground, rules: Rules) -> ir.Table:
    """Openings of all that comes about, the first of those of one day and one last happening."""
    own = ways(ground, rules)
    order = ["day", "doubt", "co", "place"]
    o = having(_raised(ground, own), own.of_rule, ["c"])
    seq = ibis.row_number().over(ibis.window(group_by=["r", "subject"], order_by=order)).cast("int64")
    again = ibis.row_number().over(ibis.window(group_by=["r", "subject", "day", "n"], order_by=order))
    o = ground.store.cut(o.mutate(seq=seq, again=again))
    o = having(o.filter(o.again == 0), told_once(ground), ["subject", "n"])
    o = about(ground, o.mutate(opened=o.day, dated=~o.doubt, cannot_tell=ibis.literal("")))
    o = ground.store.cut(_only_then(ground, rules, o))
    if any(rules.plans[r].in_states for r in rules.of("pattern")):
        o = in_states(ground, rules, o, "opened")
    return ground.store.cut(as_opening(o.mutate(cannot_tell=ibis.ifelse(o.doubt, HOURS_UNKNOWN, o.cannot_tell))))


# --- what comes about --------------------------------------------------------------------------------------------


def _raised(ground: Ground, own: Ways) -> ir.Table:
    """What came about: on which `day`, the last happening `n` of it, and what it `rests` on, the last first."""
    found = []
    if any(each.of_state for each in own.conditions):
        found.append(_lasted(ground, own))
    if any(not each.of_state for each in own.conditions):
        h = heard(ground, own)
        if any(not wanted(each) for each in own.conditions):
            asked = own.put(
                ground.store, "one", {"enough": "b"}, lambda x: [] if wanted(x) or x.of_state else [(True,)]
            )
            one = having(h, asked, ["c"])
            one = one.mutate(doubt=ibis.literal(False), rests=ibis.array([one.key]), rest_refs=one.refs)
            found.append(one.select(*_RAISED))
        if any(map(wanted, own.conditions)):
            found.append(_together(ground, own, h))
    return ground.store.cut(reduce(ir.Table.union, found))


def _together(ground: Ground, own: Ways, h: ir.Table) -> ir.Table:
    """Several that come to what is wanted within so long; raised when the last of it makes it so."""
    columns = {"within": "s", "amount": "i", "half_term": "b", "alone": "b", "plain": "i", "some": "i"}
    h = ground.store.cut(_since(ground, own, having(h, own.put(ground.store, "within", columns, _within), ["c"])))
    value = counts(ground, own, h)
    # More never unmakes it: what all of it together does not make, no part does.
    whole = _made(value, ["c", "subject"])
    asked = h.select("c", "subject", "plain", "some").distinct()
    may = ground.store.cut(_holds(having(whole, asked, ["c", "subject"])).select("c", "subject"))
    h = ground.store.cut(h.semi_join(may, ["c", "subject"]))
    recent = having(
        h.select(*_ONE, "day", "since", "alone"),
        h.select("c", "subject", "settled", j="place", j_day="day"),
        ["c", "subject"],
    )
    recent = recent.filter(
        recent.j <= recent.place,
        (recent.j == recent.place) | ~recent.alone,
        recent.j_day > recent.since,
        recent.settled.isnull() | (recent.settled >= recent.day),
    )
    last = recent.j.max().over(ibis.window(group_by=_ONE))
    recent = ground.store.cut(recent.select(*_ONE, "j", "day", last=last))
    each = having(recent, value.rename(j="place"), ["c", "subject", "j"])
    each = ground.store.cut(each)
    asked = h.select(*_ONE, "plain", "some")
    now = ground.store.cut(_holds(having(_made(each, _ONE), asked, _ONE)).select(*_ONE))
    was = ground.store.cut(_holds(having(_made(each.filter(each.j < each["last"]), _ONE), asked, _ONE)).select(*_ONE))
    made = having(recent, now.anti_join(was, _ONE), _ONE)
    told = h.select("c", "subject", "key", "n", "refs", j="place")
    made = ground.store.cut(having(made, told, ["c", "subject", "j"]))
    found = made.group_by([*_ONE, "day"]).agg(
        n=made.n.argmax(made.j), rests=in_order(made.key, -made.j), refs=made.refs.collect()
    )
    return found.mutate(doubt=ibis.literal(False), rest_refs=found.refs.flatten()).select(*_RAISED)


def _within(condition: ConditionPlan) -> Iterator[tuple[Any, ...]]:
    within = condition.within
    of = wanted(condition)
    if of:
        period = within if isinstance(within, Period) else None
        plain = sum(not of_some for _, _, of_some in of)
        yield (
            period and period.unit,
            period and period.amount,
            within == "half_term",
            within is None,
            plain,
            condition.different,
        )


def _made(value: ir.Table, one: list[str]) -> ir.Table:
    """How many of the plain amounts, and of those of which some are enough, are reached."""
    each = value.group_by([*one, "what", "least", "of_some"]).agg(some_=value.value.nunique())
    each = each.filter(each.some_ >= each.least)
    return each.group_by(one).agg(of_plain=(~each.of_some).sum(), of_sorts=each.of_some.sum())


def _holds(made: ir.Table) -> ir.Table:
    return made.filter(made.of_plain >= made.plain, made.of_sorts >= made.some)


def _since(ground: Ground, own: Ways, h: ir.Table) -> ir.Table:
    """With `since`, the day after which what was told counts for a pattern that would come about on its day, and the
    day on which it was `settled`."""
    if any(each.within == "half_term" for each in own.conditions):
        terms = ground.store.put("bulk_half_terms", {"school": "s", "day": "d", "begins": "d"}, _half_terms())
        h = beside(about(ground, h), terms, ["school", "day"])
    else:
        h = h.mutate(begins=h.day)
    h = before(ground, h.mutate(school=ibis.literal(TYPICAL)), "day", h.within, h.amount, "back")
    half = days_on(ibis.coalesce(h.begins, h.day), -1)
    since = ibis.cases((h.half_term, half), (h.within.notnull(), h.back), else_=days_on(h.day, -1))
    h = ground.store.cut(h.mutate(since=since))
    if any(each.broken_by for each in own.conditions):
        b = told_of(ground, own, "broken_by")
        broken = having(h.select(*_ONE, "day"), b, ["c", "subject"])
        broken = broken.filter(broken.b_day <= broken.day).group_by(_ONE).agg(broken=broken.b_day.max())
        h = beside(h, broken, _ONE)
        h = h.mutate(since=ibis.greatest(h.since, ibis.coalesce(h.broken, h.since)))
    if not any(each.settled_by for each in own.conditions):
        return h.mutate(settled=ibis.null("date"))
    return beside(h, _settled(ground, own, h), _ONE)


def _settled(ground: Ground, own: Ways, h: ir.Table) -> ir.Table:
    """When first each was settled: by what names it, else by what most closely follows it."""
    told = h.select(*_ONE, "early", "refs")
    m = ground.store.cut(having(told_of(ground, own, "settled_by"), told, ["c", "subject"]))
    named = m.place.min(where=overlap(m.b_refs, m.refs))
    follows = m.place.max(where=(m.b_refs.length() == 0) & (m.early <= m.b_late))
    found = m.group_by(["c", "subject", "b_n", "b_day"]).agg(place=ibis.coalesce(named, follows))
    found = ground.store.cut(found.filter(found.place.notnull()))
    return found.group_by(_ONE).agg(settled=found.b_day.min())


@lru_cache
def _half_terms() -> tuple[tuple[Any, ...], ...]:
    """School calendar, day, and the first day of the half-term that it lies in or before."""
    found = []
    for id in school_calendars():
        calendar = school_days(id)
        day, last = calendar.first, calendar.first - _ONE_DAY
        begins = day
        while day <= calendar.last:
            if day > last:
                try:
                    begins, last = calendar.half_term(day)
                except OutsideCalendar:
                    break
            found.append((id, day, begins))
            day += _ONE_DAY
    return tuple(found)


def _lasted(ground: Ground, own: Ways) -> ir.Table:
    """A state that lasted so many hours, or will have; where the times leave it open, that is in doubt."""
    asked = own.put(ground.store, "lasted", {"state": "s", "hours": "l"}, _hours)
    s = having(asked, ground.stretch.select("subject", "state", "number", "opened_by", "closed_by"), ["state"])
    t = told_once(ground)
    start = t.select("subject", "key", "refs", "early", "late", opened_by="n")
    closer = t.select("subject", end_key="key", end_refs="refs", end_early="early", end_late="late", closed_by="n")
    s = beside(having(s, start, ["subject", "opened_by"]), closer, ["subject", "closed_by"])
    span, over = s.hours * 3600, s.closed_by.notnull()
    s = s.mutate(doubt=over & (s.end_early - s.late < span), reaches=s.late + span, day=ibis.null("date"))
    s = ground.store.cut(s.filter(~s.doubt | (s.end_late - s.early >= span)))
    s = london_day(ground, s, "reaches", "day")
    over = s.closed_by.notnull()
    return s.select(
        "c", "subject", place=s.number.cast("int64"), day=s.day, n=s.opened_by, doubt=s.doubt,
        rests=ibis.ifelse(over, ibis.array([s.key, s.end_key]), ibis.array([s.key])),
        rest_refs=ibis.ifelse(over, s.refs.concat(s.end_refs), s.refs),
    )  # fmt: skip


def _hours(condition: ConditionPlan) -> Iterator[tuple[Any, ...]]:
    if condition.of_state is not None:
        yield condition.of_state, condition.hours


# --- only then, and not then ------------------------------------------------------------------------------------


def _only_then(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    """Less those of which something was told shortly before that unmakes them, or was not that has to be; of a child
    in a state or of an age for which the rule is not."""
    own: dict[int, Pattern] = {r: x for r in rules.of("pattern") if (x := rules.plans[r].rule.pattern) is not None}

    def asked(name: str, columns: dict[str, str], rows_of: Callable[[Pattern], Any]) -> ir.Table:
        rows = ((r, *row) for r, pattern in own.items() for row in rows_of(pattern))
        return ground.store.put(f"bulk_pattern_{name}", {"r": "i"} | columns, rows)

    def shortly_before(name: str) -> tuple[ir.Table, ir.Table]:
        """Openings of rules that ask for it, and those of them of which it was told."""
        columns = {"called": "s", "unit": "s", "amount": "i"}
        b = ground.store.cut(_back(ground, o, asked(name, columns, lambda x: _unmoved(getattr(x, name)))))
        told = having(b, ground.told.select("called", "subject", b_day="day"), ["called", "subject"])
        told = told.filter(told.back < told.b_day, told.b_day <= told.opened)
        return b.select(*KEY), ground.store.cut(told.select(*KEY).distinct())

    without = []
    if any(each.unless for each in own.values()):
        without.append(shortly_before("unless")[1])
    if any(each.soon_after for each in own.values()):
        all_, told = shortly_before("soon_after")
        without.append(ground.store.cut(all_.anti_join(told, KEY)))
    if any(each.not_in for each in own.values()):
        states = asked("not_in", {"state": "s"}, lambda x: ((state,) for state in x.not_in))
        s = having(states, ground.stretch.select("subject", "state", "first", "last"), ["state"])
        s = having(o.select(*KEY, "opened"), s, ["r", "subject"])
        s = s.filter(s.first <= s.opened, s["last"].isnull() | (s.opened < s["last"]))
        without.append(ground.store.cut(s.select(*KEY)))
    if any(each.under for each in own.values()):
        u = having(o, asked("under", {"years": "i"}, lambda x: [(x.under,)] if x.under else []), ["r"])
        without.append(
            ground.store.cut(u.filter(u.born.notnull() & (u.opened >= birthday(u.born, u.years))).select(*KEY))
        )
    for those in without:
        o = o.anti_join(those, KEY)
    return o


def _unmoved(given: Unmoved | None) -> Iterator[tuple[Any, ...]]:
    if given is not None:
        yield from ((kind, given.within.unit, given.within.amount) for kind in given.kinds)


def _back(ground: Ground, o: ir.Table, asked: ir.Table) -> ir.Table:
    """Openings whose rule asks for it, with the day so long before, `back`."""
    b = having(o.select(*KEY, "opened"), asked, ["r"]).mutate(school=ibis.literal(TYPICAL))
    return before(ground, b, "opened", b.unit, b.amount, "back")
