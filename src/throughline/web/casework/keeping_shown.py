"""What a keeper's pages show: what is due, what waits for a second signature, what is held, what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404

from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import keeping_due
from throughline.web.casework.keeping_due import Due
from throughline.web.casework.keeping_models import Destruction, DestructionStep, Hold, Tombstone
from throughline.web.casework.keeping_schedule import schedule
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import Who
from throughline.web.linkage.models import Child

LIMIT = 200
"""Most tombstones shown of one destruction, and most of what is done."""
_STEP = DestructionStep.What


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one keeper proposed should go, and how it stands."""

    number: int
    title: str
    """Of the kind of record or of rows."""
    ground: str
    law: str
    reference: str
    children: int
    rows: int
    """Of rows: how many; 0: whole records."""
    by: str
    at: datetime
    mine: bool
    """The viewer proposed it, so somebody else signs."""
    signed_by: str
    state: str
    """``open``, ``done`` or ``taken back``."""
    ended_at: datetime | None
    backups_to: date | None
    """Of what is done: the day by which no copy kept for a disaster holds it any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """One hold that stands."""

    number: int
    ground: str
    asked_by: str
    until: date | None
    by: str
    at: datetime
    what: str
    """Which records: titles of kinds, or all."""
    child: Who | None
    """Whose; None: everybody's."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """A keeper's first page."""

    due: Due
    open: tuple[Proposal, ...]
    held: tuple[Held, ...]
    ended: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """One proposal with whom it is about, or what stands in the place of what went."""

    proposal: Proposal
    children: tuple[Who, ...]
    """Of an open one: who they are."""
    held: bool
    """Something holds some of it, so that nobody can sign."""
    gone: Mapping[str, int]
    """Of one that is done: how many of each went."""
    stones: tuple[Tombstone, ...]


def first_page(viewer: Viewer) -> Keeping:
    """Everything at once; PermissionDenied for anyone but a keeper. The look is recorded."""
    due = keeping_due.due(viewer)
    proposals = [_proposal(d, viewer) for d in _all()]
    held = _held(keeping_due.holds(viewer.today))
    _look(viewer, "what is due to go", [h.child_id for h in keeping_due.holds(viewer.today) if h.child_id])
    return Keeping(
        due=due,
        open=tuple(p for p in proposals if p.state == "open"),
        held=held,
        ended=tuple(p for p in proposals if p.state != "open")[:LIMIT],
    )


def one(viewer: Viewer, number: int) -> Whole:
    """One proposal; 404 where there is none of this number. The look is recorded for everyone it names."""
    keeping_due.keepers_only(viewer)
    found = Destruction.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    proposal = _proposal(found, viewer)
    children: tuple[Child, ...] = ()
    if proposal.state == "open" and not proposal.rows:
        children = tuple(Child.objects.filter(pk__in=found.child_ids).order_by("dob", "pk"))
    _look(viewer, "proposed destruction", [child.pk for child in children])
    stones = Tombstone.objects.filter(destruction=found).order_by("pk")
    counted = Counter(stones.values_list("what", flat=True))
    standing = keeping_due.holds(viewer.today)
    held = any(keeping_due.held(child, found.record, standing) for child in found.child_ids)
    return Whole(proposal, tuple(map(naming.who, children)), held, counted, tuple(stones[:LIMIT]))


def hold(viewer: Viewer, number: int) -> Held:
    """One hold that stands; 404 for any other."""
    keeping_due.keepers_only(viewer)
    found = [h for h in keeping_due.holds(viewer.today) if h.pk == number]
    if not found:
        raise Http404
    _look(viewer, "hold", [h.child_id for h in found if h.child_id])
    return _held(found)[0]


def _all() -> list[Destruction]:
    return list(Destruction.objects.prefetch_related("steps").order_by("-proposed_at", "-pk"))


def _proposal(found: Destruction, viewer: Viewer) -> Proposal:
    steps = {step.what: step for step in found.steps.all()}
    ended = steps.get(_STEP.DONE) or steps.get(_STEP.TAKEN_BACK)
    done = steps.get(_STEP.DONE)
    people = _names([found.proposed_by_id, *(step.by_id for step in steps.values())])
    return Proposal(
        number=found.pk,
        title=schedule().titles[found.record],
        ground=schedule().grounds[found.ground].title,
        law=found.law,
        reference=found.reference,
        children=len(found.child_ids),
        rows=len(found.statement_ids),
        by=people[found.proposed_by_id],
        at=found.proposed_at,
        mine=found.proposed_by_id == viewer.id,
        signed_by=people[ended.by_id] if ended else "",
        state=str(ended.what) if ended else "open",
        ended_at=ended.at if ended else None,
        backups_to=done.at.date() + timedelta(days=schedule().backup_days) if done else None,
    )


def _held(found: Iterable[Hold]) -> tuple[Held, ...]:
    found = list(found)
    people = _names(h.by_id for h in found)
    children = Child.objects.in_bulk([h.child_id for h in found if h.child_id])
    return tuple(
        Held(
            number=h.pk,
            ground=schedule().holds[h.ground],
            asked_by=h.asked_by,
            until=h.until,
            by=people[h.by_id],
            at=h.at,
            what="; ".join(schedule().titles[id] for id in h.records) or "Every kind of record",
            child=naming.who(children[h.child_id]) if h.child_id in children else None,
        )
        for h in found
    )


def _names(users: Iterable[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=set(users)).values_list("pk", "name"))


def _look(viewer: Viewer, what: str, children: Iterable[int]) -> None:
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=what, children=children)
