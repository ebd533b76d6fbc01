"""How long a record is kept: which kind governs, from which day, and that the schedule says why."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline import timeline
from throughline.web.casework.keeping_schedule import Life, Told, kept, schedule

BORN = date(2008, 10, 20)
CARE = frozenset({"in_care"})
DAYS = st.dates(date(1990, 1, 1), date(2030, 1, 1))


def told(kind: str, day: date = date(2020, 1, 1), **details: str) -> Told:
    return Told(kind, day, details)


@pytest.mark.parametrize(
    ("states", "events", "record", "until"),
    [
        (frozenset(), (), "help", date(2034, 10, 20)),
        (CARE, (), "care", date(2083, 10, 20)),
        (CARE, (told("child_died", date(2024, 3, 1)),), "care", date(2039, 3, 1)),
        (CARE, (told("child_died", date(2027, 3, 1)),), "care", date(2083, 10, 20)),
        (frozenset(), (told("pathway_needs_assessed"),), "leaving_care", date(2083, 10, 20)),
        (frozenset(), (told("cp_plan_started", category="SAB"),), "sexual_abuse", date(2083, 10, 20)),
        (frozenset(), (told("cp_plan_started", category="NEG"),), "help", date(2034, 10, 20)),
        (CARE, (told("care_ended", date(2014, 5, 6), reason="E11"),), "adoption", date(2114, 5, 6)),
        (CARE, (told("care_ended", date(2014, 5, 6), reason="E4"),), "care", date(2083, 10, 20)),
    ],
)
def test_the_kind_that_ends_last_governs(states, events, record, until) -> None:
    found = kept(Life(BORN, states, events))
    assert (found.record.id, found.until) == (record, until)


def test_what_cannot_be_told_is_never_over() -> None:
    assert kept(Life(None, frozenset(), ())).until is None
    adopted_when = kept(Life(BORN, CARE, (told("placed_for_adoption"),)))
    assert (adopted_when.record.id, adopted_when.until) == ("adoption", None)


@given(DAYS, st.sets(st.sampled_from(["in_care", "missing"])), st.sampled_from(["placed_for_adoption", "visit"]))
def test_knowing_more_never_shortens_it(born: date, states: set[str], kind: str) -> None:
    less, more = Life(born, frozenset(), ()), Life(born, frozenset(states), (told(kind),))
    assert (kept(more).until or date.max) >= (kept(less).until or date.max)


def test_a_29th_of_february_has_its_anniversary() -> None:
    assert kept(Life(date(2008, 2, 29), CARE, ())).until == date(2083, 2, 28)


def test_every_period_says_by_whom() -> None:
    for line in (*schedule().records.values(), *schedule().rows.values()):
        assert line.law, line.id
        assert line.link.startswith("https://"), line.id
        assert line.years > 0, line.id
    assert all(
        record.law.startswith("The partnership’s own") for record in schedule().records.values() if not record.binding
    )


def test_what_goes_by_itself_is_told_as_it_is() -> None:
    assert timeline.reasons().window_months == 12
    assert sum("Twelve months" in line.how_long for line in schedule().by_itself) == 2
