"""A second process that reads the rest of a big file while the first reads its beginning.

What it reads waits in a file without a name until the first process has come to the place where it began. The
first takes it over only where it would have read the very same; else it reads on itself, and nothing is lost.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import IO, Any

from throughline.feeds.base import Context, Fault, Person, Source, Statement
from throughline.feeds.files import CHUNK

WORTH_IT = 4 << 20
"""Bytes from which a file is read by two."""
FIRST_PART = 0.4
"""How much of a file the first process reads: it has to take in what the second has read besides."""
Items = list[Person | Statement | Fault]
_FORK = get_context("fork")
_BATCH = 2_048
_SORTS: tuple[type[Any], ...] = (Person, Statement, Fault)
_new = tuple.__new__


@contextmanager
def reading_ahead(
    source: Source, context: Context, read: Callable[[], Iterator[tuple[int, Items]]], state: Callable[[], Any]
) -> Iterator[ReadAhead | None]:
    """A second process for the rest of the file, where that is wanted, worth it and can be; see `ReadAhead`."""
    if not context.two_processes or source.path is None or source.size < WORTH_IT:
        yield None
        return
    ahead = ReadAhead(read, state)
    try:
        yield ahead
    finally:
        ahead.stop()


def bytes_ahead(source: Source) -> Iterator[bytes]:
    """The file's bytes for the second process, which tells nobody how far it is."""
    assert source.path is not None, "only files that lie on the disk as they are are read ahead"
    with source.path.open("rb") as file:
        yield from iter(partial(file.read, CHUNK), b"")


class ReadAhead:
    """The second process and what it has read. Call `stop` in any case."""

    def __init__(self, read: Callable[[], Iterator[tuple[int, Items]]], state: Callable[[], Any]) -> None:
        """`read` and then `state` are called there: what stands on each line in turn, and what is to be known besides.

        Where either raises anything, or `read` gives nothing, there is nothing to take over.
        """
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115  closed by `stop`
        self._told, tell = _FORK.Pipe(duplex=False)
        self._process = _FORK.Process(target=_work, args=(read, state, self._spool, tell), daemon=True)
        self._process.start()
        tell.close()
        self._line: int | None = None

    def reached(self, line: int) -> bool:
        """Whether the second process began on this line or before it, as far as it has said."""
        if self._line is None and self._told.poll():
            self._line = self._heard()
        return self._line is not None and line >= self._line

    def state_from(self, line: int) -> Any:
        """What is to be known besides, once all has been read; None where it began on another line, or failed."""
        return self._heard() if line == self._line else None

    def items(self) -> Iterator[Person | Statement | Fault]:
        """All that it read: some people, what is said of them and what is wrong with that, then some more."""
        self._spool.seek(0)
        try:
            while True:
                for sort, told in zip(_SORTS, pickle.load(self._spool), strict=True):
                    yield from map(_new, repeat(sort), told)
        except EOFError:
            return

    def stop(self) -> None:
        """Make sure that it has ended and nothing of it is left."""
        self._process.kill()
        self._process.join()
        self._told.close()
        self._spool.close()

    def _heard(self) -> Any:
        try:
            return self._told.recv()
        except EOFError:  # it has ended without a word
            return None


def _work(
    read: Callable[[], Iterator[tuple[int, Items]]], state: Callable[[], Any], spool: IO[bytes], tell: Connection
) -> None:
    try:
        held: Items = []
        for place, (line, items) in enumerate(read()):
            if place == 0:
                tell.send(line)
            held += items
            if len(held) >= _BATCH:
                _set_down(held, spool)
        _set_down(held, spool)
        spool.flush()
        tell.send(state())
    except Exception:  # noqa: BLE001  the first process comes upon it as it reads on, and says it
        tell.close()


def _set_down(held: Items, spool: IO[bytes]) -> None:
    """Write what is in hand, as plain tuples, sort by sort: that is many times as fast."""
    told = [[tuple(item) for item in held if type(item) is sort] for sort in _SORTS]
    pickle.dump(told, spool, pickle.HIGHEST_PROTOCOL)
    held.clear()
