"""What a life is made of, before anyone writes it into a file.

Days are ordinals and moments minutes (`days.py`); None is "has not happened" or "nobody knows".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from throughline.invent.partners import Enrolment, Exploitation, Meeting, Occurrence, Plan, Referral, Saying, Visit

_SECONDARY = 11.4
"""Years of age from which a child goes to a secondary school, near enough."""


class Home(NamedTuple):
    """Where a child's family lives, from a day on; the authority there knows the child by `la_id`."""

    since: int
    area: int
    """Index into `Partnership.areas`."""
    postcode: str
    la_id: str
    primary: int
    secondary: int
    """Indexes into the area's schools."""


@dataclass(slots=True)
class Child:
    """Who a child is."""

    number: int
    forename: str
    surname: str
    called: str
    """The name the child uses, where it is another one."""
    sex: str
    born: int
    ethnicity: str
    disabilities: tuple[str, ...]
    upn: str
    upn_unknown: str
    """UN1-UN7 where there is no UPN."""
    nhs_number: str
    homes: list[Home]
    brothers_and_sisters: int
    renamed: tuple[int, str] | None = None
    """The day a new surname came, and which."""
    accompanied: bool = False
    """A parent is in the room each time somebody asks the child."""
    family: str = ""
    """Shared by brothers and sisters."""
    temporary_upn: str = ""
    """A number a school gave before the right one was found."""

    def home(self, day: int) -> Home:
        """Where the family lives on that day (the first known home before it)."""
        current = self.homes[0]
        for home in self.homes[1:]:
            if home.since <= day:
                current = home
        return current

    def school(self, day: int) -> int:
        """Index of the school that children of that home and age go to."""
        home = self.home(day)
        return home.primary if self.age(day) < _SECONDARY else home.secondary

    def age(self, day: int) -> float:
        """In years, near enough to choose by."""
        return (day - self.born) / 365.25


class Assessment(NamedTuple):
    start: int
    done: int | None
    factors: tuple[str, ...]


class Enquiry(NamedTuple):
    """A section 47 enquiry: discussed, started, and the conference it led to."""

    discussed: int
    start: int
    target: int
    conference: int | None
    not_required: bool
    booked: int | None


class Protection(NamedTuple):
    """A child protection plan and its reviews."""

    start: int
    end: int | None
    first_category: str
    latest_category: str
    earlier_plans: int
    reviews: tuple[int, ...]


@dataclass(slots=True)
class Case:
    """One referral and what became of it."""

    area: int
    referred: int
    source: str
    need: str
    nfa: bool = False
    closed: int | None = None
    closed_for: str = ""
    assessments: list[Assessment] = field(default_factory=list)
    plans: list[tuple[int, int | None]] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    protection: list[Protection] = field(default_factory=list)
    into_care: int | None = None
    """The day this work led to the child coming into care."""


class Episode(NamedTuple):
    """One SSDA903 episode: no change of legal status or placement within it."""

    start: int
    new: str
    """RNE."""
    legal: str
    need: str
    place: str
    provider: str
    end: int | None
    ceased: str
    """REC, blank while open."""
    change: str
    """REASON_PLACE_CHANGE, where the placement ends."""
    home_postcode: str
    place_postcode: str
    urn: str
    unplanned: bool


class Worker(NamedTuple):
    """A social worker's time with a child, by code."""

    code: str
    start: int
    end: int | None
    why: str
    """Why this worker and no longer the last one."""


@dataclass(slots=True)
class Spell:
    """One period of being looked after."""

    area: int
    episodes: list[Episode]
    reviews: list[tuple[int, str]]
    """(held on, participation code)."""
    workers: list[Worker]
    first_permanence: str
    adoption: tuple[int, int, int] | None = None
    """Decided, matched, placed."""
    alone_until: int | None = None
    """An unaccompanied child: the day that status is to end (DUC)."""

    @property
    def start(self) -> int:
        return self.episodes[0].start

    @property
    def end(self) -> int | None:
        return self.episodes[-1].end

    @property
    def ceased(self) -> str:
        return self.episodes[-1].ceased

    def during(self, day: int) -> bool:
        """Whether the child was looked after on that day."""
        return self.start <= day and (self.end is None or day < self.end)


class Interview(NamedTuple):
    """What the missing hub did about one return; moments, None where it was not done or not written down."""

    allocated: int
    offered: str
    offered_at: int | None
    accepted: str
    declined_at: int | None
    held_at: int | None
    role: str
    independent: str
    parent_present: str
    why_not: str
    push: str
    pull: str
    words: str
    signs: str
    actions: str
    shared_with: str
    shared_at: int | None


class Absence(NamedTuple):
    """One time a child was missing or away without agreement, as it was."""

    ref: str
    since: int
    reported: int
    source: str
    """home, care, school, hospital, other."""
    area: int
    category: str
    first_risk: str
    last_risk: str
    found: int | None
    returned: int | None
    """When the child was safely back; None: still away."""
    times_known: bool
    return_told: bool
    """Whether the police wrote the return down; if not, theirs stays open although the child is back."""
    found_where: str
    how_back: str
    prevention: int | None
    flags: str
    to_police: bool
    to_return: bool
    """Told in the SSDA903 return too."""
    interview: Interview | None


class Exclusion(NamedTuple):
    """A suspension, permanent exclusion or lunchtime exclusion."""

    area: int
    school: int
    category: str
    start: int
    sessions: int
    reasons: tuple[str, str, str]
    la_told: int | None
    worker_told: int | None
    education_from: int | None
    governors: int | None
    outcome: str
    cancelled: int | None


class Schooling(NamedTuple):
    """A spell on an authority's education register."""

    area: int
    status: str
    start: int
    end: int | None
    hours: str
    school_la: str
    reason: str
    last_review: int | None
    next_review: int | None
    view_at: int | None


class Told(NamedTuple):
    """One row of an `events` file: something a case system or a school tells in our own words' terms."""

    area: int
    by: str
    """Type of agency that tells it: la, school, community_health, conference_service and so on."""
    school: int
    """Index of the school that tells it; -1 for every other agency."""
    kind: str
    at: int
    """Moment."""
    timed: bool
    """Whether the time of day is known."""
    recorded: int | None
    """Day it was written down, where the system says."""
    marks: str
    details: tuple[tuple[str, str], ...]
    level: str
    tags: str


@dataclass(slots=True)
class Life:
    """One child's three years, and what of earlier years still holds."""

    child: Child
    cases: list[Case] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    schooling: list[Schooling] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    roll: list[Enrolment] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    plan: Plan | None = None
    """The education, health and care plan, if one was ever asked for."""
    exploitation: Exploitation | None = None
    meetings: list[Meeting] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)

    def in_care(self, day: int) -> Spell | None:
        """The period of care that day lies in, if any."""
        for spell in self.spells:
            if spell.during(day):
                return spell
        return None

    def open_case(self, day: int) -> bool:
        """Whether social care was working with the child that day."""
        return any(
            not case.nfa and case.referred <= day and (case.closed is None or day < case.closed) for case in self.cases
        )
