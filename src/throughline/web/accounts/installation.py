"""Whether this database is a demonstration. Invented people and real ones never share one."""

from __future__ import annotations

from django.db import transaction

from throughline.web import clock
from throughline.web.accounts.models import Installation, User


class NotHere(Exception):
    """Demonstration and real data would meet; the message says what to do."""


def become(kind: str) -> Installation:
    """Mark the database as `kind`; raises `NotHere` if it is the other, or holds people of the other."""
    with transaction.atomic():
        found = Installation.objects.select_for_update().first()
        if found is None:
            found = Installation.objects.create(kind=kind, made_at=clock.now())
        check(found)
        if found.kind != kind:
            raise NotHere(
                f"This database is a {found.kind} installation. Give a {kind} one a database of its own "
                "(DATABASE_URL, THROUGHLINE_OWNER_URL) and a folder of its own (THROUGHLINE_DATA)."
            )
        return found


def check(found: Installation | None = None) -> None:
    """Refuse to go on where demonstration accounts stand beside real data or real people."""
    found = found or Installation.objects.first()
    invented = User.objects.filter(demonstration=True, is_active=True).exists()
    if invented and (found is None or found.kind == Installation.Kind.REAL):
        raise NotHere(
            "There are demonstration accounts beside real data. Remove them before anyone signs in: "
            "manage.py sign_ins --remove-demonstration"
        )
    demonstrating = found is not None and found.kind == Installation.Kind.DEMONSTRATION
    if demonstrating and User.objects.filter(demonstration=False).exists():
        raise NotHere("There are real people's accounts in a demonstration. Start again with another database.")
