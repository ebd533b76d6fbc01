"""``tidy``: let go of what was kept its time, as of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from throughline.web import clock
from throughline.web.casework import tidying


class Command(BaseCommand):
    """Let go of rows kept apart whose time is over; the worker does it every night."""

    help = "Lets go of rows about children without a page, twelve months after they were received."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="as of this day; today if not said")

    def handle(self, *args: Any, **options: Any) -> None:
        gone = tidying.tidy(day=options["day"] or clock.today())
        self.stdout.write(
            f"Let go: {gone.apart:,} rows kept apart, {gone.closed:,} of children whose page has closed, "
            f"{gone.files:,} files."
        )
