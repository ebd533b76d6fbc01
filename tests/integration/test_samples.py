"""The published samples go in whole: every row accounted for, every oddity repaired and said, or refused and said.

They were written by others (data-to-insight, MIT licence) and lie beside the project; see formats §2.
"""

from collections import Counter
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from feeding import Told
from throughline import feeds
from throughline.feeds.base import NO_EVENT, OUTCOMES, REFUSED, REPEATED, USED, USED_WITH_FAULTS, Context
from throughline.feeds.cells import upn_is_sound
from throughline.records import standing

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
RECEIVED = date(2026, 11, 22)

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="THE PUBLISHED SAMPLES ARE NOT THERE: ../shared/samples beside the project"
)


@pytest.fixture(scope="module")
def ssda903():
    return _read("ssda903")


@pytest.fixture(scope="module")
def cin():
    return _read("cin_census")


def _read(folder):
    return Told(feeds.read(feeds.open_sources(SAMPLES / folder), Context(RECEIVED)))


@pytest.fixture(scope="module")
def lives(ssda903):
    """What each child's 903 rows come to, by the child's id."""
    return _lives(ssda903, "ssda903")


def _lives(told, feed):
    live = sorted((s for s in told.statements if s.outcome != REFUSED), key=lambda s: s.person)
    found = {}
    for person, said in groupby(live, key=lambda s: s.person):
        found[person.rpartition("|")[2]] = feeds.get(feed).events(standing(said)[0])
    return found


def _rows(told, file):
    return Counter(s.table for s in told.statements if s.file == file)


def _count(lives, rule):
    return sum(fault.rule.startswith(rule) for derived in lives.values() for fault in derived.faults)


def test_every_file_is_known_and_every_row_is_one_of_the_five(ssda903, cin):
    for told in (ssda903, cin):
        assert all(file.feed for file in told.files)
        for file in told.files:
            outcomes = Counter(s.outcome for s in told.statements if s.file == file.file)
            assert set(outcomes) <= set(OUTCOMES)
            assert outcomes.total() == file.rows > 0


def test_the_rows_of_the_903_tables(ssda903):
    expected = {
        "header": 2_675,
        "episodes": 5_050,
        "reviews": 12_582,
        "missing": 43,
        "oc2": 2_675,
        "oc3": 53,
        "uasc": 132,
        "previous_permanence": 2_675,
        "ad1": 29,
        "placed_for_adoption": 29,
        "sw_episodes": 1,
    }
    for table, rows in expected.items():
        assert _rows(ssda903, f"{table}.csv") == {table: rows}
    assert _rows(ssda903, "placed_for_adoption_errors.csv") == {"placed_for_adoption": 30}
    assert _rows(ssda903, "DoLo.csv") == {"deprivation_of_liberty": 1}
    assert _rows(ssda903, "fake_903.xml") == {
        "header": 253,
        "episodes": 459,
        "reviews": 1_206,
        "missing": 6,
        "oc2": 253,
        "oc3": 6,
        "uasc": 12,
        "previous_permanence": 253,
        "ad1": 3,
        "placed_for_adoption": 3,
    }


def test_what_became_of_the_903_rows_as_they_were_read(ssda903):
    assert ssda903.outcomes == {USED: 17_758, USED_WITH_FAULTS: 4_424, NO_EVENT: 6_247}


def test_the_children_of_the_xml_are_others(ssda903):
    named = {p.file: {q.la_id for q in ssda903.persons if q.file == p.file} for p in ssda903.persons}
    assert len(named["header.csv"]) == 2_675
    assert len(named["fake_903.xml"]) == 253
    assert not named["header.csv"] & named["fake_903.xml"]
    assert named["sw_episodes.csv"] == {"CHILD10"}


def test_upns_of_the_header(ssda903):
    rules = Counter(f.rule for f in ssda903.faults if f.file == "header.csv")
    assert rules["upn-shape 903-168"] == 296
    assert sum(upn_is_sound(p.upn) for p in ssda903.persons if p.file == "header.csv") == 107


def test_reasons_without_an_end(ssda903):
    rows = [s for s in ssda903.statements if s.file == "episodes.csv" and s.outcome == USED_WITH_FAULTS]
    assert len(rows) == 1_413
    assert sum(s.values[8] == "X1" for s in rows) == 1_060
    said = [f for f in ssda903.faults if f.rule == "reason-without-end 903-148" and f.file == "episodes.csv"]
    assert [f.row for f in said] == [s.row for s in rows]


def test_episodes_that_overlap_or_were_left_open(ssda903, lives):
    in_csv = {p.la_id for p in ssda903.persons if p.file == "header.csv"}
    found = {child: derived for child, derived in lives.items() if child in in_csv}
    assert _count(found, "episode-overlap") == 62
    assert _count(found, "episode-left-open") == 10


