"""What a file that is none of ours looks like, for the person who sent it."""

from __future__ import annotations

from throughline.feeds.files import FileSource, column_name
from throughline.feeds.postcodes import is_directory

_SIGNATURES = (
    (b"PK\x03\x04", "a Word document or another zipped file; send the table in it as .xlsx or CSV"),
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
EXPLAINED = ("Column", "Read as", "Codes", "Comes to", "To know")
LISTED = ("Column", "Code", "Meaning")
"""The columns of the sheets of a template of ours that explain it and are not to be filled in."""
SHOWN_COLUMNS = 8
LONGEST_NAME = 40
"""Characters of a column's name; what is longer is a sentence."""


def looks_like(source: FileSource) -> str:
    """One line on what the file seems to be, from its first bytes, never from its name."""
    if source.refused:
        return source.described or "a file that could not be opened"
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
        return f"{source.described}, but no table of columns" if source.described else "not a table of columns"
    if explains(source):
        return "the part of a template that explains it"
    if is_directory(columns):
        return "a postcode directory; give it to a check with --postcodes, to the site with `reference load`"
    shown = ", ".join(name or "(no name)" for name in columns[:SHOWN_COLUMNS])
    return f"{source.described or 'a CSV file'} with the columns {shown}" + (
        " and others" if len(columns) > SHOWN_COLUMNS else ""
    )


def explains(source: FileSource) -> bool:
    """Whether it only explains a template of ours: there is nothing in it to use, and nothing wrong with it."""
    header = () if source.refused else tuple(source.header())
    return header in (EXPLAINED, LISTED)
