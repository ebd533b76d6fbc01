"""The edge rules of the duty table that concern the clocks which ship; the number is their place there.

Rules 8 (before a date), 10 (45-day cap), 18 (pausing) and 22 (targets) belong to shapes that come later;
rule 9 and 13 are tested with the exclusions, 16 with the first review, 1 and 2 with the return interview.
"""

from datetime import date

import pytest

from spec.line_tables import check
from throughline.duties import load, rulebook
from throughline.duties.counting import end_of, school_age
from throughline.duties.loading import LAW, LOCAL
from throughline.words.calendars import school_days, working_days

SCHOOL = school_days()


@pytest.mark.parametrize("weekend", ["2026-11-21", "2026-11-22"])
def test_4_day_one_is_the_first_working_day_after_a_weekend(weekend):
    assert end_of("working_days", date.fromisoformat(weekend), 1, False, SCHOOL) == date(2026, 11, 23)


def test_3_the_trigger_day_is_left_out_unless_the_period_begins_with_it():
    monday = date(2026, 11, 23)
    for unit in ("days", "working_days", "school_days"):
        assert end_of(unit, monday, 2, False, SCHOOL) == date(2026, 11, 25)
        assert end_of(unit, monday, 2, True, SCHOOL) == date(2026, 11, 24)
    # A period of working days that begins with a Saturday has Monday as day 1.
    assert end_of("working_days", date(2026, 11, 21), 1, True, SCHOOL) == monday


def test_5_months_by_corresponding_date_else_the_last_of_the_month():
    for start, months, end in [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 2, 28), 6, date(2027, 8, 28)),
    ]:
        assert end_of("months", start, months, False, SCHOOL) == end
    # Beginning with a day, the period ends the day before; but on the month's end where there is no such day.
    assert end_of("months", date(2026, 8, 31), 6, True, SCHOOL) == date(2027, 2, 28)
    assert end_of("months", date(2026, 8, 30), 3, True, SCHOOL) == date(2026, 11, 29)


def test_7_a_deadline_on_a_day_off_stands_and_the_last_working_day_is_said_beside_it():
    boxing_day = end_of("months", date(2026, 6, 26), 6, False, SCHOOL)
    assert boxing_day == date(2026, 12, 26)
    assert working_days().on_or_before(boxing_day) == date(2026, 12, 24)


def test_9_pupils_excluded_on_one_day_have_different_dates_where_their_schools_differ():
    monday = date(2026, 10, 19)
    own = school_days("eastmere", frozenset({date(2026, 10, 23)}))
    assert end_of("school_days", monday, 6, True, own) == date(2026, 11, 3)
    assert end_of("school_days", monday, 6, True, school_days("eastmere")) == date(2026, 11, 2)


def test_13_compulsory_school_age():
    assert school_age(date(2010, 8, 31)) == (date(2015, 8, 31), date(2026, 6, 26))
    assert school_age(date(2010, 9, 1)) == (date(2015, 12, 31), date(2027, 6, 25))
    assert school_age(date(2012, 2, 29)) == (date(2017, 3, 31), date(2028, 6, 30))


def test_15_a_late_review_keeps_its_lateness_and_the_next_runs_from_it():
    given = """
        kind             | when
        care_started     | 2026-01-05
        care_review_held | 2026-02-09
        """
    check("lac-review-first-20wd", given, "state | late\nmet late | 5 working days", as_of="2026-03-01")
    check("lac-review-second-3m", given, "opened | due\n2026-02-09 | 2026-05-09", as_of="2026-03-01")


def test_18_being_missing_does_not_stop_a_review_clock():
    check(
        "lac-review-first-20wd",
        """
        kind          | when
        care_started  | 2026-01-05
        missing_start | 2026-01-10
        """,
        "due | state\n2026-02-02 | overdue",
        as_of="2026-03-01",
    )


def test_19_the_version_is_chosen_by_the_date_its_source_says():
    for rule in rulebook().values():
        assert all(version.select_by for version in rule.versions), rule.id


def test_21_what_a_partnership_set_itself_is_never_called_law():
    assert {rule.strength for rule in load(LOCAL)} == {"LO"}
    assert all(rule.strength != "LO" for rule in load(LAW))


def test_23_the_working_days_are_those_of_england_and_wales():
    calendar = working_days()
    assert calendar.is_working(date(2026, 8, 3))  # a holiday in Scotland
    assert not calendar.is_working(date(2022, 9, 19))  # state funeral, a one-off
    assert not working_days(frozenset({date(2026, 6, 12)})).is_working(date(2026, 6, 12))
