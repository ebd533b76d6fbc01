"""Everything people write about a child. Keyword-only, ``by`` whom, in one transaction, audited inside.

A child's duties are right in the same transaction as the write that changes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from throughline.web.audit.actions import changed, keyed_hash
from throughline.web.casework import shares_gate, shares_holding, supply, typing_in
from throughline.web.casework.deciding import decide, hand_in, try_out, wake
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Draft, Event, Instance, Notice, PutOff
from throughline.web.casework.parting import join_again, part
from throughline.web.casework.questions import judge, judge_pair, question
from throughline.web.casework.reading import putting_off
from throughline.web.casework.recomputing import recompute
from throughline.web.casework.recording_about import record_about
from throughline.web.casework.selectors import child_for
from throughline.web.casework.typing_in import Refused
from throughline.web.casework.withdrawing import withdraw
from throughline.web.design import formats
from throughline.web.linkage import linking
from throughline.web.linkage.models import Child, SourcePerson
from throughline.web.linkage.selectors import SEARCH_COUNTS_FOR, search_token_of

__all__ = [
    "Recorded",
    "Refused",
    "create_child",
    "decide",
    "discard_draft",
    "flag_said",
    "hand_in",
    "join_again",
    "judge",
    "judge_pair",
    "notice_read",
    "part",
    "put_off",
    "question",
    "record",
    "record_about",
    "save_draft",
    "try_out",
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


def record(
    *,
    kind: str,
    child: UUID,
    fields: Mapping[str, object],
    by: Viewer,
    purpose: str,
    level: str = "",
    tags: Iterable[str] = (),
    not_to: Sequence[str] = (),
) -> Recorded:
    """Write down one event of any kind about a child; its duties are worked out before this returns.

    `fields` are the answers of the kind's form; `level` and `tags` hold it closer than its kind says, and so does whom
    the child asked not to tell (`not_to`, codes of the list ``audience``). Raises `Refused` with a sentence for each
    field that will not do.
    """
    row = child_for(by, child)  # before the transaction: a refusal is kept, whatever becomes of the rest
    known, _ = words.resolve(kind)
    if wrong := shares_gate.left_out(known.id, fields, by.today):
        raise Refused(wrong)
    if not_to:
        closer = shares_holding.what_follows(shares_holding.CHILD_ASKED, not_to)
        level, tags = max(level, known.level, closer.level), closer.tags.union(tags)
        fields = {**fields, "not_to": ";".join(not_to)}
    statement = typing_in.statement(known, fields, received_on=by.today, record=str(uuid4()), level=level, tags=tags)
    try:
        with transaction.atomic():
            return _record(known, statement, row, by, purpose)
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise Refused({"happened_on": _BUSY}) from error
        raise


def _record(kind: words.Kind, statement: Statement, row: Child, by: Viewer, purpose: str) -> Recorded:
    with as_engine():
        with connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{PATIENCE}'")
        person = SourcePerson.objects.filter(child=row).order_by("pk").first()
        if person is None:
            raise Http404
        number = typing_in.keep(statement._replace(person=person.key), child=row.pk, by=by.id)
        if supply.first_typed(kind, authorities_of(by, row), by.today):
            wake(kind.id, by=by)
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
    numbers = owed.order_by("due_on", "duty_id", "pk").values_list("pk", flat=True)
    return Recorded(keys[0] if keys else "", tuple(numbers))


def authorities_of(by: Viewer, row: Child) -> Iterable[str]:
    """For which authorities the writer's form speaks: their own, else those that know the child."""
    if by.agency.partition(":")[0] == "la":
        return (by.agency,)
    return (f"la:{by.user.area}",) if by.user.area else row.las


@transaction.atomic
def put_off(*, line: int, until: date | None, reason: str, by: Viewer, purpose: str) -> None:
    """Have a line of one's own come back on a later day, for a reason. It stays on everybody else's lists.

    404 for a line they do not see, PermissionDenied for one that is not theirs, `Refused` with a sentence for each
    answer that will not do.
    """
    row = Instance.objects.filter(pk=line).first()
    if row is None:
        raise Http404
    if not putting_off.stands_with(by, row):
        raise PermissionDenied("This line stands with somebody else: only they can put it off.")
    last = by.today + putting_off.longest()
    wrong = {} if reason.strip() else {"reason": "Say why it can wait. Whoever answers for it will read that."}
    if until is None or not by.today < until <= last:
        wrong["until"] = f"Give a day from tomorrow to {formats.day(last)}"
    if wrong or until is None:
        raise Refused(wrong)
    put = PutOff.objects.create(
        child=row.child, duty_id=row.duty_id, stage=row.stage, trigger_key=row.trigger_key, until=until,
        reason=reason.strip(), by_id=by.id, at=clock.now(),
    )  # fmt: skip
    changed(
        user_id=by.id, purpose=purpose, action="casework.put_off", subject_kind="putoff", subject_id=put.pk,
        children=[row.child_id], content=f"{until}\x1f{reason}",
    )  # fmt: skip


def flag_said(*, line: int, verdict: str, reason: str, by: Viewer, purpose: str) -> None:
    """Say what came of a flag: a fact on the child's line, held as closely as the flag itself (kind `flag_feedback`).

    404 for a line they do not see, `Refused` with a sentence for each answer that will not do.
    """
    row = Instance.objects.select_related("child").filter(pk=line).first()
    if row is None:
        raise Http404
    wrong = {} if verdict else {"verdict": "Choose what came of it"}
    if not reason.strip():
        wrong["said"] = "Say in a few words what that rests on."
    if wrong:
        raise Refused(wrong)
    row = _with_reasons(row)
    fields = {"happened_on": by.today, "said_by": by.agency, "duty": row.duty_id, "trigger": row.trigger_key}
    record(
        kind="flag_feedback",
        child=row.child.public_id,
        fields={**fields, "verdict": verdict, "reason": reason.strip()},
        by=by,
        purpose=purpose,
        level=max(row.level, words.kinds()["flag_feedback"].level),
        tags=row.tags,
    )


def _with_reasons(row: Instance) -> Instance:
    """The duty itself, where a line stands without its reasons: what is said of it is held as closely as they are."""
    if not row.told_to:
        return row
    with as_engine():
        found = Instance.objects.select_related("child").filter(
            child_id=row.child_id, duty_id=row.duty_id, stage=row.stage, opened_on=row.opened_on, told_to=[]
        )
        return next(i for i in found if keyed_hash(i.trigger_key) == row.trigger_key)


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

    Raises `Refused` where no search was made in the last minutes, PermissionDenied for who answers for looks. Where
    sources already know the child by what was typed, the line opened is theirs.
    """
    if by.policy.audits:
        raise PermissionDenied("Whoever answers for looks opens no child's line.")
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
