"""Journeys of the roles that open on a board, a school's pupils or a telephone number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import HUB, SOCIAL_WORKER, days_ago, no_sideways, open_record, say_when, sign_in

EVERYONE = [
    "Social worker",
    "Team manager",
    "Conference chair",
    "Independent reviewing officer",
    "Exploitation panel coordinator",
    "Missing hub worker",
    "Duty team worker",
    "Designated safeguarding lead",
    "SENCo",
    "Police desk officer",
    "Hospital youth worker",
    "Business manager",
]


def short(role: str) -> str:
    return re.sub(r"\W+", "-", role.lower())


def sign_in_beside(page: Page, role: str) -> None:
    """Sign in as whoever holds this role where the first social worker works, so that both know the same children."""
    page.goto("/sign-in")
    seat = page.get_by_role("region", name=role, exact=True)
    seat.get_by_role("listitem").filter(has_text="Port Halden").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


@pytest.mark.parametrize("role", EVERYONE)
def test_each_of_the_twelve_opens_on_its_own_page_and_every_word_of_its_bar_leads_somewhere(
    page: Page, role: str, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, role)
    words = page.get_by_role("navigation", name="Main").get_by_role("link")
    for word in words.all_inner_texts():
        page.get_by_role("navigation", name="Main").get_by_role("link", name=word, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        accessible(page)
        no_sideways(page)
        shot(page, f"{short(role)}-{short(word)}")


@pytest.mark.parametrize(
    "role", ["Missing hub worker", "Designated safeguarding lead", "Team manager", "Business manager"]
)
def test_on_a_phone_it_is_one_column_and_needs_no_script(
    visit: Callable[..., Page], role: str, shot: Callable[[Page, str], None]
) -> None:
    page = visit(PHONE, script=False)
    sign_in(page, role)
    no_sideways(page)
    shot(page, f"{short(role)}-phone")


def test_the_hub_records_a_return_and_an_offer_from_the_board_and_the_board_follows(
    visit: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    page = visit()
    # Given a child of this hub's area whom a social worker writes down as missing since yesterday evening,
    sign_in(page, SOCIAL_WORKER)
    open_record(page, "missing_start")
    name = page.locator(".tl-childbar .tl-name").inner_text().rpartition(",")[0]
    say_when(page, days_ago(1), "20:00")
    page.get_by_role("button", name="Record it").click()
    # when the hub opens, the child stands on the board with the hours,
    page = visit()
    sign_in_beside(page, HUB)
    expect(page.get_by_role("heading", level=1)).to_have_text("Missing")
    row = page.get_by_role("region", name="Missing now").locator(".tl-row").filter(has_text=name).first
    expect(row.locator(".tl-timer")).to_contain_text(re.compile(r"\d"))
    # and one press from the row, with what is known filled in, records that they are back.
    row.get_by_role("link", name=re.compile("^Returned")).click()
    expect(page.get_by_role("heading", name="What this belongs to")).to_be_visible()
    expect(page.get_by_label("Day", exact=True)).not_to_have_value("")
    accessible(page)
    page.get_by_label("At what time?").fill("00:01")  # today, and past at any hour
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("link", name="Back to the list").click()
    rows = page.get_by_role("region", name="an interview is owed").locator(".tl-row")
    owed = rows.filter(has_text=name).filter(has_text="left").first  # others may be owed besides
    expect(owed).to_be_visible()
    # The offer answers nothing by itself: the interview stays owed, and the next form is filled in too.
    owed.get_by_role("link", name=re.compile("^Offered")).click()
    expect(page.get_by_label("At what time?")).not_to_have_value("")
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(owed).to_be_visible()


def test_the_duty_team_finds_whom_to_ring(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit()
    sign_in(page, SOCIAL_WORKER)
    page.goto("/work")
    name = page.locator("main a[href^='/children/'][href$='/']").first.inner_text().rpartition(",")[0]
    page = visit()
    sign_in_beside(page, "Duty team worker")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do I ring?")
    page.get_by_label("The child’s name, date of birth or a number of theirs").fill(name)
    page.get_by_role("button", name="Search").click()
    card = page.locator(".tl-ring").filter(has_text=name).first
    expect(card).to_contain_text("who leads")
    expect(card).to_contain_text("01632")
    expect(card).to_contain_text("Safety plan")
    accessible(page)


def test_a_school_lead_sees_own_pupils_and_nobody_elses_search(page: Page) -> None:
    sign_in(page, "Designated safeguarding lead")
    page.get_by_role("link", name="My pupils").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My pupils")
    expect(page.get_by_role("link", name="Find a child")).to_have_count(0)
    assert page.request.get("/find").status == 403
