"""A record that two keepers are asked to sign for: Rowan's, with words that stand in it and nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from cast import CHILDREN, deliver
from stores import NOW, TODAY, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, glass, keeping
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.child import asking
from throughline.web.child.models import AccessRequest
from throughline.web.linkage.models import Child

ROWAN = CHILDREN["rowan"]
SAID = "Nobody-else-would-say-quillwort"
"""Words that stand in Rowan's record and nowhere else."""
PURPOSE = "test"


def rowans_record(sent: Path) -> Child:
    """The cast's deliveries and one about Rowan with words of its own; what people wrote about Rowan besides."""
    for folder in deliver(sent):
        load_dated(folder)
    rows = [
        event_row("rowan", "direct_voice", "2026-04-02", "V-1", details=f"words={SAID}"),
        event_row("fern", "safety_plan", "2026-04-04", "V-2"),
    ]
    load_rows(sent, "events", rows, received=date(2026, 4, 20), sender="la:971", name="voices")
    rowan = the_child("rowan")
    worker = person("social_worker")
    relate(worker, rowan, sharing.ALLOCATED)
    fields = {"happened_on": "2026-04-20", "said_by": "la:971", "what": f"typed {SAID}"}
    with viewing(worker) as me:
        actions.record(kind="safety_plan", child=rowan.public_id, fields=fields, by=me, purpose=PURPOSE)
        actions.save_draft(child=rowan.public_id, kind="visit", fields={"what": f"half typed {SAID}"}, by=me)
        actions.question(
            child=rowan.public_id, event_key=Event.objects.get(kind="direct_voice").key, why=f"Is it? {SAID}", by=me,
            purpose=PURPOSE,
        )  # fmt: skip
        asking.ask(
            child=rowan.public_id, asker="adult", name=f"R. {ROWAN.surname}", asked_on=TODAY, known_how=SAID,
            entitled_how="", route=SAID, by=me, purpose=PURPOSE,
        )  # fmt: skip
    with viewing(person("duty_team")) as me:
        glass.open_record(child=rowan.public_id, reason="missing_now", purpose=f"Is it {SAID}?", hours="4", by=me)
    with transaction.atomic(), as_engine():
        AccessRequest.objects.update(closed_at=NOW, closed_how=SAID)
    typed = SessionStore()
    typed["find"] = f"{ROWAN.forename} {ROWAN.surname}"
    typed.save()
    return rowan


def keepers() -> tuple[User, User]:
    """Two people who may sign."""
    return person("keeper", "Kit Hale", agency="partnership"), person("keeper", "Noor Bell", agency="partnership")


def propose(ground: str = "unlawful", reference: str = "Letter 12", **who) -> int:
    """The first keeper proposes Rowan's record, or that of whoever is named; the proposal's number."""
    first, _ = keepers()
    named = {"forename": ROWAN.forename, "surname": ROWAN.surname, "born": ROWAN.dob} | who
    with viewing(first) as me:
        return keeping.propose_one(**named, ground=ground, reference=reference, by=me, purpose=PURPOSE)


def sign(number: int) -> None:
    """The second keeper signs."""
    _, second = keepers()
    with viewing(second) as me:
        keeping.sign(number=number, by=me, purpose=PURPOSE)


def as_site(statement: str) -> None:
    """One statement as whoever is looking, taken back alone where it is refused."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
