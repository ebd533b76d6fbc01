"""No table lets a number that was held back be worked out again, by whatever sums and differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughline.measures import ALL, EXACT, FEW, HELD, THRESHOLD, Place, Shown, hold_back
from throughline.measures.holding_back import with_sums

AREAS, BANDS = ("971", "972", "973"), ("short", "long")


def table(*rows: tuple[int, ...], sides=(AREAS, BANDS)) -> tuple[dict[Place, int], tuple[tuple[str, ...], ...]]:
    sides = sides[: 2 if len(rows[0]) > 1 else 1]
    counted = (
        {(a, b): n for a, row in zip(sides[0], rows, strict=False) for b, n in zip(sides[1], row, strict=False)}
        if len(sides) == 2
        else {(a,): row[0] for a, row in zip(sides[0], rows, strict=False)}
    )
    return counted, sides


def tables_that_fit(shown: Mapping[Place, Shown], true: Mapping[Place, int], sides) -> Iterator[dict[Place, int]]:
    """Tables that agree with all that is shown: an attack by trying them, near the truth. Two are enough."""
    singles = list(product(*sides))

    def ways(place: Place) -> range:
        how, n = shown[place]
        if how == EXACT:
            return range(n, n + 1)
        return range(1, THRESHOLD) if how == FEW else range(max(1, true[place] - 1), true[place] + 2)

    for tried in product(*map(ways, singles)):
        whole = with_sums(dict(zip(singles, tried, strict=True)), sides)
        if all(_agrees(whole[place], say) for place, say in shown.items()):
            yield whole


def _agrees(n: int, say: Shown) -> bool:
    if say.how == EXACT:
        return n == say.n
    return n >= 1 and (say.how == HELD or n < THRESHOLD)


def recovered(counts: Mapping[Place, int], sides) -> set[Place]:
    """Small numbers of a table that its reader can be sure of."""
    shown = hold_back(counts, sides)
    n = with_sums(counts, sides)
    small = {place for place, count in n.items() if 0 < count < THRESHOLD}
    values: dict[Place, set[int]] = {place: set() for place in small}
    for fitting in tables_that_fit(shown, n, sides):
        for place in small:
            values[place].add(fitting[place])
        if all(len(seen) > 1 for seen in values.values()):
            return set()
    return {place for place, seen in values.items() if len(seen) < 2}


small_counts = st.one_of(st.integers(0, 5), st.integers(0, 9))


@settings(max_examples=100)
@given(st.lists(small_counts, min_size=2, max_size=5))
def test_a_column_with_its_total_gives_nothing_back(numbers: list[int]) -> None:
    sides = (tuple(f"97{i}" for i in range(len(numbers))),)
    assert recovered({(area,): n for area, n in zip(sides[0], numbers, strict=True)}, sides) == set()


@settings(max_examples=80)
@given(st.lists(st.tuples(small_counts, small_counts), min_size=2, max_size=3))
def test_a_table_with_totals_both_ways_gives_nothing_back(rows: list[tuple[int, int]]) -> None:
    counts, sides = table(*rows, sides=(AREAS[: len(rows)], BANDS))
    assert recovered(counts, sides) == set()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 6), min_size=8, max_size=8))
def test_a_table_of_three_sides_gives_nothing_back(numbers: list[int]) -> None:
    sides = (AREAS[:2], BANDS, ("must", "guidance"))
    assert recovered(dict(zip(product(*sides), numbers, strict=True)), sides) == set()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=3))
def test_what_is_shown_is_true(rows: list[tuple[int, int]]) -> None:
    counts, sides = table(*rows, sides=(AREAS[: len(rows)], BANDS))
    n = with_sums(counts, sides)
    for place, (how, shown) in hold_back(counts, sides).items():
        assert shown == (n[place] if how == EXACT else None)
        assert how != FEW or 1 <= n[place] < THRESHOLD
        assert how == EXACT or n[place] > 0, "a nought is about nobody, and is shown"
        assert how != EXACT or not 0 < n[place] < THRESHOLD


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param((1, 1, 1, 1, 1), id="five ones are five: the total gives each away"),
        pytest.param((4, 4), id="two fours are eight: nothing else fits"),
        pytest.param((4, 1), id="four and one are five"),
        pytest.param((3, 30), id="one small beside one large"),
    ],
)
def test_totals_that_would_give_it_away_are_held_back(numbers: tuple[int, ...]) -> None:
    sides = (tuple(f"97{i}" for i in range(len(numbers))),)
    counts = {(area,): n for area, n in zip(sides[0], numbers, strict=True)}
    assert recovered(counts, sides) == set()


def test_large_numbers_and_noughts_stand_as_they_are() -> None:
    counts, sides = table((12, 0), (7, 40))
    assert all(shown.how == EXACT for shown in hold_back(counts, sides).values())
    assert hold_back(counts, sides)[ALL, ALL].n == 59


def test_a_total_is_kept_where_another_number_can_be_held_back_instead() -> None:
    counts, sides = {("971",): 3, ("972",): 20, ("973",): 41}, (AREAS,)
    shown = hold_back(counts, sides)
    assert {place: say.how for place, say in shown.items()} == {
        ("971",): FEW, ("972",): HELD, ("973",): EXACT, (ALL,): EXACT,
    }  # fmt: skip
