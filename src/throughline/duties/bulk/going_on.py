"""Duties about what goes on, set-wise: the meaning of `duties.going_on`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.ground import NEVER, WORKING, Ground, days_on
from throughline.duties.bulk.moving import reckoned
from throughline.duties.bulk.opening import PLACES, as_opening, triggered, whether_still
from throughline.duties.bulk.reckoning import NO_DAY, NO_INSTANT, after, before, in_force, london_day, reckon
from throughline.duties.bulk.rules import Rules, asked_codes
from throughline.duties.bulk.saying import beside, coded, every, having
from throughline.duties.bulk.settling import KEY, about, answers, settle
from throughline.duties.bulk.stretches import in_one, united

HAPPENED = ["subject", "n", "kind", "key", "early", "late", "timed", "refs"]
"""What an opening says of its trigger."""


def told_once(ground: Ground) -> ir.Table:
    """Happenings, each once, for looking up by number."""
    t = ground.told
    return t.filter(t.called == t.kind).select(*HAPPENED)


def without_reckoning(o: ir.Table) -> ir.Table:
    """The columns that `reckon` adds, of an opening whose shape has worked out `version`, `due` and `warn` itself."""
    return o.mutate(
        due_s=NO_INSTANT, late_s=NO_INSTANT, warn_s=NO_INSTANT, due_day=o.due, rough=ibis.literal(""),
        no_calendar=ibis.literal(""),
    )  # fmt: skip


# --- a state may last no longer ---------------------------------------------------------------------------


def limit(ground: Ground, rules: Rules) -> ir.Table:
    """A state may last no longer than so long from its trigger; an extension told in time moves the end."""
    numbers = rules.of("limit")
    hours = any(rules.plans[r].hours for r in numbers)
    o = triggered(ground, rules, "limit")
    o = having(
        o,
        ground.told.filter(ground.told.called == ground.told.kind).select("subject", "n", began="day"),
        ["subject", "n"],
    )
    w = ibis.window(group_by=["r", "subject"], order_by=["early", "seq"])
    o = ground.store.cut(o.mutate(following=o.began.lead().over(w)).drop("began"))
    following = o.select(*KEY, "following")
    o = having(reckon(ground, rules, o, hours), following, KEY)
    for e in range(max(len(_extensions(rules, r)) for r in numbers)):
        o = ground.store.cut(_extended(ground, rules, o, e))
    return settle(ground, rules, o.drop("following"), answers(ground, rules, o))


def _extensions(rules: Rules, r: int) -> Any:
    own = rules.plans[r].rule.limit
    assert own is not None
    return own.extended_by


def _extended(ground: Ground, rules: Rules, o: ir.Table, e: int) -> ir.Table:
    """The same with its end moved by the rule's extension of this number, if it was told before that end."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("limit"):
            for x in _extensions(rules, r)[e : e + 1]:
                yield r, x.kind, x.amount, x.unit, x.start, *asked_codes(x.codes.items(), rules.codes)

    columns = {"r": "i", "called": "s", "x_amount": "i", "x_unit": "s", "x_start": "d"}
    columns |= {f"code{i}": "ss" for i in range(rules.codes)}
    x = ground.store.put(f"bulk_extension_{e}", columns, rows())
    t = ground.told
    told = having(x, t, ["called"])
    told = told.filter(every(coded(told, told, rules.codes)))
    told = told.select("r", "subject", "x_amount", "x_unit", "x_start", x_day="day", x_n="n", x_key="key")
    m = having(o.select(*KEY, "opened", "due_day", "following"), told, ["r", "subject"])
    m = m.filter(
        m.x_start.isnull() | (m.x_start <= m.opened), m.opened <= m.x_day, m.x_day <= m.due_day,
        m.following.isnull() | (m.x_day <= m.following),
    )  # fmt: skip
    first = m.group_by(KEY).agg(**{name: m[name].argmin(m.x_n) for name in ("x_key", "x_amount", "x_unit")})
    o = beside(o, first, KEY)
    p = rules.plan.select("r", "begins", "inclusive", "warn_unit", "warn_amount", "hours")
    o = having(o, p, ["r"])
    o = o.mutate(x_from=days_on(o.opened, o.begins))
    o = after(ground, o, "x_from", o.x_unit, o.x_amount, o.inclusive, "x_due")
    o = before(ground, o, "x_due", o.warn_unit, o.warn_amount, "x_warn")
    some, by_day = o.x_key.notnull(), o.x_key.notnull() & ~o.hours
    by_hour = some & o.hours
    span, warns = o.x_amount.cast("int64") * 3600, o.warn_amount.cast("int64") * 3600
    o = o.mutate(
        rests=ibis.ifelse(some, o.rests.concat(ibis.array([o.x_key])), o.rests),
        due=ibis.ifelse(by_day, o.x_due, o.due),
        warn=ibis.ifelse(by_day, o.x_warn, o.warn),
        due_day=ibis.ifelse(by_day, o.x_due, o.due_day),
        due_s=ibis.ifelse(by_hour, o.early + span, o.due_s),
        late_s=ibis.ifelse(by_hour, o.late + span, o.late_s),
        warn_s=ibis.ifelse(by_hour, o.early + span - warns, o.warn_s),
    )
    o = london_day(ground, ground.store.cut(o), "late_s", "due_day")
    return o.drop(
        "x_key",
        "x_amount",
        "x_unit",
        "x_from",
        "x_due",
        "x_warn",
        "begins",
        "inclusive",
        "warn_unit",
        "warn_amount",
        "hours",
    )


