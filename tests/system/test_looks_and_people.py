"""The information governance lead checks a look; an administrator lets somebody in, and they leave again."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from playwright.sync_api import Page, expect

from seats import days_ago, own_child, sign_in
from throughline.web.roles import Urls

LEAD = "Information governance lead"
ADMIN = "Agency administrator"


def found(urls: Urls) -> str:
    """Something for the lead to check, as the night's round writes it down; the name of whose look it was."""
    with psycopg.connect(urls.owner) as owner:
        ref = uuid4()
        look, user, child, name = owner.execute(
            "select l.id, u.id, l.child_ids[1], u.name from audit_look l join accounts_user u on u.id = l.user_id"
            " where cardinality(l.child_ids) = 1 and l.path_kind = 'child page' order by l.id desc limit 1"
        ).fetchone()  # type: ignore[misc]
        owner.execute(
            "insert into audit_finding (ref, ground, user_id, child_id, day, look_ids, counted, found_at)"
            " values (%s, 'same_surname', %s, %s, %s, %s, 1, now())",
            [ref, user, child, days_ago(1), [look]],
        )
    return name


def test_the_lead_checks_a_look_and_says_who_looked(page: Page, phone: Page, demonstration, accessible, shot) -> None:
    sign_in(page, "Social worker")
    _, address = own_child(page)
    page.goto(address)
    name = found(demonstration)
    page.context.clear_cookies()
    sign_in(page, LEAD)
    expect(page).to_have_title("Looks and shares – Throughline")
    accessible(page)
    shot(page, "looks")
    with page.expect_navigation():
        page.get_by_role("link", name=f"Same family name: {name}").click()
    accessible(page)
    shot(page, "looks-finding")
    page.get_by_role("button", name="Record the check").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what you found")
    page.get_by_label("It was part of their work").check()
    page.get_by_label("What did you look at to find that?").fill("Their manager: the child is theirs since spring")
    page.get_by_role("button", name="Record the check").click()
    expect(page.get_by_role("region", name="Checked lately")).to_contain_text("the child is theirs since spring")
    page.goto(f"{address}looks")
    expect(page.get_by_role("table")).to_contain_text(name)
    accessible(page)
    page.goto("/looks/people")
    with page.expect_navigation():
        page.locator("main nav a").first.click()
    accessible(page)
    with page.expect_navigation():
        page.locator("main h3 a").first.click()
    accessible(page)
    shot(page, "looks-person")
    assert page.request.get(address).status == 403, "who looked, never what they were shown"
    sign_in(phone, LEAD)
    accessible(phone)
    shot(phone, "looks-phone")


def test_an_administrator_lets_somebody_in_and_they_leave(page: Page, phone: Page, accessible, shot) -> None:
    sign_in(page, ADMIN)
    expect(page.get_by_role("heading", level=1)).to_contain_text("People of")
    accessible(page)
    shot(page, "people")
    page.get_by_role("link", name="Let somebody in").click()
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose their seat")
    accessible(page)
    page.get_by_label("First and family name").fill("Wren Adeyemi")
    page.get_by_label("Work e-mail address").fill("wren.adeyemi@fourshores.example")
    page.get_by_label("Seat").select_option(index=1)
    page.get_by_label("Whose children they serve").select_option(index=1)
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wren Adeyemi")
    accessible(page)
    shot(page, "person")
    page.get_by_role("button", name="Make a link that sets it").click()
    expect(page.get_by_role("main")).to_contain_text("/first-password/")
    accessible(page)
    page.get_by_role("link", name="Wren Adeyemi").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Wren Adeyemi leaves").click()
    accessible(page)
    page.get_by_role("button", name="They leave today").click()
    expect(page.get_by_role("status")).to_contain_text("Wren Adeyemi has left")
    sign_in(phone, ADMIN)
    accessible(phone)
    shot(phone, "people-phone")


def test_the_partnerships_administrator_sees_what_agencies_have_signed(page: Page, accessible, shot) -> None:
    sign_in(page, ADMIN)
    if page.get_by_role("link", name="What agencies have signed").count() == 0:
        page.context.clear_cookies()
        page.goto("/sign-in")
        page.get_by_role("region", name=ADMIN, exact=True).get_by_role("button").nth(1).click()
    page.get_by_role("link", name="What agencies have signed").click()
    expect(page.get_by_role("table")).to_contain_text("Invented, 1")
    accessible(page)
    shot(page, "terms")
