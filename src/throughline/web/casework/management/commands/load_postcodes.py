"""``load_postcodes``: a new edition of the postcode directory into the site, in place of the one in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from throughline.feeds.postcodes import NoDirectory
from throughline.web.casework.reference import load_postcodes


class Command(BaseCommand):
    """Load an ONS Postcode Directory and say what came of it."""

    help = "Loads an ONS Postcode Directory (CSV, or packed with gzip or zip) in place of the edition in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--edition", default="", help="what the edition is called; the file's name if not said")
        parser.add_argument("--by", required=True, help="who loads it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            edition = load_postcodes(options["path"], name=options["edition"], by=options["by"])
        except (NoDirectory, OSError) as none:
            raise CommandError(str(none)) from none
        passed = f" {edition.passed_over:,} rows hold no postcode and were passed over." if edition.passed_over else ""
        self.stdout.write(f"{edition.name}: {edition.postcodes:,} postcodes are in use.{passed}")
