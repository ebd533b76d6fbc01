"""Stretches in which a child was in any of several states, less those in which another rule speaks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from throughline.duties.life import Life
from throughline.timeline import Happening, Segment
from throughline.words import states as known_states


class Stretch(NamedTuple):
    """Segments of one or several states that touch or overlap, taken as one."""

    start: date
    end: date | None
    state: str
    """The state it began with."""
    opened_by: Happening
    start_known: bool
    segments: tuple[Segment, ...]

    @property
    def ended(self) -> str:
        """Why what is owed in it ends with it, in words."""
        return f"no longer {known_states()[self.segments[-1].state].title.lower()}"


def united(life: Life, states: Collection[str], not_in: Collection[str] = ()) -> list[Stretch]:
    """In time order. Days in a state of `not_in` are taken out."""
    asked = (*states, None, *not_in)
    found = life.united.get(asked)
    if found is None:
        found = life.united[asked] = _united(life, states, not_in)
    return found


def _united(life: Life, states: Collection[str], not_in: Collection[str]) -> list[Stretch]:
    segments = [s for state in states for s in life.line.segments(state)]
    segments.sort(key=lambda s: s.start)
    found: list[Stretch] = []
    for s in segments:
        last = found[-1] if found else None
        if last is not None and (last.end is None or s.start <= last.end):
            end = None if last.end is None or s.end is None else max(last.end, s.end)
            found[-1] = last._replace(end=end, segments=(*last.segments, s))
        else:
            found.append(Stretch(s.start, s.end, s.state, s.opened_by, s.start_known, (s,)))
    for other in (s for state in not_in for s in life.line.segments(state)):
        found = [part for stretch in found for part in _without(stretch, other)]
    return found


def _without(stretch: Stretch, other: Segment) -> list[Stretch]:
    if other.end == other.start:  # opened and closed on one day: it held on none
        return [stretch]
    if (stretch.end is not None and stretch.end <= other.start) or (
        other.end is not None and other.end <= stretch.start
    ):
        return [stretch]
    parts = []
    if stretch.start < other.start:
        parts.append(stretch._replace(end=other.start))
    if other.end is not None and (stretch.end is None or other.end < stretch.end):
        parts.append(stretch._replace(start=other.end))
    return parts
