"""What a trial of a rule found, as it may be shown: by area and by where it stands, small numbers held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from throughline import measures, words
from throughline.duties.trial import STANDINGS
from throughline.web.design import formats

_SAID = {measures.FEW: "1 to 4", measures.HELD: "held back"}


@dataclass(frozen=True, slots=True)
class TrialShown:
    """A trial in words, and its table."""

    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    """The standings and their sum."""
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """Each area and all of them, with a count for each column."""


def shown(found: Mapping[str, Any]) -> TrialShown:
    """`Trial.as_json` as it may be shown to anyone who sees no child."""
    counts: dict[measures.Place, int] = {(area or "none", standing): n for area, standing, n in found["counts"]}
    areas, standings = sorted({area for area, _ in counts}), list(STANDINGS)
    table = measures.hold_back(counts, [areas, standings])
    rows = [
        (_area(area), tuple(_said(table[area, standing]) for standing in (*standings, measures.ALL)))
        for area in (*areas, measures.ALL)
    ]
    return TrialShown(tuple(_sentences(found)), (*STANDINGS.values(), "in all"), tuple(rows))


def _sentences(found: Mapping[str, Any]) -> list[str]:
    day = formats.day(date.fromisoformat(found["as_of"]))
    said = []
    if found["waits_for"]:
        kinds = ", ".join(words.kinds()[kind].title.lower() for kind in found["waits_for"])
        said.append(f"It would sleep until somebody supplies this: {kinds}.")
    role = words.roles()[found["owed_role"]].title.lower()
    said.append(
        f"By {day} it would have raised something for {_count(found['children'])} of the"
        f" {formats.count(found['looked_at'], 'child', 'children')} who have what it looks at."
    )
    said.append(f"It would stand on the list of one person for each: {role}.")
    if found["first"]:
        said.append(f"The first would have been opened on {formats.day(date.fromisoformat(found['first']))}.")
    if found["ahead"]:
        said.append(f"By time alone, if nothing more is told, it would open {_count(found['ahead'])} more later.")
    return said


def _count(n: int) -> str:
    return "1 to 4" if 0 < n < measures.THRESHOLD else f"{n:,}"


def _said(cell: measures.Shown) -> str:
    return _SAID.get(cell.how, f"{cell.n:,}" if cell.n is not None else "")


def _area(id: str) -> str:
    if id == measures.ALL:
        return "All areas"
    return "No area named" if id == "none" else words.agency_title(id)
