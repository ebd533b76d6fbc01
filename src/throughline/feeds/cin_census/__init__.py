"""The Children in Need census: one XML file a year, never gated on its schema.

`FEED` is the whole of it. `tables.yaml` says what each element becomes, `reader` goes through a file child by
child, `deriving` says what one child's rows mean.
"""

from __future__ import annotations

from throughline.feeds.cin_census.feed import FEED

__all__ = ["FEED"]
