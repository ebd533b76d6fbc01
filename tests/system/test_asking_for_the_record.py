"""Somebody asks for the whole record: taken by one, decided by another, made and handed over; and the notices."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from house import DESKTOP, PHONE
from seats import SOCIAL_WORKER, days_ago, no_sideways, own_child, sign_in

MANAGER = "Team manager"
Visit = Callable[..., Page]
Shot = Callable[[Page, str], None]
Check = Callable[[Page], None]


def ask(page: Page, address: str) -> None:
    """Take a request for the record of the child at this address."""
    page.goto(address)
    page.get_by_role("link", name="The whole record, for whom it is about").click()
    page.get_by_role("link", name="Somebody asks for it").click()
    page.get_by_label("The child", exact=True).check()
    page.get_by_label("Their name").fill("The child themselves")
    boxes = page.get_by_role("group", name="On which day did it reach any of us?")
    day = days_ago(3)
    for part, value in {"Day": day.day, "Month": day.month, "Year": day.year}.items():
        boxes.get_by_label(part).fill(str(value))
    page.get_by_label("How do you know that it is them?").fill("I have worked with them for a year")
    page.get_by_label("How may the copy reach them safely?").fill("Read together at school")


def test_from_the_asking_to_the_hand(visit: Visit, accessible: Check, shot: Shot) -> None:
    # Given a social worker whom one of their children asks for the whole record,
    worker = visit(DESKTOP)
    sign_in(worker, SOCIAL_WORKER)
    _, address = own_child(worker)
    ask(worker, address)
    accessible(worker)
    shot(worker, "record-asked")
    worker.get_by_role("button", name="Take the request").click()
    expect(worker.get_by_text("You took this request, so somebody else decides")).to_be_visible()
    expect(worker.get_by_text("It can be made once no entry waits")).to_be_visible()
    accessible(worker)
    shot(worker, "record-request")
    number = re.search(r"/asked/(\d+)", worker.url)
    council = worker.locator(".tl-childbar").inner_text().rpartition("·")[2].strip()
    assert number
    # when their manager reads entry by entry, and leaves out what is proposed,
    manager = visit(DESKTOP)
    manager.goto("/sign-in")
    there = manager.get_by_role("region", name=MANAGER, exact=True).locator("li", has_text=council)
    there.get_by_role("button").click()
    manager.goto("/rights")
    accessible(manager)
    shot(manager, "rights")
    manager.goto(f"/asked/{number[1]}/items")
    accessible(manager)
    shot(manager, "record-items")
    while manager.get_by_role("button", name="Keep what I decided on these").count():
        for entry in manager.locator("fieldset.tl-entry").all():
            if not entry.locator("input[type=radio]:checked").count():
                entry.get_by_label("Leave it out").check()
        manager.get_by_role("button", name="Keep what I decided on these").click()
    # then the copy can be made, downloaded under a name that names nobody, and handed over.
    worker.reload()
    worker.get_by_role("button", name="Make the copy").click()
    with worker.expect_download() as found:
        worker.get_by_role("link", name=re.compile("^Download the newest")).click()
    assert found.value.suggested_filename == f"copy-of-record-{number[1]}.html"
    shot(worker, "record-made")
    accessible(worker)
    worker.get_by_role("link", name="It was handed over").click()
    accessible(worker)
    worker.get_by_label("Who hands it over?").fill("Somebody they know")
    worker.get_by_label("By which way, and how is it sure to be them?").fill("Read together")
    worker.get_by_role("button", name="It was handed over").click()
    expect(worker.get_by_text("Handed over by Somebody they know")).to_be_visible()


def test_what_is_said_not_to_be_right_stands_beside_it(page: Page, accessible: Check, shot: Shot) -> None:
    sign_in(page, SOCIAL_WORKER)
    _, address = own_child(page)
    page.goto(f"{address}?scale=life")
    href = page.locator("a[href*='/not-right?item=']").first.get_attribute("href") or ""
    page.goto(href)
    accessible(page)
    shot(page, "not-right")
    page.get_by_label("Who says so?").fill("The child")
    page.get_by_label("What is not right?").fill("It was the other way round")
    with page.expect_navigation():
        page.get_by_role("button", name="Write it down").click()
    page.goto(f"{address}?scale=life")
    expect(page.get_by_text("It was the other way round").first).to_be_attached()


def test_the_notices_are_read_without_signing_in(visit: Visit, accessible: Check, shot: Shot) -> None:
    phone = visit(PHONE)
    phone.goto("/privacy")
    accessible(phone)
    for name in ("For a child", "For a young person", "For a parent or carer", "For people who work here"):
        phone.goto("/privacy")
        phone.get_by_role("link", name=name).click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text(name[1:])
        no_sideways(phone)
        accessible(phone)
    shot(phone, "notice-phone")


def test_a_parents_copy_asks_first(page: Page, accessible: Check, shot: Shot) -> None:
    sign_in(page, SOCIAL_WORKER)
    _, address = own_child(page)
    page.goto(f"{address}copy/parent")
    accessible(page)
    page.get_by_label("Which parent or carer is it for?").fill("Their mother")
    page.get_by_label("What lets them have it, and how do you know that it is safe?").fill(
        "Parental responsibility; the child agrees"
    )
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_role("heading", name="The plan, and what was agreed")).to_be_visible()
    accessible(page)
    shot(page, "parents-copy")
