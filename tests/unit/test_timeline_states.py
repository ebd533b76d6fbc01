"""States are derived segments: from, to, and what they were made of."""

from __future__ import annotations

from datetime import date

import pytest

from spec.line_tables import line_of
from throughline.timeline import Segment


def segments(state: str, table: str, as_of: str = "2026-12-31") -> list[str]:
    line = line_of(table, as_of=as_of, las=frozenset({"la:eastmere"}))
    return [_shown(s) for s in line.states[state]]


def _shown(segment: Segment) -> str:
    start = segment.start.isoformat() if segment.start_known else f"by {segment.start.isoformat()}"
    return f"{start} to {segment.end.isoformat() if segment.end else '-'}"


def test_in_care_from_coming_in_to_leaving_and_again():
    assert segments(
        "in_care",
        """
        kind         | when
        care_started | 2025-01-06
        care_ended   | 2025-03-03
        care_started | 2026-01-05
        """,
    ) == ["2025-01-06 to 2025-03-03", "2026-01-05 to -"]


def test_a_start_before_the_records_is_not_a_known_start():
    assert segments("in_care", "kind | when\nin_care_at | 2025-04-01") == ["by 2025-04-01 to -"]


def test_overlapping_openings_are_one_spell_and_an_ending_of_nothing_is_none():
    assert segments(
        "in_care",
        """
        kind         | when       | by     | feed
        care_ended   | 2024-03-03 | la:301 | ssda903
        in_care_at   | 2025-01-06 | la:301 | ssda903
        care_started | 2025-02-06 | la:301 | events
        care_ended   | 2025-03-03 | la:301 | ssda903
        """,
    ) == ["by 2025-01-06 to 2025-03-03"]


def test_a_day_that_begins_and_ends_in_care():
    assert segments(
        "in_care",
        """
        kind         | when
        care_started | 2025-01-06
        care_ended   | 2025-01-06
        """,
    ) == ["2025-01-06 to 2025-01-06"]


def test_legal_status_changes_within_one_time_in_care_with_their_days():
    line = line_of(
        """
        kind                 | when       | details
        care_started         | 2025-01-06 | legal_status=V2
        legal_status_started | 2025-03-03 | legal_status=C1
        legal_status_started | 2025-09-01 | legal_status=C2
        """,
        as_of="2026-01-01",
    )
    (care,) = line.states["in_care"]
    assert care.attrs["legal_status"] == "V2"
    assert care.now("legal_status") == ("C2", date(2025, 9, 1))
    assert care.now("short_break") == ("no", date(2025, 1, 6))


def test_a_new_placement_ends_the_last_one():
    assert segments(
        "placement",
        """
        kind              | when
        placement_started | 2025-01-06
        placement_started | 2025-03-03
        placement_ended   | 2025-09-01
        placement_started | 2025-09-01
        care_ended        | 2025-12-01
        """,
    ) == ["2025-01-06 to 2025-03-03", "2025-03-03 to 2025-09-01", "2025-09-01 to 2025-12-01"]


def test_a_referral_that_went_no_further_opens_no_case():
    assert segments("open_case", "kind | when | marks\nreferral | 2025-01-06 | nfa") == []
    assert segments("open_case", "kind | when | marks\nreferral | 2025-01-06 |") == ["2025-01-06 to -"]


def test_a_plan_is_opened_by_its_row_or_by_a_conference_that_made_one():
    assert segments(
        "protection_plan",
        """
        kind               | when       | marks
        initial_conference | 2025-01-06 | plan_made
        cp_plan_started    | 2025-01-08 |
        cp_plan_ended      | 2025-09-08 |
        initial_conference | 2026-01-06 |
        """,
    ) == ["2025-01-06 to 2025-09-08"]


def test_missing_episodes_pair_by_reference_else_in_order():
    assert segments(
        "missing",
        """
        kind          | when             | ref
        missing_start | 2025-01-06 20:00 | missing:E1
        missing_start | 2025-01-08 20:00 | missing:E2
        missing_end   | 2025-01-09 08:00 | missing:E2
        missing_start | 2025-02-08 20:00 |
        missing_end   | 2025-02-09 08:00 |
        """,
    ) == ["2025-01-06 to -", "2025-01-08 to 2025-01-09", "2025-02-08 to 2025-02-09"]


def test_suspensions_last_their_sessions_in_school_days_and_join_back_to_back():
    assert segments(
        "suspended",
        """
        kind       | when       | details
        suspension | 2026-11-19 | sessions=4
        suspension | 2026-11-23 | sessions=3
        suspension | 2026-11-26 | sessions=2
        """,
    ) == ["2026-11-19 to 2026-11-25", "2026-11-26 to 2026-11-27"]


def test_out_of_school_is_not_every_education_status():
    assert segments(
        "out_of_school",
        """
        kind                     | when       | details    | marks             | ref
        education_status_started | 2026-01-05 | status=EHE |                   | education:1
        education_status_started | 2026-02-02 | status=CME |                   | education:2
        education_status_ended   | 2026-03-02 | status=CME |                   | education:2
        education_status_started | 2026-04-13 |            | reduced_timetable | education:3
        permanent_exclusion      | 2026-05-11 |            |                   | exclusion:4
        education_provided       | 2026-05-18 |            |                   | exclusion:4
        """,
    ) == ["2026-02-02 to 2026-03-02", "2026-04-13 to 2026-05-11", "2026-05-11 to 2026-05-18"], "one at a time"


def test_what_is_booked_ahead_opens_nothing_yet():
    table = """
        kind               | when       | marks
        initial_conference | 2026-06-08 | plan_made
        """
    assert segments("protection_plan", table, as_of="2026-06-01") == []
    assert segments("protection_plan", table, as_of="2026-06-08") == ["2026-06-08 to -"]


def test_a_state_nobody_has_named_is_an_error():
    with pytest.raises(KeyError):
        segments("happy", "kind | when\nreferral | 2025-01-06")


def test_a_watch_that_nobody_ended_ends_by_itself_after_its_last_look():
    """Off the list, or off a plan with outcomes outstanding, is watched whether or not it is told of as a watch."""
    assert segments(
        "watch",
        """
        kind          | when       | marks
        list_removed  | 2024-01-08 |
        cp_plan_ended | 2025-01-06 | outcomes_outstanding
        cp_plan_ended | 2025-09-01 |
        list_removed  | 2026-01-12 |
        watch_started | 2026-02-02 |
        watch_ended   | 2026-03-02 |
        """,
    ) == ["2024-01-08 to 2024-07-08", "2025-01-06 to 2025-07-07", "2026-01-12 to 2026-03-02"]


def test_leaving_care_help_is_over_at_twenty_five_told_or_not():
    line = line_of("kind | when\nleaving_care_started | 2019-06-02", as_of="2026-12-31", dob="2001-06-02")
    assert [_shown(s) for s in line.states["leaving_care"]] == ["2019-06-02 to 2026-06-02"]
