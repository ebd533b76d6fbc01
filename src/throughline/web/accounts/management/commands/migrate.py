"""``migrate`` as the tables' owner, and the walls after it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.utils import ProgrammingError

from throughline.web import walls
from throughline.web.roles import ENGINE, WEB

_MAKE_ROLES = f"""create role {WEB} login noinherit; create role {ENGINE} noinherit; grant {ENGINE} to {WEB}"""


class Command(migrate.Command):
    """Bring the database up to date, as its owner, then put the walls up."""

    help = "Updates the database as its owner (THROUGHLINE_OWNER_URL) and puts the walls up."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        _have_roles(connection)
        super().handle(*args, **options)
        if options["app_label"] is None and not options["plan"]:
            walls.put_up(connection)


def _have_roles(connection: Any) -> None:
    """Make the two roles the site runs under, or say what an administrator has to run."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_roles where rolname = any(%s)", [[WEB, ENGINE]])
        if cursor.fetchone()[0] == 2:
            return
        try:
            cursor.execute(_MAKE_ROLES)
        except ProgrammingError as error:
            raise CommandError(
                f"The database has no roles {WEB} and {ENGINE}, and this user may not make them. "
                f"Ask its administrator to run: {_MAKE_ROLES};"
            ) from error
