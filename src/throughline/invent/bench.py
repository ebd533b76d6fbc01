"""Returns of any size for measuring: one SSDA903 return, one children in need census, mostly clean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

from throughline.invent import care, census, identifiers, returns903, setting, social_care
from throughline.invent.away import absence
from throughline.invent.days import MINUTES, UK, YEAR, eighteen, return_year
from throughline.invent.files import Files
from throughline.invent.model import Child, Home, Life
from throughline.invent.people import World, child, families
from throughline.invent.returns903 import TABLES, Window, outcomes

UNTIL = date(2026, 3, 31)
"""Last day of both, the end of a return year."""
_YEARS = 7
"""The 903 return holds several years, like the published sample it has its proportions from."""
_SOUND = 20
"""All but one child in so many have no fault in any row."""
_OTHERWISE = {"oc2", "previous_permanence", "sw_episodes"}
"""Tables the sample has for every child, or for none."""


def write_ssda903_return(out: Path, *, children: int, seed: int) -> int:
    """Write one SSDA903 return as a folder of CSV tables; the rows written, headers not counted.

    Proportions are the published sample's: per child a header, OC2 and previous permanence row, about 1.9
    episodes and 4.7 reviews; 267,500 children make about 2.6 million rows.
    """
    world = World.ending(UNTIL, _YEARS, seed)
    window = Window(UNTIL.year, world.began, world.until, whole=False)
    written = 0
    with Files(out) as files:
        for table, columns in TABLES.items():
            files.begin(f"{table}.csv", ",".join(columns) + "\n")
        for number in range(children):
            rng = world.random("bench", number)
            told: Iterable[returns903.Row] = _rows(rng, _looked_after(world, number), window)
            if number % _SOUND == 0:
                told = returns903.spoilt(rng, iter(told))
            for table, cells in told:
                files.add(f"{table}.csv", ",".join(cells) + "\n")
                written += 1
    return written


def _rows(rng: Random, life: Life, window: Window) -> list[returns903.Row]:
    about = life.child
    start = (about.homes[0].la_id, UK[about.born])
    told = [row for row in returns903.rows(rng, life, 0, window) if row[0] not in _OTHERWISE]
    if not told:
        told = [("header", returns903.header(about, start[0], window)), ("oc3", [*start, "YES", "F2", "U1"])]
    told.append(("oc2", outcomes(rng, about, start, window.last)))
    told.append(("previous_permanence", [*start, "Z1", "", ""]))
    return told


def _looked_after(world: World, number: int) -> Life:
    """A child with one spell in care in these years, perhaps going on; one in fifty has left care before."""
    rng = world.random("child", number)
    start = world.until - int(rng.random() * _YEARS * YEAR) - 20
    born = start - int((0.1 + rng.random() * 16.8) * 365.25)
    area = world.partnership.areas[0]
    home = Home(0, 0, identifiers.postcode(rng, area.postcode_area), str(100_000 + number), 0, 0)
    upn = identifiers.upn(area.la, 2000 + number // 1000, date.fromordinal(born).year + 4, number)
    about = Child(
        number=number,
        forename="",
        surname="",
        called="",
        sex="M" if rng.random() < 0.55 else "F",
        born=born,
        ethnicity=setting.draws()["ethnicities"](rng),
        disabilities=(),
        upn=upn,
        upn_unknown="",
        nhs_number="",
        homes=[home],
        brothers_and_sisters=0,
    )
    life = Life(about)
    if rng.random() < 0.02:
        return life
    spell = care.looked_after(world, rng, about, start, 0, setting.draws()["needs"](rng), unrest=0.2)
    life.spells.append(spell)
    if rng.random() < 0.05:
        spell.alone_until = eighteen(born)
    if rng.random() < 0.016:
        life.absences.append(absence(world, rng, life, (start + 3) * MINUTES, 1)._replace(to_return=True))
    return life


def write_cin_census(path: Path, *, children: int, seed: int) -> int:
    """Write one children in need census with this many children; the bytes written.

    Each child has at least one referral; assessments with factors, plans, enquiries, conferences and
    protection plans with reviews come as they do in the invented partnership.
    """
    world = World.ending(UNTIL, 1, seed)
    window = Window.of(return_year(world.until), world.until * MINUTES, whole=True)
    written = block = 0
    with Files(path.parent) as files:
        files.begin(path.name, census.begins("971", window, world.now), census.ENDS)
        while written < children:
            for family in families(world, block):
                for number, born in family.members:
                    rng = world.random("cin", number)
                    life = Life(child(world, rng, family, number, born))
                    life.cases = social_care.cases(world, rng, family, life.child)
                    # One authority's return: whoever's area it is, they are all its own.
                    for case in life.cases:
                        case.area = 0
                    text = census.child(rng, life, 0, window)
                    if text and written < children:
                        files.add(path.name, text)
                        written += 1
            block += 1
    return path.stat().st_size
