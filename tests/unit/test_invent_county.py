"""One county in every layout, for the benches: each extract once, whole rolls, a school year of marks."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from throughline import feeds, invent

CHILDREN = 240


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("county")
    written = invent.write_county(out, children=CHILDREN, seed=2)
    assert written.children == CHILDREN // 2, "the other half are on school rolls only"
    return out


def test_every_layout_is_in_it(county: Path) -> None:
    rows: Counter[str] = Counter()
    for folder in sorted(county.iterdir()):
        received, _, sender = folder.name.partition("_")
        if not sender:
            continue
        context = feeds.Context(date.fromisoformat(received), sender.replace(".", ":"))
        for item in feeds.read(feeds.open_sources(folder), context):
            if isinstance(item, feeds.Statement):
                rows[item.feed] += 1
    silent = {feed.id for feed in feeds.registry()} - rows.keys()
    assert silent <= {"istv", "nrm"}, "rare in so few children"


def test_every_child_on_a_roll_has_marks_for_the_year(county: Path) -> None:
    marked: Counter[str] = Counter()
    for path in county.glob("*_school.*/attendance_daily.csv"):
        with path.open(newline="") as stream:
            for row in csv.DictReader(stream):
                marked[f"{row['surname']}{row['dob']}"] += 1
    on_roll = set()
    for path in county.glob("*/school_roll.csv"):
        with path.open(newline="", encoding="utf-8-sig") as stream:
            on_roll |= {row["source_person_id"] for row in csv.DictReader(stream)}
    assert 0.6 * len(on_roll) < len(marked) <= len(on_roll)
    assert sum(marked.values()) / len(marked) > 200, "190 days, two marks a day, of those there all year"


def test_the_same_county_is_written_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        invent.write_county(tmp_path / name, children=24, seed=3)
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    second = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*") if p.is_file()}
    assert first == second
