"""Real extracts, read as they come: who they speak of, what they say, what they cover, what is wrong.

`open_sources` finds the files, `read` goes through them, `get(feed_id).events` says what one child's
statements mean. Types are in `base`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    OUTCOMES,
    QUERY,
    REFUSED,
    REPAIRED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
    Context,
    Coverage,
    Derived,
    Event,
    Fault,
    Feed,
    FileRead,
    Item,
    Person,
    Source,
    Statement,
    Unreadable,
    person_key,
)
from throughline.feeds.reading import read_with
from throughline.feeds.sources import FileSource, open_sources

__all__ = [
    "ERROR",
    "NO_EVENT",
    "OUTCOMES",
    "QUERY",
    "REFUSED",
    "REPAIRED",
    "REPEATED",
    "USED",
    "USED_WITH_FAULTS",
    "Context",
    "Coverage",
    "Derived",
    "Event",
    "Fault",
    "Feed",
    "FileRead",
    "FileSource",
    "Item",
    "Person",
    "Source",
    "Statement",
    "Unreadable",
    "get",
    "open_sources",
    "person_key",
    "read",
    "registry",
]


@cache
def registry() -> tuple[Feed, ...]:
    """Every feed we read, in the order they are tried on a file."""
    # Here rather than above: they are built on the modules of this package.
    from throughline.feeds import (
        attendance,
        cin_census,
        csv_layouts,
        dfe_api,
        ecds,
        ilacs_annex_a,
        school_census,
        sen2,
        send_annex_a,
        ssd,
        ssda903,
    )

    returns = (ssda903.FEED, cin_census.FEED, ssd.FEED, school_census.FEED)
    return (
        *csv_layouts.FEEDS,
        attendance.FEED,
        *returns,
        ilacs_annex_a.FEED,
        send_annex_a.FEED,
        sen2.FEED,
        dfe_api.FEED,
        ecds.FEED,
    )


def get(feed_id: str) -> Feed:
    """The feed of that id; raises KeyError."""
    return _by_id()[feed_id]


@cache
def _by_id() -> Mapping[str, Feed]:
    return {feed.id: feed for feed in registry()}


def read(sources: Sequence[FileSource], context: Context) -> Iterator[Item]:
    """Everything a delivery says, file by file; see `reading.read_with`."""
    return read_with(registry(), sources, context)
