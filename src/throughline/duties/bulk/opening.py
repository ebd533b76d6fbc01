"""What triggers open: the meaning of `duties.after`, before it is known what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from throughline.duties.after import LENGTH_UNKNOWN
from throughline.duties.bulk.ground import EVER, TYPICAL, Ground, days_on, in_order
from throughline.duties.bulk.reckoning import NO_DAY, before, in_force
from throughline.duties.bulk.rules import Rules
from throughline.duties.bulk.saying import beside, fits, having, overlap
from throughline.duties.bulk.settling import KEY, MET, about, told_of_it

PLACES = 1 << 20
"""Triggers of a rule and happenings of a child, as one number: no child has so many."""


def triggers_of(ground: Ground, rules: Rules, how: str, told: ir.Table) -> ir.Table:
    """What is told and is one of the triggers of these plans, with what these say."""
    triggers = [trigger for r in rules.of(how) for trigger in rules.plans[r].triggers]
    t = rules.trigger.filter(rules.trigger.how == how)
    o = having(told, t, ["called"])
    if any(each.with_ or each.without or each.codes for each in triggers):
        o = o.filter(fits(o, o, rules.codes))
    return o.mutate(seq=o.t.cast("int64") * PLACES + o.n)


def triggered(ground: Ground, rules: Rules, how: str) -> ir.Table:
    """An opening for each happening that is one of the triggers of these plans."""
    plans = [rules.plans[r] for r in rules.of(how)]
    triggers = [trigger for plan in plans for trigger in plan.triggers]
    o = triggers_of(ground, rules, how, ground.told)
    o = o.mutate(opened=o.day, rests=ibis.array([o.key]), rest_refs=o.refs)
    if any(each.unless for each in triggers):
        o = _unless(ground, o)
    if any(each.over_school_days for each in triggers):
        o = _over(ground, o)
    if any(each.count_from for each in triggers):
        o = anchored(ground, o)
    o = about(ground, o.mutate(cannot_tell=ibis.literal(""), not_owed=_never_owed(o, any(p.not_owed for p in plans))))
    if any(plan.in_states for plan in plans):
        o = in_states(ground, rules, o, "day")
    return ground.store.cut(as_opening(o))


def as_opening(o: ir.Table) -> ir.Table:
    """The columns of an opening, those not given as they usually are."""
    usual = {
        "until": NO_DAY, "until_why": ibis.literal(""), "estimated": ibis.literal(""), "cannot_tell": ibis.literal(""),
        "dated": ibis.literal(True), "not_owed": ibis.literal(""), "since": o.opened, "rest_refs": o.refs,
        "rests": ibis.array([o.key]),
    }  # fmt: skip
    o = o.mutate(**{name: value for name, value in usual.items() if name not in o.columns})
    own = ["r", "subject", "seq", "n", "kind", "key", "early", "late", "timed", "refs", "opened"]
    more = ["las", "born", "eighteen", "school", "typical"]
    return o.select(*own, *usual, *(name for name in more if name in o.columns))


def _never_owed(o: ir.Table, some: bool) -> ir.StringValue:
    """Why a mark that every telling carries says that the duty does not arise."""
    if not some:
        return ibis.literal("")
    carried = o.not_marks.map(lambda mark: o.sure.contains(mark))
    place = carried.index(True).cast("int32")
    return ibis.ifelse(o.not_marks.isnull() | (place < 0), "", ibis.coalesce(o.not_whys[place], ""))


def _unless(ground: Ground, o: ir.Table) -> ir.Table:
    """Less those of which another kind tells the same."""
    other = ground.told.select(b_subject="subject", b_called="called", b_day="day", b_refs="refs")
    names = overlap(o.refs, other.b_refs)
    neither = (o.refs.length() == 0) | (other.b_refs.length() == 0)
    days = other.b_day.epoch_days() - o.day.epoch_days()
    same = names | ((days >= 0) & (days <= o.unless_days) & neither)
    return o.anti_join(other, [o.subject == other.b_subject, o.unless == other.b_called, same])


def sessions(told: ir.Table) -> ir.IntegerValue:
    """Sessions a suspension lasts; null where nobody says (`timeline.states.sessions`)."""
    return told.details.get("sessions", "").try_cast("float64").floor().cast("int32")


def _over(ground: Ground, o: ir.Table) -> ir.Table:
    """Less those of which the statutory term's suspensions come to no more school days than asked."""
    asked = having(o.filter(o.over.notnull()), ground.days.rename(day="on"), ["day"])
    asked = asked.select(*KEY, "over", "term_first", "day", "called")
    told = ground.told
    gone = told.filter(told.called == "exclusion_cancelled").group_by("subject").agg(gone=told.refs.collect())
    told = beside(told.filter(told.called.isin(["suspension", "permanent_exclusion"])), gone, ["subject"])
    told = told.filter(told.gone.isnull() | ~overlap(told.refs, told.gone.flatten()))
    each = told.select("subject", "called", b_day="day", count=ibis.coalesce(sessions(told), 0))
    sums = having(asked, each, ["subject", "called"])
    sums = sums.filter(sums.b_day >= sums.term_first, sums.b_day <= sums.day)
    sums = sums.group_by([*KEY, "over"]).agg(total=sums["count"].sum())
    sums = sums.filter(sums.total > 2 * sums.over).select(*KEY, reached=ibis.literal(True))
    o = beside(o, sums, KEY)
    return o.filter(o.over.isnull() | o.reached.fill_null(False)).drop("reached")


