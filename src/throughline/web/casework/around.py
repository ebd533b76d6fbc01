"""Seats around a child: who leads, reviews, is in the team or looks by warrant, given and taken back by name.

Whose place it is to give which is `sharing/policy.yaml` (`seats`). Nobody gives one to themselves; a role that has no
such seat is given none. It is on record, and whoever it concerns is told, without the child's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from throughline import sharing, words
from throughline.web import clock
from throughline.web.accounts import actions as accounts
from throughline.web.accounts import agencies
from throughline.web.accounts.models import Conflict, Relation, User
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.audit.actions import changed, looked
from throughline.web.casework import telling
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage import selectors as linkage
from throughline.web.linkage.models import Child

PATH = "seats around the child"
GIVEN, ENDED = "seat_given", "seat_ended"
_PURPOSE = "Seeing to it that the right people work with the child"
_LONGEST_WHY = 150
"""Characters; who says so is added."""
_SUBJECTS = {
    GIVEN: "You now have a part in the work with a child",
    ENDED: "Your part in the work with a child has ended",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One person's seat around a child."""

    number: int
    seat: str
    """A relation of `sharing.PERSONAL`."""
    name: str
    role: str
    """Title."""
    agency: str
    """Title."""
    since: date
    until: date | None
    """Last day; None: until somebody ends it."""
    why: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class Around:
    """A child, who has a seat around them that this viewer may know of, and which seats the viewer gives."""

    who: Who
    held: tuple[Held, ...]
    gives: tuple[str, ...]


def given_by(viewer: Viewer, child: int) -> tuple[str, ...]:
    """Which seats around this child the viewer gives and takes back; none: the page is not theirs."""
    return sharing.gives(viewer.role, viewer.relations_to(child)[child])


def of_child(viewer: Viewer, child: UUID) -> Around:
    """What the page shows, with the look recorded. 404 for a child this viewer cannot find, PermissionDenied for who
    gives no seat around this one."""
    row, gives = _child(viewer, child)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose_at(row.pk), path_kind=PATH, children=[row.pk])
    standing = in_force(viewer.today).filter(child_id=row.pk).select_related("user").order_by("start", "pk")
    held = tuple(
        Held(
            r.pk, r.kind, r.user.name, words.roles()[r.user.role].title, words.agency_title(r.user.agency), r.start,
            r.end, r.source, r.kind in gives and r.user_id != viewer.id,
        )
        for r in standing
    )  # fmt: skip
    return Around(naming.who(row), held, gives)


def _child(viewer: Viewer, public_id: UUID) -> tuple[Child, tuple[str, ...]]:
    row = linkage.located(public_id, viewer.today)
    gives = given_by(viewer, row.pk)
    if not gives:
        raise PermissionDenied(
            "Who works with a child is said by whoever leads or reviews the work, and by their manager."
        )
    return row, gives


@transaction.atomic
def give(*, child: UUID, sign_in: str, seat: str, until: date | None, why: str, by: Viewer) -> None:
    """Give somebody a seat around a child from today on, to a last day or until it is ended; they are told.

    Raises what `of_child` does, and `Refused` with a sentence for each answer that will not do.
    """
    row, gives = _child(by, child)
    person = User.objects.filter(sign_in=sign_in.strip().lower(), is_active=True).first()
    wrong = {} if seat in gives else {"seat": "Choose what they are to do"}
    if person is None:
        wrong["sign_in"] = "Nobody signs in here by that address"
    elif not wrong and (no := _cannot(person, seat, row.pk, by)):
        wrong["sign_in"] = no
    if not 0 < len(why.strip()) <= _LONGEST_WHY:
        wrong["why"] = "Say why, in a sentence. They read it, and so may the child one day"
    if until and until < by.today:
        wrong["until"] = "The last day is today or later"
    if seat == sharing.WARRANT and until is None:
        wrong["until"] = "Give the last day: a warrant is for a time"
    if person is None or wrong:
        raise Refused(wrong)
    with as_engine():
        made = accounts.relate(
            user=person, child=row.pk, kind=seat, start=by.today, until=until, source=f"{why.strip()} ({by.user.name})"
        )
    _on_record(GIVEN, made, by, row.pk)


def _cannot(person: User, seat: str, child: int, by: Viewer) -> str:
    """Why this person cannot be given this seat; blank: they can."""
    policy = sharing.policy_for(person.role)
    if person.pk == by.id:
        return "Somebody else says this of you"
    if seat not in policy.relations:
        return f"{person.name} is here as {words.roles()[person.role].title}, which has no such part"
    if policy.discreet and {sharing.ALLOCATED, sharing.REVIEWER}.isdisjoint(by.relations_to(child)[child]):
        return "Whoever leads or reviews the work with the child says this"
    of_all = by.agency.partition(":")[0] == agencies.PARTNERSHIP
    if seat == sharing.WARRANT and not of_all and person.agency != by.agency:
        return "You answer for your own agency’s people"
    if not agencies.in_date(person.agency, by.today):
        return f"{words.agency_title(person.agency)} has not signed the terms, or they have ended"
    with as_engine():
        if in_force(by.today).filter(user=person, child_id=child, kind=seat).exists():
            return f"{person.name} has this part already"
        if Conflict.objects.filter(user=person, child_id=child, ended_at__isnull=True).exists():
            return f"{person.name} cannot take this on. Whoever answers for how records are opened can say more"
    return ""


@transaction.atomic
def end(*, child: UUID, number: int, by: Viewer) -> None:
    """Take a seat around a child back, from now on; whose it was is told. Raises what `of_child` does, and 404 for a
    seat the viewer does not see or cannot give."""
    row, gives = _child(by, child)
    held = in_force(by.today).filter(pk=number, child_id=row.pk, kind__in=gives).exclude(user_id=by.id).first()
    if held is None:
        raise Http404
    _on_record(ENDED, held, by, row.pk)
    with as_engine():
        accounts.unrelate(Relation.objects.filter(pk=held.pk), by.today)


def _on_record(what: str, held: Relation, by: Viewer, child: int) -> None:
    changed(
        user_id=by.id, purpose=_PURPOSE, action=f"casework.{what}", subject_kind="relation", subject_id=held.pk,
        children=[child], content=f"{held.user_id}\x1f{held.kind}\x1f{held.end}\x1f{held.source}",
    )  # fmt: skip
    # Where it has ended, the message leads to My work: the child's page is not theirs any more.
    telling.write(
        held.user, what, str(held.pk), _SUBJECTS[what], telling.WHOM if what == GIVEN else "What you recorded stays.",
        clock.now(), child if what == GIVEN else None,
    )  # fmt: skip
