"""One CSV file of a layout about places: no row names a child, and none is ever tied to one (ADR 13).

Two rows that say the same are two things that happened: each is told apart by how many like it came before,
so that the same set sent again says nothing new.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

from throughline.feeds import cells
from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED, Context, Statement
from throughline.feeds.csv_rows import CsvFile, Row
from throughline.feeds.files import FileSource
from throughline.feeds.layouts import Layout
from throughline.feeds.people import Met

_NOBODY = Met("", (), "", False)
_SITE = "site_code"


class PlacesFile(CsvFile):
    """The reading of one file about places. Its rows are kept, counted, and rightly without an event of a child."""

    def __init__(self, layout: Layout, source: FileSource, context: Context, seen: set[int]) -> None:
        super().__init__(layout, source, context, seen)
        self._like: Counter[Row] = Counter()
        self._agency = context.sender or layout.agency
        self._site = layout.place(_SITE)

    def _statement(self, number: int, given: Row, *, faulty: bool = False) -> Statement | None:
        """What one row says; None if it is empty."""
        if not any(given):
            return None
        self._like[given] += 1
        record = _record(given, self._like[given])
        parsed = [parse(cell) if cell else ("", "") for parse, cell in zip(self._parsers, given, strict=True)]
        values: Row = tuple(text for text, _ in parsed)
        site = values[self._site]
        agency = f"hospital:{site.lower()}" if site.isalnum() and self._agency == "hospital" else self._agency
        mark = hash(record)
        if mark in self._seen:
            outcome = REPEATED
        else:
            self._seen.add(mark)
            values, outcome = self._looked_into(number, agency, given, values, [problem for _, problem in parsed])
        feed, table = self._layout.feed, self._layout.id
        return Statement(feed, table, self._file, number, record, "", values, outcome, agency, None, given)

    def _looked_into(self, number: int, agency: str, given: Row, values: Row, problems: list[str]) -> tuple[Row, str]:
        places = self._layout.dates
        dates = [values[place] for place in places if values[place]]
        outcome = NO_EVENT
        if any(problems) or not self._checks.fine(values, _NOBODY, dates):
            values, outcome = self._checks.look_into(number, agency, _NOBODY, given, values, problems, faulty=False)
            dates = [values[place] for place in places if values[place]]
        if outcome != REFUSED:
            self._span.note(agency, values, dates)
        return values, outcome


def _record(given: Row, nth: int) -> str:
    content = "\x1f".join((*(cells.tidy(cell) for cell in given), str(nth)))
    return "~" + blake2b(content.encode("utf-8", "replace"), digest_size=8).hexdigest()
