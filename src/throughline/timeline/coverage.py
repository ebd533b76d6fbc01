"""For which kinds and days silence means something: what deliveries can answer for (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from throughline.feeds.base import Coverage
from throughline.words.calendars import day_in_words

_ONE_DAY = timedelta(days=1)
UNSTATED = "la"
"""An authority, but the file does not say which."""

Span = tuple[date, date]
"""First and last day, both inclusive."""


class CoverageIndex:
    """What all deliveries together cover, by kind and by the authorities that know a child.

    Coverage without an authority holds for every child; with one, for the children it knows. Where a file
    or a child's records do not say which authority, and only one can be meant, that one is.
    """

    def __init__(self, coverage: Iterable[Coverage] = ()) -> None:
        self._items = tuple(coverage)
        self._authorities = frozenset(c.la for c in self._items) - {"", UNSTATED}
        self._of_child: dict[tuple[frozenset[str], frozenset[str]], tuple[Span, ...]] = {}

    def spans(self, kinds: frozenset[str], las: frozenset[str]) -> tuple[Span, ...]:
        """The stretches of days on which every one of these kinds is covered, in order, none touching."""
        key = (kinds, las)
        found = self._of_child.get(key)
        if found is None:
            found = self._of_child[key] = self._spans(kinds, las)
        return found

    def covered(self, kinds: str | frozenset[str], day: date, las: frozenset[str] = frozenset()) -> bool:
        """Whether silence about all these kinds on this day means that nothing happened."""
        kinds = frozenset((kinds,)) if isinstance(kinds, str) else kinds
        return any(start <= day <= end for start, end in self.spans(kinds, las))

    def end_for(self, kinds: frozenset[str], las: frozenset[str] = frozenset()) -> date | None:
        """Last day of the latest stretch; None if nobody covers them."""
        spans = self.spans(kinds, las)
        return spans[-1][1] if spans else None

    def through(self, kinds: frozenset[str], start: date, las: frozenset[str] = frozenset()) -> date | None:
        """How far cover runs without a gap from `start`; None if that day is not covered."""
        for first, last in self.spans(kinds, las):
            if first <= start <= last:
                return last
        return None

    def since_words(self, kinds: frozenset[str], called: str, start: date, las: frozenset[str] = frozenset()) -> str:
        """What is missing, from `start` on, in words: ``no source for care reviews since 31 Mar 2018``."""
        spans = self.spans(kinds, las)
        if not spans:
            return f"not yet receiving {called}"
        for first, last in spans:
            if start < first:
                return f"no source for {called} before {day_in_words(first)}"
            if start <= last:
                return f"no source for {called} since {day_in_words(last)}"
        return f"no source for {called} since {day_in_words(spans[-1][1])}"

    def _spans(self, kinds: frozenset[str], las: frozenset[str]) -> tuple[Span, ...]:
        common: tuple[Span, ...] | None = None
        for kind in kinds:
            own = _merge((c.start, c.end) for c in self._items if kind in c.kinds and self._holds(c.la, las))
            common = own if common is None else _both(common, own)
        return common or ()

    def _holds(self, la: str, las: frozenset[str]) -> bool:
        if not la or la in las:
            return True
        named = las - {UNSTATED}
        if la == UNSTATED:
            return len(named) <= 1
        return UNSTATED in las and not named and len(self._authorities) == 1


NO_COVERAGE = CoverageIndex()
"""Nobody has said what they can answer for."""


def _merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] <= span[1]):
        if merged and start <= merged[-1][1] + _ONE_DAY:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _both(a: tuple[Span, ...], b: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple((max(s1, s2), min(e1, e2)) for s1, e1 in a for s2, e2 in b if max(s1, s2) <= min(e1, e2))
