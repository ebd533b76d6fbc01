"""What keepers do: propose what should go, sign for it as the second of two, take a proposal back, hold and let go.

Nobody signs alone, and nobody's signature reaches further than what was proposed: the database looks for itself
(`web/destroying.py`). What follows a second signature is in `keeping_destroying`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed, looked
from throughline.web.casework import keeping_destroying, keeping_due
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.keeping_models import Destruction, DestructionStep, Hold
from throughline.web.casework.keeping_schedule import TIME, Kept, schedule
from throughline.web.casework.typing_in import Refused
from throughline.web.design import formats
from throughline.web.linkage.models import Child

_STEP = DestructionStep.What


@transaction.atomic
def propose_due(*, children: Sequence[UUID], by: Viewer, purpose: str) -> list[int]:
    """Propose that these whole records go, their time being over; one proposal each kind of record.

    Raises `Refused` where one of them is not due, is held, or stands in a proposal already.
    """
    due = {record.id: record for record in keeping_due.due(by).records}
    if not children:
        raise Refused({"children": "Choose at least one record."})
    if any(child not in due or due[child].held for child in children):
        raise Refused({"children": "One of these may not go today. Look at the list again."})
    chosen = [due[child] for child in dict.fromkeys(children)]
    numbers = []
    for record in schedule().records.values():
        mine = [c for c in chosen if c.record == record]
        if mine:
            law = f"{schedule().grounds[TIME].law}. {record.law}. Kept to {formats.day(max(c.until for c in mine))}"
            numbers.append(_propose(record.id, TIME, law, [c.number for c in mine], by=by, purpose=purpose))
    return numbers


@transaction.atomic
def propose_rows(*, kind: str, by: Viewer, purpose: str) -> int:
    """Propose that all rows of this kind go whose time is over; `Refused` where there are none, or one is held."""
    due = next((rows for rows in keeping_due.due(by).rows if rows.rows.id == kind), None)
    if due is None or due.held:
        raise Refused({"rows": "These may not go today. Look at the list again."})
    law = f"{schedule().grounds[TIME].law}. {due.rows.law}. Last received by {formats.day(due.before)}"
    return _propose(kind, TIME, law, due.children, statements=due.statements, by=by, purpose=purpose)


@transaction.atomic
def propose_one(
    *, forename: str, surname: str, born: date | None, ground: str, reference: str, by: Viewer, purpose: str
) -> int:
    """Propose that one person's whole record goes before its time: they asked, it should never have been held, or a
    court ordered it. `reference` says where that request or order is kept.

    Raises `Refused` where nobody, or more than one, is called so and was born then; where a law keeps it; where held.
    """
    why = schedule().grounds.get(ground)
    wrong = {} if why and why.before_time else {"ground": "Say why it should go."}
    if not reference.strip():
        wrong["reference"] = "Say where the request or the order is kept."
    if wrong or why is None:
        raise Refused(wrong)
    child, governed = _one(forename, surname, born, by)
    if governed.record.binding and not why.past_binding and not (governed.until and governed.until <= by.today):
        raise Refused({"ground": f"A law keeps this record{_to(governed)}: {governed.record.law}."})
    if keeping_due.held(child, governed.record.id, keeping_due.holds(by.today)):
        raise Refused({"surname": "This record is held. See what holds it before it is proposed."})
    if any(child in d.child_ids for d in Destruction.objects.filter(steps__isnull=True)):
        raise Refused({"surname": "This record stands in a proposal already."})
    law = f"{why.law}. Else kept{_to(governed)}: {governed.record.law}"
    return _propose(governed.record.id, ground, law, [child], reference=reference.strip(), by=by, purpose=purpose)


@transaction.atomic
def sign(*, number: int, by: Viewer, purpose: str) -> None:
    """Sign for a proposal as the second of two; it is done before this returns.

    PermissionDenied for whoever proposed it, 404 for one that is not open, `Refused` with a sentence where it is held,
    somebody waits to see it, or a delivery is being loaded.
    """
    found = _open(number, by)
    if found.proposed_by_id == by.id:
        raise PermissionDenied("Somebody else has to sign for what you proposed.")
    _step(found, _STEP.SIGNED, by=by, purpose=purpose)
    keeping_destroying.destroy(found, by=by, purpose=purpose)


@transaction.atomic
def take_back(*, number: int, by: Viewer, purpose: str) -> None:
    """Take back a proposal, one's own or another's: nothing goes. 404 for one that is not open."""
    _step(_open(number, by), _STEP.TAKEN_BACK, by=by, purpose=purpose)


@transaction.atomic
def hold(
    *, ground: str, asked_by: str, until: date | None, records: Iterable[str], by: Viewer, purpose: str,
    forename: str = "", surname: str = "", born: date | None = None,
) -> int:  # fmt: skip
    """Hold one person's record, or every record of these kinds (none named: all): nothing of it may be destroyed."""
    keeping_due.keepers_only(by)
    kinds = sorted(set(records))
    wrong = {} if ground in schedule().holds else {"ground": "Say what it is held for."}
    if not asked_by.strip():
        wrong["asked_by"] = "Give the name and post of who asked for it, and their reference."
    if until and until < by.today:
        wrong["until"] = "Give today or a later day, or leave it open."
    if unknown := [kind for kind in kinds if kind not in schedule().titles]:
        wrong["records"] = f"There is no kind of record called {', '.join(unknown)}."
    if wrong:
        raise Refused(wrong)
    child = _one(forename, surname, born, by)[0] if forename or surname or born else None
    made = Hold.objects.create(
        child_id=child, records=kinds, ground=ground, asked_by=asked_by.strip(), until=until, by_id=by.id,
        at=clock.now(),
    )  # fmt: skip
    _changed("hold", "hold", made.pk, [child] if child else [], by=by, purpose=purpose)
    return made.pk


