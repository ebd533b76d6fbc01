"""What an unknown table nearly is: the layouts it is closest to, column by column, for a person to confirm.

Nothing is read by likeness. A person looks at the proposal, tries it, and saves it for the sender; from then on
a file with the very same columns is read as if it bore our names (`Context.mappings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from throughline.feeds.base import Feed
from throughline.feeds.csv_layouts import CsvFeed
from throughline.feeds.files import column_name

MOST = 3
"""Layouts proposed."""
LEAST = 0.3
"""Of the columns of the shorter side, how many must have an equal for a layout to be proposed."""
ALIKE = 0.75
"""Likeness of two names (difflib's ratio) from which they are taken for one."""

_SAYS_THE_SAME: Mapping[str, str] = {
    "date_of_birth": "dob",
    "birth_date": "dob",
    "person_birth_date": "dob",
    "first_name": "forename",
    "given_name": "forename",
    "last_name": "surname",
    "family_name": "surname",
    "nhs_no": "nhs_number",
    "gender": "sex",
    "post_code": "postcode",
    "unique_pupil_number": "upn",
    "urn": "school_urn",
    "reference": "source_record_id",
    "record_id": "source_record_id",
    "episode_id": "source_record_id",
    "person_id": "la_person_id",
    "child_id": "la_person_id",
    "misper_id": "episode_ref",
    "date_returned": "returned_at",
    "return_date": "returned_at",
    "date_missing": "missing_since",
    "date_reported_missing": "reported_at",
    "initial_risk_level": "initial_risk",
    "final_risk_level": "final_risk",
}


class Near(NamedTuple):
    """One table a file could be."""

    feed: str
    table: str
    title: str
    columns: Mapping[str, str]
    """Their column -> ours, the ones that have an equal; their names as `column_name` gives them."""
    missing: tuple[str, ...]
    """Our columns that nothing in the file answers."""
    unknown: tuple[str, ...]
    """Their columns that answer none of ours."""


def signature(header: Iterable[str]) -> frozenset[str]:
    """What makes a file of the same make: its columns' names, in whatever order."""
    return frozenset(filter(None, map(column_name, header)))


def mappable(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Of these feeds, those an agency's own table can be read as: the layouts of our own. A national return has
    one make, and a file that is nearly one is to be exported again."""
    return tuple(feed for feed in feeds if isinstance(feed, CsvFeed))


def nearest(header: Sequence[str], feeds: Iterable[Feed]) -> list[Near]:
    """The tables whose columns a file's header comes closest to, the nearest first; perhaps none."""
    theirs = list(dict.fromkeys(filter(None, map(column_name, header))))
    found: list[tuple[float, Near]] = []
    for feed in mappable(feeds):
        for table, columns in feed.tables.items():
            matched = match(theirs, columns)
            share = len(matched) / max(1, min(len(theirs), len(columns)))
            if share >= LEAST:
                missing = tuple(name for name in columns if name not in matched.values())
                unknown = tuple(name for name in theirs if name not in matched)
                title = feed.title if len(feed.tables) == 1 else f"{feed.title}: {table}"
                found.append((share, Near(feed.id, table, title, matched, missing, unknown)))
    found.sort(key=lambda near: (-near[0], -len(near[1].columns), near[1].feed, near[1].table))
    return [near for _, near in found[:MOST]]


def match(theirs: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    """Which of their columns is which of ours: the same name first, then a known other name, then likeness."""
    plain = {column_name(name): name for name in ours}
    found = {name: plain[name] for name in theirs if name in plain}
    for name in theirs:
        same = _SAYS_THE_SAME.get(name, "")
        if name not in found and same in plain and plain[same] not in found.values():
            found[name] = plain[same]
    likely = sorted(
        (
            (-_likeness(name, column), name, column)
            for name in theirs
            if name not in found
            for column in plain
            if plain[column] not in found.values() and _likeness(name, column) >= ALIKE
        ),
    )
    for _, name, column in likely:
        if name not in found and plain[column] not in found.values():
            found[name] = plain[column]
    return found


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
