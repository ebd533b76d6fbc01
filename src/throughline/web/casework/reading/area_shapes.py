"""What the pages, downloads and drawings of an area are handed: text already held back, nothing to query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from throughline.measures import EXACT, FEW, Shown
from throughline.web.casework.shapes import Who

CANNOT_TELL = "cannot tell"
HELD_BACK = "held back"
FEWER = "fewer than 5"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table."""

    text: str
    n: int | None = None
    """For drawing; None where the number is not shown."""
    href: str = ""
    """Whom it is about, for whoever may see some of them; blank: nobody."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column counts, and how its series is drawn."""

    title: str
    look: str = ""
    """The end of ``tl-status--…``; blank: plain."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    title: str
    cells: tuple[Cell, ...]
    href: str = ""
    """The page it has of its own; blank: none."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that may be shown, drawn and taken away."""

    id: str
    title: str
    """What the finding is about."""
    of: str
    """What is counted, how many in all, where, as of when: ``n = 143 episodes, Port Halden, as of 22 Nov 2026``."""
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    summary: str
    """What it says, in a sentence."""
    note: str = ""
    chart: str = ""
    """``bars`` (along), ``columns`` (upright) or blank: only the table."""
    stacked: bool = False
    shares: bool = False
    """Drawn as parts of each row's whole, because its rows count different things."""


@dataclass(frozen=True, slots=True)
class Named:
    """A child behind a figure, for somebody who works with them."""

    child: Who
    since: date | datetime | None
    said: str
    """``41 h``, ``3 days``, or blank."""


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure of the page."""

    id: str
    title: str
    of: str
    n: str
    cannot_tell: str
    """How many; blank: none."""
    known_to: date | None
    """Until when it is known, for one area; None for several, or where nobody has told."""
    why: tuple[str, ...]
    """What would answer what cannot be told, and whom to ask."""
    breakdown: Table | None
    names: tuple[Named, ...]
    left_off: int


@dataclass(frozen=True, slots=True)
class Place:
    """One of the partnership's areas, as an address."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AreaPage:
    """Everything on the page of one area, or of all of them."""

    name: str
    code: str
    """Three digits; blank: all areas."""
    at: datetime
    places: tuple[Place, ...]
    figures: tuple[FigureView, ...]
    by_area: Table | None
    charts: tuple[Table, ...]
    flows: Table
    map_missing: str
    """What the map needs and does not have; blank: it is drawn."""
    names_shown: bool
    """Whether this viewer may see any child by name at all."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the page."""
        parts = tuple(figure.breakdown for figure in self.figures if figure.breakdown)
        return (*((self.by_area,) if self.by_area else ()), *parts, *self.charts, self.flows)


def cell(shown: Shown) -> Cell:
    """A count as the page says it."""
    if shown.how == EXACT:
        return Cell(f"{shown.n:,}", shown.n)
    return Cell(FEWER if shown.how == FEW else HELD_BACK)
