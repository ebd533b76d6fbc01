"""``check_settings``: what the environment says, and what is wrong with it."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.utils import OperationalError

from throughline.web import environment

OLDEST = 150_000


class Command(BaseCommand):
    """List every setting, its value (secrets hidden) and its meaning; fail where one cannot work."""

    help = "Lists the settings the site reads from the environment, and checks them."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for variable in environment.VARIABLES:
            given = os.environ.get(variable.name)
            shown = "(not set)" if given is None else "(set)" if variable.secret else given
            default = f" [default {variable.default}]" if given is None and variable.default else ""
            self.stdout.write(f"{variable.name} {shown}{default}: {variable.meaning}")
        if problems := list(_problems()):
            raise CommandError("\n".join(problems))
        self.stdout.write("Nothing wrong was found.")


def _problems():
    if len(settings.SECRET_KEY) < 50:
        yield "THROUGHLINE_SECRET_KEY is shorter than 50 characters."
    if not os.access(settings.DATA_FOLDER, os.W_OK):
        yield f"THROUGHLINE_DATA: {settings.DATA_FOLDER} cannot be written to."
    if settings.DEBUG and settings.HTTPS:
        yield "THROUGHLINE_DEBUG is on where the site is served over HTTPS: never beside real data."
    try:
        with connection.cursor() as cursor:
            version = connection.connection.info.server_version
            if version < OLDEST:
                yield f"The database is version {version // 10_000}; PostgreSQL 15 or later is needed."
            cursor.execute("select current_user, pg_has_role(session_user, %s, 'member')", [settings.ENGINE_ROLE])
            who, may = cursor.fetchone()
            if who != settings.WEB_ROLE or not may:
                yield f"DATABASE_URL signs in as a user who may not become {settings.WEB_ROLE}: run migrate."
    except OperationalError as error:
        yield f"DATABASE_URL: the database does not answer ({str(error).splitlines()[0]})."
