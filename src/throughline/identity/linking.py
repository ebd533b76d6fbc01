"""Linking by checked identifiers and by exact name, date of birth and postcode.

A link is a judgement about two sources' people: who made it, why, and reversible. A child is what the
standing judgements connect, so taking one back undoes it and nothing was merged in place.

Four rules may say *same* by themselves, each on something that was checked:

- UPN whose check letter is right and which is not temporary;
- NHS number whose check digit is right;
- the authority's own child id, within that authority;
- forename, surname, date of birth and postcode, all four present and all equal.

Whatever else the rules find, two people whose identifiers contradict each other (two sound UPNs, two sound
NHS numbers, two ids in one authority) are not joined: the pair is *unsure* and goes to a person.
Likeness by probability is to be one more source of judgements beside these rules.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from throughline.feeds.base import Person
from throughline.feeds.cells import nhs_number_is_sound, upn_is_sound

SAME = "same"
NOT_SAME = "not same"
UNSURE = "unsure"

_WHY = {
    "upn": "same UPN, check letter right",
    "nhs": "same NHS number, check digit right",
    "la": "same child id in the same authority",
    "name": "same name, date of birth and postcode",
}
_CALLED = {"upn": "UPNs", "nhs": "NHS numbers", "la": "ids in one authority"}


class Judgement(NamedTuple):
    """One standing view of whether two sources' people are one child."""

    left: str
    """`Person.key`; left < right."""
    right: str
    verdict: str
    """`SAME`, `NOT_SAME` or `UNSURE`."""
    by: str
    """``rule:upn`` and the like, or who judged."""
    why: str


class Linked(NamedTuple):
    """What linking found."""

    judgements: list[Judgement]
    """New ones by rule, the unsure ones (for a person to settle) among them; never a pair already settled."""
    clusters: dict[str, str]
    """Each person's key to the key that stands for its child; every person is in it."""


def lookup_keys(person: Person) -> tuple[str, ...]:
    """The keys by which a rule could find this person's other selves: equal key, candidate pair."""
    keys = []
    if upn_is_sound(person.upn):
        keys.append(f"upn:{person.upn}")
    if nhs_number_is_sound(person.nhs_number):
        keys.append(f"nhs:{person.nhs_number}")
    if person.la_id and person.la:
        keys.append(f"la:{person.la}/{person.la_id}")
    if person.forename and person.surname and person.dob and person.postcode:
        name = f"{_plain(person.forename)} {_plain(person.surname)}"
        keys.append(f"name:{name} {person.dob} {person.postcode.replace(' ', '')}")
    return tuple(keys)


def link(persons: Iterable[Person], settled: Iterable[Judgement] = ()) -> Linked:
    """Judge all pairs that share a lookup key, on top of what is already settled.

    `persons` may hold several claims of one key (one per file): they are one person with several claims.
    `settled` are standing judgements, a person's before a rule's: a settled pair is not judged again, and
    nothing joins two people whom someone has judged not the same, however long the way round.
    """
    persons, settled = list(persons), list(settled)
    shared = _shared_keys(persons)
    # Of a county's people hardly any shares a key with another: only those few need be grouped.
    few = {key for held in shared.values() for key in held}
    few |= {key for judgement in settled for key in (judgement.left, judgement.right)}
    groups = _Groups()
    for person in persons:
        if person.key in few:
            groups.add(person)
    standing = {(j.left, j.right): j for j in settled}
    for pair, judgement in standing.items():
        if judgement.verdict == NOT_SAME:
            groups.keep_apart(*pair)
    for (left, right), judgement in standing.items():
        if judgement.verdict == SAME:
            groups.join(left, right)
    found: dict[tuple[str, str], Judgement] = {}
    for rule in ("upn", "nhs", "la", "name"):  # the surest first
        for key, held in shared.items():
            if key.startswith(rule + ":"):
                for other in held[1:]:
                    _judge(groups, rule, held[0], other, standing, found)
    alone = {person.key: person.key for person in persons}
    return Linked(list(found.values()), alone | groups.clusters())


