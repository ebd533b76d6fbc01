"""From opened duties to their instances, set-wise: the meaning of `duties.settling`.

An opening is a row of: `r` the plan; `subject`; `seq`, its number among the subject's of this plan; the trigger's `n`,
`kind`, `key`, `early`, `late`, `timed`, `refs`; `rests` keys of what it rests on; `opened`; `until`, `until_why`;
`estimated`, `cannot_tell`, `dated`, `not_owed`; `since`; what `about` adds of the child; what `reckon` adds.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.ground import Ground, as_int, days_on, months_on
from throughline.duties.bulk.reckoning import NO_DAY, NO_INSTANT
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, earlier, fits, having, on_day, overlap
from throughline.duties.settling import CLOSED, closing_kinds
from throughline.words import CHILD
from throughline.words import kinds as kinds_known

KEY = ["r", "subject", "seq"]
MET = [*KEY, "ko", "route", "a_n", "a_day", "a_early", "a_late", "a_key", "a_refs"]
"""Columns of what may have met an opening."""


def about(ground: Ground, opened: ir.Table) -> ir.Table:
    """The same with the child's ages and authorities."""
    return ground.store.cut(having(opened, having(ground.child, ground.body, ["las"]), ["subject"]))


def settle(
    ground: Ground,
    rules: Rules,
    opened: ir.Table,
    met: ir.Table,
    others: ir.Table | None = None,
    *,
    single: bool = False,
) -> ir.Table:
    """Instances of openings. `met` are candidates (`answers`; `single`: no opening has two); `others` evidence by
    opening, as lists of keys."""
    opened = ground.store.cut(until_when(ground, rules, ground.store.cut(opened)))
    found = beside(opened, _met(opened, met, single), KEY)
    found = found.mutate(others=ibis.null("array<string>")) if others is None else beside(found, others, KEY)
    return _instances(ground, rules, ground.store.cut(found))


# --- until when it can be met ---------------------------------------------------------------------------------


def until_when(ground: Ground, rules: Rules, opened: ir.Table) -> ir.Table:
    """What ends each if nothing meets it: its state, an age, a happening of the rule's endings."""
    today = ground.day
    p = rules.plan.select(
        "r", "duty", "stage", "subject_kind", "under_18", "until_18", "of_school_age", "closes", "hours", "figure",
        "precision", "by_school", "unit",
    )  # fmt: skip
    o = having(opened, p, ["r"])
    o = o.filter(~o.under_18 | o.eighteen.isnull() | (o.opened < o.eighteen))
    future = o.until.notnull() & (o.until > today)
    o = o.mutate(ahead=ibis.ifelse(future, o.until, NO_DAY), until=ibis.ifelse(future, NO_DAY, o.until))
    if any(plan.closes for plan in rules.plans):
        o = _windows(o, today)
    o = o.mutate(freezes=ibis.ifelse(o.until_18, o.eighteen, NO_DAY))
    grown = o.freezes.notnull() & (o.freezes <= today) & earlier(o.freezes, o.until)
    o = o.mutate(until=ibis.ifelse(grown, o.freezes, o.until), until_why=ibis.ifelse(grown, "turned 18", o.until_why))
    if any(plan.of_school_age for plan in rules.plans):
        o = _school_age(o, today)
    o = _ended(ground, rules, ground.store.cut(o))
    stands = o.ahead.notnull() & earlier(o.ahead, o.freezes)
    return o.mutate(freezes=ibis.ifelse(stands, o.ahead, o.freezes))


def _windows(o: ir.Table, today: ir.DateScalar) -> ir.Table:
    closing = o.closes & (o.due.notnull() | o.due_s.notnull())
    over = days_on(o.due_day, 1)
    past = closing & (over <= today) & earlier(over, o.until)
    return o.mutate(
        ahead=ibis.ifelse(closing, over, o.ahead),
        until=ibis.ifelse(past, over, o.until),
        until_why=ibis.ifelse(past, CLOSED, o.until_why),
    )


