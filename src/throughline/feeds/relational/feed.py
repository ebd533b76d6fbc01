"""A relational extract as one of the feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from throughline.feeds.base import REFUSED, Context, Derived, Source, Statement
from throughline.feeds.files import FileSource
from throughline.feeds.gathering import Telling
from throughline.feeds.relational.reader import Reader
from throughline.feeds.relational.tables import Layout
from throughline.feeds.relational.telling import tell

_NOBODY: Mapping[str, date] = {}
Rows = Mapping[str, list[Statement]]
"""Table -> one child's rows of it, none refused."""
Together = Callable[[Rows, Telling], None]
"""Tells what follows from several rows of a child."""


class RelationalFeed:
    """The feed of a layout; see `base.Feed`. `together` adds what no row says by itself."""

    def __init__(
        self,
        layout: Layout,
        reader: Callable[[Layout, Context], Reader],
        together: Together = lambda rows, telling: None,
    ) -> None:
        self.layout = layout
        self.id = layout.id
        self.title = layout.title
        self.looked_for = layout.looked_for
        self.tables: Mapping[str, tuple[str, ...]] = {name: table.names for name, table in layout.tables.items()}
        self._reader = reader
        self._together = together

    def recognise(self, source: Source) -> str | None:
        """The table a CSV file is, by its columns."""
        table = self.layout.table_of(source.header()) if isinstance(source, FileSource) else None
        return table.name if table else None

    def day_places(self) -> Mapping[str, int]:
        """Table -> the place of the date that says when what a row tells of began; tables without one are absent."""
        return {name: table.dates[0] for name, table in self.layout.tables.items() if table.dates}

    def reader(self, context: Context) -> Reader:
        """Reads one delivery."""
        return self._reader(self.layout, context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements; `covered_to` changes nothing."""
        rows: dict[str, list[Statement]] = {}
        telling = Telling()
        for statement in statements:
            if statement.outcome == REFUSED:
                continue
            rows.setdefault(statement.table, []).append(statement)
            tell(self.layout.tables[statement.table], statement, telling)
        self._together(rows, telling)
        return telling.derived()
