"""Assessment finished within 45 working days of the referral (Working Together).

What others get wrong: 45 calendar days, or nine weeks regardless of bank holidays; counting referrals that
ended at the front door; leaving a closed case overdue.
"""

from spec.line_tables import check, said

DUTY = "assessment-45wd"


def test_forty_five_working_days_from_the_day_after():
    found = check(
        DUTY,
        """
        kind     | when
        referral | 2026-11-23
        """,
        """
        due        | warn       | state
        2027-01-28 | 2027-01-14 | upcoming
        """,
        as_of="2026-11-24",
    )
    assert "skipping 25, 28 Dec and 1 Jan, end on Thu 28 Jan 2027" in said(found[0])


def test_a_completed_assessment_meets_it_and_a_started_one_does_not():
    check(
        DUTY,
        """
        kind                 | when
        referral             | 2026-01-05
        assessment_started   | 2026-01-06
        """,
        "due | state\n2026-03-09 | overdue",
        as_of="2026-03-10",
    )
    check(
        DUTY,
        """
        kind                 | when
        referral             | 2026-01-05
        assessment_completed | 2026-03-11
        """,
        "due | state | late\n2026-03-09 | met late | 2 working days",
        as_of="2026-06-10",
    )


def test_a_referral_that_went_no_further_owes_none():
    check(
        DUTY,
        """
        kind     | when       | marks
        referral | 2026-01-05 | nfa
        """,
        "state | why\nnot owed | the referral ended without further work",
        as_of="2026-06-10",
    )


def test_a_case_closed_first_ends_it():
    check(
        DUTY,
        """
        kind        | when
        referral    | 2026-01-05
        case_closed | 2026-02-02
        """,
        "state | why\nnot owed | social care ended its work on 2 Feb 2026",
        as_of="2026-06-10",
    )


def test_an_assessment_on_the_day_the_case_is_closed_counts_late_as_it_is():
    check(
        DUTY,
        """
        kind                 | when
        referral             | 2026-01-05
        assessment_completed | 2026-03-13
        case_closed          | 2026-03-13
        """,
        "state | met | late\nmet late | 2026-03-13 | 4 working days",
        as_of="2026-06-10",
    )


def test_each_referral_has_its_own_and_takes_the_first_assessment_after_it():
    check(
        DUTY,
        """
        kind                 | when
        referral             | 2025-01-06
        assessment_completed | 2025-02-17
        case_closed          | 2025-02-24
        referral             | 2026-01-05
        assessment_completed | 2026-02-16
        """,
        """
        opened     | state | met
        2025-01-06 | met   | 2025-02-17
        2026-01-05 | met   | 2026-02-16
        """,
        as_of="2026-06-10",
    )


def test_an_assessment_of_the_same_day_before_the_referral_came_in_is_not_its_answer():
    check(
        DUTY,
        """
        kind                 | when
        assessment_completed | 2026-01-05 09:00
        referral             | 2026-01-05 16:00
        """,
        "state\nupcoming",
        as_of="2026-01-06",
    )


def test_death_ends_it():
    check(
        DUTY,
        """
        kind       | when
        referral   | 2026-01-05
        child_died | 2026-02-02
        """,
        "state | why\nnot owed | the child died on 2 Feb 2026",
        as_of="2026-06-10",
    )
