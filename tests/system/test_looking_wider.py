"""Looking wider in a browser: drawings say what their tables say, and the page is whole without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import ANALYST, REVIEWER, no_sideways, sign_in

DRAWN = """box => {
  const table = document.getElementById(box.dataset.table);
  const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  return echarts.getInstanceByDom(box).getOption().series.map(series => ({
    drawn: series.data.map(point => point.value || 0),
    told: [...table.tBodies[0].rows].map(row => Number(row.cells[heads.indexOf(series.name)].dataset.n || 0)),
  }));
}"""


def test_places_leads_there_and_the_drawings_say_what_the_tables_say(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, REVIEWER)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Places").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All areas")
    boxes = page.locator(".tl-chart:visible")
    expect(boxes.first.locator("svg")).to_be_visible()
    seen = 0
    for box in boxes.all():
        for series in box.evaluate(DRAWN):
            seen += 1
            assert series["drawn"] == series["told"]
    assert seen >= 3
    accessible(page)
    shot(page, "areas")


def test_one_area_on_a_phone(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    phone = visit(PHONE)
    sign_in(phone, REVIEWER)
    phone.goto("/areas/971")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Port Halden")
    no_sideways(phone)
    accessible(phone)


def test_without_script_the_tables_are_all_there(visit: Callable[..., Page]) -> None:
    page = visit(script=False)
    sign_in(page, REVIEWER)
    page.goto("/areas")
    for title in ("Missing episodes, by the month they began", "Return interviews after going missing"):
        section = page.get_by_role("region", name=title)
        expect(section.get_by_role("table")).to_be_visible()
        expect(section.locator(".tl-chart")).to_be_hidden()


def test_in_colours_of_ones_own_the_drawings_stay_legible(page: Page) -> None:
    sign_in(page, REVIEWER)
    page.emulate_media(forced_colors="active")
    page.goto("/areas")
    box = page.locator(".tl-chart:visible").first
    assert box.evaluate("box => getComputedStyle(box).backgroundColor") == "rgb(255, 255, 255)"
    # Whether any figure cannot be told depends on the day the partnership was invented for: one is set beside them.
    page.locator("main").evaluate("main => main.insertAdjacentHTML('beforeend', '<span class=tl-cannot>?</span>')")
    dotted = page.locator(".tl-cannot").last
    assert dotted.evaluate("tag => getComputedStyle(tag).borderTopStyle") == "dotted"


def test_a_table_is_taken_away_as_a_file(page: Page) -> None:
    sign_in(page, REVIEWER)
    page.goto("/areas")
    with page.expect_download() as download:
        page.get_by_role("region", name="Missing episodes, by the month").get_by_role("link", name="as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "SHA-256" in download.value.path().read_text("utf-8-sig")


@pytest.mark.parametrize("address", ["/areas", "/areas/972"])
def test_the_analyst_sees_numbers_and_no_child(page: Page, address: str) -> None:
    sign_in(page, ANALYST)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("main a[href^='/children/']").count() == 0
