"""What each shape of a rule needs besides what all rules say (DESIGN §5). Data only; `engine.py` gives it meaning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import Field, field_validator, model_validator

from throughline import words
from throughline.duties.parts import Codes, Kind, Part, Period, Text, known_code, known_kind, known_mark, known_state

States = dict[str, Text]
"""State -> the fact that the child is in it, in words; ``{when}`` stands for its first day."""


def known_states(states: dict[str, str]) -> dict[str, str]:
    for state in states:
        known_state(state)
    return states


class Age(Part):
    """An age by which something has to be done."""

    years: int = Field(ge=0, le=25)
    months: int = Field(default=0, ge=0, le=11)


class CalendarDay(Part):
    """A day of the year by which something has to be done, in the school year of certain birthdays."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    strictly_before: bool = False
    """``before 15 February``: the last day is the 14th."""
    school_year_of_age: tuple[int, ...] = Field(min_length=1)
    """In the school year (September to August) in which the child becomes so many years old."""

    @model_validator(mode="after")
    def _a_day(self) -> CalendarDay:
        date(2023, self.month, self.day)
        return self


class By(Part):
    """*by*: an age or a day of the year, for children in one of these states."""

    states: States = Field(min_length=1)
    age: Age | None = None
    day: CalendarDay | None = None
    opens: Period
    """How long before its date it begins to be owed; an answer before that is not about it."""
    answered: Period | None = None
    """How long before its date an answer is about it, where that is less."""
    late_entry: bool = False
    """Owed at once by those who come into the state after the date."""
    act: Period | None = None
    """How long after it opens it has to be done; none: by the date itself."""
    stays: bool = False
    """Owed whether or not the state goes on until then."""
    says: Text
    """What is reached when, in words; ``{due}`` stands for the date."""

    _states = field_validator("states")(known_states)

    @model_validator(mode="after")
    def _one(self) -> By:
        if (self.age is None) == (self.day is None):
            raise ValueError("say either age or day")
        return self


class Ahead(Part):
    """*ahead*: so long before a booked event; a later booking of the same moves it."""

    day_in: Text
    """The detail that carries the day it is booked for. The trigger's sentence has ``{booked}`` for it."""
    held: tuple[Kind, ...] = Field(min_length=1)
    """What says that it took place."""
    passed: Text
    """Why it is not owed any more once the day is past."""

    _held = field_validator("held")(lambda kinds: tuple(map(known_kind, kinds)))


class Before(Part):
    """*before*: what must stand before the trigger takes effect."""

    within: Period | None = None
    """How old it may be; none: from after the last such trigger."""
    phase_ends_at: tuple[int, ...] = ()
    """Ages with which a phase of schooling ends for everybody. Nothing is asked for what takes effect in the last week
    of the school year in which the child becomes so old, or after it, or on the last day of compulsory school age."""


class Extension(Period):
    """What lets the state last longer: so long in all, counted from where the limit is counted from."""

    kind: Kind
    codes: Codes = Field(default={})
    says: Text
    start: date | None = None
    """In force for limits that began on this day or later; none: always."""

    _kind = field_validator("kind")(known_kind)
    _codes = field_validator("codes")(known_code)


class Limit(Part):
    """*limit*: a state may last no longer; what ends it meets it."""

    extended_by: tuple[Extension, ...] = ()


class Window(Part):
    """*window*: a time somebody has to act in, or that must be left to run. Passed, it is over, not late."""

    closed: Text
    """What is so once it has passed, in words."""


class Lasting(Part):
    """*lasting*: a state has gone on for the version's period."""

    state: Text
    with_: dict[str, str] = Field(default={}, alias="with")
    says: Text
    """``{when}`` stands for the first day."""
    cumulative_in: Period | None = None
    """Adding up days of the state within so long, in whole; none: without a break."""
    act: Period | None = None
    """How long after that mark something has to be done; none: by the mark itself."""
    called: Text
    """What would tell that it ended, after *no source for*."""

    _state = field_validator("state")(known_state)


