"""Taking a delivery in. Reading and loading it is a job (`casework.loading`), in one transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max
from procrastinate.contrib.django import app

from throughline.web import clock
from throughline.web.audit.actions import changed
from throughline.web.intake import files as store
from throughline.web.intake.models import DeliveredFile, Delivery, Progress, SavedMapping, StoredFile

LOAD = "load_delivery"
"""Name of the job, in `casework.tasks`: intake hands over to the apps above it by name only."""
ONE_AT_A_TIME = "deliveries"
"""Deliveries are loaded one after another, in the order they were handed in."""


class Refused(Exception):
    """A delivery that cannot be taken in at all; the message says why and what to do."""


@transaction.atomic
def receive(
    *,
    files: Iterable[tuple[str, Iterable[bytes]]],
    sender: str,
    received_on: date,
    by: int | None,
    purpose: str,
    enqueue: bool = True,
) -> Delivery:
    """Keep the files (name, chunks of bytes) of one sender's delivery and have it loaded.

    `sender` is an agency id, or blank where the files say themselves who speaks. Raises `Refused` where there
    are no files, the day lies ahead, or the disk is full; then nothing is kept.
    """
    if received_on > clock.today():
        raise Refused("The day it was received lies ahead. Say the day the partnership got it.")
    try:
        kept = [(store.safe_name(name), *store.keep(chunks)) for name, chunks in files]
    except store.DiskFull as full:
        raise Refused(str(full)) from full
    if not kept:
        raise Refused("Choose at least one file, folder or zip.")
    now = clock.now()
    delivery = Delivery.objects.create(
        sender=sender,
        received_on=received_on,
        received_at=now,
        by_id=by,
        purpose=purpose,
        bytes_total=sum(size for _, _, size in kept),
    )
    StoredFile.objects.bulk_create(
        [StoredFile(sha256=sha256, size=size, stored_at=now) for _, sha256, size in kept], ignore_conflicts=True
    )
    DeliveredFile.objects.bulk_create(
        [DeliveredFile(delivery=delivery, stored_id=sha256, name=name) for name, sha256, _ in kept]
    )
    Progress.objects.create(delivery=delivery, stage="waiting", total=delivery.bytes_total, at=now)
    changed(user_id=by, purpose=purpose, action="intake.receive", subject_kind="delivery", subject_id=delivery.pk)
    if enqueue:
        enqueue_load(delivery.pk)
    return delivery


def enqueue_load(delivery: int) -> None:
    """Have a delivery loaded; one that is waiting or loading already is not asked for twice."""
    job = app.configure_task(LOAD, lock=ONE_AT_A_TIME)
    job.defer(delivery=delivery)


@transaction.atomic
def try_again(*, delivery: int, by: int, purpose: str) -> None:
    """Load a delivery again that could not be loaded; nothing of the failed attempt was kept.

    One that waits, has been loaded or is not there is left as it is.
    """
    failed = Delivery.objects.filter(pk=delivery, status=Delivery.Status.FAILED)
    if failed.update(status=Delivery.Status.WAITING, message=""):
        changed(user_id=by, purpose=purpose, action="intake.try_again", subject_kind="delivery", subject_id=delivery)
        enqueue_load(delivery)


@transaction.atomic
def receive_again(*, delivery: int, by: int, purpose: str) -> int:
    """Have the files of a loaded delivery read once more, as one received on the same day; its number.

    For files whose columns have been named since (`mapping`): what was read before is told again and changes
    nothing.
    """
    first = Delivery.objects.get(pk=delivery)
    now = clock.now()
    again = Delivery.objects.create(
        sender=first.sender,
        received_on=first.received_on,
        received_at=now,
        by_id=by,
        purpose=purpose,
        bytes_total=first.bytes_total,
    )
    DeliveredFile.objects.bulk_create(
        [DeliveredFile(delivery=again, stored_id=file.stored_id, name=file.name) for file in first.files.all()]
    )
    Progress.objects.create(delivery=again, stage="waiting", total=again.bytes_total, at=now)
    changed(user_id=by, purpose=purpose, action="intake.receive", subject_kind="delivery", subject_id=again.pk)
    enqueue_load(again.pk)
    return again.pk


def seen_before(delivery: Delivery) -> bool:
    """Whether every file of it came before, byte for byte, in a delivery of this sender that still stands.

    Not if columns of the sender's have been named since: the same bytes may say more now.
    """
    hashes = set(delivery.files.values_list("stored_id", flat=True))
    before = DeliveredFile.objects.filter(
        stored_id__in=hashes, delivery__status=Delivery.Status.LOADED, delivery__sender=delivery.sender
    )
    named = SavedMapping.objects.filter(sender=delivery.sender).aggregate(last=Max("saved_at"))["last"]
    if named is not None:
        before = before.filter(delivery__loaded_at__gt=named)
    return hashes <= set(before.exclude(delivery=delivery).values_list("stored_id", flat=True))
