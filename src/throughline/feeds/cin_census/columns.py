"""How the text of each census element is read: text in, canonical text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from throughline import words
from throughline.feeds import cells
from throughline.feeds.cin_census.tables import Column, Table
from throughline.feeds.memos import MOST_KEPT, Ids, Memo, Said


class Several(dict[str, str]):
    """What the texts of a column of several codes mean: each code by itself, a bad one left out and said."""

    def __init__(self, place: int, read: Callable[[str], tuple[str, str]], said: list[Said]) -> None:
        super().__init__()
        self._place = place
        self._read = read
        self._said = said

    def __missing__(self, text: str) -> str:
        good: list[str] = []
        sound = True
        for part in text.split(";"):
            value, problem = self._read(part)
            if problem:
                self._said.append((self._place, part, problem))
                sound = False
            if value and value not in good:
                good.append(value)
        found = ";".join(good)
        if sound and len(self) < MOST_KEPT:
            self[text] = found
        return found


def memos(table: Table, received_on: date, said: list[Said]) -> list[Mapping[str, str]]:
    """One look-up per column, in order; problems go to `said`."""
    return [_memo(place, column, received_on, said) for place, column in enumerate(table.columns)]


def _memo(place: int, column: Column, received_on: date, said: list[Said]) -> Mapping[str, str]:
    if column.type == "child":
        return Ids()
    if column.type == "date":
        return Memo(place, _day_reader(received_on, column.later), said)
    if column.type != "code":
        return Memo(place, _READERS[column.type], said)
    read = cells.one_of(words.codes(column.code_list) if column.code_list else column.codes)
    return Several(place, read, said) if column.several else Memo(place, read, said)


def _day_reader(received_on: date, later: bool) -> Callable[[str], tuple[str, str]]:
    def read(text: str) -> tuple[str, str]:
        day, iso, problem = cells.iso_day(text)
        if day and day > received_on and not later:
            return "", "date-future"
        return iso, problem

    return read


_READERS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "sex": cells.sex,
    "upn": cells.upn,
    "flag": cells.yes_no,
    "amount": cells.amount,
}
