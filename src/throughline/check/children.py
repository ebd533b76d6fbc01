"""Who the children of one run are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from throughline import identity, timeline
from throughline.check.summary import Summary
from throughline.feeds.base import Person

About = tuple[date | None, frozenset[str], str]
"""A child's date of birth, the authorities that know it, and the id to write for it."""


APART = -1
"""Number of everybody without a line: what is known of them only comes from feeds that never give a reason."""


class Children:
    """Each child's number, and what is said of it besides its statements."""

    def __init__(self, persons: list[Person], summary: Summary) -> None:
        """`persons` is emptied: a county's claims are not needed twice and take room."""
        _with_authority(persons)
        linked = identity.link(persons)
        summary.links.update(j.by for j in linked.judgements if j.verdict == identity.SAME)
        summary.unsure = sum(j.verdict == identity.UNSURE for j in linked.judgements)
        numbers: dict[str, int] = {}
        apart = _apart(linked.clusters, summary)
        self.number = {
            key: APART if root in apart else numbers.setdefault(root, len(numbers))
            for key, root in linked.clusters.items()
        }
        """`Person.key` -> the child's number, or `APART`."""
        summary.people, summary.children = len(self.number), len(numbers)
        claims: list[list[Person]] = [[] for _ in numbers]
        for person in persons:
            if (number := self.number[person.key]) != APART:
                claims[number].append(person)
        persons.clear()
        used: set[str] = set()
        self.about = [_about(mine, used) for mine in claims]
        """By number."""


def _apart(clusters: Mapping[str, str], summary: Summary) -> set[str]:
    """Children known only from feeds that never give a reason for a line (DESIGN §2.11); they are counted."""
    feeds = timeline.reasons().apart
    if feeds.isdisjoint(file.feed for file in summary.files):
        return set()
    source = {key: (agency, feed) for key in clusters for agency, feed, _ in [key.split("|", 2)]}
    with_line = {root for key, root in clusters.items() if source[key][1] not in feeds}
    apart = {root for root in clusters.values() if root not in with_line}
    summary.kept_apart.update(source[key] for key, root in clusters.items() if root in apart)
    return apart


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
