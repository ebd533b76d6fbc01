"""How the cells of a relational extract are read: one memory of texts per column and file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date

from throughline import words
from throughline.feeds import cells
from throughline.feeds.layouts import Pair, Parse
from throughline.feeds.memos import Ids, Memo, Said
from throughline.feeds.relational.tables import Column

UNKNOWN_DISTANCE = "999.9"
"""What the Standard Safeguarding Dataset writes for a distance nobody could work out (formats §3a)."""
UPN_UNKNOWN = frozenset({"UN1", "UN2", "UN3", "UN4", "UN5", "UN6", "UN7"})
_MONTHS = {name: f"{n:02}" for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_NAMED_MONTH = re.compile(r"(\d{4})-([A-Za-z]{3})-(\d{1,2})((?:[T ].*)?)", re.ASCII)


class Met(Memo):
    """A `Memo` that also knows whether the column ever held anything, or only placeholders."""

    def __init__(self, place: int, work_out: Parse, said: list[Said]) -> None:
        super().__init__(place, work_out, said)
        self.filled = False
        self.placeholders = False

    def __missing__(self, text: str) -> str:
        value = super().__missing__(text)
        if value:
            self.filled = True
        elif text and not text.isspace():
            self.placeholders = True
        return value


class Days(Met):
    """Dates of one column; knows the first and the last that lie before the file was received."""

    def __init__(self, place: int, work_out: Parse, said: list[Said], received: str) -> None:
        super().__init__(place, work_out, said)
        self._received = received
        self.first = self.last = ""

    def __missing__(self, text: str) -> str:
        value = super().__missing__(text)
        if value and value <= self._received:
            self.last = max(self.last, value)
            self.first = min(self.first or value, value)
        return value


def memo(
    place: int, column: Column, day: Callable[[str], Pair], received_on: date, said: list[Said]
) -> Mapping[str, str]:
    """The look-up of one column; problems go to `said`. `day` reads a date as this file writes it."""
    if column.type == "day":
        return Days(place, lambda text: day(iso_text(text)), said, received_on.isoformat())
    if column.type == "id":
        return Ids()
    if column.type == "code":
        return Met(place, code_reader(column, received_on), said)
    return Met(place, READERS[column.type], said)


def iso_text(text: str) -> str:
    """``2024-Oct-16 00:00:00``, as a school census writes a date, in figures; any other text as it is."""
    match = _NAMED_MONTH.fullmatch(text.strip())
    month = _MONTHS.get(match[2].lower()) if match else None
    return f"{match[1]}-{month}-{match[3]:0>2}{match[4]}" if match and month else text


def code_reader(column: Column, received_on: date) -> Parse:
    """Reads a code, ``1.0`` for ``1`` too; of a column that is to be today's, a retired one is used, and said."""
    known = words.codes(column.codes) if isinstance(column.codes, str) else dict.fromkeys(column.codes)
    decimals = {f"{code}.0": code for code in known if code.isdecimal()}
    read = cells.one_of([code for code in known if code not in column.spelt], {**column.spelt})
    retired = {code for code, word in known.items() if column.era and word and word.end and word.end < received_on}

    def read_with_era(text: str) -> Pair:
        value, problem = read(decimals.get(text.strip(), text))
        return value, problem or ("code-out-of-era" if value in retired else "")

    return read_with_era


def _distance(text: str) -> Pair:
    return ("", "") if cells.tidy(text) == UNKNOWN_DISTANCE else cells.amount(text)


def _upn(text: str) -> Pair:
    plain = cells.tidy(text).upper()
    return (plain, "") if plain in UPN_UNKNOWN else cells.upn(text)


def _flag(text: str) -> Pair:
    """A flag whose 0 is said to mean both yes and no (formats §4): it tells nothing."""
    return ("", "flag-unclear") if cells.tidy(text) == "0" else cells.yes_no(text)


def _json(text: str) -> Pair:
    """JSON in one spelling; what is none is kept as the text it is."""
    plain = cells.tidy(text)
    if not plain:
        return "", ""
    try:
        return json.dumps(json.loads(plain), ensure_ascii=False, separators=(",", ":")), ""
    except (ValueError, RecursionError):
        return " ".join(plain.split()), "json-unreadable"


def in_words(text: str) -> str:
    """What a JSON cell says, for a person: names that are so, name=value for the rest, separated by ;"""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return ";".join(_said(found)) if isinstance(found, dict | list) else str(found)


def _said(found: object) -> list[str]:
    if isinstance(found, list):
        return [part for one in found for part in _said(one)]
    if not isinstance(found, dict):
        return [str(found)] if found not in (None, "") else []
    said = []
    for name, value in found.items():
        if isinstance(value, dict | list):
            said += _said(value)
        elif value is True or str(value).lower() in ("y", "yes", "true", "1"):
            said.append(str(name))
        elif value not in (None, "", False) and str(value).lower() not in ("n", "no", "false", "0"):
            said.append(f"{name}={value}")
    return said


READERS: Mapping[str, Parse] = {
    "text": cells.written,
    "yes_no": cells.yes_no,
    "flag": _flag,
    "upn": _upn,
    "nhs_number": cells.nhs_number,
    "sex": cells.sex,
    "postcode": cells.postcode,
    "amount": cells.amount,
    "distance": _distance,
    "json": _json,
}
