"""Being missing or away without agreement, and the interviews owed after it."""

from __future__ import annotations

from random import Random
from typing import Any

from throughline.invent import setting
from throughline.invent.days import MINUTES, eighteen
from throughline.invent.model import Absence, Interview, Life
from throughline.invent.people import Family, World
from throughline.invent.setting import one

HOUR = 60


def absences(world: World, rng: Random, family: Family, life: Life) -> list[Absence]:
    """Every time this child was away, earliest first."""
    rates, child = setting.lives()["missing"], life.child
    first = max(world.began, family.noticed - 60, child.born + 11 * 365)
    last = min(world.until, eighteen(child.born) - 2)
    prone = rates["prone"].get("care" if life.spells else family.track, rates["prone"]["other"])
    if first >= last or rng.random() >= prone:
        return []
    a_year = rates["a_year"][int(rng.random() * len(rates["a_year"]))]
    made: list[Absence] = []
    moment = first * MINUTES
    while True:
        moment += int(rng.expovariate(a_year) * 365 * MINUTES) + MINUTES
        # Most go out in the late afternoon and evening.
        since = moment - moment % MINUTES + int((15 + rng.triangular(0, 9, 5)) * HOUR)
        if since >= last * MINUTES:
            break
        made.append(absence(world, rng, life, since, len(made) + 1))
        moment = max(moment, made[-1].returned or since)
    if last == world.until and rng.random() < rates["away_now"]:
        since = world.now - int((4 + rng.random() * 60) * HOUR)
        if not made or (made[-1].returned or since) < since:
            away = absence(world, rng, life, since, len(made) + 1)
            made.append(away._replace(found=None, returned=None, prevention=None, interview=None, times_known=True))
    return made


def absence(world: World, rng: Random, life: Life, since: int, count: int) -> Absence:
    """One absence from this moment, the child's `count`-th, and what was done about it."""
    rates, says = setting.lives()["missing"], setting.sayings()
    child, day = life.child, since // MINUTES
    care = life.in_care(day)
    hours = rates["hours"][int(rng.random() ** 1.3 * len(rates["hours"]))] * (0.7 + rng.random() * 0.6)
    returned: int | None = since + int(hours * HOUR)
    found = returned
    assert returned is not None
    if rng.random() < rates["found_first"]:
        found = max(since + HOUR, returned - int((0.5 + rng.random() * 5) * HOUR))
    category = "A" if rng.random() < rates["only_away"] else "M"
    risk = ("low", "medium", "medium", "medium", "high")[int(rng.random() * 5)]
    told = rng.random() >= rates["return_unknown"]
    checked = returned + int((1 + rng.random() * 40) * HOUR) if rng.random() < 0.7 else None
    return Absence(
        ref=f"M{child.number:06d}-{count:02d}",
        since=since,
        reported=since + int((0.5 + rng.random() * 4) * HOUR),
        source="care" if care else ("home", "home", "home", "school", "other")[int(rng.random() * 5)],
        area=care.area if care else child.home(day).area,
        category=category,
        first_risk=risk if category == "M" else "none",
        last_risk=risk if rng.random() < 0.8 or category == "A" else "high",
        found=found,
        returned=returned,
        times_known=rng.random() >= rates["day_only"],
        return_told=told,
        found_where=one(rng, says["found"]),
        how_back=one(rng, says["back"]),
        prevention=checked if told else None,
        flags=_some(rng, says["police_flags"], 0.35),
        to_police=category == "M" or rng.random() < 0.4,
        to_return=care is not None and rng.random() >= rates["untold_to_return"],
        interview=_interview(rng, returned, accompanied=child.accompanied),
    )


def _interview(rng: Random, returned: int, *, accompanied: bool) -> Interview | None:
    """What became of the interview owed; None where nobody took it up."""
    rates, says = setting.lives()["interview"], setting.sayings()
    if rng.random() < rates["none"]:
        return None
    allocated = _office(returned + int((1 + rng.random() * 26) * HOUR))
    offered, offered_at, accepted, declined_at, held_at, why_not = "Y", None, "", None, None, ""
    if rng.random() < rates["not_offered"]:
        offered, accepted, why_not = "N", "NA", one(rng, says["not_held"][1:])
    else:
        offered_at = _office(allocated + int((0.5 + rng.random() ** 2 * 60) * HOUR))
        answer = rng.random()
        if answer < rates["accepted"]:
            accepted = "Y"
            if rng.random() >= rates["never_held"]:
                held_at = _held(rng, returned, offered_at, in_time=rng.random() < rates["in_time"])
            else:
                why_not = one(rng, says["not_held"][1:])
        elif answer < 1 - rates["unanswered"]:
            accepted, why_not = "N", says["not_held"][0]
            declined_at = offered_at + int(rng.random() * 3 * HOUR) if rng.random() < 0.8 else None
    found_out = _found_out(rng, held_at, accompanied=accompanied)
    return Interview(
        allocated=allocated,
        offered=offered,
        offered_at=offered_at if rng.random() < 0.95 else None,
        accepted=accepted,
        declined_at=declined_at,
        held_at=held_at,
        role=one(rng, says["roles"]),
        why_not=why_not,
        **found_out,
    )


def _found_out(rng: Random, held_at: int | None, *, accompanied: bool) -> dict[str, Any]:
    """What an interview that was held brought out, and with whom it was shared; all blank for one that was not."""
    rates, says = setting.lives()["interview"], setting.sayings()
    if held_at is None:
        return dict.fromkeys(_OF_THE_INTERVIEW, "") | {"shared_at": None}
    shared = rng.random() < 0.96
    return {
        "independent": "Y" if rng.random() < 0.85 else "N",
        "parent_present": "Y" if rng.random() >= 0.8 or accompanied else "N",
        "push": one(rng, says["push"]),
        "pull": one(rng, says["pull"]) if rng.random() < 0.7 else "",
        "words": one(rng, says["interview_words"]) if rng.random() < rates["words"] else "",
        "signs": _some(rng, says["signs"], 0.45),
        "actions": one(rng, says["actions"]),
        "shared_with": one(rng, says["shared_with"]) if shared else "",
        "shared_at": _office(held_at + int((2 + rng.random() * 90) * HOUR)) if shared else None,
    }


_OF_THE_INTERVIEW = ("independent", "parent_present", "push", "pull", "words", "signs", "actions", "shared_with")


def _held(rng: Random, returned: int, offered: int, *, in_time: bool) -> int:
    """A time within 72 hours of the return where that can still be, else up to twelve days on."""
    left = returned + 72 * HOUR - offered
    if in_time and left > HOUR:
        held = offered + HOUR + int(rng.random() * (left - HOUR))
        return held if held % MINUTES > 8 * HOUR else min(_office(held), returned + 72 * HOUR)
    return _office(max(offered, returned + 72 * HOUR) + int((1 + rng.random() * 220) * HOUR))


def _office(moment: int) -> int:
    """The moment, or the next morning if nobody is at work then."""
    minute = moment % MINUTES
    if minute < 8 * HOUR:
        return moment - minute + 8 * HOUR + minute % 60
    if minute > 19 * HOUR:
        return moment - minute + MINUTES + 9 * HOUR + minute % 50
    return moment


def _some(rng: Random, choices: list[str], share: float) -> str:
    """None, one or two of these codes, with semicolons between."""
    if rng.random() >= share:
        return ""
    first, second = one(rng, choices), one(rng, choices)
    return first if first == second or rng.random() < 0.5 else f"{first};{second}"
