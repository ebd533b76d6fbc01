"""Initial conference within 15 working days of the strategy discussion that began the enquiry.

What others get wrong: counting from the enquiry's recorded start, or from the last of several discussions;
15 calendar days; two clocks for one enquiry.
"""

from spec.line_tables import check, said

DUTY = "icpc-15wd"


def test_fifteen_working_days_over_christmas():
    check(
        DUTY,
        """
        kind                | when
        strategy_discussion | 2026-12-18
        """,
        "due | warn\n2027-01-13 | 2027-01-06",
        as_of="2026-12-19",
    )


def test_the_stories_of_teal_and_bryony():
    """SC02 and SC03."""
    check(
        DUTY,
        "kind | when\nstrategy_discussion | 2026-02-03",
        "due\n2026-02-24",
        as_of="2026-02-04",
    )
    check(
        DUTY,
        """
        kind                | when
        strategy_discussion | 2026-03-02
        initial_conference  | 2026-03-19
        """,
        "due | state | met\n2026-03-23 | met | 2026-03-19",
        as_of="2026-03-20",
    )


def test_a_discussion_up_to_five_days_before_the_enquiry_is_the_same_enquiry():
    found = check(
        DUTY,
        """
        kind                | when
        strategy_discussion | 2026-01-05
        s47_started         | 2026-01-08
        """,
        """
        trigger     | opened     | due        | evidence
        s47_started | 2026-01-05 | 2026-01-26 | s47_started strategy_discussion
        """,
        as_of="2026-01-10",
    )
    assert said(found[0]).startswith(
        "Strategy discussion 5 Jan 2026. Section 47 enquiry started 8 Jan 2026. Day 1 is Tue 6 Jan; 15 working"
    )


def test_of_several_discussions_the_one_at_which_the_enquiry_began():
    check(
        DUTY,
        """
        kind                | when
        strategy_discussion | 2026-01-05
        strategy_discussion | 2026-01-07
        s47_started         | 2026-01-08
        """,
        "opened | due\n2026-01-07 | 2026-01-28",
        as_of="2026-01-10",
    )


def test_a_discussion_six_days_before_is_another():
    check(
        DUTY,
        """
        kind                | when
        strategy_discussion | 2026-01-05
        s47_started         | 2026-01-11
        """,
        """
        trigger             | opened
        strategy_discussion | 2026-01-05
        s47_started         | 2026-01-11
        """,
        as_of="2026-01-12",
    )


def test_no_conference_needed_is_not_owed():
    why = "the enquiry found that no conference was needed"
    check(
        DUTY,
        """
        kind        | when       | marks
        s47_started | 2026-01-05 | conference_not_required
        """,
        f"state | why\nnot owed | {why}",
        as_of="2026-06-01",
    )
    check(
        DUTY,
        """
        kind        | when       | marks
        s47_started | 2026-01-05 |
        s47_ended   | 2026-01-19 | conference_not_required
        """,
        f"state | why\nnot owed | {why}",
        as_of="2026-06-01",
    )


def test_an_enquiry_that_ended_without_saying_so_still_owes_one():
    check(
        DUTY,
        """
        kind        | when
        s47_started | 2026-01-05
        s47_ended   | 2026-01-19
        """,
        "due | state\n2026-01-26 | overdue",
        as_of="2026-06-01",
    )


def test_a_conference_booked_ahead_has_not_been_held():
    check(
        DUTY,
        """
        kind               | when
        s47_started        | 2026-01-05
        initial_conference | 2026-01-22
        """,
        "due | state | met\n2026-01-26 | due soon |",
        as_of="2026-01-20",
    )


def test_a_held_conference_that_came_late():
    check(
        DUTY,
        """
        kind               | when
        s47_started        | 2026-01-05
        initial_conference | 2026-01-29
        """,
        "state | late\nmet late | 3 working days",
        as_of="2026-06-01",
    )


def test_a_strategy_discussion_that_began_no_enquiry_owes_no_conference():
    check(
        DUTY,
        """
        kind                | when       | marks
        strategy_discussion | 2026-12-18 | no_enquiry
        """,
        "due | state",
        as_of="2027-02-01",
    )
