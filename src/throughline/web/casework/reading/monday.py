"""My Monday: a role's own lists, and what is new among the children one person is related to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import psycopg
from django.db import connection

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.models import Look
from throughline.web.casework.list_shapes import Monday
from throughline.web.casework.models import Draft, Event, Notice
from throughline.web.casework.reading import asking, naming, working, worklists
from throughline.web.casework.shapes import Changed, DraftRow, NoticeRow
from throughline.web.linkage.models import Child

AHEAD = timedelta(days=7)
MOST = 12
"""Children whose news is shown."""
PATH = "my work"
_CANNOT_TELL = "cannot_tell"


def monday(viewer: Viewer, as_of: date | None) -> tuple[Monday, frozenset[int]]:
    """The role's lists, worked out for `as_of` (today if not said); and the children who stand on the page."""
    counted = worklists.lists()[_CANNOT_TELL]
    lists, counts = working.shown(viewer, worklists.monday(viewer.role), as_of, counted=(counted,))
    news, of, children = _changed(viewer)
    drafts = list(Draft.objects.filter(user_id=viewer.id).order_by("-saved_at"))
    named = {
        child.pk: child for child in Child.objects.filter(pk__in={n[0] for n in news} | {d.child_id for d in drafts})
    }
    who = {number: naming.who(child) for number, child in named.items()}
    kinds = words.kinds()
    page = Monday(
        as_of=as_of or viewer.today,
        children=children,
        lists=lists,
        cannot_tell=counts[_CANNOT_TELL],
        changed=tuple(
            Changed(who[child], kinds[kind].title, happened, received, words.agency_title(by))
            for child, kind, happened, received, by in news
            if child in who
        ),
        notices=_notices(viewer),
        drafts=tuple(
            DraftRow(who[d.child_id], d.kind, kinds[d.kind].title, d.saved_at)
            for d in drafts
            if d.child_id in who and d.kind in kinds
        ),
        changed_of=of,
    )
    return page, _shown(page, named)


def _shown(page: Monday, named: Mapping[int, Child]) -> frozenset[int]:
    """Everyone the page names: that they were looked at is written down."""
    listed = {row.child.id for one in page.lists for row in one.rows if row.child}
    numbers = Child.objects.filter(public_id__in=listed - {child.public_id for child in named.values()})
    return frozenset(named) | frozenset(numbers.values_list("pk", flat=True))


_NEWS = """, newest as materialized (
  select mine.child_id, n.received_on, n.happened_on
    from mine, lateral (select e.received_on, e.happened_on from casework_event e
                         where e.child_id = mine.child_id and e.received_on >= %(since)s {of_kinds}
                         order by e.received_on desc limit 1) n
), shown as (
  select child_id, row_number() over (order by received_on desc, happened_on desc, child_id) as place from newest
)
select (select count(*) from mine), (select count(*) from newest),
       (select array_agg(child_id order by place) from shown where place <= %(most)s)
"""


def _changed(viewer: Viewer) -> tuple[list[tuple[int, str, date, date, str]], int, int]:
    """What came in since the viewer last opened this page on an earlier day, of the children it is newest about;
    of how many children something came in; and how many have the viewer as one of the adults around them."""
    earlier = Look.objects.filter(user_id=viewer.id, path_kind=PATH, at__date__lt=viewer.today)
    last = earlier.order_by("-at").values_list("at", flat=True).first()
    since = last.astimezone(clock.LONDON).date() if last else viewer.today - AHEAD
    mine, given = asking.mine(viewer)
    # The walls would refuse the other kinds too, one row at a time.
    kinds = asking.kinds_seen(viewer)
    of_kinds = "" if kinds is None else "and e.kind = any(%(kinds)s)"
    given |= {"since": since, "most": MOST, "kinds": kinds}
    [(children_of_mine, with_news, newest)] = _told(f"with {mine}{_NEWS.format(of_kinds=of_kinds)}", given)
    children = newest or []
    news = Event.objects.filter(child_id__in=children, received_on__gte=since).order_by("-received_on", "-happened_on")
    rows = sorted(
        news.values_list("child_id", "kind", "happened_on", "received_on", "said_by"),
        key=lambda row: children.index(row[0]),
    )
    return rows, with_news, children_of_mine


def _told(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """With the values in the statement: hundreds of kinds are looked up quickly only where a plan knows them."""
    with connection.wrap_database_errors, psycopg.ClientCursor(connection.connection) as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


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