def _school_age(o: ir.Table, today: ir.DateScalar) -> ir.Table:
    """Compulsory school age, first and last day (`duties.counting.school_age`)."""
    five = birthday_of(o, 5)
    ends = ibis.cases((five.month() <= 3, 331), (five.month() <= 8, 831), else_=1231)
    first = ibis.date(five.year(), ends // 100, ends % 100)
    last = school_leaving(o)
    applies = o.of_school_age & o.born.notnull()
    outside = applies & ~((first <= o.opened) & (o.opened <= last))
    over = applies & ~outside & (last < today) & earlier(last, o.until)
    stands = days_on(last, 1)
    return o.mutate(
        freezes=ibis.ifelse(applies, stands, o.freezes),
        not_owed=ibis.ifelse(outside & (o.not_owed == ""), "not of compulsory school age", o.not_owed),
        until=ibis.ifelse(over, stands, o.until),
        until_why=ibis.ifelse(over, "compulsory school age was over", o.until_why),
    )


def school_leaving(o: ir.Table) -> ir.DateValue:
    """The last day of compulsory school age."""
    june = ibis.date(o.born.year() + 16 + (o.born.month() >= 9).cast("int32"), as_int(6), as_int(30))
    return days_on(june, -((june.day_of_week.index() + 3) % 7))


def birthday_of(o: ir.Table, years: int) -> ir.DateValue:
    """The day an age is reached."""
    day = months_on(o.born, 12 * years)
    leap = (o.born.month() == 2) & (o.born.day() == 29) & (day.day() == 28)
    return days_on(day, leap.cast("int32"))


def _ended(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    """The first happening of each ending from the day counted from on; the earliest of these, or what undoes it."""
    e, told = rules.end, ground.told.select("subject", "called", "day", "sure", "refs")
    if not any(plan.ends for plan in rules.plans):
        return o
    ending = having(e, told, ["called"])
    ending = ending.filter(ending.marks.isnull() | overlap(ending.sure, ending.marks))
    ending = ending.select("r", "subject", "eo", "why", "never", "called", ended="day", ended_refs="refs")
    own = o.select(*KEY, "opened", "kind", "n", "refs")
    each = having(own, ending, ["r", "subject"])
    each = _of_it(ground, rules, ground.store.cut(each.filter(each.ended >= each.opened)))
    order = each.ended.epoch_days().cast("int64") * 64 + each.eo
    ends = each.group_by(KEY).agg(
        ended=each.ended.min(where=~each.never),
        ended_why=each.why.argmin(order, where=~each.never),
        never_why=each.why.argmin(each.eo, where=each.never),
    )
    o = beside(o, ends, KEY)
    sooner = earlier(o.ended, o.until)
    return o.mutate(
        until=ibis.ifelse(sooner, o.ended, o.until),
        until_why=ibis.ifelse(sooner, o.ended_why, o.until_why),
        not_owed=ibis.ifelse((o.not_owed == "") & o.never_why.notnull(), o.never_why, o.not_owed),
    ).drop("ended", "ended_why", "never_why")


def _of_it(ground: Ground, rules: Rules, each: ir.Table) -> ir.Table:
    """Less what closes a state that the trigger opens, on the trigger's own day: it ends what came before it."""
    ends = {end.kind for plan in rules.plans for end in plan.ends}
    kinds = sorted((opener, closer) for opener in kinds_known() for closer in closing_kinds(opener) & ends)
    if not kinds:
        return each
    closing = ground.store.put(
        "bulk_closing", {"kind": "s", "called": "s", "closes": "b"}, ((*pair, True) for pair in kinds)
    )
    began = ground.told.filter(ground.told.called == ground.told.kind).select("subject", "n", began="day")
    each = beside(beside(each, closing, ["kind", "called"]), began, ["subject", "n"])
    before_it = each.closes.notnull() & (each.ended == each.began) & ~overlap(each.refs, each.ended_refs)
    return ground.store.cut(each.filter(~before_it.fill_null(False)))


# --- what met it -----------------------------------------------------------------------------------------------


def answers(ground: Ground, rules: Rules, opened: ir.Table) -> ir.Table:
    """Of each opening, every happening that its rule asks for, from the day it counts on."""
    a = told_of_it(ground, rules)
    a = a.filter(a.given & (a.a_kind == a.called))
    own = opened.select(*KEY, "since")
    found = having(own, a, ["r", "subject"])
    return found.filter(found.a_day >= found.since).select(*MET)


def told_of_it(ground: Ground, rules: Rules) -> ir.Table:
    """What may be said of what became of each plan's duties, less answers that do not carry what is asked."""
    a = rules.answer
    t = ground.told
    found = having(a, t, ["called"])
    # What an answer must carry is asked of its best telling's kind.
    found = found.filter(fits(found, found, rules.codes)) if asks(rules) else found
    return found.select(
        "r", "subject", "given", "called", "ko", "route", a_n="n", a_kind="kind", a_day="day", a_early="early",
        a_late="late", a_key="key", a_refs="refs",
    )  # fmt: skip


def asks(rules: Rules) -> bool:
    """Whether any answer must carry anything."""
    return any(plan.wanted for plan in rules.plans)


def _met(opened: ir.Table, met: ir.Table, single: bool) -> ir.Table:
    """What met each: the first in time of the kind the rule asks for first, else the first of another kind that was
    in time, else the first that was late."""
    own = opened.filter(opened.not_owed == "").select(
        *KEY, "n", "opened", "since", "until", "early", "due", "due_s", "late_s", "figure"
    )
    m = having(own, met, KEY)
    too_soon = (m.since == m.opened) & (m.a_day == m.opened) & (m.a_late < m.early)
    m = m.filter(m.a_day >= m.since, m.a_n != m.n, ~too_soon, m.until.isnull() | (m.a_day <= m.until))
    in_time = ibis.cases(
        (~m.figure, True),
        (m.due_s.notnull() & (m.a_late <= m.due_s), True),
        (m.due_s.notnull() & (m.a_early > m.late_s), False),
        (m.due.notnull(), m.a_day <= m.due),
        else_=ibis.null("boolean"),
    )
    if single:
        return m.mutate(in_time=in_time).select(*KEY, "a_n", "a_key", "a_day", "a_early", "a_refs", "route", "in_time")
    order = m.a_early * 65536 + m.a_n
    # Only the first of a kind is looked at; then kinds in the rule's order, those not in time last.
    m = m.mutate(in_time=in_time, order=order)
    w = ibis.window(group_by=[*KEY, "ko"], order_by="order")
    m = m.mutate(place=ibis.row_number().over(w))
    m = m.filter(m.place == 0)
    late = (m.in_time.notnull() & ~m.in_time.fill_null(True)).cast("int32")
    m = m.mutate(rank=late * 1000 + m.ko, told_in_time=m.in_time.cast("int32").fill_null(2))
    found = m.group_by(KEY).agg(
        **{
            name: m[name].argmin(m.rank)
            for name in ("a_n", "a_key", "a_day", "a_early", "a_refs", "route", "told_in_time")
        }
    )
    return found.mutate(in_time=ibis.ifelse(found.told_in_time == 2, ibis.null("boolean"), found.told_in_time == 1))


# --- the instance --------------------------------------------------------------------------------------------


def _instances(ground: Ground, rules: Rules, found: ir.Table) -> ir.Table:
    c = rules.cover
    f = having(found, c, ["r", "las"], [c.c_first <= found.opened, c.c_last >= found.opened])
    f = ground.store.cut(f)
    f = f.mutate(lost=(f.no_calendar != "") | ~f.dated, is_met=f.a_key.notnull())
    f = f.mutate(
        due=ibis.ifelse(f.lost, NO_DAY, f.due),
        due_s=ibis.ifelse(f.lost, NO_INSTANT, f.due_s),
        late_s=ibis.ifelse(f.lost, NO_INSTANT, f.late_s),
        warn=ibis.ifelse(f.lost, NO_DAY, f.warn),
        warn_s=ibis.ifelse(f.lost, NO_INSTANT, f.warn_s),
        cannot_tell=ibis.ifelse(f.lost & (f.cannot_tell == ""), f.no_calendar, f.cannot_tell),
    )
    f = ground.store.cut(f)
    f = f.mutate(has_due=f.due.notnull() | f.due_s.notnull(), gap=f.through.isnull() | (f.through < f.due_day))
    perhaps = f.is_met & ~f.in_time.fill_null(False) & f.has_due & f.gap & f.asked_some & ~overlap(f.refs, f.a_refs)
    over = ~f.is_met & ((f.not_owed != "") | (f.has_due & f.until.notnull() & (f.until <= f.due_day)))
    unknown = ~f.is_met & ~over & (f.cannot_tell == "") & (f.due_day < ground.day) & f.gap
    missing = ibis.cases(
        *[
            (f[f"words{i}"].notnull() & (f[f"through{i}"].isnull() | (f[f"through{i}"] < f.due_day)), f[f"words{i}"])
            for i in range(rules.needs)
        ],
        else_=f.words,
    )
    f = f.mutate(
        cannot_tell=ibis.cases((perhaps, f.asked_words), (over, ""), (unknown, missing), else_=f.cannot_tell),
        in_time=ibis.ifelse(perhaps, ibis.null("boolean"), f.in_time),
        until=ibis.ifelse(f.is_met, NO_DAY, f.until),
        estimated=ibis.ifelse(f.estimated != "", f.estimated, f.rough),
    )
    return f


def columns(f: ir.Table) -> ir.Table:
    """As `timeline.relations.INSTANCE`, with the numbers that other rules go on from."""
    met_in_others = f.others.notnull() & f.others.contains(f.a_key)
    rests = ibis.ifelse(f.is_met & ~met_in_others.fill_null(False), f.rests.concat(ibis.array([f.a_key])), f.rests)
    own_route = ibis.ifelse(f.is_met, f.route, "")
    hours_met = f.is_met & f.hours
    return f.select(
        "subject", "subject_kind",
        subject_id=ibis.ifelse(f.subject_kind == CHILD, "", ibis.coalesce(f.refs[0], "")),
        duty_id="duty", version="version", stage="stage", trigger_kind="kind", trigger_key="key",
        opened_on="opened",
        opened_at=ibis.ifelse((f.unit == "elapsed_hours") & f.timed, f.early, NO_INSTANT).as_timestamp("s"),
        due_on="due", due_at=f.due_s.as_timestamp("s"), due_latest_at=f.late_s.as_timestamp("s"),
        warn_on="warn", warn_at=f.warn_s.as_timestamp("s"),
        precision=ibis.ifelse(f.estimated != "", "estimated", f.precision), unit="unit",
        met_on=ibis.ifelse(f.is_met & ~f.hours, f.a_day, NO_DAY),
        met_at=ibis.ifelse(hours_met, f.a_early, NO_INSTANT).as_timestamp("s"),
        in_time="in_time", met_route=own_route, met_key=ibis.ifelse(f.is_met, f.a_key, ""),
        ended_on=ibis.ifelse(f.not_owed != "", NO_DAY, f.until),
        ended_why=ibis.cases(
            (f.not_owed != "", f.not_owed),
            (f.until.isnull(), ""),
            else_=f.until_why.concat(" on ", on_day(f.until)),
        ),
        freezes_on="freezes", cannot_tell="cannot_tell", covered_to="through",
        evidence=ibis.ifelse(f.others.notnull(), rests.concat(f.others), rests),
        estimated="estimated",
        calendar=ibis.ifelse(f.by_school, f.school, ""),
    )  # fmt: skip
