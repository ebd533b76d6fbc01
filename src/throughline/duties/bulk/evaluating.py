"""The instances of every rule for all children, from their facts as tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from weakref import WeakKeyDictionary

import ibis
import ibis.expr.types as ir

from throughline.duties.bulk.engines import Engine
from throughline.duties.bulk.ground import Ground, Said, Store, ground
from throughline.duties.bulk.handing_on import PARENT
from throughline.duties.bulk.knowing import knows
from throughline.duties.bulk.queries import QUERIES, relay
from throughline.duties.bulk.rules import Rules, how_of, rules
from throughline.duties.bulk.settling import columns
from throughline.duties.plan import Plan
from throughline.duties.rulebook import Rulebook
from throughline.timeline import CoverageIndex
from throughline.words import CHILD


def carried(rulebook: Rulebook) -> tuple[list[Plan], list[Plan]]:
    """Plans that a child's line may open: those that are worked out here, and those left to `engine.evaluate`.

    A relay is left with the duty it goes on from.
    """
    here: list[Plan] = []
    left: list[Plan] = []
    lost: set[str] = set()
    for plan in rulebook.plans():
        if plan.rule.stands_on(CHILD):
            relayed = plan.rule.relay
            can = (how_of(plan) in QUERIES or relayed is not None) and knows(plan.rule)
            if not can or (relayed is not None and relayed.of in lost):
                lost.add(plan.id)
                left.append(plan)
            else:
                here.extend(plan.points or (plan,))
    return here, left


def evaluate(
    engine: Engine,
    rulebook: Rulebook,
    coverage: CoverageIndex,
    day: date,
    *,
    happening: str = "happening",
    child: str = "child",
    stretch: str = "stretch",
) -> Iterator[tuple[str, str]]:
    """Each query that the rules need, by name and as text: its rows are instances as of the end of `day`.

    Run them in order, each before the next is taken. `happening`, `child` and `stretch` are tables or views of
    `timeline.relations` with their subject; the lines they tell of were built as of the same day.
    """
    store = Store(engine)
    here, _ = carried(rulebook)
    on = ground(store, coverage, day, happening=happening, child=child, stretch=stretch)
    known = rules(here, on)
    store.set_down()
    names = (engine.dialect, happening, child, stretch, on.several)
    said = _SAID.setdefault(rulebook, {})
    if names not in said:
        said[names] = [*_queries(store, on, known), *_relays(store, on, known)]
    for each in said[names]:
        engine.set_down(each.tables)
        text = engine.ready(each.text, each.steps)
        if each.into:
            engine.keep(each.into, text)
        else:
            yield each.name, text


_SAID: WeakKeyDictionary[Rulebook, dict[tuple[str, str, str, str, bool], list[Said]]] = WeakKeyDictionary()
"""Saying them takes Ibis seconds, and nothing in them changes from day to day."""


def _queries(store: Store, on: Ground, known: Rules) -> Iterator[Said]:
    for how, query in QUERIES.items():
        if known.of(how):
            yield store.say(how, columns(store.cut(query(_for(on, known, how), known))))


def _for(on: Ground, known: Rules, how: str) -> Ground:
    return on.about(known.plans[r].rule for r in known.of(how))


def _relays(store: Store, on: Ground, known: Rules) -> Iterator[Said]:
    """Duties that others open, each step after the one it goes on from."""
    waiting, step = set(known.of("relay")), 0
    ready = known.chosen - waiting
    if not waiting:
        return
    parents = known.only(p for r in waiting for p in _parents_of(known, r) & ready)
    found = [
        query(_for(on, parents, how), parents).select(*PARENT) for how, query in QUERIES.items() if parents.of(how)
    ]
    query = reduce(ir.Table.union, found)
    while waiting:
        name = f"bulk_parents_{step}"
        yield store.say(name, query, into=name)
        table = ibis.table(query.schema(), name=name)
        next_step = known.only(r for r in waiting if _parents_of(known, r) <= ready)
        yield store.say(f"relay {step}", columns(store.cut(relay(on, next_step, table))))
        waiting -= next_step.chosen
        ready |= next_step.chosen
        step += 1
        parents = known.only(r for r in next_step.chosen if any(r in _parents_of(known, other) for other in waiting))
        query = relay(on, parents, table).select(*PARENT) if waiting else query


def _parents_of(known: Rules, r: int) -> set[int]:
    own = known.plans[r].rule.relay
    return {p for p, plan in enumerate(known.plans) if own is not None and plan.id == own.of}
