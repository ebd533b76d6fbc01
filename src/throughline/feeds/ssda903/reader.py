"""One delivery's SSDA903 files, CSV tables and XML returns, in turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import (
    QUERY,
    REPAIRED,
    Context,
    Coverage,
    Fault,
    Item,
    Person,
    Source,
    Statement,
    Unreadable,
)
from throughline.feeds.faults import file_fault
from throughline.feeds.ssda903 import xml
from throughline.feeds.ssda903.columns import Manner
from throughline.feeds.ssda903.reading import Cut, TableReader
from throughline.feeds.ssda903.span import latest_year, span
from throughline.feeds.ssda903.tables import OURS, TABLES, Table, plain

XML_TABLE = "xml"
_DAY = re.compile(rb"""[,;\t" ]([\d/-]{8,10})(?=[,;\t"\s])""")
_OVERLAP = 16
_EPISODE_DAYS = frozenset({"DECOM", "DEC"})
_FACT_DAYS = frozenset({"DEC", "REVIEW", "MIS_START", "MIS_END"})


class Gathered(NamedTuple):
    """What one process has gathered of the tables that another need not read."""

    authorities: dict[str, str]
    kinds: set[str]
    broken: set[str]
    fact_days: set[date]


class Reader:
    """Reads one delivery; see `base.ReadsByTwo`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._claimed: set[str] = set()
        self._known_authorities: dict[str, str] = {}
        self._kinds: set[str] = set()
        self._broken: set[str] = set()
        self._episode_days: set[date] = set()
        self._fact_days: set[date] = set()
        self._latest_return = 0
        self._sender = context.sender if _is_authority(context.sender) else ""

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says."""
        if table == XML_TABLE:
            return self._read_xml(source)
        return self._read_csv(source, TABLES[table])

    def finish(self) -> Iterator[Coverage | Fault]:
        """What the delivery as a whole can answer for."""
        kinds = frozenset(self._kinds - self._broken)
        found = span(self._episode_days, self._fact_days, self._context.received_on)
        if not found or not kinds:
            return
        for agency in sorted(set(self._known_authorities.values())):
            yield Coverage(agency, kinds, *found, la=agency)

    # -- by two ---------------------------------------------------------------------------------------

    def apart(self, table: str) -> bool:
        """The header says who is known, episodes which return is the latest; no other table bears on the next."""
        return table not in ("header", "episodes", XML_TABLE)

    def gathered(self) -> Gathered:
        """What has been gathered so far."""
        return Gathered(self._known_authorities, self._kinds, self._broken, self._fact_days)

    def take_over(self, items: Iterable[Item], gathered: Gathered) -> Iterator[Item]:
        """The same, without people whom an earlier file has named."""
        self._known_authorities |= gathered.authorities
        self._kinds |= gathered.kinds
        self._broken |= gathered.broken
        self._fact_days |= gathered.fact_days
        for item in items:
            if type(item) is not Person or item.key not in self._claimed:
                yield item

    # -- CSV ------------------------------------------------------------------------------------------

    def _read_csv(self, source: Source, table: Table) -> Iterator[Person | Statement | Fault]:
        """A CSV file of one table.

        Episodes are gone through twice: which of several returns is the latest must be known before the
        first row can be told. Of another table the first bytes show how it writes its dates.
        """
        episodes = table.name == "episodes"
        met = days_in(source.stream() if episodes else (source.head(),))
        year = self._year_of(met) if episodes else 0
        rows = source.rows()
        names = [plain(name) for name in next(rows, (0, []))[1]]
        yield from _missing_columns(source.name, table, names)
        claimed = set[str]() if table.name == "header" else self._claimed
        reader = TableReader(table, source.name, self._manner(year, met), self._agency_of, claimed)
        with self._to_the_end(table.kinds):
            yield from reader.read(rows, _cut(table, names, self._own(year) if episodes else {}))
        self._claimed |= claimed
        yield from self._taken_in(source.name, reader)

    # -- XML ------------------------------------------------------------------------------------------

    def _read_xml(self, source: Source) -> Iterator[Person | Statement | Fault]:
        met = xml.days_in(source)
        year = self._year_of(met)
        manner = self._manner(year, met)
        claimed = set[str]()
        readers = {
            name: TableReader(table, source.name, manner, self._agency_of, claimed) for name, table in TABLES.items()
        }
        unknown = xml.Unknown(source.name)
        with self._to_the_end(frozenset().union(*(table.kinds for table in TABLES.values()))):
            for several in xml.rows(source, tuple(self._own(year).values()), unknown):
                for name, rows in several.items():
                    yield from readers[name].read(iter(rows), Cut(len(TABLES[name].columns), tuple))
        yield from unknown.faults()
        self._claimed |= claimed
        for reader in readers.values():
            if reader.table.always or any(days for _, days in reader.days()):
                yield from self._taken_in(source.name, reader)

    # -- both -----------------------------------------------------------------------------------------

    def _agency_of(self, la: str) -> str:
        """The authority a row is from: the sender, else what the LA column says, else 'la'."""
        agency = self._known_authorities.get(la)
        if agency is None:
            agency = self._known_authorities[la] = self._sender or authority(la)
        return agency

    def _year_of(self, met: set[str]) -> int:
        """The return year of a file of episodes, from the days it has; 0 if not known.

        An episode that lasted the whole year may be said to end on the 1 April after it.
        """
        received_on = self._context.received_on
        days = [day for text in met if (day := cells.uk_day(text).day) and day <= received_on]
        return latest_year(day for day in days if (day.month, day.day) != (4, 1))

    def _manner(self, year: int, met: set[str]) -> Manner:
        return_end = date(year, 3, 31) if year else None
        return Manner(self._context.received_on, cells.date_order(met), return_end)

    def _own(self, year: int) -> dict[str, str]:
        """The cells of the columns that are ours: the year of this return, the latest met so far."""
        self._latest_return = max(year, self._latest_return)
        return dict(zip(OURS, (str(year or ""), str(self._latest_return or "")), strict=True))

    @contextmanager
    def _to_the_end(self, kinds: frozenset[str]) -> Iterator[None]:
        """A file not read to its end answers for nothing: what its rest would have said is not known."""
        ended = False
        try:
            yield
            ended = True
        finally:
            if not ended:
                self._broken |= kinds

    def _taken_in(self, file: str, reader: TableReader) -> Iterator[Fault]:
        """Note what days one file's table held; say it if the file wrote its dates in two ways."""
        styles = set[bool]()
        for column, days in reader.days():
            styles |= {text.strip()[4:5] == "-" for text, iso in days.items() if iso}
            found = {date.fromisoformat(iso) for iso in days.values() if iso}
            if column in _EPISODE_DAYS:
                self._episode_days |= found
            if column in _FACT_DAYS:
                self._fact_days |= found
        self._kinds |= reader.table.kinds
        if len(styles) > 1:
            yield file_fault(
                file,
                "date-style-mixed",
                "Some dates are written dd/mm/yyyy and some YYYY-MM-DD. Each was read as it is written; send "
                "them all as dd/mm/yyyy.",
                severity=REPAIRED,
            )


