"""What selectors hand to pages: plain frozen values, already allowed for this viewer, nothing to query.

Dates are London civil dates, moments are aware UTC; titles are words a person reads, ids are for links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from throughline.web.casework.reading.disputed import Objection


@dataclass(frozen=True, slots=True)
class Similar:
    """Another child who could be mistaken for this one."""

    name: str
    differs: str
    """``born 2 Mar 2011, Norbrook``."""


@dataclass(frozen=True, slots=True)
class Who:
    """A child as every list and header names them."""

    id: UUID
    """For addresses."""
    name: str
    """The name they use, else forename and surname."""
    legal_name: str
    dob: date | None
    identity: str
    """``LA 4411 · UPN ..203``."""
    area: str
    """Title of the authority that knows them, blank if none does."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is on one line with a duty, because it asks for the same act: an alert of it, or the duty itself."""

    id: int
    duty_id: str
    title: str
    strength: str
    due: date | datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed to a child, with its status on the day asked for."""

    id: int
    child: Who
    duty_id: str
    title: str
    state: str
    """upcoming | due soon | due | overdue | met | met late | met by another route | not owed | cannot tell."""
    strength: str
    """MUST SG GD TG LO."""
    owed_by: str
    """Title of whoever owes it."""
    opened_on: date
    due_on: date | None
    due_at: datetime | None
    """An hour clock's moment, else null."""
    precision: str
    """exact | day | estimated."""
    met_on: date | None
    met_at: datetime | None
    late: int
    late_unit: str
    trigger_kind: str
    """What kind of event to record to answer it is in `met_by_kinds`."""
    met_by_kinds: tuple[str, ...]
    why_not: str
    """For *not owed* why; for *cannot tell* what is missing."""
    because: str
    """The facts and the arithmetic in words."""
    source: str
    """Citation of the law or local rule."""
    link: str
    evidence: tuple[str, ...]
    """Keys of the items on the line it rests on."""
    opened_at: datetime | None = None
    """An hour clock's first moment, else null."""
    beside: tuple[Beside, ...] = ()
    informed: tuple[str, ...] = ()
    """Titles of those who see it besides whoever owes it."""
    flag: bool = False
    """A flag of the practice table: what came of it is asked."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Something new about a child since the viewer last looked."""

    child: Who
    title: str
    happened_on: date
    received_on: date
    said_by: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Something the viewer read was put in question, or has been judged."""

    id: int
    child: Who
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Half-typed words waiting."""

    child: Who
    kind: str
    title: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """One child a search found: the locator, and whether this viewer may open the page."""

    who: Who
    may_open: bool
    lead: str
    """Whom to ring: ``Ana Reyes, 01632 960120``; blank if nobody is allocated."""
    differs: str = ""
    """Where another hit bears the same name: what tells this one apart."""


@dataclass(frozen=True, slots=True)
class Search:
    """Answer to a search; the token allows a child to be created in the next minutes."""

    query: str
    hits: tuple[Hit, ...]
    more: bool
    token: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A state that holds: its words, since when."""

    state: str
    title: str
    """``In care (care order)``, ``Child protection plan (neglect)``."""
    since: date | None
    """Null: already so when the records begin."""
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat around the child; a seat nobody holds is shown empty."""

    role: str
    name: str
    phone: str
    agency: str
    since: date | None


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The child's newest words."""

    words: str
    on: date
    to: str
    changed: str
    told_back: str
    key: str


@dataclass(frozen=True, slots=True)
class Stub:
    """Something is there that this viewer does not see: said without its content."""

    text: str
    """Which agency holds it, whom of theirs to ask, and when they were last involved."""
    count: int


@dataclass(frozen=True, slots=True)
class Authorities:
    """Owes the duty; where the family lives; where the placement is."""

    responsible: str
    home: str
    host: str
    home_why: str
    """Where that is known from, or why it is not; blank: nobody has said anything."""
    host_why: str
    distance: str
    """``out of area, 34.2 miles from home``; blank: no home, or no postcode directory."""


