"""Later looked after reviews: not more than 6 months after the one before (SI 2010/959 reg 33(2)).

What others get wrong: 183 days instead of months; a fixed half-yearly timetable that an early review does not
move; a review held early leaving the old date standing.
"""

from datetime import date

from spec.line_tables import check, instances, said
from throughline.duties import status

DUTY = "lac-review-subsequent-6m"


def test_there_is_no_31_february():
    found = check(
        DUTY,
        """
        kind             | when
        care_started     | 2026-05-04
        care_review_held | 2026-05-26
        care_review_held | 2026-08-31
        """,
        """
        opened     | due
        2026-08-31 | 2027-02-28
        """,
        as_of="2026-12-01",
    )
    assert "6 months from 31 Aug 2026 end on Sun 28 Feb 2027" in said(found[0])


def test_each_review_meets_the_one_before_and_opens_the_next():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2024-01-08
        care_review_held | 2024-02-01
        care_review_held | 2024-04-30
        care_review_held | 2024-10-30
        care_review_held | 2025-05-12
        """,
        """
        opened     | due        | state    | met        | late
        2024-04-30 | 2024-10-30 | met      | 2024-10-30 |
        2024-10-30 | 2025-04-30 | met late | 2025-05-12 | 12 days
        2025-05-12 | 2025-11-12 | upcoming |            |
        """,
        as_of="2025-06-01",
    )


def test_an_early_review_brings_the_next_date_forward():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2024-01-08
        care_review_held | 2024-02-01
        care_review_held | 2024-04-30
        care_review_held | 2024-06-03
        """,
        """
        opened     | due
        2024-04-30 | 2024-10-30
        2024-06-03 | 2024-12-03
        """,
        as_of="2024-07-01",
    )


def test_a_due_date_on_a_sunday_stands_and_monday_is_late():
    given = """
        kind             | when
        care_started     | 2026-03-02
        care_review_held | 2026-03-26
        care_review_held | 2026-05-15
        """
    check(DUTY, given, "due | state\n2026-11-15 | due", as_of="2026-11-15")
    check(DUTY, given, "due | state | late\n2026-11-15 | overdue | 1 days", as_of="2026-11-16")


def test_the_story_of_rowan_is_nine_days_late_and_warned_ten_working_days_before():
    """SC01: previous review 2025-08-04, held 2026-02-13; practice R06 warns ten working days before."""
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2025-03-10
        care_review_held | 2025-08-04
        care_review_held | 2026-02-13
        """,
        """
        opened     | due        | warn       | state    | late
        2025-08-04 | 2026-02-04 | 2026-01-21 | met late | 9 days
        2026-02-13 | 2026-08-13 | 2026-07-30 | upcoming |
        """,
        dob="2008-10-20",
        as_of="2026-02-20",
    )


def test_all_reviews_count_as_later_ones_where_the_start_of_care_is_not_known():
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2015-04-01
        care_review_held | 2015-05-12
        """,
        """
        opened     | due        | state
        2015-05-12 | 2015-11-12 | upcoming
        """,
        as_of="2015-06-01",
    )


def test_and_where_reviews_were_not_sent_from_the_start():
    check(
        DUTY,
        """
        kind             | when
        care_started     | 2012-05-01
        care_review_held | 2015-06-02
        care_review_held | 2015-11-20
        """,
        """
        opened     | due        | state
        2015-06-02 | 2015-12-02 | met
        2015-11-20 | 2016-05-20 | upcoming
        """,
        cover="care_review_held care_ended 2015-04-01..2018-03-31",
        as_of="2016-01-01",
    )


def test_a_year_that_was_not_sent_is_no_late_review():
    """The next review we see may not be the next there was."""
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2015-04-01
        care_review_held | 2016-02-02
        care_review_held | 2017-06-06
        """,
        """
        opened     | due        | state       | met        | missing
        2016-02-02 | 2016-08-02 | cannot tell | 2017-06-06 | no source for care reviews since 31 Mar 2016
        2017-06-06 | 2017-12-06 | upcoming    |            |
        """,
        cover="care_review_held care_ended 2015-04-01..2016-03-31; care_review_held care_ended 2017-04-01..2018-03-31",
        as_of="2017-07-01",
    )


def test_a_source_that_never_says_what_it_covers_is_taken_at_its_word():
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2015-04-01
        care_review_held | 2016-02-02
        care_review_held | 2016-09-02
        """,
        """
        opened     | state       | late    | missing
        2016-02-02 | met late    | 31 days |
        2016-09-02 | cannot tell |         | not yet receiving care reviews
        """,
        cover="",
        as_of="2017-07-01",
    )


def test_the_last_review_before_18_is_owed_only_until_18():
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2024-01-01
        care_review_held | 2025-12-01
        care_review_held | 2026-03-10
        """,
        """
        opened     | due        | state    | why
        2025-12-01 | 2026-06-01 | met      |
        2026-03-10 | 2026-09-10 | not owed | turned 18 on 4 Aug 2026
        """,
        dob="2008-08-04",
        as_of="2026-11-01",
    )


def test_it_stops_by_itself_at_18_although_nobody_works_it_out_again():
    """A stored instance is read on later days: its state follows from the birthday alone."""
    owed = instances(
        DUTY,
        """
        kind             | when
        in_care_at       | 2024-01-01
        care_review_held | 2026-03-10
        """,
        dob="2008-08-04",
        as_of="2026-06-01",
    )
    assert status(owed[0], date(2026, 8, 3)).state == "upcoming"
    assert status(owed[0], date(2026, 8, 4)).state == "not owed"


def test_a_day_in_february_of_a_leap_year():
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2023-01-01
        care_review_held | 2023-08-30
        """,
        "due\n2024-02-29",
        as_of="2023-09-01",
    )


def test_a_review_that_ends_care_opens_no_other():
    check(
        DUTY,
        """
        kind             | when
        in_care_at       | 2024-01-01
        care_review_held | 2024-03-04
        care_review_held | 2024-08-01
        care_ended       | 2024-08-01
        """,
        "opened | state\n2024-03-04 | met",
        as_of="2025-01-01",
    )
