"""Nobody invented could be somebody: numbers, postcodes, telephones and authorities that no one has."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from throughline import invent, words
from throughline.feeds.cells import nhs_number_is_sound, upn_is_sound
from throughline.invent import setting
from throughline.invent.life import lives
from throughline.invent.people import World, known_to, upn_on

UNTIL = date(2026, 11, 22)
REAL_POSTCODE_AREAS = frozenset(
    "AB AL B BA BB BD BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX "
    "FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG "
    "NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS "
    "TW UB W WA WC WD WF WN WR WS WV YO ZE".split()
)


@pytest.fixture(scope="module")
def world() -> World:
    return World.ending(UNTIL, 3, seed=21)


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Every row with an identity block, of 300 children."""
    out = tmp_path_factory.mktemp("people")
    invent.write(out, children=300, seed=21, until=UNTIL)
    rows = []
    for path in out.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows += [row for row in csv.DictReader(stream) if "source_system" in row]
    return rows


def test_nhs_numbers_are_sound_and_of_the_range_kept_for_tests(world: World) -> None:
    numbers = [life.child.nhs_number for life in lives(world, 400)]
    held = [number for number in numbers if number]
    assert len(held) > 300
    assert all(number.startswith("999") and nhs_number_is_sound(number) for number in held)
    assert len(set(held)) == len(held)


def test_no_nhs_number_on_any_row_could_be_a_person_s(extracts: list[dict[str, str]]) -> None:
    assert all(row["nhs_number"][:3] in ("", "999") for row in extracts)


def test_pupil_numbers_have_the_right_letter_and_are_nobody_else_s(world: World) -> None:
    numbers = [life.child.upn for life in lives(world, 400) if life.child.upn]
    assert all(upn_is_sound(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_child_has_no_pupil_number_before_school(world: World) -> None:
    young = [life.child for life in lives(world, 400) if life.child.age(world.until) < 4]
    assert young
    assert {upn_on(child, world.until) for child in young} == {("", "UN1")}


def test_every_postcode_is_in_an_area_that_does_not_exist(extracts: list[dict[str, str]]) -> None:
    given = {row["postcode"] for row in extracts} - {""}
    assert len(given) > 50
    for postcode in given:
        shape = re.fullmatch(r"([A-Z]{1,2})\d{1,2} \d[A-Z]{2}", postcode)
        assert shape, postcode
        assert shape[1] not in REAL_POSTCODE_AREAS


def test_no_home_or_placement_is_in_a_postcode_area_that_exists() -> None:
    four_shores = invent.partnership()
    areas = {four_shores.elsewhere.postcode_area, *(area.postcode_area for area in four_shores.areas)}
    assert len(areas) == 7
    assert not areas & REAL_POSTCODE_AREAS


def test_every_telephone_number_is_one_kept_for_drama(extracts: list[dict[str, str]]) -> None:
    given = [found for row in extracts for found in re.findall(r"phone=([^;]*)", row.get("details") or "")]
    assert len(given) > 50
    assert all(re.fullmatch(r"01632 960\d{3}", phone) for phone in given)


def test_authorities_and_schools_have_codes_given_to_nobody() -> None:
    areas = invent.partnership().areas
    assert [area.la for area in areas] == ["971", "972", "973", "974", "975", "976"]
    assert all(re.fullmatch(r"97\d{4}", school.urn) for area in areas for school in area.schools)


def test_agencies_write_one_child_in_different_ways(world: World) -> None:
    differ = defaultdict(int)
    children = [life.child for life in lives(world, 600)]
    for child in children:
        police, school = (known_to(world, child, agency, child.homes[0]) for agency in ("police:castlereach", "la:971"))
        differ["name"] += (police.forename, police.surname) != (school.forename, school.surname)
        differ["day"] += abs(police.born - school.born) == 1
        differ["postcode"] += police.postcode != school.postcode
        differ["nothing"] += police[3:] == school[3:]
    share = {what: count / len(children) for what, count in differ.items()}
    assert 0.02 < share["name"] < 0.20
    assert 0.01 < share["day"] < 0.06
    assert 0.05 < share["postcode"] < 0.25
    assert share["nothing"] > 0.65, "most records can be linked by name, date of birth and postcode"


def test_an_agency_is_steady_in_what_it_believes(world: World) -> None:
    child = next(iter(lives(world, 1))).child
    once, again = (known_to(world, child, "police:castlereach", child.homes[0]) for _ in range(2))
    assert once == again


def test_nothing_children_or_agencies_say_uses_a_word_of_blame() -> None:
    def texts(given: object) -> list[str]:
        if isinstance(given, dict):
            return [text for value in given.values() for text in texts(value)]
        return [text for value in given for text in texts(value)] if isinstance(given, list) else [str(given)]

    said = " | ".join(texts(setting.sayings())).lower()
    found = [term for term in words.avoided() if re.search(rf"\b{re.escape(term.lower())}\b", said)]
    assert not found


def test_brothers_and_sisters_and_twins_live_together(world: World) -> None:
    by_home = defaultdict(list)
    for life in lives(world, 600):
        by_home[life.child.homes[0].postcode, life.child.brothers_and_sisters].append(life.child)
    together = [family for family in by_home.values() if len(family) > 1]
    assert len(together) > 50
    assert any(len({child.born for child in family}) < len(family) for family in together), "some are twins"


def test_some_children_move_to_another_area_and_are_known_there_by_another_id(world: World) -> None:
    moved = [life.child for life in lives(world, 600) if len(life.child.homes) > 1]
    assert moved
    for child in moved:
        first, second = child.homes
        assert first.area != second.area
        assert first.la_id != second.la_id


def test_where_files_are_written_nothing_names_this_machine(tmp_path: Path) -> None:
    invent.write(tmp_path / "out", children=6, seed=1, until=UNTIL)
    text = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert str(tmp_path).encode() not in text
