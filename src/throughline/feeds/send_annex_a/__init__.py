"""Annex A of the SEND inspection: two lists, as sheets or CSV files. All of it is in `lists.yaml`."""

from __future__ import annotations

from pathlib import Path

from throughline.feeds.list_feed import ListFeed
from throughline.feeds.list_tables import load

__all__ = ["FEED"]

FEED = ListFeed(load(Path(__file__).with_name("lists.yaml")))
