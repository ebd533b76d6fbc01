"""Emergency care as hospitals send it: the three identities, what an attendance says, CSV and CDS XML alike."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feeding import Told, tell
from throughline import feeds
from throughline.feeds.base import Event
from throughline.feeds.ecds import FEED

RECEIVED = date(2026, 3, 31)
NUMBER = "9434765919"
ITEMS = {
    "NHSNumber": NUMBER,
    "NHSNumberStatusIndicatorCode": "01",
    "LocalPatientIdentifier_Extended": "L1",
    "PersonBirthDate": "2011-06-15",
    "PostcodeOfUsualAddress": "ZH1 1AA",
    "OrganisationSiteIdentifier_OfTreatment": "ZZZ01",
    "EmergencyCareDepartmentType": "01",
    "EmergencyCareAttendanceIdentifier": "AT1",
    "EmergencyCareArrivalDate": "2026-03-01",
    "EmergencyCareArrivalTime": "23:50:00",
    "EmergencyCareChiefComplaint_SnomedCt": "3415004",
    "InjuryDate": "2026-03-01",
    "InjuryTime": "22:15:00",
    "EmergencyCareInjuryIntent_SnomedCt": "276853009",
    "EmergencyCareInjuryMechanism_SnomedCt": "123456",
    "SafeguardingConcern_SnomedCt": "1234567",
    "EmergencyCareDepartureDate": "2026-03-02",
    "EmergencyCareDepartureTime": "01:30:00",
}
WITHHELD = dict.fromkeys(list(ITEMS)[:5], "") | {"NHSNumberStatusIndicatorCode": "07"}


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")


def read(tmp_path: Path, *rows: dict[str, str], name: str = "ed.csv", naming: object = str, sender: str = "") -> Told:
    named = [{naming(item): text for item, text in (ITEMS | row).items()} for row in rows]  # type: ignore[operator]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(named[0]))
    writer.writeheader()
    writer.writerows(named)
    (tmp_path / name).write_text(out.getvalue(), encoding="utf-8")
    return tell(tmp_path / name, received=RECEIVED, sender=sender, feeds=feeds.registry())


def events(told: Told) -> list[Event]:
    return FEED.events([s for s in told.statements if s.outcome not in ("refused", "repeated")]).events


@pytest.mark.parametrize("naming", [str, snake, str.upper, lambda name: name.replace("EmergencyCare", "")])
def test_an_item_is_known_however_its_name_is_written(tmp_path: Path, naming: object) -> None:
    (event,) = events(read(tmp_path, {}, naming=naming))
    assert event.kind == "ed_attendance"
    assert event.happened_at == datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
    assert event.marks == {"safeguarding_concern", "self_intent"}
    assert event.details == {
        "site": "ZZZ01",
        "department": "01",
        "complaint": "3415004",
        "injury_at": "2026-03-01T22:15Z",
        "injury_intent": "self",
        "injury_mechanism": "123456",
        "concerns": "1234567",
        "left_at": "2026-03-02T01:30Z",
    }
    assert event.ref == "ed:AT1"


def test_it_tells_what_the_plain_layout_tells(tmp_path: Path) -> None:
    # The same attendance in the layout `ae_attendance`: same kind, same details, same reference.
    plain = tmp_path / "plain.csv"
    plain.write_text(
        "source_system,source_record_id,source_person_id,la_person_id,upn,nhs_number,forename,surname,dob,sex,postcode,"
        "extract_date,site_code,department_type,attendance_id,arrival_at,arrival_mode,chief_complaint,injury_at,"
        "place_of_injury,place_text,injury_intent,injury_mechanism,alcohol_drug,diagnoses,safeguarding_concern,"
        "referred_to,departure_at,discharge_status,destination\n"
        "hospital:halden,AT1,L1,,,,Ada,Quill,2011-06-15,F,,2026-03-05,ZZZ01,01,AT1,2026-03-01T23:50,,3415004,"
        "2026-03-01T22:15,,,self,123456,,,1234567,,2026-03-02T01:30,,\n"
    )
    told = tell(plain, received=RECEIVED, feeds=feeds.registry())
    (theirs,) = feeds.get(told.statements[0].feed).events(told.statements).events
    (ours,) = events(read(tmp_path, {}))
    assert (ours.kind, ours.ref, ours.details, ours.marks) == (theirs.kind, theirs.ref, theirs.details, theirs.marks)


@pytest.mark.parametrize("code", ["276853009", "443380004", ""])
def test_a_code_whose_meaning_is_not_settled_stays_the_code_it_is(tmp_path: Path, code: str) -> None:
    (event,) = events(read(tmp_path, {"EmergencyCareInjuryIntent_SnomedCt": code}))
    assert event.details.get("injury_intent", "") == {"276853009": "self"}.get(code, code)
    assert ("self_intent" in event.marks) == (code == "276853009")


# -- who ------------------------------------------------------------------------------------------------


def test_a_verified_number_links(tmp_path: Path) -> None:
    (person,) = read(tmp_path, {}).persons
    assert (person.key, person.nhs_number, person.dob) == ("hospital:zzz01|ecds|L1", NUMBER, date(2011, 6, 15))


@pytest.mark.parametrize("status", ["02", "03", "04", "05", "06", "08", ""])
def test_any_other_number_links_nothing_and_is_said_once(tmp_path: Path, status: str) -> None:
    rows = [{"NHSNumberStatusIndicatorCode": status, "EmergencyCareAttendanceIdentifier": f"AT{n}"} for n in (1, 2)]
    told = read(tmp_path, *rows)
    assert [person.nhs_number for person in told.persons] == [""]
    (fault,) = told.faults
    assert fault.rule == ("nhs-number-unverified" if status else "status-unknown")
    assert fault.message.startswith("2 attendances")


def test_a_number_verified_later_in_the_file_is_not_lost(tmp_path: Path) -> None:
    told = read(tmp_path, {"NHSNumberStatusIndicatorCode": "02"}, {"EmergencyCareAttendanceIdentifier": "AT2"})
    assert [person.nhs_number for person in told.persons] == ["", NUMBER]


def test_a_withheld_identity_is_a_person_nobody_can_find(tmp_path: Path) -> None:
    told = read(tmp_path, WITHHELD, WITHHELD | {"EmergencyCareAttendanceIdentifier": "AT2"})
    assert [(p.key, p.nhs_number, p.surname, p.dob, p.postcode) for p in told.persons] == [
        ("hospital:zzz01|ecds|~ZZZ01/AT1", "", "", None, ""),
        ("hospital:zzz01|ecds|~ZZZ01/AT2", "", "", None, ""),
    ]
    assert told.outcomes == {"used": 2}


def test_a_name_without_a_concern_is_said_so_that_it_can_be_left_out_next_time(tmp_path: Path) -> None:
    told = read(tmp_path, {"SafeguardingConcern_SnomedCt": ""})
    assert told.rules == ["named-without-concern"]
    assert told.outcomes == {"used": 1}


# -- what is wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "rule", "outcome"),
    [
        ({"EmergencyCareAttendanceIdentifier": ""}, "item-missing", "refused"),
        ({"EmergencyCareArrivalDate": ""}, "item-missing", "refused"),
        ({"EmergencyCareArrivalDate": "32/03/2026"}, "date-unreadable", "refused"),
        (
            {"EmergencyCareArrivalDate": "2026-04-20", "EmergencyCareDepartureDate": ""},
            "date-in-future",
            "used with faults",
        ),
        ({"EmergencyCareArrivalTime": "25:99"}, "time-unreadable", "used with faults"),
        ({"EmergencyCareDepartureDate": "2026-02-20"}, "end-before-start", "used with faults"),
        ({"NHSNumber": "1234567890"}, "nhs-number-check", "used with faults"),
        ({"PostcodeOfUsualAddress": "nope"}, "postcode-shape", "used with faults"),
    ],
)
def test_a_wrong_cell_is_said_and_costs_no_more_than_it_must(
    tmp_path: Path, cells: dict[str, str], rule: str, outcome: str
) -> None:
    told = read(tmp_path, cells)
    assert rule in told.rules
    assert told.outcomes == {outcome: 1}


@pytest.mark.parametrize("clock", ["23:50:00", "23:50", "2350", "235000"])
def test_a_time_of_day_as_systems_write_it(tmp_path: Path, clock: str) -> None:
    (event,) = events(read(tmp_path, {"EmergencyCareArrivalTime": clock}))
    assert event.happened_at == datetime(2026, 3, 1, 23, 50, tzinfo=UTC)


def test_an_attendance_taken_back_tells_nothing_any_more(tmp_path: Path) -> None:
    told = read(tmp_path, {"CdsUpdateType": "9"})
    gone = read(tmp_path, {"CdsUpdateType": "1"}, name="later.csv")
    assert told.statements[0].record_id == gone.statements[0].record_id
    assert gone.outcomes == {"rightly without an event": 1}
    assert events(gone) == []


def test_the_same_attendance_twice_counts_once(tmp_path: Path) -> None:
    assert read(tmp_path, {}, {}).outcomes == {"used": 1, "repeated": 1}


# -- XML --------------------------------------------------------------------------------------------------


def xml(identity: str, attendance: str, *, concern: str = "") -> str:
    concerns = f"<ns:SafeguardingConcern_SnomedCt>{concern}</ns:SafeguardingConcern_SnomedCt>" if concern else ""
    return f"""<ns:CDSMessage><ns:EmergencyCare>
    <ns:PersonGroupPatient><ns:PatientIdentity>{identity}</ns:PatientIdentity></ns:PersonGroupPatient>
    <ns:EmergencyCareAttendanceLocation>
    <ns:OrganisationSiteIdentifier_OfTreatment>ZZZ01</ns:OrganisationSiteIdentifier_OfTreatment>
    </ns:EmergencyCareAttendanceLocation>
    <ns:AttendanceOccurrence><ns:EmergencyCareAttendanceActivityCharacteristics>
    <ns:EmergencyCareAttendanceIdentifier>{attendance}</ns:EmergencyCareAttendanceIdentifier>
    <ns:EmergencyCareArrivalDate>2026-03-01</ns:EmergencyCareArrivalDate>
    <ns:EmergencyCareArrivalTime>23:50:00</ns:EmergencyCareArrivalTime>
    </ns:EmergencyCareAttendanceActivityCharacteristics>
    <ns:DischargeFromEmergencyCare>{concerns}{concerns.replace(concern, "7654321") if concern else ""}
    </ns:DischargeFromEmergencyCare></ns:AttendanceOccurrence></ns:EmergencyCare></ns:CDSMessage>"""


PATIENT = f"""<ns:VerifiedIdentity_Structure NHSNumberStatusIndicatorCode="01"><ns:LocalIdentifierStructure>
<ns:LocalPatientIdentifier_Extended>L1</ns:LocalPatientIdentifier_Extended></ns:LocalIdentifierStructure>
<ns:DataElementStructure><ns:NHSNumber>{NUMBER}</ns:NHSNumber>
<ns:NHSNumberStatusIndicatorCode>01</ns:NHSNumberStatusIndicatorCode>
<ns:PostcodeOfUsualAddress>ZH1 1AA</ns:PostcodeOfUsualAddress><ns:PersonBirthDate>2011-06-15</ns:PersonBirthDate>
</ns:DataElementStructure></ns:VerifiedIdentity_Structure>"""
NOBODY = """<ns:WithheldIdentity_Structure NHSNumberStatusIndicatorCode="07">
<ns:NHSNumberStatusIndicatorCode>07</ns:NHSNumberStatusIndicatorCode></ns:WithheldIdentity_Structure>"""
OPEN = '<?xml version="1.0"?><ns:CDS-XMLInterchange xmlns:ns="urn:cds" SchemaVersion="6-2-2">'


def test_a_message_in_xml_says_the_same(tmp_path: Path) -> None:
    text = OPEN + xml(PATIENT, "AT1", concern="1234567") + xml(NOBODY, "AT2") + "</ns:CDS-XMLInterchange>"
    (tmp_path / "ed.xml").write_text(text)
    told = tell(tmp_path / "ed.xml", received=RECEIVED, feeds=feeds.registry())
    first, second = events(told)
    assert (first.ref, first.details["concerns"], first.marks) == (
        "ed:AT1",
        "1234567;7654321",
        {"safeguarding_concern"},
    )
    assert (second.ref, second.happened_at, second.marks) == ("ed:AT2", first.happened_at, frozenset())
    assert [p.nhs_number for p in told.persons] == [NUMBER, ""]
    assert [f.feed for f in told.files] == ["ecds"]


def test_a_message_cut_short_gives_what_stood_before(tmp_path: Path) -> None:
    text = OPEN + xml(PATIENT, "AT1", concern="1") + xml(NOBODY, "AT2")
    (tmp_path / "ed.xml").write_text(text[:-200])
    told = tell(tmp_path / "ed.xml", received=RECEIVED, feeds=feeds.registry())
    assert told.rules == ["xml-broken"]
    assert [e.ref for e in events(told)] == ["ed:AT1"]
