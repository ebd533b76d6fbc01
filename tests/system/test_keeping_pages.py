"""Two keepers: one proposes a record, one holds it back and lets go of it, one signs, and a tombstone stands there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, no_sideways, sign_in

KEEPER = "Keeper of records"
BORN = {"Day": "11", "Month": "may", "Year": "2013"}


def open_a_line(page: Page, forename: str, surname: str) -> None:
    """Somebody opens a line for a child nobody holds."""
    sign_in(page, SOCIAL_WORKER)
    page.goto("/find")
    page.get_by_label("Name, date of birth or a number of theirs").fill(f"{forename} {surname}")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Open a line for another child").click()
    page.get_by_label("First name").fill(forename)
    page.get_by_label("Family name").fill(surname)
    for part, typed in BORN.items():
        page.get_by_label(part, exact=True).fill(typed)
    page.get_by_label("An open worry about this child").check()
    page.get_by_label("What do you need it for today?").fill("I took one child for another")
    page.get_by_role("button", name="Open the line").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(forename)


def sign_in_as_keeper(page: Page, number: int) -> None:
    """The first or the second of the demonstration's keepers comes in."""
    page.goto("/sign-in")
    page.get_by_role("region", name=KEEPER, exact=True).get_by_role("button").nth(number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keeping")


@pytest.fixture
def propose(visit: Callable[..., Page]) -> Callable[[str], Page]:
    def of(surname: str) -> Page:
        open_a_line(visit(), "Meadow", surname)
        page = visit()
        sign_in_as_keeper(page, 0)
        page.get_by_role("link", name="Propose one person’s record for another reason").click()
        page.get_by_label("Forename, as the record has it").fill("Meadow")
        page.get_by_label("Surname, as the record has it").fill(surname)
        for part, typed in BORN.items():
            page.get_by_label(part, exact=True).fill(typed)
        page.get_by_label("It should never have been held").check()
        page.get_by_label("Where is the request or the order kept?").fill("Letter 12")
        page.get_by_role("button", name="Propose it").click()
        expect(page.get_by_role("main")).to_contain_text("Proposed; nothing has gone")
        return page

    return of


def test_a_record_goes_when_two_keepers_have_signed(
    propose, visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    first = propose("Tarrant")
    expect(first.get_by_role("main")).to_contain_text("somebody else signs")
    expect(first.get_by_role("button", name="Sign, and destroy it")).to_have_count(0)
    accessible(first)
    second = visit()
    sign_in_as_keeper(second, 1)
    accessible(second)
    shot(second, "keeping")
    second.get_by_role("region", name="Waiting for a second signature").get_by_role("link").first.click()
    expect(second.get_by_role("main")).to_contain_text("Meadow Tarrant")
    accessible(second)
    shot(second, "keeping-proposed")
    second.get_by_role("button", name="Sign, and destroy it").click()
    expect(second.get_by_role("main")).to_contain_text("What stands in its place")
    expect(second.get_by_role("main")).not_to_contain_text("Tarrant")
    accessible(second)
    shot(second, "keeping-done")


def test_what_is_held_is_not_signed_for_and_why_is_said(
    propose, visit: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    propose("Underhay")
    page = visit(PHONE)
    sign_in_as_keeper(page, 1)
    with page.expect_navigation():
        page.get_by_role("link", name="Hold records back").click()
    accessible(page)
    page.get_by_label("A complaint is being looked into").check()
    page.get_by_label("Who asked for it?").fill("Complaints manager, C-77")
    page.get_by_label("Only one person? Their forename").fill("Meadow")
    page.get_by_label("Their surname").fill("Underhay")
    for part, typed in BORN.items():
        page.get_by_role("group", name="Born on").get_by_label(part, exact=True).fill(typed)
    page.get_by_role("button", name="Hold them").click()
    expect(page.get_by_role("region", name="Held back")).to_contain_text("Meadow Underhay")
    no_sideways(page)
    page.get_by_role("region", name="Waiting for a second signature").get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text("Some of it is held back, so nobody can sign for it")
    expect(page.get_by_role("button", name="Sign, and destroy it")).to_have_count(0)
    accessible(page)
    no_sideways(page)
    page.get_by_role("button", name="Take the proposal back").click()
    page.get_by_role("link", name="End it").first.click()
    page.get_by_label("Why need it not be held any longer?").fill("The complaint was answered on 3 May")
    accessible(page)
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("region", name="Held back")).to_contain_text("Nothing is held back")


def test_everybody_may_read_how_long_what_is_kept(
    visit: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    page = visit(PHONE)
    sign_in(page, SOCIAL_WORKER)
    page.goto("/keeping/schedule")
    expect(page.get_by_role("row", name=re.compile("^Record of a child who was in care"))).to_contain_text("75")
    accessible(page)
    no_sideways(page)
    assert page.request.get("/keeping").status == 403
