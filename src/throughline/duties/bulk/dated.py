"""Duties with a date of their own, set-wise: the meaning of `duties.dated`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.going_on import told_once, without_reckoning
from throughline.duties.bulk.ground import TYPICAL, Ground, as_int, birthday, days_on, months_on
from throughline.duties.bulk.opening import after_the_last, as_opening, in_states, triggers_of
from throughline.duties.bulk.reckoning import NO_DAY, after, in_force
from throughline.duties.bulk.reckoning import before as counted_before
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, having, overlap
from throughline.duties.bulk.settling import KEY, MET, about, answers, school_leaving, settle
from throughline.duties.bulk.stretches import united
from throughline.duties.dated import NO_DAY_BOOKED
from throughline.duties.settling import NO_BIRTHDAY

_TIMED = [*KEY, "version", "due", "warn"]


def by(ground: Ground, rules: Rules) -> ir.Table:
    """An age or a calendar day, for a child who is in one of the rule's states shortly before it."""
    own = {r: x for r in rules.of("by") if (x := rules.plans[r].rule.by)}
    s = united(ground, "by", {r: list(x.states) for r, x in own.items()}, {})
    s = ground.store.cut(having(about(ground, s), _dates(ground, rules), ["r"]))
    unborn = s.filter(s.born.isnull())
    last = ibis.row_number().over(ibis.window(group_by=["r", "subject"], order_by=[ibis.desc("place"), "d"]))
    unborn = ground.store.cut(unborn.mutate(last_one=last))
    unborn = unborn.filter(unborn.last_one == 0).drop("last_one")
    unborn = unborn.mutate(
        opened=unborn.first, due=unborn.first, version=ibis.literal(""), dated=ibis.literal(False),
        until=unborn["last"], until_why=ibis.literal(""), since=unborn.first, cannot_tell=ibis.literal(NO_BIRTHDAY),
    )  # fmt: skip
    known = _in_time(ground, rules, s.filter(s.born.notnull()))
    known = known.mutate(dated=ibis.literal(True), cannot_tell=ibis.literal(""))
    columns = [
        "r", "subject", "place", "d", "opened_by", "opened", "due", "version", "dated", "until", "until_why", "since",
        "cannot_tell", "las", "born", "eighteen", "school", "typical",
    ]  # fmt: skip
    o = ground.store.cut(known.select(*columns).union(unborn.select(*columns))).rename(n="opened_by")
    o = having(o, told_once(ground), ["subject", "n"]).mutate(seq=o.d.cast("int64"))
    timed = _warned(ground, rules, o)
    o = ground.store.cut(without_reckoning(having(as_opening(timed), timed.select(*_TIMED), KEY)))
    # Without a birthday nothing is looked for.
    return settle(ground, rules, o, answers(ground, rules, o.filter(o.dated)))


def _dates(ground: Ground, rules: Rules) -> ir.Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("by"):
            own = rules.plans[r].rule.by
            assert own is not None
            act, told = own.act, own.answered or own.opens
            more = (
                own.opens.unit, own.opens.amount, told.unit, told.amount, own.late_entry, own.stays,
                act and act.unit, act and act.amount,
            )  # fmt: skip
            if own.age is not None:
                yield r, 0, own.age.years, own.age.months, None, None, 0, *more
            elif own.day is not None:
                for d, years in enumerate(own.day.school_year_of_age):
                    yield r, d, years, None, own.day.month, own.day.day, int(own.day.strictly_before), *more

    columns = {
        "r": "i", "d": "i", "years": "i", "months": "i", "month": "i", "on_day": "i", "less": "i", "open_unit": "s",
        "open_amount": "i", "told_unit": "s", "told_amount": "i", "late_entry": "b", "stays": "b",
        "act_unit": "s", "act_amount": "i",
    }  # fmt: skip
    return ground.store.put("bulk_by", columns, rows())


