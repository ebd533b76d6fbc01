"""SEN2 as one of the feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from throughline.feeds.base import Context, Coverage, Fault, Person, Source, Statement
from throughline.feeds.files import FileSource
from throughline.feeds.layouts import identity
from throughline.feeds.list_feed import ListFeed, ListReader
from throughline.feeds.list_tables import ListTable, load
from throughline.feeds.sen2.xml import Elements, authority, is_sen2, unknown_elements

XML_TABLE = "xml"


class _Sen2(ListFeed):
    """The feed; see `base.Feed`."""

    def recognise(self, source: Source) -> str | None:
        """`xml` for the XML file, else the module the CSV file is."""
        return XML_TABLE if is_sen2(source) else super().recognise(source)

    def reader(self, context: Context) -> _Reader:
        """Reads one delivery."""
        return _Reader(self.extract, context)


class _Reader(ListReader):
    """Reads one delivery; see `base.Reader`."""

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says; the XML file gives the rows of every table in turn."""
        assert isinstance(source, FileSource)
        if table != XML_TABLE:
            yield from super().read(source, table)
            return
        agency = self.agency
        if code := authority(source):
            self.agency = f"{self.extract.agency}:{code}"
        person = self.extract.tables["person"]
        said: set[tuple[str, ...]] = set()
        unknown = Counter[str]()
        for one in self.extract.tables.values():
            alone = _standing_alone(one, person)
            rows = Elements(source, alone)
            for item in self.read_rows(rows, alone):
                if once := _said_once(item, person):
                    if once in said:
                        continue
                    said.add(once)
                yield item
            unknown += rows.unknown
        yield from unknown_elements(source.name, unknown)
        self.agency = agency


def _said_once(item: Person | Statement | Coverage | Fault, person: ListTable) -> tuple[str, ...]:
    """What tells apart what each table would say again: who a person is, and what is wrong with that or the file."""
    if isinstance(item, Person):
        return ("person", item.key)
    if isinstance(item, Fault) and (not item.column or person.column(item.column) in identity()):
        return (item.rule, item.column, item.value, item.person, "" if item.person else str(item.row))
    return ()


def _standing_alone(table: ListTable, person: ListTable) -> ListTable:
    """The table with the identity of the person in each of its rows, as the XML has it."""
    headings = {heading: column for heading, column in person.headings.items() if column in identity()}
    titles = {column: title for column, title in person.titles.items() if column in identity()}
    return replace(table, headings={**headings, **table.headings}, titles={**titles, **table.titles})


FEED = _Sen2(load(Path(__file__).with_name("tables.yaml")))
