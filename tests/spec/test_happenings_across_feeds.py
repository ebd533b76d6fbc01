"""One thing told by two or three agencies is one happening, counted once, whoever corrects it (DESIGN §4)."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from spec.line_tables import check, events
from throughline.feeds.base import Event
from throughline.timeline import Happening, build

AS_OF = date(2026, 12, 31)


def told(table: str) -> list[Happening]:
    return build(events(table), as_of=AS_OF).happenings


def tellers(table: str) -> list[tuple[str, ...]]:
    """Each happening as its kind and who tells of it."""
    return [(h.kind, *sorted(e.statement.feed for e in h.events)) for h in told(table)]


# -- missing ------------------------------------------------------------------------------------------


def test_police_social_care_and_the_903_return_tell_of_one_absence():
    assert tellers("""
        kind          | when             | by                 | feed           | record | ref
        missing_start | 2026-03-02 18:00 | police:castlereach | missing_police | p1     | missing:P1
        missing_start | 2026-03-02       | la:301             | ssd            | m1     |
        missing_start | 2026-03-02       | la:301             | ssda903        | 7/1    |
        missing_end   | 2026-03-03 07:10 | police:castlereach | missing_police | p1     | missing:P1
        missing_end   | 2026-03-03       | la:301             | ssd            | m1     |
        missing_end   | 2026-03-03       | la:301             | ssda903        | 7/1    |
    """) == [
        ("missing_start", "missing_police", "ssd", "ssda903"),
        ("missing_end", "missing_police", "ssd", "ssda903"),
    ]


def test_the_hour_before_midnight_and_the_day_after_it_are_one_absence():
    """Police list the child at 23:30; social care writes down the next day. Nobody is missing twice at once."""
    table = """
        kind          | when             | by     | feed           | record
        missing_start | 2026-03-02 23:30 | police | missing_police | p1
        missing_start | 2026-03-03       | la:301 | ssd            | m1
        missing_end   | 2026-03-03 09:00 | police | missing_police | p1
        missing_end   | 2026-03-04       | la:301 | ssd            | m1
    """
    assert tellers(table) == [("missing_start", "missing_police", "ssd"), ("missing_end", "missing_police", "ssd")]
    assert told(table)[0].reason == "one began before the other had ended"


def test_one_absence_told_by_three_owes_one_interview():
    check(
        "rhi-72h",
        """
        kind          | when             | by                 | feed           | record | ref
        missing_start | 2026-03-02 23:30 | police:castlereach | missing_police | p1     | missing:P1
        missing_start | 2026-03-03       | la:301             | ssd            | m1     |
        missing_start | 2026-03-03       | la:301             | ssda903        | 7/1    |
        missing_end   | 2026-03-03 09:00 | police:castlereach | missing_police | p1     | missing:P1
        missing_end   | 2026-03-04       | la:301             | ssd            | m1     |
        missing_end   | 2026-03-04       | la:301             | ssda903        | 7/1    |
        """,
        """
        duty    | due
        rhi-72h | 2026-03-06 09:00
        """,
        as_of="2026-03-10",
    )


def test_two_absences_on_two_days_stay_two():
    assert tellers("""
        kind          | when             | by     | feed           | record
        missing_start | 2026-03-02 18:00 | police | missing_police | p1
        missing_end   | 2026-03-02 23:00 | police | missing_police | p1
        missing_start | 2026-03-04       | la:301 | ssd            | m1
        missing_end   | 2026-03-05       | la:301 | ssd            | m1
    """) == [
        ("missing_start", "missing_police"),
        ("missing_end", "missing_police"),
        ("missing_start", "ssd"),
        ("missing_end", "ssd"),
    ]


def test_an_absence_whose_end_nobody_knows_reaches_no_further_than_its_own_day():
    assert (
        len(
            told("""
        kind          | when             | by     | feed           | record
        missing_start | 2026-03-02 18:00 | police | missing_police | p1
        missing_start | 2026-03-09       | la:301 | ssd            | m1
    """)
        )
        == 2
    )


# -- exclusions ---------------------------------------------------------------------------------------


def test_a_suspension_told_by_the_school_and_by_its_census_is_one():
    (suspension,) = told("""
        kind       | when       | by            | feed          | record | details
        suspension | 2026-03-02 | school:999001 | suspensions   | s1     | sessions=4
        suspension | 2026-03-02 | school:999001 | school_census | c1     | sessions=10
    """)
    assert len(suspension.events) == 2


# -- hurt ---------------------------------------------------------------------------------------------

_HURT = """
    kind              | when             | by          | feed              | record | marks
    police_occurrence | 2026-03-02 23:40 | police      | police_occurrence | o1     | role_harmed weapon
    ed_attendance     | 2026-03-03 00:35 | hospital:Q1 | ae_attendance     | a1     | {marks}
