"""What the rows of a relational extract say one by one, as events (`says` in its `tables.yaml`)."""

from __future__ import annotations

from throughline.feeds.base import Statement
from throughline.feeds.gathering import Telling
from throughline.feeds.relational.columns import in_words
from throughline.feeds.relational.tables import Table
from throughline.feeds.telling import events_of


def tell(table: Table, statement: Statement, telling: Telling) -> None:
    """Tell the events of one row; what stands as JSON is told in words."""
    if not table.says:
        return
    values = statement.values
    for place in table.json:
        if values[place]:
            values = (*values[:place], in_words(values[place]), *values[place + 1 :])
    prefix, place = table.ref
    ref = f"{prefix}:{values[place]}" if place >= 0 and values[place] else ""
    telling.events.extend(events_of(table.says, ref, statement, values))
