"""What every query stands on: the three relations of facts, calendars, coverage, and rules as small tables.

Nothing here says what a duty is. Rules are rows: a further rule of a known shape adds rows, and no query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from throughline import words
from throughline.duties.bulk.engines import Engine
from throughline.duties.model import Rule
from throughline.timeline import CoverageIndex, relations
from throughline.timeline.line import school_of
from throughline.timeline.relations import Relation
from throughline.words.calendars import (
    london_midnight_utc,
    school_calendars,
    school_days,
    statutory_term,
    working_days,
)
from throughline.words.calendars.counting import CountedDays

EVER, NEVER = date(1, 1, 1), date(9999, 12, 31)
"""Before and after every day that anybody writes down."""
WORKING = "working days"
"""Name of the one calendar that is no school's."""
TYPICAL = school_days().id
_ONE_DAY = timedelta(days=1)

_TYPES = {
    "i": ("int32", pa.int32()),
    "l": ("int64", pa.int64()),
    "s": ("string", pa.string()),
    "f": ("float64", pa.float64()),
    "b": ("boolean", pa.bool_()),
    "d": ("date", pa.date32()),
    "ss": ("array<string>", pa.list_(pa.string())),
}
"""Codes of types, as Ibis and as Arrow call them."""
_IBIS = {
    "text": "string", "date": "date", "timestamptz": "timestamp('UTC')", "integer": "int32", "boolean": "boolean",
    "texts": "array<string>", "integers": "array<int32>", "pairs": "map<string, string>",
}  # fmt: skip


def _arrow(columns: Mapping[str, str], rows: Iterable[Iterable[Any]]) -> pa.Table:
    data = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(values, _TYPES[type][1]) for values, type in zip(data, columns.values(), strict=True)]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _as_of() -> None:
    """The London day at whose end rules are read: a function of the engine, so that a query is said once for all."""


as_of = ibis.udf.scalar.builtin(_as_of, name="bulk_as_of", signature=((), "date"))


class Said(NamedTuple):
    """One query, said once for a rulebook and run for any facts and any day."""

    name: str
    text: str
    steps: Mapping[str, str]
    """What it reads of itself, by name, each after those that it reads."""
    tables: Mapping[str, pa.Table]
    """Small tables that it reads besides those of `ground` and `rules`."""
    into: str
    """The temporary table that it is set down in for others; blank: what it finds are instances."""


class Store:
    """The engine that holds the facts or reads them as Parquet, and the query being said to it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._steps: dict[str, str] = {}
        self._tables: dict[str, pa.Table] = {}

    def put(self, name: str, columns: Mapping[str, str], rows: Iterable[Iterable[Any]]) -> ir.Table:
        """A table of these columns (name -> code of their type) and rows."""
        return self.put_table(name, columns, _arrow(columns, rows))

    def put_table(self, name: str, columns: Mapping[str, str], table: pa.Table) -> ir.Table:
        """The same of what is a table already."""
        self._tables[name] = table
        return ibis.table({column: _TYPES[type][0] for column, type in columns.items()}, name=name)

    def set_down(self) -> None:
        """Make the tables put so far."""
        self.engine.set_down(self.taken())

    def taken(self) -> Mapping[str, pa.Table]:
        """The tables put so far; the next ones are kept apart."""
        tables, self._tables = self._tables, {}
        return tables

    def told(self, name: str, relation: Relation) -> ir.Table:
        """A table or view of facts, in the columns of its relation."""
        return ibis.table({"subject": "int64", **{c.name: _IBIS[c.type] for c in relation}}, name=name)

    def cut(self, query: ir.Table) -> ir.Table:
        """The same as a named step of the query being said, which has all steps so far before it."""
        name = f"step_{len(self._steps)}"
        self._steps[name] = self._said(query)
        return ibis.table(query.schema(), name=name)

    def _said(self, query: ir.Table) -> str:
        return str(ibis.to_sql(query, dialect=self.engine.dialect, pretty=False))

    def say(self, name: str, query: ir.Table, into: str = "") -> Said:
        """A query with its steps and the tables put since the last was said; the next one begins anew."""
        text = self._said(query)
        steps, self._steps = self._steps, {}
        return Said(name, text, steps, self.taken(), into)

    def rows(self, query: ir.Table) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self.engine.rows(self._said(query))


@dataclass(frozen=True, slots=True)
class Ground:
    """Tables that all shapes share."""

    store: Store
    day: ir.DateScalar
    """As of the end of this London day."""
    told: ir.Table
    """Happenings up to that day, once for each kind that any telling calls them by."""
    ahead: ir.Table
    """The same with what is booked ahead."""
    child: ir.Table
    stretch: ir.Table
    days: ir.Table
    """Every London day: when it begins in UTC seconds, the statutory term and school year it lies in."""
    counted: ir.Table
    """Calendar and day -> days that count up to it, and whether it does."""
    nth: ir.Table
    """Calendar and number -> the day that counts as that one."""
    body: ir.Table
    """Authorities' number -> their school calendar."""
    authorities: Sequence[frozenset[str]]
    """By number."""
    coverage: CoverageIndex
    several: bool
    """Whether tellings of one happening call it by different kinds."""

    def about(self, rules: Iterable[Rule]) -> Ground:
        """The same with the happenings only that these rules may read."""
        kinds = sorted(frozenset[str]().union(*map(kinds_read, rules)))
        return replace(
            self,
            told=self.told.filter(self.told.called.isin(kinds)),
            ahead=self.ahead.filter(self.ahead.called.isin(kinds)),
        )


