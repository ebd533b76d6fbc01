"""Excel workbooks for the tests, made as people make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

Sheets = Mapping[str, Sequence[Sequence[object]]]


def book(path: Path, sheets: Sheets, *, hidden: Sequence[str] = ()) -> Path:
    """Write a workbook of these sheets, each a list of rows; a text like ``#N/A`` is Excel's own mistake."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)
    return path
