"""Pages anybody signed in may read: the rules with their law, and who looked."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from house import PHONE
from seats import ANALYST, SOCIAL_WORKER, no_sideways, open_record, sign_in
from throughline import duties


def test_every_rule_is_listed_with_its_strength_and_its_law(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, ANALYST)
    page.goto("/rules")
    listed = page.locator("tbody tr")
    expect(listed.first).to_be_visible()
    assert listed.count() >= len(duties.load()), "and what a partnership has added itself"
    for rule in duties.load():
        row = listed.filter(has=page.get_by_role("link", name=rule.title, exact=True)).first
        expect(row).to_contain_text(rule.citation)
        if not rule.verified:
            expect(row).to_contain_text("not checked against the text")
    accessible(page)
    shot(page, "rules")


def test_a_rule_says_its_arithmetic_its_source_and_its_versions(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, ANALYST)
    page.goto("/rules/rhi-72h")
    main = page.get_by_role("main")
    expect(main).to_contain_text("within 72 hours")
    expect(main).to_contain_text("nights, weekends and holidays count")
    expect(main).to_contain_text("Check before enforcing")
    expect(page.get_by_role("row", name=re.compile("2014"))).to_contain_text("72 hours")
    accessible(page)
    shot(page, "rule")


def test_a_look_is_recorded_and_can_be_read_back(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    open_record(page)
    page.goto(re.sub(r"/record.*", "/", page.url))
    page.goto(re.sub(r"/$", "/looks", page.url))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who looked")
    expect(page.locator("tbody tr").first).to_contain_text("child")
    accessible(page)
    shot(page, "who-looked")
    page.goto("/who-looked")
    expect(page.locator("tbody tr").first).not_to_be_empty()
    accessible(page)


def test_rules_and_looks_fit_a_phone(visit: Callable[..., Page]) -> None:
    page = visit(PHONE)
    sign_in(page, SOCIAL_WORKER)
    for address in ("/rules", "/rules/gb-review-15sd", "/who-looked", "/help", "/privacy"):
        page.goto(address)
        no_sideways(page)
