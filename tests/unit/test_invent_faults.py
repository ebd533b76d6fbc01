"""What is wrong with the invented rows is wrong on purpose, and in the share the data says."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from throughline import invent
from throughline.invent import setting
from throughline.invent.spoiling import Spoil, spoiling

UNTIL = date(2026, 11, 22)
LAYOUTS = ("missing_police", "return_interview", "suspensions", "education_status", "events")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("faults")
    invent.write(out, children=1500, seed=2, until=UNTIL)
    return out


def first_tellings(deliveries: Path, layout: str) -> list[dict[str, str]]:
    """Each record as its agency first told it, before anybody put it right; twice where it stood twice."""
    seen: dict[tuple[str, str], str] = {}
    rows = []
    for path in sorted(deliveries.rglob(f"{layout}.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                record = (row["source_system"], row["source_record_id"])
                if seen.setdefault(record, str(path)) == str(path):
                    rows.append(row)
    return rows


def stated() -> list[tuple[str, dict[str, Any]]]:
    """Faults that put something recognisable into a cell, or repeat a row."""
    rows = setting.faults()["rows"]
    return [(layout, way) for layout in LAYOUTS for way in rows[layout] if "put" in way or way["fault"] == "twice"]


@pytest.mark.parametrize(("layout", "way"), stated(), ids=lambda part: part if isinstance(part, str) else part["fault"])
def test_a_fault_stands_in_its_stated_share_of_rows(deliveries: Path, layout: str, way: dict[str, Any]) -> None:
    rows = first_tellings(deliveries, layout)
    if way["fault"] == "twice":
        counts = Counter((row["source_system"], row["source_record_id"]) for row in rows)
        could, have = len(counts), sum(count > 1 for count in counts.values())
    else:
        could = sum(bool(row[way["column"]]) for row in rows)
        have = sum(row[way["column"]] in way["put"] for row in rows)
    expected = could * way["share"]
    assert abs(have - expected) <= 4 * expected**0.5 + 2, f"{have} of {could}, stated {way['share']:.1%}"


def test_about_half_of_what_is_wrong_is_put_right_under_the_same_id(deliveries: Path) -> None:
    wrong = mended = 0
    for layout in ("missing_police", "return_interview", "suspensions", "education_status"):
        put = {value for way in setting.faults()["rows"][layout] for value in way.get("put", ())}
        last = {}
        for path in sorted(deliveries.glob(f"{UNTIL}_*/{layout}.csv")):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                last |= {(row["source_system"], row["source_record_id"]): row for row in csv.DictReader(stream)}
        for row in first_tellings(deliveries, layout):
            now = last.get((row["source_system"], row["source_record_id"]))
            if now and not put.isdisjoint(row.values()):
                wrong += 1
                mended += put.isdisjoint(now.values())
    assert wrong > 30
    assert 0.15 < mended / wrong < 0.7


def test_some_files_carry_the_habits_of_their_systems(deliveries: Path) -> None:
    heads = {path: path.read_bytes()[:2000] for path in deliveries.rglob("*.csv")}
    bom = [path for path, head in heads.items() if head.startswith(b"\xef\xbb\xbf")]
    crlf = [path for path, head in heads.items() if b"\r\n" in head]
    unnamed = [path for path, head in heads.items() if head.startswith(b",CHILD")]
    assert bom
    assert crlf
    assert unnamed
    assert len(bom) < len(heads) / 2


def test_one_police_desk_falls_silent(deliveries: Path) -> None:
    """So that what Torrin's police have not sent shows as not known, never as nothing having happened."""
    heard = {
        sender: max(date.fromisoformat(path.name[:10]) for path in deliveries.glob(f"*_{sender}"))
        for sender in ("police.torrin", "police.castlereach")
    }
    assert heard["police.castlereach"] == UNTIL
    assert 60 < (UNTIL - heard["police.torrin"]).days < 120


def test_police_and_the_903_return_both_tell_a_missing_episode(deliveries: Path) -> None:
    told = set()
    for path in deliveries.glob("*/missing_police.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            told |= {row["missing_since"][:10] for row in csv.DictReader(stream)}
    both = 0
    for path in deliveries.glob("*/ssda903_*/*missing.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                day, month, year = row["MIS_START"].split("/")
                both += f"{year}-{month}-{day}" in told
    assert both > 20


def test_some_times_of_day_are_not_known(deliveries: Path) -> None:
    rows = first_tellings(deliveries, "missing_police")
    only_days = sum(bool(re.fullmatch(r"\d{4}-\d\d-\d\d", row["missing_since"])) for row in rows)
    assert 0.005 < only_days / len(rows) < 0.08


def test_every_fault_in_the_data_can_be_drawn() -> None:
    rows = setting.faults()["rows"]
    assert set(LAYOUTS) < set(rows)
    for layout, ways in rows.items():
        assert sum(way["share"] for way in ways) < 0.06, f"{layout}: most rows are sound"


def test_swapping_leaves_a_row_without_both_dates_alone() -> None:
    swap = Spoil("end-before-start", 1, (), 0, 1, blank=False)
    assert swap.applied(["2026-01-01", "2026-02-01"], 0.5) == (["2026-02-01", "2026-01-01"], 1)
    assert swap.applied(["2026-01-01", ""], 0.5) == (["2026-01-01", ""], 1)


def test_a_layout_without_stated_faults_is_sound() -> None:
    assert spoiling("oc3", ("CHILD",)).row(Random(1), ("1",)) == (("1",), 1)
