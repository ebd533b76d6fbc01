"""The rules in force, ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from throughline.duties.loading import load
from throughline.duties.model import Rule
from throughline.duties.plan import Plan


class Rulebook(Mapping[str, Rule]):
    """Active rules by id. Iterating gives ids in order."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._plans = {rule.id: Plan(rule) for rule in rules if rule.active}
        self._by_kind: dict[str, list[Plan]] = {}
        for plan in self._plans.values():
            for kind in plan.by_kind:
                self._by_kind.setdefault(kind, []).append(plan)
        self._for_kinds: dict[frozenset[str], tuple[Plan, ...]] = {}

    def __getitem__(self, duty: str) -> Rule:
        return self._plans[duty].rule

    def __iter__(self) -> Iterator[str]:
        return iter(self._plans)

    def __len__(self) -> int:
        return len(self._plans)

    def opened_by(self, kind: str) -> list[Rule]:
        """Rules that happenings of this kind open."""
        return [plan.rule for plan in self._by_kind.get(kind, ())]

    def plan(self, duty: str) -> Plan:
        """One rule, ready to run."""
        return self._plans[duty]

    def for_kinds(self, kinds: Iterable[str]) -> tuple[Plan, ...]:
        """Plans that any of these kinds opens, in order of id."""
        key = frozenset(kinds)
        found = self._for_kinds.get(key)
        if found is None:
            wanted = {plan.id for kind in key for plan in self._by_kind.get(kind, ())}
            found = self._for_kinds[key] = tuple(self._plans[id] for id in self._plans if id in wanted)
        return found


@lru_cache
def rulebook() -> Rulebook:
    """The rules that ship, active ones. Raises `RuleFault` naming file, line and cure."""
    return Rulebook(load())