"""


def test_emergency_department_and_police_tell_of_one_assault():
    assert tellers(_HURT.format(marks="assault_intent injury_treated")) == [
        ("police_occurrence", "ae_attendance", "police_occurrence")
    ]


def test_a_broken_wrist_the_same_night_is_not_the_assault():
    assert len(told(_HURT.format(marks=""))) == 2


def test_one_assault_answers_under_either_name():
    line = build(events(_HURT.format(marks="assault_intent")), as_of=AS_OF)
    assert [h.key for h in line.of("ed_attendance")] == [h.key for h in line.of("police_occurrence")]


# -- homes and conferences ----------------------------------------------------------------------------


def test_a_move_told_by_the_903_return_and_by_the_case_system_is_one_move():
    assert tellers("""
        kind              | when       | by     | feed    | record
        placement_started | 2026-03-02 | la:301 | ssd     | pl1
        placement_started | 2026-03-03 | la:301 | ssda903 | 7/1
        placement_ended   | 2026-06-01 | la:301 | ssd     | pl1
        placement_ended   | 2026-06-01 | la:301 | ssda903 | 7/1
    """) == [("placement_started", "ssd", "ssda903"), ("placement_ended", "ssd", "ssda903")]


def test_a_conference_typed_here_comes_back_in_the_census_and_is_one_conference():
    assert tellers("""
        kind               | when       | by                 | feed       | record
        initial_conference | 2026-03-12 | conference_service | meetings   | c1
        initial_conference | 2026-03-12 | la:301             | cin_census | r1
        initial_conference | 2026-03-13 | la:301             | ssd        | i1
    """) == [("initial_conference", "cin_census", "meetings", "ssd")]


# -- corrections --------------------------------------------------------------------------------------


def test_a_correction_from_any_of_them_parts_what_no_longer_fits_and_joins_what_now_does():
    before = _HURT.format(marks="assault_intent")
    wrong_day = before.replace("2026-03-03 00:35", "2026-03-05 00:35")
    assert len(told(before)) == 1
    assert len(told(wrong_day)) == 2
    assert [h.keys for h in told(before)] == [h.keys for h in told(before)], "the same facts, the same happening"


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(6)))
def test_whatever_order_the_tellings_come_in_they_are_the_same_happenings(order: list[int]):
    given_events: list[Event] = events("""
        kind          | when             | by     | feed           | record
        missing_start | 2026-03-02 23:30 | police | missing_police | p1
        missing_start | 2026-03-03       | la:301 | ssd            | m1
        missing_end   | 2026-03-03 09:00 | police | missing_police | p1
        missing_end   | 2026-03-04       | la:301 | ssd            | m1
        missing_start | 2026-03-04 22:00 | police | missing_police | p2
        missing_end   | 2026-03-05 09:00 | police | missing_police | p2
    """)
    straight = {frozenset(h.keys) for h in build(given_events, as_of=AS_OF).happenings}
    shuffled = {frozenset(h.keys) for h in build([given_events[i] for i in order], as_of=AS_OF).happenings}
    assert straight == shuffled
