"""SSDA903 as authorities send it: CSV tables or one XML file."""

from datetime import date
from itertools import pairwise

import pytest

from returns import (
    EPISODES,
    HEADER,
    MISSING,
    REVIEWS,
    children,
    days,
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
from throughline.feeds.ssda903 import FEED
from throughline.feeds.ssda903.span import span
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


# -- events -------------------------------------------------------------------------------------------


@pytest.fixture
def life(tmp_path):
    """What the rows of one child, with a header, come to."""

    def derive(*episodes, **files):
        own = {"e": [EPISODES, *episodes]} if episodes else {}
        return children(returned(tmp_path, h=[HEADER, ADA], **own, **files))["C1"]

    return derive


def test_a_time_in_care(life):
    child = life(
        episode("C1", "10/05/2017", "S", "01/08/2017", "X1", REASON_PLACE_CHANGE="CARPL"),
        episode("C1", "01/08/2017", "P", "01/10/2017", "E4A", PLACE="K2", PL_POST="BT9 9AA"),
    )
    assert days(child) == [
        ("care_started", "2017-05-10"),
        ("placement_started", "2017-05-10"),
        ("placement_ended", "2017-08-01"),
        ("placement_started", "2017-08-01"),
        ("placement_ended", "2017-10-01"),
        ("care_ended", "2017-10-01"),
    ]
    events = {(e.kind, e.happened_on.isoformat()): e for e in child.events}
    assert events["care_started", "2017-05-10"].details == {"legal_status": "V2", "need": "N1"}
    assert events["placement_ended", "2017-08-01"].details == {"reason": "CARPL"}
    assert events["care_ended", "2017-10-01"].details == {"reason": "E4A"}
    assert events["placement_started", "2017-08-01"].details == {
        "placement_type": "K2",
        "provider": "PR1",
        "postcode": "BT9 9AA",
        "home_postcode": "BT1 5GS",
        "urn": "SC001",
        "new_episode_reason": "P",
    }
    assert {e.precision for e in child.events} == {"day"}
    assert not child.faults


def test_a_first_episode_that_starts_nothing_was_already_in_care(life):
    child = life(episode("C1", "10/05/2017", "P", PL_POST="BT9 9AA"))
    assert days(child) == [("in_care_at", "2017-05-10"), ("placement_started", "2017-05-10")]


@pytest.mark.parametrize(
    ("rne", "place", "postcode", "moved"),
    [
        ("P", "U6", "BT2 7AA", True),
        ("B", "U6", "BT2 7AA", True),
        ("L", "U6", "BT2 7AA", False),
        ("L", "K2", "BT2 7AA", True),
        ("L", "U6", "BT9 9AA", True),
        ("T", "A3", "BT2 7AA", False),
        ("U", "A3", "BT2 7AA", False),
        ("T", "A3", "BT9 9AA", True),
    ],
)
def test_whether_a_new_episode_is_a_new_home(life, rne, place, postcode, moved):
    child = life(
        episode("C1", "10/05/2017", "S", "01/08/2017", "X1"),
        episode("C1", "01/08/2017", rne, PLACE=place, PL_POST=postcode),
    )
    assert len(days(child, "placement_started")) == (2 if moved else 1)
    assert len(days(child, "placement_ended")) == (1 if moved else 0)


def test_a_change_of_legal_status_is_told_where_it_changes(life):
    child = life(
        episode("C1", "10/05/2017", "S", "01/08/2017", "X1", LS="V2"),
        episode("C1", "01/08/2017", "L", "01/09/2017", "X1", LS="C1"),
        episode("C1", "01/09/2017", "P", LS="C1"),
    )
    assert days(child, "legal_status_started") == [("legal_status_started", "2017-08-01")]


@pytest.mark.parametrize(
    ("legal_status", "marks"), [("V3", {"short_break"}), ("V4", {"short_break"}), ("J1", {"remand"}), ("J2", set())]
)
def test_short_breaks_and_remands_are_marked(life, legal_status, marks):
    child = life(episode("C1", "10/05/2017", "S", LS=legal_status))
    assert next(e for e in child.events if e.kind == "care_started").marks == marks


def test_a_home_with_adopters_is_restricted(life):
    child = life(episode("C1", "10/05/2017", "P", "01/08/2017", "E12", PLACE="A4"))
    home = next(e for e in child.events if e.kind == "placement_started")
    assert (home.level, home.tags) == ("SL4", {"ADOPT"})
    assert next(e for e in child.events if e.kind == "care_ended").tags == {"ADOPT"}


def test_reviews_held_booked_told_twice_and_repeated(life):
    child = life(
        episode("C1", "10/05/2017", "S"),
        r=[
            REVIEWS,
            "C1,15/06/2011,01/02/2018,PN1",
            "C1,15/06/2011,01/02/2018,PN6",
            "C1,15/06/2011,01/02/2018,PN1",
            "C1,15/06/2011,01/09/2018,PN1",
        ],
    )
    (review,) = [e for e in child.events if e.kind == "care_review_held"]
    assert (review.happened_on, review.details) == (date(2018, 2, 1), {"participation": "PN1"})
    assert rules(child) == ["review-twice"]
    assert child.outcomes == {("reviews", "r.csv", 3): USED_WITH_FAULTS, ("reviews", "r.csv", 4): REPEATED}


def test_a_review_ahead_is_kept_asked_about_and_is_no_event(tmp_path):
    told = returned(tmp_path, e=IN_CARE, h=[HEADER, ADA], r=[REVIEWS, "C1,,01/09/2018,PN1"])
    (review,) = [s for s in told.statements if s.table == "reviews"]
    assert (review.outcome, review.values[2]) == (NO_EVENT, "2018-09-01")
    assert told.fault("review-ahead 903-166").severity == QUERY
    assert not days(children(told)["C1"], "care_review_held")


def test_a_review_without_an_episode_is_an_event_all_the_same(life):
    child = life(r=[REVIEWS, "C1,15/06/2011,01/02/2018,PN1"])
    assert days(child) == [("care_review_held", "2018-02-01")]
    assert rules(child) == ["review-without-episode"]


def test_times_missing(life):
    child = life(
        episode("C1", "10/05/2017", "S"),
        m=[MISSING, "C1,,M,01/02/2018,03/02/2018", "C1,,A,02/02/2018,", "C1,,M,01/06/2010,02/06/2010"],
    )
    assert days(child, "missing_start", "missing_end") == [
        ("missing_start", "2010-06-01"),
        ("missing_end", "2010-06-02"),
        ("missing_start", "2018-02-01"),
        ("missing_start", "2018-02-02"),
        ("missing_end", "2018-02-03"),
    ]
    away = next(e for e in child.events if e.happened_on == date(2018, 2, 2))
    assert away.marks == {"away_without_authorisation"}
    assert away.ref == "missing:C1/2018-02-02"
    assert sorted(rules(child)) == ["before-birth 903-586", "missing-overlaps 903-574"]


def test_the_smaller_tables(life):
    child = life(
        a=["CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR", "C1,,01/05/2017,02/06/2017,1,2"],
        p=["CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED", "C1,,03/06/2017,04/07/2017,RD1"],
        q=["CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM", "C1,,P1,302,05/05/2014"],
        s=["CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON", "C1,,SW9,01/04/2018,02/05/2018,MANAGE"],
        d=["CHILD,DOB,DOLO_START,DOLO_END", "C1,,03/04/2018,04/04/2018"],
        o=["CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_ASSESSMENT", "C1,,25,,0,1"],
    )
    assert days(child) == [
        ("previous_permanence", "2014-05-05"),
        ("adoption_decision", "2017-05-01"),
        ("adoption_match", "2017-06-02"),
        ("placed_for_adoption", "2017-06-03"),
        ("placed_for_adoption_ended", "2017-07-04"),
        ("social_worker_started", "2018-04-01"),
        ("deprivation_of_liberty_started", "2018-04-03"),
        ("deprivation_of_liberty_ended", "2018-04-04"),
        ("social_worker_ended", "2018-05-02"),
    ]
    assert {e.level for e in child.events if e.kind.startswith(("adopt", "placed"))} == {"SL4"}


def test_care_before_birth_is_asked_about(life):
    assert "before-birth 903-302" in rules(life(episode("C1", "10/05/2009", "S", "01/10/2017", "E4A")))


# -- coverage -----------------------------------------------------------------------------------------


def test_a_past_return_is_silent_after_its_last_episode(tmp_path):
    told = returned(
        tmp_path,
        received=date(2026, 11, 22),
        e=[EPISODES, episode("C1", "10/05/2017", "S", "01/02/2018", "E4A")],
        r=[REVIEWS, "C1,,01/02/2020,PN1"],
    )
    (coverage,) = told.coverage
    assert (coverage.start, coverage.end) == (date(2017, 4, 1), date(2018, 2, 1))
    assert coverage.kinds == TABLES["episodes"].kinds | TABLES["reviews"].kinds
    assert (coverage.agency, coverage.la) == ("la", "la")


def test_a_return_of_the_running_year_answers_up_to_the_day_it_was_received(tmp_path):
    (coverage,) = returned(tmp_path, received=date(2018, 2, 20), e=IN_CARE).coverage
    assert (coverage.start, coverage.end) == (date(2017, 4, 1), date(2018, 2, 20))


def test_an_episode_begun_long_ago_does_not_stretch_the_year(tmp_path):
    rows = [episode("C1", "10/05/2009", "S", "01/06/2017", "E4A")]
    (coverage,) = returned(tmp_path, e=[EPISODES, *rows]).coverage
    assert coverage.start == date(2017, 4, 1)


def test_a_slip_of_the_hand_does_not_stretch_a_county_s_years():
    year = [date(2017, 4, 1).fromordinal(date(2017, 4, 1).toordinal() + n) for n in range(0, 365, 2)]
    slips = {date(2019, 7, 3), date(2016, 7, 3)}
    assert span(set(year) | slips, set(year) | slips, date(2026, 1, 1)) == (date(2017, 4, 1), date(2018, 3, 31))
    two = [day.replace(year=day.year - 1) for day in year]
    assert span(set(year), {*year, *two}, date(2026, 1, 1))[0] == date(2016, 4, 1)


def test_a_file_that_breaks_off_answers_for_nothing(tmp_path):
    told = returned(tmp_path, e=IN_CARE, r=f'{REVIEWS}\nC1,,01/02/2018,PN1\nC1,,"01/03/2018,PN1\n')
    (coverage,) = told.coverage
    assert "care_review_held" not in coverage.kinds
    assert "care_started" in coverage.kinds
    assert [s.row for s in told.statements if s.table == "reviews"] == [2]


# -- XML ----------------------------------------------------------------------------------------------

XML = f"""<?xml version='1.0' encoding='us-ascii'?>
<EXPSSDA903>
  <CHILD>
    <HEADER>
      <CHILDID>C1</CHILDID><UPN>{SOUND_UPN}</UPN><SEX>2</SEX><DOB>15/06/2011</DOB><ETHNIC>WBRI</ETHNIC><UASC>1</UASC>
      <DUC>15/06/2029</DUC>
      <AREVIEW><REVIEW>01/02/2018</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
      <AREVIEW><REVIEW>01/09/2018</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
      <AMISSING><MISSING>A</MISSING><MIS_START>02/02/2018</MIS_START></AMISSING>
      <MOTHER /><MC_DOB />
      <PERMANENCE><PREV_PERM>Z1</PREV_PERM></PERMANENCE>
      <OC2><SDQ_SCORE>21</SDQ_SCORE><CONVICTED>1</CONVICTED></OC2>
      <AD_PLACED><DATE_PLACED>03/06/2017</DATE_PLACED></AD_PLACED>
    </HEADER>
    <EPISODE><DECOM>10/05/2017</DECOM><RNE>S</RNE><LS>C1</LS><CIN>N4</CIN><PL>R5</PL><PL_POST>BT9 9AA</PL_POST>
      <HOME_POST>BT1 5GS</HOME_POST><PLACE_PROVIDER>PR2</PLACE_PROVIDER><DEC /><REC>X1</REC></EPISODE>
  </CHILD>
</EXPSSDA903>
"""


def test_an_xml_return_is_the_same_rows(tmp_path):
    told = returned(tmp_path, all=XML)
    assert sorted(((s.table, s.row, s.outcome) for s in told.statements), key=lambda row: row[1]) == [
        ("header", 4, NO_EVENT),
        ("uasc", 4, NO_EVENT),
        ("reviews", 7, USED),
        ("reviews", 8, NO_EVENT),
        ("missing", 9, USED),
        ("previous_permanence", 11, NO_EVENT),
        ("oc2", 12, NO_EVENT),
        ("placed_for_adoption", 13, USED),
        ("episodes", 15, USED_WITH_FAULTS),
    ]
    (person,) = told.persons
    assert (person.key, person.upn, person.dob) == ("la|ssda903|C1", SOUND_UPN, date(2011, 6, 15))
    home = next(e for e in children(told)["C1"].events if e.kind == "placement_started")
    assert (home.details["placement_type"], home.details["postcode"]) == ("R5", "BT9 9AA")
    assert sorted(told.rules) == ["reason-without-end 903-148", "review-ahead 903-166"]
    assert told.coverage[0].kinds >= {"care_started", "care_review_held", "missing_start", "adoption_match"}
    assert "deprivation_of_liberty_started" not in told.coverage[0].kinds


def test_rows_of_an_xml_file_without_line_ends_are_told_apart(tmp_path):
    told = returned(tmp_path, all=XML.replace("\n", " "))
    assert [s.row for s in told.statements if s.table == "reviews"] == [1, 2]


def test_xml_with_a_namespace_and_strange_elements_is_read(tmp_path):
    strange = XML.replace("<EXPSSDA903>", '<EXPSSDA903 xmlns="urn:x">').replace("<MOTHER />", "<SHOE>4</SHOE><SHOE/>")
    told = returned(tmp_path, all=strange.replace("<REC>X1</REC>", "<HAT>1</HAT>"))
    assert len(told.statements) == 9
    assert {f.column for f in told.faults if f.rule == "element-unknown"} == {"SHOE", "EPISODE/HAT"}


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE EXPSSDA903 [<!ENTITY a "boo"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE EXPSSDA903 [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE EXPSSDA903 SYSTEM "http://127.0.0.1:9/return.dtd">',
    ],
)
def test_a_file_with_entities_or_a_document_type_is_not_read(tmp_path, prologue):
    text = XML.replace("?>\n", f"?>\n{prologue}\n", 1).replace("PN1", "&a;" if "a " in prologue else "PN1")
    told = returned(tmp_path, all=text)
    assert not told.statements
    assert not told.coverage
    assert told.fault("xml-doctype").severity == ERROR


def test_a_billion_laughs_costs_nothing(tmp_path):
    names = [f"e{n}" for n in range(12)]
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in pairwise(names)
    )
    text = f"<!DOCTYPE x [{entities}]>\n{XML.partition('?>')[2]}".replace("C1<", "&e11;<", 1)
    told = returned(tmp_path, all=text)
    assert not told.statements
    assert {"xml-doctype", "xml-broken"} & set(told.rules)


def test_an_xml_file_cut_short_gives_what_stood_before(tmp_path):
    two = XML.replace("</EXPSSDA903>", XML.partition("<EXPSSDA903>")[2].replace(">C1<", ">C9<"))
    told = returned(tmp_path, all=two[: two.index("</CHILD>", two.index("C9")) - 40])
    assert {s.values[0] for s in told.statements} == {"C1"}
    assert told.fault("xml-broken").row > 15
    assert not told.coverage


def test_the_feed_says_what_it_looks_for():
    assert "EXPSSDA903" in FEED.looked_for
    assert FEED.tables["reviews"] == ("CHILD", "DOB", "REVIEW", "REVIEW_CODE")
