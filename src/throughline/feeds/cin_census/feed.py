"""The Children in Need census as one of the feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from throughline.feeds.base import Context, Derived, Source, Statement
from throughline.feeds.cin_census.deriving import derive
from throughline.feeds.cin_census.reader import Reader
from throughline.feeds.cin_census.tables import FEED_ID, TABLES
from throughline.feeds.xml_stream import head_text, root_name

_NOBODY: Mapping[str, date] = {}
XML_TABLE = "xml"
_SIGNS = ("<Collection>CIN<", "LAchildID>", "CINdetails>", "<ChildIdentifiers>")


class _CinCensus:
    """The feed; see `base.Feed`."""

    id = FEED_ID
    title = "Children in Need census"
    tables: Mapping[str, tuple[str, ...]] = {name: table.names for name, table in TABLES.items()}
    looked_for = "Children in Need census: one XML file whose root is Message, with LAchildID and CINdetails in it"

    def recognise(self, source: Source) -> str | None:
        """`xml` for a census file."""
        if root_name(source) != "Message":
            return None
        text = head_text(source)
        return XML_TABLE if any(sign in text for sign in _SIGNS) else None

    def reader(self, context: Context) -> Reader:
        """Reads one delivery."""
        return Reader(context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements.

        `covered_to` changes nothing: a census says itself when a case or a plan is closed, and what lies
        outside its year is no sign that anything ended.
        """
        return derive(statements)


FEED = _CinCensus()