# --- a state has gone on --------------------------------------------------------------------------------------


def lasting(ground: Ground, rules: Rules) -> ir.Table:
    """A state has gone on for so long, without a break or adding up within a longer time."""
    s = in_force(rules, about(ground, _segments(ground, rules)), "first")
    s = ground.store.cut(having(s, rules.plan.select("r", "inclusive"), ["r"]))
    marked = _unbroken(ground, s.filter(s.in_unit.isnull()))
    if any(own.cumulative_in for r in rules.of("lasting") if (own := rules.plans[r].rule.lasting)):
        added = _added(ground, s.filter(s.in_unit.notnull()))
        marked = ground.store.cut(marked.union(added.select(*marked.columns)))
    s = whether_still(ground, rules, marked, "mark")
    s = s.mutate(
        opened=ibis.ifelse(s.act_unit.notnull() | s.in_unit.notnull(), s.mark, s.first),
        cannot_tell=ibis.ifelse(s.mark > ground.day, "", s.missing),
        estimated=ibis.ifelse(s.start_known, "", _BEFORE_RECORDS),
        until=s["last"], until_why=ibis.literal("it was over"),
        seq=s.number.cast("int64") * PLACES + s.mark.epoch_days(),
    ).rename(n="opened_by")  # fmt: skip
    o = having(s, told_once(ground), ["subject", "n"])
    timed = acted(ground, rules, o.mutate(since=o.first))
    o = having(as_opening(timed), timed.select(*KEY, "version", "due", "warn"), KEY)
    o = ground.store.cut(without_reckoning(o))
    return settle(ground, rules, o, answers(ground, rules, o))


def _unbroken(ground: Ground, s: ir.Table) -> ir.Table:
    s = after(ground, s, "first", s.length, s.amount, s.inclusive, "mark")
    s = s.filter(s.mark.notnull(), s["last"].isnull() | (s["last"] > s.mark))
    return ground.store.cut(s)


def _added(ground: Ground, s: ir.Table) -> ir.Table:
    """The days on which days of the state, within so long, come to the amount."""
    d = ground.store.cut(_days_of(ground, s))
    line = ["r", "subject"]
    # A day of two segments is one day, of the first of them.
    once = ibis.row_number().over(ibis.window(group_by=[*line, "mark"], order_by="number"))
    d = ground.store.cut(d.mutate(once=once))
    d = d.filter(d.once == 0).drop("once")
    d = d.mutate(k=ibis.row_number().over(ibis.window(group_by=line, order_by="mark")).cast("int64"))
    d = before(ground, d, "mark", d.in_unit, d.in_amount, "since_then")
    first = d.select(*line, k="k", begun="mark")
    d = d.mutate(first_k=d.k - d.amount + 1)
    d = d.left_join(first, [d.r == first.r, d.subject == first.subject, d.first_k == first.k], rname="{name}__")
    d = d.drop("r__", "subject__", "k__")
    d = ground.store.cut(d.mutate(reached=(d.begun.notnull() & (d.begun > d.since_then))))
    was = d.reached.lag().over(ibis.window(group_by=line, order_by="k")).fill_null(False)
    d = ground.store.cut(d.mutate(was=was))
    return d.filter(d.reached & ~d.was)


def _days_of(ground: Ground, s: ir.Table) -> ir.Table:
    """Each day of the state that counts, as `mark`; of one that goes on, as far as the amount can need."""
    today, c = ground.day, ground.counted
    calendar = ibis.ifelse(s.length == "school_days", s.school, ibis.literal(WORKING))
    s = s.mutate(calendar=calendar)
    span = c.group_by("calendar").agg(c_first=c.on.min(), c_now=c.upto.max(where=c.on <= today))
    s = having(s, span, ["calendar"])
    s = s.filter(s.first >= s.c_first)
    d = having(s, c.select("calendar", "counts", "upto", mark="on"), ["calendar"], [c.on >= s.first])
    by_school = d.length == "school_days"
    far = ibis.ifelse(by_school, d.upto <= d.c_now.fill_null(0) + d.amount, d.mark <= days_on(today, d.amount))
    d = d.filter(d["counts"] | ~by_school, ibis.ifelse(d["last"].isnull(), far, d.mark < d["last"]))
    return d.drop("calendar", "c_first", "c_now", "counts", "upto")


_BEFORE_RECORDS = "it began before the records do; counted from their first day"


