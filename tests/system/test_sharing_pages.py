"""A social worker decides on sharing, asks another agency, is told no, and holds something more closely."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from house import PHONE
from seats import SOCIAL_WORKER, days_ago, no_sideways, own_child, sign_in


def fill_day(page: Page, name: str, day: date) -> None:
    boxes = page.get_by_role("group", name=name)
    for part, value in {"Day": day.day, "Month": day.month, "Year": day.year}.items():
        boxes.get_by_label(part).fill(str(value))


def test_a_decision_a_request_with_its_no_and_something_held_closely(
    page: Page, visit: Callable[..., Page], accessible: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    sign_in(page, SOCIAL_WORKER)
    _, child = own_child(page)
    page.goto(child)
    page.get_by_role("link", name="Sharing and requests").click()
    shares = page.url
    expect(page.get_by_text("No decision to share holds today.")).to_be_visible()
    accessible(page)

    page.get_by_role("link", name="Share something, or decide not to").click()
    decide = page.url
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one of the two")
    accessible(page)
    page.get_by_label("To share it", exact=True).check()
    page.get_by_role("group", name="What of the line is it about?").get_by_role("checkbox").first.check()
    page.get_by_label("With which agency").select_option(label="School")
    page.get_by_label("What it is about").fill("How school can help in the mornings")
    page.get_by_label("Why", exact=True).fill("So that somebody is at the gate")
    page.get_by_label("What allows it").select_option(label="Our task by law (working together to keep children safe)")
    page.get_by_label("Why this is needed, and no more than this").fill(
        "Without it nobody is there; no history is needed"
    )
    page.get_by_label("Told, and worked with", exact=True).check()
    fill_day(page, "Holds until", days_ago(-60))
    page.get_by_label("Decided by").fill("The social worker")
    shot(page, "share-decide")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded")
    expect(page.get_by_text("How school can help in the mornings").first).to_be_visible()

    with page.expect_navigation():
        page.get_by_role("link", name="Ask another agency").click()
    accessible(page)
    page.get_by_label("Which agency is asked").select_option(label="Police")
    page.get_by_label("What is asked").fill("What is known of the address?")
    page.get_by_label("Why it is needed").fill("Before a visit there")
    page.get_by_label("Yes, today").check()
    page.get_by_role("button", name="Ask", exact=True).click()
    waiting = page.get_by_role("region", name="Asked, and not answered")
    expect(waiting).to_contain_text("due today")
    page.goto("/requests")
    expect(page.get_by_role("region", name="Your agency asked")).to_contain_text("What is known of the address?")
    accessible(page)
    shot(page, "requests")
    page.get_by_role("link", name="Answer, or say no").first.click()
    page.get_by_label("They said no").check()
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Name who decided not to give it")
    accessible(page)
    page.get_by_label("Why it was not given").fill("A live case")
    page.get_by_label("Decided by").fill("Inspector Bell")
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_role("region", name="Asked and answered")).to_contain_text("Inspector Bell")

    page.get_by_role("link", name="Hold something more closely").click()
    page.get_by_role("group", name="What is to be held more closely?").get_by_role("checkbox").first.check()
    page.get_by_label("The child asked who should not be told").check()
    page.get_by_label("The home or the carer").check()
    page.get_by_label("Decided by").fill("The social worker")
    accessible(page)
    shot(page, "share-hold")
    page.get_by_role("button", name="Hold it closely").click()
    held = page.get_by_role("region", name="Held more closely")
    expect(held).to_contain_text("The home or the carer")
    with page.expect_navigation():
        held.get_by_role("link", name="Look again").first.click()
    accessible(page)
    page.goto(shares)
    accessible(page)
    shot(page, "shares")

    phone = visit(PHONE)
    sign_in(phone, SOCIAL_WORKER)
    for address in (shares, decide, "/requests"):
        phone.goto(address)
        no_sideways(phone)
    phone.goto(shares)
    shot(phone, "shares-phone")
