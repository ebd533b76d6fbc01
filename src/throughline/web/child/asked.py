"""What the pages about requests for a whole record show: who asked, where it stands, what waits, by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from throughline import sharing
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import selectors
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import held_back, naming, owing
from throughline.web.casework.shapes import Owed, Stub, Who
from throughline.web.child import asking, deciding
from throughline.web.child.items import Entry, asked_by, entries
from throughline.web.child.models import AccessCopy, AccessItem, AccessRequest, Verdict

AT_ONCE = 20
"""Entries on one page of the second person's."""
_LOOK = "whole record"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a whole record."""

    request: AccessRequest
    asker: str
    taken_by: str
    owed: Owed | None
    """The duty to answer it; None: nothing runs (answered, or its rule is switched off)."""


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request, with how far it has come."""

    who: Who
    asked: Asked
    waiting: int
    given: int
    in_part: int
    withheld: int
    stubs: tuple[Stub, ...]
    """What is held here that the viewer does not see: whoever holds it is asked themselves."""
    copies: tuple[AccessCopy, ...]
    """The newest first; only for those who may make one."""
    takes: bool
    """The viewer makes the copy and hands it over."""
    decides: bool
    """The viewer may be the second person."""


@dataclass(frozen=True, slots=True)
class ToDecide:
    """The next entries for the second person."""

    who: Who
    request: AccessRequest
    entries: tuple[Entry, ...]
    reasons: tuple[sharing.Reason, ...]
    """To choose from."""
    waiting: int
    decided: int
    own: bool
    """Whoever asks, asks for what is their own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open request, as the page Rights lists it."""

    number: int
    who: Who | None
    """Whose record; None: not for the viewer to know."""
    asker: str
    asked_on: date
    due_on: date | None
    taken_by: str
    entries: int
    """All that it covers."""
    decided: int
    copies: int
    mine: bool
    """The viewer took it."""


def waiting(viewer: Viewer) -> tuple[Waiting, ...]:
    """Open requests for whole records: of the viewer's own children, or, for whoever audits, of all without a name.

    PermissionDenied for a role that does neither.
    """
    whole = sharing.whole_record()
    if viewer.policy.audits:
        with connection.cursor() as cursor:
            cursor.execute("select * from app_asked_for()")
            rows = cursor.fetchall()
        names = dict(User.objects.filter(pk__in={row[4] for row in rows}).values_list("pk", "name"))
        return tuple(
            Waiting(
                number, None, AccessRequest.Asker(asker).label, asked_on, due_on, names.get(taken_by, ""), covered,
                decided, copies, mine=False,
            )
            for number, asker, asked_on, due_on, taken_by, covered, decided, copies in rows
        )  # fmt: skip
    if whole.decided_by.isdisjoint(viewer.policy.relations):
        raise PermissionDenied("Requests for whole records are answered by those who lead or review the work.")
    found = list(AccessRequest.objects.filter(closed_at__isnull=True).select_related("child").order_by("asked_on"))
    looked(
        user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="rights",
        children=[request.child_id for request in found],
    )  # fmt: skip
    return tuple(_waiting(viewer, request) for request in found)


def _waiting(viewer: Viewer, request: AccessRequest) -> Waiting:
    asked = _asked(request)
    items = AccessItem.objects.filter(request=request)
    return Waiting(
        request.pk,
        naming.who(request.child),
        asked.asker,
        request.asked_on,
        asked.owed.due_on if asked.owed else None,
        asked.taken_by,
        items.count(),
        items.filter(verdicts__isnull=False).distinct().count(),
        AccessCopy.objects.filter(request=request).count(),
        request.taken_by_id == viewer.id,
    )


def of_child(viewer: Viewer, child_id: UUID) -> tuple[Who, tuple[Asked, ...], bool]:
    """The child, every request for their record, the newest first, and whether the viewer takes another."""
    child = selectors.child_for(viewer, child_id, _LOOK)
    _look(viewer, child.pk)
    found = AccessRequest.objects.filter(child=child).order_by("-asked_on", "-pk")
    takes = not sharing.whole_record().made_by.isdisjoint(viewer.relations_to(child.pk)[child.pk])
    return naming.who(child), tuple(_asked(request) for request in found), takes


def page(viewer: Viewer, number: int) -> RequestPage:
    """One request; 404 and PermissionDenied as `asking.request_for`."""
    whole = sharing.whole_record()
    found = asking.request_for(viewer, number, whole.decided_by)
    _look(viewer, found.child.pk)
    takes = not whole.made_by.isdisjoint(viewer.relations_to(found.child.pk)[found.child.pk])
    read = entries(found)
    what = [entry.what for entry in read]
    copies = AccessCopy.objects.filter(request=found).defer("html").order_by("-pk") if takes else ()
    return RequestPage(
        who=naming.who(found.child),
        asked=_asked(found),
        waiting=what.count(""),
        given=what.count(Verdict.What.GIVE),
        in_part=what.count(Verdict.What.QUOTE),
        withheld=what.count(Verdict.What.WITHHOLD),
        stubs=held_back.of_child(found.child.pk, viewer.today),
        copies=tuple(copies),
        takes=takes,
        decides=found.taken_by_id != viewer.id,
    )


def to_decide(viewer: Viewer, number: int, *, again: bool) -> ToDecide:
    """The next entries that wait, or (`again`) the first of those decided on; refused as `deciding.to_decide`."""
    found = deciding.to_decide(viewer, number)
    _look(viewer, found.child.pk)
    read = entries(found)
    wanted = [entry for entry in read if bool(entry.what) == again]
    return ToDecide(
        who=naming.who(found.child),
        request=found,
        entries=tuple(wanted[:AT_ONCE]),
        reasons=sharing.whole_record().chosen_from(asked_by(found)),
        waiting=sum(not entry.what for entry in read),
        decided=sum(bool(entry.what) for entry in read),
        own=asked_by(found) == sharing.SELF,
    )


def copy(viewer: Viewer, number: int) -> AccessCopy:
    """The newest copy of a request, to the letter, for whoever hands it over; 404 before there is one."""
    found = asking.request_for(viewer, number, sharing.whole_record().made_by)
    looked(
        user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="copy of whole record",
        children=[found.child.pk],
    )  # fmt: skip
    made = AccessCopy.objects.filter(request=found).order_by("-pk").first()
    if made is None:
        raise Http404
    return made


def _asked(request: AccessRequest) -> Asked:
    taken_by = User.objects.filter(pk=request.taken_by_id).first()
    rows = Instance.objects.filter(subject_id=f"request:{request.pk}", child=request.child, ended_why="")
    built = owing.from_rows(rows.order_by("pk"), {request.child_id: naming.who(request.child)}, None)
    return Asked(
        request,
        AccessRequest.Asker(request.asker).label,
        taken_by.name if taken_by else "somebody who has left",
        next(iter(built), None),
    )


def _look(viewer: Viewer, child: int) -> None:
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=_LOOK, children=[child])
