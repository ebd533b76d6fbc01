"""What a pattern or a silence asks of a happening, made ready: sets in place of lists, no look-ups by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from throughline import words
from throughline.duties.parts import Period
from throughline.duties.shape_parts import Condition, Heard, Sort
from throughline.timeline import Happening

Codes = tuple[tuple[str, tuple[str, ...]], ...]
"""Details, each with the codes that count."""
WORKER = "worker"


class HeardPlan(NamedTuple):
    """A kind that breaks a silence or a run."""

    kind: str
    with_: frozenset[str]
    without: frozenset[str]

    def holds(self, happening: Happening) -> bool:
        """Whether a happening of its kind carries what is asked for, and nothing that speaks against it."""
        marks = happening.marks
        return self.with_ <= marks and marks.isdisjoint(self.without)


class SortPlan(NamedTuple):
    """One sort of happening among several that count together."""

    kinds: frozenset[str]
    with_any: frozenset[str]
    codes: Codes
    at_least: int

    def holds(self, happening: Happening) -> bool:
        """Whether a happening is of this sort."""
        if happening[0] not in self.kinds or (self.with_any and happening.marks.isdisjoint(self.with_any)):
            return False
        return not self.codes or has_codes(happening, self.codes)


class ConditionPlan(NamedTuple):
    """One way a pattern comes about."""

    kinds: tuple[str, ...]
    with_any: frozenset[str]
    signs: frozenset[str]
    """Only with one of these signs; empty: it need carry none."""
    types: Mapping[str, str]
    """Mark -> its type of sign, where different types are counted."""
    sorts: tuple[SortPlan, ...]
    sorts_with: Mapping[str, tuple[tuple[int, SortPlan], ...]]
    """Kind -> the sorts it may be of, each with its number."""
    different: int
    at_least: int
    agencies: int
    people: int
    children: int
    settled_by: tuple[HeardPlan, ...]
    broken_by: tuple[HeardPlan, ...]
    in_states: tuple[str, ...]
    within: Period | str | None
    hours: int | None
    of_state: str | None
    says: str
    by_number: bool
    """Whether how many there are is all that counts."""

    def fits(self, happening: Happening) -> bool:
        """Whether a happening of its kinds counts."""
        if self.sorts:
            return any(sort.holds(happening) for _, sort in self.sorts_with.get(happening[0], ()))
        marks = happening.marks
        if self.with_any and marks.isdisjoint(self.with_any):
            return False
        return not self.signs or not marks.isdisjoint(self.signs)

    def sorts_of(self, happening: Happening) -> tuple[int, ...]:
        """Numbers of the sorts it is of, where different sorts are counted."""
        if not self.different:
            return ()
        return tuple([n for n, sort in self.sorts_with.get(happening[0], ()) if sort.holds(happening)])

    def holds(
        self, told: Sequence[Happening], whose: Mapping[int, str], sorts_of: Mapping[int, tuple[int, ...]]
    ) -> bool:
        """Whether all that was told makes it; more never unmakes it.

        By the identity of each: `whose` says which child it befell, `sorts_of` of which sorts it is. Looked at from
        the last, so that it need not be read to its beginning where much was told.
        """
        if self.by_number or (not self.types and len(told) < self.at_least):
            return len(told) >= self.at_least
        types: set[str] = set()
        agencies: set[str] = set()
        people: set[tuple[str, str]] = set()
        children: set[str] = set()
        made = [0] * len(self.sorts)
        different = 0
        for count, happening in enumerate(reversed(told), start=1):
            if self.types:
                types.update([self.types[mark] for mark in happening.marks if mark in self.types])
            if self.agencies > 1:
                agencies.update([event.said_by for event in happening.events])
            if self.people > 1:
                people.update([(event.said_by, event.details.get(WORKER, "")) for event in happening.events])
            if self.children > 1 and id(happening) in whose:
                children.add(whose[id(happening)])
            for n in sorts_of.get(id(happening), ()):
                made[n] += 1
                different += made[n] == self.sorts[n].at_least
            if (
                (len(types) if self.types else count) >= self.at_least
                and (self.agencies == 1 or len(agencies) >= self.agencies)
                and (self.people == 1 or len(people) >= self.people)
                and (self.children == 1 or len(children) >= self.children)
                and different >= self.different
            ):
                return True
        return False


def has_codes(happening: Happening, codes: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether each of these details is one of the codes beside it."""
    details = happening.details
    return all(details.get(name, "") in wanted for name, wanted in codes)


def heard(each: Heard) -> HeardPlan:
    """Ready."""
    return HeardPlan(each.kind, frozenset(each.with_), frozenset(each.without))


def condition(of: Condition) -> ConditionPlan:
    """Ready."""
    marks = words.marks().values()
    sorts = tuple(map(_sort, of.sorts))
    numbered = tuple(enumerate(sorts))
    return ConditionPlan(
        of.opening_kinds,
        frozenset(of.with_any),
        of.signs,
        {mark.id: mark.sign_type for mark in marks if mark.sign_type in of.sign_types},
        sorts,
        {kind: tuple((n, sort) for n, sort in numbered if kind in sort.kinds) for kind in of.opening_kinds},
        of.different,
        of.at_least,
        of.agencies,
        of.people,
        of.children,
        (heard(of.settled_by),) if of.settled_by else (),
        tuple(map(heard, of.broken_by)),
        of.in_states,
        of.within,
        of.hours,
        of.of_state,
        of.says,
        not of.sign_types and max(of.agencies, of.people, of.children) == 1 and not of.different,
    )


def _sort(of: Sort) -> SortPlan:
    return SortPlan(frozenset(of.kinds), frozenset(of.with_any), tuple(of.codes.items()), of.at_least)
