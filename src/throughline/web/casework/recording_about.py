"""Recording what happened to or was decided about a place, a plan or another subject that is no child."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from throughline import sharing, words
from throughline.feeds.subjects import Subject as Told
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import deciding, subjects, supply, typing_in
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import covered
from throughline.web.linkage.models import Subject


def record_about(*, kind: str, subject: UUID, fields: Mapping[str, object], by: Viewer, purpose: str) -> None:
    """Write down one event about a subject; its duties are worked out before this returns.

    `fields` are the answers of the kind's form. Raises 404 for a subject not shared with the writer's role,
    PermissionDenied for a kind that they would not see, `Refused` with a sentence for each field that will not do.
    """
    row = Subject.objects.filter(public_id=subject).first()
    known = words.kinds()[kind]
    if row is None or row.kind not in known.about:
        raise Http404
    if not may_record(by, row.kind, known):
        raise PermissionDenied("Your role does not see what would be recorded.")
    about = Told(row.kind, row.name)
    statement = typing_in.statement(known, fields, received_on=by.today, record=str(uuid4()), about=about)
    with transaction.atomic():
        with as_engine():
            number = typing_in.keep(statement, child=None, by=by.id)
            if supply.first_typed(known, ("",), by.today):
                deciding.wake(kind, by=by)
            subjects.recompute([row.pk], covered())
        changed(
            user_id=by.id,
            purpose=purpose,
            action="casework.record_about",
            subject_kind="statement",
            subject_id=number,
            content="\x1f".join(statement.values),
        )


def may_record(viewer: Viewer, subject_kind: str, kind: words.Kind) -> bool:
    """Whether the viewer would see what they write down: nobody records what they may not read."""
    item = sharing.Item(kind.level, kind.tags, kind.id)
    return sharing.decide_about(viewer.role, subject_kind, item).sight == sharing.FULL
