"""What agencies write down of what they owe a child: the answers to what happened, most in time, some late, some never.

Which, after what and by whom is `data/answers.yaml`; what asks for them is found by `openings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from throughline.invent import setting
from throughline.invent.days import ISO, working
from throughline.invent.model import Life
from throughline.invent.openings import Opening, found
from throughline.invent.people import Family, World
from throughline.invent.setting import Answer, one
from throughline.invent.telling import Teller, worker

_SPEAKS = 4
"""Years of age below which a child's own words are what it showed."""


class _Told(NamedTuple):
    day: int
    opening: Opening


def answer(world: World, family: Family, life: Life, *, known: bool = True) -> None:
    """Add to what is told of this child everything that agencies did about it.

    An answer may itself ask for the next, so they are told in the order of the file. `known`: services work with the
    child; else only schools do anything.
    """
    rng = world.random("answers", life.child.number)
    teller = Teller(world, rng, family, life)
    teller.rows = life.told
    openings: dict[str, list[Opening]] = {}
    for entry in setting.answers():
        if not (known or entry.anyone):
            continue
        name = entry.after or entry.during
        if name not in openings or name in _OF_WHAT_WAS_TOLD:
            openings[name] = found(name, world, life)
        for day, opening in _days(world, rng, entry, openings[name]):
            _tell(teller, rng, entry, day, opening)


_OF_WHAT_WAS_TOLD = ("dispute", "said_no")
"""Openings that are answers of entries before."""


def _days(world: World, rng: Random, entry: Answer, openings: list[Opening]) -> Iterator[_Told]:
    """The days on which an entry's openings are answered."""
    earliest = world.until - entry.kept_days
    for opening in openings:
        if entry.during:
            yield from (_Told(day, opening) for day in _again(world, rng, entry, opening) if day >= earliest)
        elif rng.random() < entry.share:
            for by_day in entry.by_day:
                yield _Told(opening.day + by_day - int(rng.random() * 6) + _late(rng, entry), opening)
            if not entry.by_day and rng.random() >= entry.lost:
                yield _Told(_once(rng, entry, opening), opening)


def _again(world: World, rng: Random, entry: Answer, opening: Opening) -> Iterator[int]:
    end = min(opening.end or world.until, world.until)
    day = opening.day + _between(rng, entry.first)
    while day < end:
        yield day + _late(rng, entry)
        day += _between(rng, entry.every)


def _once(rng: Random, entry: Answer, opening: Opening) -> int:
    late = _late(rng, entry)
    after = entry.within + late if late else entry.from_ + int(rng.random() * (entry.within - entry.from_ + 1))
    if after < 0:
        return opening.day + after * 7 // 5
    # The day itself counts, a working day or not: many things are done at once.
    return working(opening.day, after) if after else opening.day


def _late(rng: Random, entry: Answer) -> int:
    """Working days past the limit, nought for most; most late work is a little late."""
    return 1 + int(rng.random() ** 2 * entry.most) if rng.random() < entry.late else 0


def _between(rng: Random, days: tuple[int, int]) -> int:
    return days[0] + int(rng.random() * (days[1] - days[0] + 1))


def _tell(teller: Teller, rng: Random, entry: Answer, day: int, opening: Opening) -> None:
    known = {"due": ISO[opening.due] if opening.due else "", "organisation": "Tideline Mentors"}
    known["worker"], known["phone"] = worker(rng)
    says = setting.sayings()
    known["words"] = one(rng, says["shown" if teller.life.child.age(day) < _SPEAKS else "voice"])
    details = tuple((name, one(rng, choices).format_map(known)) for name, choices in entry.details)
    marks = one(rng, entry.marks) if entry.marks else ""
    teller.tell(entry.kind, day, details, marks=marks, by=entry.by, area=opening.area)
