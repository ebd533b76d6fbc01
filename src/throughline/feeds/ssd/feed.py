"""The Standard Safeguarding Dataset as one of the feeds, and what an extract of it answers for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from throughline.feeds.base import Coverage
from throughline.feeds.relational import Reader, RelationalFeed
from throughline.feeds.relational.reader import Spell
from throughline.feeds.ssd.deriving import derive
from throughline.feeds.ssd.layout import LAYOUT

YEARS = 6
"""The years an extract holds (the published SQL's own time frame; formats §0, point 2)."""


def horizon(extracted: date) -> date:
    """The first day an extract made on `extracted` can answer for."""
    if (extracted.month, extracted.day) == (2, 29):
        extracted -= timedelta(1)
    return extracted.replace(year=extracted.year - YEARS)


class SsdReader(Reader):
    """Reads one delivery of the dataset."""

    def coverage(self, spell: Spell) -> Iterator[Coverage]:
        """Six years back from the newest day that any table tells of; only tables that really hold something."""
        kinds = frozenset(spell.kinds - self.layout.latest)
        if kinds and spell.last:
            end = date.fromisoformat(max(spell.last.values()))
            for agency in sorted(spell.agencies):
                yield Coverage(agency, kinds, horizon(end), end, la=agency, file=spell.file)


FEED = RelationalFeed(LAYOUT, SsdReader, derive)
