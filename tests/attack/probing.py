"""What is looked for in an answer: planted texts that are not for whoever asked, and what would run or stay behind."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator

from django.http import HttpResponse
from planted import SCRIPT, SECRET
from stronghold import Seat

_BROKEN = 500
_FORMULA = re.compile(r"[=+@\t\r]|-(?!$|[\d.]+$)")
"""What a spreadsheet works out: not a dash alone, nor a number below nothing."""


def text_of(answer: HttpResponse) -> str:
    """Everything an answer says: where it leads, its headers, its body, a workbook's cells."""
    body = answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers}\n{body.decode('utf-8', 'replace')}"


def wrong_with(seat: Seat, address: str, answer: HttpResponse) -> Iterator[str]:
    """Everything about one answer that should not be."""
    if answer.streaming:
        yield "it is streamed, after the transaction and its viewer have gone"
        return
    said = text_of(answer)
    yield from seat.leaked(said)
    if answer.status_code >= _BROKEN:
        yield f"the page broke ({answer.status_code})"
    if SECRET.search(answer.headers.get("Location", "") + answer.headers.get("Content-Disposition", "")):
        yield "an address or a file's name tells of somebody"
    yield from _runs(answer, said)
    if SECRET.search(said) and "no-store" not in answer.headers.get("Cache-Control", ""):
        yield "it names somebody and may be kept on the way"
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        if header not in answer.headers:
            yield f"it has no {header}"


def _runs(answer: HttpResponse, said: str) -> Iterator[str]:
    """Texts from outside that a browser or a spreadsheet would run."""
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html") and SCRIPT in said:
        yield "a text from outside stands in it as markup"
    if kind.startswith("text/csv"):
        lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        yield from (f"the cell {cell[:20]!r} is worked out" for line in lines for cell in line if _FORMULA.match(cell))
    if "spreadsheetml" in kind and "<f>" in said:
        yield "a cell of the workbook is worked out"
