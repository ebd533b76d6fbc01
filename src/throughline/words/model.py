"""The shapes of our vocabulary: what a kind of event, a mark, a state, an agency is made of.

All are frozen and shared: one object per word for the life of the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Field:
    """One detail a kind may carry, as a form asks for it."""

    id: str
    title: str
    type: str
    """text | longtext | date | datetime | code | yes_no | number | postcode | agency (id of a type or body) | keys (of
    other records on the same line, one a line: pages fill them in, nobody types them)"""
    codes: str = ""
    """List of `codes`, where the answer comes from a closed list."""
    help: str = ""
    names: str = ""
    """Kind of subject it names, so that a child's event *mentions* a place or a plan; blank: none."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event."""

    id: str
    title: str
    """Short headline, such as a child could read without shame."""
    area: str
    lane: str
    """Where it is drawn: an id of `lanes`."""
    shape: str
    """circle (event) | diamond (critical moment) | bubble (own words) | square (decision)"""
    about: tuple[str, ...]
    """Whom or what it may be about: ids of `subjects`; nearly always a child."""
    critical: bool
    """A moment at which a child can be reached (practice R03, L21)."""
    family: str
    """Kinds of one family told by several agencies within the tolerance are one happening; blank: never."""
    tolerance_hours: int | None
    """For two tellings that both know the time of day."""
    tolerance_days: int | None
    """For two tellings of which one knows the day only; 0 is the same London day."""
    joins_with: frozenset[str]
    """Only a telling that carries one of these marks is of the family; empty: every one is."""
    joins_overlapping: bool
    """It starts something a child cannot be in twice at once: episodes that overlap are one, however far
    apart their starts are told."""
    said_by: tuple[str, ...]
    """Agency types it usually comes from."""
    born: str
    """read (another system holds it) | ours (typed here)"""
    level: str
    tags: frozenset[str]
    marks: frozenset[str]
    """Marks it may carry."""
    fields: tuple[Field, ...]
    hours: bool
    """The time of day matters: ask for it."""
    future: bool
    """May be booked ahead."""
    aliases: Mapping[str, frozenset[str]]
    """Other names it goes by, each with the marks that name implies."""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One code an event may carry; rules read marks, never prose."""

    id: str
    title: str
    sign_type: str = ""
    """movement, money, violence ... (practice §7.1); blank where it is no sign of exploitation."""
    critical: bool = False
    """One of the starred signs: enough by itself for R01."""


@dataclass(frozen=True, slots=True)
class State:
    """A stretch of time derived from events; the timeline derives it, this says from what."""

    id: str
    title: str
    opened_by: tuple[str, ...]
    """Kinds; ``kind+mark`` only with that mark, ``kind-mark`` only without."""
    closed_by: tuple[str, ...]
    attributes: tuple[str, ...]
    derivation: str
    """How: an id of the derivations listed in states.yaml."""
    lasts_days: int = 0
    """Days after its last opening on which it ends where nobody ended it; 0: it goes on."""
    until_age: int = 0
    """The birthday on which it ends where nobody ended it; 0: none."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Agency:
    """A type of agency. A particular body is ``type:body``, as in ``police:castlereach``."""

    id: str
    title: str
    lane: str
    authority: bool
    """A local authority, so that it can be responsible, home, host or school authority."""
    body_title: str
    """How a particular body is called, with ``{body}`` in it."""


@dataclass(frozen=True, slots=True)
class Role:
    """Someone who works here."""

    id: str
    title: str
    sentence: str
    bar: tuple[str, ...]
    """Words of the navigation bar, first one opens."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list, and the days it may stand in a return (None: no limit known)."""

    label: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A sensitivity level, practice §5.1."""

    id: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A handling tag, stacked on a level."""

    id: str
    title: str
    meaning: str


class UnknownWord(KeyError):
    """A name no list of ours holds, with the nearest ones it does."""

    def __init__(self, name: str, what: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name = name
        self.what = what
        self.nearest = nearest

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        return f"{self.name!r} is not a {self.what} we know{hint}"
