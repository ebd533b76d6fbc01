"""Who answered for a place on a day: what was merged, split and renamed since 2009, and what nobody can say."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from throughline import words
from throughline.words.load import DATA

KENDAL = "E07000031"  # South Lakeland, as directories of the time had it
WESTMORLAND, BCP, NORTH_NORTHANTS = "E06000064", "E06000058", "E06000061"


@pytest.mark.parametrize(
    ("place", "day", "codes"),
    [
        # the directory of today, asked of a day before the change
        (WESTMORLAND, date(2019, 6, 1), ("909",)),
        (WESTMORLAND, date(2023, 3, 31), ("909",)),
        (WESTMORLAND, date(2023, 4, 1), ("943",)),
        (NORTH_NORTHANTS, date(2021, 3, 31), ("928",)),
        ("E06000066", date(2010, 1, 1), ("933",)),  # Somerset: a county, then one authority of the same number
        ("E08000038", date(2015, 1, 1), ("370",)),  # Barnsley under the code it has had since 2025
        # a directory of the time, asked of today
        (KENDAL, date(2019, 6, 1), ("909",)),
        (KENDAL, date(2024, 6, 1), ("943",)),
        ("E07000153", date(2024, 6, 1), ("940",)),  # Kettering
        ("E06000028", date(2024, 6, 1), ("839",)),  # Bournemouth
        # one of several: the code alone does not say which
        (BCP, date(2018, 1, 1), ("835", "836", "837")),
        ("E10000021", date(2024, 6, 1), ("940", "941")),
        # nobody knows
        ("E10000001", date(2024, 6, 1), ()),
        ("E06009999", date(2024, 6, 1), ()),
        ("", date(2024, 6, 1), ()),
    ],
)
def test_who_answered_for_a_place(place: str, day: date, codes: tuple[str, ...]) -> None:
    assert words.answering_for(place, day) == codes


def test_every_authority_in_england_is_there() -> None:
    # 62 unitary authorities and the Isles of Scilly, 36 metropolitan districts, 33 in London, 21 counties.
    today = date(2025, 12, 31)
    real = [one for one in words.authorities().values() if not one.invented and one.answers_on(today)]
    assert len(real) == 153
    assert len({one.name for one in real}) == 153


def test_the_invented_ones_are_marked() -> None:
    invented = [code for code, one in words.authorities().items() if one.invented]
    assert invented == ["971", "972", "973", "974", "975", "976", "979"]


@pytest.mark.parametrize(
    ("place", "country"),
    [("W06000015", "Wales"), ("S12000036", "Scotland"), ("N09000003", "Northern Ireland"), ("E06000064", "")],
)
def test_another_country_is_named(place: str, country: str) -> None:
    assert words.outside_england(place) == country


def test_borders_are_only_told_where_they_are_known() -> None:
    assert words.adjoin("971", "972") is True
    assert words.adjoin("971", "974") is False
    assert words.adjoin("974", "301") is False  # an island says that it borders nobody
    assert words.adjoin("301", "302") is None


def test_an_authority_is_called_by_its_name_and_its_services_by_theirs() -> None:
    assert words.agency_title("la:943") == "Westmorland and Furness council"
    assert words.agency_title("missing_hub:975") == "Missing and exploitation hub, Eastmere"
    assert words.agency_title("la:000") == "Local authority 000"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"201": {name: City of London', "201: {name: City of London", "the code is three digits, in quotes"),
        ("ons: [E09000007]", "ons: [E09000001]", "E09000001: under more than one authority"),
        ("{name: Camden", "{name: City of London", "City of London: the name of more than one authority"),
        ("ons: [E09000007]", "ons: [E0900007]", "E0900007 has not the shape of a place's code"),
        ('came_from: ["928"]', 'came_from: ["999"]', "'999' is no authority"),
        ("since: 2023-04-01", "since: 2023-05-01", "909 does not end the day before it starts"),
        ("until: 2023-03-31", "untill: 2023-03-31", "untill is no key of an authority"),
        ('adjoins: ["973", "976"]', 'adjoins: ["976"]', "973: adjoins 975, which does not say so of it"),
        ('"940": [E07000150', '"940": [E07000001', "E07000001 is passed on but is not its own"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "authorities.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [said for said in words.check(folder) if complaint in said]
