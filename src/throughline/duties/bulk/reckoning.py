"""From the day or instant counted from to the due date, in whatever the period is measured in (`duties.counting`)."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.ground import WORKING, Ground, as_int, days_on, months_on
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import having
from throughline.duties.plan import NO_CALENDAR, NO_TIME, TYPICAL_TERMS

_EPOCH = date(1970, 1, 1)
NO_DAY = ibis.null("date")
NO_INSTANT = ibis.null("int64")
NO_TEXT = ibis.null("string")


def in_force(rules: Rules, opened: ir.Table, day: str = "opened") -> ir.Table:
    """The version of the day, with its `amount` and `length`; what no version covers is left out."""
    v = rules.version
    on = opened[day]
    return having(opened, v, ["r"], [v.v_first <= on, v.v_last >= on]).drop("v_first", "v_last")


def reckon(ground: Ground, rules: Rules, opened: ir.Table, hours: bool) -> ir.Table:
    """Due dates of openings: `due`, `warn` or, for hour clocks, their seconds, and the `due_day`.

    Needs `r`, `opened`, `early`, `late`, `timed`, `school`, `typical`.
    """
    # Once for each day counted from, as many openings as there may be.
    key = ["r", "las", "opened"]
    days = ground.store.cut(opened.select(*key, "school", "typical").distinct())
    found = ground.store.cut(_by_day(ground, rules, days).drop("school", "typical"))
    found = having(opened, found, key)
    if hours:
        found = _by_the_hour(ground, found)
    else:
        found = found.mutate(due_s=NO_INSTANT, late_s=NO_INSTANT, warn_s=NO_INSTANT)
    return ground.store.cut(found.drop("hours", "amount", "warn_amount"))


def _by_day(ground: Ground, rules: Rules, days: ir.Table) -> ir.Table:
    """What each day counted from comes to, but for the hours."""
    p = rules.plan.select("r", "hours", "by_school", "begins", "inclusive", "warn_unit", "warn_amount")
    found = having(in_force(rules, days), p, ["r"])
    start = days_on(found.opened, found.begins)
    found = after(ground, found.mutate(start=start), "start", found.length, found.amount, found.inclusive, "due")
    found = before(ground, found, "due", found.warn_unit, found.warn_amount, "warn")
    lost = found.due.isnull() & ~found.hours & (found.length != "none")
    return found.mutate(
        warn=ibis.ifelse(found.due.isnull(), NO_DAY, ibis.greatest(found.warn, found.opened)),
        due_day=ibis.coalesce(found.due, found.opened),
        rough=ibis.ifelse(found.by_school & found.typical & ~lost, TYPICAL_TERMS, ""),
        no_calendar=ibis.ifelse(lost, _missing(found.opened), ""),
    ).drop("by_school", "begins", "inclusive", "warn_unit", "start", "length", "joined")


def _missing(day: ir.DateValue) -> ir.StringValue:
    before_year, after_year = NO_CALENDAR.split("{}")
    return ibis.literal(before_year).concat(day.year().cast("string"), after_year)


def _by_the_hour(ground: Ground, found: ir.Table) -> ir.Table:
    """The same with the hour clocks among them counted from the instant."""
    span = found.amount.cast("int64") * 3600
    only = found.hours
    found = found.mutate(
        due_s=ibis.ifelse(only, found.early + span, NO_INSTANT),
        late_s=ibis.ifelse(only, found.late + span, NO_INSTANT),
        warn_s=ibis.ifelse(only, found.early + span - found.warn_amount.cast("int64") * 3600, NO_INSTANT),
        rough=ibis.ifelse(only & ~found.timed, NO_TIME, found.rough),
        due=ibis.ifelse(only, NO_DAY, found.due),
        warn=ibis.ifelse(only, NO_DAY, found.warn),
    )
    return london_day(ground, found, "late_s", "due_day")


def london_day(ground: Ground, found: ir.Table, seconds: str, name: str) -> ir.Table:
    """London's date at an instant, into a column that is kept where there is no instant."""
    d = ground.days.select(next_on="on", next_begins="begins")
    # London's day is UTC's, or the next one if that has begun.
    found = found.mutate(tomorrow=days_on(ibis.literal(_EPOCH), (found[seconds] // 86400 + 1).cast("int32")))
    found = found.left_join(d, found.tomorrow == d.next_on)
    begun = (found[seconds] >= found.next_begins).cast("int32")
    day = ibis.ifelse(found[seconds].isnull(), found[name], days_on(found.tomorrow, begun - 1))
    return found.mutate(**{name: day}).drop("tomorrow", "next_on", "next_begins")


def after(ground: Ground, found: ir.Table, day: str, unit: Any, amount: Any, inclusive: Any, name: str) -> ir.Table:
    """The last day of a period from `day`, as `name`; null for hours, and where the calendar does not reach.

    Needs `school`, the child's school calendar.
    """
    found = _upto(ground, found.mutate(unit_=unit, n_=amount, less_=as_int(inclusive).cast("int32")), day)
    found = found.mutate(take_=found.n_ - found.less_ * found.counts_.cast("int32"))
    found = _nth(ground, found, found.upto_ + found.take_)
    on, n, less = found[day], found.n_, found.less_
    month = months_on(on, ibis.ifelse(found.unit_ == "months", n, 0))
    due = ibis.cases(
        (found.unit_ == "days", days_on(on, n - less)),
        (found.unit_ == "weeks", days_on(on, n * 7 - less)),
        (found.unit_ == "months", days_on(month, -less * (month.day() == on.day()).cast("int32"))),
        (found.take_ == 0, on),
        else_=found.nth_,
    )
    return found.mutate(**{name: due}).drop("unit_", "n_", "less_", "take_", "calendar_", "upto_", "counts_", "nth_")


def before(ground: Ground, found: ir.Table, day: str, unit: Any, amount: Any, name: str) -> ir.Table:
    """The day so long before `day`, as `name`; where the calendar does not reach so far back, `day` itself."""
    found = _upto(ground, found.mutate(unit_=unit, n_=amount), day)
    found = _nth(ground, found, found.upto_ - found.counts_.cast("int32") - found.n_ + 1)
    on, n = found[day], found.n_
    then = ibis.cases(
        (found.unit_ == "days", days_on(on, -n)),
        (found.unit_ == "weeks", days_on(on, -n * 7)),
        (found.unit_ == "months", months_on(on, -ibis.ifelse(found.unit_ == "months", n, 0))),
        (n == 0, on),
        else_=ibis.coalesce(found.nth_, on),
    )
    return found.mutate(**{name: then}).drop("unit_", "n_", "calendar_", "upto_", "counts_", "nth_")


def _upto(ground: Ground, found: ir.Table, day: str) -> ir.Table:
    """How many days count up to `day` in the calendar of the unit, and whether it does."""
    found = found.mutate(
        calendar_=ibis.cases(
            (found.unit_ == "working_days", WORKING), (found.unit_ == "school_days", found.school), else_=NO_TEXT
        )
    )
    c = ground.counted.select(calendar_c="calendar", on_c="on", upto_="upto", counts_="counts")
    found = found.left_join(c, [found.calendar_ == c.calendar_c, found[day] == c.on_c])
    return ground.store.cut(found.drop("calendar_c", "on_c"))


def _nth(ground: Ground, found: ir.Table, number: ir.IntegerValue) -> ir.Table:
    found = found.mutate(at_=number)
    c = ground.nth.select(calendar_c="calendar", n_c="n", nth_="nth")
    found = found.left_join(c, [found.calendar_ == c.calendar_c, found.at_ == c.n_c])
    return ground.store.cut(found.drop("calendar_c", "n_c", "at_"))
