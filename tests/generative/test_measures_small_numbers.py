"""No measure lets a small number that was held back be worked out again, from all its tables together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughline.measures import EXACT, FEW, THRESHOLD, Shown
from throughline.measures.showing import WITHHELD, Tally, added, by_slot, share, totals

PARTS = ("in_time", "late", "overdue")
AREAS, SEXES = ("971", "972", "973"), ("F", "M")

Cells = Mapping[tuple[str, str], int]
"""(Area, sex) -> duties of one part, each about another child."""


def tables(world: Mapping[str, Cells]) -> tuple[object, ...]:
    """Everything that is shown of a world: totals, by area, by sex."""
    by = {
        part: (
            {area: sum(n for (a, _), n in cells.items() if a == area) for area in AREAS},
            {sex: sum(n for (_, s), n in cells.items() if s == sex) for sex in SEXES},
        )
        for part, cells in world.items()
    }
    shown = totals({part: one(sum(areas.values())) for part, (areas, _) in by.items()})
    sides = {
        part: tuple(by_slot(shown[part], {slot: one(n) for slot, n in side.items()}) for side in sides)
        for part, sides in by.items()
    }
    return shown, sides


def one(n: int) -> Tally:
    return Tally(n, n)


def _fits(n: int, say: Shown, least: int) -> bool:
    if say.how == EXACT:
        return n == say.n
    return 1 <= n < THRESHOLD if say.how == FEW else n >= least


def least(said: Mapping[tuple[str, str], Shown], place: tuple[str, str]) -> int:
    """A reader knows that noughts are shown: what is held back beside any number is one or more."""
    part, slot = place
    beside = [(p, "") for p in PARTS] if not slot else [(part, s) for s in (AREAS if slot in AREAS else SEXES)]
    return 0 if all(said[each].how not in (EXACT, FEW) for each in beside) else 1


def margins(world: Mapping[str, Cells]) -> Iterator[tuple[tuple[str, str], int]]:
    """Every number somebody could want to know: (part, slot), the slot blank for the total."""
    for part, cells in world.items():
        yield (part, ""), sum(cells.values())
        for area in AREAS:
            yield (part, area), sum(n for (a, _), n in cells.items() if a == area)
        for sex in SEXES:
            yield (part, sex), sum(n for (_, s), n in cells.items() if s == sex)


def said_of(world: Mapping[str, Cells]) -> Mapping[tuple[str, str], Shown]:
    shown, sides = tables(world)
    assert isinstance(shown, Mapping)
    assert isinstance(sides, dict)
    found = {(part, ""): say for part, say in shown.items()}
    for part, both in sides.items():
        for side in both:
            found |= {(part, slot): say for slot, say in side.items()}
    return found


def neighbours(world: Mapping[str, Cells]) -> Iterator[Mapping[str, Cells]]:
    """Worlds a little different, with as many duties in all: a reader may know that sum."""
    places = [(part, cell) for part in PARTS for cell in product(AREAS, SEXES)]
    for (a, x), (b, y) in product(places, places):
        if (a, x) != (b, y) and world[b][y]:
            moved = {part: dict(cells) for part, cells in world.items()}
            moved[a][x] += 1
            moved[b][y] -= 1
            yield moved


def grown(world: Mapping[str, Cells]) -> Iterator[Mapping[str, Cells]]:
    """The same with one duty more or fewer: where the sum is not known either."""
    for part, cell in product(PARTS, product(AREAS, SEXES)):
        for by in (1, -1):
            if world[part][cell] + by >= 0:
                moved = {each: dict(cells) for each, cells in world.items()}
                moved[part][cell] += by
                yield moved


def recovered(world: Mapping[str, Cells]) -> set[tuple[str, str]]:
    """Small numbers of which every world that agrees with all that is shown says the same."""
    said, true = said_of(world), dict(margins(world))
    sure = {place for place, n in true.items() if 0 < n < THRESHOLD}
    whole = sum(n for (_, slot), n in true.items() if not slot)
    others = [*neighbours(world), *(grown(world) if whole < THRESHOLD else ())]
    for other in others:
        numbers = dict(margins(other))
        if all(_fits(n, said[place], least(said, place)) for place, n in numbers.items()):
            sure -= {place for place in sure if numbers[place] != true[place]}
    return sure


small = st.one_of(st.integers(0, 3), st.integers(0, 8), st.just(0))
cells = st.lists(small, min_size=6, max_size=6).map(
    lambda numbers: dict(zip(product(AREAS, SEXES), numbers, strict=True))
)
worlds = st.tuples(cells, cells, cells).map(lambda three: dict(zip(PARTS, three, strict=True)))


@settings(max_examples=250, deadline=None)
@given(worlds)
def test_all_tables_of_a_measure_together_give_no_small_number_back(world: Mapping[str, Cells]) -> None:
    assert recovered(world) == set()


@given(worlds)
def test_what_is_shown_is_true(world: Mapping[str, Cells]) -> None:
    true = dict(margins(world))
    for place, say in said_of(world).items():
        assert say.n == (true[place] if say.how == EXACT else None)
        assert say.how != FEW or 1 <= true[place] < THRESHOLD
        assert say.how != EXACT or not 0 < true[place] < THRESHOLD


@pytest.mark.parametrize("together", [Tally(12, 2), Tally(4, 1), Tally(300, 4)])
def test_many_duties_of_few_children_are_few(together: Tally) -> None:
    shown = by_slot(Shown(EXACT, together.n + 40), {"971": together, "972": Tally(25, 20), "973": Tally(15, 12)})
    assert shown["971"] == WITHHELD
    assert sum(say.how != EXACT for say in shown.values()) == 2, "or the total would give it back"


def test_where_a_total_is_held_back_so_is_everything_under_it_noughts_as_well() -> None:
    assert set(by_slot(WITHHELD, {"F": Tally(30, 30), "M": Tally(0, 0)}).values()) == {WITHHELD}


def test_large_numbers_and_noughts_stand_as_they_are() -> None:
    parts = {"in_time": Tally(40, 31), "late": Tally(7, 7), "overdue": Tally(0, 0)}
    assert [say.n for say in totals(parts).values()] == [40, 7, 0]
    assert [say.n for say in by_slot(Shown(EXACT, 40), {"F": Tally(22, 20), "M": Tally(18, 15)}).values()] == [22, 18]


def test_a_sum_or_a_share_is_only_of_what_is_shown() -> None:
    told, held = Shown(EXACT, 30), Shown("held back", None)
    assert added([told, held, Shown(EXACT, 5)]) == (35, False)
    assert share(told, [told, Shown(EXACT, 30)]) == 0.5
    assert share(told, [told, held]) is None
    assert share(Shown(EXACT, 0), [Shown(EXACT, 0)]) is None
