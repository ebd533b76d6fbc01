"""Families, the children in them, and how each agency knows them.

Children come in blocks of six: a block is a few whole families. Who child k is depends on the seed and on
k alone, never on how many others are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import NamedTuple

from throughline.invent import identifiers, setting
from throughline.invent.days import MINUTES, YEAR, return_year, year_begins
from throughline.invent.model import Child, Home
from throughline.invent.setting import Partnership

BLOCK = 6
WIDER = 1_000_000
"""Numbers from here on are children whom no service works with."""


class World(NamedTuple):
    """What every life has in common."""

    seed: int
    began: int
    """First day of the return year in which the invented years begin."""
    until: int
    """The last day."""
    partnership: Partnership

    @classmethod
    def ending(cls, until: date, years: int, seed: int) -> World:
        """The world whose last day is `until`, `years` years long (rounded up to whole return years)."""
        last = until.toordinal()
        began = year_begins(return_year(last - years * YEAR))
        return cls(seed, began, last, setting.partnership())

    @property
    def now(self) -> int:
        """The last moment: early on the last day, when the last extracts were run."""
        return self.until * MINUTES + 6 * 60 + 10

    def random(self, *of: object) -> Random:
        """A random source of its own for whatever `of` names."""
        return Random("/".join(map(str, (self.seed, *of))))


class Family(NamedTuple):
    """Children of one home, and what brought them to notice."""

    key: str
    track: str
    noticed: int
    """The day the first of what happens to them happens."""
    members: tuple[tuple[int, int], ...]
    """(child number, day born), eldest first."""
    area: int
    surname: str


def families(world: World, block: int) -> Iterator[Family]:
    """The families whose children are numbers 6 x block to 6 x block + 5."""
    rates, draws = setting.lives(), setting.draws()
    rng = world.random("block", block)
    number, end = block * BLOCK, block * BLOCK + BLOCK
    while number < end:
        track = draws["tracks"](rng)
        size = min(rates["families"][int(rng.random() * 10)], end - number)
        # More of what is on a partnership's books began lately than long ago.
        noticed = world.until - 2 - int(rng.random() ** 1.5 * (world.until - world.began + 298))
        low, high = rates["tracks"][track]["ages"]
        born = noticed - int((low + rng.random() * (high - low)) * 365.25) - 10
        members = []
        for _ in range(size):
            members.append((number, born))
            number += 1
            born += 0 if rng.random() < rates["twins"] else 330 + int(rng.random() * 1100)
        surnames = setting.names()["surnames"]
        yield Family(
            key=f"{block}.{members[0][0]}",
            track=track,
            noticed=noticed,
            # A child not yet born when the family came to notice may be born later, if soon.
            members=tuple((n, min(born, noticed + 90)) for n, born in members),
            area=int(world.partnership.shares(rng)),
            surname=surnames[int(rng.random() * len(surnames))],
        )


def neighbours(world: World, block: int) -> Iterator[Family]:
    """Children of the same streets and schools whom no service works with, in the proportion of lives.yaml."""
    rates = setting.lives()["wider"]
    rng = world.random("wider", block)
    each = round(BLOCK * rates["for_each_known"])
    number, end = WIDER + block * each, WIDER + (block + 1) * each
    surnames = setting.names()["surnames"]
    while number < end:
        born = world.until - int((4.2 + rng.random() * 12.5) * 365.25)
        members = [(number, born)]
        if rng.random() < rates["sibling"] and number + 1 < end:
            members.append((number + 1, born if rng.random() < 0.06 else born + 400 + int(rng.random() * 900)))
        number += len(members)
        yield Family(
            key=f"w{members[0][0]}",
            track="roll",
            noticed=world.until + 1,
            members=tuple((n, min(on, world.until - 1500)) for n, on in members),
            area=int(world.partnership.shares(rng)),
            surname=setting.one(rng, surnames),
        )


def child(world: World, rng: Random, family: Family, number: int, born: int) -> Child:
    """One child of a family."""
    rates, draws, names = setting.lives(), setting.draws(), setting.names()
    sex = "M" if rng.random() < 0.53 else "F"
    pool = names["either"] if rng.random() < 0.08 else names[sex]
    forename = pool[int(rng.random() * len(pool))]
    surname = family.surname
    if rng.random() < 0.12:
        surname = names["surnames"][int(rng.random() * len(names["surnames"]))]
        if rng.random() < 0.3:
            surname = f"{family.surname}-{surname}"
    called = ""
    if rng.random() < rates["other_name"]:
        called = names["short"].get(forename) or names["either"][int(rng.random() * len(names["either"]))]
    la = world.partnership.areas[family.area].la
    without = rng.random() < rates["no_upn"]
    twin = sum(born == other for _, other in family.members) > 1
    if twin:
        surname = family.surname
    numbered = not without and rng.random() < rates["temporary_upn"]
    year = _first_school_year(born)
    return Child(
        number=number,
        forename=forename,
        surname=surname,
        called=called,
        sex=sex,
        born=born,
        ethnicity=draws["ethnicities"](rng),
        disabilities=(draws["disabilities"](rng),) if rng.random() < 0.12 else (),
        upn="" if without else identifiers.upn(la, _given_by(number), year, number),
        upn_unknown="UN4" if rng.random() < 0.5 else "UN3",
        nhs_number="" if rng.random() < rates["no_nhs_number"] else _nhs_number(number),
        homes=_homes(world, rng, family, number),
        brothers_and_sisters=len(family.members) - 1,
        accompanied=world.random("accompanied", family.key).random() < rates["accompanied"],
        family=family.key,
        renamed=_renamed(world, rng, family, born),
        temporary_upn=identifiers.temporary_upn(la, _given_by(number), year, number) if numbered else "",
    )


def _nhs_number(number: int) -> str:
    return identifiers.nhs_number(number) if number < WIDER else ""


def _given_by(number: int) -> int:
    """The four digits of the school a pupil number was given by: no two children share them and a serial."""
    return 2000 + number // 1000 if number < WIDER else 5000 + (number - WIDER) // 1000


def _renamed(world: World, rng: Random, family: Family, born: int) -> tuple[int, str] | None:
    """A new surname after a new family or a wish of the child's, known to some agencies and not to others."""
    if rng.random() >= setting.lives()["renamed"]:
        return None
    surnames = setting.names()["surnames"]
    return max(world.began, family.noticed, born + 400) + int(rng.random() * 500), setting.one(rng, surnames)


