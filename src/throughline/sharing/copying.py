"""What goes into a copy that leaves here: read from `copies.yaml`, as a person can read and own it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from throughline import words
from throughline.sharing.deciding import RELATIONS, Item

CHILD, OF_A_PARENT = "child", "parent"


@dataclass(frozen=True, slots=True)
class CopyRule:
    """Who may make one kind of copy, and what is in it."""

    made_by: frozenset[str]
    """Relations to the child."""
    level: str
    tags: frozenset[str]
    private: frozenset[str]
    kinds: frozenset[str] | None
    """Kinds of event that may be in it; None: every kind."""
    shows: frozenset[str]
    """Details of an event that it tells."""

    def may_make(self, relations: Iterable[str]) -> bool:
        """Whether someone related to the child in these ways may make it."""
        return not self.made_by.isdisjoint(relations)

    def holds(self, item: Item, *, goes_home: bool) -> bool:
        """Whether an item that whoever makes the copy sees in full is in it.

        A copy that goes home leaves out what the child told in confidence and what is not safe for a parent
        to read: somebody else may find it.
        """
        allowed = self.tags - self.private if goes_home else self.tags
        return item.level <= self.level and item.tags <= allowed and (self.kinds is None or item.kind in self.kinds)


@lru_cache
def copy_rule(audience: str) -> CopyRule:
    """The rule for one audience (`CHILD`, `OF_A_PARENT`); a word it uses that is not known is an error."""
    text = (Path(__file__).parent / "copies.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.safe_load(text)[audience]
    made_by, tags, private = (frozenset(given[name]) for name in ("made_by", "tags", "private"))
    if unknown := made_by - set(RELATIONS):
        raise words.UnknownWord(", ".join(sorted(unknown)), "relation to a child")
    if unknown := (tags | private) - set(words.tags()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "handling tag")
    if given["level"] not in words.levels():
        raise words.UnknownWord(given["level"], "level")
    kinds = frozenset(given["kinds"]) if "kinds" in given else None
    if unknown := (kinds or frozenset()) - set(words.kinds()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "kind of event")
    return CopyRule(made_by, given["level"], tags, private, kinds, frozenset(given.get("shows", ())))
