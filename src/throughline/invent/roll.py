"""Whose roll a child was on, the education, health and care plan, and the marks of each session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from random import Random

from throughline.invent import setting
from throughline.invent.days import MINUTES, YEAR, school, working
from throughline.invent.model import Life
from throughline.invent.partners import Enrolment, Plan, PlanReview
from throughline.invent.people import Family, World
from throughline.words.calendars import OutsideCalendar, school_days

_OFF_ROLL = {"CME", "EHE", "NOPLACE"}


def _starts_school(born: int) -> date:
    """1 September of the school year in which a child is five."""
    on = date.fromordinal(born)
    return date(on.year + (5 if on.month >= 9 else 4), 9, 1)


def year_group(born: int, day: int) -> int:
    """National curriculum year: 0 is reception."""
    on = date.fromordinal(day)
    return (on.year if on.month >= 9 else on.year - 1) - _starts_school(born).year


def enrolments(world: World, rng: Random, family: Family, life: Life) -> list[Enrolment]:
    """Times on a school's roll, earliest first, with gaps where a child was on none."""
    child = life.child
    starts = _starts_school(child.born)
    entry = starts.toordinal() + 2
    ends = date(starts.year + 12, 6, 26).toordinal()
    moves_on = date(starts.year + 7, 9, 1).toordinal()
    cuts = _cuts(world, rng, life)
    cuts.append((moves_on - 40, moves_on + 2, "moved to secondary school", "phase"))
    cuts += [
        (home.since, home.since + 4 + int(rng.random() ** 2 * 60), "moved area", "home") for home in child.homes[1:]
    ]
    made: list[Enrolment] = []
    kind = "special" if life.plan and rng.random() < 0.3 else ""
    for left, back, reason, why in sorted(cuts):
        if left <= entry:
            continue
        made.append(_on_roll(world, life, entry, min(left, ends), reason if left < ends else "end of school", kind))
        kind = "pru" if why == "excluded" else "" if kind == "pru" else kind
        entry = back
        if entry >= ends:
            break
    if entry < ends:
        made.append(_on_roll(world, life, entry, ends, "end of school", kind))
    return [one for one in made if one.entry <= world.until and (one.leaving is None or one.leaving >= world.began)]


def _cuts(world: World, rng: Random, life: Life) -> list[tuple[int, int, str, str]]:
    """(left, on a roll again, reason, what it was): exclusions that stood and spells off every roll."""
    cuts = []
    for exclusion in life.exclusions:
        if exclusion.category == "PERM" and not exclusion.cancelled:
            left = working(exclusion.start, 16)
            cuts.append((left, left + 5 + int(rng.random() ** 2 * 200), "permanently excluded", "excluded"))
    for spell in life.schooling:
        if spell.status in _OFF_ROLL and spell.reason != "after exclusion":
            reason = "home education" if spell.status == "EHE" else "whereabouts not confirmed"
            cuts.append((spell.start, spell.end or world.until + 10 * YEAR, reason, "register"))
    return cuts


def _on_roll(world: World, life: Life, entry: int, leaving: int, reason: str, kind: str) -> Enrolment:
    child = life.child
    home = child.home(entry)
    places = world.partnership.areas[home.area].places
    at = places[kind][child.number % len(places[kind])] if kind else child.school(entry)
    over = leaving if leaving <= world.until else None
    return Enrolment(home.area, at, entry, over, reason if over else "")


def plan(world: World, rng: Random, family: Family, life: Life) -> Plan | None:
    """An education, health and care plan asked for and mostly made, with its reviews each year."""
    rates, child = setting.lives()["send"], life.child
    prone = rates["prone"].get("care" if life.spells else family.track, rates["prone"]["other"])
    if rng.random() >= prone:
        return None
    asked = working(child.born + int((3.2 + rng.random() * 11) * YEAR), 0)
    if asked > world.until - 10:
        return None
    answered = asked + 20 + int(rng.random() * 24)
    home = child.home(asked)
    number = f"EHC{child.number:06d}"
    assessed = issued = None
    if rng.random() >= rates["refused"]:
        assessed = answered + 50 + int(rng.random() * 40)
        late = int(rng.random() * 160) if rng.random() < rates["late"] else 0
        issued = asked + 125 + int(rng.random() * 15) + late
    reviews: list[PlanReview] = []
    due = (issued or 0) + YEAR
    while issued and due - YEAR < world.until and due < child.born + 19 * YEAR:
        reviews.append(_review(rng, due, child.born))
        due = (reviews[-1].held or due) + YEAR
    need = setting.draws()["sen_needs"](rng)
    return Plan(home.area, number, asked, answered, assessed, issued, None, need, home.secondary, tuple(reviews))


