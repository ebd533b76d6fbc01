"""What a rule document says, field by field, and what is wrong with one that cannot be used.

A duty is one YAML file under `law/<instrument>/` or `local/`. Nothing in Python knows a deadline: it stands here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from throughline import words
from throughline.duties import shape_parts
from throughline.duties.parts import (
    NO_FIGURE,
    Age,
    Answer,
    Counting,
    EarliestOf,
    Ending,
    Evidence,
    InStates,
    Need,
    NotOwed,
    Part,
    Pause,
    Period,
    Run,
    Text,
    Trigger,
    Version,
    Warn,
    While,
    known_kind,
    known_role,
)

__all__ = ["STRENGTHS", "Age", "HandledIn", "Rule", "Trigger", "Version"]

STRENGTHS = {
    "MUST": "Act or regulations",
    "SG": "statutory guidance",
    "GD": "guidance",
    "TG": "target",
    "LO": "local",
}
"""How binding a duty is; told apart everywhere it shows."""

Subject = Literal[
    "child", "context", "request", "incident", "recommendation", "police_plan", "agency", "partnership", "access",
]  # fmt: skip
Shape = Literal[
    "after", "every", "by", "ahead", "before", "limit", "window", "lasting",
    "total", "pattern", "silence", "series", "relay", "seat", "open",
]  # fmt: skip
_OWN_PART: Mapping[str, str] = {
    "by": "by",
    "ahead": "ahead",
    "before": "before",
    "limit": "limit",
    "window": "window",
    "lasting": "lasting",
    "total": "total",
    "pattern": "pattern",
    "silence": "silence",
    "series": "stages",
    "relay": "relay",
    "seat": "seat",
}
"""Shape -> the field that only it has, and needs."""
_TRIGGERED = frozenset({"after", "every", "ahead", "before", "limit", "window", "series", "open"})
"""Shapes that a happening of its own opens; states, patterns and other duties open the rest."""
_OF_SOMETHING = frozenset({"request", "incident", "police_plan", "access"})
"""Subjects that may stand on the line of what they concern, a child or a place, as well as on one of their own."""
_WITHOUT_FIGURE = frozenset({"by", "before", "open", "series"})
"""Shapes whose versions carry no period."""
_ROWS = re.compile(r"[LV]\d{1,2}|R\d{2}")


class Setting(Part):
    """A figure that a partnership may set for itself; `$name` stands for it in the document."""

    value: int
    says: Text


class HandledIn(Part):
    """A flag of the practice table that is no clock: where it is done instead."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    plain: Text
    citation: Text
    practice: tuple[str, ...] = Field(min_length=1)
    handled_in: Text
    """Room of the house that does it; ``duties`` where it is the alert of duties that have their own line."""
    view_of: tuple[str, ...] = ()
    """These duties."""

    @model_validator(mode="after")
    def _a_view(self) -> HandledIn:
        if (self.handled_in == "duties") != bool(self.view_of):
            raise ValueError("handled_in 'duties' and view_of go together: name the duties it is the alert of")
        return self


