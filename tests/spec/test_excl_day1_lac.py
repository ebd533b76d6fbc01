"""Education from the first day for a child in care or with a social worker (exclusion guidance).

What others get wrong: asking only whether the child is in care; asking today instead of on the day of the
exclusion; calling a child not in care because the care records end before it.
"""

from spec.line_tables import check, said

DUTY = "excl-day1-lac"


def test_for_a_child_in_care_it_is_due_on_the_first_day():
    found = check(
        DUTY,
        """
        kind                | when
        care_started        | 2026-01-05
        permanent_exclusion | 2026-11-23
        """,
        "opened | due | state\n2026-11-23 | 2026-11-23 | due",
        as_of="2026-11-23",
    )
    assert said(found[0]).startswith("Permanently excluded from 23 Nov 2026. In care since 5 Jan 2026.")
    assert "The first school day is Mon 23 Nov 2026." in said(found[0])


def test_a_social_worker_is_enough():
    for opening in ("cp_plan_started", "cin_plan_started", "referral"):
        check(
            DUTY,
            f"""
            kind       | when       | details
            {opening}  | 2026-01-05 |
            suspension | 2026-11-23 | sessions=4
            """,
            "due\n2026-11-23",
            as_of="2026-11-23",
        )


def test_who_has_none_on_that_day_is_not_owed_it():
    check(
        DUTY,
        """
        kind         | when       | details
        care_started | 2026-01-05 |
        care_ended   | 2026-11-01 |
        suspension   | 2026-11-23 | sessions=4
        """,
        "due",
        as_of="2026-11-23",
    )


def test_where_care_records_end_before_it_nobody_can_tell():
    check(
        DUTY,
        """
        kind         | when       | details
        care_started | 2017-01-05 |
        suspension   | 2026-11-23 | sessions=4
        """,
        """
        due        | state       | missing
        2026-11-23 | cannot tell | no source for whether still in care since 31 Mar 2018
        """,
        cover="care_started care_ended 2015-04-01..2018-03-31; education_provided 2020-01-01..2026-11-30",
        as_of="2026-11-30",
    )


def test_each_exclusion_has_its_own():
    check(
        DUTY,
        """
        kind               | when       | details    | ref
        care_started       | 2026-01-05 |            |
        suspension         | 2026-11-16 | sessions=4 | exclusion:A
        suspension         | 2026-11-23 | sessions=4 | exclusion:B
        education_provided | 2026-11-23 |            | exclusion:B
        """,
        "opened | state\n2026-11-16 | overdue\n2026-11-23 | met",
        as_of="2026-11-30",
    )
