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

SIZES = (5_000, 50_000)
"""Children: two sizes, to see that it grows in a line."""
_LOADED_A_SECOND = 10_000
"""Rows, about, on two cores that nobody else uses: for a word beforehand on how long it takes."""
_AS_OF = "2026-03-31"
_COUNTED = ("intake_statement", "intake_apart", "casework_event", "casework_instance")


def county(folder: Path) -> None:
    """`check` of the whole county at once, then its deliveries into PostgreSQL one after another."""
    folder.chmod(0o711)  # the database's own user passes through
    for children in SIZES:
        own = folder / str(children)
        own.mkdir()
        _of(own, children)
        shutil.rmtree(own)


def _of(folder: Path, children: int) -> None:
    files = folder / "in"
    invent.write_county(files, children=children, seed=1)
    postcodes = files / invent.POSTCODES
    out = folder / "out"
    command = [str(Path(sys.executable).with_name("throughline")), "check", str(files), "--as-of", _AS_OF]
    seconds, peak = timed([*command, "--out", str(out), "--postcodes", str(postcodes)])
    rows = json.loads((out / "summary.json").read_text())["rows_in"]
    print(
        f"  {children:,} children, {rows:,} rows: check {seconds:.0f} s, {rows / seconds:,.0f} rows a second,"
        f" peak {peak:.0f} MB",
        flush=True,
    )
    shutil.rmtree(out)
    _load(folder, files, rows)


def _load(folder: Path, files: Path, rows: int) -> None:
    print(f"  loading, which may take {rows / _LOADED_A_SECOND / 60:.0f} minutes", flush=True)
    with prepared(folder) as environment:
        began = time.perf_counter()
        peak = manage(environment, "load", str(files), "--history")  # says on stderr how far it has come
        seconds = time.perf_counter() - began
        with psycopg.connect(cluster.admin_url(folder / "pg")) as database:
            counts = [database.execute(f"select count(*) from {table}").fetchone() for table in _COUNTED]
            states = dict(database.execute("select status, count(*) from intake_delivery group by 1").fetchall())
        statements, apart, events, duties = (count[0] if count else 0 for count in counts)
        print(
            f"  loaded with duties current in {seconds:.0f} s, {rows / seconds:,.0f} rows a second, peak {peak:.0f} MB"
            f" beside the database: {statements:,} statements, {apart:,} kept apart, {events:,} events,"
            f" {duties:,} duties; deliveries {states}",
            flush=True,
        )
