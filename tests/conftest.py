"""What every test runs under: no network, warnings are errors, and a throw-away database on demand."""

from __future__ import annotations

import functools
import ipaddress
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pytest_django.plugin import _setup_django

from attempts import REPORTED, Attack, table
from house import ROOT, pointed_at, server, site_environment
from throughline.web.roles import Urls

# The same examples each time, so that a failure seen once is seen by everyone.
settings.register_profile("throughline", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("throughline")


# --- two processes at work ----------------------------------------------------------------------------


FIRST = ("tests/system", "tests/attack")
"""What takes longest, so that neither process is left alone with it at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: not item.path.relative_to(ROOT).as_posix().startswith(FIRST))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was tried to get in (tests/attack); the sum is the last line."""
    reports = (report for found in terminalreporter.stats.values() for report in found)
    ended = (dict(report.user_properties) for report in reports if getattr(report, "when", "") == "teardown")
    tried = [Attack(*properties[REPORTED]) for properties in ended if REPORTED in properties]
    for line in table(tried) if tried else ():
        terminalreporter.write_line(line)


# --- no network -------------------------------------------------------------------------------------


class NetworkTouched(RuntimeError):
    """A test, or what it tests, reached for the network."""


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Only unix sockets and this machine's own addresses may be reached, and only its own names asked for."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_here(address[0]):
            raise NetworkTouched(f"connection to {address[0]}")
        connect(self, address)

    def guarded_look_up(host: Any, *rest: Any, **named: Any) -> Any:
        if not _is_here(host):
            raise NetworkTouched(f"name look-up of {host}")
        return look_up(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


# --- the database and Django ------------------------------------------------------------------------


# A test module that speaks of Django or of one of the site's apps. The rooms below are tested without.
NEEDS_DJANGO = re.compile(r"\bdjango|\bthroughline\.web\.(?!cluster|roles|serve)")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """Set Django up just before the first module that needs it is imported."""
    if NEEDS_DJANGO.search(module_path.read_text()):
        _set_up_django(parent.config)


@functools.cache
def _set_up_django(config: pytest.Config) -> None:
    os.environ.update(site_environment(server().urls))
    import django

    django.setup()
    _setup_django(config)  # pytest-django's part: no query without a fixture that allows it
    from django.core.management import call_command

    # Pages name their stylesheet by its content, as in production.
    call_command("collectstatic", "--noinput", verbosity=0)


def pytest_unconfigure() -> None:
    if server.cache_info().currsize:
        server().close()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> None:
    """Instead of pytest-django's own: the owner migrates, then tests connect as the site does."""
    _ = server().migrated


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[Urls]:
    """A database this test may commit to. Take it instead of ``django_db(transaction=True)``.

    The site's role may not empty tables, so nothing could clean up after such a test; and row-level
    security shows its true face only between committed transactions.
    """
    urls = server().clone()
    with pointed_at(urls) as name, django_db_blocker.unblock():
        yield urls
    server().administer(f"drop database {name} with (force)")
