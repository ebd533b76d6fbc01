"""``throughline check`` against the least any program could do with the same file, both in one run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

from throughline import invent

_CSV = """
import csv, sys
for path in sys.argv[1:]:
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            pass
"""
_XML = """
import sys
from lxml import etree
for _, element in etree.iterparse(sys.argv[1]):
    element.clear()
"""
_AS_OF = "2026-03-31"


def ssda903(folder: Path) -> None:
    """SSDA903 of 267,500 children, and of half as many to see that it grows in a line."""
    for children in (133_750, 267_500):
        files = folder / f"in-{children}"
        rows = invent.write_ssda903_return(files, children=children, seed=1)
        floor = min(timed([sys.executable, "-c", _CSV, *_csvs(files)])[0] for _ in range(3))
        _report(f"{children:,} children, {rows:,} rows", files, folder / "out", floor, "csv.reader", rows)
        shutil.rmtree(files)


def cin(folder: Path) -> None:
    """CIN census XML of 33,200 children, and of half as many."""
    for children in (16_600, 33_200):
        files = folder / f"in-{children}"
        files.mkdir()
        path = files / "cin.xml"
        invent.write_cin_census(path, children=children, seed=1)
        floor = min(timed([sys.executable, "-c", _XML, str(path)])[0] for _ in range(3))
        size = f"{children:,} children, {path.stat().st_size / 1e6:.0f} MB"
        _report(size, files, folder / "out", floor, "bare lxml iterparse", children)
        shutil.rmtree(files)


def _report(what: str, files: Path, out: Path, floor: float, floor_name: str, units: int) -> None:
    command = [str(Path(sys.executable).with_name("throughline")), "check", str(files)]
    seconds, peak = timed([*command, "--as-of", _AS_OF, "--out", str(out)])
    shutil.rmtree(out)
    print(
        f"  {what}: check {seconds:.1f} s, {floor_name} {floor:.2f} s, ratio {seconds / floor:.1f},"
        f" peak {peak:.0f} MB, {seconds / units * 1e6:.1f} microseconds each"
    )


def timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Wall seconds of one command that must succeed, and the most memory it and its processes held, in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    memory = _Memory(process.pid)
    memory.start()
    if code := process.wait():
        sys.exit(f"{command[:3]} ended with {code}")
    seconds = time.perf_counter() - started
    memory.join()
    return seconds, memory.peak


class _Memory(Thread):
    """Watches a process and those it starts; what they share is counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak = 0.0
        """In MB, as seen five times a second."""

    def run(self) -> None:
        while now := sum(map(_held, _family(self._pid))):
            self.peak = max(self.peak, now)
            time.sleep(0.2)


def _family(pid: int) -> list[int]:
    """A process and those it has started."""
    family = [pid]
    for started in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            family += map(int, started.read_text().split())
    return family


def _held(pid: int) -> float:
    """MB of memory a process holds, its share of what it shares with others; 0 once it has ended."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rolled_up:
        for line in rolled_up:
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1e3
    return 0.0


def _csvs(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.rglob("*.csv"))]
