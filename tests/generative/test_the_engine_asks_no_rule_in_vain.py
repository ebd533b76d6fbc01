"""Which rules a line is asked about is narrowed by what it holds: never so far that a duty is lost."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

import lives
from throughline.duties import Rulebook, evaluate, load
from throughline.duties.plan import Plan
from throughline.timeline import Line

RULES = load()
BOOK = Rulebook(RULES)
LIVES = 250


class AllRules(Rulebook):
    """Every rule that is awake is asked about every line."""

    def for_line(self, line: Line) -> list[Plan]:
        asleep = {rule.id for rule in self.asleep(line.coverage, line.las)}
        return [p for p in self.plans() if p.id not in asleep and p.rule.stands_on(line.subject.kind)]


@pytest.mark.parametrize(("seed", "day"), [(1, date(2026, 3, 31)), (2, date(2024, 10, 27))])
def test_no_rule_that_is_left_out_would_have_opened_anything(seed: int, day: date) -> None:
    random, every = Random(seed), AllRules(RULES)
    world = lives.world(BOOK, random, day)
    opened = 0
    for life in (lives.life(BOOK, random) for _ in range(LIVES)):
        line = life.line(world.coverage, day)
        narrowed = evaluate(line, BOOK, day)
        assert narrowed == evaluate(life.line(world.coverage, day), every, day), str(life)
        today = evaluate(life.line(world.coverage, day), BOOK, day, ahead=False)
        assert today == [i for i in narrowed if i.opened <= day], str(life)
        opened += len(narrowed)
    assert opened > LIVES, "these lives are about something"


def test_a_line_is_asked_about_few_of_the_rules() -> None:
    random = Random(3)
    world = lives.world(BOOK, random, date(2026, 3, 31))
    lines = [lives.life(BOOK, random).line(world.coverage, world.day) for _ in range(100)]
    asked = [len(BOOK.for_line(line)) for line in lines]
    assert max(asked) < len(BOOK) / 2
