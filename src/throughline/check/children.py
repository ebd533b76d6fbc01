"""Who the children of one run are."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from throughline import identity
from throughline.check.summary import Summary
from throughline.feeds.base import Person

About = tuple[date | None, frozenset[str], str]
"""A child's date of birth, the authorities that know it, and the id to write for it."""


class Children:
    """Each child's number, and what is said of it besides its statements."""

    def __init__(self, persons: list[Person], summary: Summary) -> None:
        """`persons` is emptied: a county's claims are not needed twice and take room."""
        _with_authority(persons)
        linked = identity.link(persons)
        summary.links.update(j.by for j in linked.judgements if j.verdict == identity.SAME)
        summary.unsure = sum(j.verdict == identity.UNSURE for j in linked.judgements)
        numbers: dict[str, int] = {}
        self.number = {key: numbers.setdefault(root, len(numbers)) for key, root in linked.clusters.items()}
        """`Person.key` -> the child's number."""
        summary.people, summary.children = len(self.number), len(numbers)
        claims: list[list[Person]] = [[] for _ in numbers]
        for person in persons:
            claims[self.number[person.key]].append(person)
        persons.clear()
        used: set[str] = set()
        self.about = [_about(mine, used) for mine in claims]
        """By number."""


def _about(claims: list[Person], used: set[str]) -> About:
    """A child's date of birth (most said, first said), its authorities, and an id no other child has."""
    births = [claim.dob for claim in claims if claim.dob]
    dob = max(births, key=births.count) if births else None
    own = next((claim for claim in claims if claim.la_id), claims[0])
    child_id = own.la_id or own.key.rsplit("|", 1)[-1]
    if child_id in used:
        child_id = f"{own.la or own.agency}/{child_id}"
    used.add(child_id)
    return dob, _authorities(tuple(claim.la for claim in claims if claim.la)), child_id


@lru_cache(maxsize=4096)
def _authorities(las: tuple[str, ...]) -> frozenset[str]:
    return frozenset(las)


def _with_authority(persons: list[Person]) -> None:
    """Where some files name their authority and it is one only, files that name none are taken as its own."""
    named = {person.la for person in persons if ":" in person.la}
    if len(named) == 1:
        (la,) = named
        persons[:] = [person._replace(la=la) if person.la == "la" else person for person in persons]
