"""*Because*: the facts, the arithmetic in words, what became of it, the source. Rendered when read.

A county asks for it a million times, so every part that depends on few things is made once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from throughline.duties.counting import end_of
from throughline.duties.instance import Instance
from throughline.duties.model import Rule
from throughline.duties.parts import NO_FIGURE, Period, Version
from throughline.timeline import Happening
from throughline.words.calendars import LONDON, day_in_words, london_date, school_days, to_london, working_days

_Key = tuple[object, ...]
_ARITHMETIC: dict[_Key, str] = {}
_OPENINGS: dict[_Key, str] = {}
_MOST_KEPT = 50_000


def because(instance: Instance, rule: Rule, as_of: date | datetime | None = None) -> str:
    """Why this is owed and by when, from which facts, by which source.

    With `as_of`, it says too from when on nothing is known, if records end before that day.
    """
    opening, met = _opening(instance, rule), instance.met_by
    if met is not None and not (rule.evidence or instance.met_route or instance.cannot_tell):
        # So it is for most duties of a county.
        return f"{opening} {_fact(rule.sayings[met[0]], met)} {_sentence(rule.citation)}"
    parts = [opening]
    if rule.evidence:
        says = rule.sayings
        parts += [_fact(says[h.kind], h) for h in instance.evidence if h is not met and h.kind in says]
    if met is not None:
        parts.append(_fact(rule.sayings[met.kind], met))
        if instance.met_route:
            parts.append(_route(rule, met.kind))
    elif instance.ended_why:
        parts.append(_sentence(instance.ended_why if instance.ended_on else f"Not owed: {instance.ended_why}"))
    if instance.cannot_tell:
        parts.append(_sentence(f"Cannot tell: {instance.cannot_tell}"))
    elif met is None and as_of is not None:
        parts.append(_unknown_since(instance, rule, as_of))
    if met is None and as_of is not None:
        parts.append(_stands_still(instance, rule, as_of))
    parts.append(_sentence(rule.citation))
    return " ".join(part for part in parts if part)


def _opening(instance: Instance, rule: Rule) -> str:
    """The facts and what they come to: the same for every child whose one fact is of the same day."""
    facts = instance.facts
    if len(facts) != 1 or instance.unit == "elapsed_hours":
        return _worked_out(instance, rule)
    ((says, happening),) = facts
    if happening is not None and happening[2] is not None:
        return _worked_out(instance, rule)
    key = (
        instance.duty,
        instance.stage,
        says,
        None if happening is None else happening[1],
        instance.opened,
        instance.due,
        instance.ended_why if instance.ended_on is None else "",
        instance.estimated,
        instance.calendar,
    )
    found = _OPENINGS.get(key)
    if found is None:
        if len(_OPENINGS) >= _MOST_KEPT:
            _OPENINGS.clear()
        found = _OPENINGS[key] = _worked_out(instance, rule)
    return found


def _worked_out(instance: Instance, rule: Rule) -> str:
    parts = [_fact(says, happening) for says, happening in instance.facts]
    if instance.estimated:
        parts.append(_sentence(f"Estimated: {instance.estimated}"))
    if instance.due is not None and not (instance.ended_why and instance.ended_on is None):
        parts += [_sentence(stage.title) for stage in rule.stages if stage.id == instance.stage]
        parts.append(_arithmetic(instance, rule))
    return " ".join(part for part in parts if part)


def _unknown_since(instance: Instance, rule: Rule, as_of: date | datetime) -> str:
    """From when on nothing is known of an unmet duty that was due before the day asked about."""
    due, day = instance.due_latest, _day(as_of)
    if instance.unit == NO_FIGURE and not instance.ended_why:
        return _open_for(instance, rule, day)
    if due is None or instance.ended_why or _day(due) >= day:
        return ""
    ends = instance.covered_to
    if ends is None:
        return f"Cannot tell: no source for {rule.needs[0].called}."
    return f"Nothing is known after {day_in_words(ends)}." if ends < day else ""


def _open_for(instance: Instance, rule: Rule, day: date) -> str:
    """How long an open duty has been owed: no source says how long it may be."""
    passed = (day - instance.opened).days
    since = "It came up today" if passed <= 0 else f"{_many(passed, 'day')} {'has' if passed == 1 else 'have'} passed"
    ends = instance.covered_to
    if ends is None:
        return f"No source gives a figure. Cannot tell: no source for {rule.needs[0].called}."
    known = f" Nothing is known after {day_in_words(ends)}." if ends < day else ""
    return f"No source gives a figure: as soon as can be. {since}.{known}"


def _stands_still(instance: Instance, rule: Rule, as_of: date | datetime) -> str:
    """What is so once a window has passed, and what is owed instead once a clock has stood still."""
    stands, due = instance.freezes_on, instance.due
    if stands is None or stands > _day(as_of):
        return ""
    if rule.window is not None and due is not None and stands == _day(due) + timedelta(days=1):
        return _sentence(rule.window.closed)
    return _sentence(rule.successor)


def _route(rule: Rule, kind: str) -> str:
    return " ".join(_sentence(answer.then) for answer in rule.answers if answer.kind == kind and answer.then)


def _fact(says: str, happening: Happening | None) -> str:
    if happening is None:
        return says
    at = happening.happened_at
    if at is None:
        return _on_day(says, happening.happened_on)
    return says.replace("{when}", _moment(at))


@lru_cache(maxsize=65536)
def _on_day(says: str, day: date) -> str:
    return says.replace("{when}", day_in_words(day))


@lru_cache(maxsize=4096)
def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""


# --- the arithmetic ------------------------------------------------------------------------------------


def _arithmetic(instance: Instance, rule: Rule) -> str:
    due = instance.due
    if rule.earliest_of is not None and instance.facts[-1][0] == rule.earliest_of.says:
        return f"Due by then, {_long(_day_due(instance))}."
    if rule.shape in _OWN_ARITHMETIC:
        return _OWN_ARITHMETIC[rule.shape](instance, rule)
    if isinstance(due, datetime):
        return _hours(instance, rule, due)
    assert due is not None
    if rule.pause is not None or rule.rolls_forward:
        return _moved(instance, rule, due)
    # What a period comes to tells which period it was, so the rule itself need not be part of the key.
    key = (instance.unit, instance.opened, due, rule.count_trigger_day, instance.calendar)
    found = _ARITHMETIC.get(key)
    if found is None:
        period = rule.period(instance.version, instance.stage)
        opened = instance.opened + timedelta(days=rule.begins_next_day)
        found = _ARITHMETIC[key] = _days(rule, period, opened, due, instance.calendar)
    return found


def _days(rule: Rule, period: Period | Version, opened: date, due: date, calendar: str) -> str:
    unit, n = period.unit, period.amount
    if n == 0:
        return f"Due the same day, {_long(due)}."
    if unit in ("working_days", "school_days"):
        if n == 1:
            return f"The first {unit.removesuffix('s').replace('_', ' ')} is {_long(due)}."
        first = end_of(unit, opened, 1, rule.count_trigger_day, school_days(calendar))
        return f"Day 1 is {_weekday(first)}; {_counted(unit, n, opened, due)} {_long(due)}."
    words = f"{_many(n, unit.removesuffix('s'))} from {day_in_words(opened)}"
    if rule.count_trigger_day:
        words = f"{_many(n, unit.removesuffix('s'))} beginning with {day_in_words(opened)}"
    clipped = ""
    if unit == "months" and due.day < opened.day and not rule.count_trigger_day:
        clipped = f", the last of the month, as there is no {opened.day} {due:%B}"
    return f"{words} end on {_long(due)}{clipped}.{_practical(due)}"


def _moved(instance: Instance, rule: Rule, due: date) -> str:
    """A period that stood still for a time, or whose last day is a day off and moves."""
    period, opened = rule.period(instance.version, instance.stage), instance.opened
    end = end_of(period.unit, opened, period.amount, rule.count_trigger_day, school_days(instance.calendar))
    said = [_days(rule, period, opened, end, instance.calendar).partition(" The last working day")[0]]
    still = timedelta()
    if rule.pause is not None:
        told = [(says, h.happened_on) for says, h in instance.facts if h is not None]
        stood = [day for says, day in told if says == rule.pause.says]
        again = [day for says, day in told if says == rule.pause.resumed]
        still = sum((to - since for since, to in zip(stood, again, strict=False)), timedelta())
    if still:
        said.append(f"The clock stood still for {_many(still.days, 'day')}: {_long(end + still)}.")
    if due != end + still:
        said.append(f"That is a day off, so by {_long(due)}.")
    return " ".join(said)


def _counted(unit: str, n: int, opened: date, due: date) -> str:
    if unit == "school_days":
        return f"{_ordinal(n)} school day is"
    holidays = working_days().holidays
    days = (opened + timedelta(days=n) for n in range(1, (due - opened).days + 1))
    off = [day for day in days if day in holidays and day.weekday() < 5]
    skipping = f", skipping {_list(off)}," if off else ""
    return f"{_many(n, 'working day')}{skipping} end on"


@lru_cache(maxsize=65536)
def _practical(due: date) -> str:
    """A deadline on a day off does not move: the last working day by then is what people can use."""
    calendar = working_days()
    if calendar.is_working(due):
        return ""
    return f" The last working day by then is {_weekday(calendar.on_or_before(due))}."


def _hours(instance: Instance, rule: Rule, due: datetime) -> str:
    start = instance.trigger.earliest
    hours = round((due - start).total_seconds() / 3600)
    latest = instance.due_latest
    assert isinstance(latest, datetime)
    end = f"{_long(_day(due))} {to_london(due):%H:%M}"
    if latest != due:
        end += f" at the earliest, {_long(_day(latest))} {to_london(latest):%H:%M} at the latest"
    changed = ""
    if start.astimezone(LONDON).utcoffset() != due.astimezone(LONDON).utcoffset():
        changed = " The clocks change in between; hours are counted as they pass."
    return f"{hours} hours, nights and weekends counted, end on {end}.{changed}"


def _at_a_day(instance: Instance, rule: Rule) -> str:
    """The date is the rule's own (an age, a day of the year, the day something takes effect), or a time after it."""
    due, act = _day_due(instance), rule.act
    if act is not None:
        return f"Owed from {_long(instance.opened)}. {_days(rule, act, instance.opened, due, '')}"
    return f"By {_long(due)}.{_practical(due)}"


