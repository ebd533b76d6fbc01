"""The Standard Safeguarding Dataset: what its tables say, how rows find their child, what is wrong in them."""

import csv
from collections import Counter
from datetime import date

import pytest

from datasets import child, days, lives, read, write
from throughline import feeds, words
from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED, USED, USED_WITH_FAULTS
from throughline.feeds.ssd import FEED

TABLES = FEED.layout.tables


# -- tables and columns -------------------------------------------------------------------------------


def test_every_table_is_known_by_its_columns_whatever_its_file_is_called(tmp_path):
    for number, name in enumerate(TABLES):
        write(tmp_path, name, [{}], as_file=f"{number:02} export")
    found = {file.table for file in read(tmp_path).files}
    assert found == set(TABLES)


def test_no_other_feed_takes_a_table_of_the_dataset(tmp_path):
    for name in TABLES:
        write(tmp_path, name, [{}])
    for source in feeds.open_sources(tmp_path):
        takers = [feed.id for feed in feeds.registry() if feed.recognise(source)]
        assert takers == ["ssd"], source.name


def test_what_a_row_says_is_a_kind_with_details_and_marks_it_may_carry():
    for table in TABLES.values():
        for kind in table.kinds:
            assert kind in words.kinds(), f"{table.name} tells of {kind}"
        for tell in table.says:
            kind = words.kinds()[tell.kind]
            assert {name for name, _ in tell.details} <= {field.id for field in kind.fields}, (table.name, tell.kind)
            told = tell.marks.union(*(chance.marks for chance in tell.chances))
            assert told.union(*(by.values() for _, by in tell.marks_by)) <= kind.marks, (table.name, tell.kind)


def test_a_child_is_who_the_person_table_says(tmp_path):
    write(tmp_path, "person", [child("77", single_unique_id="943 476 5919", upn="Z971100111001")])
    (person,) = read(tmp_path).persons
    assert (person.key, person.la_id, person.la) == ("la:971|ssd|77", "77", "la:971")
    assert (person.forename, person.surname, person.dob, person.sex) == ("Ada", "Quill", date(2011, 6, 15), "F")
    assert person.nhs_number == "9434765919"


def test_the_two_names_of_the_nhs_number_are_one_column(tmp_path):
    path = write(tmp_path, "person", [child(single_unique_id="9434765919")])
    path.write_text(path.read_text().replace("pers_single_unique_id", "pers_common_child_id"))
    assert read(tmp_path).persons[0].nhs_number == "9434765919"


def test_a_home_address_and_a_number_that_checks_add_to_who_the_child_is(tmp_path):
    home = {"person_id": "1", "table_id": "a", "address_type": "Primary", "address_postcode": "zc1 2ab"}
    write(tmp_path, "person", [child()])
    write(tmp_path, "address", [home, home | {"table_id": "b"}, home | {"table_id": "c", "address_type": "Placement"}])
    known = {"person_id": "1", "table_id": "i", "identifier_type": "NHS", "identifier_value": "9434765919"}
    write(tmp_path, "linked_identifiers", [known, known | {"table_id": "j", "identifier_value": "SSD_PH"}])
    told = read(tmp_path)
    assert [(p.surname, p.postcode, p.nhs_number) for p in told.persons] == [
        ("Quill", "", ""),
        ("Quill", "", "9434765919"),
        ("Quill", "ZC1 2AB", ""),
    ]
    assert {p.key for p in told.persons} == {"la:971|ssd|1"}


def test_a_file_that_breaks_off_answers_for_nothing(tmp_path):
    row = {"person_id": "1", "table_id": "m", "missing_episode_start_date": "2026-01-02"}
    write(tmp_path, "person", [child()])
    with write(tmp_path, "missing", [row]).open("a") as file:
        file.write('n,1,"2026-01-05\n')
    write(tmp_path, "cla_reviews", [{"person_id": "1", "cla_review_id": "r", "cla_review_date": "2026-01-03"}])
    told = read(tmp_path)
    assert "quotation-open" in told.rules
    (covered,) = told.coverage
    assert "care_review_held" in covered.kinds
    assert "missing_start" not in covered.kinds


@pytest.mark.parametrize(
    ("table", "ours", "theirs"),
    [
        ("cla_reviews", "clar_person_id", "clar_cla_person_id"),
        ("cla_care_plan", "lacp_table_id", "lacp_cla_care_plan_id"),
    ],
)
def test_another_system_s_name_of_a_column_is_that_column(tmp_path, table, ours, theirs):
    write(tmp_path, "person", [child()])
    path = write(tmp_path, table, [{"person_id": "1", "table_id": "7", "cla_review_id": "7"}])
    path.write_text(path.read_text().replace(ours, theirs))
    assert not any(rule.startswith("columns") for rule in read(tmp_path).rules)


