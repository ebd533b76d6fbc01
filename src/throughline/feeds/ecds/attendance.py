"""One attendance: who it is about, as far as the hospital says and may be relied on, and what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    QUERY,
    REFUSED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
    Context,
    Fault,
    Person,
    Statement,
    person_key,
)
from throughline.feeds.ecds.rows import CONTENT, ITEMS
from throughline.feeds.faults import cell_fault, file_fault

FEED_ID, TABLE = "ecds", "attendance"
COLUMNS = (
    "identity", "attendance_id", "site_code", "department_type", "arrival_at", "arrival_mode", "chief_complaint",
    "injury_at", "place_of_injury", "place_text", "injury_intent", "injury_mechanism", "alcohol_drug", "diagnoses",
    "safeguarding_concern", "referred_to", "departure_at", "discharge_status", "destination", "taken_back",
)  # fmt: skip
WITHHELD, VERIFIED, UNVERIFIED = "withheld", "verified", "unverified"
_WHO = ("nhs_number", "local_id", "forename", "surname", "dob", "postcode")
_INTENT: Mapping[str, str] = CONTENT["intent"]
_CLOCK = {4: lambda text: f"{text[:2]}:{text[2:]}", 6: lambda text: f"{text[:2]}:{text[2:4]}:{text[4:]}"}
_ONCE = {
    "nhs-number-unverified": (
        QUERY,
        "{n:,} attendances come with an NHS number that is not verified (status other than 01): it links no records.",
    ),
    "named-without-concern": (
        QUERY,
        "{n:,} attendances name the child though the hospital raised no concern. They are kept apart; agree with the "
        "hospital to send those without name and number.",
    ),
    "status-unknown": (
        ERROR,
        "{n:,} attendances have an NHS number status that is none of 01 to 08; the number links no records.",
    ),
}


class Attendances:
    """The attendances of one file."""

    def __init__(self, file: str, context: Context) -> None:
        self._file = file
        self._received_on = context.received_on
        sender = context.sender
        self._sender = sender if sender and not words.agency_type(sender).authority else ""
        self._once: Counter[str] = Counter()
        self._claimed: dict[str, bool] = {}
        """Person -> whether with an NHS number that is verified."""
        self._met: dict[str, int] = {}
        self._said: list[Fault] = []

    def take(self, row: int, given: Mapping[str, str]) -> Iterator[Person | Statement | Fault]:
        """The person, the statement and what is wrong with one attendance."""
        agency = self._agency(given)
        self._said.clear()
        values = self._values(row, given, agency)
        person, outcome = self._person(row, given, agency, values)
        if outcome != REFUSED and person and self._is_news(person):
            yield person
        record = f"{values[2]}/{values[1]}"
        if outcome not in (REFUSED, NO_EVENT):
            outcome = self._again(record, values) or (USED_WITH_FAULTS if self._said else outcome)
        key = person.key if person and outcome != REFUSED else ""
        yield from (fault._replace(person=key, around=cells.day_of(values[4])) for fault in self._said)
        as_given = tuple(given.get(item, "") for item in ITEMS)
        yield Statement(FEED_ID, TABLE, self._file, row, record, key, values, outcome, agency, None, as_given)

    def faults_of_the_whole(self) -> Iterator[Fault]:
        """What is said once, with how often it was met."""
        for rule, n in sorted(self._once.items()):
            severity, message = _ONCE[rule]
            yield file_fault(self._file, rule, message.format(n=n), severity=severity)

    # -- what happened --------------------------------------------------------------------------------

    def _agency(self, given: Mapping[str, str]) -> str:
        """Who says it: the sender, else the hospital by its code."""
        body = cells.tidy(given.get("provider", "") or given.get("site", "")).lower()
        return self._sender or (f"hospital:{body}" if body.isalnum() else "hospital")

    def _values(self, row: int, given: Mapping[str, str], agency: str) -> tuple[str, ...]:
        def text(item: str) -> str:
            return cells.tidy(given.get(item, ""))

        arrival = self._moment(row, given, "arrival", agency)
        departure = self._moment(row, given, "departure", agency)
        if arrival and departure and departure[:10] < arrival[:10]:
            self._fault(row, "departure_date", departure, "end-before-start", agency)
            departure = ""
        place = ",".join(filter(None, (text("latitude"), text("longitude"))))
        intent = text("intent")
        return (
            _identity(given), text("attendance"), text("site"), text("department"), arrival, text("arrival_mode"),
            text("complaint"), self._moment(row, given, "injury", agency), text("place"), place,
            _INTENT.get(intent, intent), text("mechanism"), _listed(given, "substances"), _listed(given, "diagnoses"),
            _listed(given, "concerns"), _listed(given, "referred_to"), departure, text("discharge"),
            text("destination"), "Y" if text("update") == CONTENT["taken_back"] else "",
        )  # fmt: skip

    def _moment(self, row: int, given: Mapping[str, str], item: str, agency: str) -> str:
        day, clock = cells.tidy(given.get(f"{item}_date", "")), cells.tidy(given.get(f"{item}_time", ""))
        if not day:
            return ""
        if clock.isdecimal() and len(clock) in _CLOCK:
            clock = _CLOCK[len(clock)](clock)
        joined = f"{day}T{clock}" if clock and len(day) == 10 else day
        found, text, problem = cells.moment(joined)
        if problem:
            self._fault(row, f"{item}_date", joined, problem, agency)
        if found and found > self._received_on:
            self._fault(row, f"{item}_date", joined, "date-in-future", agency)
        return text

    def _fault(self, row: int, column: str, value: str, problem: str, agency: str) -> None:
        fix_by = words.agency_title(agency)
        if problem == "end-before-start":
            message = f"The departure {value} lies before the arrival; taken as not given."
            found = file_fault(self._file, problem, message, row=row, column=column, value=value, fix_by=fix_by)
        else:
            found = cell_fault(self._file, row, column, value, problem, fix_by=fix_by)
        self._said.append(found)

    def _again(self, record: str, values: tuple[str, ...]) -> str:
        """Repeated, for an attendance the file has told before just so."""
        told = hash(values)
        again = self._met.get(record) == told
        self._met[record] = told
        return REPEATED if again else ""

    def _is_news(self, person: Person) -> bool:
        """Whether the file has not said so much of the person yet."""
        known = self._claimed.get(person.key)
        if known is None or (person.nhs_number and not known):
            self._claimed[person.key] = bool(person.nhs_number)
            return True
        return False

    # -- who ------------------------------------------------------------------------------------------

    def _person(
        self, row: int, given: Mapping[str, str], agency: str, values: tuple[str, ...]
    ) -> tuple[Person | None, str]:
        """Who the attendance is about, and what becomes of its row so far."""
        if not values[1] or not values[2]:
            column = "AttendanceIdentifier" if not values[1] else "OrganisationSiteIdentifier_OfTreatment"
            return None, self._refuse(row, column, "the attendance cannot be told from others", agency)
        if not values[4]:
            return None, self._refuse(row, "ArrivalDate", "the attendance belongs to no day", agency)
        outcome = NO_EVENT if values[-1] else USED
        unknown = person_key(agency, FEED_ID, f"~{values[2]}/{values[1]}")
        if values[0] == WITHHELD:
            return Person(unknown, agency, file=self._file, row=row), outcome
        number, status = cells.nhs_number(given.get("nhs_number", "")), cells.tidy(given.get("status", "")).zfill(2)
        verified = values[0] == VERIFIED
        if number.text and not verified:
            self._once["status-unknown" if status not in CONTENT["statuses"] else "nhs-number-unverified"] += 1
        if number.text and number.problem:
            self._fault(row, "NHSNumber", number.text, number.problem, agency)
        if not values[14] and (number.text or given.get("surname")):
            self._once["named-without-concern"] += 1
        own = cells.tidy(given.get("local_id", "")) or (number.text if verified else "")
        return self._named(row, given, agency, person_key(agency, FEED_ID, own) if own else unknown, verified), outcome

    def _named(self, row: int, given: Mapping[str, str], agency: str, key: str, verified: bool) -> Person:
        dob, postcode = cells.iso_day(given.get("dob", "")), cells.postcode(given.get("postcode", ""))
        for column, found, cell in (("PersonBirthDate", dob, "dob"), ("Postcode", postcode, "postcode")):
            if found.problem:
                self._fault(row, column, given.get(cell, ""), found.problem, agency)
        return Person(
            key=key,
            agency=agency,
            nhs_number=cells.nhs_number(given.get("nhs_number", "")).text if verified else "",
            forename=cells.tidy(given.get("forename", "")),
            surname=cells.tidy(given.get("surname", "")),
            dob=dob.day,
            sex=cells.sex(given.get("sex", "").replace("X", "U")).text,
            postcode=postcode.text,
            file=self._file,
            row=row,
        )

    def _refuse(self, row: int, column: str, why: str, agency: str) -> str:
        message = f"{column} is not given or cannot be read: {why}, so it was not used. Send it."
        fix_by = words.agency_title(agency)
        self._said.append(file_fault(self._file, "item-missing", message, row=row, column=column, fix_by=fix_by))
        return REFUSED


def _identity(given: Mapping[str, str]) -> str:
    """Which of the data set's three identities an attendance comes with."""
    if given.get("withheld") or not any(given.get(item) for item in _WHO):
        return WITHHELD
    status = cells.tidy(given.get("status", "")).zfill(2)
    return VERIFIED if given.get("nhs_number") and status == CONTENT["verified"] else UNVERIFIED


def _listed(given: Mapping[str, str], item: str) -> str:
    parts = (cells.tidy(part) for part in given.get(item, "").split(";"))
    return ";".join(dict.fromkeys(filter(None, parts)))
