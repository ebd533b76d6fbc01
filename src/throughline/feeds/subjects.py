"""What a row is about where it is about no child: a place, a plan, a request, a partnership (docs/adr/0034)."""

from __future__ import annotations

from typing import NamedTuple

from throughline import words


class Subject(NamedTuple):
    """Whom or what a line is of."""

    kind: str
    """An id of `words.subjects`."""
    id: str
    """By which all who speak of it know it: a place's neutral name, a plan's reference. Blank for a child."""

    @property
    def key(self) -> str:
        """``context:the interchange``: what a statement about it carries where others carry a person's key."""
        return f"{self.kind}:{self.id}"


A_CHILD = Subject(words.CHILD, "")


def subject(kind: str, name: str) -> Subject:
    """The subject of this kind that goes by this name; capitals and spaces do not tell two apart."""
    return Subject(kind, " ".join(name.lower().split()))


def is_subject(key: str) -> bool:
    """Whether what a statement is about is no child: keys of people hold a bar, these never do."""
    return bool(key) and "|" not in key


def subject_of(key: str) -> Subject:
    """The subject with this key."""
    kind, _, id = key.partition(":")
    return Subject(kind, id)
