"""Daily attendance as one of the feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from throughline.feeds.attendance.columns import FEED_ID, LAYOUT, RUN
from throughline.feeds.attendance.reading import RegisterFile
from throughline.feeds.attendance.runs import derive
from throughline.feeds.base import Context, Coverage, Derived, Fault, Person, Source, Statement
from throughline.feeds.files import FileSource, column_name
from throughline.feeds.layouts import identity

_NOBODY: Mapping[str, date] = {}


class _Attendance:
    """The feed; see `base.Feed`."""

    id = FEED_ID
    title = LAYOUT.title
    tables: Mapping[str, tuple[str, ...]] = {FEED_ID: RUN}
    looked_for = LAYOUT.looked_for

    def recognise(self, source: Source) -> str | None:
        """By the columns that say which session a mark is of, and someone's identity."""
        assert isinstance(source, FileSource)
        header = {column_name(name) for name in source.header()}
        return self.id if header >= LAYOUT.known_by and header.intersection(identity()) else None

    def reader(self, context: Context) -> _Reader:
        """Reads one delivery."""
        return _Reader(context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Runs of absence of one child from all its live statements: the later telling of a session holds.

        `covered_to` changes nothing: a session nobody has marked is not known.
        """
        return derive(statements)


class _Reader:
    """One delivery's registers (`base.Reader`); each file is put together by itself."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says: persons, then runs child by child, then what it covers."""
        assert isinstance(source, FileSource)
        return RegisterFile(source, self._context).items()

    def finish(self) -> Iterator[Coverage | Fault]:
        """Nothing: each file says what it covers when it ends."""
        return iter(())


FEED = _Attendance()
