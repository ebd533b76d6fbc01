"""One decision function: may this viewer see this item of this child, and if not, is its existence said?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
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
CARE = "care"
EDUCATION = "education"
HOST = "host"
TRANSITION = "transition"
WARRANT = "warrant"
AROUND = (ALLOCATED, REVIEWER, TEAM)
"""Ways one named person works with a child: who is named as around them."""
PERSONAL = (*AROUND, WARRANT)
"""Ways one named person is related to a child; a warrant, to look at how it went, is for a time."""
POSTS = (HUB, MANAGER, PANEL, DUTY, SCHOOL, POLICE, HOSPITAL, CARE, EDUCATION, HOST, TRANSITION)
"""Ways everyone at one post (an area's hub, a school, a force's desk) is: it follows from what happened."""
OF_AN_AGENCY = (SCHOOL, HOSPITAL)
"""Posts that are one agency's; the others are an authority's area."""
RELATIONS = (*PERSONAL, *POSTS)
OWN = "own"
"""What somebody in the team sees besides because it is of their own field: a clinician's clinic, youth justice."""
GLASS = "glass"
"""Somebody has opened the record in an emergency: it ends by itself, to the hour."""
CONFLICT = "conflict"
"""The child is of the viewer's own family or household, or linked to them otherwise: nothing is theirs to see."""
AUDITS = "audits"
"""No relation: whoever checks looks, and so may say of any child who looks at it by warrant."""
SEALED = "SL5"
"""What stands at this level is shown to nobody, nor that it is there."""
DUTIES, GROUPS = "duties", "groups"
"""Sorts of measures: how duties are met; the same by who children are."""


class Item(NamedTuple):
    """What is asked about: one event, state, duty or statement."""

    level: str
    tags: frozenset[str] = frozenset()
    kind: str = ""
    """Kind of event or state; blank where kinds do not matter (then a relation limited to kinds sees nothing)."""
    rests_on: frozenset[str] = frozenset()
    """Of what is worked out from several facts, a duty: every kind among them. Whoever may not see one sees none."""


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
    needs: frozenset[str] = frozenset()
    """Only items that carry one of these handling tags; empty: any item."""
    purpose: str = ""
    """Why somebody related so looks; blank: as the role says."""

    def sight(self, item: Item) -> str:
        """What this rule alone would show."""
        if self.kinds is not None and not {item.kind, *item.rests_on} <= self.kinds:
            return HIDDEN
        if self.needs and self.needs.isdisjoint(item.tags):
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
    searches: bool = False
    locates: bool = False
    """May ask whom to ring about one child whose name and date of birth it has, and look around in nothing."""
    desk: bool = False
    counts: bool = False
    """Sees numbers of the whole partnership, small ones held back, and no child."""
    measures: frozenset[str] = frozenset()
    """Which measures it sees: `DUTIES`, `GROUPS`."""
    discreet: bool = False
    """That one of them works with a child says what for: named to whoever leads or reviews the work alone."""
    audits: bool = False
    """Reads who looked at whom, by child and by person; nothing of what they were shown."""
    administers: bool = False
    """Keeps the list of its own agency's people; no child through that."""
    keeps: bool = False
    """Signs, with a second of its kind, for what is destroyed; of a child it sees who they are, while that is open."""
    intake: Rule | None = None
    relations: Mapping[str, Rule] = field(default_factory=dict)
    subjects: Mapping[str, Rule] = field(default_factory=dict)
    """What it sees of places, plans and other subjects that are no child, by their kind."""
    glass: Rule | None = None
    """What opening a record in an emergency shows it; None: it may not."""
    own: Rule | None = None
    """What being in the team shows it of its own field besides; None: nothing more."""

    @property
    def post(self) -> str:
        """The one relation this role has through its post; blank: none."""
        return next((relation for relation in POSTS if relation in self.relations), "")

    def through(self, relations: Iterable[str]) -> list[Rule]:
        """The rules by which it sees a child it is related to in these ways; a conflict leaves none."""
        related = set(relations)
        if CONFLICT in related:
            return []
        opened = [self.glass] if self.glass and GLASS in related else []
        field = [self.own] if self.own and TEAM in related else []
        return [rule for relation, rule in self.relations.items() if relation in related] + field + opened

    def purpose_towards(self, relations: Iterable[str]) -> str:
        """Why somebody looks at a child they are related to in these ways: it follows from the first of them."""
        return next((rule.purpose or self.purpose for rule in self.through(relations)), self.purpose)


