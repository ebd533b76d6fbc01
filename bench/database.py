"""A PostgreSQL of a bench's own, and the site's commands on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.files import timed
from throughline.web import cluster


@contextmanager
def prepared(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a site with an empty database in `folder`, gone afterwards."""
    folder.chmod(0o711)
    with cluster.running(folder / "pg", outside=folder) as urls:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "throughline.web.settings",
            "DATABASE_URL": urls.web,
            "THROUGHLINE_OWNER_URL": urls.owner,
            "THROUGHLINE_DATA": str(folder / "data"),
            "THROUGHLINE_SECRET_KEY": "only-for-the-bench-" + "x" * 40,
        }
        manage(environment, "migrate")
        yield environment


def manage(environment: dict[str, str], *arguments: str) -> float:
    """One of the site's own commands, which must succeed; the most memory it held, in MB."""
    command = [sys.executable, "-m", "throughline.web.manage", *arguments]
    return timed(command, environment)[1]
