"""One delivery of a relational extract: its tables in their order, and what they can answer for together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from throughline.feeds.base import Context, Coverage, Fault, Person, Source, Statement, Unreadable
from throughline.feeds.files import FileSource
from throughline.feeds.relational.columns import Days
from throughline.feeds.relational.delivery import Delivery
from throughline.feeds.relational.rows import TableFile
from throughline.feeds.relational.tables import Layout, Table


class Spell:
    """What the files of one extract have been found to hold."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}
        """Table -> the earliest of its dates that are not a birth's, due, or after the day of receipt."""
        self.last: dict[str, str] = {}
        self.kinds: set[str] = set()
        """What its tables can answer for."""
        self.agencies: set[str] = set()
        self.file = ""
        """One of its files, to tell whose coverage it is."""


class Reader(ABC):
    """Reads one delivery; see `base.Reader`. A feed says by `group`, `own` and `coverage` how it differs."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self.layout = layout
        self.context = context
        self.spells: dict[str, Spell] = {}
        self._delivery = Delivery(layout, context)

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says."""
        assert isinstance(source, FileSource)
        found = self.layout.tables[table]
        self._delivery.open(found)
        file = TableFile(self._delivery, source, found, self.own(source, found))
        spell = self.spells.setdefault(self.group(source, found), Spell())
        ended = False
        try:
            yield from file.items()
            ended = True
        except Unreadable as stop:
            yield stop.fault
        self._take_in(spell, file, ended=ended)

    def finish(self) -> Iterator[Coverage | Fault]:
        """What each extract can answer for."""
        for spell in self.spells.values():
            yield from self.coverage(spell)

    def group(self, source: FileSource, table: Table) -> str:
        """Which extract a file is of, where a delivery may hold several that answer for different times."""
        return ""

    def own(self, source: FileSource, table: Table) -> tuple[str, ...]:
        """What stands in those of our columns that are the same in every row of a file."""
        return ()

    @abstractmethod
    def coverage(self, spell: Spell) -> Iterator[Coverage]:
        """What one extract answers for."""

    def _take_in(self, spell: Spell, file: TableFile, *, ended: bool) -> None:
        """Note what days a file held; one not read to its end answers for nothing."""
        table = file.table
        spell.file = spell.file or file.name
        spell.agencies |= file.agencies
        for place in table.dates:
            days = file.memos[place]
            if isinstance(days, Days) and days.last and not table.columns[place].ahead:
                last, first = spell.last.get(table.name, ""), spell.first.get(table.name) or days.first
                spell.last[table.name], spell.first[table.name] = max(last, days.last), min(first, days.first)
        if ended and table.answers and file.told:
            spell.kinds |= {kind for kind, places in table.kinds.items() if any(map(file.answers_by, places))}
