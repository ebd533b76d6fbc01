"""by, ahead, before: a date that is the rule's own, one that moves with what is booked, one that must come first.

What others get wrong: taking the 15th itself for in time; leaving a notice where it was when the meeting moves;
counting an approval given after the move as one given before it.
"""

from spec.line_tables import check, said

BORN_2016 = "2016-05-04"  # Year 6 in 2026-27: becomes 11 in that school year


# --- by: a day of the year ------------------------------------------------------------------------------

PHASE = "ehc-phase-15feb"


def test_before_the_fifteenth_is_by_the_fourteenth_and_the_practical_day_is_the_friday():
    found = check(
        PHASE,
        """
        kind        | when
        ehcp_issued | 2022-03-01
        """,
        """
        opened     | due        | warn       | state
        2026-02-14 | 2027-02-14 | 2027-01-14 | upcoming
        """,
        dob=BORN_2016,
        as_of="2026-11-01",
    )
    assert "so by 14 Feb 2027. By Sun 14 Feb 2027. The last working day by then is Fri 12 Feb." in said(found[0])


def test_a_decision_for_the_move_meets_it_and_one_of_the_year_before_does_not():
    given = """
        kind                | when       | marks
        ehcp_issued         | 2022-03-01 |
        ehcp_review_decided | {when}     | phase_transfer
        """
    for when, state, late in [
        ("2027-02-14", "met", ""),
        ("2027-02-15", "met late", "1 days"),
        ("2026-02-13", "overdue", "31 days"),
    ]:
        owed = f"state | late\n{state} | {late}"
        check(PHASE, given.format(when=when), owed, dob=BORN_2016, as_of="2027-03-17")


def test_a_decision_that_is_not_about_the_move_meets_nothing():
    check(
        PHASE,
        """
        kind                | when
        ehcp_issued         | 2022-03-01
        ehcp_review_decided | 2027-01-10
        """,
        "state\noverdue",
        dob=BORN_2016,
        as_of="2027-03-01",
    )


def test_a_plan_that_ends_first_or_begins_afterwards_owes_none():
    check(
        PHASE,
        "kind | when\nehcp_issued | 2022-03-01\nehcp_ended | 2026-12-01",
        "state | why\nnot owed | no longer education, health and care plan on 1 Dec 2026",
        dob=BORN_2016,
        as_of="2027-03-01",
    )
    check(PHASE, "kind | when\nehcp_issued | 2027-02-20", "state", dob=BORN_2016, as_of="2027-03-01")


def test_who_was_born_on_the_last_day_of_august_moves_a_year_earlier_than_who_was_born_on_the_first_of_september():
    given = "kind | when\nehcp_issued | 2022-03-01"
    check(PHASE, given, "due\n2027-02-14", dob="2016-08-31", as_of="2026-11-01")
    check(PHASE, given, "due\n2028-02-14", dob="2016-09-01", as_of="2026-11-01")


def test_without_a_date_of_birth_nobody_can_tell():
    check(
        PHASE,
        "kind | when\nehcp_issued | 2022-03-01",
        "due | state | missing\n | cannot tell | the date of birth",
        dob="",
        as_of="2026-11-01",
    )


def test_before_the_31st_of_march_for_who_leaves_secondary_school():
    check(
        "ehc-phase-31mar",
        "kind | when\nehcp_issued | 2022-03-01",
        "due | state\n2027-03-30 | upcoming",
        dob="2011-05-04",
        as_of="2026-11-01",
    )


# --- by: an age -------------------------------------------------------------------------------------------

LISTED = "kind | when\nlist_added | 2024-01-10"


def test_ages_by_the_corresponding_date_and_28_days_of_warning():
    born = "2009-08-31"
    for duty, opened, due, warn in [
        ("r24-transition-referral-17", "2026-02-28", "2026-08-31", "2026-08-03"),
        ("r24-joint-plan-17h", "2026-08-28", "2027-02-28", "2027-01-31"),
        ("r24-adult-lead-17q", "2026-11-30", "2027-05-31", "2027-05-03"),
    ]:
        owed = f"opened | due | warn\n{opened} | {due} | {warn}"
        check(duty, LISTED, owed, dob=born, as_of="2025-01-01")


def test_it_stands_there_long_before_its_day_and_time_alone_makes_it_due():
    for as_of, state in [("2025-01-01", "upcoming"), ("2026-08-03", "due soon"), ("2026-09-01", "overdue")]:
        check("r24-transition-referral-17", LISTED, f"state\n{state}", dob="2009-08-31", as_of=as_of)


def test_who_comes_to_the_list_after_the_age_owes_it_at_once():
    check(
        "r24-transition-referral-17",
        "kind | when\nlist_added | 2026-11-10",
        "opened | due | state\n2026-11-10 | 2026-11-10 | due",
        dob="2009-08-31",
        as_of="2026-11-10",
    )


