"""What a file that is none of ours looks like, for the person who sent it."""

from __future__ import annotations

from throughline.feeds.files import FileSource, column_name

_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or another zipped document; save each sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document; save each sheet as CSV"),
    (b"%PDF-", "a PDF; send the extract it was printed from"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a gzip archive; send the file inside it"),
    (b"SQLite format 3", "a database; export its tables as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; send a zip"),
    (b"Rar!", "a RAR archive; send a zip"),
)
_STARTS = (
    (("<!doctype html", "<html"), "a web page"),
    (("<",), "an XML file of some other kind"),
    (("{", "["), "a JSON file"),
)
SHOWN_COLUMNS = 8
LONGEST_NAME = 40
"""Characters of a column's name; what is longer is a sentence."""


def looks_like(source: FileSource) -> str:
    """One line on what the file seems to be, from its first bytes, never from its name."""
    if source.refused:
        return "a file that could not be opened"
    if source.size == 0:
        return "an empty file"
    head = source.head(4096)
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            return what
    text = head.decode("utf-8", "ignore").lstrip("\ufeff \r\n\t").lower()
    for starts, what in _STARTS:
        if text.startswith(starts):
            return what
    columns = [column_name(name) for name in source.header()]
    if len(columns) < 2 or max(map(len, columns)) > LONGEST_NAME:
        return "not a table of columns"
    shown = ", ".join(name or "(no name)" for name in columns[:SHOWN_COLUMNS])
    return f"a CSV file with the columns {shown}" + (" and others" if len(columns) > SHOWN_COLUMNS else "")
