"""Tables of counts as files to take away: marked, with the hash of what is in them, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework.reading.area_shapes import Table
from throughline.web.design import formats
from throughline.web.intake.selectors import harmless

MARKING = "OFFICIAL: counts only; small numbers held back; for the safeguarding partnership's own work"
HASHED = "SHA-256 of the lines above"
AREA, MEASURE = "area.download", "measure.download"

_Line = Sequence[object]


class Headed(Protocol):
    """A page of tables, by its name and the moment its numbers are of."""

    @property
    def name(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def lines(page: Headed, tables: Iterable[Table]) -> list[_Line]:
    """What the file says, line by line: the marking, then each table as it stands on the page."""
    made = f"{page.name}, as of {formats.day(page.at)}, {formats.clock(page.at)}".replace("\N{NO-BREAK SPACE}", " ")
    found: list[_Line] = [[MARKING], [made]]
    for table in tables:
        found += [[], [table.title], [table.of.replace("\N{NO-BREAK SPACE}", " ")]]
        found.append([table.head, *(column.title for column in table.columns)])
        found += [[row.title, *(c.text if c.n is None else c.n for c in row.cells)] for row in table.rows]
        found += [[said] for said in (table.summary, table.note) if said]
    return [[harmless(value) for value in line] for line in found]


def as_csv(said: Iterable[_Line]) -> str:
    """The lines as CSV, and on the last one the hash of all before it."""
    body = _text(said)
    return body + _text([[HASHED, digest(body)]])


def as_workbook(said: Iterable[_Line], page: Headed) -> bytes:
    """The same lines as one sheet. Its hash is that of the CSV text, because a workbook also holds when it was made."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = page.name[:31]
    said = list(said)
    for line in (*said, [HASHED, digest(_text(said))]):
        sheet.append(list(line))
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = "OFFICIAL"
    sheet["A1"].font = Font(bold=True)
    sheet.column_dimensions["A"].width = 44
    for row in sheet.iter_rows(min_col=2):
        for each in row:
            each.alignment = Alignment(horizontal="right")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def digest(text: str) -> str:
    """SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def taken(viewer: Viewer, said: Iterable[_Line], action: str = AREA) -> str:
    """Record that these lines leave here, by their hash; the hash."""
    found = digest(_text(said))
    changed(
        user_id=viewer.id, purpose=viewer.purpose, action=action, subject_kind="sha256", subject_id=found
    )  # fmt: skip
    return found


def _text(said: Iterable[_Line]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(said)
    return out.getvalue()
