"""How the cells of each column are read: text in, canonical text out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import getitem

from throughline import words
from throughline.feeds import cells
from throughline.feeds.memos import MOST_KEPT, Ids, Memo, Said
from throughline.feeds.ssda903.tables import Column, Table

_POSTCODE_AS_IT_SHOULD_BE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", re.ASCII)
UPN_UNKNOWN = frozenset({"UN1", "UN2", "UN3", "UN4", "UN5"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How one file is written, and when it was received: what its cells are read by."""

    received_on: date
    order: str
    """As `cells.date_order` says: day | month | mixed | unclear."""
    return_end: date | None
    """Last day of the year the return is for, where known."""


class Days(dict[str, str]):
    """What the texts of one date column mean; keeps every distinct day, so that a file's span can be told."""

    def __init__(self, place: int, column: Column, manner: Manner, said: list[Said]) -> None:
        super().__init__()
        self._place = place
        self._column = column
        self._manner = manner
        self._said = said

    def __missing__(self, text: str) -> str:
        found = cells.uk_day(text)
        value, problem = found.iso, found.problem
        if problem == "date-other-style":  # YYYY-MM-DD cannot be mistaken; a mix is said once for the file
            problem = ""
        elif found.day and self._manner.order in ("month", "mixed"):
            problem = self._not_day_first(found.day)
            value = "" if problem else value
        if found.day and not problem and found.day > self._manner.received_on and not self._column.later:
            problem = "review-ahead" if self._column.ahead else "date-future"
            value = value if self._column.ahead else ""
        if problem:
            self._said.append((self._place, text, problem))
        elif len(self) < MOST_KEPT:
            self[text] = value
        return value

    def _not_day_first(self, day: date) -> str:
        if self._manner.order == "month":
            return "date-month-first"
        return "date-order-mixed" if day.day <= 12 else ""


def memos(table: Table, manner: Manner, said: list[Said]) -> list[Mapping[str, str]]:
    """One look-up per column, in order; problems go to `said`."""
    return [_memo(place, column, manner, said) for place, column in enumerate(table.columns)]


Cells = tuple[str, ...]


def cleaner(columns: Sequence[Mapping[str, str]]) -> Callable[[Cells], Cells]:
    """What makes the cells of a row canonical.

    The widths of reviews and episodes, which have most of the rows, are written out: twice as fast.
    """
    if len(columns) == 4:
        return _four(*columns)
    if len(columns) == 15:
        return _fifteen(columns)
    return lambda cells: tuple(map(getitem, columns, cells))


def _four(
    a: Mapping[str, str], b: Mapping[str, str], c: Mapping[str, str], d: Mapping[str, str]
) -> Callable[[Cells], Cells]:
    def clean(cells: Cells) -> Cells:
        p, q, r, s = cells
        return a[p], b[q], c[r], d[s]

    return clean


def _fifteen(columns: Sequence[Mapping[str, str]]) -> Callable[[Cells], Cells]:
    a, b, c, d, e, f, g, h, i, j, k, l, m, n, o = columns  # noqa: E741

    def clean(cells: Cells) -> Cells:
        a2, b2, c2, d2, e2, f2, g2, h2, i2, j2, k2, l2, m2, n2, o2 = cells
        # fmt: off
        return (a[a2], b[b2], c[c2], d[d2], e[e2], f[f2], g[g2], h[h2],
                i[i2], j[j2], k[k2], l[l2], m[m2], n[n2], o[o2])
        # fmt: on

    return clean


def _memo(place: int, column: Column, manner: Manner, said: list[Said]) -> Mapping[str, str]:
    if column.type == "date":
        return Days(place, column, manner, said)
    if column.type == "code":
        return Memo(place, _code_reader(column, manner.return_end), said)
    if column.type == "child":
        return Ids()
    return Memo(place, _READERS[column.type], said)


def _code_reader(column: Column, return_end: date | None) -> Callable[[str], tuple[str, str]]:
    """Reads a code; one that stands in no return of this year is used, and said."""
    if not column.code_list:
        return cells.one_of(column.codes, _decimals(column.codes))
    known = words.codes(column.code_list)
    read = cells.one_of(known, _decimals(known))
    strange = {
        code
        for code, word in known.items()
        if return_end and ((word.start and word.start > return_end) or (word.end and word.end < return_end))
    }
    if not strange:
        return read

    def read_with_era(text: str) -> tuple[str, str]:
        value, problem = read(text)
        return value, problem or ("code-out-of-era" if value in strange else "")

    return read_with_era


def _decimals(codes: Iterable[str]) -> dict[str, str]:
    """``1.0`` for ``1``: what a table becomes on its way through some spreadsheets."""
    return {f"{code}.0": code for code in codes if code.isdecimal()}


def _upn(text: str) -> tuple[str, str]:
    plain = cells.tidy(text).upper()
    return (plain, "") if plain in UPN_UNKNOWN else cells.upn(text)


def _postcode(text: str) -> tuple[str, str]:
    """Nearly every postcode is written as it should be, and there are too many to remember them all."""
    return (text, "") if _POSTCODE_AS_IT_SHOULD_BE.fullmatch(text) else cells.postcode(text)


def _text(text: str) -> tuple[str, str]:
    return (text, "") if text.isalnum() else cells.written(text)


_READERS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "sex": cells.sex,
    "upn": _upn,
    "postcode": _postcode,
    "text": _text,
    "return": lambda text: (return_year(text), ""),
}


def return_year(text: str) -> str:
    """The year a return's year ends in, from ``2018``, ``2017/18`` or ``2017-18``; blank if neither."""
    plain = cells.tidy(text)
    if len(plain) == 7 and plain[:4].isdecimal() and plain[4] in "/-" and plain[5:].isdecimal():
        return str(int(plain[:4]) + 1)
    plain = plain.removesuffix(".0")
    return plain if len(plain) == 4 and plain.isdecimal() else ""


def year_of_return(day: date) -> int:
    """The calendar year in which the return year (1 April to 31 March) of a day ends."""
    return day.year + (day >= date(day.year, 4, 1))
