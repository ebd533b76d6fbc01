"""What stays out of a copy of the whole record, and why: read from `withholding.yaml`, as a person can own it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from throughline import words
from throughline.sharing.deciding import RELATIONS, Item

SELF, PARENT = "self", "parent"
"""Whose request it is: of whom the record is about, or of somebody with parental responsibility for them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for which an item may be withheld."""

    id: str
    title: str
    tags: frozenset[str]
    """Empty: only ever chosen by a person."""
    asked_by: frozenset[str]
    """`SELF`, `PARENT`: whose requests it fits."""
    says: str
    """The sentence in the copy, where the item would stand."""
    basis: str
    """The law it rests on."""
    asked: str
    """What must be written down before such an item is given; blank: nothing."""
    unsaid: bool
    """The copy does not say that anything is there."""


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """How a copy of a whole record is made."""

    made_by: frozenset[str]
    """Relations to the child of who takes the request and makes the copy."""
    decided_by: frozenset[str]
    """Relations of the second person."""
    level: str
    """Above it nothing leaves by this way."""
    looks_untold: frozenset[str]
    """Types of agency of whose looks a copy does not tell."""
    reasons: Mapping[str, Reason]

    def fitting(self, item: Item, asked_by: str) -> tuple[Reason, ...]:
        """Why an item is proposed to stay out of the copy somebody asks for, the first to be said; none: it is given.

        It may only be given where each of them says what must be `asked`, and that is written down.
        """
        return tuple(r for r in self.chosen_from(asked_by) if r.tags & item.tags)

    def chosen_from(self, asked_by: str) -> tuple[Reason, ...]:
        """Every reason that fits whoever asks, in order."""
        return tuple(reason for reason in self.reasons.values() if asked_by in reason.asked_by)

    def holds(self, item: Item) -> bool:
        """Whether an item may leave by this way at all."""
        return item.level <= self.level


@lru_cache
def whole_record() -> WholeRecord:
    """The rule as it stands in the file; a word it uses that is not known is an error."""
    text = (Path(__file__).parent / "withholding.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.safe_load(text)
    made_by, decided_by = frozenset(given["made_by"]), frozenset(given["decided_by"])
    if unknown := (made_by | decided_by) - set(RELATIONS):
        raise words.UnknownWord(", ".join(sorted(unknown)), "relation to a child")
    if given["level"] not in words.levels():
        raise words.UnknownWord(given["level"], "level")
    looks_untold = frozenset(given["looks_untold"])
    if unknown := looks_untold - set(words.agencies()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "type of agency")
    reasons = {id: _reason(id, one) for id, one in given["reasons"].items()}
    return WholeRecord(made_by, decided_by, given["level"], looks_untold, MappingProxyType(reasons))


def _reason(id: str, given: Mapping[str, Any]) -> Reason:
    tags, asked_by = frozenset(given.get("tags", ())), frozenset(given.get("for", (SELF, PARENT)))
    if unknown := tags - set(words.tags()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "handling tag")
    if unknown := asked_by - {SELF, PARENT}:
        raise words.UnknownWord(", ".join(sorted(unknown)), "sort of asker")
    return Reason(
        id, given["title"], tags, asked_by, given["says"], given["basis"], given.get("asked", ""),
        given.get("unsaid", False),
    )  # fmt: skip
