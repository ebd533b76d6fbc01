"""The rows of a list under its own headings, put into the columns of its layout.

Whose each row is, an id that it keeps when it is sent again, and what is said of it put back into the words of
the file. A child's id that stands with two dates of birth is two children until somebody says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import QUERY, Fault
from throughline.feeds.faults import file_fault
from throughline.feeds.files import FileSource
from throughline.feeds.layouts import identity
from throughline.feeds.list_tables import ListTable, plain
from throughline.feeds.memos import child_id

IDS = ("source_person_id", "la_person_id", "upn")
"""Columns of which the first that is filled is the extract's own id of a child."""
_OUR_NAMES = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|^[a-z]+(?= )")

Cells = dict[str, str]


class Known(NamedTuple):
    """What the lists before said of a child."""

    dob: str
    """ISO, or blank."""
    where: str
    """File and row that said so."""
    cells: Cells
    """Its identity as given, where another list only gives the id."""


class People:
    """Who the lists of one delivery speak of, by the extract's own id."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}

    def meet(self, own_id: str, cells_given: Cells, where: str, *, keep: bool) -> Known:
        """What was known of a child before; the first to speak of it is kept."""
        dob = cells.uk_day(cells_given.get("dob", "")).iso
        known = self._known.get(own_id)
        if known is None or (dob and not known.dob):
            held = dict(cells_given) if keep else (known.cells if known else {})
            known = self._known[own_id] = Known(dob, where, held)
        return known


class Given(FileSource):
    """One list, put into the columns of its layout: what `CsvFile` reads."""

    def __init__(self, source: FileSource, table: ListTable, people: People, agency: str) -> None:
        super().__init__(source.name, source.size, source.open)
        self._source = source
        self._table = table
        self._people = people
        self._agency = agency
        self._own_words: dict[str, str] = {c: c.replace("_", " ") for c in table.layout.columns}
        self.doubted: dict[int, Fault] = {}
        """By row: the fault of an id that stands with two dates of birth."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows in the layout's columns, header first; a column the layout has not is left as it is headed."""
        rows = self._source.rows()
        number, header = next(rows, (1, []))
        ours = self._columns(header)
        self._own_words |= {column: heading.strip() for column, heading in zip(ours, header, strict=True) if column}
        block = identity() if self._table.layout.block else ()
        named = [place for place, column in enumerate(ours) if column and column not in block]
        others = [
            place
            for place, column in enumerate(ours)
            if not column and header[place].strip() and plain(header[place]) not in self._table.passed_over
        ]
        order = [*named, *others]
        absent = [column for column in self._table.elsewhere if column not in ours]
        yield number, [*block, *absent, *(ours[place] or header[place] for place in order)]
        of_identity = {column: place for place, column in enumerate(ours) if column in block}
        records: dict[str, list[int]] = {}
        width = len(header)
        for number, row in rows:
            if not any(row):
                continue
            short = row + [""] * (width - len(row))
            own = [""] * len(absent) + [short[place] for place in order] + short[width:]
            if block:
                given = {column: short[place] for column, place in of_identity.items()}
                own = [*self._identity(number, given, ours, short, records), *own]
            yield number, own

    def _columns(self, header: list[str]) -> list[str]:
        """Our column for each heading, the first of each; blank for none."""
        found: list[str] = []
        for heading in header:
            column = self._table.column(heading)
            found.append("" if column in found else column)
        return found

    def _identity(
        self, number: int, given: Cells, ours: list[str], row: list[str], records: dict[str, list[int]]
    ) -> list[str]:
        """The identity block of one row: whose it is, and an id that the row keeps when it is sent again."""
        for column in IDS:
            if column in given:
                given[column] = child_id(given[column])
        own_id = next((given[column] for column in IDS if given.get(column)), "")
        if own_id:
            given = self._whose(number, own_id, given)
        given["source_system"] = self._agency
        given["source_record_id"] = self._record(number, own_id, given, ours, row, records)
        return [given.get(column, "") for column in identity()]

    def _whose(self, number: int, own_id: str, given: Cells) -> Cells:
        """The identity with what another list knows of the child; of an id with two dates of birth, apart."""
        where = f"{self.name}, row {number}"
        known = self._people.meet(own_id, given, where, keep=self._table.names_people)
        given = known.cells | {column: cell for column, cell in given.items() if cell}
        dob = cells.uk_day(given.get("dob", "")).iso
        if dob and known.dob and dob != known.dob:
            self.doubted[number] = self._two_children(number, own_id, given["dob"], known)
            given |= dict.fromkeys(IDS, "") | {"source_person_id": f"{own_id} born {dob}"}
        return given

    def _two_children(self, number: int, own_id: str, dob: str, known: Known) -> Fault:
        return file_fault(
            self.name,
            "id-of-two-children",
            f"{own_id} is born on {known.dob} in {known.where}, and on {dob} here. They are kept apart as two "
            "children, and this one is linked to nobody by its id. Correct the date or the id.",
            severity=QUERY,
            row=number,
            column=self._own_words["dob"],
            value=dob,
            fix_by=words.agency_title(self._agency),
        )

    def _record(
        self, number: int, own_id: str, given: Cells, ours: list[str], row: list[str], records: dict[str, list[int]]
    ) -> str:
        """The child's id and the row's own columns; a second row of the same id that says otherwise is counted."""
        who = own_id or "/".join(given.get(column, "") for column in ("surname", "forename", "dob"))
        keys = [row[ours.index(column)] if column in ours else "" for column in self._table.record]
        record = "/".join((who, *(cells.uk_day(key).iso or key.strip() for key in keys)))
        said = records.setdefault(record, [])
        mark = hash(tuple(row))
        if mark not in said:
            said.append(mark)
        again = said.index(mark)
        return (f"{record}/{again + 1}" if again else record) if record.strip("/") else f"row {number}"

    def in_its_words(self, fault: Fault) -> Fault:
        """A fault of our column in the words of the file: its heading, and the codes that would be known."""
        column = fault.column
        message = _OUR_NAMES.sub(lambda name: self._own_words.get(name[0], name[0]), fault.message)
        if fault.rule == "code-unknown" and column in self._table.known:
            message = f"{message.removesuffix('.')}; known are {self._table.known[column]}."
        return fault._replace(column=self._own_words.get(column, column), message=message)
