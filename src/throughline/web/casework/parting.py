"""*These are not the same*: whoever may open a child's page may part tellings that were taken as one thing.

Taking them as one is the machine's judgement; a person's stands over it until somebody takes it back.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Parting
from throughline.web.casework.recomputing import recompute
from throughline.web.casework.selectors import child_for
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage.models import Child


def part(*, child: UUID, key: str, why: str, by: Viewer, purpose: str) -> tuple[int, ...]:
    """Let one telling stand alone: part it from every other telling of its happening that `by` sees.

    The child's line and duties are right before this returns the partings' numbers. Raises `Refused` without
    a reason or when it stands alone already, 404 for a telling not seen.
    """
    row = child_for(by, child)  # before the transaction: a refusal is kept, whatever becomes of the rest
    if not why.strip():
        raise Refused({"why": "Say what makes you think they are not the same."})
    with transaction.atomic():
        others = list(_told_with(row, key).values_list("key", flat=True))
        if not others:
            raise Refused({"why": "It stands alone already: nobody else's telling is taken as the same thing."})
        with as_engine():
            Child.objects.select_for_update().get(pk=row.pk)
            made = [_part(row, key, other, why.strip(), by) for other in others]
            recompute([row.pk])
        for parting in made:
            _audit("casework.part", parting, row, by, purpose)
    return tuple(parting.pk for parting in made)


def join_again(*, child: UUID, parting: int, by: Viewer, purpose: str) -> None:
    """Take a parting back: the two tellings are what they would be had nobody parted them.

    The child's line and duties are right before this returns. 404 for a parting that is not seen or does not
    stand.
    """
    row = child_for(by, child)
    with transaction.atomic():
        seen = Parting.objects.filter(pk=parting, reversed_at__isnull=True).first()
        if seen is None or not Event.objects.filter(child=row, key=seen.key_a).exists():
            raise Http404
        with as_engine():
            Child.objects.select_for_update().get(pk=row.pk)
            standing = Parting.objects.filter(pk=parting, reversed_at__isnull=True)
            standing.update(reversed_at=clock.now(), reversed_by_id=by.id)
            recompute([row.pk])
        _audit("casework.join_again", seen, row, by, purpose)


def _told_with(row: Child, key: str) -> QuerySet[Event]:
    """The other tellings of a telling's happening, as far as the viewer sees them."""
    seen = Event.objects.filter(child=row, key=key).first()
    if seen is None:
        raise Http404
    return Event.objects.filter(child=row, happening=seen.happening).exclude(key=key).order_by("happening", "telling")


def _part(row: Child, key: str, other: str, why: str, by: Viewer) -> Parting:
    made, _ = Parting.objects.get_or_create(
        child=row,
        key_a=min(key, other),
        key_b=max(key, other),
        reversed_at=None,
        defaults={"by_id": by.id, "why": why, "at": clock.now()},
    )
    return made


def _audit(action: str, parting: Parting, row: Child, by: Viewer, purpose: str) -> None:
    changed(
        user_id=by.id,
        purpose=purpose,
        action=action,
        subject_kind="parting",
        subject_id=parting.pk,
        children=[row.pk],
    )
