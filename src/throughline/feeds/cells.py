"""What a cell says: dates, times, identifiers and codes, each worked out once per distinct text.

Every parser here is a look-up: ``iso_day("2026-03-04")`` costs a dictionary access the second time. It
gives a tuple whose last part is the *problem*, a key of `faults.PROBLEMS`, or blank. A cell that is blank
in one of the ways systems have (`BLANKS`) is not given: blank value, no problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from throughline.feeds.dates import (
    LONDON,
    Day,
    Moment,
    at_of,
    date_order,
    day_of,
    iso_day,
    moment,
    plain_moment,
    uk_day,
    uk_moment,
    utc_text,
    when_of,
)
from throughline.feeds.lookup import BLANKS, looked_up, tidy

__all__ = [
    "BLANKS",
    "LONDON",
    "UPN_LETTERS",
    "Code",
    "Day",
    "Moment",
    "amount",
    "at_of",
    "date_order",
    "day_of",
    "iso_day",
    "known",
    "listed",
    "looked_up",
    "moment",
    "nhs_number",
    "nhs_number_is_sound",
    "one_of",
    "plain_moment",
    "postcode",
    "remark",
    "sex",
    "some_of",
    "tidy",
    "uk_day",
    "uk_moment",
    "upn",
    "upn_is_sound",
    "utc_text",
    "when_of",
    "written",
    "yes_no",
]


class Code(NamedTuple):
    """Any other cell: its cleaned text and the problem."""

    text: str
    problem: str


# -- identifiers --------------------------------------------------------------------------------------

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(rf"[{UPN_LETTERS}]\d{{11}}[\d{UPN_LETTERS}]", re.ASCII)
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", re.ASCII)


def _upn(text: str) -> Code:
    text = tidy(text).upper().replace(" ", "")
    if not text:
        return Code("", "")
    if not _UPN.fullmatch(text):
        return Code(text, "upn-shape")
    if not _upn_checks(text):
        return Code(text, "upn-check-letter")
    return Code(text, "" if text[12].isdigit() else "upn-temporary")


def _upn_checks(upn: str) -> bool:
    """The first letter from the other twelve: sum of digit times position, modulo 23 (formats §3e)."""
    last = int(upn[12]) if upn[12].isdigit() else UPN_LETTERS.index(upn[12])
    total = sum(int(digit) * place for place, digit in enumerate(upn[1:12], 2)) + last * 13
    return UPN_LETTERS[total % 23] == upn[0]


def _nhs_number(text: str) -> Code:
    text = tidy(text).replace(" ", "").replace("-", "")
    if not text:
        return Code("", "")
    if not (len(text) == 10 and text.isdecimal() and text.isascii() and _nhs_checks(text)):
        return Code(text, "nhs-number-check")
    return Code(text, "")


def _nhs_checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check == int(number[9]) and len(set(number)) > 1


def _postcode(text: str) -> Code:
    text = tidy(text).upper().replace(" ", "")
    if not text:
        return Code("", "")
    match = _POSTCODE.fullmatch(text)
    return Code(f"{match[1]} {match[2]}", "") if match else Code("", "postcode-shape")


upn = looked_up(_upn)
"""Unique pupil number, kept as given (capitals) even where it fails a check: the problem says so."""

nhs_number = looked_up(_nhs_number)
"""NHS number as ten digits, kept as given even where it fails the check: the problem says so."""

postcode = looked_up(_postcode)
"""Postcode with one space; blank if it has not the shape of one."""


def upn_is_sound(value: str) -> bool:
    """Whether a UPN may link records: right shape and check letter, and not temporary."""
    return bool(value) and upn(value).problem == ""


def nhs_number_is_sound(value: str) -> bool:
    """Whether an NHS number may link records: ten digits with the right check digit."""
    return bool(value) and nhs_number(value).problem == ""


# -- codes and text -----------------------------------------------------------------------------------

_LABEL = re.compile(r"[a-z]\d?\)\s*", re.IGNORECASE)
_SEXES = {
    **dict.fromkeys(("m", "male", "boy", "1"), "M"),
    **dict.fromkeys(("f", "female", "girl", "2"), "F"),
    **dict.fromkeys(("u", "unknown", "0", "9", "not known", "not stated", "i", "indeterminate"), "U"),
    "1 - male": "M",
    "2 - female": "F",
    **dict.fromkeys(("not stated/recorded", "not stated/recorded (or unborn)", "not recorded"), "U"),
    **dict.fromkeys(("unborn", "neither"), "U"),
    **dict.fromkeys(("0 - not known", "9 - not specified", "not specified", "unspecified", "withheld"), "U"),
}
_NOTHING = frozenset({"n", "no", "none", "nil", "n/a", "na", "0", "not applicable"})
_YES_NO = {
    **dict.fromkeys(("y", "yes", "true", "1", "t"), "Y"),
    **dict.fromkeys(("n", "no", "false", "0", "f"), "N"),
    **dict.fromkeys(("na", "n/a", "not applicable"), "NA"),
}


def _sex(text: str) -> Code:
    plain = _LABEL.sub("", tidy(text).lower(), count=1).strip()
    if not plain:
        return Code("U", "")
    found = _SEXES.get(plain)
    return Code(found, "") if found else Code("U", "sex-unknown")


def _yes_no(text: str) -> Code:
    plain = _LABEL.sub("", tidy(text).lower(), count=1).strip()
    if not plain:
        return Code("", "")
    found = _YES_NO.get(plain)
    return Code(found, "") if found else Code("", "code-unknown")


def _written(text: str) -> Code:
    text = tidy(text)
    return Code(text, "formula" if text[:1] in {"=", "+", "@", "-"} else "")


def _listed(text: str) -> Code:
    text = tidy(text)
    parts = [part.strip() for part in text.split(";")]
    return Code(";".join(part for part in parts if part), "formula" if text[:1] in {"=", "+", "@"} else "")


def _remark(text: str) -> Code:
    return Code("", "") if tidy(text).lower().rstrip(".") in _NOTHING else _written(text)


def _amount(text: str) -> Code:
    text = tidy(text)
    if not text:
        return Code("", "")
    try:
        number = float(text)
    except ValueError:
        return Code("", "number-unreadable")
    if not 0 <= number < 1_000_000:
        return Code("", "number-unreadable")
    return Code(str(int(number)) if number.is_integer() else str(number), "")


sex = looked_up(_sex)
"""M, F or U (not known), from the codes of both eras (1/2 to 2024, letters since) and spelt out."""

yes_no = looked_up(_yes_no)
"""Y, N, NA or blank, from the spellings real extracts have."""

written = looked_up(_written)
"""Free text or an id, kept as it stands; one that begins like a formula is said, never worked out."""

listed = looked_up(_listed)
"""Several codes in one cell, separated by semicolons."""

remark = looked_up(_remark)
"""Text that is there only where there is something to say: a bare "none" or "no" is nothing."""

amount = looked_up(_amount)
"""A count or an amount, 0 or more, as plain digits."""


def one_of(codes: Iterable[str], spellings: Mapping[str, str] | None = None) -> Callable[[str], Code]:
    """A look-up for one of `codes`, whatever its case; `spellings`: other words for a code, said."""
    known_codes = _by_word(codes, spellings)

    def work_out(text: str) -> Code:
        plain = tidy(text)
        if not plain:
            return Code("", "")
        return known_codes.get(plain.lower()) or Code("", "code-unknown")

    return looked_up(work_out)


def some_of(codes: Iterable[str], spellings: Mapping[str, str] | None = None) -> Callable[[str], Code]:
    """A look-up for several of `codes` in one cell, separated by semicolons; those known are kept."""
    known_codes = _by_word(codes, spellings)

    def work_out(text: str) -> Code:
        given = [part.strip() for part in tidy(text).lower().split(";") if part.strip()]
        found = [known_codes[part] for part in given if part in known_codes]
        problem = "code-unknown" if len(found) < len(given) else next((code.problem for code in found), "")
        return Code(";".join(dict.fromkeys(code.text for code in found)), problem)

    return looked_up(work_out)


def known(codes: Iterable[str], spellings: Mapping[str, str] | None = None) -> Callable[[str], Code]:
    """A look-up for text that may be one of `codes` or another word for one; any other text stands as written."""
    known_codes = _by_word(codes, spellings)

    def work_out(text: str) -> Code:
        found = known_codes.get(tidy(text).lower())
        return Code(found.text, "") if found else _written(text)

    return looked_up(work_out)


def _by_word(codes: Iterable[str], spellings: Mapping[str, str] | None) -> dict[str, Code]:
    """Every word for a code, in lower case -> the code."""
    words = {word.lower(): Code(code, "code-older") for word, code in (spellings or {}).items()}
    return words | {code.lower(): Code(code, "") for code in codes}
