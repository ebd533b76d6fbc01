"""A child's line and duties, worked out anew from the statements that stand, in the write's own transaction.

Nothing here adds to what was there: all rows of the child are worked out whole, so the same statements always give
the same rows, whatever order they came in; of those, what differs from what is stored is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from throughline import duties, feeds, timeline
from throughline.duties.partnership import Partnership
from throughline.feeds.base import Event, Fault, Statement
from throughline.web import bulk, clock, replacing
from throughline.web.casework import apart, pages, postcodes, rows, rules_here, shares_holding, subjects, supply
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.relating import relate
from throughline.web.intake import storing
from throughline.web.intake.models import Coverage
from throughline.web.linkage import describing
from throughline.web.linkage.models import Child

_BATCH = 200
"""Children at a time: bounds memory, keeps statements few."""

_CARRIED_ON = "ssda903"
"""The feed whose rows say something by not being in a later delivery."""

_HELD = """
select s.child_id, s.id, s.feed, s.table_name, coalesce(f.name, 'typed here'), s.row_no, s.record_id, s.person,
       s.cells, s.outcome, s.said_by, s.recorded_on, s.recorded_at, s.received_on,
       s.final_outcome, s.level, s.tags, s.delivery_id, s.file_id, s.first_received_on
  from intake_statement s left join intake_fileread f on f.id = s.file_id
 where s.child_id = any(%s) and (s.live or %s)
 order by s.child_id, s.feed, s.table_name, 5, s.row_no, s.id
"""

# In the order of their numbers, so that two writes about the same children wait instead of clashing.
_ABOUT = "select c.id, c.dob, c.las, c.used_name from linkage_child c where c.id = any(%s) order by c.id for update"

# Asked once the children are held: a statement that had to wait for them sees other tables as they were before it.
_HAD_FAULTS = "select exists (select from intake_fault f where f.child_id = any(%s) and f.derived)"

# What decides which cover stands: it is put together once for each state of it, not for each entry.
_COVER_STANDS = """
select current_database(), (select max(id) from intake_coverage), (select count(*) from intake_coverage),
       (select array_agg(id order by id)::text from intake_delivery where withdrawn_on is not null),
       (select count(*) from intake_typedhere), exists (select from intake_postcodeedition)
"""
_kept: dict[tuple[Any, ...], tuple[timeline.CoverageIndex, Mapping[str, Mapping[str, date]]]] = {}
"""Cover by its state; all but the newest is let go."""

_RESTING = """
select c.id from linkage_child c
 where exists (select from intake_coverage v where v.delivery_id = %(delivery)s
               and (v.la in ('', 'la') or v.la = any(c.las) or 'la' = any(c.las)))
   and (exists (select from casework_event e where e.child_id = c.id and e.kind = any(%(opening)s))
        or exists (select from casework_instance i
                 where i.child_id = c.id and i.met_on is null and i.duty_id = any(%(duties)s))
        or %(returns)s and (
           exists (select from casework_segment s
                    where s.child_id = c.id and s.state = 'in_care' and s."end" is null)
           or exists (select from intake_fault f where f.child_id = c.id and f.derived
                       and f.rule like 'episode-not-carried-on%%')))
"""


class Held(NamedTuple):
    """A statement as stored, with what its row says beside it."""

    statement: Statement
    id: int
    final_outcome: str
    level: str
    tags: frozenset[str]
    delivery: int | None
    file: int | None
    first_received_on: date


@dataclass
class Drawn:
    """One child's line, and what came of drawing it."""

    line: timeline.Line
    instances: list[duties.Instance]
    faults: list[Fault] = field(default_factory=list)
    outcomes: dict[int, str] = field(default_factory=dict)
    """Statement -> what became of it, where looking at the rows together changed that."""


@dataclass(frozen=True)
class About:
    """What a line is drawn for."""

    dob: date | None
    las: frozenset[str]


@dataclass(frozen=True)
class Covered:
    """What deliveries can answer for."""

    index: timeline.CoverageIndex
    to: Mapping[str, Mapping[str, date]]
    """Feed -> agency -> the last day its deliveries answer for."""
    places: timeline.Places | None
    """Where postcodes lie; None: no directory was loaded."""
    rules: Partnership
    """The rules in force here."""


