"""Letting people in. Nobody signs in before somebody has written down who they are and in which seat."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from throughline import words
from throughline.web import clock
from throughline.web.accounts import agencies, installation, sessions
from throughline.web.accounts.models import CalendarKey, Installation, Relation, User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed


class Refused(Exception):
    """This account cannot be made; the message says why."""


@transaction.atomic
def let_in(
    *,
    sign_in: str,
    name: str,
    role: str,
    agency: str,
    password: str | None = None,
    title: str = "",
    phone: str = "",
    area: str = "",
    purpose: str,
) -> User:
    """Make a real person's account; without a password they come in once a link has set one (`passwords.open_link`).

    Marks the installation as real; raises `Refused` or `installation.NotHere`.
    """
    if role not in words.roles():
        raise Refused(f"{role!r} is no role. There are: {', '.join(words.roles())}.")
    if not agencies.by_command(role) and role not in agencies.seats(agency):
        raise Refused(f"{words.agency_title(agency)} gives no such seat: see accounts/seats.yaml.")
    installation.become(Installation.Kind.REAL)
    return _make(
        User(
            sign_in=sign_in.strip().lower(), name=name, role=role, agency=agency, title=title, phone=phone, area=area,
            password=make_password(password),
        ),
        purpose,
    )  # fmt: skip


@transaction.atomic
def let_in_for_demonstration(*, people: Iterable[User], password: str, purpose: str) -> list[User]:
    """Make invented people's accounts, all with one password (they have nothing to hide)."""
    installation.become(Installation.Kind.DEMONSTRATION)
    hashed = make_password(password)
    made = []
    for user in people:
        user.password, user.demonstration = hashed, True
        made.append(_make(user, purpose))
    return made


def _make(user: User, purpose: str) -> User:
    user.save()
    changed(user_id=None, purpose=purpose, action="accounts.let_in", subject_kind="user", subject_id=user.pk)
    return user


@transaction.atomic
def shut_out(*, user: User, purpose: str) -> None:
    """End somebody's access today: the account stands, with everything it did, and opens nothing. The children they
    worked with are nobody's from now on."""
    user.is_active, user.left_on = False, clock.today()
    user.save(update_fields=["is_active", "left_on"])
    with connection.cursor() as cursor:
        cursor.execute("select app_let_go(%s, %s)", [user.pk, user.left_on])
    sessions.end_all(user=user, purpose=purpose)
    changed(user_id=None, purpose=purpose, action="accounts.shut_out", subject_kind="user", subject_id=user.pk)


def relate(*, user: User, child: int, kind: str, start: date, source: str, until: date | None = None) -> Relation:
    """Give somebody a seat around a child, to a last day or for as long as nobody ends it. Runs as the engine: nobody
    gives themselves one."""
    relation, _ = Relation.objects.get_or_create(
        user=user, child_id=child, kind=kind, end=until, defaults={"start": start, "source": source}
    )
    return relation


def unrelate(held: QuerySet[Relation], today: date) -> None:
    """End seats around children before today, so that they open nothing from now on. One given only today goes whole,
    since its last day would still be today. Runs as the engine."""
    held.filter(start__gte=today).delete()
    held.update(end=Greatest(F("start"), today - timedelta(1)))


def calendar_hash(secret: str) -> str:
    """What is kept of the secret of a calendar's address."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def open_calendar(*, by: Viewer, purpose: str) -> str:
    """Give somebody a secret address of their calendar, shown once; one they had before ends. The secret."""
    close_calendar(by=by, purpose=purpose)
    secret = secrets.token_urlsafe(32)
    key = CalendarKey.objects.create(user=by.user, token_hash=calendar_hash(secret), made_at=clock.now())
    changed(
        user_id=by.id, purpose=purpose, action="accounts.open_calendar", subject_kind="calendar_key", subject_id=key.pk
    )
    return secret


@transaction.atomic
def close_calendar(*, by: Viewer, purpose: str) -> None:
    """End the secret address of somebody's calendar: from now on it opens nothing."""
    for key in CalendarKey.objects.filter(user=by.user, ended_at__isnull=True):
        key.ended_at = clock.now()
        key.save(update_fields=["ended_at"])
        changed(
            user_id=by.id, purpose=purpose, action="accounts.close_calendar", subject_kind="calendar_key",
            subject_id=key.pk,
        )  # fmt: skip


def calendar_read(*, secret: str) -> User | None:
    """Whose calendar this secret opens, and that a program asked for it now; None: nobody's."""
    key = (
        CalendarKey.objects.select_related("user")
        .filter(token_hash=calendar_hash(secret), ended_at__isnull=True, user__is_active=True)
        .first()
    )
    if key is None:
        return None
    key.read_at = clock.now()
    key.save(update_fields=["read_at"])
    return key.user
