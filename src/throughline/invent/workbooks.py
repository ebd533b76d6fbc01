"""Excel workbooks whose bytes depend on what is in them and on nothing else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

Cell = str | int | float | date | None

_WHEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_OLDEST = (1980, 1, 1, 0, 0, 0)


def write(path: Path, sheets: Mapping[str, Iterable[Sequence[Cell]]], made: date) -> None:
    """Write the sheets, each its rows in order, headings first; `made` stands in the file's properties."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    stamp = f"{made.isoformat()}T06:00:00Z".encode()
    # The library writes the clock's time into the archive; the day the list was drawn up is the right one.
    with zipfile.ZipFile(held) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in given.infolist():
            content = given.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _WHEN.sub(rb"\g<1>" + stamp, content)
            out.writestr(zipfile.ZipInfo(entry.filename, _OLDEST), content, zipfile.ZIP_DEFLATED)
