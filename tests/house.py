"""The tests' own house: one throw-away database server for the session, and the site's processes."""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from throughline.web import cluster
from throughline.web.roles import Urls

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
"""The published sample files, which are not ours to copy: tests that need them say so and skip without."""

# The two widths every page is looked at.
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def site_environment(urls: Urls) -> dict[str, str]:
    """What a process of the site reads from its environment (`make run` sets the same)."""
    return {
        "DJANGO_SETTINGS_MODULE": "throughline.web.settings",
        "THROUGHLINE_DATA": str(server().folder / "data"),
        "DATABASE_URL": urls.web,
        "THROUGHLINE_OWNER_URL": urls.owner,
        "THROUGHLINE_SECRET_KEY": "only-for-tests-" + "x" * 40,
        # Playwright keeps an event loop in this thread; Django would take every query for an async one.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }


def manage(urls: Urls, *arguments: str) -> str:
    """Run one of the site's management commands in a process of its own; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "throughline.web.manage", *arguments],
        cwd=ROOT,
        env=os.environ | site_environment(urls),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"manage {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Server:
    """One throw-away database server for the session, started when the first test needs it."""

    def __init__(self) -> None:
        # Short, whatever TMPDIR says: a socket's path has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="throughline-test-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.base = self.folder / "pg"
        self._numbers = itertools.count(1)

    @functools.cached_property
    def urls(self) -> Urls:
        return cluster.ensure_cluster(self.base, outside=self.folder, throw_away=True)

    @functools.cached_property
    def migrated(self) -> Urls:
        """The one database all tests share that roll back; migrated by its owner, as in production."""
        manage(self.urls, "migrate", "--verbosity", "0")
        # Copied now, because PostgreSQL copies only what nobody is connected to.
        self.administer("create database template_throughline template throughline")
        return self.urls

    def clone(self, of: str = "template_throughline") -> Urls:
        """A database of its own for who must commit: as the migrated one was before any test, or as another that
        nobody is connected to."""
        shared, name = self.migrated, f"clone_{next(self._numbers)}"
        self.administer(f"create database {name} template {of}")
        self.administer(f"grant connect on database {name} to throughline_owner, throughline_web")
        return Urls(owner=_in(shared.owner, name), web=_in(shared.web, name))

    def administer(self, statement: str) -> None:
        """Run one statement as the server's administrator."""
        with psycopg.connect(cluster.admin_url(self.base, "postgres"), autocommit=True) as admin:
            admin.execute(statement.encode())

    def close(self) -> None:
        cluster.remove(self.base)
        shutil.rmtree(self.folder)


@contextmanager
def pointed_at(urls: Urls) -> Iterator[str]:
    """Django's connections lead to this database meanwhile; its name."""
    from django.db import connections

    connections.close_all()
    named = {alias: connections[alias].settings_dict for alias in connections}
    before = {alias: settings_dict["NAME"] for alias, settings_dict in named.items()}
    name = urlsplit(urls.web).path.strip("/")
    for settings_dict in named.values():
        settings_dict["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        for alias, settings_dict in named.items():
            settings_dict["NAME"] = before[alias]


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@functools.cache
def server() -> Server:
    return Server()
