"""Full-time education from the sixth school day of an exclusion; the first excluded day is day 1.

What others get wrong: six days after; weekdays instead of the school's own days (INSET days do not count);
each suspension of a back-to-back run counted alone (until 4 January 2015 that was right).
"""

from datetime import date

from spec.line_tables import check, said
from throughline.duties.counting import end_of
from throughline.words.calendars import school_days

PEX = "excl-day6-pex"
RUN = "excl-day6-suspension"
EASTMERE = frozenset({"la:eastmere"})


def test_the_first_excluded_day_is_day_one_and_the_date_says_it_is_estimated():
    found = check(
        PEX,
        """
        kind                | when
        permanent_exclusion | 2026-11-23
        """,
        """
        due        | warn       | precision | state
        2026-11-30 | 2026-11-25 | estimated | upcoming
        """,
        as_of="2026-11-24",
    )
    assert "Day 1 is Mon 23 Nov; the 6th school day is Mon 30 Nov 2026." in said(found[0])
    assert "school days of typical terms" in said(found[0])


def test_an_authority_with_its_own_calendar_gives_a_sure_date():
    check(
        PEX,
        """
        kind                | when
        permanent_exclusion | 2026-10-21
        """,
        "due | precision\n2026-11-04 | day",
        las=EASTMERE,
        as_of="2026-10-22",
    )


def test_a_schools_inset_day_is_no_school_day():
    """Test vector excl-day6-pex: excluded Monday 2026-11-23, INSET on Friday 27th -> 2026-12-01."""
    school = school_days("eastmere", frozenset({date(2026, 11, 27)}))
    assert end_of("school_days", date(2026, 11, 23), 6, True, school) == date(2026, 12, 1)


def test_an_exclusion_given_at_the_weekend_counts_from_the_next_school_day():
    check(
        PEX,
        "kind | when\npermanent_exclusion | 2026-11-21",
        "due\n2026-11-30",
        las=EASTMERE,
        as_of="2026-11-22",
    )


def test_education_meets_it_and_a_cancelled_exclusion_is_not_owed():
    check(
        PEX,
        """
        kind                | when       | ref
        permanent_exclusion | 2026-11-23 | exclusion:A
        education_provided  | 2026-12-02 | exclusion:A
        """,
        "state | late\nmet late | 2 school days",
        as_of="2026-12-20",
    )
    check(
        PEX,
        """
        kind                | when       | ref
        permanent_exclusion | 2026-11-23 | exclusion:A
        exclusion_cancelled | 2026-12-03 | exclusion:A
        """,
        "state | why\nnot owed | the exclusion was cancelled",
        as_of="2026-12-20",
    )


def test_only_at_compulsory_school_age():
    given = "kind | when\npermanent_exclusion | 2026-11-23"
    why = "state | why\nnot owed | not of compulsory school age"
    check(PEX, given, why, dob="2010-08-31", as_of="2026-12-20")  # left Year 11 in June 2026
    check(PEX, given, "state\noverdue", dob="2010-09-01", as_of="2026-12-20")  # Year 11 now
    check(PEX, given, why, dob="2021-12-01", as_of="2026-12-20")  # five on 1 December, from 31 December


def test_an_unmet_clock_stands_still_when_compulsory_school_age_is_over():
    check(
        PEX,
        "kind | when\npermanent_exclusion | 2026-06-08",
        """
        due        | state    | late          | why
        2026-06-15 | not owed | 9 school days | compulsory school age was over on 27 Jun 2026
        """,
        dob="2010-03-04",
        as_of="2026-11-22",
    )


def test_outside_the_school_calendar_nobody_can_say():
    check(
        PEX,
        "kind | when\npermanent_exclusion | 2011-11-23",
        "due | state | missing\n| cannot tell | a school calendar for 2011",
        dob="2000-01-01",
        as_of="2011-12-20",
    )


def test_a_suspension_of_five_days_owes_nothing_and_of_six_does():
    for sessions, owed in [("10", "due"), ("11", "due\n2026-11-30"), ("12", "due\n2026-11-30")]:
        check(
            RUN,
            f"""
            kind       | when       | details
            suspension | 2026-11-23 | sessions={sessions}
            """,
            owed,
            as_of="2026-11-24",
        )


def test_back_to_back_suspensions_are_one_run_across_a_weekend():
    found = check(
        RUN,
        """
        kind       | when       | details
        suspension | 2026-11-18 | sessions=6
        suspension | 2026-11-23 | sessions=8
        """,
        """
        version | opened     | due        | evidence
        2015    | 2026-11-18 | 2026-11-25 | suspension suspension
        """,
        as_of="2026-11-24",
    )
    assert said(found[0]).startswith("Suspended from 18 Nov 2026. Suspended from 23 Nov 2026.")


def test_a_day_at_school_in_between_breaks_the_run():
    check(
        RUN,
        """
        kind       | when       | details
        suspension | 2026-11-18 | sessions=6
        suspension | 2026-11-24 | sessions=8
        """,
        "due",
        as_of="2026-11-24",
    )


def test_a_run_goes_on_over_a_half_term():
    check(
        RUN,
        """
        kind       | when       | details
        suspension | 2026-10-20 | sessions=8
        suspension | 2026-11-02 | sessions=6
        """,
        "opened | due\n2026-10-20 | 2026-11-03",
        las=EASTMERE,
        as_of="2026-11-24",
    )


def test_until_4_january_2015_each_suspension_counted_alone():
    for first, second, owed in [
        ("2014-11-17", "2014-11-20", "due"),
        ("2015-01-12", "2015-01-15", "version | due\n2015 | 2015-01-19"),
    ]:
        check(
            RUN,
            f"""
            kind       | when     | details
            suspension | {first}  | sessions=6
            suspension | {second} | sessions=8
            """,
            owed,
            dob="2002-01-01",
            as_of="2015-02-24",
        )
    check(
        RUN,
        """
        kind       | when       | details
        suspension | 2014-11-17 | sessions=12
        """,
        "version | due\n2007 | 2014-11-24",
        dob="2002-01-01",
        as_of="2015-02-24",
    )


def test_a_suspension_of_unknown_length_is_cannot_tell():
    check(
        RUN,
        """
        kind       | when
        suspension | 2026-11-18
        """,
        "due | state | missing\n| cannot tell | how many sessions the suspension lasts",
        as_of="2026-11-24",
    )


def test_a_cancelled_suspension_leaves_the_run():
    check(
        RUN,
        """
        kind                | when       | details    | ref
        suspension          | 2026-11-18 | sessions=6 | exclusion:A
        suspension          | 2026-11-23 | sessions=8 | exclusion:B
        exclusion_cancelled | 2026-11-24 |            | exclusion:B
        """,
        "due",
        as_of="2026-11-24",
    )
