"""Finding a child, telling children apart, and only then opening a line for one we do not hold."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, no_sideways, own_child, sign_in


def search(page: Page, words: str) -> None:
    page.goto("/find")
    page.get_by_label("Name, date of birth or a number of theirs").fill(words)
    page.get_by_role("button", name="Search").click()


def test_a_child_is_found_by_name_with_age_and_date_of_birth(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    name, _ = own_child(page)
    search(page, name)
    hit = page.locator(".tl-hit").filter(has_text=name).first
    expect(hit.get_by_role("heading")).to_have_text(re.compile(r",\s(\d+|under 1|age not known)$"))
    expect(hit).to_contain_text("born")
    accessible(page)
    shot(page, "found")
    # The words searched for stand in no address that anything might log.
    assert name.split()[-1].lower() not in page.url.lower()


def test_going_back_from_a_child_shows_the_results_again(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    search(page, own_child(page)[0])
    page.locator(".tl-hit a").first.click()
    page.go_back()
    expect(page.locator(".tl-hit").first).to_be_visible()


def test_too_little_to_search_for_is_said_plainly(page: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(page, SOCIAL_WORKER)
    search(page, "x")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    accessible(page)


def test_nobody_found_is_not_nobody_known(page: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(page, SOCIAL_WORKER)
    search(page, "Qwzxy Vbnmk")
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("does not mean nobody knows this child")
    accessible(page)


@pytest.mark.parametrize("script", [True, False])
def test_a_line_is_opened_only_after_a_search_with_a_reason_and_a_purpose(
    visit: Callable[..., Page], accessible: Callable[[Page], None], script: bool
) -> None:
    page = visit(script=script)
    sign_in(page, SOCIAL_WORKER)
    # Given nobody was found, when a line is opened without saying why,
    search(page, "Sorrel Undershaw" + ("e" if script else "y"))
    page.get_by_role("button", name="Open a line for another child").click()
    page.get_by_label("First name").fill("")
    page.get_by_role("button", name="Open the line").click()
    # then every mistake is listed, and nothing typed is lost.
    expect(page.locator(".govuk-error-summary li")).to_have_count(4)
    expect(page.get_by_label("Family name")).to_have_value(re.compile("^Undershaw"))
    if script:
        accessible(page)
    # When they are put right, then the child has a page, and can be found.
    page.get_by_label("First name").fill("Sorrel")
    page.get_by_label("Day", exact=True).fill("9")
    page.get_by_label("Month", exact=True).fill("may")
    page.get_by_label("Year", exact=True).fill("2012")
    page.get_by_label("An open worry about this child").check()
    page.get_by_label("What do you need it for today?").fill("A neighbour is worried; I am to visit tomorrow.")
    page.get_by_role("button", name="Open the line").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sorrel")
    search(page, "Undershaw")
    expect(page.locator(".tl-hit").filter(has_text="Sorrel Undershaw").first).to_be_visible()


def test_without_a_search_there_is_no_way_to_open_a_line(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.goto("/find")
    expect(page.get_by_role("button", name="Open a line for another child")).to_have_count(0)


def test_the_search_fits_a_phone(visit: Callable[..., Page], shot: Callable[[Page, str], None]) -> None:
    page = visit(PHONE)
    sign_in(page, SOCIAL_WORKER)
    search(page, own_child(page)[0])
    no_sideways(page)
    shot(page, "found-phone")
