"""Excel workbooks: each sheet a source of its own, read as a CSV file is.

A sheet is named after its workbook, ``Annex_A.xlsx/List 8`` (Excel allows no slash in a sheet's name). Cells
are read as they were last worked out; no formula is ever run. A workbook is looked over before it is
opened: what would unpack or spread beyond bounds is refused with its remedy.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import python_calamine
from lxml import etree

from throughline.feeds.base import ERROR, QUERY, Fault, Unreadable
from throughline.feeds.faults import file_fault
from throughline.feeds.files import CHUNK, HEAD, LOOK_FOR_HEADER, READ_ERRORS, FileSource, header_among, shown

MOST_BYTES = 256 << 20
"""Unpacked bytes of one workbook: a sheet of 100,000 rows and 20 columns is about 80 MiB."""
MOST_CELLS = 10_000_000
"""Rows times columns a sheet may reach over, empty cells included: what is held in memory."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
PARTS = ("xl/workbook.xml", "xl/workbook.bin")
_LOCKED = "EncryptedPackage".encode("utf-16-le")

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_LONGEST_ROW = 16 << 20
_PLACED = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["'][^>]*(?<!/)>""")
_UNPLACED = re.compile(rb"""<(?:\w+:)?c(?=[\s>])(?![^>]*\br\s*=)[^>]*(?<!/)>""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,9})["']""")
_BAD_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*["']e["'])[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["'][^>]*>"""
    rb"""(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,20})<""",
    re.DOTALL,
)
_BROKEN = (python_calamine.CalamineError, zipfile.BadZipFile, *READ_ERRORS)
_CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n\r"}

BadCell = tuple[int, int, str]
"""Row and column as a spreadsheet counts them from 1, and Excel's word for the mistake: ``#N/A``."""


class SheetSource(FileSource):
    """One sheet of a workbook (`base.Source`). Its bytes, for who asks, are those of the CSV file it could be."""

    described = "a sheet"

    def __init__(self, name: str, size: int, book: _Workbook, sheet: str) -> None:
        super().__init__(name, size, book.opener)
        self.sheet = sheet
        self.sha256 = hashlib.sha256(f"{book.sha256}/{sheet}".encode()).hexdigest()
        self._book = book
        top = [(number, row) for number, row in book.top(sheet) if any(row)]
        self._header_row, header = header_among(top)
        while header and not header[-1]:
            header.pop()
        self._header = header

    def head(self, n: int = HEAD) -> bytes:
        """The first rows as a CSV file would have them."""
        return _as_csv(row for _, row in self._book.top(self.sheet))[:n]

    def stream(self) -> Iterable[bytes]:
        """The sheet as a CSV file would have it, a row at a time; `sha256` stays that of sheet and workbook."""
        return (_as_csv((row,)) for _, row in self.rows())

    def header(self) -> list[str]:
        """The column names as they stand; trailing empty columns are no columns."""
        return self.in_our_names(self._header.copy())

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with their spreadsheet row number, header first; rows without any text left out.

        A row is as wide as the header, or wider where something stands beyond it.
        """
        self.say_header_faults(self._header_row, self._header)
        width = len(self._header)
        for number, row in self._book.rows(self.sheet, self.name):
            if number < self._header_row or not any(row):
                continue
            if any(row[width:]):
                while not row[-1]:
                    row.pop()
                yield number, row
            else:
                whole = row[:width] + [""] * (width - len(row))
                yield number, self.in_our_names(whole) if number == self._header_row else whole
        self.told(self.size)
        for fault in self._bad_cells():
            self.say(fault)

    def _bad_cells(self) -> Iterator[Fault]:
        """One fault for each column with mistakes of Excel's own in it, below the header."""
        found: dict[int, list[BadCell]] = {}
        for cell in self._book.bad_cells(self.sheet):
            if cell[0] > self._header_row:
                found.setdefault(cell[1], []).append(cell)
        for column, cells in sorted(found.items()):
            rows = [row for row, _, _ in cells]
            where = ", ".join(map(str, rows[:5])) + (f" and {len(rows) - 5:,} more" if len(rows) > 5 else "")
            title = self._header[column - 1] if column <= len(self._header) else f"column {column}"
            yield file_fault(
                self.name,
                "cell-error",
                f"{title.strip()} holds {cells[0][2]} instead of a value (row {where}); taken as not given. Mend the "
                "formula, or type the value.",
                severity=ERROR,
                row=rows[0],
                column=title.strip(),
                value=cells[0][2],
            )


