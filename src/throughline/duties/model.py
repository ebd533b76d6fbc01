"""What a rule document says, field by field, and what is wrong with one that cannot be used.

A duty is one YAML file under `law/<instrument>/`. Nothing in Python knows a deadline: it stands here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from throughline import words

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

STRENGTHS = {
    "MUST": "Act or regulations",
    "SG": "statutory guidance",
    "GD": "guidance",
    "TG": "target",
    "LO": "local",
}
"""How binding a duty is; told apart everywhere it shows."""

Unit = Literal["elapsed_hours", "days", "weeks", "working_days", "school_days", "months"]
_ROWS = re.compile(r"[LV]\d{1,2}|R\d{2}")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_kind(kind: str) -> str:
    try:
        found, _ = words.resolve(kind)
    except words.UnknownWord as unknown:
        raise ValueError(str(unknown)) from None
    if found.id != kind:
        raise ValueError(f"{kind!r} is another name of {found.id!r}; write {found.id!r}")
    return kind


def _known_mark(mark: str) -> str:
    if mark not in words.marks():
        raise ValueError(f"{mark!r} is no mark of words/data/marks.yaml")
    return mark


def _known_state(state: str) -> str:
    if state not in words.states():
        raise ValueError(f"{state!r} is no state; there are {', '.join(words.states())}")
    return state


Kind = Annotated[Text, Field(description="kind of event")]


class CountFrom(_Part):
    """An earlier happening that the count runs from instead of the trigger."""

    kind: Kind
    without: tuple[str, ...] = ()
    """Not one that every telling marks so."""
    days_before: int = Field(ge=0)
    """At most so many days before the trigger; the nearest counts."""
    says: Text

    _kind = field_validator("kind")(_known_kind)


class Unless(_Part):
    """The trigger is left out where this kind tells of the same thing."""

    kind: Kind
    days: int = Field(ge=0)
    """By the same reference, or within so many days after."""

    _kind = field_validator("kind")(_known_kind)


class Total(_Part):
    """Only where sessions add up to more than a number of school days within the statutory term."""

    over_school_days: int = Field(gt=0)


class Trigger(_Part):
    """One kind of happening that opens the duty."""

    kind: Kind
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Marks that some telling must carry."""
    without: tuple[str, ...] = ()
    """Marks with which it is no trigger, if every telling carries one."""
    says: Text
    """The fact in a few words for *because*; ``{when}`` stands for its day or time."""
    says_if: dict[str, Text] = {}
    """Other words where it carries a mark: mark -> words."""
    count_from: CountFrom | None = None
    unless: Unless | None = None
    total: Total | None = None
    estimated: str = ""
    """Why a date that counts from here is only an estimate; blank: it is not."""
    cannot_tell: str = ""
    """What is missing, where this trigger says that the duty exists but not from when to count."""

    _kind = field_validator("kind")(_known_kind)
    _marks = field_validator("with_", "without")(lambda marks: tuple(map(_known_mark, marks)))


class While(_Part):
    """A state that must hold, and that ends the duty with it."""

    state: Text
    with_: dict[str, str] = Field(default={}, alias="with")
    """Attributes of the state at its opening."""
    joined_within_days: int | None = None
    """Stretches no further apart than this are one series, which lasts so long after its last stretch."""
    ended: Text
    """Why the duty ends when the state does, in words."""

    _state = field_validator("state")(_known_state)


class Counting(_Part):
    """Which points of a state open the duty: 0 is its opening, 1 the first answer in it, and so on."""

    first: int = Field(ge=0)
    last: int | None = None
    """None: every one from `first` on."""


class Run(_Part):
    """A run of a state counted in school days."""

    state: Text
    longer_than_school_days: int = Field(gt=0)

    _state = field_validator("state")(_known_state)


class InStates(_Part):
    """Only for a child who is in one of these states when it is triggered: state -> the fact in words."""

    states: dict[str, Text]

    @field_validator("states")
    @classmethod
    def _known(cls, states: dict[str, str]) -> dict[str, str]:
        for state in states:
            _known_state(state)
        return states


