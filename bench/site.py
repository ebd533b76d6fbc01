"""The site with a million events stored: how long its server takes, and when a person sees the page."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
from playwright.sync_api import Page, sync_playwright
from psycopg import sql

from throughline.web import cluster

EVENTS = 1_000_000
REQUESTS = 200
ADDRESS = "127.0.0.1:8009"
_TABLES = ("linkage_child", "casework_event", "casework_segment", "casework_instance")
_APART = 10_000_000
"""Added to a row's number for each further copy, more than any table of one copy has."""


def pages(folder: Path) -> None:
    """The child's page and My Monday, 200 requests each, with 1,000,000 events stored."""
    folder.chmod(0o711)
    with cluster.running(folder / "pg", outside=folder) as urls:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "throughline.web.settings",
            "DATABASE_URL": urls.web,
            "THROUGHLINE_OWNER_URL": urls.owner,
            "THROUGHLINE_DATA": str(folder / "data"),
            "THROUGHLINE_SECRET_KEY": "only-for-the-bench-" + "x" * 40,
        }
        for command in (["migrate"], ["collectstatic", "--noinput"], ["demonstrate"]):
            _manage(environment, *command)
        with psycopg.connect(cluster.admin_url(folder / "pg"), autocommit=True) as database:
            stored = _fill(database)
        with _served(environment):
            _measure(folder, stored)


def _fill(database: psycopg.Connection[Any]) -> int:
    """Copy the demonstration's children, with all that is derived of them, until there are enough events."""
    (have,) = database.execute("select count(*) from casework_event").fetchone() or (0,)
    copies = -(-EVENTS // have)
    database.execute("set session_replication_role = replica")  # the copies need no checks and no triggers
    for table in _TABLES:
        database.execute(_copying(database, table), {"copies": copies - 1, "apart": _APART})
        database.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
    (stored,) = database.execute("select count(*) from casework_event").fetchone() or (0,)
    return int(stored)


def _copying(database: psycopg.Connection[Any], table: str) -> sql.Composed:
    rows = database.execute(
        "select column_name, data_type from information_schema.columns where table_name = %s", (table,)
    ).fetchall()
    moved = {"id", "child_id"}
    names = [sql.Identifier(name) for name, _ in rows]
    values = [
        sql.SQL("gen_random_uuid()")
        if kind == "uuid"
        else sql.SQL("t.{} + k * %(apart)s").format(sql.Identifier(name))
        if name in moved
        else sql.SQL("t.{}").format(sql.Identifier(name))
        for name, kind in rows
    ]
    return sql.SQL("insert into {} ({}) select {} from {} t, generate_series(1, %(copies)s) k").format(
        sql.Identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(values), sql.Identifier(table)
    )


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[None]:
    gunicorn = [sys.executable, "-m", "gunicorn", "throughline.web.wsgi", "--bind", ADDRESS, "--log-level", "warning"]
    site = subprocess.Popen([*gunicorn, *"--worker-class gthread --workers 2 --threads 4".split()], env=environment)
    try:
        for _ in range(100):
            try:
                urlopen(f"http://{ADDRESS}/sign-in").close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        site.terminate()
        site.wait()


def _measure(folder: Path, stored: int) -> None:
    password = json.loads((folder / "data" / "demo.json").read_text())["password"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(f"http://{ADDRESS}/sign-in")
        page.fill("main input[name=sign_in]:not([type=hidden])", "ana.reyes@fourshores.example")
        page.fill("main input[type=password]", password)
        page.press("main input[type=password]", "Enter")
        page.wait_for_load_state()
        hrefs = page.eval_on_selector_all(
            "main a[href^='/children/']", "links => [...new Set(links.map(link => link.pathname))]"
        )
        children = [href for href in hrefs if href.count("/") == 3]
        for name, paths in (("My Monday", ["/"]), ("The child's page", children)):
            _report(name, page, paths, stored)
        browser.close()


def _report(name: str, page: Page, paths: list[str], stored: int) -> None:
    server = sorted(_server_ms(page, paths[n % len(paths)]) for n in range(REQUESTS))
    paints = [_largest_paint_ms(page, paths[n % len(paths)]) for n in range(5)]
    print(
        f"  {name}, {stored:,} events stored, {REQUESTS} requests: server p95 {server[int(REQUESTS * 0.95)]:.0f} ms,"
        f" median {statistics.median(server):.0f} ms; largest contentful paint {statistics.median(paints):.0f} ms"
    )


def _server_ms(page: Page, path: str) -> float:
    """Time to first byte of one request on a warm connection."""
    began = time.perf_counter()
    response = page.request.get(f"http://{ADDRESS}{path}")
    taken = (time.perf_counter() - began) * 1000
    assert response.ok, f"{path}: {response.status}"
    return taken


def _largest_paint_ms(page: Page, path: str) -> float:
    page.goto(f"http://{ADDRESS}{path}")
    return float(
        page.evaluate(
            "() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))"
            ".observe({type: 'largest-contentful-paint', buffered: true}))"
        )
    )


def _manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "throughline.web.manage", *arguments],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