def _in_time(ground: Ground, rules: Rules, s: ir.Table) -> ir.Table:
    """Each date with the stretch in which it is owed."""
    reached = birthday(s.born, s.years)
    ends = reached.year() + (reached.month() >= 9).cast("int32") - (s.month >= 9).cast("int32")
    by_day = days_on(ibis.date(ends, s.month, s.on_day), -s.less)
    s = ground.store.cut(s.mutate(date=ibis.ifelse(s.months.notnull(), months_on(reached, s.months), by_day)))
    s = s.mutate(own_school=s.school, school=ibis.literal(TYPICAL))
    s = counted_before(ground, s, "date", s.open_unit, s.open_amount, "opens")
    s = counted_before(ground, s, "date", s.told_unit, s.told_amount, "told_from")
    s = s.mutate(school=s.own_school)
    reaches = s["last"].isnull() | (s["last"] > s.opens) | (s.stays & (s["last"] == s.opens))
    s = s.filter(reaches, s.late_entry | (s.first <= s.date))
    late = s.first > s.date
    # The last that began in time, else the first that did not.
    best = ibis.row_number().over(
        ibis.window(group_by=["r", "subject", "d"], order_by=[late, ibis.ifelse(late, s.place, -s.place)])
    )
    s = ground.store.cut(s.mutate(best=best))
    s = in_force(rules, s.filter(s.best == 0), "date")
    s = s.mutate(opened=ibis.greatest(s.first, s.opens))
    s = after(ground, s, "opened", s.act_unit, s.act_amount, ibis.literal(False), "acted")
    return s.mutate(
        due=ibis.ifelse(s.act_unit.isnull(), ibis.greatest(s.date, s.opened), s.acted),
        until=ibis.ifelse(s.stays, NO_DAY, s["last"]), until_why=s.ended, since=s.told_from,
    )  # fmt: skip


