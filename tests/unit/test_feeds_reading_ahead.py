"""A big census file read by two processes: the very same comes out, or one of them reads it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from throughline import feeds, invent
from throughline.feeds import reading_ahead
from throughline.feeds.base import Context, Item, Unreadable
from throughline.feeds.cin_census import reader
from throughline.feeds.xml_stream import without_the_first

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


def said(folder: Path, *, two_processes: bool) -> dict[str, list[Item]]:
    """All that is said of the folder's files, sort by sort."""
    found: dict[str, list[Item]] = {}
    context = Context(RECEIVED, two_processes=two_processes)
    for item in feeds.read(feeds.open_sources(folder), context):
        found.setdefault(type(item).__name__, []).append(item)
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

    one = said(tmp_path, two_processes=False)
    monkeypatch.setattr(reader._File, "goes_on_with", noted)
    monkeypatch.setattr(reading_ahead.ReadAhead, "reached", waited_for)
    two = said(tmp_path, two_processes=True)

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
    assert said(tmp_path, two_processes=True)["Statement"]


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

    ahead = reading_ahead.ReadAhead(broken, dict)
    try:
        assert waited_for(ahead, 7)
        assert ahead.state_from(7) is None
        assert ahead.state_from(8) is None
    finally:
        ahead.stop()
