"""Parts of a rule document that more than one shape uses: what opens it, what meets it, its period."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from throughline import words

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

Unit = Literal["elapsed_hours", "days", "weeks", "working_days", "school_days", "months"]
NO_FIGURE: Literal["none"] = "none"
"""Unit of a period that no source gives a figure for."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def known_kind(kind: str) -> str:
    try:
        found, _ = words.resolve(kind)
    except words.UnknownWord as unknown:
        raise ValueError(str(unknown)) from None
    if found.id != kind:
        raise ValueError(f"{kind!r} is another name of {found.id!r}; write {found.id!r}")
    return kind


def known_mark(mark: str) -> str:
    if mark not in words.marks():
        raise ValueError(f"{mark!r} is no mark of words/data/marks.yaml")
    return mark


def known_state(state: str) -> str:
    if state not in words.states():
        raise ValueError(f"{state!r} is no state; there are {', '.join(words.states())}")
    return state


def known_role(role: str) -> str:
    if role not in words.roles():
        raise ValueError(f"{role!r} is no role; there are {', '.join(words.roles())}")
    return role


def known_code(codes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Fields whose answers come from a closed list, each with codes of it: rules never read free text."""
    for name, wanted in codes.items():
        lists = {f.codes for k in words.kinds().values() for f in k.fields if f.id == name and f.codes}
        allowed = {code for list_id in lists for code in words.codes(list_id)}
        wrong = [code for code in wanted if code not in allowed]
        if wrong:
            raise ValueError(f"{name}: {', '.join(wrong)} is no code of {', '.join(sorted(lists)) or 'a closed list'}")
    return codes


Kind = Annotated[Text, Field(description="kind of event")]
Codes = dict[str, tuple[str, ...]]
"""Field of a closed list -> the codes that count."""


class Period(Part):
    """So much of a unit."""

    amount: int = Field(ge=0)
    unit: Unit


class CountFrom(Part):
    """An earlier happening that the count runs from instead of the trigger."""

    kind: Kind
    without: tuple[str, ...] = ()
    """Not one that every telling marks so."""
    days_before: int = Field(ge=0)
    """At most so many days before the trigger; the nearest counts."""
    says: Text

    _kind = field_validator("kind")(known_kind)


class Unless(Part):
    """The trigger is left out where this kind tells of the same thing."""

    kind: Kind
    days: int = Field(ge=0)
    """By the same reference, or within so many days after."""

    _kind = field_validator("kind")(known_kind)


class Total(Part):
    """Only where sessions add up to more than a number of school days within the statutory term."""

    over_school_days: int = Field(gt=0)


class Trigger(Part):
    """One kind of happening that opens the duty."""

    kind: Kind
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Marks that some telling must carry."""
    without: tuple[str, ...] = ()
    """Marks with which it is no trigger, if every telling carries one."""
    codes: Codes = {}
    """Only with one of these codes."""
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

    _kind = field_validator("kind")(known_kind)
    _marks = field_validator("with_", "without")(lambda marks: tuple(map(known_mark, marks)))
    _codes = field_validator("codes")(known_code)


class While(Part):
    """A state that must hold, and that ends the duty with it."""

    state: Text
    with_: dict[str, str] = Field(default={}, alias="with")
    """Attributes of the state at its opening."""
    joined_within_days: int | None = None
    """Stretches no further apart than this are one series, which lasts so long after its last stretch."""
    ended: Text
    """Why the duty ends when the state does, in words."""

    _state = field_validator("state")(known_state)


class Counting(Part):
    """Which points of a state open the duty: 0 is its opening, 1 the first answer in it, and so on."""

    first: int = Field(ge=0)
    last: int | None = None
    """None: every one from `first` on."""


class Run(Part):
    """A run of a state counted in school days."""

    state: Text
    longer_than_school_days: int = Field(gt=0)

    _state = field_validator("state")(known_state)


class InStates(Part):
    """Only for a child who is in one of these states when it is triggered: state -> the fact in words."""

    states: dict[str, Text]
    lasted: dict[str, Period] = {}
    """State -> how long it must have held by then; not named: since that day will do."""

    @field_validator("states")
    @classmethod
    def _known(cls, states: dict[str, str]) -> dict[str, str]:
        for state in states:
            known_state(state)
        return states

    @model_validator(mode="after")
    def _of_these(self) -> InStates:
        if wrong := sorted(set(self.lasted) - set(self.states)):
            raise ValueError(f"lasted: {', '.join(wrong)} is none of the states above")
        return self


class Age(Part):
    """For whom it is opened, and the age at which an unmet one is frozen (never counted as met)."""

    at_trigger: Literal["under_18", "compulsory_school_age", "any"]
    until: Literal["18", "end_of_compulsory_school_age", "no_end"]
    from_months: int | None = None
    below_months: int | None = None
    """Only from this age on, in months, and below that one, on the day counted from: another interval holds else."""

    @property
    def between(self) -> tuple[int, int] | None:
        """Ages in months, the second not included; None: any."""
        if self.from_months is None and self.below_months is None:
            return None
        return self.from_months or 0, self.below_months or 1200

    @model_validator(mode="after")
    def _together(self) -> Age:
        if (self.at_trigger == "compulsory_school_age") != (self.until == "end_of_compulsory_school_age"):
            raise ValueError("compulsory_school_age and end_of_compulsory_school_age go together")
        return self


class NotOwed(Part):
    """A mark on the trigger that says the duty does not arise."""

    mark: str
    """It must stand on every telling: one that says otherwise keeps the duty."""
    why: Text

    _mark = field_validator("mark")(known_mark)


class Answer(Part):
    """What meets the duty."""

    kind: Kind
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Marks that some telling must carry."""
    without: tuple[str, ...] = ()
    """It is no answer if every telling carries one of these."""
    codes: Codes = {}
    """Only with one of these codes."""
    says: Text
    route: str = ""
    """Blank: as the rule asks. Else by which other route it is met, in words."""
    then: str = ""
    """What stays to be done after another route."""

    _kind = field_validator("kind")(known_kind)
    _marks = field_validator("with_", "without")(lambda marks: tuple(map(known_mark, marks)))
    _codes = field_validator("codes")(known_code)


class Evidence(Part):
    """What belongs to the duty without meeting it: an offer, an allocation."""

    kind: Kind
    says: Text

    _kind = field_validator("kind")(known_kind)


class Ending(Part):
    """What ends the duty without meeting it."""

    kind: Kind
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Only with one of these marks on every telling."""
    why: Text
    never_owed: bool = False
    """It takes the duty away as if it had not been: a cancelled exclusion."""

    _kind = field_validator("kind")(known_kind)
    _marks = field_validator("with_")(lambda marks: tuple(map(known_mark, marks)))


class Need(Part):
    """What must be covered to the due date before silence means that nothing was done."""

    kinds: tuple[str, ...] = Field(min_length=1)
    called: Text
    """In words, after *no source for*."""

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(known_kind, kinds)))


class Warn(Period):
    """From when it is *due soon*: so long before it is due."""


class Version(Part):
    """The period in force for triggers from `start` to `end`, both inclusive."""

    id: Text
    start: date | None = None
    """None: no start known."""
    end: date | None = None
    select_by: Text
    """The date that chooses the version, in words; it is the one the count runs from."""
    amount: int = Field(default=0, ge=0)
    unit: Unit | Literal["none"] = NO_FIGURE
    """Left out where the source gives no figure (`open`) or the date itself is the rule (`by`, `before`)."""
    joined: bool = True
    """Whether stretches back to back are one run (only for rules with a `run`)."""
    note: str = ""


class EarliestOf(Part):
    """What makes it due at once if it comes before the period is over."""

    kind: Kind
    says: Text

    _kind = field_validator("kind")(known_kind)


class Pause(Part):
    """*pause*: the clock stands still from one happening to another, where the source says that it may.

    The days between are added to the period. While it stands still there is no due date to tell.
    """

    from_: Kind = Field(alias="from")
    to: Kind
    says: Text
    """That it stood still, in words; ``{when}`` stands for the day it stopped."""
    resumed: Text
    """That it went on, in words."""

    _kinds = field_validator("from_", "to")(known_kind)
