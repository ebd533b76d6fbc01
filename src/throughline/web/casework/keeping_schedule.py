"""How long each kind of record is kept, from `keeping.yaml`, and until when that is for one child. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import feeds, words
from throughline.words.calendars import add_months

TIME = "time"
"""The ground of most destructions: the period is over."""
_ADULT = 18 * 12
_BIRTH, _DIED = "birth", "died"


class Told(NamedTuple):
    """One event of a child, as far as periods ask."""

    kind: str
    day: date
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sign:
    """Something in a child's record that a period asks for: a state ever held, or an event."""

    state: str = ""
    kind: str = ""
    detail: str = ""
    codes: frozenset[str] = frozenset()

    def days(self, events: Iterable[Told]) -> list[date]:
        """On which days an event said so."""
        said = (e for e in events if e.kind == self.kind)
        return [e.day for e in said if not self.detail or e.details.get(self.detail) in self.codes]


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record of a child, and how long it is kept."""

    id: str
    title: str
    law: str
    link: str
    years: int
    start: str
    """``birth``, or an id of the schedule's `starts`."""
    has: tuple[Sign, ...]
    """Any of them makes it this kind; none: every child's is."""
    died_under_18: int
    """Years from the death of somebody who died before 18, instead; 0: no other period."""
    binding: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of some feeds, which go before the record they stand in."""

    id: str
    title: str
    law: str
    link: str
    years: int
    feeds: tuple[str, ...]
    within: frozenset[str]
    """Kinds of record they stay in."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a record may go."""

    id: str
    title: str
    law: str
    before_time: bool
    past_binding: bool


class ByItself(NamedTuple):
    """What goes, or stays, without anybody's signature."""

    what: str
    how_long: str
    where: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole of `keeping.yaml`."""

    starts: Mapping[str, Sign]
    records: Mapping[str, Record]
    rows: Mapping[str, Rows]
    grounds: Mapping[str, Ground]
    holds: Mapping[str, str]
    """Why something is held: id and sentence."""
    backup_days: int
    by_itself: tuple[ByItself, ...]

    @property
    def titles(self) -> Mapping[str, str]:
        """Of every kind of record and of rows, by its id."""
        return {id: kind.title for kinds in (self.records, self.rows) for id, kind in kinds.items()}

    def signs(self) -> tuple[Sign, ...]:
        """Everything that periods ask of a record."""
        return (*self.starts.values(), *(sign for record in self.records.values() for sign in record.has))


@dataclass(frozen=True, slots=True)
class Life:
    """What periods need to know of a child."""

    born: date | None
    states: frozenset[str]
    """Every state they were ever in."""
    events: tuple[Told, ...]


class Kept(NamedTuple):
    """Until when a child's record is kept, and by which kind of record."""

    record: Record
    until: date | None
    """The first day on which it may go; None: that cannot be told."""


@lru_cache
def schedule() -> Schedule:
    """The schedule as it stands; a word it uses that is not known is an error."""
    text = (Path(__file__).parent / "keeping.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.safe_load(text)
    return Schedule(
        starts={id: _sign(sign) for id, sign in given["starts"].items()},
        records={id: _record(id, r, given["starts"]) for id, r in given["records"].items()},
        rows={id: _rows(id, r, given["records"]) for id, r in given["rows"].items()},
        grounds={
            id: Ground(id, g["title"], g["law"], g.get("before_time", False), g.get("past_binding", False))
            for id, g in given["grounds"].items()
        },
        holds=given["holds"],
        backup_days=given["backups"]["days"],
        by_itself=tuple(ByItself(**line) for line in given["by_itself"]),
    )


def kept(life: Life) -> Kept:
    """Which kind of record governs a child's, and until when it is kept: of those that fit, the one that ends last.

    One whose end cannot be told governs over all: nobody may take it for over.
    """
    ends = [Kept(record, _until(record, life)) for record in schedule().records.values() if _fits(record, life)]
    return max(ends, key=lambda end: end.until or date.max)


def _fits(record: Record, life: Life) -> bool:
    return not record.has or any(sign.state in life.states or sign.days(life.events) for sign in record.has)


def _until(record: Record, life: Life) -> date | None:
    died = schedule().starts[_DIED].days(life.events)
    if record.died_under_18 and died and life.born and max(died) < add_months(life.born, _ADULT):
        return add_months(max(died), record.died_under_18 * 12)
    if record.start == _BIRTH:
        began = [life.born] if life.born else []
    else:
        began = schedule().starts[record.start].days(life.events)
    return add_months(max(began), record.years * 12) if began else None


def _sign(given: Mapping[str, Any]) -> Sign:
    if (state := given.get("state", "")) and state not in words.states():
        raise words.UnknownWord(state, "state")
    if (kind := given.get("kind", "")) and kind not in words.kinds():
        raise words.UnknownWord(kind, "kind of event")
    return Sign(state, kind, given.get("detail", ""), frozenset(given.get("codes", ())))


def _record(id: str, given: Mapping[str, Any], starts: Mapping[str, Any]) -> Record:
    if given["from"] != _BIRTH and given["from"] not in starts:
        raise words.UnknownWord(given["from"], "start of a period")
    return Record(
        id,
        given["title"],
        given["law"],
        given["link"],
        given["years"],
        given["from"],
        tuple(_sign(sign) for sign in given.get("has", ())),
        given.get("died_under_18", 0),
        given.get("binding", False),
    )


def _rows(id: str, given: Mapping[str, Any], records: Mapping[str, Any]) -> Rows:
    if unknown := set(given["within"]) - set(records):
        raise words.UnknownWord(", ".join(sorted(unknown)), "kind of record")
    known = {feed.id for feed in feeds.registry()}
    if unknown := set(given["feeds"]) - known:
        raise words.UnknownWord(", ".join(sorted(unknown)), "feed")
    return Rows(
        id,
        given["title"],
        given["law"],
        given["link"],
        given["years"],
        tuple(given["feeds"]),
        frozenset(given["within"]),
    )
