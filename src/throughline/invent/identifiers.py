"""Identifiers that pass their checks and belong to nobody."""

from __future__ import annotations

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

    The range has four candidates for each of the first 250,000 children; past them, or in the rare case
    that none of the four passes, the answer is blank: a child without a known number.
    """
    for block in range(4 if n < 250_000 else 0):
        digits = f"999{n + block * 250_000:06d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return digits + str(check % 11)
    return ""


def postcode(rng: Random, area: str) -> str:
    """A postcode of the right shape in a postcode area that does not exist."""
    a, b = _INWARD[int(rng.random() * 20)], _INWARD[int(rng.random() * 20)]
    return f"{area}{int(rng.random() * 9) + 1} {int(rng.random() * 10)}{a}{b}"


def phone(n: int) -> str:
    """A number of Ofcom's range for drama: 01632 960000 to 960999."""
    return f"01632 960{n % 1000:03d}"
