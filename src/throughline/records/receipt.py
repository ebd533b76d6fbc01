"""What became of a delivery's rows, per file: every row is one of five, and the five add to the rows in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from throughline.feeds.base import OUTCOMES


@dataclass(slots=True)
class Receipt:
    """Counts of one file's rows by outcome."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: str, rows: int = 1) -> None:
        """Count rows; `outcome` is one of `feeds.base.OUTCOMES`."""
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome!r} is not what becomes of a row")
        self.counts[outcome] += rows

    def change(self, before: str, after: str, rows: int = 1) -> None:
        """Move rows from one outcome to another: looking at a child's rows together may change it."""
        self.add(after, rows)
        self.counts[before] -= rows

    @property
    def rows(self) -> int:
        """All rows counted."""
        return self.counts.total()
