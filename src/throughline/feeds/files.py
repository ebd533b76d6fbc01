"""One file to read, wherever it lies and whatever is in it.

Text is decoded, cut into lines and split into cells here, once for every feed. The bytes are read once:
the SHA-256 is taken on the way. A file is never trusted to be small, well formed, or honest about
what it is; what is wrong with the file as a whole is kept in `FileSource.faults`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import chain, count
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from throughline.feeds.base import QUERY, REPAIRED, Fault, Unreadable
from throughline.feeds.decoding import Decoding, text_of_head
from throughline.feeds.faults import file_fault

CHUNK = 1 << 18
HEAD = 1 << 16
LONGEST_CELL = csv.field_size_limit()
"""Characters; the csv module's own limit (131,072), left as it is."""
LOOK_FOR_HEADER = 10
"""Rows at the top of a file among which the header is looked for, under a title or a blank line."""

_DELIMITERS = ",;\t"
READ_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What opening and reading a file, or a member of a zip, may raise."""


class FileSource:
    """A file that can be opened again: from disk or out of a zip (`base.Source`).

    `faults` is what is wrong with the file itself (its encoding, its header, its end); it grows while
    the file is read and the caller drains it. `told` is called with the bytes read so far.
    """

    described = ""
    """What a person would call it, where that does not show in its bytes."""
    sheet = ""
    """Name of the sheet, of a workbook's."""

    def __init__(self, name: str, size: int, opener: Callable[[], BinaryIO], refused: Fault | None = None) -> None:
        self.name = name
        self.size = size
        self.faults: list[Fault] = [refused] if refused else []
        self.refused = refused
        self.sha256 = ""
        """In hex; blank until the file has been read to its end."""
        self.path: Path | None = None
        self.told: Callable[[int], None] = lambda read: None
        self.columns: Mapping[str, str] = {}
        """Their column -> ours, where a person has said which is which (`mapping`); see `in_our_names`."""
        self._opener = opener
        self._said: set[str] = set()
        self._far = 0

    def head(self, n: int = HEAD) -> bytes:
        """First bytes, for recognition; empty when the file cannot be opened at all."""
        if self.refused:
            return b""
        try:
            with self._opener() as file:
                return file.read(n)
        except READ_ERRORS as error:
            self.say(_broken(self.name, 0, error))
            return b""

    def open(self) -> BinaryIO:
        """The file itself, from its start, for whoever has a reader of its own. Raises OSError and its like."""
        return self._opener()

    def digest(self) -> str:
        """`sha256`, read to the end for it if nobody has yet; blank for a file that cannot be read."""
        if not self.sha256 and not self.refused:
            with suppress(Unreadable):
                for _ in self.stream():
                    pass
        return self.sha256

    def header(self) -> list[str]:
        """The column names as they stand, from the first bytes; empty for what is not a CSV file."""
        return self.in_our_names(self._shape[2])

    def in_our_names(self, header: list[str]) -> list[str]:
        """A header with the columns that a person has named for this make of file bearing our names."""
        return [self.columns.get(column_name(name), name) for name in header] if self.columns else header

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """CSV rows with their spreadsheet row number, header first; lines without any text left out.

        A row of empty cells (``,,,``) is given: its reader tells. Raises `Unreadable` at a line or cell
        past all bounds, a quotation mark never closed, or bytes that stop coming; rows given before stand.
        """
        delimiter, header_row, header = self._shape
        self.say_header_faults(header_row, header)
        counter = count(1)
        reader = csv.reader(chain.from_iterable(self._lines()), delimiter=delimiter)
        numbered = filter(itemgetter(1), zip(counter, reader, strict=False))
        try:
            for number, row in numbered:
                if number >= header_row:
                    yield number, self.in_our_names(row)
                    break
            yield from numbered
        except _End:
            given = next(counter) - 2
            if given != reader.line_num:
                self._refuse_open_quotation(delimiter)
        except csv.Error as error:
            raise Unreadable(_cell_too_long(self.name, next(counter) - 1, error)) from error

    def stream(self) -> Iterable[bytes]:
        """The bytes, in chunks of a quarter of a mebibyte; raises `Unreadable` where they stop coming."""
        if self.refused:
            raise Unreadable(self.refused)
        digest = hashlib.sha256()
        read = 0
        try:
            with self._opener() as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    read += len(chunk)
                    if read > self._far:
                        self._far = read
                        self.told(read)
                    yield chunk
        except READ_ERRORS as error:
            raise Unreadable(_broken(self.name, read, error)) from error
        self.sha256 = digest.hexdigest()

    # -- text -----------------------------------------------------------------------------------------

    @cached_property
    def _shape(self) -> tuple[str, int, list[str]]:
        """Delimiter, row the header stands on, header: what the first bytes show."""
        text = text_of_head(self.head(), cut=self.size > HEAD)
        if text is None:
            return ",", 1, []
        first = next((line for line in text.splitlines() if line.strip()), "")
        if first.lower().startswith("sep=") and len(first) == 5:
            delimiter = first[4]
        else:
            delimiter = max(_DELIMITERS, key=first.count)
        rows = []
        try:
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
                rows.append((number, row))
                if number == LOOK_FOR_HEADER:
                    break
        except csv.Error:
            pass
        number, header = header_among(rows)
        return delimiter, number, header

    def _lines(self) -> Iterator[Iterable[str]]:
        """The decoded text, a block of whole lines at a time; ends by raising `_End`.

        `_End` rather than a quiet end, because csv.reader would otherwise hand over a cell still open as
        if it were whole.
        """
        decoding = Decoding(self.name)
        for block in decoding.whole_lines(self.stream()):
            yield io.StringIO(decoding.text(block), newline="")
        for fault in decoding.faults():
            self.say(fault)
        yield ("\n",)  # ends a last line that has no line end; blank, so never a row
        raise _End

    def _refuse_open_quotation(self, delimiter: str) -> None:
        """Raise if the last cell of the file never closes. Only called where a cell spans lines."""
        mark = ["\0"]
        rows = 0

        def lines() -> Iterator[str]:
            try:
                yield from chain.from_iterable(self._lines())
            except _End:
                yield mark[0]

        for row in csv.reader(lines(), delimiter=delimiter):
            if row == mark:
                return
            rows += 1
        raise Unreadable(
            file_fault(
                self.name,
                "quotation-open",
                f"A quotation mark opened in row {rows} is never closed, so everything after it would be "
                "one cell. Nothing from that row on was used; close it and send the file again.",
                row=rows,
            )
        )

    def say_header_faults(self, header_row: int, header: list[str]) -> None:
        """Say what stands above the header, and columns that stand twice."""
        if header_row > 1 and header:
            self.say(
                file_fault(
                    self.name,
                    "header-not-first",
                    f"The column names stand on row {header_row}; what is above them was passed over.",
                    severity=REPAIRED,
                    row=header_row,
                )
            )
        seen: dict[str, str] = {}
        for name in header:
            plain = column_name(name)
            if plain and plain in seen:
                self.say(
                    file_fault(
                        self.name,
                        "header-duplicate",
                        f"The column {name.strip()} stands more than once; the first is used.",
                        severity=QUERY,
                        row=header_row,
                        column=name.strip(),
                    )
                )
            seen.setdefault(plain, name)

    def say(self, fault: Fault) -> None:
        """Keep a fault once, however often the file is gone through."""
        if (key := f"{fault.rule}/{fault.column.lower()}") not in self._said:
            self._said.add(key)
            self.faults.append(fault)


