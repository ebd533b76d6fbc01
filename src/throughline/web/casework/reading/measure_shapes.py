"""What the pages, files and drawings of the measures are handed: numbers already held back, nothing to query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from throughline.duties import Rule
from throughline.measures.defining import Year
from throughline.web.casework.reading.area_shapes import Named, Table


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which year is looked at, which of its months, and by what it is broken down."""

    year: Year
    first: str
    """First month, as ``2026-04``."""
    last: str
    by: str
    """A breakdown; blank: none."""

    @property
    def months(self) -> tuple[str, ...]:
        """The months asked for, in order."""
        return tuple(month for month in self.year.months if self.first <= month <= self.last)


@dataclass(frozen=True, slots=True)
class Theme:
    """Duties that an event of one area of life opens."""

    id: str
    table: Table
    quiet: tuple[Choice, ...]
    """Those of them that nobody was owed in the year."""


@dataclass(frozen=True, slots=True)
class MeasuresPage:
    """Every duty and flag, by theme."""

    name: str
    at: datetime
    year: Year
    years: tuple[Choice, ...]
    themes: tuple[Theme, ...]
    groups: bool
    """Whether this viewer sees measures by who children are."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the page."""
        return tuple(theme.table for theme in self.themes)


@dataclass(frozen=True, slots=True)
class DutyPage:
    """One duty or flag: how it went, month by month, and by what was asked for."""

    name: str
    at: datetime
    rule: Rule
    asked: Asked
    years: tuple[Choice, ...]
    months: tuple[Choice, ...]
    breakdowns: tuple[Choice, ...]
    altogether: Table
    waited: Table | None
    """None: nobody has waited, or too few to say how long."""
    said: Table | None
    """What was said of it; for a flag."""
    by_month: Table
    broken_down: Table | None
    review: tuple[str, ...]
    """Groups for whose sake it is to be reviewed before it stays on."""
    names_shown: bool

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the page."""
        found = self.altogether, self.waited, self.said, self.by_month, self.broken_down
        return tuple(table for table in found if table is not None)


@dataclass(frozen=True, slots=True)
class BehindPage:
    """The children behind one number whom the viewer works with."""

    name: str
    rule: Rule
    what: str
    """The number's own words: ``Not done, June 2026``."""
    back: str
    names: tuple[Named, ...]
    left_off: int
    today: date


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag among the groups of one breakdown."""

    title: str
    href: str
    review: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """Whether flags fall on some children more than on others (practice R30)."""

    name: str
    at: datetime
    asked: Asked
    years: tuple[Choice, ...]
    breakdowns: tuple[Choice, ...]
    review: tuple[Flag, ...]
    """Flags to be reviewed before they stay on."""
    children: Table
    raised: Table
    said: Table
    happened: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the page."""
        return self.children, self.raised, self.said, self.happened
