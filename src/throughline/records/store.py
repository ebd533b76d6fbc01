"""The command's own store: statements of one run, in temporary files, given back child by child.

Files arrive in any order and a county's do not fit in memory, so each statement is set down once as it is read,
by the process that reads it, and taken up with those of the children next to it. Files come child by child,
nearly always; only where one does not are its statements set down once more, sorted. Nothing outlives the run.
(The site keeps its statements in PostgreSQL for good.)
"""

from __future__ import annotations

import pickle
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

from throughline.feeds.base import REFUSED, SetAside, Statement

_BATCH = 1_024
"""Statements set down at once: few enough to be still in the processor's cache."""
_IN_HAND = 32_768
"""Statements in hand at most while they are sorted."""
_TAKEN_UP = 2_048
"""Children whose statements are taken up at once."""
_NEXT_TO_EACH_OTHER = 2
"""A batch of children who are taken up in so many goes need not be sorted."""
_NOBODY = -1
_order = itemgetter(0, 1, 2, 7, 8, 12, 3)
"""Of a child's statements: by feed, table and file, what became of them, then row."""
_new = tuple.__new__
_PERSON, _GIVEN = Statement._fields.index("person"), Statement._fields.index("given")
_counted = itemgetter(0, 1, 2, 7)
"""Feed, table, file and outcome."""
_Told = tuple[Any, ...]
"""The fields of a statement."""
_Batch = tuple[list[int], list[_Told]]
"""Statements, and the number of the person each is about."""
_Rows = Counter[tuple[str, str, str, str]]
"""(feed, table, file, outcome) -> rows."""


class _Written(NamedTuple):
    """What one process has set down."""

    path: Path
    people: list[str]
    """`Statement.person`, by number."""
    batches: list[tuple[int, array[int]]]
    """Where each batch lies in the file, and the numbers of the people in it."""
    rows: _Rows


