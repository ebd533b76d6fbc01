"""SEN2: requests, assessments and plans of the year, as one XML file or five CSV files.

`tables.yaml` says what each holds, `xml.py` gives the XML's elements as the rows of those tables.
"""

from __future__ import annotations

from throughline.feeds.sen2.feed import FEED

__all__ = ["FEED"]
