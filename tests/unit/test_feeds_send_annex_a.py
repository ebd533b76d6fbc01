"""Annex A of the SEND inspection: plans and SEN support, one sheet each; nonsense is said, nothing vanishes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from books import book
from feeding import Told, tell
from throughline.feeds.base import NO_EVENT, USED, USED_WITH_FAULTS
from throughline.feeds.send_annex_a import FEED

PLANS = [
    "Unique ID", "UPN", "ULN", "Date of birth", "Gender", "Ethnicity", "Date initial EHC plan issued",
    "Date updated EHC plan issued", "Date EHC plan last reviewed", "SEN primary need",
    "Main education establishment – URN", "Main education establishment – phase", "Elective home education",
    "Suspensions", "Permanent exclusions", "Absence", "Known to children's social care?",
]  # fmt: skip
SUPPORT = [*PLANS[:6], *PLANS[9:12], *PLANS[13:]]
ADA = ["E1", "", "", date(2011, 6, 15), 2, "WBRI"]
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "send_annex_a" / "fake_sen.xlsx"


def told(tmp_path: Path, **sheets: list[list[object]]) -> Told:
    return tell(book(tmp_path / "sen.xlsx", dict(sheets)), sender="la:971", feeds=(FEED,))


def test_a_plan_is_told_as_issued_issued_again_and_reviewed(tmp_path: Path) -> None:
    plan = [*ADA, date(2020, 1, 6), date(2025, 3, 3), date(2025, 12, 8), "SEMH", 123456, 3, "No", 0, 0, 4.5, "Yes"]
    t = told(tmp_path, List_1=[PLANS, plan])
    events = FEED.events(t.statements).events
    assert [(e.kind, e.happened_on.isoformat(), dict(e.details)) for e in events] == [
        ("ehcp_issued", "2020-01-06", {"school_urn": "123456"}),
        ("ehcp_issued", "2025-03-03", {"school_urn": "123456"}),
        ("ehcp_review_meeting", "2025-12-08", {}),
    ]
    assert len({event.key for event in events}) == 3
    assert {event.said_by for event in events} == {"la_education:971"}
    assert (t.outcomes, t.rules) == ({USED: 1}, ["columns-missing"])
    (covered,) = t.coverage
    assert covered.start == covered.end == date(2025, 12, 8), "of what it tells the latest, nothing before is covered"


def test_sen_support_has_no_day_so_its_rows_are_counted_and_come_to_nothing(tmp_path: Path) -> None:
    t = told(tmp_path, List_2=[SUPPORT, [*ADA, "ASD", 123456, 3, 0, 0, 4, "no"]])
    assert t.outcomes == {NO_EVENT: 1}
    assert (t.persons[0].la_id, t.persons[0].dob) == ("", date(2011, 6, 15))
    assert FEED.events(t.statements).events == []


@pytest.mark.parametrize(
    ("place", "cell", "rule", "column"),
    [
        (1, "wills_upn", "upn-shape", "UPN"),
        (3, date(1993, 12, 5), "too-old", "Date of birth"),
        (9, "H5", "code-unknown", "SEN primary need"),
        (10, "School", "urn-shape", "Main education establishment – URN"),
        (13, 100, "number-too-large", "Suspensions"),
        (14, "none", "number-unreadable", "Permanent exclusions"),
        (16, "hmm", "code-unknown", "Known to children's social care?"),
        (8, date(2019, 1, 1), "dates-out-of-order", "Date EHC plan last reviewed"),
        (13, 3, "count-undated", "Suspensions"),
    ],
)
def test_nonsense_is_said_where_it_stands(tmp_path: Path, place: int, cell: object, rule: str, column: str) -> None:
    plan = [*ADA, date(2020, 1, 6), None, date(2025, 12, 8), "SEMH", 123456, 3, "No", 0, 0, 4, "Yes"]
    plan[place] = cell
    t = told(tmp_path, List_1=[PLANS, plan])
    (fault,) = [fault for fault in t.faults if fault.rule == rule]
    assert (fault.column, fault.row, fault.sheet, fault.person) == (column, 2, "List_1", t.persons[0].key)
    assert fault.message.startswith(column) or rule in ("dates-out-of-order", "count-undated")
    assert t.outcomes == {USED_WITH_FAULTS: 1}


@pytest.mark.skipif(not SAMPLE.is_file(), reason="THE PUBLISHED SAMPLES ARE NOT THERE: ../shared/samples")
def test_the_published_sample_goes_in_whole() -> None:
    t = tell(SAMPLE, received=date(2026, 11, 22), feeds=(FEED,))
    assert [(read.file, read.table, read.rows) for read in t.files] == [
        ("fake_sen.xlsx/List_1", "list_1", 2),
        ("fake_sen.xlsx/List_2", "list_2", 2),
    ]
    assert t.outcomes == {USED_WITH_FAULTS: 4}
    assert {p.key.rpartition("|")[2] for p in t.persons} == {"will", "willis", "wilbert"}
    assert sorted({fault.value for fault in t.faults if fault.rule == "code-unknown"}) == ["H5", "K", "K1", "hmm"]
    assert {fault.rule for fault in t.faults} == {
        "upn-shape", "too-old", "code-unknown", "urn-shape", "number-too-large", "count-undated",
    }  # fmt: skip
    issued = [e for person in ("will", "willis") for e in FEED.events(
        [s for s in t.statements if s.person.endswith("|" + person)]).events]  # fmt: skip
    assert len(issued) == 6
