"""From an opened duty to its instance: when it is due, what met it, what ended it, what is missing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from operator import itemgetter

from throughline.duties.counting import school_age
from throughline.duties.instance import Instance
from throughline.duties.life import Life, Opening
from throughline.duties.parts import NO_FIGURE, EarliestOf, Pause
from throughline.duties.plan import End, Plan, Reckoned
from throughline.timeline import Happening
from throughline.words import CHILD, states
from throughline.words.calendars import add_months, day_in_words, working_days

_new = tuple.__new__
_BY_DAY = itemgetter(1)
_ONE_DAY = timedelta(days=1)
CLOSED = "the time was over"
NO_BIRTHDAY = "the date of birth"
STANDS_STILL = "the clock stands still since {}"


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
    if plan.aged is not None:
        if not _of_age(plan.aged, life, opened):
            return
        if eighteen is None:
            opening = opening._replace(dated=False, cannot_tell=NO_BIRTHDAY)
    clock = plan.clock
    reckoned = clock.by_day.get(opened) or clock.reckon(opened, opening[0], life.line)
    if reckoned is None:
        return
    freezes = eighteen if plan.until_18 else None
    if plan.plain and answers and not opening[9] and plan.ending.isdisjoint(life.present):
        # So it is for nearly every duty of a county, and then nothing else need be looked at: the first
        # answer is the one asked for, and came in time, before anything could have ended the duty.
        answer, due, until = answers[0], reckoned[1], opening[4]
        if (
            answer[0] == plan.asked_first
            and opened < answer[1] <= due  # type: ignore[operator]
            and (until is None or answer[1] <= until <= life.day)
            and (freezes is None or answer[1] < freezes)
        ):
            stop: Stop = (freezes, None, "", "")
            life.instances.append(_instance(plan, life, opening, others, reckoned, stop, answer, True))
            return
    if plan.moves:
        opening, reckoned = _moved(plan, life, opening, reckoned)
    settle_as(plan, life, opening, reckoned, answers, others, since)


def _moved(plan: Plan, life: Life, opening: Opening, reckoned: Reckoned) -> tuple[Opening, Reckoned]:
    """The same with the due date where what happened since, or a day off, puts it."""
    if plan.earliest_of is not None:
        opening, reckoned = _brought_forward(plan.earliest_of, life, opening, reckoned)
    if plan.pause is not None:
        opening, reckoned = _held_up(plan.pause, life, opening, reckoned)
    if plan.rolls_forward and not isinstance(reckoned.due, datetime) and reckoned.due is not None:
        reckoned = _later(reckoned, working_days().on_or_after(reckoned.due) - reckoned.due)
    return opening, reckoned


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
            opening = opening._replace(until=ahead, until_why=CLOSED)
    stop = _stop(plan, life, opening)
    if ahead is not None and (stop[0] is None or ahead < stop[0]):
        stop = (ahead, *stop[1:])
    met: Happening | None = None
    in_time: bool | None = None
    if answers and not stop[3]:
        met, in_time = _met(plan, opening, stop[1], answers, reckoned, since or opening[1], life.present)
    life.instances.append(_instance(plan, life, opening, others, reckoned, stop, met, in_time))


def _of_age(months: tuple[int, int], life: Life, day: date) -> bool:
    """Whether the child is of the age the rule is for; where no birthday is known, it may be."""
    dob = life.line.dob
    return dob is None or add_months(dob, months[0]) <= day < add_months(dob, months[1])


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


def _held_up(pause: Pause, life: Life, opening: Opening, reckoned: Reckoned) -> tuple[Opening, Reckoned]:
    """Due later by the days for which the clock stood still; while it does, nobody can tell when."""
    resumed = life.of(pause.to)
    went_on = opening.counted_from
    for stopped in life.of(pause.from_):
        day, due = stopped.happened_on, reckoned.due
        if due is None or isinstance(due, datetime) or not went_on <= day <= due:
            continue
        again = next((h for h in resumed if h.happened_on >= day), None)
        opening = opening._replace(facts=(*opening.facts, (pause.says, stopped)))
        if again is None:
            return opening._replace(dated=False, cannot_tell=STANDS_STILL.format(day_in_words(day))), reckoned
        went_on = again.happened_on
        opening = opening._replace(facts=(*opening.facts, (pause.resumed, again)))
        reckoned = _later(reckoned, went_on - day)
    return opening, reckoned


def _later(reckoned: Reckoned, by: timedelta) -> Reckoned:
    due, warn = reckoned.due_day + by, reckoned.warn_from
    assert warn is not None
    assert not isinstance(warn, datetime)
    return reckoned._replace(due=due, due_latest=due, due_day=due, warn_from=warn + by)


Stop = tuple[date | None, date | None, str, str]
"""When an unmet clock stands still; when it ended, if it has, and why; why it never was owed."""


def _stop(plan: Plan, life: Life, opening: Opening) -> Stop:
    """What ends it if nothing meets it: its state, an age, or a happening of the rule's endings."""
    trigger, opened, _, _, until, why, _, _, _, not_owed = opening
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
        if end[0] in life.present:
            until, why, not_owed = _ended(end, life, trigger, opened, until, why, not_owed)
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
        plan.subject,
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
        "" if plan.subject == CHILD else _subject_id(plan, life, trigger),
    )
    return _new(Instance, fields)


def _subject_id(plan: Plan, life: Life, trigger: Happening) -> str:
    """Which subject a duty is about: the one whose line it is, else what the trigger calls it."""
    own = life.line.subject
    return own.id if own.kind == plan.subject else min(trigger.refs, default="")


def _met(
    plan: Plan,
    opening: Opening,
    until: date | None,
    answers: Sequence[Happening],
    reckoned: Reckoned,
    since: date,
    present: frozenset[str],
) -> tuple[Happening | None, bool | None]:
    """What met it, and whether in time (None: cannot be told).

    The answer the rule asks for goes before another route, unless only the other route was in time.
    """
    trigger, opened = opening[0], opening[1]
    _, due, latest, *_ = reckoned
    late: tuple[Happening, bool | None] | None = None
    first = bisect_left(answers, since, key=_BY_DAY)
    for kind in plan.answers:
        for answer in islice(answers, first, None) if kind in present else ():
            day = answer[1]
            if answer[0] != kind or answer is trigger:
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
    end: End, life: Life, trigger: Happening, opened: date, until: date | None, why: str, not_owed: str
) -> tuple[date | None, str, str]:
    """The first happening from the trigger on that ends the duty, if it comes before what ends it anyway.

    What closes a state that the trigger opens ends what came before it, on one day: the home left for this one.
    """
    kind, marks, reason, never_owed = end
    closes = kind in closing_kinds(trigger.kind)
    told = life.of(kind)
    for happening in islice(told, bisect_left(told, opened, key=_BY_DAY), None):
        if marks and marks.isdisjoint(happening.sure_marks):
            continue
        if closes and happening.happened_on == trigger.happened_on and not happening.refs & trigger.refs:
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


@lru_cache
def closing_kinds(opener: str) -> frozenset[str]:
    """Kinds that close a state which this kind opens."""
    found: set[str] = set()
    for state in states().values():
        if opener in map(_kind_of, state.opened_by):
            found.update(map(_kind_of, state.closed_by))
    return frozenset(found)


def _kind_of(spec: str) -> str:
    return spec.partition("+")[0].partition("-")[0]


@lru_cache(maxsize=65536)
def _on(why: str, day: date) -> str:
    return f"{why} on {day_in_words(day)}"
