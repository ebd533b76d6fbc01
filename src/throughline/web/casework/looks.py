"""Reading back who looked (rows the walls let through: one's own, and those at children one leads for)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from throughline import words
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.models import Look
from throughline.web.casework import whose
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who

LIMIT = 200
"""Most rows shown, newest first."""


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


def at_child(viewer: Viewer, child_id: UUID) -> tuple[Who, tuple[LookRow, ...]]:
    """The child, and the newest looks at them that this viewer may see; 404 as the child's page would."""
    child = whose.child(viewer, child_id, "who looked")
    seen = Look.objects.filter(child_ids__contains=[child.pk]).order_by("-at")
    return naming.who(child), _rows(seen[:LIMIT])


def by_viewer(viewer: Viewer) -> tuple[LookRow, ...]:
    """The viewer's own newest looks."""
    return _rows(Look.objects.filter(user_id=viewer.id).order_by("-at")[:LIMIT])


def _rows(looks: Iterable[Look]) -> tuple[LookRow, ...]:
    looks = list(looks)
    people = {user.pk: user for user in User.objects.filter(pk__in={look.user_id for look in looks})}
    return tuple(_row(look, people.get(look.user_id)) for look in looks)


def _row(look: Look, user: User | None) -> LookRow:
    role = words.roles().get(look.role)
    return LookRow(
        at=look.at,
        name=user.name if user else "somebody who has left",
        role=role.title if role else look.role,
        agency=words.agency_title(user.agency) if user else "",
        what=look.path_kind[:1].upper() + look.path_kind[1:],
        purpose=look.purpose,
        refused=look.refused,
        children=len(look.child_ids),
    )
