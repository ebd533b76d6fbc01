"""Where a child's events name what has a line of its own: the place it happened at, the plan it is part of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from throughline import words
from throughline.feeds.subjects import Subject, subject
from throughline.timeline.happenings import Happening

if TYPE_CHECKING:
    from throughline.timeline.line import Line


class Mention(NamedTuple):
    """One thing that happened to a child, on the line of the place or plan that it names."""

    child: str
    """Tells one child from another, and need say nothing else of them."""
    happening: Happening
    """As joined on the child's line: what two agencies tell of is mentioned once."""


def mentions_in(line: Line) -> Iterator[tuple[Subject, str, Happening]]:
    """What a child's happenings name, as they call it, each with its happening: once, however many tell of it."""
    naming = words.naming()
    for kind in naming.keys() & line.kinds.keys():
        for happening in line.of(kind):
            if happening.kind == kind:
                details = happening.details
                for field, named in naming[kind]:
                    if details.get(field):
                        yield subject(named, details[field]), details[field], happening
