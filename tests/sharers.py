"""Acts of sharing, asking and holding closely that several tests do: Rowan's line, and people who act on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from stores import POLICE, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import shares, shares_reading
from throughline.web.casework.actions import Recorded, Refused

SCHOOL = "school:971001"
SHARE: dict[str, Any] = {
    "marks": ["accepted"],
    "with_agency": "police",
    "with": "The neighbourhood team",
    "what": "Where he was found",
    "reason": "To look there first",
    "lawful_basis": "public_task",
    "necessity": "He may be found sooner; the interview itself is not needed",
    "family_told": "told",
    "until": "2026-05-01",
    "decided_by": "Ana Reyes, social worker",
}
KEEP_BACK: dict[str, Any] = {
    "marks": ["turned_down"],
    "with_agency": "housing",
    "what": "The safety plan",
    "reason": "They need the address only",
    "decided_by": "Ana Reyes, social worker",
}
WORDS = "They know where my nan lives"
PLAN = "Safety plan agreed, 4\N{NO-BREAK SPACE}Apr\N{NO-BREAK SPACE}2026"


def load_line(tmp_path: Path) -> None:
    """What Rowan's line holds before anybody shares anything."""
    rows = [
        event_row("rowan", "referral", "2026-04-01", "S-0", details="need=N1"),
        event_row("rowan", "cin_plan_started", "2026-04-15", "S-7"),
        event_row("rowan", "direct_voice", "2026-04-02", "S-1", details=f"words={WORDS}"),
        event_row("rowan", "arrest", "2026-04-03", "S-2", agency=POLICE, tags="ORIG"),
        event_row("rowan", "safety_plan", "2026-04-04", "S-3"),
        event_row("rowan", "school_joined", "2026-04-01", "S-4", agency=SCHOOL, details="school_urn=971001"),
        event_row("rowan", "assault", "2026-04-05", "S-5", agency="la:971", tags="ORIG"),
        event_row("rowan", "direct_voice", "2026-04-06", "S-6", tags="CHILD-CONF", details="words=Nobody at home"),
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


def leading() -> User:
    """Who leads with Rowan."""
    worker = person("social_worker", "Ana Reyes", area="971")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


def at_school() -> User:
    """The safeguarding lead of Rowan's school."""
    return person("dsl", "Dee Lead", agency=SCHOOL)


def rowan() -> UUID:
    return the_child("rowan").public_id


def key(record: str, kind: str) -> str:
    return f"events/events/{record}/{kind}"


def decide(by: User, fields: dict[str, Any], *items: str) -> Recorded:
    with viewing(by) as viewer:
        return shares.decide(child=rowan(), fields=fields, items=items, by=viewer, purpose="test")


def agree(by: User, *items: str, yes: bool = True, **fields: str) -> Recorded:
    given = {"marks": ["accepted" if yes else "turned_down"], "with_agency": "health", "what": "For treatment only",
             "until": "2026-04-30", "person": "Insp. Bell"} | fields  # fmt: skip
    with viewing(by) as viewer:
        return shares.originator_answered(child=rowan(), fields=given, items=items, by=viewer, purpose="test")


def hold(by: User, items: Sequence[str], **fields: Any) -> Recorded:
    given = {"holding_ground": "child_asked", "not_to": ["carer"], "decided_by": "Ana Reyes, social worker"} | fields
    with viewing(by) as viewer:
        return shares.hold(child=rowan(), fields=given, items=items, by=viewer, purpose="test")


def refused(act: Any, *given: Any, **named: Any) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        act(*given, **named)
    return caught.value.errors


def page(by: User) -> shares_reading.Shares:
    with viewing(by) as viewer:
        return shares_reading.page(viewer, rowan())


def seen(by: User) -> set[str]:
    """Keys of what somebody sees of Rowan, by raw SQL behind the walls."""
    with viewing(by), connection.cursor() as cursor:
        cursor.execute("select key from casework_event where child_id = %s or true", [the_child("rowan").pk])
        return {found for (found,) in cursor.fetchall()}


def ask(by: User, **fields: Any) -> Recorded:
    given = {"with_agency": "police", "what": "What is known of the address?", "reason": "To keep Rowan safe"} | fields
    with viewing(by) as viewer:
        return shares.ask(child=rowan(), fields=given, by=viewer, purpose="test")


def answer(by: User, request: str, **fields: Any) -> Recorded:
    with viewing(by) as viewer:
        return shares.answer(child=rowan(), request=request, fields=fields, by=viewer, purpose="test")


def requests(by: User) -> shares_reading.Requests:
    with viewing(by) as viewer:
        return shares_reading.requests(viewer)
