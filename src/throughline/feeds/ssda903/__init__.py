"""SSDA903, the yearly return of children looked after: CSV tables or one XML file, of one or several years.

`FEED` is the whole of it. `tables.yaml` says what the tables are, `reading` reads their rows, `stitching`
lays yearly returns end to end, `care` and `deriving` say what one child's rows mean.
"""

from __future__ import annotations

from throughline.feeds.ssda903.feed import FEED

__all__ = ["FEED"]
