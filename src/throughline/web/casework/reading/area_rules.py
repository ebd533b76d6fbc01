"""What the pages of an area count, as `area.yaml` says it, and what of that the database needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from throughline import duties, words
from throughline.web.casework import rows, rules_here


@dataclass(frozen=True, slots=True)
class Wait:
    """A question, and what would have answered it."""

    ask: str
    mark: str
    """A mark the question must carry; blank: none."""
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the head of an area's page."""

    id: str
    title: str
    of: str
    one: str
    many: str
    slots: Mapping[str, str]
    """Part -> its title, in order."""
    kinds: frozenset[str]
    """Whose silence matters."""
    fresh_days: int | None
    """How old the last word may be; None: every duty says by itself whether it can be told."""
    state: str
    wait: Wait | None
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a chart: states of duties that are one thing to a reader."""

    id: str
    title: str
    states: tuple[str, ...]
    look: str
    """As in LOOK's table of states: the end of ``tl-status--…``."""


@lru_cache
def _file() -> Mapping[str, Any]:
    given: Mapping[str, Any] = yaml.safe_load(Path(__file__).parents[1].joinpath("area.yaml").read_text("utf-8"))
    return given


@lru_cache
def figures() -> Mapping[str, Figure]:
    """Every figure, in the order of the page. A word the file uses that is not in `words` is an error."""
    return {id: _figure(id, given) for id, given in _file()["figures"].items()}


def _figure(id: str, given: Mapping[str, Any]) -> Figure:
    wait = given.get("wait")
    asked = Wait(wait["ask"], wait.get("mark", ""), tuple(wait["answers"])) if wait else None
    for kind in (*given["kinds"], *((asked.ask, *asked.answers) if asked else ())):
        if kind not in words.kinds():
            raise words.UnknownWord(kind, "kind of event")
    state = given.get("state", "")
    if state and state not in words.states():
        raise words.UnknownWord(state, "state")
    for duty in given.get("duties", ()):
        if duty not in duties.rulebook():
            raise words.UnknownWord(duty, "duty")
    one, many = given["unit"]
    slots = given.get("slots") or (_file()["wait_slots"] if asked else {})
    return Figure(
        id, given["title"], given["of"], one, many, slots, frozenset(given["kinds"]), given.get("fresh_days"),
        state, asked, tuple(given.get("duties", ())),
    )  # fmt: skip


def interview() -> str:
    """The duty of the return interview."""
    id: str = _file()["interview"]
    return id


@lru_cache
def outcomes() -> tuple[Part, ...]:
    """How an interview that was owed can have gone."""
    return _parts("outcomes")


@lru_cache
def standings() -> tuple[Part, ...]:
    """Where a duty that fell due can stand."""
    return _parts("standings")


def _parts(name: str) -> tuple[Part, ...]:
    return tuple(Part(id, p["title"], tuple(p["states"]), p["look"]) for id, p in _file()[name].items())


def strengths() -> Mapping[str, str]:
    """What a duty rests on, code -> title, the strongest first."""
    found: Mapping[str, str] = _file()["strengths"]
    return found


def distances() -> Mapping[str, str]:
    """Bands of distance from home, the nearest first."""
    found: Mapping[str, str] = _file()["distances"]
    return found


def for_the_database() -> Mapping[str, Any]:
    """What `app_counted` takes beside the moment."""
    book = rules_here.book()
    return {
        "lasting": [id for id, rule in book.items() if rows.lasts(rule)],
        "past": rows.PAST.days,
        "strengths": {id: rule.strength for id, rule in book.items()},
        "interview": interview(),
        "late": [{"id": f.id, "duties": list(f.duties)} for f in figures().values() if f.duties],
        "waits": [
            {"id": f.id, "ask": f.wait.ask, "mark": f.wait.mark, "answers": list(f.wait.answers)}
            for f in figures().values()
            if f.wait
        ],
    }
