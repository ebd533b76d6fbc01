"""The exploitation panel's coordinator looks at a place where several children were harmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import ANALYST, days_ago, no_sideways, say_when, sign_in

COORDINATOR = "Exploitation panel coordinator"
CHILDREN = ("Aspen,Rana,2011-02-08", "Clover,Doherty,2011-07-30", "Dale,Ashby,2011-03-03")


@pytest.fixture
def told(page: Page, tmp_path: Path) -> None:
    """Three children robbed at one place, as the police send it, and what the panel says of the place."""
    header = "source_system,source_record_id,forename,surname,dob,kind,happened,details,subject_kind,subject_id\n"
    rows = [
        f"police:castlereach,PL-{n},{child},robbery,{days_ago(n)},context=the bus station,,\n"
        for n, child in enumerate(CHILDREN, start=2)
    ]
    rows.append(f"exploitation_panel:971,PL-9,,,,context_conference,{days_ago(90)},,context,The bus station\n")
    rows.append(
        f"exploitation_panel:971,PL-10,,,,safe_place_action,{days_ago(1)},what=Lights are on,context,The bus station\n"
    )
    (tmp_path / "events.csv").write_text(header + "".join(rows))
    sign_in(page, ANALYST)
    page.goto("/intake/new")
    page.locator("#files").set_input_files(str(tmp_path / "events.csv"))
    page.get_by_role("button", name=re.compile("Hand")).click()
    expect(page.get_by_role("row", name=re.compile(r"events\.csv.*5"))).to_be_visible(timeout=60_000)


@pytest.mark.usefixtures("told")
def test_the_place_its_line_and_what_is_owed_stand_on_one_page_without_a_childs_name(
    visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page = visit()
    sign_in(page, COORDINATOR)
    page.goto("/areas")
    page.get_by_role("link", name="Places and plans").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Places and plans")
    accessible(page)
    shot(page, "places")
    page.get_by_role("link", name="The bus station").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The bus station")
    expect(page.get_by_text("Different children were linked to one place or group")).to_be_visible()
    expect(page.get_by_text("Lights are on")).to_be_visible()
    for child in CHILDREN:
        expect(page.get_by_text(child.split(",")[1])).to_have_count(0)
    accessible(page)
    shot(page, "place")
    # The panel looks at it, writes that down, and nothing is owed any more.
    with page.expect_navigation():
        page.get_by_role("link", name="Place or group looked at", exact=True).click()
    accessible(page)
    shot(page, "place-record")
    say_when(page, days_ago(0))
    page.get_by_label("What was decided").fill("Place first, then the group")
    form = page.url
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The bus station")
    expect(page.get_by_text("Nothing that you may see is owed about this now.")).to_be_visible()
    expect(page.get_by_role("heading", name="Done, or not owed any more")).to_be_visible()
    accessible(page)
    phone = visit(PHONE)
    sign_in(phone, COORDINATOR)
    phone.goto(page.url)
    no_sideways(phone)
    shot(phone, "place-phone")
    for address in ("/places", form):
        phone.goto(address)
        no_sideways(phone)
