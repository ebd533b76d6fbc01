"""What a pattern counts, as rows: its ways of coming about, what each counts, and what was told of that.

`c` numbers a way in which a pattern comes about: one of a rule's conditions, the same for all stages of the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.ground import Ground, Store
from throughline.duties.bulk.rules import Rules, asked_codes
from throughline.duties.bulk.saying import coded, contains, every, having, overlap
from throughline.duties.conditions import ConditionPlan, HeardPlan

_HAPPENINGS, _TYPES, _AGENCIES, _PEOPLE, _SORT = "happenings", "types", "agencies", "people", "sort "
"""What can be counted; of a sort, with its number."""


class Ways(NamedTuple):
    """Ways in which patterns come about, by their number `c`."""

    conditions: list[ConditionPlan]
    of_rule: ir.Table
    """`r`, `c` and its place `co` among the rule's own."""

    def put(self, store: Store, name: str, columns: dict[str, str], rows_of: Any) -> ir.Table:
        """A table of what each says, with its number."""
        rows = ((c, *row) for c, each in enumerate(self.conditions) for row in rows_of(each))
        return store.put(f"bulk_pattern_{name}", {"c": "i"} | columns, rows)


def ways(ground: Ground, rules: Rules) -> Ways:
    """Those of the plans that are asked for."""
    numbers: dict[tuple[str, int], int] = {}
    found: list[ConditionPlan] = []
    owned: list[tuple[int, int, int]] = []
    for r in rules.of("pattern"):
        for co, condition in enumerate(rules.plans[r].conditions):
            c = numbers.setdefault((rules.plans[r].id, co), len(numbers))
            if c == len(found):
                found.append(condition)
            owned.append((r, c, co))
    return Ways(found, ground.store.put("bulk_pattern_of_rule", {"r": "i", "c": "i", "co": "i"}, owned))


# --- what was told of it -------------------------------------------------------------------------------------


def heard(ground: Ground, ways: Ways) -> ir.Table:
    """Happenings that count, each with its `place` in time order among those of its way."""
    columns = {"ko": "i", "called": "s", "any_": "ss", "signs": "ss", "by_sorts": "b"}
    asked = ways.put(ground.store, "told", columns, _told)
    h = having(asked, ground.told, ["called"])
    h = h.filter(h.any_.isnull() | overlap(h.marks, h.any_), h.signs.isnull() | overlap(h.marks, h.signs))
    h = ground.store.cut(h)
    if any(each.sorts for each in ways.conditions):
        h = h.filter(~h.by_sorts).union(
            h.filter(h.by_sorts).semi_join(of_sorts(ground, ways, h), ["c", "subject", "n"])
        )
    if any(each.in_states for each in ways.conditions):
        h = _in_states(ground, ways, ground.store.cut(h))
    if ground.several:
        again = ibis.row_number().over(ibis.window(group_by=["c", "subject", "n"], order_by="ko"))
        h = ground.store.cut(h.mutate(again=again))
        h = h.filter(h.again == 0).drop("again")
    place = ibis.row_number().over(ibis.window(group_by=["c", "subject"], order_by=["early", "ko", "n"]))
    return ground.store.cut(h.mutate(place=place.cast("int64")))


def _told(condition: ConditionPlan) -> Iterator[tuple[Any, ...]]:
    if condition.of_state is None:
        any_, signs = sorted(condition.with_any) or None, sorted(condition.signs) or None
        for ko, kind in enumerate(condition.kinds):
            yield ko, kind, any_, signs, bool(condition.sorts)


def of_sorts(ground: Ground, ways: Ways, h: ir.Table) -> ir.Table:
    """Of happenings of ways that count sorts, each with every `sort` that it is of."""
    codes = max((len(sort.codes) for each in ways.conditions for sort in each.sorts), default=0)

    def rows(condition: ConditionPlan) -> Iterator[tuple[Any, ...]]:
        for number, sort in enumerate(condition.sorts):
            for kind in sorted(sort.kinds):
                yield number, kind, sorted(sort.with_any) or None, *asked_codes(sort.codes, codes)

    columns = {"sort": "i", "kind": "s", "sort_any": "ss"} | {f"code{i}": "ss" for i in range(codes)}
    s = having(h, ways.put(ground.store, "sorts", columns, rows), ["c", "kind"])
    s = s.filter(s.sort_any.isnull() | overlap(s.marks, s.sort_any), every(coded(s, s, codes)))
    return ground.store.cut(s)


