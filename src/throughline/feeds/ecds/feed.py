"""Emergency care as one of the feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from throughline.feeds.base import REFUSED, Context, Coverage, Derived, Fault, Person, Source, Statement
from throughline.feeds.cells import at_of, day_of
from throughline.feeds.ecds.attendance import COLUMNS, FEED_ID, TABLE, Attendances
from throughline.feeds.ecds.rows import csv_rows, item_of, xml_rows
from throughline.feeds.files import FileSource
from throughline.feeds.gathering import Telling, event
from throughline.feeds.xml_stream import head_text, root_name

_NOBODY: Mapping[str, date] = {}
XML_TABLE = "xml"
_ROOT = "CDS"
_SIGN = "EmergencyCare"
_KNOWN_BY = frozenset({"attendance", "arrival_date", "site"})
_AT = {name: place for place, name in enumerate(COLUMNS)}
_DETAILS = {
    # As the layout `ae_attendance` gives them, so that either file tells the same.
    "site": "site_code",
    "department": "department_type",
    "arrival_mode": "arrival_mode",
    "complaint": "chief_complaint",
    "injury_at": "injury_at",
    "location_type": "place_of_injury",
    "place": "place_text",
    "injury_intent": "injury_intent",
    "injury_mechanism": "injury_mechanism",
    "substances": "alcohol_drug",
    "diagnoses": "diagnoses",
    "concerns": "safeguarding_concern",
    "referred_to": "referred_to",
    "left_at": "departure_at",
    "discharge": "discharge_status",
    "destination": "destination",
}
_SELF = "self"


class _Ecds:
    """The feed; see `base.Feed`."""

    id = FEED_ID
    title = "Emergency care (ECDS)"
    tables: Mapping[str, tuple[str, ...]] = {TABLE: COLUMNS}
    looked_for = (
        "Emergency Care Data Set: CSV with the items AttendanceIdentifier, ArrivalDate and "
        "OrganisationSiteIdentifier_OfTreatment, or CDS XML (type 011)"
    )

    def recognise(self, source: Source) -> str | None:
        """The table of a CSV file of items, or `xml`."""
        if root_name(source).startswith(_ROOT):
            return XML_TABLE if _SIGN in head_text(source) else None
        if not isinstance(source, FileSource):
            return None
        return TABLE if {item_of(name) for name in source.header()} >= _KNOWN_BY else None

    def reader(self, context: Context) -> Reader:
        """Reads one delivery."""
        return Reader(context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements."""
        telling = Telling()
        for statement in statements:
            values = statement.values
            if statement.outcome != REFUSED and not values[_AT["taken_back"]]:
                _tell(statement, telling)
        return telling.derived()


class Reader:
    """Reads one delivery; see `base.Reader`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says."""
        attendances = Attendances(source.name, self._context)
        for row, given in xml_rows(source) if table == XML_TABLE else csv_rows(source):
            yield from attendances.take(row, given)
        yield from attendances.faults_of_the_whole()

    def finish(self) -> Iterator[Coverage | Fault]:
        """Nothing: one hospital of many says nothing about the children another has seen."""
        yield from ()


def _tell(statement: Statement, telling: Telling) -> None:
    values = statement.values
    arrival = values[_AT["arrival_at"]]
    day = day_of(arrival)
    if day is None:
        return
    details = {name: values[_AT[column]] for name, column in _DETAILS.items() if values[_AT[column]]}
    marks = set()
    if values[_AT["injury_intent"]] == _SELF:
        marks.add("self_intent")
    if values[_AT["safeguarding_concern"]]:
        marks.add("safeguarding_concern")
    told = event("ed_attendance", day, statement, details, frozenset(marks), f"ed:{values[_AT['attendance_id']]}")
    at = at_of(arrival)
    telling.events.append(told._replace(happened_at=at, precision="time") if at else told)


FEED = _Ecds()
