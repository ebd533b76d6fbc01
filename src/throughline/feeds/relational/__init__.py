"""Extracts of several tables whose rows find their child through one another, as data: one reader for all of them.

A feed of this kind is a `tables.yaml` (its tables, columns, keys, how a row finds its person, what it says)
and, where rows must be looked at together, one function. `tables` reads the YAML, `reader` the files, `telling`
says what the rows mean.
"""

from __future__ import annotations

from throughline.feeds.relational.feed import RelationalFeed
from throughline.feeds.relational.reader import Reader
from throughline.feeds.relational.tables import Layout, Table, load

__all__ = ["Layout", "Reader", "RelationalFeed", "Table", "load"]
