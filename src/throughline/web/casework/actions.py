"""Everything people write about a child. Keyword-only, ``by`` whom, in one transaction, audited inside.

A child's duties are right in the same transaction as the write that changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import psycopg
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.http import Http404

from throughline import words
from throughline.feeds.base import Person, Statement
from throughline.web import clock
from throughline.web.accounts import viewing
from throughline.web.accounts.models import Relation
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import typing_in
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Draft, Event, Instance, Notice
from throughline.web.casework.parting import join_again, part
from throughline.web.casework.questions import judge, judge_pair, question
from throughline.web.casework.recomputing import recompute
from throughline.web.casework.selectors import child_for
from throughline.web.casework.typing_in import Refused
from throughline.web.casework.withdrawing import withdraw
from throughline.web.linkage import linking
from throughline.web.linkage.models import Child, SourcePerson
from throughline.web.linkage.selectors import SEARCH_COUNTS_FOR, search_token_of

__all__ = [
    "Recorded",
    "Refused",
    "create_child",
    "discard_draft",
    "join_again",
    "judge",
    "judge_pair",
    "notice_read",
    "part",
    "question",
    "record",
    "save_draft",
    "withdraw",
]


PATIENCE = "15s"
"""How long an entry waits for a delivery that is being loaded about the same child."""
_BUSY = "A delivery about this child is being loaded. What you typed is kept: record it again in a minute."


@dataclass(frozen=True)
class Recorded:
    """What was written down."""

    event_key: str
    owed: tuple[int, ...]
    """Numbers of the duties it opened or answered, of those its writer may see."""


def record(*, kind: str, child: UUID, fields: Mapping[str, object], by: Viewer, purpose: str) -> Recorded:
    """Write down one event of any kind about a child; its duties are worked out before this returns.

    `fields` are the answers of the kind's form. Raises `Refused` with a sentence for each field that will
    not do.
    """
    row = child_for(by, child)  # before the transaction: a refusal is kept, whatever becomes of the rest
    statement = typing_in.statement(words.resolve(kind)[0], fields, received_on=by.today, record=str(uuid4()))
    try:
        with transaction.atomic():
            return _record(statement, row, by, purpose)
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise Refused({"happened_on": _BUSY}) from error
        raise


def _record(statement: Statement, row: Child, by: Viewer, purpose: str) -> Recorded:
    with as_engine():
        with connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{PATIENCE}'")
        person = SourcePerson.objects.filter(child=row).order_by("pk").first()
        if person is None:
            raise Http404
        number = typing_in.keep(statement._replace(person=person.key), child=row.pk, by=by.id)
        recompute([row.pk])
        keys = list(Event.objects.filter(child=row, statement_id=number).values_list("key", flat=True))
    changed(
        user_id=by.id,
        purpose=purpose,
        action="casework.record",
        subject_kind="statement",
        subject_id=number,
        children=[row.pk],
        content="\x1f".join(statement.values),
    )
    viewing.enter(by.user)  # a relation may have followed from it
    owed = Instance.objects.filter(Q(evidence__overlap=keys) | Q(met_key__in=keys), child=row)
    return Recorded(keys[0] if keys else "", tuple(owed.order_by("due_on", "pk").values_list("pk", flat=True)))


def save_draft(*, child: UUID, kind: str, fields: Mapping[str, str], by: Viewer) -> None:
    """Keep half-typed words as they are."""
    row = child_for(by, child)
    Draft.objects.update_or_create(
        user_id=by.id,
        child=row,
        kind=kind,
        defaults={"fields": dict(fields), "saved_at": clock.now()},
    )


@transaction.atomic
def discard_draft(*, child: UUID, kind: str, by: Viewer) -> None:
    """Let half-typed words go."""
    Draft.objects.filter(user_id=by.id, child__public_id=child, kind=kind).delete()


@transaction.atomic
def notice_read(*, notice_id: int, by: Viewer) -> None:
    """The reader has read that something they had seen is in question, or was judged."""
    Notice.objects.filter(pk=notice_id, user_id=by.id, read_at__isnull=True).update(read_at=clock.now())


@transaction.atomic
def create_child(
    *,
    forename: str,
    surname: str,
    dob: date | str | None,
    sex: str,
    token: str,
    why: str,
    by: Viewer,
    purpose: str,
    la_id: str = "",
    upn: str = "",
    postcode: str = "",
) -> UUID:
    """Open a line for a child nobody here holds. Only after a search, and only for a named reason.

    Raises `Refused` where no search was made in the last minutes. Where sources already know the child by
    what was typed, the line opened is theirs.
    """
    _searched(token, by)
    born = date.fromisoformat(dob) if isinstance(dob, str) and dob else dob or None
    key = f"{by.agency}|typed|{uuid4()}"
    person = Person(
        key, by.agency, la_id, by.agency if la_id and by.agency.startswith("la") else "", upn.upper(), "",
        forename, surname, born, sex, postcode.upper(),
    )  # fmt: skip
    with as_engine():
        linking.receive([person], keys=[key], delivery=None, received_on=by.today)
        child = SourcePerson.objects.get(key=key).child
        if not child.opened_why:
            child.typed, child.opened_why = True, why
            child.save(update_fields=["typed", "opened_why"])
        Relation.objects.get_or_create(
            user=by.user,
            child_id=child.pk,
            kind=_own_relation(by),
            defaults={"start": by.today, "source": f"opened the line: {why}"},
        )
        recompute([child.pk])
    changed(
        user_id=by.id,
        purpose=purpose,
        action="casework.create_child",
        subject_kind="child",
        subject_id=child.pk,
        children=[child.pk],
    )
    viewing.enter(by.user)
    return child.public_id


def _searched(token: str, by: Viewer) -> None:
    try:
        made_by = search_token_of(token)
    except signing.BadSignature as error:
        minutes = int(SEARCH_COUNTS_FOR.total_seconds() // 60)
        sentence = f"Search for the child first. A search counts for {minutes} minutes."
        raise Refused({"token": sentence}) from error
    if made_by != by.id:
        raise Refused({"token": "Search for the child first, yourself."})


def _own_relation(by: Viewer) -> str:
    """How someone of this role is related to a child whose line they open."""
    relations = list(by.policy.relations)
    if not relations:
        raise PermissionDenied("Your role does not open lines for children.")
    return relations[0]
