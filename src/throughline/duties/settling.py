"""From an opened duty to its instance: when it is due, what met it, what ended it, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from throughline.duties.counting import school_age
from throughline.duties.instance import Instance
from throughline.duties.parts import NO_FIGURE, EarliestOf
from throughline.duties.plan import End, Plan, Reckoned
from throughline.timeline import Happening, Line, Segment
from throughline.timeline.coverage import Span
from throughline.words import states
from throughline.words.calendars import birthday

_new = tuple.__new__
_ONE_DAY = timedelta(days=1)
_CLOSED = "the time was over"
_EARLIEST = attrgetter("earliest")

Facts = tuple[tuple[str, Happening | None], ...]


class Opening(NamedTuple):
    """One trigger of one rule, before it is known what became of it."""

    trigger: Happening
    counted_from: date
    facts: Facts
    rests_on: tuple[Happening, ...]
    """The trigger, and what it rests on besides."""
    until: date | None = None
    """The day it ends if it is not met by then; None: not known to end."""
    until_why: str = ""
    estimated: str = ""
    cannot_tell: str = ""
    dated: bool = True
    """Whether a due date can be worked out at all."""
    not_owed: str = ""
    """Why it never was owed; blank: it was."""


class Stretch(NamedTuple):
    """One or several segments of a state, taken as one."""

    start: date
    end: date | None
    start_known: bool
    opened_by: Happening
    segments: tuple[Segment, ...]


Points = list[tuple[Stretch, list[Happening], bool]]
"""Stretches of a state, the answers in each by day, and whether the first of these is known to be the first."""


class Life:
    """One child's line while its duties are worked out."""

    __slots__ = ("coverage", "day", "eighteen", "instances", "kinds", "las", "line", "points", "spans")

    def __init__(self, line: Line, day: date) -> None:
        self.line = line
        self.day = day
        self.las = line.las
        self.kinds = line.kinds
        self.coverage = line.coverage
        self.spans: dict[frozenset[str], tuple[Span, ...]] = {}
        self.eighteen = None if line.dob is None else _eighteen(line.dob)
        self.instances: list[Instance] = []
        self.points: dict[object, Points] = {}

    def of(self, kind: str) -> Sequence[Happening]:
        """Happenings of a kind up to today; what is booked ahead has not happened."""
        found = self.line.of(kind)
        if found and found[-1].happened_on > self.day:
            return [h for h in found if h.happened_on <= self.day]
        return found

    def covered_to(self, kinds: frozenset[str], start: date) -> date | None:
        """How far these kinds are covered without a gap from `start`; None if that day is not."""
        spans = self.spans.get(kinds)
        if spans is None:
            spans = self.spans[kinds] = self.coverage.spans(kinds, self.las)
        for first, last in spans:
            if first <= start <= last:
                return last
        return None


def answers_to(plan: Plan, life: Life) -> list[Happening]:
    """What may meet the rule, in time order."""
    answers = [h for kind in plan.answers for h in life.of(kind)]
    wanted = plan.wanted
    if wanted:
        answers = [h for h in answers if h[0] not in wanted or wanted[h[0]].holds(h)]
    if len(plan.answers) > 1:
        answers.sort(key=_EARLIEST)
    return answers


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """By the first instant at which each can have happened."""
    return sorted(happenings, key=_EARLIEST)


def in_states(plan: Plan, life: Life, day: date) -> tuple[str, Facts]:
    """What is missing to tell whether the child was in one of the rule's states, or the fact that they were."""
    missing = ""
    for state, fact in plan.in_states:
        for segment in life.line.segments(state):
            if segment.holds_on(day):
                missing = whether_still(segment, life, day)
                if not missing:
                    return "", ((fact, segment.opened_by),)
    return missing, ()


def whether_still(segment: Segment, life: Life, day: date) -> str:
    """What is missing to tell that an open state went on to `day`; blank: its ending would have been told."""
    closers = frozenset(states()[segment.state].closed_by)
    spans = life.coverage.spans(closers, life.las)
    if segment.end is not None or not spans or spans[-1][1] >= min(day, life.day):
        return ""
    what = f"whether still {states()[segment.state].title.lower()}"
    return life.coverage.since_words(closers, what, segment.start, life.las)