def _shared_keys(persons: list[Person]) -> dict[str, list[str]]:
    """Lookup keys that several people hold -> their `Person.key`s, the first holder first."""
    first: dict[str, str] = {}
    shared: dict[str, list[str]] = {}
    for person in persons:
        for key in lookup_keys(person):
            holder = first.setdefault(key, person.key)
            if holder != person.key:
                shared.setdefault(key, [holder]).append(person.key)
    return shared


def _judge(
    groups: _Groups,
    rule: str,
    one: str,
    other: str,
    standing: dict[tuple[str, str], Judgement],
    found: dict[tuple[str, str], Judgement],
) -> None:
    pair = (one, other) if one < other else (other, one)
    if one == other or pair in standing or pair in found:
        return
    if groups.apart(*pair):
        return  # someone has said so of these two, or of two they are joined to
    clash = groups.clash(*pair)
    if clash:
        why = f"{_WHY[rule]}, but {clash}"
        found[pair] = Judgement(*pair, UNSURE, f"rule:{rule}", why)
    else:
        groups.join(*pair)
        found[pair] = Judgement(*pair, SAME, f"rule:{rule}", _WHY[rule])


class _Groups:
    """Connected people, with the identifiers each group holds and the groups it must stay apart from."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._ids: dict[str, tuple[str, ...]] = {}
        self._apart: dict[str, set[str]] = {}

    def add(self, person: Person) -> tuple[str, ...]:
        keys = lookup_keys(person)
        parent = self._parent
        root = self.root(person.key) if person.key in parent else parent.setdefault(person.key, person.key)
        held = self._ids.get(root, ())
        new = tuple(key for key in keys if not key.startswith("name:") and key not in held)
        if new:
            self._ids[root] = held + new
        return keys

    def root(self, key: str) -> str:
        parent = self._parent
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(self, one: str, other: str) -> None:
        a, b = self.root(one), self.root(other)
        if a == b:
            return
        a, b = min(a, b), max(a, b)
        self._parent[b] = a
        held = self._ids.get(a, ())
        self._ids[a] = held + tuple(key for key in self._ids.pop(b, ()) if key not in held)
        enemies = self._apart.pop(b, None)
        if enemies:
            self._apart.setdefault(a, set()).update(enemies)

    def keep_apart(self, one: str, other: str) -> None:
        self._apart.setdefault(self.root(one), set()).add(other)
        self._apart.setdefault(self.root(other), set()).add(one)

    def apart(self, one: str, other: str) -> bool:
        if not self._apart:
            return False
        a, b = self.root(one), self.root(other)
        return any(self.root(x) == b for x in self._apart.get(a, ())) or any(
            self.root(x) == a for x in self._apart.get(b, ())
        )

    def clash(self, one: str, other: str) -> str:
        """How the identifiers of two groups contradict each other, in words; blank if they do not."""
        a, b = self.root(one), self.root(other)
        if a == b:
            return ""
        mine, theirs = self._ids.get(a, ()), self._ids.get(b, ())
        for scheme in sorted({_scheme(key) for key in mine} & {_scheme(key) for key in theirs}):
            ours = {key for key in mine if _scheme(key) == scheme}
            others = {key for key in theirs if _scheme(key) == scheme}
            if ours != others and not (ours & others):
                return f"their {_CALLED[scheme.split(':')[0]]} differ"
        return ""

    def clusters(self) -> dict[str, str]:
        return {key: self.root(key) for key in self._parent}


def _scheme(key: str) -> str:
    """``upn``, ``nhs``, or ``la:<authority>``: what one child has one of."""
    return key.split("/", 1)[0] if key.startswith("la:") else key.split(":", 1)[0]


@lru_cache(maxsize=1 << 16)  # the same names come from many sources, and each is asked for several times
def _plain(name: str) -> str:
    """A name as compared: no case, accents, hyphens, apostrophes or doubled spaces."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
