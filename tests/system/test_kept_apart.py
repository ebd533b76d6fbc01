"""Rows about children without a page: the receipt says so, and one page counts them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from house import PHONE
from seats import ANALYST, SOCIAL_WORKER, days_ago, no_sideways, sign_in


def test_a_register_of_children_without_a_page_is_counted_and_shown_to_nobody(
    page: Page,
    visit: Callable[..., Page],
    accessible: Callable[[Page], None],
    shot: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    # Given a register of six pupils nobody has a reason to know,
    day = days_ago(7).isoformat()
    rows = ["source_system,source_record_id,source_person_id,forename,surname,dob,school_urn,session_date,session,code"]
    rows += [f"school:900777,Z{n},Z{n},Wren{n},Zephyr{n},2012-05-0{n},900777,{day},AM,O" for n in range(1, 7)]
    register = tmp_path / "register.csv"
    register.write_text("\n".join(rows) + "\n")
    # when it is handed in,
    sign_in(page, ANALYST)
    page.goto("/intake/new")
    page.locator("#files").set_input_files(str(register))
    page.get_by_role("button", name=re.compile("Hand")).click()
    # then the receipt says that its rows are kept apart,
    expect(page.get_by_text("6 rows are about children of whom there is no page")).to_be_visible(timeout=60_000)
    accessible(page)
    # and they are counted by agency and extract,
    page.get_by_role("link", name="What is kept apart").click()
    expect(page.get_by_role("row", name=re.compile("900777.*Daily attendance.*6.*6"))).to_be_visible()
    expect(page.get_by_text("Zephyr")).to_have_count(0)
    accessible(page)
    shot(page, "kept-apart")
    phone = visit(PHONE)
    sign_in(phone, ANALYST)
    phone.goto("/intake/apart")
    no_sideways(phone)
    shot(phone, "kept-apart-phone")
    # and no search finds any of them.
    worker = visit()
    sign_in(worker, SOCIAL_WORKER)
    worker.goto("/find?q=Zephyr1")
    expect(worker.get_by_text("Wren1")).to_have_count(0)
