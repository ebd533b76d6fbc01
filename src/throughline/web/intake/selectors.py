"""Reading about deliveries: what came, what became of its rows, what was wrong in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from throughline import feeds, timeline, words
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.intake.models import Delivery, Fault, FileRead, Progress, Telling

MOST = 50
"""Rows of a list on one page."""
FAULT_COLUMNS = ("file", "sheet", "row", "column", "value", "rule", "severity", "message", "fix_by")
"""Header of the download: that of the command's ``faults.csv``."""
_ROWS = Sum("reads__rows")
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery in the list."""

    id: int
    received_on: date
    sender: str
    """Title of the agency; blank where the files say who speaks."""
    by: str
    status: str
    """As the page says it."""
    state: str
    """waiting | loaded | repeated | failed | withdrawn."""
    rows: int
    faults: int


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The receipt of one file: five sums that add to the rows."""

    id: int
    name: str
    feed: str
    """Title of the layout; blank: not recognised."""
    rows: int
    used: int
    used_with_faults: int
    refused: int
    no_event: int
    repeated: int
    apart: int
    """How many of them are kept apart, being about children of whom there is no page."""
    note: str


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """Faults of one rule in a delivery."""

    rule: str
    severity: str
    count: int
    where: str
    """Of the first one: ``missing_march.csv, row 27, returned_at``."""
    example: str
    fix_by: str


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One delivery: how far it has come, or what came of it."""

    row: DeliveryRow
    received_at: datetime
    purpose: str
    message: str
    stage: str
    done: int
    total: int
    moving: bool
    """Waiting to be loaded, or being loaded: the page asks again by itself."""
    files: tuple[ReadRow, ...]
    sums: ReadRow
    gone: int
    """Records told before that this full extract no longer tells."""
    apart_until: date
    """Until when the rows it has kept apart are kept, if they are not told again."""
    groups: tuple[FaultGroup, ...]
    withdrawn_on: date | None
    withdrawn_by: str
    withdrawn_why: str


def deliveries(viewer: Viewer, page: int = 1) -> tuple[tuple[DeliveryRow, ...], bool]:
    """Deliveries, the newest first; and whether there are more."""
    _brings_in(viewer)
    found = _listed().order_by("-received_on", "-pk")[(page - 1) * MOST : page * MOST + 1]
    rows = _rows(found)
    return rows[:MOST], len(rows) > MOST


def delivery(viewer: Viewer, number: int) -> DeliveryPage:
    """One delivery with its receipt; 404 if there is none of that number."""
    _brings_in(viewer)
    found = _listed().filter(pk=number).first()
    if found is None:
        raise Http404
    (row,) = _rows([found])
    progress = Progress.objects.filter(delivery_id=number).first()
    reads = tuple(_read(read) for read in found.reads.order_by("name"))
    moving = found.status == Delivery.Status.WAITING
    people = _names([found.withdrawn_by_id])
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="delivery")
    return DeliveryPage(
        row=row,
        received_at=found.received_at,
        purpose=found.purpose,
        message=found.message,
        stage=progress.stage if progress and moving else "",
        done=progress.done if progress else 0,
        total=progress.total if progress else 0,
        moving=moving,
        files=reads,
        sums=_sums(reads),
        gone=Telling.objects.filter(delivery_id=number, what=Telling.GONE).count(),
        apart_until=timeline.reasons().goes_on(found.received_on),
        groups=_groups(number),
        withdrawn_on=found.withdrawn_on,
        withdrawn_by=people.get(found.withdrawn_by_id, ""),
        withdrawn_why=found.withdrawn_why,
    )


def faults(
    viewer: Viewer, number: int, *, rule: str = "", severity: str = "", text: str = "", page: int = 1
) -> tuple[tuple[Fault, ...], int]:
    """Faults of a delivery that fit the filters, in the order of the file; and how many there are in all."""
    found = _faults(viewer, number, rule, severity, text)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="faults")
    return tuple(found[(page - 1) * MOST : page * MOST]), found.count()


def write_faults(
    viewer: Viewer, number: int, out: IO[str], *, rule: str = "", severity: str = "", text: str = ""
) -> None:
    """The same as a CSV file, with nothing in it that a spreadsheet would take for a formula."""
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="faults download")
    writer = csv.writer(out)
    writer.writerow(FAULT_COLUMNS)
    rows = _faults(viewer, number, rule, severity, text)
    names = ("file_name", "sheet", "row", "column", *FAULT_COLUMNS[4:])
    for row in rows.values_list(*names).iterator(chunk_size=2_000):
        writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> object:
    """A cell that a spreadsheet shows and never runs."""
    if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA):
        return f"'{cell}"
    return cell


@dataclass(frozen=True, slots=True)
class ApartRow:
    """What one agency's files of one kind have here of children without a page, in numbers."""

    agency: str
    feed: str
    rows: int | None
    """None: held back, because it is about fewer than five children."""
    children: int | None
    """As the agency counts them."""
    until: date
    """The last day any of it is kept."""


