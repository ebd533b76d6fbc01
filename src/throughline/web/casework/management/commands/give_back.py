"""``give_back``: what an authority sent, out of the database in the shape it came in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from throughline.feeds.giving import shapes
from throughline.web.accounts.models import User
from throughline.web.casework import giving_back


class Command(BaseCommand):
    """Write one authority's extracts again, for somebody who may take them, and keep who did."""

    help = "Writes what an authority sent in the shape it came in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shape", choices=[*shapes()], required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--by", default="", help="sign-in of whoever takes the files")
        parser.add_argument("--purpose", default="", help="what for; kept with who took them")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        user = User.objects.filter(sign_in=options["by"], is_active=True).first()
        if user is None:
            raise CommandError("Say who takes the files: --by and the sign-in of an analyst or of the data desk.")
        if not options["purpose"].strip():
            raise CommandError("Say what the files are for: --purpose. It is kept with who took them.")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(f"{out} is not empty. Choose a folder that is, so nothing is mixed up.")
        out.mkdir(parents=True, exist_ok=True)
        try:
            given, withheld = giving_back.give_back(
                by=user, purpose=options["purpose"].strip(), shape=options["shape"], out=out
            )
        except PermissionDenied as refused:
            raise CommandError(
                f"{user.sign_in} does not bring deliveries in for an authority, so takes none out. It was recorded."
            ) from refused
        rows = sum(one.rows for one in given)
        self.stdout.write(f"{rows:,} rows in {len(given)} files, in {out}. Their sums are in ABOUT.txt.")
        if withheld:
            self.stdout.write(
                f"{withheld:,} rows are not in them: they are above what this role sees. For all of them, write "
                "from the files as they were sent: throughline give-back FOLDER."
            )
