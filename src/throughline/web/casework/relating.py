"""Seats that follow from what happened: the missing hub sees a child while it has something to do for them,
an interview that is still owed included, however old.

A derived relation carries its last day, so that it ends by itself and nothing has to run at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper

from throughline import duties, sharing
from throughline.timeline import Line, Segment
from throughline.web.accounts.models import User

Life = tuple[Line, Iterable[duties.Instance]]
"""A child's line, and what is owed on it."""

_HUB = "missing_hub"
HUB_AFTER = timedelta(days=90)
"""How long after a return the hub goes on seeing the child: the window in which going missing again is a
pattern (practice R04)."""


def relate(cursor: CursorWrapper, children: list[int], lives: Mapping[int, Life], today: date) -> None:
    """Work out again who of the hub sees these children; `lives` lacks children of whom nothing is known."""
    hubs = list(User.objects.filter(role=_HUB, is_active=True).values_list("pk", "area"))
    cursor.execute("delete from accounts_relation where derived and child_id = any(%s)", [children])
    rows = []
    for child, (line, instances) in lives.items():
        spans = line.segments("missing")
        if not spans:
            continue
        start, end = min(span.start for span in spans), _until(spans, instances)
        if end is not None and end < today:
            continue
        # Where no source says which area a missing child is of, every hub sees them: better than none.
        areas = {la.partition(":")[2] for la in line.las} - {""}
        rows += [(user, child, start, end) for user, area in hubs if not area or not areas or area in areas]
    cursor.executemany(
        'insert into accounts_relation (user_id, child_id, kind, start, "end", derived, source)'
        " values (%s, %s, %s, %s, %s, true, 'missing, or back within 90 days')",
        [(user, child, sharing.HUB, start, end) for user, child, start, end in rows],
    )


def _until(spans: Sequence[Segment], instances: Iterable[duties.Instance]) -> date | None:
    """The hub's last day with a child; None while the child is missing or the hub owes something."""
    if any(span.end is None for span in spans):
        return None
    book = duties.rulebook()
    if any(i.met_at is None and not i.ended_why and book[i.duty].owed_role == _HUB for i in instances):
        return None
    return max(span.end for span in spans if span.end) + HUB_AFTER