def test_reviews_of_children_without_an_episode(ssda903, lives):
    in_csv = {p.la_id for p in ssda903.persons if p.file == "header.csv"}
    without = {child: d for child, d in lives.items() if child in in_csv and _count({child: d}, "review-without")}
    assert _count(without, "review-without-episode") == 3_070
    held = sum(event.kind == "care_review_held" for derived in without.values() for event in derived.events)
    assert held == 3_031  # the rest are booked for later or told twice


def test_reviews_booked_beyond_the_day_of_receipt_are_no_events(ssda903, lives):
    ahead = [f for f in ssda903.faults if f.rule.startswith("review-ahead")]
    booked = [s for s in ssda903.statements if s.table == "reviews" and s.outcome == NO_EVENT]
    assert len(ahead) == len(booked) == 75
    reviews = [e for derived in lives.values() for e in derived.events if e.kind == "care_review_held"]
    assert max(e.happened_on for e in reviews) <= RECEIVED


def test_times_missing(lives):
    events = Counter(e.kind for derived in lives.values() for e in derived.events)
    assert events["missing_start"] == events["missing_end"] == 43 + 6


def test_codes_that_are_none_are_said_and_the_rows_kept(ssda903):
    unknown = Counter((f.column, f.value) for f in ssda903.faults if f.rule.startswith("code-unknown"))
    assert unknown == {("REASON_PLACED_CEASED", "XXX"): 29 + 30 + 3, ("SW_REASON", "SWLAZY"): 1}


def test_the_same_decision_told_in_two_files_is_told_once(ssda903):
    placed = [s for s in ssda903.statements if s.table == "placed_for_adoption"]
    stands, again = standing(placed)
    assert (len(stands), len(again)) == (61, 1)


def test_the_return_is_silent_after_march_2018(ssda903):
    (coverage,) = ssda903.coverage
    assert coverage.end == date(2018, 3, 31)
    assert coverage.start == date(2014, 4, 1)
    assert coverage.kinds >= {"care_started", "care_review_held", "missing_start"}


def test_care_that_is_still_open_at_the_end(ssda903, lives):
    in_csv = {p.la_id for p in ssda903.persons if p.file == "header.csv"}
    open_care = 0
    for child in in_csv:
        events = Counter(e.kind for e in lives[child].events)
        open_care += events["care_started"] + events["in_care_at"] - events["care_ended"]
    # 1,408 have a row without an end; of these 5 have a later row that ends their care, and 8 more
    # children's last row ends on 1 April 2018 because the next year's return goes on from there.
    assert open_care == 1_408 - 5 + 8


def test_received_while_the_return_was_young_half_the_reviews_lie_ahead():
    told = Told(feeds.read(feeds.open_sources(SAMPLES / "ssda903"), Context(date(2018, 3, 31))))
    ahead = [s for s in told.statements if s.file == "reviews.csv" and s.outcome == NO_EVENT]
    assert len(ahead) == 5_042


def test_the_census_children_and_their_referrals(cin):
    assert _rows(cin, "fake_CIN_data.xml") == {"child": 332, "cin_episode": 402}
    assert len({p.la_id for p in cin.persons if p.file == "fake_CIN_data.xml"}) == 332
    assert sum(upn_is_sound(p.upn) for p in cin.persons if p.file == "fake_CIN_data.xml") == 12


def test_the_census_oddities_are_said(cin):
    said = {}
    for fault in cin.faults:
        said.setdefault(fault.rule, set()).add((fault.file, fault.value))
    modern = "CIN_Census_2024.xml"
    assert (modern, "PersonBirthDate") in said["stray-text"]
    assert (modern, "RB") in said["code-unknown"]
    assert (modern, "2028-04-28") in said["date-future"]
    assert (modern, "") in said["factors-empty"]
    assert (modern, "2024-03-31") in said["reference-date-not-of-year cin-100"]
    assert ("CIN_header_issues_100.xml", "2023-03-28") in said["reference-date-not-of-year cin-100"]
    assert len(said["flag-spelt-out"]) == 3


def test_census_events(cin):
    events = Counter(e.kind for derived in _lives(cin, "cin_census").values() for e in derived.events)
    assert events["referral"] == sum(s.table == "cin_episode" and s.outcome != REFUSED for s in cin.statements)
    assert events["initial_conference"] == 350
    assert {"assessment_completed", "cp_plan_started", "review_conference", "s47_started"} <= events.keys()


def test_nothing_is_repeated_that_was_sent_once(ssda903, lives):
    again = [row for derived in lives.values() for row, outcome in derived.outcomes.items() if outcome == REPEATED]
    assert {table for table, _, _ in again} == {"reviews"}
    assert len(again) == 2
