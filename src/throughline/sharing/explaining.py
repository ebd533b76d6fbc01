"""Why a role sees an item or does not: each line of the policy that was asked, what it said, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from throughline import words
from throughline.sharing.deciding import FULL, STUB, Decision, Item, Rule, decide, decide_about, policy_for

ABOUT = "about_"
"""Before the kind of a subject that is no child, in the name of a relation."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one line of the policy says to one item."""

    relation: str
    sight: str
    why: str
    """A sentence."""
    line: int
    """Of `policy.yaml`, counted from 1; 0: it stands nowhere by itself."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The decision about one item, and every line that was asked."""

    decision: Decision
    said: tuple[Said, ...]


def explain(role: str, relations: Iterable[str], item: Item) -> Explained:
    """`decide`, with what each line says; a conflict, or nothing held, leaves no line to ask."""
    related = frozenset(relations)
    rules = policy_for(role).through(related)
    said = tuple(Said(rule.relation, rule.sight(item), why(rule, item), _line(role, rule)) for rule in rules)
    return Explained(decide(role, related, item), said)


def explain_about(role: str, subject_kind: str, item: Item) -> Explained:
    """`decide_about`, with what its line says."""
    rule = policy_for(role).subjects.get(subject_kind)
    said = (Said(rule.relation, rule.sight(item), why(rule, item), _line(role, rule)),) if rule else ()
    return Explained(decide_about(role, subject_kind, item), said)


def why(rule: Rule, item: Item) -> str:
    """What of an item one line shows, and by which of its words."""
    if rule.kinds is not None and not {item.kind, *item.rests_on} <= rule.kinds:
        return "It shows only some kinds of event, and this is not one of them."
    if rule.needs and rule.needs.isdisjoint(item.tags):
        return f"It shows only what carries {_tags(rule.needs)}."
    sight = rule.sight(item)
    if sight == FULL:
        carried = f", and {_tags(item.tags)} {'does' if len(item.tags) == 1 else 'do'} not hide it" if item.tags else ""
        return f"It shows everything up to {rule.level}{carried}."
    past_level, past_tags = item.level > rule.level, item.tags - rule.full
    reasons = [f"{item.level} is above {rule.level}"] if past_level else []
    reasons += [f"it carries {_tags(past_tags)}"] if past_tags else []
    because = " and ".join(reasons)
    if sight == STUB:
        return f"It says only that something is there, because {because}."
    return f"It shows nothing, nor that it is there, because {because}."


def _tags(tags: Iterable[str]) -> str:
    known = words.tags()
    return " and ".join(f"{tag} ({known[tag].title.lower()})" for tag in sorted(tags))


def _line(role: str, rule: Rule) -> int:
    places = _places()
    kind = rule.relation.removeprefix(ABOUT)
    wanted = [
        ("roles", role, rule.relation),
        ("roles", role, "relations", rule.relation),
        ("roles", role, "subjects", kind),
        (rule.relation,),
    ]
    return next((places[place] for place in wanted if place in places), 0)


@lru_cache
def _places() -> dict[tuple[str, ...], int]:
    """Where each entry of `policy.yaml` begins, by the names that lead to it."""
    found: dict[tuple[str, ...], int] = {}

    def walk(node: yaml.Node, way: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[*way, key.value] = key.start_mark.line + 1
                walk(value, (*way, key.value))

    whole = yaml.compose((Path(__file__).parent / "policy.yaml").read_text(encoding="utf-8"))
    assert whole is not None
    walk(whole, ())
    return found
