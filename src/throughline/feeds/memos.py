"""Cells of one column, each distinct text worked out once: the fast path of the big feeds.

A `Memo` is a dictionary from a cell's text to what it means. Only a text it has not met, or one there is
something to say about, costs a call.
"""

from __future__ import annotations

from collections.abc import Callable

from throughline.feeds import cells

Said = tuple[int, str, str]
"""Place of the column, the text as given, the problem."""
MOST_KEPT = 50_000
"""Distinct texts one column keeps before it starts afresh: bounds memory, never the answer."""
_FEW_KEPT = 500


class Memo(dict[str, str]):
    """What the texts of one column mean. A problem is put on `said`, every time its text is met."""

    def __init__(self, place: int, work_out: Callable[[str], tuple[str, str]], said: list[Said]) -> None:
        """`work_out` gives a text's meaning and what is wrong with it (blank: nothing)."""
        super().__init__()
        self._place = place
        self._work_out = work_out
        self._said = said

    def __missing__(self, text: str) -> str:
        value, problem = self._work_out(text)
        if problem:
            self._said.append((self._place, text, problem))
            return value
        if len(self) >= MOST_KEPT:
            self.clear()
        self[text] = value
        return value


class Ids(dict[str, str]):
    """Children's ids. One comes again in the next rows or not at all: a small memory stays a fast one."""

    def __missing__(self, text: str) -> str:
        value = text if text.isalnum() else child_id(text)
        if len(self) >= _FEW_KEPT:
            self.clear()
        self[text] = value
        return value


def child_id(text: str) -> str:
    """A child's id as the authority writes it; ``566910.0`` is 566910 on its way through a spreadsheet."""
    plain = cells.tidy(text)
    return plain[:-2] if plain.endswith(".0") and plain[:-2].isdecimal() else plain
