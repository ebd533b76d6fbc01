"""The rules in force, ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from weakref import WeakKeyDictionary

from throughline.duties.loading import RuleFault, load
from throughline.duties.model import Rule
from throughline.duties.plan import Plan
from throughline.timeline import CoverageIndex, Line

_Sort = tuple[frozenset[str], frozenset[str]]
"""Kinds of a line, and the authorities that know its child."""


class Rulebook(Mapping[str, Rule]):
    """Active rules by id. Iterating gives ids in order. Raises `RuleFault` where duties open each other in a ring."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        active = _parents_first({rule.id: rule for rule in rules if rule.active})
        known = {rule.id for rule in active}
        if lost := [rule for rule in active if rule.view_of and rule.view_of not in known]:
            raise RuleFault([f"{r.id}.yaml:1: view_of: there is no active rule {r.view_of!r}; name one" for r in lost])
        self._plans = {rule.id: _plans(rule) for rule in active}
        self._by_kind: dict[str, list[str]] = {}
        opened: dict[str, tuple[str, ...]] = {}
        for rule in active:
            opened[rule.id] = opened[rule.relay.of] if rule.relay else rule.opening_kinds
            for kind in opened[rule.id]:
                self._by_kind.setdefault(kind, []).append(rule.id)
        self._for_kinds: dict[frozenset[str], tuple[Plan, ...]] = {}
        self._for_lines: WeakKeyDictionary[CoverageIndex, dict[_Sort, tuple[Plan, ...]]] = WeakKeyDictionary()

    def __getitem__(self, duty: str) -> Rule:
        return self._plans[duty][0].rule

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._plans))

    def __len__(self) -> int:
        return len(self._plans)

    def opened_by(self, kind: str) -> list[Rule]:
        """Rules that happenings of this kind open."""
        return [self[id] for id in self._by_kind.get(kind, ())]

    def plan(self, duty: str) -> Plan:
        """One rule, ready to run; of one with stages, the first."""
        return self._plans[duty][0]

    def for_line(self, line: Line) -> tuple[Plan, ...]:
        """Plans that any of the line's kinds opens, less those that sleep because nobody supplies what they need."""
        known = self._for_lines.get(line.coverage)
        if known is None:
            known = self._for_lines[line.coverage] = {}
        sort = frozenset(line.kinds), line.las
        found = known.get(sort)
        if found is None:
            plans = self.for_kinds(sort[0])
            found = known[sort] = tuple(plan for plan in plans if _awake(plan, line.coverage, line.las))
        return found

    def asleep(self, coverage: CoverageIndex, las: frozenset[str]) -> list[Rule]:
        """Rules that open nothing because nobody supplies what they need: for one notice, not one a child."""
        return [self[id] for id in self if not _awake(self.plan(id), coverage, las)]

    def for_kinds(self, kinds: Iterable[str]) -> tuple[Plan, ...]:
        """Plans that any of these kinds opens, in order of id, those that other duties open after these."""
        key = frozenset(kinds)
        found = self._for_kinds.get(key)
        if found is None:
            wanted = {id for kind in key for id in self._by_kind.get(kind, ())}
            plans = (plan for id, plans in self._plans.items() if id in wanted for plan in plans)
            found = self._for_kinds[key] = tuple(plans)
        return found


def _awake(plan: Plan, coverage: CoverageIndex, las: frozenset[str]) -> bool:
    """Whether somebody supplies what the rule needs at all."""
    return not plan.needs_feed or bool(coverage.spans(plan.needs_feed, las))


def _plans(rule: Rule) -> tuple[Plan, ...]:
    if rule.stages and rule.shape != "series":
        return tuple(Plan(rule, stage) for stage in rule.stages)
    return (Plan(rule),)


def _parents_first(rules: Mapping[str, Rule]) -> list[Rule]:
    """Rules in order of id, those that others open after these."""
    ordered = [rules[id] for id in sorted(rules) if rules[id].relay is None]
    placed = {rule.id for rule in ordered}
    waiting = [rules[id] for id in sorted(rules) if rules[id].relay is not None]
    while waiting:
        ready = [rule for rule in waiting if rule.relay is not None and rule.relay.of in placed]
        if not ready:
            raise RuleFault([_dangling(rule, rules) for rule in waiting])
        ordered += ready
        placed |= {rule.id for rule in ready}
        waiting = [rule for rule in waiting if rule.id not in placed]
    return ordered


def _dangling(rule: Rule, rules: Mapping[str, Rule]) -> str:
    assert rule.relay is not None
    if rule.relay.of not in rules:
        return f"{rule.id}.yaml:1: relay.of: there is no active rule {rule.relay.of!r}; name one, or switch it on"
    return f"{rule.id}.yaml:1: relay.of: {rule.relay.of!r} is opened by this rule in turn; break the ring"


@lru_cache
def rulebook() -> Rulebook:
    """The rules that ship, active ones. Raises `RuleFault` naming file, line and cure."""
    return Rulebook(load())
