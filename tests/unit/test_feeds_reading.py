"""A delivery of several files: each known by its content, none able to stop the others."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from feeding import table, tell
from throughline.feeds.base import (
    REPEATED,
    Context,
    Coverage,
    Derived,
    Fault,
    Person,
    Source,
    Statement,
)
from throughline.feeds.csv_layouts import FEEDS
from throughline.feeds.reading import read_with
from throughline.feeds.sources import open_sources

ONE_ROW = {"missing_since": "2026-01-17"}


class Broken:
    """A feed with a mistake in it, after its first row."""

    id = "broken"
    title = "Broken"
    tables: Mapping[str, tuple[str, ...]] = {"t": ("a",)}
    looked_for = ""

    def recognise(self, source: Source) -> str | None:
        return "t" if source.head(6) == b"broken" else None

    def reader(self, context: Context) -> Broken:
        return self

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        yield Statement("broken", "t", source.name, 2, "r", "p", ("x",))
        raise ZeroDivisionError("oh")

    def finish(self) -> Iterator[Coverage | Fault]:
        raise LookupError("no more")
        yield

    def events(self, statements: Sequence[Statement]) -> Derived:
        return Derived([], [])


def test_a_mistake_of_ours_stops_one_file_and_is_said_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("broken,b\n1,2\n")
    (tmp_path / "b.csv").write_text(table("missing_police", ONE_ROW))
    t = tell(tmp_path, feeds=(Broken(), *FEEDS))
    assert t.rules == ["reader-failed", "reader-failed"]
    assert (t.faults[0].file, t.faults[0].row) == ("a.csv", 2)
    assert [(read.file, read.rows) for read in t.files] == [("a.csv", 1), ("b.csv", 1)]


def test_the_same_file_twice_is_used_once(tmp_path: Path) -> None:
    text = table("missing_police", ONE_ROW, {"source_record_id": "R2", "source_person_id": "", "surname": ""})
    for name in ("january.csv", "january (1).csv"):
        (tmp_path / name).write_text(text)
    t = tell(tmp_path)
    by_file = {read.file: [s.outcome for s in t.statements if s.file == read.file] for read in t.files}
    assert by_file == {"january (1).csv": ["used", "refused"], "january.csv": [REPEATED, REPEATED]}
    assert (t.fault("file-repeated").file, t.fault("file-repeated").severity) == ("january.csv", "query")
    assert "january (1).csv" in t.files[1].note
    assert len(t.persons) == len(t.coverage) == 1
    assert t.files[0].sha256 == t.files[1].sha256


def test_two_files_without_rows_are_alike_and_nobody_needs_to_hear_it(tmp_path: Path) -> None:
    for name in ("january.csv", "february.csv"):
        (tmp_path / name).write_text(table("missing_police"))
    t = tell(tmp_path)
    assert t.faults == []
    assert [(read.feed, read.rows, read.note) for read in t.files] == [("missing_police", 0, "")] * 2


def test_the_same_row_in_two_files_of_a_delivery_is_used_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table("missing_police", ONE_ROW))
    (tmp_path / "b.csv").write_text(table("missing_police", ONE_ROW, {**ONE_ROW, "source_record_id": "R2"}))
    t = tell(tmp_path)
    assert [(s.file, s.record_id, s.outcome) for s in t.statements] == [
        ("a.csv", "R1", "used"),
        ("b.csv", "R1", REPEATED),
        ("b.csv", "R2", "used"),
    ]


def test_files_that_are_none_of_ours_are_noted_with_what_they_look_like(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "notes.txt").write_text("Dear all,\nplease find attached\n")
    (tmp_path / "other.csv").write_text("shoe size,colour\n4,red\n")
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html></html>")
    (tmp_path / "zeros.bin").write_bytes(b"\0" * 5000)
    t = tell(tmp_path)
    assert t.statements == []
    assert {read.file: read.note for read in t.files} == {
        "book.xlsx": "This is a Word document or another zipped file; send the table in it as .xlsx or CSV.",
        "empty.csv": "This is an empty file.",
        "letter.pdf": "This is a PDF; send the extract it was printed from.",
        "notes.txt": "This is a CSV file with the columns dear_all, (no name).",
        "other.csv": "This is a CSV file with the columns shoe_size, colour.",
        "page.html": "This is a web page.",
        "zeros.bin": "This is not a table of columns.",
    }
    assert t.rules == ["file-not-recognised"] * 7
    assert {read.feed for read in t.files} == {""}


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(table("missing_police", {**ONE_ROW, "source_record_id": name}))
    told: list[tuple[int, int]] = []
    context = Context(date(2026, 3, 31), progress=lambda done, total: told.append((done, total)))
    list(read_with(FEEDS, open_sources(tmp_path), context))
    total = sum(source.size for source in open_sources(tmp_path))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (total, total)
