"""What the walls cost: the same requests by turns with row-level security up and switched off, and coming in."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg

from bench.database import manage, prepared
from bench.site import ADDRESS, fill, seats, served
from throughline.web import cluster

ROUNDS = 5
"""Turns of each, one after the other: what else the machine does falls on both alike."""
EACH = 3
"""Times in a turn, after two that do not count: there plans are made anew."""
CHILDREN = 5
"""Whose pages are asked for, one after another."""
LINES = 50
"""Of a list: the Monday nearest to it is taken."""
SIGN_INS = 20
ONE_AT_A_TIME = "--workers 1 --threads 1"
_SWITCH = """
do $$ declare walled regclass;
begin
  for walled in select distinct polrelid::regclass from pg_policy loop
    execute format('alter table %s {} row level security', walled);
  end loop;
end $$
"""
_COUNTED = "select kind, count(*) from casework_event group by kind"
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

Act = Callable[[], object]


def walls(folder: Path) -> None:
    """The child's page, a list, a measure and a plain count over a county's events; sign-in to first page."""
    with prepared(folder) as environment:
        for command in (["collectstatic", "--noinput"], ["demonstrate"]):
            manage(environment, *command)
        with psycopg.connect(cluster.admin_url(folder / "pg"), autocommit=True) as database:
            print(
                f"  {fill(database)} stored; medians of {ROUNDS} turns of {EACH}, with the walls and without",
                flush=True,
            )
            with served(environment, ONE_AT_A_TIME):
                _measure(database, folder, sign_ins := seats(database))
            with psycopg.connect(environment["DATABASE_URL"], options="-c role=throughline_web -c jit=off") as site:
                count = partial(_count, site, sign_ins["social_worker"])
                _compare(database, "all events by kind, a plain query as social_worker", count)


def _measure(database: psycopg.Connection[Any], folder: Path, sign_ins: dict[str, str]) -> None:
    password = json.loads((folder / "data" / "demo.json").read_text())["password"]
    inside = {role: _sign_in(sign_in, password)[0] for role, sign_in in sign_ins.items()}
    worker, counter = inside["social_worker"], inside["business_manager"]
    children = sorted(set(re.findall(r'href="(/children/[^/"]+/)"', _get(worker, "/work"))))[:CHILDREN]
    _compare(database, "the child's page", lambda: [_get(worker, path) for path in children], len(children))
    lines = {role: _get(opener, "/work").count('class="tl-row"') for role, opener in inside.items()}
    role = min(lines, key=lambda role: abs(lines[role] - LINES))
    _compare(database, f"a list of {lines[role]} ({role}'s Monday)", lambda: _get(inside[role], "/work"))
    _compare(database, "a measure of the site", lambda: _get(counter, "/measures/cp-visit-local?by=area"))
    taken = sorted(_sign_in(sign_ins["social_worker"], password)[1] for _ in range(SIGN_INS))
    print(
        f"  sign-in to the first page's last byte, Argon2 included: median {statistics.median(taken):.0f} ms,"
        f" p95 {taken[int(SIGN_INS * 0.95)]:.0f} ms",
        flush=True,
    )


def _compare(database: psycopg.Connection[Any], what: str, act: Act, of: int = 1) -> None:
    """By turns with the walls and without; `of`: how many there are in one act."""
    taken: dict[str, list[float]] = {"disable": [], "enable": []}
    for how in [*taken] * ROUNDS:  # the walls are up when it ends
        database.execute(_SWITCH.replace("{}", how))
        act()
        act()
        taken[how] += [_timed(act) / of for _ in range(EACH)]
    through, past = (statistics.median(taken[how]) for how in ("enable", "disable"))
    print(f"  {what}: {through:.1f} ms, without {past:.1f} ms: {through / past:.2f} times", flush=True)


def _timed(act: Act) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _sign_in(sign_in: str, password: str) -> tuple[OpenerDirector, float]:
    """Somebody who is in; and the milliseconds from sending the form to the last byte of their first page."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    token, *_ = _CSRF.findall(_get(opener, "/sign-in"))
    form = urlencode({"csrfmiddlewaretoken": token, "sign_in": sign_in, "password": password}).encode()
    taken = _timed(lambda: opener.open(f"http://{ADDRESS}/sign-in", form).read())
    return opener, taken


def _get(opener: OpenerDirector, path: str) -> str:
    with opener.open(f"http://{ADDRESS}{path}") as answer:
        return str(answer.read().decode())


def _count(site: psycopg.Connection[Any], sign_in: str) -> None:
    """As whoever has this seat; nothing stays open, so that the walls can be switched."""
    with site.transaction():
        site.execute("select app_enter(id, now()) from accounts_user where sign_in = %s", [sign_in])
        site.execute(_COUNTED).fetchall()
