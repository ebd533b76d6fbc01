"""Sealing and verifying the record of who looked, as the engine's role: it alone reads every row of it."""

from __future__ import annotations

from django.db import transaction

from throughline.web.audit import sealing
from throughline.web.casework.engine_role import as_engine


def seal_up() -> int:
    """Seal all that is recorded and can be sealed now, batch by batch; how many rows that were."""
    with transaction.atomic(), as_engine():
        to = sealing.settled()
    sealed = 0
    while to is not None:
        with transaction.atomic(), as_engine():
            batch = sealing.seal(to)
        if not batch:
            break
        sealed += batch
    return sealed


def verified() -> sealing.Verdict:
    """What is not as it was sealed, and what is not sealed yet."""
    with transaction.atomic(), as_engine():
        return sealing.verify()
