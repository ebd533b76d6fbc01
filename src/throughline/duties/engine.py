"""What is owed to one child: pure functions from a line and the rules to instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from throughline.duties.after import after
from throughline.duties.instance import Instance
from throughline.duties.plan import Plan
from throughline.duties.rulebook import Rulebook
from throughline.duties.series import in_series
from throughline.duties.settling import Life
from throughline.timeline import Line
from throughline.words.calendars import london_date

SHAPES: Mapping[str, Callable[[Plan, Life], None]] = {"after": after, "every": in_series}
"""Shape of a rule -> what opens and settles its instances."""


def evaluate(line: Line, rulebook: Rulebook, as_of: date | datetime) -> list[Instance]:
    """Every instance that the line's happenings have opened by `as_of`, rule by rule, in time order.

    The line must have been built as of the same day or an earlier one: a later one knows what was not yet
    known, and raises ValueError.
    """
    day = london_date(as_of) if isinstance(as_of, datetime) else as_of
    if day < line.day:
        raise ValueError(f"this line is as of {line.day}; build it as of {day} to see what was owed then")
    life = Life(line, day)
    for plan in rulebook.for_kinds(line.kinds):
        SHAPES[plan.rule.shape](plan, life)
    return life.instances
