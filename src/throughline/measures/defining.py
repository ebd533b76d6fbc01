"""What is counted of every duty and flag, as `measures.yaml` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import feeds, words
from throughline.duties import STATES

NOT_KNOWN = ""
"""The slot of a breakdown of which no source says anything."""
MONTH = "month"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that can have become of a duty, or been said of a flag."""

    id: str
    title: str
    look: str
    """As in LOOK's table of states: the end of ``tl-status--…``."""
    states: tuple[str, ...] = ()
    """Of `duties.status`; none for what is said of a flag."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Something a measure can be counted by."""

    id: str
    title: str
    group: bool
    """By who a child is: only counted, and for fewer roles (`sharing.policy`)."""
    blank: str
    """What stands for those of whom no source says it."""
    slots: Mapping[str, str]
    """Slot -> title, in order; whatever else is found comes after, by name."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """When a flag is reviewed before it stays on (practice R30)."""

    more: float
    """Raised at least so many times as often on a group as on all others."""
    less: float
    """Proved relevant at most so many times as often."""
    raised_at_least: int
    judged_at_least: int


class Told(NamedTuple):
    """Where a delivery says to which ethnic group a child belongs."""

    feed: str
    table: str
    cell: int
    """Which of a statement's cells, counted from 0."""


class Year(NamedTuple):
    """Twelve months that no other year shares a day with."""

    first: date
    last: date

    @property
    def id(self) -> str:
        """The calendar year it begins in."""
        return str(self.first.year)

    @property
    def months(self) -> tuple[str, ...]:
        """Its months in order, as ``2026-04``."""
        start = self.first.year * 12 + self.first.month - 1
        return tuple(f"{m // 12}-{m % 12 + 1:02d}" for m in range(start, start + 12))


@lru_cache
def _file() -> Mapping[str, Any]:
    given: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("measures.yaml").read_text("utf-8"))
    return given


@lru_cache
def outcomes() -> Mapping[str, Part]:
    """What can have become of a duty that fell due. Together they are every state of `duties.status`, each once."""
    found = {id: Part(id, p["title"], p["look"], tuple(p["states"])) for id, p in _file()["outcomes"].items()}
    if sorted(state for part in found.values() for state in part.states) != sorted(STATES):
        raise ValueError("measures.yaml: outcomes do not have every state of a duty exactly once")
    return found


@lru_cache
def outcome_of() -> Mapping[str, str]:
    """State of a duty -> the outcome it is counted as."""
    return {state: part.id for part in outcomes().values() for state in part.states}


@lru_cache
def verdicts() -> Mapping[str, Part]:
    """What can have been said of a flag; the last: nothing yet."""
    return {id: Part(id, p["title"], p["look"]) for id, p in _file()["verdicts"].items()}


def listed(name: str) -> tuple[str, ...]:
    """Ids that stand together in the file: ``judged``, ``done``, ``waiting``, ``proved``."""
    return tuple(_file()[name])


def wait_of_at_least() -> int:
    """Children behind a median or a longest wait that is said."""
    n: int = _file()["wait_of_at_least"]
    return n


@lru_cache
def breakdowns() -> Mapping[str, Breakdown]:
    """By what a measure can be counted, besides its months."""
    return {
        id: Breakdown(id, b["title"], b.get("group", False), b["blank"], b.get("slots", {}))
        for id, b in _file()["breakdowns"].items()
    }


@lru_cache
def ethnic_group() -> Mapping[str, str]:
    """Code of the returns -> slot of the breakdown."""
    return {code: slot for slot, codes in _file()["ethnicity"].items() for code in codes}


@lru_cache
def ethnicity_told() -> tuple[Told, ...]:
    """Where deliveries say it. A column that a feed does not have is an error."""
    return tuple(
        Told(t["feed"], t["table"], tuple(feeds.get(t["feed"]).tables[t["table"]]).index(t["column"]))
        for t in _file()["ethnicity_told"]
    )


@lru_cache
def fairness() -> Fairness:
    """This partnership's figures."""
    return Fairness(**_file()["fairness"])


@lru_cache
def happened() -> Mapping[str, str]:
    """Kinds of event that are counted by who children are, and what they are called there."""
    found: Mapping[str, str] = _file()["happened"]
    for kind in found:
        if kind not in words.kinds():
            raise words.UnknownWord(kind, "kind of event")
    return found


def year_of(day: date) -> Year:
    """The year a day lies in."""
    month: int = _file()["year_begins"]
    start = date(day.year - (day.month < month), month, 1)
    return Year(start, date(start.year + 1, month, 1) - timedelta(days=1))
