"""The school census as one of the feeds, which term a file is of, and what a term's files answer for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from throughline.feeds.base import Coverage
from throughline.feeds.files import FileSource
from throughline.feeds.relational import Reader, RelationalFeed, Table, load
from throughline.feeds.relational.reader import Spell

LONGEST_TERM = timedelta(days=150)
"""No term is longer: a start date mistyped by a year does not make the files answer for that year."""
_EXCLUSIONS = ("termlyexclusionsonroll", "termlyexclusionsoffroll")
_OF_THE_TERM = (*_EXCLUSIONS, "pupilnolongeronroll", "pupilonroll")
"""Tables whose last date shows how far the term had come, the surest first."""


class CensusReader(Reader):
    """Reads one delivery of the census, of one term or several."""

    def group(self, source: FileSource, table: Table) -> str:
        """A term's files lie together under names that differ only in the table's (``2024_autumn_pupilonroll``)."""
        return source.name.lower().replace(table.name, "")

    def own(self, source: FileSource, table: Table) -> tuple[str, ...]:
        """Sessions are a total of the term, and have no date: they stand on the last day its files tell of."""
        spell = self.spells.get(self.group(source, table)) or Spell()
        last = next((spell.last[name] for name in _OF_THE_TERM if name in spell.last), "")
        return (last,) if len(table.names) > len(table.columns) else ()

    def coverage(self, spell: Spell) -> Iterator[Coverage]:
        """Each school answers for the exclusions of the term, from the first to the last."""
        met = [name for name in _EXCLUSIONS if name in spell.last]
        kinds = frozenset(spell.kinds - self.layout.latest)
        if met and kinds:
            end = date.fromisoformat(max(spell.last[name] for name in met))
            start = max(date.fromisoformat(min(spell.first[name] for name in met)), end - LONGEST_TERM)
            for agency in sorted(spell.agencies):
                yield Coverage(agency, kinds, start, end, file=spell.file)


FEED = RelationalFeed(load(Path(__file__).with_name("tables.yaml")), CensusReader)
