"""SSDA903 as authorities send it: CSV tables or one XML file."""

from datetime import date

import pytest

from returns import (
    EPISODES,
    HEADER,
    MISSING,
    REVIEWS,
    children,
    episode,
    returned,
    rules,
)
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    QUERY,
    REFUSED,
    REPAIRED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
)
from throughline.feeds.ssda903.tables import TABLES

SOUND_UPN = "H801200001001"
ADA = f"C1,2,15/06/2011,WBRI,{SOUND_UPN},,"
IN_CARE = [EPISODES, episode("C1", "10/05/2017", "S")]


# -- knowing a file -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_known_by_its_columns_whatever_the_file_is_called(tmp_path, table):
    own = [name for name in TABLES[table].names if name not in ("RETURN", "LATEST")]
    told = returned(tmp_path, some_export=[",".join(own), ",".join("C1" for _ in own)])
    assert [(file.feed, file.table) for file in told.files] == [("ssda903", table)]


@pytest.mark.parametrize(
    "header",
    [
        "child,dob,review,review_code",
        "REVIEW_CODE,REVIEW,CHILD,DOB",
        ",CHILD,DOB,REVIEW,REVIEW_CODE",
        "CHILD,DOB,REVIEW,REVIEW_CODE,,,",
        "LA,CHILD,DOB,REVIEW,TEST_COLUMN,REVIEW_CODE,YEAR",
        "\ufeffCHILD,DOB,REVIEW,REVIEW_CODE",
        "CHILD,REVIEW,REVIEW_CODE",
    ],
)
def test_a_header_may_be_in_any_order_and_case_and_have_more_or_fewer_columns(tmp_path, header):
    cells = {"CHILD": "C1", "DOB": "15/06/2011", "REVIEW": "01/02/2018", "REVIEW_CODE": "PN1", "LA": "301"}
    names = header.lstrip("\ufeff").upper().split(",")
    told = returned(tmp_path, r=f"{header}\r\n{','.join(cells.get(n, '') for n in names)}\r\n")
    (statement,) = told.statements
    assert statement.table == "reviews"
    assert (statement.values[0], *statement.values[2:]) == ("C1", "2018-02-01", "PN1")


def test_a_column_that_is_missing_is_said_once(tmp_path):
    told = returned(tmp_path, r=["CHILD,REVIEW,REVIEW_CODE", "C1,01/02/2018,PN1", "C2,01/02/2018,PN1"])
    assert told.fault("column-missing").column == "DOB"


def test_a_file_of_other_columns_is_none_of_ours(tmp_path):
    told = returned(tmp_path, other=["CHILD,NAME,SHOE_SIZE", "C1,Ada,4"])
    assert [file.feed for file in told.files] == [""]


# -- cells --------------------------------------------------------------------------------------------


def test_dates_are_day_first(tmp_path):
    told = returned(tmp_path, r=[REVIEWS, "C1,15/06/2011,03/02/2018,PN1"])
    assert told.statements[0].values == ("C1", "2011-06-15", "2018-02-03", "PN1")
    assert not told.faults


def test_a_file_all_in_iso_dates_is_read_without_a_word(tmp_path):
    told = returned(tmp_path, r=[REVIEWS, "C1,2011-06-15,2018-02-03,PN1"])
    assert told.statements[0].values[2] == "2018-02-03"
    assert not told.faults


def test_a_mix_of_styles_is_read_and_said_once(tmp_path):
    rows = ["C1,2011-06-15,2018-02-03,PN1", "C2,15/06/2011,2018-02-04,PN1", "C3,2011-06-15,05/02/2018,PN1"]
    told = returned(tmp_path, r=[REVIEWS, *rows])
    assert [s.values[2] for s in told.statements] == ["2018-02-03", "2018-02-04", "2018-02-05"]
    assert told.fault("date-style-mixed").severity == REPAIRED


