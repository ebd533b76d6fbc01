"""Coming in as somebody of the demonstration, as a person would: from the list on the sign-in page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

LONDON = ZoneInfo("Europe/London")

SOCIAL_WORKER = "Social worker"
REVIEWER = "Independent reviewing officer"
HUB = "Missing hub worker"
ANALYST = "Analyst"


def days_ago(n: int) -> date:
    """A London day, counted back from the one the served site is living in."""
    return datetime.now(LONDON).date() - timedelta(n)  # noqa: TID251 - the site runs on the real clock


def hours_ago(n: int) -> tuple[date, str]:
    """A London day and the time on it, counted back from the moment the served site is living in."""
    at = datetime.now(LONDON) - timedelta(hours=n)  # noqa: TID251 - the site runs on the real clock
    return at.date(), at.strftime("%H:%M")


def sign_in(page: Page, role: str) -> None:
    """Sign in as the first person of this role who is listed."""
    page.goto("/sign-in")
    page.get_by_role("region", name=role, exact=True).get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def own_child(page: Page) -> tuple[str, str]:
    """Name and address of a child whom whoever is signed in works with."""
    page.goto("/")
    link = page.locator("main a[href^='/children/'][href$='/']").first
    return link.inner_text().rpartition(",")[0], link.get_attribute("href") or ""


def open_record(page: Page, kind: str = "") -> None:
    """The form that records something about a child of whoever is signed in."""
    _, address = own_child(page)
    page.goto(f"{address}record?kind={kind}" if kind else f"{address}record")


def say_when(page: Page, day: date, time: str = "") -> None:
    """Fill in when it happened; without a time, that the time is not known."""
    boxes = page.get_by_role("group", name="When did it happen?")
    for part, value in {"Day": day.day, "Month": day.month, "Year": day.year}.items():
        boxes.get_by_label(part).fill(str(value))
    if time:
        page.get_by_label("At what time?").fill(time)
    else:
        page.get_by_label("The time is not known").check()


def no_sideways(page: Page) -> None:
    """Fail if the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than its window"
