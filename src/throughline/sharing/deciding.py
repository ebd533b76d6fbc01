"""One decision function: may this viewer see this item of this child, and if not, is its existence said?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from throughline import words

FULL = "full"
STUB = "stub"
HIDDEN = "hidden"

ALLOCATED = "allocated"
REVIEWER = "reviewer"
TEAM = "team"
HUB = "hub"
MANAGER = "manager"
PANEL = "panel"
DUTY = "duty"
SCHOOL = "school"
POLICE = "police"
HOSPITAL = "hospital"
PERSONAL = (ALLOCATED, REVIEWER, TEAM)
"""Ways one named person is related to a child."""
POSTS = (HUB, MANAGER, PANEL, DUTY, SCHOOL, POLICE, HOSPITAL)
"""Ways everyone at one post (an area's hub, a school, a force's desk) is: it follows from what happened."""
OF_AN_AGENCY = (SCHOOL, HOSPITAL)
"""Posts that are one agency's; the others are an authority's area."""
RELATIONS = (*PERSONAL, *POSTS)
DUTIES, GROUPS = "duties", "groups"
"""Sorts of measures: how duties are met; the same by who children are."""


class Item(NamedTuple):
    """What is asked about: one event, state, duty or statement."""

    level: str
    tags: frozenset[str] = frozenset()
    kind: str = ""
    """Kind of event or state; blank where kinds do not matter (then a relation limited to kinds sees nothing)."""


class Decision(NamedTuple):
    """What the viewer gets, and why, in words that give nothing away."""

    sight: str
    """`FULL`, `STUB` or `HIDDEN`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What one role sees of a child it is related to in one way."""

    role: str
    relation: str
    level: str
    stub: str
    full: frozenset[str]
    stubs: frozenset[str]
    kinds: frozenset[str] | None
    """None: every kind."""

    def sight(self, item: Item) -> str:
        """What this rule alone would show."""
        if self.kinds is not None and item.kind not in self.kinds:
            return HIDDEN
        if item.level <= self.level and item.tags <= self.full:
            return FULL
        if item.level <= self.stub and item.tags <= self.full | self.stubs:
            return STUB
        return HIDDEN


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """What one role may do at all."""

    role: str
    purpose: str
    """The purpose a look is recorded with unless the viewer gives another."""
    answers_for: frozenset[str]
    """Roles whose duties stand on its list: itself, and seats it fills besides."""
    searches: bool
    desk: bool
    counts: bool
    """Sees numbers of the whole partnership, small ones held back, and no child."""
    measures: frozenset[str]
    """Which measures it sees: `DUTIES`, `GROUPS`."""
    intake: Rule | None
    relations: Mapping[str, Rule]
    subjects: Mapping[str, Rule] = field(default_factory=dict)
    """What it sees of places, plans and other subjects that are no child, by their kind."""

    @property
    def post(self) -> str:
        """The one relation this role has through its post; blank: none."""
        return next((relation for relation in POSTS if relation in self.relations), "")


@lru_cache
def policy() -> Mapping[str, RolePolicy]:
    """The policy as it stands in `policy.yaml`, by role; a word it uses that is not in `words` is an error."""
    text = (Path(__file__).parent / "policy.yaml").read_text(encoding="utf-8")
    roles: dict[str, dict[str, Any]] = yaml.safe_load(text)["roles"]
    return MappingProxyType({role: _role(role, given) for role, given in roles.items()})


def policy_for(role: str) -> RolePolicy:
    """The policy of one role; a role the policy does not name may do nothing."""
    nothing = RolePolicy(role, "", frozenset((role,)), False, False, False, frozenset(), None, MappingProxyType({}))
    return policy().get(role) or nothing


def decide(role: str, relations: Iterable[str], item: Item) -> Decision:
    """What someone in `role`, related to the child in these ways today, sees of `item`.

    Several relations add up: the most that any of them shows. No relation shows nothing.
    """
    rules = policy_for(role).relations
    held = [rules[relation] for relation in relations if relation in rules]
    if not held:
        return Decision(HIDDEN, "You are not in the team around this child.")
    sights = {rule.sight(item) for rule in held}
    if FULL in sights:
        return Decision(FULL, "You are in the team around this child.")
    if STUB in sights:
        return Decision(STUB, "Restricted: ask whoever recorded it.")
    return Decision(HIDDEN, "Not shared with your role.")


def decide_about(role: str, subject_kind: str, item: Item) -> Decision:
    """What someone in `role` sees of an item on the line of a place, a plan or another subject that is no child."""
    rule = policy_for(role).subjects.get(subject_kind)
    sight = rule.sight(item) if rule else HIDDEN
    if sight == STUB:
        return Decision(STUB, "Restricted: ask whoever recorded it.")
    return Decision(sight, "Shared with your role." if sight == FULL else "Not shared with your role.")


def may_open(role: str, relations: Iterable[str]) -> bool:
    """Whether there is a page of this child for this viewer at all."""
    rules = policy_for(role).relations
    return any(relation in rules for relation in relations)


def _role(role: str, given: Mapping[str, Any]) -> RolePolicy:
    if role not in words.roles():
        raise words.UnknownWord(role, "role")
    intake = given.get("intake")
    besides = frozenset(given.get("answers_for", ()))
    related = given.get("relations", {})
    if unknown := set(related) - set(RELATIONS):
        raise words.UnknownWord(", ".join(sorted(unknown)), "relation to a child")
    if len(set(related) & set(POSTS)) > 1:
        raise ValueError(f"sharing/policy.yaml: {role} stands at more than one post; the walls hold one")
    about = given.get("subjects", {})
    for kind in about:
        if kind not in words.subjects():
            raise words.UnknownWord(kind, "subject")
    for name in besides:
        if name not in words.roles():
            raise words.UnknownWord(name, "role")
    return RolePolicy(
        role=role,
        answers_for=besides | {role},
        purpose=given["purpose"],
        searches=given.get("searches", False),
        desk=given.get("desk", False),
        counts=given.get("counts", False),
        measures=_measures(given.get("measures", ())),
        intake=_rule(role, "intake", intake) if intake else None,
        relations=MappingProxyType({relation: _rule(role, relation, rule) for relation, rule in related.items()}),
        subjects=MappingProxyType({kind: _rule(role, f"about_{kind}", rule) for kind, rule in about.items()}),
    )


def _measures(given: Iterable[str]) -> frozenset[str]:
    if unknown := set(given) - {DUTIES, GROUPS}:
        raise words.UnknownWord(", ".join(sorted(unknown)), "sort of measure")
    return frozenset(given)


def _rule(role: str, relation: str, given: Mapping[str, Any]) -> Rule:
    full, stubs = frozenset(given["full"]), frozenset(given.get("stubs", ()))
    for tag in full | stubs:
        if tag not in words.tags():
            raise words.UnknownWord(tag, "handling tag")
    level, stub = given["level"], given.get("stub", given["level"])
    for name in (level, stub):
        if name not in words.levels():
            raise words.UnknownWord(name, "level")
    kinds = given.get("kinds")
    return Rule(role, relation, level, stub, full, stubs, _kinds(kinds) if kinds else None)


def _kinds(given: Mapping[str, list[str]]) -> frozenset[str]:
    areas = frozenset(given.get("areas", ()))
    for area in areas:
        if area not in words.areas():
            raise words.UnknownWord(area, "subject area")
    known = words.kinds()
    also = frozenset(given["also"])
    for name in also:
        if name not in known and name not in words.states():
            raise words.UnknownWord(name, "kind of event or state")
    return also | {kind.id for kind in known.values() if kind.area in areas}
