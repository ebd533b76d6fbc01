"""Reading back who looked: at one child, and what one person has looked at.

Rows are those the walls let through: one's own; those at children one leads for; and for whoever answers for looks,
those of the people they answer for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from throughline import words
from throughline.web.accounts.agencies import PARTNERSHIP
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.audit.models import Look
from throughline.web.casework import whose
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
from throughline.web.linkage.models import Child

LIMIT = 200
"""Most rows shown, newest first."""
NAMED = 3
"""Most children named in one row."""
SOMEBODY = "somebody who is no longer known here"


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look: who, in which seat, at what, why, when."""

    at: datetime
    name: str
    role: str
    """Title of the seat held at the time of the look."""
    agency: str
    what: str
    """What kind of page was shown."""
    purpose: str
    refused: bool
    children: int
    """How many children the page named."""
    whom: tuple[Who, ...] = ()
    """Some of them, for whoever answers for looks."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose looks can be read."""

    id: int
    name: str
    role: str
    """Title."""
    agency: str
    """Title."""
    here: bool
    """They may still sign in."""


def at_child(viewer: Viewer, child_id: UUID) -> tuple[Who, tuple[LookRow, ...]]:
    """The child, and the newest looks at them that this viewer may see; 404 as the child's page would."""
    child = _child(viewer, child_id)
    with connection.cursor() as cursor:
        cursor.execute("select app_looks_at(%s, %s)", [child.pk, LIMIT])
        numbers = [number for (number,) in cursor.fetchall()]
    return naming.who(child), _rows(Look.objects.filter(pk__in=numbers).order_by("-at", "-pk"))


def _child(viewer: Viewer, child_id: UUID) -> Child:
    """Whoever answers for looks is shown the locator; anybody else has to have a page of the child."""
    if not viewer.policy.audits:
        return whose.child(viewer, child_id, "who looked")
    child = Child.objects.select_related("joined_into").filter(public_id=child_id).first()
    if child is None:
        raise Http404
    child = child.joined_into or child
    look(viewer, "who looked", (child.pk,))
    return child


def by_viewer(viewer: Viewer) -> tuple[LookRow, ...]:
    """The viewer's own newest looks."""
    return _rows(Look.objects.filter(user_id=viewer.id).order_by("-at")[:LIMIT])


def people(viewer: Viewer, agency: str = "") -> tuple[tuple[tuple[str, str, int], ...], tuple[Person, ...]]:
    """Agencies whose looks this viewer answers for (id, title, how many people), and the people of one of them.

    Raises PermissionDenied for anyone who does not answer for looks.
    """
    answering(viewer)
    mine = User.objects.all() if _for_all(viewer) else User.objects.filter(agency=viewer.agency)
    counted: dict[str, int] = {}
    for id in mine.values_list("agency", flat=True):
        counted[id] = counted.get(id, 0) + 1
    listed = sorted(((id, words.agency_title(id), n) for id, n in counted.items()), key=lambda row: row[1])
    chosen = agency if agency in counted else "" if len(listed) > 1 else listed[0][0]
    return tuple(listed), tuple(person(user) for user in mine.filter(agency=chosen).order_by("name", "pk"))


def of_person(viewer: Viewer, number: int) -> tuple[Person, tuple[LookRow, ...]]:
    """Somebody, and what they have looked at, newest first, with the children named; 404 for anybody for whose looks
    this viewer does not answer. Raises PermissionDenied for anyone who answers for none."""
    answering(viewer)
    user = User.objects.filter(pk=number).first()
    if user is None or not (_for_all(viewer) or user.agency == viewer.agency):
        raise Http404
    looks = list(Look.objects.filter(user_id=user.pk).order_by("-at")[:LIMIT])
    return person(user), named(viewer, looks, "looks of a person", asked=user.sign_in)


def answering(viewer: Viewer) -> None:
    """Raise PermissionDenied for anyone who does not answer for looks."""
    if not viewer.policy.audits:
        raise PermissionDenied(
            "Whoever answers for how records are opened reads this: the information governance lead."
        )


def _for_all(viewer: Viewer) -> bool:
    return viewer.agency.partition(":")[0] == PARTNERSHIP


def person(user: User) -> Person:
    """Somebody, in words."""
    role = words.roles().get(user.role)
    return Person(
        user.pk, user.name, role.title if role else user.role, words.agency_title(user.agency), user.is_active
    )


def named(viewer: Viewer, looks: Sequence[Look], path_kind: str, asked: str = "") -> tuple[LookRow, ...]:
    """Rows in which some of the children are named, as the search would name them; that they were is recorded."""
    wanted = {child for look in looks for child in look.child_ids[:NAMED]}
    whom = {child.pk: naming.who(child) for child in Child.objects.filter(pk__in=wanted)}
    look(viewer, path_kind, whom, asked)
    return _rows(looks, whom)


def look(viewer: Viewer, path_kind: str, children: Iterable[int], asked: str = "") -> None:
    """Record that the record of looks itself was read."""
    looked(
        user_id=viewer.id,
        role=viewer.role,
        purpose=viewer.purpose,
        path_kind=path_kind,
        children=children,
        asked=asked,
    )


def _rows(looks: Iterable[Look], whom: dict[int, Who] | None = None) -> tuple[LookRow, ...]:
    looks, whom = list(looks), whom or {}
    people = {user.pk: user for user in User.objects.filter(pk__in={look.user_id for look in looks})}
    return tuple(_row(look, people.get(look.user_id), whom) for look in looks)


def _row(look: Look, user: User | None, whom: dict[int, Who]) -> LookRow:
    role = words.roles().get(look.role)
    return LookRow(
        at=look.at,
        name=user.name if user else SOMEBODY,
        role=role.title if role else look.role,
        agency=words.agency_title(user.agency) if user else "",
        what=look.path_kind[:1].upper() + look.path_kind[1:],
        purpose=look.purpose,
        refused=look.refused,
        children=len(look.child_ids),
        whom=tuple(whom[child] for child in look.child_ids[:NAMED] if child in whom),
    )
