"""Which numbers of a measure may be shown, so that no small one can be worked out from all that is.

A measure is a table of parts (in time, late, ...) by slots (months, areas, girls and boys). No sum over the parts
of a slot is shown, so every part stands on its own: its numbers add up to one total, whatever it is counted by,
and many tables share that total and nothing else. So: the totals are held back first, as one row of numbers whose
sum is taken as known; then each part by each side, with its total as it is. Where a total is not shown, none of
its numbers is, noughts included: nobody can tell which are missing from it.

A number is small by the *children* behind it. Twelve visits to two children are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from throughline.measures.holding_back import ALL, EXACT, FEW, HELD, THRESHOLD, Shown, hold_back

WITHHELD = Shown(HELD, None)


class Tally(NamedTuple):
    """How often, and of how many children."""

    n: int = 0
    children: int = 0


NOBODY = Tally()


def totals(parts: Mapping[str, Tally]) -> Mapping[str, Shown]:
    """Each part's total, as it may be shown. Their sum may be known from another table of the same duties."""
    found = _with_sum_known(parts)
    if found is not None:
        return found
    behind = [part for part, tally in parts.items() if tally.n]
    if len(behind) == 1 and parts[behind[0]].n < THRESHOLD:
        # There is nothing but these few, of one part: every other table of them says few as well.
        return {part: Shown(FEW, None) if tally.n else Shown(EXACT, 0) for part, tally in parts.items()}
    return dict.fromkeys(parts, WITHHELD)


def by_slot(total: Shown, slots: Mapping[str, Tally]) -> Mapping[str, Shown]:
    """One part by the slots of a side, given how its total is shown."""
    found = _with_sum_known(slots) if total.how == EXACT else None
    return dict.fromkeys(slots, WITHHELD) if found is None else found


def _with_sum_known(tallies: Mapping[str, Tally]) -> Mapping[str, Shown] | None:
    """Numbers whose sum a reader has; None: the sum would give one away, whatever else is held back."""
    side = tuple(tallies)
    held = hold_back({(name,): tally.children for name, tally in tallies.items()}, (side,))
    if held[ALL,].how != EXACT:
        return None
    return {name: _shown(tally, held[name,].how) for name, tally in tallies.items()}


def _shown(tally: Tally, how: str) -> Shown:
    if how == EXACT:
        return Shown(EXACT, tally.n)
    # "Fewer than 5" is said only where each is another child: else it would not be true, or say too much.
    return Shown(FEW, None) if how == FEW and tally.n == tally.children else WITHHELD


def added(shown: Iterable[Shown]) -> tuple[int, bool]:
    """What is shown, added up, and whether that is all: nothing is said that was not said before."""
    given = tuple(shown)
    return sum(each.n or 0 for each in given), all(each.how == EXACT for each in given)


def share(part: Shown, whole: Iterable[Shown]) -> float | None:
    """What part of the whole it is, from 0 to 1; None: one of the numbers is held back, or there is none."""
    n, is_all = added(whole)
    return part.n / n if is_all and n and part.n is not None else None