def test_a_file_that_writes_the_month_first_is_not_guessed_at(tmp_path):
    told = returned(tmp_path, r=[REVIEWS, "C1,,03/25/2018,PN1", "C2,,03/04/2018,PN1"])
    assert {s.outcome for s in told.statements} == {REFUSED}
    assert told.fault("date-month-first 903-166").value == "03/04/2018"


def test_in_a_file_of_both_orders_only_what_cannot_be_mistaken_is_read(tmp_path):
    told = returned(tmp_path, r=[REVIEWS, "C1,,03/25/2018,PN1", "C2,,03/04/2018,PN1", "C3,,25/03/2018,PN1"])
    assert [s.values[2] for s in told.statements] == ["", "", "2018-03-25"]


def test_a_day_that_does_not_exist_is_blanked_and_the_row_kept(tmp_path):
    told = returned(tmp_path, m=[MISSING, "C1,30/02/2011,M,01/02/2018,03/02/2018"])
    (statement,) = told.statements
    assert statement.outcome == USED_WITH_FAULTS
    assert statement.values == ("C1", "", "M", "2018-02-01", "2018-02-03")
    assert statement.given[1] == "30/02/2011"
    fault = told.fault("date-unreadable")
    assert (fault.column, fault.value, fault.row) == ("DOB", "30/02/2011", 2)
    assert (fault.severity, fault.around, fault.person) == (ERROR, date(2018, 2, 1), statement.person)


@pytest.mark.parametrize(
    ("sent", "read"), [("1", "M"), ("2", "F"), ("M", "M"), ("f", "F"), ("U", "U"), ("Female", "F")]
)
def test_sex_is_read_in_the_codes_of_both_eras(tmp_path, sent, read):
    told = returned(tmp_path, h=[HEADER, f"C1,{sent},15/06/2011,WBRI,{SOUND_UPN},,"])
    assert told.persons[0].sex == read


def test_an_unknown_code_is_blanked_and_said_with_the_sectors_number(tmp_path):
    told = returned(tmp_path, e=[EPISODES, episode("C1", "10/05/2017", "S", LS="*DUMMY*")])
    assert told.statements[0].values[3] == ""
    fault = told.fault("code-unknown 903-144")
    assert (fault.column, fault.value) == ("LS", "*DUMMY*")


def test_codes_may_come_in_small_letters_with_blanks_around(tmp_path):
    told = returned(tmp_path, e=[EPISODES, episode("C1", "10/05/2017", " s ", LS="c2\xa0")])
    assert told.statements[0].values[2:4] == ("S", "C2")


def test_a_code_of_another_years_list_is_used_and_said(tmp_path):
    rows = [episode("C1", "10/05/2024", "S", PLACE="H5"), episode("C2", "10/05/2024", "S", PLACE="U4")]
    told = returned(tmp_path, received=date(2025, 5, 1), e=[EPISODES, *rows])
    assert told.statements[0].values[5] == "H5"
    fault = told.fault("code-out-of-era 903-146")
    assert (fault.severity, fault.value) == (QUERY, "H5")


def test_a_upn_is_checked_and_its_default_codes_are_known(tmp_path):
    rows = [
        f"C1,1,15/06/2011,WBRI,{SOUND_UPN},,",
        "C2,1,15/06/2011,WBRI,I801200001001,,",
        "C3,1,15/06/2011,WBRI,B801200001001,,",
        "C4,1,15/06/2011,WBRI,UN3,,",
    ]
    told = returned(tmp_path, h=[HEADER, *rows])
    assert [p.upn for p in told.persons][0::3] == [SOUND_UPN, ""]
    assert told.rules == ["upn-shape 903-168", "upn-check-letter 903-168"]
    assert [s.outcome for s in told.statements] == [NO_EVENT, USED_WITH_FAULTS, USED_WITH_FAULTS, NO_EVENT]


def test_an_id_or_flag_that_went_through_a_spreadsheet_is_the_same(tmp_path):
    told = returned(tmp_path, h=[HEADER, f"566910.0,1,15/06/2011,WBRI,{SOUND_UPN},1.0,"])
    assert told.statements[0].values[0] == "566910"
    assert told.statements[0].values[5] == "1"


