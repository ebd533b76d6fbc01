"""The children's social care API of the Department for Education: JSON, one nested record a child.

`FEED` is the whole of it. `tables.yaml` says what each record inside a child becomes, `reader` goes through a file
child by child, `deriving` says what one child's records mean.
"""

from __future__ import annotations

from throughline.feeds.dfe_api.feed import FEED

__all__ = ["FEED"]
