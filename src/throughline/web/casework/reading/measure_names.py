"""The children behind a number, by name, for somebody who works with them: what the walls let through, no more.

How many others are behind it is not said: what may be said of them is the number itself. By who a child is, or by
where they are placed, nobody is named.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from throughline import duties
from throughline.measures import defining
from throughline.measures.counting import fell_on
from throughline.measures.defining import Year
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import rows
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import naming
from throughline.web.casework.reading.area_shapes import Named
from throughline.web.casework.reading.measure_counts import ALTOGETHER
from throughline.web.design import formats

SIDES = (ALTOGETHER, defining.MONTH, "area")
"""What a number with names behind it may be broken down by."""
MOST = 40
"""Children by name behind one number; the rest is said in a number."""

Behind = tuple[tuple[Named, ...], int, set[int]]


def behind(viewer: Viewer, duty: str, year: Year, part: str, side: str, slot: str, at: datetime) -> Behind:
    """Whom the viewer may open, the longest ago first; how many more of those; and the numbers of those named."""
    first: dict[int, Instance] = {}
    for row in _rows(viewer, duty, year, side, slot):
        instance = rows.instance(row)
        of_month = side != defining.MONTH or fell_on(instance).isoformat()[:7] == slot
        state = duties.status(instance, at).state
        if of_month and defining.outcome_of()[state] == part and viewer.may_open(row.child_id):
            first.setdefault(row.child_id, row)
    shown = list(first.values())[:MOST]
    named = tuple(_named(row, fell_on(rows.instance(row))) for row in shown)
    return named, len(first) - len(shown), {row.child_id for row in shown}


def _rows(viewer: Viewer, duty: str, year: Year, side: str, slot: str) -> QuerySet[Instance]:
    last = min(year.last, viewer.today)
    found = Instance.objects.annotate(fell=Coalesce("due_on", "opened_on")).filter(
        viewer.mine(), duty_id=duty, fell__range=(year.first, last), child__joined_into__isnull=True
    )
    if side == "area":
        found = found.filter(child__la=slot)
    found = found.select_related("child").order_by("fell", "child_id")
    viewer.relations_to(*set(found.values_list("child_id", flat=True)))  # asked for all at once
    return found


def _named(row: Instance, fell: date) -> Named:
    return Named(naming.who(row.child), fell, f"due {formats.day(fell)}" if row.due_on else "no date in law")
