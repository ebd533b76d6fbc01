"""Working days, months, terms and London time: the edge rules and vectors of the duties table."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.words import calendars
from throughline.words.calendars import OutsideCalendar, working_days

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))

# Computed from rule in the duties table, one list per year.
BANK_HOLIDAYS = {
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_weekdays_that_are_no_working_days_are_the_bank_holidays(year: int) -> None:
    weekdays = [day for n in range(366) if (day := date(year, 1, 1) + timedelta(n)).weekday() < 5]
    off = [f"{day:%m-%d}" for day in weekdays if day.year == year and not working_days().is_working(day)]
    assert off == BANK_HOLIDAYS[year].split()


@pytest.mark.parametrize(
    "day",
    [
        date(2002, 6, 3),  # Golden Jubilee
        date(2011, 4, 29),  # a royal wedding
        date(2012, 6, 5),  # Diamond Jubilee
        date(2020, 5, 8),  # early May holiday moved to a Friday
        date(2021, 12, 28),  # substitute for Boxing Day
        date(2022, 6, 3),  # Platinum Jubilee
        date(2022, 9, 19),  # state funeral
        date(2023, 5, 8),  # coronation
    ],
)
def test_one_off_and_moved_holidays_are_known(day: date) -> None:
    assert not working_days().is_working(day)


def test_the_holiday_that_was_moved_away_is_an_ordinary_monday() -> None:
    assert working_days().is_working(date(2020, 5, 4))
    assert working_days().is_working(date(2022, 5, 30))


def test_a_partnership_adds_a_holiday_nobody_foresaw() -> None:
    extra = date(2029, 6, 6)
    assert working_days().is_working(extra)
    assert not working_days(frozenset({extra})).is_working(extra)
    assert working_days(frozenset({extra})).add(date(2029, 6, 5), 1) == date(2029, 6, 7)


@pytest.mark.parametrize(
    ("trigger", "count", "due", "why"),
    [
        ("2026-12-17", 20, "2027-01-19", "first review: Christmas, the substitute on 28 December, New Year"),
        ("2026-11-22", 20, "2026-12-18", "first review of a child looked after from a Sunday"),
        ("2026-12-24", 5, "2027-01-05", "placement plan: a holiday run"),
        ("2026-12-18", 15, "2027-01-13", "initial conference"),
        ("2026-11-23", 45, "2027-01-28", "assessment"),
        ("2026-11-27", 1, "2026-11-30", "referral on a Friday at 17:00"),
        ("2026-12-24", 1, "2026-12-29", "25, 26, 27 and 28 December are skipped"),
        ("2026-12-22", 5, "2026-12-31", "reasonable grounds"),
        ("2026-11-21", 5, "2026-11-27", "aware on a Saturday: day 1 is Monday"),
        ("2026-11-27", 15, "2026-12-18", "rapid review"),
    ],
)
def test_vectors_in_working_days(trigger: str, count: int, due: str, why: str) -> None:
    assert working_days().add(date.fromisoformat(trigger), count) == date.fromisoformat(due), why


def test_the_practical_date_is_the_last_working_day_on_or_before() -> None:
    sunday = date(2027, 2, 14)
    assert working_days().on_or_before(sunday) == date(2027, 2, 12)
    assert working_days().on_or_before(date(2027, 2, 12)) == date(2027, 2, 12)
    assert working_days().on_or_before(date(2026, 12, 28)) == date(2026, 12, 24)


def test_counting_backwards_for_warnings() -> None:
    assert working_days().add(date(2026, 2, 4), -10) == date(2026, 1, 21)
    assert working_days().add(date(2026, 12, 27), -1) == date(2026, 12, 24)


def test_outside_1970_to_2080_nobody_can_tell() -> None:
    for outside in (date(1900, 1, 1), date(1969, 12, 31), date(2081, 1, 1), date(9999, 12, 31)):
        with pytest.raises(OutsideCalendar):
            working_days().add(outside, 1)
    with pytest.raises(OutsideCalendar):
        working_days().add(date(2080, 12, 30), 20)


@given(DAYS, st.integers(1, 400))
def test_add_and_between_agree(day: date, n: int) -> None:
    working = working_days()
    due = working.add(day, n)
    assert working.is_working(due)
    assert working.between(day, due) == n
    assert working.between(day, due - timedelta(1)) == n - 1


@given(DAYS, st.integers(1, 60))
def test_add_is_what_a_person_counts_on_a_wall_calendar(day: date, n: int) -> None:
    working, counted, walk = working_days(), 0, day
    while counted < n:
        walk += timedelta(1)
        counted += walk.weekday() < 5 and walk not in working.holidays
    assert working.add(day, n) == walk


@given(DAYS, st.integers(1, 400))
def test_back_again(day: date, n: int) -> None:
    working = working_days()
    start = working.on_or_before(day)
    assert working.add(working.add(start, n), -n) == start


@given(DAYS, DAYS)
def test_between_is_the_same_length_both_ways(a: date, b: date) -> None:
    assert working_days().between(a, b) == -working_days().between(b, a)


# -- months, weeks, birthdays, terms ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "due", "why"),
    [
        ("2026-11-30", 3, "2027-02-28", "second review: no 30 February"),
        ("2026-08-31", 6, "2027-02-28", "next review: no 31 February"),
        ("2027-11-30", 3, "2028-02-29", "a leap year has a 29th"),
        ("2026-09-07", 4, "2027-01-07", "out of school"),
        ("2025-08-04", 6, "2026-02-04", "into the next year"),
        ("2008-10-20", 210, "2026-04-20", "seventeen and a half"),
        ("2026-03-31", -1, "2026-02-28", "backwards"),
        ("2026-12-31", 12, "2027-12-31", "a year"),
    ],
)
def test_months_go_by_corresponding_date(start: str, months: int, due: str, why: str) -> None:
    assert calendars.add_months(date.fromisoformat(start), months) == date.fromisoformat(due), why


@given(DAYS, st.integers(-600, 300))
def test_months_land_in_the_right_month_on_the_same_or_its_last_day(day: date, n: int) -> None:
    due = calendars.add_months(day, n)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == n
    assert due.day == day.day or (due.day < day.day and (due + timedelta(1)).day == 1)


def test_six_weeks_may_end_on_a_bank_holiday() -> None:
    assert calendars.add_weeks(date(2026, 11, 20), 6) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("dob", "years", "day"),
    [
        ("2009-02-28", 18, "2027-02-28"),
        ("2008-02-29", 18, "2026-03-01"),
        ("2008-02-29", 16, "2024-02-29"),
        ("2008-10-20", 17, "2025-10-20"),
    ],
)
def test_birthdays(dob: str, years: int, day: str) -> None:
    assert calendars.birthday(date.fromisoformat(dob), years) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-09-14", "2026-08-01", "2026-12-31"),
        ("2026-12-31", "2026-08-01", "2026-12-31"),
        ("2027-01-01", "2027-01-01", "2027-03-29"),
        ("2027-03-29", "2027-01-01", "2027-03-29"),
        ("2027-03-30", "2027-03-30", "2027-07-31"),
        ("2027-08-01", "2027-08-01", "2027-12-31"),
        ("2026-04-06", "2026-01-01", "2026-04-06"),
    ],
)
def test_exclusions_are_totalled_by_reference_dates(day: str, first: str, last: str) -> None:
    term = calendars.statutory_term(date.fromisoformat(day))
    assert term == (date.fromisoformat(first), date.fromisoformat(last))


@given(DAYS)
def test_statutory_terms_follow_each_other_without_a_gap(day: date) -> None:
    first, last = calendars.statutory_term(day)
    assert first <= day <= last
    assert calendars.statutory_term(first) == calendars.statutory_term(last) == (first, last)
    assert calendars.statutory_term(last + timedelta(1))[0] == last + timedelta(1)


# -- London and UTC --------------------------------------------------------------------------------------


def test_seventy_two_hours_run_through_easter_and_the_clock_change() -> None:
    due = datetime(2027, 3, 26, 22, 0, tzinfo=UTC) + timedelta(hours=72)
    assert due == datetime(2027, 3, 29, 22, 0, tzinfo=UTC)
    assert calendars.to_london(due).isoformat(timespec="minutes") == "2027-03-29T23:00+01:00"


def test_a_summer_day_in_london_begins_the_evening_before_in_utc() -> None:
    assert calendars.london_midnight_utc(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert calendars.london_midnight_utc(date(2026, 12, 1)) == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24), ("2026-12-25", 24)]
)
def test_a_day_has_as_many_hours_as_it_has(day: str, hours: int) -> None:
    start, end = calendars.day_bounds_utc(date.fromisoformat(day))
    assert end - start == timedelta(hours=hours)


def test_london_wall_clock_to_utc() -> None:
    assert calendars.london_to_utc(datetime(2026, 7, 1, 22, 10)) == datetime(2026, 7, 1, 21, 10, tzinfo=UTC)
    twice = calendars.london_to_utc(datetime(2026, 10, 25, 1, 30))
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the hour that comes twice: the earlier"
    never = calendars.london_to_utc(datetime(2026, 3, 29, 1, 30))
    assert never == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "the hour that never was: as if not yet moved"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendars.to_london(datetime(2026, 7, 1, 12, 0))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_an_instant_lies_within_its_own_london_day(instant: datetime) -> None:
    start, end = calendars.day_bounds_utc(calendars.london_date(instant))
    assert start <= instant < end