class Rule(Part):
    """One duty."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    plain: Text
    """A sentence that a parent or child can read."""
    subject: Subject
    """What it is about. A request, an incident, a police plan or an access opens on the line of the child it
    concerns, or on one of its own; a context, a recommendation, an agency and a partnership on their own."""
    owed_by: Text
    owed_role: Text
    """Whose list it stands on, and no other's: an id of `words.roles`."""
    informed: tuple[Text, ...] = ()
    """Roles that see it on the child's page, not on their lists."""
    strength: Literal["MUST", "SG", "GD", "TG", "LO"]
    citation: Text
    link: str
    """Where the source can be read; blank: none found."""
    confidence: Literal["confirmed", "known", "uncertain"]
    verified: bool
    """Checked against the text. Where not, every place it shows says: check before enforcing."""
    active: bool
    practice: tuple[str, ...]
    calendar: Literal["CPR2010", "WT", "SCHOOL", "HOURS", ""] = ""
    """The calendar's name in the source table."""
    note: str = ""

    shape: Shape
    trigger: tuple[Trigger, ...] = ()
    while_: While | None = Field(default=None, alias="while")
    counting: Counting | None = None
    run: Run | None = None
    in_states: InStates | None = None
    age: Age
    not_owed: tuple[NotOwed, ...] = ()
    versions: tuple[Version, ...] = Field(min_length=1)
    count_trigger_day: bool = False
    """``beginning with``: the day counted from is day 1."""
    warn: Warn
    answers: tuple[Answer, ...] = Field(min_length=1)
    match: Literal["next", "nearest"]
    """*next*: the first answer after it. *nearest*: an answer belongs to what it names, else to the trigger
    it most closely follows, and to no other."""
    evidence: tuple[Evidence, ...] = ()
    ends: tuple[Ending, ...] = ()
    needs: tuple[Need, ...] = Field(min_length=1)
    needs_feed: tuple[str, ...] = ()
    """Kinds without which the rule sleeps: until somebody supplies them all, it opens nothing."""
    settings: dict[str, Setting] = Field(default={})
    view_of: str = ""
    """The duty whose act it asks for too, sooner or for some: shown as that duty's alert, not as a second line."""

    by: shape_parts.By | None = None
    ahead: shape_parts.Ahead | None = None
    before: shape_parts.Before | None = None
    limit: shape_parts.Limit | None = None
    window: shape_parts.Window | None = None
    lasting: shape_parts.Lasting | None = None
    total: shape_parts.Adding | None = None
    pattern: shape_parts.Pattern | None = None
    silence: shape_parts.Silence | None = None
    relay: shape_parts.Relay | None = None
    seat: shape_parts.Seat | None = None
    stages: tuple[shape_parts.Stage, ...] = ()
    """On `series`: points that answers meet in turn. On any other: steps that each have answers of their own."""
    earliest_of: EarliestOf | None = None
    pause: Pause | None = None
    rolls_forward: bool = False
    """Due on the next working day where the last one is a day off; only where the source says so."""
    looks_back: Period | Literal["last_trigger"] | None = None
    """How long before the trigger an answer counts already; `last_trigger`: from after the one before."""
    begins_next_day: bool = False
    """The day counted from is the day after the trigger; the trigger's own day chooses the version."""
    gathers: Period | None = None
    """While one is open, what would open another so soon after the last is added to it; its clock goes on."""
    successor: str = ""
    """What is owed instead from the day on which an unmet one stands still, in words."""

    def stands_on(self, subject_kind: str) -> bool:
        """Whether lines of this kind of subject may open it."""
        return self.subject == subject_kind or self.subject in _OF_SOMETHING

    @property
    def states(self) -> tuple[str, ...]:
        """States that open it by beginning or by going on."""
        if self.lasting is not None:
            return (self.lasting.state,)
        own = self.by or self.silence or self.seat
        return tuple(own.states) if own is not None else ()

    @cached_property
    def openers(self) -> Mapping[str, frozenset[str]]:
        """Kinds of which a line must hold one for the rule to open anything, each with marks of which it must carry
        one; no mark: it need carry none. A relay opens with its duty."""
        # A point within a state, and a run of one, is told by the kind alone.
        by_marks = self.while_ is None and self.run is None
        given = [(t.kind, frozenset(t.with_ if by_marks else ())) for t in self.trigger]
        for state in self.states:
            for spec in words.states()[state].opened_by:
                kind, _, mark = spec.partition("+")
                given.append((kind.partition("-")[0], frozenset((mark,)) if mark else frozenset()))
        if self.total is not None:
            given += [(kind, frozenset()) for kind in self.total.kinds]
        if self.pattern is not None:
            for condition in self.pattern.any_of:
                given += condition.openers
        found: dict[str, frozenset[str]] = {}
        for kind, marks in given:
            other = found.setdefault(kind, marks)
            found[kind] = marks | other if marks and other else frozenset()
        return found

    @property
    def opening_kinds(self) -> tuple[str, ...]:
        """The kinds alone."""
        return tuple(self.openers)

    def period(self, version: str, stage: str) -> Period | Version:
        """How long: of a stage, else of a version."""
        found = next((s for s in self.stages if s.id == stage), None)
        return found or next(v for v in self.versions if v.id == version)

    @property
    def act(self) -> Period | None:
        """The time to act after what the rule looks for has come about, where its period is not that already."""
        own = self.lasting or self.silence or self.by
        return own.act if own is not None else None

    @property
    def source(self) -> str:
        """Citation and, where there is one, the link."""
        return f"{self.citation} {self.link}".strip()

    @cached_property
    def sayings(self) -> Mapping[str, str]:
        """Kind of what answers it or is evidence -> the sentence that tells of it."""
        return {e.kind: e.says for e in self.evidence} | {a.kind: a.says for a in self.answers}

    _role = field_validator("owed_role")(known_role)
    _roles = field_validator("informed")(lambda roles: tuple(map(known_role, roles)))
    _feeds = field_validator("needs_feed")(lambda kinds: tuple(map(known_kind, kinds)))

    @field_validator("practice")
    @classmethod
    def _practice(cls, rows: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [row for row in rows if not _ROWS.fullmatch(row)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: practice rows are L1 to L32, V1 to V33, R01 to R37")
        return rows

    @model_validator(mode="after")
    def _hangs_together(self) -> Rule:
        if self.shape == "every" and (self.counting is None or self.counting.last is not None):
            raise ValueError("shape 'every' needs counting: {first: n} without a last")
        if self.pause is not None and any(version.unit == "elapsed_hours" for version in self.versions):
            raise ValueError("pause: a clock of hours does not stand still; its period has to be in days")
        if self.rolls_forward and any(version.unit == "elapsed_hours" for version in self.versions):
            raise ValueError("rolls_forward: hours run through days off; its period has to be in days")
        if (self.while_ is None) != (self.counting is None):
            raise ValueError("while and counting go together: points are counted within a state")
        if self.counting is not None and self.counting.first > 0:
            asked = {answer.kind for answer in self.answers}
            wrong = sorted(t.kind for t in self.trigger if not t.cannot_tell and t.kind not in asked)
            if wrong:
                raise ValueError(f"counting from point {self.counting.first}: {', '.join(wrong)} is no answer")
        starts = [version.start.isoformat() if version.start else "" for version in self.versions]
        if starts != sorted(starts):
            raise ValueError("versions stand in order of their start")
        return self

    @model_validator(mode="after")
    def _of_its_shape(self) -> Rule:
        for shape, name in _OWN_PART.items():
            given = bool(getattr(self, name))
            if shape == self.shape and not given:
                raise ValueError(f"shape {shape!r} needs {name}; add it")
            if shape != self.shape and given and name != "stages":
                raise ValueError(f"{name} belongs to shape {shape!r}, not to {self.shape!r}; take it out")
        if (self.shape in _TRIGGERED) != bool(self.trigger):
            cure = "needs trigger; add it" if not self.trigger else "has no trigger; take it out"
            raise ValueError(f"shape {self.shape!r} {cure}")
        without = self.shape in _WITHOUT_FIGURE or bool(self.stages)
        if any((version.unit == NO_FIGURE) != without for version in self.versions):
            cure = "no amount and unit: take them out" if without else "an amount and a unit: add them"
            raise ValueError(f"versions of shape {self.shape!r} have {cure}")
        if wrong := sorted({a for s in self.stages for a in s.answers} - {a.kind for a in self.answers}):
            raise ValueError(f"stages: {', '.join(wrong)} is no answer of the rule")
        return self
