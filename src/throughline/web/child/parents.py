"""A parent's or carer's copy: the plan, and what was agreed where they were meant to be; nothing the child confided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.core.exceptions import PermissionDenied

from throughline import sharing, words
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import rules_here, selectors
from throughline.web.casework.models import Event, Instance
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.shapes import Owed, Who
from throughline.web.casework.typing_in import Refused


@dataclass(frozen=True, slots=True)
class Agreed:
    """One thing planned or agreed."""

    title: str
    on: date
    told_by: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Owing:
    """One thing that agencies still owe, in the rule's own sentence."""

    sentence: str
    owed: Owed


@dataclass(frozen=True, slots=True)
class ParentsCopy:
    """All that is in one copy."""

    who: Who
    whom: str
    """Who it is for."""
    made_on: date
    years: tuple[tuple[int, tuple[Agreed, ...]], ...]
    """Newest first."""
    open: tuple[Owing, ...]


def make(viewer: Viewer, child_id: UUID, *, whom: str, safe: str) -> ParentsCopy:
    """The copy as of today for a parent or carer; that it was made, and why that is safe, is recorded.

    Raises Http404 and PermissionDenied as `selectors.child_for`, PermissionDenied for whoever does not make it,
    `Refused` with a sentence for each answer that will not do.
    """
    rule = sharing.copy_rule(sharing.OF_A_PARENT)
    child = selectors.child_for(viewer, child_id, "parent's copy")
    if not rule.may_make(viewer.relations_to(child.pk)[child.pk]):
        raise PermissionDenied("A parent's copy is made by the social worker or the reviewing officer of the child.")
    wrong = {} if whom.strip() else {"whom": "Name the parent or carer it is for."}
    if not safe.strip():
        wrong["safe"] = "Say what lets them have it, and how you know that it is safe."
    if wrong:
        raise Refused(wrong)
    found = Event.objects.filter(child=child, happened_on__lte=viewer.today, in_question=False)
    events = [e for e in found.order_by("-happened_on", "happening", "telling") if _holds(rule, e, e.kind)]
    told = {event.key for event in events}
    changed(
        user_id=viewer.id, purpose=viewer.purpose, action="child.copy.parent", subject_kind="child",
        subject_id=child.public_id, children=[child.pk], content="\n".join((whom, safe, *sorted(told))),
    )  # fmt: skip
    agreed = [_agreed(rule, event) for event in events]
    who = naming.who(child)
    return ParentsCopy(
        who=who,
        whom=whom.strip(),
        made_on=viewer.today,
        years=tuple((year, tuple(rows)) for year, rows in groupby(agreed, key=lambda row: row.on.year)),
        open=tuple(_owing(rule, child.pk, who, told)),
    )


def _holds(rule: sharing.CopyRule, row: Event | Instance, kind: str) -> bool:
    return rule.holds(sharing.Item(row.level, frozenset(row.tags), kind), goes_home=True)


def _agreed(rule: sharing.CopyRule, event: Event) -> Agreed:
    shown = tuple(naming.detail(event.kind, name, value) for name, value in event.details.items()
                  if value and name in rule.shows)  # fmt: skip
    return Agreed(words.kinds()[event.kind].title, event.happened_on, words.agency_title(event.said_by), shown)


def _owing(rule: sharing.CopyRule, child: int, who: Who, told: set[str]) -> Iterable[Owing]:
    """What is still owed, where every fact it rests on is in the copy: no date may tell of anything else."""
    rows = Instance.objects.filter(owing.still_bites(), child_id=child, ended_why="", met_on__isnull=True)
    kept = [
        row for row in rows.exclude(evidence=[]) if set(row.evidence) <= told and _holds(rule, row, row.trigger_kind)
    ]
    built = sorted(owing.from_rows(kept, {child: who}, None), key=owing.by_need)
    book = rules_here.book()
    return [Owing(book[owed.duty_id].plain, owed) for owed in built if owed.state in owing.STILL_OWED]