def anchored(ground: Ground, o: ir.Table) -> ir.Table:
    """Counted from the nearest happening of an earlier kind where there is one within so many days."""
    t = ground.told
    other = t.select("subject", anchor="called", b_day="day", b_n="n", b_key="key", b_refs="refs", b_sure="sure")
    found = having(o.select(*KEY, "day", "anchor", "anchor_days", "anchor_without"), other, ["subject", "anchor"])
    found = found.filter(
        found.b_day <= found.day,
        found.b_day >= days_on(found.day, -found.anchor_days),
        found.anchor_without.isnull() | ~overlap(found.anchor_without, found.b_sure),
    )
    nearest = found.group_by(KEY).agg(**{name: found[name].argmax(found.b_n) for name in ("b_day", "b_key", "b_refs")})
    o = beside(o, nearest, KEY)
    some = o.b_day.notnull()
    return o.mutate(
        opened=ibis.ifelse(some, o.b_day, o.opened),
        rests=ibis.ifelse(some, o.rests.concat(ibis.array([o.b_key])), o.rests),
        rest_refs=ibis.ifelse(some, o.rest_refs.concat(o.b_refs), o.rest_refs),
    ).drop("b_day", "b_key", "b_refs")


def in_states(ground: Ground, rules: Rules, o: ir.Table, day: str) -> ir.Table:
    """Less those whose child was in none of the rule's states; where that cannot be told, what is missing."""
    asked, s = rules.in_state, ground.stretch
    own = having(o.select(*KEY, "las", on=o[day]), asked, ["r"])
    held = having(own, s.select("subject", "state", "number", "first", "last"), ["subject", "state"])
    held = held.filter(held.first <= held.on, held["last"].isnull() | (held.on < held["last"]))
    if any(plan.lasted for plan in rules.plans):
        held = before(
            ground, held.mutate(school=ibis.literal(TYPICAL)), "on", held.lasted_unit, held.lasted_amount, "long"
        )
        held = held.filter(held.lasted_unit.isnull() | (held.first <= held.long))
    held = whether_still(ground, rules, held, "on")
    order = held.so * PLACES + held.number
    doubt = held.group_by(KEY).agg(
        sure=(held.missing == "").any(), missing=held.missing.argmax(order, where=held.missing != "")
    )
    o = beside(
        o, having(o.select("r").distinct(), asked.select("r").distinct(), ["r"]).mutate(asked=ibis.literal(True)), ["r"]
    )
    o = beside(o, doubt.rename(was_sure="sure"), KEY)
    o = o.filter(o.asked.isnull() | o.was_sure.notnull())
    unsure = o.asked.notnull() & ~o.was_sure
    return o.mutate(cannot_tell=ibis.ifelse(unsure, o.missing, o.cannot_tell)).drop("asked", "was_sure", "missing")


def whether_still(ground: Ground, rules: Rules, held: ir.Table, day: str) -> ir.Table:
    """With `missing`: what is missing to tell whether an open state went on to `day`; blank: its end would have
    been told. Needs `state`, `las`, `first`, `last`."""
    s = rules.still
    held = having(held, s, ["state", "las"], [s.s_first <= held.first, s.s_last >= held.first])
    asked = ibis.least(held[day], ground.day)
    told = held["last"].notnull() | held.told_to.isnull() | (held.told_to >= asked)
    return held.mutate(missing=ibis.ifelse(told, "", held.still_words)).drop(
        "s_first", "s_last", "told_to", "still_words"
    )


# --- what is about which --------------------------------------------------------------------------------------


