"""The door: closed by default, plain about mistakes, open to keyboard, phone and no script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from house import PHONE
from seats import ANALYST, SOCIAL_WORKER, no_sideways, sign_in

CLOSED = ["/", "/find", "/find/results", "/rules", "/who-looked", "/rules/rhi-72h"]
OPEN = {"/privacy": "Privacy", "/help": "Help"}


@pytest.mark.parametrize("address", CLOSED)
def test_every_page_asks_who_you_are_first(page: Page, address: str) -> None:
    # Given nobody has signed in, when any page is asked for, then the door is shown.
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize("address", OPEN)
def test_privacy_and_help_need_no_sign_in(page: Page, accessible: Callable[[Page], None], address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(OPEN[address])
    accessible(page)


def test_a_person_of_the_demonstration_comes_in_sees_their_bar_and_leaves(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page.goto("/sign-in")
    accessible(page)
    shot(page, "sign-in")
    sign_in(page, SOCIAL_WORKER)
    bar = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(bar.first).to_have_text("My work")
    expect(page.get_by_text("Every child, worker and place here is invented")).to_be_visible()
    page.locator(".tl-account summary").click()
    accessible(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_is_said_at_the_top_beside_the_field_and_in_the_title(
    page: Page, accessible: Callable[[Page], None]
) -> None:
    page.goto("/sign-in")
    page.get_by_label("Your work e-mail address").fill("nobody@example.org")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_label("Your work e-mail address")).to_have_value("nobody@example.org")
    accessible(page)
    page.locator(".govuk-error-summary a").first.click()
    expect(page.get_by_label("Your work e-mail address")).to_be_focused()


def test_after_signing_in_you_are_where_you_wanted_to_be(page: Page) -> None:
    page.goto("/rules")
    page.locator(".tl-person").first.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rules")


def test_nobody_is_sent_on_to_another_site(page: Page, site: str) -> None:
    page.goto("/sign-in?next=https://example.org/")
    with page.expect_navigation():
        page.locator(".tl-person").first.get_by_role("button").click()
    assert page.url.startswith(site)


def test_the_analyst_s_first_page_is_the_first_word_of_their_bar(page: Page) -> None:
    sign_in(page, ANALYST)
    first = page.get_by_role("navigation", name="Main").get_by_role("link").first
    expect(first).to_have_attribute("aria-current", "page")
    expect(first).not_to_have_text("My work")


def test_the_door_works_without_script_and_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit(PHONE, script=False)
    page.goto("/sign-in")
    no_sideways(page)
    sign_in(page, SOCIAL_WORKER)
    no_sideways(page)
    page.locator(".tl-account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_address_that_is_nothing_says_what_to_do_next(
    browser: Browser, site: str, accessible: Callable[[Page], None]
) -> None:
    # A window of its own: the browser logs every 404 as an error of the page.
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sign_in(page, SOCIAL_WORKER)
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing to show here")
    expect(page.get_by_role("main")).to_contain_text("danger")
    accessible(page)
    context.close()


def test_a_role_that_does_not_search_is_told_so_and_whom_to_ring(
    browser: Browser, site: str, accessible: Callable[[Page], None]
) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sign_in(page, ANALYST)
    answer = page.goto("/find")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("We cannot show this")
    expect(page.get_by_role("main")).to_contain_text("does not search for children")
    expect(page.get_by_role("main")).to_contain_text("01632 960100")
    accessible(page)
    context.close()


def test_answers_are_not_kept_and_take_nothing_from_elsewhere(page: Page) -> None:
    answer = page.goto("/sign-in")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store, private"
    assert answer.headers["x-frame-options"] == "DENY"
