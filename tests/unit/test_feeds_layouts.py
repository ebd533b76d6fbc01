"""Our CSV layouts, row by row: what is used, what is refused, what is said, and to what day they cover."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeding import ADA, Told, table, tell, told
from throughline import words
from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED, USED, USED_WITH_FAULTS
from throughline.feeds.layouts import layouts
from throughline.feeds.people import authority_of, sender


def test_every_layout_is_known_by_its_columns_in_any_order_case_and_spacing(tmp_path: Path) -> None:
    for layout in layouts().values():
        header = [name.upper().replace("_", " ") for name in reversed(layout.columns)]
        (tmp_path / f"{layout.id} under another name.txt").write_text(",".join(header) + "\n")
    assert {read.table for read in tell(tmp_path).files} == set(layouts())


def test_every_kind_detail_and_mark_a_layout_speaks_of_is_in_the_vocabulary() -> None:
    for layout in layouts().values():
        for said in layout.says:
            kinds = [words.kinds()[kind] for kind in said.kinds]
            for kind in kinds:
                assert {key for key, _ in said.details} <= {field.id for field in kind.fields}, (layout.id, kind.id)
                assert said.marks.union(*(chance.marks for chance in said.chances)) <= kind.marks, (layout.id, kind.id)
            for _, by in said.marks_by:
                for mark in by.values():
                    assert any(mark in kind.marks for kind in kinds), (layout.id, mark)
            assert said.tags <= set(words.tags())


def test_columns_that_are_not_ours_or_not_there_are_said_once(tmp_path: Path) -> None:
    columns = [name for name in layouts()["missing_police"].columns if name != "found_at"] + ["shoe_size"]
    t = told(tmp_path, "missing_police", {"missing_since": "2026-01-17"}, columns=columns)
    assert t.rules == ["columns-missing", "columns-unknown"]
    assert "found_at" in t.fault("columns-missing").message
    assert "shoe_size" in t.fault("columns-unknown").message
    assert t.outcomes == {USED: 1}


def test_a_row_without_child_or_date_is_refused_and_says_what_it_needs(tmp_path: Path) -> None:
    nobody = dict.fromkeys(("source_person_id", "surname"), "")
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-01-17", **nobody},
        {"source_record_id": "R2", "missing_since": "see log"},
    )
    assert t.outcomes == {REFUSED: 2}
    assert t.statements[0].person == ""
    assert t.fault("row-no-child").row == 2
    assert t.fault("row-no-date").row == 3
    assert t.fault("date-unreadable").value == "see log"
    assert t.coverage == []


@pytest.mark.parametrize(
    "identity",
    [
        {"source_person_id": "P9"},
        {"la_person_id": "441"},
        {"upn": "H801200001001"},
        {"nhs_number": "9434765919"},
        {"surname": "Quill", "dob": "2011-06-15"},
    ],
)
def test_any_one_identifier_or_surname_and_birth_ties_a_row_to_a_child(
    tmp_path: Path, identity: dict[str, str]
) -> None:
    row = {**dict.fromkeys(("source_person_id", "forename", "surname", "dob"), ""), **identity}
    t = told(tmp_path, "missing_police", {**row, "missing_since": "2026-01-17"})
    (person,) = t.persons
    assert t.statements[0].person == person.key
    assert person.key.startswith("police:castlereach|missing_police|")


def test_a_person_is_claimed_once_a_file_and_what_differs_is_said(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-01-17", "postcode": "zh1 1aa"},
        {"source_record_id": "R2", "missing_since": "2026-01-18", "postcode": "zh1 1aa"},
        {"source_record_id": "R3", "missing_since": "2026-01-19", "dob": "2011-06-16"},
    )
    assert [(p.row, p.postcode, p.dob) for p in t.persons] == [
        (2, "ZH1 1AA", date(2011, 6, 15)),
        (4, "", date(2011, 6, 16)),
    ]
    assert t.fault("person-differs").column == "dob"
    assert t.fault("person-differs").person == t.persons[0].key


def test_identifiers_that_fail_their_checks_are_kept_and_said(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-01-17", "upn": "B801200001001", "nhs_number": "123", "sex": "2"},
    )
    (person,) = t.persons
    assert (person.upn, person.nhs_number, person.sex) == ("B801200001001", "123", "F")
    assert sorted(t.rules) == ["nhs-number-check", "upn-check-letter"]
    assert t.outcomes == {USED_WITH_FAULTS: 1}


def test_the_same_row_twice_is_repeated(tmp_path: Path) -> None:
    row = {"missing_since": "2026-01-17"}
    t = told(tmp_path, "missing_police", row, row, {**row, "category": "A"})
    assert [s.outcome for s in t.statements] == [USED, REPEATED, USED]
    assert {s.record_id for s in t.statements} == {"R1"}


def test_a_record_without_an_id_gets_a_stable_one(tmp_path: Path) -> None:
    row = {"source_record_id": "", "missing_since": "2026-01-17"}
    first = told(tmp_path, "missing_police", row)
    again = told(tmp_path, "missing_police", {**row, "extract_date": "2026-03-08"}, {**row, "category": "A"})
    assert first.fault("record-id-missing").severity == "query"
    assert first.statements[0].record_id == again.statements[0].record_id
    assert again.statements[1].record_id != first.statements[0].record_id


def test_a_file_without_record_ids_says_so_once_and_not_at_every_row(tmp_path: Path) -> None:
    columns = [name for name in layouts()["missing_police"].columns if name != "source_record_id"]
    rows = [{"missing_since": f"2026-01-{day}"} for day in (17, 18, 19)]
    t = told(tmp_path, "missing_police", *rows, columns=columns)
    assert t.rules == ["columns-missing"]
    assert t.outcomes == {USED: 3}
    assert len({s.record_id for s in t.statements}) == 3


def test_empty_rows_are_no_rows_and_uneven_ones_are_said(tmp_path: Path) -> None:
    text = table("missing_police", {"missing_since": "2026-01-17"})
    head, row = text.splitlines()
    commas = "," * head.count(",")
    other = row.replace("R1", "R2") + ",,"
    long = row.replace("R1", "R3") + ",and,more"
    short = row.replace("R1", "R4").rstrip(",")
    (tmp_path / "f.csv").write_text("\n".join((head, commas, row, commas, other, long, short)) + "\n")
    t = tell(tmp_path)
    assert [(s.record_id, s.row, s.outcome) for s in t.statements] == [
        ("R1", 3, USED),
        ("R2", 5, USED),
        ("R3", 6, USED_WITH_FAULTS),
        ("R4", 7, USED_WITH_FAULTS),
    ]
    assert t.rules == ["row-uneven", "row-uneven"]


def test_what_was_given_is_kept_beside_what_was_made_of_it(tmp_path: Path) -> None:
    t = told(tmp_path, "missing_police", {"missing_since": "2026-07-01 00:30", "category": "m"})
    place = layouts()["missing_police"].place
    assert t.statements[0].given[place("missing_since")] == "2026-07-01 00:30"
    assert t.value("missing_since") == "2026-06-30T23:30Z"
    assert t.value("category") == "M"


def test_an_end_before_its_start_is_left_out(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-01-17T22:10", "returned_at": "2026-01-16T06:40"},
    )
    fault = t.fault("dates-out-of-order")
    assert (fault.severity, fault.column, fault.value) == ("error", "returned_at", "2026-01-16T06:40")
    assert fault.around == date(2026, 1, 17)
    assert t.value("returned_at") == ""
    assert t.outcomes == {USED_WITH_FAULTS: 1}
    assert t.coverage[0].start == date(2026, 1, 17)


def test_a_day_and_a_time_of_that_day_are_in_order_either_way(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-07-01T00:10", "returned_at": "2026-07-01", "extract_date": ""},
    )
    assert "dates-out-of-order" not in t.rules


def test_an_interview_before_the_return_is_kept_and_asked_about(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "return_interview",
        {"returned_at": "2026-01-19T06:40", "held_at": "2026-01-18T10:00"},
    )
    assert t.fault("dates-out-of-order").severity == "query"
    assert t.value("held_at") == "2026-01-18T10:00Z"


def test_dates_to_come_and_dates_before_birth_are_kept_and_asked_about(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-04-01"},
        {"source_record_id": "R2", "missing_since": "2001-01-01"},
    )
    assert [(f.rule, f.severity, f.row) for f in t.faults] == [
        ("date-in-future", "query", 2),
        ("date-before-birth", "query", 3),
    ]
    assert t.outcomes == {USED_WITH_FAULTS: 2}


def test_what_may_be_booked_ahead_may_lie_ahead(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "suspensions",
        {"category": "PERM", "start_date": "2026-03-30", "day6_from": "2026-04-13", "governors_at": "2026-04-20"},
    )
    assert t.faults == []
    assert t.outcomes == {USED: 1}


def test_an_offer_without_a_date_is_asked_about(tmp_path: Path) -> None:
    t = told(tmp_path, "return_interview", {"returned_at": "2026-01-19", "offered": "Y", "accepted": "n"})
    assert t.rules == ["date-missing", "date-missing"]
    assert t.outcomes == {USED_WITH_FAULTS: 1}


def test_a_row_that_speaks_of_nothing_that_happened_is_rightly_without_an_event(tmp_path: Path) -> None:
    t = told(tmp_path, "education_status", {"next_review_due": "2026-09-09"})
    assert t.outcomes == {NO_EVENT: 1}
    assert t.events() == []


def test_a_code_that_is_none_leaves_the_cell_blank_and_the_row_standing(tmp_path: Path) -> None:
    t = told(tmp_path, "suspensions", {"category": "EXCL", "start_date": "2026-01-19"})
    assert t.fault("code-unknown").value == "EXCL"
    assert t.value("category") == ""
    assert t.outcomes == {USED_WITH_FAULTS: 1}


def test_an_older_code_is_read_as_todays(tmp_path: Path) -> None:
    t = told(tmp_path, "suspensions", {"category": "FIXD", "start_date": "2026-01-19"})
    assert (t.value("category"), t.fault("code-older").severity) == ("SUSP", "repaired")


class TestDatesOfAWholeFile:
    """Day and month are settled by all the dates of a file, never by one."""

    def test_a_file_that_is_day_first_throughout_is_read_so_and_said_once(self, tmp_path: Path) -> None:
        t = self._read(tmp_path, "04/03/2026 22:10", "25/02/2026")
        assert [t.value("missing_since", n) for n in (0, 1)] == ["2026-03-04T22:10Z", "2026-02-25"]
        assert t.outcomes == {USED: 2}
        assert t.fault("date-other-style").row == 0

    def test_dates_that_could_be_either_are_left_out(self, tmp_path: Path) -> None:
        t = self._read(tmp_path, "04/03/2026", "05/02/2026")
        assert t.outcomes == {REFUSED: 2}
        assert t.rules.count("date-order-unclear") == 2

    def test_a_file_that_writes_the_month_first_is_not_guessed_at(self, tmp_path: Path) -> None:
        t = self._read(tmp_path, "03/04/2026", "02/25/2026")
        assert t.rules.count("date-month-first") == 2
        assert t.outcomes == {REFUSED: 2}

    def test_a_file_that_mixes_both_is_said_to(self, tmp_path: Path) -> None:
        t = self._read(tmp_path, "25/02/2026", "02/25/2026")
        assert t.rules.count("date-order-mixed") == 3  # both cells and the file
        assert t.outcomes == {REFUSED: 2}

    def test_one_slip_in_an_iso_file_is_not_taken_for_a_style(self, tmp_path: Path) -> None:
        t = self._read(tmp_path, "2026-03-04", "31/02/2026")
        assert t.outcomes == {USED: 1, REFUSED: 1}
        assert t.fault("date-unreadable").value == "31/02/2026"
        assert "date-other-style" not in t.rules

    @staticmethod
    def _read(tmp_path: Path, *dates: str) -> Told:
        rows = [{"source_record_id": f"R{n}", "missing_since": text} for n, text in enumerate(dates)]
        return told(tmp_path, "missing_police", *rows)


@pytest.mark.parametrize(
    ("name", "agency", "known"),
    [
        ("Castlereach police", "police:castlereach", True),
        ("police:castlereach", "police:castlereach", True),
        ("POLICE", "police", True),
        ("Port Halden children's services", "la:port_halden", True),
        ("Port Halden council", "la:port_halden", True),
        ("la:971", "la:971", True),
        ("Port Halden MET hub", "missing_hub:port_halden", True),
        ("school:123456", "school:123456", True),
        ("Wendle Bridge school", "school:wendle_bridge", True),
        ("IRO", "conference_service", True),
        ("COMPACT v7", "other:compact_v7", False),
    ],
)
def test_an_agency_is_known_by_the_end_of_its_name(name: str, agency: str, known: bool) -> None:
    assert sender(name) == (agency, known)


def test_an_agency_nobody_knows_is_kept_and_said_once(tmp_path: Path) -> None:
    rows = [{"source_record_id": f"R{n}", "source_system": "COMPACT v7", "missing_since": "2026-01-17"} for n in (1, 2)]
    t = told(tmp_path, "missing_police", *rows)
    assert t.fault("agency-unknown").row == 2
    assert {s.said_by for s in t.statements} == {"other:compact_v7"}


def test_without_a_name_the_sender_or_the_layout_says_who_speaks(tmp_path: Path) -> None:
    row = {"source_system": "", "missing_since": "2026-01-17"}
    assert told(tmp_path, "missing_police", row).statements[0].said_by == "police"
    assert told(tmp_path, "missing_police", row, sender="police:torrin").statements[0].said_by == "police:torrin"


@pytest.mark.parametrize(
    ("agency", "la"),
    [
        ("la:971", "la:971"),
        ("missing_hub:971", "la:971"),
        ("la", ""),
        ("police:castlereach", ""),
        ("school:123456", ""),
    ],
)
def test_an_authority_is_read_from_an_id_that_says_it(agency: str, la: str) -> None:
    assert authority_of(agency) == la


def test_an_authoritys_own_id_is_of_the_authority_that_speaks_or_sends(tmp_path: Path) -> None:
    row = {"la_person_id": "441", "missing_since": "2026-01-17"}
    assert told(tmp_path, "missing_police", row).persons[0].la == "la"
    assert told(tmp_path, "missing_police", row, sender="la:972").persons[0].la == "la:972"
    hub = {"la_person_id": "441", "returned_at": "2026-01-17"}
    assert told(tmp_path, "return_interview", hub).persons[0].la == "la:971"


def test_a_file_covers_all_its_kinds_from_its_first_date_to_its_last_extract(tmp_path: Path) -> None:
    t = told(
        tmp_path,
        "missing_police",
        {"missing_since": "2026-01-17T22:10", "extract_date": "2026-02-28"},
        {"source_record_id": "R2", "missing_since": "2025-11-02"},
    )
    (cover,) = t.coverage
    assert (cover.agency, cover.la) == ("police:castlereach", "")
    assert (cover.start, cover.end) == (date(2025, 11, 2), date(2026, 3, 1))
    assert cover.kinds == {"missing_start", "missing_found", "missing_end", "prevention_interview"}


def test_without_an_extract_date_a_file_covers_to_its_last_date_and_never_past_receipt(tmp_path: Path) -> None:
    rows = [{"extract_date": "", "missing_since": "2026-01-17"}]
    assert told(tmp_path, "missing_police", *rows).coverage[0].end == date(2026, 1, 17)
    rows.append({**rows[0], "source_record_id": "R2", "missing_since": "2062-01-17"})
    assert told(tmp_path, "missing_police", *rows).coverage[0].end == date(2026, 3, 31)


def test_an_authoritys_file_covers_its_own_children(tmp_path: Path) -> None:
    row = {"status": "CME", "start_date": "2026-01-17"}
    assert told(tmp_path, "education_status", row).coverage[0].la == "la:971"
    row["source_system"] = "la_education"
    assert told(tmp_path, "education_status", row).coverage[0].la == ""
    assert told(tmp_path, "education_status", row, sender="la:974").coverage[0].la == "la:974"


def test_a_file_with_a_header_only_gives_no_rows_and_no_coverage(tmp_path: Path) -> None:
    t = told(tmp_path, "missing_police")
    assert (t.statements, t.coverage, t.files[0].rows) == ([], [], 0)


def test_every_fault_names_file_row_and_who_can_put_it_right(tmp_path: Path) -> None:
    t = told(tmp_path, "missing_police", {"missing_since": "46085", "reported_at": "2026-01-17", "upn": "x"})
    for fault in t.faults:
        assert fault.file == "missing_police.csv"
        assert fault.row == 2
        assert fault.fix_by == "Castlereach police"
        assert fault.person == t.persons[0].key
        assert fault.message.startswith(fault.column)
        assert fault.message.endswith(".")


def test_ada_is_invented_and_whole() -> None:
    assert set(ADA) <= set(layouts()["events"].columns)
