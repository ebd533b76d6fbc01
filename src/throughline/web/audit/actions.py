"""Writing down who looked and who changed what. Never content: ids, and keyed hashes where likeness matters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac

from throughline.web import clock


def looked(
    *,
    user_id: int,
    role: str,
    purpose: str,
    path_kind: str,
    children: Iterable[int] = (),
    refused: bool = False,
    asked: str = "",
) -> None:
    """Record one answer about to be given; it commits with the request, before the answer is sent."""
    _add(
        "audit_look",
        at=clock.now(),
        user_id=user_id,
        role=role,
        purpose=purpose,
        path_kind=path_kind,
        child_ids=sorted(set(children)),
        refused=refused,
        asked_hash=keyed_hash(asked) if asked else "",
    )


def changed(
    *,
    user_id: int | None,
    purpose: str,
    action: str,
    subject_kind: str,
    subject_id: object,
    children: Iterable[int] = (),
    content: str = "",
) -> None:
    """Record one write, in the transaction of the write."""
    _add(
        "audit_change",
        at=clock.now(),
        user_id=user_id,
        purpose=purpose,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        child_ids=sorted(set(children)),
        content_hash=keyed_hash(content) if content else "",
    )


def _add(table: str, **values: Any) -> None:
    """Add one row. Not through the ORM, which reads back the row's number: who may add may not always read."""
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {table} ({names}) values ({places})", list(values.values()))


def keyed_hash(text: str) -> str:
    """The same text gives the same hash here, and says nothing to anyone without this installation's key."""
    return salted_hmac("throughline.audit", text, algorithm="sha256").hexdigest()
