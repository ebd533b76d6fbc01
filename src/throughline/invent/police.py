"""What the police were called to, and what they looked into afterwards."""

from __future__ import annotations

from random import Random

from throughline.invent import setting
from throughline.invent.days import MINUTES, eighteen, working
from throughline.invent.model import Life
from throughline.invent.partners import Investigation, Occurrence
from throughline.invent.people import Family, World
from throughline.invent.setting import one

HOUR = 60


def occurrences(world: World, rng: Random, family: Family, life: Life) -> list[Occurrence]:
    """Every time the police wrote down that this child was there, earliest first."""
    made: list[Occurrence] = []
    for moment, prone in _moments(world, rng, family, life):
        made.append(_occurrence(rng, family, life, moment, len(made) + 1, out=prone))
    return made


def _moments(world: World, rng: Random, family: Family, life: Life) -> list[tuple[int, bool]]:
    """(when, whether it was while the child was missing or out), in order."""
    rates, child = setting.lives()["police"], life.child
    last = min(world.until, eighteen(child.born) - 1)
    moments = []
    for absence in life.absences:
        # The night a child is missing is the night things happen.
        if rng.random() < rates["while_missing"]:
            end = absence.returned or world.now
            moments.append((absence.since + int((end - absence.since) * (0.2 + rng.random() * 0.6)), True))
    removed = life.exploitation.decisions[-1] if life.exploitation else None
    if removed and removed.decision == "REMOVE" and rng.random() < rates["after_removal"]:
        moments.append((removed.at + int((15 + rng.random() * 60) * MINUTES), True))
    first = max(world.began, child.born + 10 * 365)
    prone = rates["prone"].get("care" if life.spells else family.track, rates["prone"]["other"])
    if first < last and rng.random() < prone:
        moments += [(moment, True) for moment in _times(rng, first, last, rates["a_year"])]
    first = max(world.began, child.born, family.noticed - 200)
    if first < last and rng.random() < rates["at_home"].get(family.track, rates["at_home"]["other"]):
        moments += [(moment, False) for moment in _times(rng, first, last, rates["at_home_a_year"])]
    return sorted(m for m in moments if m[0] < min(last * MINUTES, world.now - 3 * HOUR))


def _times(rng: Random, first: int, last: int, a_year: list[float]) -> list[int]:
    rate = a_year[int(rng.random() * len(a_year))]
    day, times = first, []
    while (day := day + 1 + int(rng.expovariate(rate) * 365)) < last:
        times.append(day * MINUTES + int(rng.triangular(13, 24, 21) * HOUR) - 1)
    return times


def _occurrence(rng: Random, family: Family, life: Life, moment: int, number: int, *, out: bool) -> Occurrence:
    rates, says, draws = setting.lives()["police"], setting.sayings(), setting.draws()
    outside = family.track == "outside_harm"
    type_ = draws["occurrences_out" if out else "occurrences_home"](rng)
    role = rates["role"].get(type_) or draws["roles_outside" if outside else "roles"](rng)
    reported = moment + int(rng.random() ** 2 * 9 * HOUR)
    flags = says["police_flags"]
    shared = reported + int((4 + rng.random() ** 2 * 110) * HOUR) if rng.random() < rates["shared"] else None
    looked_into = type_ in rates["investigated"] and rng.random() < 0.75
    place = int(rng.random() * len(says["places"]))
    return Occurrence(
        area=life.child.home(moment // MINUTES).area,
        number=f"OC{life.child.number:06d}-{number:02d}",
        at=moment,
        reported=reported,
        type=type_,
        role=role,
        place=says["places"][place] if out else "home",
        place_ref=f"PL{life.child.home(moment // MINUTES).area + 1}{place:02d}" if out else "",
        weapon=one(rng, says["weapons"]) if type_ in rates["with_weapon"] and rng.random() < 0.5 else "",
        flags=one(rng, flags) if out and rng.random() < 0.3 else "",
        grade=draws["grades"](rng),
        shared=shared,
        hurt=role == "VICTIM" and type_ in rates["hurts"] and rng.random() < rates["hurt"],
        investigation=_investigation(rng, reported) if looked_into else None,
    )


def _investigation(rng: Random, reported: int) -> Investigation:
    """Most wait for months; some wait a year."""
    draws, says = setting.draws(), setting.sayings()
    opened = reported // MINUTES
    waiting = opened + int(rng.random() * 6) if rng.random() < 0.7 else None
    lasts = 40 + int(rng.random() ** 2 * 500)
    to_cps = charged = hearing = None
    outcome = one(rng, says["investigation_outcomes"])
    if rng.random() < 0.4:
        to_cps = working(opened + lasts, 0)
        charged = working(to_cps, 4 + int(rng.random() * 30))
        if rng.random() < 0.6:
            hearing = working(charged, 12 + int(rng.random() * 25))
            outcome = "charged"
    concluded = (hearing or charged or working(opened + lasts, 0)) + 3
    told = opened + 10 + int(rng.random() * 60) if rng.random() < 0.6 else None
    status = draws["pending"](rng) if waiting else "none"
    return Investigation(opened, status, waiting, to_cps, charged, hearing, concluded, outcome, told)
