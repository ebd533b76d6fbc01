"""Ofsted's Annex A as councils send it: half-coded answers, a list to a sheet, one id with two birthdays.

No public sample may be kept here, so these lists are invented; each shows an oddity of formats §2.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from books import book
from feeding import Told, tell
from throughline import words
from throughline.cli import app
from throughline.feeds.base import NO_EVENT, REPEATED, USED, USED_WITH_FAULTS, Derived
from throughline.feeds.half_coded import half_coded
from throughline.feeds.ilacs_annex_a import FEED
from throughline.identity.linking import link
from throughline.records import standing

WHO = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]
ADA = [1001, "b) Female", "a) WBRI", date(2011, 6, 15), 14.8]
BEN = ["1002", "Male", "WBRI", date(2013, 2, 3), 13]
CONTACTS = [*WHO, "Date of Contact", "Contact Source"]
REFERRALS = [*WHO, "Date of referral", "Referral Source", "Referral NFA?", "Allocated Worker"]
ENQUIRIES = [
    *WHO,
    "Strategy discussion initiating Section 47 Enquiry Start Date",
    "Was an Initial Child Protection Conference deemed unnecessary?",
    "Date of Initial Child Protection Conference",
    "Did the Initial Child Protection Conference Result in a Child Protection Plan",
]
PLANS = [
    *WHO,
    "Child Protection Plan Start Date",
    "Initial Category of Abuse",
    "Date of the Last Statutory Visit",
    "Was the Child Seen Alone?",
    "Date of latest review conference",
    "Child Protection Plan End Date",
]
CARE = [
    *WHO,
    "Date Started to be Looked After",
    "Child's Category of Need",
    "Start date of current legal status",
    "Child's Legal Status",
    "Date of Latest Statutory Review",
    "Date of Last Social Work Visit",
    "Date of Last IRO Visit / Contact to the Child",
    "Start Date of Most Recent Placement",
    "Placement Type",
    "Placement postcode",
    "Placement Location",
    "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
    "Was the child offered a Return Interview after their last missing episode (Y/N)?",
    "Did the child accept a Return Interview after their last missing episode (Y/N)?",
    "Date Ceased to be Looked After",
]
LEAVERS = [*WHO, "Eligibility Category", "LA in Touch", "Latest Date of Contact", "Type of Accommodation"]
ADOPTION = [
    *WHO,
    "Date of Decision that Child Should be Placed for Adoption",
    "Date of Placement Order",
    "Date of Adoption Order",
]
ADOPTERS = ["Individual adopter identifier", "Family identifier", "Gender", "Date enquiry received"]
Rows = Sequence[Sequence[object]]


def told(tmp_path: Path, sender: str = "la:971", **sheets: Rows) -> Told:
    """A workbook of these lists (``list_8`` -> sheet List 8), read."""
    book(tmp_path / "Annex_A.xlsx", {name.replace("_", " ").title(): rows for name, rows in sheets.items()})
    return tell(tmp_path, sender=sender, feeds=(FEED,))


def lives(t: Told) -> dict[str, Derived]:
    """Child's id -> what its rows come to."""
    people = {s.person for s in t.statements if s.person}
    return {
        person.rpartition("|")[2].removeprefix("la:"): FEED.events(
            standing([s for s in t.statements if s.person == person])[0]
        )
        for person in sorted(people)
    }


def days(derived: Derived) -> list[tuple[str, str]]:
    return [(event.kind, event.happened_on.isoformat()) for event in derived.events]


# -- half-coded answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["q) 6: Police", "6", "6: Police", "6 - Police", "6 Police", "(6) Police", "Police [6]", "POLICE", "q) Police",
     "\xa0police ", "q)"],
)  # fmt: skip
def test_one_answer_is_understood_however_it_is_spelt(tmp_path: Path, cell: str) -> None:
    t = told(tmp_path, list_1=[CONTACTS, [*ADA, date(2026, 1, 5), cell]])
    (event,) = lives(t)["1001"].events
    assert (event.kind, event.details, t.faults) == ("front_door_message", {"source": "6"}, [])


def test_an_answer_nobody_knows_is_a_fault_with_those_that_are(tmp_path: Path) -> None:
    t = told(tmp_path, list_1=[CONTACTS, [*ADA, date(2026, 1, 5), "A) hat"]])
    fault = t.fault("code-unknown")
    assert (fault.column, fault.value, fault.row, fault.sheet) == ("Contact Source", "A) hat", 2, "List 1")
    assert "known are 1A Family, relative or carer" in fault.message
    assert "6 Police" in fault.message
    assert t.outcomes == {USED_WITH_FAULTS: 1}
    assert lives(t)["1001"].events[0].details == {}