def settle(
    plan: Plan,
    life: Life,
    opening: Opening,
    answers: Sequence[Happening],
    others: tuple[Happening, ...] = (),
    since: date | None = None,
) -> None:
    """Add the instance of an opening, unless the rule does not hold for that day or age.

    `answers` may meet it, in time order; those before the trigger (`since`: before that earlier day) or after
    its end are passed over. `others` are evidence that does not.
    """
    opened, eighteen = opening[1], life.eighteen
    if plan.under_18 and eighteen is not None and opened >= eighteen:
        return
    clock = plan.clock
    reckoned = clock.by_day.get(opened) or clock.reckon(opened, opening[0], life.line)
    if reckoned is None:
        return
    freezes = eighteen if plan.until_18 else None
    if plan.plain and answers and not opening[9]:
        # So it is for nearly every duty of a county, and then nothing else need be looked at: the first
        # answer is the one asked for, and came in time, before anything could have ended the duty.
        answer, due, until = answers[0], reckoned[1], opening[4]
        if (
            answer[0] == plan.asked_first
            and opened < answer[1] <= due  # type: ignore[operator]
            and (until is None or answer[1] <= until)
            and (freezes is None or answer[1] < freezes)
        ):
            stop: Stop = (freezes, None, "", "")
            life.instances.append(_instance(plan, life, opening, others, reckoned, stop, answer, True))
            return
    if plan.earliest_of is not None:
        opening, reckoned = _brought_forward(plan.earliest_of, life, opening, reckoned)
    settle_as(plan, life, opening, reckoned, answers, others, since)


def settle_as(
    plan: Plan,
    life: Life,
    opening: Opening,
    reckoned: Reckoned,
    answers: Sequence[Happening],
    others: tuple[Happening, ...] = (),
    since: date | None = None,
) -> None:
    """Add the instance of an opening whose due date its shape has worked out. Arguments as for `settle`.

    An opening may lie ahead, and so may its end: time passing alone makes them so.
    """
    if plan.under_18 and life.eighteen is not None and opening.counted_from >= life.eighteen:
        return
    ahead = opening[4]
    if ahead is not None:
        if ahead > life.day:
            opening = opening._replace(until=None)
        else:
            ahead = None
    if plan.closes and reckoned.due is not None:
        ahead = reckoned.due_day + _ONE_DAY
        if ahead <= life.day and (opening.until is None or ahead < opening.until):
            opening = opening._replace(until=ahead, until_why=_CLOSED)
    stop = _stop(plan, life, opening)
    if ahead is not None and (stop[0] is None or ahead < stop[0]):
        stop = (ahead, *stop[1:])
    met: Happening | None = None
    in_time: bool | None = None
    if answers and not stop[3]:
        met, in_time = _met(plan, opening, stop[1], answers, reckoned, since or opening[1])
    life.instances.append(_instance(plan, life, opening, others, reckoned, stop, met, in_time))


def _brought_forward(earlier: EarliestOf, life: Life, opening: Opening, reckoned: Reckoned) -> tuple[Opening, Reckoned]:
    """Due at once where a happening comes before the end of the period, with the fact that says so."""
    due = reckoned.due
    for happening in life.of(earlier.kind):
        day = happening.happened_on
        if due is not None and not isinstance(due, datetime) and opening.counted_from <= day < due:
            warn = reckoned.warn_from
            assert warn is not None
            assert not isinstance(warn, datetime)
            opening = opening._replace(facts=(*opening.facts, (earlier.says, happening)))
            return opening, reckoned._replace(due=day, due_latest=day, due_day=day, warn_from=min(day, warn))
    return opening, reckoned


Stop = tuple[date | None, date | None, str, str]
"""When an unmet clock stands still; when it ended, if it has, and why; why it never was owed."""


def _stop(plan: Plan, life: Life, opening: Opening) -> Stop:
    """What ends it if nothing meets it: its state, an age, or a happening of the rule's endings."""
    _, opened, _, _, until, why, _, _, _, not_owed = opening
    freezes: date | None = None
    if plan.until_18:
        freezes = life.eighteen
        if freezes is not None and freezes <= life.day and (until is None or freezes < until):
            until, why = freezes, "turned 18"
    elif plan.of_school_age and life.line.dob is not None:
        first, last = school_age(life.line.dob)
        freezes = last + _ONE_DAY
        if not first <= opened <= last:
            not_owed = not_owed or "not of compulsory school age"
        elif last < life.day and (until is None or last < until):
            until, why = freezes, "compulsory school age was over"
    for end in plan.ends:
        if end[0] in life.kinds:
            until, why, not_owed = _ended(end, life, opened, until, why, not_owed)
    return freezes, until, why, not_owed


