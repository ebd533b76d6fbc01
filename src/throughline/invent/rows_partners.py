"""Rows of what police, health, justice, panels and advocates send (formats §5b)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from throughline.invent import setting
from throughline.invent.days import ISO, MINUTES, eighteen, stamp, working
from throughline.invent.growing import Record, at, evening, grown, on, then
from throughline.invent.model import Life
from throughline.invent.partners import Occurrence
from throughline.invent.people import World
from throughline.invent.setting import one


def police_occurrence(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What the police were called to, once it is on their system."""
    for o in life.occurrences:
        cells = [o.number, stamp(o.reported), stamp(o.at), o.type, o.role, o.place, o.place_ref, o.weapon, o.flags]
        yield Record(o.area, o.number, o.at // MINUTES, grown(o.reported, [*cells, o.grade, at(o.shared)]))


def police_investigation(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """How each investigation stands."""
    for o in life.occurrences:
        done = o.investigation
        if done is None:
            continue
        ended = None if done.concluded is None else evening(done.concluded)
        cells = [
            o.number,
            o.role,
            ISO[done.opened],
            then(None if done.waiting_since is None else evening(done.waiting_since), done.status),
            on(done.waiting_since),
            on(done.to_cps),
            on(done.charged),
            on(done.hearing),
            on(done.concluded),
            then(ended, done.outcome),
            on(done.told_partners),
        ]
        yield Record(o.area, f"INV{o.number[2:]}", done.opened, grown(evening(done.opened), cells))


def ae_attendance(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """A&E; named only where the hospital was worried or the child's plan showed when the record was opened."""
    for v in life.visits:
        site = f"R{v.area + 1}H0{v.area + 1}"
        cells = [
            site,
            "01",
            v.id,
            stamp(v.at),
            v.mode,
            v.complaint,
            stamp(v.injured_at) if v.injured_at else "",
            v.place,
            v.place_text,
            v.intent,
            v.mechanism,
            v.substances,
            v.diagnosis,
            v.concern,
            v.referred,
            stamp(v.left),
            v.status,
            v.destination,
        ]
        unnamed = not (v.concern or v.plan)
        yield Record(v.area, v.id, v.at // MINUTES, grown(v.left, cells), unnamed=unnamed)


def cpis_access(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """The national service's notice that an NHS setting opened the child's record."""
    for v in life.visits:
        if v.plan:
            cells = [stamp(v.at + 4), f"R{v.area + 1}H0{v.area + 1}", "emergency department", v.plan]
            yield Record(v.area, f"CP{v.id[2:]}", v.at // MINUTES, grown(v.at + 5, cells))


def nrm(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Referrals to the NRM and what was decided, as far as the panel has heard."""
    held = life.exploitation
    if held is None or held.nrm is None:
        return
    n = held.nrm
    cells = [
        n.ref,
        ISO[n.referred],
        n.responder,
        held.types,
        n.county_lines,
        n.devolved,
        then(None if n.first_at is None else evening(n.first_at), n.first),
        on(n.first_at),
        then(None if n.final_at is None else evening(n.final_at), n.final),
        on(n.final_at),
        on(n.asked_again),
        on(n.guardian),
    ]
    yield Record(held.area, n.ref, n.referred, grown(evening(n.referred), cells))


def risk_list_decisions(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Each decision of the panel about the exploitation support list."""
    held = life.exploitation
    for number, d in enumerate(held.decisions if held else (), 1):
        assert held
        name = world.partnership.areas[held.area].name
        cells = [
            "exploitation support list",
            stamp(d.at),
            f"{name} exploitation panel",
            d.decision,
            held.types,
            d.level,
            "partnership tool",
            d.met,
            d.unmet,
            d.why,
            d.dissent,
            ISO[d.plan_side] if d.plan_side else "",
            d.held_by,
            ISO[d.review] if d.review else "",
            "chair",
        ]
        yield Record(
            held.area, f"RL{life.child.number:06d}-{number}", d.at // MINUTES, grown(d.at + 2 * MINUTES, cells)
        )


def yj_offence(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Offences alleged, as the youth justice service hears of them."""
    gravity = setting.lives()["justice"]["gravity"]
    for o in _alleged(life):
        cells = [ISO[o.at // MINUTES], o.type, str(gravity.get(o.type, 3)), o.role]
        known = o.reported + 9 * MINUTES
        yield Record(o.area, f"YO{o.number[2:]}", o.at // MINUTES, grown(known, cells))


def yj_disposal(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What court or panel decided about those that were taken further."""
    for o, decided, type_ in _disposals(world, life):
        start, end = decided, decided + 90 + int(rng.random() * 270)
        breach = decided + 30 + int(rng.random() * 60) if rng.random() < 0.15 else None
        cells = [type_, ISO[decided], ISO[start], ISO[end], then(evening(decided), "current"), on(breach)]
        versions = grown(evening(decided), cells)
        ended = grown(evening(end), [type_, ISO[decided], ISO[start], ISO[end], "completed", on(breach)])
        yield Record(o.area, f"YD{o.number[2:]}", decided, versions + ended)


def _disposals(world: World, life: Life) -> Iterator[tuple[Occurrence, int, str]]:
    """Offences that were taken further, the day of the decision, and what it was."""
    rng = world.random("disposals", life.child.number)
    for o in _alleged(life):
        done = o.investigation
        if done and rng.random() < setting.lives()["justice"]["disposed"]:
            decided = working((done.hearing or done.concluded or done.opened) + 5, 0)
            yield o, decided, setting.draws()["disposals"](rng)


def yj_assessment(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """An assessment some weeks after each of the first few offences alleged, and one after each decision."""
    rating = setting.draws()["ratings"]
    days = [(o, working(o.reported // MINUTES, 12 + int(rng.random() * 25))) for o in _alleged(life)[:3]]
    days += [(o, working(decided, 4 + int(rng.random() ** 2 * 16))) for o, decided, _ in _disposals(world, life)]
    for number, (o, day) in enumerate(days, 1):
        cells = [ISO[day], "AssetPlus" if rng.random() < 0.6 else "prevention", rating(rng), rating(rng), rating(rng)]
        yield Record(o.area, f"YA{life.child.number:06d}-{number}", day, grown(evening(day), cells))


def _alleged(life: Life) -> list[Occurrence]:
    return [o for o in life.occurrences if o.role == "SUSPECT" and life.child.age(o.at // MINUTES) >= 10]


def camhs_referral(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Referrals to CAMHS, from arrival to discharge."""
    for r in life.referrals:
        decided = None if r.decided is None else evening(r.decided)
        cells = [
            r.id,
            ISO[r.received],
            r.source,
            r.reason,
            r.priority,
            r.team,
            then(decided, r.decision),
            on(r.decided),
            on(r.first),
            on(r.discharged),
            then(evening(r.discharged), r.why) if r.discharged else "",
        ]
        yield Record(r.area, r.id, r.received, grown(evening(r.received), cells))


def camhs_contact(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """Each appointment offered, and what became of it."""
    for r in life.referrals:
        for number, c in enumerate(r.contacts, 1):
            cells = [r.id, stamp(c.at), c.medium, c.status]
            yield Record(r.area, f"{r.id}-C{number:02d}", c.at // MINUTES, grown(c.at + 60, cells))


def voice(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """What children told advocates, and what became of it."""
    for number, s in enumerate(life.sayings, 1):
        told = None if s.fed_back is None else evening(s.fed_back)
        cells = [stamp(s.at), s.role, s.agency, s.method, s.with_parent, s.topic, s.words, ""]
        versions = grown(s.at + 60, [*cells, then(told, s.changed), on(s.fed_back)])
        yield Record(s.area, f"VO{life.child.number:06d}-{number}", s.at // MINUTES, versions)


def transition(world: World, rng: Random, life: Life) -> Iterator[Record]:
    """The four gates to adulthood, for children who are in care, have a plan, or were on the list at 15."""
    child = life.child
    at_16 = child.born + int(16 * 365.25)
    wanted = bool(life.plan and life.plan.issued) or bool(life.in_care(at_16 - 200)) or life.exploitation is not None
    if not wanted:
        return
    rates, says = setting.lives()["transition"], setting.sayings()
    for gate, years in (("16", 16.0), ("17", 17.0), ("17.5", 17.5), ("18", 18.0)):
        due = child.born + int(years * 365.25)
        if due > world.until + 120 or due < world.began:
            continue
        known = due - 60
        referred = due - 30 + int(rng.random() * 120) if rng.random() < rates["referred"] else None
        if referred and referred >= eighteen(child.born) + 90:
            referred = None
        decided = evening(referred + 40) if referred and rng.random() < 0.7 else None
        joint = referred + 60 + int(rng.random() * 60) if referred and rng.random() < rates["joint_plan"] else None
        lead = one(rng, says["transition_leads"]) if rng.random() < 0.7 else ""
        service = one(rng, says["adult_services"])
        cells = [
            gate,
            ISO[due],
            service,
            on(referred),
            then(decided, one(rng, says["adult_decisions"])),
            lead,
            on(joint),
        ]
        yield Record(child.home(known).area, f"TR{child.number:06d}-{gate}", due, grown(evening(known), cells))
