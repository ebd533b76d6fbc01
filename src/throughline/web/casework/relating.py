"""Seats that follow from what happened: the missing hub sees a child while it has something to do for them.

A derived relation carries its last day, so that it ends by itself and nothing has to run at night.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper

from throughline import sharing
from throughline.timeline import Line
from throughline.web.accounts.models import User

HUB_AFTER = timedelta(days=90)
"""How long after a return the hub goes on seeing the child: the window in which going missing again is a
pattern (practice R04)."""


def relate(cursor: CursorWrapper, children: list[int], lines: Mapping[int, Line], today: date) -> None:
    """Work out again who of the hub sees these children; `lines` lacks children of whom nothing is known."""
    hubs = list(User.objects.filter(role="missing_hub", is_active=True).values_list("pk", "area"))
    cursor.execute("delete from accounts_relation where derived and child_id = any(%s)", [children])
    rows = []
    for child, line in lines.items():
        spans = line.segments("missing")
        if not spans:
            continue
        start = min(span.start for span in spans)
        end = None if any(span.end is None for span in spans) else max(s.end for s in spans if s.end) + HUB_AFTER
        if end is not None and end < today:
            continue
        areas = {la.partition(":")[2] for la in line.las}
        rows += [(user, child, start, end) for user, area in hubs if not area or area in areas]
    cursor.executemany(
        'insert into accounts_relation (user_id, child_id, kind, start, "end", derived, source)'
        " values (%s, %s, %s, %s, %s, true, 'missing, or back within 90 days')",
        [(user, child, sharing.HUB, start, end) for user, child, start, end in rows],
    )
