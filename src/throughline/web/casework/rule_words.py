"""A rule as a page shows it: the rule document in ordinary words, nothing added to what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from throughline import words
from throughline.duties.model import Age, Rule, Trigger, Version
from throughline.duties.parts import NO_FIGURE, Period
from throughline.web.casework import rule_starts
from throughline.web.design import formats

_COUNTED = {
    "elapsed_hours": "Hours run without a break: nights, weekends and holidays count. Where the time of day is not "
    "known, the earliest moment is taken and the date is shown as estimated.",
    "days": "Every calendar day counts. A date that falls on a weekend or holiday stays there.",
    "weeks": "A week is seven calendar days. A date that falls on a weekend or holiday stays there.",
    "working_days": "Monday to Friday count, without Christmas Day, Good Friday and the bank holidays of England and "
    "Wales. Day 1 is the first working day after.",
    "school_days": "Days on which the child’s own school is open count. Where its calendar is not known, the "
    "authority’s terms are taken and the date is shown as estimated.",
    "months": "A month ends on the same number of the later month, or on its last day where there is none. A date that "
    "falls on a weekend or holiday stays there.",
}
_SHAPES = {
    "every": "It is owed again and again while the state lasts, each time counted from the last one.",
    "by": "It is owed by an age or a day of the year.",
    "ahead": "It is owed so long before what is booked, and moves with it.",
    "before": "It has to stand before the other takes effect.",
    "limit": "It may last no longer than this; what ends it meets the duty.",
    "window": "It is a time to act in, or that is left to run. Once it has passed it is over, not late.",
    "lasting": "It is owed when a state has gone on for so long.",
    "total": "It is owed when what happened adds up to so much within a term or year.",
    "pattern": "It is owed when several things happen close together.",
    "silence": "It is owed when nothing has been heard for so long.",
    "series": "It is owed at several points, each counted from the same day.",
    "relay": "It is owed because of what became of another duty.",
    "seat": "It is owed while nobody sits in a seat that is required.",
    "open": "No source gives a figure: the time that has passed is shown, and it is never overdue.",
}
_HOW_LONG = {"every": "every", "limit": "no longer than", "window": "for", "lasting": "after", "silence": "after"}
_UNDATED = {"by": "by the date", "before": "before it takes effect", "open": "as soon as can be"}
_AGES = {
    "18": "At the 18th birthday it stops where it stands; one not met by then is never counted as met.",
    "end_of_compulsory_school_age": "It stops where it stands when compulsory school age ends.",
    "no_end": "",
}
_AT_TRIGGER = {
    "under_18": "children under 18",
    "compulsory_school_age": "children of compulsory school age",
    "any": "children and young people of any age",
}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a rule: from when to when, how long."""

    id: str
    start: date | None
    end: date | None
    period: str
    select_by: str
    note: str
    now: bool
    """In force on the day the page shows."""


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule, in the order in which someone asks: what, by when, from what, who, which law."""

    rule: Rule
    period: str
    """How long, in the version now in force: ``within 72 hours``, ``every 6 months``."""
    shape: str
    starts: tuple[str, ...]
    counted: tuple[str, ...]
    met_by: tuple[str, ...]
    other_routes: tuple[str, ...]
    ended_by: tuple[str, ...]
    for_whom: str
    stops: str
    needs: tuple[str, ...]
    versions: tuple[VersionRow, ...]


def by_area(rules: Iterable[Rule], on: date) -> tuple[tuple[str, tuple[RulePage, ...]], ...]:
    """Rules under the area of life of what starts them, in the order of `words`."""
    found: dict[str, list[RulePage]] = {}
    for rule in rules:
        opens = (*rule.opening_kinds, rule.answers[0].kind)[0]
        found.setdefault(words.kinds()[opens].area, []).append(page(rule, on))
    return tuple((title, tuple(found[area])) for area, title in words.areas().items() if area in found)


def page(rule: Rule, on: date) -> RulePage:
    """`rule` in words, as it stands on a day."""
    current = _in_force(rule, on)
    return RulePage(
        rule=rule,
        period=_period(rule, current),
        shape=_shape(rule),
        starts=(*(_trigger(trigger) for trigger in rule.trigger), *rule_starts.sentences(rule)),
        counted=_counted(rule, current),
        met_by=tuple(_title(answer.kind) for answer in rule.answers if not answer.route),
        other_routes=tuple(f"{_title(a.kind)}: {a.route}" for a in rule.answers if a.route),
        ended_by=_endings(rule),
        for_whom=_for_whom(rule, rule.age),
        stops=_AGES[rule.age.until],
        needs=tuple(need.called for need in rule.needs),
        versions=tuple(_version(rule, version, version is current) for version in rule.versions),
    )


def _in_force(rule: Rule, on: date) -> Version:
    """The version that a trigger on that day would choose; the last one where none does any more."""
    fitting = [v for v in rule.versions if (v.start or date.min) <= on <= (v.end or date.max)]
    return fitting[-1] if fitting else rule.versions[-1]


def _amount(period: Period | Version) -> str:
    return formats.count(period.amount, *rule_starts.UNITS[period.unit])


def _period(rule: Rule, version: Version) -> str:
    if rule.stages:
        return ", ".join(f"{stage.title.lower()} within {_amount(stage)}" for stage in rule.stages)
    if version.unit == NO_FIGURE:
        return _UNDATED.get(rule.shape, "")
    if not version.amount:
        return "the same day"
    return f"{_HOW_LONG.get(rule.shape, 'within')} {_amount(version)}"


def _shape(rule: Rule) -> str:
    return _SHAPES.get(rule.shape, "It is owed once each time this happens.")


def _counted(rule: Rule, version: Version) -> tuple[str, ...]:
    if version.unit == NO_FIGURE:
        return ()
    if rule.count_trigger_day:
        first = "The day it is counted from is day 1."
    elif version.unit == "elapsed_hours":
        first = "It is counted from the moment itself."
    else:
        first = "The day it is counted from does not count: day 1 is a later day."
    also = (
        [f"It stands still from “{_title(rule.pause.from_).lower()}” to “{_title(rule.pause.to).lower()}”."]
        if rule.pause
        else []
    )
    if rule.rolls_forward:
        also.append("Where its last day is a day off, it is due on the next working day.")
    if rule.gathers:
        also.append(f"While one is open, what comes within {rule_starts.period(rule.gathers)} is added to it.")
    return (first, _COUNTED[version.unit], *also)


def _title(kind: str) -> str:
    return words.kinds()[kind].title


def _trigger(trigger: Trigger) -> str:
    said = _title(trigger.kind)
    if trigger.with_:
        said += f", marked {rule_starts.marks(trigger.with_)}"
    if trigger.without:
        said += f", unless marked {rule_starts.marks(trigger.without)}"
    said += rule_starts.codes(trigger.codes)
    if trigger.count_from:
        said += f"; counted from “{_title(trigger.count_from.kind).lower()}” where that came before"
    if trigger.unless:
        days = formats.count(trigger.unless.days, "day")
        said += f", unless “{_title(trigger.unless.kind).lower()}” tells of the same within {days}"
    if trigger.total:
        days = formats.count(trigger.total.over_school_days, "school day")
        said += f", where sessions come to more than {days} within the term"
    if trigger.cannot_tell:
        said += f". Then we cannot tell the date: {trigger.cannot_tell}"
    return said


def _endings(rule: Rule) -> tuple[str, ...]:
    ended = [f"{_title(ending.kind)}: {ending.why}" for ending in rule.ends]
    if rule.while_:
        ended.append(rule.while_.ended[:1].upper() + rule.while_.ended[1:])
    return (*ended, *(f"Marked {rule_starts.marks((not_owed.mark,))}: {not_owed.why}" for not_owed in rule.not_owed))


def _for_whom(rule: Rule, age: Age) -> str:
    said = f"For {_AT_TRIGGER[age.at_trigger]}"
    if age.from_months is not None:
        said += f", from the age of {_age(age.from_months)}"
    if age.below_months is not None:
        said += f", below the age of {_age(age.below_months)}"
    if rule.while_:
        said += f", while this lasts: {words.states()[rule.while_.state].title.lower()}"
    if rule.run:
        days = formats.count(rule.run.longer_than_school_days, "school day")
        said += f", where this goes on for more than {days}: {words.states()[rule.run.state].title.lower()}"
    if rule.in_states:
        said += ", who are then in one of: " + ", ".join(words.states()[s].title.lower() for s in rule.in_states.states)
    return said + "."


def _age(months: int) -> str:
    years, rest = divmod(months, 12)
    return f"{years} years" + (f" and {formats.count(rest, 'month')}" if rest else "")


def _version(rule: Rule, version: Version, now: bool) -> VersionRow:
    return VersionRow(
        version.id, version.start, version.end, _period(rule, version), version.select_by, version.note, now
    )