def test_on_the_list_then_in_care_is_one_stretch_and_18_stops_it_unmet():
    given = """
        kind         | when
        list_added   | 2024-01-10
        care_started | 2025-01-05
        list_removed | 2025-03-01
        """
    duty = "r24-adult-lead-17q"
    check(duty, given, "opened | due\n2026-11-30 | 2027-05-31", dob="2009-08-31", as_of="2025-06-01")
    found = check(duty, given, "state | why\nnot owed | turned 18 on 31 Aug 2027", dob="2009-08-31", as_of="2027-09-01")
    assert "At 18 this stands still as not done" in said(found[0], "2027-09-01")


# --- ahead --------------------------------------------------------------------------------------------------

NOTICE = "ehc-review-notice-2w"


def test_two_weeks_before_the_booked_day():
    found = check(
        NOTICE,
        """
        kind               | when       | details
        ehcp_review_booked | 2026-09-01 | due=2026-10-15
        """,
        """
        opened     | due        | warn       | state
        2026-09-01 | 2026-10-01 | 2026-09-24 | upcoming
        """,
        as_of="2026-09-10",
    )
    assert said(found[0]).startswith(
        "On 1 Sep 2026 the plan review was booked for 15 Oct 2026. At least 2 weeks before is Thu 1 Oct 2026."
    )


def test_it_moves_with_the_meeting():
    check(
        NOTICE,
        """
        kind               | when       | details        | ref
        ehcp_review_booked | 2026-09-01 | due=2026-10-15 | plan:1
        ehcp_review_booked | 2026-10-10 | due=2026-11-20 | plan:1
        """,
        "opened | due\n2026-10-10 | 2026-11-06",
        as_of="2026-10-12",
    )


def test_invited_in_time_late_and_not_before_it_was_over():
    given = """
        kind                | when       | details
        ehcp_review_booked  | 2026-09-01 | due=2026-10-15
        meeting_invitation  | {when}     |
        """
    for when, state in [("2026-10-01", "met"), ("2026-10-02", "met late"), ("2026-10-16", "not owed")]:
        check(NOTICE, given.format(when=when), f"state\n{state}", as_of="2026-11-01")


def test_overdue_until_the_meeting_has_taken_place():
    given = "kind | when | details\nehcp_review_booked | 2026-09-01 | due=2026-10-15"
    check(NOTICE, given, "state\noverdue", as_of="2026-10-14")
    check(NOTICE, given, "state | why\nnot owed | the review has taken place on 15 Oct 2026", as_of="2026-10-15")


def test_a_booking_without_its_day_says_what_is_missing():
    check(
        NOTICE,
        "kind | when\nehcp_review_booked | 2026-09-01",
        "due | state | missing\n | cannot tell | the day it is booked for",
        as_of="2026-09-10",
    )


# --- before -------------------------------------------------------------------------------------------------

APPROVAL = "lac-ooa-approval"


def test_an_approval_that_stands_on_the_day_is_in_time_and_one_after_it_is_late():
    given = """
        kind               | when       | marks
        placement_started  | 2026-03-02 | out_of_area
        placement_approved | {when}     | out_of_area
        """
    for when, state, late in [
        ("2026-02-20", "met", ""),
        ("2026-03-02", "met", ""),
        ("2026-03-04", "met late", "2 days"),
    ]:
        check(
            APPROVAL, given.format(when=when), f"due | state | late\n2026-03-02 | {state} | {late}", as_of="2026-04-01"
        )


def test_the_approval_of_the_last_such_move_is_not_that_of_the_next():
    check(
        APPROVAL,
        """
        kind               | when       | marks
        placement_approved | 2026-02-20 | out_of_area
        placement_started  | 2026-03-02 | out_of_area
        placement_started  | 2026-06-01 | out_of_area
        """,
        "due | state\n2026-03-02 | met\n2026-06-01 | overdue",
        as_of="2026-06-02",
    )


def test_a_move_inside_the_area_needs_none_and_the_version_is_that_of_the_move():
    check(APPROVAL, "kind | when\nplacement_started | 2026-03-02", "state", as_of="2026-04-01")
    for when, version in [("2014-01-26", "2011"), ("2014-01-27", "2014")]:
        check(
            APPROVAL,
            f"kind | when | marks\nplacement_started | {when} | out_of_area",
            f"version\n{version}",
            as_of="2014-03-01",
        )


def test_where_nobody_covers_the_day_before_an_absent_approval_says_nothing():
    check(
        APPROVAL,
        "kind | when | marks\nplacement_started | 2026-03-02 | out_of_area",
        "state | missing\ncannot tell | no source for approvals of placements before 2 Mar 2026",
        cover="placement_approved 2026-03-02..2026-12-31",
        as_of="2026-06-01",
    )