def _first_school_year(born: int) -> int:
    return date.fromordinal(born).year + 4


def upn_on(child: Child, day: int) -> tuple[str, str]:
    """(UPN, why there is none) as a return of that day has it: no number before school."""
    if child.age(day) < 4.5:
        return "", "UN1"
    return (child.upn, "") if child.upn else ("", child.upn_unknown)


def _homes(world: World, rng: Random, family: Family, number: int) -> list[Home]:
    # Brothers and sisters live together, so the address is drawn from the family's own source.
    together = world.random("home", family.key)
    homes = [_home(world, together, rng, family.area, 0, number)]
    others = [i for i in range(len(world.partnership.areas)) if i != family.area]
    if together.random() < setting.lives()["moves_area"] and others:
        since = family.noticed + 60 + int(together.random() * 500)
        to = others[int(together.random() * len(others))]
        homes.append(_home(world, together, rng, to, since, number))
    return homes


def _home(world: World, together: Random, rng: Random, area: int, since: int, number: int) -> Home:
    place = world.partnership.areas[area]
    primary, secondary = place.places["primary"], place.places["secondary"]
    return Home(
        since=since,
        area=area,
        postcode=identifiers.postcode(together, place.postcode_area),
        la_id=str(place.first_child_id + number) if number < WIDER else "",
        primary=primary[int(together.random() * len(primary))],
        secondary=secondary[int(rng.random() * len(secondary))],
    )


class Known(NamedTuple):
    """Who one agency believes a child is."""

    la_id: str
    upn: str
    nhs_number: str
    forename: str
    surname: str
    born: int
    postcode: str


def known_to(world: World, child: Child, agency: str, home: Home) -> Known:
    """A child as this agency (by id) has it: its own spelling, its own slips, only some numbers.

    One draw per agency and child, so an agency is steady in what it believes.
    """
    given = setting.faults()["identity"]
    slips, has = given["slips"], given["has"][agency.partition(":")[0]]
    rng = world.random("known", agency, child.number)
    upn, _ = upn_on(child, world.until)
    if upn and rng.random() < slips["wrong_letter"]:
        upn = identifiers.wrong_letter(upn)
    if child.temporary_upn and rng.random() < slips["temporary_upn"]:
        upn = child.temporary_upn
    nhs_number = child.nhs_number
    if rng.random() < slips["somebody_else_s_number"]:
        nhs_number = identifiers.nhs_number(child.number + 1) if child.number < WIDER else ""
    renamed = child.renamed
    surname = renamed[1] if renamed and rng.random() < slips["knows_new_name"] else child.surname
    postcode = home.postcode
    if rng.random() < slips["old_postcode"]:
        postcode = identifiers.postcode(rng, world.partnership.areas[home.area].postcode_area)
    return Known(
        la_id=home.la_id if rng.random() < has["la_id"] else "",
        upn=upn if rng.random() < has["upn"] else "",
        nhs_number=nhs_number if rng.random() < has["nhs_number"] else "",
        forename=_spelt(rng, child, slips),
        surname=_respelt(rng, surname, slips["surname"]),
        born=_misread(rng, child.born, slips),
        postcode=postcode if rng.random() >= slips["no_postcode"] else "",
    )


def _spelt(rng: Random, child: Child, slips: dict[str, float]) -> str:
    chance = rng.random()
    if child.called and chance < slips["called"]:
        return child.called
    spelt = setting.names()["spelt"].get(child.forename)
    if spelt and chance > 1 - slips["spelt"]:
        return str(spelt)
    return _respelt(rng, child.forename, slips["typing"])


def _respelt(rng: Random, name: str, share: float) -> str:
    if rng.random() >= share:
        return name
    if "-" in name:
        return name.split("-")[int(rng.random() * 2)]
    if "'" in name:
        return name.replace("'", "")
    at = 1 + int(rng.random() * (len(name) - 1))
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :] if at < len(name) else name + name[-1]


def _misread(rng: Random, born: int, slips: dict[str, float]) -> int:
    chance = rng.random()
    if chance < slips["born_a_day_off"]:
        return born + (1 if rng.random() < 0.5 else -1)
    if chance < slips["born_a_day_off"] + slips["born_swapped"]:
        on = date.fromordinal(born)
        if on.day <= 12:
            return date(on.year, on.day, on.month).toordinal()
    return born
