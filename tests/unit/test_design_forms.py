"""What people type into forms, read back: days, times, ticks, and mistakes in a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from throughline.web.design import forms
from throughline.web.design.forms import Field, Mistake

HAPPENED = Field("on", "The day", forms.DAY)


def boxes(day: str, month: str, year: str) -> dict[str, str]:
    return {"on-day": day, "on-month": month, "on-year": year}


@given(some.dates(min_value=date(1000, 1, 1)))
def test_a_day_filled_in_is_the_day_read_back(day: date) -> None:
    assert forms.day(forms.typed_day("on", day), HAPPENED) == day.isoformat()


@pytest.mark.parametrize("month", ["3", "03", "March", "mar"])
def test_a_month_may_be_a_number_or_a_word(month: str) -> None:
    assert forms.day(boxes("27", month, "2026"), HAPPENED) == "2026-03-27"


def test_an_empty_day_is_empty_not_a_mistake() -> None:
    assert forms.day(boxes("", " ", ""), HAPPENED) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (boxes("27", "", ""), "The day needs a month and a year"),
        (boxes("31", "2", "2026"), "31 2 2026 is not a day"),
        (boxes("27", "3", "26"), "27 3 26 is not a day"),
        (boxes("a", "3", "2026"), "a 3 2026 is not a day"),
        (boxes("1", "13", "2026"), "1 13 2026 is not a day"),
    ],
)
def test_a_day_that_is_none_says_so_and_how_to_write_it(typed: dict[str, str], said: str) -> None:
    with pytest.raises(Mistake, match=said):
        forms.day(typed, HAPPENED)


@pytest.mark.parametrize(
    ("typed", "time"),
    [("14:30", "14:30"), ("1430", "14:30"), ("9.05", "09:05"), ("2:30pm", "14:30"), ("12am", "00:00"), ("", "")],
)
def test_a_time_of_day_may_be_written_in_many_ways(typed: str, time: str) -> None:
    assert forms.clock(typed, "Time") == time


@pytest.mark.parametrize("typed", ["25:00", "14:60", "9", "13pm", "0pm", "soon"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Mistake, match="is not a time"):
        forms.clock(typed, "Time")


def test_a_moment_needs_its_day_but_not_its_time() -> None:
    moment = Field("on", "Missing since", forms.MOMENT)
    assert forms.read(moment, boxes("1", "3", "2026")) == "2026-03-01"
    assert forms.read(moment, boxes("1", "3", "2026") | {"on-time": "22:10"}) == "2026-03-01T22:10"
    with pytest.raises(Mistake, match="needs a day"):
        forms.read(moment, {"on-time": "22:10"})


def test_every_mistake_is_told_at_once_in_the_order_of_the_form_and_leads_to_its_control() -> None:
    fields = (HAPPENED, Field("number", "How many", forms.NUMBER), Field("name", "Name"))
    answers, mistakes = forms.read_all(fields, boxes("99", "1", "2026") | {"number": "few", "name": " Fern "})
    assert answers == {"name": "Fern"}
    assert list(forms.summary(fields, mistakes | {"other": "From the action"})) == ["on-day", "number", "other"]
