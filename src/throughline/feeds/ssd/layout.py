"""The layout in `tables.yaml`, read once."""

from __future__ import annotations

from pathlib import Path

from throughline.feeds.relational import load

LAYOUT = load(Path(__file__).with_name("tables.yaml"))
