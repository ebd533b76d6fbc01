"""What agencies said, as they said it. See README.md."""

from throughline.records.supersede import standing

__all__ = ["standing"]
