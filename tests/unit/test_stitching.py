"""Yearly SSDA903 returns laid end to end: the classic faults, one child for each."""

from datetime import date

import pytest

from returns import EPISODES, HEADER, children, days, episode, returned, rules
from throughline.feeds.base import QUERY, REPAIRED, REPEATED
from throughline.feeds.ssda903 import FEED

CARE = ("care_started", "in_care_at", "care_ended")
# Somebody in care throughout, so that each year has a return and its year can be told.
MOVES = [2014, 2015, 2016, 2017, 2018]


def year(*rows, upto):
    """The episodes of one return: the rows, and those of a child always in care as they stood then."""
    steady = []
    for start in (move for move in MOVES if move < upto):
        ended = start + 1 < upto
        end = {"dec": f"10/10/{start + 1}", "rec": "X1"} if ended else {}
        steady.append(episode("ALWAYS", f"10/10/{start}", "S" if start == 2014 else "P", **end))
    return [EPISODES, *steady, *rows]


@pytest.fixture
def returns(tmp_path):
    """Three returns: to March 2016, 2017 and 2018, each a list of the rows of the child in question."""

    def read(first=(), second=(), third=()):
        told = returned(
            tmp_path,
            y2016__episodes=year(*first, upto=2016),
            y2017__episodes=year(*second, upto=2017),
            y2018__episodes=year(*third, upto=2018),
        )
        return children(told, covered_to={"la": date(2018, 3, 31)})["C"]

    return read


def test_an_episode_that_a_later_return_closes_is_one_episode(returns):
    child = returns(
        first=[episode("C", "01/02/2016", "S")],
        second=[episode("C", "01/02/2016", "S", "09/09/2016", "E4A")],
    )
    assert days(child, *CARE) == [("care_started", "2016-02-01"), ("care_ended", "2016-09-09")]
    assert not set(rules(child)) - {"child-not-in-header 903-INT03"}


def test_left_open_and_gone_from_later_returns_left_care_by_the_end_of_that_year(returns):
    child = returns(first=[episode("C", "10/05/2015", "S", LS="J1")])
    assert days(child, *CARE) == [("care_started", "2015-05-10"), ("care_ended", "2016-03-31")]
    fault = next(f for f in child.faults if f.rule == "episode-not-carried-on 903-1010")
    assert fault.severity == REPAIRED
    assert fault.value == ""


def test_the_row_as_it_was_sent_is_kept_when_it_is_repaired(returns):
    child = returns(first=[episode("C", "10/05/2015", "S")])
    ended = next(e for e in child.events if e.kind == "care_ended")
    assert ended.statement.values[7] == ""
    assert ended.statement.given[1] == "10/05/2015"
    assert ended.details["reason"] == ""


def test_left_open_in_the_latest_return_is_still_open(returns):
    child = returns(third=[episode("C", "10/05/2017", "S")])
    assert days(child, *CARE) == [("care_started", "2017-05-10")]


def test_left_open_and_followed_goes_on_to_the_next_start(returns):
    child = returns(
        first=[episode("C", "13/01/2016", "S", PLACE="U4")],
        third=[episode("C", "20/08/2017", "P", "21/03/2018", "E6", PLACE="K2", PL_POST="BT9 9AA")],
    )
    assert days(child, "placement_ended", "placement_started") == [
        ("placement_started", "2016-01-13"),
        ("placement_ended", "2017-08-20"),
        ("placement_started", "2017-08-20"),
        ("placement_ended", "2018-03-21"),
    ]
    assert days(child, *CARE) == [("care_started", "2016-01-13"), ("care_ended", "2018-03-21")]
    assert "episode-left-open 903-142" in rules(child)


def test_left_open_and_followed_by_a_new_start_ended_the_day_before(returns):
    child = returns(
        second=[
            episode("C", "24/10/2016", "S"),
            episode("C", "20/02/2017", "S", "13/03/2017", "E8", PL_POST="BT9 9AA"),
        ],
    )
    assert days(child, *CARE) == [
        ("care_started", "2016-10-24"),
        ("care_ended", "2017-02-19"),
        ("care_started", "2017-02-20"),
        ("care_ended", "2017-03-13"),
    ]


def test_left_open_with_a_new_start_a_year_later_ended_with_its_own_year(returns):
    child = returns(
        first=[episode("C", "24/10/2015", "S")],
        second=[episode("C", "20/12/2016", "S", "13/03/2017", "E8", PL_POST="BT9 9AA")],
    )
    assert ("care_ended", "2016-03-31") in days(child, "care_ended")


def test_the_same_open_episode_with_another_start_is_told_once(returns):
    child = returns(
        first=[episode("C", "27/09/2015", "S")],
        second=[episode("C", "23/09/2015", "S", "30/05/2016", "E2")],
    )
    assert days(child, *CARE) == [("care_started", "2015-09-23"), ("care_ended", "2016-05-30")]
    assert "episode-repeated" in rules(child)
    assert REPEATED in child.outcomes.values()


def test_an_open_episode_replaced_in_a_later_return_gives_way(returns):
    child = returns(
        first=[
            episode("C", "25/11/2015", "S", "25/01/2016", "X1", PLACE="U3"),
            episode("C", "22/03/2016", "T", LS="C1", PLACE="U1"),
        ],
        second=[episode("C", "25/01/2016", "L", "16/05/2016", "E45", LS="C1", PLACE="U3")],
    )
    assert days(child, *CARE) == [("care_started", "2015-11-25"), ("care_ended", "2016-05-16")]
    assert "episode-replaced" in rules(child)


