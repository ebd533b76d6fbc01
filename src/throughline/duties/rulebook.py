"""The rules in force, ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from weakref import WeakKeyDictionary

from throughline.duties.loading import RuleFault, load
from throughline.duties.model import Rule
from throughline.duties.plan import Plan
from throughline.timeline import CoverageIndex, Line

_Such = tuple[frozenset[str], str, frozenset[str], frozenset[tuple[str, str]]]
"""The authorities that know a subject, what it is, the kinds told of it, and the marks of those that matter."""
_MOST_KEPT = 20_000


class Rulebook(Mapping[str, Rule]):
    """Active rules by id. Iterating gives ids in order. Raises `RuleFault` where duties open each other in a ring."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        active = _parents_first({rule.id: rule for rule in rules if rule.active})
        known = {rule.id for rule in active}
        if lost := [rule for rule in active if rule.view_of and rule.view_of not in known]:
            raise RuleFault([f"{r.id}.yaml:1: view_of: there is no active rule {r.view_of!r}; name one" for r in lost])
        self._plans = {rule.id: _plans(rule) for rule in active}
        self._numbered = tuple(plan for plans in self._plans.values() for plan in plans)
        openers: dict[str, Mapping[str, frozenset[str]]] = {}
        self._by_kind: dict[str, list[str]] = {}
        self._whatever_marks: dict[str, list[int]] = {}
        """Kind -> numbers of plans that it may open, whatever it carries."""
        self._with_mark: dict[str, dict[str, list[int]]] = {}
        """Kind -> mark -> numbers of plans that it may open with that mark."""
        for rule in active:
            openers[rule.id] = openers[rule.relay.of] if rule.relay else rule.openers
            for kind in openers[rule.id]:
                self._by_kind.setdefault(kind, []).append(rule.id)
        for number, plan in enumerate(self._numbered):
            for kind, marks in openers[plan.id].items():
                if not marks:
                    self._whatever_marks.setdefault(kind, []).append(number)
                for mark in marks:
                    self._with_mark.setdefault(kind, {}).setdefault(mark, []).append(number)
        self._known: WeakKeyDictionary[CoverageIndex, dict[_Such, list[Plan]]] = WeakKeyDictionary()
        """What has been looked up."""

    __hash__ = object.__hash__
    """What is worked out from a book can be kept by it."""

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

    def plans(self) -> Iterator[Plan]:
        """Every rule, ready to run, those that other duties open after these."""
        yield from self._numbered

    def for_line(self, line: Line) -> list[Plan]:
        """Plans that what the line holds may open, less those that sleep because nobody supplies what they need.

        Those that other duties open come after these.
        """
        marked = self._with_mark
        told = [*line.kinds.items(), *((m.happening.kind, (m.happening,)) for m in line.mentions)]
        marks = frozenset([(k, mark) for k, those in told if k in marked for h in those for mark in h.marks])
        known = self._known.get(line.coverage)
        if known is None:
            known = self._known[line.coverage] = {}
        key = line.las, line.subject.kind, frozenset([kind for kind, _ in told]), marks
        found = known.get(key)
        if found is None:
            if len(known) >= _MOST_KEPT:
                known.clear()
            found = known[key] = self._for_such(line, key[2], marks)
        return found

    def _for_such(self, line: Line, kinds: frozenset[str], marks: frozenset[tuple[str, str]]) -> list[Plan]:
        """Plans for such a subject that these may open and for which somebody supplies what they need."""
        wanted = {number for kind in kinds for number in self._whatever_marks.get(kind, ())}
        wanted.update(number for kind, mark in marks for number in self._with_mark[kind].get(mark, ()))
        plans = [self._numbered[number] for number in sorted(wanted)]
        return [p for p in plans if p.rule.stands_on(line.subject.kind) and _awake(p, line.coverage, line.las)]

    def asleep(self, coverage: CoverageIndex, las: frozenset[str]) -> list[Rule]:
        """Rules that open nothing because nobody supplies what they need: for one notice, not one a child."""
        return [self[id] for id in self if not _awake(self.plan(id), coverage, las)]

    def for_kinds(self, kinds: Iterable[str]) -> tuple[Plan, ...]:
        """Plans that any of these kinds may open, in order of id, those that other duties open after these."""
        wanted = {id for kind in kinds for id in self._by_kind.get(kind, ())}
        return tuple(plan for plan in self._numbered if plan.id in wanted)


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
