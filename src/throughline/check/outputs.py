"""The command's CSV files. Headers are promises: people build on them."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import TextIO

from throughline.check.mentions import Mentions
from throughline.feeds.base import Fault

# fmt: off
OWED = [
    "subject_kind", "child_id", "duty_id", "version", "strength", "owed_by", "title", "trigger_kind",
    "opened_at", "due_at", "precision", "state", "met_at", "late", "late_unit", "evidence", "because",
    "source",
]
FAULTS = ["file", "sheet", "row", "column", "value", "rule", "severity", "message", "fix_by"]
EVENTS = [
    "child_id", "kind", "title", "happened_on", "happened_at", "precision", "recorded_at", "said_by",
    "happening", "told_by", "marks", "details", "level", "tags", "file", "row",
]
PLACEMENTS = [
    "child_id", "from", "to", "placement_type", "responsible", "home_authority", "host_authority", "miles",
    "out_of_area", "at_a_distance", "level", "tags",
]
# fmt: on

_MENTIONS = "mentions"
"""No answer: what children's events mention, until the places and plans they name are answered for."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell no spreadsheet will run: one that would start a formula gets an apostrophe in front."""
    return "'" + text if text.startswith(_FORMULA) else text


def quoted(text: str) -> str:
    """A safe cell as it stands in a CSV line, in quotes: what may hold a comma, a quote or a line break."""
    if text.startswith(_FORMULA):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if '"' in text else f'"{text}"'


class Tables:
    """The command's CSV files, UTF-8. Lines are written as they come.

    A county has millions of lines, most of whose cells are known to need no quotes; whoever writes a line
    puts it together and passes what may need them through `quoted`.
    """

    def __init__(self, folder: Path, *, headers: bool = True, placements: bool = False) -> None:
        """Files without headers are parts, for `append`. `placements`: a fourth file says where they lie."""
        self.folder = folder
        self.owed = _file(folder / "owed.csv", OWED if headers else [])
        self.faults = _file(folder / "faults.csv", FAULTS if headers else [])
        self.events = _file(folder / "events.csv", EVENTS if headers else [])
        self._files = [self.owed, self.faults, self.events]
        self.mentions = Mentions(folder / _MENTIONS)
        if placements:
            self.placements = _file(folder / "placements.csv", PLACEMENTS if headers else [])
            self._files.append(self.placements)

    def __enter__(self) -> Tables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.close()
        self.mentions.close()

    def flush(self) -> None:
        """Write down what is still held back: another process must not write it too."""
        for file in self._files:
            file.flush()
        self.mentions.flush()

    def append(self, folder: Path) -> None:
        """Add the lines of the parts in `folder`, which goes."""
        self.flush()
        for file in self._files:
            with (folder / Path(file.name).name).open("rb") as part:
                shutil.copyfileobj(part, file.buffer, 1 << 20)
        self.mentions.append(folder / _MENTIONS)
        shutil.rmtree(folder)


def _file(path: Path, header: list[str]) -> TextIO:
    file = path.open("w", encoding="utf-8", newline="", buffering=1 << 20)
    if header:
        file.write(",".join(header) + "\n")
    return file


def fault_line(fault: Fault) -> str:
    """One line of ``faults.csv``; what stood in the file may be anything."""
    file, sheet, row, column, value, rule, severity, message, fix_by, _, _ = fault
    return (
        f"{quoted(file)},{quoted(sheet)},{row or ''},{quoted(column)},{quoted(value)},{rule},{severity},"
        f"{quoted(message)},{quoted(fix_by)}\n"
    )