def allotted(ground: Ground, rules: Rules, openings: ir.Table, told: ir.Table) -> ir.Table:
    """What is told, to the openings it is about: those it names, else the one it most closely follows.

    What names a reference that is known of the plan's episodes, and none of these openings, is about none.
    `told` has `r`, `subject`, `a_n`, `a_late`, `a_refs` and `place`, which tells apart the times a happening is told.
    """
    own = openings.select(*KEY, "early", "rest_refs")
    e, t = rules.episode, ground.told
    named = having(e, t, ["called"])
    known = named.filter(named.refs.length() > 0).group_by(["r", "subject"]).agg(known=named.refs.collect())
    told = beside(told, known.mutate(known=known.known.flatten()), ["r", "subject"])
    told = told.mutate(names=told.known.notnull() & overlap(told.a_refs, told.known).fill_null(False)).drop("known")
    pairs = having(told, own, ["r", "subject"])
    pairs = ground.store.cut(pairs.filter(pairs.early <= pairs.a_late))
    named = pairs.filter(pairs.names, overlap(pairs.rest_refs, pairs.a_refs))
    pairs = pairs.filter(~pairs.names)
    last = ibis.row_number().over(
        ibis.window(group_by=["r", "subject", "place", "a_n"], order_by=[ibis.desc("early"), ibis.desc("seq")])
    )
    pairs = ground.store.cut(pairs.mutate(last=last))
    pairs = pairs.filter(pairs["last"] == 0).drop("last")
    return ground.store.cut(named.union(pairs).drop("names", "early", "rest_refs"))


