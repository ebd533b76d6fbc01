"""How long a million looks take to seal, and to verify."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench import database

ROWS = 1_000_000
_FILL = """
insert into audit_look (at, user_id, role, purpose, path_kind, child_ids, refused, asked_hash)
select timestamptz '2026-01-01' + n * interval '1 second', n %% 500, 'social_worker',
       'Direct work with a child I am responsible for', 'child page', array[n %% 50000], false, ''
  from generate_series(1, %s) n
"""
_SEAL = """
import django; django.setup()
from throughline.web.casework.sealing_up import seal_up
print(seal_up())
"""


def audit(folder: Path) -> None:
    """Fill the record, seal it, read it all again."""
    with database.prepared(folder) as environment:
        with psycopg.connect(environment["THROUGHLINE_OWNER_URL"]) as owner:
            owner.execute(_FILL, [ROWS])
        begun = time.perf_counter()
        command = [sys.executable, "-c", _SEAL]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        sealed = int(done.stdout)
        print(f"  sealing {sealed:,} rows: {time.perf_counter() - begun:.1f} s")
        begun = time.perf_counter()
        database.manage(environment, "audit_verify")
        print(f"  verifying {sealed:,} rows: {time.perf_counter() - begun:.1f} s")
