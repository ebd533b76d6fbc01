"""``audit_verify``: is the record of who looked as it was sealed?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from throughline.web.casework import sealing_up

MOST_SHOWN = 50


class Command(BaseCommand):
    """Read every sealed row again; exit 1 where one is changed, missing or slipped in."""

    help = "Verifies the sealed record of who looked and who changed what."

    def handle(self, *args: Any, **options: Any) -> None:
        found = sealing_up.verified()
        self.stdout.write(f"{found.rows:,} rows in {found.seals:,} seals read again.")
        tail = f"{found.unsealed:,} rows not sealed yet"
        if found.oldest_unsealed is not None:
            tail += f", the oldest of {found.oldest_unsealed:%Y-%m-%d %H:%M:%S} UTC"
        self.stdout.write(f"{tail}.")
        if not found.broken:
            self.stdout.write("Everything sealed is as it was sealed.")
            self.stdout.write(f"Head (keep it elsewhere): {found.head or 'none yet'}")
            return
        for broken in found.broken[:MOST_SHOWN]:
            self.stdout.write(f"seal {broken.seal}: {broken.table} row {broken.row}: {broken.what}")
        if len(found.broken) > MOST_SHOWN:
            self.stdout.write(f"... and {len(found.broken) - MOST_SHOWN:,} more")
        self.stdout.write("The record was tampered with or damaged. Keep this output; tell the governance lead.")
        sys.exit(1)
