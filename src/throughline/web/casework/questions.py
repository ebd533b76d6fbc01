"""*Not this child*: anyone who sees an item may doubt it; the data desk judges within a working day.

While it is in question it stays on the line, marked for everybody, and every clock that rests on it keeps
running. A judgement moves the whole record (all tellings of it, and those still to come), never just the
item, and can be taken back by asking again.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404

from throughline.feeds.base import Person
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Notice
from throughline.web.casework.recomputing import recompute
from throughline.web.casework.typing_in import Refused
from throughline.web.intake.models import Statement
from throughline.web.linkage import linking
from throughline.web.linkage.models import Child, Judgement, Moved, Question, SourcePerson
from throughline.words.calendars import working_days


@transaction.atomic
def question(*, child: UUID, event_key: str, why: str, by: Viewer, purpose: str) -> Question:
    """Put an item in question for all at once. Raises `Refused` without a reason, 404 for an item not seen."""
    if not why.strip():
        raise Refused({"why": "Say what makes you think it is about another child."})
    seen = Event.objects.filter(child__public_id=child, key=event_key).first()
    if seen is None:
        raise Http404
    with as_engine():
        open_one = Question.objects.filter(statement_id=seen.statement_id, judged_at__isnull=True).first()
        if open_one:
            return open_one
        asked = Question.objects.create(
            child_id=seen.child_id,
            statement_id=seen.statement_id,
            event_key=event_key,
            asked_by_id=by.id,
            asked_at=clock.now(),
            why=why.strip(),
            due_on=working_days().add(by.today, 1),
        )
        Event.objects.filter(statement_id=seen.statement_id).update(in_question=True)
        _tell_readers(asked, "asked", but=by.id)
    changed(
        user_id=by.id,
        purpose=purpose,
        action="linkage.question",
        subject_kind="statement",
        subject_id=seen.statement_id,
        children=[seen.child_id],
    )
    return asked


@transaction.atomic
def judge(*, question_id: int, verdict: str, to: UUID | None, why: str, by: Viewer, purpose: str) -> None:
    """The data desk's answer: it stays, it is another child's (`to`), or it is nobody's we know.

    Both children's lines and duties are worked out anew before this returns, and whoever read the item is
    told. Raises `Refused` for an answer that does not hang together.
    """
    if not by.policy.desk:
        raise PermissionDenied("The data desk judges whose an item is.")
    if verdict not in Question.Verdict.values:
        raise Refused({"verdict": "Say whose it is."})
    if not why.strip():
        raise Refused({"why": "Say what you looked at and why you judge so."})
    with as_engine():
        asked = Question.objects.select_for_update().filter(pk=question_id, judged_at__isnull=True).first()
        if asked is None:
            raise Refused({"verdict": "Somebody has judged this already."})
        target = _target(asked, verdict, to, by)
        asked.verdict, asked.judged_why = verdict, why.strip()
        asked.judged_by_id, asked.judged_at, asked.moved_to = by.id, clock.now(), target
        asked.save()
        children = {asked.child_id}
        if target is not None:
            _move(asked, target, by)
            children.add(target.pk)
        recompute(children)
        _tell_readers(asked, "judged", but=by.id)
    changed(
        user_id=by.id,
        purpose=purpose,
        action="linkage.judge",
        subject_kind="question",
        subject_id=asked.pk,
        children=children,
    )


def _target(asked: Question, verdict: str, to: UUID | None, by: Viewer) -> Child | None:
    if verdict == Question.Verdict.THEIRS:
        return None
    if verdict == Question.Verdict.ANOTHER:
        target = Child.objects.filter(public_id=to, joined_into__isnull=True).first() if to else None
        if target is None or target.pk == asked.child_id:
            raise Refused({"to": "Choose the child it belongs to."})
        return target
    key = f"{asked.statement.said_by}|unknown|{uuid4()}"
    linking.receive([Person(key, asked.statement.said_by)], keys=[key], delivery=None, received_on=by.today)
    return SourcePerson.objects.get(key=key).child


def _move(asked: Question, target: Child, by: Viewer) -> None:
    """Give the whole record to another child, over what linking says, from now on and looking back."""
    key = asked.statement.record_key
    Moved.objects.filter(record_key=key, reversed_at__isnull=True).update(reversed_at=clock.now())
    Moved.objects.create(record_key=key, child=target, question=asked, on=by.today)
    Statement.objects.filter(record_key=key).update(child_id=target.pk)


def _tell_readers(asked: Question, what: str, *, but: int) -> None:
    """A notice for everyone who has looked at the child since the item came, and for whoever asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct l.user_id from audit_look l join intake_statement s on s.id = %s"
            " where l.child_ids @> array[%s::bigint] and not l.refused and l.path_kind <> 'search'"
            " and l.at::date >= s.received_on",
            [asked.statement_id, asked.child_id],
        )
        readers: Iterable[int] = {user for (user,) in cursor.fetchall()} | {asked.asked_by_id}
    Notice.objects.bulk_create(
        Notice(user_id=user, child_id=asked.child_id, question=asked, what=what, at=clock.now())
        for user in sorted(readers)
        if user != but
    )


@transaction.atomic
def judge_pair(*, judgement_id: int, verdict: str, why: str, by: Viewer, purpose: str) -> None:
    """A person settles what a rule was not sure of: the two sources' people are one child, or are not.

    The lines of every child touched are worked out anew before this returns. Raises `Refused` for an answer
    that does not hang together.
    """
    if not by.policy.desk:
        raise PermissionDenied("The data desk judges who is who.")
    if verdict not in {Judgement.Verdict.SAME, Judgement.Verdict.NOT_SAME}:
        raise Refused({"verdict": "Say whether they are one child."})
    if not why.strip():
        raise Refused({"why": "Say what you looked at and why you judge so."})
    with as_engine():
        unsure = Judgement.objects.select_for_update().filter(pk=judgement_id, reversed_at__isnull=True).first()
        if unsure is None:
            raise Refused({"verdict": "Somebody has judged this already."})
        seat = f"user:{by.id}"
        unsure.reversed_at, unsure.reversed_by, unsure.reversed_why = clock.now(), seat, "a person has judged"
        unsure.save()
        made = Judgement.objects.create(
            left=unsure.left,
            right=unsure.right,
            verdict=verdict,
            by=seat,
            why=why.strip()[:500],
            made_on=by.today,
            at=clock.now(),
        )
        people = SourcePerson.objects.filter(key__in=[unsure.left, unsure.right])
        children = linking.relink(set(people.values_list("child_id", flat=True)), by.today)
        recompute(children)
    changed(
        user_id=by.id,
        purpose=purpose,
        action="linkage.judge_pair",
        subject_kind="judgement",
        subject_id=made.pk,
        children=children,
    )
