"""*Your sign-in*: a second factor set up, used and put away again; sessions seen and ended; asked once more."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
from playwright.sync_api import Browser, Page, expect

from house import PHONE, manage
from seats import no_sideways, sign_in
from throughline.web.roles import Urls

WHO = "Independent reviewing officer"


def own(page: Page) -> None:
    page.locator(".tl-account summary").click()
    page.get_by_role("link", name="Your sign-in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in")


def test_a_second_factor_is_set_up_asked_for_and_put_away(
    visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page = visit()
    sign_in(page, WHO)
    own(page)
    expect(page.get_by_role("main")).to_contain_text("half an hour without a click")
    accessible(page)
    shot(page, "your-sign-in")
    page.get_by_role("link", name="Set up a second factor").click()
    drawing = page.get_by_role("img", name=re.compile("camera"))
    expect(drawing).to_be_visible()
    box = drawing.locator("svg").bounding_box()
    assert box is not None
    assert box["width"] > 150, "large enough for a camera"
    accessible(page)
    shot(page, "second-factor")
    letters = page.locator(".tl-steps code").inner_text().replace(" ", "")
    page.get_by_label("Code the app shows now").fill("000000")
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("not the code the app shows now")
    accessible(page)
    totp = pyotp.TOTP(letters)
    page.get_by_label("Code the app shows now").fill(totp.now())
    page.get_by_role("button", name="Set up").click()
    codes = page.locator(".tl-codes li")
    expect(codes).to_have_count(10)
    first = codes.first.inner_text()
    accessible(page)
    shot(page, "recovery-codes")

    # From now on the password alone is not enough, on a phone and without script either.
    phone = visit(PHONE, script=False)
    phone.goto("/sign-in")
    phone.get_by_role("region", name=WHO, exact=True).get_by_role("button").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("The code from your phone")
    no_sideways(phone)
    phone.goto("/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")
    phone.goto("/sign-in/code")
    phone.get_by_label("Code").fill(first)
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("The code from your phone")
    own(phone)
    no_sideways(phone)
    expect(phone.get_by_role("main")).to_contain_text(re.compile(r"9.recovery codes are left"))
    phone.get_by_role("button", name="Do without").click()
    expect(phone.get_by_role("main")).to_contain_text("None yet")


def test_sessions_are_listed_and_one_s_others_are_ended(
    visit: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    here, elsewhere = visit(), visit()
    sign_in(elsewhere, WHO)
    sign_in(here, WHO)
    own(here)
    listed = here.get_by_role("region", name="Where you are signed in").get_by_role("listitem")
    expect(listed.first).to_contain_text("here")
    here.get_by_role("button", name="End all but this").click()
    expect(listed).to_have_count(1)
    accessible(here)
    elsewhere.goto("/")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")


_LONG_AGO = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    session = SessionStore(row.pk)
    if "confirmed_at" in session:
        session["confirmed_at"] = "2020-01-01T00:00:00+00:00"
        session.save()
"""


def test_before_a_grave_act_one_is_asked_once_more(
    browser: Browser,
    demonstration: Urls,
    site: str,
    accessible: Callable[[Page], None],
    shot: Callable[[Page, str], None],
) -> None:
    # A window of its own: the browser logs every 403 as an error of the page.
    context = browser.new_context(base_url=site, viewport=PHONE)
    page = context.new_page()
    page.goto("/sign-in")
    password = page.locator("code").first.inner_text()
    sign_in(page, WHO)
    manage(demonstration, "shell", "-c", _LONG_AGO)
    page.goto("/your-sign-in/second-factor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it still you?")
    no_sideways(page)
    accessible(page)
    shot(page, "still-you")
    page.get_by_label("Your password", exact=True).fill("not this one")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("not what we know you by")
    accessible(page)
    page.get_by_label("Your password", exact=True).fill(password)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    context.close()
