"""Which sources' people are the same child: judgements, never merges. See README.md."""

from throughline.identity.linking import (
    NOT_SAME,
    SAME,
    UNSURE,
    Judgement,
    Linked,
    link,
    lookup_keys,
)

__all__ = ["NOT_SAME", "SAME", "UNSURE", "Judgement", "Linked", "link", "lookup_keys"]