def test_files_in_any_order_are_read_person_first(tmp_path):
    write(
        tmp_path,
        "missing",
        [{"person_id": "1", "table_id": "m", "missing_episode_start_date": "2026-01-02"}],
        as_file="a",
    )
    write(tmp_path, "person", [child()], as_file="z")
    told = read(tmp_path)
    assert [s.table for s in told.statements] == ["person", "missing"]
    assert days(lives(told)["1"]) == [("missing_start", "2026-01-02")]


def test_without_a_person_table_the_rows_still_stand_by_their_id(tmp_path):
    write(tmp_path, "missing", [{"person_id": "9", "table_id": "m", "missing_episode_start_date": "2026-01-02"}])
    told = read(tmp_path)
    assert [(p.la_id, p.surname) for p in told.persons] == [("9", "")]
    assert days(lives(told)["9"]) == [("missing_start", "2026-01-02")]


# -- how a row finds its child ------------------------------------------------------------------------

THROUGH = [
    ("cp_visits", {"cp_visit_id": "v", "cp_plan_id": "P", "cp_visit_date": "2026-01-02"}, "visit"),
    ("cp_reviews", {"cp_review_id": "r", "cp_plan_id": "P", "cp_review_date": "2026-01-02"}, "review_conference"),
    ("cin_visits", {"cin_visit_id": "v", "cin_plan_id": "C", "cin_visit_date": "2026-01-02"}, "visit"),
    ("cin_visits", {"cin_visit_id": "v", "referral_id": "R", "cin_visit_date": "2026-01-02"}, "visit"),
    (
        "cla_placement",
        {"cla_placement_id": "h", "cla_id": "L", "cla_placement_start_date": "2026-01-02"},
        "placement_started",
    ),
    ("cla_reviews", {"cla_review_id": "r", "cla_id": "L", "cla_review_date": "2026-01-02"}, "care_review_held"),
    (
        "involvements",
        {
            "involvements_id": "i",
            "referral_id": "R",
            "professional_role_id": "CW",
            "involvement_start_date": "2026-01-02",
        },
        "social_worker_started",
    ),
]


@pytest.mark.parametrize(("table", "row", "kind"), THROUGH)
def test_a_row_without_a_person_finds_the_child_through_plan_referral_or_time_in_care(tmp_path, table, row, kind):
    write(tmp_path, "person", [child()])
    write(tmp_path, "cin_episodes", [{"referral_id": "R", "person_id": "1", "referral_date": "2025-01-02"}])
    write(tmp_path, "cin_plans", [{"cin_plan_id": "C", "person_id": "1", "cin_plan_start_date": "2025-02-02"}])
    write(tmp_path, "cp_plans", [{"cp_plan_id": "P", "person_id": "1", "cp_plan_start_date": "2025-03-02"}])
    episode = {"cla_episode_id": "E", "person_id": "1", "cla_id": "L", "cla_episode_start_date": "2025-04-02"}
    write(tmp_path, "cla_episodes", [episode])
    write(tmp_path, table, [row], columns=list(row))
    assert (kind, "2026-01-02") in days(lives(read(tmp_path))["1"])


def test_a_row_whose_parent_is_not_in_the_dump_is_refused_with_who_can_mend_it(tmp_path):
    write(tmp_path, "person", [child()])
    write(tmp_path, "cp_plans", [{"cp_plan_id": "P", "person_id": "2", "cp_plan_start_date": "2025-03-02"}])
    visit = {"cp_visit_id": "v", "cp_plan_id": "P", "cp_visit_date": "2026-01-02"}
    write(tmp_path, "cp_visits", [visit], columns=list(visit))
    told = read(tmp_path)
    assert [(s.table, s.outcome) for s in told.statements if s.table != "person"] == [
        ("cp_plans", REFUSED),
        ("cp_visits", REFUSED),
    ]
    lost = [fault for fault in told.faults if fault.rule == "parent-missing"]
    assert [(fault.column, fault.value) for fault in lost] == [("cppl_person_id", "2"), ("cppv_cp_plan_id", "P")]
    assert {fault.fix_by for fault in lost} == {words.agency_title("la:971")}


def test_a_table_that_nothing_leads_from_is_refused_and_said_once(tmp_path):
    visit = {"cp_visit_id": "v", "cp_plan_id": "P", "cp_visit_date": "2026-01-02"}
    write(tmp_path, "person", [child()])
    write(tmp_path, "cp_visits", [visit, visit | {"cp_visit_id": "w"}], columns=list(visit))
    told = read(tmp_path)
    assert [s.outcome for s in told.statements if s.table == "cp_visits"] == [REFUSED, REFUSED]
    assert "2 rows" in told.fault("parent-not-sent").message


# -- what is unknown ----------------------------------------------------------------------------------

