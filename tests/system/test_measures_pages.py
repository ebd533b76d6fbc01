"""How duties are met, in a browser: drawings say what their tables say, and a number leads to one's own children."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import REVIEWER, SOCIAL_WORKER, no_sideways, sign_in

BUSINESS_MANAGER = "Business manager"
LEAD = "Designated safeguarding lead"
VISITS = "/measures/cp-visit-local"
DRAWN = """box => {
  const table = document.getElementById(box.dataset.table);
  const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const series = echarts.getInstanceByDom(box).getOption().series;
  const told = series.map(one => rows.map(row => Number(row.cells[heads.indexOf(one.name)].dataset.n || 0)));
  const whole = rows.map((_, row) => told.reduce((sum, one) => sum + one[row], 0));
  const part = (n, row) => "shares" in box.dataset ? n * 100 / (whole[row] || 1) : n;
  return series.map((one, i) => ({ drawn: one.data.map(point => point.value || 0), told: told[i].map(part) }));
}"""


def test_from_assurance_to_one_duty_and_its_breakdown(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, BUSINESS_MANAGER)
    page.get_by_role("link", name="How duties are met").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How duties are met")
    seen = 0
    for box in page.locator(".tl-chart:visible").all():
        for series in box.evaluate(DRAWN):
            seen += 1
            assert series["drawn"] == pytest.approx(series["told"])
    assert seen >= 3
    accessible(page)
    shot(page, "measures")
    page.goto(VISITS)
    page.get_by_label("Broken down by").select_option("Responsible authority")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="By responsible authority").get_by_role("table")).to_be_visible()
    accessible(page)
    shot(page, "measure")


def test_whom_flags_fall_on(page: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(page, BUSINESS_MANAGER)
    page.goto("/measures/fairness")
    page.get_by_label("By", exact=True).select_option("Ethnic group")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Review before it stays on")).to_be_visible()
    expect(page.get_by_role("region", name="Children with a page").get_by_role("table")).to_be_visible()
    accessible(page)


def test_a_number_leads_a_worker_to_their_own_children(page: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.goto(VISITS)
    page.get_by_role("region", name="What became of it").get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("Only children you work with are shown here")).to_be_visible()
    accessible(page)


def test_on_a_phone(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    phone = visit(PHONE)
    sign_in(phone, REVIEWER)
    for address in ("/measures", f"{VISITS}?by=sex", "/measures/fairness?by=care"):
        phone.goto(address)
        no_sideways(phone)
        accessible(phone)


def test_without_script_the_tables_and_choices_are_all_there(visit: Callable[..., Page]) -> None:
    page = visit(script=False)
    sign_in(page, REVIEWER)
    page.goto(VISITS)
    page.get_by_label("Broken down by").select_option("Sex")
    page.get_by_role("button", name="Show").click()
    for title in ("What became of it", "Month by month", "By sex"):
        section = page.get_by_role("region", name=title)
        expect(section.get_by_role("table")).to_be_visible()
        expect(section.locator(".tl-chart")).to_be_hidden()


def test_a_school_lead_sees_measures_and_nothing_by_who_children_are(page: Page) -> None:
    sign_in(page, LEAD)
    page.goto(VISITS)
    assert page.get_by_label("Broken down by").get_by_role("option", name="Ethnic group").count() == 0
    assert page.get_by_label("Broken down by").get_by_role("option", name="Responsible authority").count() == 1


def test_a_table_is_taken_away_as_it_is_shown(page: Page) -> None:
    sign_in(page, REVIEWER)
    page.goto(f"{VISITS}?by=area")
    section = page.get_by_role("region", name="By responsible authority")
    with page.expect_download() as download:
        section.get_by_role("link", name="as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "SHA-256" in text
    for cell in section.get_by_role("row").last.get_by_role("cell").all_inner_texts():
        assert cell.replace(",", "") in text.replace(",", "") or cell == "–"
