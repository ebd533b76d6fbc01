"""SEN2, as XML and as five CSV files: the same children, the same plans, the same days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeding import Told, tell
from throughline.feeds.base import NO_EVENT, REPEATED, USED, Event
from throughline.feeds.cin_census import FEED as CIN_CENSUS
from throughline.feeds.sen2 import FEED

RECEIVED = date(2026, 2, 20)
WHO = "<Surname>Quill</Surname><Forename>Ada</Forename><PersonBirthDate>2011-06-15</PersonBirthDate><Sex>F</Sex>"
REQUEST = (
    "<Requests><ReceivedDate>2025-02-13</ReceivedDate><RYA>N</RYA><RequestOutcomeDate>2025-03-10</RequestOutcomeDate>"
    "<RequestOutcome>Y</RequestOutcome>{inside}</Requests>"
)
ASSESSMENT = (
    "<Assessment><AssessmentOutcome>Y</AssessmentOutcome><AssessmentOutcomeDate>2025-06-18</AssessmentOutcomeDate>"
    "<Week20>N</Week20></Assessment>"
)
NAMED = "<NamedPlan><StartDate>2025-06-18</StartDate><PlanDetail><URN>123456</URN></PlanDetail></NamedPlan>"
ACTIVE = (
    "<ActivePlans><URN>123456</URN><ReviewMeeting>2025-09-29</ReviewMeeting><ReviewOutcome>M</ReviewOutcome>"
    "<LastReview>2025-10-23</LastReview></ActivePlans>"
)
MODULES = {
    "m1": "Person ID,Surname,Forename,Dob (ccyy-mm-dd),Gender,Ethnicity,Postcode,UPN - Unique Pupil Number,"
    "ULN - Young Persons Unique Learner Number,UPN and ULN unavailable reason\n"
    "77,Quill,Ada,2011-06-15,2,WBRI,ZH1 2AB,,,UN4\n78,Bell,Ben,2013-02-03,1,WBRI,,,,UN4\n",
    "m2": "Person ID,Requests Record ID,Date Request Was Received,Initial Request Whilst In RYA,Request Outcome Date,"
    "Request Outcome,Request Mediation,Request Tribunal,"
    "Exported - Child Or Young Person Moves Out Of LA Before Assessment Is Completed,New start date\n"
    "77,R1,2025-02-13,N,2025-03-10,Y,,,,\n78,R2,2025-11-01,N,2025-12-10,N,,,,\n",
    "m3": "Person ID,Requests Record ID,Assessment Outcome To Issue EHCP,Assessment Outcome Date,Assessment Mediation,"
    "Assessment Tribunal,Other Mediation,Other Tribunal,Twenty Weeks Time Limit Exceptions Apply\n"
    "77,R1,Y,2025-06-18,,,,,N\n",
    "m4": "Person ID,Request Records ID,EHC Plan Start Date,Residential Settings,Worked based learning activity,"
    "Personal budget taken up,Personal budget - organised arrangements,Personal budget - direct payments,"
    "Date EHC Plan Ceased,Reason EHC Plan Ceased\n77,R1,2025-06-18,N,N,N,N,N,,\n",
    "m5": "Person ID,Request Records ID,EHC Plan (Transfer),Residential Settings,Worked based learning activity,"
    "EHCP review decisions date\n77,R1,,N,N,2025-10-23\n",
}


def xml(*people: str, head: str = "<Header><LEA>971</LEA></Header>") -> str:
    """A return of these people, each the inside of its element."""
    return f"<Message>{head}<Persons>\n" + "\n".join(f"<Person>{p}</Person>" for p in people) + "\n</Persons></Message>"


def told(tmp_path: Path, sender: str = "", **files: str) -> Told:
    for name, text in files.items():
        (tmp_path / f"{name}.{'xml' if text.startswith('<') else 'csv'}").write_text(text, encoding="utf-8")
    return tell(tmp_path, received=RECEIVED, sender=sender, feeds=(CIN_CENSUS, FEED))


def events(t: Told, of: str = "") -> list[Event]:
    live = [s for s in t.statements if s.person.endswith(of) and s.outcome != REPEATED]
    return FEED.events(live).events


def told_of(found: list[Event]) -> list[tuple[str, str]]:
    return [(event.kind, event.happened_on.isoformat()) for event in found]


WHOLE = [
    ("ehcp_requested", "2025-02-13"),
    ("ehcp_request_decided", "2025-03-10"),
    ("ehcp_issued", "2025-06-18"),
    ("ehcp_issued", "2025-06-18"),
]


def test_a_return_tells_a_plan_from_asking_to_review(tmp_path: Path) -> None:
    t = told(tmp_path, r=xml(WHO + REQUEST.format(inside=ASSESSMENT + NAMED) + ACTIVE))
    assert told_of(events(t)) == [*WHOLE, ("ehcp_review_meeting", "2025-09-29"), ("ehcp_review_decided", "2025-10-23")]
    decided, exception, placed = events(t)[1], events(t)[2], events(t)[3]
    assert decided.marks == {"accepted"}
    assert exception.details == {"exception": "N"}
    assert placed.details == {"school_urn": "123456"}
    assert [(s.table, s.row) for s in t.statements if s.rows] == [
        ("person", 2), ("request", 2), ("assessment", 2), ("named_plan", 2), ("active_plan", 2),
    ]  # fmt: skip
    assert t.outcomes == {NO_EVENT: 1, USED: 4}
    assert t.files[0].rows == 5
    assert t.faults == []
    assert [p.agency for p in t.persons] == ["la_education:971"], "the header says whose it is; a person is said once"


def test_the_day_of_the_decision_is_not_the_day_of_the_meeting(tmp_path: Path) -> None:
    t = told(tmp_path, r=xml(WHO + "<ActivePlans><LastReview>2025-10-23</LastReview></ActivePlans>"))
    assert told_of(events(t)) == [("ehcp_review_decided", "2025-10-23")]


def test_five_csv_files_say_what_the_xml_says(tmp_path: Path) -> None:
    t = told(tmp_path, sender="la:971", **MODULES)
    assert [read.table for read in t.files] == ["person", "request", "assessment", "named_plan", "active_plan"]
    assert told_of(events(t, "|77")) == [*WHOLE, ("ehcp_review_decided", "2025-10-23")]
    assert {event.details.get("plan_id") for event in events(t, "|77")} == {"R1"}
    assert t.faults == []
    ada = [p for p in t.persons if p.key == "la_education:971|sen2|77"]
    assert {(p.surname, p.dob, p.sex, p.postcode) for p in ada} == {("Quill", date(2011, 6, 15), "F", "ZH1 2AB")}


def test_a_module_without_its_people_still_belongs_to_somebody(tmp_path: Path) -> None:
    t = told(tmp_path, m2=MODULES["m2"])
    assert [(p.key, p.surname) for p in t.persons] == [("la_education|sen2|77", ""), ("la_education|sen2|78", "")]
    assert t.outcomes == {USED: 2}


@pytest.mark.parametrize(
    ("outcome", "kinds", "marks"),
    [
        ("N", ["ehcp_requested", "ehcp_request_decided"], {"turned_down"}),
        ("H", ["ehcp_requested", "ehcp_request_decided"], {"accepted"}),
        ("A", ["ehcp_requested"], set()),
        ("W", ["ehcp_requested"], set()),
    ],
)
def test_a_request_is_decided_only_where_it_was(tmp_path: Path, outcome: str, kinds: list[str], marks: set) -> None:
    request = REQUEST.format(inside="").replace(">Y</RequestOutcome>", f">{outcome}</RequestOutcome>")
    found = events(told(tmp_path, r=xml(WHO + request)))
    assert [event.kind for event in found] == kinds
    assert found[-1].marks == marks


def test_an_assessment_without_a_plan_and_a_plan_that_ended(tmp_path: Path) -> None:
    no_plan = ASSESSMENT.replace(">Y</AssessmentOutcome>", ">N</AssessmentOutcome>")
    ended = NAMED.replace("</NamedPlan>", "<CeaseDate>2025-12-01</CeaseDate><CeaseReason>2</CeaseReason></NamedPlan>")
    t = told(tmp_path, r=xml(WHO + REQUEST.format(inside=no_plan), WHO.replace("Ada", "Bo") + ended))
    assert ("ehcp_not_issued", "2025-06-18") in told_of(events(t, "|quill, ada, 2011-06-15"))
    last = events(t, "|quill, bo, 2011-06-15")[-1]
    assert (last.kind, last.details) == ("ehcp_ended", {"reason": "2"})


def test_a_plan_from_another_authority_has_no_day_and_is_said(tmp_path: Path) -> None:
    t = told(tmp_path, r=xml(WHO + ACTIVE.replace("<URN>", "<TransferLA>972</TransferLA><URN>")))
    assert (t.fault("count-undated").column, t.fault("count-undated").value) == ("TransferLA", "972")


def test_a_calendar_year_is_answered_for_and_of_reviews_only_the_last_day(tmp_path: Path) -> None:
    t = told(tmp_path, r=xml(WHO + REQUEST.format(inside=ASSESSMENT + NAMED) + ACTIVE))
    covered = {kind: (c.start.isoformat(), c.end.isoformat(), c.la) for c in t.coverage for kind in c.kinds}
    latest = ("2025-10-23", "2025-10-23", "la:971")
    assert covered == {
        "ehcp_review_meeting": latest,
        "ehcp_review_decided": latest,
        "ehcp_requested": ("2025-01-01", "2025-03-10", "la:971"),
        "ehcp_request_decided": ("2025-01-01", "2025-03-10", "la:971"),
        "ehcp_not_issued": ("2025-01-01", "2025-06-18", "la:971"),
        "ehcp_issued": ("2025-01-01", "2025-06-18", "la:971"),
        "ehcp_ended": ("2025-01-01", "2025-06-18", "la:971"),
    }


# -- bad input ----------------------------------------------------------------------------------------


def test_what_is_wrong_is_said_in_the_return_s_own_words_and_once(tmp_path: Path) -> None:
    request = REQUEST.format(inside=ASSESSMENT).replace(">2025-03-10<", ">31/02/2025<")
    t = told(tmp_path, r=xml(WHO + "<UPN>A1</UPN>" + request + "<Hat>1</Hat>" + ACTIVE + "<Shoe/>"))
    assert sorted((f.rule, f.column, f.value) for f in t.faults) == [
        ("date-unreadable", "RequestOutcomeDate", "31/02/2025"),
        ("element-unknown", "Hat", ""),
        ("upn-shape", "UPN", "A1"),
    ]


def test_a_file_that_breaks_off_gives_what_stood_before_and_says_so_once(tmp_path: Path) -> None:
    whole = xml(WHO + REQUEST.format(inside=""), WHO.replace("Ada", "Bo"))
    t = told(tmp_path, r=whole[: whole.rindex("<Forename>")])
    assert t.rules == ["xml-broken"]
    assert t.outcomes == {NO_EVENT: 1, USED: 1}


def test_a_file_with_a_document_type_is_not_read(tmp_path: Path) -> None:
    t = told(tmp_path, r="<!DOCTYPE x [<!ENTITY e 'a'>]>" + xml(WHO + REQUEST.format(inside="")))
    assert t.rules == ["xml-doctype"]
    assert t.statements == []


def test_a_census_of_children_in_need_is_not_taken_for_it(tmp_path: Path) -> None:
    cin = "<Message><Header><Collection>CIN</Collection></Header><Children><Child><ChildIdentifiers><LAchildID>1"
    t = told(tmp_path, r=cin + "</LAchildID></ChildIdentifiers></Child></Children></Message>")
    assert [read.feed for read in t.files] == ["cin_census"]


def test_the_same_plan_twice_is_repeated_and_one_that_says_otherwise_is_another_row(tmp_path: Path) -> None:
    other = ACTIVE.replace("2025-10-23", "2025-10-24")
    t = told(tmp_path, r=xml(WHO + ACTIVE + ACTIVE + other))
    plans = [s for s in t.statements if s.table == "active_plan"]
    assert [s.outcome for s in plans] == [USED, REPEATED, USED]
    assert len({s.record_id for s in plans}) == 2