def _ahead(instance: Instance, rule: Rule) -> str:
    due, period = _day_due(instance), rule.period(instance.version, "")
    return f"At least {_many(period.amount, period.unit.removesuffix('s'))} before is {_long(due)}.{_practical(due)}"


def _gone_on(instance: Instance, rule: Rule) -> str:
    """A state or a silence: its mark and, where there is one, the time to act after it."""
    period, act, due = rule.period(instance.version, instance.stage), rule.act, _day_due(instance)
    long = _many(period.amount, period.unit.removesuffix("s"))
    if act is None:
        return f"{long} end on {_long(due)}.{_practical(due)}"
    return f"{long} end on {_long(instance.opened)}. {_days(rule, act, instance.opened, due, '')}"


def _limit(instance: Instance, rule: Rule) -> str:
    """An extension moves the end, so that it is no longer what the version's period comes to."""
    if isinstance(instance.due, datetime):
        return _hours(instance, rule, instance.due)
    told = {says for says, _ in instance.facts}
    extended = [e for e in (rule.limit.extended_by if rule.limit else ()) if e.says in told]
    period = extended[-1] if extended else rule.period(instance.version, "")
    opened = instance.opened + timedelta(days=rule.begins_next_day)
    return _days(rule, period, opened, _day_due(instance), instance.calendar)


