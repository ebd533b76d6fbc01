"""Rowan's record with something of each sort in it, asked for as a whole, decided on and handed over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import transaction

from cast import deliver
from stores import event_row, load_dated, load_rows, the_child
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance
from throughline.web.child import asked, asking, deciding, handing
from throughline.web.child.deciding import Choice
from throughline.web.child.items import Entry, entries
from throughline.web.child.models import AccessRequest

SAID = "I want to see my nan"
ASKED = "Do not tell mum"
NEIGHBOUR = "The boy next door saw it"
CLINIC = "Seen at the clinic"
SECRET = "They watch the flat"
SEALED = "Nobody may know of this"


def rowans_record(folder: Path) -> None:
    """Load what agencies sent, and an entry each that is the child's own, about others, health, police, sealed."""
    for delivered in deliver(folder):
        load_dated(delivered)
    rows = [
        event_row("rowan", "direct_voice", "2026-04-02", "W-1", tags="CHILD-CONF", details=f"words={ASKED}"),
        event_row("rowan", "direct_voice", "2026-04-05", "W-2", details=f"words={SAID}"),
        event_row("rowan", "worry", "2026-04-06", "W-3", tags="THIRD", details=f"what={NEIGHBOUR};words=It was loud"),
        event_row("rowan", "worry", "2026-04-07", "W-4", tags="MH", details=f"what={CLINIC}"),
        event_row("rowan", "worry", "2026-04-08", "W-5", level="SL3", tags="POL-C", details=f"what={SECRET}"),
        event_row("rowan", "worry", "2026-04-09", "W-6", level="SL5", details=f"what={SEALED}"),
    ]
    load_rows(folder, "events", rows, received=date(2026, 4, 20), sender="la:971")


def ask(user: User, **given) -> int:
    """Take the request; its number."""
    answers = {
        "asker": "child", "name": "Rowan", "asked_on": date(2026, 4, 14), "known_how": "I know her well",
        "entitled_how": "", "route": "Read together at school",
    } | given  # fmt: skip
    with viewing(user) as viewer:
        return asking.ask(child=the_child("rowan").public_id, by=viewer, purpose="test", **answers)


def read(user: User, number: int) -> list[Entry]:
    """What it covers, as this person sees it."""
    with viewing(user):
        return entries(AccessRequest.objects.select_related("child").get(pk=number))


def holding(found: list[Entry], text: str) -> Entry:
    """The one entry that holds this text."""
    [entry] = [entry for entry in found if any(text in line for line in entry.said)]
    return entry


def decide(user: User, number: int, choices: dict[int, Choice]) -> int:
    """Decide on these entries; how many."""
    with viewing(user) as viewer:
        return deciding.decide(request=number, choices=choices, by=viewer, purpose="test")


def as_proposed(found: list[Entry]) -> dict[int, Choice]:
    """What the tags propose, for each."""
    return {
        e.id: Choice("withhold", e.seen, reason=e.fitting[0].id) if e.fitting else Choice("give", e.seen) for e in found
    }


def make(user: User, number: int) -> str:
    """Make the copy; its text."""
    with viewing(user) as viewer:
        handing.make(request=number, by=viewer, purpose="test")
        return asked.copy(viewer, number).html


def hand_over(user: User, number: int) -> None:
    """Write down that it was handed over."""
    with viewing(user) as viewer:
        handing.hand_over(request=number, who="Ana Reyes", how="Read together", by=viewer, purpose="test")


def duty(number: int) -> Instance:
    """The duty to answer within a month."""
    with transaction.atomic(), as_engine():
        return Instance.objects.get(duty_id="sar-1m", subject_id=f"request:{number}")
