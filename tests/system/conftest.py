"""The site as it is served, and a real browser in front of it."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from house import DESKTOP, PHONE, manage, server, site_environment
from throughline.web.roles import Urls

# Debian's Chromium, as a user of the site has it, and without its own errands on the network.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
CHILDREN = 40
"""How large the invented partnership is that the pages are tried on."""


@pytest.fixture(scope="session")
def demonstration() -> Urls:
    """A database with a small invented partnership in it, shared by the tests that use the browser."""
    urls = server().clone()
    manage(urls, "demonstrate", "--children", str(CHILDREN), "--seed", "1")
    return urls


@pytest.fixture(scope="session")
def site(demonstration: Urls) -> Iterator[str]:
    """The address of the served demonstration: the same server and settings as `make run`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = os.environ | site_environment(demonstration)
    manage(demonstration, "collectstatic", "--noinput", "--verbosity", "0")
    served = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "throughline.web.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--threads", "4", "--log-level", "warning", "--no-control-socket"),
        ],
        env=settings,
    )
    worker = subprocess.Popen([sys.executable, "-m", "throughline.web.manage", "procrastinate", "worker"], env=settings)
    try:
        _wait_for(port, served)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in (served, worker):
            process.terminate()
            process.wait(20)


def _wait_for(port: int, served: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert served.poll() is None, "the site ended by itself"
        try:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as asked:
                asked.request("GET", "/")
                assert asked.getresponse().status < 500
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site did not answer within 30 seconds")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is not installed: make setup"
    expect.set_options(timeout=20_000)
    launched = playwright.chromium.launch(executable_path=chromium, args=QUIET)
    yield launched
    launched.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a window on the site: ``visit()`` at a desk, ``visit(PHONE)``, ``visit(script=False)``.

    A page that logs an error (a refused script, a missing file) fails the test.
    """
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(size: dict[str, int] | None = None, *, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport=size or DESKTOP,
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in opened:
        context.close()
    assert complaints == [], "the browser's console"


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A window at a desk."""
    return visit()


@pytest.fixture
def phone(visit: Callable[..., Page]) -> Page:
    """A window on a phone."""
    return visit(PHONE)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fail unless axe finds nothing wrong with the page as it stands (WCAG 2.2 AA and best practice)."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Save a picture of the whole page as var/screens/<name>.png, when THROUGHLINE_SCREENS is set."""

    def save(page: Page, name: str) -> None:
        if os.environ.get("THROUGHLINE_SCREENS"):
            folder = Path("var/screens")
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)

    return save
