"""``load``: a file, a folder or a zip into the site, as one delivery, replayed on the day it was received."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from throughline.web import clock
from throughline.web.casework import history, loading
from throughline.web.intake import actions
from throughline.web.intake.models import Delivery


class Command(BaseCommand):
    """Load one delivery now, in this process, and say what became of its rows."""

    help = "Loads a file, folder or zip of extracts as one delivery."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument(
            "--received", type=date.fromisoformat, help="the day the partnership got it; today if not said"
        )
        parser.add_argument("--sender", default="", help="agency id (la:301), where the files do not say")
        parser.add_argument("--purpose", default="Loading extracts")
        parser.add_argument(
            "--history",
            action="store_true",
            help="the folder holds one folder for each delivery, called by its day and sender (2026-03-04_la.972)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is nothing at {path}.")
        if options["history"]:
            return self._history(path, options["purpose"], quiet=options["verbosity"] == 0)
        found = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        base = path if path.is_dir() else path.parent
        try:
            delivery = actions.receive(
                files=((file.relative_to(base).as_posix(), _chunks(file)) for file in found),
                sender=options["sender"],
                received_on=options["received"] or clock.today(),
                by=None,
                purpose=options["purpose"],
                enqueue=False,
            )
        except actions.Refused as refused:
            raise CommandError(str(refused)) from refused
        self._say(loading.load(delivery.pk))

    def _history(self, folder: Path, purpose: str, *, quiet: bool) -> None:
        def say(stage: str, done: int, total: int) -> None:
            if not quiet:
                self.stderr.write(f"{stage}: {done:,} of {total:,}")

        try:
            history.load(folder, purpose=purpose, say=say)
        except (history.NotDated, actions.Refused) as refused:
            raise CommandError(str(refused)) from refused
        for delivery in Delivery.objects.filter(purpose__startswith=f"{purpose}: ").order_by("pk"):
            self.stdout.write(f"{delivery.purpose}: {delivery.status} {delivery.message}".strip())

    def _say(self, delivery: Delivery) -> None:
        for read in delivery.reads.order_by("name"):
            said = (
                f"{read.rows:,} rows: {read.used:,} used, {read.used_with_faults:,} used with faults,"
                f" {read.refused:,} refused, {read.no_event:,} rightly without an event, {read.repeated:,} repeated"
            )
            self.stdout.write(f"{read.name}: {said if read.feed else read.note}")
        if delivery.status == Delivery.Status.FAILED:
            raise CommandError(delivery.message)
        self.stdout.write(delivery.message or f"Delivery {delivery.pk} is loaded.")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
