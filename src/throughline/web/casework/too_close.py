"""A child too close to somebody who works here: their own family, their household, a link otherwise.

Nothing of the child is then theirs to see, whatever their seat: `sharing` refuses through the relation `conflict`, the
database by a condition on every table that says whose a row is (`web/walls.py`). It is on record for the child's lead
and reviewer and for who answers for access at that person's agency, and for nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.models import Conflict, User
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.audit.actions import changed, looked
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage import selectors as linkage
from throughline.web.linkage.models import Child

PATH = "who is too close"
PURPOSE = "Keeping a child’s record from somebody too close to them"
_PARTNERSHIP = "partnership"
_MAY_NAME = {sharing.ALLOCATED, sharing.REVIEWER}
"""Relations to the child through which one names somebody else."""


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody who is kept from a child's record."""

    id: int
    name: str
    sort: str
    why: str
    said_by: str
    at: datetime
    has_seat: bool
    """They still have a seat around the child, which has to pass to somebody else."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A child, who is kept from their record, and whether this viewer may say so of somebody else."""

    who: Who
    people: tuple[Close, ...]
    names_others: bool


def of_child(viewer: Viewer, child: UUID) -> Kept:
    """What the page shows, with the look recorded; 404 for a child this viewer cannot find."""
    row = linkage.located(child, viewer.today)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=PATH, children=[row.pk])
    standing = Conflict.objects.filter(child_id=row.pk, ended_at__isnull=True).select_related("user", "by")
    seated = set(in_force(viewer.today).filter(child_id=row.pk).values_list("user_id", flat=True))
    people = tuple(
        Close(c.pk, c.user.name, c.get_sort_display(), c.why, c.by.name, c.at, c.user_id in seated)
        for c in standing.order_by("at", "pk")
    )
    return Kept(naming.who(row), people, _names_others(viewer, row))


def _names_others(viewer: Viewer, child: Child) -> bool:
    return viewer.policy.audits or _leads_or_reviews(viewer, child)


def _leads_or_reviews(viewer: Viewer, child: Child) -> bool:
    return not _MAY_NAME.isdisjoint(viewer.relations_to(child.pk)[child.pk])


def _may_name(viewer: Viewer, child: Child, person: User | None) -> bool:
    """Of anybody, whoever leads or reviews; of those they answer for, whoever answers for access; each of themselves.

    None: an address by which nobody signs in, which only those may learn who may name others.
    """
    if person is None or _leads_or_reviews(viewer, child):
        return _names_others(viewer, child)
    of_all = viewer.agency.partition(":")[0] == _PARTNERSHIP
    answers = viewer.policy.audits and (of_all or viewer.agency == person.agency)
    return answers or person.pk == viewer.id


@transaction.atomic
def declare(*, child: UUID, sign_in: str, sort: str, why: str, by: Viewer) -> bool:
    """Keep a child's record from somebody from now on; whether that is whoever says so.

    `sign_in` is one's own, or blank where one may name nobody else: everybody may say it of themselves. Raises 404
    for a child not to be found, PermissionDenied for who may not name others, `Refused` with a sentence for each
    answer that will not do.
    """
    row = linkage.located(child, by.today)
    asked = sign_in.strip().lower() or by.user.sign_in
    person = User.objects.filter(sign_in=asked, is_active=True).first()
    if not _may_name(by, row, person):
        raise PermissionDenied("You can say this of yourself. Of somebody else the child’s lead or reviewer says it.")
    wrong = {} if sort in Conflict.Sort.values else {"sort": "Choose how they are close"}
    if not sign_in.strip() and _names_others(by, row):  # a lead who forgets whom would shut themselves out
        wrong["sign_in"] = "Say who: the address they sign in with"
    elif person is None:
        wrong["sign_in"] = "Nobody signs in here by that address"
    elif Conflict.objects.filter(user=person, child_id=row.pk, ended_at__isnull=True).exists():
        wrong["sign_in"] = f"The record is kept from {person.name} already"
    if person is None or wrong:
        raise Refused(wrong)
    with as_engine():
        kept = Conflict.objects.create(
            user=person, child_id=row.pk, sort=sort, why=why.strip(), by_id=by.id, at=clock.now()
        )
    _on_record(by, "casework.keep_from", kept, f"{sort}\x1f{why}")
    return person.pk == by.id


@transaction.atomic
def end(*, number: int, why: str, by: Viewer) -> None:
    """It holds no more. Said by somebody else who may name others; 404 for one the walls do not show."""
    kept = Conflict.objects.filter(pk=number, ended_at__isnull=True).first()
    child = Child.objects.filter(pk=kept.child_id).first() if kept else None
    if kept is None or child is None:
        raise Http404
    if kept.user_id == by.id or not _names_others(by, child):
        raise PermissionDenied("The child’s lead or reviewer, or who answers for access, ends this.")
    if not why.strip():
        raise Refused({"why_ended": "Say why it holds no more"})
    kept.ended_at, kept.ended_by_id, kept.ended_why = clock.now(), by.id, why.strip()
    with as_engine():
        kept.save(update_fields=["ended_at", "ended_by", "ended_why"])
    _on_record(by, "casework.keep_no_more", kept, why)


def _on_record(by: Viewer, action: str, kept: Conflict, content: str) -> None:
    changed(
        user_id=by.id, purpose=PURPOSE, action=action, subject_kind="conflict", subject_id=kept.pk,
        children=[kept.child_id], content=content,
    )  # fmt: skip
