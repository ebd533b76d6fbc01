"""A workbook's sheets are read as CSV files are: the same rows, the same feeds, the same care."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

import returns
from books import book
from feeding import table, tell
from throughline.feeds import workbooks
from throughline.feeds.base import REPEATED, USED
from throughline.feeds.sources import open_sources

HEADER = ["a", "b", "c"]


def rows(path: Path) -> list[tuple[int, list[str]]]:
    (source,) = open_sources(path)
    return list(source.rows())


# -- what a sheet says --------------------------------------------------------------------------------


def test_cells_are_given_as_a_csv_file_would_have_them(tmp_path: Path) -> None:
    path = book(
        tmp_path / "b.xlsx",
        {
            "S": [
                ["day", "moment", "whole", "part", "yes", "no", "text", "clock", "blank"],
                [date(2026, 3, 4), datetime(2026, 3, 4, 10, 30), 12.0, 12.5, True, False, " a\nb ", time(9, 5), None],
            ]
        },
    )
    (_, (number, cells)) = rows(path)
    assert number == 2
    assert cells == ["2026-03-04", "2026-03-04T10:30", "12", "12.5", "Y", "N", " a\nb ", "09:05:00", ""]


def test_each_sheet_is_a_source_of_its_own_named_after_its_workbook(tmp_path: Path) -> None:
    book(tmp_path / "2026" / "b.xlsx", {"List 1": [HEADER, [1, 2, 3]], "List 2": [HEADER, [4, 5, 6]]})
    found = open_sources(tmp_path)
    assert [(source.name, source.sheet) for source in found] == [
        ("2026/b.xlsx/List 1", "List 1"),
        ("2026/b.xlsx/List 2", "List 2"),
    ]
    assert found[0].sha256 != found[1].sha256
    assert len(found[0].digest()) == 64


def test_a_workbook_in_a_zip_is_read_like_one_beside_it(tmp_path: Path) -> None:
    made = book(tmp_path / "b.xlsx", {"S": [HEADER, [1, 2, 3]]})
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(made, "lists/b.xlsx")
    (source,) = open_sources(tmp_path / "all.zip")
    assert source.name == "lists/b.xlsx/S"
    assert list(source.rows()) == [(1, HEADER), (2, ["1", "2", "3"])]


def test_rows_are_counted_as_the_spreadsheet_counts_them(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"S": [["A title", None, None], HEADER, [], [1, 2, 3]]})
    (source,) = open_sources(path)
    assert list(source.rows()) == [(2, HEADER), (4, ["1", "2", "3"])]
    assert [fault.rule for fault in source.faults] == ["header-not-first"]


def test_a_table_that_does_not_begin_in_the_corner_keeps_its_places(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for column, name in zip("CDE", HEADER, strict=True):
        made.active[f"{column}5"] = name
        made.active[f"{column}6"] = 7
    made.save(tmp_path / "b.xlsx")
    assert rows(tmp_path / "b.xlsx") == [(5, ["", "", *HEADER]), (6, ["", "", "7", "7", "7"])]


def test_empty_columns_behind_the_header_are_no_columns(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"S": [[*HEADER, None, None, " "], [1, 2, 3, None, None, None], [4]]})
    (source,) = open_sources(path)
    assert list(source.rows())[1:] == [(2, ["1", "2", "3", "", "", ""]), (3, ["4", "", "", "", "", ""])]
    path = book(tmp_path / "c.xlsx", {"S": [[*HEADER, None], [1, 2, 3, None, "beyond"]]})
    assert rows(path)[1] == (2, ["1", "2", "3", "", "beyond"])


def test_a_cell_with_a_mistake_of_excels_is_blank_and_said_once_a_column(tmp_path: Path) -> None:
    content = [[*HEADER], *([number, "#N/A", "#REF!" if number == 3 else number] for number in range(8))]
    (source,) = open_sources(book(tmp_path / "b.xlsx", {"S": content}))
    assert [row for _, row in source.rows()][1] == ["0", "", "0"]
    said = {fault.column: (fault.rule, fault.row, fault.value) for fault in source.faults}
    assert said == {"b": ("cell-error", 2, "#N/A"), "c": ("cell-error", 5, "#REF!")}
    assert "row 2, 3, 4, 5, 6 and 3 more" in source.faults[0].message
    list(source.rows())
    assert len(source.faults) == 2, "said once, however often the sheet is gone through"


def test_a_formula_is_read_as_it_was_last_worked_out_and_never_run(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"S": [HEADER, ["=1+1", "x", "y"]]})
    worked_out = tmp_path / "w.xlsx"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(worked_out, "w") as out:
        for name in archive.namelist():
            out.writestr(name, archive.read(name).replace(b"<v></v>", b"<v>41</v>").replace(b"<v />", b"<v>41</v>"))
    assert rows(worked_out)[1] == (2, ["41", "x", "y"])
    assert rows(path)[1] == (2, ["", "x", "y"])


# -- what is passed over ------------------------------------------------------------------------------


def test_hidden_and_empty_sheets_are_passed_over_and_said(tmp_path: Path) -> None:
    book(tmp_path / "b.xlsx", {"S": [HEADER, [1, 2, 3]], "lookups": [["x", "y"]], "Later": []}, hidden=["lookups"])
    t = tell(tmp_path)
    assert {fault.file: fault.rule for fault in t.faults} == {
        "b.xlsx/S": "file-not-recognised",
        "b.xlsx/lookups": "sheet-hidden",
        "b.xlsx/Later": "sheet-empty",
    }
    assert {read.file: read.note for read in t.files} == {
        "b.xlsx/S": "This is a sheet with the columns a, b, c.",
        "b.xlsx/lookups": "This is a hidden sheet.",
        "b.xlsx/Later": "This is an empty sheet.",
    }
    assert {fault.sheet for fault in t.faults} == {"S", "lookups", "Later"}


def test_no_sheet_is_read_of_what_is_no_sound_workbook(tmp_path: Path) -> None:
    whole = book(tmp_path / "good.xlsx", {"S": [HEADER, [1, 2, 3]]}).read_bytes()
    (tmp_path / "locked.xlsx").write_bytes(workbooks.OLD_OFFICE + b"\0" * 5000 + "EncryptedPackage".encode("utf-16-le"))
    (tmp_path / "old.xls").write_bytes(workbooks.OLD_OFFICE + b"\0" * 5000 + "Workbook".encode("utf-16-le"))
    (tmp_path / "short.xlsx").write_bytes(whole[: len(whole) // 2])
    _replaced(
        tmp_path / "good.xlsx", tmp_path / "sheet.xlsx", "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"
    )
    _replaced(tmp_path / "good.xlsx", tmp_path / "binary.xlsb", "xl/workbook.xml", b"x", name="xl/workbook.bin")
    t = tell(tmp_path)
    said = {fault.file: fault.rule for fault in t.faults if not fault.file.startswith("good.xlsx")}
    assert said == {
        "locked.xlsx": "workbook-locked",
        "old.xls": "workbook-old",
        "short.xlsx": "zip-broken",
        "sheet.xlsx": "workbook-broken",
        "binary.xlsb": "workbook-old",
    }
    assert t.statements == []
    by_file = {fault.file: fault.message for fault in t.faults}
    assert "password" in by_file["locked.xlsx"]
    assert "Save it as .xlsx or CSV" in by_file["old.xls"]


def _replaced(path: Path, out: Path, member: str, content: bytes, *, name: str = "") -> None:
    """A copy of a workbook with one member's content (and name) put in place of another's."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for old in archive.namelist():
            copy.writestr(name if name and old == member else old, content if old == member else archive.read(old))


