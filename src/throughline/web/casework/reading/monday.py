"""My Monday: what is late, due, waiting and new among the children one person is related to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Q

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.models import Look
from throughline.web.casework.models import Draft, Event, Instance, Notice
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.shapes import Changed, DraftRow, Monday, NoticeRow, Owed, Who
from throughline.web.linkage.models import Child

AHEAD = timedelta(days=7)
MOST = 50
PATH = "my work"


def monday(viewer: Viewer, as_of: date | None) -> Monday:
    """The lists, worked out for `as_of` (today if not said)."""
    day = as_of or viewer.today
    mine = [child for child in viewer.relations if viewer.may_open(child)]
    who = {child.pk: naming.who(child) for child in Child.objects.filter(pk__in=mine)}
    owed = owing.from_rows(_open(mine, day), who, as_of)
    seats = viewer.policy.answers_for
    own = [o for o in owed if owing.role_of(o.duty_id) in seats]
    others = [o for o in owed if owing.role_of(o.duty_id) not in seats and _pressing(o, day)]
    late = sorted((o for o in own if o.state == "overdue"), key=owing.by_need)
    due = sorted((o for o in own if o.state != "overdue" and _pressing(o, day)), key=owing.by_need)
    changed, changed_more = _changed(viewer, mine, who)
    waiting = sorted(others, key=owing.by_need)
    return Monday(
        as_of=day,
        children=len(mine),
        overdue=tuple(late[:MOST]),
        due=tuple(due[:MOST]),
        waiting=tuple(waiting[:MOST]),
        cannot_tell=sum(o.state == "cannot tell" for o in owed),
        changed=changed,
        notices=_notices(viewer),
        drafts=_drafts(viewer, who),
        more={
            "overdue": max(0, len(late) - MOST),
            "due": max(0, len(due) - MOST),
            "waiting": max(0, len(waiting) - MOST),
            "changed": changed_more,
        },
    )


def _open(children: list[int], day: date) -> Iterable[Instance]:
    """Duties not met and not ended that fall due by next week, or of which nobody can say when."""
    return (
        Instance.objects.filter(child_id__in=children, met_on__isnull=True, ended_why="")
        .filter(Q(due_on__lte=day + AHEAD) | Q(warn_on__lte=day) | Q(due_on__isnull=True))
        .filter(owing.still_bites())
        .order_by("due_on", "pk")
    )


def _pressing(owed: Owed, day: date) -> bool:
    if owed.state in {"overdue", "due", "due soon"}:
        return True
    return owed.state == "upcoming" and owed.due_on is not None and owed.due_on <= day + AHEAD


def _changed(viewer: Viewer, children: list[int], who: Mapping[int, Who]) -> tuple[tuple[Changed, ...], int]:
    """What came in since the viewer last opened this page on an earlier day."""
    earlier = Look.objects.filter(user_id=viewer.id, path_kind=PATH, at__date__lt=viewer.today)
    last = earlier.order_by("-at").values_list("at", flat=True).first()
    since = last.astimezone(clock.LONDON).date() if last else viewer.today - AHEAD
    news = Event.objects.filter(child_id__in=children, received_on__gte=since).order_by("-received_on", "-happened_on")
    rows = list(news.values_list("child_id", "kind", "happened_on", "received_on", "said_by")[: MOST + 1])
    shown = tuple(
        Changed(who[child], words.kinds()[kind].title, happened, received, words.agency_title(by))
        for child, kind, happened, received, by in rows[:MOST]
    )
    return shown, max(0, news.count() - MOST) if len(rows) > MOST else 0


def _notices(viewer: Viewer) -> tuple[NoticeRow, ...]:
    rows = Notice.objects.filter(user_id=viewer.id, read_at__isnull=True).select_related("child", "question")
    said = {"asked": "Something you read here may be about another child. It is being looked at."}
    judged = {
        "theirs": "Something you read here was in question. It is this child's, and stays.",
        "another": "Something you read here was about another child. It has been moved there.",
        "nobody": "Something you read here was not about this child. It has been taken off this line.",
    }
    return tuple(
        NoticeRow(
            n.pk,
            naming.who(n.child),
            said["asked"] if n.what == "asked" else judged[n.question.verdict],
            n.at,
        )
        for n in rows.order_by("-at")
    )


def _drafts(viewer: Viewer, who: Mapping[int, Who]) -> tuple[DraftRow, ...]:
    rows = Draft.objects.filter(user_id=viewer.id).order_by("-saved_at")
    kinds = words.kinds()
    return tuple(
        DraftRow(who[d.child_id], d.kind, kinds[d.kind].title, d.saved_at)
        for d in rows
        if d.child_id in who and d.kind in kinds
    )
