"""SSDA903 as one of the feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from throughline.feeds.base import Context, Derived, Source, Statement
from throughline.feeds.files import FileSource
from throughline.feeds.ssda903.deriving import derive
from throughline.feeds.ssda903.reader import XML_TABLE, Reader
from throughline.feeds.ssda903.tables import FEED_ID, TABLES, table_of
from throughline.feeds.ssda903.xml import ROOT
from throughline.feeds.xml_stream import root_name

_NOBODY: Mapping[str, date] = {}


class _Ssda903:
    """The feed; see `base.Feed`."""

    id = FEED_ID
    title = "SSDA903, children looked after"
    tables: Mapping[str, tuple[str, ...]] = {name: table.names for name, table in TABLES.items()}
    looked_for = (
        "SSDA903: CSV tables known by their columns (episodes: CHILD, DECOM, RNE, LS, PLACE, DEC, REC ...), "
        "or one XML file whose root is EXPSSDA903"
    )

    def recognise(self, source: Source) -> str | None:
        """The table a CSV file is, or `xml`."""
        if root_name(source) == ROOT:
            return XML_TABLE
        table = table_of(source.header()) if isinstance(source, FileSource) else None
        return table.name if table else None

    def reader(self, context: Context) -> Reader:
        """Reads one delivery."""
        return Reader(context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements.

        `covered_to` (agency -> last day its returns cover) lets an episode left open be closed when a later
        return of the same authority no longer has the child; the child's own rows cannot show that.
        """
        return derive(statements, covered_to)


FEED = _Ssda903()