@dataclass(frozen=True, slots=True)
class Glass:
    """Opening a record in an emergency (practice §5.4), as the policy has it."""

    rule: Rule
    roles: frozenset[str]
    reasons: Mapping[str, str]
    """The reasons that count: code and words."""
    usual: timedelta
    longest: timedelta


@lru_cache
def _written() -> dict[str, Any]:
    """`policy.yaml` as it is written."""
    given: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "policy.yaml").read_text(encoding="utf-8"))
    return given


@lru_cache
def policy() -> Mapping[str, RolePolicy]:
    """The policy as it stands in `policy.yaml`, by role; a word it uses that is not in `words` is an error."""
    roles: dict[str, dict[str, Any]] = _written()["roles"]
    opened = glass()
    return MappingProxyType(
        {
            role: replace(_role(role, given), glass=replace(opened.rule, role=role) if role in opened.roles else None)
            for role, given in roles.items()
        }
    )


@lru_cache
def glass() -> Glass:
    """What `policy.yaml` says of opening a record in an emergency."""
    given: dict[str, Any] = _written()["glass"]
    roles = frozenset(given["roles"])
    if unknown := roles - set(words.roles()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "role")
    usual, longest = timedelta(hours=given["hours"]), timedelta(hours=given["longest"])
    return Glass(_rule("", GLASS, given), roles, MappingProxyType(given["reasons"]), usual, longest)


@lru_cache
def rung() -> tuple[str, ...]:
    """Roles of an agency that are named, in this order, where it holds something that is not shared."""
    roles = tuple(_written()["rung"])
    if unknown := set(roles) - set(words.roles()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "role")
    return roles


@lru_cache
def _seats() -> Mapping[str, frozenset[str]]:
    """A seat around a child -> by what way to the child somebody gives it."""
    given = {seat: frozenset(ways) for seat, ways in _written()["seats"].items()}
    if unknown := (set(given) - set(PERSONAL)) | frozenset().union(*given.values()) - {*RELATIONS, AUDITS}:
        raise words.UnknownWord(", ".join(sorted(unknown)), "seat around a child")
    return MappingProxyType(given)


def gives(role: str, relations: Iterable[str]) -> tuple[str, ...]:
    """The seats around a child that somebody in `role`, related to it in these ways, gives others and takes back."""
    held = set(relations)
    ways = set() if CONFLICT in held else {*held, *([AUDITS] if policy_for(role).audits else ())}
    return tuple(seat for seat in PERSONAL if not ways.isdisjoint(_seats().get(seat, ())))


def policy_for(role: str) -> RolePolicy:
    """The policy of one role; a role the policy does not name may do nothing."""
    nothing = RolePolicy(role, purpose="", answers_for=frozenset((role,)))
    return policy().get(role) or nothing


def decide(role: str, relations: Iterable[str], item: Item) -> Decision:
    """What someone in `role`, related to the child in these ways today, sees of `item`.

    Several relations add up: the most that any of them shows. No relation shows nothing.
    """
    held = policy_for(role).through(relations)
    if not held:
        return Decision(HIDDEN, "You are not in the team around this child.")
    sights = {rule.relation: rule.sight(item) for rule in held}
    through = {relation for relation, sight in sights.items() if sight == FULL}
    if through == {GLASS}:
        return Decision(FULL, "You have opened this record in an emergency.")
    if through:
        return Decision(FULL, "You are in the team around this child.")
    if STUB in sights.values():
        return Decision(STUB, "Restricted: ask whoever recorded it.")
    return Decision(HIDDEN, "Not shared with your role.")


