"""What one file of a declarative layout can answer for: which kinds, of whom, from when to when."""

from __future__ import annotations

from collections.abc import Iterator

from throughline import words
from throughline.feeds.base import Context, Coverage
from throughline.feeds.cells import day_of
from throughline.feeds.layouts import Layout, one_of_many
from throughline.feeds.people import authority_of

_OF_AN_AUTHORITY = frozenset(
    {"la", "la_education", "missing_hub", "early_help", "conference_service", "youth_justice", "adult_social_care"}
)
"""Types of agency that answer for one authority's children even where their name does not say which."""


_OURS = "ours"


class _Seen:
    """Dates and kinds of one agency's rows so far, as texts (which sort by time)."""

    __slots__ = ("extracted", "first", "kinds", "last")

    def __init__(self) -> None:
        self.first = self.last = self.extracted = ""
        self.kinds: set[str] = set()


class Span:
    """The dates of one file, per agency."""

    def __init__(self, layout: Layout, file: str, context: Context) -> None:
        self._layout = layout
        self._file = file
        self._context = context
        self._seen: dict[str, _Seen] = {}
        self._extracted = -1 if layout.of_places else layout.place("extract_date")
        self._kind = -1 if layout.says else layout.place("kind")

    def note(self, agency: str, values: tuple[str, ...], dates: list[str]) -> None:
        """Take in one row that was not refused, and those of its dates that are filled."""
        if self._extracted < 0:
            return
        seen = self._seen.get(agency)
        if seen is None:
            seen = self._seen[agency] = _Seen()
        extracted = values[self._extracted]
        first, last = (min(dates), max(dates)) if dates else (extracted, extracted)
        if last > seen.last:
            seen.last = last
        if first and (first < seen.first or not seen.first):
            seen.first = first
        if extracted > seen.extracted:
            seen.extracted = extracted
        if self._kind >= 0:
            seen.kinds.add(values[self._kind])
        elif self._layout.covers_seen:
            seen.kinds.update(tell.kind_of(values) for tell in self._layout.says if tell.chance(values))

    def coverage(self) -> Iterator[Coverage]:
        """Per agency: from its earliest date to its latest extract date; never past the day of receipt.

        None from one sender of many (a school, a hospital), who says nothing about the children of another.
        """
        for agency, seen in self._seen.items():
            if self._is_one_of_many(agency):
                continue
            start, end = day_of(seen.first), day_of(seen.extracted or seen.last)
            if start and end:
                end = min(end, self._context.received_on)
                if start <= end:
                    yield Coverage(agency, self._kinds(agency, seen), start, end, self._of(agency), self._file)

    def _kinds(self, agency: str, seen: _Seen) -> frozenset[str]:
        """The layout's kinds, or those seen; for events of any kind, also what else this agency tells of: their like
        and, once a file brings any of it, what is born with us, which no other layout brings."""
        if self._layout.covers_seen:
            return frozenset(seen.kinds)
        if self._layout.says:
            return self._layout.kinds
        kinds = words.kinds()
        areas = {kinds[kind].area for kind in seen.kinds}
        ours = any(kinds[kind].born == _OURS for each in self._seen.values() for kind in each.kinds)
        type_id = agency.partition(":")[0]
        told = (kind for kind in kinds.values() if type_id in kind.said_by)
        alike = {kind.id for kind in told if kind.area in areas or (ours and kind.born == _OURS)}
        return frozenset(seen.kinds | alike)

    def _is_one_of_many(self, agency: str) -> bool:
        alone = self._layout.answers_alone or authority_of(agency)
        return not alone and agency.partition(":")[0] in one_of_many()

    def _of(self, agency: str) -> str:
        """The authority whose children the file is about; blank for every child."""
        own = authority_of(agency)
        if own or agency.partition(":")[0] not in _OF_AN_AUTHORITY:
            return own
        return authority_of(self._context.sender)
