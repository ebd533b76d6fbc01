"""An analyst names the columns of a file nobody knew, and sees how well each sender sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from house import PHONE
from seats import ANALYST, days_ago, no_sideways, sign_in


def test_an_unknown_file_is_named_tried_and_read(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    # Given a list under column names of its own,
    listed = tmp_path / "returns.csv"
    day = days_ago(5).isoformat()
    listed.write_text(
        "Case No,LA Person ID,Last Name,First Name,DOB,Date Missing,Date Returned,Initial Risk Level,Beat\n"
        f"901,990001,Marlow,Ash,2011-05-04,{day}T20:00,{day}T23:10,medium,K4\n"
    )
    sign_in(page, ANALYST)
    page.goto("/intake/new")
    page.locator("#files").set_input_files(str(listed))
    page.get_by_role("button", name=re.compile("Hand")).click()
    # when it has been received and nobody knew it,
    expect(page.get_by_text("comes closest to").first).to_be_visible(timeout=60_000)
    page.get_by_role("link", name=re.compile("^Say what it is")).click()
    # then its columns stand beside ours, and it can be tried
    expect(page.get_by_label("date_returned")).to_have_value("returned_at")
    accessible(page)
    shot(page, "mapping")
    page.get_by_role("button", name="Try it on the file").click()
    expect(page.get_by_role("heading", name="What reading it so would come to")).to_be_visible()
    accessible(page)
    shot(page, "mapping-tried")
    # and saved, and is read.
    page.get_by_role("button", name="Save it, and read the file").click()
    expect(page.get_by_role("row", name=re.compile("returns.csv.*Missing children"))).to_be_visible(timeout=60_000)


def test_senders_and_their_scorecards(
    page: Page, visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, ANALYST)
    page.goto("/intake/senders")
    accessible(page)
    shot(page, "senders")
    page.locator("tbody a").first.click()
    for heading in ("What came in the last year", "What was wrong in it", "What it never fills"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    accessible(page)
    shot(page, "sender")
    phone = visit(PHONE)
    sign_in(phone, ANALYST)
    phone.goto("/intake/senders")
    no_sideways(phone)
    phone.goto(page.url)
    no_sideways(phone)