# -- rows ---------------------------------------------------------------------------------------------


def test_a_row_is_refused_only_without_a_child_or_a_day(tmp_path):
    told = returned(
        tmp_path,
        e=[EPISODES, episode("", "10/05/2017", "S"), episode("C1", "", "S"), episode("C2", "10/05/2017", "S")],
    )
    assert [s.outcome for s in told.statements] == [REFUSED, REFUSED, USED]
    assert told.fault("child-missing").row == 2
    assert told.fault("date-missing 903-141").person == "la|ssda903|C1"
    assert told.statements[0].person == ""


def test_an_empty_row_is_counted_and_said(tmp_path):
    told = returned(tmp_path, r=[REVIEWS, ",,,", "C1,,01/02/2018,PN1"])
    assert told.outcomes == {REFUSED: 1, USED: 1}
    assert told.fault("row-empty").row == 2


def test_short_rows_are_filled_and_long_ones_said(tmp_path):
    told = returned(tmp_path, r=[REVIEWS, "C1,15/06/2011,01/02/2018", "C2,,01/02/2018,PN1,oh,dear"])
    assert told.statements[0].values[3] == ""
    assert told.fault("row-too-long").value == "oh,dear"
    assert [s.outcome for s in told.statements] == [USED, USED_WITH_FAULTS]


def test_an_end_needs_a_reason_and_a_reason_an_end(tmp_path):
    told = returned(
        tmp_path,
        e=[
            EPISODES,
            episode("C1", "10/05/2017", "S", "", "X1"),
            episode("C2", "10/05/2017", "S", "11/06/2017", ""),
            episode("C3", "10/05/2017", "S", "11/06/2017", "E4A"),
        ],
    )
    assert told.rules == ["reason-without-end 903-148", "end-without-reason 903-148"]
    assert [s.outcome for s in told.statements] == [USED_WITH_FAULTS, USED_WITH_FAULTS, USED]


def test_an_end_before_its_start_is_taken_as_not_given(tmp_path):
    told = returned(
        tmp_path,
        e=[EPISODES, episode("C1", "10/05/2017", "S", "11/04/2017", "E4A")],
        m=[MISSING, "C1,,M,03/02/2018,01/02/2018"],
    )
    assert [s.values[7] for s in told.statements if s.table == "episodes"] == [""]
    assert [s.values[4] for s in told.statements if s.table == "missing"] == [""]
    assert told.fault("end-before-start 903-356").value == "2017-04-11"
    assert told.fault("end-before-start 903-567").severity == ERROR


def test_nothing_but_a_booking_can_lie_ahead_of_the_day_of_receipt(tmp_path):
    told = returned(
        tmp_path,
        m=[MISSING, "C1,,M,01/05/2018,02/07/2018"],
        u=["CHILD,SEX,DOB,DUC", "C1,1,15/06/2011,15/06/2029"],
        e=[EPISODES, episode("C1", "02/06/2018", "S")],
    )
    assert sorted(told.rules) == ["date-future 903-1005", "date-future 903-141"]
    assert told.outcomes == {USED_WITH_FAULTS: 1, NO_EVENT: 1, REFUSED: 1}


def test_record_ids_are_those_of_the_return_and_stay(tmp_path):
    first = returned(tmp_path, e=IN_CARE, r=[REVIEWS, "C1,,01/02/2018,PN1", "C1,,01/02/2018,PN2"])
    assert [s.record_id for s in first.statements] == ["C1/2017-05-10/S", "C1/2018-02-01", "C1/2018-02-01/2"]
    again = returned(tmp_path, e=[EPISODES, episode("C1", "10/05/2017", "S", "11/06/2017", "E4A")])
    assert again.statements[0].record_id == "C1/2017-05-10/S"


