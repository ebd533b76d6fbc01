"""The head of a census file: whose it is, and the year it answers for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from lxml import etree

from throughline.feeds import cells
from throughline.feeds.base import QUERY, Fault
from throughline.feeds.faults import file_fault
from throughline.feeds.xml_stream import line_of, local_name

FIRST_CENSUS = date(2009, 3, 31)
_DAY = timedelta(days=1)


class Header(NamedTuple):
    """What the Header element says."""

    lea: str = ""
    """The authority's three-figure code."""
    year: str = ""
    reference_date: date | None = None
    """31 March the year ends on; None where it cannot be read or cannot be."""
    given: str = ""
    line: int = 0


def read_header(element: etree._Element, received_on: date) -> Header:
    """The header's facts, wherever in it they stand."""
    found = {local_name(part.tag): (part.text or "").strip() for part in element.iter() if part.text}
    given = found.get("ReferenceDate", "")
    day = cells.iso_day(given).day
    if day and not FIRST_CENSUS <= day <= date(received_on.year + 1, 3, 31):
        day = None
    return Header(cells.tidy(found.get("LEA", "")), found.get("Year", ""), day, given, line_of(element))


def header_faults(file: str, header: Header) -> Iterator[Fault]:
    """What is wrong with a header."""
    day = header.reference_date
    if not header.lea:
        yield _fault(file, header, "authority-missing", "LEA", "", "The header does not say whose file it is.")
    if day is None:
        yield _fault(
            file,
            header,
            "reference-date-unreadable cin-100",
            "ReferenceDate",
            header.given,
            "The reference date is missing or cannot be; the latest date in the file is taken as the last "
            "day it answers for.",
        )
    elif f"{day:%m-%d}" != "03-31" or header.year != str(day.year):
        yield _fault(
            file,
            header,
            "reference-date-not-of-year cin-100",
            "ReferenceDate",
            header.given,
            f"The reference date is not 31 March of the header's year ({header.year or 'not given'}); the "
            "file is taken to answer for the year up to the reference date.",
        )


def _fault(file: str, header: Header, rule: str, column: str, value: str, message: str) -> Fault:
    return file_fault(file, rule, message, severity=QUERY, row=header.line, column=column, value=value)


def year_up_to(last: date, received_on: date) -> tuple[date, date]:
    """First and last day a census answers for: the year to its reference date, no later than receipt."""
    try:
        year_before = last.replace(year=last.year - 1)
    except ValueError:  # 29 February
        year_before = last.replace(year=last.year - 1, day=28)
    return year_before + _DAY, min(last, received_on)
