"""What a second signature sets off: content leaves the tables, the files and the sessions, and what rested on it is
worked out again. All of it in the transaction of the signature; bytes go when that has committed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import psycopg
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import subjects
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.keeping_models import Destruction
from throughline.web.casework.loading import ONE_LOAD
from throughline.web.casework.recomputing import covered, recompute
from throughline.web.casework.typing_in import Refused
from throughline.web.intake import files
from throughline.web.intake.models import Delivery, StoredFile
from throughline.web.linkage import describing
from throughline.web.linkage.models import Child

_HELD = (
    "It may not go: some of it is held, or somebody who asked to see it has no answer yet, or one of the two who sign"
    " is too close to the person."
)
_BUSY = "A delivery is being loaded, and may hold more of this. Sign again when it has been."


def destroy(signed: Destruction, *, by: Viewer, purpose: str) -> None:
    """Destroy what two keepers have signed for.

    Raises `Refused` where it is held, somebody waits to see it, or a delivery waits or is being loaded.
    """
    with as_engine():
        called = _called(signed)
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [ONE_LOAD])
            (alone,) = cursor.fetchone()
            if not alone or Delivery.objects.filter(status=Delivery.Status.WAITING).exists():
                raise Refused({"sign": _BUSY})
            gone, touched, about = _deleted(cursor, signed)
        describing.describe(touched)
        recompute(touched)
        subjects.recompute(about, covered())
    _forget_typed(called)
    changed(
        user_id=by.id, purpose=purpose, action="casework.destroy", subject_kind="destruction", subject_id=signed.pk,
        children=signed.child_ids,
    )  # fmt: skip
    # Should that fail, the night's sweep removes them: what is gone from the tables stays gone.
    transaction.on_commit(lambda: files.forget(gone), robust=True)


def _deleted(cursor: CursorWrapper, signed: Destruction) -> tuple[list[str], list[int], list[int]]:
    """Hashes of the files it stood in, children and subjects for whom something that stood has gone."""
    try:
        with transaction.atomic():
            cursor.execute("select files, touched, subjects from app_destroy(%s, %s)", [signed.pk, clock.now()])
            files, touched, about = cursor.fetchone()
    except ProgrammingError as error:
        if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            raise Refused({"sign": _HELD}) from error
        raise
    return files, touched, about


def sweep(before: datetime) -> None:
    """Remove bytes that were let go and came again, and what a killed upload or reader left before this moment."""
    let_go = StoredFile.objects.filter(removed_on__isnull=False).exclude(
        pk__in=Delivery.objects.filter(status=Delivery.Status.WAITING).values("files__stored_id")
    )
    files.sweep(let_go.values_list("pk", flat=True), before)


def _called(signed: Destruction) -> set[str]:
    """What somebody may have typed of those whose whole record goes: their names, and the address of their page."""
    if signed.statement_ids:
        return set()
    known = Child.objects.filter(pk__in=signed.child_ids).values_list("forename", "surname", "used_name", "public_id")
    return {str(word).lower() for words in known for word in words if len(str(word)) > 2}


def _forget_typed(called: Iterable[str]) -> None:
    """Sessions keep the last search and what was just recorded, for as long as somebody is signed in."""
    words = tuple(called)
    for kept in Session.objects.all() if words else ():
        data = kept.get_decoded()
        left = {k: v for k, v in data.items() if k.startswith("_") or not any(w in str(v).lower() for w in words)}
        if left != data:
            kept.session_data = SessionStore().encode(left)
            kept.save(update_fields=["session_data"])
