"""How a fault is worded: one table of everything that can be wrong with a cell or a file.

The readers name a *problem* by its rule id; what it means, how bad it is and what to do about it is
said here once, so that two feeds never describe one thing in two ways (formats §6).
"""

from __future__ import annotations

from datetime import date

from throughline.feeds.base import ERROR, QUERY, REPAIRED, Fault

SENDER = "whoever sent the file"
LONGEST_VALUE = 200
"""Characters of a cell repeated in a fault; a cell may be a page long."""

PROBLEMS: dict[str, tuple[str, str]] = {
    # dates
    "date-unreadable": (ERROR, "is not a date that exists; send it as {style}"),
    "date-other-style": (REPAIRED, "is not written as {style}; read by the style the whole file keeps to"),
    "date-order-unclear": (
        ERROR,
        "could be day first or month first, and nothing in the file settles which; send it as {style}",
    ),
    "date-order-mixed": (
        ERROR,
        "stands in a file where some dates are day first and some month first; send all as {style}",
    ),
    "date-month-first": (ERROR, "stands in a file that writes the month first; send dates as {style}"),
    "date-two-digit-year": (ERROR, "has a year of two digits; send it as {style}"),
    "date-serial": (ERROR, "looks like a spreadsheet's day number, not a date; send it as {style}"),
    "date-placeholder": (REPAIRED, "is a system's placeholder, taken as not given"),
    # times of day
    "time-unreadable": (
        REPAIRED,
        "has a time of day that cannot be read; its day is kept; send it as YYYY-MM-DDThh:mm",
    ),
    "time-midnight": (
        REPAIRED,
        "has the 00:00:00 a system writes when it holds no time of day; taken as a day without a time",
    ),
    "time-not-needed": (REPAIRED, "carries a time of day where a date is asked for; its London date is kept"),
    "time-in-gap": (
        REPAIRED,
        "does not exist: clocks went forward over it; read as an hour later on the new clock",
    ),
    "time-twice": (
        QUERY,
        "happened twice: clocks went back over it; the earlier is used; send its offset (+01:00 or Z)",
    ),
    # identifiers and codes
    "upn-shape": (QUERY, "has not the shape of a UPN (a letter and 12 digits); it links no records"),
    "upn-check-letter": (QUERY, "fails the UPN's check letter; it links no records until it is corrected"),
    "upn-temporary": (QUERY, "is a temporary UPN; send the permanent one when the child has it"),
    "nhs-number-check": (
        QUERY,
        "is not a sound NHS number (10 digits, the last a check digit); it links no records",
    ),
    "sex-unknown": (QUERY, "is not M, F, U or an earlier code; taken as not known"),
    "postcode-shape": (ERROR, "has not the shape of a postcode; taken as not given"),
    "code-unknown": (ERROR, "is not one of the codes for this column; taken as not given"),
    "number-unreadable": (ERROR, "is not a number; taken as not given"),
    "code-out-of-era": (QUERY, "is a code no longer in use; used as it stands"),
    "flag-unclear": (QUERY, "is said to mean both yes and no; taken as not known; send Y or N"),
    "json-unreadable": (QUERY, "is not JSON that can be read; kept whole as one text"),
    "number-too-large": (QUERY, "is more than there can be; kept as given; check the figure"),
    "urn-shape": (ERROR, "is not a school's number (URN, six figures); taken as not given"),
    "code-older": (REPAIRED, "is an older or longer name for a code; read as the code"),
    "kind-unknown": (ERROR, "is no kind of event we know; the row was refused"),
    "mark-unknown": (ERROR, "has a mark that is not on the list of marks; that mark was left out"),
    "level-unknown": (ERROR, "is not a level from SL0 to SL5; the kind's own level is used"),
    "tag-unknown": (ERROR, "has a tag that is not on the list of tags; that tag was left out"),
    "subject-unknown": (ERROR, "is nothing a row can be about"),
    "details-unreadable": (REPAIRED, "is neither name=value;name=value nor JSON; kept whole as one text"),
    # dates that cannot all be so
    "date-in-future": (QUERY, "lies after the day the file was received"),
    "date-before-birth": (QUERY, "lies before the child's date of birth"),
    "formula": (QUERY, "begins like a spreadsheet formula; kept as plain text and never worked out"),
}
"""Rule id -> severity and what is wrong, finishing the sentence "<column> '<value>' ..."."""


def cell_fault(
    file: str,
    row: int,
    column: str,
    value: str,
    problem: str,
    *,
    fix_by: str = SENDER,
    person: str = "",
    around: date | None = None,
    sheet: str = "",
    style: str = "YYYY-MM-DD",
    code: str = "",
    hint: str = "",
) -> Fault:
    """The fault for one cell with a known problem.

    `problem` is a key of `PROBLEMS`; `style` is how this feed writes dates; `code` is the sector
    validator's own rule where there is one, added to ours (``date-unreadable 903-102``); `hint` is put at
    the end of the message.
    """
    severity, what = PROBLEMS[problem]
    shown = value[:LONGEST_VALUE]
    return Fault(
        file=file,
        sheet=sheet,
        row=row,
        column=column,
        value=shown,
        rule=f"{problem} {code}" if code else problem,
        severity=severity,
        message=f"{column} '{shown}' {what.format(style=style)}{hint}.",
        fix_by=fix_by,
        person=person,
        around=around,
    )


def file_fault(
    file: str,
    rule: str,
    message: str,
    *,
    severity: str = ERROR,
    row: int = 0,
    column: str = "",
    value: str = "",
    fix_by: str = SENDER,
) -> Fault:
    """A fault of a whole file (`row` 0) or of one of its lines, in its own words."""
    return Fault(
        file=file,
        sheet="",
        row=row,
        column=column,
        value=value[:LONGEST_VALUE],
        rule=rule,
        severity=severity,
        message=message,
        fix_by=fix_by,
    )
