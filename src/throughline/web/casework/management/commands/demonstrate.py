"""``demonstrate``: the invented partnership, loaded; sign-ins printed."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from throughline.web.accounts import installation
from throughline.web.casework import demonstration


class Command(BaseCommand):
    """Invent and load a partnership into an empty database; a second run changes nothing."""

    help = "Fills an empty database with an invented partnership. Keeps what is there if it was done before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--children", type=int, help="How many to invent; else as demonstration.yaml says.")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            made = demonstration.build(options["children"], options["seed"], self._say)
        except installation.NotHere as error:
            raise CommandError(str(error)) from error
        if made:
            self.stdout.write(f"\nThe demonstration is ready ({time.monotonic() - began:.0f} s).")

    def _say(self, stage: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{stage}: {done:,} of {total:,}   ", ending="\n" if done == total else "")
