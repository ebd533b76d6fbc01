"""How a child can be found by what someone half remembers: keys compared for equality only.

A child has a key for each word of each name anyone has used, for its beginning and its sound, for the date of
birth and for each number. A search is turned into the same keys. Equality keeps the index under row-level
security, where likeness operators lose it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b|\b(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})\b")
_WORD = re.compile(r"[^\W_]+")
_SOUNDS = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}
_WEIGHT = {"w": 4, "p": 2, "x": 1, "d": 5, "i": 9}
_BEGINNING = 3


@dataclass(frozen=True)
class Asked:
    """A search, taken apart."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    born: date | None

    @property
    def keys(self) -> list[str]:
        """Every key that would speak for a child."""
        keys = [key for name in self.names for key in name_keys(name)]
        keys += [f"i:{number}" for number in self.numbers]
        if self.born:
            keys.append(f"d:{self.born}")
        return sorted(set(keys))

    def score(self, found: Iterable[str]) -> int:
        """How well a child with these keys answers; 0: some name was asked for that nothing about it is like."""
        held = set(found)
        total = 0
        for name in self.names:
            best = max((_WEIGHT[key[0]] for key in name_keys(name) if key in held), default=0)
            if not best:
                return 0
            total += best
        rest = held - {key for name in self.names for key in name_keys(name)}
        return total + sum(_WEIGHT[key[0]] for key in rest)


def ask(query: str) -> Asked:
    """What a typed search asks for: words, numbers, and a date of birth as people in England write one."""
    born = None
    for match in _DATE.finditer(query):
        year, month, day, day2, month2, year2 = match.groups()
        try:
            born = date(int(year or year2), int(month or month2), int(day or day2))
        except ValueError:
            continue
    words = _WORD.findall(plain(_DATE.sub(" ", query)))
    numbers = tuple(word for word in words if any(letter.isdigit() for letter in word))
    return Asked(tuple(word for word in words if word not in numbers), numbers, born)


def child_keys(names: Iterable[str], born: Iterable[date], numbers: Iterable[str]) -> set[str]:
    """Every key under which a child with these names, dates of birth and numbers is found."""
    keys = {key for name in names for word in _WORD.findall(plain(name)) for key in name_keys(word)}
    keys |= {f"d:{day}" for day in born}
    return keys | {f"i:{word}" for number in numbers for word in _WORD.findall(plain(number))}


@lru_cache(maxsize=1 << 16)  # the same names come again and again
def name_keys(word: str) -> tuple[str, ...]:
    """One word of a name: whole, its beginning, its sound."""
    return f"w:{word}", f"p:{word[:_BEGINNING]}", f"x:{sound(word)}"


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Without case and accents; an apostrophe joins what it stands between."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("\u2019", ""))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def sound(word: str) -> str:
    """Soundex: the first letter and three digits for the consonants after it."""
    code, last = word[:1], _SOUNDS.get(word[:1], "")
    for letter in word[1:]:
        digit = _SOUNDS.get(letter, "")
        if digit and digit != last:
            code += digit
        if letter not in "hw":
            last = digit
    return (code + "000")[:4]
