"""Small numbers held back, and as many others as it takes so that nobody can work them out again.

A count of one to four is shown as *few*. Totals would often give it back (37 in all, 34 of them elsewhere), so
further counts are held back too: by the hypercube method of official statistics, every few stands at a corner of
a box of numbers that are all held back. One child more at some corners and one fewer at the others leaves every
number that is shown as it is, so at least two different tables fit what is shown, for each few. What is shown
must never depend on who looks: two people could put their pages together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

ALL = "*"
"""On one side of a table: the sum over that side."""
THRESHOLD = 5
"""Counts of at least one and below this are few (practice §5.1, SL0; the partnership's own rule)."""

EXACT, FEW, HELD = "exact", "few", "held back"

Place = tuple[str, ...]
"""Where a count stands: one category for each side of the table, or `ALL`."""


class Shown(NamedTuple):
    """A count as it may be shown."""

    how: str
    """`EXACT`, `FEW` (one to four) or `HELD` (one or more: nothing else is said)."""
    n: int | None
    """The number; None unless exact."""


class _Box(NamedTuple):
    cost: tuple[int, int, int]
    """New totals, new counts of any kind, and the children in them that would be held back for it."""
    places: tuple[Place, ...]


def hold_back(counts: Mapping[Place, int], sides: Sequence[Sequence[str]]) -> Mapping[Place, Shown]:
    """Every place of a table, sums included, as it may be shown.

    `counts` are those of single categories, `sides` the categories of each side; a place not counted is nought,
    and noughts are shown: they are about nobody. The same counts always give the same table.
    """
    return _hold_back(tuple(sorted(counts.items())), tuple(map(tuple, sides)))


@lru_cache(maxsize=256)
def _hold_back(given: tuple[tuple[Place, int], ...], sides: tuple[tuple[str, ...], ...]) -> Mapping[Place, Shown]:
    n = with_sums(dict(given), sides)
    how = {place: FEW if 0 < count < THRESHOLD else EXACT for place, count in n.items()}
    for place in sorted((p for p in n if how[p] == FEW), key=lambda p: (p.count(ALL), p)):
        if how[place] == HELD:
            continue  # it is in a box already
        box = min(_safe_boxes(place, n, how, sides), default=None)
        if box is None:
            for corner in _own_sums(place, n, sides):
                how[corner] = HELD
        else:
            how.update((corner, HELD) for corner in box.places if how[corner] == EXACT)
    return {place: Shown(how[place], count if how[place] == EXACT else None) for place, count in n.items()}


def with_sums(counts: Mapping[Place, int], sides: Sequence[Sequence[str]]) -> dict[Place, int]:
    """The same counts with the sums over every side, and noughts where nothing was counted."""
    n = dict.fromkeys(product(*((*side, ALL) for side in sides)), 0)
    for place, count in counts.items():
        for summed in product(*((category, ALL) for category in place)):
            n[summed] += count
    return n


def _safe_boxes(
    place: Place, n: Mapping[Place, int], how: Mapping[Place, str], sides: tuple[tuple[str, ...], ...]
) -> Iterator[_Box]:
    """Boxes with a corner at `place` that can give it another value, whatever the reader knows of the corners."""
    others = [[c for c in (*side, ALL) if c != own] for own, side in zip(place, sides, strict=True)]
    for far in product(*others):
        signs = dict(_corners(place, far))
        if 0 not in map(n.__getitem__, signs) and any(_stays_true(signs, way, n, how) for way in (1, -1)):
            new = [corner for corner in signs if how[corner] == EXACT]
            cost = sum(ALL in corner for corner in new), len(new), sum(n[corner] for corner in new)
            yield _Box(cost, tuple(signs))


def _corners(near: Place, far: Place) -> Iterator[tuple[Place, int]]:
    """Corners of a box, with the sign each changes by: along every side the changes add up to the sum's."""
    turns = [1 if ALL in pair else -1 for pair in zip(near, far, strict=True)]
    for choice in product((False, True), repeat=len(near)):
        sign = 1
        for taken, turn in zip(choice, turns, strict=True):
            sign *= turn if taken else 1
        yield tuple(f if taken else own for own, f, taken in zip(near, far, choice, strict=True)), sign


def _stays_true(signs: Mapping[Place, int], way: int, n: Mapping[Place, int], how: Mapping[Place, str]) -> bool:
    """Whether the changed corners are still what the page says of them: few, or one or more."""
    changed = {corner: n[corner] + way * sign for corner, sign in signs.items()}
    return all(count >= 1 and (count < THRESHOLD or how[corner] != FEW) for corner, count in changed.items())


def _own_sums(place: Place, n: Mapping[Place, int], sides: tuple[tuple[str, ...], ...]) -> Iterable[Place]:
    """The box of a place and all its sums, for when no other will do: none of it is said to be few.

    One child more at every corner is then as true as what is there.
    """
    within = product(*([own] if own != ALL else side for own, side in zip(place, sides, strict=True)))
    single = next(inner for inner in within if n[inner])
    far = tuple(ALL if own != ALL else inner for own, inner in zip(place, single, strict=True))
    return [corner for corner, _ in _corners(place, far)]
