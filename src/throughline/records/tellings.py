"""Which statement stood for each record, on any day: worked out from every telling of it.

A delivery tells a record, tells it again the same, or, being a full extract, no longer tells it. The last
telling received by a day, of deliveries not withdrawn by that day, is what stood. Nothing else is kept, so
withdrawing a delivery or loading an old one late needs no undoing: the answer follows from what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

TOLD = "told"
AGAIN = "again"
GONE = "gone"


class Telling(NamedTuple):
    """One delivery's word on one record."""

    record: str
    statement: int
    """The statement made, repeated, or no longer there."""
    order: int
    """Runs in the order things were told."""
    received_on: date
    what: str
    """`TOLD`, `AGAIN` or `GONE`."""
    withdrawn_on: date | None = None
    """When its whole delivery was withdrawn, if it was."""


def standing_on(tellings: Iterable[Telling], day: date) -> set[int]:
    """The statements that stood at the end of `day`, as the partnership had received them."""
    last: dict[str, Telling] = {}
    for telling in tellings:
        if telling.received_on > day:
            continue
        if telling.withdrawn_on is not None and telling.withdrawn_on <= day:
            continue
        held = last.get(telling.record)
        if held is None or (held.received_on, held.order) < (telling.received_on, telling.order):
            last[telling.record] = telling
    return {telling.statement for telling in last.values() if telling.what != GONE}


def full_extracts() -> frozenset[str]:
    """Feeds of which a delivery tells everything within the days it covers (`full_extracts.yaml`)."""
    return _named("full")


def whole_tables() -> frozenset[str]:
    """Feeds of which a delivery tells every row of the tables that are in it (`full_extracts.yaml`)."""
    return _named("by_table")


@lru_cache
def _named(key: str) -> frozenset[str]:
    text = (Path(__file__).parent / "full_extracts.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)[key])