class Adding(Part):
    """*total*: what happenings amount to within a term or year; the one that takes it to the mark opens it."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    of: Literal["school_days", "happenings"]
    """School days: half of the sessions each lasts. Happenings: one each."""
    reaches: float | None = None
    passes: float | None = None
    within: Literal["statutory_term", "school_year"]
    says: Text
    """``{total}`` stands for what it comes to, ``{when}`` for the day."""
    cancelled_by: Kind | None = None
    over: str = ""
    """Why it ends with the term or year, in words; blank: it does not."""

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(known_kind, kinds)))

    @model_validator(mode="after")
    def _one(self) -> Adding:
        if (self.reaches is None) == (self.passes is None):
            raise ValueError("say either reaches (at least so much) or passes (more than so much)")
        return self


class Heard(Part):
    """A kind that breaks a silence or a run."""

    kind: Kind
    with_: tuple[str, ...] = Field(default=(), alias="with")
    without: tuple[str, ...] = ()
    """It does not if any telling carries one of these."""

    _kind = field_validator("kind")(known_kind)
    _marks = field_validator("with_", "without")(lambda marks: tuple(map(known_mark, marks)))


class Sort(Part):
    """One sort of happening among several that count together."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    with_any: tuple[str, ...] = ()
    """Only with one of these marks."""
    codes: Codes = Field(default={})
    """Only with one of these codes."""
    at_least: int = Field(default=1, ge=1)
    """So many of them make the sort, where sorts are counted."""

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(known_kind, kinds)))
    _marks = field_validator("with_any")(lambda marks: tuple(map(known_mark, marks)))
    _codes = field_validator("codes")(known_code)


class Condition(Part):
    """One way a pattern comes about."""

    kinds: tuple[Kind, ...] = ()
    """None given: every kind that may carry one of the marks or signs."""
    with_any: tuple[str, ...] = ()
    """Only with one of these marks."""
    sign_types: tuple[str, ...] = ()
    """Count different types of sign, of these, rather than happenings."""
    starred: bool = False
    """Only signs that are enough alone."""
    sorts: tuple[Sort, ...] = ()
    """In place of kinds and marks: happenings of any of these sorts."""
    different: int = Field(default=0, ge=0)
    """So many of the sorts must each have come about; 0: happenings are counted, of whichever sort."""
    at_least: int = Field(default=1, ge=1)
    agencies: int = Field(default=1, ge=1)
    """Told by at least so many agencies."""
    people: int = Field(default=1, ge=1)
    """Told by at least so many people: an agency and, where it is said, its worker."""
    settled_by: Heard | None = None
    """One of which this was told counts no more: by the reference it names, else the last before it."""
    broken_by: tuple[Heard, ...] = ()
    """Only those after the last of these count."""
    in_states: tuple[str, ...] = ()
    """Only those told while the child was in one of these states; none given: whatever the child was in."""
    children: int = Field(default=1, ge=1)
    """Of at least so many different children, on the line of the place or group that their events mention."""
    within: Period | Literal["half_term"] | None = None
    """In how long, the last day counted, or in the half-term of the last; none: one alone is enough."""
    hours: int | None = None
    """Only where the state `of_state` that it opened lasted so many hours."""
    of_state: str | None = None
    says: Text
    """``{when}`` stands for the last of them."""

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(known_kind, kinds)))
    _marks = field_validator("with_any")(lambda marks: tuple(map(known_mark, marks)))
    _states = field_validator("in_states")(lambda states: tuple(map(known_state, states)))

    @model_validator(mode="after")
    def _sound(self) -> Condition:
        if not (self.kinds or self.with_any or self.sign_types or self.starred or self.of_state or self.sorts):
            raise ValueError("say kinds, with_any, sign_types, starred, sorts or of_state")
        if max(self.at_least, self.children, self.people, self.different) > 1 and self.within is None:
            raise ValueError("at_least, children, people and different need within: in how long")
        if self.sorts and (self.kinds or self.with_any or self.sign_types or self.starred):
            raise ValueError("sorts say kinds and marks themselves; take kinds, with_any, sign_types, starred out")
        if self.different > len(self.sorts):
            raise ValueError("different: there are not so many sorts")
        if (self.hours is None) != (self.of_state is None):
            raise ValueError("hours and of_state go together")
        types = {mark.sign_type for mark in words.marks().values()} - {""}
        if wrong := sorted(set(self.sign_types) - types):
            raise ValueError(f"{', '.join(wrong)} is no type of sign; there are {', '.join(sorted(types))}")
        if self.of_state is not None:
            known_state(self.of_state)
        return self

    @cached_property
    def opening_kinds(self) -> tuple[str, ...]:
        """Kinds that can make it come about."""
        if self.kinds:
            return self.kinds
        if self.sorts:
            return tuple(dict.fromkeys(kind for sort in self.sorts for kind in sort.kinds))
        if self.of_state is not None:
            opened = words.states()[self.of_state].opened_by
            return tuple(spec.partition("+")[0].partition("-")[0] for spec in opened)
        wanted = self.signs.union(self.with_any)
        return tuple(kind.id for kind in words.kinds().values() if wanted & kind.marks)

    @cached_property
    def signs(self) -> frozenset[str]:
        """Marks that are signs it looks for."""
        marks = words.marks().values()
        return frozenset(m.id for m in marks if (m.critical if self.starred else m.sign_type in self.sign_types))

    @property
    def openers(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Kinds that can make it come about, each with marks of which it must carry one; none: it need carry none."""
        if self.sorts:
            yield from ((kind, frozenset(sort.with_any)) for sort in self.sorts for kind in sort.kinds)
            return
        marks = frozenset() if self.of_state is not None else frozenset(self.with_any) or self.signs
        yield from ((kind, marks) for kind in self.opening_kinds)


class Unmoved(Part):
    """What was told so shortly before: with `unless` the pattern then raises nothing."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    within: Period

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(known_kind, kinds)))


