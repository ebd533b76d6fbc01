"""Duties worked out set-wise are those the live engine finds, on thousands of lives nobody thought of.

A life that differs is made smaller until nothing can be taken from it, and that one is shown.
"""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

import lives
from throughline.duties import Rulebook, bulk, rulebook

BOOK = rulebook()
LIVES = 2000
"""Of each run: most of its time goes into planning queries, whatever their number."""


@pytest.mark.parametrize(("seed", "day"), [(1, date(2026, 3, 31))])
def test_the_engine_and_the_queries_find_the_same_instances(seed: int, day: date) -> None:
    random = Random(seed)
    world = lives.world(BOOK, random, day)
    drawn = [lives.life(BOOK, random) for _ in range(LIVES)]
    differing = world.differing(drawn)
    assert not differing, world.told(world.smallest(min((drawn[n] for n in differing), key=lambda x: len(x.events))))


def test_every_rule_that_ships_is_worked_out_set_wise() -> None:
    assert [plan.id for plan in bulk.carried(BOOK)[1]] == []


def test_a_rule_that_says_what_no_query_reads_is_left_to_the_engine_and_so_is_what_goes_on_from_it() -> None:
    rule = BOOK["r16-carrier-not-started"]
    assert rule.pattern is not None
    of_two = rule.pattern.any_of[0].model_copy(update={"children": 2})
    asks = rule.model_copy(update={"pattern": rule.pattern.model_copy(update={"any_of": (of_two,)})})
    relay = next(rule for rule in BOOK.values() if rule.relay is not None)
    assert relay.relay is not None
    follows = relay.model_copy(update={"relay": relay.relay.model_copy(update={"of": asks.id}), "view_of": ""})
    here, left = bulk.carried(Rulebook([asks, follows]))
    assert here == []
    assert {plan.id for plan in left} == {asks.id, follows.id}


def test_a_further_rule_of_a_known_shape_adds_no_query() -> None:
    some = [BOOK[id] for id in ("rhi-72h", "icpc-15wd")]
    more = [rule.model_copy(update={"id": f"{rule.id}-{n}"}) for rule in some for n in range(50)]
    assert _queries(Rulebook(some)) == _queries(Rulebook([*some, *more])) == ["after"]


def _queries(book: Rulebook) -> list[str]:
    return lives.names_of_queries(lives.world(book, Random(1), date(2026, 3, 31)))
