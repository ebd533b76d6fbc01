"""The school census, one term flattened to CSV: pupils, exclusions, sessions, needs, addresses.

`FEED` is the whole of it; `tables.yaml` says what the tables are and what their rows say.
"""

from __future__ import annotations

from throughline.feeds.school_census.feed import FEED

__all__ = ["FEED"]
