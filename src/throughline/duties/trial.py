"""Trying a rule before it is on: what it would open on children's lines, in numbers. Nothing is kept of a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from throughline.duties.engine import evaluate
from throughline.duties.instance import CANNOT_TELL, DUE, DUE_SOON, OVERDUE, UPCOMING, status
from throughline.duties.model import Rule
from throughline.duties.partnership import waits_for
from throughline.duties.rulebook import Rulebook
from throughline.timeline import Line
from throughline.words.calendars import london_date

LATE, IN_TIME, UNKNOWN, OVER = "late", "in_time", "cannot_tell", "over"
STANDINGS: Mapping[str, str] = {
    LATE: "late now",
    IN_TIME: "open, still in time",
    UNKNOWN: "cannot tell",
    OVER: "over: met, or not owed any more",
}
"""Where what a rule would open stands on the day asked about, in words. Each instance has exactly one."""
_STANDS = {OVERDUE: LATE, DUE: IN_TIME, DUE_SOON: IN_TIME, UPCOMING: IN_TIME, CANNOT_TELL: UNKNOWN}
NO_AREA = ""
"""Children whom no source says to be any authority's."""


@dataclass
class Trial:
    """What one rule would open on some children's lines by a day."""

    rule: str
    title: str
    owed_role: str
    """Whose list it would stand on: an id of `words.roles`."""
    as_of: date
    children: int = 0
    """Children it would open something for."""
    looked_at: int = 0
    """Children it was tried on."""
    first: date | None = None
    """When the first of them would have been opened."""
    ahead: int = 0
    """Opened later by time alone, if nothing more is told."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(authority, standing) -> instances; a child that two authorities know counts in the first of them."""
    months: Counter[str] = field(default_factory=Counter)
    """Month (``2026-03``) -> instances opened in it."""
    waits_for: tuple[str, ...] = ()
    """Kinds that nobody supplies, for want of which it would sleep."""

    @property
    def raised(self) -> int:
        """All that it would have opened by the day."""
        return self.counts.total()

    def standing(self, standing: str) -> int:
        """How many stand so."""
        return sum(n for (_, where), n in self.counts.items() if where == standing)

    def as_json(self) -> dict[str, Any]:
        """In plain values."""
        return {
            "children": self.children,
            "looked_at": self.looked_at,
            "first": self.first.isoformat() if self.first else "",
            "ahead": self.ahead,
            "owed_role": self.owed_role,
            "as_of": self.as_of.isoformat(),
            "counts": [[area, standing, n] for (area, standing), n in sorted(self.counts.items())],
            "months": dict(sorted(self.months.items())),
            "waits_for": list(self.waits_for),
        }


class Trying:
    """One rule, tried on line after line."""

    def __init__(self, rule: Rule, rules: Mapping[str, Rule], as_of: date | datetime) -> None:
        """`rules` are those the rule may hang on (`relay`). Raises `RuleFault` where it hangs on none of them."""
        day = london_date(as_of) if isinstance(as_of, datetime) else as_of
        needed = _with_parents(rule, rules)
        self._book = Rulebook(needed)
        self._rule = self._book[rule.id]
        self.kinds = frozenset(kind for each in self._book.values() for kind in each.opening_kinds)
        """A line without any of these kinds has nothing for it."""
        self._as_of = as_of
        self.found = Trial(rule.id, rule.title, rule.owed_role, day)

    def sleeps(self, supplied: frozenset[str]) -> None:
        """Note the kinds it waits for, of those that no delivery has."""
        self.found.waits_for = waits_for(self._rule, supplied)

    def on(self, line: Line) -> None:
        """Count what it would open on one line."""
        found = self.found
        found.looked_at += 1
        if self.kinds.isdisjoint(line.kinds):
            return
        instances = [i for i in evaluate(line, self._book, self._as_of) if i.duty == self._rule.id]
        opened = [i for i in instances if i.opened <= found.as_of]
        found.ahead += len(instances) - len(opened)
        if not opened:
            return
        found.children += 1
        area = min((la for la in line.las if ":" in la), default=NO_AREA)
        for instance in opened:
            found.counts[area, _STANDS.get(status(instance, self._as_of).state, OVER)] += 1
            found.months[f"{instance.opened:%Y-%m}"] += 1
        first = min(i.opened for i in opened)
        found.first = first if found.first is None else min(found.first, first)


def _with_parents(rule: Rule, rules: Mapping[str, Rule]) -> list[Rule]:
    """The rule and those whose outcome opens it, all on, none an alert of another."""
    needed: dict[str, Rule] = {}
    waiting: Rule | None = rule
    while waiting is not None and waiting.id not in needed:
        needed[waiting.id] = waiting.model_copy(update={"active": True, "view_of": ""})
        waiting = rules.get(waiting.relay.of) if waiting.relay else None
    return list(needed.values())
