"""A&E, mental health, and what hospitals see of a child's protection."""

from __future__ import annotations

from random import Random

from throughline.invent import setting
from throughline.invent.days import MINUTES, eighteen, working
from throughline.invent.model import Life
from throughline.invent.partners import Contact, Referral, Visit
from throughline.invent.people import Family, World
from throughline.invent.setting import one

HOUR = 60


def visits(world: World, rng: Random, family: Family, life: Life) -> list[Visit]:
    """Every time the child came to A&E, earliest first: after violence, self-harm, accidents, illness."""
    rates, child = setting.lives()["emergency"], life.child
    came: list[tuple[int, str, int | None]] = []
    for occurrence in life.occurrences:
        if occurrence.hurt:
            came.append((occurrence.at + 20 + int(rng.random() * 3 * HOUR), "violence", occurrence.at))
    for absence in life.absences:
        # Brought by the police the night they are found.
        if absence.found and rng.random() < rates["when_found"]:
            came.append((absence.found + 15 + int(rng.random() * HOUR), "found", None))
    last = min(world.until, eighteen(child.born) - 1)
    for cause, rate in rates["a_year"].get(family.track, rates["a_year"]["other"]).items():
        day = max(world.began, child.born + (11 * 365 if cause == "self_harm" else 0))
        while (day := day + 1 + int(rng.expovariate(rate) * 365)) < last:
            came.append((day * MINUTES + int(rng.triangular(8, 24, 18) * HOUR) - 1, cause, None))
    made: list[Visit] = []
    for moment, cause, injured in sorted(came, key=lambda one: one[:2]):
        if moment < min(last * MINUTES, world.now - 6 * HOUR):
            made.append(_visit(rng, life, moment, cause, injured, len(made) + 1))
    return made


def _visit(rng: Random, life: Life, moment: int, cause: str, injured: int | None, number: int) -> Visit:
    rates, day = setting.lives()["emergency"], moment // MINUTES
    seen = rates["causes"][cause]
    case = life.in_care(day)
    protected = any(p.start <= day and (p.end is None or day < p.end) for c in life.cases for p in c.protection)
    worried = rng.random() < seen["concern"]
    violent = cause == "violence"
    if seen["intent"] == "accident" and injured is None:
        injured = moment - 20 - int(rng.random() * 5 * HOUR)
    complaints, mechanisms = seen["complaints"], seen["mechanisms"]
    return Visit(
        area=life.child.home(day).area,
        id=f"AE{life.child.number:07d}-{number:02d}",
        at=moment,
        left=moment + int((1 + rng.random() * 5) * HOUR),
        mode=one(rng, ["ambulance", "police", "own way"] if violent else ["own way", "own way", "ambulance"]),
        complaint=one(rng, complaints),
        injured_at=injured,
        place=one(rng, rates["places"]) if injured else "",
        place_text=one(rng, setting.sayings()["places"]) if violent else "",
        intent=seen["intent"],
        mechanism=one(rng, mechanisms) if mechanisms else "",
        substances=one(rng, ["alcohol", "cannabis"]) if rng.random() < seen.get("substances", 0.01) else "",
        diagnosis=one(rng, seen["diagnoses"]),
        concern=one(rng, rates["concerns"]) if worried else "",
        referred=one(rng, ["children's social care", "paediatric liaison", "hospital youth worker"]) if worried else "",
        status="discharged" if rng.random() < 0.9 else "left before treatment",
        destination="home" if rng.random() < 0.9 else "ward",
        plan="LAC" if case else "CPP" if protected else "",
    )


def referrals(world: World, rng: Random, family: Family, life: Life) -> list[Referral]:
    """Referrals to CAMHS: half are taken on, after a wait; some are sent on or sent back."""
    rates, child = setting.lives()["camhs"], life.child
    first = max(world.began, child.born + 6 * 365, family.noticed - 100)
    last = min(world.until - 1, eighteen(child.born) - 60)
    prone = rates["prone"].get("care" if life.spells else family.track, rates["prone"]["other"])
    if first >= last or rng.random() >= prone:
        return []
    made: list[Referral] = []
    day = first + int(rng.random() * min(500, last - first))
    while day < last and len(made) < 4:
        made.append(_referral(world, rng, life, day, len(made) + 1))
        if made[-1].decision == "ACCEPT":
            break
        day += 60 + int(rng.random() * 300)
    return made


def _referral(world: World, rng: Random, life: Life, day: int, number: int) -> Referral:
    draws, says = setting.draws(), setting.sayings()
    decision = draws["camhs_decisions"](rng)
    decided = working(day, 3 + int(rng.random() ** 2 * 40))
    first = discharged = None
    contacts: list[Contact] = []
    if decision == "ACCEPT":
        first = working(decided, 10 + int(rng.random() ** 2 * 200))
        at = first
        for _ in range(2 + int(rng.random() * 12)):
            status = "ATT" if not contacts and rng.random() < 0.8 else draws["camhs_came"](rng)
            contacts.append(Contact(at * MINUTES + 10 * HOUR + int(rng.random() * 6) * HOUR, "in person", status))
            at = working(at + 10 + int(rng.random() * 20), 0)
        discharged = at if rng.random() < 0.7 else None
        not_come = sum(contact.status in ("WNB", "DNA") for contact in contacts)
        why = "not brought to appointments" if not_come > len(contacts) // 2 else "treatment completed"
    else:
        why = ""
    return Referral(
        area=life.child.home(day).area,
        id=f"CR{life.child.number:06d}-{number}",
        received=day,
        source=one(rng, says["camhs_sources"]),
        reason=one(rng, says["camhs_reasons"]),
        priority="urgent" if rng.random() < 0.12 else "routine",
        team=one(rng, ["getting help", "crisis", "neurodevelopmental", "children in care"]),
        decision=decision,
        decided=decided,
        first=first,
        discharged=discharged,
        why=why,
        contacts=tuple(contacts),
    )
