"""Realistic faults, in stated shares (data/faults.yaml): what goes wrong with a row before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from throughline.invent import setting


class Spoil(NamedTuple):
    """One way a row of one layout goes wrong."""

    fault: str
    share: float
    put: tuple[str, ...]
    first: int
    """Index of the column; of the first of two that change places; -1: the whole row stands twice."""
    second: int
    blank: bool

    def applied(self, cells: Sequence[str], choice: float) -> tuple[list[str], int]:
        """The row as it goes out, and how many times; unchanged where there is nothing to spoil."""
        spoilt = list(cells)
        if self.first < 0:
            return spoilt, 2
        if self.second >= 0:
            if spoilt[self.first] and spoilt[self.second] and spoilt[self.first] != spoilt[self.second]:
                spoilt[self.first], spoilt[self.second] = spoilt[self.second], spoilt[self.first]
        elif self.blank:
            spoilt[self.first] = ""
        elif spoilt[self.first]:
            spoilt[self.first] = self.put[int(choice * len(self.put))]
        return spoilt, 1


class Spoiling:
    """All the ways rows of one layout go wrong."""

    def __init__(self, layout: str, columns: Sequence[str]) -> None:
        self._ways = [_way(given, columns) for given in setting.faults()["rows"].get(layout, ())]
        self._share = sum(way.share for way in self._ways)

    def draw(self, rng: Random) -> Spoil | None:
        """What goes wrong with the next row; None for nearly all."""
        chance = rng.random()
        if chance >= self._share:
            return None
        for way in self._ways:
            if chance < way.share:
                return way
            chance -= way.share
        return None

    def row(self, rng: Random, cells: Sequence[str]) -> tuple[Sequence[str], int]:
        """The row as it goes out and how many times, for layouts in which nothing is put right later."""
        way = self.draw(rng)
        return (cells, 1) if way is None else way.applied(cells, rng.random())


@lru_cache
def spoiling(layout: str, columns: tuple[str, ...]) -> Spoiling:
    """The faults of one layout, whose columns are these."""
    return Spoiling(layout, columns)


def _way(given: dict[str, Any], columns: Sequence[str]) -> Spoil:
    first = second = -1
    if "swap" in given:
        first, second = (columns.index(name) for name in given["swap"])
    elif "blank" in given:
        first = columns.index(given["blank"])
    elif "put" in given:
        first = columns.index(given["column"])
    return Spoil(
        fault=given["fault"],
        share=given["share"],
        put=tuple(given.get("put", ())),
        first=first,
        second=second,
        blank="blank" in given,
    )
