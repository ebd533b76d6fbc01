"""The child's page: who they are and what is owed, then the line, its list, and what was known when."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from house import PHONE
from seats import ANALYST, SOCIAL_WORKER, days_ago, no_sideways, own_child, sign_in

TABS = ["Line", "Owed", "Plans and decisions", "Team", "Voice", "Chapters", "Sources and faults"]


def open_child(page: Page, role: str = SOCIAL_WORKER) -> tuple[str, str]:
    """Sign in and open the page of a child of one's own; name and address."""
    sign_in(page, role)
    name, address = own_child(page)
    page.goto(address)
    return name, address


def test_above_the_fold_stands_who_the_child_is_and_what_is_owed(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    # Given a social worker, when the page of one of their children is opened,
    name, _ = open_child(page)
    # then the age stands beside the name, and plan, authorities, safe contact, debts and team follow.
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"{re.escape(name)},\s"))
    main = page.get_by_role("main")
    for said in ("born", "Responsible", "Home", "Living in (host)", "Reach safely:"):
        expect(main.get_by_text(said).first).to_be_visible()
    expect(page.get_by_role("heading", name="Owed now")).to_be_visible()
    expect(page.get_by_role("heading", name="Team", exact=True)).to_be_visible()
    assert page.locator(".tl-owednow li").count() <= 5
    accessible(page)
    shot(page, "child")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_there_for_everyone(page: Page, tab: str, accessible: Callable[[Page], None]) -> None:
    open_child(page)
    page.get_by_role("navigation", name=re.compile("^About ")).get_by_role("link", name=tab, exact=True).click()
    expect(page.locator(".tl-tabs a[aria-current]")).to_have_text(tab)
    accessible(page)


def test_the_line_and_its_list_are_the_same_rows(page: Page) -> None:
    # Given the last twelve months of a child, every mark leads to a row of the list.
    open_child(page)
    marks = page.locator(".tl-line__lane a[href^='#item-']")
    shown, *binned = (
        int(n) for n in re.findall(r"(\d+) (?:shown|in bins)", page.locator(".tl-line__sum").inner_text())
    )
    assert marks.count() == shown
    for mark in marks.all():
        expect(page.locator(mark.get_attribute("href") or "nothing")).to_have_count(1)
    assert page.locator(".tl-months .tl-item:not(.tl-item--run)").count() == shown + sum(binned)


def test_a_lane_is_one_tab_stop_and_the_arrows_move_along_it(page: Page) -> None:
    open_child(page)
    page.get_by_role("link", name="Life", exact=True).click()
    page.wait_for_load_state()
    lane = page.locator(".tl-line__lane").filter(has=page.locator(".tl-line__stop >> nth=1")).first
    assert lane.locator(".tl-line__stop[tabindex='0']").count() == 1
    lane.locator(".tl-line__stop[tabindex='0']").focus()
    last = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != last
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == last


def test_as_known_on_a_day_shows_less_and_says_so(
    page: Page, accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    # Given a child's whole life,
    _, address = open_child(page)
    page.goto(f"{address}?scale=life")
    today = page.locator(".tl-item:not(.tl-item--run)").count()
    # when it is drawn as the partnership knew it two years ago,
    page.get_by_label("As known on").fill(days_ago(700).isoformat())
    page.get_by_label("Showing").select_option(label="what the partnership had received")
    page.get_by_role("button", name="Redraw").click()
    # then the head says so, and nothing learnt later is there.
    expect(page.get_by_role("heading", name=re.compile("as known on"))).to_be_visible()
    assert page.locator(".tl-item:not(.tl-item--run)").count() < today
    expect(page.get_by_text(re.compile("learnt later"))).to_be_visible()
    accessible(page)
    shot(page, "child-as-known")


def test_a_duty_opens_to_its_because_and_stands_on_the_line(page: Page) -> None:
    _, address = open_child(page)
    page.goto(f"{address}owed")
    row = page.locator(".tl-row").first
    expect(row).to_contain_text("Owed by")
    expect(row.get_by_role("link", name=re.compile("The rule"))).to_be_visible()


def test_on_a_phone_there_is_one_column_and_no_need_of_script(
    visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    phone = visit(PHONE)
    _, address = open_child(phone)
    no_sideways(phone)
    accessible(phone)
    shot(phone, "child-phone")
    bare = visit(PHONE, script=False)
    sign_in(bare, SOCIAL_WORKER)
    bare.goto(address)
    no_sideways(bare)
    expect(bare.locator(".tl-item").first).to_be_visible()


def test_an_analyst_never_opens_a_childs_page(visit: Callable[..., Page], page: Page) -> None:
    # Given a child of a social worker,
    name, address = open_child(page)
    other = visit()
    # when an analyst, who works with rows and counts, asks for that page and its tabs,
    sign_in(other, ANALYST)
    for path in (address, f"{address}owed", f"{address}record"):
        answer = other.request.get(path)
        # then there is nothing there, and no word of the child in it.
        assert answer.status in (403, 404), path
        assert name not in answer.text()
