"""What pages about many children are handed: rows, lists, boards, whom to ring, what a short form knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from throughline.web.casework.shapes import Changed, DraftRow, Hit, NoticeRow, Owed, Who


@dataclass(frozen=True, slots=True)
class Act:
    """A short form offered from a row."""

    id: str
    words: str
    """On the row: ``Returned``, ``Offered``."""
    title: str
    """In full, for who only hears it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a worklist or a board: whom it is about, why it stands here, by when, who else acts."""

    child: Who | None
    """None: the row is about a worker or another adult."""
    what: str
    """What it is, in a few words."""
    why: str
    """The facts behind it, in a sentence."""
    owed: Owed | None = None
    """The duty, where the row is one."""
    on: date | datetime | None = None
    """When it happened, or what it is booked for."""
    timer: str = ""
    """Hours or days it has lasted, or are left."""
    runs_from: datetime | None = None
    runs_to: datetime | None = None
    """Since or until when the timer counts, where hours do: then it goes on by itself (clocks.js)."""
    part: float | None = None
    """How much of its time has gone, 0 to 1."""
    due: date | None = None
    """By when it is to be answered, where a local aim says so."""
    standing: tuple[str, ...] = ()
    """What holds for the child now: ``In care``, ``On the support list``."""
    lead: str = ""
    """Who works with the child: ``Ana Reyes, 01632 960120``; blank: nobody is named here."""
    number: int = 0
    """How many, where the row stands for several."""
    acts: tuple[Act, ...] = ()
    """Short forms of its own, where its list names none."""
    put_off: str = ""
    """Until when its owner put it off, and why; blank: it is not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One list as a page shows it: its first rows, and how many there are."""

    id: str
    title: str
    short: str
    rows: tuple[Row, ...]
    count: int
    empty: str
    """What an empty list means."""
    received: tuple[str, ...] = ()
    """How far an empty list may be trusted: what came from whom, and who is silent."""
    acts: tuple[Act, ...] = ()
    timer: bool = False

    @property
    def left_off(self) -> int:
        """How many rows there are besides those shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class OwedLine:
    """One line of somebody's list by itself, and what can be done about it besides doing it."""

    owed: Owed
    put_off: str
    """Until when its owner put it off, and why; blank: it is not."""
    may_put_off: bool


@dataclass(frozen=True, slots=True)
class Monday:
    """My Monday, for one person on one day."""

    as_of: date
    children: int
    lists: tuple[Shown, ...]
    """In the role's own order."""
    cannot_tell: int
    changed: tuple[Changed, ...]
    notices: tuple[NoticeRow, ...]
    drafts: tuple[DraftRow, ...]
    changed_of: int = 0
    """Of how many children something came in; the newest of them are in `changed`."""

    def list(self, id: str) -> Shown:
        """One of its lists."""
        return next(one for one in self.lists if one.id == id)


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One board, and the others there are for this person."""

    id: str
    title: str
    as_of: date
    lists: tuple[Shown, ...]
    came: tuple[str, ...]
    """Sentences: who has sent what the board rests on."""
    silent: tuple[str, ...]
    """Sentences: who has not, so that nobody can tell there."""
    others: tuple[tuple[str, str], ...]
    """Id and title of every board of theirs, this one included."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Whom to ring about one child tonight, and what to know before."""

    hit: Hit
    missing_since: datetime | date | None
    contact: str
    """How to reach the child safely."""
    plan: str
    plan_on: date | None
    """The safety plan in force, and of which day; blank: none is written down."""
    people: tuple[tuple[str, str, str], ...]
    """Seat, name and number of each adult around the child, who leads first."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What an entry belongs to: a missing episode as it was told."""

    title: str
    at: datetime | date
    said_by: str
    """Title."""
    ref: str
    """The reference its records share; blank: they share none."""
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a short form is filled in with beforehand."""

    given: dict[str, str]
    episode: Episode | None
