"""Days out of full-time education as the practice counts them (R12): this time, and added up over a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from throughline import words
from throughline.web.casework import rules_here
from throughline.web.casework.models import Segment
from throughline.web.design import formats
from throughline.words.calendars import OutsideCalendar, school_days
from throughline.words.calendars.months import add_months

STATES = ("out_of_school", "suspended")
_ADDED_UP = "r12-out-of-school-60sd"
"""The rule that says over how many months days are added up."""
_ONE = timedelta(1)


def stretches(children: Iterable[int]) -> dict[int, list[Segment]]:
    """Every stretch out of full-time education of these children, oldest first."""
    found: dict[int, list[Segment]] = defaultdict(list)
    held = Segment.objects.filter(child_id__in=children, state="out_of_school", start__isnull=False)
    for segment in held.order_by("start", "pk"):
        found[segment.child_id].append(segment)
    return found


def sentence(segment: Segment, every: Sequence[Segment], day: date) -> str:
    """How long it has lasted by `day` in school days, days and months, and what all stretches of the year come to."""
    if segment.state not in STATES or segment.start is None:
        return ""
    months = next(n for n in range(1, 1200) if add_months(segment.start, n) > day) - 1
    counted = [formats.count((day - segment.start).days, "day"), formats.count(months, "month")]
    calendar = school_days()
    if calendar.known(segment.start) and calendar.known(day):
        counted.insert(0, formats.count(calendar.between(segment.start, day), "school day"))
    return " ".join(filter(None, (", ".join(counted) + ".", _in_all(every, day))))


def _in_all(every: Sequence[Segment], day: date) -> str:
    """School days of all stretches within the months of the rule, where there was more than one."""
    rule = rules_here.book().get(_ADDED_UP)
    within = rule.lasting.cumulative_in if rule and rule.lasting else None
    if within is None:
        return ""
    last = add_months(day, -within.amount)
    n, several = 0, 0
    for segment in every:
        assert segment.start is not None
        first, end = max(segment.start, last + _ONE), min(segment.end - _ONE if segment.end else day, day)
        if first <= end:
            several += 1
            try:
                n += school_days().between(first - _ONE, end)  # its first day counts, and no day twice
            except OutsideCalendar:
                return ""
            last = end
    if several < 2:
        return ""
    return f"{formats.count(n, 'school day')} in {formats.count(within.amount, 'month')}, {several} times added up."


def roll(standing: Iterable[Segment]) -> str:
    """Whose roll the child is on, wherever that school is: to live here and to be on roll here are two things."""
    urns = [segment.attributes.get("school_urn", "") for segment in standing if segment.state == "on_roll"]
    named = [words.agency_title(f"school:{urn}") for urn in urns if urn]
    return f"On roll: {', '.join(named)}." if named else ""
