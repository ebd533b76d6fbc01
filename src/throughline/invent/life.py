"""One child's life, put together: each part may look at what came before it."""

from __future__ import annotations

from collections.abc import Iterator

from throughline.invent.away import absences
from throughline.invent.care import spells
from throughline.invent.model import Life
from throughline.invent.people import BLOCK, Family, World, child, families
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
    return life
