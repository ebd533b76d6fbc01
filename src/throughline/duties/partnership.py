"""The rules of one partnership: those that ship, as it has decided about them, and its own.

A decision is a dated row that is never changed; the rules in force on a day follow from all of them, so nothing is
switched by hand. Pure: decisions in, rulebook out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple

from throughline.duties.instance import Instance
from throughline.duties.loading import LAW, LOCAL, RuleFault, is_spec, load, read
from throughline.duties.model import Rule, Version
from throughline.duties.rulebook import Rulebook
from throughline.words.calendars import london_date

ON: Literal["on"] = "on"
OFF: Literal["off"] = "off"
FIGURES: Literal["figures"] = "figures"
_ONE_DAY = timedelta(days=1)
_OWN = "LO"
"""Strength of what a partnership may decide about: law and guidance are not its to switch."""


class Decision(NamedTuple):
    """What a partnership has decided about one rule."""

    rule: str
    what: Literal["on", "off", "figures"]
    start: date
    """The first day on which it holds."""
    text: str = ""
    """The document of a rule of its own, where it is switched on."""
    figures: Mapping[str, int] = {}
    """Settings of the rule -> the partnership's own figures."""


@dataclass(frozen=True, slots=True)
class Partnership:
    """The rules in force for one partnership."""

    book: Rulebook
    rules: Mapping[str, Rule]
    """Every rule it knows, by id, on or off."""
    own: frozenset[str] = frozenset()
    """Ids of its own, which do not ship."""
    since: Mapping[str, date] = field(default_factory=dict)
    """Rule -> from when it counts here, where that was decided."""
    off_from: Mapping[str, date] = field(default_factory=dict)
    """Rule -> from when on it opens nothing, where that was decided."""
    figures: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Rule -> its own figures."""
    faults: tuple[str, ...] = ()
    """Why rules of its own cannot be used, if they cannot: with a new release the words they are made of may go."""

    def counts(self, instance: Instance) -> bool:
        """Whether an instance is owed here: one that was over before its rule was switched on never was."""
        start = self.since.get(instance.duty)
        if start is None or instance.opened >= start:
            return True
        if instance.ended_why and instance.ended_on is None:
            return False
        over = instance.ended_on if instance.met_at is None else _day(instance.met_at)
        return over is None or over >= start


def of_partnership(decisions: Sequence[Decision] = (), as_of: date = date.max) -> Partnership:
    """The rules in force on a day, from decisions in the order in which they were taken.

    Raises `RuleFault` where a rule of its own or a figure cannot be used.
    """
    by_rule: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.start <= as_of:
            by_rule.setdefault(decision.rule, []).append(decision)
    ships = _shipped()
    known = dict(ships)
    since: dict[str, date] = {}
    off_from: dict[str, date] = {}
    figures: dict[str, Mapping[str, int]] = {}
    for id, taken in by_rule.items():
        figures[id] = {name: n for d in taken if d.what == FIGURES for name, n in d.figures.items()}
        known[id] = _as_decided(id, taken, ships.get(id))
        switched = [d for d in taken if d.what != FIGURES]
        if switched and switched[-1].what == ON:
            since[id] = switched[-1].start
        elif switched:
            off_from[id] = switched[-1].start
            since.update((id, d.start) for d in switched if d.what == ON)
    own = frozenset(known) - frozenset(ships)
    return Partnership(Rulebook(known.values()), known, own, since, off_from, figures)


def usable(decisions: Sequence[Decision], as_of: date) -> Partnership:
    """As `of_partnership`; where a rule of its own cannot be used, without all that it decided, and why."""
    try:
        return of_partnership(decisions, as_of)
    except RuleFault as fault:
        rules = dict(_shipped())
        return Partnership(Rulebook(rules.values()), rules, faults=fault.faults)


def own_rule(text: str, where: str, figures: Mapping[str, int] | None = None) -> Rule:
    """A partnership's own rule from its document. Raises `RuleFault`, also where it claims to be more than local."""
    rule = read(text, where, figures or {})
    faults = []
    if rule.strength != _OWN:
        cure = f"strength: a partnership's own rule is LO; law and guidance ship with Throughline, not {rule.strength}"
        faults.append(f"{where}:{_line_of(text, 'strength')}: {cure}")
    if rule.id in _shipped():
        faults.append(f"{where}:{_line_of(text, 'id')}: id: {rule.id!r} ships with Throughline; choose another id")
    if faults:
        raise RuleFault(faults)
    return rule


def may_switch(rule: Rule) -> bool:
    """Whether a partnership may switch it off: only what is local, never law or guidance."""
    return rule.strength == _OWN


def waits_for(rule: Rule, supplied: frozenset[str]) -> tuple[str, ...]:
    """Kinds for want of which the rule sleeps, of those that no delivery has; none: it is awake."""
    return tuple(kind for kind in rule.needs_feed if kind not in supplied)


@cache
def text_of(id: str) -> str:
    """The document of a rule that ships. Raises KeyError for any other."""
    return _paths()[id]


def _as_decided(id: str, taken: Sequence[Decision], ships: Rule | None) -> Rule:
    """One rule after all that was decided about it."""
    rule, text, figures = ships, text_of(id) if ships else "", dict[str, int]()
    for decision in taken:
        if decision.what == OFF:
            continue
        text = decision.text or text
        figures |= decision.figures
        new = (own_rule if ships is None else read)(text, f"{id}.yaml", figures)
        active = decision.what == ON or (rule is not None and rule.active)
        new = new.model_copy(update={"active": active})
        rule = new if rule is None else _from(rule, new, decision.start)
    if rule is None:
        raise RuleFault([f"{id}.yaml:1: there is no such rule to switch off or to give figures to"])
    switched = [d for d in taken if d.what != FIGURES]
    return _until(rule, switched[-1].start) if switched and switched[-1].what == OFF else rule


def _from(old: Rule, new: Rule, day: date) -> Rule:
    """The rule with other figures or another text from a day on: what began before keeps its own period."""
    if [v.amount for v in old.versions] == [v.amount for v in new.versions]:
        return new
    named = f" until {day - _ONE_DAY}"
    earlier = tuple(v.model_copy(update={"id": v.id + named}) for v in _until(old, day).versions)
    later = tuple(
        v.model_copy(update={"start": max(v.start or date.min, day)})
        for v in new.versions
        if v.end is None or v.end >= day
    )
    return new.model_copy(update={"versions": (*earlier, *later)})


def _until(rule: Rule, day: date) -> Rule:
    """The rule as if its last version ended before a day: what it has opened by then stays owed."""
    return rule.model_copy(update={"versions": tuple(_ending(rule.versions, day - _ONE_DAY))})


def _ending(versions: Iterable[Version], last: date) -> list[Version]:
    kept = [v for v in versions if v.start is None or v.start <= last]
    ended = [v.model_copy(update={"end": min(v.end or last, last)}) for v in kept]
    return ended or [next(iter(versions)).model_copy(update={"start": last, "end": last - _ONE_DAY})]


@cache
def _shipped() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in load()}


@cache
def _paths() -> Mapping[str, str]:
    found = (path for folder in (LAW, LOCAL) for path in folder.rglob("*.yaml") if not is_spec(path))
    return {path.stem: path.read_text(encoding="utf-8") for path in found}


def _line_of(text: str, name: str) -> int:
    """The line on which a field of the document stands; the first where it does not."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, start=1) if line.startswith(f"{name}:")), 1)


def _day(moment: date | datetime) -> date:
    return london_date(moment) if isinstance(moment, datetime) else moment
