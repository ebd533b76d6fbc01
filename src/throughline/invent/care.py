"""Being looked after: legal statuses, homes, reviews and social workers, as SSDA903 tells them.

A spell is first drawn as two lists of changes (of legal status, of home) and then cut into episodes: a new
episode begins wherever either changes.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from throughline.invent import identifiers, setting
from throughline.invent.days import eighteen, working
from throughline.invent.model import Case, Child, Episode, Spell, Worker
from throughline.invent.people import Family, World
from throughline.invent.social_care import end_at_adulthood, lateness

SHORT_BREAK = "V4"
_OF_PARENTS = {"P1", "A3"}


class _Move(NamedTuple):
    day: int
    place: str
    provider: str
    postcode: str
    urn: str
    reason: str
    """Why the home before it ended."""


def spells(world: World, rng: Random, family: Family, child: Child, cases: list[Case]) -> list[Spell]:
    """The child's periods of being looked after, each closing its case when it ends."""
    made = []
    for case in cases:
        if case.into_care is None:
            continue
        spell = looked_after(world, rng, child, case.into_care, case.area, case.need)
        if family.track == "care" and len(family.members) == 1 and child.age(spell.start) > 12:
            _alone(rng, child, spell)
        made.append(spell)
        if spell.end is not None:
            case.closed, case.closed_for = spell.end + 20 + int(rng.random() * 70), "RC7"
            if case.closed > (adult := eighteen(child.born)):
                end_at_adulthood(case, adult)
    if not made and child.disabilities and rng.random() < 0.25:
        made += _short_break(world, rng, child, cases)
    return made


def looked_after(
    world: World, rng: Random, child: Child, start: int, area: int, need: str, *, unrest: float = 1.0
) -> Spell:
    """One spell from `start`, until it ends, the child is 18, or the last day.

    `unrest` multiplies how often a child has to move home.
    """
    rates, draws = setting.lives(), setting.draws()
    adult = eighteen(child.born)
    lasts = rates["care_lasts_years"]
    end = start + 3 + int(lasts[int(rng.random() * 10)] * (0.6 + rng.random() * 0.8) * 365)
    ceased = draws["ends"](rng)
    if end >= adult or (child.age(start) > 14.5 and rng.random() < 0.5):
        end, ceased = adult, ("E17", "E5", "E7")[int(rng.random() * 3)]
    legal = _legal(rng, start, end)
    moves = _moves(world, rng, child, start, end, area, unrest)
    adoption = None
    if child.age(start) < 4 and end - start > 400 and rng.random() < 0.35:
        ceased = "E12"
        legal, moves, adoption = _adoption(world, rng, start, end, legal, moves)
    episodes = _episodes(world, child, start, end, ceased, need, legal, moves)
    return Spell(
        area=area,
        episodes=episodes,
        reviews=reviews(world, rng, child, start, min(end, world.until)),
        workers=_workers(rng, area, start, end, world.until),
        first_permanence="Z1" if rng.random() < 0.95 else "P1",
        adoption=adoption,
    )


def _legal(rng: Random, start: int, end: int) -> list[tuple[int, str]]:
    chance = rng.random()
    if chance < 0.04:
        return [(start, "J1")]
    if chance < 0.5:
        return [(start, "V2")]
    first = "L1" if chance < 0.58 else "V2" if chance < 0.7 else "C1"
    legal = [(start, first)]
    day = start
    if first != "C1":
        day += 6 + int(rng.random() * 60)
        legal.append((day, "C1"))
    day += 150 + int(rng.random() * 150)
    legal.append((day, "C2"))
    return [change for change in legal if change[0] < end]


def _moves(world: World, rng: Random, child: Child, start: int, end: int, area: int, unrest: float) -> list[_Move]:
    rates = setting.lives()["moves_a_year"]
    older = child.age(start) >= 11
    a_year = rates["older" if older else "younger"]
    if older and rng.random() < setting.lives()["swift"]:
        a_year = rates["swift"]
    moves = [_placed(world, rng, child, start, area, "", "")]
    day = start
    while True:
        # Homes last longer or shorter around the average; the first ones are the shortest.
        day += 4 + int(rng.expovariate(a_year * unrest) * 365 * min(1.0, 0.4 + 0.2 * len(moves)))
        if day >= end or day > world.until:
            return moves
        moves.append(_placed(world, rng, child, day, area, setting.draws()["changes"](rng), moves[-1].place))


def _placed(world: World, rng: Random, child: Child, day: int, area: int, reason: str, before: str) -> _Move:
    age = child.age(day)
    place = setting.draws()["places_older" if age >= 11 else "places_younger"](rng)
    if place == "P1" == before:
        place = "U6"
    if place in ("H5", "K1") and age < 16:
        place = "K2"
    if place == "A3" and age > 6:
        place = "U6"
    if place == "H5" and day >= _SUPPORTED_FROM:
        place = "K3"
    provider = ("PR1", "PR1", "PR4", "PR4", "PR2")[int(rng.random() * 5)]
    if place in _OF_PARENTS:
        provider = "PR0"
    areas = world.partnership.areas
    chance = rng.random()
    if place == "P1":
        postcode = child.home(day).postcode
    elif chance < setting.lives()["out_of_area"]:
        others = [a.postcode_area for a in areas if a is not areas[area]] + [
            world.partnership.elsewhere.postcode_area
        ] * 2
        postcode = identifiers.postcode(rng, others[int(rng.random() * len(others))])
    else:
        postcode = identifiers.postcode(rng, areas[area].postcode_area)
    urn = f"2{int(rng.random() * 900_000) + 100_000}" if place[0] in "UKRH" else ""
    return _Move(day, place, provider, postcode, urn, reason)


