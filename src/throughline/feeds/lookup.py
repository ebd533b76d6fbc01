"""What a text means, worked out once and remembered; and which texts mean nothing was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

BLANKS = frozenset({"", "-", "--", "#N/A", "SSD_PH", "PLACEHOLDER_DATA"})
"""Cells that mean nothing was given (formats §0 and §6)."""
MOST_KEPT = 100_000
"""Distinct texts a look-up keeps before it starts afresh: bounds memory, never the answer."""

LONGEST_KEPT = 64
"""Characters of a text worth keeping: a code or a date, not a page."""

T = TypeVar("T")


class _Lookup(dict[str, T], Generic[T]):
    """A dictionary that works out what it does not hold, and starts afresh when it has grown too big."""

    def __init__(self, work_out: Callable[[str], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, text: str) -> T:
        answer = self._work_out(text)
        if len(text) <= LONGEST_KEPT:
            if len(self) >= MOST_KEPT:
                self.clear()
            self[text] = answer
        return answer


def looked_up(work_out: Callable[[str], T]) -> Callable[[str], T]:
    """`work_out`, remembered per text; for functions of nothing but their text."""
    return _Lookup(work_out).__getitem__


def tidy(text: str) -> str:
    """The text without outer blanks, NBSP as a space; empty if it means nothing was given."""
    text = text.replace("\xa0", " ").strip()
    return "" if text in BLANKS else text
