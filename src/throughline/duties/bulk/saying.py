"""Small expressions that every query uses: marks, references, days in words."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir


def overlap(a: Any, b: Any) -> ir.BooleanValue:
    """Whether two lists share anything."""
    return a.intersect(b).length() > 0


def contains(whole: Any, part: Any) -> ir.BooleanValue:
    """Whether everything of `part` is in `whole`."""
    return part.intersect(whole).length() == part.length()


def every(conditions: list[Any]) -> Any:
    """All of these."""
    return reduce(and_, conditions) if conditions else ibis.literal(True)


def fits(asked: ir.Table, told: ir.Table, codes: int) -> ir.BooleanValue:
    """Whether a happening carries what is asked: marks, none of those, and each detail with one of its codes."""
    conditions = [
        asked.with_.isnull() | contains(told.marks, asked.with_),
        asked.without.isnull() | ~overlap(told.sure, asked.without),
    ]
    return every([*conditions, *coded(asked, told, codes)])


def coded(asked: ir.Table, told: ir.Table, codes: int) -> list[ir.BooleanValue]:
    """That each detail asked for has one of its codes."""
    conditions = []
    for i in range(codes):
        wanted = asked[f"code{i}"]
        name = wanted[0].split("=")[0]
        conditions.append(wanted.isnull() | wanted.contains(name.concat("=", told.details.get(name, ""))))
    return conditions


def on_day(day: ir.DateValue) -> ir.StringValue:
    """``3 Mar 2026``."""
    return day.day().cast("string").concat(" ", day.strftime("%b %Y"))


def earlier(a: ir.DateValue, b: ir.DateValue) -> ir.BooleanValue:
    """Whether `a` comes before `b`, where no `b` is never."""
    return a.notnull() & (b.isnull() | (a < b))


def having(a: ir.Table, b: ir.Table, keys: list[str], more: list[Any] | None = None) -> ir.Table:
    """Rows of `a` with those of `b` that have the same keys; `more` are conditions over both as given."""
    return _joined(a, b, keys, more or [], "inner")


def beside(a: ir.Table, b: ir.Table, keys: list[str], more: list[Any] | None = None) -> ir.Table:
    """All rows of `a`, with those of `b` that have the same keys where there are any."""
    return _joined(a, b, keys, more or [], "left")


def _joined(a: ir.Table, b: ir.Table, keys: list[str], more: list[Any], how: str) -> ir.Table:
    found = a.join(b, [a[key] == b[key] for key in keys] + more, how=how, rname="{name}__")
    return found.drop(*[column for column in found.columns if column.endswith("__")])
