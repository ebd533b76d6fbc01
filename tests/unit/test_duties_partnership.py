"""The rules in force follow from the decisions alone, whatever day one asks for."""

from __future__ import annotations

from datetime import date

import pytest

from own_rules import ID, OWN
from throughline import duties
from throughline.duties import RuleFault
from throughline.duties.partnership import FIGURES, OFF, ON, Decision, of_partnership, usable

START, LATER = date(2026, 3, 1), date(2026, 5, 1)
SWITCHED = Decision(ID, ON, START, OWN)


def periods(decisions: list[Decision], on: date) -> list[tuple[date | None, date | None, int]]:
    return [(v.start, v.end, v.amount) for v in of_partnership(decisions, on).rules[ID].versions]


def test_without_a_decision_there_is_what_ships() -> None:
    shipped = of_partnership()
    assert set(shipped.book) == set(duties.rulebook())
    assert not shipped.own


def test_a_decision_holds_from_its_day_on_and_not_before() -> None:
    assert ID not in of_partnership([SWITCHED], date(2026, 2, 28)).rules
    there = of_partnership([SWITCHED], START)
    assert ID in there.book
    assert there.own == {ID}
    assert there.since == {ID: START}


def test_switched_off_its_version_ends_the_day_before() -> None:
    off = [SWITCHED, Decision(ID, OFF, LATER)]
    assert periods(off, LATER) == [(None, date(2026, 4, 30), 2)]
    assert periods([*off, Decision(ID, ON, LATER, OWN)], LATER) == [(None, None, 2)]


def test_a_figure_counts_from_its_day_and_what_began_before_keeps_its_own() -> None:
    other = Decision(ID, FIGURES, LATER, figures={"days": 5})
    assert periods([SWITCHED, other], LATER) == [(None, date(2026, 4, 30), 2), (LATER, None, 5)]
    names = [v.id for v in of_partnership([SWITCHED, other], LATER).rules[ID].versions]
    assert len(set(names)) == 2


def test_a_figure_given_while_it_is_off_does_not_switch_it_on() -> None:
    off = [SWITCHED, Decision(ID, OFF, LATER), Decision(ID, FIGURES, LATER, figures={"days": 5})]
    assert all(end is not None and end < LATER for _, end, _ in periods(off, LATER))


def test_a_rule_that_ships_takes_figures_too() -> None:
    id = "r05-declined-other-route"
    there = of_partnership([Decision(id, FIGURES, START, figures={"days": 3})], START)
    assert [v.amount for v in there.rules[id].versions] == [5, 3]
    assert there.figures[id] == {"days": 3}


def test_a_rule_of_its_own_that_a_new_release_makes_unusable_stops_nothing_else() -> None:
    broken = Decision(ID, ON, START, OWN.replace("kind: arrest", "kind: no_longer_there"))
    with pytest.raises(RuleFault):
        of_partnership([broken], START)
    there = usable([broken], START)
    assert set(there.book) == set(duties.rulebook())
    assert "no_longer_there" in there.faults[0]
