"""School days: days on which that school holds a session."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.words.calendars import OutsideCalendar, school_calendars, school_days

EASTMERE = "eastmere"


def test_day_six_of_an_exclusion_skips_the_schools_own_inset_day() -> None:
    first_excluded, inset = date(2026, 11, 23), date(2026, 11, 27)
    with_inset = school_days(EASTMERE, frozenset({inset}))
    assert not with_inset.is_school_day(inset)
    assert with_inset.add(first_excluded, 6, count_trigger_day=True) == date(2026, 12, 1)
    assert school_days(EASTMERE).add(first_excluded, 6, count_trigger_day=True) == date(2026, 11, 30)


def test_two_schools_of_one_authority_may_have_different_dates() -> None:
    one = school_days(EASTMERE, frozenset({date(2026, 9, 7)}))
    other = school_days(EASTMERE)
    assert one.add(date(2026, 9, 4), 1) == date(2026, 9, 8)
    assert other.add(date(2026, 9, 4), 1) == date(2026, 9, 7)


def test_the_trigger_day_is_not_counted_unless_asked() -> None:
    days = school_days(EASTMERE)
    monday = date(2026, 11, 23)
    assert days.add(monday, 1) == date(2026, 11, 24)
    assert days.add(monday, 1, count_trigger_day=True) == monday


def test_a_trigger_on_no_school_day_makes_the_next_school_day_the_first() -> None:
    days = school_days(EASTMERE)
    saturday = date(2026, 11, 21)
    assert days.add(saturday, 1) == date(2026, 11, 23)
    assert days.add(saturday, 1, count_trigger_day=True) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 10, 28), "half-term"),
        (date(2026, 5, 4), "a bank holiday within term"),
        (date(2026, 5, 27), "half-term in May"),
        (date(2026, 4, 1), "the Easter holiday"),
        (date(2026, 8, 12), "summer"),
        (date(2026, 11, 22), "a Sunday"),
        (date(2025, 12, 22), "after the last day of term"),
    ],
)
def test_no_school_on(day: date, why: str) -> None:
    assert not school_days(EASTMERE).is_school_day(day), why
    assert school_days(EASTMERE).known(day), "a known holiday is not the same as not knowing"


def test_fifteen_school_days_run_over_half_term() -> None:
    days = school_days(EASTMERE)
    assert days.add(date(2026, 10, 15), 15) == date(2026, 11, 12)
    assert days.between(date(2026, 10, 15), date(2026, 11, 12)) == 15


def test_the_published_calendar_is_exact_and_the_typical_one_estimated() -> None:
    assert not school_days(EASTMERE).estimated
    assert school_days().estimated
    assert school_days("an authority without a calendar").estimated


def test_outside_the_data_nobody_can_tell() -> None:
    days = school_days()
    assert not days.known(date(2011, 9, 5))
    with pytest.raises(OutsideCalendar):
        days.is_school_day(date(2011, 9, 5))
    with pytest.raises(OutsideCalendar):
        days.add(days.last, 1)


@pytest.mark.parametrize("calendar", ["eastmere", "typical"])
def test_a_school_year_has_about_190_days(calendar: str) -> None:
    days = school_days(calendar)
    for year in range(days.first.year, days.last.year):
        assert 185 <= days.between(date(year, 8, 31) + timedelta(1), date(year + 1, 8, 31)) <= 198


@given(
    st.sampled_from(sorted(school_calendars())),
    st.dates(date(2021, 9, 1), date(2027, 8, 31)),
    st.integers(1, 120),
    st.frozensets(st.dates(date(2021, 9, 1), date(2028, 7, 1)), max_size=20),
)
def test_add_and_between_agree(calendar: str, day: date, n: int, closures: frozenset[date]) -> None:
    days = school_days(calendar, closures)
    due = days.add(day, n)
    assert days.is_school_day(due)
    assert due not in closures
    assert due.weekday() < 5
    assert days.between(day, due) == n
    counted = days.add(day, n, count_trigger_day=True)
    assert days.between(day, counted) == n - days.is_school_day(day)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-01-27", "2026-01-05", "2026-02-13"),
        ("2026-02-18", "2026-02-23", "2026-03-27"),  # in the half-term break: the half-term that follows
        ("2026-05-05", "2026-04-13", "2026-05-22"),  # a bank holiday ends none
    ],
)
def test_a_week_without_school_ends_a_half_term(day: str, first: str, last: str) -> None:
    school = school_days("eastmere")
    expected = date.fromisoformat(first), date.fromisoformat(last)
    assert school.half_term(date.fromisoformat(day)) == expected


def test_where_the_calendar_ends_so_does_the_half_term() -> None:
    assert school_days().half_term(date(2030, 7, 22))[1] == date(2030, 7, 23)
    with pytest.raises(OutsideCalendar):
        school_days().half_term(date(2031, 1, 10))
