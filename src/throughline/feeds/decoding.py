"""Bytes to text, a block of whole lines at a time, saying what had to be bent to read it.

UTF-8 first; UTF-16 where the file opens with its mark; line by line Windows-1252 where a line is not UTF-8.
No line is held that is longer than any extract's row could be.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain, count

from throughline.feeds.base import QUERY, REPAIRED, Fault, Unreadable
from throughline.feeds.faults import file_fault

LONGEST_LINE = 1 << 20
"""Bytes. A line beyond this is no row of an extract; reading stops there."""

_UTF8_BOM = codecs.BOM_UTF8
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"SQLite")


class Decoding:
    """One pass over one file's bytes: into whole lines, into text, and what had to be bent for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.line = 0
        self.foreign: list[int] = []
        self.foreign_count = 0
        self.utf8_seen = False
        self.nul_line = 0
        self.replaced = False

    def whole_lines(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Blocks that end where a line ends; the last may not. Bytes are UTF-8, or not known."""
        carry: list[bytes] = []
        held = 0
        for chunk in self._without_bom(chunks):
            cut = chunk.rfind(b"\n") + 1 or chunk.rfind(b"\r", 0, -1) + 1
            if not cut:
                carry.append(chunk)
                held += len(chunk)
                if held > LONGEST_LINE:
                    raise Unreadable(_line_too_long(self.name, self.line + 1))
                continue
            block = b"".join((*carry, chunk[:cut]))
            carry = [chunk[cut:]]
            held = len(chunk) - cut
            yield block
            self.line += block.count(b"\n")
        if any(carry):
            yield b"".join(carry)

    def _without_bom(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        stream = iter(chunks)
        first = next(stream, b"")
        if not first.startswith(_UTF16_BOMS):
            yield first.removeprefix(_UTF8_BOM)
            yield from stream
            return
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        for chunk in chain((first,), stream):
            text = decoder.decode(chunk)
            self.replaced |= "\ufffd" in text
            yield text.encode("utf-8", "replace")
        if decoder.decode(b"", True):
            self.replaced = True

    def text(self, block: bytes) -> str:
        """The text of a block of lines: UTF-8, or line by line Windows-1252 where it is not."""
        if b"\0" in block:
            self.nul_line = self.nul_line or self.line + block[: block.index(b"\0")].count(b"\n") + 1
            block = block.replace(b"\0", b"")
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            return "".join(map(self._line, block.splitlines(keepends=True), count(self.line + 1)))
        self.utf8_seen = self.utf8_seen or len(text) != len(block)
        return text

    def _line(self, line: bytes, number: int) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            self.foreign_count += 1
            if len(self.foreign) < 5:
                self.foreign.append(number)
            return line.decode("cp1252", "replace")
        self.utf8_seen = self.utf8_seen or len(text) != len(line)
        return text

    def faults(self) -> Iterator[Fault]:
        if self.nul_line:
            yield file_fault(
                self.name,
                "nul-bytes",
                f"The file holds NUL bytes, first on line {self.nul_line}; they were left out. "
                "Export it again as UTF-8 text.",
                severity=REPAIRED,
                row=self.nul_line,
            )
        if self.replaced:
            yield file_fault(
                self.name,
                "encoding-broken",
                "Some characters could not be decoded as UTF-16 and are shown as \ufffd. Export as UTF-8.",
                severity=QUERY,
            )
        if self.foreign_count:
            yield self._foreign_fault()

    def _foreign_fault(self) -> Fault:
        where = ", ".join(map(str, self.foreign)) + (" and others" if self.foreign_count > 5 else "")
        if self.utf8_seen:
            return file_fault(
                self.name,
                "encoding-mixed",
                f"The file mixes UTF-8 with Windows-1252: {self.foreign_count} lines (line {where}) "
                "were read as Windows-1252. Check the names with accents there, and export as UTF-8.",
                severity=QUERY,
                row=self.foreign[0],
            )
        return file_fault(
            self.name,
            "encoding-windows",
            f"The file is not UTF-8: {self.foreign_count} lines (line {where}) were read as Windows-1252. "
            "Check the names with accents; export as UTF-8.",
            severity=REPAIRED,
            row=self.foreign[0],
        )


def text_of_head(head: bytes, *, cut: bool) -> str | None:
    """The first lines as text; None for what is no text at all. `cut`: the file goes on after `head`."""
    if head.startswith(_UTF16_BOMS):
        return head[: len(head) & ~1].decode("utf-16", "replace")
    head = head.removeprefix(_UTF8_BOM)
    if cut:
        head = head[: head.rfind(b"\n") + 1] or head
    head = head.replace(b"\0", b"")
    first = next((line for line in head.splitlines() if line.strip()), b"")
    if not first or head.startswith(_BINARY) or any(byte < 32 and byte not in b"\t\x0b\x0c" for byte in first):
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _line_too_long(name: str, line: int) -> Fault:
    return file_fault(
        name,
        "line-too-long",
        f"Line {line} is longer than {LONGEST_LINE:,} bytes, which no row of an extract is. Nothing from "
        "that line on was used; export the file again.",
        row=line,
    )
