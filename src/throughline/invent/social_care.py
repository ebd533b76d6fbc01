"""Referrals and what follows: assessment, plan, section 47 enquiry, conference, protection plan, closing.

What is still open on the last day simply has no end: nothing is invented after it.
"""

from __future__ import annotations

from random import Random

from throughline.invent import setting
from throughline.invent.days import eighteen, working
from throughline.invent.model import Assessment, Case, Child, Enquiry, Protection
from throughline.invent.people import Family, World


def cases(world: World, rng: Random, family: Family, child: Child) -> list[Case]:
    """All of one child's referrals, earliest first; none for a child only education knows."""
    rates = setting.lives()
    depth = rates["tracks"][family.track]["depth"]
    if depth == "none":
        return []
    # Brothers and sisters are mostly referred, assessed and reviewed together, on the same days.
    shared = rng.random() < rates["sibling_shares_case"]
    source = world.random("case", family.key) if shared else rng
    first = world.random("first", family.key) if shared else rng
    start = family.noticed
    if depth == "care" and source.random() < 0.55:
        start -= int(source.random() * 5.5 * 365)
    start = max(start, child.born - 60)
    made: list[Case] = []
    if first.random() < 0.35:
        earlier = start - 90 - int(first.random() * 500)
        if earlier > child.born:
            made.append(_case(world, first, child, earlier, "nfa" if first.random() < 0.5 else "assessed", family))
    made.append(_case(world, source, child, start, depth, family))
    if len(made) > 1 and made[0].closed is not None:
        _close_by(made[0], made[1].referred - 1)
    last = made[-1].closed
    if last is not None and depth != "care" and source.random() < 0.3:
        again = last + 40 + int(source.random() * 400)
        made.append(_case(world, source, child, again, "plan" if source.random() < 0.3 else "assessed", family))
    made = [case for case in made if case.referred <= world.until and case.referred < eighteen(child.born)]
    return _moved(world, rng, child, made)


def _case(world: World, rng: Random, child: Child, start: int, depth: str, family: Family) -> Case:
    draws = setting.draws()
    case = Case(
        area=child.home(start).area,
        referred=working(start, 0) if rng.random() < 0.9 else start,
        source=draws["sources"](rng),
        need=draws["needs"](rng),
    )
    if depth == "nfa" or (depth == "assessed" and rng.random() < 0.3):
        case.nfa = True
        if rng.random() < 0.95:
            case.closed, case.closed_for = case.referred + int(rng.random() * 3), "RC8"
        return case
    assessed = _assess(rng, case, outside=family.track == "outside_harm")
    busy = assessed
    if depth == "plan":
        if rng.random() < 0.35:
            _enquire(rng, case, case.referred + int(rng.random() * 30), required=False)
        busy = _plan(rng, case, assessed)
    elif depth == "protection":
        busy = _protect(rng, case, case.referred + int(rng.random() * 40))
    elif depth == "care":
        if rng.random() < 0.4:
            busy = _protect(rng, case, case.referred + int(rng.random() * 20))
        _into_care(world, rng, case, child)
        busy = None
    _close(rng, case, busy, eighteen(child.born))
    return case


def lateness(rng: Random, what: str) -> int:
    """Days past the limit, nought for most: how late this one was done (lives.yaml, `late`)."""
    late = setting.lives()["late"][what]
    if rng.random() >= late["share"]:
        return 0
    # Most late work is a little late.
    return 1 + int(rng.random() ** 2 * late["most"])


def _assess(rng: Random, case: Case, *, outside: bool) -> int | None:
    """Add an assessment; the day it was completed, or None while it is not."""
    start = case.referred + int(rng.random() * 3)
    over = lateness(rng, "assessment")
    limit = working(case.referred, 45)
    done: int | None = limit + over if over else start + 14 + int(rng.random() * (limit - start - 14))
    if rng.random() < 0.02:
        done = None
    draws = setting.draws()
    factors = {draws["factors"](rng) for _ in range(1 + int(rng.random() * 4))}
    if outside:
        factors |= {draws["outside_factors"](rng) for _ in range(2)}
    case.assessments.append(Assessment(start, done, tuple(sorted(factors))))
    return done


def _plan(rng: Random, case: Case, assessed: int | None) -> int | None:
    if assessed is None:
        return None
    start = assessed + int(rng.random() * 12)
    end = start + 50 + int(rng.random() * 320)
    case.plans.append((start, end))
    return end


def _enquire(rng: Random, case: Case, discussed: int, *, required: bool) -> Enquiry:
    discussed = working(discussed, 0)
    start = discussed if rng.random() < 0.85 else discussed + 1
    target = working(discussed, 15)
    conference = booked = None
    if required:
        over = lateness(rng, "conference")
        conference = target + over if over else working(discussed, 7 + int(rng.random() * 9))
        conference = working(conference, 0)
        booked = start + 1 + int(rng.random() * 4)
    enquiry = Enquiry(discussed, start, target, conference, not required, booked)
    case.enquiries.append(enquiry)
    return enquiry


