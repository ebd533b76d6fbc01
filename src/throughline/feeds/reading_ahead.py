"""A second process that reads the rest of a big file, or of many rows in several, while the first reads the beginning.

What it reads is set aside until the first process has come to the place where it began. The first takes it over
only where it would have read the very same; else it reads on itself, and nothing is lost.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import IO, Any

from throughline.feeds.base import Aside, Context, Fault, FileRead, Item, Person, SetAside, Source, Statement
from throughline.feeds.files import CHUNK

WORTH_IT = 4 << 20
"""Bytes from which it pays to read by two."""
FIRST_PART = 0.44
"""How much of a file the first process reads: it has more to do besides."""
Read = Callable[[], Iterator[tuple[int, Iterable[Item]]]]
"""Gives what stands on each line in turn, or in each file."""
_FORK = get_context("fork")
_BATCH = 2_048
_SORTS: tuple[type[Any], ...] = (Person, Fault, FileRead)
_new = tuple.__new__


@contextmanager
def reading_ahead(
    sources: Sequence[Source], context: Context, read: Read, state: Callable[[], Any]
) -> Iterator[ReadAhead | None]:
    """A second process for the rest of the files, where that is wanted, worth it and can be; see `ReadAhead`."""
    can_be = all(source.path is not None for source in sources)
    if context.aside is None or not can_be or sum(source.size for source in sources) < WORTH_IT:
        yield None
        return
    ahead = ReadAhead(read, state, context.aside(), context.meanwhile)
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

    def __init__(
        self, read: Read, state: Callable[[], Any], aside: Aside, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        """`read` and then `state` are called there: what stands on each line in turn, and what is to be known besides.

        Where either raises anything, or `read` gives nothing, there is nothing to take over.
        """
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115  closed by `stop`
        self._told, tell = _FORK.Pipe(duplex=False)
        self._process = _FORK.Process(target=_work, args=(read, state, aside, self._spool, tell), daemon=True)
        self._process.start()
        tell.close()
        self._line: int | None = None
        self._meanwhile = meanwhile

    def reached(self, line: int) -> bool:
        """Whether the second process began on this line or before it, as far as it has said."""
        if self._line is None and self._told.poll():
            self._line = self._heard()
        return self._line is not None and line >= self._line

    def state_from(self, line: int) -> Any:
        """What is to be known besides, once all has been read; None where it began on another line, or failed."""
        if self._line is None:
            self._line = self._heard()
        if line != self._line:
            return None
        self._meanwhile()
        return self._heard()

    def items(self) -> Iterator[Person | Fault | FileRead | SetAside]:
        """All that it read: some people, what is wrong with what is said of them, then some more; what it set aside."""
        self._spool.seek(0)
        while held := pickle.load(self._spool):
            for sort, told in zip(_SORTS, held, strict=True):
                yield from map(_new, repeat(sort), told)
        yield pickle.load(self._spool)

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


def _work(read: Read, state: Callable[[], Any], aside: Aside, spool: IO[bytes], tell: Connection) -> None:
    try:
        held: list[Item] = []
        for place, (line, items) in enumerate(read()):
            if place == 0:
                tell.send(line)
            for item in items:
                if type(item) is Statement:
                    aside.add(item)
                    continue
                held.append(item)
                if len(held) >= _BATCH:
                    _set_down(held, spool)
        _set_down(held, spool)
        pickle.dump(None, spool)
        pickle.dump(aside.close(), spool, pickle.HIGHEST_PROTOCOL)
        spool.flush()
        tell.send(state())
    except Exception:  # noqa: BLE001  the first process comes upon it as it reads on, and says it
        tell.close()


def _set_down(held: list[Item], spool: IO[bytes]) -> None:
    """Write what is in hand, as plain tuples, sort by sort: that is many times as fast."""
    told = [[tuple(item) for item in held if type(item) is sort] for sort in _SORTS]
    pickle.dump(told, spool, pickle.HIGHEST_PROTOCOL)
    held.clear()