def acted(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    """Due at the `mark` itself or, where the rule gives a time to act, so long after it. Needs `act_unit` too."""
    o = after(ground, o, "mark", o.act_unit, o.act_amount, ibis.literal(False), "due")
    o = o.mutate(due=ibis.coalesce(o.due, o.mark))
    o = having(o, rules.plan.select("r", "warn_unit", "warn_amount"), ["r"])
    o = before(ground, o, "due", o.warn_unit, o.warn_amount, "warn")
    return ground.store.cut(o.mutate(warn=ibis.greatest(o.warn, o.opened)).drop("warn_unit", "warn_amount"))


def _segments(ground: Ground, rules: Rules) -> ir.Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("lasting"):
            own = rules.plans[r].rule.lasting
            assert own is not None
            with_ = [f"{name}={value}" for name, value in own.with_.items()]
            act, within = own.act, own.cumulative_in
            yield (
                r, own.state, with_ or None, act.unit if act else None, act.amount if act else None,
                within.unit if within else None, within.amount if within else None,
            )  # fmt: skip

    columns = {
        "r": "i", "state": "s", "with_": "ss", "act_unit": "s", "act_amount": "i", "in_unit": "s", "in_amount": "i",
    }  # fmt: skip
    asked = ground.store.put("bulk_lasting", columns, rows())
    s = having(asked, ground.stretch, ["state"])
    has = s.with_.map(lambda said: s.attributes.get(said.split("=")[0], "") == said.split("=")[1])
    s = s.filter(s.with_.isnull() | has.alls())
    # Those without a day between are one: another arrangement for the same is no new beginning.
    s = in_one(ground, s.mutate(so=ibis.literal(0), last=s["last"].fill_null(NEVER)), touching=True).drop("last_state")
    s = s.mutate(last=ibis.ifelse(s["last"] == NEVER, NO_DAY, s["last"])).rename(number="place")
    return ground.store.cut(having(s, asked.drop("with_"), ["r"]))


# --- nobody sits there ----------------------------------------------------------------------------------------


def seat(ground: Ground, rules: Rules) -> ir.Table:
    """Nobody sits in a seat that a state requires: from its first day, or from when somebody left."""
    numbers = rules.of("seat")
    own = {r: rules.plans[r].rule.seat for r in numbers}
    s = united(ground, "seat", {r: list(x.states) for r, x in own.items() if x}, {})
    told = ground.store.cut(_sat(ground, rules))
    left = told.filter(~told.takes)
    gone = having(s.select("r", "subject", "place", "first", "last", "opened_by", "ended"), left, ["r", "subject"])
    gone = gone.filter(gone.first < gone.b_day, gone["last"].isnull() | (gone.b_day < gone["last"]))
    columns = ["r", "subject", "place", "last", "ended", "opened_by", "opened", "n", "seq"]
    gone = gone.mutate(
        opened=gone.b_day,
        n=gone.b_n,
        seq=gone.place.cast("int64") * PLACES * 8 + gone.b_n.cast("int64") * 8 + gone.so + 1,
    )
    begun = ground.store.put("bulk_from_start", {"r": "i"}, ((r,) for r, x in own.items() if x and x.from_start))
    begun = having(s, begun, ["r"])
    begun = begun.mutate(opened=begun.first, n=begun.opened_by, seq=begun.place.cast("int64") * PLACES * 8)
    o = ground.store.cut(begun.select(*columns).union(gone.select(*columns)))
    o = _empty(ground, o, told)
    opener = told_once(ground).select("subject", opened_by="n", opener="key")
    o = having(having(o, opener, ["subject", "opened_by"]), told_once(ground), ["subject", "n"])
    o = about(ground, o.mutate(until=o["last"], until_why=o.ended))
    o = o.mutate(rests=ibis.ifelse(o.n == o.opened_by, ibis.array([o.key]), ibis.array([o.key, o.opener])))
    o = reckoned(ground, rules, ground.store.cut(as_opening(o)), "seat")
    return settle(ground, rules, o, answers(ground, rules, o))


def _sat(ground: Ground, rules: Rules) -> ir.Table:
    """What says that somebody took a seat or left it."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("seat"):
            own = rules.plans[r].rule.seat
            assert own is not None
            for takes, by in ((True, own.taken_by), (False, own.left_by)):
                for so, each in enumerate(by):
                    yield r, takes, so, each.kind, *asked_codes(each.codes.items(), rules.codes)

    columns = {"r": "i", "takes": "b", "so": "i", "called": "s"} | {f"code{i}": "ss" for i in range(rules.codes)}
    t = having(ground.store.put("bulk_seat", columns, rows()), ground.told, ["called"])
    t = t.filter(every(coded(t, t, rules.codes)))
    return t.select("r", "subject", "takes", "so", b_n="n", b_day="day", b_early="early", b_late="late")


def _empty(ground: Ground, o: ir.Table, told: ir.Table) -> ir.Table:
    """Less those on whose day, at its end, the last that was told is that somebody took the seat."""
    m = having(o.select(*KEY, "opened"), told, ["r", "subject"])
    m = m.filter(m.b_day <= m.opened)
    order = (m.b_early * 8 + m.so) * 4096 + m.b_n
    sits = m.group_by(KEY).agg(came=m.b_late.argmax(order, where=m.takes), went=m.b_early.argmax(order, where=~m.takes))
    o = beside(o, sits, KEY)
    return o.filter(o.came.isnull() | (o.went.notnull() & (o.came < o.went))).drop("came", "went")
