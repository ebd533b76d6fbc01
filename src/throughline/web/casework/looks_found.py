"""Looks that somebody independent is to check: those found out of the ordinary, and those drawn by lot (flag R37)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from throughline import duties
from throughline.feeds.subjects import subject
from throughline.web import clock
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.models import Finding, FindingCheck, Look
from throughline.web.casework import access_facts, looks, rows, unusual
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import SubjectInstance
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.shapes import Who
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage.models import Child

PATH = "looks to be checked"
CHECKED_SHOWN = 30
"""Most checked ones in the list, newest first."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One finding, as the list and its own page show it."""

    ref: UUID
    title: str
    says: str
    who: looks.Person | None
    """Whose looks; None: somebody who is no longer known here."""
    child: Who | None
    """Whom they were at; None: about no one child, or none that may be named."""
    day: date
    counted: int
    found_at: datetime
    state: str
    """Of the check, where it has a clock: overdue, due ...; blank: it has none."""
    due_on: date | None
    late: int
    checked: str
    """What the check said; blank: not checked yet."""
    checked_on: date | None
    drawn: bool
    """By lot, for no other reason."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One finding with the looks it rests on."""

    row: FoundRow
    looks: tuple[looks.LookRow, ...]


@dataclass(frozen=True, slots=True)
class ToCheck:
    """The list: what is to be checked, the lot of the month, what was checked lately."""

    open: tuple[FoundRow, ...]
    drawn: tuple[FoundRow, ...]
    checked: tuple[FoundRow, ...]


def to_check(viewer: Viewer) -> ToCheck:
    """All that this viewer is to check, that which is due first. Raises PermissionDenied for anyone else."""
    looks.answering(viewer)
    found = list(Finding.objects.order_by("-found_at", "-pk")[: looks.LIMIT])
    made = _made(found)
    looks.look(viewer, PATH, {f.child_id for f in found if f.child_id})
    waiting = [row for row in made if not row.checked]
    return ToCheck(
        open=tuple(sorted((row for row in waiting if not row.drawn), key=lambda row: row.due_on or row.day)),
        drawn=tuple(row for row in waiting if row.drawn),
        checked=tuple(row for row in made if row.checked)[:CHECKED_SHOWN],
    )


def one(viewer: Viewer, ref: UUID) -> FoundPage:
    """One finding; 404 for one that is not this viewer's to check, their own included."""
    looks.answering(viewer)
    finding = _finding(ref)
    shown = list(Look.objects.filter(pk__in=finding.look_ids).order_by("at"))
    (row,) = _made([finding])
    return FoundPage(row, looks.named(viewer, shown, PATH))


@transaction.atomic
def check(*, ref: UUID, outcome: str, why: str, taken_to: str = "", by: Viewer, purpose: str) -> None:
    """Record what somebody independent found. Never of one's own looks, and once.

    `outcome` is a code of `unusual.yaml`; `taken_to` says who at their agency takes it up, where that is needed.
    Raises 404, PermissionDenied, or `Refused` with a sentence for each field.
    """
    looks.answering(by)
    finding = _finding(ref)
    known = unusual.said()["outcomes"]
    errors = {}
    if outcome not in known:
        errors["outcome"] = "Say what you found"
    elif known[outcome].get("taken_to") and not taken_to:
        errors["taken_to"] = "Say who at their agency takes it up, by name and post"
    if not why:
        errors["why"] = "Say what you looked at to find that"
    if FindingCheck.objects.filter(finding=finding).exists():
        errors["outcome"] = "Somebody has checked this already"
    if errors:
        raise Refused(errors)
    with as_engine():
        FindingCheck.objects.create(
            finding=finding, outcome=outcome, why=why, taken_to=taken_to, by_id=by.id, at=clock.now()
        )
    # What was asked of whom stays with the finding: the fact is read by everyone who answers for looks anywhere.
    access_facts.tell(
        ref=finding.ref, kind=access_facts.CHECKED, at=clock.now(), by=by.id, purpose=purpose,
        fields={"decision": known[outcome]["says"]},
    )  # fmt: skip


def _finding(ref: UUID) -> Finding:
    found = Finding.objects.filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _made(found: Iterable[Finding]) -> list[FoundRow]:
    found = list(found)
    users = User.objects.in_bulk({f.user_id for f in found})
    children = {c.pk: naming.who(c) for c in Child.objects.filter(pk__in={f.child_id for f in found if f.child_id})}
    checks = {c.finding_id: c for c in FindingCheck.objects.filter(finding__in=found)}
    clocks = _clocks([f.ref for f in found])
    return [_row(f, users.get(f.user_id), children, checks.get(f.pk), clocks.get(f.ref)) for f in found]


def _clocks(refs: list[UUID]) -> dict[UUID, SubjectInstance]:
    keys = {subject(access_facts.ACCESS, str(ref)).key: ref for ref in refs}
    owed = SubjectInstance.objects.filter(about__key__in=keys).select_related("about")
    return {keys[instance.about.key]: instance for instance in owed}


def _row(
    finding: Finding,
    user: User | None,
    children: dict[int, Who],
    check: FindingCheck | None,
    owed: SubjectInstance | None,
) -> FoundRow:
    status = duties.status(rows.instance(owed), owing.moment(None)) if owed else None
    return FoundRow(
        ref=finding.ref,
        title=unusual.title(finding.ground),
        says=unusual.sentence(finding.ground),
        who=looks.person(user) if user else None,
        child=children.get(finding.child_id) if finding.child_id else None,
        day=finding.day,
        counted=finding.counted,
        found_at=finding.found_at,
        state=status.state if status else "",
        due_on=rows.day_of(rows.instance(owed).due) if owed else None,
        late=(status.late or 0) if status else 0,
        checked=_said(check) if check else "",
        checked_on=check.at.astimezone(clock.LONDON).date() if check else None,
        drawn=finding.ground == unusual.SAMPLE,
    )


def _said(check: FindingCheck) -> str:
    parts = [unusual.said()["outcomes"][check.outcome]["says"], check.why.strip().rstrip(".")]
    if check.taken_to:
        parts.append(f"Taken up by {check.taken_to}")
    return ". ".join(parts)
