"""The command's own store: statements of one run, in temporary files, given back child by child.

Files arrive in any order and a county's do not fit in memory, so each statement is set down once as it is
read, then once more beside those of the children next to it, and taken up once, sorted by child. Nothing
outlives the run. (The site keeps its statements in PostgreSQL for good.)
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from throughline.feeds.base import Statement

_BATCH = 2_048
"""Statements set down at once as they are read: few enough to be still in the processor's cache."""
_IN_HAND = 32_768
"""Statements in hand at most while they are sorted."""
_TAKEN_UP = 2_048
"""Children whose statements lie together and are taken up at once."""
_order = itemgetter(0, 1, 2, 7, 8, 12, 3)
"""Of a child's statements: by feed, table and file, what became of them, then row."""
_new = tuple.__new__
_PERSON, _GIVEN = Statement._fields.index("person"), Statement._fields.index("given")
_Told = tuple[Any, ...]
"""The fields of a statement."""
_Held = tuple[int, _Told]
"""A child's number and a statement about it."""


class Store:
    """Statements by child. Use as a context manager; the files go with it.

    All statements are added, it is finished, then they are taken up by as many processes at once as like:
    each opens the file for itself, to read only.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` must exist."""
        self._as_read, self._by_child = folder / "as-read", folder / "by-child"
        self._file = self._as_read.open("wb")
        self._about: dict[str, None] = {}
        self._pending: list[Statement] = []
        self._places: dict[int, list[int]] = {}
        """Number of the first of some children -> where in the file what is told of them lies."""

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._as_read.unlink(missing_ok=True)
        self._by_child.unlink(missing_ok=True)

    def add(self, statement: Statement) -> None:
        """Set one statement down. Its cells as given are not kept: the file is still there to look at."""
        pending = self._pending
        pending.append(statement)
        if len(pending) >= _BATCH:
            self._set_down()

    def about(self) -> list[str]:
        """Whom or what the statements added so far are about: each `Statement.person` once."""
        self._set_down()
        return list(self._about)

    def finish(self, child_of: Mapping[str, int]) -> None:
        """Say that all has been added, and whose it is: `Statement.person` -> the child's number (0, 1, ...)."""
        self._set_down()
        self._file.close()
        with self._as_read.open("rb") as as_read, self._by_child.open("wb") as by_child:
            held: dict[int, list[_Held]] = {}
            in_hand = 0
            for batch in _batches(as_read):
                children = [child_of[told[_PERSON]] for told in batch]
                first, last = min(children) // _TAKEN_UP, max(children) // _TAKEN_UP
                if first == last:  # files come child by child, nearly always
                    held.setdefault(first, []).extend(zip(children, batch, strict=True))
                else:
                    for child, told in zip(children, batch, strict=True):
                        held.setdefault(child // _TAKEN_UP, []).append((child, told))
                in_hand += len(batch)
                if in_hand >= _IN_HAND:
                    self._put_together(held, by_child)
                    in_hand = 0
            self._put_together(held, by_child)
        self._places.pop(-1, None)  # what is on no child's line
        self._as_read.unlink()
        self._about.clear()

    def children(self, numbers: range | None = None) -> Iterator[tuple[int, list[Statement]]]:
        """Each child's number with all its statements, in the order feed, table, file, row.

        Children come in the order of their numbers, all of them or those of `numbers`.
        """
        wanted = range((max(self._places, default=-1) + 1) * _TAKEN_UP) if numbers is None else numbers
        with self._by_child.open("rb") as by_child:
            for some in range(wanted.start // _TAKEN_UP, -(-wanted.stop // _TAKEN_UP)):
                found: dict[int, list[Statement]] = {}
                for place in self._places.get(some, ()):
                    by_child.seek(place)
                    for child, told in pickle.load(by_child):
                        found.setdefault(child, []).append(_new(Statement, told))
                for child in sorted(found):
                    if child in wanted:
                        yield child, sorted(found.pop(child), key=_order)

    def _set_down(self) -> None:
        """Write what is pending to the file."""
        if self._pending:
            columns: list[Iterable[Any]] = list(zip(*self._pending, strict=True))
            columns[_GIVEN] = repeat(())
            self._about.update(dict.fromkeys(columns[_PERSON]))
            pickle.dump(list(zip(*columns, strict=False)), self._file, pickle.HIGHEST_PROTOCOL)
            self._pending.clear()

    def _put_together(self, held: dict[int, list[_Held]], by_child: BinaryIO) -> None:
        """Write what is in hand, that of children who are taken up at once together; nothing is left in hand."""
        for some, told in held.items():
            self._places.setdefault(some, []).append(by_child.tell())
            pickle.dump(told, by_child, pickle.HIGHEST_PROTOCOL)
        held.clear()


def _batches(file: BufferedReader) -> Iterator[list[_Told]]:
    while file.peek(1):
        yield pickle.load(file)