def recompute(children: Iterable[int], told: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Work out lines, duties and pages of these children, and store them. Call inside the write's transaction.

    Where a page opens by it, what was kept apart about the child joins its line. `told` hears how many are done,
    of how many.
    """
    ordered = sorted(set(children))
    with as_engine():
        coverage = covered()
        named: set[int] = set()
        while ordered:
            opened: set[int] = set()
            for start in range(0, len(ordered), _BATCH):
                opened |= _recompute(ordered[start : start + _BATCH], coverage, named)
                told(min(start + _BATCH, len(ordered)), len(ordered))
            ordered = sorted(pages.join(opened)) if opened else []
        subjects.recompute(named, coverage)


def resting_on_coverage(delivery: int) -> set[int]:
    """Children for whom a delivery's cover may change what can be told, though no row of it is theirs.

    They have something not known to be done that the delivery's kinds would answer; or what opens a rule that sleeps
    until somebody supplies them; or, of a return of children looked after, they are in care, or are said to have left
    it because a later return did not have them.
    """
    told = Coverage.objects.filter(delivery_id=delivery).values_list("feed", "kinds")
    kinds = frozenset().union(*(kinds for _, kinds in told))
    book = rules_here.book()
    asked = [duty for duty in book if not kinds.isdisjoint(book.plan(duty).rests_on)]
    new = supply.by_this_alone(delivery)
    woken = [book[duty] for duty in book if not new.isdisjoint(book[duty].needs_feed)]
    opening = sorted(frozenset().union(*(rules_here.opening_kinds(rule) for rule in woken)))
    returns = any(feed == _CARRIED_ON for feed, _ in told)
    with connection.cursor() as cursor:
        asking: dict[str, Any] = {"delivery": delivery, "duties": asked, "opening": opening, "returns": returns}
        cursor.execute(_RESTING, asking)
        return {child for (child,) in cursor.fetchall()}


def covered(received_by: date | None = None) -> Covered:
    """What all deliveries that stand can answer for; or that stood on a day, of those received by then."""
    if received_by:
        later = Q(delivery__withdrawn_on__isnull=True) | Q(delivery__withdrawn_on__gt=received_by)
        standing = Coverage.objects.filter(later, delivery__received_on__lte=received_by)
        return Covered(*_index(standing, supply.typed_here(received_by)), postcodes.places(), rules_here.here())
    with connection.cursor() as cursor:
        cursor.execute(_COVER_STANDS)
        *key, places = cursor.fetchone()
    if tuple(key) not in _kept:
        _kept.clear()
        _kept[tuple(key)] = _index(Coverage.objects.filter(delivery__withdrawn_on__isnull=True), supply.typed_here())
    return Covered(*_kept[tuple(key)], postcodes.places(places), rules_here.here())


def _index(
    standing: QuerySet[Coverage], typed: Iterable[feeds.Coverage]
) -> tuple[timeline.CoverageIndex, Mapping[str, Mapping[str, date]]]:
    found = list(standing.values_list("feed", "agency", "kinds", "start", "end", "la"))
    to: dict[str, dict[str, date]] = defaultdict(dict)
    for feed, agency, _, _, end, _ in found:
        to[feed][agency] = max(end, to[feed].get(agency, end))
    told = [feeds.Coverage(agency, frozenset(kinds), start, end, la) for _, agency, kinds, start, end, la in found]
    index = timeline.CoverageIndex([*told, *typed])
    return index, to


def draw(
    held: Sequence[Held],
    about: About,
    coverage: Covered,
    as_of: date,
    partings: Sequence[apart.Pair] = (),
    only: Callable[[list[Event]], list[Event]] = lambda events: events,
    holding: shares_holding.Holding | None = None,
) -> Drawn:
    """One child's line and duties as of a day, from the statements that stand for it. Pure.

    `partings` are those in force; `only` leaves events out before the line is drawn. `holding` is how closely records
    are held besides; left out, it is what the events themselves say.
    """
    events: list[Event] = []
    faults: list[Fault] = []
    outcomes: dict[int, str] = {}
    for feed_id, mine in groupby(held, key=lambda h: h.statement.feed):
        said = list(mine)
        derived = feeds.get(feed_id).events([h.statement for h in said], coverage.to.get(feed_id, {}))
        events += derived.events
        faults += derived.faults
        if derived.outcomes:
            ids = {(h.statement.table, h.statement.file, h.statement.row): h.id for h in said}
            outcomes.update((ids[place], outcome) for place, outcome in derived.outcomes.items() if place in ids)
    told = shares_holding.hold(only(events), shares_holding.in_force(events) if holding is None else holding)
    parted = apart.parted(told, partings)
    line = timeline.build(
        told,
        dob=about.dob,
        las=about.las,
        coverage=coverage.index,
        parted=parted,
        places=coverage.places,
        as_of=as_of,
    )
    owed = [i for i in duties.evaluate(line, coverage.rules.book, as_of) if coverage.rules.counts(i)]
    return Drawn(line, owed, faults, outcomes)


def draw_today(child: int, as_of: date) -> Drawn:
    """A child's line up to a day, from everything that stands today."""
    about = Child.objects.filter(pk=child).values_list("dob", "las").get()
    held = [h for _, mine in held_by([child]) for h in mine]
    partings = apart.in_force([child]).get(child, ())
    return draw(held, About(about[0], frozenset(about[1])), covered(), as_of, partings)


def ever_held_by(child: int) -> list[Held]:
    """Every statement ever made that is taken to be this child's, standing or not."""
    return [h for _, mine in held_by([child], standing=False) for h in mine]


def held_by(children: Sequence[int], *, standing: bool = True) -> Iterator[tuple[int, list[Held]]]:
    """Each child's standing statements (or all ever made), in the order feeds want them."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(children), not standing])
        for child, given in groupby(cursor.fetchall(), key=lambda row: row[0]):
            yield child, [_held(row) for row in given]


def _held(row: Sequence[Any]) -> Held:
    (_, id, feed, table, file, row_no, record_id, person, cells, outcome, said_by, recorded_on, recorded_at,
     received_on, final_outcome, level, tags, delivery, file_id,
     first_received_on) = row  # fmt: skip
    statement = Statement(
        feed, table, file, row_no, record_id, person, tuple(cells), outcome, said_by,
        recorded_at or recorded_on, (), received_on,
    )  # fmt: skip
    return Held(statement, id, final_outcome, level, frozenset(tags), delivery, file_id, first_received_on)


def _recompute(children: list[int], coverage: Covered, named: set[int]) -> set[int]:
    """Store all that is derived of some children; those whose page has opened by it.

    Of these, whoever has something kept apart is stored once it has joined their line (`recompute`). Into `named` go
    the places and plans for which what these children's events mention has changed.
    """
    today = clock.today()
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, [children])
        found = cursor.fetchall()
        about = {id: About(dob, frozenset(las)) for id, dob, las, _ in found}
        partings = apart.in_force(children)
        drawn = {
            child: (held, draw(held, about[child], coverage, today, partings.get(child, ())))
            for child, held in held_by(children)
        }
        lives = {child: (d.line, d.instances) for child, (_, d) in drawn.items()}
        opened, open_now = pages.keep(cursor, children, lives, today)
        if later := pages.awaiting(opened) if opened else set():
            children = [child for child in children if child not in later]
            drawn = {child: of for child, of in drawn.items() if child not in later}
            lives = {child: life for child, life in lives.items() if child not in later}
        used = {id: name for id, *_, name in found}
        _store(cursor, children, drawn, coverage.rules, used)
        named |= subjects.keep_mentions(children, {child: line for child, (line, _) in lives.items()})
        relate(children, lives, open_now, today)
        return opened


def _store(cursor, children: list[int], drawn: _All, rules: Partnership, used: Mapping[int, str]) -> None:
    """Make what is stored of these children what was drawn of them; `used`: the name each was found by so far."""
    cursor.execute(_HAD_FAULTS, [children])
    (had_faults,) = cursor.fetchone()
    cursor.execute(
        "select statement_id from linkage_question where judged_at is null and child_id = any(%s)", [children]
    )
    in_question = {id for (id,) in cursor.fetchall()}
    replacing.replace("casework_event", rows.EVENT, rows.EVENT_KEY, children, _events(drawn, in_question))
    replacing.replace("casework_segment", rows.SEGMENT, rows.SEGMENT_KEY, children, _segments(drawn))
    replacing.replace("casework_instance", rows.INSTANCE, rows.INSTANCE_KEY, children, _instances(drawn, rules))
    faults = list(_faults(drawn))
    if faults or had_faults:
        columns = storing.FAULT_COLUMNS
        replacing.replace("intake_fault", columns, storing.FAULT_KEY, children, faults, only="derived")
    _settle(cursor, drawn)
    names = {child: _used_name(d.line) for child, (_, d) in drawn.items()}
    describing.rename({child: name for child, name in names.items() if name != used[child]})


def _used_name(line: timeline.Line) -> str:
    """The first name the child was last said to use."""
    said = line.of("name_used")
    return said[-1].details.get("name", "") if said else ""


_All = dict[int, tuple[list[Held], Drawn]]


def _events(drawn: _All, in_question: set[int]) -> Iterator[tuple[object, ...]]:
    for child, (held, d) in drawn.items():
        ids = {id(h.statement): h.id for h in held}
        for number, happening in rows.numbered(d.line.happenings):
            why = rows.joined_why(happening)
            for telling, event in enumerate(happening.events):
                statement = ids[id(event.statement)]
                yield child, statement, statement in in_question, number, telling, why, *rows.event(event)


def _segments(drawn: _All) -> Iterator[tuple[object, ...]]:
    for child, (_, d) in drawn.items():
        for row in rows.segments(d.line):
            yield (child, *row)


def _instances(drawn: _All, rules: Partnership) -> Iterator[tuple[object, ...]]:
    """Rows of duties. One whose rule was switched on later was first heard of on that day."""
    for child, (held, d) in drawn.items():
        learnt = {id(h.statement): h.first_received_on for h in held}
        for instance in d.instances:
            told = instance.trigger.events
            first = min(learnt[id(event.statement)] for event in told)
            first = max(first, rules.since.get(instance.duty, first))
            looms_on = rows.looms_on(instance, rules.book[instance.duty], first)
            row, rule = rows.instance_row(instance), rules.book[instance.duty]
            yield (child, first, *row, looms_on)
            if alone := rows.line_alone(row, rule):
                yield (child, first, *alone, looms_on)


def _faults(drawn: _All) -> Iterator[tuple[object, ...]]:
    for child, (held, d) in drawn.items():
        place = {(h.statement.file, h.statement.row): h for h in held}
        for fault in d.faults:
            found = place.get((fault.file, fault.row))
            yield storing.fault_row(
                fault,
                delivery=found.delivery if found else None,
                file=found.file if found else None,
                child=child,
                derived=True,
            )


def _settle(cursor, drawn: _All) -> None:
    """Write on each statement what became of it, and how closely it is to be held."""
    changed = []
    for held, d in drawn.values():
        levels: dict[int, tuple[str, frozenset[str]]] = {}
        for happening in d.line.happenings:
            for event in happening.events:
                level, tags = levels.get(id(event.statement), ("SL0", frozenset()))
                levels[id(event.statement)] = max(level, event.level), tags | event.tags
        for h in held:
            level, tags = levels.get(id(h.statement), ("SL2", frozenset()))
            outcome = d.outcomes.get(h.id, h.statement.outcome)
            if (outcome, level, tags) != (h.final_outcome, h.level, h.tags):
                changed.append((h.id, outcome, level, bulk.array_text(sorted(tags))))
    if changed:
        cursor.execute(
            "update intake_statement s set final_outcome = n.outcome, level = n.level, tags = n.tags::text[]"
            " from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) as n (id, outcome, level, tags)"
            " where s.id = n.id",
            [list(column) for column in zip(*changed, strict=True)],
        )