class Age(_Part):
    """For whom it is opened, and the age at which an unmet one is frozen (never counted as met)."""

    at_trigger: Literal["under_18", "compulsory_school_age", "any"]
    until: Literal["18", "end_of_compulsory_school_age", "no_end"]

    @model_validator(mode="after")
    def _together(self) -> Age:
        if (self.at_trigger == "compulsory_school_age") != (self.until == "end_of_compulsory_school_age"):
            raise ValueError("compulsory_school_age and end_of_compulsory_school_age go together")
        return self


class NotOwed(_Part):
    """A mark on the trigger that says the duty does not arise."""

    mark: str
    """It must stand on every telling: one that says otherwise keeps the duty."""
    why: Text

    _mark = field_validator("mark")(_known_mark)


class Answer(_Part):
    """What meets the duty."""

    kind: Kind
    says: Text
    route: str = ""
    """Blank: as the rule asks. Else by which other route it is met, in words."""
    then: str = ""
    """What stays to be done after another route."""

    _kind = field_validator("kind")(_known_kind)


class Evidence(_Part):
    """What belongs to the duty without meeting it: an offer, an allocation."""

    kind: Kind
    says: Text

    _kind = field_validator("kind")(_known_kind)


class Ending(_Part):
    """What ends the duty without meeting it."""

    kind: Kind
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Only with one of these marks on every telling."""
    why: Text
    never_owed: bool = False
    """It takes the duty away as if it had not been: a cancelled exclusion."""

    _kind = field_validator("kind")(_known_kind)
    _marks = field_validator("with_")(lambda marks: tuple(map(_known_mark, marks)))


class Need(_Part):
    """What must be covered to the due date before silence means that nothing was done."""

    kinds: tuple[str, ...] = Field(min_length=1)
    called: Text
    """In words, after *no source for*."""

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(_known_kind, kinds)))


class Warn(_Part):
    """From when it is *due soon*: so long before it is due."""

    amount: int = Field(ge=0)
    unit: Unit


class Version(_Part):
    """The period in force for triggers from `start` to `end`, both inclusive."""

    id: Text
    start: date | None = None
    """None: no start known."""
    end: date | None = None
    select_by: Text
    """The date that chooses the version, in words; it is the one the count runs from."""
    amount: int = Field(gt=0)
    unit: Unit
    joined: bool = True
    """Whether stretches back to back are one run (only for rules with a `run`)."""
    note: str = ""


class Rule(_Part):
    """One duty."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    plain: Text
    """A sentence that a parent or child can read."""
    subject: Literal["child"]
    owed_by: Text
    owed_role: Text
    """Whose list it stands on: an id of `words.roles`."""
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

    shape: Literal["after", "every"]
    trigger: tuple[Trigger, ...] = Field(min_length=1)
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

    @property
    def source(self) -> str:
        """Citation and, where there is one, the link."""
        return f"{self.citation} {self.link}".strip()

    @cached_property
    def sayings(self) -> Mapping[str, str]:
        """Kind of what answers it or is evidence -> the sentence that tells of it."""
        return {e.kind: e.says for e in self.evidence} | {a.kind: a.says for a in self.answers}

    @field_validator("owed_role")
    @classmethod
    def _role(cls, role: str) -> str:
        if role not in words.roles():
            raise ValueError(f"{role!r} is no role; there are {', '.join(words.roles())}")
        return role

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
        if (self.while_ is None) != (self.counting is None):
            raise ValueError("while and counting go together: points are counted within a state")
        if self.counting is not None and self.counting.first > 0:
            asked = {answer.kind for answer in self.answers}
            wrong = sorted(t.kind for t in self.trigger if not t.cannot_tell and t.kind not in asked)
            if wrong:
                raise ValueError(f"counting from point {self.counting.first}: {', '.join(wrong)} is no answer")
        starts = [version.start or date.min for version in self.versions]
        if starts != sorted(starts):
            raise ValueError("versions stand in order of their start")
        return self
