"""Who, related how, sees what: full, stub or hidden, with the reason. See README.md."""

from throughline.sharing.deciding import (
    ALLOCATED,
    FULL,
    HIDDEN,
    HUB,
    RELATIONS,
    REVIEWER,
    STUB,
    TEAM,
    Decision,
    Item,
    RolePolicy,
    Rule,
    decide,
    may_open,
    policy,
    policy_for,
)

__all__ = [
    "ALLOCATED",
    "FULL",
    "HIDDEN",
    "HUB",
    "RELATIONS",
    "REVIEWER",
    "STUB",
    "TEAM",
    "Decision",
    "Item",
    "RolePolicy",
    "Rule",
    "decide",
    "may_open",
    "policy",
    "policy_for",
]
