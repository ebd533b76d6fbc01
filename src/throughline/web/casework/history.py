"""Everything that ever came, at once: dated deliveries one after another, then all lines and duties, once.

It goes through the same readers as a delivery of today. Each delivery is a transaction of its own; broken off, it goes
on where it stopped. Working out a child after each of its twenty deliveries would be twenty times the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from throughline.web.casework import loading, subjects
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import covered, recompute
from throughline.web.intake import actions as intake
from throughline.web.intake.models import Delivery
from throughline.web.linkage import describing
from throughline.web.linkage.models import Child

Say = Callable[[str, int, int], None]
"""Told the stage, how much is done and how much there is."""
REFERENCE = "reference"
"""A folder that may stand beside the dated ones, and is no delivery: where postcodes lie."""
_CHUNK = 1 << 20
_AT_ONCE = 1_000
"""Children of one transaction."""


class NotDated(ValueError):
    """A folder in it does not say on which day it came and from whom; the message names it."""


def load(folder: Path, *, purpose: str, say: Say) -> None:
    """Load every folder in `folder` in the order of its days, each called by its day and sender
    (``2026-03-04_la.972``), as that sender's delivery of that day; then work out all lines and duties.

    What has been loaded for this purpose before is passed over. Raises `NotDated` before anything is loaded.
    """
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")  # broken off, it goes on: nothing here needs to last at once
    arrived = set(Delivery.objects.filter(status=Delivery.Status.LOADED).values_list("purpose", flat=True))
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and path.name != REFERENCE)
    dated = [(path, *_when_and_whose(path)) for path in folders]
    for done, (path, day, sender) in enumerate(dated, start=1):
        named = f"{purpose}: {path.name}"
        if named not in arrived:
            files = sorted(file for file in path.rglob("*") if file.is_file())
            delivery = intake.receive(
                files=((file.relative_to(path).as_posix(), _chunks(file)) for file in files),
                sender=sender,
                received_on=day,
                by=None,
                purpose=named,
                enqueue=False,
            )
            loading.load(delivery.pk, work_out=False)
        say("Receiving what agencies sent", done, len(dated))
    work_out(say)


def work_out(say: Say) -> None:
    """Describe every child, and work out the line and the duties of each, and of every other subject."""
    with transaction.atomic(), as_engine():
        everyone = list(Child.objects.order_by("pk").values_list("pk", "joined_into_id"))
    for start in range(0, len(everyone), _AT_ONCE):
        some = everyone[start : start + _AT_ONCE]
        with transaction.atomic():
            with as_engine():
                describing.describe(child for child, _ in some)
            recompute(child for child, into in some if into is None)
        say("Working out what is owed", start + len(some), len(everyone))
    with transaction.atomic(), as_engine():
        subjects.recompute(subjects.every(), covered())


def _when_and_whose(path: Path) -> tuple[date, str]:
    day, _, sender = path.name.partition("_")
    try:
        return date.fromisoformat(day), sender.replace(".", ":", 1)
    except ValueError:
        raise NotDated(f"{path.name} does not say when it came and from whom; call it like 2026-03-04_la.972") from None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