def nearest(ground: Ground, rules: Rules, openings: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Answers allotted to openings of rules that match so, and all that is evidence, as lists of keys."""
    p = rules.plan.filter(rules.plan.nearest).select("r")
    told = having(told_of_it(ground, rules), p, ["r"])
    told = told.mutate(place=told.ko + ibis.ifelse(told.given, 1000, 0))
    pairs = allotted(ground, rules, having(openings, p, ["r"]), told)
    order = [pairs.given, pairs.a_early, pairs.ko, pairs.a_n]
    others = pairs.group_by(KEY).agg(others=in_order(pairs.a_key, *order))
    met = pairs.filter(pairs.given & (pairs.a_kind == pairs.called)).select(*MET)
    return met, others


def taken_away(ground: Ground, rules: Rules, openings: ir.Table) -> ir.Table:
    """The same; those that something takes away as if they had not been are not owed."""
    if not any(plan.takes_away for plan in rules.plans):
        return openings
    t = ground.told.select("called", "subject", a_n="n", a_late="late", a_refs="refs")
    told = having(rules.away, t, ["called"]).rename(place="eo")
    gone = allotted(ground, rules, openings, told)
    why = gone.group_by(KEY).agg(away=gone.why.argmax(gone.place))
    o = beside(openings, why, KEY)
    return o.mutate(not_owed=ibis.coalesce(o.away, o.not_owed)).drop("away")


def looking_back(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    """With `since`: from how long before the trigger an answer counts already."""
    p = rules.plan.select("r", "back_unit", "back_amount", "back_last")
    b = having(o.select(*KEY, "opened", "early"), p.filter(p.back_unit.notnull() | p.back_last), ["r"])
    b = before(ground, b.mutate(school=ibis.literal(TYPICAL)), "opened", b.back_unit, b.back_amount, "back")
    b = after_the_last(ground, rules, b, b.back_last)
    o = beside(o, b.select(*KEY, looks_to=ibis.ifelse(b.back_last, b.after_last, b.back)), KEY)
    return ground.store.cut(o.mutate(since=ibis.coalesce(o.looks_to, o.opened)).drop("looks_to"))


def after_the_last(ground: Ground, rules: Rules, o: ir.Table, asked: ir.BooleanValue) -> ir.Table:
    """With `after_last`: from after the trigger before each, and after what met that one late.

    An answer between two triggers is the earlier one's, unless something had been told for that beforehand.
    """
    w = ibis.window(group_by=["r", "subject"], order_by=["early", "seq"])
    o = ground.store.cut(o.mutate(last_day=o.opened.lag().over(w), one_before=o.opened.lag(2).over(w), asked=asked))
    own = o.filter(o.asked, o.last_day.notnull())
    a = told_of_it(ground, rules)
    m = having(own.select(*KEY, "opened", "last_day", "one_before"), a.filter(a.given), ["r", "subject"])
    found = m.group_by(KEY).agg(
        had_told=((m.one_before.isnull() | (m.one_before < m.a_day)) & (m.a_day <= m.last_day)).any(),
        met_late=m.a_day.min(where=(m.last_day < m.a_day) & (m.a_day < m.opened)),
    )
    o = beside(o, found, KEY)
    last = ibis.ifelse(o.had_told.fill_null(False), o.last_day, ibis.coalesce(o.met_late, o.last_day))
    after_last = ibis.ifelse(o.last_day.isnull(), ibis.literal(EVER), days_on(last, 1))
    return ground.store.cut(
        o.mutate(after_last=after_last).drop("last_day", "one_before", "asked", "had_told", "met_late")
    )


def runs(ground: Ground, rules: Rules) -> ir.Table:
    """Runs of a state longer than so many school days; before a version that joins them, each part alone."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for r in rules.of("run"):
            run = rules.plans[r].run
            assert run is not None
            yield r, *run

    own = ground.store.put("bulk_run", {"r": "i", "state": "s", "longer": "i"}, rows())
    s = in_force(rules, having(own, ground.stretch, ["state"]), "first")
    everyone = having(own, ground.stretch, ["state"]).select("r", "subject", "number", "longer", "parts")
    s = beside(everyone, s.select("r", "subject", "number", "joined"), ["r", "subject", "number"])
    s = ground.store.cut(s).unnest("parts", offset="part").rename(n="parts")
    s = s.mutate(group=ibis.ifelse(s.joined.fill_null(True), 0, s.part.cast("int64") + 1))
    t = ground.told
    t = t.filter(t.called == t.kind).select("subject", "n", "key", "day", "refs", count=sessions(t))
    s = ground.store.cut(having(s, t, ["subject", "n"]))
    g = s.group_by(["r", "subject", "number", "group"]).agg(
        known=s["count"].sum(), doubt=s["count"].isnull().any(), longer=s.longer.max(), n=s.n.argmin(s.part),
        opened=s.day.argmin(s.part), rests=in_order(s.key, s.part), rest_refs=s.refs.collect(),
    )  # fmt: skip
    short = g.known.fill_null(0) <= 2 * g.longer
    g = ground.store.cut(g.mutate(short=short, rest_refs=g.rest_refs.flatten()))
    g = g.filter(~g.short | g.doubt)
    o = having(g, t.select("subject", "n"), ["subject", "n"])
    happened = ground.told.filter(ground.told.called == ground.told.kind)
    o = having(o, happened.select("subject", "n", "kind", "key", "early", "late", "timed", "refs"), ["subject", "n"])
    o = o.mutate(
        seq=o.number.cast("int64") * PLACES + o.group, dated=~o.short,
        cannot_tell=ibis.ifelse(o.short, LENGTH_UNKNOWN, ""),
    )  # fmt: skip
    return ground.store.cut(as_opening(about(ground, o)))


def gathered(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    """Those that come soon after the last, with nothing between that answered or ended it, added to it."""
    soon = rules.plan.filter(rules.plan.soon_unit.notnull()).select("r", "soon_unit", "soon_amount")
    gathering = _gathered(ground, rules, having(o, soon, ["r"])).select(*o.columns)
    return ground.store.cut(o.anti_join(soon, ["r"]).union(gathering))


def _gathered(ground: Ground, rules: Rules, o: ir.Table) -> ir.Table:
    told = having(rules.parting, ground.told, ["called"])
    told = told.filter(fits(told, told, rules.codes)).select("r", "subject", b_day="day")
    m = having(o.select(*KEY, "opened"), told, ["r", "subject"])
    parted = m.filter(m.b_day < m.opened).group_by(KEY).agg(parted=m.b_day.count())
    o = beside(o, parted, KEY)
    o = before(ground, o, "opened", o.soon_unit, o.soon_amount, "soon")
    o = o.mutate(parted=o.parted.fill_null(0))
    w = ibis.window(group_by=["r", "subject"], order_by=["early", "seq"])
    joins = (o.parted.lag().over(w) == o.parted) & (o.soon <= o.opened.lag().over(w))
    o = ground.store.cut(o.mutate(begins=(~joins.fill_null(False)).cast("int32")))
    run = ibis.cumulative_window(group_by=["r", "subject"], order_by=["early", "seq"])
    o = o.mutate(run=o.begins.sum().over(run), place=ibis.row_number().over(w))
    o = ground.store.cut(o)
    each = o.group_by(["r", "subject", "run"]).agg(all_rests=in_order(o.rests, o.place), all_refs=o.rest_refs.collect())
    o = beside(o.filter(o.begins == 1), each, ["r", "subject", "run"])
    rests = o.all_rests.flatten()
    return o.mutate(rests=rests.filter(lambda key, i: rests.index(key) == i), rest_refs=o.all_refs.flatten())