PLACEHOLDERS = {"explained_worries": "SSD_PH", "story_help_understand": "PLACEHOLDER_DATA"}


def test_placeholders_are_unknown_and_said_once(tmp_path):
    row = {
        "person_id": "1",
        "table_id": "1",
        "missing_episode_start_date": "2026-01-02",
        "missing_episode_end_date": "1900-01-01",
    }
    write(tmp_path, "person", [child(ethnicity="SSD_PH", nationality="PLACEHOLDER_DATA")])
    write(tmp_path, "missing", [row, row | {"table_id": "2"}])
    told = read(tmp_path)
    assert told.outcomes == {NO_EVENT: 1, USED: 2}
    assert told.rules == ["date-placeholder"]
    assert "2 rows" in told.faults[0].message
    assert days(lives(told)["1"]) == [("missing_start", "2026-01-02")] * 2


def test_a_table_wholly_of_placeholders_tells_nothing_and_answers_for_nothing(tmp_path):
    write(tmp_path, "person", [child()])
    write(tmp_path, "send", [{"table_id": "SSD_PH", "person_id": "1", "upn": "SSD_PH", "uln": "SSD_PH"}])
    write(tmp_path, "missing", [{"table_id": "1", "person_id": "1", "missing_episode_start_date": "2026-01-02"}])
    review = {"ehcp_request_id": "SSD_PH", "active_ehcp_id": "SSD_PH", "active_ehcp_last_review_date": "1900-01-01"}
    write(tmp_path, "ehcp_active_plans", [review])
    write(
        tmp_path,
        "cla_visits",
        [{"cla_visit_id": "1", "person_id": "1", "cla_visit_date": "1900-01-01", "cla_visit_seen": "SSD_PH"}],
    )
    write(tmp_path, "pre_proceedings", [{"table_id": "1", "person_id": "1", "pre_pro_letter_date": "1900-01-01"}])
    told = read(tmp_path)
    outcomes = {s.table: s.outcome for s in told.statements}
    assert outcomes["send"] == outcomes["cla_visits"] == outcomes["pre_proceedings"] == NO_EVENT
    assert [e.kind for e in lives(told)["1"].events] == ["missing_start"]
    assert told.coverage[0].kinds == {"missing_start", "missing_end"}


def test_a_column_wholly_of_placeholders_answers_for_nothing(tmp_path):
    row = {
        "person_id": "1",
        "table_id": "1",
        "missing_episode_start_date": "2026-01-02",
        "missing_episode_end_date": "1900-01-01",
    }
    write(tmp_path, "person", [child()])
    write(tmp_path, "missing", [row])
    assert read(tmp_path).coverage[0].kinds == {"missing_start"}


def test_a_flag_whose_0_means_yes_and_no_is_unknown(tmp_path):
    write(tmp_path, "person", [child("1", send_flag="0"), child("2", send_flag="Y")])
    told = read(tmp_path)
    place = TABLES["person"].at("send_flag")
    assert [s.values[place] for s in told.statements] == ["", "Y"]
    assert "both yes and no" in told.fault("flag-unclear").message


def test_an_unknown_distance_is_no_distance(tmp_path):
    rows = [
        {"cla_placement_id": n, "person_id": "1", "cla_placement_start_date": "2026-01-02", "cla_placement_distance": d}
        for n, d in (("1", "999.9"), ("2", "12.4"))
    ]
    write(tmp_path, "person", [child()])
    write(tmp_path, "cla_placement", rows)
    place = TABLES["cla_placement"].at("cla_placement_distance")
    assert [s.values[place] for s in read(tmp_path).statements if s.table == "cla_placement"] == ["", "12.4"]


# -- the same key twice -------------------------------------------------------------------------------


def test_a_key_told_twice_is_used_once_and_said(tmp_path):
    row = {"cla_review_id": "1", "person_id": "1", "cla_review_date": "2026-01-02"}
    write(tmp_path, "person", [child()])
    write(tmp_path, "cla_reviews", [row, row, row | {"cla_review_date": "2026-01-03"}])
    told = read(tmp_path)
    assert [s.outcome for s in told.statements if s.table == "cla_reviews"] == [USED, REPEATED, REPEATED]
    assert days(lives(told)["1"]) == [("care_review_held", "2026-01-02")]
    assert "the very same" in told.fault("record-repeated").message
    assert "something else" in told.fault("record-differs").message


# -- coverage -----------------------------------------------------------------------------------------


def test_an_extract_answers_for_six_years_back_from_its_newest_day_and_no_further(tmp_path):
    write(tmp_path, "person", [child(expected_dob="2026-09-09")])
    rows = [
        {"table_id": n, "person_id": "1", "missing_episode_start_date": day}
        for n, day in (("1", "2014-01-02"), ("2", "2026-02-28"), ("3", "2027-01-01"))
    ]
    write(tmp_path, "missing", rows)
    reviews = [{"cla_review_id": "1", "person_id": "1", "cla_review_due_date": "2026-03-20"}]
    write(tmp_path, "cla_reviews", reviews)
    (covered,) = read(tmp_path).coverage
    assert (covered.start, covered.end, covered.la) == (date(2020, 2, 28), date(2026, 2, 28), "la:971")
    assert "missing_start" in covered.kinds


