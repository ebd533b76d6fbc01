"""One event recorded with a county stored: what keeping that child's duties current adds to writing it down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg

from bench.database import manage, prepared
from bench.site import fill
from throughline.web import cluster


def one(folder: Path) -> None:
    """The demonstration copied to a county's size, then entries by its social workers, one after another."""
    with prepared(folder) as environment:
        manage(environment, "demonstrate")
        with psycopg.connect(cluster.admin_url(folder / "pg"), autocommit=True) as database:
            print(f"  {fill(database)} stored", flush=True)
        subprocess.run([sys.executable, "-m", "bench.recording"], env=environment, check=True)
