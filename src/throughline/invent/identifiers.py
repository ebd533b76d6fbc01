"""Identifiers that pass their checks and belong to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"


def upn(la: str, school: int, year: int, serial: int) -> str:
    """A unique pupil number: check letter, authority, school, year it was given, serial.

    The letter is the remainder of the sum of digit x position (2 to 13) by 23 (formats §3e).
    """
    digits = f"{la}{school:04d}{year % 100:02d}{serial % 1000:03d}"
    total = sum(int(digit) * place for place, digit in enumerate(digits, 2))
    return _UPN_LETTERS[total % 23] + digits


def wrong_letter(number: str) -> str:
    """The same number with a check letter that cannot be right."""
    return _UPN_LETTERS[(_UPN_LETTERS.index(number[0]) + 7) % 23] + number[1:]


def nhs_number(n: int) -> str:
    """The n-th child's number in the range kept for tests (999 ...), passing mod 11.

    The range has two candidates for each of the first 500,000 children; past them, or in the rare case
    that neither passes, the answer is blank: a child without a known number.
    """
    for block in range(2 if n < 500_000 else 0):
        digits = f"999{n + block * 500_000:06d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return digits + str(check % 11)
    return ""


def temporary_upn(la: str, school: int, year: int, serial: int) -> str:
    """A number given before the right one is known: its last character is a letter (formats §3e)."""
    digits = f"{la}{school:04d}{year % 100:02d}{serial % 100:02d}"
    last = serial % 23
    total = sum(int(digit) * place for place, digit in enumerate(digits, 2)) + last * 13
    return _UPN_LETTERS[total % 23] + digits + _UPN_LETTERS[last]


def postcode(rng: Random, area: str) -> str:
    """A postcode of the right shape in a postcode area that does not exist; one of `postcodes(area)`."""
    return _postcode(area, int(rng.random() * 9) + 1, int(rng.random() * 10), int(rng.random() * 20))


def postcodes(area: str) -> Iterator[tuple[str, int, int, int]]:
    """Every postcode there is in that area, with the numbers of its district, sector and unit."""
    for district in range(1, 10):
        for sector in range(10):
            for unit in range(20):
                yield _postcode(area, district, sector, unit), district, sector, unit


def _postcode(area: str, district: int, sector: int, unit: int) -> str:
    last = _INWARD[(unit * 7 + district * 3 + sector) % 20]
    return f"{area}{district} {sector}{_INWARD[unit]}{last}"


def phone(n: int) -> str:
    """A number of Ofcom's range for drama: 01632 960000 to 960999."""
    return f"01632 960{n % 1000:03d}"