def test_of_what_only_the_latest_is_told_silence_means_nothing(tmp_path):
    episode = {"cla_episode_id": "1", "cla_episode_start_date": "2025-01-10", "cla_last_iro_contact_date": "2026-01-02"}
    write(tmp_path, "person", [child()])
    write(tmp_path, "cla_episodes", [episode | {"person_id": "1"}])
    (covered,) = read(tmp_path).coverage
    assert "iro_spoke_with_child" not in covered.kinds
    assert "care_started" in covered.kinds


# -- dates --------------------------------------------------------------------------------------------


def test_an_end_before_its_start_is_taken_as_not_given(tmp_path):
    row = {
        "table_id": "1",
        "person_id": "1",
        "missing_episode_start_date": "2026-01-02",
        "missing_episode_end_date": "2025-01-03",
    }
    write(tmp_path, "person", [child()])
    write(tmp_path, "missing", [row])
    told = read(tmp_path)
    assert told.fault("end-before-start").person == "la:971|ssd|1"
    assert days(lives(told)["1"]) == [("missing_start", "2026-01-02")]
    assert told.outcomes[USED_WITH_FAULTS] == 1


def test_a_row_that_belongs_to_no_day_is_refused(tmp_path):
    write(tmp_path, "person", [child()])
    write(
        tmp_path,
        "missing",
        [{"table_id": "1", "person_id": "1", "missing_episode_start_date": "soon", "missing_episode_type": "M"}],
    )
    told = read(tmp_path)
    assert [s.outcome for s in told.statements if s.table == "missing"] == [REFUSED]
    assert "date-missing" in told.rules
    assert "date-unreadable" in told.rules


# -- a nasty folder -----------------------------------------------------------------------------------


def test_a_nasty_folder_is_read_to_the_end_and_every_row_is_one_of_the_five(tmp_path):
    write(
        tmp_path,
        "person",
        [child("1"), child("2.0", sex="b) Female", dob="15/06/2011"), child("1"), child("", forename="No id")],
    )
    crossed = write(
        tmp_path,
        "missing",
        [
            {
                "table_id": "1",
                "person_id": " 1\xa0",
                "missing_episode_start_date": "2026-01-02 00:00:00.000",
                "missing_episode_type": "m",
            },
            {"table_id": "", "person_id": "2", "missing_episode_start_date": "02/13/2026"},
            {"table_id": "3", "person_id": "99", "missing_episode_start_date": "2026-01-02"},
            {
                "table_id": "4",
                "person_id": "1",
                "missing_episode_start_date": "2026-01-02",
                "missing_episode_type": "ran",
            },
            {"table_id": "5", "person_id": "1", "missing_episode_start_date": "=1+1"},
        ],
    )
    crossed.write_bytes(b"\xef\xbb\xbf" + crossed.read_bytes() + b",,,,,,,,,\r\n6,1,2026-01-05\r\n")
    with (tmp_path / "assessment_factors.csv").open("w") as file:
        rows = [
            ["cinf_table_id", "cinf_assessment_id", "cinf_assessment_factors_json", ""],
            ["1", "A", '["10A"', ""],
            ["2", "", "[]", ""],
        ]
        csv.writer(file).writerows(rows)
    write(tmp_path, "cin_assessments", [{"assessment_id": "A", "person_id": "1", "assessment_auth_date": "2026-01-02"}])
    (tmp_path / "version_log.csv").write_text("version_number,release_date\n1.4.5,2026-02-01\n")
    told = read(tmp_path)
    assert "reader-failed" not in told.rules
    for file in told.files:
        assert sum(s.file == file.file for s in told.statements) == file.rows
    assert Counter((s.table, s.outcome) for s in told.statements) == {
        ("person", NO_EVENT): 2,
        ("person", REPEATED): 1,
        ("person", REFUSED): 1,
        ("missing", USED): 2,
        ("missing", USED_WITH_FAULTS): 1,
        ("missing", REFUSED): 3,
        ("cin_assessments", USED): 1,
        ("assessment_factors", NO_EVENT): 1,
        ("assessment_factors", REFUSED): 1,
    }
    assert {"parent-missing", "person-missing", "date-missing", "json-unreadable", "row-uneven", "code-unknown"} <= set(
        told.rules
    )
    assert days(lives(told)["1"], "missing_start") == [("missing_start", "2026-01-02")] * 2 + [
        ("missing_start", "2026-01-05")
    ]
