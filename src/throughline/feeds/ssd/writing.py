"""The Standard Safeguarding Dataset written again: one CSV file per table, in one folder per authority."""

from __future__ import annotations

from collections.abc import Sequence

from throughline.feeds.base import Statement
from throughline.feeds.giving import Sheets, folder_of
from throughline.feeds.ssd.layout import LAYOUT

_HEADERS = {name: [column.name for column in table.columns] for name, table in LAYOUT.tables.items()}


class Dataset:
    """Writes the tables (`giving.Writer`). Columns that are ours, a worker's name beside the id, are left out."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets

    def add(self, statements: Sequence[Statement]) -> None:
        """One person's rows, or those of look-ups."""
        for statement in statements:
            header = _HEADERS[statement.table]
            name = f"{folder_of(statement.said_by)}/{statement.table}.csv"
            self._sheets.write(name, header, statement.values[: len(header)])

    def finish(self) -> None:
        """Nothing is kept back."""
