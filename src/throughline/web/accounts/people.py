"""People as the sign-in page needs them."""

from __future__ import annotations

from typing import NamedTuple

from throughline import words
from throughline.web.accounts.models import User


class Person(NamedTuple):
    """Someone of the demonstration: who they are and what they do here."""

    sign_in: str
    name: str
    role: str
    """Title of the role."""
    agency: str
    """Title of the agency."""
    sentence: str
    """What someone in this role does, in one sentence."""


def demonstration() -> tuple[Person, ...]:
    """Everyone invented with the demonstration who may sign in, role by role in the order of `words`."""
    order = list(words.roles())
    users = User.objects.filter(demonstration=True, is_active=True)
    known = (user for user in users if user.role in order)
    return tuple(_person(user) for user in sorted(known, key=lambda user: (order.index(user.role), user.name)))


def _person(user: User) -> Person:
    role = words.roles()[user.role]
    return Person(user.sign_in, user.name, role.title, words.agency_title(user.agency), role.sentence)
