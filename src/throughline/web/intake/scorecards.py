"""How well each sender sends: how regularly, with which faults, and what it never fills.

For a talk with the sender, not a ranking: every figure is a count of what came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Max, Min
from django.http import Http404

from throughline import feeds, words
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.intake.models import Coverage, Delivery, Fault

LATE_AFTER = 1.5
"""Times its usual gap after which a sender is late."""
FEWEST = 3
"""Deliveries from which a usual gap can be told."""
_YEAR = timedelta(days=365)
_LATEST = 3
"""Deliveries in which a column must be empty throughout to be one the sender never fills."""
_SENT = """
select d.id, d.received_on, v.feed, min(v.start), max(v."end")
  from intake_coverage v join intake_delivery d on d.id = v.delivery_id
 where v.agency = %s and d.status = 'loaded'
 group by 1, 2, 3 order by 2, 1
"""
_FILLED = """
select u.place, count(*) filter (where u.cell <> ''), count(*)
  from intake_statement s, unnest(s.cells) with ordinality as u(cell, place)
 where s.delivery_id = any(%s) and s.feed = %s and s.table_name = %s and s.said_by = %s
 group by 1 order by 1
"""


@dataclass(frozen=True, slots=True)
class SenderRow:
    """One sender in the list."""

    agency: str
    title: str
    deliveries: int
    last: date
    covered_to: date
    usual: int | None
    """Days between deliveries, usually; None: too few to tell."""
    late: int
    """Days past the usual gap; 0: not late, or nobody can tell."""
    faults: int
    """In the last year."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Faults of one rule in the last year."""

    rule: str
    severity: str
    count: int
    example: str
    last: date
    """The last delivery that had one."""


@dataclass(frozen=True, slots=True)
class NeverFilled:
    """Columns of one table that stood empty in every row of the last deliveries."""

    feed: str
    table: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery of the sender's."""

    id: int
    received_on: date
    feed: str
    start: date
    end: date
    days_after: int
    """Days from the last day it covers to the day it came."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One sender."""

    row: SenderRow
    sent: tuple[Sent, ...]
    """The newest first, at most a year's."""
    rules: tuple[RuleCount, ...]
    never: tuple[NeverFilled, ...]


def senders(viewer: Viewer) -> tuple[SenderRow, ...]:
    """Every agency that has sent anything, the latest of the late first."""
    _brings_in(viewer)
    found = (
        Coverage.objects.filter(delivery__status=Delivery.Status.LOADED)
        .values("agency")
        .annotate(covered_to=Max("end"))
        .order_by("agency")
    )
    rows = [_row(viewer, each["agency"], each["covered_to"]) for each in found]
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="senders")
    return tuple(sorted(rows, key=lambda row: (-row.late, row.title)))


def scorecard(viewer: Viewer, agency: str) -> Scorecard:
    """One sender; 404 if nothing ever came from it."""
    _brings_in(viewer)
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [agency])
        told = cursor.fetchall()
    if not told:
        raise Http404
    row = _row(viewer, agency, max(end for *_, end in told))
    sent = [
        Sent(number, came, feeds.get(feed).title, start, end, (came - end).days)
        for number, came, feed, start, end in told
        if came >= viewer.today - _YEAR
    ]
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="scorecard")
    return Scorecard(row, tuple(reversed(sent)), _rules(viewer, agency), tuple(_never(agency, told)))


def _row(viewer: Viewer, agency: str, covered_to: date) -> SenderRow:
    came = sorted(set(_deliveries(agency).values_list("received_on", flat=True)))
    gaps = [(later - earlier).days for earlier, later in pairwise(came)]
    usual = round(median(gaps)) if len(came) >= FEWEST else None
    waited = (viewer.today - came[-1]).days
    late = waited - usual if usual and waited > usual * LATE_AFTER else 0
    faults = Fault.objects.filter(delivery__in=_year(viewer, agency)).count()
    return SenderRow(agency, words.agency_title(agency), len(came), came[-1], covered_to, usual, late, faults)


def _deliveries(agency: str):
    return Delivery.objects.filter(status=Delivery.Status.LOADED, coverage__agency=agency).distinct()


def _year(viewer: Viewer, agency: str):
    return _deliveries(agency).filter(received_on__gte=viewer.today - _YEAR)


def _rules(viewer: Viewer, agency: str) -> tuple[RuleCount, ...]:
    counted = (
        Fault.objects.filter(delivery__in=_year(viewer, agency))
        .values("rule", "severity")
        .annotate(n=Count("pk"), example=Min("message"), last=Max("delivery__received_on"))
        .order_by("-n", "rule")
    )
    return tuple(RuleCount(c["rule"], c["severity"], c["n"], c["example"], c["last"]) for c in counted)


def _never(agency: str, told: list[tuple[int, date, str, date, date]]):
    """Per table of each of its feeds, from the last deliveries of it."""
    by_feed: dict[str, list[int]] = {}
    for number, _, feed_id, _, _ in told:
        by_feed.setdefault(feed_id, []).append(number)
    for feed_id, numbers in by_feed.items():
        feed = feeds.get(feed_id)
        for table, columns in feed.tables.items():
            with connection.cursor() as cursor:
                cursor.execute(_FILLED, [numbers[-_LATEST:], feed_id, table, agency])
                counts = cursor.fetchall()
            empty = tuple(columns[place - 1] for place, filled, _ in counts if not filled and place <= len(columns))
            if empty:
                title = feed.title if len(feed.tables) == 1 else f"{feed.title}: {table}"
                yield NeverFilled(title, table, counts[0][2], empty)


def _brings_in(viewer: Viewer) -> None:
    if viewer.policy.intake is None:
        raise PermissionDenied("Extracts are brought in by analysts and the data desk.")
