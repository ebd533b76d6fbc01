"""The layouts as an analyst meets them: what one agency's list answers, and what it leaves open."""

from __future__ import annotations

import csv
from pathlib import Path

from typer.testing import CliRunner

from throughline.cli import app
from throughline.feeds.layouts import layouts

ROWAN = {"la_person_id": "4411", "forename": "Rowan", "surname": "Vale", "dob": "2009-10-20", "sex": "M"}
TEAM = {"source_system": "la:971", "extract_date": "2026-03-31"} | ROWAN


def write(folder: Path, layout: str, *rows: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{layout}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, layouts()[layout].columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({"source_record_id": f"{layout}-{n}", **TEAM, **row} for n, row in enumerate(rows))


def states(folder: Path, duty: str) -> list[str]:
    out = folder.parent / "out"
    ran = CliRunner().invoke(app, ["check", str(folder), "--as-of", "2026-03-31", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    with (out / "owed.csv").open(encoding="utf-8") as stream:
        return [row["state"] for row in csv.DictReader(stream) if row["duty_id"] == duty]


STRATEGY = {"meeting_id": "M1", "type": "STRAT", "held_at": "2026-02-02"}


def test_a_conference_in_the_list_of_meetings_meets_what_the_strategy_discussion_opened(tmp_path: Path) -> None:
    conference = {"meeting_id": "M2", "type": "ICPC", "held_at": "2026-02-19", "parent_meeting_id": "M1"}
    write(tmp_path / "in", "meetings", STRATEGY, conference)
    assert states(tmp_path / "in", "icpc-15wd") == ["met"]


def test_a_list_without_conferences_cannot_tell_whether_one_was_held(tmp_path: Path) -> None:
    write(tmp_path / "in", "meetings", STRATEGY)
    assert states(tmp_path / "in", "icpc-15wd") == ["cannot tell"]


def test_a_list_with_conferences_of_others_can_tell_that_none_was_held(tmp_path: Path) -> None:
    other = {"la_person_id": "4412", "forename": "Ash", "surname": "Lund", "meeting_id": "M3", "type": "ICPC"}
    write(tmp_path / "in", "meetings", STRATEGY, {**other, "held_at": "2026-01-20"})
    assert states(tmp_path / "in", "icpc-15wd") == ["overdue"]


def test_every_layout_in_one_folder_is_read_to_the_last_row(tmp_path: Path) -> None:
    for id, layout in layouts().items():
        dated = {layout.columns[place]: "2026-02-02" for place in layout.needs}
        must = {layout.columns[place]: "M1" for place in layout.must}
        write(tmp_path / "in", id, {**dated, **must, **({"kind": "decision"} if id == "events" else {})})
    states(tmp_path / "in", "none")
    with (tmp_path / "out" / "faults.csv").open(encoding="utf-8") as stream:
        assert not [row for row in csv.DictReader(stream) if row["severity"] == "error"]
