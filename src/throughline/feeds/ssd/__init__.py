"""The Standard Safeguarding Dataset: a folder of CSV files, one per table, known by their columns.

`FEED` is the whole of it. `tables.yaml` says what the tables are and what a row says by itself, `deriving` what
several rows of one child say together.
"""

from __future__ import annotations

from throughline.feeds.ssd.feed import FEED

__all__ = ["FEED"]
