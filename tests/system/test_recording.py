"""One form records any kind of event: kept while typed, plain about mistakes, and what is owed is right at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, days_ago, no_sideways, open_record, say_when, sign_in


def test_what_answers_a_duty_is_offered_first_and_any_kind_can_be_found(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    # Given a child back from missing, so that an interview is owed,
    open_record(page, "missing_end")
    say_when(page, days_ago(1), "6:40")
    page.get_by_role("button", name="Record it").click()
    # when what was done about it is to be recorded, then the kinds that answer it come first.
    page.get_by_role("link", name=re.compile("Record what was done for .* interview")).first.click()
    answers = page.get_by_role("region", name=re.compile("What answers"))
    expect(answers.get_by_role("link", name="Return interview held")).to_be_visible()
    accessible(page)
    shot(page, "record-choose")
    page.get_by_label("Type a word of it").fill("safe return")
    expect(page.get_by_role("link", name="Came back")).to_be_visible()
    expect(page.get_by_role("link", name="Arrested")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Came back")


@pytest.mark.parametrize("script", [True, False])
def test_recording_shows_at_once_what_it_changed(
    visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None], script: bool
) -> None:
    page = visit(script=script)
    sign_in(page, SOCIAL_WORKER)
    # Given a child, when a return from missing is recorded,
    open_record(page, "missing_end")
    say_when(page, days_ago(2), "6.40")
    page.get_by_label("Where the child was found").fill("at the coach station")
    page.get_by_role("button", name="Record it").click()
    # then an interview is owed from that moment, and the page says so.
    expect(page.get_by_role("heading", name=re.compile("is on the line"))).to_be_visible()
    changed = page.locator(".tl-row").filter(has_text=re.compile("interview", re.IGNORECASE)).first
    expect(changed).to_contain_text("72 hours")
    if script:
        accessible(page)
        shot(page, "recorded")
    # And no draft outlives what it was a draft of.
    page.get_by_role("link", name="Record something else").click()
    expect(page.get_by_role("heading", name="Half written by you")).to_have_count(0)


def test_mistakes_are_listed_beside_their_fields_and_nothing_typed_is_lost(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "missing_end")
    page.get_by_label("How the child came back").fill("walked in by himself")
    page.get_by_role("button", name="Record it").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_label("How the child came back")).to_have_value("walked in by himself")
    accessible(page)
    shot(page, "record-mistakes")
    page.get_by_role("link", name="Say on which day it happened").click()
    expect(page.get_by_role("group", name="When did it happen?").get_by_label("Day")).to_be_focused()
    page.goto(page.url)
    expect(page.get_by_label("How the child came back")).to_have_value("walked in by himself")
    page.get_by_role("button", name="Throw the draft away").click()


def test_half_typed_words_are_kept_by_themselves_and_found_again(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "rhi_held")
    words = "He said the bus was warm."
    page.get_by_label("What drew the child there").fill(words)
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    page.goto("/")
    page.get_by_role("region", name="Half written by you").get_by_role("link").first.click()
    expect(page.get_by_label("What drew the child there")).to_have_value(words)
    page.get_by_role("button", name="Throw the draft away").click()


def test_without_script_a_draft_is_saved_by_its_button(visit: Callable[..., Page]) -> None:
    page = visit(script=False)
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "rhi_held")
    page.get_by_label("What drew the child there").fill("The park is quiet.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_label("What drew the child there")).to_have_value("The park is quiet.")
    expect(page.get_by_text("Kept as a draft")).to_be_visible()
    page.get_by_role("button", name="Throw the draft away").click()


def test_today_is_one_press_away(page: Page) -> None:
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "care_review_held")
    page.get_by_role("button", name="Today").click()
    today = page.evaluate("String(new Date().getDate())")
    expect(page.get_by_role("group", name="When did it happen?").get_by_label("Day")).to_have_value(today)


def test_the_form_fits_a_phone(
    visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page = visit(PHONE)
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "missing_start")
    page.locator(".tl-fold summary").last.click()
    no_sideways(page)
    accessible(page)
    shot(page, "record-phone")