def told_through(role: str, item: Item) -> frozenset[str]:
    """The relations through which a role that a rule names hears that something is owed, though not by what.

    Of what is worked out from facts that are not its to see, up to the level and past the tags at which it hears that
    something is there; of which kinds the facts are does not matter then. Empty: it sees the whole, or hears nothing.
    """
    rules = policy_for(role).relations
    if any(rule.sight(item) == FULL for rule in rules.values()):
        return frozenset()
    heard = (r for r, rule in rules.items() if item.level <= rule.stub and item.tags <= rule.full | rule.stubs)
    return frozenset(heard)


def decide_about(role: str, subject_kind: str, item: Item) -> Decision:
    """What someone in `role` sees of an item on the line of a place, a plan or another subject that is no child."""
    rule = policy_for(role).subjects.get(subject_kind)
    sight = rule.sight(item) if rule else HIDDEN
    if sight == STUB:
        return Decision(STUB, "Restricted: ask whoever recorded it.")
    return Decision(sight, "Shared with your role." if sight == FULL else "Not shared with your role.")


def may_open(role: str, relations: Iterable[str]) -> bool:
    """Whether there is a page of this child for this viewer at all."""
    return bool(policy_for(role).through(relations))


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
        locates=given.get("locates", False),
        desk=given.get("desk", False),
        counts=given.get("counts", False),
        measures=_measures(given.get("measures", ())),
        discreet=given.get("discreet", False),
        audits=given.get("audits", False),
        administers=given.get("administers", False),
        keeps=given.get("keeps", False),
        intake=_rule(role, "intake", intake) if intake else None,
        relations=MappingProxyType({relation: _rule(role, relation, rule) for relation, rule in related.items()}),
        subjects=MappingProxyType({kind: _rule(role, f"about_{kind}", rule) for kind, rule in about.items()}),
        own=_rule(role, OWN, given[OWN]) if OWN in given else None,
    )


def _measures(given: Iterable[str]) -> frozenset[str]:
    if unknown := set(given) - {DUTIES, GROUPS}:
        raise words.UnknownWord(", ".join(sorted(unknown)), "sort of measure")
    return frozenset(given)


def _rule(role: str, relation: str, given: Mapping[str, Any]) -> Rule:
    full, stubs, needs = (frozenset(given.get(name, ())) for name in ("full", "stubs", "needs"))
    for tag in full | stubs | needs:
        if tag not in words.tags():
            raise words.UnknownWord(tag, "handling tag")
    level, stub = given["level"], given.get("stub", given["level"])
    for name in (level, stub):
        if name not in words.levels():
            raise words.UnknownWord(name, "level")
        if name >= SEALED:
            raise ValueError(f"sharing/policy.yaml: {role}, {relation}: {SEALED} is shown to nobody")
    if needs and relation != OWN:
        raise ValueError(
            f"sharing/policy.yaml: {role} needs tags through {relation}; the walls ask that of one's own field"
        )
    kinds = given.get("kinds")
    shown = _kinds(kinds) if kinds else None
    return Rule(role, relation, level, stub, full | needs, stubs, shown, needs, given.get("purpose", ""))


def _kinds(given: Mapping[str, list[str]]) -> frozenset[str]:
    areas = frozenset(given.get("areas", ()))
    for area in areas:
        if area not in words.areas():
            raise words.UnknownWord(area, "subject area")
    known, sets = words.kinds(), _written()["sets"]
    also = frozenset(given["also"]).union(*(sets[name] for name in given.get("sets", ())))
    for name in also:
        if name not in known and name not in words.states():
            raise words.UnknownWord(name, "kind of event or state")
    return also | {kind.id for kind in known.values() if kind.area in areas}
