"""Run the benches and print each figure with its machine; ``python -m bench [name ...]``."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

from bench import attendance, audit, clock, county, engine, files, one, site, walls

BENCHES = {
    "cin": files.cin,
    "ssda903": files.ssda903,
    "attendance": attendance.attendance,
    "audit": audit.audit,
    "county": county.county,
    "site": site.pages,
    "walls": walls.walls,
    "clock": clock.clock,
    "one": one.one,
    "engine": engine.engine,
}


def machine() -> str:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.exit(f"No bench called {', '.join(unknown)}; there are: {', '.join(BENCHES)}.")
    print(f"Machine: {machine()}")
    for name in names or BENCHES:
        with tempfile.TemporaryDirectory(prefix="throughline-bench-") as folder:
            print(f"\n{name}")
            BENCHES[name](Path(folder))


main(sys.argv[1:])
