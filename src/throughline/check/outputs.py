"""The command's CSV files. Headers are promises: people build on them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

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
# fmt: on

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell no spreadsheet will run: one that would start a formula gets an apostrophe in front."""
    return "'" + text if text.startswith(_FORMULA) else text


def quoted(text: str) -> str:
    """A safe cell as it stands in a CSV line, in quotes: what may hold a comma, a quote or a line break."""
    text = safe_cell(text)
    return '"' + text.replace('"', '""') + '"' if '"' in text else f'"{text}"'


class Table:
    """One CSV file, UTF-8, with its header written. Lines are written as they come.

    A county has millions of lines, most of whose cells are known to need no quotes; whoever writes a line
    puts it together and passes what may need them through `quoted`.
    """

    def __init__(self, path: Path, header: list[str]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="", buffering=1 << 20)
        self.write = self._file.write
        """Write one line, its end included."""
        self.write(",".join(header) + "\n")

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def fault_line(fault: Fault) -> str:
    """One line of ``faults.csv``; what stood in the file may be anything."""
    file, sheet, row, column, value, rule, severity, message, fix_by, _, _ = fault
    return (
        f"{quoted(file)},{quoted(sheet)},{row or ''},{quoted(column)},{quoted(value)},{rule},{severity},"
        f"{quoted(message)},{quoted(fix_by)}\n"
    )