def _day_due(instance: Instance) -> date:
    assert instance.due is not None
    return _day(instance.due)


_OWN_ARITHMETIC: Mapping[str, Callable[[Instance, Rule], str]] = {
    "by": _at_a_day,
    "before": _at_a_day,
    "ahead": _ahead,
    "lasting": _gone_on,
    "silence": _gone_on,
    "limit": _limit,
}
"""Shapes whose date is not simply a period after the day counted from."""


# --- days in words -------------------------------------------------------------------------------------


def _day(moment: date | datetime) -> date:
    return london_date(moment) if isinstance(moment, datetime) else moment


def _moment(at: datetime) -> str:
    clock = to_london(at)
    return f"{day_in_words(clock.date())} {clock:%H:%M}"


@lru_cache(maxsize=65536)
def _long(day: date) -> str:
    return f"{day:%a} {day_in_words(day)}"


def _weekday(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _many(n: int, unit: str) -> str:
    return f"{n} {unit.replace('_', ' ')}{'' if n == 1 else 's'}"


def _ordinal(n: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th") if n // 10 != 1 else "th"
    return f"the {n}{ending}"


def _list(days: list[date]) -> str:
    """``25, 28 Dec and 1 Jan``: a month is named once, after its last day."""
    named = [
        f"{day.day}" if i + 1 < len(days) and days[i + 1].month == day.month else f"{day.day} {day:%b}"
        for i, day in enumerate(days)
    ]
    return " and ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0]