def _warned(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    """With `warn`: so long before it is due, but not before it opens."""
    o = having(o, rules.plan.select("r", "warn_unit", "warn_amount"), ["r"])
    o = o.mutate(own_school=o.school, school=ibis.literal(TYPICAL))
    o = counted_before(ground, o, "due", o.warn_unit, o.warn_amount, "warn")
    o = o.mutate(warn=ibis.greatest(o.warn, ibis.least(o.opened, o.due)), school=o.own_school)
    return ground.store.cut(o.drop("warn_unit", "warn_amount", "own_school"))


# --- ahead of what is booked ------------------------------------------------------------------------------


def ahead(ground: Ground, rules: Rules) -> ir.Table:
    """So long before a booked day. A later booking of the same moves it; once the day is past it is over."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("ahead"):
            own = rules.plans[r].rule.ahead
            assert own is not None
            yield r, own.day_in, own.passed, rules.plans[r].clock.unit

    columns = {"r": "i", "day_in": "s", "passed": "s", "clock": "s"}
    own = ground.store.put("bulk_ahead", columns, rows())
    b = having(triggers_of(ground, rules, "ahead", ground.told), own, ["r"])
    b = b.mutate(booked=_a_day(b.details.get(b.day_in, "")), opened=b.day)
    b = about(ground, _not_moved(ground, ground.store.cut(b)))
    b = in_force(rules, b, "opened")
    b = b.mutate(cannot_tell=ibis.literal(""))
    if any(rules.plans[r].in_states for r in rules.of("ahead")):
        b = in_states(ground, rules, b, "opened")
    b = counted_before(ground, b, "booked", b.clock, b.amount, "ahead_due")
    b = beside(ground.store.cut(b), _held(ground, rules, b), KEY)
    lost = b.booked.isnull()
    b = b.mutate(
        due=ibis.ifelse(lost, b.opened, b.ahead_due), dated=~lost,
        cannot_tell=ibis.ifelse(lost, NO_DAY_BOOKED, b.cannot_tell),
        until=ibis.coalesce(b.held_on, b.booked), until_why=b.passed,
    )  # fmt: skip
    timed = _warned(ground, rules, b)
    o = ground.store.cut(without_reckoning(having(as_opening(timed), timed.select(*_TIMED), KEY)))
    return settle(ground, rules, o, answers(ground, rules, o))


def _a_day(text: ir.StringValue) -> ir.DateValue:
    said = text.substr(0, 10)
    return ibis.ifelse(said.re_search(r"^\d{4}-\d{2}-\d{2}$"), said, ibis.null("string")).try_cast("date")


def _not_moved(ground: Ground, b: ir.Table) -> ir.Table:
    """Less those of which the same was booked anew: by the same reference or, without any, before the day came."""
    other = b.select(o_r="r", o_subject="subject", o_early="early", o_seq="seq", o_day="day", o_refs="refs")
    later = (other.o_early > b.early) | ((other.o_early == b.early) & (other.o_seq > b.seq))
    neither = (b.refs.length() == 0) | (other.o_refs.length() == 0)
    anew = overlap(b.refs, other.o_refs) | (neither & (b.booked.isnull() | (other.o_day < b.booked)))
    return ground.store.cut(b.anti_join(other, [b.r == other.o_r, b.subject == other.o_subject, later, anew]))


def _held(ground: Ground, rules: Rules, b: ir.Table) -> ir.Table:
    """The first day from its booking on, and by the day itself, on which it is told that it took place."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("ahead"):
            own = rules.plans[r].rule.ahead
            assert own is not None
            yield from ((r, kind) for kind in own.held)

    kinds = ground.store.put("bulk_took_place", {"r": "i", "called": "s"}, rows())
    told = having(kinds, ground.told.select("called", "subject", b_day="day"), ["called"])
    m = having(b.select(*KEY, "opened", "booked"), told, ["r", "subject"])
    m = m.filter(m.opened <= m.b_day, m.b_day <= m.booked)
    return m.group_by(KEY).agg(held_on=m.b_day.min())


# --- before something takes effect --------------------------------------------------------------------------


def before(ground: Ground, rules: Rules) -> ir.Table:
    """What has to stand by the day the trigger takes effect."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("before"):
            own = rules.plans[r].rule.before
            assert own is not None
            yield r, own.within and own.within.unit, own.within and own.within.amount

    own = ground.store.put("bulk_before", {"r": "i", "in_unit": "s", "in_amount": "i"}, rows())
    b = having(triggers_of(ground, rules, "before", ground.ahead), own, ["r"])
    b = _in_a_phase(ground, rules, b)
    b = b.mutate(opened=b.day)
    b = after_the_last(ground, rules, b, b.in_unit.isnull())
    b = in_force(rules, about(ground, b), "opened")
    b = b.mutate(own_school=b.school, school=ibis.literal(TYPICAL))
    b = counted_before(ground, b, "opened", b.in_unit, b.in_amount, "back")
    since = ibis.ifelse(b.in_unit.notnull(), b.back, b.after_last)
    b = ground.store.cut(b.mutate(since=since, school=b.own_school, due=b.opened, day_before=days_on(b.opened, -1)))
    met = answers(ground, rules, b)
    some = met.group_by(KEY).agg(some=met.a_n.count() > 0)
    c = rules.cover.select("r", "las", "c_first", "c_last", "through0", "words0")
    b = having(b, c, ["r", "las"], [c.c_first <= b.day_before, c.c_last >= b.day_before])
    b = beside(b, some, KEY)
    b = b.mutate(cannot_tell=ibis.ifelse(b.some.notnull() | b.through0.notnull(), "", b.words0))
    timed = _warned(ground, rules, b)
    o = ground.store.cut(without_reckoning(having(as_opening(timed), timed.select(*_TIMED), KEY)))
    return settle(ground, rules, o, met.select(*MET))


def _in_a_phase(ground: Ground, rules: Rules, b: ir.Table) -> ir.Table:
    """Less what takes effect when a phase of schooling is over for everybody of the child's year."""
    ages = [(r, age) for r in rules.of("before") if (x := rules.plans[r].rule.before) for age in x.phase_ends_at]
    if not ages:
        return b
    asked = ground.store.put("bulk_phases", {"r": "i", "years": "i"}, ages)
    s = having(about(ground, b.select(*KEY, "day")), asked, ["r"])
    s = s.mutate(year=s.day.year() + (s.day.month() >= 9).cast("int32"), leaves=school_leaving(s))
    s = s.mutate(sunday=days_on(s.day, 6 - s.day.day_of_week.index()), ends=ibis.date(s.year, as_int(8), as_int(31)))
    s = s.filter(s.year - s.born.year() - (s.born.month() >= 9).cast("int32") == s.years)
    c = ground.counted.select("upto", school="calendar", ends="on")
    s = beside(s, c, ["school", "ends"])
    s = beside(s, c.rename(before="upto", sunday="ends"), ["school", "sunday"])
    over = s.filter(((s.day == s.leaves) | (s.upto == s.before)).fill_null(False))
    return ground.store.cut(b.anti_join(ground.store.cut(over), KEY))
