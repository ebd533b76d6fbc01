"""Rows that grow: cells that fill as things happen, and the versions of a row that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from throughline.invent.days import ISO, MINUTES, stamp

_EVENING = 17 * 60


class Later(NamedTuple):
    """A cell that is blank until a moment."""

    since: int
    text: str


Cell = str | Later


class Version(NamedTuple):
    """A row as it stood from a moment on."""

    since: int
    cells: list[str]


class Record(NamedTuple):
    """One row of an agency's extract, in all its versions."""

    area: int
    id: str
    on: int
    """The day it is about, by which the agency knows where the family lives."""
    versions: list[Version]
    school: int = -1
    """Index of the school that tells it; -1 for every other agency."""
    unnamed: bool = False
    """The agency sends it without a name or anything else that says who."""


def at(moment: int | None) -> Cell:
    """The moment, from then on."""
    return "" if moment is None else Later(moment, stamp(moment))


def on(day: int | None) -> Cell:
    """The day, from its evening on."""
    return "" if day is None else Later(day * MINUTES + _EVENING, ISO[day])


def then(since: int | None, text: str) -> Cell:
    """A text that is known from that moment; never, where there is none."""
    return "" if since is None else Later(since, text)


def evening(day: int) -> int:
    """The moment a day's work is written down."""
    return day * MINUTES + _EVENING


def grown(first: int, cells: Sequence[Cell]) -> list[Version]:
    """The versions of a row first written down at a moment; a cell filled before then stands from the first."""
    later = [cell for cell in cells if isinstance(cell, Later)]
    moments = sorted({first, *(cell.since for cell in later if cell.since > first)})
    return [
        Version(now, [c if isinstance(c, str) else c.text if c.since <= now else "" for c in cells]) for now in moments
    ]
