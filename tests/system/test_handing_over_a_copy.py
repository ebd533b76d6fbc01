"""A copy for the child, made in the browser and put on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, no_sideways, own_child, sign_in


def test_a_social_worker_makes_a_copy_to_take_home(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    # Given a social worker on the page of one of their children,
    sign_in(page, SOCIAL_WORKER)
    name, address = own_child(page)
    page.goto(address)
    # when a copy is asked for that goes home with the child,
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("^A copy for")).click()
    accessible(page)
    shot(page, "copy-asked")
    page.get_by_label(re.compile("^It goes home")).check()
    page.get_by_role("button", name="Make the copy").click()
    # then it speaks to the child: own words, promises, people, what happened.
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings[:3] == ["What you said", "What was promised to you", "Who is around you"]
    accessible(page)
    shot(page, "copy")
    # And on paper there is nothing of the site around it.
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print it")).to_be_hidden()
    expect(page.locator(".tl-header")).to_be_hidden()


def test_on_a_phone_it_is_one_column(visit: Callable[..., Page], shot: Callable[[Page, str], None]) -> None:
    phone = visit(PHONE)
    sign_in(phone, SOCIAL_WORKER)
    _, address = own_child(phone)
    phone.goto(f"{address}copy?where=together")
    no_sideways(phone)
    shot(phone, "copy-phone")