class Pattern(Part):
    """*pattern*: so many of these, from so many agencies, within so long, unless. Raised when it comes about,
    and again only after it had ceased."""

    any_of: tuple[Condition, ...] = Field(min_length=1)
    soon_after: Unmoved | None = None
    """Raised only where this was told so shortly before."""
    unless: Unmoved | None = None
    not_in: tuple[str, ...] = ()
    """Not for a child in one of these states."""
    under: int | None = Field(default=None, ge=1, le=25)
    """Only for a child younger than so many years on that day."""

    _states = field_validator("not_in")(lambda states: tuple(map(known_state, states)))


class FromAge(Part):
    """The age from which days count."""

    years: int = Field(ge=1, le=25)
    says: Text
    """``{when}`` stands for that birthday."""


class Again(Part):
    """What answers a silence and does not break it: unheard all the same, it is raised again after as long."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    says: Text
    """That it was tried, in words."""

    _kinds = field_validator("kinds")(lambda kinds: tuple(map(known_kind, kinds)))


class Silence(Part):
    """*silence*: nothing of these kinds for the version's period while a state holds."""

    of: tuple[Heard, ...] = Field(min_length=1)
    states: States = Field(min_length=1)
    not_in: tuple[str, ...] = ()
    """Days in one of these states do not count: another rule speaks for them."""
    from_age: FromAge | None = None
    """Days before that birthday do not count either; where no birthday is known, all do."""
    last: Text
    """The last that was heard, in words."""
    again: Again | None = None
    """What makes it begin anew without having been heard; told before it is raised, it does not."""
    act: Period | None = None
    """How long after that something has to be done; none: by then itself."""

    _states = field_validator("states")(known_states)
    _not_in = field_validator("not_in")(lambda states: tuple(map(known_state, states)))


class Stage(Period):
    """One of several points from one trigger, each with a due date of its own."""

    id: Text
    title: Text
    answers: tuple[Kind, ...] = ()
    """Those of the rule's answers that meet it; none given: any."""


class Relay(Part):
    """*relay*: what became of one duty opens this one."""

    of: Text
    """Id of the duty."""
    when: Literal["another_route", "met", "overdue"]
    says: Text
    """``{when}`` stands for the day that answer was given."""


class SeatTold(Part):
    """What says that somebody took the seat or left it."""

    kind: Kind
    codes: Codes = Field(default={})

    _kind = field_validator("kind")(known_kind)
    _codes = field_validator("codes")(known_code)


class Seat(Part):
    """*seat*: nobody sits in a seat that a state requires."""

    states: States = Field(min_length=1)
    taken_by: tuple[SeatTold, ...] = Field(min_length=1)
    left_by: tuple[SeatTold, ...] = ()
    left: str = ""
    """Somebody left it, in words."""
    from_start: bool = True
    """Whether it is owed from the state's first day too, or only once somebody has left the seat."""

    _states = field_validator("states")(known_states)
