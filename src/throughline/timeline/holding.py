"""Why a child has a page, and until when: `reasons.yaml` over one child's line (DESIGN §2.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import words
from throughline.timeline.line import Line
from throughline.words.calendars import add_months, birthday

OWED, OPENED, PASSING = "owed", "opened", "passing"
NOT_OF_THE_LINE = frozenset({OWED, OPENED})
"""Reasons that are no stretch of the child's line."""


class Reason(NamedTuple):
    """One reason of the list."""

    id: str
    title: str
    states: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    after: int = 0


class Held(NamedTuple):
    """A stretch of days on which a reason holds."""

    reason: str
    start: date
    end: date | None
    """Last day; None: it goes on, as far as anyone has said."""


class Page(NamedTuple):
    """What the reasons come to for one child on one day."""

    reasons: tuple[str, ...]
    """Those that hold, in the order of the list; none: there is no page."""
    since: date | None
    """First day of those that hold."""
    until: date | None
    """Last day, if nothing else happens; None: no end is known."""
    closed_on: date | None
    """The day after the last reason ended, where one held before and none does now."""


class Reasons(NamedTuple):
    """The list as the partnership keeps it."""

    window_months: int
    hold: Mapping[str, Reason]
    titles: Mapping[str, str]
    """Every reason, those that are no stretch of the line among them -> how it is called."""
    passing_kinds: tuple[str, ...]
    passing_from: int
    passing_until: int
    """In months."""
    apart: frozenset[str]
    """Feeds whose rows never give a reason by themselves."""
    by_name: Mapping[str, str]
    """Feed -> the column that must be filled for its rows to keep the child's name."""

    def goes_on(self, received: date) -> date:
        """The day on which rows received then and kept apart go."""
        return add_months(received, self.window_months)


@cache
def reasons() -> Reasons:
    """The list in `reasons.yaml`; a state or kind that `words` does not know raises `UnknownWord`."""
    given: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("reasons.yaml").read_text(encoding="utf-8"))
    hold = {id: _reason(id, said) for id, said in given["hold"].items()}
    passing, until = given["passing"], given["passing"]["until_age"]
    _known(passing["kinds"], words.kinds(), "kind of event")
    titles = {id: reason.title for id, reason in hold.items()}
    titles |= {PASSING: passing["title"], OWED: given[OWED]["title"], OPENED: given[OPENED]["title"]}
    return Reasons(
        window_months=given["window_months"],
        hold=hold,
        titles=titles,
        passing_kinds=tuple(passing["kinds"]),
        passing_from=passing["from_age"],
        passing_until=12 * until["years"] + until["months"],
        apart=frozenset(given["apart"]),
        by_name=given["by_name"],
    )


def _reason(id: str, given: Mapping[str, Any]) -> Reason:
    states, starts, ends, within = (tuple(given.get(name, ())) for name in ("states", "from", "to", "within"))
    _known(states, words.states(), "state")
    _known((*starts, *ends, *within), words.kinds(), "kind of event")
    return Reason(id, given["title"], states, starts, ends, within, given.get("after", 0))


def _known(names: Iterable[str], known: Mapping[str, object], what: str) -> None:
    for name in names:
        if name not in known:
            raise words.UnknownWord(name, what)


def page(line: Line, day: date, *, owed: date | None = None, opened: bool = False) -> Page:
    """Whether a child has a page on `day`, and why.

    `owed` is the latest day something not done was due, if anything is; `opened`: a person opened the page.
    """
    rules = reasons()
    grown = add_months(line.dob, rules.passing_until) if line.dob else None
    held = [_until(one, grown) for one in _held(line, rules, owed)]
    if opened:
        held.append(Held(OPENED, day, None))
    held = [one for one in held if one.end is None or one.start <= one.end]
    now = [one for one in held if one.start <= day and (one.end is None or one.end >= day)]
    if not now:
        ends = [one.end for one in held if one.end is not None and one.end < day]
        return Page((), None, None, max(ends) + timedelta(1) if ends else None)
    names = {one.reason for one in now}
    if len(names) > 1:
        names.discard(OWED)  # what is owed is part of the others; it is a reason only where they have ended
    ends = [one.end for one in now if one.end is not None]
    return Page(
        tuple(name for name in rules.titles if name in names),
        min(one.start for one in now),
        max(ends) if len(ends) == len(now) else None,
        None,
    )


def _until(held: Held, grown: date | None) -> Held:
    """No reason of the line holds beyond the age the list names."""
    if grown is None or (held.end is not None and held.end <= grown):
        return held
    return held._replace(end=grown)


def _held(line: Line, rules: Reasons, owed: date | None) -> Iterator[Held]:
    spans = [span for reason in rules.hold.values() for span in _spans(line, reason, rules)]
    yield from spans
    if spans and owed is not None:
        yield Held(OWED, min(span.start for span in spans), add_months(owed, rules.window_months))
    told = [h.happened_on for kind in rules.passing_kinds for h in line.of(kind)]
    if line.dob:
        grown_up = birthday(line.dob, rules.passing_from)
        late = [span for span in spans if span.end is None or span.end >= grown_up]
        if told or late:
            yield Held(PASSING, min([*told, *(max(span.start, grown_up) for span in late)]), None)


def _spans(line: Line, reason: Reason, rules: Reasons) -> Iterator[Held]:
    longer = timedelta(reason.after)
    for state in reason.states:
        for segment in line.segments(state):
            # On the day a state ends it no longer holds; the page does, until that day is over.
            yield Held(reason.id, segment.start, None if segment.end is None else segment.end + longer)
    ends = sorted(h.happened_on for kind in reason.ends for h in line.of(kind))
    for kinds, months in ((reason.starts, None), (reason.within, rules.window_months)):
        for day in (h.happened_on for kind in kinds for h in line.of(kind)):
            end = next((end + longer for end in ends if end >= day), None)
            window = add_months(day, months) if months else None
            yield Held(reason.id, day, min((last for last in (end, window) if last), default=None))