def test_what_would_unpack_or_spread_beyond_bounds_is_not_opened(tmp_path: Path, monkeypatch) -> None:
    good = book(tmp_path / "good.xlsx", {"S": [HEADER, [1, 2, 3]]})
    far = (
        b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c>"
    )
    _replaced(good, tmp_path / "far.xlsx", "xl/worksheets/sheet1.xml", far)
    _replaced(good, tmp_path / "wide.xlsx", "docProps/app.xml", b" " * (1 << 20))
    monkeypatch.setattr(workbooks, "MOST_BYTES", 1 << 19)
    (tmp_path / "good.xlsx").unlink()
    found = {source.name: source.refused for source in open_sources(tmp_path)}
    assert {name: fault.rule for name, fault in found.items()} == dict.fromkeys(found, "workbook-too-large")
    assert set(found) == {"far.xlsx", "wide.xlsx"}
    assert "row 1,048,576 and column 16,384" in found["far.xlsx"].message


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        (b"<row r='1048576'><c r='A1048576' s='1'/><c r='XFD1048576' s='1'/></row>", False),
        (b"<row r='1048576'><c r='XFD1048576' s='1'><v>1</v></c></row>", True),
        (b"<row r='1048576'>" + b"<c><v>1</v></c>" * 20 + b"</row>", True),
        (b"<row>" + b"<c><v>1</v></c>" * 20 + b"</row>", False),
    ],
)
def test_a_sheet_reaches_as_far_as_it_holds_anything(tmp_path: Path, cells: bytes, refused: bool) -> None:
    good = book(tmp_path / "good.xlsx", {"S": [HEADER]})
    sheet = b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row>" + cells + b"</sheetData></worksheet>"
    _replaced(good, tmp_path / "other.xlsx", "xl/worksheets/sheet1.xml", sheet)
    (source,) = open_sources(tmp_path / "other.xlsx")
    assert (source.refused is not None) is refused