def test_a_long_file_is_read_by_the_block_and_every_row_by_itself(tmp_path):
    rows = [f"C{n // 3},,{n % 28 + 1:02}/02/2018,PN{n % 8}" for n in range(1_300)]
    rows[511] = "C170,,30/02/2018,PN1"
    rows[512] = ",,01/02/2018,PN1"
    rows[1024] = "C341,,05/02/2018,PN9"
    rows[1299] = rows[0]
    told = returned(tmp_path, r=[REVIEWS, *rows])
    assert [s.row for s in told.statements] == list(range(2, 1_302))
    assert [(f.row, f.value) for f in told.faults] == [(513, "30/02/2018"), (514, ""), (1026, "PN9")]
    assert [s.row for s in told.statements if s.outcome == REFUSED] == [513, 514]
    assert told.statements[-1].record_id == "C0/2018-02-01/2"
    assert [s.values[0] for s in told.statements][1_000] == "C333"
    assert len(told.persons) == len({p.key for p in told.persons}) == 433


def test_two_authorities_may_use_the_same_child_id(tmp_path):
    rows = ["C1,,01/02/2018,PN1,301", "C1,,01/02/2018,PN1,302", "C1,,01/02/2018,PN2,301"]
    told = returned(tmp_path, r=[f"{REVIEWS},LA", *rows])
    assert [(s.said_by, s.record_id) for s in told.statements] == [
        ("la:301", "C1/2018-02-01"),
        ("la:302", "C1/2018-02-01"),
        ("la:301", "C1/2018-02-01/2"),
    ]


# -- people -------------------------------------------------------------------------------------------


def test_the_header_says_who_a_child_is_and_other_tables_only_if_it_does_not(tmp_path):
    told = returned(
        tmp_path,
        h=[HEADER, ADA],
        e=IN_CARE,
        r=[REVIEWS, "C1,15/06/2011,01/02/2018,PN1", "C2,01/01/2010,01/02/2018,PN1", "C2,01/01/2010,02/02/2018,PN1"],
    )
    ada, other = told.persons
    assert (ada.key, ada.upn, ada.dob, ada.sex) == ("la|ssda903|C1", SOUND_UPN, date(2011, 6, 15), "F")
    assert (ada.la_id, ada.la, ada.agency) == ("C1", "la", "la")
    assert (other.la_id, other.dob, other.upn) == ("C2", date(2010, 1, 1), "")


@pytest.mark.parametrize(
    ("sender", "la", "agency"),
    [
        ("la:301", "302", "la:301"),
        ("la", "302", "la"),
        ("police", "302", "la:302"),
        ("", "302", "la:302"),
        ("", "Barking and Dagenham", "la:barking_and_dagenham"),
        ("", "", "la"),
    ],
)
def test_the_authority_is_the_sender_else_the_la_column(tmp_path, sender, la, agency):
    told = returned(tmp_path, sender=sender, r=[f"{REVIEWS},LA", f"C1,,01/02/2018,PN1,{la}"])
    assert told.persons[0].agency == told.statements[0].said_by == agency
    assert told.persons[0].key == f"{agency}|ssda903|C1"


def test_rows_of_one_child_that_do_not_agree_are_asked_about(tmp_path):
    told = returned(
        tmp_path,
        h=[HEADER, ADA, ADA.replace("2011", "2012"), ADA],
        r=[REVIEWS, "C1,15/06/2013,01/02/2018,PN1"],
        e=IN_CARE,
    )
    child = children(told)["C1"]
    assert rules(child) == ["child-more-than-once 903-INT32", "dob-differs 903-INT17"]
    assert child.outcomes == {
        ("header", "h.csv", 3): USED_WITH_FAULTS,
        ("header", "h.csv", 4): REPEATED,
        ("reviews", "r.csv", 2): USED_WITH_FAULTS,
    }


def test_a_child_that_is_not_in_the_header_is_asked_about_once(tmp_path):
    child = children(returned(tmp_path, e=[*IN_CARE, episode("C1", "10/07/2017", "P")]))["C1"]
    assert rules(child).count("child-not-in-header 903-INT03") == 1
