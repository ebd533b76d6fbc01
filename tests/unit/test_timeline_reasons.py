"""A child has a page while a reason on the list holds, and not a day longer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline import feeds, timeline
from throughline.feeds.base import Event, Statement

DOB = date(2012, 6, 14)
DAY = date(2026, 4, 21)


def told(kind: str, on: date, n: int = 0, **details: str) -> Event:
    said = Statement("events", "events", "e.csv", n + 2, f"E-{kind}-{on}-{n}", "p", (), said_by="la:971")
    return Event(kind, on, None, "day", "la:971", said, details=details)


def page(*events: Event, on: date = DAY, dob: date | None = DOB, owed: date | None = None, opened: bool = False):
    line = timeline.build(events, dob=dob, as_of=on)
    return timeline.page(line, on, owed=owed, opened=opened)


@pytest.mark.parametrize(
    ("kind", "details", "reason"),
    [
        ("care_started", {}, "in_care"),
        ("cp_plan_started", {}, "protection_plan"),
        ("cin_plan_started", {}, "child_in_need"),
        ("referral", {}, "child_in_need"),
        ("early_help_started", {}, "family_help"),
        ("disposal_decided", {}, "youth_justice"),
        ("list_added", {}, "support_list"),
        ("watch_started", {}, "watch"),
        ("missing_start", {}, "missing"),
        ("education_status_started", {"status": "CME"}, "out_of_education"),
        ("worry", {}, "open_worry"),
    ],
)
def test_each_reason_of_the_list_gives_a_page(kind: str, details: dict[str, str], reason: str) -> None:
    found = page(told(kind, date(2026, 4, 1), **details))
    assert found.reasons == (reason,)
    assert found.since == date(2026, 4, 1)


@pytest.mark.parametrize("kind", ["absence_run", "ed_attendance", "police_occurrence", "school_joined", "suspension"])
def test_what_any_child_may_have_gives_none(kind: str) -> None:
    """A suspension does while it lasts, and this one was over in March."""
    assert page(told(kind, date(2026, 3, 2), sessions="2")).reasons == ()


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("care_started", "care_ended"),
        ("early_help_started", "early_help_ended"),
        ("watch_started", "watch_ended"),
        ("worry", "worry_answered"),
        ("referral", "case_closed"),
    ],
)
def test_the_page_closes_the_day_after_the_last_reason_ends(begins: str, ends: str) -> None:
    both = told(begins, date(2026, 1, 5)), told(ends, date(2026, 4, 20))
    assert page(*both, on=date(2026, 4, 20)).reasons, "until that day is over"
    after = page(*both, on=date(2026, 4, 21))
    assert (after.reasons, after.closed_on) == ((), date(2026, 4, 21))


def test_off_the_list_is_watched_told_or_not_so_the_page_stays_to_the_last_look() -> None:
    """Gate G03: watch, not closed. R17's last look is after 180 days, R16's after 182."""
    both = told("list_added", date(2026, 1, 5)), told("list_removed", date(2026, 4, 20))
    assert page(*both, on=date(2026, 4, 21)).reasons == ("watch",)
    assert page(*both, on=date(2026, 10, 17)).reasons == ("watch",)
    assert page(*both, on=date(2026, 10, 20)).reasons == ()


def test_a_closed_case_is_not_held_open_by_a_visit_before_it_closed() -> None:
    assert page(told("visit", date(2026, 3, 1)), told("case_closed", date(2026, 4, 1))).reasons == ()


def test_after_a_return_the_page_stays_ninety_days() -> None:
    gone = told("missing_start", date(2026, 1, 1)), told("missing_end", date(2026, 1, 3))
    assert page(*gone, on=date(2026, 4, 3)).until == date(2026, 4, 3)
    assert page(*gone, on=date(2026, 4, 4)).reasons == ()


def test_what_is_still_owed_keeps_a_page_whose_reason_has_ended_and_makes_none() -> None:
    gone = told("missing_start", date(2025, 11, 1)), told("missing_end", date(2025, 11, 3))
    assert page(*gone, owed=date(2025, 11, 6)).reasons == ("owed",)
    assert page(*gone, owed=date(2025, 3, 6)).reasons == (), "for a window, not for ever"
    assert page(told("absence_run", date(2026, 4, 1)), owed=date(2026, 4, 20)).reasons == ()


def test_who_had_a_reason_at_sixteen_keeps_the_page_to_eighteen_and_a_half() -> None:
    left_care = told("care_started", date(2020, 1, 1)), told("care_ended", date(2028, 9, 1))
    assert page(*left_care, on=date(2030, 12, 14)).reasons == ("passing",)
    assert page(*left_care, on=date(2030, 12, 15)).reasons == ()
    early = told("care_started", date(2020, 1, 1)), told("care_ended", date(2027, 9, 1))
    assert page(*early, on=date(2029, 1, 1)).reasons == ()


def test_no_reason_holds_beyond_eighteen_and_a_half() -> None:
    assert page(told("referral", date(2026, 1, 1)), on=date(2031, 1, 1)).reasons == ()


def test_a_page_a_person_opened_needs_nothing_else() -> None:
    assert page(opened=True).reasons == ("opened",)


KINDS = ["referral", "case_closed", "care_started", "care_ended", "missing_start", "missing_end", "visit", "worry"]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 1500)), max_size=12), st.integers(0, 1600))
def test_the_last_day_it_names_is_the_last_day_it_has_a_page(life: list[tuple[str, int]], at: int) -> None:
    """What is stored (a last day) and what is worked out on each day say the same, if nothing more happens."""
    start = date(2022, 1, 1)
    events = [told(kind, start + timedelta(n), i) for i, (kind, n) in enumerate(life) if n <= at]
    day = start + timedelta(at)
    found = page(*events, on=day)
    if found.reasons and found.until:
        assert page(*events, on=found.until).reasons
        assert not page(*events, on=found.until + timedelta(1)).reasons
    if found.reasons and found.until is None:
        assert page(*events, on=day + timedelta(400)).reasons


def test_feeds_kept_apart_are_feeds() -> None:
    assert timeline.reasons().apart <= {feed.id for feed in feeds.registry()}
