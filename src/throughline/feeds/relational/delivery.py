"""What is remembered of a delivery while its tables are read: whose ids are whose, and what ids are called."""

from __future__ import annotations

from throughline import words
from throughline.feeds.base import Context, Person, person_key
from throughline.feeds.people import sender
from throughline.feeds.relational.tables import Layout, Table


class Delivery:
    """The people and look-ups of one delivery, filled table by table; no row is kept."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self.layout = layout
        self.context = context
        self.index: dict[str, dict[str, str]] = {}
        """Index -> id -> `Person.key`."""
        self.names: dict[str, dict[str, str]] = {}
        """Index -> id -> what it is called."""
        self.people_sent = False
        """A table of people was in it."""
        self.people: dict[str, Person] = {}
        """Who a table of people said somebody is; whoever reads the delivery keeps these anyway."""
        self._agencies: dict[str, str] = {}

    def open(self, table: Table) -> None:
        """A table of this kind has been sent, whether or not a row is in it."""
        self.people_sent |= bool(table.people)
        for index in table.teaches:
            self.index.setdefault(index, {})

    def agency(self, table: Table, text: str) -> str:
        """The agency that says a row: one that its own cell names, else the sender, else 'la'."""
        found = self._agencies.get(text)
        if found is None:
            found = self._agencies[text] = self._speaker(table.agency[1], text)
        return found

    def person(self, agency: str, id: str) -> str:
        """The key of a person of this extract."""
        return person_key(agency, self.layout.id, id)

    def _speaker(self, type_id: str, text: str) -> str:
        if type_id:
            return sender(f"{type_id}:{text}").agency if text else type_id
        given = self.context.sender
        return given if given and words.agency_type(given).authority else "la"