class Part:
    """The statements that one process sets down as it reads them (`feeds.base.Aside`)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._pending: list[Statement] = []
        self._number: dict[str, int] = {}
        self._batches: list[tuple[int, array[int]]] = []
        self._rows: _Rows = Counter()

    def add(self, statement: Statement) -> None:
        """Set one statement down. Its cells as given are not kept: the file is still there to look at.

        All are counted; refused rows are nobody's and are not kept.
        """
        pending = self._pending
        pending.append(statement)
        if len(pending) >= _BATCH:
            self._set_down()

    def close(self) -> SetAside:
        """All has been added."""
        self._set_down()
        self.stop()
        return SetAside(self._rows.total(), _Written(self._path, list(self._number), self._batches, self._rows))

    def stop(self) -> None:
        """Nothing is written any more."""
        if self._file is not None:
            self._file.close()

    def _set_down(self) -> None:
        """Write what is pending to the file, which is opened by the process that writes."""
        self._rows.update(map(_counted, self._pending))
        for told in self._pending:
            if told.rows != 1:  # a register's marks
                self._rows[_counted(told)] += told.rows - 1
        kept = [told for told in self._pending if told.outcome != REFUSED]
        self._pending.clear()
        if not kept:
            return
        columns: list[Iterable[Any]] = list(zip(*kept, strict=True))
        columns[_GIVEN] = repeat(())
        number = self._number
        about = [number.setdefault(person, len(number)) for person in columns[_PERSON]]
        if self._file is None:
            self._file = self._path.open("wb")
        self._batches.append((self._file.tell(), array("i", dict.fromkeys(about))))
        pickle.dump((about, list(zip(*columns, strict=False))), self._file, pickle.HIGHEST_PROTOCOL)


class Store:
    """Statements by child. Use as a context manager; the files go with it.

    All statements are added, it says of whom, it is finished, then they are taken up by as many processes at once
    as like: each opens the files for itself, to read only.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` must exist."""
        self._folder = folder
        self._paths: list[Path] = []
        self._own = self.part()
        self._written: list[_Written] = []
        self._files: list[tuple[Path, Sequence[int]]] = []
        """Each file, and the child of each person numbered in it."""
        self._places: dict[int, list[tuple[int, int]]] = {}
        """Some children -> in which file, and where in it, what is told of them lies."""

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._own.stop()
        for path in self._paths:
            path.unlink(missing_ok=True)

    def part(self) -> Part:
        """What another process sets its statements down in; what closing it gives is to be given to `take`."""
        self._paths.append(self._folder / f"part-{len(self._paths)}")
        return Part(self._paths[-1])

    def add(self, statement: Statement) -> None:
        """Set one statement down; see `Part.add`."""
        self._own.add(statement)

    def take(self, aside: SetAside) -> None:
        """Add what another process has set down."""
        self._written.append(aside.written)

    def added(self) -> tuple[list[str], _Rows]:
        """No more is added: whom or what the statements are about (each `Statement.person` once), and their rows."""
        self.take(self._own.close())
        people: dict[str, None] = {}
        rows: _Rows = Counter()
        for written in self._written:
            people.update(dict.fromkeys(written.people))
            rows.update(written.rows)
        return list(people), rows

    def finish(self, child_of: Mapping[str, int]) -> None:
        """Say whose all is that has been added: `Statement.person` -> the child's number (0, 1, ...).

        What is of anybody else, or of number -1, is on no child's line and is not given back.
        """
        scattered: list[tuple[_Written, array[int], int]] = []
        for written in self._written:
            children = array("i", [child_of.get(person, _NOBODY) for person in written.people])
            for place, people in written.batches:
                some = {children[person] // _TAKEN_UP for person in people}
                if len(some) > _NEXT_TO_EACH_OTHER:
                    scattered.append((written, children, place))
                    continue
                for few in some:
                    self._places.setdefault(few, []).append((len(self._files), place))
            if written.batches:
                self._files.append((written.path, children))
        self._written.clear()
        if scattered:
            self._sort(scattered, range(max(child_of.values()) + 1))

    def children(self, numbers: range | None = None) -> Iterator[tuple[int, list[Statement]]]:
        """Each child's number with all its statements, in the order feed, table, file, row.

        Children come in the order of their numbers, all of them or those of `numbers`.
        """
        wanted = range((max(self._places, default=-1) + 1) * _TAKEN_UP) if numbers is None else numbers
        files = [(path.open("rb"), children) for path, children in self._files]
        try:
            for some in range(wanted.start // _TAKEN_UP, -(-wanted.stop // _TAKEN_UP)):
                here = range(max(some * _TAKEN_UP, wanted.start), min((some + 1) * _TAKEN_UP, wanted.stop))
                found: dict[int, list[Statement]] = {child: [] for child in here}
                for number, place in self._places.get(some, ()):
                    file, children = files[number]
                    for child, told in _batch(file, place, children):
                        if child in found:
                            found[child].append(_new(Statement, told))
                for child in here:
                    if statements := found.pop(child):
                        yield child, sorted(statements, key=_order)
        finally:
            for file, _ in files:
                file.close()

    def _sort(self, scattered: Iterable[tuple[_Written, array[int], int]], children: range) -> None:
        """Set statements of children far from each other down once more, in a file whose numbers are the children's."""
        self._paths.append(self._folder / "sorted")
        with self._paths[-1].open("wb") as by_child:
            held: dict[int, _Batch] = {}
            in_hand = 0
            for written, child_of, place in scattered:
                with written.path.open("rb") as file:
                    for child, told in _batch(file, place, child_of):
                        if child != _NOBODY:
                            about, statements = held.setdefault(child // _TAKEN_UP, ([], []))
                            about.append(child)
                            statements.append(told)
                            in_hand += 1
                if in_hand >= _IN_HAND:
                    self._put_together(held, by_child)
                    in_hand = 0
            self._put_together(held, by_child)
        self._files.append((self._paths[-1], children))

    def _put_together(self, held: dict[int, _Batch], by_child: BinaryIO) -> None:
        """Write what is in hand, that of children who are taken up at once together; nothing is left in hand."""
        for some, batch in held.items():
            self._places.setdefault(some, []).append((len(self._files), by_child.tell()))
            pickle.dump(batch, by_child, pickle.HIGHEST_PROTOCOL)
        held.clear()


def _batch(file: BinaryIO, place: int, children: Sequence[int]) -> Iterator[tuple[int, _Told]]:
    """One batch's statements, each with the number of its child."""
    file.seek(place)
    about, told = pickle.load(file)
    return zip([children[person] for person in about], told, strict=True)
