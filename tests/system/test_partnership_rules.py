"""A business manager adds a rule of the partnership's own: its trial in numbers, the switch, the register."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from house import PHONE
from own_rules import OWN
from seats import SOCIAL_WORKER, no_sideways, sign_in

MANAGER = "Business manager"
CALL = OWN.replace("kind: arrest", "kind: missing_end").replace("Arrested", "Back")


def test_a_rule_is_handed_in_tried_and_switched_on(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, MANAGER)
    page.goto("/rules")
    with page.expect_navigation():
        page.get_by_role("link", name="Hand in a rule").click()
    accessible(page)
    page.get_by_label("The rule").fill(CALL)
    page.get_by_role("button", name="Check and keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A call after an arrest")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("row", name="All areas")).to_be_visible(timeout=60_000)
    accessible(page)
    shot(page, "rule-tried")
    page.get_by_label("Who answers for it?").fill("Jo Marlow, business manager")
    page.get_by_label("Why?").fill("Agreed by the executive")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("main")).to_contain_text("On here from")
    expect(page.get_by_role("row", name="Switched on")).to_contain_text("Agreed by the executive")
    accessible(page)
    shot(page, "rule-on")
    expect(page.locator("#work")).to_have_count(0, timeout=60_000)
    page.goto("/rules?standing=own")
    expect(page.locator("tbody tr")).to_have_count(1)
    accessible(page)


def test_figures_and_rows_are_read_by_everybody_and_set_by_one(page: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.goto("/rules/rows")
    expect(page.get_by_role("row", name="L25")).to_contain_text("Independent return home interview")
    accessible(page)
    page.goto("/rules/r10-placement-moves")
    expect(page.get_by_role("link", name="Set other figures")).to_have_count(0)
    accessible(page)
    refused = page.request.get("/rules/r10-placement-moves/figures")
    assert refused.status == 403


def test_the_register_is_searched_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit(PHONE)
    sign_in(page, SOCIAL_WORKER)
    page.goto("/rules")
    page.get_by_label("Words in its title").fill("return home interview")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text("rule")
    expect(page.locator("tbody tr").first).to_contain_text("Independent return home interview")
    no_sideways(page)
    for address in ("/rules/own", "/rules/rows", "/rules/rhi-72h"):
        page.goto(address)
        no_sideways(page)
