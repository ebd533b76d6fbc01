"""Places, plans and others that are no child, as their pages show them. Every row has passed the database's walls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from throughline import duties, words
from throughline.feeds.subjects import subject, subject_of
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import rows, rules_here
from throughline.web.casework.models import Mention, SubjectEvent, SubjectInstance, SubjectMention
from throughline.web.casework.reading import held_back, naming, owing
from throughline.web.casework.recording_about import may_record
from throughline.web.casework.shapes import Who
from throughline.web.linkage.models import Subject

PATH = "place or plan"
LIST_PATH = "places and plans"
_LATE = ("overdue", "due", "due soon", "upcoming", "cannot tell")
"""Of what is still owed, what stands first."""


@dataclass(frozen=True, slots=True)
class Named:
    """One subject in a list."""

    id: UUID
    name: str
    owed: tuple[tuple[str, int], ...]
    """State and how many duties are in it, of those still owed."""
    last_on: date | None
    """The last that is known to have happened."""


@dataclass(frozen=True, slots=True)
class SubjectOwed:
    """One duty about a subject, in words."""

    duty_id: str
    title: str
    state: str
    strength: str
    owed_by: str
    due_on: date | None
    due_at: datetime | None
    late: int
    late_unit: str
    because: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing on a subject's line: its own, or something that befell a child there."""

    on: date
    at: datetime | None
    title: str
    said_by: str
    """Title; blank where a child's page says it."""
    details: tuple[tuple[str, str], ...] = ()
    child: Who | None = None
    """Whom it befell, for those who may see what happened to that child."""
    of_a_child: bool = False


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """All that one page shows."""

    kind: str
    kind_title: str
    name: str
    owed: tuple[SubjectOwed, ...]
    """Still owed, the latest first."""
    done: tuple[SubjectOwed, ...]
    happened: tuple[Happened, ...]
    """Newest first."""
    recordable: tuple[words.Kind, ...]
    """What this viewer may record about it."""
    stubs: tuple[str, ...]
    """Who holds something here that is not shared, in a sentence each."""


def every(viewer: Viewer) -> list[tuple[str, list[Named]]]:
    """The subjects this viewer's role sees, by what they are; those of which nothing is left on the line, not."""
    if not viewer.policy.subjects:
        raise PermissionDenied("Places and plans are not shared with your role.")
    last: dict[int, date] = {}
    for model in (SubjectEvent, SubjectMention):
        for number, day in model.objects.order_by("happened_on").values_list("about_id", "happened_on"):
            last[number] = max(day, last.get(number, day))
    counts: dict[int, Counter[str]] = {}
    for instance in SubjectInstance.objects.all():
        state = duties.status(rows.instance(instance), owing.moment(None)).state
        if state in owing.STILL_OWED:
            counts.setdefault(instance.about_id, Counter())[state] += 1
    shown = Subject.objects.filter(pk__in={*last, *counts}).order_by("kind", "key")
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=LIST_PATH)
    by_kind = groupby(shown, key=lambda row: row.kind)
    return [
        (words.subjects()[kind], [_named(row, counts.get(row.pk, Counter()), last.get(row.pk)) for row in mine])
        for kind, mine in by_kind
    ]


def _named(row: Subject, counts: Counter[str], last: date | None) -> Named:
    return Named(row.public_id, name_of(row), tuple((state, counts[state]) for state in _LATE if counts[state]), last)


def name_of(row: Subject) -> str:
    """What a subject is called: an agency by its title, anything else as it was told."""
    return words.agency_title(subject_of(row.key).id) if row.kind == "agency" else row.name[:1].upper() + row.name[1:]


def address(viewer: Viewer, kind: str, name: str) -> UUID:
    """Where the page of the subject is that an event names so; 404 where there is none for this viewer."""
    found = Subject.objects.filter(key=subject(kind, name).key).first()
    if found is None:
        raise Http404
    return found.public_id


def page(viewer: Viewer, public_id: UUID) -> SubjectPage:
    """One subject; 404 where its kind is not shared with the viewer's role."""
    row = Subject.objects.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    mine = list(Mention.objects.filter(about=row).select_related("child"))
    looked(
        user_id=viewer.id,
        role=viewer.role,
        purpose=viewer.purpose,
        path_kind=PATH,
        children=[mention.child_id for mention in mine],
    )
    owed = _owed(row)
    return SubjectPage(
        kind=row.kind,
        kind_title=words.subjects()[row.kind],
        name=name_of(row),
        owed=tuple(o for o in owed if o.state in owing.STILL_OWED),
        done=tuple(o for o in owed if o.state not in owing.STILL_OWED),
        happened=tuple(sorted((*_own(row), *_of_children(row, mine)), key=lambda h: h.on, reverse=True)),
        recordable=tuple(
            kind for kind in words.kinds().values() if row.kind in kind.about and may_record(viewer, row.kind, kind)
        ),
        stubs=tuple(stub.text for stub in held_back.of_subject(row.pk)),
    )


def _owed(row: Subject) -> list[SubjectOwed]:
    book, at = rules_here.book(), owing.moment(None)
    found = []
    for stored in SubjectInstance.objects.filter(about=row).order_by("-due_on", "pk"):
        if stored.duty_id not in book:
            continue
        rule, instance = book[stored.duty_id], rows.instance(stored)
        status, due = duties.status(instance, at), instance.due
        found.append(
            SubjectOwed(
                duty_id=rule.id,
                title=rule.title,
                state=status.state,
                strength=rule.strength,
                owed_by=words.roles()[rule.owed_role].title,
                due_on=rows.day_of(due),
                due_at=due if isinstance(due, datetime) else None,
                late=status.late or 0,
                late_unit=status.late_unit,
                because=duties.because(instance, rule, at),
            )
        )
    return found


def _own(row: Subject) -> Iterable[Happened]:
    for event in SubjectEvent.objects.filter(about=row):
        details = tuple(naming.detail(event.kind, name, value) for name, value in event.details.items() if value)
        title, said_by = words.kinds()[event.kind].title, words.agency_title(event.said_by)
        yield Happened(event.happened_on, event.happened_at, title, said_by, details)


def _of_children(row: Subject, mine: list[Mention]) -> Iterable[Happened]:
    """What befell children there: whom, for those who may know; for the others that it was a child."""
    kinds = words.kinds()
    seen = Counter((m.kind, m.happened_on) for m in mine)
    for mention in mine:
        who = naming.who(mention.child)
        yield Happened(
            mention.happened_on, mention.happened_at, kinds[mention.kind].title, "", child=who, of_a_child=True
        )
    for kind, on in SubjectMention.objects.filter(about=row).values_list("kind", "happened_on"):
        if seen[kind, on]:
            seen[kind, on] -= 1
        else:
            yield Happened(on, None, kinds[kind].title, "", of_a_child=True)