class PassedOver(FileSource):
    """A sheet or a workbook that is not read, with the fault that says why."""

    def __init__(self, opener: Callable[[], BinaryIO], fault: Fault, described: str) -> None:
        super().__init__(fault.file, 0, opener, fault)
        self.described = described
        self.sheet = fault.sheet


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def is_workbook(names: set[str]) -> bool:
    """Whether the members of a zip are those of an Excel workbook."""
    return any(part in names for part in PARTS)


def sheets(name: str, size: int, opener: Callable[[], BinaryIO]) -> Iterator[FileSource]:
    """The sheets of the workbook `name`: those to read, and those passed over with the reason."""
    book = _Workbook(opener)
    try:
        what = book.look_over()
        shown_sheets = book.open() if not what else []
    except python_calamine.PasswordError:
        what = ("workbook-locked", _LOCKED_MESSAGE)
    except _BROKEN as error:
        what = ("workbook-broken", f"is cut short or damaged ({error}). Open it in Excel, save it and send it again.")
    if what:
        yield PassedOver(opener, file_fault(name, what[0], f"{name} {what[1]}"), "a workbook that was not opened")
        return
    for sheet, visible in shown_sheets:
        label = f"{name}/{shown(sheet)}"
        if not visible:
            message = f"The sheet {sheet} is hidden and was passed over. Unhide it if its rows are to be read."
            fault = file_fault(label, "sheet-hidden", message, severity=QUERY)
            yield PassedOver(opener, fault._replace(sheet=sheet), "a hidden sheet")
        elif not any(any(row) for _, row in book.top(sheet)):
            fault = file_fault(label, "sheet-empty", f"The sheet {sheet} is empty.", severity=QUERY)
            yield PassedOver(opener, fault._replace(sheet=sheet), "an empty sheet")
        else:
            yield SheetSource(label, max(1, size // len(shown_sheets)), book, sheet)


def old_office(name: str, opener: Callable[[], BinaryIO]) -> FileSource:
    """A file in the wrapping of old Office: a workbook locked with a password, or one of before 2007."""
    with opener() as file:
        locked = any(_LOCKED in block for block in _overlapping(file))
    if locked:
        rule, message = "workbook-locked", _LOCKED_MESSAGE
    else:
        rule, message = "workbook-old", "is an old Excel workbook or Word document. Save it as .xlsx or CSV."
    fault = file_fault(name, rule, f"{name} {message}")
    return PassedOver(opener, fault, "an old or locked Office document")


_LOCKED_MESSAGE = (
    "is locked with a password. Take the password off (File, Info, Protect Workbook) and send it again by a safe way."
)


def _overlapping(file: BinaryIO) -> Iterator[bytes]:
    before = b""
    while chunk := file.read(CHUNK):
        yield before + chunk
        before = chunk[-len(_LOCKED) :]


class _Workbook:
    """One workbook, opened again for each pass, so that no more than one sheet is in memory."""

    def __init__(self, opener: Callable[[], BinaryIO]) -> None:
        self.opener = opener
        self.sha256 = ""
        self._parts: dict[str, str] = {}
        self._top: dict[str, list[tuple[int, list[str]]]] = {}

    def look_over(self) -> tuple[str, str] | None:
        """The rule and the message by which it is refused, if it is; nothing is unpacked for this but in passing."""
        with self.opener() as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                return "workbook-locked", _LOCKED_MESSAGE
            if PARTS[0] not in archive.namelist():
                return "workbook-old", "is a binary workbook (.xlsb). Save it as .xlsx or CSV."
            if sum(member.file_size for member in members) > MOST_BYTES:
                return "workbook-too-large", (
                    f"would unpack to more than {MOST_BYTES >> 20} MiB. Save each sheet as CSV and send those."
                )
            for member in members:
                # Each is gone through, so that none holds more than the zip says: that check is zipfile's.
                if not _SHEET.fullmatch(member.filename):
                    _read_through(archive, member)
                else:
                    rows, columns = _reach(archive, member)
                    if rows * columns > MOST_CELLS:
                        return "workbook-too-large", (
                            f"has a sheet that reaches to row {rows:,} and column {columns:,}. Delete the empty rows "
                            "and columns around the table (Ctrl+End shows the last cell), or save the sheet as CSV."
                        )
            self._parts = _parts(archive)
        return None

    def open(self) -> list[tuple[str, bool]]:
        """Its sheets in order, and whether each is visible. Raises what calamine raises."""
        data = self._data()
        self.sha256 = hashlib.sha256(data).hexdigest()
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            found = []
            for sheet in book.sheets_metadata:
                if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
                found.append((sheet.name, visible))
                if visible:
                    rows = _texts(book.get_sheet_by_name(sheet.name))
                    self._top[sheet.name] = _first_rows(rows)
        return found

    def top(self, sheet: str) -> list[tuple[int, list[str]]]:
        """The first rows of a sheet that hold anything, among which its header is."""
        return self._top[sheet]

    def rows(self, sheet: str, name: str) -> Iterator[tuple[int, list[str]]]:
        """All rows of a sheet with their numbers; raises `Unreadable` (of file `name`) if it cannot be read."""
        try:
            with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self._data())) as book:
                yield from _texts(book.get_sheet_by_name(sheet))
        except _BROKEN as error:
            message = f"The sheet {sheet} cannot be read ({error}). Save the workbook again in Excel and send it."
            raise Unreadable(file_fault(name, "workbook-broken", message)) from error

    def bad_cells(self, sheet: str) -> Iterator[BadCell]:
        """Cells in which Excel itself shows a mistake: calamine gives them as empty."""
        part = self._parts.get(sheet)
        if part:
            with self.opener() as file, zipfile.ZipFile(file) as archive:
                for block in _blocks(archive, archive.getinfo(part)):
                    if b'"e"' not in block and b"'e'" not in block:
                        continue
                    for letters, row, value in _BAD_CELL.findall(block):
                        yield int(row), _column(letters), value.decode("utf-8", "replace")

    def _data(self) -> bytes:
        with self.opener() as file:
            return file.read()


