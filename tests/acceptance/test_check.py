"""The command as an analyst uses it: a folder of extracts in, five files out."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from throughline.cli import app

IDENTITY = (
    "source_system source_record_id source_person_id la_person_id upn nhs_number forename surname dob sex postcode"
    " extract_date"
).split()
MISSING = [*IDENTITY, *"episode_ref missing_since reported_at category returned_at found_at safe_return_at".split()]
INTERVIEW = [*IDENTITY, *"episode_ref returned_at offered accepted offered_at declined_at held_at".split()]
EVENTS = [*IDENTITY, *"kind happened recorded marks details level tags".split()]
ROWAN = {"la_person_id": "4411", "forename": "Rowan", "surname": "Vale", "dob": "2009-10-20", "sex": "M"}


def write(path: Path, header: list[str], *rows: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def check(folder: Path, as_of: str) -> tuple[Path, str]:
    """Run the command; the folder it wrote and what it said."""
    out = folder.parent / "out"
    ran = CliRunner().invoke(app, ["check", str(folder), "--as-of", as_of, "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    return out, ran.output


def owed(out: Path, duty: str) -> list[dict[str, str]]:
    with (out / "owed.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["duty_id"] == duty]


def test_one_folder_answers_what_is_owed_with_the_law_beside_it(tmp_path: Path) -> None:
    given = tmp_path / "in"
    police = {"source_system": "Castlereach police", "extract_date": "2026-11-30", "category": "M"} | ROWAN
    write(
        given / "police.csv",
        MISSING,
        police | {"source_record_id": "p1", "episode_ref": "E1", "missing_since": "2026-11-18T22:10"}
        | {"safe_return_at": "2026-11-20T23:30"},
    )  # fmt: skip
    hub = {"source_system": "Port Halden missing hub", "extract_date": "2026-11-30"} | ROWAN
    write(
        given / "interviews.csv",
        INTERVIEW,
        hub | {"source_record_id": "i1", "episode_ref": "E1", "offered": "Y", "accepted": "Y"}
        | {"offered_at": "2026-11-21", "held_at": "2026-11-23T20:00"},
    )  # fmt: skip

    out, said = check(given, "2026-11-30")

    (interview,) = owed(out, "rhi-72h")
    assert interview["child_id"] == "4411"
    assert interview["due_at"] == "2026-11-23T23:30+00:00", "the weekend counts"
    assert (interview["state"], interview["met_at"], interview["late"]) == ("met", "2026-11-23T20:00+00:00", "")
    assert interview["strength"] == "SG"
    assert "72" in interview["because"]
    assert "Children who run away or go missing" in interview["source"]
    assert "2 rows" in said
    assert {"owed.csv", "faults.csv", "events.csv", "summary.json", "report.html"} == {p.name for p in out.iterdir()}


def test_the_headers_are_promises(tmp_path: Path) -> None:
    write(tmp_path / "in" / "police.csv", MISSING, ROWAN | {"source_record_id": "1", "missing_since": "2026-11-01"})

    out, _ = check(tmp_path / "in", "2026-11-30")

    assert (out / "owed.csv").read_text().splitlines()[0] == (
        "subject_kind,child_id,duty_id,version,strength,owed_by,title,trigger_kind,opened_at,due_at,precision,state,"
        "met_at,late,late_unit,evidence,because,source"
    )
    assert (out / "faults.csv").read_text().splitlines()[0] == (
        "file,sheet,row,column,value,rule,severity,message,fix_by"
    )


def test_an_interview_nobody_could_have_told_us_of_is_not_called_late(tmp_path: Path) -> None:
    police = {"source_system": "police", "source_record_id": "1", "extract_date": "2026-11-30", "category": "M"}
    write(
        tmp_path / "in" / "police.csv",
        MISSING,
        police | ROWAN | {"missing_since": "2026-11-01T22:00", "safe_return_at": "2026-11-02T06:00"},
    )

    out, said = check(tmp_path / "in", "2026-11-30")

    (interview,) = owed(out, "rhi-72h")
    assert interview["state"] == "cannot tell"
    assert said.count("not yet receiving return interviews") == 1, "said once, not once a child"


def test_a_clock_that_ends_on_the_day_asked_about_is_due_not_late(tmp_path: Path) -> None:
    police = {"source_system": "police", "source_record_id": "1", "extract_date": "2026-11-23", "category": "M"}
    write(
        tmp_path / "in" / "police.csv",
        MISSING,
        police | ROWAN | {"missing_since": "2026-11-19T22:00", "safe_return_at": "2026-11-20T23:30"},
    )
    hub = {"source_system": "missing hub", "source_record_id": "1", "extract_date": "2026-11-23"}
    write(
        tmp_path / "in" / "hub.csv",
        INTERVIEW,
        hub | ROWAN | {"episode_ref": "other", "held_at": "2026-10-01T10:00", "accepted": "Y", "offered": "Y"},
    )

    out, _ = check(tmp_path / "in", "2026-11-23")

    (interview,) = [row for row in owed(out, "rhi-72h") if row["opened_at"].startswith("2026-11-20")]
    assert interview["state"] == "due"


CARE = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE"


@pytest.mark.parametrize(
    ("started", "due", "why"),
    [
        ("17/12/2026", "2027-01-19", "Christmas, the substitute on 28 December and New Year are not working days"),
        ("22/11/2026", "2026-12-18", "a Sunday: day 1 is the Monday"),
    ],
)
def test_the_first_care_review_is_counted_in_working_days(tmp_path: Path, started: str, due: str, why: str) -> None:
    given = tmp_path / "in"
    given.mkdir()
    (given / "a.csv").write_text(f"{CARE}\n901,{started},S,C2,N1,U1,PR1,,,,,,\n")
    (given / "b.csv").write_text(f"{REVIEWS}\n901,20/10/2015,01/11/2026,PN1\n")

    out, _ = check(given, "2027-03-01")

    (review,) = owed(out, "lac-review-first-20wd")
    assert review["due_at"] == due, why
    assert review["state"] == "overdue"
    assert review["late_unit"] == "working days"


def test_care_reviews_run_from_the_last_one_held(tmp_path: Path) -> None:
    given = tmp_path / "in"
    given.mkdir()
    (given / "a.csv").write_text(f"{CARE}\n901,02/11/2026,S,C2,N1,U1,PR1,,,,,,\n")
    (given / "b.csv").write_text(f"{REVIEWS}\n901,20/10/2015,30/11/2026,PN1\n")

    out, _ = check(given, "2026-12-20")

    assert [row["state"] for row in owed(out, "lac-review-first-20wd")] == ["met"]
    (second,) = owed(out, "lac-review-second-3m")
    assert (second["due_at"], second["opened_at"]) == ("2027-02-28", "2026-11-30"), "there is no 30 February"


def test_a_conference_is_due_fifteen_working_days_after_the_strategy_discussion(tmp_path: Path) -> None:
    care = {"source_system": "Port Halden council", "extract_date": "2026-12-20"} | ROWAN
    write(
        tmp_path / "in" / "events.csv",
        EVENTS,
        care | {"source_record_id": "1", "kind": "strategy_discussion", "happened": "2026-12-18"},
    )

    out, _ = check(tmp_path / "in", "2026-12-20")

    (conference,) = owed(out, "icpc-15wd")
    assert conference["due_at"] == "2027-01-13"


def test_a_folder_with_nothing_of_ours_says_what_was_looked_for(tmp_path: Path) -> None:
    given = tmp_path / "in"
    given.mkdir()
    (given / "shopping.csv").write_text("milk,bread\n1,2\n")

    ran = CliRunner().invoke(app, ["check", str(given), "--as-of", "2026-11-22", "--out", str(tmp_path / "out")])

    assert ran.exit_code == 2
    assert "SSDA903" in ran.output
    assert "shopping.csv" in ran.output
    assert not (tmp_path / "out" / "owed.csv").exists()


def test_rows_in_are_the_sum_of_what_became_of_them(tmp_path: Path) -> None:
    row = {"source_system": "police", "source_record_id": "1", "missing_since": "2026-11-01"} | ROWAN
    write(
        tmp_path / "in" / "police.csv",
        MISSING,
        row,
        row,
        row | {"source_record_id": "2", "missing_since": "32/13/2026"},
        {"source_record_id": "3", "missing_since": "2026-11-01"},
    )

    out, _ = check(tmp_path / "in", "2026-11-30")

    summary = json.loads((out / "summary.json").read_text())
    assert summary["rows_in"] == 4
    assert sum(summary["rows"].values()) == 4
    assert summary["rows"]["repeated"] == 1
    assert summary["rows"]["refused"] == 2, "no date, and no child"


def test_what_a_cell_says_is_never_run_by_a_spreadsheet(tmp_path: Path) -> None:
    row = {"source_system": "police", "source_record_id": "=1+1", "missing_since": "=HYPERLINK(1)"}
    write(tmp_path / "in" / "police.csv", MISSING, row | ROWAN)

    out, _ = check(tmp_path / "in", "2026-11-30")

    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            assert not [cell for line in csv.reader(file) for cell in line if cell.startswith(("=", "@", "+"))]


def test_a_disk_that_is_full_leaves_no_half_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from throughline.check import outputs

    write(tmp_path / "in" / "police.csv", MISSING, ROWAN | {"source_record_id": "1", "missing_since": "2026-11-01"})

    def full(self: object, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs.Tables, "__init__", full)
    ran = CliRunner().invoke(
        app, ["check", str(tmp_path / "in"), "--as-of", "2026-11-30", "--out", str(tmp_path / "out")]
    )

    assert ran.exit_code == 3
    assert "No space left on device" in " ".join(ran.output.split())  # wrapped by the terminal
    assert list((tmp_path / "out").iterdir()) == []


def a_partnership(folder: Path) -> Path:
    """Forty invented children in every layout, some of them told of by several agencies."""
    from datetime import date

    from throughline import invent

    invent.write(folder, children=40, seed=3, until=date(2026, 3, 31), progress=lambda done, total: None)
    return folder


def test_however_many_processes_share_the_children_the_files_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from throughline.check import sharing_out

    given = a_partnership(tmp_path / "in")
    alone, _ = check(given, "2026-03-31")
    answers = {path.name: path.read_bytes() for path in alone.iterdir()}
    monkeypatch.setattr(sharing_out, "WORTH_SHARING", 5)
    monkeypatch.setattr(sharing_out, "MOST_PROCESSES", 3)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2})

    shared, _ = check(given, "2026-03-31")

    assert len(answers["owed.csv"].splitlines()) > 40
    assert {path.name: path.read_bytes() for path in shared.iterdir()} == answers


def test_a_process_that_dies_on_the_way_leaves_no_half_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from throughline.check import sharing_out

    given = a_partnership(tmp_path / "in")
    monkeypatch.setattr(sharing_out, "WORTH_SHARING", 5)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(sharing_out, "_work", lambda *_: os._exit(9))

    ran = CliRunner().invoke(app, ["check", str(given), "--as-of", "2026-03-31", "--out", str(tmp_path / "out")])

    assert ran.exit_code == 3
    assert "ended from outside" in " ".join(ran.output.split())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_child_left_out_of_the_next_years_return_has_left_care(tmp_path: Path) -> None:
    # Given two yearly returns of one authority: in the first 901's episode is open, in the second 901 is absent,
    first, second = tmp_path / "in" / "2024-25", tmp_path / "in" / "2025-26"
    for folder, rows in (
        (first, "901,02/09/2024,S,C2,N1,U1,PR1,,,,,,\n902,01/10/2024,S,C2,N1,U1,PR1,,,,,,\n"),
        (second, "902,01/10/2024,S,C2,N1,U1,PR1,,,,,,\n903,01/03/2026,S,C2,N1,U1,PR1,,,,,,\n"),
    ):
        folder.mkdir(parents=True)
        (folder / "episodes.csv").write_text(f"{CARE}\n{rows}")
        (folder / "reviews.csv").write_text(f"{REVIEWS}\n902,20/10/2015,20/10/2024,PN1\n")

    # when the folder is checked, then care is taken to have ended with the first year, and no review is owed since.
    out, _ = check(tmp_path / "in", "2026-03-31")
    with (out / "events.csv").open(encoding="utf-8") as file:
        ended = [row for row in csv.DictReader(file) if row["child_id"] == "901" and row["kind"] == "care_ended"]
    assert [row["happened_on"] for row in ended] == ["2025-03-31"]
    assert "overdue" not in {row["state"] for row in owed(out, "lac-review-first-20wd") if row["child_id"] == "901"}
