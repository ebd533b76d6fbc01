"""The way out without a server: what came in a shape is written in that shape."""

import csv
from datetime import date

import pytest

import datasets
from returns import EPISODES, HEADER, MISSING, REVIEWS, children, episode, returned
from throughline.check import giving_shown
from throughline.check.giving_back import give_back
from throughline.feeds.base import Context
from throughline.feeds.giving import harmless
from throughline.feeds.ssda903.tables import TABLES

RECEIVED = date(2026, 6, 1)


def out_of(folder, shape, sender="la:971"):
    give_back(folder, folder.parent / "out", shape, Context(RECEIVED, sender))
    return folder.parent / "out"


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def two_years(tmp_path):
    """A girl in care over two returns, the second with the end of the episode the first left open."""
    folder = tmp_path / "in"
    returned(
        folder,
        y2024__header=[HEADER, "C1,2,15/06/2011,WBRI,Z971100111001,,"],
        y2024__episodes=[
            EPISODES,
            episode("C1", "10/05/2023", "S"),
            episode("C2", "11/06/2023", "S", "03/02/2024", "E8"),
        ],
        y2024__reviews=[REVIEWS, "C1,15/06/2011,05/06/2023,PN1"],
        y2025__header=[HEADER, "C1,F,15/06/2011,WBRI,Z971100111001,,"],
        y2025__episodes=[
            EPISODES,
            episode("C1", "10/05/2023", "S", "04/11/2024", "E4A"),
            episode("C3", "12/06/2024", "S"),
        ],
        y2025__missing=[MISSING, "C1,15/06/2011,M,01/08/2024,02/08/2024"],
        received=RECEIVED,
    )
    return folder


def test_a_return_is_a_folder_a_year_with_its_dates_and_sex_codes(two_years):
    out = out_of(two_years, "ssda903")
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.csv")) == [
        "la_971/2023-24/episodes.csv",
        "la_971/2023-24/header.csv",
        "la_971/2023-24/reviews.csv",
        "la_971/2024-25/episodes.csv",
        "la_971/2024-25/header.csv",
        "la_971/2024-25/missing.csv",
    ]
    assert table(out / "la_971/2024-25/missing.csv")[0]["MIS_START"] == "01/08/2024"
    sexes = [table(out / "la_971" / year / "header.csv")[0]["SEX"] for year in ("2023-24", "2024-25")]
    assert sexes == ["2", "F"]


def test_a_header_has_the_layout_s_columns_and_none_of_ours(two_years):
    (row, *_) = table(out_of(two_years, "ssda903") / "la_971/2024-25/episodes.csv")
    assert list(row) == [name for name in TABLES["episodes"].names if name not in ("RETURN", "LATEST")]


def test_a_record_stands_once_as_it_was_told_last(two_years):
    out = out_of(two_years, "ssda903") / "la_971"
    found = [
        (year, row["CHILD"], row["DEC"])
        for year in ("2023-24", "2024-25")
        for row in table(out / year / "episodes.csv")
    ]
    assert found == [("2023-24", "C2", "03/02/2024"), ("2024-25", "C1", "04/11/2024"), ("2024-25", "C3", "")]


def test_a_year_its_own_days_do_not_show_is_said_in_a_column(tmp_path):
    """The other episodes of the first return were told again in the second; what is left began years before."""
    kept, again = episode("C1", "10/05/2015", "S"), episode("C2", "11/06/2016", "S")
    folder = tmp_path / "in"
    told = returned(
        folder,
        a=[EPISODES, kept, again, episode("C3", "01/02/2017", "S")],
        b=[EPISODES, again.replace("V2", "C2"), episode("C3", "01/02/2017", "S", "03/03/2018", "E8")],
    )
    out = out_of(folder, "ssda903", sender="") / "la"
    (row,) = table(out / "2016-17/episodes.csv")
    assert (row["CHILD"], row["YEAR"]) == ("C1", "2017")
    assert "YEAR" not in table(out / "2017-18/episodes.csv")[0]
    again = returned(tmp_path / "copy", **{path.parent.name: path.read_text() for path in out.rglob("*.csv")})
    covered = {"la": date(2018, 3, 3)}
    before, after = (children(each, covered_to=covered)["C1"] for each in (told, again))
    assert [(e.kind, e.happened_on) for e in after.events] == [(e.kind, e.happened_on) for e in before.events]


def test_a_dataset_is_a_file_a_table_look_ups_too_without_what_we_added(tmp_path):
    folder = tmp_path / "in"
    datasets.write(folder, "professionals", [{"professional_id": "W1", "professional_name": "Sam Hart"}])
    datasets.write(folder, "person", [datasets.child()])
    worker = {"involvements_id": "1", "person_id": "1", "professional_id": "W1", "professional_role_id": "CW"}
    datasets.write(folder, "involvements", [worker | {"involvement_start_date": "2025-01-02 00:00:00"}])
    out = out_of(folder, "ssd") / "la_971"
    assert {path.name for path in out.iterdir()} == {"professionals.csv", "person.csv", "involvements.csv"}
    (row,) = table(out / "involvements.csv")
    assert "worker_name" not in row
    assert (row["invo_professional_id"], row["invo_involvement_start_date"]) == ("W1", "2025-01-02")


def test_other_shapes_in_the_folder_stay_out(two_years):
    datasets.write(two_years, "person", [datasets.child()])
    out = out_of(two_years, "ssda903")
    assert not list(out.rglob("person.csv"))


@pytest.mark.parametrize("text", ["=1+1", "+44 7700 900000", "-5", "@home"])
def test_no_cell_is_a_formula_and_reading_takes_the_space_away_again(text):
    assert harmless(text) == f" {text}"
    assert harmless(text).strip() == text


def test_the_command_says_what_it_wrote_and_writes_over_nothing(two_years, capsys):
    out = two_years.parent / "taken"
    assert giving_shown.give_back(two_years, out, "ssda903", RECEIVED, "la:971") == 0
    assert "rows in 6 files" in " ".join(capsys.readouterr().out.split())
    assert (out / "ABOUT.txt").read_text().startswith("OFFICIAL-SENSITIVE")
    assert giving_shown.give_back(two_years, out, "ssda903", RECEIVED, "la:971") == 3
    assert giving_shown.give_back(two_years, two_years.parent / "more", "ssd", RECEIVED, "") == 2
    assert giving_shown.give_back(two_years, two_years.parent / "other", "xml", RECEIVED, "") == 3
