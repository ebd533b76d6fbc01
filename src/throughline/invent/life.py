"""One child's life, put together: each part may look at what came before it."""

from __future__ import annotations

from collections.abc import Iterator

from throughline.invent.answering import answer
from throughline.invent.away import absences
from throughline.invent.care import spells
from throughline.invent.health import referrals, visits
from throughline.invent.model import Life
from throughline.invent.panels import exploitation, meetings, sayings
from throughline.invent.people import BLOCK, Family, World, child, families, neighbours
from throughline.invent.police import occurrences
from throughline.invent.roll import enrolments, plan
from throughline.invent.schooling import exclusions, schooling
from throughline.invent.social_care import cases
from throughline.invent.telling import told


def lives(world: World, children: int) -> Iterator[Life]:
    """The lives of children 0 to `children` - 1, in order; child k's is the same however many follow."""
    for block in range(-(-children // BLOCK)):
        for family in families(world, block):
            for number, born in family.members:
                if number < children:
                    yield live(world, family, number, born)


def everyone(world: World, children: int) -> Iterator[Life]:
    """The same lives, and after each block of them those of children of the same streets whom no service
    works with."""
    for block in range(-(-children // BLOCK)):
        for family in families(world, block):
            for number, born in family.members:
                if number < children:
                    yield live(world, family, number, born)
        if (block + 1) * BLOCK <= children:
            for family in neighbours(world, block):
                for number, born in family.members:
                    yield at_school(world, family, number, born)


def live(world: World, family: Family, number: int, born: int) -> Life:
    """One child's life from the seed and the child's number."""
    rng = world.random("life", number)
    life = Life(child(world, rng, family, number, born))
    life.cases = cases(world, rng, family, life.child)
    life.spells = spells(world, rng, family, life.child, life.cases)
    life.absences = absences(world, rng, family, life)
    life.exclusions = exclusions(world, rng, family, life)
    life.schooling = schooling(world, rng, family, life)
    life.told = told(world, rng, family, life)
    life.plan = plan(world, rng, family, life)
    life.roll = enrolments(world, rng, family, life)
    life.exploitation = exploitation(world, rng, family, life)
    life.occurrences = occurrences(world, rng, family, life)
    life.visits = visits(world, rng, family, life)
    life.referrals = referrals(world, rng, family, life)
    life.meetings = meetings(world, rng, family, life)
    life.sayings = sayings(world, rng, family, life)
    answer(world, family, life)
    return life


def at_school(world: World, family: Family, number: int, born: int) -> Life:
    """The little that anyone writes down of a child whom no service works with: school, and A&E."""
    rng = world.random("life", number)
    life = Life(child(world, rng, family, number, born))
    life.exclusions = exclusions(world, rng, family, life)
    life.plan = plan(world, rng, family, life)
    life.roll = enrolments(world, rng, family, life)
    life.visits = visits(world, rng, family, life)
    answer(world, family, life, known=False)
    return life