@transaction.atomic
def end_hold(*, number: int, why: str, by: Viewer, purpose: str) -> None:
    """End a hold, saying why; 404 for one that is not standing."""
    keeping_due.keepers_only(by)
    if not why.strip():
        raise Refused({"why": "Say why it need not be held any longer, and who said so."})
    found = Hold.objects.select_for_update().filter(pk=number, ended_at__isnull=True).first()
    if found is None:
        raise Http404
    found.ended_at, found.ended_by_id, found.ended_why = clock.now(), by.id, why.strip()
    found.save(update_fields=["ended_at", "ended_by_id", "ended_why"])
    _changed("end_hold", "hold", number, [found.child_id] if found.child_id else [], by=by, purpose=purpose)


def _to(governed: Kept) -> str:
    return f" to {formats.day(governed.until)}" if governed.until else ""


def _propose(
    record: str, ground: str, law: str, children: Sequence[int], *, by: Viewer, purpose: str,
    statements: Sequence[int] = (), reference: str = "",
) -> int:  # fmt: skip
    made = Destruction.objects.create(
        record=record, ground=ground, law=law, reference=reference, child_ids=list(children),
        statement_ids=list(statements), proposed_by_id=by.id, proposed_at=clock.now(),
    )  # fmt: skip
    _changed("propose_destruction", "destruction", made.pk, children, by=by, purpose=purpose)
    return made.pk


def _open(number: int, by: Viewer) -> Destruction:
    keeping_due.keepers_only(by)
    found = Destruction.objects.filter(pk=number, steps__isnull=True).first()
    if found is None:
        raise Http404
    return found


def _step(found: Destruction, what: str, *, by: Viewer, purpose: str) -> None:
    DestructionStep.objects.create(destruction=found, what=what, by_id=by.id, at=clock.now())
    verb = "sign_destruction" if what == _STEP.SIGNED else "take_back_destruction"
    _changed(verb, "destruction", found.pk, found.child_ids, by=by, purpose=purpose)


def _one(forename: str, surname: str, born: date | None, by: Viewer) -> tuple[int, Kept]:
    """The one person of exactly this name and birthday, page or none; the look is recorded, found or not."""
    keeping_due.keepers_only(by)
    with as_engine():
        named = Child.objects.filter(
            forename__iexact=forename.strip(), surname__iexact=surname.strip(), dob=born, joined_into__isnull=True
        )
        found = list(named.values_list("pk", flat=True)) if born else []
        governed = keeping_due.governing(found)
    asked = f"{forename} {surname} {born}"
    looked(
        user_id=by.id, role=by.role, purpose=by.purpose, path_kind="keeper's search", children=found, asked=asked,
        refused=len(found) != 1,
    )  # fmt: skip
    if len(found) != 1:
        many = "More than one person is" if found else "Nobody here is"
        raise Refused(
            {"surname": f"{many} called so and born on that day. Give the name and the day as they are kept."}
        )
    return found[0], governed[found[0]]


def _changed(verb: str, kind: str, id: int, children: Iterable[int], *, by: Viewer, purpose: str) -> None:
    changed(
        user_id=by.id, purpose=purpose, action=f"casework.{verb}", subject_kind=kind, subject_id=id, children=children
    )
