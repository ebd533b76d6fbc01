"""Looking wider: the numbers of an area against what was counted by hand, and what cannot be told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from areas import (
    BEYOND,
    HERE,
    PLACES,
    THERE,
    ask,
    children,
    counted,
    hold,
    missing,
    owe,
    page,
    placed,
    postcodes,
    table,
    tell,
    texts,
)  # fmt: skip
from stores import NOW, TODAY, person
from throughline.measures import ALL, Shown
from throughline.web.casework.reading import area_counts

pytestmark = pytest.mark.django_db

ABSENCE = ("missing_start", "missing_end")


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def exactly(n: int) -> Shown:
    return Shown("exact", n)


# --- the numbers, against what was put there by hand ------------------------------------------------------


def test_who_is_missing_is_counted_by_area_and_by_hours() -> None:
    tell("police:castlereach", ABSENCE)
    missing(children(6), hours=5)
    missing(children(7), hours=30)
    missing(children(5), hours=90)
    missing(children(8, THERE), hours=2)
    hold(children(9), "missing", TODAY - timedelta(9), end=TODAY - timedelta(8))  # they are back
    so = counted().so["missing"]
    assert [so.at(HERE, slot) for slot in ("under_24h", "under_72h", "over_72h", "not_known")] == [
        exactly(6), exactly(7), exactly(5), exactly(0),
    ]  # fmt: skip
    assert so.at(THERE, ALL) == exactly(8)
    assert so.at(ALL, ALL) == exactly(26)


def test_a_child_missing_since_a_day_without_its_time_is_over_72_hours_only_when_that_is_sure() -> None:
    tell("police:castlereach", ABSENCE)
    hold(children(6), "missing", TODAY - timedelta(3))
    hold(children(7), "missing", TODAY - timedelta(4))
    so = counted().so["missing"]
    assert (so.at(HERE, "not_known"), so.at(HERE, "over_72h")) == (exactly(6), exactly(7))


def test_a_child_told_missing_twice_over_is_one_child() -> None:
    tell("police:castlereach", ABSENCE)
    who = children(6)
    missing(who, hours=5)
    missing(who, hours=40)
    assert counted().so["missing"].at(HERE, ALL) == exactly(6)


def test_children_out_of_school_fall_into_the_day_counts_of_practice() -> None:
    tell("la_education:971", ("education_status_started", "education_status_ended"))
    for days, how_many in ((41, 5), (42, 6), (119, 7), (122, 8)):
        hold(children(how_many), "out_of_school", TODAY - timedelta(days))
    so = counted().so["out_of_school"]
    assert [so.at(HERE, slot) for slot in ("under_6w", "under_4m", "over_4m")] == [exactly(5), exactly(13), exactly(8)]


def test_a_question_waits_until_its_own_answer() -> None:
    tell("camhs:971", ("camhs_referral", "camhs_decision"))
    long_ago, lately = TODAY - timedelta(130), TODAY - timedelta(50)
    ask(children(6), "camhs_referral", long_ago, ref="R-1")
    answered = children(5)
    ask(answered, "camhs_referral", lately, ref="R-2")
    ask(answered, "camhs_decision", TODAY, ref="R-2")
    other = children(7)
    ask(other, "camhs_referral", lately, ref="R-3")
    ask(other, "camhs_decision", TODAY, ref="R-4")  # an answer to something else
    so = counted().so["mental_health"]
    assert (so.at(HERE, "under_18w"), so.at(HERE, "over_18w"), so.at(HERE, ALL)) == (
        exactly(7),
        exactly(6),
        exactly(13),
    )


def test_only_a_positive_first_decision_waits_for_the_final_one() -> None:
    tell("competent_authority", ("nrm_reasonable_grounds", "nrm_conclusive_grounds", "nrm_referral"))
    ask(children(6), "nrm_reasonable_grounds", TODAY - timedelta(9), marks=["positive"])
    ask(children(8), "nrm_reasonable_grounds", TODAY - timedelta(9), marks=["negative"])
    assert counted().so["nrm_final"].at(HERE, ALL) == exactly(6)


def test_interviews_are_counted_by_quarter_and_what_cannot_be_told_is_never_folded_in() -> None:
    march = date(2026, 3, 10)
    owe(children(9), "rhi-72h", march, met_on=march, in_time=True)
    owe(children(6), "rhi-72h", march, met_on=TODAY, in_time=False)
    owe(children(7), "rhi-72h", march)
    owe(children(8), "rhi-72h", march, covered_to=date(2026, 2, 1))
    owe(children(5), "rhi-72h", march, met_on=march, in_time=True, met_route="declined after an offer")
    owe(children(30), "rhi-72h", TODAY + timedelta(2))  # not yet due
    quarters = counted().quarters
    shown = {each: quarters.at(HERE, "2026-Q1", each) for each in ("in_time", "late", "declined", "not_held")}
    assert shown == {"in_time": exactly(9), "late": exactly(6), "declined": exactly(5), "not_held": exactly(7)}
    assert quarters.at(HERE, "2026-Q1", "cannot_tell") == exactly(8)
    assert quarters.at(HERE, ALL, ALL) == exactly(35)


def test_what_was_long_past_when_first_heard_of_is_history_and_not_late_work() -> None:
    owe(children(6), "rhi-72h", TODAY - timedelta(9))
    owe(children(9), "rhi-72h", TODAY - timedelta(90), learnt_on=TODAY)
    assert counted().so["interviews_late"].at(HERE, ALL) == exactly(6)


def test_who_is_placed_away_and_how_far_from_home() -> None:
    tell("la:971", ("placement_started", "placement_ended"))
    postcodes(PLACES)
    hold(children(1, THERE) + children(1, BEYOND), "out_of_school")  # so that there is something told of each area
    placed(6, "ZH1 1AA")
    placed(7, "ZW1 1AA")  # 16 km, 9.9 miles
    placed(8, "zc11aa")
    placed(9, "B1 1AA")
    placed(5, "ZZ9 9ZZ")  # in no directory
    c = counted()
    assert c.flows.at(HERE, THERE) == exactly(7)
    assert c.flows.at(HERE, BEYOND) == exactly(8)
    assert c.flows.at(HERE, area_counts.ELSEWHERE) == exactly(9)
    assert c.so["out_of_area"].at(HERE, ALL) == exactly(24)
    assert c.cannot_tell["out_of_area"].at(HERE) == exactly(5)
    assert [c.distances.at(HERE, band) for band in ("under_5", "under_10", "over_20")] == [
        exactly(6), exactly(7), exactly(17),
    ]  # fmt: skip
    assert c.distances_unknown.at(HERE) == exactly(5)


def test_a_protected_address_is_in_no_flow_and_no_distance() -> None:
    tell("la:971", ("placement_started",))
    postcodes(PLACES)
    placed(6, "B1 1AA", tags=["PROT-ADDR"])
    c = counted()
    assert c.flows.at(HERE, ALL) == exactly(0)
    assert (c.distances.at(HERE, ALL), c.distances_unknown.at(HERE)) == (exactly(0), exactly(6))


def test_a_child_whose_presence_is_sealed_is_in_no_number() -> None:
    tell("police:castlereach", ABSENCE)
    missing(children(6), hours=5)
    missing(children(7, level="SL5"), hours=5)
    missing(children(8, tags=["PROT-PERSON"]), hours=5)
    sealed = children(9)
    hold(sealed, "missing", TODAY, level="SL5")
    assert counted().so["missing"].at(ALL, ALL) == exactly(6)


# --- what cannot be told ------------------------------------------------------------------------------------


def test_an_area_gone_silent_is_not_counted_as_still_so_and_says_whose_file_would_answer() -> None:
    person("police_desk", "Pat Torrin", agency="police:torrin", phone="01632 960777")
    tell("police:torrin", ABSENCE, until=date(2026, 4, 3), la=THERE)
    tell("police:castlereach", ABSENCE, la=HERE)
    missing(children(6, THERE), hours=500)
    missing(children(5), hours=5)
    shown = {figure.id: figure for figure in page().figures}["missing"]
    assert (shown.n, shown.cannot_tell) == ("5", "6")
    (why,) = shown.why
    assert why == (
        "Wendmoor: nothing from Torrin police since 3 Apr 2026 (received 3 Apr 2026): ring Pat Torrin, 01632 960777"
    )
    there = {figure.id: figure for figure in page("972").figures}["missing"]
    assert (there.n, there.cannot_tell) == ("cannot tell", "6")
    assert there.known_to == date(2026, 4, 3)


def test_where_nobody_has_ever_sent_it_those_who_usually_do_are_named() -> None:
    hold(children(6), "out_of_school")
    shown = {figure.id: figure for figure in page("971").figures}
    assert shown["mental_health"].n == "cannot tell"
    assert shown["mental_health"].why == ("Nothing yet from CAMHS",)


def test_a_month_nobody_told_of_is_not_a_month_without_anyone_missing() -> None:
    tell("police:castlereach", ABSENCE, since=date(2026, 1, 1))
    missing(children(6), hours=5)
    rows = texts(table(page("971"), "missing-months").rows)
    assert rows["Apr 2026"] == ("6", "")
    assert rows["Feb 2026"] == ("0", "")
    assert rows["Dec 2025"] == ("cannot tell", "cannot tell")
