"""A county of 50,000 children in all layouts: answered for by the command, and loaded into the site."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

import psycopg

from bench.database import manage, prepared
from bench.files import timed
from throughline import invent
from throughline.web import cluster

CHILDREN = 50_000
_AS_OF = "2026-03-31"


def county(folder: Path) -> None:
    """`check` of the whole county at once, then its deliveries into PostgreSQL one after another."""
    files = folder / "in"
    invent.write_county(files, children=CHILDREN, seed=1)
    postcodes = files / invent.POSTCODES
    out = folder / "out"
    command = [str(Path(sys.executable).with_name("throughline")), "check", str(files), "--as-of", _AS_OF]
    seconds, peak = timed([*command, "--out", str(out), "--postcodes", str(postcodes)])
    rows = json.loads((out / "summary.json").read_text())["rows_in"]
    print(
        f"  {CHILDREN:,} children, {rows:,} rows: check {seconds:.0f} s, {rows / seconds:,.0f} rows a second,"
        f" peak {peak:.0f} MB"
    )
    shutil.rmtree(out)
    _load(folder, files, rows)


def _load(folder: Path, files: Path, rows: int) -> None:
    with prepared(folder) as environment:
        began = time.perf_counter()
        for delivery in sorted(path for path in files.iterdir() if path.name != "reference"):
            day, _, sender = delivery.name.partition("_")
            manage(environment, "load", str(delivery), "--received", day, "--sender", sender.replace(".", ":", 1))
        seconds = time.perf_counter() - began
        with psycopg.connect(cluster.admin_url(folder / "pg")) as database:
            counts = [
                database.execute(f"select count(*) from {table}").fetchone()
                for table in ("intake_statement", "intake_apart", "casework_event", "casework_instance")
            ]
        statements, apart, events, duties = (count[0] if count else 0 for count in counts)
        print(
            f"  loaded with duties current in {seconds:.0f} s, {rows / seconds:,.0f} rows a second: {statements:,}"
            f" statements, {apart:,} kept apart, {events:,} events, {duties:,} duties"
        )
