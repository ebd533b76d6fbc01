"""What the writers of the Standard Safeguarding Dataset share."""

from __future__ import annotations

from typing import NamedTuple

from throughline.invent.days import ISO

Row = dict[str, str]
"""Column -> cell; a column that is not named is blank."""


class Scope(NamedTuple):
    """Whose rows of which days a dump holds."""

    person: str
    area: int
    first: int
    last: int

    def day(self, day: int | None) -> str:
        """The day, if it had come by the cut."""
        return ISO[day] if day is not None and day <= self.last else ""


def yes_no(truth: bool) -> str:
    """The dataset's flags."""
    return "Y" if truth else "N"
