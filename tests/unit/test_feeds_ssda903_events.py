"""What a child's rows of an SSDA903 return say together, how long they hold good, and the XML form."""

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