def _is_authority(agency: str) -> bool:
    return bool(agency) and words.agency_type(agency).authority


def days_in(chunks: Iterable[bytes]) -> set[str]:
    """Every cell in the bytes of a CSV file that may be a date: much cheaper than its rows."""
    met: set[bytes] = set()
    tail = b""
    with suppress(Unreadable):  # said when the rows are read
        for chunk in chunks:
            chunk = tail + chunk.replace(b"\0", b"")  # UTF-16 is ASCII with NULs between
            met.update(_DAY.findall(chunk))
            tail = chunk[-_OVERLAP:]
    return {day.decode("ascii") for day in met}


def _cut(table: Table, names: list[str], own: Mapping[str, str]) -> Cut:
    """How rows with these column names are cut, whatever their order, number and spelling in the file."""
    width = len(names)
    places = {name: width + place for place, name in enumerate(own)}
    places |= {name: names.index(name) for name in table.names if name in names}
    if own and "YEAR" in names:  # several returns in one file
        places["RETURN"] = names.index("YEAR")
    nothing = width + len(own)
    order = [places.get(name, nothing) for name in table.names]
    more = [*own.values(), ""] if nothing in order else [*own.values()]
    as_it_stands = order == list(range(width + len(more)))
    return Cut(
        width=width,
        pick=tuple if as_it_stands else itemgetter(*order),
        more=more,
        la=names.index("LA") if "LA" in names else None,
    )


def authority(text: str) -> str:
    """The agency an LA cell names: ``301`` -> la:301, ``Barking and Dagenham`` -> la:barking_and_dagenham."""
    plain_text = cells.tidy(text).lower().removesuffix(".0")
    return f"la:{'_'.join(plain_text.split())}" if plain_text else "la"


def _missing_columns(file: str, table: Table, names: list[str]) -> Iterator[Fault]:
    for column in table.columns:
        if column.name not in names and column.name not in OURS:
            yield file_fault(
                file,
                "column-missing",
                f"The column {column.name} is not in the file; its cells are taken as not given.",
                severity=QUERY,
                column=column.name,
            )
