"""``throughline check``: a child known only from registers, census, A&E or police rows is counted, and no more."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from cast import CHILDREN, columns, write_csv
from cast import row as cast_row
from throughline.check.pipeline import run
from throughline.feeds.attendance.columns import GIVEN

ROWAN, CLOVER = CHILDREN["rowan"], CHILDREN["clover"]
POLICE = "police:castlereach"


@pytest.fixture
def answered(tmp_path: Path) -> Path:
    """A run over a register of two children, an occurrence about one, and a missing episode of the other."""
    folder, out = tmp_path / "in", tmp_path / "out"
    marks = []
    for child in ("rowan", "clover"):
        who = {k: v for k, v in cast_row("events", child, agency="school:900001").items() if k in GIVEN}
        for half in ("AM", "PM"):
            of = {"session_date": "2026-03-02", "session": half, "code": "O", "school_urn": "900001"}
            marks.append({**who, **of, "source_record_id": f"{child}-{half}"})
    write_csv(folder / "marks.csv", GIVEN, marks)
    seen = cast_row("police_occurrence", "clover", agency=POLICE, source_record_id="O-1", occurrence_no="O-1",
                    reported_at="2026-03-01T20:00", incident_at="2026-03-01T19:00")  # fmt: skip
    write_csv(folder / "occurrences.csv", columns("police_occurrence"), [seen])
    gone = cast_row("missing_police", "rowan", agency=POLICE, source_record_id="MP-1", episode_ref="MP-1",
                    missing_since="2026-03-01T20:00", returned_at="2026-03-02T08:00", category="M")  # fmt: skip
    write_csv(folder / "missing.csv", columns("missing_police"), [gone])
    run(folder, out, date(2026, 3, 20), lambda stage, done, total: None)
    return out


def test_they_have_no_line_no_duty_and_no_id(answered: Path) -> None:
    for name in ("events.csv", "owed.csv", "report.html", "summary.json"):
        text = (answered / name).read_text(encoding="utf-8")
        for known_by in (CLOVER.la_id, CLOVER.upn, CLOVER.surname, "clover"):
            assert known_by not in text, (name, known_by)


def test_who_has_a_reason_has_a_line_with_their_absence_on_it(answered: Path) -> None:
    with (answered / "events.csv").open(encoding="utf-8") as file:
        kinds = {line["kind"] for line in csv.DictReader(file)}
    assert kinds == {"missing_start", "missing_end", "absence_run"}


def test_they_are_counted_by_agency_and_feed_and_few_are_held_back(answered: Path) -> None:
    summary = json.loads((answered / "summary.json").read_text())
    assert summary["children"] == 1
    assert summary["kept_apart"] == [
        {"agency": POLICE, "feed": "police_occurrence", "children": None},
        {"agency": "school:900001", "feed": "attendance_daily", "children": None},
    ]
    assert sum(summary["rows"].values()) == summary["rows_in"] == 6