def test_an_article_is_no_code() -> None:
    read = half_coded({"A": "Absent", "B": "Both"}, {"not said": ""}, ["B", "A"])
    cells = ("A", "A - Absent", "b)", "A child", "a child", "b) Absent", "not said", "")
    assert [read(cell) for cell in cells] == [
        ("A", ""), ("A", ""), ("A", ""), ("A", ""), ("", "code-unknown"), ("A", ""), ("", ""), ("", ""),
    ]  # fmt: skip


def test_every_label_and_code_of_every_list_is_understood() -> None:
    for list_id in ("referral_source", "abuse", "need", "ls", "place", "place_provider", "rec", "accom", "activ"):
        codes = {code: known.label for code, known in words.codes(list_id).items()}
        read = half_coded(codes)
        for code, label in codes.items():
            assert read(f"x) {code}: {label}") == read(f"{code} - {label}") == read(code.lower()) == (code, "")


def test_the_sexes_of_the_form_are_the_sexes_we_know(tmp_path: Path) -> None:
    cells = ["a) Male", "Female", 1, "c) Not stated/recorded (or unborn)", "d) Neither"]
    rows = [[n, cell, "", date(2012, 1, 1), 14, date(2026, 1, 5), "6"] for n, cell in enumerate(cells, 1)]
    t = told(tmp_path, list_1=[CONTACTS, *rows])
    assert [person.sex for person in t.persons] == ["M", "F", "M", "U", "U"]
    assert t.faults == []


# -- what the lists say -------------------------------------------------------------------------------


def test_events_of_lists_are_told_with_the_kinds_the_returns_use(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        list_3=[REFERRALS, [*ADA, date(2026, 1, 6), "q) 6: Police", "b) No", "Jo\xa0Bell"]],
        list_5=[ENQUIRIES, [*ADA, date(2026, 2, 1), "No", date(2026, 2, 19), "a) Yes"]],
        list_7=[PLANS, [*ADA, date(2026, 2, 19), "a) Neglect", date(2026, 3, 10), "Seen alone", None, None]],
    )
    assert t.faults == [f for f in t.faults if f.rule == "columns-missing"]
    events = lives(t)["1001"].events
    assert [(e.kind, e.happened_on.isoformat(), dict(e.details), set(e.marks)) for e in events] == [
        ("referral", "2026-01-06", {"source": "6"}, set()),
        ("s47_started", "2026-02-01", {}, set()),
        ("initial_conference", "2026-02-19", {}, {"plan_made"}),
        ("cp_plan_started", "2026-02-19", {"category": "NEG"}, set()),
        ("visit", "2026-03-10", {"seen_alone": "Y"}, {"seen_alone"}),
    ]
    (person, *again) = t.persons
    assert (person.agency, person.la_id, person.la, person.sex) == ("la:971", "1001", "la:971", "F")
    assert {other.key for other in again} == {person.key}


def test_a_child_in_care_is_told_by_what_the_snapshot_dates(tmp_path: Path) -> None:
    row = [
        *BEN, date(2025, 5, 1), "a) N1: Abuse or neglect", date(2025, 9, 1), "b) C2: Full care order",
        date(2026, 1, 10), date(2026, 3, 2), date(2026, 1, 8), date(2026, 2, 2), "K2: Children's homes", "nope",
        "b) Out", 3, "a) Yes",
        "b) No", None,
    ]  # fmt: skip
    t = told(tmp_path, list_8=[CARE, row])
    assert days(lives(t)["1002"]) == [
        ("care_started", "2025-05-01"),
        ("legal_status_started", "2025-09-01"),
        ("placement_started", "2026-02-02"),
        ("care_review_held", "2026-01-10"),
        ("visit", "2026-03-02"),
        ("iro_spoke_with_child", "2026-01-08"),
    ]
    placement = lives(t)["1002"].events[2]
    assert placement.details == {"placement_type": "K2"}
    assert placement.marks == {"out_of_area"}
    assert t.fault("postcode-shape").column == "Placement postcode"
    undated = [fault for fault in t.faults if fault.rule == "count-undated"]
    assert [(fault.value, fault.row) for fault in undated] == [("3", 2), ("Y", 2)], "counts and offers have no day"
    assert t.outcomes == {USED_WITH_FAULTS: 1}


