"""Who sees what: the policy read by anyone, why a role sees something, and what the other roles come in to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, no_sideways, own_child, sign_in
from throughline import words

CLINIC = words.roles()["substance_worker"].title
IN_ONE_AREA = (
    "early_help_worker", "headteacher", "virtual_school_head", "education_officer", "gp", "ed_clinician",
    "camhs_worker", "looked_after_nurse", "youth_justice_worker", "transition_lead", "qa_auditor", "guardian",
)  # fmt: skip


def test_anyone_reads_the_policy_and_asks_why(
    page: Page, phone: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    page.get_by_role("link", name="Who sees what").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sees what")
    expect(page.locator("main h2")).to_have_count(len(words.roles()) + 1)
    accessible(page)
    shot(page, "who-sees-what")
    page.get_by_role("link", name="Why can this role see this?").click()
    page.get_by_label("Role").select_option(label="Social worker")
    page.get_by_label("Related how").select_option("allocated")
    page.get_by_label("Level of the item").select_option("SL4")
    page.get_by_role("button", name="Say why").click()
    expect(page.get_by_role("status")).to_contain_text("Only that something is there, and whom to ask")
    expect(page.get_by_role("table")).to_contain_text("SL4 is above SL3")
    accessible(page)
    shot(page, "why-a-role-sees-something")
    sign_in(phone, SOCIAL_WORKER)
    for address in ("/who-sees-what", "/who-sees-what/why"):
        phone.goto(address)
        no_sideways(phone)


@pytest.mark.parametrize("role", IN_ONE_AREA)
def test_each_of_the_other_roles_comes_in_to_a_page_of_its_own(
    page: Page, role: str, accessible: Callable[[Page], None]
) -> None:
    sign_in(page, words.roles()[role].title)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    accessible(page)


def test_custody_asks_for_one_child_by_name_and_birthday_and_looks_around_in_nothing(
    visit: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    worker = visit()
    sign_in(worker, SOCIAL_WORKER)
    name, _ = own_child(worker)
    page = visit()
    sign_in(page, "Custody officer")
    page.get_by_label("The child’s first name, family name and date of birth").fill(name)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the first name, the family name and the date of birth")
    accessible(page)


def test_the_lead_brings_a_clinic_in_by_name_and_lets_it_go_again(
    page: Page, visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    clinic = visit(PHONE)
    clinic.goto("/sign-in")
    listed = clinic.get_by_role("region", name=CLINIC, exact=True)
    address = listed.locator("input[name=sign_in]").first.get_attribute("value") or ""
    sign_in(clinic, CLINIC)
    sign_in(page, SOCIAL_WORKER)
    _, child = own_child(page)
    assert clinic.request.get(child).status in (403, 404)
    page.goto(f"{child}team")
    page.get_by_role("link", name=re.compile("^Say who works with")).click()
    page.get_by_label("Who is it?").fill(address)
    page.get_by_label("Is in the team round the child").check()
    page.get_by_role("button", name="Name them").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    accessible(page)
    page.get_by_label("Why?").fill("Asked for help with drink")
    page.get_by_role("button", name="Name them").click()
    expect(page.get_by_text("Asked for help with drink")).to_be_visible()
    accessible(page)
    shot(page, "around")
    opened = clinic.goto(child)
    assert opened is not None
    assert opened.status == 200
    clinic.goto("/sent")
    expect(clinic.get_by_text("You now have a part in the work with a child")).to_be_visible()
    page.get_by_role("button", name=re.compile("^End")).last.click()
    expect(page.get_by_text("Asked for help with drink")).to_have_count(0)
    assert clinic.request.get(child).status in (403, 404)
