"""Emergency care: the Emergency Care Data Set as hospitals send it, CSV by its item names or CDS XML (6-2-2, type 011).

`FEED` is the whole of it. `items.yaml` says which items are read and what they become, `rows` brings either sort of
file to the same items, `attendance` says what one attendance means. It tells the kind that the layout
`ae_attendance` tells, with the same details.
"""

from __future__ import annotations

from throughline.feeds.ecds.feed import FEED

__all__ = ["FEED"]
