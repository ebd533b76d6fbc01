"""What case systems and schools tell in single events: names, ways to reach a child, the team around it,
discussions, bookings, visits, worries, and the child's own words.
"""

from __future__ import annotations

from random import Random

from throughline.invent import setting
from throughline.invent.days import ISO, MINUTES, eighteen
from throughline.invent.identifiers import phone
from throughline.invent.model import Case, Life, Protection, Spell, Told
from throughline.invent.people import Family, World

VISITS_FOR = 400
"""Days back from the last day for which case systems hand over visits."""

Details = tuple[tuple[str, str], ...]


class Teller:
    """Collects one child's rows; knows the child's life and draws from its own source."""

    def __init__(self, world: World, rng: Random, family: Family, life: Life) -> None:
        self.world, self.rng, self.family, self.life = world, rng, family, life
        self.rows: list[Told] = []
        self.adult = eighteen(life.child.born)

    def tell(
        self,
        kind: str,
        day: int,
        details: Details = (),
        *,
        marks: str = "",
        level: str = "",
        tags: str = "",
        by: str = "la",
        timed: bool = False,
        area: int | None = None,
    ) -> None:
        """Add a row, unless the day lies outside the invented years or the childhood."""
        child = self.life.child
        if not max(self.world.began, child.born) <= day <= min(self.world.until, self.adult):
            return
        rng = self.rng
        at = day * MINUTES + 9 * 60 + int(rng.random() * 8 * 60)
        late = 0 if rng.random() < 0.85 else 1 + int(rng.random() ** 2 * 25)
        self.rows.append(
            Told(
                area=child.home(day).area if area is None else area,
                by=by,
                school=child.school(day) if by == "school" else -1,
                kind=kind,
                at=at,
                timed=timed,
                recorded=None if rng.random() < 0.07 else day + late,
                marks=marks,
                details=details,
                level=level,
                tags=tags,
            )
        )


def told(world: World, rng: Random, family: Family, life: Life) -> list[Told]:
    """Everything the case systems and schools tell of this child, in no particular order."""
    teller = Teller(world, rng, family, life)
    if life.child.called:
        day = max(world.began, family.noticed) + 4
        teller.tell("name_used", day, (("name", life.child.called),), level="SL1", by="la" if life.cases else "school")
    for case in life.cases:
        if not case.nfa:
            _case(teller, case)
    for spell in life.spells:
        _care(teller, spell)
    _voices(teller)
    _worries(teller)
    _appointments(teller)
    return teller.rows


def _case(teller: Teller, case: Case) -> None:
    rng = teller.rng
    _team(teller, "lead_social_worker", case.referred + 2, case.closed, case.area)
    if rng.random() < setting.lives()["safe_contact"] and teller.life.child.age(case.referred) > 9:
        _safe_contact(teller, case.referred + 6)
    for enquiry in case.enquiries:
        meeting = f"ST{teller.life.child.number}-{enquiry.discussed}"
        if rng.random() < setting.lives()["strategy_recorded"]:
            details = (("meeting_id", meeting), ("present", "social care, police, health"))
            mark = "extra_familial" if teller.family.track == "outside_harm" else ""
            teller.tell("strategy_discussion", enquiry.discussed, details, marks=mark, timed=True, area=case.area)
        if enquiry.booked and enquiry.conference:
            details = (
                ("meeting_id", f"IC{teller.life.child.number}-{enquiry.conference}"),
                ("due", ISO[enquiry.conference]),
            )
            teller.tell("conference_booked", enquiry.booked, details, area=case.area)
    for plan in case.protection:
        _team(teller, "conference_chair", plan.start, plan.end, case.area)
        _core_groups(teller, plan, case.area)
        _visits(teller, plan.start, plan.end, 12, case.area)
    for start, end in case.plans:
        _visits(teller, start, end, 30, case.area)


def _care(teller: Teller, spell: Spell) -> None:
    rng = teller.rng
    details: Details
    if rng.random() < 0.93:
        named = spell.start + int(rng.random() * 9)
        name, number = worker(rng)
        teller.tell("iro_appointed", named, (("worker", name), ("phone", number)), area=spell.area)
        details = (("seat", "iro"), ("person", name), ("phone", number))
        teller.tell("team_role_started", named, details, level="SL1", area=spell.area)
    if rng.random() < 0.6:
        _team(teller, "looked_after_nurse", spell.start + 15, spell.end, spell.area)
    for episode in spell.episodes:
        if episode.unplanned and rng.random() < 0.7:
            # The return does not say that a move was unplanned; the case system does.
            details = (("placement_type", episode.place), ("postcode", episode.place_postcode))
            teller.tell("placement_started", episode.start, details, marks="unplanned", area=spell.area)
    _visits(teller, spell.start, spell.end, 38, spell.area)
    if spell.end is None and spell.reviews and rng.random() < 0.8:
        held = spell.reviews[-1][0]
        teller.tell("care_review_booked", held + 1, (("due", ISO[held + 175]),), area=spell.area)
    if rng.random() < 0.4:
        mark = "accepted" if rng.random() < 0.6 else "turned_down"
        teller.tell("advocate_offered", spell.start + 20, (("organisation", "Tideline Advocacy"),), marks=mark)