@dataclass(frozen=True, slots=True)
class Page:
    """The child's page above the fold, as of a day."""

    who: Who
    as_of: date
    relation: str
    """Why the viewer sees it: ``allocated``, ``reviewer``, ``team``, ``hub``."""
    similar: tuple[Similar, ...]
    standing: tuple[Standing, ...]
    authorities: Authorities
    missing_since: datetime | date | None
    safe_contact: str
    own_words: OwnWords | None
    owed: tuple[Owed, ...]
    """At most five."""
    owed_later: int
    team: tuple[Seat, ...]
    stubs: tuple[Stub, ...]
    open_questions: int
    makes_copy: bool
    """The viewer may hand the child a copy of this."""
    open_until: datetime | None
    """Opened to the viewer in an emergency, until then."""
    may_break_glass: bool
    shows_requests: bool
    """Requests for the child's whole record are theirs to see."""
    gives_seats: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One agency's telling of a happening."""

    key: str
    title: str
    """What this agency calls it."""
    said_by: str
    """Title."""
    happened_on: date
    happened_at: datetime | None
    recorded: date | datetime | None
    received_on: date
    source: str
    """``missing_march.csv, row 27``, or ``typed here``."""
    details: tuple[tuple[str, str], ...]
    """Label and value, as a person reads them."""
    statement_id: int
    names: tuple[tuple[str, str], ...] = ()
    """Places, plans and the like that it names: kind of subject and name."""
    objections: tuple[Objection, ...] = ()
    """What somebody says is not right about it."""


@dataclass(frozen=True, slots=True)
class PartedRow:
    """Somebody has said that a telling is not the same thing as another."""

    id: int
    said_by: str
    """Title of whoever tells the other."""
    by: str
    """Who said so."""
    on: date
    why: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One happening, told by one or several."""

    happening: int
    key: str
    """Of the first telling: what *Not this child* and links name."""
    kind: str
    title: str
    lane: str
    shape: str
    """circle | diamond | bubble | square."""
    happened_on: date
    happened_at: datetime | None
    precision: str
    latest_on: date
    """Equals `happened_on` unless tellings differ."""
    words: str
    """The child's own words, if that is what it is."""
    marks: tuple[str, ...]
    """Titles."""
    learnt_on: date
    """The day the partnership first received any telling."""
    in_question: bool
    tellings: tuple[Told, ...]
    joined_why: str = ""
    """Why its tellings are taken as one; blank for a single telling."""
    partings: tuple[PartedRow, ...] = ()
    """From what people have parted it."""

    @property
    def differences(self) -> tuple[str, ...]:
        """What its tellings do not agree on: labels, the day and the time first. Silence is no difference."""
        told = self.tellings
        days = {t.happened_on for t in told}
        times = {t.happened_at for t in told if t.happened_at}
        said: dict[str, set[str]] = {}
        for telling in told:
            for label, value in telling.details:
                said.setdefault(label, set()).add(value.casefold())
        found = ["when"] if len(days) > 1 or len(times) > 1 else []
        return tuple(found + [label for label, values in said.items() if len(values) > 1])


@dataclass(frozen=True, slots=True)
class Chapter:
    """One bar of the chapters: a home, a school, a plan, a lead worker."""

    row: str
    """home | school | plan | worker | missing."""
    title: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Gap:
    """The stretch outside which silence from an agency means nothing."""

    agency: str
    """Title."""
    lane: str
    before: date
    """Not yet receiving before this day."""
    after: date
    """Nothing since this day."""


@dataclass(frozen=True, slots=True)
class Line:
    """The whole line of one child, on one day, as known."""

    who: Who
    as_of: date
    lens: str
    """``received`` | ``recorded`` | blank (today, everything)."""
    rows: tuple[LineRow, ...]
    """Oldest first."""
    chapters: tuple[Chapter, ...]
    duties: tuple[Owed, ...]
    gaps: tuple[Gap, ...]
    later_learnt: int
    """How many happenings up to `as_of` are known today and were not then."""
    faults: tuple[FaultRow, ...]


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault, for a page or a download."""

    file: str
    sheet: str
    row: int
    column: str
    value: str
    rule: str
    severity: str
    message: str
    fix_by: str
    around: date | None


@dataclass(frozen=True, slots=True)
class Source:
    """One agency's records of the child, and why they are taken to be the child's."""

    agency: str
    """Title."""
    known_as: str
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a line, where it is doubted."""

    child: Who
    key: str
    title: str
    happened_on: date
    said_by: str
    """Title."""
    in_question: bool
