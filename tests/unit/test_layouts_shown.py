"""`throughline layouts`: what a sender reads, and the templates a sender fills in."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from feeding import ADA, tell
from sound_rows import ROWS
from throughline import words
from throughline.check import layouts_shown
from throughline.cli import app
from throughline.feeds.base import USED
from throughline.feeds.describing import descriptions
from throughline.feeds.layouts import every_layout, identity, layouts

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "layouts.md"
FORMATS = """
    missing_police return_interview attendance_daily school_roll suspensions education_status ehcp_review
    meetings
    meeting_invites plan_outcomes risk_list_decisions nrm ae_attendance istv cpis_access yj_offence yj_disposal
    yj_assessment camhs_referral camhs_contact police_occurrence police_investigation voice transition""".split()
"""The files of formats §5b."""


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["layouts", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_every_file_of_the_brief_is_a_layout() -> None:
    assert set(every_layout()) == {*FORMATS, "events"}


def test_the_reference_page_says_what_the_layouts_say() -> None:
    current = layouts_shown.reference()
    assert PAGE.read_text(encoding="utf-8") == current, (
        "the page is not current: throughline layouts --markdown > docs/reference/layouts.md"
    )


def test_the_page_is_printed_as_it_is() -> None:
    assert run("--markdown") == layouts_shown.reference()


def test_all_layouts_are_shown_with_columns_codes_and_what_a_row_comes_to() -> None:
    shown = run()
    for layout in every_layout().values():
        assert f"· {layout.id}" in shown
        assert all(column in shown for column in layout.own)
    assert "A row comes to" in shown
    assert "accident Accident" in shown
    for extract in ("ssda903", "cin_census"):
        assert f"· {extract}" in shown
    assert "DATE_EPISODE_COMMENCED" in shown or "DECOM" in shown


def test_one_layout_is_shown_with_who_the_child_is() -> None:
    shown = run("meetings")
    assert "source_record_id" in shown
    assert "Initial child protection conference" in shown
    assert "missing_since" not in shown


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert "Did you mean meetings" in run("metings", code=layouts_shown.UNKNOWN)


def test_of_an_extract_of_others_there_is_no_template(tmp_path: Path) -> None:
    assert "no template" in run("ssda903", "--out", str(tmp_path / "t"), code=layouts_shown.UNKNOWN)
    assert not (tmp_path / "t").exists()
    assert "episodes" in run("ssda903")


def test_every_column_comes_to_something_or_says_that_it_does_not() -> None:
    for layout in descriptions():
        for column in layout.columns:
            assert column.comes_to, (layout.id, column.name)
            if column.comes_to == "nothing by itself":
                assert "nothing" in column.note, (layout.id, column.name)


def test_notes_are_of_columns_there_are() -> None:
    for layout in every_layout().values():
        assert set(layout.notes) <= set(layout.columns), layout.id


def test_no_line_of_it_says_what_nobody_should_say() -> None:
    page = layouts_shown.reference().lower()
    assert not [term for term in words.avoided() if f" {term.lower()} " in page]


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    run("--out", str(folder / "all"))
    return folder / "all"


def test_there_is_a_template_of_each_in_csv_and_excel(templates: Path) -> None:
    assert {path.name for path in templates.iterdir()} == {
        f"{layout}.{kind}" for layout in every_layout() for kind in ("csv", "xlsx")
    }


def test_nothing_is_written_over_a_template_that_may_be_filled_in(templates: Path) -> None:
    (templates / "voice.csv").write_text("filled in")
    refused = run("--out", str(templates), code=layouts_shown.CANNOT_WRITE)
    assert "is there already" in " ".join(refused.split())
    assert (templates / "voice.csv").read_text() == "filled in"
    (templates / "voice.csv").write_text(",".join(every_layout()["voice"].columns) + "\n")


@pytest.mark.parametrize("layout", ROWS)
def test_a_csv_template_filled_in_by_hand_is_read_back(templates: Path, tmp_path: Path, layout: str) -> None:
    text = (templates / f"{layout}.csv").read_text(encoding="utf-8")
    (header,) = csv.reader(text.splitlines())
    cells = {"source_system": "la:971", **ADA, **ROWS[layout].cells}
    filled = tmp_path / "any name.csv"
    with filled.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        csv.writer(stream).writerow([cells.get(name, "") for name in header])
    t = tell(filled)
    assert (t.faults, t.outcomes) == ([], {USED: 1})
    assert {event.kind for event in t.events()} == set(ROWS[layout].events)


@pytest.mark.parametrize("layout", ["ae_attendance", "meetings"])
def test_a_workbook_filled_in_by_hand_is_read_back(templates: Path, tmp_path: Path, layout: str) -> None:
    book = openpyxl.load_workbook(templates / f"{layout}.xlsx")
    sheet = book[layout]
    cells = {"source_system": "la:971", **ADA, **ROWS[layout].cells}
    sheet.append([cells.get(str(cell.value), "") for cell in sheet[1]])
    book.save(tmp_path / "any name.xlsx")
    t = tell(tmp_path / "any name.xlsx")
    assert t.faults == [], "the sheets that explain it are nothing to ask about"
    assert t.outcomes == {USED: 1}
    assert {event.kind for event in t.events()} == set(ROWS[layout].events)


def test_a_workbook_explains_its_columns_and_offers_its_codes(templates: Path) -> None:
    book = openpyxl.load_workbook(templates / "meetings.xlsx")
    assert book.sheetnames == ["meetings", "Columns", "Codes"]
    to_fill, columns, codes = (book[name] for name in book.sheetnames)
    assert [cell.value for cell in to_fill[1]] == list(layouts()["meetings"].columns)
    assert to_fill.column_dimensions["A"].number_format == "@", "ids stay text"
    explained = {row[0].value: row[3].value for row in columns.iter_rows(min_row=2) if row[3].value}
    assert set(explained) == set(layouts()["meetings"].columns) - set(identity())
    assert ("type", "ICPC", "Initial conference") in [tuple(c.value for c in row) for row in codes.iter_rows()]
    offered = {str(choice.sqref): choice.formula1 for choice in to_fill.data_validations.dataValidation}
    place = openpyxl.utils.get_column_letter(list(layouts()["meetings"].columns).index("type") + 1)
    assert offered[f"{place}2:{place}1001"].startswith("Codes!$B$")
