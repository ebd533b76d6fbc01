"""What is there and not shared: which agency holds it, whom of theirs to ask, and when they were last involved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from throughline import sharing, words
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import in_force
from throughline.web.casework.shapes import Stub
from throughline.web.design import formats


@dataclass(frozen=True, slots=True)
class Held:
    """What one agency holds and does not share."""

    agency: str
    """Id."""
    stub: Stub
    last_on: date


def of_child(child: int, day: date) -> tuple[Stub, ...]:
    """Of a child, as far as whoever has entered may know that it is there: the database says so, by the policy."""
    return tuple(held.stub for held in by_agency(child, day))


def by_agency(child: int, day: date) -> tuple[Held, ...]:
    """The same, with the agencies that hold it."""
    around = in_force(day).filter(child_id=child, kind__in=sharing.AROUND).select_related("user")
    mine = {relation.user.agency: relation.user for relation in around.order_by("-start", "-pk")}
    return _held("app_present", child, mine)


def of_subject(subject: int) -> tuple[Stub, ...]:
    """The same of a place, a plan or another subject that is no child."""
    return tuple(held.stub for held in _held("app_present_about", subject, {}))


def _held(function: str, number: int, known: Mapping[str, User]) -> tuple[Held, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"select said_by, items, last_on from {function}(%s) order by said_by", [number])
        held = cursor.fetchall()
    ring = {**_rung(said_by for said_by, _, _ in held), **known}
    return tuple(
        Held(said_by, Stub(_words(said_by, ring.get(said_by), last_on), items), last_on)
        for said_by, items, last_on in held
    )


def _words(agency: str, person: User | None, last_on: date) -> str:
    whom = ", ".join(filter(None, (person.name, person.phone))) if person else "them"
    title = words.agency_title(agency)
    return f"{title} holds something restricted here. Ask {whom}. Last involved {formats.day(last_on)}."


def _rung(agencies: Iterable[str]) -> dict[str, User]:
    """Whoever of each agency has the first of the seats that the policy names for it."""
    order = {role: place for place, role in enumerate(sharing.rung())}
    there = User.objects.filter(agency__in=list(agencies), is_active=True, role__in=order)
    return {user.agency: user for user in sorted(there, key=lambda user: (-order[user.role], -user.pk))}
