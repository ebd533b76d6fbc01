"""The boards' clocks, the calendar, what was sent to me, a line put off: as people meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import HUB, SOCIAL_WORKER, days_ago, hours_ago, no_sideways, open_record, say_when, sign_in

BOARDS = ["missing", "out-of-education", "care-reviews", "conferences", "nrm", "investigations", "placed-away"]


def missing_child(page: Page) -> None:
    """Somebody writes down that a child of theirs is missing from now on.

    Not from some hours ago: soon after midnight that is before a return which another journey has written down.
    """
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "missing_start")
    say_when(page, *hours_ago(0))
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("heading", name=re.compile("is on the line"))).to_be_visible()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_every_board_opens_and_fits(
    visit: Callable[..., Page],
    size: dict[str, int] | None,
    accessible: Callable[[Page], None],
    shot: Callable[[Page, str], None],
) -> None:
    page = visit(size)
    sign_in(page, SOCIAL_WORKER)
    for board in BOARDS:
        page.goto(f"/boards/{board}")
        expect(page.get_by_text(re.compile("^(As things stand|Hours as at)"))).to_be_visible()
        no_sideways(page)
        accessible(page)
        shot(page, f"board-{board}-{'phone' if size else 'desk'}")


def test_hours_go_on_by_themselves_and_stand_still_without_script(visit: Callable[..., Page]) -> None:
    # Given a missing child,
    page = visit()
    missing_child(page)
    # when the board is open and time passes, its hours go on;
    page.clock.install()
    page.goto("/boards/missing")
    timer = page.locator("[data-since]").first
    before = timer.inner_text()
    page.clock.fast_forward(timedelta(hours=2).seconds * 1000)
    expect(timer).not_to_have_text(before)
    expect(page.get_by_text(re.compile("they go on by themselves"))).to_be_visible()
    # without script they stand there as they were, with the moment they were right at.
    still = visit(script=False)
    sign_in(still, SOCIAL_WORKER)
    still.goto("/boards/missing")
    expect(still.get_by_text(re.compile("^As things stand"))).to_be_visible()
    expect(still.locator("[data-since]").first).to_have_text(re.compile(r"\d+\s(h|min|days)"))


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_what_is_coming_stands_by_day_and_opens_to_a_calendar_program(
    visit: Callable[..., Page],
    size: dict[str, int] | None,
    accessible: Callable[[Page], None],
    shot: Callable[[Page, str], None],
) -> None:
    page = visit(size)
    sign_in(page, SOCIAL_WORKER)
    page.goto("/calendar")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is coming")
    no_sideways(page)
    accessible(page)
    shot(page, f"calendar-{'phone' if size else 'desk'}")
    page.get_by_role("button", name=re.compile("^Make a ")).click()
    address = page.get_by_label("Address for your calendar program").input_value()
    accessible(page)
    no_sideways(page)
    answer = page.request.get(address)
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("button", name="Close it").click()
    assert page.request.get(address).status == 404


def test_a_line_is_put_off_for_a_reason_and_stands_among_what_was(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.goto("/work")
    later = page.get_by_role("link", name=re.compile("^Later")).first
    later.click()
    expect(page.get_by_role("heading", name="Put it off")).to_be_visible()
    accessible(page)
    shot(page, "a-line")
    # Without a reason it is not;
    page.get_by_role("button", name="Put it off").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why it can wait")
    accessible(page)
    # with one it leaves the list of what is due, and stands under what was put off.
    boxes = page.get_by_role("group", name="On which day do you want to see it again?")
    day = days_ago(-3)
    for part, value in {"Day": day.day, "Month": day.month, "Year": day.year}.items():
        boxes.get_by_label(part).fill(str(value))
    page.get_by_label("Why can it wait?").fill("Grandmother is visiting until then")
    page.get_by_role("button", name="Put it off").click()
    put = page.get_by_role("region", name="Put off by you")
    expect(put).to_contain_text("Grandmother is visiting until then")
    accessible(page)


def test_what_was_sent_to_me_names_nobody_and_leads_to_the_child(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    missing_child(page)
    told = page.get_by_role("link", name=re.compile("^A child is missing"))
    # The worker tells people every minute; a person who waits loads the page again.
    for _ in range(90):
        page.goto("/sent")
        if told.count():
            break
        page.wait_for_timeout(1000)
    expect(told.first).to_be_visible()
    accessible(page)
    shot(page, "sent-to-me")
    told.first.click()
    expect(page).to_have_url(re.compile(r"/children/"))


def test_the_hub_reads_on_a_phone_whose_interview_is_owed(phone: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(phone, HUB)
    phone.goto("/boards/missing")
    no_sideways(phone)
    accessible(phone)