def test_a_member_that_holds_more_than_the_zip_says_is_not_believed(tmp_path: Path) -> None:
    good = book(tmp_path / "good.xlsx", {"S": [HEADER, ["x" * 50, 2, 3]]}).read_bytes()
    size = zipfile.ZipFile(io.BytesIO(good)).getinfo("xl/worksheets/sheet1.xml").file_size
    (tmp_path / "lying.xlsx").write_bytes(good.replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little")))
    (tmp_path / "good.xlsx").unlink()
    (source,) = open_sources(tmp_path)
    assert source.refused.rule == "workbook-broken"


# -- beside the others --------------------------------------------------------------------------------


def test_a_layout_of_ours_is_read_from_a_sheet_as_from_a_csv_file(tmp_path: Path) -> None:
    given = list(csv.reader(io.StringIO(table("missing_police", {"missing_since": "2026-01-17T20:00"}))))
    as_sheet = tell(book(tmp_path / "b.xlsx", {"Police": given, "Notes": [["Read me"]]}))
    (tmp_path / "c.csv").write_text(table("missing_police", {"missing_since": "2026-01-17T20:00"}))
    as_csv = tell(tmp_path / "c.csv")
    assert [s.values for s in as_sheet.statements] == [s.values for s in as_csv.statements]
    assert [s.outcome for s in as_sheet.statements] == [USED]
    assert as_sheet.statements[0].file == as_sheet.coverage[0].file == "b.xlsx/Police"
    assert as_sheet.events()[0].kind == "missing_start"


def test_the_same_workbook_twice_is_used_once_and_its_sheets_are_no_copies(tmp_path: Path) -> None:
    one = list(csv.reader(io.StringIO(table("missing_police", {"missing_since": "2026-01-17"}))))
    two = list(
        csv.reader(io.StringIO(table("missing_police", {"missing_since": "2026-01-18", "source_record_id": "R2"})))
    )
    book(tmp_path / "a.xlsx", {"One": one, "Two": two})
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes())
    t = tell(tmp_path)
    by_file = {read.file: [s.outcome for s in t.statements if s.file == read.file] for read in t.files}
    assert by_file == {
        "a.xlsx/One": [USED],
        "a.xlsx/Two": [USED],
        "b.xlsx/One": [REPEATED],
        "b.xlsx/Two": [REPEATED],
    }


@pytest.mark.parametrize(
    ("cell", "said"),
    [(1e16, "10000000000000000"), (9434765919.0, "9434765919"), (0.1, "0.1"), ("a\x1fb", "ab"), ("é\xa0", "é\xa0")],
)
def test_no_cell_is_bent(cell: object, said: str) -> None:
    assert workbooks.text(cell) == said


def test_a_time_of_day_that_excel_keeps_as_a_fraction_is_the_minute_it_was(tmp_path: Path) -> None:
    assert workbooks.text(datetime(2026, 3, 4, 10, 29, 59, 999_997)) == "2026-03-04T10:30"
    assert workbooks.text(datetime(2026, 3, 4, 23, 59, 59, 999_997)) == "2026-03-05"


def test_a_yearly_return_sent_as_a_workbook_says_what_its_csv_files_say(tmp_path: Path) -> None:
    header = ["100,1,15/06/2005,WBRI,,,"]
    episodes = [
        returns.episode("100", "01/05/2017", "S", "01/08/2017", "X1"),
        returns.episode("100", "01/08/2017", "P", PLACE="K2"),
    ]
    files = {"header": [returns.HEADER, *header], "episodes": [returns.EPISODES, *episodes]}
    as_csv = returns.returned(tmp_path / "csv", **files)
    sheets = {name: [line.split(",") for line in lines] for name, lines in files.items()}
    for rows_of in (sheets["header"], sheets["episodes"]):
        for row in rows_of[1:]:
            row[:] = [datetime.strptime(cell, "%d/%m/%Y").date() if cell.count("/") == 2 else cell for cell in row]
    as_sheets = tell(
        book(tmp_path / "903.xlsx", sheets), received=returns.RECEIVED, feeds=(returns.SSDA903, returns.CIN_CENSUS)
    )
    told = [returns.days(returns.children(t)["100"]) for t in (as_csv, as_sheets)]
    assert told[0] == told[1]
    assert ("placement_started", "2017-08-01") in told[0]
    assert [c.kinds for c in as_csv.coverage] == [c.kinds for c in as_sheets.coverage]
