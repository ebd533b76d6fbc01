"""My work: what is late, due, waiting and new, each row with its why and its next step."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import HUB, REVIEWER, SOCIAL_WORKER, days_ago, no_sideways, open_record, say_when, sign_in
from throughline import words
from throughline.web.casework.reading import worklists
from throughline.words.calendars import working_days

LISTS = {role: {one.title: one.empty for one in worklists.monday(role)} for role in words.roles()}


@pytest.mark.parametrize(("role", "id"), [(SOCIAL_WORKER, "social_worker"), (REVIEWER, "iro"), (HUB, "missing_hub")])
def test_each_role_finds_its_work_on_one_page(
    page: Page, role: str, id: str, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    # Given someone with children, when they sign in,
    sign_in(page, role)
    page.goto("/work")
    # then the page is theirs, and its lists stand in their order; what is empty is said in words.
    expect(page.get_by_role("heading", level=1)).to_contain_text("My work")
    shown = [
        list.split("\n")[0].rstrip(" 0123456789") for list in page.get_by_role("heading", level=2).all_inner_texts()
    ]
    assert [name for name in LISTS[id] if name in shown] == [name for name in shown if name in LISTS[id]]
    said = page.get_by_role("main").inner_text()
    for name, nothing in LISTS[id].items():
        assert (name in shown) != (nothing in said) or "No child is linked to you" in said
    accessible(page)
    shot(page, f"my-work-{role.split()[0].lower()}")


def test_a_row_says_who_why_by_when_and_what_next(page: Page) -> None:
    # Given a child referred so long ago that the assessment is due in the next days,
    due = days_ago(-3)
    referred = next(
        day for n in range(90) if working_days().add(day := due - timedelta(n), 45) in (due, due + timedelta(2))
    )
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "referral")
    say_when(page, referred)
    page.get_by_role("button", name="Record it").click()
    # when the list is opened,
    page.goto("/")
    rows = page.get_by_role("region", name="Due in the next seven days").locator(".tl-row")
    row = rows.filter(has_text="45 working days").first
    # then its row says who, how it stands, why, who owes it, and leads on.
    expect(row.get_by_role("heading").get_by_role("link")).to_have_text(re.compile(r",\s(\d+|under 1|age not known)$"))
    expect(row.locator(".tl-status")).to_contain_text("due")
    expect(row).to_contain_text("45 working days")
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
