"""What was sent to whoever is looking: their own messages, and where each leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import glass
from throughline.web.casework.models import Message

LIMIT = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """One message."""

    id: int
    subject: str
    text: str
    at: datetime
    mailed: bool
    read: bool


def to(viewer: Viewer) -> tuple[Sent, ...]:
    """The newest messages sent to this person."""
    found = Message.objects.filter(user_id=viewer.id).order_by("-at", "-pk")[:LIMIT]
    return tuple(Sent(m.pk, m.subject, m.text, m.at, m.mailed_at is not None, m.read_at is not None) for m in found)


def unread(viewer: Viewer) -> int:
    """How many of them nobody has followed yet, the digests apart."""
    return Message.objects.filter(user_id=viewer.id, read_at__isnull=True, child__isnull=False).count()


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a message leads: to a child's page, or to a record opened in an emergency; neither: to My work."""

    child: UUID | None = None
    opened: UUID | None = None


@transaction.atomic
def followed(*, message: int, by: Viewer) -> Leads:
    """Somebody follows a message of theirs: where it leads. 404 for another's."""
    row = Message.objects.filter(pk=message, user_id=by.id).first()
    if row is None:
        raise Http404
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
    if row.sort in (glass.OPENED, glass.CHECKED):
        return Leads(opened=UUID(row.about))
    return Leads(child=row.child.public_id if row.child_id and row.child else None)
