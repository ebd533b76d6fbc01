"""Any number of children goes to disk without being held in memory."""

from __future__ import annotations

import builtins
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from throughline import invent
from throughline.invent.files import HELD, Files

UNTIL = date(2026, 11, 22)
MEGABYTE = 1 << 20


def test_many_children_need_no_more_memory_than_a_few_waiting_rows(tmp_path: Path) -> None:
    invent.write(tmp_path / "warm", children=30, seed=3, until=UNTIL)  # what is loaded once is not counted
    tracemalloc.start()
    try:
        invent.write(tmp_path / "out", children=1_500, seed=3, until=UNTIL)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert written > 20 * MEGABYTE
    assert peak < 20 * MEGABYTE, f"{peak / MEGABYTE:.1f} MB held at once for {written / MEGABYTE:.0f} MB written"


def test_what_waits_is_written_in_order_and_closed_with_its_ending(tmp_path: Path) -> None:
    with Files(tmp_path) as files:
        files.begin("a.xml", "<all>", "</all>")
        files.begin("deep/b.csv", "head\n")
        files.begin("empty.csv", "head\n")
        for number in range(3):
            files.add("a.xml", f"<{number}/>")
            files.add("deep/b.csv", "x" * (HELD // 2) + f"{number}\n")
    assert (tmp_path / "a.xml").read_text() == "<all><0/><1/><2/></all>"
    assert [line[-1] for line in (tmp_path / "deep/b.csv").read_text().split()[1:]] == ["0", "1", "2"]
    assert (tmp_path / "empty.csv").read_text() == "head\n", "an empty return still says that there was nothing"


def test_only_one_file_is_open_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    still_open: list[object] = []
    really_open = Path.open

    def opening(self: Path, *how: str, **named: str) -> object:
        assert not [stream for stream in still_open if not stream.closed]  # type: ignore[attr-defined]
        stream = really_open(self, *how, **named)  # type: ignore[call-overload]
        still_open.append(stream)
        return stream

    monkeypatch.setattr(Path, "open", opening)
    assert builtins.open is not opening
    invent.write(tmp_path / "out", children=12, seed=3, until=UNTIL)
    assert len(still_open) > 100
