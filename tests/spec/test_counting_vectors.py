"""Test vectors of the duty table, as data: a period, the day or instant it is counted from, and its end.

Those of the fourteen duties that ship go through the engine; the others pin the calendars they will use.
"""

from __future__ import annotations

from datetime import date

import pytest

from spec.line_tables import check, rows
from throughline.duties.counting import end_of
from throughline.words.calendars import (
    add_weeks,
    birthday,
    london_midnight_utc,
    school_days,
    working_days,
)

BY_THE_ENGINE = """
    duty                     | given                                                          | due
    rhi-72h                  | missing_end 2026-11-20T23:30Z                                  | 2026-11-23 23:30
    rhi-72h                  | missing_end 2027-03-26T22:00Z                                  | 2027-03-29 23:00
    lac-review-first-20wd    | care_started 2026-12-17                                        | 2027-01-19
    lac-review-first-20wd    | care_started 2026-11-22                                        | 2026-12-18
    lac-review-second-3m     | care_started 2026-11-02, care_review_held 2026-11-30           | 2027-02-28
    lac-review-subsequent-6m | in_care_at 2026-01-01, care_review_held 2026-08-31             | 2027-02-28
    icpc-15wd                | strategy_discussion 2026-12-18                                 | 2027-01-13
    assessment-45wd          | referral 2026-11-23                                            | 2027-01-28
"""

BY_THE_CALENDARS = """
    duty                     | unit         | amount | counts | from       | due
    lac-placement-plan-5wd   | working_days | 5      |        | 2026-12-24 | 2027-01-05
    lac-visit-6w-year1       | weeks        | 6      |        | 2026-11-20 | 2027-01-01
    referral-decision-1wd    | working_days | 1      |        | 2026-11-27 | 2026-11-30
    lado-1wd                 | working_days | 1      |        | 2026-12-24 | 2026-12-29
    ehc-decide-assess-6w     | weeks        | 6      |        | 2026-11-23 | 2027-01-04
    ehc-final-20w            | weeks        | 20     |        | 2026-11-23 | 2027-04-12
    ehc-draft-rep-15d        | days         | 15     | yes    | 2026-11-23 | 2026-12-07
    ehc-review-decision-4w   | weeks        | 4      |        | 2026-12-02 | 2026-12-30
    ehc-amend-final-8w       | weeks        | 8      |        | 2026-12-30 | 2027-02-24
    ehc-amend-final-8w       | weeks        | 12     |        | 2026-12-02 | 2027-02-24
    bail-initial-3m          | months       | 3      | yes    | 2026-01-16 | 2026-04-15
    bail-extend-6m           | months       | 6      | yes    | 2026-01-16 | 2026-07-15
    bail-extend-9m           | months       | 9      | yes    | 2026-01-16 | 2026-10-15
    bail-initial-3m          | months       | 3      | yes    | 2026-11-30 | 2027-02-28
    bail-initial-3m          | days         | 28     | yes    | 2022-10-21 | 2022-11-17
    nrm-rg-5wd               | working_days | 5      |        | 2026-12-22 | 2026-12-31
    nrm-recovery-30d         | days         | 30     | yes    | 2026-11-02 | 2026-12-01
    sin-notify-5wd           | working_days | 5      |        | 2026-11-21 | 2026-11-27
    rapid-review-15wd        | working_days | 15     |        | 2026-11-27 | 2026-12-18
    pathway-needs-3m         | months       | 3      |        | 2026-11-30 | 2027-02-28
    out-of-school-4m         | months       | 4      |        | 2026-09-07 | 2027-01-07
"""


@pytest.mark.parametrize("row", rows(BY_THE_ENGINE), ids=lambda row: f"{row['duty']} {row['due']}")
def test_vector_by_the_engine(row):
    given = "kind | when\n" + "\n".join(part.strip().replace(" ", " | ") for part in row["given"].split(","))
    check(row["duty"], given, f"due\n{row['due']}", as_of="2027-03-27" if "2027-03" in given else "2026-12-31")


@pytest.mark.parametrize("row", rows(BY_THE_CALENDARS), ids=lambda row: f"{row['duty']} {row['due']}")
def test_vector_by_the_calendars(row):
    start, due = date.fromisoformat(row["from"]), date.fromisoformat(row["due"])
    assert end_of(row["unit"], start, int(row["amount"]), bool(row["counts"]), school_days()) == due


def test_an_inset_day_is_no_school_day():
    """excl-day6-pex: Monday 2026-11-23 is day 1, Friday 27th is INSET."""
    school = school_days("eastmere", frozenset({date(2026, 11, 27)}))
    assert end_of("school_days", date(2026, 11, 23), 6, True, school) == date(2026, 12, 1)


def test_before_15_february_the_day_itself_is_late():
    """ehc-phase-15feb: last compliant day Sunday 2027-02-14; the practical one is Friday 12th."""
    assert working_days().on_or_before(date(2027, 2, 14)) == date(2027, 2, 12)


def test_18_is_reached_at_the_start_of_the_birthday_and_on_1_march_in_common_years():
    """age-18."""
    assert birthday(date(2009, 2, 28), 18) == date(2027, 2, 28)
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert london_midnight_utc(date(2027, 2, 28)).isoformat() == "2027-02-28T00:00:00+00:00"


def test_bank_holidays_are_those_computed_in_the_table():
    computed = """
        2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
        2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
        2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
        2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
    """.split()
    for year in (2025, 2026, 2027, 2028):
        weekdays = {d for d in working_days().holidays if d.year == year and d.weekday() < 5}
        assert weekdays == {date.fromisoformat(d) for d in computed if d.startswith(str(year))}


def test_weeks_are_blocks_of_seven_days():
    assert add_weeks(date(2026, 11, 20), 6) == date(2027, 1, 1)
