"""Suspensions and exclusions with what is owed after them, and spells on an authority's register."""

from __future__ import annotations

from random import Random

from throughline.invent import setting
from throughline.invent.days import eighteen, school, working
from throughline.invent.model import Exclusion, Life, Schooling
from throughline.invent.people import Family, World

_STARTS_SCHOOL = 5 * 365
_LEAVES_SCHOOL = 16 * 365 + 200


def exclusions(world: World, rng: Random, family: Family, life: Life) -> list[Exclusion]:
    """The child's suspensions and exclusions, earliest first."""
    rates, child = setting.lives()["suspended"], life.child
    prone = rates["prone"].get("care" if life.spells else family.track, rates["prone"]["other"])
    first = max(world.began, child.born + 7 * 365)
    last = min(world.until - 1, child.born + _LEAVES_SCHOOL)
    if first >= last or rng.random() >= prone * (0.5 if child.age(first) < 10 else 1):
        return []
    a_year = rates["a_year"][int(rng.random() * len(rates["a_year"]))]
    made: list[Exclusion] = []
    day = first
    while True:
        day += int(rng.expovariate(a_year) * 365) + 1
        start = school(day, 1)
        if start is None or start > last:
            return made
        made.append(_exclusion(rng, life, start))
        day = school(start, -(-made[-1].sessions // 2)) or last
        if made[-1].category == "PERM" and not made[-1].cancelled:
            return made


def _exclusion(rng: Random, life: Life, start: int) -> Exclusion:
    rates = setting.lives()["suspended"]
    home = life.child.home(start)
    chance = rng.random()
    category = "PERM" if chance < rates["permanent"] else "LNCH" if chance > 1 - rates["lunchtime"] else "SUSP"
    sessions = rates["sessions"][int(rng.random() * len(rates["sessions"]))]
    sessions = {"PERM": 0, "LNCH": 1}.get(category, sessions)
    long = category == "PERM" or sessions > 10
    cancelled = start + 1 + int(rng.random() * 5) if rng.random() < rates["cancelled"] else None
    governors = None
    if category == "PERM" or sessions > 30 or (sessions > 10 and rng.random() < 0.3):
        late = int(rng.random() * 15) if rng.random() < rates["governors_late"] else 0
        governors = school(start, 16 + late if late else 8 + int(rng.random() * 7))
    reason = setting.draws()["exclusion_reasons"]
    return Exclusion(
        area=home.area,
        school=life.child.school(start),
        category=category,
        start=start,
        sessions=sessions,
        reasons=(reason(rng), reason(rng) if rng.random() < 0.2 else "", ""),
        la_told=_told(rng, start, rates["la_told_late"], long),
        worker_told=_worker_told(rng, life, start),
        education_from=_education_from(rng, life, start, long=long),
        governors=governors,
        outcome=_outcome(rng) if governors else "",
        cancelled=cancelled,
    )


def _outcome(rng: Random) -> str:
    outcomes: list[str] = setting.sayings()["outcomes"]
    return outcomes[int(rng.random() * len(outcomes))]


def _told(rng: Random, start: int, late: float, long: bool) -> int | None:
    if rng.random() < late:
        return working(start, 3 + int(rng.random() * 12)) if long or rng.random() < 0.5 else None
    return start + int(rng.random() * 2)


def _worker_told(rng: Random, life: Life, start: int) -> int | None:
    if not (life.open_case(start) or life.in_care(start)):
        return None
    if rng.random() < setting.lives()["suspended"]["worker_untold"]:
        return None
    return working(start, int(rng.random() * 3))


def _education_from(rng: Random, life: Life, start: int, *, long: bool) -> int | None:
    """Full-time education from the sixth school day, for a child social care looks after or works with from
    the first; or late, or not yet. Nothing of the kind is written down for anybody else's short suspension.
    """
    in_care = life.in_care(start) is not None
    at_once = in_care or life.open_case(start)
    if (not long and not at_once) or rng.random() < (0.12 if long or in_care else 0.3):
        return None
    late = int(rng.random() * 25) if rng.random() < setting.lives()["suspended"]["education_late"] else 0
    return school(start, (0 if at_once else 5) + late)


def schooling(world: World, rng: Random, family: Family, life: Life) -> list[Schooling]:
    """Spells on the authority's registers: out of school, part-time, taught at home, and what followed."""
    rates, child = setting.lives(), life.child
    made = []
    for exclusion in life.exclusions:
        if exclusion.category == "PERM" and not exclusion.cancelled:
            made.append(_spell(world, rng, life, exclusion.start, "NOPLACE" if rng.random() < 0.6 else "AP"))
    first = max(world.began, child.born + _STARTS_SCHOOL)
    last = min(world.until - 1, child.born + _LEAVES_SCHOOL, eighteen(child.born))
    prone = rates["register"].get("care" if life.spells else family.track, rates["register"]["other"])
    if first >= last or rng.random() >= prone or made:
        return made
    day = first + int(rng.random() * (last - first))
    made.append(_spell(world, rng, life, day, setting.draws()["statuses"](rng)))
    while (end := made[-1].end) is not None and end < last and rng.random() < 0.35:
        made.append(_spell(world, rng, life, end, setting.draws()["statuses"](rng)))
    return made


def _spell(world: World, rng: Random, life: Life, start: int, status: str) -> Schooling:
    begins = school(start - 1, 1) or start
    lasts = 20 + int(rng.random() * rng.random() * 420)
    if status == "EHE":
        lasts += 300
    end = begins + lasts if begins + lasts <= world.until else None
    seen = min(end or world.until, world.until)
    view = begins + 5 + int(rng.random() * 60) if rng.random() < 0.5 else None
    reviewed = begins + int((seen - begins) * (0.5 + rng.random() * 0.5)) if rng.random() < 0.6 else None
    area = life.child.home(begins).area
    areas = world.partnership.areas
    reasons: list[str] = setting.sayings()["register_reasons"]
    hours = {"PTT": 6 + int(rng.random() * 10), "TUITION": 3 + int(rng.random() * 8), "AP": 25}
    return Schooling(
        area=area,
        status=status,
        start=begins,
        end=end,
        hours=str(hours.get(status, "")),
        school_la=areas[area].la if status in ("PTT", "AP") else "",
        reason=reasons[int(rng.random() * len(reasons))],
        last_review=reviewed,
        next_review=reviewed + 42 if reviewed and end is None else None,
        view_at=view if view and view <= seen else None,
    )
