"""My work: what is late, due, waiting and new, each row with its why and its next step."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import HUB, REVIEWER, SOCIAL_WORKER, no_sideways, sign_in


@pytest.mark.parametrize("role", [SOCIAL_WORKER, REVIEWER, HUB])
def test_each_role_finds_its_work_on_one_page(
    page: Page, role: str, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    # Given someone with children, when they sign in,
    sign_in(page, role)
    # then the page is theirs, says the day, and its lists stand in their order.
    expect(page.get_by_role("heading", level=1)).to_contain_text("My work")
    lists = page.get_by_role("heading", level=2).all_inner_texts()
    order = [
        name
        for name in ("Late", "Due today", "Due in the next seven days", "Waiting")
        for each in lists
        if name in each
    ]
    assert len(order) >= 4
    accessible(page)
    shot(page, f"my-work-{role.split()[0].lower()}")


def test_a_row_says_who_why_by_when_and_what_next(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    row = page.locator(".tl-row").first
    expect(row.get_by_role("heading").get_by_role("link")).to_have_text(re.compile(r", (\d+|age not known)$"))
    expect(row.locator(".tl-status")).not_to_be_empty()
    expect(row.locator(".tl-row__why").first).not_to_be_empty()
    expect(row).to_contain_text("Owed by")
    expect(row.get_by_role("link", name=re.compile("Record what was done"))).to_be_visible()
    row.get_by_role("link", name=re.compile("The rule")).click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()


def test_the_numbers_at_the_head_lead_to_their_lists(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    for number in page.locator(".tl-counts a").all():
        target = number.get_attribute("href")
        assert target is not None
        expect(page.locator(target)).to_have_count(1)


def test_it_is_one_column_on_a_phone_and_needs_no_script(
    visit: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = visit(PHONE, script=False)
    sign_in(page, SOCIAL_WORKER)
    no_sideways(page)
    shot(page, "my-work-phone")
