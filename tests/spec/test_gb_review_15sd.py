"""Governors consider reinstatement within 15 school days of notice (SI 2012/1033).

What others get wrong: working days instead of school days; the school's own term instead of the statutory
one (which ends on 31 December, Easter Monday and 31 July); counting sessions as days.
"""

from spec.line_tables import check, said

DUTY = "gb-review-15sd"
EASTMERE = frozenset({"la:eastmere"})


def test_a_permanent_exclusion_is_counted_from_its_first_day_where_the_notice_is_not_known():
    found = check(
        DUTY,
        """
        kind                | when
        permanent_exclusion | 2026-11-23
        """,
        """
        due        | warn       | precision | state
        2026-12-14 | 2026-12-07 | estimated | upcoming
        """,
        las=EASTMERE,
        as_of="2026-11-24",
    )
    assert "the day the governors were told is not recorded" in said(found[0])
    assert "Day 1 is Tue 24 Nov; the 15th school day is Mon 14 Dec 2026." in said(found[0])


def test_the_suspension_that_takes_the_terms_total_over_fifteen_days():
    check(
        DUTY,
        """
        kind       | when       | details
        suspension | 2026-09-07 | sessions=10
        suspension | 2026-10-05 | sessions=10
        suspension | 2026-11-09 | sessions=10
        suspension | 2026-11-30 | sessions=1
        """,
        "opened\n2026-11-30",
        as_of="2026-12-01",
    )


def test_fifteen_days_exactly_are_not_more_than_fifteen():
    check(
        DUTY,
        """
        kind       | when       | details
        suspension | 2026-09-07 | sessions=20
        suspension | 2026-11-09 | sessions=10
        """,
        "opened",
        as_of="2026-12-01",
    )


def test_terms_end_on_easter_monday_whatever_the_school_keeps():
    """2026: Easter Monday is 6 April. Days before it and after it are two terms' days."""
    check(
        DUTY,
        """
        kind       | when       | details
        suspension | 2026-03-02 | sessions=20
        suspension | 2026-04-13 | sessions=20
        """,
        "opened",
        as_of="2026-06-01",
    )


def test_days_of_all_schools_add_up_and_cancelled_ones_do_not():
    given = """
        kind                | when       | by            | details     | ref
        suspension          | 2026-09-07 | school:123456 | sessions=20 | exclusion:A
        suspension          | 2026-11-09 | school:654321 | sessions=12 | exclusion:B
        """
    check(DUTY, given, "opened\n2026-11-09", as_of="2026-12-01")
    cancelled = given + "exclusion_cancelled | 2026-09-09 | school:123456 | | exclusion:A"
    check(DUTY, cancelled, "opened", as_of="2026-12-01")


def test_governors_who_met_in_time():
    check(
        DUTY,
        """
        kind                | when       | ref
        permanent_exclusion | 2026-11-23 | exclusion:A
        governors_met       | 2026-12-10 | exclusion:A
        """,
        "state | met\nmet | 2026-12-10",
        las=EASTMERE,
        as_of="2027-01-10",
    )
