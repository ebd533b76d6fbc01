"""A rule made ready to run: no validation, no look-ups by name, dates reckoned once per day counted from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from throughline import words
from throughline.duties import conditions
from throughline.duties.conditions import has_codes
from throughline.duties.counting import before, end_of
from throughline.duties.model import Rule
from throughline.duties.parts import NO_FIGURE, Answer, CountFrom, Trigger, Unless, Version
from throughline.duties.shape_parts import Stage
from throughline.timeline import Happening, Line
from throughline.words.calendars import OutsideCalendar, SchoolDays, london_date, school_days

TYPICAL_TERMS = "school days of typical terms: the school's own calendar is not known"
NO_TIME = "the time of day is not recorded; counted from 00:00, the earliest it can be"
NO_CALENDAR = "a school calendar for {}"


class Reckoned(NamedTuple):
    """What a day counted from comes to."""

    version: str
    due: date | datetime | None
    due_latest: date | datetime | None
    warn_from: date | datetime | None
    due_day: date
    """London day of `due_latest`; how far cover must reach."""
    estimated: str
    cannot_tell: str


class Clock:
    """The versions of one rule as a clock: a day or instant in, due dates out."""

    __slots__ = (
        "_by_calendar",
        "_no_time",
        "_offset",
        "_rule",
        "_warn",
        "by_day",
        "hours",
        "school",
        "unit",
        "versions",
    )

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._warn = rule.warn.amount
        self.versions = rule.versions
        self.unit = rule.versions[0].unit
        self.hours = self.unit == "elapsed_hours"
        self._offset = timedelta(days=rule.begins_next_day)
        self.school = self.unit == "school_days"
        self.by_day: dict[date, Reckoned | None] = {}
        """What has been reckoned already, where nothing but the day matters."""
        self._no_time: dict[date, Reckoned | None] = {}
        self._by_calendar: dict[tuple[date, str], Reckoned | None] = {}

    def version(self, day: date) -> Version | None:
        """The version in force on the day counted from; None where the rule did not exist yet."""
        for version in reversed(self.versions):
            if version.start is None or version.start <= day:
                return version if version.end is None or day <= version.end else None
        return None

    def reckon(self, day: date, trigger: Happening, line: Line) -> Reckoned | None:
        """Due dates of a count from `day`; hour clocks count from the trigger's instant."""
        if self.hours:
            if trigger.happened_at is not None:
                return self._from_instant(day, trigger)
            if day not in self._no_time:
                self._no_time[day] = self._from_instant(day, trigger)
            return self._no_time[day]
        if self.school:
            school = line.school
            key = (day, school.id)
            if key not in self._by_calendar:
                self._by_calendar[key] = self._from_day(day, school)
            return self._by_calendar[key]
        if day not in self.by_day:
            self.by_day[day] = self._from_day(day, school_days())
        return self.by_day[day]

    def _from_day(self, day: date, school: SchoolDays) -> Reckoned | None:
        version = self.version(day)
        if version is None:
            return None
        try:
            start = day + self._offset
            if version.unit == NO_FIGURE:
                return Reckoned(version.id, None, None, None, day, "", "")
            due = end_of(version.unit, start, version.amount, self._rule.count_trigger_day, school)
        except OutsideCalendar:
            missing = NO_CALENDAR.format(day.year)
            return Reckoned(version.id, None, None, None, day, "", missing)
        warn = max(before(self._rule.warn.unit, due, self._warn, school), day)
        estimated = TYPICAL_TERMS if self.school and school.estimated else ""
        return Reckoned(version.id, due, due, warn, due, estimated, "")

    def _from_instant(self, day: date, trigger: Happening) -> Reckoned | None:
        version = self.version(day)
        if version is None:
            return None
        period = timedelta(hours=version.amount)
        due, latest = trigger.earliest + period, trigger.latest + period
        estimated = "" if trigger.happened_at else NO_TIME
        warn = due - timedelta(hours=self._warn)
        return Reckoned(version.id, due, latest, warn, london_date(latest), estimated, "")


