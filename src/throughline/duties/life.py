"""One line while its duties are worked out, and what opens a duty on it before it is known what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from throughline.duties.instance import Instance
from throughline.duties.plan import Plan
from throughline.timeline import Happening, Line, Segment
from throughline.timeline.coverage import Span
from throughline.words.calendars import birthday

if TYPE_CHECKING:
    from throughline.duties import stretches

_EARLIEST = attrgetter("earliest")

Facts = tuple[tuple[str, Happening | None], ...]


class Opening(NamedTuple):
    """One trigger of one rule, before it is known what became of it."""

    trigger: Happening
    counted_from: date
    facts: Facts
    rests_on: tuple[Happening, ...]
    """The trigger, and what it rests on besides."""
    until: date | None = None
    """The day it ends if it is not met by then; None: not known to end."""
    until_why: str = ""
    estimated: str = ""
    cannot_tell: str = ""
    dated: bool = True
    """Whether a due date can be worked out at all."""
    not_owed: str = ""
    """Why it never was owed; blank: it was."""


class Stretch(NamedTuple):
    """One or several segments of a state, taken as one."""

    start: date
    end: date | None
    start_known: bool
    opened_by: Happening
    segments: tuple[Segment, ...]


Points = list[tuple[Stretch, list[Happening], bool]]
"""Stretches of a state, the answers in each by day, and whether the first of these is known to be the first."""


class Life:
    """One child's line while its duties are worked out."""

    __slots__ = (
        "ahead",
        "coverage",
        "day",
        "eighteen",
        "instances",
        "kinds",
        "las",
        "line",
        "openings",
        "points",
        "present",
        "references",
        "spans",
        "told_of",
        "united",
        "whose",
    )

    def __init__(self, line: Line, day: date, ahead: bool) -> None:
        self.line = line
        self.day = day
        self.ahead = ahead
        """Whether what time alone will open later than `day` is asked for; what opens it may then be passed over."""
        self.las = line.las
        self.kinds = line.kinds
        """Kinds that have occurred by today -> their happenings; what is booked ahead has not happened."""
        if line.happenings and line.happenings[-1].happened_on > day:
            by_today = ((kind, [h for h in told if h.happened_on <= day]) for kind, told in line.kinds.items())
            self.kinds = {kind: told for kind, told in by_today if told}
        self.coverage = line.coverage
        self.spans: dict[frozenset[str], tuple[Span, ...]] = {}
        self.eighteen = None if line.dob is None else _eighteen(line.dob)
        self.instances: list[Instance] = []
        self.openings: dict[str, list[Opening]] = {}
        """Rule -> what opens it, in time order, where it has stages that share it."""
        self.points: dict[object, Points] = {}
        self.united: dict[object, list[stretches.Stretch]] = {}
        self.references: dict[frozenset[str], frozenset[str]] = {}
        """Kinds -> every reference their happenings carry."""
        self.whose = {id(m.happening): m.child for m in line.mentions}
        """Of what mentions the subject, by its identity: which child it befell."""
        self.present = frozenset(self.kinds)
        self.told_of = self.present.union(m.happening.kind for m in line.mentions) if line.mentions else self.present
        """Kinds that `told` may have something of."""

    def of(self, kind: str) -> Sequence[Happening]:
        """Happenings of a kind up to today; what is booked ahead has not happened."""
        return self.kinds.get(kind, ())

    def told(self, kind: str) -> Sequence[Happening]:
        """The same with what mentions the subject: what befell children there, seen by patterns only."""
        found = self.kinds.get(kind, ())
        if not self.whose:
            return found
        named = [m.happening for m in self.line.mentions if m.happening.kind == kind]
        return [*found, *(h for h in named if h.happened_on <= self.day)] if named else found

    def spans_of(self, kinds: frozenset[str]) -> tuple[Span, ...]:
        """The stretches of days on which all of these kinds are covered for the subject."""
        spans = self.spans.get(kinds)
        if spans is None:
            spans = self.spans[kinds] = self.coverage.spans(kinds, self.las)
        return spans

    def covered_to(self, kinds: frozenset[str], start: date) -> date | None:
        """How far these kinds are covered without a gap from `start`; None if that day is not."""
        for first, last in self.spans_of(kinds):
            if first <= start <= last:
                return last
        return None

    def references_of(self, kinds: frozenset[str]) -> frozenset[str]:
        """Every reference that happenings of these kinds carry, up to today."""
        found = self.references.get(kinds)
        if found is None:
            told = (h for kind in kinds for h in self.of(kind))
            found = self.references[kinds] = frozenset().union(*(h.refs for h in told))
        return found


def answers_to(plan: Plan, life: Life) -> list[Happening]:
    """What may meet the rule, in time order."""
    kinds = life.kinds
    answers = [h for kind in plan.answers if kind in kinds for h in kinds[kind]]
    wanted = plan.wanted
    if wanted:
        answers = [h for h in answers if h[0] not in wanted or wanted[h[0]].holds(h)]
    if len(plan.answers) > 1:
        answers.sort(key=_EARLIEST)
    return answers


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """By the first instant at which each can have happened."""
    return sorted(happenings, key=_EARLIEST)


@lru_cache(maxsize=65536)
def _eighteen(dob: date) -> date:
    return birthday(dob, 18)
