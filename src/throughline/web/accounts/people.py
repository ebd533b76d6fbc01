"""People as the sign-in page needs them."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet

from throughline import words
from throughline.web.accounts.models import CalendarKey, User


class Person(NamedTuple):
    """Someone of the demonstration."""

    sign_in: str
    name: str
    agency: str
    """Title of the agency."""


class Seat(NamedTuple):
    """A role, what someone in it does, and who of the demonstration holds it."""

    role: str
    sentence: str
    people: tuple[Person, ...]


def demonstration() -> tuple[Seat, ...]:
    """Everyone invented with the demonstration who may sign in, by role in the order of `words`."""
    holders: dict[str, list[Person]] = {}
    for user in _with_the_password().order_by("name"):
        holders.setdefault(user.role, []).append(Person(user.sign_in, user.name, words.agency_title(user.agency)))
    return tuple(
        Seat(role.title, role.sentence, tuple(holders[role.id]))
        for role in words.roles().values()
        if role.id in holders
    )


def _with_the_password() -> QuerySet[User]:
    """Whoever was let in by an administrator of the demonstration sets a password of their own."""
    return User.objects.filter(demonstration=True, is_active=True).exclude(
        password__startswith=UNUSABLE_PASSWORD_PREFIX
    )


def calendar_key(user: User) -> CalendarKey | None:
    """The open secret address of somebody's calendar; None: they have none."""
    return CalendarKey.objects.filter(user=user, ended_at__isnull=True).first()