def test_a_start_given_again_for_another_reason_gives_way_to_the_later_return(returns):
    child = returns(
        first=[episode("C", "25/11/2015", "P", "01/02/2016", "E4A")],
        second=[episode("C", "25/11/2015", "S", "01/02/2016", "E4A")],
    )
    assert days(child, *CARE) == [("care_started", "2015-11-25"), ("care_ended", "2016-02-01")]


def test_an_end_after_the_next_start_is_moved_to_it(returns):
    child = returns(
        third=[
            episode("C", "23/11/2017", "S", "24/12/2017", "X1"),
            episode("C", "20/12/2017", "P", "19/02/2018", "E4A", PL_POST="BT9 9AA"),
        ],
    )
    assert ("placement_ended", "2017-12-20") in days(child, "placement_ended")
    (fault,) = [f for f in child.faults if f.rule == "episode-overlap 903-501"]
    assert (fault.severity, fault.value, fault.around) == (REPAIRED, "2017-12-24", date(2017, 11, 23))


def test_a_gap_after_next_episode_follows_is_closed(returns):
    child = returns(
        third=[
            episode("C", "23/06/2017", "S", "01/09/2017", "X1"),
            episode("C", "10/09/2017", "P", "19/02/2018", "E4A", PL_POST="BT9 9AA"),
        ],
    )
    assert days(child, *CARE) == [("care_started", "2017-06-23"), ("care_ended", "2018-02-19")]
    assert ("placement_ended", "2017-09-10") in days(child, "placement_ended")
    assert "episode-gap 903-433" in rules(child)


def test_an_end_of_care_and_a_gap_are_two_times_in_care(returns):
    child = returns(
        third=[
            episode("C", "23/06/2017", "S", "01/09/2017", "E4A"),
            episode("C", "10/10/2017", "S", "19/02/2018", "E4A"),
        ],
    )
    assert [kind for kind, _ in days(child, *CARE)] == ["care_started", "care_ended"] * 2
    assert "903-" not in "".join(rules(child)).replace("903-INT03", "")


def test_after_a_gap_without_a_start_the_child_is_already_in_care(returns):
    child = returns(
        third=[
            episode("C", "23/06/2017", "S", "01/09/2017", "E4A"),
            episode("C", "10/10/2017", "P"),
        ],
    )
    assert ("in_care_at", "2017-10-10") in days(child, *CARE)
    (fault,) = [f for f in child.faults if f.rule == "care-start-missing 903-432"]
    assert fault.severity == QUERY


def test_care_goes_on_when_the_next_episode_follows_at_once(returns):
    child = returns(
        third=[
            episode("C", "23/06/2017", "S", "01/09/2017", "E4A"),
            episode("C", "01/09/2017", "P", PL_POST="BT9 9AA"),
        ],
    )
    assert days(child, *CARE) == [("care_started", "2017-06-23")]
    assert "care-goes-on 903-432" in rules(child)


def test_a_start_in_the_middle_of_care_starts_nothing(returns):
    child = returns(
        third=[
            episode("C", "23/06/2017", "S", "01/09/2017", "X1"),
            episode("C", "01/09/2017", "S", PL_POST="BT9 9AA"),
        ],
    )
    assert days(child, *CARE) == [("care_started", "2017-06-23")]
    assert "care-goes-on 903-431" in rules(child)


def test_back_on_the_day_of_leaving_is_asked_about(returns):
    child = returns(
        third=[
            episode("C", "23/06/2017", "S", "01/09/2017", "E4A"),
            episode("C", "01/09/2017", "S"),
        ],
    )
    assert [kind for kind, _ in days(child, *CARE)] == ["care_started", "care_ended", "care_started"]
    assert "care-restarted-same-day 903-431" in rules(child)


def test_next_episode_follows_but_none_does(returns):
    child = returns(third=[episode("C", "23/06/2017", "S", "01/09/2017", "X1")])
    assert days(child, *CARE) == [("care_started", "2017-06-23")]
    assert days(child, "placement_ended") == [("placement_ended", "2017-09-01")]
    assert "episode-not-followed 903-388" in rules(child)


def test_next_episode_follows_but_no_later_return_has_the_child(returns):
    child = returns(first=[episode("C", "23/06/2015", "S", "01/09/2015", "X1")])
    assert days(child, *CARE) == [("care_started", "2015-06-23"), ("care_ended", "2015-09-01")]
    assert "episode-not-carried-on 903-388" in rules(child)


def test_five_years_in_one_file_with_a_year_column(tmp_path):
    rows = [
        ("2016", episode("GONE", "2015-05-10", "S")),
        ("2016", episode("GOES_ON", "2016-01-13", "S")),
        ("2018", episode("GOES_ON", "2017-08-20", "P", "2018-03-21", "E6", PL_POST="BT9 9AA")),
        ("2018", episode("OPEN", "2017-12-15", "S")),
    ]
    told = returned(tmp_path, all=[f"{EPISODES},LA,YEAR", *(f"{row},Sutton,{y}" for y, row in rows)])
    found = children(told)
    assert days(found["GONE"], "care_ended") == [("care_ended", "2016-03-31")]
    assert days(found["GOES_ON"], "care_ended") == [("care_ended", "2018-03-21")]
    assert not days(found["OPEN"], "care_ended")
    assert {s.said_by for s in told.statements} == {"la:sutton"}


def test_two_authorities_rows_are_never_stitched_together(tmp_path):
    rows = [
        f"{episode('C', '10/05/2017', 'S')},301",
        f"{episode('C', '10/07/2017', 'S')},302",
    ]
    told = returned(tmp_path, episodes=[f"{EPISODES},LA", *rows], header=[HEADER, "C,1,01/01/2010,WBRI,,,"])
    derived = FEED.events([s for s in told.statements if s.table == "episodes"])
    assert [kind for kind, _ in days(derived, *CARE)] == ["care_started", "care_started"]