_SUPPORTED_FROM = 738977
"""1 April 2024: supported accommodation is K3 from the 2025 return, H5 before."""


def _adoption(
    world: World, rng: Random, start: int, end: int, legal: list[tuple[int, str]], moves: list[_Move]
) -> tuple[list[tuple[int, str]], list[_Move], tuple[int, int, int]]:
    """Decided, placement order, matched, placed with the family who then adopt."""
    decided = start + 150 + int(rng.random() * 60)
    order = decided + 20 + int(rng.random() * 30)
    placed = max(order + 10, end - 90 - int(rng.random() * 60))
    legal = [change for change in legal if change[0] < order] + [(order, "E1")]
    last = _Move(placed, "A5", "PR0", identifiers.postcode(rng, world.partnership.elsewhere.postcode_area), "", "PLACE")
    moves = [move for move in moves if move.day < placed] + [last]
    return legal, moves, (decided, placed - 8, placed)


def _episodes(
    world: World,
    child: Child,
    start: int,
    end: int,
    ceased: str,
    need: str,
    legal: list[tuple[int, str]],
    moves: list[_Move],
) -> list[Episode]:
    """Cut a spell at each change; the last episode ends with the spell, if that has ended."""
    unplanned = setting.lives()["unplanned_changes"]
    home = child.home(start).postcode
    legal_on, move_on = dict(legal), {move.day: move for move in moves}
    days = [day for day in sorted({*legal_on, *move_on}) if day <= world.until]
    episodes = []
    status, move = legal[0][1], moves[0]
    for day, following in zip(days, [*days[1:], None], strict=True):
        new_status, new_move = legal_on.get(day), move_on.get(day)
        status, move = new_status or status, new_move or move
        ended = following or (end if end <= world.until else None)
        episodes.append(
            Episode(
                start=day,
                new=_new(day == start, new_status is not None, new_move is not None),
                legal=status,
                need=need,
                place=move.place,
                provider=move.provider,
                end=ended,
                ceased="X1" if following else ceased if ended else "",
                change=move_on[following].reason if following in move_on else "",
                home_postcode=home,
                place_postcode=move.postcode,
                urn=move.urn,
                unplanned=new_move is not None and new_move.reason in unplanned,
            )
        )
    return episodes


def _new(first: bool, legal: bool, moved: bool) -> str:
    """Reason for a new episode: started, both changed, legal status only, placement and carer."""
    if first:
        return "S"
    if legal and moved:
        return "B"
    return "L" if legal else "P"


def reviews(world: World, rng: Random, child: Child, start: int, last: int) -> list[tuple[int, str]]:
    """Reviews held: within 20 working days, then 3 months, then every 6 months; some late, a few never."""
    never = setting.lives()["late"]["care_review"]["never"]
    participation = setting.draws()["participation"]
    held: list[tuple[int, str]] = []
    day = start
    while True:
        if not held:
            day = working(start, 20) if start > 730_000 else start + 28
            room = 8
        else:
            room = 20 if len(held) == 1 else 35
            day += 90 if len(held) == 1 else 182
        over = lateness(rng, "care_review")
        day = working(day + over - (0 if over else int(rng.random() * room)) - 2, 0)
        if day > last:
            return held
        if rng.random() >= never:
            held.append((day, "PN0" if child.age(day) < 4 else participation(rng)))


def _workers(rng: Random, area: int, start: int, end: int, until: int) -> list[Worker]:
    workers = []
    day, why = start, "FCONTA"
    while day < end and day <= until:
        leaves = min(day + 60 + int(rng.expovariate(1 / 320)), end)
        code = f"SW{area + 1}{int(rng.random() * 240):03d}"
        workers.append(Worker(code, day, leaves if leaves <= until else None, why))
        day, why = leaves, ("LEFTRL", "MANAGE", "ORGRST", "TSPROC", "CHCHAN")[int(rng.random() * 5)]
    return workers


def _alone(rng: Random, child: Child, spell: Spell) -> None:
    if rng.random() < setting.lives()["unaccompanied"]:
        spell.alone_until = eighteen(child.born) - 1


def _short_break(world: World, rng: Random, child: Child, cases: list[Case]) -> list[Spell]:
    """An agreed series of short breaks: one V4 episode, with reviews of its own rhythm."""
    open_ = [case for case in cases if case.plans]
    if not open_:
        return []
    start = open_[0].plans[0][0] + 20
    end = min(start + 200 + int(rng.random() * 700), eighteen(child.born))
    if start > world.until or child.age(start) < 4 or start >= end:
        return []
    area = open_[0].area
    move = _Move(start, "U4", "PR1", identifiers.postcode(rng, world.partnership.areas[area].postcode_area), "", "")
    episodes = _episodes(world, child, start, end, "E8", "N2", [(start, SHORT_BREAK)], [move])
    held: list[tuple[int, str]] = []
    day = start
    while (day := working(day + (88 if not held else 176), 0)) <= min(end, world.until):
        held.append((day, setting.draws()["participation"](rng)))
    return [Spell(area, episodes, held, [], "Z1")]
