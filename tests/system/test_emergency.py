"""A record opened in an emergency: the night, the morning after, and a child too close to somebody who works here."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, no_sideways, own_child, sign_in

DUTY, GOVERNS = "Duty team worker", "Information governance lead"
BANNER = "Opened in an emergency until"


def test_opened_at_night_told_at_once_and_checked_in_the_morning(
    page: Page, visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    # Given a child somebody leads for,
    sign_in(page, SOCIAL_WORKER)
    _, address = own_child(page)
    # when the duty worker opens the record in an emergency,
    night = visit()
    sign_in(night, DUTY)
    night.goto(f"{address}emergency")
    accessible(night)
    shot(night, "emergency-asked")
    night.get_by_role("button", name="Open the record now").click()
    expect(night.get_by_role("alert")).to_contain_text("Choose what makes it an emergency")
    accessible(night)
    night.get_by_label("I am the duty worker out of hours").check()
    night.get_by_label("What do you need to find out").fill("A neighbour rang: who can reach this child tonight?")
    night.get_by_role("button", name="Open the record now").click()
    # then the page opens, and says until when on every page,
    expect(night.get_by_text(BANNER)).to_be_visible()
    accessible(night)
    shot(night, "emergency-open")
    night.goto("/work")
    expect(night.get_by_text("A record stands open to you in an emergency")).to_be_visible()
    # the lead is told, without a name in the message,
    page.goto("/sent")
    page.get_by_role("link", name=re.compile("A record was opened in an emergency")).first.click()
    expect(page.get_by_text("A neighbour rang")).to_be_visible()
    expect(page.get_by_role("button", name="Record what you found")).to_have_count(0)
    accessible(page)
    # and somebody who had no part in it checks it.
    morning = visit()
    sign_in(morning, GOVERNS)
    morning.goto("/emergency")
    accessible(morning)
    shot(morning, "emergency-list")
    morning.locator("main h2 a").first.click()
    morning.get_by_label("It was not needed").check()
    morning.get_by_label("What does that rest on?").fill("The lead was on call and was not rung.")
    morning.get_by_role("button", name="Record what you found").click()
    expect(morning.get_by_role("alert")).to_contain_text("Name who at their agency takes it up")
    accessible(morning)
    morning.get_by_label("Who at their agency takes it up?").fill("D. Hale, service manager")
    morning.get_by_role("button", name="Record what you found").click()
    expect(morning.get_by_text("D. Hale, service manager")).to_be_visible()
    accessible(morning)
    shot(morning, "emergency-checked")


def test_on_a_phone_the_form_and_the_banner_fit(
    page: Page, visit: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    _, address = own_child(page)
    phone = visit(PHONE)
    sign_in(phone, DUTY)
    phone.goto(f"{address}emergency")
    no_sideways(phone)
    words = "A child, or somebody else, may be in danger now"
    circle, beside = phone.get_by_label(words).bounding_box(), phone.get_by_text(words).bounding_box()
    assert circle
    assert beside
    assert beside["y"] < circle["y"] + circle["height"], "words of two lines stand beside their circle, not under it"
    phone.get_by_label(words).check()
    phone.get_by_label("What do you need to find out").fill("Seen on the bridge.")
    phone.get_by_role("button", name="Open the record now").click()
    expect(phone.get_by_text(BANNER)).to_be_visible()
    no_sideways(phone)
    shot(phone, "emergency-open-phone")


def test_a_child_of_ones_own_family_is_kept_from_one(
    page: Page, visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    name, address = own_child(page)
    page.goto(f"{address}too-close")
    accessible(page)
    # A police officer says it of themselves: whoever leads sees that, and the officer finds the child no more.
    officer = visit()
    sign_in(officer, "Police desk officer")
    officer.goto(f"{address}too-close")
    accessible(officer)
    officer.get_by_label("Of the same household").check()
    officer.get_by_role("button", name="Keep the record from me").click()
    officer.goto("/find")
    officer.get_by_label("Name, date of birth or a number of theirs").fill(name)
    officer.get_by_role("button", name="Search").click()
    expect(officer.get_by_role("heading", level=2).first).to_contain_text("found")
    expect(officer.locator(f"a[href='{address}too-close']")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Of the same household")).to_have_count(2)  # in the list, and to choose in the form
    accessible(page)
    shot(page, "too-close")
