"""Why tellings were taken as one is said only where nobody learns by it of a telling walled off from them."""

from __future__ import annotations

from datetime import date

import pytest

from throughline.feeds.base import Event, Statement
from throughline.timeline import Happening
from throughline.web.casework import rows

SAID = Statement("events", "events", "a.csv", 2, "1", "police|events|1", ())
DAY = date(2026, 3, 2)


def told(level: str = "SL2", tags: tuple[str, ...] = ()) -> Event:
    return Event("missing_start", DAY, None, "day", "police", SAID, level=level, tags=frozenset(tags))


@pytest.mark.parametrize(
    ("other", "said"),
    [(told(), "same day"), (told(level="SL4"), ""), (told(tags=("LIVE-INV",)), "")],
    ids=["alike", "one more restricted", "one with a handling tag"],
)
def test_the_reason_is_said_only_where_all_tellings_are_seen_alike(other: Event, said: str) -> None:
    assert rows.joined_why(Happening("missing_start", DAY, None, (told(), other), "same day")) == said
