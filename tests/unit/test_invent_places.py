"""The invented postcodes lie on a coast of their own, at distances that make sense."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from throughline import invent
from throughline.feeds.postcodes import Directory

UNTIL = date(2026, 11, 22)
KILOMETRE = 1000


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("places")
    invent.write(out, children=120, seed=4, until=UNTIL)
    return out


@pytest.fixture(scope="module")
def directory(written: Path) -> dict[str, tuple[str, int, int]]:
    rows = Directory(written / invent.POSTCODES).rows()
    return {row.postcode: (row.place, row.easting or 0, row.northing or 0) for row in rows}


def used(out: Path) -> set[str]:
    """Postcodes of homes and placements in the CSV files."""
    found = set()
    for path in out.glob("*/**/*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                found |= {row.get("HOME_POST") or "", row.get("PL_POST") or "", row.get("postcode") or ""}
    return found - {""}


def test_nearly_every_postcode_in_use_is_in_the_directory_and_a_few_are_not(
    written: Path, directory: dict[str, tuple[str, int, int]]
) -> None:
    postcodes = {postcode.replace(" ", "") for postcode in used(written)}
    missing = postcodes - directory.keys()
    assert len(postcodes) > 100
    assert 0 < len(missing) / len(postcodes) < 0.08, "a look-up that fails is a thing that happens"


def test_each_authority_has_its_own_code(directory: dict[str, tuple[str, int, int]]) -> None:
    codes = {area.postcode_area: f"E06999{area.la}" for area in invent.partnership().areas}
    for postcode, (code, _, _) in directory.items():
        assert codes.get(postcode[:2], invent.partnership().elsewhere.ons_code) == code


def test_neighbours_are_near_and_elsewhere_is_far(directory: dict[str, tuple[str, int, int]]) -> None:
    places = defaultdict(list)
    for postcode, (_, east, north) in directory.items():
        places[postcode[:2]].append((east, north))
    middle = {
        letters: (sum(e for e, _ in at) / len(at), sum(n for _, n in at) / len(at)) for letters, at in places.items()
    }

    def apart(a: str, b: str) -> float:
        (ea, na), (eb, nb) = middle[a], middle[b]
        return float(((ea - eb) ** 2 + (na - nb) ** 2) ** 0.5) / KILOMETRE

    assert 10 < apart("ZH", "ZW") < 35
    assert 10 < apart("ZN", "ZM") < 35
    assert all(apart("ZY", letters) > 40 for letters in ("ZH", "ZW", "ZC", "ZT", "ZN", "ZM"))
    for letters, at in places.items():
        width = max(e for e, _ in at) - min(e for e, _ in at)
        assert width < 15 * KILOMETRE, letters


def test_no_invented_place_lies_on_the_real_coast(directory: dict[str, tuple[str, int, int]]) -> None:
    """In the open sea east of Northumberland: the grid there has no land between these eastings."""
    for _, east, north in directory.values():
        assert 480_000 < east < 620_000
        assert 560_000 < north < 660_000


def test_workbooks_hold_no_hour_of_the_machine_s_clock(written: Path) -> None:
    books = sorted(written.rglob("*.xlsx"))
    assert len(books) == 2
    for path in books:
        with ZipFile(path) as book:
            assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            properties = book.read("docProps/core.xml").decode()
        assert properties.count(f"{UNTIL}T06:00:00Z") == 2
