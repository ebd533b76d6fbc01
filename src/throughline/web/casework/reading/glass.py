"""Records opened in an emergency, as their pages show them. Every row has passed the database's walls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import Http404

from throughline import duties, sharing, words
from throughline.feeds.subjects import subject
from throughline.web.accounts.models import BreakGlass, BreakGlassCheck, User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.audit.models import Look
from throughline.web.casework import access_facts, glass, rows
from throughline.web.casework.models import SubjectInstance
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.shapes import Who
from throughline.web.linkage.models import Child

LIMIT = 100
LIST_PATH, PATH = "emergency accesses", "emergency access"


@dataclass(frozen=True, slots=True)
class Checked:
    """What somebody independent found."""

    outcome: str
    why: str
    taken_to: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckOwed:
    """How its check stands, as R37 has it (`r37-break-glass`)."""

    state: str
    due: date | None
    late: int
    late_unit: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One record opened in an emergency: by whom, whose, why, until when, and what came of it."""

    ref: UUID
    by: str
    seat: str
    child: Who | None
    """None: the child is not this viewer's to know of."""
    reason: str
    purpose: str
    opened_at: datetime
    until: datetime
    checked: Checked | None
    owed: CheckOwed | None
    """The check that is owed, for those whose work that is; None: it is not theirs, or is done."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look of whoever opened it, while it stood open."""

    at: datetime
    what: str
    refused: bool


def every(viewer: Viewer) -> tuple[Opened, ...]:
    """Those opened by this viewer, of children they lead for, and that they answer for: what waits stands first."""
    found = list(BreakGlass.objects.select_related("user").order_by("-opened_at")[:LIMIT])
    built = _built(found)
    _look(viewer, LIST_PATH, *(opened.child_id for opened in found))
    return tuple(sorted(built, key=lambda opened: opened.checked is not None))


def one(viewer: Viewer, ref: UUID) -> tuple[Opened, tuple[Seen, ...], bool]:
    """One of them, what was looked at while it stood open, and whether this viewer may check it; else 404."""
    found = BreakGlass.objects.select_related("user").filter(ref=ref).first()
    if found is None:
        raise Http404
    _look(viewer, PATH, found.child_id)
    [opened] = _built([found])
    looks = Look.objects.filter(
        user_id=found.user_id, at__gte=found.opened_at, at__lt=found.until, child_ids__contains=[found.child_id]
    )
    seen = tuple(Seen(look.at, look.path_kind[:1].upper() + look.path_kind[1:], look.refused) for look in looks)
    may_check = opened.checked is None and glass.independent(viewer, found)
    return opened, tuple(sorted(seen, key=lambda look: look.at)), may_check


def _built(found: list[BreakGlass]) -> list[Opened]:
    children = Child.objects.in_bulk([opened.child_id for opened in found])
    checks = {c.opened_id: c for c in BreakGlassCheck.objects.filter(opened__in=found).select_related("by")}
    owed = _owed([opened.ref for opened in found])
    return [
        Opened(
            ref=one.ref,
            by=one.user.name,
            seat=_seat(one.user, one.agency),
            child=naming.who(children[one.child_id]) if one.child_id in children else None,
            reason=sharing.glass().reasons.get(one.reason, one.reason),
            purpose=one.purpose,
            opened_at=one.opened_at,
            until=one.until,
            checked=_checked(checks.get(one.pk)),
            owed=owed.get(one.ref),
        )
        for one in found
    ]


def _seat(user: User, agency: str) -> str:
    role = words.roles().get(user.role)
    return f"{role.title if role else user.title}, {words.agency_title(agency)}"


def _checked(row: BreakGlassCheck | None) -> Checked | None:
    if row is None:
        return None
    return Checked(row.get_outcome_display(), row.why, row.taken_to, row.by.name, row.at)


def _owed(refs: Iterable[UUID]) -> Mapping[UUID, CheckOwed]:
    """Of those whose check is still owed, how it stands."""
    keys = {subject(access_facts.ACCESS, str(ref)).key: ref for ref in refs}
    found: dict[UUID, CheckOwed] = {}
    at = owing.moment(None)
    for stored in SubjectInstance.objects.filter(about__key__in=keys, met_on__isnull=True).select_related("about"):
        status = duties.status(rows.instance(stored), at)
        found[keys[stored.about.key]] = CheckOwed(status.state, stored.due_on, status.late or 0, status.late_unit)
    return found


def _look(viewer: Viewer, path_kind: str, *children: int) -> None:
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=path_kind, children=children)
