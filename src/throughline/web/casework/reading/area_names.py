"""The children behind a figure, by name, for somebody who works with them: what the walls let through, no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from throughline import sharing, words
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.models import Event, Instance, Segment
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.reading.area_counts import Counts
from throughline.web.casework.reading.area_rules import Figure
from throughline.web.casework.reading.area_shapes import Named
from throughline.web.casework.shapes import Who
from throughline.web.design import formats
from throughline.web.intake.models import Postcode
from throughline.web.linkage.models import Child

MOST = 40
"""Children by name under one figure; the rest is said in a number."""

_Found = tuple[int, date | datetime | None]
"""A child's number, and since when."""


def behind(viewer: Viewer, c: Counts, figure: Figure, area: str | None) -> tuple[tuple[Named, ...], int, set[int]]:
    """Whom the viewer may see behind a figure, the longest first; how many more; and all their numbers."""
    found = list(_found(viewer, c, figure, area))
    viewer.relations_to(*(number for number, _ in found))  # asked for all at once
    first: dict[int, date | datetime | None] = {}
    for number, since in sorted(found, key=lambda pair: (pair[1] is None, _day(pair[1]) or date.max)):
        if viewer.may_open(number):
            first.setdefault(number, since)
    shown = dict(list(first.items())[:MOST])
    who = {child.pk: naming.who(child) for child in Child.objects.filter(pk__in=shown)}
    named = tuple(_named(who, pair, c) for pair in shown.items() if pair[0] in who)
    return named, len(first) - len(shown), set(who)


def _found(viewer: Viewer, c: Counts, figure: Figure, area: str | None) -> Iterable[_Found]:
    if figure.state == "placement":
        return _placed_away(c, area)
    if figure.state:
        rows = _of_area(Segment.objects.filter(state=figure.state, end__isnull=True), area)
        return ((s.child_id, s.started_at or s.start) for s in rows)
    if figure.wait:
        return _waiting(viewer, c, figure, area)
    return _late(c, figure, area)


def _of_area(rows: QuerySet, area: str | None) -> QuerySet:
    rows = rows.filter(child__joined_into__isnull=True)
    return rows if area is None else rows.filter(child__la=area)


def _late(c: Counts, figure: Figure, area: str | None) -> Iterator[_Found]:
    rows = Instance.objects.filter(duty_id__in=figure.duties, met_on__isnull=True, ended_why="", due_on__lte=c.today)
    rows = _of_area(rows.filter(owing.still_bites()).select_related("child"), area)
    who = {row.child_id: naming.who(row.child) for row in rows}
    numbers = {row.pk: row.child_id for row in rows}
    for owed in owing.from_rows(rows, who, None):
        if owed.state == "overdue":
            yield numbers[owed.id], owed.due_at or owed.due_on


def _waiting(viewer: Viewer, c: Counts, figure: Figure, area: str | None) -> Iterator[_Found]:
    """Questions without an answer. Only where the viewer would see an answer: else each would seem to wait."""
    wait = figure.wait
    assert wait is not None
    later = Event.objects.filter(
        child=OuterRef("child"), kind__in=wait.answers, happened_on__gte=OuterRef("happened_on"),
        happened_on__lte=c.today,
    )  # fmt: skip
    same = later.filter(Q(ref=OuterRef("ref")) | Q(ref=""))
    asked = Event.objects.filter(kind=wait.ask, happened_on__lte=c.today)
    if wait.mark:
        asked = asked.filter(marks__contains=[wait.mark])
    rows = _of_area(asked, area).order_by("happened_on")
    waiting = list(rows.exclude(Exists(same)).exclude(Q(ref="") & Exists(later)))
    viewer.relations_to(*(event.child_id for event in waiting))
    seen: set[tuple[int, int]] = set()
    for event in waiting:
        if (event.child_id, event.happening) not in seen and _would_see(viewer, event.child_id, wait.answers):
            seen.add((event.child_id, event.happening))
            yield event.child_id, event.happened_on


def _would_see(viewer: Viewer, child: int, kinds: Iterable[str]) -> bool:
    related = viewer.relations_to(child)[child]
    known = [words.kinds()[kind] for kind in kinds]
    return all(
        sharing.decide(viewer.role, related, sharing.Item(kind.level, kind.tags, kind.id)).sight == sharing.FULL
        for kind in known
    )


def _placed_away(c: Counts, area: str | None) -> Iterator[_Found]:
    """Children in a placement whose postcode lies in another authority's area."""
    held = _of_area(Segment.objects.filter(state="placement", end__isnull=True).select_related("child"), area)
    rows = [(s, s.attributes.get("postcode", "").replace(" ", "").upper()) for s in held if "PROT-ADDR" not in s.tags]
    lies = dict(Postcode.objects.filter(pk__in={code for _, code in rows}).values_list("postcode", "authority"))
    for s, code in rows:
        codes = words.answering_for(lies.get(code, ""), c.today)
        if len(codes) == 1 and s.child.la and f"la:{codes[0]}" != s.child.la:
            yield s.child_id, s.start


def _named(who: Mapping[int, Who], pair: _Found, c: Counts) -> Named:
    number, since = pair
    if isinstance(since, datetime):
        return Named(who[number], since, formats.how_long(c.at - since))
    return Named(who[number], since, formats.count((c.today - since).days, "day") if since else "")


def _day(since: date | datetime | None) -> date | None:
    return formats.local(since).date() if isinstance(since, datetime) else since
