"""What in a life asks something of an agency: moments that are to be answered, and times in which something is due
again and again. What is written down of it stands in `data/answers.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from throughline.invent.days import MINUTES, eighteen
from throughline.invent.model import Episode, Life, Spell
from throughline.invent.people import World
from throughline.invent.roll import often_away

_HOMES = ("S", "P", "B")
"""Reasons for a new episode that say the child came to another home."""
_BY_AUTHORITY = ("CARPL", "LAREQ")
_ENDED = (*_BY_AUTHORITY, "STAND", "ALLEG")
_OUT = ("PTT", "CME", "NOPLACE", "AP", "TUITION")
_SERIOUS = ("assault", "robbery", "weapon")
_WEIGHS = ("16A", "7A")
"""Factors of an assessment: neglect, and looking after somebody at home."""
_SEEN = ("visit", "appointment_kept", "was_not_brought")
_CAME, _MISSED = ("ATT",), ("DNA", "WNB")
_YEAR, _WATCHED, _FOUR_MONTHS, _MARKED = 365, 182, 123, 150


class Opening(NamedTuple):
    """A day on which something is asked for; with an end, a time from that day on (`end` itself no longer)."""

    day: int
    area: int
    """Index of the area whose agencies answer."""
    end: int | None = None
    due: int | None = None
    """The day it is for, where that is another: a meeting that is booked."""


Finder = Callable[[World, Life], Iterator[Opening]]


# -- social care ----------------------------------------------------------------------------------------


def _referrals(world: World, life: Life, *, nfa: bool) -> Iterator[Opening]:
    return (Opening(case.referred, case.area) for case in life.cases if case.nfa == nfa)


def _plans(world: World, life: Life) -> Iterator[Opening]:
    for case in life.cases:
        for start, end in case.plans:
            yield Opening(start, case.area, end or world.until)


def _conferences_ahead(world: World, life: Life) -> Iterator[Opening]:
    """The next review conference of a plan that goes on, on the day it is booked."""
    for case in life.cases:
        for plan in case.protection:
            held = next((day for day in plan.reviews if day > world.until), None)
            if held:
                yield Opening(held - 60, case.area, due=held)


def _lead_changed(world: World, life: Life) -> Iterator[Opening]:
    """The lead worker left, or another took over."""
    for row in life.told:
        if row.kind == "team_role_ended" and row.details[0] == ("seat", "lead_social_worker"):
            yield Opening(row.at // MINUTES, row.area)
    for spell in life.spells:
        yield from (Opening(worker.end, spell.area) for worker in spell.workers if worker.end)


def _worries(world: World, life: Life) -> Iterator[Opening]:
    return (Opening(row.at // MINUTES, row.area) for row in life.told if row.kind == "worry")


def _missed_twice(world: World, life: Life) -> Iterator[Opening]:
    """Two visits or appointments in a row that did not come about."""
    seen = [
        (row.at, row.kind == "was_not_brought" or row.marks == "not_seen") for row in life.told if row.kind in _SEEN
    ]
    contacts = [contact for referral in life.referrals for contact in referral.contacts]
    seen += [(contact.at, contact.status in _MISSED) for contact in contacts if contact.status in (*_CAME, *_MISSED)]
    before = False
    for at, missed in sorted(seen):
        if missed and before:
            yield Opening(at // MINUTES, life.child.home(at // MINUTES).area)
        before = missed


def _long_story(world: World, life: Life) -> Iterator[Opening]:
    """Three things of different sorts that weigh on a young child within two years, and at most once in two years."""
    missed = sorted(row.at // MINUTES for row in life.told if row.kind == "was_not_brought")
    closed = sorted(case.closed for case in life.cases if case.closed)
    seen = [("missed", day) for day in missed[1:]] + [("closed", day) for day in closed[1:]]
    seen += [("home", o.at // MINUTES) for o in life.occurrences if o.type == "domestic_abuse"]
    seen += [("health", referral.received) for referral in life.referrals]
    for case in life.cases:
        for assessment in case.assessments:
            seen += [
                (factor, assessment.done) for factor in assessment.factors if factor in _WEIGHS and assessment.done
            ]
    seen += [("school", exclusion.start) for exclusion in life.exclusions]
    last = -2 * _YEAR
    for _, day in sorted(seen, key=lambda one: one[1]):
        sorts = {sort for sort, other in seen if 0 <= day - other < 2 * _YEAR}
        if len(sorts) >= 3 and day - last >= 2 * _YEAR and life.child.age(day) < 13:
            last = day
            yield Opening(day, life.child.home(day).area)


# -- care -----------------------------------------------------------------------------------------------


def _in_care(world: World, life: Life) -> Iterator[Opening]:
    return (Opening(spell.start, spell.area, spell.end or world.until) for spell in life.spells)


def _homes(life: Life) -> Iterator[tuple[Spell, Episode]]:
    for spell in life.spells:
        yield from ((spell, episode) for episode in spell.episodes if episode.new in _HOMES)


def _placements(world: World, life: Life) -> Iterator[Opening]:
    return (Opening(episode.start, spell.area) for spell, episode in _homes(life))


def _away(world: World, spell: Spell, episode: Episode) -> bool:
    """Whether that home lies outside the area."""
    here = world.partnership.areas[spell.area].postcode_area
    return bool(episode.place_postcode) and not episode.place_postcode.startswith(here)


def _placements_away(world: World, life: Life) -> Iterator[Opening]:
    return (Opening(e.start, spell.area) for spell, e in _homes(life) if _away(world, spell, e))


def _placements_ended(world: World, life: Life, *, why: tuple[str, ...]) -> Iterator[Opening]:
    for spell in life.spells:
        for episode in spell.episodes:
            if episode.end and episode.change in why:
                yield Opening(episode.end, spell.area)


def _moved_again(world: World, life: Life) -> Iterator[Opening]:
    """The third home within a year."""
    moves = [(spell.area, episode.start) for spell, episode in _homes(life)]
    for place, (area, day) in enumerate(moves):
        if sum(day - before < _YEAR for _, before in moves[: place + 1]) >= 3:
            yield Opening(day, area)


def _care_reviews(world: World, life: Life) -> Iterator[Opening]:
    for spell in life.spells:
        yield from (Opening(day, spell.area) for day, _ in spell.reviews)


def _sooner(world: World, life: Life) -> Iterator[Opening]:
    """What may bring the next care review forward."""
    days = [episode.start for _, episode in _homes(life) if episode.unplanned]
    days += [exclusion.start for exclusion in life.exclusions if exclusion.category == "PERM"]
    days += [absence.returned // MINUTES for absence in life.absences if absence.returned]
    held = life.exploitation
    if held and held.nrm and held.nrm.first_at and held.nrm.first == "positive":
        days.append(held.nrm.first_at)
    for day in days:
        spell = life.in_care(day)
        if spell:
            yield Opening(day, spell.area)


def _disputes(world: World, life: Life) -> Iterator[Opening]:
    return (Opening(row.at // MINUTES, row.area) for row in life.told if row.kind == "dispute_opened")


def _nearly_16(world: World, life: Life) -> Iterator[Opening]:
    day = life.child.born + int(15.55 * 365.25)
    if life.in_care(day) or life.exploitation:
        yield Opening(day, life.child.home(day).area)


# -- the panel ------------------------------------------------------------------------------------------


def _removed(life: Life) -> int | None:
    held = life.exploitation
    return held.decisions[-1].at // MINUTES if held and held.decisions[-1].decision == "REMOVE" else None


def _taken_off(world: World, life: Life) -> Iterator[Opening]:
    day = _removed(life)
    if day and life.exploitation:
        yield Opening(day, life.exploitation.area)


def _signs_in_watch(world: World, life: Life) -> Iterator[Opening]:
    """Something grave while the child is watched after the list."""
    off = _removed(life)
    if off is None:
        return
    days = [visit.at // MINUTES for visit in life.visits if visit.concern]
    days += [o.at // MINUTES for o in life.occurrences if o.type in _SERIOUS or o.flags]
    days += [
        absence.interview.held_at // MINUTES
        for absence in life.absences
        if absence.interview and absence.interview.held_at
    ]
    days += [row.at // MINUTES for row in life.told if row.kind == "worry"]
    yield from (Opening(day, life.child.home(day).area) for day in days if off <= day <= off + _WATCHED)


def _considered(world: World, life: Life) -> Iterator[Opening]:
    """From the first time the panel has to consider a child who is not on the list: it looks again and again."""
    held = life.exploitation
    added = held.decisions[0].at // MINUTES if held and held.decisions[0].decision == "ADD" else None
    days = [held.decisions[0].at // MINUTES] if held and added is None else []
    harm = [o.at // MINUTES for o in life.occurrences if o.type in _SERIOUS or o.flags or o.weapon]
    harm = sorted([*harm, *(visit.at // MINUTES for visit in life.visits if visit.intent == "someone_else")])
    days += [day for before, day in pairwise(harm) if day - before < _YEAR]
    days = sorted([*days, *(opening.day for opening in _moved_authority(world, life))])
    adult, off = eighteen(life.child.born), _removed(life)
    if days and (added is None or days[0] < added):
        yield Opening(days[0], life.child.home(days[0]).area, min(added or adult, adult))
    again = [day for day in days if off and day > off]
    if again:
        yield Opening(again[0], life.child.home(again[0]).area, adult)


def _moved_authority(world: World, life: Life) -> Iterator[Opening]:
    """A child with a plan, in care or watched comes to live where another authority answers."""
    yield from _placements_away(world, life)
    for home in life.child.homes[1:]:
        if life.open_case(home.since - 1):
            yield Opening(home.since, life.child.home(home.since - 1).area)


# -- school, help, and the child's own words ------------------------------------------------------------


def _out_of_school(world: World, life: Life, *, statuses: tuple[str, ...]) -> Iterator[Opening]:
    for spell in life.schooling:
        if spell.status in statuses:
            yield Opening(spell.start, spell.area, spell.end or world.until)


def _out_of_school_long(world: World, life: Life) -> Iterator[Opening]:
    """Four months without full-time education, on the day they are over."""
    for spell in life.schooling:
        if spell.status in _OUT and (spell.end or world.until) - spell.start > _FOUR_MONTHS:
            yield Opening(spell.start + _FOUR_MONTHS, spell.area)


def _excluded(world: World, life: Life) -> Iterator[Opening]:
    return (Opening(exclusion.start, exclusion.area) for exclusion in life.exclusions if not exclusion.cancelled)


def _said_no(world: World, life: Life) -> Iterator[Opening]:
    """Help was offered, and the child said no for that day."""
    for row in life.told:
        if row.kind == "help_offered" and row.marks == "turned_down":
            yield Opening(row.at // MINUTES, row.area)


def _rolls(world: World, life: Life, *, left: bool) -> Iterator[Opening]:
    """Days on which a child joined a roll, or left one."""
    for roll in life.roll:
        day = roll.leaving if left else roll.entry
        if day is not None and day > world.began:
            yield Opening(day, roll.area)


def _often_away(world: World, life: Life) -> Iterator[Opening]:
    """The months for which schools send daily marks, of a child whose absences are long."""
    for roll in life.roll:
        first = max(roll.entry, world.until - _MARKED)
        end = roll.leaving or world.until
        if first < end and often_away(world, life, roll):
            yield Opening(first, roll.area, end)


def _excluded_again(world: World, life: Life) -> Iterator[Opening]:
    """A second time within six weeks, for more than four days, or for good."""
    before = -_YEAR
    for exclusion in life.exclusions:
        if exclusion.start - before < 42 or exclusion.sessions > 8 or exclusion.category == "PERM":
            yield Opening(exclusion.start, exclusion.area)
        before = exclusion.start


def _shaken(world: World, life: Life) -> Iterator[Opening]:
    """What shakes a child besides losing school: another home, a weapon, a decision, another place to learn."""
    yield from _placements(world, life)
    yield from (Opening(o.at // MINUTES, o.area) for o in life.occurrences if o.type == "weapon")
    yield from _out_of_school(world, life, statuses=("AP",))
    held = life.exploitation
    if held and held.nrm:
        yield from (Opening(day, held.area) for day in (held.nrm.first_at, held.nrm.final_at) if day)


def _said_not_now(world: World, life: Life) -> Iterator[Opening]:
    """Those who did not want the return interview."""
    for absence in life.absences:
        asked = absence.interview
        if asked and asked.accepted == "N" and absence.returned:
            yield Opening((asked.declined_at or absence.returned) // MINUTES, absence.area)


def _heard_often(world: World, life: Life) -> Iterator[Opening]:
    """In care, with a protection plan, on the list or watched, or without full-time education."""
    yield from _in_care(world, life)
    for case in life.cases:
        yield from (Opening(plan.start, case.area, plan.end or world.until) for plan in case.protection)
    held = life.exploitation
    if held and held.decisions[0].decision == "ADD":
        off = _removed(life)
        yield Opening(held.decisions[0].at // MINUTES, held.area, off + _WATCHED if off else world.until)
    yield from _out_of_school(world, life, statuses=_OUT)


def _worked_with(world: World, life: Life) -> Iterator[Opening]:
    """Social care works with the child."""
    for case in life.cases:
        if not case.nfa:
            yield Opening(case.referred, case.area, case.closed or world.until)


FINDERS: Mapping[str, Finder] = {
    "referral": lambda world, life: _referrals(world, life, nfa=False),
    "referral_without_work": lambda world, life: _referrals(world, life, nfa=True),
    "child_in_need": _plans,
    "conference_ahead": _conferences_ahead,
    "lead_changed": _lead_changed,
    "worry": _worries,
    "missed_twice": _missed_twice,
    "long_story": _long_story,
    "in_care": _in_care,
    "placement": _placements,
    "placement_away": _placements_away,
    "placement_ended": lambda world, life: _placements_ended(world, life, why=_ENDED),
    "placement_ended_by_authority": lambda world, life: _placements_ended(world, life, why=_BY_AUTHORITY),
    "moved_again": _moved_again,
    "care_review": _care_reviews,
    "sooner": _sooner,
    "dispute": _disputes,
    "nearly_16": _nearly_16,
    "taken_off_the_list": _taken_off,
    "sign_in_watch": _signs_in_watch,
    "considered": _considered,
    "moved_authority": _moved_authority,
    "out_of_school": lambda world, life: _out_of_school(world, life, statuses=_OUT),
    "out_of_school_long": _out_of_school_long,
    "excluded": _excluded,
    "excluded_again": _excluded_again,
    "often_away": _often_away,
    "joined_school": lambda world, life: _rolls(world, life, left=False),
    "left_school": lambda world, life: _rolls(world, life, left=True),
    "said_no": _said_no,
    "shaken": _shaken,
    "said_not_now": _said_not_now,
    "heard_often": _heard_often,
    "worked_with": _worked_with,
}
"""What an entry of `data/answers.yaml` may come after, or be due during."""


def found(name: str, world: World, life: Life) -> list[Opening]:
    """All of one sort in one life, earliest first; none that begins before birth."""
    born = life.child.born
    return sorted((one for one in FINDERS[name](world, life) if one.day >= born), key=lambda one: one.day)
