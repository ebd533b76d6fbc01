"""Whether a flag falls on some children more than on others, and is wrong about them more often (practice R30).

Two plain ratios with floors, both in `measures.yaml`; no test of chance: with a flag that is reviewed each quarter
a ratio that keeps coming back says enough, and one that does not would not be worth a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from throughline.measures.defining import NOT_KNOWN, Fairness


class Raised(NamedTuple):
    """What became of one flag in one group of children."""

    children: int
    """In the group, flagged or not."""
    raised: int
    relevant: int
    """Of those somebody has judged in the end."""
    wrong: int

    @property
    def judged(self) -> int:
        """Of how many it is known what they proved to be."""
        return self.relevant + self.wrong


def uneven(groups: Mapping[str, Raised], limits: Fairness) -> tuple[str, ...]:
    """Groups for whose sake the flag is to be reviewed before it stays on, each against all others together.

    Children of whom the group is not known are in neither side.
    """
    known = {slot: raised for slot, raised in groups.items() if slot != NOT_KNOWN}
    return tuple(slot for slot in known if _falls_on(known[slot], _others(known, slot), limits))


def _others(groups: Mapping[str, Raised], slot: str) -> Raised:
    rest = [raised for other, raised in groups.items() if other != slot]
    return Raised(*(sum(column) for column in zip(*rest, strict=True))) if rest else Raised(0, 0, 0, 0)


def _falls_on(group: Raised, others: Raised, limits: Fairness) -> bool:
    if group.raised < limits.raised_at_least or min(group.judged, others.judged) < limits.judged_at_least:
        return False
    if not group.children or not others.children:
        return False
    more = group.raised / group.children >= limits.more * others.raised / others.children
    less = group.relevant / group.judged <= limits.less * others.relevant / others.judged
    return more and less
