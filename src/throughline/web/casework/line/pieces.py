"""What a drawing of the line is made of; lengths and places in pixels of a drawing `WIDTH` wide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from throughline.web.casework.line.window import Window


@dataclass(frozen=True, slots=True)
class Mark:
    """One happening."""

    x: float
    y: float
    shape: str
    title: str
    item: int
    """The happening, for the link to its row of the list."""
    hollow: bool
    """The day is not certain."""
    doubt: tuple[float, float] | None
    """From and to, in pixels, where the tellings differ or the day is uncertain."""
    told: int
    """By how many, shown when more than one."""
    tail: float | None
    """Where the day it was learnt stands, when that was over 30 days later."""
    label: str
    label_left: bool
    """The label stands before the mark, where there is no room after it."""
    in_question: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Several happenings drawn as one."""

    x: float
    y: float
    """Its middle."""
    width: float
    height: float
    """A bin lower than a line of text is drawn without its number."""
    count: int
    title: str
    end: date
    """The last day it holds: the window it opens ends there."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency's row of the line."""

    id: str
    title: str
    top: float
    height: float
    marks: tuple[Mark, ...]
    bins: tuple[Bin, ...]
    hatches: tuple[Hatch, ...]
    empty: str
    """Words for a lane without anything."""


@dataclass(frozen=True, slots=True)
class Hatch:
    """A stretch in which silence means nothing."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One chapter."""

    x: float
    y: float
    width: float
    label: str
    title: str
    open_left: bool
    """Already so when the records begin."""


@dataclass(frozen=True, slots=True)
class Column:
    """One month of the life strip."""

    x: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the life strip, to open."""

    x: float
    width: float
    year: int
    count: int
    end: date


@dataclass(frozen=True, slots=True)
class DutyBar:
    """One duty under the axis: opened, due, met; lateness hatched."""

    title: str
    opened: float
    due: float
    met: float | None
    late: tuple[float, float] | None
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the template needs to draw one line."""

    window: Window
    width: float
    height: float
    left: float
    strip: tuple[Column, ...]
    years: tuple[Year, ...]
    strip_hatches: tuple[Hatch, ...]
    strip_window: tuple[float, float]
    chapter_rows: tuple[tuple[str, float, tuple[Bar, ...]], ...]
    chapters_top: float
    lanes: tuple[Lane, ...]
    lanes_top: float
    axis: float
    ticks: tuple[tuple[float, str, bool], ...]
    duty: DutyBar | None
    shown: int
    binned: int
