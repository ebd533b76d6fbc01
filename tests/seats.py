"""Coming in as somebody of the demonstration, as a person would: from the list on the sign-in page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

SOCIAL_WORKER = "Social worker"
REVIEWER = "Independent reviewing officer"
HUB = "Missing hub worker"
ANALYST = "Analyst"


def sign_in(page: Page, role: str) -> None:
    """Sign in as the first person of this role who is listed."""
    page.goto("/sign-in")
    person = page.locator(".tl-person").filter(has_text=re.compile(rf"^\s*[^\n]+\s+{role},")).first
    person.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def own_child(page: Page) -> str:
    """The name of a child on the list of whoever is signed in; the page is left on that child's row."""
    page.goto("/")
    link = page.locator(".tl-row__title a").first
    return str(link.inner_text()).rpartition(",")[0]


def open_record(page: Page, kind: str = "") -> None:
    """The form that records something about the first child on the list."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Record what was done")).first.click()
    if kind:
        page.goto(re.sub(r"\?.*", f"?kind={kind}", page.url))


def no_sideways(page: Page) -> None:
    """Fail if the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than its window"