def kinds_read(rule: Rule) -> frozenset[str]:
    """Every kind that a rule's document names, and those that open and close states that it names."""
    said = frozenset(_texts(rule.model_dump()))
    kinds = {kind for kind in words.kinds() if kind in said} | {*rule.opening_kinds, "exclusion_cancelled"}
    for state in words.states().values():
        openers = {spec.partition("+")[0].partition("-")[0] for spec in state.opened_by}
        if state.id in said or kinds & set(state.closed_by):
            kinds |= openers | set(state.closed_by)
    return frozenset(kinds)


def _texts(given: object) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        for name, value in given.items():
            yield from _texts(name)
            yield from _texts(value)
    elif isinstance(given, Iterable):
        for value in given:
            yield from _texts(value)


def ground(store: Store, coverage: CoverageIndex, day: date, *, happening: str, child: str, stretch: str) -> Ground:
    """Set the ground for rules read at the end of `day`, over the tables or views of these names."""
    store.engine.as_of(day)
    given = store.told(happening, relations.HAPPENING)
    several = bool(store.rows(given.filter(given.other_kinds.length() > 0).select("subject").limit(1)))
    told = _told(given, several)
    children, authorities = _children(store, store.told(child, relations.CHILD))
    counted, nth = _calendars(store)
    today = as_of()
    return Ground(
        store,
        today,
        told.filter(told.day <= today),
        told,
        children,
        store.told(stretch, relations.STRETCH).rename(first="start", last="end"),
        _days(store),
        counted,
        nth,
        _bodies(store, authorities),
        authorities,
        coverage,
        several,
    )


def _told(h: ir.Table, several: bool) -> ir.Table:
    """Happenings as rules read them; `several`: with those that tellings call by other kinds, once for each."""
    found = h.select(
        "subject", n="happening", called="kind", kind="kind", day="happened_on", timed=h.happened_at.notnull(),
        early=h.earliest.epoch_seconds().cast("int64"), late=h.latest.epoch_seconds().cast("int64"), key="key",
        agencies="agencies", people="people", marks="marks", sure="sure_marks", details="details", refs="refs",
        others="other_kinds",
    )  # fmt: skip
    if not several:
        return found.drop("others")
    again = found.filter(_.others.length() > 0).unnest("others").mutate(called=_.others)
    return found.drop("others").union(again.drop("others"))


