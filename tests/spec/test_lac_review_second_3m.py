"""Second looked after review: within 3 months of the first one actually held (SI 2010/959 reg 33(2)).

What others get wrong: 91 or 90 days instead of months; the last day of February rolled to 1 March; counting
from the day the first review was due, not the day it was held.
"""

from spec.line_tables import check, said

DUTY = "lac-review-second-3m"


def test_there_is_no_30_february_so_it_is_the_last_of_the_month_and_does_not_roll():
    found = check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-11-02
        care_review_held | 2026-11-30
        """,
        """
        opened     | due        | warn       | state
        2026-11-30 | 2027-02-28 | 2027-02-15 | upcoming
        """,
        as_of="2026-12-01",
    )
    assert said(found[0]) == (
        "First review held 30 Nov 2026. 3 months from 30 Nov 2026 end on Sun 28 Feb 2027, the last of the month,"
        " as there is no 30 February. The last working day by then is Fri 26 Feb. SI 2010/959 reg 33(2)."
    )


def test_it_runs_from_the_late_first_review_and_not_from_when_that_was_due():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-01-05
        care_review_held | 2026-03-10
        """,
        """
        opened     | due
        2026-03-10 | 2026-06-10
        """,
        as_of="2026-04-01",
    )


def test_the_next_review_meets_it_and_the_one_after_that_does_not():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-01-05
        care_review_held | 2026-01-26
        care_review_held | 2026-04-20
        care_review_held | 2026-04-24
        """,
        """
        due        | state | met
        2026-04-26 | met   | 2026-04-20
        """,
        as_of="2026-06-01",
    )


def test_one_review_told_by_two_sources_counts_once():
    check(
        DUTY,
        """
        kind             | when       | by                 | feed
        care_started     | 2026-01-05 | la:301             | ssda903
        care_review_held | 2026-01-26 | la:301             | ssda903
        care_review_held | 2026-01-26 | conference_service | events
        """,
        """
        opened     | due        | state
        2026-01-26 | 2026-04-26 | overdue
        """,
        as_of="2026-06-01",
    )


def test_the_same_day_twice_in_one_source_counts_once():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-01-05
        care_review_held | 2026-01-26
        care_review_held | 2026-01-26
        """,
        "opened | state\n2026-01-26 | overdue",
        as_of="2026-06-01",
    )


def test_it_is_not_worked_out_where_the_first_review_may_be_missing():
    for cover in ("care_review_held care_ended 2015-04-01..2018-03-31", None):
        opening = "care_started" if cover else "in_care_at"
        check(
            DUTY,
            f"""
            kind             | when
            {opening}        | 2014-09-01
            care_review_held | 2015-06-02
            """,
            "opened",
            cover=cover,
            as_of="2016-01-01",
        )


def test_each_time_in_care_has_its_own():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2025-01-06
        care_review_held | 2025-01-27
        care_ended       | 2025-03-03
        care_started     | 2026-01-05
        care_review_held | 2026-01-26
        """,
        """
        opened     | due        | state    | why
        2025-01-27 | 2025-04-27 | not owed | left care on 3 Mar 2025
        2026-01-26 | 2026-04-26 | upcoming |
        """,
        as_of="2026-02-01",
    )
