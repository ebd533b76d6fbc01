"""Empty templates of the layouts: one CSV file and one Excel workbook each.

A workbook's first sheet is to be filled in; the second explains each column, the third lists the codes. Every
cell of the first sheet is text, so that Excel turns no id into a number and no date into its own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from throughline.feeds.describing import Column, Description
from throughline.feeds.looks import EXPLAINED, LISTED

_ROWS_TO_FILL = 1000
"""Rows of the first sheet that offer a list of codes to choose from."""
_WIDEST = 60
_BOLD = Font(bold=True)


class AlreadyThere(Exception):
    """A template would be written over a file, which somebody may have filled in."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already")
        self.path = path


def write(out: Path, layouts: Iterable[Description]) -> list[Path]:
    """Write the templates of `layouts` into the folder `out`, made if it is not there; the files written.

    Raises `AlreadyThere` before anything is written, and OSError.
    """
    chosen = list(layouts)
    for path in (out / f"{layout.id}.{kind}" for layout in chosen for kind in ("csv", "xlsx")):
        if path.exists():
            raise AlreadyThere(path)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for layout in chosen:
        names = [column.name for column in (*layout.block, *layout.columns)]
        with (out / f"{layout.id}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerow(names)
        _workbook(layout).save(out / f"{layout.id}.xlsx")
        written += [out / f"{layout.id}.csv", out / f"{layout.id}.xlsx"]
    return written


def _workbook(layout: Description) -> Workbook:
    book = Workbook()
    book.properties.creator = "Throughline"
    columns = (*layout.block, *layout.columns)
    first = book.active
    first.title = layout.id
    codes = _codes_sheet(book.create_sheet("Codes"), columns)
    _to_fill(first, columns, codes)
    _explained(book.create_sheet("Columns", 1), layout, columns)
    return book


def _to_fill(sheet: Worksheet, columns: Iterable[Column], codes: dict[str, str]) -> None:
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        sheet.cell(1, number, column.name).font = _BOLD
        sheet.column_dimensions[letter].width = max(len(column.name) + 2, 12)
        sheet.column_dimensions[letter].number_format = "@"
        if column.name in codes:
            choice = DataValidation(type="list", formula1=codes[column.name], allow_blank=True, showErrorMessage=False)
            choice.add(f"{letter}2:{letter}{_ROWS_TO_FILL + 1}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"


def _codes_sheet(sheet: Worksheet, columns: Iterable[Column]) -> dict[str, str]:
    """Fill the list of codes; column -> where its codes stand, for those that take one of a list."""
    sheet.append(LISTED)
    ranges = {}
    for column in columns:
        start = sheet.max_row + 1
        for code, meaning in column.codes:
            sheet.append((column.name, code, meaning))
        if column.codes and not column.read_as.startswith(("Codes", "Marks", "Handling")):
            ranges[column.name] = f"Codes!$B${start}:$B${sheet.max_row}"
    _set_out(sheet)
    return ranges


def _explained(sheet: Worksheet, layout: Description, columns: Iterable[Column]) -> None:
    sheet.append(EXPLAINED)
    for column in columns:
        listed = ", ".join(code for code, _ in column.codes[:20]) + (" ..." if len(column.codes) > 20 else "")
        sheet.append((column.name, column.read_as, listed, column.comes_to, column.note))
    sheet.append(())
    for line in (f"{layout.title}. {layout.refused}", "A row comes to:", *layout.events):
        sheet.append((line,))
    _set_out(sheet)


def _set_out(sheet: Worksheet) -> None:
    for cell in sheet[1]:
        cell.font = _BOLD
    for cells in sheet.columns:
        width = min(max(len(str(cell.value or "")) for cell in cells) + 2, _WIDEST)
        sheet.column_dimensions[cells[0].column_letter].width = width
        for cell in cells:
            cell.alignment = Alignment(wrap_text=len(str(cell.value or "")) > _WIDEST, vertical="top")
    sheet.freeze_panes = "A2"