class _End(Exception):
    """The last line has been handed over."""


def shown(name: str) -> str:
    """A file's name as it can be written anywhere: no control characters, nothing that is not text."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def column_name(text: str) -> str:
    """A column's name with case, spaces, hyphens and stray marks taken away: ``UPN `` -> ``upn``."""
    return "_".join(text.replace("\xa0", " ").replace("\ufeff", "").replace("-", " ").split()).lower()


def header_among(rows: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The first row with text; or the one below it, when that is a lone title over a wider row."""
    texts = [(number, row, sum(bool(cell.strip()) for cell in row)) for number, row in rows]
    filled = [item for item in texts if item[2]]
    if not filled:
        return 1, []
    if filled[0][2] == 1:
        wider = next((item for item in filled if item[2] >= 3), None)
        if wider:
            return wider[0], wider[1]
    return filled[0][0], filled[0][1]


def _broken(name: str, read: int, error: Exception) -> Fault:
    return file_fault(
        name,
        "file-cut-short",
        f"The file cannot be read past byte {read} ({error}). Rows read before that were kept; "
        "send the file again, whole.",
    )


def _cell_too_long(name: str, row: int, error: csv.Error) -> Fault:
    return file_fault(
        name,
        "cell-too-long",
        f"Row {row} cannot be split into cells ({error}): a cell is longer than {LONGEST_CELL:,} characters, "
        "perhaps from a quotation mark that is never closed. Nothing from that row on was used.",
        row=row,
    )