# -- the parts of the file ----------------------------------------------------------------------------


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Each sheet's name -> the member of the zip it is written in, where that can be told."""

    def root(part: str) -> Any:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        return etree.fromstring(archive.read(part), parser)

    names = set(archive.namelist())
    if "xl/_rels/workbook.xml.rels" not in names:
        return {}
    try:
        targets = {relation.get("Id"): relation.get("Target", "") for relation in root("xl/_rels/workbook.xml.rels")}
        found = {}
        for sheet in root(PARTS[0]).iter("{*}sheet"):
            target = next((targets.get(v, "") for k, v in sheet.items() if k.endswith("}id")), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                found[sheet.get("name", "")] = part
        return found
    except etree.XMLSyntaxError:
        return {}


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A sheet's XML, some whole rows at a time."""
    carry = b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            carry += chunk
            cut = carry.rfind(b"row>") + 4
            if cut > 3:
                yield carry[:cut]
                carry = carry[cut:]
            elif len(carry) > _LONGEST_ROW:
                raise zipfile.BadZipFile("a row without an end")
    yield carry


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as stream:
        while stream.read(CHUNK):
            pass


def _reach(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column a sheet holds anything in; cells that are only formatted do not count."""
    rows = columns = 1
    for block in _blocks(archive, member):
        placed = _PLACED.findall(block)
        rows = max(rows, max((int(row) for _, row in placed), default=1))
        columns = max(columns, max(map(_column, {letters for letters, _ in placed}), default=1))
        if _UNPLACED.search(block):  # such a cell stands behind the one before it, in the row it is in
            rows = max(rows, max(map(int, _ROW.findall(block)), default=1))
            columns = max(columns, max(row.count(b"<") // 2 for row in block.split(b"row>")))
    return rows, columns


def _column(letters: bytes) -> int:
    """``A`` -> 1, ``AA`` -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# -- cells --------------------------------------------------------------------------------------------


def _first_rows(rows: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    found = []
    for number, row in rows:
        if any(row):
            found.append((number, row))
        if len(found) == LOOK_FOR_HEADER:
            break
    return found


def _texts(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet as texts, numbered from 1; columns from A on."""
    if sheet.start is None:
        return
    pad = [""] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield number, pad + [cell if type(cell) is str and cell.isprintable() else text(cell) for cell in row]


def text(cell: object) -> str:
    """A cell as a CSV file would have it: ISO dates, whole numbers whole, yes and no as Y and N."""
    if isinstance(cell, str):
        return cell.translate(_CONTROL)
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        cell = _to_the_second(cell)
        if cell.time() == time():
            return cell.date().isoformat()
        return cell.strftime("%Y-%m-%dT%H:%M" if not cell.second else "%Y-%m-%dT%H:%M:%S")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def _to_the_second(moment: datetime) -> datetime:
    """Excel keeps a time of day as a fraction of the day, which is off by some microseconds."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