def _team(teller: Teller, seat: str, start: int, end: int | None, area: int) -> None:
    """One seat in the team from start to end, held by one person after another."""
    rng = teller.rng
    day = start
    last = min(end or teller.world.until, teller.world.until, teller.adult)
    while day <= last:
        leaves = day + 90 + int(rng.expovariate(1 / 420))
        person, number = worker(rng)
        details: Details = (("seat", seat), ("person", person), ("phone", number))
        teller.tell("team_role_started", day, details, level="SL1", area=area)
        gone = end if leaves >= last else leaves
        if gone is not None:
            reason = "ended with the plan" if leaves >= last else "left the post"
            details = (("seat", seat), ("person", person), ("reason", reason))
            teller.tell("team_role_ended", gone, details, level="SL1", area=area)
        # A seat is mostly filled again within days, sometimes empty for weeks.
        day = leaves + int(rng.random() ** 3 * 40)


def worker(rng: Random) -> tuple[str, str]:
    """Somebody's name, and their telephone number."""
    names = setting.names()
    given, surnames = names["workers"], names["surnames"]
    who = int(rng.random() * 9_000)
    return f"{given[who % len(given)]} {surnames[who * 7 % len(surnames)]}", phone(who)


def _safe_contact(teller: Teller, day: int) -> None:
    rng = teller.rng
    ways = setting.sayings()["safe"]
    way = ways[int(rng.random() * len(ways))]
    details = [("how", way["how"]), ("phone", phone(int(rng.random() * 1000))), ("when_safe", way["when"])]
    if "not_how" in way:
        details.append(("not_how", way["not_how"]))
    teller.tell("safe_contact", day, tuple(details), level="SL1")


def _visits(teller: Teller, start: int, end: int | None, every: int, area: int) -> None:
    rng, world = teller.rng, teller.world
    day = max(start, world.until - VISITS_FOR) + 3
    last = min(end or world.until, world.until, teller.adult)
    while (day := day + int(every * (0.6 + rng.random() * 0.6))) <= last:
        chance = rng.random()
        details: Details
        if chance < 0.07:
            marks, details = "not_seen", (("place", "home"), ("seen", "N"))
        elif chance < 0.35:
            marks, details = "seen", (("place", "home"), ("seen", "Y"))
        else:
            marks, details = "seen;seen_alone", (("place", "home"), ("seen", "Y"), ("seen_alone", "Y"))
        teller.tell("visit", day, details, marks=marks, timed=rng.random() < 0.8, area=area)


def _core_groups(teller: Teller, plan: Protection, area: int) -> None:
    rng, world = teller.rng, teller.world
    day = plan.start + 4 + int(rng.random() * 14)
    while day <= min(plan.end or world.until, world.until):
        if day > world.until - VISITS_FOR:
            details: Details = (("participation", "PN6" if rng.random() < 0.4 else "PN7"),)
            teller.tell("core_group", day, details, area=area)
        day += 28 + int(rng.random() * 22)


def _voices(teller: Teller) -> None:
    rng, life, world = teller.rng, teller.life, teller.world
    says = setting.sayings()["voice"]
    rate = setting.lives()["voice_a_year"]
    day = max(world.began, life.child.born + 5 * 365, teller.family.noticed)
    while (day := day + 5 + int(rng.expovariate(rate) * 365)) <= min(world.until, teller.adult):
        worked_with = life.open_case(day) or life.in_care(day)
        at_school = rng.random() < 0.4
        if not worked_with and not at_school:
            continue
        parent = rng.random() < 0.12 or life.child.accompanied
        chosen = rng.random() < 0.15
        details: Details = (
            ("words", says[int(rng.random() * len(says))]),
            ("to_whom", "an adult the child chose" if chosen else "teacher" if at_school else "social worker"),
            ("parent_present", "Y" if parent else "N"),
        )
        marks = "own_voice" + (";parent_present" if parent else "") + (";chosen_adult" if chosen else "")
        tags = "CHILD-CONF" if chosen and rng.random() < 0.7 else ""
        timed = rng.random() < 0.5
        teller.tell(
            "direct_voice",
            day,
            details,
            marks=marks,
            level="SL3",
            tags=tags,
            timed=timed,
            by="school" if at_school else "la",
        )


def _worries(teller: Teller) -> None:
    """Worries of school staff about harm outside the family, with the signs they saw."""
    rng, world, life = teller.rng, teller.world, teller.life
    outside = teller.family.track == "outside_harm"
    rate = setting.lives()["sign"] * (2 if outside else 0.12)
    if life.child.age(world.until) < 10:
        return
    says, signs = setting.sayings()["worries"], setting.sayings()["signs"]
    day = max(world.began, teller.family.noticed - 100, life.child.born + 10 * 365)
    while (day := day + 5 + int(rng.expovariate(rate) * 365)) <= min(world.until, teller.adult):
        details: Details = (("what", says[int(rng.random() * len(says))]),)
        marks = signs[int(rng.random() * len(signs))]
        teller.tell("worry", day, details, marks=marks, timed=True, by="school")


def _appointments(teller: Teller) -> None:
    """What health visitors and school nurses see: children brought to appointments, and children who were not."""
    rng, world, life = teller.rng, teller.world, teller.life
    rate = setting.lives()["health_visits_a_year"]
    missed = setting.lives()["not_brought"].get(teller.family.track, setting.lives()["not_brought"]["other"])
    day = max(world.until - VISITS_FOR, life.child.born + 10)
    while (day := day + 5 + int(rng.expovariate(rate) * 365)) <= min(world.until, teller.adult):
        what = setting.one(rng, setting.sayings()["appointments"])
        if rng.random() < missed:
            teller.tell("was_not_brought", day, (("appointment", what),), marks="missed_care", by="community_health")
        else:
            teller.tell("appointment_kept", day, (("appointment", what),), by="community_health")
