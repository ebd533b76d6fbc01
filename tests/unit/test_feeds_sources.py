"""Files as they lie: in folders and zips, in any encoding, with rows numbered as a spreadsheet numbers them."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from throughline.feeds.base import Unreadable
from throughline.feeds.files import FileSource, column_name
from throughline.feeds.sources import open_sources

ROWS = [(1, ["a", "b", "c"]), (2, ["1", "2", "3"])]


def source(tmp_path: Path, content: bytes, name: str = "f.csv") -> FileSource:
    (tmp_path / name).write_bytes(content)
    (found,) = open_sources(tmp_path / name)
    return found


def rules(found: FileSource) -> list[str]:
    return [fault.rule for fault in found.faults]


@pytest.mark.parametrize(
    "content",
    [
        b"a,b,c\n1,2,3\n",
        b"a,b,c\r\n1,2,3\r\n",
        b"a,b,c\r1,2,3\r",
        b"a,b,c\n1,2,3",
        b"\xef\xbb\xbfa,b,c\n1,2,3\n",
        "a,b,c\n1,2,3\n".encode("utf-16"),
        "\ufeffa,b,c\n1,2,3\n".encode("utf-16-be"),
        b"a;b;c\n1;2;3\n",
        b"a\tb\tc\n1\t2\t3\n",
        b'"a","b","c"\n"1","2","3"\n',
    ],
)
def test_the_same_table_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    found = source(tmp_path, content)
    assert list(found.rows()) == ROWS
    assert found.header() == ["a", "b", "c"]
    assert found.faults == []
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_a_separator_line_and_a_title_above_the_header_are_passed_over_and_said(tmp_path: Path) -> None:
    found = source(tmp_path, b"sep=;\nMissing children 2026;;\n\na;b;c\n1;2;3\n")
    assert list(found.rows()) == [(4, ["a", "b", "c"]), (5, ["1", "2", "3"])]
    assert rules(found) == ["header-not-first"]


def test_blank_lines_are_left_out_but_counted(tmp_path: Path) -> None:
    found = source(tmp_path, b"a,b,c\n\n1,2,3\n\n\n4,5,6\n")
    assert [row for row, _ in found.rows()] == [1, 3, 6]


def test_a_cell_over_several_lines_is_one_row(tmp_path: Path) -> None:
    found = source(tmp_path, b'a,b,c\n1,"two\nlines\n",3\n4,5,6\n')
    assert list(found.rows())[1:] == [(2, ["1", "two\nlines\n", "3"]), (3, ["4", "5", "6"])]
    assert found.faults == []


def test_a_quotation_never_closed_keeps_what_stands_before_it(tmp_path: Path) -> None:
    found = source(tmp_path, b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n')
    rows = found.rows()
    assert [next(rows), next(rows)] == ROWS
    with pytest.raises(Unreadable) as stopped:
        next(rows)
    assert (stopped.value.fault.rule, stopped.value.fault.row) == ("quotation-open", 3)


def test_a_quotation_never_closed_on_the_last_line_is_found_too(tmp_path: Path) -> None:
    found = source(tmp_path, b'a,b,c\n1,2,3\n4,"5,6')
    with pytest.raises(Unreadable) as stopped:
        list(found.rows())
    assert stopped.value.fault.row == 3


def test_windows_text_is_read_and_said(tmp_path: Path) -> None:
    found = source(tmp_path, "a,b,c\n1,Zoë,3\n".encode("cp1252"))
    assert list(found.rows())[1] == (2, ["1", "Zoë", "3"])
    (fault,) = found.faults
    assert (fault.rule, fault.severity, fault.row) == ("encoding-windows", "repaired", 2)


def test_mixed_encodings_are_read_line_by_line_and_said(tmp_path: Path) -> None:
    found = source(tmp_path, "a,b,c\n1,Zoë,3\n".encode() + "4,Zoë,6\n".encode("cp1252"))
    assert [row[1] for _, row in found.rows()] == ["b", "Zoë", "Zoë"]
    (fault,) = found.faults
    assert (fault.rule, fault.severity, fault.row) == ("encoding-mixed", "query", 3)


def test_nul_bytes_are_left_out_and_said(tmp_path: Path) -> None:
    found = source(tmp_path, b"a,b,c\n1,2\0,3\n")
    assert list(found.rows()) == ROWS
    assert rules(found) == ["nul-bytes"]


def test_utf16_without_its_mark_still_reads_as_text(tmp_path: Path) -> None:
    found = source(tmp_path, "a,b,c\n1,2,3\n".encode("utf-16-le"))
    assert list(found.rows()) == ROWS
    assert rules(found) == ["nul-bytes"]


def test_a_column_that_stands_twice_is_said_once(tmp_path: Path) -> None:
    found = source(tmp_path, b"a,DOB,dob ,c\n1,2,3,4\n")
    list(found.rows())
    list(found.rows())
    (fault,) = found.faults
    assert (fault.rule, fault.column) == ("header-duplicate", "dob")


def test_text_beyond_one_chunk_is_whole(tmp_path: Path) -> None:
    line = "é" * 99 + ",x\n"
    found = source(tmp_path, ("a,b\n" + line * 5000).encode())
    rows = list(found.rows())
    assert len(rows) == 5001
    assert {tuple(row) for _, row in rows[1:]} == {("é" * 99, "x")}
    assert found.faults == []


def test_a_cell_past_all_bounds_stops_the_reading_at_its_row(tmp_path: Path) -> None:
    found = source(tmp_path, b"a,b\n1,2\n3," + b"x" * 200_000 + b"\n5,6\n")
    rows = found.rows()
    assert [next(rows)[0], next(rows)[0]] == [1, 2]
    with pytest.raises(Unreadable) as stopped:
        next(rows)
    assert (stopped.value.fault.rule, stopped.value.fault.row) == ("cell-too-long", 3)


def test_reading_says_how_far_it_has_come(tmp_path: Path) -> None:
    found = source(tmp_path, b"a,b\n" + b"1,2\n" * 200_000)
    far: list[int] = []
    found.told = far.append
    list(found.rows())
    assert far == sorted(far)
    assert far[-1] == found.size


def test_a_folder_is_read_through_in_order_without_what_desktops_leave(tmp_path: Path) -> None:
    for name in ("b/two.csv", "a.csv", ".hidden.csv", "__MACOSX/x.csv", "~$a.csv", "Thumbs.db", ".git/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a,b\n")
    assert [found.name for found in open_sources(tmp_path)] == ["a.csv", "b/two.csv"]


def test_a_zip_in_a_folder_gives_its_members(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in/f.csv", "a,b,c\n1,2,3\n")
        archive.writestr("__MACOSX/in/._f.csv", "junk")
        archive.mkdir("empty")
    (found,) = open_sources(tmp_path)
    assert found.name == "x.zip/in/f.csv"
    assert list(found.rows()) == ROWS
    assert list(found.rows()) == ROWS  # as often as one likes
    (alone,) = open_sources(tmp_path / "x.zip")
    assert alone.name == "in/f.csv"


def test_a_workbook_is_one_file_not_a_zip_of_many(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    (found,) = open_sources(tmp_path)
    assert (found.name, found.header()) == ("book.xlsx", [])


def test_a_link_out_of_the_folder_and_a_pipe_are_refused_and_do_not_hang(tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("a,b\n1,2\n")
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    os.mkfifo(folder / "pipe.csv")
    assert [rules(found) for found in open_sources(folder)] == [["file-outside"], ["file-unreadable"]]


def test_nothing_at_the_path_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_sources(tmp_path / "no")


@pytest.mark.parametrize("name", ["UPN", " upn ", "\ufeffUPN", "upn\xa0"])
def test_a_column_name_is_known_whatever_its_case_and_blanks(name: str) -> None:
    assert column_name(name) == "upn"
    assert column_name("Extract Date") == column_name("extract-date") == "extract_date"
