"""Random lives by the thousand, and the same duties worked out by the engine and set-wise: where they differ, the
smallest life that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

import duckdb

from throughline import words
from throughline.duties import Rulebook, bulk, evaluate, in_columns
from throughline.duties.model import Rule
from throughline.feeds.base import Coverage, Event, Statement
from throughline.timeline import CoverageIndex, Line, build, recorded_by, relations
from throughline.words.calendars import london_date

FIRST, LAST = date(2023, 9, 1), date(2027, 3, 31)
LONG_AGO = date(2000, 1, 1)
CHANGES = (
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2024, 10, 27),
    date(2025, 1, 31),
    date(2025, 3, 30),
    date(2025, 8, 31),
)
"""A leap day, clocks going forward and back, ends of months: lives gather around these."""
AUTHORITIES = (*tuple(f"la:{n}" for n in range(901, 909)), "la:971", "la:972")
"""Each is covered in a way of its own; the last two have a school calendar."""


@dataclass(frozen=True)
class Life:
    events: tuple[Event, ...]
    dob: date | None
    las: frozenset[str]
    known_on: date | None
    """Only what agencies had written down by then; None: all."""

    def line(self, coverage: CoverageIndex, day: date) -> Line:
        events = self.events if self.known_on is None else recorded_by(self.events, self.known_on).events
        return build(events, dob=self.dob, las=self.las, coverage=coverage, as_of=day)

    def __str__(self) -> str:
        told = [
            f"  {e.kind} {e.happened_at or e.happened_on} {' '.join(sorted(e.marks))} {dict(e.details)} {e.ref} "
            f"by {e.statement.feed}/{e.said_by} recorded {e.recorded_at or 'not said'}"
            for e in self.events
        ]
        return "\n".join([f"born {self.dob}, known to {' '.join(self.las)}, as known on {self.known_on}", *told])


class World:
    """One coverage, one day, one set of rules: lives go in, differences come out."""

    def __init__(self, rulebook: Rulebook, coverage: CoverageIndex, day: date) -> None:
        self.rulebook, self.coverage, self.day = rulebook, coverage, day
        self.here = {plan.id for plan in bulk.carried(rulebook)[0]}

    def differing(self, lives: Sequence[Life]) -> list[int]:
        """Numbers of the lives on which the two do not say the same."""
        return [n for n, (one, other) in enumerate(zip(*self.both(lives), strict=True)) if one != other]

    def both(self, lives: Sequence[Life]) -> tuple[list[list[str]], list[list[str]]]:
        """What the engine and the bulk say of each life, as sorted rows."""
        return self.worked_out([life.line(self.coverage, self.day) for life in lives])

    def worked_out(self, lines: Sequence[Line]) -> tuple[list[list[str]], list[list[str]]]:
        """The same of lines."""
        live = [
            sorted(repr(in_columns(i)) for i in evaluate(line, self.rulebook, self.day) if i.duty in self.here)
            for line in lines
        ]
        return live, self._bulk(lines)

    def _bulk(self, lines: Sequence[Line]) -> list[list[str]]:
        found: list[list[str]] = [[] for _ in lines]
        for row in self.set_wise(lines):
            own = {name: _plain(row[name]) for name in COLUMNS}
            found[row["subject"]].append(repr(own))
        return [sorted(rows) for rows in found]

    def set_wise(self, lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
        """Rows of instances that the queries find, on DuckDB."""
        with stored(lines) as store:
            for _, query in bulk.evaluate(bulk.DuckDB(store), self.rulebook, self.coverage, self.day):
                yield from store.sql(query).to_arrow_table().to_pylist()

    def smallest(self, life: Life) -> Life:
        """A life that still differs and from which no event can be taken."""
        while True:
            fewer = [replace(life, events=life.events[:i] + life.events[i + 1 :]) for i in range(len(life.events))]
            plainer = [
                replace(life, events=(*life.events[:i], plain, *life.events[i + 1 :]))
                for i, e in enumerate(life.events)
                for plain in (
                    e._replace(happened_at=None, precision="day"),
                    e._replace(ref=""),
                    e._replace(marks=frozenset()),
                )
                if plain != e
            ]
            if life.known_on is not None:
                plainer.append(replace(life, known_on=None))
            tries = fewer + plainer
            differing = self.differing(tries) if tries else []
            if not differing:
                return life
            life = tries[differing[0]]

    def told(self, life: Life) -> str:
        """How the two differ on a life, to be read by a person."""
        (live,), (rows,) = self.both([life])
        only = lambda a, b: "\n".join(f"    {x}" for x in a if x not in b)  # noqa: E731
        return f"As of {self.day}, {life}\n  engine only:\n{only(live, rows)}\n  bulk only:\n{only(rows, live)}"


def stored(lines: Sequence[Line]) -> duckdb.DuckDBPyConnection:
    """A store with the lines' facts, each line's number its subject."""
    store = duckdb.connect()
    store.execute("SET TimeZone = 'UTC'")
    for name, table in bulk.tables(bulk.rows(enumerate(lines), words.states())).items():
        store.register("given", table)
        store.execute(f"CREATE TABLE {name} AS FROM given")
    return store


def names_of_queries(world: World) -> list[str]:
    with stored([]) as store:
        return [name for name, _ in bulk.evaluate(bulk.DuckDB(store), world.rulebook, world.coverage, world.day)]


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


COLUMNS = ("subject_kind", "subject_id", *(c.name for c in relations.INSTANCE if not c.name.startswith("subject")))


# --- random worlds and lives ------------------------------------------------------------------------------------


def world(rulebook: Rulebook, random: Random, day: date) -> World:
    """Some authorities are covered for everything always, some for a time, some with gaps, some not at all."""
    kinds = sorted(words.kinds())
    items = []
    for n, la in enumerate(AUTHORITIES):
        if n % 4 == 3:
            continue
        if n % 4 == 0:
            items.append(Coverage("x", frozenset(kinds), LONG_AGO, day + timedelta(days=random.randint(0, 30)), la))
            continue
        for _ in range(6):
            some = frozenset(random.sample(kinds, len(kinds) * 2 // 3))
            start = random.choice([LONG_AGO, _some_day(random)])
            items.append(Coverage("x", some, start, start + timedelta(days=random.randint(10, 9000)), la))
    return World(rulebook, CoverageIndex(items), day)


def life(rulebook: Rulebook, random: Random) -> Life:
    """A life about two or three of the rules, in a busy fortnight or over years."""
    told = [rulebook[random.choice(list(rulebook))] for _ in range(random.choice([1, 1, 2, 3]))]
    pool = [*sorted(frozenset().union(*(kinds_of(rule) for rule in told))), "child_died"]
    near = random.choice(CHANGES) if random.random() < 0.4 else _some_day(random)
    span = random.choice([5, 20, 120, 400, 1200])
    events = tuple(_event(random, random.choice(pool), near, span, n) for n in range(random.randint(1, 12)))
    dob = None if random.random() < 0.1 else date(2006, 1, 1) + timedelta(days=random.randint(0, 4400))
    if random.random() < 0.05:
        dob = date(2008, 2, 29)
    las = frozenset(random.sample(AUTHORITIES, random.choice([1, 1, 1, 2])))
    known_on = _some_day(random) if random.random() < 0.15 else None
    return Life(events, dob, las, known_on)


@lru_cache
def _kinds_by_rule() -> dict[str, frozenset[str]]:
    return {}


def kinds_of(rule: Rule) -> frozenset[str]:
    """Every kind that may matter to a rule: all that its document names, and what opens and closes its states."""
    known = _kinds_by_rule()
    if rule.id not in known:
        said = set(_texts(rule.model_dump()))
        states = [s for id, s in words.states().items() if id in said]
        kinds = {kind for kind in words.kinds() if kind in said} | set(rule.opening_kinds)
        for state in states:
            kinds |= {spec.partition("+")[0].partition("-")[0] for spec in state.opened_by} | set(state.closed_by)
        known[rule.id] = frozenset(kinds)
    return known[rule.id]


def _texts(given: Any) -> Iterable[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict):
        for key, value in given.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(given, (list, tuple)):
        for value in given:
            yield from _texts(value)


def _some_day(random: Random) -> date:
    return FIRST + timedelta(days=random.randint(0, (LAST - FIRST).days))


def _event(random: Random, kind: str, near: date, span: int, number: int) -> Event:
    known = words.kinds()[kind]
    day = near + timedelta(days=random.randint(0, span))
    at = None
    if random.random() < 0.4:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            minutes=random.choice([0, 60, 720, 1380, 1439])
        )
        day = london_date(at)
    feed, by = random.choice(
        [("events", "la:901"), ("events", "la:901"), ("missing_police", "police"), ("ssda903", "la:901")]
    )
    recorded = day + timedelta(days=random.randint(0, 60)) if random.random() < 0.5 else None
    said = Statement(feed, "t", "f.csv", number, f"r{number:02}", "p", (), said_by=by, recorded_at=recorded)
    marks = sorted(known.marks)
    some = frozenset(random.sample(marks, min(len(marks), random.choice([0, 0, 1, 2]))))
    details = {f.id: _detail(random, f, day) for f in known.fields if random.random() < 0.8}
    ref = random.choice(["", "", "a:1", "a:2", "a:1;2"])
    return Event(kind, day, at, "time" if at else "day", by, said, some, details, ref)


def _detail(random: Random, field: Any, day: date) -> str:
    if field.codes:
        return random.choice(sorted(words.codes(field.codes)))
    if field.id in ("due", "booked_for", "date"):
        return (day + timedelta(days=random.randint(-5, 60))).isoformat()
    return random.choice(["", "1", "7", "12", "90"])