def _instance(
    plan: Plan,
    life: Life,
    opening: Opening,
    others: tuple[Happening, ...],
    reckoned: Reckoned,
    stop: Stop,
    met: Happening | None,
    in_time: bool | None,
) -> Instance:
    trigger, opened, facts, rests_on, _, _, estimated, cannot_tell, dated, _ = opening
    version, due, latest, warn, due_day, rough, no_calendar = reckoned
    freezes, until, why, not_owed = stop
    if no_calendar or not dated:
        due = latest = warn = None
        cannot_tell = cannot_tell or no_calendar
    covered_to = life.covered_to(plan.needed, opened)
    met_at: date | datetime | None = None
    if met is not None:
        met_at = met.earliest if plan.hours else met[1]
        until = None
        if not in_time and due is not None and (covered_to is None or covered_to < due_day):
            in_time, cannot_tell = _perhaps_not_first(plan, life, opening, met, in_time)
        if not others or met not in others:
            rests_on += (met,)
    elif not_owed or (due is not None and until is not None and until <= due_day):
        cannot_tell = ""
    elif not cannot_tell and due_day < life.day and (covered_to is None or covered_to < due_day):
        cannot_tell = _uncovered(plan, life, opened, due_day)
    estimated = estimated or rough
    fields = (
        "child",
        plan.id,
        version,
        plan.stage,
        trigger,
        opened,
        due,
        latest,
        "estimated" if estimated else plan.precision,
        plan.unit,
        warn,
        met,
        met_at,
        in_time,
        "" if met is None else plan.routes[met[0]],
        None if not_owed else until,
        not_owed or ("" if until is None else _on(why, until)),
        freezes,
        cannot_tell,
        covered_to,
        rests_on + others if others else rests_on,
        facts,
        estimated,
        life.line.school.id if plan.school else "",
    )
    return _new(Instance, fields)


def _met(
    plan: Plan,
    opening: Opening,
    until: date | None,
    answers: Sequence[Happening],
    reckoned: Reckoned,
    since: date,
) -> tuple[Happening | None, bool | None]:
    """What met it, and whether in time (None: cannot be told).

    The answer the rule asks for goes before another route, unless only the other route was in time.
    """
    trigger, opened = opening[0], opening[1]
    _, due, latest, *_ = reckoned
    late: tuple[Happening, bool | None] | None = None
    for kind in plan.answers:
        for answer in answers:
            day = answer[1]
            if answer[0] != kind or day < since:
                continue
            if since == opened == day and answer.latest < trigger.earliest:
                continue
            if until is not None and day > until:
                break
            in_time = True if plan.unit == NO_FIGURE else _in_time(answer, due, latest)
            if in_time is not False:
                return answer, in_time
            late = late or (answer, in_time)
            break
    return late or (None, None)


def _in_time(answer: Happening, due: date | datetime | None, latest: date | datetime | None) -> bool | None:
    if isinstance(due, datetime):
        assert isinstance(latest, datetime)
        if answer.latest <= due:
            return True
        return False if answer.earliest > latest else None
    return None if due is None else answer[1] <= due


def _ended(
    end: End, life: Life, opened: date, until: date | None, why: str, not_owed: str
) -> tuple[date | None, str, str]:
    """The first happening from the trigger on that ends the duty, if it comes before what ends it anyway."""
    kind, marks, reason, never_owed = end
    for happening in life.of(kind):
        if happening.happened_on < opened or (marks and marks.isdisjoint(happening.sure_marks)):
            continue
        if never_owed:
            return until, why, not_owed or reason
        if until is None or happening.happened_on < until:
            return happening.happened_on, reason, not_owed
        break
    return until, why, not_owed


def _perhaps_not_first(
    plan: Plan, life: Life, opening: Opening, met: Happening, in_time: bool | None
) -> tuple[bool | None, str]:
    """Whether a late answer is sure to be late, where cover does not reach from the trigger to the due date.

    It is where it names what it answers, or where its source never said what it covers. Else an earlier
    answer may be missing from what was sent.
    """
    spans = life.coverage.spans(plan.asked, life.las)
    if not spans or opening.trigger.refs & met.refs:
        return in_time, opening.cannot_tell
    return None, life.coverage.since_words(plan.asked, plan.needs[0][1], opening.counted_from, life.las)


def _uncovered(plan: Plan, life: Life, opened: date, due_day: date) -> str:
    """What is missing to tell whether it was done by the due date."""
    for kinds, called in plan.needs:
        through = life.covered_to(kinds, opened)
        if through is None or through < due_day:
            return life.coverage.since_words(kinds, called, opened, life.las)
    # Each is covered from the trigger on, but not on the same days.
    kinds, called = plan.needs[0]
    return life.coverage.since_words(plan.needed, called, opened, life.las)


@lru_cache(maxsize=65536)
def _on(why: str, day: date) -> str:
    return f"{why} on {day.day} {day:%b %Y}"


@lru_cache(maxsize=65536)
def _eighteen(dob: date) -> date:
    return birthday(dob, 18)
