"""The way out: what came in a shape is written in that shape again, so that a council can leave (DESIGN §10).

`writer(shape, out)` takes the statements that stand, one person's at a time, and writes the files. What the
files mean must be the same as before when they are read again.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from throughline.feeds.base import Statement

MARKING = "OFFICIAL-SENSITIVE. Records of named children: for the authority that sent them, and nobody else."
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Given(NamedTuple):
    """One file that was written."""

    name: str
    """Path below the folder, forward slashes."""
    rows: int
    sha256: str


class Sheets:
    """CSV files being written below one folder. Use as a context manager."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._files = ExitStack()
        self._writers: dict[str, Any] = {}
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Sheets:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def write(self, name: str, header: Sequence[str], cells: Sequence[str]) -> None:
        """Add one row to a file; its header is written with the first."""
        writer = self._writers.get(name)
        if writer is None:
            path = self.out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            file = self._files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writer = self._writers[name] = csv.writer(file)
            writer.writerow(header)
            self._rows[name] = 0
        writer.writerow(list(map(harmless, cells)))
        self._rows[name] += 1

    def close(self) -> None:
        """Have everything written down; no row can be added any more."""
        self._files.close()

    def given(self) -> list[Given]:
        """What was written; call `close` first."""
        return [Given(name, rows, _digest(self.out / name)) for name, rows in sorted(self._rows.items())]


class Writer(Protocol):
    """Writes one shape."""

    def add(self, statements: Sequence[Statement]) -> None:
        """The statements that stand of one person (or of none: look-ups)."""

    def finish(self) -> None:
        """There are no more."""


def harmless(text: str) -> str:
    """A cell no spreadsheet works out: a space goes before what begins like a formula, and reading drops it."""
    return f" {text}" if text.startswith(_STARTS_A_FORMULA) else text


def folder_of(agency: str) -> str:
    """What an agency's folder is called: ``la:971`` -> la_971."""
    return agency.replace(":", "_")


def shapes() -> Mapping[str, Callable[[Sheets], Writer]]:
    """Every shape that can be written, by the id of its feed."""
    # Here rather than above: they are built on this module.
    from throughline.feeds.ssd.writing import Dataset
    from throughline.feeds.ssda903.writing import Returns

    return {"ssda903": Returns, "ssd": Dataset}


def describe(out: Path, given: Sequence[Given], told: Sequence[str]) -> None:
    """Say beside the files what they are: ``ABOUT.txt``, with their marking, number of rows and SHA-256."""
    lines = [MARKING, *told, "", *(f"{one.sha256}  {one.name}  {one.rows:,} rows" for one in given)]
    (out / "ABOUT.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
