"""The exploitation panel's decisions, the NRM, and the meetings that people are asked to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from throughline.invent import setting
from throughline.invent.days import MINUTES, eighteen, working
from throughline.invent.model import Life
from throughline.invent.partners import Exploitation, Invite, Listing, Meeting, Nrm, Saying
from throughline.invent.people import Family, World
from throughline.invent.setting import one


def exploitation(world: World, rng: Random, family: Family, life: Life) -> Exploitation | None:
    """Whether and when the panel put a child on the list, what it decided after, and the NRM referral."""
    rates, child = setting.lives()["exploitation"], life.child
    first = max(world.began, family.noticed - 30, child.born + 11 * 365)
    last = min(world.until - 1, eighteen(child.born) - 1)
    prone = rates["prone"].get("care" if life.spells else family.track, rates["prone"]["other"])
    if first >= last or rng.random() >= prone:
        return None
    types = setting.draws()["exploitation_types"](rng)
    start = working(first + int(rng.random() * min(700, last - first)), 0)
    if start > last:
        return None
    nrm = _nrm(rng, life, start, last) if rng.random() < rates["nrm"] else None
    return Exploitation(child.home(start).area, types, tuple(_decisions(rng, start, last)), nrm)


def _decisions(rng: Random, start: int, last: int) -> Iterator[Listing]:
    rates, says = setting.lives()["exploitation"], setting.sayings()
    levels = ["low", "medium", "high"]
    level = int(rng.random() * 3)
    if rng.random() < rates["not_added"]:
        yield _listing(rng, start, "REFUSE", "", says)
        return
    day, decision = start, "ADD"
    while day <= last:
        yield _listing(rng, day, decision, "" if decision == "REMOVE" else levels[level], says)
        if decision == "REMOVE":
            return
        day = working(day + 60 + int(rng.random() * 70), 0)
        chance = rng.random()
        decision = "KEEP"
        if chance < 0.18 and level < 2:
            decision, level = "UP", level + 1
        elif chance > 0.8 and level > 0:
            decision, level = "DOWN", level - 1
        elif chance > 0.62:
            decision = "REMOVE"


def _listing(rng: Random, day: int, decision: str, level: str, says: Mapping[str, Any]) -> Listing:
    lowers = decision in ("DOWN", "REMOVE")
    return Listing(
        at=day * MINUTES + 10 * 60 + int(rng.random() * 5) * 60,
        decision=decision,
        level=level,
        met=one(rng, says["criteria"]),
        unmet=one(rng, says["criteria"]) if rng.random() < 0.4 else "",
        why=one(rng, says["list_reasons"]["lowered" if lowers else "kept"]),
        dissent=one(rng, says["dissent"]) if rng.random() < (0.25 if lowers else 0.05) else "",
        plan_side=day - 1 - int(rng.random() * 9) if rng.random() < (0.5 if lowers else 0.3) else None,
        held_by=one(rng, says["held_by"]) if lowers and rng.random() < 0.6 else "",
        review=working(day + 75 + int(rng.random() * 20), 0) if decision != "REFUSE" else None,
    )


def _nrm(rng: Random, life: Life, start: int, last: int) -> Nrm | None:
    """Referred, then waiting: some for more than a year, some still."""
    referred = start + int(rng.random() * 90)
    if referred > last:
        return None
    soon = rng.random() < 0.55
    first_at = working(referred, 4 if soon else 12 + int(rng.random() ** 2 * 120))
    first = "positive" if rng.random() < 0.86 else "negative"
    final_at = first_at + 60 + int(rng.random() * 560) if first == "positive" else None
    again = working(first_at, 10) if first == "negative" and rng.random() < 0.5 else None
    return Nrm(
        ref=f"NRM{life.child.number:07d}",
        referred=referred,
        responder=("local authority", "police", "charity")[int(rng.random() * 3)],
        county_lines="Y" if rng.random() < 0.5 else "N",
        devolved="Y" if rng.random() < 0.3 else "N",
        first=first,
        first_at=first_at,
        final="positive" if rng.random() < 0.9 else "negative",
        final_at=final_at,
        asked_again=again,
        guardian=referred + int(rng.random() * 40) if rng.random() < 0.5 else None,
    )


# -- meetings -----------------------------------------------------------------------------------------


def meetings(world: World, rng: Random, family: Family, life: Life) -> list[Meeting]:
    """Every meeting about the child that somebody keeps a list of, with who was asked and who came."""
    since = world.until - setting.lives()["meetings"]["kept_days"]
    made = []
    for area, number, type_, due, held, outcome, parent in _held(life):
        day = held or due
        if day is None or day < max(since, life.child.born) or day > world.until + 60:
            continue
        made.append(_meeting(rng, life, area, number, type_, due, held, outcome, parent))
    return made


_Held = tuple[int, str, str, int | None, int | None, str, str]


def _held(life: Life) -> Iterator[_Held]:
    """(area, id, type, due, held, outcome, meeting it follows): as the other extracts have them."""
    n = life.child.number
    for case in life.cases:
        for enquiry in case.enquiries:
            strategy = f"ST{n}-{enquiry.discussed}"
            yield case.area, strategy, "STRAT", None, enquiry.discussed, "section 47 enquiry", ""
            if enquiry.conference:
                outcome = "protection plan" if case.protection else "no protection plan"
                yield (
                    case.area,
                    f"IC{n}-{enquiry.conference}",
                    "ICPC",
                    enquiry.target,
                    enquiry.conference,
                    outcome,
                    strategy,
                )
        for plan in case.protection:
            due = plan.start + 91
            for held in plan.reviews:
                outcome = "plan ends" if held == plan.end else "plan continues"
                yield case.area, f"RC{n}-{held}", "RCPC", due, held, outcome, ""
                due = held + 182
        for start, end in case.plans[:1]:
            for k in range(3):
                day = working(start + 30 + k * 56, 0)
                if end is None or day < end:
                    yield case.area, f"TF{n}-{day}", "TAF", day, day, "plan continues", ""
    for spell in life.spells:
        due = working(spell.start, 20)
        for held, _ in spell.reviews:
            yield spell.area, f"CR{n}-{held}", "CLAR", due, held, "care plan agreed", ""
            due = held + (91 if held == spell.reviews[0][0] else 182)
    if life.plan:
        for review in life.plan.reviews:
            outcome = "plan changed" if review.outcome == "A" else "plan kept"
            yield life.plan.area, f"AR{n}-{review.due}", "EHCPAR", review.due, review.held, outcome, ""
    if life.exploitation:
        for listing in life.exploitation.decisions:
            day = listing.at // MINUTES
            yield life.exploitation.area, f"MP{n}-{day}", "MACE", day, day, listing.decision.lower(), ""


def _meeting(
    rng: Random,
    life: Life,
    area: int,
    number: str,
    type_: str,
    due: int | None,
    held: int | None,
    outcome: str,
    parent: str,
) -> Meeting:
    rates = setting.lives()["meetings"]
    took_part = ""
    if held and type_ in ("ICPC", "RCPC", "CLAR", "EHCPAR"):
        took_part = "PN0" if life.child.age(held) < 4 else setting.draws()["participation"](rng)
        for spell in life.spells:
            took_part = dict(spell.reviews).get(held, took_part)
    invites = []
    day = held or due or 0
    for role, agency, asked in rates["seats"][type_]:
        if role == "senco" and not life.plan:
            continue
        if rng.random() >= asked:
            continue
        sent = day - 5 - int(rng.random() * 20) if type_ != "STRAT" else day
        sent = min(day, max(sent, life.child.born))
        chance = rng.random()
        came = "" if held is None else "Y" if chance < 0.74 else "REPORT" if chance < 0.85 else "N"
        invites.append(Invite(role, agency, sent, came, max(day - 2, sent) if came == "REPORT" else None))
    enough = sum(invite.attended == "Y" for invite in invites) >= 2
    quorate = ("Y" if enough else "N") if held and type_ in ("ICPC", "RCPC", "MACE") else ""
    return Meeting(area, number, type_, due, held, quorate, took_part, outcome, parent, tuple(invites))


def sayings(world: World, rng: Random, family: Family, life: Life) -> list[Saying]:
    """What children told an advocate or a youth worker, in their own words."""
    says, child = setting.sayings(), life.child
    day = max(world.until - 800, child.born + 7 * 365)
    made: list[Saying] = []
    rate = setting.lives()["told_an_advocate_a_year"] * (2 if life.spells else 1)
    while (day := day + 10 + int(rng.expovariate(rate) * 365)) <= min(world.until, eighteen(child.born)):
        if not (life.in_care(day) or life.open_case(day)):
            continue
        changed = one(rng, says["changed"]) if rng.random() < 0.45 else ""
        made.append(
            Saying(
                area=child.home(day).area,
                at=day * MINUTES + 15 * 60 + int(rng.random() * 180),
                role="advocate" if rng.random() < 0.7 else "youth worker",
                agency="advocacy:tideline",
                method=one(rng, ["talk", "drawing", "text", "walk"]),
                with_parent="Y" if rng.random() < 0.1 or child.accompanied else "N",
                topic=one(rng, says["topics"]),
                words=one(rng, says["voice"]),
                changed=changed,
                fed_back=day + 3 + int(rng.random() * 30) if changed and rng.random() < 0.7 else None,
            )
        )
    return made
