"""``sign_ins``: who may sign in; let somebody in, shut somebody out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from throughline.web.accounts import actions, installation, passwords, second_factor
from throughline.web.accounts.models import User

_PURPOSE = "Keeping the list of who may sign in"


class Command(BaseCommand):
    """List sign-ins, or change one."""

    help = "Lists who may sign in; --add lets somebody in, --link lets them set a password, --end shuts them out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--add", metavar="E-MAIL", help="let somebody in; gives a link to set a password")
        parser.add_argument("--name")
        parser.add_argument("--role", help="an id of words: social_worker, iro, missing_hub, analyst ...")
        parser.add_argument("--agency", help="an agency id: la:301")
        parser.add_argument("--title", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--area", default="", help="three-digit code of the authority whose children they serve")
        parser.add_argument("--link", metavar="E-MAIL", help="give a link by which somebody sets a password, once")
        parser.add_argument(
            "--forget-second-factor", metavar="E-MAIL", help="for whoever has lost their phone and their recovery codes"
        )
        parser.add_argument("--end", metavar="E-MAIL", help="shut somebody out from now on")
        parser.add_argument("--remove-demonstration", action="store_true", help="shut out everyone invented")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["add"]:
            self._add(options)
        elif options["link"]:
            self._link(_the(options["link"]))
        elif options["forget_second_factor"]:
            user = _the(options["forget_second_factor"])
            second_factor.forget(user=user, by=None, purpose=_PURPOSE)
            self.stdout.write(f"{user.name} has no second factor any more.")
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
        try:
            user = actions.let_in(
                sign_in=options["add"],
                purpose=_PURPOSE,
                **{name: options[name] for name in ("name", "role", "agency", "title", "phone", "area")},
            )
        except (actions.Refused, installation.NotHere) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.name} may sign in as {user.sign_in}.")
        self._link(user)

    def _link(self, user: User) -> None:
        secret = passwords.open_link(user=user, purpose=_PURPOSE)
        address = settings.SITE_ADDRESS.rstrip("/") + reverse("first_password_link", args=[secret])
        self.stdout.write(
            f"Give {user.name} this, and nobody else; it sets their password once, within a day:\n{address}"
        )

    def _end(self, users: Any) -> None:
        with transaction.atomic():
            for user in users:
                actions.shut_out(user=user, purpose=_PURPOSE)
                self.stdout.write(f"{user.name} may no longer sign in.")


def _the(sign_in: str) -> User:
    """Somebody who may sign in."""
    user = User.objects.filter(sign_in=sign_in.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody signs in as {sign_in}.")
    return user