class TriggerPlan(NamedTuple):
    """One trigger, its marks as sets."""

    kind: str
    with_: frozenset[str]
    without: frozenset[str]
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    says: str
    says_if: tuple[tuple[str, str], ...]
    count_from: CountFrom | None
    unless: Unless | None
    over_school_days: int | None
    estimated: str
    cannot_tell: str

    def holds(self, happening: Happening) -> bool:
        """Whether the happening's marks make it this trigger."""
        if self.with_ and not self.with_ <= happening.marks:
            return False
        if self.without and self.without & happening.sure_marks:
            return False
        return not self.codes or has_codes(happening, self.codes)

    def fact(self, happening: Happening) -> tuple[str, Happening]:
        """The sentence of *because* that tells of it."""
        if self.says_if:
            marks = happening.marks
            for mark, says in self.says_if:
                if mark in marks:
                    return says, happening
        return self.says, happening


class End(NamedTuple):
    """What ends a duty from outside."""

    kind: str
    marks: frozenset[str]
    why: str
    never_owed: bool


class Wanted(NamedTuple):
    """What an answer must carry besides being of its kind."""

    with_: frozenset[str]
    without: frozenset[str]
    codes: tuple[tuple[str, tuple[str, ...]], ...]

    def holds(self, happening: Happening) -> bool:
        """Whether the happening carries it."""
        if not self.with_ <= happening.marks or not self.without.isdisjoint(happening.sure_marks):
            return False
        return not self.codes or has_codes(happening, self.codes)


class Plan:
    """One rule, ready; or one stage of a rule that has several."""

    def __init__(self, rule: Rule, stage: Stage | None = None) -> None:
        self.rule = rule
        self.id = rule.id
        self.dates: dict[date, list[tuple[date, date]]] = {}
        """Of a rule by age, what has been worked out: date of birth -> each day due and the day it opens."""
        self.shape = rule.shape
        self.stage = stage.id if stage else ""
        if stage is not None:
            rule = _of_stage(rule, stage)
        self.clock = Clock(rule)
        self.triggers = tuple(map(_trigger, rule.trigger))
        self.by_kind: Mapping[str, TriggerPlan] = {t.kind: t for t in self.triggers}
        self.answers = {answer.kind: answer for answer in rule.answers}
        self.wanted = {a.kind: asked for a in rule.answers if (asked := _wanted(a)) is not None}
        """Kinds of answers that must carry something besides."""
        self.routes = {answer.kind: answer.route for answer in rule.answers}
        self.evidence = tuple(e.kind for e in rule.evidence)
        self.told = frozenset((*self.answers, *self.evidence))
        """Kinds of all that may be said of what became of it."""
        self.nearest = rule.match == "nearest"
        self.run = (rule.run.state, rule.run.longer_than_school_days) if rule.run else None
        self.in_states = tuple(rule.in_states.states.items()) if rule.in_states else ()
        self.lasted = rule.in_states.lasted if rule.in_states else {}
        self.under_18 = rule.age.at_trigger == "under_18"
        self.of_school_age = rule.age.at_trigger == "compulsory_school_age"
        self.until_18 = rule.age.until == "18"
        self.hours, self.school = self.clock.hours, self.clock.school
        self.unit = rule.act.unit if rule.act else "days" if rule.shape in _DATED else self.clock.unit
        self.precision = "exact" if self.clock.hours else "day"
        self.not_owed = tuple((n.mark, n.why) for n in rule.not_owed)
        self.ends = tuple(
            End(e.kind, frozenset(e.with_), e.why, e.never_owed)
            for e in rule.ends
            if not (e.never_owed and self.nearest)
        )
        """What ends it from outside: the first of the kind from the trigger on."""
        self.ending = frozenset(end.kind for end in self.ends)
        """Kinds that do."""
        self.takes_away = tuple((e.kind, e.why) for e in rule.ends if e.never_owed and self.nearest)
        """What takes away the very thing it is about."""
        self.asked_first = rule.answers[0].kind
        self.moves = bool(rule.earliest_of or rule.pause or rule.rolls_forward)
        """Whether anything may move its due date."""
        # Nothing but the one answer, a state and the age of 18 decides what becomes of it.
        self.plain = not (self.hours or self.of_school_age or self.nearest or self.school or self.moves)
        self.plain = self.plain and self.unit != NO_FIGURE and rule.window is None
        self.needs = tuple((frozenset(need.kinds), need.called) for need in rule.needs)
        self.needed = frozenset(kind for kinds, _ in self.needs for kind in kinds)
        self.asked = frozenset(self.answers)
        self.rests_on = self.needed.union(self.asked, *(words.states()[s].closed_by for s in _states_of(rule)))
        """Kinds whose cover decides what can be told of it: what answers it, and what ends the states it needs."""
        self.first = rule.counting.first if rule.counting else 0
        self.last = rule.counting.last if rule.counting else None
        self.episode_kinds = _episode_kinds(self.by_kind)
        w = rule.while_
        self.state = w.state if w else ""
        self.state_with = tuple(w.with_.items()) if w else ()
        self.joined_within = w.joined_within_days if w else None
        self.state_ended = w.ended if w else ""
        self.series = (self.state, self.state_with, self.joined_within, tuple(self.answers), tuple(self.wanted.items()))
        """Rules that share this count points in the same stretches."""
        self.closes = rule.window is not None
        self.earliest_of = rule.earliest_of
        self.pause = rule.pause
        self.rolls_forward = rule.rolls_forward
        self.aged = rule.age.between
        self.looks_back = rule.looks_back
        self.gathers = self.rule.gathers
        self.parted_by = _parting(self.rule) if self.gathers else ()
        """Where it gathers: what makes a further trigger begin anew, each kind with what it must carry."""
        self.needs_feed = frozenset(rule.needs_feed)
        self.conditions = tuple(map(conditions.condition, rule.pattern.any_of)) if rule.pattern else ()
        """Of a pattern: each way in which it comes about."""
        self.heard = tuple(map(conditions.heard, rule.silence.of)) if rule.silence else ()
        """Of a silence: what breaks it."""
        self.subject = rule.subject
        self.points = tuple(Plan(self.rule, point) for point in rule.stages) if rule.shape == "series" else ()
        """The points of a series, each ready, in order."""