def test_a_silent_list_of_adopters_is_counted_and_names_nobody(tmp_path: Path) -> None:
    rows = [["AD1", "F1", "F", date(2024, 1, 1)], ["AD2", "F1", "M", date(2024, 1, 1)], ["AD2", "F1", "M", None]]
    t = told(tmp_path, list_11=[ADOPTERS, *rows])
    assert t.persons == []
    assert t.faults == []
    assert t.outcomes == {NO_EVENT: 2, REPEATED: 1}
    assert {statement.values for statement in t.statements} == {("AD1",), ("AD2",)}, "nothing of an adult is kept"


def test_two_orders_of_one_row_are_two_events(tmp_path: Path) -> None:
    t = told(tmp_path, list_10=[ADOPTION, [*ADA, date(2024, 9, 1), date(2024, 10, 1), date(2025, 11, 1)]])
    events = lives(t)["1001"].events
    assert [e.kind for e in events] == ["adoption_decision", "court_order", "court_order"]
    assert len({event.key for event in events}) == 3
    assert all("ADOPT" in event.tags for event in events)


# -- oddities -----------------------------------------------------------------------------------------


def test_one_id_with_two_birthdays_is_two_children_until_somebody_says_otherwise(tmp_path: Path) -> None:
    leaver = ["1010", "F", "", date(2007, 3, 1), 19, "c) Former relevant", "a) Yes", date(2026, 2, 20), "(U) Own flat"]
    adopted = ["1010", "F", "", date(2021, 3, 4), 5, date(2024, 9, 1), None, None]
    t = told(tmp_path, list_9=[LEAVERS, leaver], list_10=[ADOPTION, adopted])
    fault = t.fault("id-of-two-children")
    assert (fault.file, fault.row, fault.column, fault.value) == (
        "Annex_A.xlsx/List 10", 2, "Date of Birth", "2021-03-04",
    )  # fmt: skip
    assert "2007-03-01 in Annex_A.xlsx/List 9, row 2" in fault.message
    assert [(p.la_id, p.dob.year) for p in t.persons] == [("1010", 2007), ("", 2021)]
    assert len(set(link(t.persons).clusters.values())) == 2
    assert [s.outcome for s in t.statements if s.rows] == [USED, USED_WITH_FAULTS]


def test_the_same_birthday_written_in_another_way_is_the_same_child(tmp_path: Path) -> None:
    again = ["1001", "F", "", "15/06/2011", "14", date(2026, 1, 6), "6", "N", ""]
    t = told(tmp_path, list_1=[CONTACTS, [*ADA, date(2026, 1, 5), "6"]], list_3=[REFERRALS, again])
    assert {p.key for p in t.persons} == {"la:971|ilacs_annex_a|la:1001"}
    assert "id-of-two-children" not in t.rules


def test_a_plan_for_an_unborn_child_stands_and_one_long_before_is_asked_after(tmp_path: Path) -> None:
    unborn = [1003, "c) Not stated/recorded", "", date(2026, 2, 1), None]
    t = told(
        tmp_path,
        list_7=[
            PLANS,
            [*unborn, date(2025, 12, 1), "NEG", None, None, None, None],
            [1004, *unborn[1:], date(2025, 3, 1), "NEG", None, None, None, None],
        ],
    )
    assert [s.outcome for s in t.statements] == [USED, USED_WITH_FAULTS]
    assert (t.fault("before-birth").row, t.fault("before-birth").value) == (3, "2025-03-01")


def test_a_list_without_four_columns_of_other_years_is_known_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    t = told(tmp_path, list_9=[LEAVERS, [*ADA[:3], date(2007, 1, 1), 19, "c)", "Y", date(2026, 2, 20), "U1"]])
    assert t.files[0].table == "list_9"
    assert "latest pathway plan review date" in t.fault("columns-missing").message


def test_a_list_is_known_by_its_columns_whatever_its_sheet_is_called(tmp_path: Path) -> None:
    header = ["  child unique-id", "GENDER", "Date of birth ", "Date of Contact", "contact source", "Spare"]
    rows = [["The contacts of Wendmoor"], header, [1001, "F", date(2011, 6, 15), date(2026, 1, 5), "6", "x"]]
    book(tmp_path / "x.xlsx", {"Sheet1": rows})
    t = tell(tmp_path, feeds=(FEED,))
    assert [(read.table, read.rows) for read in t.files] == [("list_1", 1)]
    assert "Spare" in t.fault("columns-unknown").message.title()


