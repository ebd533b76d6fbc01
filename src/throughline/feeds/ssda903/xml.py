"""An SSDA903 return as one XML file, `EXPSSDA903`, cut into the rows of the CSV tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress

from lxml import etree

from throughline.feeds.base import QUERY, Fault, Source, Unreadable
from throughline.feeds.faults import file_fault
from throughline.feeds.ssda903.tables import OURS, TABLES, plain
from throughline.feeds.xml_stream import elements, line_of, local_name

ROOT = "EXPSSDA903"

_BY_ELEMENT = {table.xml: name for name, table in TABLES.items() if table.xml}
_PLACES: Mapping[str, Mapping[str, int]] = {
    name: {column: place for place, column in enumerate(table.names)} for name, table in TABLES.items()
}
_IN_HEADER = ("header", "uasc", "ad1", "oc3")
"""Tables whose cells stand straight in the HEADER element."""
_SHARED = frozenset({"CHILD", "SEX", "DOB"})
_NOT_OURS = frozenset({"UASC"})
"""A flag the CSV tables do not have: who has it has a row in the UASC table."""
_DAYS = re.compile(rb"<(?:[\w.-]+:)?DEC(?:OM)?\s*>([^<]{6,30})<")
_OVERLAP = 64
_AT_ONCE = 200
"""Children whose rows are handed over together."""


class Unknown:
    """Elements no table has a place for, counted once a file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        self._counts[name] += 1

    def faults(self) -> Iterator[Fault]:
        for name, count in sorted(self._counts.items()):
            yield file_fault(
                self._file,
                "element-unknown",
                f"The element {name} is not one we know; the {count:,} in the file were passed over.",
                severity=QUERY,
                column=name,
            )


def days_in(source: Source) -> set[str]:
    """The texts of all DECOM and DEC elements, without building the tree."""
    met: set[bytes] = set()
    tail = b""
    with suppress(Unreadable):  # said when the rows are read
        for chunk in source.stream():
            chunk = tail + chunk.replace(b"\0", b"")  # UTF-16 is ASCII with NULs between
            met.update(_DAYS.findall(chunk))
            tail = chunk[-_OVERLAP:]
    return {text.decode("ascii", "replace") for text in met}


Rows = dict[str, list[tuple[int, list[str]]]]
"""Table -> its rows, numbered; tables in their order, so that a header is read before what refers to it."""


def rows(source: Source, own: tuple[str, ...], unknown: Unknown) -> Iterator[Rows]:
    """The rows of some hundred children at a time; `own` fills the columns that are ours.

    A row is numbered by the line its element starts on; where several of one table stand on one line (files
    without line ends have all on one) they are numbered on from it, so that no two rows are the same.
    """
    lines = dict.fromkeys(TABLES, 0)
    found: Rows = {name: [] for name in TABLES}
    try:
        for count, child in enumerate(elements(source, "CHILD"), start=1):
            for table, line, given in _of_child(child, own, unknown):
                number = lines[table] = max(line, lines[table] + 1)
                found[table].append((number, given))
            if count % _AT_ONCE == 0:
                yield found
                found = {name: [] for name in TABLES}
    except Unreadable:  # what stood before it is whole
        yield found
        raise
    yield found


def _of_child(child: etree._Element, own: tuple[str, ...], unknown: Unknown) -> Iterator[tuple[str, int, list[str]]]:
    header = next((part for part in child if local_name(part.tag) == "HEADER"), child)
    cells = {plain(local_name(part.tag)): part.text or "" for part in header if not len(part)}
    who = {name: cells.get(name, "") for name in _SHARED}
    line = line_of(header)
    left = cells.keys() - _NOT_OURS - _BY_ELEMENT.keys()
    for table in _IN_HEADER:
        places = _PLACES[table]
        left -= places.keys()
        if table == "header" or any(cells.get(name) for name in places if name not in _SHARED):
            yield table, line, [cells.get(name, "") for name in places]
    for name in left:
        unknown.add(name)
    for parent in (header, child) if header is not child else (child,):
        for part in parent:
            if len(part) and part is not header:
                yield from _row(part, who, own, unknown)


def _row(
    part: etree._Element, who: Mapping[str, str], own: tuple[str, ...], unknown: Unknown
) -> Iterator[tuple[str, int, list[str]]]:
    """The row one element holds, if it is of a table."""
    name = local_name(part.tag)
    table = _BY_ELEMENT.get(name)
    if table is None:
        unknown.add(name)
        return
    places = _PLACES[table]
    cells = [who.get(column, "") for column in places]
    if table == "episodes":
        for column, text in zip(OURS, own, strict=True):
            cells[places[column]] = text
    for cell in part:
        place = places.get(plain(local_name(cell.tag)))
        if place is None:
            unknown.add(f"{name}/{local_name(cell.tag)}")
        else:
            cells[place] = cell.text or ""
    yield table, line_of(part), cells
