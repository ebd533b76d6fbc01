"""Dates, ages and lengths of time as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from throughline.web.design import formats

NBSP = "\N{NO-BREAK SPACE}"


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 10, 20), date(2026, 10, 19), 17),
        (date(2008, 10, 20), date(2026, 10, 20), 18),
        (date(2008, 2, 29), date(2025, 2, 28), 16),  # born on 29 February: 1 March in other years
        (date(2008, 2, 29), date(2025, 3, 1), 17),
        (None, date(2026, 1, 1), None),
    ],
)
def test_an_age_is_in_whole_years_on_a_day(born: date | None, on: date, years: int | None) -> None:
    assert formats.age(born, on) == years


def test_a_moment_is_shown_in_london_time() -> None:
    summer, winter = datetime(2026, 7, 1, 23, 30, tzinfo=UTC), datetime(2026, 1, 22, 6, 40, tzinfo=UTC)
    assert plain(formats.when(summer)) == "Thu 2 Jul 2026, 00:30"
    assert plain(formats.when(winter)) == "Thu 22 Jan 2026, 06:40"
    assert plain(formats.when(winter, near=date(2026, 3, 1))) == "Thu 22 Jan, 06:40"


def test_a_moment_without_a_zone_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.when(datetime(2026, 1, 22, 6, 40))


def test_what_is_not_known_is_said() -> None:
    assert {formats.day(None), formats.when(None), formats.weekday(None), formats.long_day(None)} == {"not known"}


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=9, minutes=20), "9 h 20"),
        (timedelta(hours=9), "9 h"),
        (timedelta(hours=41, minutes=59), "41 h"),
        (timedelta(hours=72), "72 h"),
        (timedelta(hours=73), "3 days"),
    ],
)
def test_a_length_of_time(span: timedelta, said: str) -> None:
    assert plain(formats.how_long(span)) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (3, "in 3 days"), (-4, "4 days ago")],
)
def test_a_day_beside_today(days: int, said: str) -> None:
    today = date(2026, 11, 23)
    assert plain(formats.from_now(today + timedelta(days), today)) == said


def test_one_and_many() -> None:
    assert plain(formats.count(1, "duty", "duties")) == "1 duty"
    assert plain(formats.count(1204, "row")) == "1,204 rows"