def _children(store: Store, child: ir.Table) -> tuple[ir.Table, list[frozenset[str]]]:
    """Children by number, with the days their ages are reached and the number of their authorities."""
    known = child.authorities.join(" ")
    texts = sorted(text for (text,) in store.rows(child.select(las=known).distinct()))
    numbers = store.put("bulk_las", {"las": "i", "text": "s"}, enumerate(texts))
    with_las = child.select("subject", "born_on", text=known).join(numbers, "text")
    table = with_las.select("subject", "las", born="born_on", eighteen=birthday(with_las.born_on, 18))
    return table, [frozenset(text.split()) for text in texts]


def birthday(born: ir.DateValue, years: int) -> ir.DateValue:
    """The day this age is reached; of 29 February, 1 March in common years."""
    day = months_on(born, as_int(years) * 12)
    leap = (born.month() == 2) & (born.day() == 29) & (day.day() == 28)
    return days_on(day, leap.cast("int32"))


def months_on(day: ir.DateValue, amount: Any) -> ir.DateValue:
    """The corresponding date so many months on, or the last of that month."""
    return _a_day(day + as_int(amount).as_interval("M"))


def days_on(day: ir.DateValue, amount: Any) -> ir.DateValue:
    """So many days on."""
    return _a_day(day + as_int(amount).as_interval("D"))


def _a_day(moment: Any) -> ir.DateValue:
    # DuckDB makes a time of a day and an interval, Ibis takes it for a day: said twice, it is one.
    return moment.cast("timestamp").cast("date")


def in_order(values: ir.Value, *order: ir.Value) -> ir.ArrayValue:
    """What a group has, as a list in this order. (Spark cannot be told in which order to collect.)"""
    places = {f"place_{n}": place for n, place in enumerate(order)}
    return ibis.struct({**places, "value": values}).collect().sort().map(lambda pair: pair["value"])


def as_int(amount: Any) -> ir.IntegerValue:
    """A column or a number as an integer expression."""
    return amount if isinstance(amount, ir.Value) else ibis.literal(amount)


def _days(store: Store) -> ir.Table:
    return store.put_table("bulk_days", _DAY, _every_day())


_DAY = {"on": "d", "begins": "l", "term_first": "d", "term_last": "d", "year_first": "d", "year_last": "d"}


@lru_cache
def _every_day() -> pa.Table:
    """Days that the working calendar knows, with when they begin in UTC and the term and year they lie in."""
    found = []
    day, last = working_days().first, working_days().last
    while day <= last:
        year = day.year + (day.month >= 8)
        begins = int(london_midnight_utc(day).timestamp())
        found.append((day, begins, *statutory_term(day), date(year - 1, 8, 1), date(year, 7, 31)))
        day += _ONE_DAY
    return _arrow(_DAY, found)


def _calendars(store: Store) -> tuple[ir.Table, ir.Table]:
    counted, nth = _counted()
    return (
        store.put_table("bulk_counted", _COUNTED, counted),
        store.put_table("bulk_nth", _NTH, nth),
    )


_COUNTED = {"calendar": "s", "on": "d", "upto": "i", "counts": "b"}
_NTH = {"calendar": "s", "n": "i", "nth": "d"}


@lru_cache
def _counted() -> tuple[pa.Table, pa.Table]:
    calendars: dict[str, CountedDays] = {id: school_days(id) for id in school_calendars()} | {WORKING: working_days()}
    counted: list[tuple[Any, ...]] = []
    nth: list[tuple[Any, ...]] = []
    for id, calendar in calendars.items():
        upto, day = 0, calendar.first
        while day <= calendar.last:
            counts = calendar.counts(day)
            upto += counts
            counted.append((id, day, upto, counts))
            if counts:
                nth.append((id, upto, day))
            day += _ONE_DAY
    return _arrow(_COUNTED, counted), _arrow(_NTH, nth)


def _bodies(store: Store, authorities: Sequence[frozenset[str]]) -> ir.Table:
    """Which school calendar holds for children of each set of authorities."""
    found = []
    for number, las in enumerate(authorities):
        school = school_of(las)
        found.append((number, school.id, school.estimated))
    return store.put("bulk_body", {"las": "i", "school": "s", "typical": "b"}, found)
