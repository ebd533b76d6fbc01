"""The child's copy: the line of one child, for that child to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.core.exceptions import PermissionDenied

from throughline import sharing, words
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import rules_here, selectors
from throughline.web.casework.models import Event, Instance
from throughline.web.casework.reading import owing
from throughline.web.casework.shapes import Owed, Seat, Who
from throughline.web.child import lookers
from throughline.web.child.lookers import Looked
from throughline.web.linkage.models import Child

KEPT_FOR = timedelta(days=365)
"""A promise that was kept stays in the copy this long; one that was not kept stays until it is."""
_VOICE, _TOLD_FOR, _SHARED = "voice", "via_parent", "sharing_decided"


@dataclass(frozen=True, slots=True)
class Said:
    """The child's own words, once."""

    words: str
    on: date
    to: str
    """Whom they were told to, blank if nobody wrote that down."""
    changed: str
    """What changed because of them."""
    told_back: str
    """When the child was told what came of it, as it was written down."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing owed to the child, as the rule's own sentence to a child says it."""

    sentence: str
    owed: Owed


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened."""

    title: str
    on: date
    told_by: tuple[str, ...]
    """Titles of the agencies that wrote it down."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Something about the child that was shared with another agency, by a decision."""

    to: str
    on: date
    why: str


@dataclass(frozen=True, slots=True)
class Copy:
    """All that is in one copy."""

    who: Who
    made_on: date
    goes_home: bool
    said: tuple[Said, ...]
    """Newest first."""
    open: tuple[Promise, ...]
    """Still to be done; the latest first."""
    kept: tuple[Promise, ...]
    """Done within the last year."""
    team: tuple[Seat, ...]
    years: tuple[tuple[int, tuple[Happened, ...]], ...]
    """Newest first."""
    passed: tuple[Passed, ...]
    """Who was told, the newest first."""
    looks: tuple[Looked, ...]
    """Who has looked."""


def make(viewer: Viewer, child_id: UUID, *, goes_home: bool) -> Copy:
    """The copy as of today; that it was made, and which kind, is recorded.

    Raises Http404 and PermissionDenied as `selectors.child_for`, and PermissionDenied for whoever may open the
    child's page and not hand over a copy of it.
    """
    rule = sharing.copy_rule(sharing.CHILD)
    child = selectors.child_for(viewer, child_id, "child's copy")
    if not rule.may_make(viewer.relations_to(child.pk)[child.pk]):
        raise PermissionDenied("The child's copy is made by the social worker or the reviewing officer of the child.")
    page = selectors.child_page(viewer, child_id)
    events = [e for e in _events(child, viewer.today) if rule.holds(_item(e), goes_home=goes_home)]
    promises = _promises(child, page.who, rule, goes_home=goes_home)
    changed(
        user_id=viewer.id,
        purpose=viewer.purpose,
        action="child.copy.home" if goes_home else "child.copy.together",
        subject_kind="child",
        subject_id=child.public_id,
        children=[child.pk],
        content="\n".join(e.key for e in events),
    )
    since = viewer.today - KEPT_FOR
    return Copy(
        who=page.who,
        made_on=viewer.today,
        goes_home=goes_home,
        said=tuple(_said(events)),
        open=tuple(p for p in promises if p.owed.state in owing.STILL_OWED),
        kept=tuple(p for p in promises if p.owed.met_on and p.owed.met_on >= since),
        team=page.team,
        years=tuple(_years(events)),
        passed=tuple(_passed(events)),
        looks=lookers.looked(child.pk),
    )


def _events(child: Child, day: date) -> list[Event]:
    """What this viewer sees of the child and nobody has put in question, a happening's tellings together."""
    found = Event.objects.filter(child=child, happened_on__lte=day, in_question=False)
    return list(found.order_by("happening", "telling"))


def _item(row: Event | Instance) -> sharing.Item:
    return sharing.Item(row.level, frozenset(row.tags))


def _promises(child: Child, who: Who, rule: sharing.CopyRule, *, goes_home: bool) -> list[Promise]:
    rows = Instance.objects.filter(owing.still_bites(), child=child, ended_why="").order_by("due_on", "duty_id", "pk")
    held = [row for row in rows if rule.holds(_item(row), goes_home=goes_home)]
    built = sorted(owing.from_rows(held, {child.pk: who}, None), key=owing.by_need)
    book = rules_here.book()
    return [Promise(book[owed.duty_id].plain, owed) for owed in built]


def _said(events: Iterable[Event]) -> list[Said]:
    """What the child said, once however many wrote it down; what a parent told for the child is not that."""
    spoken: dict[int, Event] = {}
    for e in events:
        if e.details.get("words") and words.kinds()[e.kind].lane == _VOICE and _TOLD_FOR not in e.marks:
            spoken.setdefault(e.happening, e)
    return [
        Said(
            e.details["words"],
            e.happened_on,
            e.details.get("to_whom", ""),
            e.details.get("what_changed", ""),
            e.details.get("fed_back_at", ""),
        )
        for e in sorted(spoken.values(), key=lambda e: e.happened_on, reverse=True)
    ]


def _passed(events: Iterable[Event]) -> list[Passed]:
    """Decisions to share, of those that may be in the copy."""
    told = [e for e in events if e.kind == _SHARED and "accepted" in e.marks]
    return [
        Passed(words.agency_title(e.details.get("with_agency", "")), e.happened_on, e.details.get("reason", ""))
        for e in sorted(told, key=lambda e: e.happened_on, reverse=True)
    ]


def _years(events: Sequence[Event]) -> list[tuple[int, tuple[Happened, ...]]]:
    """What happened, one line a happening, under its year."""
    happened = []
    for _, tellings in groupby(events, key=lambda e: e.happening):
        told = list(tellings)
        titles = dict.fromkeys(words.agency_title(e.said_by) for e in told)
        happened.append(Happened(words.kinds()[told[0].kind].title, told[0].happened_on, tuple(titles)))
    happened.sort(key=lambda h: h.on, reverse=True)
    return [(year, tuple(rows)) for year, rows in groupby(happened, key=lambda h: h.on.year)]
