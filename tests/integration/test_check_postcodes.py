"""The command given a postcode directory: where placements lie, counted, and what nobody could find."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from returns import EPISODES, HEADER, episode
from throughline.check import pipeline
from throughline.cli import app

DIRECTORY = (
    "pcds,oslaua,oseast1m,osnrth1m\nZH1 1AA,E06999971,535500,595500\nZW1 1AA,E06999972,556000,616000\n"
    "LA9 4AA,E06000064,351500,492700\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One authority's return: a child placed in it, one placed out of it, one where nobody can tell."""
    inside = tmp_path / "extracts"
    inside.mkdir()
    header = [HEADER + ",LA", *(f"{n},2,01/01/2012,WBRI,,0,,971" for n in (1, 2, 3))]
    homes = {"1": "ZH1 1AA", "2": "ZW1 1AA", "3": "ZQ1 1AA"}
    rows = [episode(n, "01/02/2026", "S", PL_POST=home, HOME_POST="ZH1 1AA") + ",971" for n, home in homes.items()]
    (inside / "header.csv").write_text("\n".join(header) + "\n")
    (inside / "episodes.csv").write_text("\n".join([EPISODES + ",LA", *rows]) + "\n")
    return inside


def run(folder: Path, out: Path, postcodes: Path | None) -> list[dict[str, str]]:
    pipeline.run(folder, out, date(2026, 3, 1), lambda stage, done, total: None, postcodes)
    path = out / "placements.csv"
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


def directory(tmp_path: Path) -> Path:
    path = tmp_path / "directory.csv"
    path.write_text(DIRECTORY)
    return path


def test_each_placement_says_how_far_and_whose_area(folder: Path, tmp_path: Path) -> None:
    found = run(folder, tmp_path / "out", directory(tmp_path))
    columns = ("child_id", "responsible", "home_authority", "host_authority", "miles", "out_of_area", "at_a_distance")
    assert [tuple(row[column] for column in columns) for row in found] == [
        ("1", "la:971", "la:971", "la:971", "0.0", "no", "no"),
        ("2", "la:971", "la:971", "la:972", "18.0", "yes", "no"),
        ("3", "la:971", "la:971", "", "", "", ""),
    ]


def test_what_nobody_could_find_is_counted_by_sender(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out", directory(tmp_path))
    place = json.loads((tmp_path / "out" / "summary.json").read_text())["place"]
    assert place["placements_now"] == {"out of area": 1, "in area": 1, "cannot tell": 1}
    assert place["postcodes_by_sender"] == [{"agency": "la:971", "found": 5, "not_found": 1}]
    report = (tmp_path / "out" / "report.html").read_text()
    assert "Not in the directory: cannot tell" in report


def test_what_is_owed_does_not_change_by_it(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "with", directory(tmp_path))
    run(folder, tmp_path / "without", None)
    for name in ("owed.csv", "events.csv", "faults.csv"):
        assert (tmp_path / "with" / name).read_text() == (tmp_path / "without" / name).read_text()


def test_without_a_directory_nothing_is_said_and_nothing_stale_is_left(folder: Path, tmp_path: Path) -> None:
    assert run(folder, tmp_path / "out", directory(tmp_path))
    assert run(folder, tmp_path / "out", None) == []
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["place"] is None


def test_another_file_in_its_place_is_said_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    wrong = folder / "header.csv"
    out = tmp_path / "out"
    given = ["check", str(folder), "--out", str(out), "--as-of", "2026-03-01", "--postcodes", str(wrong)]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2
    assert "not a postcode directory" in " ".join(done.output.split())
    assert list(out.iterdir()) == []


def test_a_directory_among_the_extracts_is_known_for_what_it_is(folder: Path, tmp_path: Path) -> None:
    directory(folder)
    run(folder, tmp_path / "out", None)
    files = json.loads((tmp_path / "out" / "summary.json").read_text())["files"]
    (note,) = [file["note"] for file in files if file["file"] == "directory.csv"]
    assert "--postcodes" in note
