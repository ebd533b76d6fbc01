"""Posts to which a child is a concern, from what happened: the hub while it has something to do for them, the
manager and duty team while they are open, the panel while they are on its list, their school.

Which facts make a concern is in `concerns.yaml`. Each carries its last day, so that it ends by itself and nothing
has to run at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from throughline import duties, sharing, timeline, words
from throughline.timeline import Line
from throughline.timeline.happenings import Happening
from throughline.timeline.states import Segment
from throughline.web import replacing
from throughline.web.casework import rules_here
from throughline.words.calendars import birthday

Life = tuple[Line, Iterable[duties.Instance]]
"""A child's line, and what is owed on it."""
Span = tuple[date, date | None]
"""First and last day; no last day: it goes on."""

_COLUMNS = {
    "child_id": "bigint", "kind": "text", "post": "text", "start": "date", "end": "date", "source": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a post to see a child, as `concerns.yaml` gives it."""

    post: str
    why: str
    states: tuple[str, ...]
    after: timedelta
    kinds: tuple[str, ...]
    days: timedelta
    owed: str
    where_no: str
    from_age: int | None


@cache
def grounds() -> Mapping[str, tuple[Ground, ...]]:
    """Every ground, by relation; a word that is not in `words` is an error."""
    given = yaml.safe_load((Path(__file__).parent / "concerns.yaml").read_text(encoding="utf-8"))
    if unknown := set(given) ^ set(sharing.POSTS):
        raise words.UnknownWord(", ".join(sorted(unknown)), "relation of a post")
    return {relation: tuple(_ground(one) for one in several) for relation, several in given.items()}


def _ground(given: Mapping[str, Any]) -> Ground:
    states, areas = tuple(given.get("states", ())), frozenset(given.get("areas", ()))
    kinds = (*given.get("kinds", ()), *(kind.id for kind in words.kinds().values() if kind.area in areas))
    for state in (*states, *filter(None, [given.get("where_no")])):
        if state not in words.states():
            raise words.UnknownWord(state, "state")
    for kind in kinds:
        if kind not in words.kinds():
            raise words.UnknownWord(kind, "kind of event")
    return Ground(
        given["post"], given["why"], states, timedelta(given.get("after", 0)), kinds, timedelta(given.get("for", 0)),
        given.get("owed", ""), given.get("where_no", ""), given.get("from_age"),
    )  # fmt: skip


def relate(children: list[int], lives: Mapping[int, Life], pages: Mapping[int, timeline.Page], today: date) -> None:
    """Work out again which posts these children concern; `lives` lacks children of whom nothing is known.

    None concerns anybody without a page (`pages`: those open or to be), or longer than their page is there.
    """
    replacing.replace(
        "accounts_concern",
        _COLUMNS,
        ("child_id", "kind", "post"),
        children,
        (
            (child, kind, post, start, _last(start, end, pages[child].until), why)
            for child, (line, instances) in lives.items()
            if child in pages
            for (kind, post), (start, end, why) in _concerns(line, tuple(instances), today).items()
        ),
    )


def _last(start: date, end: date | None, until: date | None) -> date | None:
    """The last day of a concern: not after the page has closed. One that only begins later stays as it is."""
    return until if until is not None and start <= until and (end is None or end > until) else end


def _concerns(
    line: Line, instances: tuple[duties.Instance, ...], today: date
) -> dict[tuple[str, str], tuple[date, date | None, str]]:
    """One for each relation and post that has one today or later: it lasts as long as the longest of its grounds."""
    found: dict[tuple[str, str], tuple[date, date | None, str]] = {}
    for kind, several in grounds().items():
        for ground in several:
            if ground.where_no and line.segments(ground.where_no):
                continue
            for (start, end), posts in _spans(line, ground, instances):
                if end is not None and end < today:
                    continue
                for post in posts:
                    known = found.get((kind, post))
                    if known is None or (known[1] is not None and (end is None or end > known[1])):
                        found[kind, post] = (min(start, known[0]) if known else start, end, ground.why)
    return found


def _spans(line: Line, ground: Ground, instances: Iterable[duties.Instance]) -> Iterator[tuple[Span, frozenset[str]]]:
    """From when to when a ground is there, and at which posts."""
    if ground.from_age is not None and line.dob is None:
        return
    earliest = birthday(line.dob, ground.from_age) if line.dob and ground.from_age is not None else date.min
    for state in ground.states:
        segments = line.segments(state)
        owes = bool(segments) and bool(ground.owed) and _owes(ground.owed, instances)
        for segment in segments:
            last = None if segment.end is None or owes else segment.end + ground.after
            if last is None or last >= earliest:
                posts = _hosts(segment) if ground.post == "host" else _posts(line, ground.post, segment.opened_by)
                yield (max(segment.start, earliest), last), posts
    for kind in ground.kinds:
        if kind in line.kinds:
            for happening in line.of(kind):
                span = (happening.happened_on, happening.happened_on + ground.days)
                yield span, _posts(line, ground.post, happening)


def _hosts(segment: Segment) -> frozenset[str]:
    """The authority in whose area a home lies that is not the child's own; nobody's where the address is protected."""
    if segment.attrs.get("out_of_area") != "yes" or any("PROT-ADDR" in part.tags for part in segment.parts):
        return frozenset()
    type, _, area = segment.attrs.get("host_la", "").partition(":")
    return frozenset({area}) if type == "la" and area else frozenset()


def _owes(role: str, instances: Iterable[duties.Instance]) -> bool:
    book = rules_here.book()
    return any(i.met_at is None and not i.ended_why and book[i.duty].owed_role == role for i in instances)


def _posts(line: Line, post: str, told: Happening) -> frozenset[str]:
    """Where it concerns somebody: areas by their three digits, schools and hospitals by their agency."""
    if post == "school":
        urn = told.details.get("school_urn", "")
        return frozenset({f"school:{urn}"}) if urn else _tellers(told, "school")
    if post == "agency":
        return _tellers(told, "")
    areas = frozenset(la.partition(":")[2] for la in line.las) - {""}
    tellers = areas & {body.partition(":")[2] for body in _tellers(told, "")} if post == "teller" else frozenset()
    # Where no source says which area a child is of, every post sees them: better than none.
    return tellers or areas or frozenset({""})


def _tellers(told: Happening, type: str) -> frozenset[str]:
    """The particular bodies that tell of it, of one type of agency or of any."""
    said = (event.said_by for event in told.events)
    return frozenset(by for by in said if ":" in by and by.partition(":")[0] in (type or by.partition(":")[0],))
