"""What is owed to one child: pure functions from a line and the rules to instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from throughline.duties.adding_up import total
from throughline.duties.after import after
from throughline.duties.dated import ahead, before, by
from throughline.duties.going_on import lasting, limit, seat, silence
from throughline.duties.handing_on import relay, series
from throughline.duties.instance import Instance
from throughline.duties.life import Life
from throughline.duties.patterns import pattern
from throughline.duties.plan import Plan
from throughline.duties.rulebook import Rulebook
from throughline.duties.series import in_series
from throughline.timeline import Line
from throughline.words.calendars import london_date

SHAPES: Mapping[str, Callable[[Plan, Life], None]] = {
    "after": after,
    "every": in_series,
    "by": by,
    "ahead": ahead,
    "before": before,
    "limit": limit,
    "window": after,
    "lasting": lasting,
    "total": total,
    "pattern": pattern,
    "silence": silence,
    "series": series,
    "relay": relay,
    "seat": seat,
    "open": after,
}
"""Shape of a rule -> what opens and settles its instances. A window is an *after* whose passing is no
lateness, an open duty one without a due date: both differ only in how they are read."""


def evaluate(line: Line, rulebook: Rulebook, as_of: date | datetime, *, ahead: bool = True) -> list[Instance]:
    """Every instance that the line's happenings have opened by `as_of`, rule by rule, in time order.

    Among them are those that time alone will open if nothing more is told (an age, a silence, a state that goes
    on): `opened` lies ahead, and the day they are read decides what they are. Without `ahead` they are left out:
    whoever asks about that one day only, of a whole county, does not wait for them.

    The line must have been built as of the same day or an earlier one: a later one knows what was not yet
    known, and raises ValueError.
    """
    day = london_date(as_of) if isinstance(as_of, datetime) else as_of
    if day < line.day:
        raise ValueError(f"this line is as of {line.day}; build it as of {day} to see what was owed then")
    life = Life(line, day, ahead)
    for plan in rulebook.for_line(line):
        SHAPES[plan.shape](plan, life)
    return life.instances if ahead else [instance for instance in life.instances if instance[5] <= day]