def _in_states(ground: Ground, ways: Ways, h: ir.Table) -> ir.Table:
    """Less what was told while the child was in none of the way's states."""
    asked = ways.put(ground.store, "in_states", {"state": "s"}, lambda each: ((state,) for state in each.in_states))
    s = having(asked, ground.stretch.select("subject", "state", "first", "last"), ["state"])
    own = h.semi_join(asked, ["c"])
    held = having(own.select("c", "subject", "n", "day"), s, ["c", "subject"])
    held = ground.store.cut(held.filter(held.first <= held.day, held["last"].isnull() | (held.day < held["last"])))
    return h.anti_join(asked, ["c"]).union(own.semi_join(held, ["c", "subject", "n"]))


def told_of(ground: Ground, ways: Ways, name: str) -> ir.Table:
    """What settles what a way counts, or breaks it off: `name` is the condition's own for it."""

    def rows(condition: ConditionPlan) -> Iterator[tuple[Any, ...]]:
        each: HeardPlan
        for each in getattr(condition, name):
            yield each.kind, sorted(each.with_) or None, sorted(each.without) or None

    asked = ways.put(ground.store, name, {"called": "s", "with_": "ss", "without": "ss"}, rows)
    t = having(asked, ground.told, ["called"])
    t = t.filter(t.with_.isnull() | contains(t.marks, t.with_), t.without.isnull() | ~overlap(t.marks, t.without))
    return t.select("c", "subject", b_n="n", b_day="day", b_late="late", b_refs="refs")


# --- what is counted of it -----------------------------------------------------------------------------------


def wanted(condition: ConditionPlan) -> list[tuple[str, int, bool]]:
    """What has to come to at least so much, and whether that is one of several sorts of which some are enough."""
    alone = condition.within is None
    of = _TYPES if condition.types else _HAPPENINGS
    # One alone is one, and carries one of the types: only who tells of it may still be wanting.
    plain = [(_AGENCIES, condition.agencies), (_PEOPLE, condition.people)]
    found = [] if alone and not condition.different else [(of, condition.at_least, False)]
    found += [(what, least, False) for what, least in plain if least > 1]
    if condition.different:
        found += [(f"{_SORT}{n}", sort.at_least, True) for n, sort in enumerate(condition.sorts)]
    return found


def counts(ground: Ground, ways: Ways, h: ir.Table) -> ir.Table:
    """What each happening adds to what its way counts: `what`, a `value` that counts once, and `least`, `of_some`."""
    asked = ways.put(ground.store, "wanted", {"what": "s", "least": "i", "of_some": "b"}, wanted)
    one = ["c", "subject", "place"]
    of = {what for condition in ways.conditions for what, *_ in wanted(condition)}
    parts = []

    def counted(what: Any, table: ir.Table, value: Any) -> None:
        parts.append(table.select(*one, what=what, value=value))

    if _HAPPENINGS in of:
        counted(ibis.literal(_HAPPENINGS), h, h.place.cast("string"))
    if _TYPES in of:
        columns = {"mark": "s", "type": "s"}
        types = ways.put(ground.store, "types", columns, lambda each: each.types.items())
        m = having(h.select(*one, mark=h.marks.unnest()), types, ["c", "mark"])
        counted(ibis.literal(_TYPES), m, m.type)
    for what, column in ((_AGENCIES, "agencies"), (_PEOPLE, "people")):
        if what in of:
            counted(ibis.literal(what), h, h[column].unnest())
    if any(condition.different for condition in ways.conditions):
        s = of_sorts(ground, ways, h)
        counted(ibis.literal(_SORT).concat(s.sort.cast("string")), s, s.place.cast("string"))
    return having(ground.store.cut(reduce(ir.Table.union, parts)), asked, ["c", "what"])
