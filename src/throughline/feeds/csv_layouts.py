"""The CSV layouts of our own as feeds: one reader and one teller for all of them (`layouts_of/*.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from throughline.feeds import any_event, telling
from throughline.feeds.base import Context, Coverage, Derived, Fault, Feed, Person, Source, Statement
from throughline.feeds.csv_places import PlacesFile
from throughline.feeds.csv_rows import CsvFile
from throughline.feeds.files import FileSource, column_name
from throughline.feeds.layouts import Layout, identity, layouts

_NOBODY: Mapping[str, date] = {}

LEAST_SHARE = 0.2
"""Of a layout's own columns, how many a file must have to be taken for it."""


class CsvFeed:
    """One layout, or several that belong together, as a feed (`base.Feed`)."""

    def __init__(self, feed_id: str, tables: Mapping[str, Layout]) -> None:
        first = next(iter(tables.values()))
        self.layouts = tables
        self.id = feed_id
        self.title = first.title
        self.looked_for = "; or ".join(layout.looked_for for layout in tables.values())
        self.tables: Mapping[str, tuple[str, ...]] = {table: layout.columns for table, layout in tables.items()}

    def recognise(self, source: Source) -> str | None:
        """By the columns in its first row: the telling ones, someone's identity, and enough of the rest."""
        assert isinstance(source, FileSource)
        header = {column_name(name) for name in source.header()}
        return next((table for table, layout in self.layouts.items() if _is(layout, header)), None)

    def reader(self, context: Context) -> CsvReader:
        """A reader for one delivery's files of this feed."""
        return CsvReader(self.layouts, context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements of this feed.

        Of a layout about places: what happened there, from its statements; no child's.
        `covered_to` changes nothing: each row tells of its own dates, and an absent row ends nothing.
        """
        (layout, *_) = self.layouts.values()
        if layout.says:
            return telling.derive(self.layouts, statements)
        return any_event.derive(layout, statements)


def _is(layout: Layout, header: set[str]) -> bool:
    if not layout.known_by <= header or bool(header.intersection(identity())) is layout.of_places:
        return False
    return len(header.intersection(layout.own)) >= LEAST_SHARE * len(layout.own)


class CsvReader:
    """One delivery's files of one feed (`base.Reader`); remembers rows, so that none counts twice."""

    def __init__(self, layouts: Mapping[str, Layout], context: Context) -> None:
        self._layouts = layouts
        self._context = context
        self._seen: dict[str, set[int]] = {table: set() for table in layouts}

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says, row by row, then what it covers."""
        assert isinstance(source, FileSource)
        layout = self._layouts[table]
        read = PlacesFile if layout.of_places else CsvFile
        return read(layout, source, self._context, self._seen[table]).items()

    def finish(self) -> Iterator[Coverage | Fault]:
        """Nothing: each file says what it covers when it ends."""
        return iter(())


def _feeds() -> tuple[Feed, ...]:
    tables: dict[str, dict[str, Layout]] = {}
    for layout in layouts().values():
        tables.setdefault(layout.feed, {})[layout.id] = layout
    return tuple(CsvFeed(feed, mine) for feed, mine in tables.items())


FEEDS: tuple[Feed, ...] = _feeds()