def kept_apart(viewer: Viewer) -> tuple[ApartRow, ...]:
    """How much is kept apart, by agency and feed; PermissionDenied for roles that see no numbers."""
    if viewer.policy.intake is None and not viewer.policy.counts:
        raise PermissionDenied("What is kept apart is counted for those who bring information in or answer for it.")
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="kept apart")
    with connection.cursor() as cursor:
        cursor.execute("select agency, feed, n, people, goes from app_apart() order by 1, 2")
        found = cursor.fetchall()
    return tuple(
        ApartRow(words.agency_title(agency), feeds.get(feed).title, rows, people, goes)
        for agency, feed, rows, people, goes in found
    )


def senders() -> list[tuple[str, str]]:
    """Agencies a delivery can be from: those that have sent before, then every type; id and title."""
    before = Delivery.objects.exclude(sender="").values_list("sender", flat=True).distinct().order_by("sender")
    known = dict.fromkeys([*before, *words.agencies()])
    return [(agency, words.agency_title(agency)) for agency in known]


def _brings_in(viewer: Viewer) -> None:
    if viewer.policy.intake is None:
        raise PermissionDenied("Extracts are brought in by analysts and the data desk.")


def _faults(viewer: Viewer, number: int, rule: str, severity: str, text: str) -> QuerySet[Fault]:
    _brings_in(viewer)
    if not Delivery.objects.filter(pk=number).exists():
        raise Http404
    found = Fault.objects.filter(delivery_id=number)
    if rule:
        found = found.filter(rule=rule)
    if severity:
        found = found.filter(severity=severity)
    if text:
        found = found.filter(Q(file_name__icontains=text) | Q(column__icontains=text) | Q(value__icontains=text))
    return found.order_by("file_name", "row", "column", "pk")


def _listed() -> QuerySet[Delivery]:
    return Delivery.objects.annotate(row_sum=_ROWS)


def _rows(found: Iterable[Delivery]) -> tuple[DeliveryRow, ...]:
    found = list(found)
    names = _names(d.by_id for d in found)
    counts = dict(
        Fault.objects.filter(delivery__in=[d.pk for d in found])
        .values_list("delivery_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return tuple(
        DeliveryRow(
            id=d.pk,
            received_on=d.received_on,
            sender=words.agency_title(d.sender) if d.sender else "",
            by=names.get(d.by_id, "the demonstration" if d.by_id is None else "someone who has left"),
            status=d.get_status_display(),
            state=d.status,
            rows=getattr(d, "row_sum", 0) or 0,
            faults=counts.get(d.pk, 0),
        )
        for d in found
    )


def _names(ids: Iterable[int | None]) -> Mapping[int | None, str]:
    return dict(User.objects.filter(pk__in=[id for id in ids if id]).values_list("pk", "name"))


def _read(read: FileRead) -> ReadRow:
    title = feeds.get(read.feed).title if read.feed else ""
    return ReadRow(
        read.pk, read.name, title, read.rows, read.used, read.used_with_faults, read.refused, read.no_event,
        read.repeated, read.apart, read.note,
    )  # fmt: skip


def _sums(reads: tuple[ReadRow, ...]) -> ReadRow:
    def total(name: str) -> int:
        return sum(getattr(read, name) for read in reads)

    return ReadRow(
        0, "", "", total("rows"), total("used"), total("used_with_faults"), total("refused"), total("no_event"),
        total("repeated"), total("apart"), "",
    )  # fmt: skip


def _groups(number: int) -> tuple[FaultGroup, ...]:
    return tuple(_each_group(number))


def _each_group(number: int) -> Iterator[FaultGroup]:
    counted = (
        Fault.objects.filter(delivery_id=number)
        .values("rule", "severity")
        .annotate(n=Count("pk"))
        .order_by("-n", "rule")
    )
    for group in counted:
        first = Fault.objects.filter(delivery_id=number, rule=group["rule"], severity=group["severity"]).order_by(
            "file_name", "row", "pk"
        )[0]
        row = f"row {first.row}" if first.row else ""
        where = ", ".join(filter(None, (first.file_name, row, first.column)))
        yield FaultGroup(group["rule"], group["severity"], group["n"], where, first.message, first.fix_by)
