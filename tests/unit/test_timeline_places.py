"""Where a placement lies: miles, whose area at the time, in or out; and never in where nobody can tell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from house import SAMPLES
from throughline import timeline
from throughline.feeds.base import Event, Statement
from throughline.feeds.postcodes import Directory, PostcodeIndex, Spot
from throughline.timeline.places import Places

DIRECTORY = {
    "ZH1 1AA": Spot("E06999971", 535500, 595500),
    "ZH1 1AB": Spot("E06999971", 536500, 595500),
    "ZW1 1AA": Spot("E06999972", 556000, 616000),
    "ZT1 1AA": Spot("E06999974", 584000, 610000),
    "LA9 4AA": Spot("E06000064", 351500, 492700),
    "CA1 1AA": Spot("E06000063", 340000, 555900),
    "BH1 1AA": Spot("E06000058", 408500, 91200),
    "EH1 1AA": Spot("S12000036", 325900, 673800),
    "BT1 1AA": Spot("N09000003", 333800, 374500),
    "BT2 7AA": Spot("N09000003", 333800, 373500),
    "ZX1 1AA": Spot("E06555555", 1000, 1000),
    "ZX1 1AB": Spot("E06999971", None, None),
}
DAY = date(2024, 5, 3)


@pytest.fixture
def places() -> Places:
    return Places(DIRECTORY.get)


@pytest.mark.parametrize(
    ("postcode", "home", "day", "responsible", "expected"),
    [
        # in and out
        ("ZH1 1AB", "ZH1 1AA", DAY, "la:971", ("la:971", "la:971", "0.6", "no", "no")),
        ("ZW1 1AA", "ZH1 1AA", DAY, "la:971", ("la:971", "la:972", "18.0", "yes", "no")),
        ("ZT1 1AA", "ZH1 1AA", DAY, "la:971", ("la:971", "la:974", "31.5", "yes", "yes")),
        # the authority at the time: a placement in Kendal was in Cumbria until April 2023
        ("LA9 4AA", "CA1 1AA", date(2019, 6, 1), "la:909", ("la:909", "la:909", "39.9", "no", "no")),
        ("LA9 4AA", "CA1 1AA", date(2024, 6, 1), "la:942", ("la:942", "la:943", "39.9", "yes", "")),
        # other countries are out, and whether they border is not in our words
        ("EH1 1AA", "ZH1 1AA", DAY, "la:971", ("la:971", "Scotland", "139.0", "yes", "")),
        # two grids have no straight line between them; within Northern Ireland there is one
        ("BT1 1AA", "ZH1 1AA", DAY, "la:971", ("la:971", "Northern Ireland", "", "yes", "")),
        ("BT1 1AA", "BT2 7AA", DAY, "la:971", ("Northern Ireland", "Northern Ireland", "0.6", "yes", "")),
        # one of three authorities: out of any that is none of them, cannot tell for one of them
        ("BH1 1AA", "", date(2018, 1, 1), "la:971", ("", "", "", "yes", "")),
        ("BH1 1AA", "", date(2018, 1, 1), "la:835", ("", "", "", "", "")),
        # not known is never in, and never out
        ("QQ1 1AA", "ZH1 1AA", DAY, "la:971", ("la:971", "", "", "", "")),
        ("", "ZH1 1AA", DAY, "la:971", ("la:971", "", "", "", "")),
        ("ZX1 1AA", "", DAY, "la:971", ("", "", "", "", "")),  # an area no list of ours has
        ("ZH1 1AB", "ZH1 1AA", DAY, "", ("la:971", "la:971", "0.6", "", "")),
        ("ZH1 1AB", "ZH1 1AA", DAY, "la:000", ("la:971", "la:971", "0.6", "", "")),
        # in an area, though nobody knows where in it
        ("ZX1 1AB", "ZH1 1AA", DAY, "la:971", ("la:971", "la:971", "", "no", "no")),
    ],
)
def test_where_a_placement_lies(
    places: Places, postcode: str, home: str, day: date, responsible: str, expected: tuple[str, ...]
) -> None:
    assert tuple(places.whereabouts(postcode, home, day, responsible)) == expected


@given(st.sampled_from(sorted(DIRECTORY)), st.sampled_from(sorted(DIRECTORY)))
def test_it_is_as_far_there_as_back(one: str, other: str) -> None:
    places = Places(DIRECTORY.get)
    assert places.miles(one, other) == places.miles(other, one)
    assert places.miles(one, one) in ("0.0", "")


def test_each_postcode_is_looked_up_once() -> None:
    asked: list[str] = []

    def look_up(postcode: str) -> Spot | None:
        asked.append(postcode)
        return DIRECTORY.get(postcode)

    places = Places(look_up)
    for _ in range(5):
        places.whereabouts("ZW1 1AA", "QQ1 1AA", DAY, "la:971")
    assert sorted(asked) == ["QQ1 1AA", "ZW1 1AA"]


def _placed(postcode: str, *, said_by: str = "la:971", marks: frozenset[str] = frozenset()) -> Event:
    statement = Statement("ssda903", "episodes", "f.csv", 2, "1", "p", ())
    details = {"postcode": postcode, "home_postcode": "ZH1 1AA", "placement_type": "U6"}
    return Event("placement_started", DAY, None, "day", said_by, statement, marks, details)


def test_a_placement_on_the_line_says_where_it_lies_and_rules_can_ask(places: Places) -> None:
    line = timeline.build([_placed("ZW1 1AA")], las=frozenset({"la:971"}), places=places, as_of=date(2024, 6, 1))
    (placement,) = line.segments("placement")
    said = {name: placement.attrs[name] for name in ("host_la", "home_la", "miles", "out_of_area", "responsible_la")}
    assert said == {
        "host_la": "la:972",
        "home_la": "la:971",
        "miles": "18.0",
        "out_of_area": "yes",
        "responsible_la": "la:971",
    }


def test_without_a_directory_a_placement_says_nothing_of_it() -> None:
    line = timeline.build([_placed("ZW1 1AA")], as_of=date(2024, 6, 1))
    assert "out_of_area" not in line.segments("placement")[0].attrs


def test_what_the_authority_says_stands_over_what_a_postcode_says(places: Places) -> None:
    told = _placed("ZH1 1AB", marks=frozenset({"out_of_area"}))
    line = timeline.build([told], las=frozenset({"la:971"}), places=places, as_of=date(2024, 6, 1))
    assert line.segments("placement")[0].attrs["out_of_area"] == "yes"


def test_who_placed_is_not_known_where_two_authorities_know_the_child(places: Places) -> None:
    both = frozenset({"la:971", "la:972"})
    line = timeline.build([_placed("ZW1 1AA", said_by="la")], las=both, places=places, as_of=date(2024, 6, 1))
    assert line.segments("placement")[0].attrs["out_of_area"] == ""


def test_real_postcodes_on_both_sides_of_a_border() -> None:
    path = SAMPLES / "reference" / "onspd_subset.csv.gz"
    if not path.exists():
        pytest.skip(f"{path} is not here: real postcodes were not tried")
    places = Places(PostcodeIndex(Directory(path).rows()).spot)
    southampton, eastleigh = "SO14 7LY", "SO50 9YN"
    found = places.whereabouts(eastleigh, southampton, DAY, "la:852")
    assert found.home_la == "la:852"
    assert found.host_la == "la:850"  # Eastleigh is a district of Hampshire
    assert found.out_of_area == "yes"
    assert 3 < float(found.miles) < 8
    assert places.whereabouts(southampton, eastleigh, DAY, "la:852").out_of_area == "no"
