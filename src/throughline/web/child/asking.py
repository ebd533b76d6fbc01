"""Somebody asks for the whole record: taking the request, collecting what it covers, and saying what came of it.

Each step is a fact on the child's line, so that the month the law gives runs as any other duty does (`sar-1m`).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404

from throughline import sharing, words
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import actions, selectors, supply
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.typing_in import Refused
from throughline.web.child.models import AccessRequest
from throughline.web.design import formats

ASKED, ANSWERED = "subject_access_requested", "subject_access_answered"
STEPS = {
    "identity_asked": "subject_access_identity_asked",
    "identity_shown": "subject_access_identity_shown",
    "extended": "subject_access_extended",
}
"""What may happen before the copy is there -> the kind that says so."""
_LEVEL = "SL3"
"""That somebody asked for the whole record is not for the whole team."""

_COLLECT = """
insert into child_accessitem (request_id, child_id, key, statement_id, "on", said_by, level, tags)
select %(request)s, %(child)s, e.key, null, e.happened_on, e.said_by, e.level, e.tags
  from casework_event e where e.child_id = %(child)s and e.level <= %(level)s
 union all
select %(request)s, %(child)s, 'row:' || s.id, s.id, s.received_on, s.said_by, s.level, s.tags
  from intake_statement s
 where s.child_id = %(child)s and s.live and s.level <= %(level)s
   and not exists (select from casework_event e where e.statement_id = s.id)
on conflict (request_id, key)
do update set child_id = excluded.child_id, level = excluded.level, tags = excluded.tags, "on" = excluded."on"
"""


def request_for(viewer: Viewer, number: int, ways: frozenset[str]) -> AccessRequest:
    """The request of this number, about a child to whom the viewer is related in one of these ways.

    404 where there is no such request for them, PermissionDenied where they may read it and no more.
    """
    found = AccessRequest.objects.select_related("child").filter(pk=number).first()
    if found is None:
        raise Http404
    found.child = selectors.child_for(viewer, found.child.public_id, "whole record")
    if ways.isdisjoint(viewer.relations_to(found.child.pk)[found.child.pk]):
        raise PermissionDenied("The whole record is given by those who lead the work with the child.")
    return found


@transaction.atomic
def ask(
    *, child: UUID, asker: str, name: str, asked_on: date | None, known_how: str, entitled_how: str, route: str,
    by: Viewer, purpose: str,
) -> int:  # fmt: skip
    """Take a request for the whole record of a child and collect what it covers; the request's number.

    `Refused` with a sentence for each answer that will not do; PermissionDenied for whoever does not take requests.
    """
    row = selectors.child_for(by, child, "whole record")
    if sharing.whole_record().made_by.isdisjoint(by.relations_to(row.pk)[row.pk]):
        raise PermissionDenied("The whole record is asked for through whoever leads the work with the child.")
    given = {"name": name, "known_how": known_how, "entitled_how": entitled_how, "route": route}
    if wrong := _wrong(asker, asked_on, given, by.today):
        raise Refused(wrong)
    assert asked_on is not None
    with as_engine():
        made = AccessRequest.objects.create(
            child=row, asker=asker, asked_on=asked_on, taken_by_id=by.id, taken_at=clock.now(),
            collected_at=clock.now(), **{field: text.strip() for field, text in given.items()},
        )  # fmt: skip
        _collect(made)
        # From here on our own form answers, so its silence means something and the month may run.
        supply.first_typed(words.kinds()[ANSWERED], row.las, by.today)
    _tell(made, ASKED, f"Asked for by: {AccessRequest.Asker(asker).label}", asked_on, by, purpose)
    _audit("child.record.ask", made, by, purpose)
    return made.pk


def _wrong(asker: str, asked_on: date | None, given: dict[str, str], today: date) -> dict[str, str]:
    sentences = {
        "name": "Say who asks.",
        "known_how": "Say how you know that it is them.",
        "route": "Say how the copy may reach them. Ask which way is safe.",
    }
    wrong = {field: sentence for field, sentence in sentences.items() if not given[field].strip()}
    if asker not in AccessRequest.Asker.values:
        wrong["asker"] = "Choose who asks."
    elif asker in (AccessRequest.Asker.PARENT, AccessRequest.Asker.OTHER) and not given["entitled_how"].strip():
        wrong["entitled_how"] = "Say what lets them ask for another’s record."
    if asked_on is None or asked_on > today:
        wrong["asked_on"] = f"Give the day on which it reached any of us, not after {formats.day(today)}"
    return wrong


@transaction.atomic
def collect(*, request: int, by: Viewer, purpose: str) -> None:
    """Go through the record once more: what has come or been corrected since is among the items after this."""
    found = request_for(by, request, sharing.whole_record().made_by)
    _still_open(found)
    with as_engine():
        _collect(found)
        AccessRequest.objects.filter(pk=found.pk).update(collected_at=clock.now())
    _audit("child.record.collect", found, by, purpose)


@transaction.atomic
def step(*, request: int, what: str, said: str, by: Viewer, purpose: str) -> None:
    """Write down what happened with a request before its copy: `STEPS`. It moves the month as the law says."""
    found = request_for(by, request, sharing.whole_record().made_by)
    _still_open(found)
    wrong = {} if what in STEPS else {"what": "Choose what happened."}
    if not said.strip():
        wrong["said"] = "Say in a few words what was asked, shown or why it takes longer."
    if wrong:
        raise Refused(wrong)
    _tell(found, STEPS[what], said.strip(), by.today, by, purpose)
    _audit(f"child.record.{what}", found, by, purpose)


@transaction.atomic
def close(*, request: int, how: str, by: Viewer, purpose: str) -> None:
    """End a request without a copy, because who asked took it back or because it is refused, with the reason."""
    found = request_for(by, request, sharing.whole_record().made_by)
    if not how.strip():
        raise Refused({"how": "Say why, and what whoever asked was told."})
    ended(found, f"No copy: {how.strip()}", by, purpose)


def ended(found: AccessRequest, how: str, by: Viewer, purpose: str) -> None:
    """Write down how a request ended; the duty to answer it ends with that."""
    _still_open(found)
    with as_engine():
        AccessRequest.objects.filter(pk=found.pk).update(closed_at=clock.now(), closed_by_id=by.id, closed_how=how)
    _tell(found, ANSWERED, how, by.today, by, purpose)
    _audit("child.record.close", found, by, purpose)


def _still_open(found: AccessRequest) -> None:
    if found.closed_at is not None:
        raise PermissionDenied("This request has been answered.")


def _collect(found: AccessRequest) -> None:
    given: dict[str, int | str] = {"request": found.pk, "child": found.child.pk, "level": sharing.whole_record().level}
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT, given)


def _tell(found: AccessRequest, kind: str, said: str, on: date, by: Viewer, purpose: str) -> None:
    fields = {"happened_on": on, "said_by": by.agency, "ref": f"request:{found.pk}"}
    text = {"reason": said} if kind == STEPS["extended"] else {"what": said}
    actions.record(
        kind=kind, child=found.child.public_id, fields={**fields, **text}, by=by, purpose=purpose, level=_LEVEL
    )


def _audit(action: str, found: AccessRequest, by: Viewer, purpose: str) -> None:
    changed(
        user_id=by.id, purpose=purpose, action=action, subject_kind="accessrequest", subject_id=found.pk,
        children=[found.child.pk],
    )  # fmt: skip
