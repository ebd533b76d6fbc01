"""A big census file read by two processes: the very same comes out, or one of them reads it all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest

from throughline import feeds, invent
from throughline.feeds import reading_ahead
from throughline.feeds.base import Context, SetAside, Statement, Unreadable
from throughline.feeds.cin_census import reader
from throughline.feeds.ssda903 import reader as ssda903
from throughline.feeds.xml_stream import without_the_first
from throughline.records.store import Part, Store

RECEIVED = date(2026, 3, 31)
CHILD, HEADER_ENDS = "<Child>\n", "</Header>\n"


def whole(text: str) -> str:
    return text


def first_child_again_at_the_end(text: str) -> str:
    first = text[text.index(CHILD) : text.index("</Child>\n") + 9]
    return text.replace("</Children>", first + "</Children>")


def cut_short(text: str) -> str:
    return text[: len(text) * 9 // 10]


def the_middle_in_a_comment(text: str) -> str:
    start, end = (text.index(CHILD, len(text) * part // 100) for part in (35, 60))
    return f"{text[:start]}<!--\n{text[start:end]}-->\n{text[end:]}"


def the_head_at_the_end(text: str) -> str:
    head = text[text.index("<Header>") : text.index(HEADER_ENDS) + len(HEADER_ENDS)]
    return text.replace(head, "").replace("</Children>", "</Children>\n" + head)


def all_on_one_line(text: str) -> str:
    return text.replace("\n", "")


def with_windows_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def an_element_nobody_knows(text: str) -> str:
    return text.replace("</CINdetails>", "<Shoes>2</Shoes></CINdetails>")


def said(folder: Path, *, by_two: bool) -> dict[str, list[object]]:
    """All that is said of the folder's files, sort by sort; statements in no order, without their cells as given."""
    found: dict[str, list[object]] = {}
    with tempfile.TemporaryDirectory() as scratch, Store(Path(scratch)) as store:
        context = Context(RECEIVED, aside=store.part if by_two else None)
        for item in feeds.read(feeds.open_sources(folder), context):
            if isinstance(item, SetAside):
                store.take(item)
            elif isinstance(item, Statement):
                store.add(item)
            else:
                found.setdefault(type(item).__name__, []).append(item)
        people, rows = store.added()
        store.finish({person: number for number, person in enumerate(people)})
        found["Statement"] = sorted((told for _, all_told in store.children() for told in all_told), key=repr)
        found["rows"] = sorted(rows.items())
    return found


@pytest.mark.parametrize(
    ("change", "by_two"),
    [
        (whole, True),
        (with_windows_line_ends, True),
        (an_element_nobody_knows, True),
        (first_child_again_at_the_end, False),
        (cut_short, False),
        (the_middle_in_a_comment, False),
        (the_head_at_the_end, False),
        (all_on_one_line, False),
    ],
)
def test_two_read_what_one_reads(
    change: Callable[[str], str], by_two: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cin.xml"
    invent.write_cin_census(path, children=400, seed=1)
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode())
    monkeypatch.setattr(reading_ahead, "WORTH_IT", 0)
    taken, goes_on_with = [], reader._File.goes_on_with

    def noted(*given: object) -> bool:
        taken.append(goes_on_with(*given))
        return taken[-1]

    one = said(tmp_path, by_two=False)
    monkeypatch.setattr(reader._File, "goes_on_with", noted)
    monkeypatch.setattr(reading_ahead.ReadAhead, "reached", waited_for)
    two = said(tmp_path, by_two=True)

    assert two == one
    assert (True in taken) is by_two
    assert len(one["Statement"]) > 100


def waited_for(ahead: reading_ahead.ReadAhead, line: int) -> bool:
    """As `ReadAhead.reached`, whichever process is the faster."""
    if ahead._line is None:
        ahead._line = ahead._heard() or 10**9
    return line >= ahead._line