_DATED = frozenset({"by", "before"})
"""Shapes whose date is no period: lateness is said in days."""


def _of_stage(rule: Rule, stage: Stage) -> Rule:
    """The rule as if its one period and its answers were those of the stage."""
    versions = tuple(v.model_copy(update={"amount": stage.amount, "unit": stage.unit}) for v in rule.versions)
    answers = tuple(a for a in rule.answers if not stage.answers or a.kind in stage.answers)
    return rule.model_copy(update={"versions": versions, "answers": answers, "stages": (), "shape": "after"})


def _parting(rule: Rule) -> tuple[tuple[str, Wanted], ...]:
    """What answers the last step of a rule, and what ends it."""
    last = rule.stages[-1].answers if rule.stages else ()
    answers = [(a.kind, _asked(a)) for a in rule.answers if not last or a.kind in last]
    return (*answers, *((e.kind, Wanted(frozenset(e.with_), frozenset(), ())) for e in rule.ends))


def _asked(answer: Answer) -> Wanted:
    return Wanted(frozenset(answer.with_), frozenset(answer.without), tuple(answer.codes.items()))


def _wanted(answer: Answer) -> Wanted | None:
    if not (answer.with_ or answer.without or answer.codes):
        return None
    return _asked(answer)


def _trigger(t: Trigger) -> TriggerPlan:
    return TriggerPlan(
        t.kind,
        frozenset(t.with_),
        frozenset(t.without),
        tuple(t.codes.items()),
        t.says,
        tuple(t.says_if.items()),
        t.count_from,
        t.unless,
        t.total.over_school_days if t.total else None,
        t.estimated,
        t.cannot_tell,
    )


def _states_of(rule: Rule) -> frozenset[str]:
    """States that must hold for the rule, while it is owed or when it is triggered."""
    held = frozenset(rule.in_states.states) if rule.in_states else frozenset[str]()
    return held | {rule.while_.state} if rule.while_ else held


def _episode_kinds(triggers: Mapping[str, TriggerPlan]) -> frozenset[str]:
    """Kinds whose references name what the triggers tell of: themselves and the starts they end."""
    kinds = set(triggers)
    for state in words.states().values():
        if kinds & set(state.closed_by):
            kinds |= {spec.partition("+")[0].partition("-")[0] for spec in state.opened_by}
    return frozenset(kinds)
