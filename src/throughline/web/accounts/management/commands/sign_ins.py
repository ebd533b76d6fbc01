"""``sign_ins``: who may sign in; let somebody in, shut somebody out."""

from __future__ import annotations

import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from throughline.web.accounts import actions, installation
from throughline.web.accounts.models import User

_PURPOSE = "Keeping the list of who may sign in"


class Command(BaseCommand):
    """List sign-ins, or change one."""

    help = "Lists who may sign in; --add lets somebody in, --end shuts somebody out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--add", metavar="E-MAIL", help="let somebody in; asks for a password")
        parser.add_argument("--name")
        parser.add_argument("--role", help="an id of words: social_worker, iro, missing_hub, analyst ...")
        parser.add_argument("--agency", help="an agency id: la:301")
        parser.add_argument("--title", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--area", default="", help="three-digit code of the authority whose children they serve")
        parser.add_argument("--end", metavar="E-MAIL", help="shut somebody out from now on")
        parser.add_argument("--remove-demonstration", action="store_true", help="shut out everyone invented")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["add"]:
            self._add(options)
        elif options["end"]:
            self._end(User.objects.filter(sign_in=options["end"].strip().lower()))
        elif options["remove_demonstration"]:
            self._end(User.objects.filter(demonstration=True))
        else:
            self._list()

    def _list(self) -> None:
        for user in User.objects.filter(is_active=True).order_by("role", "name"):
            self.stdout.write(f"{user.sign_in:<44} {user.name:<28} {user.role:<16} {user.agency}")
        if settings.DEMONSTRATION:
            self.stdout.write(f"Demonstration password of all of them: {settings.DEMONSTRATION_PASSWORD}")

    def _add(self, options: dict[str, Any]) -> None:
        missing = [f"--{name}" for name in ("name", "role", "agency") if not options[name]]
        if missing:
            raise CommandError(f"Say also {', '.join(missing)}.")
        password = getpass.getpass("Password (12 characters or more): ")
        try:
            validate_password(password)
            user = actions.let_in(
                sign_in=options["add"],
                password=password,
                purpose=_PURPOSE,
                **{name: options[name] for name in ("name", "role", "agency", "title", "phone", "area")},
            )
        except (ValidationError, actions.Refused, installation.NotHere) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.name} may sign in as {user.sign_in}.")

    def _end(self, users: Any) -> None:
        with transaction.atomic():
            for user in users:
                actions.shut_out(user=user, purpose=_PURPOSE)
                self.stdout.write(f"{user.name} may no longer sign in.")
