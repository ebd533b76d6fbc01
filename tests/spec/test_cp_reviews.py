"""Review conferences: the first within 3 months of the initial conference, then every 6 months.

What others get wrong: counting from the plan's recorded start when the conference was days earlier; 91 and
183 days; reviews going on being owed after the plan has ended.
"""

from spec.line_tables import check, said

FIRST = "cp-review-first-3m"
LATER = "cp-review-6m"


def test_three_months_from_the_conference_and_not_from_the_plans_start():
    given = """
        kind               | when
        initial_conference | 2026-01-28
        cp_plan_started    | 2026-02-02
        """
    found = check(
        FIRST,
        given,
        """
        trigger         | opened     | due        | warn       | state
        cp_plan_started | 2026-01-28 | 2026-04-28 | 2026-04-14 | upcoming
        """,
        as_of="2026-02-10",
    )
    assert said(found[0]).startswith("Initial conference 28 Jan 2026. Protection plan from 2 Feb 2026. 3 months")


def test_from_the_plans_start_where_no_conference_is_within_thirty_days():
    check(
        FIRST,
        """
        kind               | when
        initial_conference | 2025-12-01
        cp_plan_started    | 2026-02-02
        """,
        "opened | due\n2026-02-02 | 2026-05-02",
        as_of="2026-02-10",
    )


def test_a_conference_that_made_a_plan_opens_it_though_the_plans_row_has_not_come():
    check(
        FIRST,
        """
        kind               | when       | marks
        initial_conference | 2026-01-28 | plan_made
        """,
        "trigger | due\ninitial_conference | 2026-04-28",
        as_of="2026-02-10",
    )
    check(
        FIRST,
        """
        kind               | when       | marks
        initial_conference | 2026-01-28 | plan_made
        cp_plan_started    | 2026-01-30 |
        """,
        "opened | due\n2026-01-28 | 2026-04-28",
        as_of="2026-02-10",
    )


def test_a_conference_without_a_plan_opens_nothing():
    check(
        FIRST,
        """
        kind               | when
        initial_conference | 2026-01-28
        """,
        "due",
        as_of="2026-02-10",
    )


def test_reviews_follow_each_other_while_the_plan_lasts():
    given = """
        kind               | when
        initial_conference | 2025-01-31
        cp_plan_started    | 2025-01-31
        review_conference  | 2025-04-30
        review_conference  | 2025-11-04
        cp_plan_ended      | 2026-02-10
        """
    check(FIRST, given, "due | state | met\n2025-04-30 | met | 2025-04-30", as_of="2026-06-01")
    check(
        LATER,
        given,
        """
        opened     | due        | state    | late   | why
        2025-04-30 | 2025-10-30 | met late | 5 days |
        2025-11-04 | 2026-05-04 | not owed |        | the protection plan ended on 10 Feb 2026
        """,
        as_of="2026-06-01",
    )


def test_the_review_that_ends_the_plan_meets_the_one_before_and_opens_no_other():
    check(
        LATER,
        """
        kind              | when
        cp_plan_started   | 2025-01-31
        review_conference | 2025-04-30
        review_conference | 2025-10-20
        cp_plan_ended     | 2025-10-20
        """,
        "opened | state | met\n2025-04-30 | met | 2025-10-20",
        as_of="2026-06-01",
    )


def test_a_second_plan_has_its_own_first_review():
    check(
        FIRST,
        """
        kind              | when
        cp_plan_started   | 2024-01-31
        review_conference | 2024-04-30
        cp_plan_ended     | 2024-10-20
        cp_plan_started   | 2026-01-15
        """,
        "opened | due\n2024-01-31 | 2024-04-30\n2026-01-15 | 2026-04-15",
        as_of="2026-02-01",
    )