def _protect(rng: Random, case: Case, discussed: int) -> int | None:
    """An enquiry, a conference and mostly a plan; the day the plan ended, or None while it goes on."""
    enquiry = _enquire(rng, case, discussed, required=True)
    assert enquiry.conference is not None
    if rng.random() < 0.12:
        case.plans.append((enquiry.conference, enquiry.conference + 60 + int(rng.random() * 200)))
        return case.plans[-1][1]
    plan = protection(rng, enquiry.conference, earlier=1 if rng.random() < 0.15 else 0)
    case.protection.append(plan)
    if plan.end is not None and rng.random() < 0.6:
        # Help mostly goes on for a while after the plan.
        case.plans.append((plan.end, plan.end + 30 + int(rng.random() * 120)))
        return case.plans[-1][1]
    return plan.end


def protection(rng: Random, start: int, *, earlier: int) -> Protection:
    """A child protection plan from this conference on, with its reviews: 3 months, then every 6."""
    category = setting.draws()["categories"](rng)
    latest = category if rng.random() < 0.85 else setting.draws()["categories"](rng)
    lasts = 150 + int(rng.random() * rng.random() * 900)
    reviews: list[int] = []
    held = start
    while held - start < lasts:
        limit, room = (91, 25) if not reviews else (182, 45)
        over = lateness(rng, "protection_review")
        held = working(held + (limit + over if over else limit - int(rng.random() * room)) - 2, 0)
        reviews.append(held)
    return Protection(start, reviews[-1], category, latest, earlier, tuple(reviews))


def _into_care(world: World, rng: Random, case: Case, child: Child) -> None:
    soon = rng.random() < 0.3
    day = max(case.referred + int(rng.random() * (6 if soon else 300)), child.born + 1)
    for plan in case.protection:
        day = max(day, plan.start + 5)
    if day > world.until - 2 or day > eighteen(child.born) - 30:
        return
    case.into_care = day
    # Being looked after takes the place of the other plans within weeks.
    over = day + 10 + int(rng.random() * 60)
    case.protection = [_cut(plan, over) for plan in case.protection]
    case.plans = [(start, min(end, day) if end else day) for start, end in case.plans if start < day]


def _cut(plan: Protection, day: int) -> Protection:
    if plan.end is not None and plan.end <= day:
        return plan
    return plan._replace(end=day, reviews=tuple(held for held in plan.reviews if held <= day))


def _close(rng: Random, case: Case, busy: int | None, adult: int) -> None:
    """Close a case some weeks after its last work; `busy` None: the work goes on, at most to adulthood."""
    if busy is not None:
        case.closed = busy + 2 + int(rng.random() * 30)
        case.closed_for = setting.draws()["closures"](rng)
        if not case.plans and not case.protection:
            case.closed_for = "RC9" if rng.random() < 0.6 else "RC8"
    if case.closed is None or case.closed > adult:
        end_at_adulthood(case, adult)


def _close_by(case: Case, day: int) -> None:
    """Have a case closed, and its assessment completed, before the next begins."""
    case.closed = min(case.closed or day, day)
    case.assessments = [a._replace(done=min(a.done or day, day)) for a in case.assessments]


def end_at_adulthood(case: Case, adult: int) -> None:
    """Nothing of a children's case outlasts the 18th birthday."""
    case.closed, case.closed_for = adult, "RC7"
    case.plans = [(start, min(end or adult, adult)) for start, end in case.plans if start < adult]
    case.protection = [_cut(plan, adult) for plan in case.protection if plan.start < adult]


def _moved(world: World, rng: Random, child: Child, made: list[Case]) -> list[Case]:
    """Where the family moves to another area, what is open closes there and is taken up here."""
    if len(child.homes) < 2:
        return made
    since = child.homes[1].since
    result = []
    for case in made:
        result.append(case)
        leaves = case.referred < since < (case.closed or world.until) and case.into_care is None
        if case.nfa or not leaves:
            continue
        taken = Case(child.homes[1].area, since + 3, "5C", case.need)
        last = None
        for plan in case.protection:
            if plan.end is None or plan.end > since:
                conference = working(since, 8 + int(rng.random() * 10))
                taken.protection.append(protection(rng, conference, earlier=plan.earlier_plans + 1))
                last = taken.protection[-1].end
        case.protection = [_cut(plan, since + 12) for plan in case.protection if plan.start < since]
        case.plans = [(start, min(end or since, since)) for start, end in case.plans if start < since]
        case.closed, case.closed_for = since + 14, "RC5"
        assessed = _assess(rng, taken, outside=False)
        _close(rng, taken, last or assessed, eighteen(child.born))
        if taken.referred <= world.until:
            result.append(taken)
    return sorted(result, key=lambda case: case.referred)
