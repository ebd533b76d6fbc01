"""The CSV layouts of our own as feeds: one reader and one teller for all of them (`layouts.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from throughline.feeds import any_event, telling
from throughline.feeds.base import Context, Coverage, Derived, Fault, Feed, Person, Source, Statement
from throughline.feeds.csv_rows import CsvFile
from throughline.feeds.files import FileSource, column_name
from throughline.feeds.layouts import Layout, identity, layouts

_NOBODY: Mapping[str, date] = {}

LEAST_SHARE = 0.2
"""Of a layout's own columns, how many a file must have to be taken for it."""


class CsvFeed:
    """One layout as a feed (`base.Feed`)."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.id = layout.id
        self.title = layout.title
        self.looked_for = layout.looked_for
        self.tables: Mapping[str, tuple[str, ...]] = {layout.id: layout.columns}

    def recognise(self, source: Source) -> str | None:
        """By the columns in its first row: the telling ones, someone's identity, and enough of the rest."""
        assert isinstance(source, FileSource)
        header = {column_name(name) for name in source.header()}
        own = self.layout.columns[len(identity()) :]
        if not self.layout.known_by <= header or not header.intersection(identity()):
            return None
        return self.id if len(header.intersection(own)) >= LEAST_SHARE * len(own) else None

    def reader(self, context: Context) -> CsvReader:
        """A reader for one delivery's files of this layout."""
        return CsvReader(self.layout, context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements of this feed.

        `covered_to` changes nothing: each row tells of its own dates, and an absent row ends nothing.
        """
        if self.layout.says:
            return telling.derive(self.layout, statements)
        return any_event.derive(self.layout, statements)


class CsvReader:
    """One delivery's files of one layout (`base.Reader`); remembers rows, so that none counts twice."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context
        self._seen: set[int] = set()

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says, row by row, then what it covers."""
        assert isinstance(source, FileSource)
        return CsvFile(self._layout, source, self._context, self._seen).items()

    def finish(self) -> Iterator[Coverage | Fault]:
        """Nothing: each file says what it covers when it ends."""
        return iter(())


FEEDS: tuple[Feed, ...] = tuple(CsvFeed(layout) for layout in layouts().values())
