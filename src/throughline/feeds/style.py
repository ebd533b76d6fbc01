"""How one file writes its dates: ISO cell by cell; with slashes, as the whole file settles it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from throughline.feeds.base import ERROR, REPAIRED, Fault, Unreadable
from throughline.feeds.cells import date_order, iso_day, looked_up, moment, plain_moment, uk_day, uk_moment
from throughline.feeds.faults import file_fault
from throughline.feeds.layouts import Pair

_UNSETTLED = "date-order-unclear"
_PROBLEM = {"unclear": _UNSETTLED, "mixed": "date-order-mixed", "month": "date-month-first"}


class DateStyle:
    """The dates of one file. `scan` gives all its date cells; it is asked only if one has slashes."""

    def __init__(self, scan: Callable[[], Iterable[str]]) -> None:
        self._scan = scan
        self.order = ""
        """Blank while no date with slashes has been met; then as `date_order` says."""
        self._turned = False
        self.day: Callable[[str], Pair] = looked_up(self._day)
        self._other_moment: Callable[[str], Pair] = looked_up(self._moment)

    def _day(self, text: str) -> Pair:
        found = iso_day(text)
        if found.problem != _UNSETTLED:
            return found.iso, found.problem
        if self._settled() == "day":
            return self._day_first(uk_day(text)[1:])
        return "", _PROBLEM[self.order]

    def moment(self, text: str) -> Pair:
        """A date-time cell."""
        plain = plain_moment(text)
        return (plain, "") if plain else self._other_moment(text)

    def _moment(self, text: str) -> Pair:
        found = moment(text)
        if found.problem != _UNSETTLED:
            return found.text, found.problem
        if self._settled() == "day":
            return self._day_first(uk_moment(text)[1:])
        return "", _PROBLEM[self.order]

    def _day_first(self, pair: Pair) -> Pair:
        self._turned = self._turned or bool(pair[0])
        return pair

    def _settled(self) -> str:
        if not self.order:
            self.order = date_order(_while_readable(self._scan()))
        return self.order

    def faults(self, file: str) -> Iterator[Fault]:
        """What is to be said of the file as a whole, once it has been read."""
        if self._turned:
            yield file_fault(
                file,
                "date-other-style",
                "The dates with slashes in this file are day first (dd/mm/yyyy), and were read so throughout. "
                "Send dates as YYYY-MM-DD.",
                severity=REPAIRED,
            )
        elif self.order == "mixed":
            yield file_fault(
                file,
                "date-order-mixed",
                "Some dates in this file can only be day first and some only month first, so none with "
                "slashes was read. Send them all as YYYY-MM-DD.",
                severity=ERROR,
            )


def _while_readable(texts: Iterable[str]) -> Iterator[str]:
    try:
        yield from texts
    except Unreadable:
        return
