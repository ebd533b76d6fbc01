"""The XML of SEN2 as rows: each Requests, Assessment, NamedPlan and ActivePlans element is one of its table.

A row has its person's identity in it, and the day its request came, so that it stands alone. One table is
given at a time; memory does not grow with the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from throughline.feeds.base import QUERY, Fault, Source
from throughline.feeds.faults import file_fault
from throughline.feeds.files import FileSource
from throughline.feeds.list_tables import ListTable, plain
from throughline.feeds.xml_stream import elements, head_text, line_of, local_name, root_name

_SIGNS = re.compile(r"<(?:\w+:)?(?:Collection>\s*SEN2|Requests?\b|ActivePlans?\b|NamedPlans?\b)", re.IGNORECASE)
_PERSON = re.compile(r"<(?:\w+:)?Person[\s>]")
_AUTHORITY = re.compile(r"<(?:\w+:)?LEA>\s*(\d{3})\s*<")
_ROWS: Mapping[str, str] = {
    "Request": "request",
    "Requests": "request",
    "Assessment": "assessment",
    "Assessments": "assessment",
    "NamedPlan": "named_plan",
    "NamedPlans": "named_plan",
    "ActivePlan": "active_plan",
    "ActivePlans": "active_plan",
}
"""Element -> the table it is a row of."""
_REQUESTED = "ReceivedDate"
Cells = dict[str, str]


def is_sen2(source: Source) -> bool:
    """Whether a file is the XML of SEN2, by its first elements."""
    if not root_name(source):
        return False
    text = head_text(source)
    return bool(_PERSON.search(text) and _SIGNS.search(text))


def authority(source: Source) -> str:
    """The three-figure code of the authority in the header; blank for none."""
    found = _AUTHORITY.search(head_text(source))
    return found[1] if found else ""


def unknown_elements(name: str, unknown: Mapping[str, int]) -> Iterator[Fault]:
    """What stood in the file that is no element of SEN2 we know."""
    for element, count in sorted(unknown.items()):
        message = f"The element {element} is not one we know; the {count:,} in the file were passed over."
        yield file_fault(name, "element-unknown", message, severity=QUERY, column=element)


class Elements(FileSource):
    """One table of the XML file as rows, headed by the elements' names."""

    def __init__(self, source: FileSource, table: ListTable) -> None:
        super().__init__(source.name, source.size, source.open)
        self.unknown = Counter[str]()
        """Elements that are passed over, though the table's list of those does not name them."""
        self._source = source
        self._table = table

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The header, then the rows, each with the line its element starts on (or the next, if that is taken)."""
        titles = self._table.titles
        yield 1, list(titles.values())
        last = 1
        self.unknown.clear()
        for person in elements(self._source, "Person"):
            for element, given in self._found(person):
                last = max(last + 1, line_of(element))
                yield last, [given.get(column, "") for column in titles]

    def _found(self, person: etree._Element) -> Iterator[tuple[etree._Element, Cells]]:
        if self._table.name == "person":
            yield person, self._cells(person)
            return
        who = self._cells(person, of_row=False)
        for element in person.iter("{*}*"):
            if _ROWS.get(local_name(element.tag)) == self._table.name and (own := self._cells(element)):
                yield element, _requested(element) | who | own

    def _cells(self, element: etree._Element, *, of_row: bool = True) -> Cells:
        """The texts of an element's own elements, by our column; those that are rows of their own apart."""
        found: Cells = {}
        for part in element:
            name = local_name(part.tag)
            if name in _ROWS:
                continue
            if len(part):
                found |= self._cells(part, of_row=of_row)
            elif text := (part.text or "").strip():
                if column := self._table.column(name):
                    found[column] = f"{found[column]};{text}" if column in found else text
                elif of_row and plain(name) not in self._table.passed_over:
                    self.unknown[name] += 1
        return found


def _requested(element: etree._Element) -> Cells:
    """The day the request came that an element lies in."""
    for around in element.iterancestors("{*}Request", "{*}Requests"):
        for part in around.iterchildren(f"{{*}}{_REQUESTED}"):
            return {"received": (part.text or "").strip()}
    return {}