def _review(rng: Random, due: int, born: int) -> PlanReview:
    rates = setting.lives()["send"]
    late = int(rng.random() ** 2 * 120) if rng.random() < rates["review_late"] else -int(rng.random() * 40)
    held = working(due + late, 0) if rng.random() >= rates["review_never"] else None
    letter = held + 12 + int(rng.random() ** 2 * 60) if held and rng.random() < 0.93 else None
    outcome = ("A", "A", "N", "C")[int(rng.random() * 4)]
    return PlanReview(due, held, letter, outcome, phase=year_group(born, due) in (6, 11))


# -- daily marks --------------------------------------------------------------------------------------


@lru_cache
def school_dates(first: int, last: int) -> tuple[int, ...]:
    """The school days from the first day to the last, both counted."""
    calendar = school_days()
    found = []
    for day in range(first, last + 1):
        try:
            if calendar.counts(date.fromordinal(day)):
                found.append(day)
        except OutsideCalendar:
            continue
    return tuple(found)


def marks(world: World, life: Life, one: Enrolment, days: tuple[int, ...]) -> Iterator[tuple[int, str, str]]:
    """(day, morning's code, afternoon's) for each of these days the child was on that roll.

    A child is mostly there; absences come in runs, as illness and trouble do; an exclusion is E, and a day
    on which a child was missing is an absence nobody allowed.
    """
    rng = world.random("marks", life.child.number, one.entry)
    draws, rates = setting.draws(), setting.lives()["attendance"]
    troubled = _troubled(rng, life)
    chance = rates["away_troubled" if troubled else "away"]
    lengths = rates["run_troubled" if troubled else "run"]
    away = _known_days(life)
    code, left = "", 0
    for day in days:
        if day < one.entry or (one.leaving is not None and day >= one.leaving):
            continue
        fixed = away.get(day)
        if fixed:
            yield day, fixed, fixed
            continue
        if not left and rng.random() < chance:
            code = draws["marks_troubled" if troubled else "marks"](rng)
            left = lengths[int(rng.random() * len(lengths))]
        if left:
            left -= 1
            yield day, code, code
        elif rng.random() < rates["half_day"]:
            yield (day, "L", "\\") if rng.random() < 0.6 else (day, "/", "M")
        else:
            yield day, "/", "\\"


def _troubled(rng: Random, life: Life) -> bool:
    rates = setting.lives()["attendance"]
    return bool(rng.random() < (rates["troubled_known"] if life.cases else rates["troubled"]))


def often_away(world: World, life: Life, one: Enrolment) -> bool:
    """Whether this time on a roll is one with long runs of absence: the same as `marks` makes of it."""
    return _troubled(world.random("marks", life.child.number, one.entry), life)


def _known_days(life: Life) -> dict[int, str]:
    """Days whose mark follows from what else is known: excluded (E), missing (O), part-time (C2)."""
    away: dict[int, str] = {}
    for spell in life.schooling:
        if spell.status == "PTT":
            for day in range(spell.start, spell.end or spell.start + 120):
                if day % 7 in (3, 4):
                    away[day] = "C2"
    for exclusion in life.exclusions:
        days = max(1, exclusion.sessions // 2) if exclusion.category != "PERM" else 15
        last = school(exclusion.start, days - 1) if days > 1 else exclusion.start
        for day in range(exclusion.start, (last or exclusion.start) + 1):
            away[day] = "E"
    for absence in life.absences:
        away |= dict.fromkeys(
            range(absence.since // MINUTES + 1, (absence.returned or absence.since) // MINUTES + 1), "O"
        )
    return away
