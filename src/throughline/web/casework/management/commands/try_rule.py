"""``try_rule``: what a rule would raise on the children of this database, before it is on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from throughline.duties import RuleFault, read
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import filling
from throughline.web.casework.reading import trials


class Command(BaseCommand):
    """Try one rule document on every child of the partnership; numbers only, small ones held back."""

    help = "Says how many a rule would raise, for whom and since when. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--by", default="", help="sign-in of whoever tries it")
        parser.add_argument("--as-of", type=date.fromisoformat, dest="as_of", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        user = User.objects.filter(sign_in=options["by"], is_active=True).first()
        if user is None:
            raise CommandError("Say who tries it: --by and the sign-in of the partnership's business manager.")
        try:
            rule = read(path.read_text(encoding="utf-8"), path.name)
            with viewing(user) as viewer:
                found = filling.try_now(rule, options["as_of"], by=viewer)
        except RuleFault as fault:
            raise CommandError("\n".join(fault.faults)) from fault
        except PermissionDenied as refused:
            raise CommandError(str(refused)) from refused
        shown = trials.shown(found.as_json())
        for sentence in shown.sentences:
            self.stdout.write(sentence)
        for area, counts in shown.rows:
            said = ", ".join(f"{n} {title}" for title, n in zip(shown.columns, counts, strict=True))
            self.stdout.write(f"  {area}: {said}")
