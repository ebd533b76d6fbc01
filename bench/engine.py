"""What working out a child's duties costs, without a database: processor time of `duties.evaluate` alone.

Over an invented partnership's children in need of somebody, over one long life, and over every child of it.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from throughline import duties, invent, timeline
from throughline.check.answering import derive
from throughline.check.pipeline import asked
from throughline.check.summary import Summary
from throughline.feeds.base import Event

CHILDREN = 400
DAY = date(2026, 3, 31)
USUAL = range(30, 43)
"""Events of a child of about 36."""
LONG = 2_000
"""Events of a life as long as any."""
_LONG_LIVES = 10
_TIMES = 5
"""The least of so many rounds counts: what else the machine does only adds."""


class Told(NamedTuple):
    """All that is told of one child."""

    events: Sequence[Event]
    dob: date | None
    las: frozenset[str]
    coverage: timeline.CoverageIndex

    def line(self) -> timeline.Line:
        """Drawn anew: what is derived from a line once is not derived again."""
        return timeline.build(self.events, dob=self.dob, las=self.las, coverage=self.coverage, as_of=DAY)


def engine(folder: Path) -> None:
    """CPU milliseconds of a usual child and of a long life; children a second, lines drawn and not."""
    files = folder / "in"
    invent.write(files, children=CHILDREN, seed=1, until=DAY)
    children = list(_children(files, folder))
    usual = [child for child in children if len(child.events) in USUAL]
    busiest = sorted(usual, key=lambda child: -len({event.kind for event in child.events}))
    long = [child._replace(events=_over_and_over(child.events)) for child in busiest[:_LONG_LIVES]]
    print(f"  {len(duties.rulebook())} rules, as of {DAY}")
    for called, some in (
        ("children of about 36 events", usual),
        ("the busiest of them", busiest[:_LONG_LIVES]),
        (f"children of {LONG:,} events", long),
    ):
        each, found = _taken(some)
        typical, most = statistics.median(each) * 1e3, max(each) * 1e3
        print(
            f"  {called} ({len(some)}): p50 {typical:.2f} ms, most {most:.2f} ms, {found / len(some):.0f} duties each"
        )
    seconds = sum(_taken(children)[0])
    drawn = seconds + _least(lambda: [child.line() for child in children])
    rate, all_rate = len(children) / seconds, len(children) / drawn
    print(
        f"  {len(children):,} children of a partnership: {rate:,.0f} a second, {all_rate:,.0f} with their lines drawn"
    )


def _children(files: Path, folder: Path) -> Iterator[Told]:
    """As the command reads them."""
    summary = Summary(DAY)
    with asked(files, folder, summary, lambda *_: None) as (question, _):
        for number, statements in question.store.children(range(len(question.children))):
            events, _ = derive(statements, question.covered_to, summary)
            dob, las, _ = question.children[number]
            yield Told(events, dob, las, question.coverage)


def _over_and_over(events: Sequence[Event]) -> list[Event]:
    """The same life again and again, each time three days earlier, until there are enough."""
    times = range(LONG // len(events) + 1)
    return [_earlier(event, n) for n in times for event in events][:LONG]


def _earlier(event: Event, times: int) -> Event:
    by = timedelta(3 * times)
    at = event.happened_at
    return event._replace(happened_on=event.happened_on - by, happened_at=at and at - by, n=times)


def _taken(children: Sequence[Told]) -> tuple[list[float], int]:
    """Seconds for each child, and how many duties were found in all."""
    book, found = duties.rulebook(), 0
    least = [float("inf")] * len(children)
    gc.disable()  # as the command does
    for _ in range(_TIMES):
        found = 0
        for i, child in enumerate(children):
            line = child.line()
            began = time.process_time()
            found += len(duties.evaluate(line, book, DAY))
            least[i] = min(least[i], time.process_time() - began)
    gc.enable()
    return least, found


def _least(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return min(taken)
