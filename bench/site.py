"""The site with a county stored: how long its server takes for each role, and when a person sees the page."""

from __future__ import annotations

import json
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

from bench.database import manage, prepared
from throughline.web import cluster

EVENTS = 1_000_000
REQUESTS = 200
ADDRESS = "127.0.0.1:8009"
CHILDREN = 50_000
_TABLES = (
    *("linkage_child", "linkage_page", "accounts_concern"),
    *("casework_event", "casework_segment", "casework_instance"),
)
_SEATS = """
select distinct on (role) role, sign_in from accounts_user
 where role not in ('data_desk', 'analyst') order by role, area <> '971', agency <> 'school:971001', id
"""
_APART = 10_000_000
"""Added to a row's number for each further copy, more than any table of one copy has."""


def pages(folder: Path) -> None:
    """Each role's first page, My Monday and the child's page, with a county of children and their events stored."""
    with prepared(folder) as environment:
        for command in (["collectstatic", "--noinput"], ["demonstrate"]):
            manage(environment, *command)
        with psycopg.connect(cluster.admin_url(folder / "pg"), autocommit=True) as database:
            stored, sign_ins = fill(database), seats(database)
        with served(environment):
            _measure(folder, stored, sign_ins)


def fill(database: psycopg.Connection[Any]) -> str:
    """Copy the demonstration's children, with all that is derived of them, until there are enough; what there is."""
    copies = max(-(-EVENTS // _count(database, "casework_event")), -(-CHILDREN // _count(database, "linkage_child")))
    database.execute("set session_replication_role = replica")  # the copies need no checks and no triggers
    for table in _TABLES:
        database.execute(_copying(database, table), {"copies": copies - 1, "apart": _APART})
        database.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
    return f"{_count(database, 'linkage_child'):,} children, {_count(database, 'casework_event'):,} events"


def _count(database: psycopg.Connection[Any], table: str) -> int:
    (rows,) = database.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone() or (0,)
    return int(rows)


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


def seats(database: psycopg.Connection[Any]) -> dict[str, str]:
    """Role -> the sign-in of somebody who has it."""
    return dict(database.execute(_SEATS).fetchall())


@contextmanager
def served(environment: dict[str, str], at_once: str = "--workers 2 --threads 4") -> Iterator[None]:
    """The site at `ADDRESS` for as long as the block lasts, taking so many requests `at_once`."""
    gunicorn = [sys.executable, "-m", "gunicorn", "throughline.web.wsgi", "--bind", ADDRESS, "--log-level", "warning"]
    site = subprocess.Popen([*gunicorn, "--worker-class", "gthread", *at_once.split()], env=environment)
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


def _measure(folder: Path, stored: str, sign_ins: dict[str, str]) -> None:
    password = json.loads((folder / "data" / "demo.json").read_text())["password"]
    print(f"  {stored} stored, {REQUESTS} requests each")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for role, sign_in in sorted(sign_ins.items()):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(f"http://{ADDRESS}/sign-in")
            page.fill("main input[name=sign_in]:not([type=hidden])", sign_in)
            page.fill("main input[type=password]", password)
            page.press("main input[type=password]", "Enter")
            page.wait_for_load_state()
            if role == "business_manager":  # sees no child, and counts them all
                _report("all areas in numbers", page, ["/areas"], REQUESTS // 20)
                _report("how every duty is met", page, ["/measures"], REQUESTS // 20)
                _report("one duty by area", page, ["/measures/cp-visit-local?by=area"], REQUESTS // 20)
                _report("one duty by ethnic group", page, ["/measures/rhi-72h?by=ethnicity"], REQUESTS // 20)
                continue
            _report(f"{role}'s Monday", page, ["/work"])
            if role == "social_worker":
                page.goto(f"http://{ADDRESS}/work")
                hrefs = page.eval_on_selector_all(
                    "main a[href^='/children/']", "links => [...new Set(links.map(link => link.pathname))]"
                )
                _report("the child's page", page, [href for href in hrefs if href.count("/") == 3])
        browser.close()


def _report(name: str, page: Page, paths: list[str], requests: int = REQUESTS) -> None:
    server = sorted(_server_ms(page, paths[n % len(paths)]) for n in range(requests))
    paints = [_largest_paint_ms(page, paths[n % len(paths)]) for n in range(3)]
    print(
        f"  {name}: server p95 {server[int(requests * 0.95)]:.0f} ms, median {statistics.median(server):.0f} ms;"
        f" largest contentful paint {statistics.median(paints):.0f} ms"
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
