"""A folder with rows about places, plans and recommendations: things are owed about them too, on lines of their own."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from throughline.check import sharing_out
from throughline.cli import app

HEADER = (
    "source_system,source_record_id,source_person_id,surname,dob,"
    "kind,happened,marks,details,ref,subject_kind,subject_id"
)
POLICE = """
police:west,1,A,Rana,2011-02-08,robbery,2025-12-11,,context=The interchange,,,
police:west,2,B,Quaye,2010-11-14,assault,2026-01-09,injury_treated,context=the Interchange,,,
police:west,3,C,Doherty,2011-07-30,robbery,2026-01-30,,context=the  interchange,,,
police:west,4,A,Rana,2011-02-08,robbery,2026-02-01,,context=the park,,,
police:west,5,,,,disruption_plan,2026-02-24,,,PP1,context,The interchange
police:west,6,,,,disruption_plan_shared,2026-02-26,,,PP1,context,The interchange
police:west,7,A,Rana,2011-02-08,context_review,2026-02-26,,,,,
"""
OTHERS = """
exploitation_panel,1,,,,context_screening,2026-02-12,,,,context,the interchange
partnership,2,,,,recommendation_claimed,2025-08-04,,,,recommendation,R1
partnership,3,,,,impact_evidence,2026-01-15,,,,recommendation,R1
partnership,4,,,,recommendation_claimed,2025-08-04,,,,recommendation,R2
partnership,5,,,,needs_refresh,2026-02-28,,,,partnership,four shores
"""


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the command answers, its children shared out among two processes."""
    monkeypatch.setattr(sharing_out, "WORTH_SHARING", 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    for name, rows in (("police", POLICE), ("others", OTHERS)):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{name}.csv").write_text(HEADER + rows, encoding="utf-8")
    folder = tmp_path / "out"
    ran = CliRunner().invoke(app, ["check", str(tmp_path / "in"), "--as-of", "2026-03-01", "--out", str(folder)])
    assert ran.exit_code == 0, ran.output
    return folder


def lines(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_is_owed_what_its_rules_say(out: Path) -> None:
    told = {"r22-place-looked-at", "r29-police-plan-shared", "r33-impact-evidence"}
    owed = {(r["child_id"], r["duty_id"], r["subject_kind"], r["state"]) for r in lines(out, "owed.csv")}
    assert {row for row in owed if row[1] in told} == {
        ("context:the interchange", "r22-place-looked-at", "context", "met"),
        ("context:the interchange", "r29-police-plan-shared", "police_plan", "met"),
        ("recommendation:r1", "r33-impact-evidence", "recommendation", "met"),
        ("recommendation:r2", "r33-impact-evidence", "recommendation", "overdue"),
    }


def test_the_place_owes_because_of_three_children_and_names_none(out: Path) -> None:
    (r22,) = [row for row in lines(out, "owed.csv") if row["duty_id"] == "r22-place-looked-at"]
    assert (r22["opened_at"], r22["due_at"], r22["met_at"]) == ("2026-01-30", "2026-02-13", "2026-02-12")
    assert r22["because"].startswith("Different children were linked to one place or group, the last 30 Jan 2026.")
    assert "police.csv row 4" in r22["evidence"]


def test_every_row_is_counted_once_and_stands_on_one_line(out: Path) -> None:
    summary = json.loads((out / "summary.json").read_text())
    assert summary["rows_in"] == 12
    assert summary["rows"]["used"] == 11
    assert summary["rows"]["refused"] == 1, "a look at a place is about no child"
    assert (summary["children"], summary["subjects"]) == (3, {"context": 2, "partnership": 1, "recommendation": 2})
    assert len(lines(out, "events.csv")) == 11
    assert sorted(path.name for path in out.iterdir()) == [
        "events.csv", "faults.csv", "owed.csv", "report.html", "summary.json",
    ]  # fmt: skip
