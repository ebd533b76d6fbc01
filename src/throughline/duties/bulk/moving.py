"""Due dates of openings, and what moves them, set-wise: the meaning of `settling.settle` up to `settle_as`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.ground import Ground, days_on, months_on
from throughline.duties.bulk.reckoning import NO_DAY, NO_TEXT, after, reckon
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, having, on_day
from throughline.duties.bulk.settling import KEY
from throughline.duties.settling import NO_BIRTHDAY, STANDS_STILL


def reckoned(ground: Ground, rules: Rules, openings: ir.Table, how: str) -> ir.Table:
    """Openings for children of the rule's age, with the columns of `reckon`: due where what happened since, or a day
    off, puts it."""
    plans = [rules.plans[r] for r in rules.of(how)]
    o = reckon(ground, rules, openings, any(plan.hours for plan in plans))
    if any(plan.aged for plan in plans):
        o = ground.store.cut(_of_age(rules, o))
    return ground.store.cut(_moved(ground, rules, o, how)) if any(plan.moves for plan in plans) else o


def _of_age(rules: Rules, o: ir.Table) -> ir.Table:
    """Less those of a child who is not of the rule's age; where no birthday is known, the child may be."""
    o = having(o, rules.plan.select("r", "from_months", "below_months"), ["r"])
    unborn = o.from_months.notnull() & o.born.isnull()
    first, below = months_on(o.born, o.from_months), months_on(o.born, o.below_months)
    of_age = o.from_months.isnull() | unborn | ((first <= o.opened) & (o.opened < below))
    o = o.mutate(dated=o.dated & ~unborn, cannot_tell=ibis.ifelse(unborn, NO_BIRTHDAY, o.cannot_tell), of_age=of_age)
    return o.filter(o.of_age).drop("of_age", "from_months", "below_months")


def _moved(ground: Ground, rules: Rules, o: ir.Table, how: str) -> ir.Table:
    """The same; those whose rule lets anything move them due on the day to which it did."""
    plans = [rules.plans[r] for r in rules.of(how)]
    moves = rules.plan.filter(rules.plan.moves).select("r", "forward", "rolls_forward")
    m = having(o.filter(o.due.notnull()).select(*KEY, "opened", "due", "warn", "school"), moves, ["r"])
    m = ground.store.cut(m.mutate(still=NO_DAY))
    if any(plan.earliest_of for plan in plans):
        m = _brought_forward(ground, m)
    if any(plan.pause for plan in plans):
        m = _held_up(ground, rules, m, how)
    if any(plan.rolls_forward for plan in plans):
        m = _rolled_forward(ground, m)
    o = beside(o, m.select(*KEY, "still", now_due="due", now_warn="warn"), KEY)
    since, rest = STANDS_STILL.split("{}")
    stands = ibis.literal(since).concat(on_day(o.still), rest)
    return o.mutate(
        due=ibis.coalesce(o.now_due, o.due), due_day=ibis.coalesce(o.now_due, o.due_day),
        warn=ibis.coalesce(o.now_warn, o.warn), dated=o.dated & o.still.isnull(),
        cannot_tell=ibis.coalesce(stands, o.cannot_tell),
    ).drop("still", "now_due", "now_warn")  # fmt: skip


def _brought_forward(ground: Ground, m: ir.Table) -> ir.Table:
    """Due at once where a happening of the rule's comes before the end of the period."""
    told = ground.told.select("subject", forward="called", b_day="day")
    sooner = having(m, told, ["subject", "forward"])
    sooner = sooner.filter(sooner.opened <= sooner.b_day, sooner.b_day < sooner.due)
    m = beside(m, sooner.group_by(KEY).agg(at_once=sooner.b_day.min()), KEY)
    warn = ibis.ifelse(m.at_once.notnull(), ibis.least(m.at_once, m.warn), m.warn)
    return ground.store.cut(m.mutate(due=ibis.coalesce(m.at_once, m.due), warn=warn).drop("at_once"))


def _held_up(ground: Ground, rules: Rules, m: ir.Table, how: str) -> ir.Table:
    """Due later by the days for which the clock stood still; while it does, nobody can tell when."""
    s = ground.store.cut(_stops(ground, rules, m, how))
    w = ibis.window(group_by=KEY, order_by="stopped", rows=(None, -1))
    s = s.mutate(days=(s.again.epoch_days() - s.stopped.epoch_days()).fill_null(0))
    s = ground.store.cut(s.mutate(so_far=s.days.sum().over(w).fill_null(0).cast("int32")))
    in_time = (s.stopped <= days_on(s.due, s.so_far)).cast("int32")
    # The first that came too late to stop the clock leaves it as it is, and so do all after it.
    s = ground.store.cut(s.mutate(stops=in_time.min().over(ibis.cumulative_window(group_by=KEY, order_by="stopped"))))
    s = s.filter(s.stops == 1)
    stood = s.group_by(KEY).agg(held=s.days.sum().cast("int32"), since=s.stopped.max(where=s.again.isnull()))
    m = beside(m, stood, KEY)
    return ground.store.cut(_later(m.mutate(still=m.since), m.held).drop("held", "since"))


def _stops(ground: Ground, rules: Rules, m: ir.Table, how: str) -> ir.Table:
    """Of each opening, the days from its own on on which its clock `stopped`, and when it went on `again`."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of(how):
            pause = rules.plans[r].pause
            if pause is not None:
                yield r, pause.from_, pause.to

    own = ground.store.put("bulk_pause", {"r": "i", "called": "s", "back": "s"}, rows())
    told = having(own, ground.told.select("subject", "called", stopped="day"), ["called"])
    s = having(m.select(*KEY, "opened", "due"), told, ["r", "subject"])
    s = ground.store.cut(s.filter(s.opened <= s.stopped).select(*KEY, "due", "back", "stopped").distinct())
    went_on = ground.told.select("subject", back="called", again="day")
    s = beside(s, went_on, ["subject", "back"], [went_on.again >= s.stopped])
    each = ground.store.cut(s.group_by([*KEY, "due", "stopped"]).agg(again=s.again.min()))
    # A clock that stands still cannot stop: of those before it goes on, the first.
    return each.group_by([*KEY, "due", "again"]).agg(stopped=each.stopped.min())


def _rolled_forward(ground: Ground, m: ir.Table) -> ir.Table:
    """On the next working day, where it would be due on a day off."""
    unit = ibis.ifelse(m.rolls_forward, "working_days", NO_TEXT)
    one, no = ibis.literal(1, "int32"), ibis.literal(False)
    m = after(ground, m.mutate(eve=days_on(m.due, -1)), "eve", unit, one, no, "working")
    by = ibis.ifelse(m.rolls_forward, m.working.epoch_days() - m.due.epoch_days(), 0)
    return ground.store.cut(_later(m, by.cast("int32")))


def _later(m: ir.Table, by: ir.IntegerValue) -> ir.Table:
    days = by.fill_null(0)
    return m.mutate(due=days_on(m.due, days), warn=days_on(m.warn, days))
