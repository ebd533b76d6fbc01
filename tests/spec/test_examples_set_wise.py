"""What the examples of every rule tell is worked out the same set-wise as by the live engine."""

from __future__ import annotations

from datetime import date
from itertools import groupby

import pytest

from lives import World
from throughline import words
from throughline.duties import bulk, examples, rulebook
from throughline.duties.loading import LAW, LOCAL
from throughline.feeds.base import Coverage
from throughline.timeline import CoverageIndex, build

BOOK = rulebook()
HERE = {plan.id for plan in bulk.carried(BOOK)[0]}
READ_ON = (date(2026, 6, 30), date(2030, 12, 31))
"""Each is read on the first of these days after its own: a query for each day of a thousand would take an hour."""
ALL = [e for folder in (LAW, LOCAL) for path in sorted(folder.rglob("*.spec.yaml")) for e in examples.read(path)]


def read_on(example: examples.Example) -> date:
    return next(day for day in READ_ON if day >= examples.moment_day(example.as_of))


MINE = sorted((e for e in ALL if e.rule in HERE and e.about == words.CHILD and e.cover is None), key=read_on)


@pytest.mark.parametrize("day", READ_ON, ids=str)
def test_the_engine_and_the_queries_agree_on_every_example(day: date) -> None:
    told = next((list(some) for read, some in groupby(MINE, read_on) if read == day), [])
    covered = CoverageIndex([Coverage(examples.AUTHORITY, frozenset(words.kinds()), date(2000, 1, 1), day)])
    las = frozenset({examples.AUTHORITY})
    lines = [build(e.events, dob=e.born, las=las, coverage=covered, as_of=e.as_of) for e in told]
    live, found = World(BOOK, covered, day).worked_out(lines)
    differing = [f"{e.where} ({e.says})" for e, one, other in zip(told, live, found, strict=True) if one != other]
    assert told
    assert differing == []
