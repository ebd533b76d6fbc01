"""``terms``: which agencies have signed the partnership's terms, until when; record a signature."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from throughline import words
from throughline.web import clock
from throughline.web.accounts import agencies
from throughline.web.casework import people

_PURPOSE = "Keeping the terms agencies have signed"


class Command(BaseCommand):
    """List what agencies have signed, or record a signature: nobody comes in before their agency's."""

    help = "Lists which agencies have signed the terms; --sign records a signature."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign", metavar="AGENCY", help="an agency id: la:301")
        parser.add_argument("--text", help="which text was signed, as the partnership calls it")
        parser.add_argument("--by", help="name and post of who signed for the agency")
        parser.add_argument("--on", type=date.fromisoformat, help="the day it was signed: 2026-04-01")
        parser.add_argument("--until", type=date.fromisoformat, help="the last day on which its people may sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign"]:
            self._sign(options)
        else:
            for agency in agencies.every(clock.today()):
                signed = f"until {agency.terms.until}" if agency.terms else "not signed"
                state = "" if agency.in_date else "  nobody of theirs can sign in"
                self.stdout.write(f"{agency.id:<32} {agency.title:<40} {agency.people:>5} people  {signed}{state}")

    def _sign(self, options: dict[str, Any]) -> None:
        if missing := [f"--{name}" for name in ("text", "by", "on", "until") if not options[name]]:
            raise CommandError(f"Say also {', '.join(missing)}.")
        if options["until"] < options["on"]:
            raise CommandError("The last day is not before the day it was signed.")
        try:
            people.sign_terms_by_command(
                agency=options["sign"], version=options["text"], signed_by=options["by"], signed_on=options["on"],
                until=options["until"], purpose=_PURPOSE,
            )  # fmt: skip
        except words.UnknownWord as unknown:
            raise CommandError(str(unknown)) from unknown
        self.stdout.write(f"{words.agency_title(options['sign'])} has signed, until {options['until']}.")