def test_a_row_without_a_child_or_a_day_is_refused_and_an_identical_one_is_repeated(tmp_path: Path) -> None:
    good = [*ADA, date(2026, 1, 5), "6"]
    nobody = ["", "F", "", None, None, date(2026, 1, 5), "6"]
    t = told(tmp_path, list_1=[CONTACTS, good, good, nobody, [*ADA, "soon", "6"], [*ADA, date(2026, 1, 5), "8"]])
    assert [s.outcome for s in t.statements] == [USED, REPEATED, "refused", "refused", USED]
    assert len({s.record_id for s in t.statements if s.outcome == USED}) == 2
    assert {f.rule for f in t.faults} == {"row-no-child", "date-unreadable", "row-no-date"}
    assert t.fault("date-unreadable").column == "Date of Contact"


# -- what it answers for ------------------------------------------------------------------------------


def test_a_list_answers_for_its_window_and_a_snapshot_for_beginnings_and_ends(tmp_path: Path) -> None:
    contacts = [[*ADA, date(2025, 12, 1), "6"], [*BEN, date(2026, 2, 1), "6"]]
    care = [*BEN, date(2019, 5, 1), "N1", *([None] * 3), date(2026, 3, 2), *([None] * 9)]
    t = told(tmp_path, list_1=[CONTACTS, *contacts], list_8=[CARE, care])
    latest = [c for c in t.coverage if c.start == c.end]
    assert [(c.end.isoformat(), "care_review_held" in c.kinds) for c in latest] == [("2026-03-02", True)]
    covered = {c.kinds: (c.start.isoformat(), c.end.isoformat(), c.agency, c.la) for c in t.coverage if c not in latest}
    assert covered == {
        frozenset({"front_door_message"}): ("2025-12-01", "2026-02-01", "la:971", "la:971"),
        frozenset({"care_started", "care_ended"}): ("2025-09-02", "2026-03-02", "la:971", "la:971"),
    }, "of visits, reviews and homes only the latest are told: nothing before the last day is covered"


def test_last_month_s_latest_review_stands_beside_this_month_s(tmp_path: Path) -> None:
    def month(name: str, need: str, review: date) -> Told:
        care = [*BEN, date(2025, 5, 1), need, None, None, review, *([None] * 10)]
        return told(tmp_path / name, list_8=[CARE, care])

    both = [*month("january", "N1", date(2026, 1, 10)).statements, *month("april", "N5", date(2026, 4, 2)).statements]
    stands, _ = standing(both)
    events = FEED.events(stands).events
    assert [(e.kind, e.happened_on.isoformat()) for e in events] == [
        ("care_started", "2025-05-01"),
        ("care_review_held", "2026-01-10"),
        ("care_review_held", "2026-04-02"),
    ], "a later review corrects nothing"
    assert events[0].details == {"need": "N5"}, "what the row says of the whole time is corrected"


def test_the_latest_review_is_not_taken_for_the_first_and_late(tmp_path: Path) -> None:
    care = [*BEN, date(2025, 5, 1), "N1", None, None, date(2026, 1, 10), date(2026, 3, 2), *([None] * 9)]
    book(tmp_path / "in" / "Annex_A.xlsx", {"List 8": [CARE, care]})
    ran = CliRunner().invoke(
        app, ["check", str(tmp_path / "in"), "--as-of", "2026-04-01", "--out", str(tmp_path / "out")]
    )
    assert ran.exit_code == 0, ran.output
    with (tmp_path / "out" / "owed.csv").open(encoding="utf-8", newline="") as file:
        (first,) = [row for row in csv.DictReader(file) if row["duty_id"] == "lac-review-first-20wd"]
    assert first["state"] == "cannot tell"


def test_a_list_sent_as_a_csv_file_says_the_same(tmp_path: Path) -> None:
    row = ["1001", "Female", "", "15/06/2011", "14", "17/01/2026", "6: Police"]
    with (tmp_path / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([CONTACTS, row])
    t = tell(tmp_path, sender="la:971", feeds=(FEED,))
    assert days(lives(t)["1001"]) == [("front_door_message", "2026-01-17")]
    assert t.persons[0].dob == date(2011, 6, 15)
    assert t.rules == ["date-other-style"]
