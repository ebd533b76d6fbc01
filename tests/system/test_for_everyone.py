"""Pages for everyone: by keyboard, with large fingers, at four times the size, in colours of one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, days_ago, no_sideways, open_record, own_child, say_when, sign_in

TARGETS = (
    ".govuk-button, .govuk-input, .govuk-select, .govuk-textarea, summary, .tl-linkbutton, .tl-nav a, .tl-row__act a,"
    " .tl-footer a, .govuk-radios__input"
)
NARROW = {"width": 320, "height": 640}  # what 1280 pixels are at 400%


def test_the_first_tab_leads_past_the_header(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.goto("/find")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page itself")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name, date of birth or a number of theirs")).to_be_focused()


def test_what_has_the_focus_is_seen(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.goto("/find")
    page.get_by_role("navigation", name="Main").get_by_role("link").first.focus()
    yellow = page.evaluate("getComputedStyle(document.activeElement).backgroundColor")
    assert yellow == "rgb(255, 221, 0)"


@pytest.mark.parametrize("address", ["/", "/find", "record", "/rules", "/help"])
def test_every_target_is_large_enough_and_nothing_hangs_over_the_edge(visit: Callable[..., Page], address: str) -> None:
    for size in (PHONE, NARROW):
        page = visit(size)
        sign_in(page, SOCIAL_WORKER)
        page.goto(f"{own_child(page)[1]}record?kind=missing_end" if address == "record" else address)
        no_sideways(page)
        for target in page.locator(TARGETS).all():
            box = target.bounding_box()
            if box and box["height"] > 1:
                assert box["height"] >= 43.5, f"{address}: {target.inner_text()[:40] or target} is {box['height']} high"


def test_a_state_is_told_without_its_colours(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "missing_end")
    say_when(page, days_ago(1), "7:15")
    page.get_by_role("button", name="Record it").click()
    page.emulate_media(forced_colors="active")
    tag = page.locator(".tl-status").first
    expect(tag).not_to_be_empty()
    assert tag.evaluate("tag => parseFloat(getComputedStyle(tag).borderTopWidth)") >= 1
    expect(tag.locator("svg")).to_have_attribute("aria-hidden", "true")