def test_a_small_file_is_read_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent.write_cin_census(tmp_path / "cin.xml", children=2, seed=1)

    def never(*_: object) -> None:
        raise AssertionError("no process is worth it here")

    monkeypatch.setattr(reading_ahead, "ReadAhead", never)
    assert said(tmp_path, by_two=True)["Statement"]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_passed_over_leaves_its_line_ends(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"<r>\n<a>1</a>\n<a>\n2</a>\n  <a x='3'>3</a>\n<a>4</a></r>\n"
    chunks = [text[i : i + size] for i in range(0, len(text), size)]
    monkeypatch.setattr("throughline.feeds.xml_stream._LOOKED_AT", 20)

    line = text.index(b"\n  <a x")

    assert b"".join(without_the_first(chunks, b"a", line)) == b"<r>\n\n\n\n  <a x='3'>3</a>\n<a>4</a></r>\n"
    assert b"".join(without_the_first(chunks, b"a", line + 1)) == b"<r>\n\n\n\n\n<a>4</a></r>\n"
    assert b"".join(without_the_first([b"<r>\n</r>"], b"a", 0)) == b""


def test_what_breaks_off_there_is_said_here(tmp_path: Path) -> None:
    def broken() -> object:
        yield 7, []
        raise Unreadable(feeds.Fault("a", "", 0, "", "", "r", "error", "m", "n"))

    ahead = reading_ahead.ReadAhead(broken, dict, Part(tmp_path / "aside"))
    try:
        assert waited_for(ahead, 7)
        assert ahead.state_from(7) is None
        assert ahead.state_from(8) is None
    finally:
        ahead.stop()


def as_written(folder: Path) -> None:
    pass


def reviews_of_a_child_nobody_knows(folder: Path) -> None:
    path = folder / "reviews.csv"
    path.write_text(path.read_text(encoding="utf-8") + "999999,01/02/2012,03/03/2025,PN1\n", encoding="utf-8")


def a_quotation_mark_left_open(folder: Path) -> None:
    path = folder / "reviews.csv"
    path.write_text(path.read_text(encoding="utf-8") + '"100000,', encoding="utf-8")


def a_file_twice(folder: Path) -> None:
    shutil.copyfile(folder / "reviews.csv", folder / "reviews again.csv")


def dates_month_first(folder: Path) -> None:
    path = folder / "oc2.csv"
    path.write_text(re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\2/\1/\3", path.read_text(encoding="utf-8")), encoding="utf-8")


def an_authority_only_later_files_name(folder: Path) -> None:
    path = folder / "missing.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{head},LA", *(f"{row},Barnet" for row in rows)]) + "\n", encoding="utf-8")


def two_years(folder: Path) -> None:
    shutil.copytree(folder, folder / "2020", ignore=shutil.ignore_patterns("2020"))
    for path in (folder / "2020").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("/2025", "/2019"), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        as_written,
        reviews_of_a_child_nobody_knows,
        a_quotation_mark_left_open,
        a_file_twice,
        dates_month_first,
        an_authority_only_later_files_name,
        two_years,
    ],
)
@pytest.mark.parametrize("fails", [False, True])
def test_two_read_the_tables_that_one_reads(
    change: Callable[[Path], None], fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invent.write_ssda903_return(tmp_path, children=300, seed=1)
    change(tmp_path)
    monkeypatch.setattr(reading_ahead, "WORTH_IT", 0)
    taken, take_over, gathered = [], ssda903.Reader.take_over, ssda903.Reader.gathered

    def noted(*given: Any) -> Any:
        taken.append(True)
        return take_over(*given)

    def broken(_: ssda903.Reader) -> NoReturn:
        raise ValueError("a mistake of ours")

    one = said(tmp_path, by_two=False)
    monkeypatch.setattr(ssda903.Reader, "take_over", noted)
    monkeypatch.setattr(ssda903.Reader, "gathered", broken if fails else gathered)
    two = said(tmp_path, by_two=True)

    assert two == one
    assert bool(taken) is not fails
    assert len(one["Statement"]) > 1000
