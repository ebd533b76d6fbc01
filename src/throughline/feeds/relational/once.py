"""What is said once of a file with its number, because it is wrong with a system and not with a row."""

from __future__ import annotations

from throughline.feeds.base import ERROR, QUERY, REPAIRED, Fault
from throughline.feeds.faults import PROBLEMS, file_fault
from throughline.feeds.relational.tables import Table

_WORDS: dict[str, tuple[str, str]] = {
    "record-repeated": (
        REPAIRED,
        "{count:,} rows have a key ({column}) that stood in the file before, and say the very same; each was used "
        "once. Look for a join that repeats rows.",
    ),
    "record-differs": (
        QUERY,
        "{count:,} rows have a key ({column}) that stood in the file before, and say something else; the first of "
        "each was used. Look for a join that repeats rows, and send one row a key.",
    ),
    "record-id-missing": (
        QUERY,
        "{count:,} rows have no key ({column}). One was made from what they say, so a correction of such a row "
        "cannot be known for one; send the key.",
    ),
    "row-uneven": (
        QUERY,
        "{count:,} rows have more or fewer cells than the header; they were read by the columns they have. Perhaps "
        "a comma stands in a cell without quotation marks.",
    ),
    "parent-not-sent": (
        ERROR,
        "{count:,} rows name no person, and the table that leads to one ({ways}) did not come with them. They were "
        "not used; send them together.",
    ),
    "permanent-with-sessions": (
        QUERY,
        "{count:,} permanent exclusions have a number of {column}, which only a suspension has; it is not shown.",
    ),
    "undated": (
        QUERY,
        "{count:,} rows say {column} {text}, and the table has no date for it. It stands beside the row, and counts "
        "as nothing that happened on a day. Send the dates.",
    ),
}


def said_once(file: str, table: Table, place: int, problem: str, count: int, number: int, text: str) -> Fault:
    """The one fault for `count` rows or cells of a file; `number` is the first of them, with `text` in it."""
    column = table.names[place] if place >= 0 else ""
    if problem in _WORDS:
        severity, words = _WORDS[problem]
        ways = " or ".join(dict.fromkeys(link.known_as for link in table.whose))
        message = words.format(count=count, column=column, text=text, ways=ways)
    else:
        severity, what = PROBLEMS[problem]
        said = what.format(style="YYYY-MM-DD")
        message = f"{column} in {count:,} rows: a cell such as '{text}' {said}."
    first = f" The first is row {number}." if number else ""
    return file_fault(file, problem, message + first, severity=severity, row=number, column=column, value=text)
