"""A county's children shared out among processes, each of which answers for a stretch of them.

Whatever the number of processes, the files come out the same to the byte: each writes its stretch to files
of its own, and they are put together in order. A process that does not come to its end is an error.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from throughline import duties
from throughline.check.answering import Question, answer
from throughline.check.outputs import Tables
from throughline.check.summary import Summary

WORTH_SHARING = 4_000
"""Children from which another process pays for itself."""
MOST_PROCESSES = 2
"""However many cores there are: each takes some memory of its own."""
_FORK = get_context("fork")


class PartLost(OSError):
    """A process was ended from outside before it was done; there is no answer."""


def answer_all(question: Question, tables: Tables, summary: Summary, tell: Callable[[int], None]) -> None:
    """Answer for every child into `tables`, and add what was counted to `summary`; see `answering.answer`.

    All statements have been added to the store, and it is finished.
    """
    stretches = _stretches(len(question.children))
    if len(stretches) == 1:
        summary.merge(answer(question, stretches[0], tables, tell))
        return
    tables.flush()
    duties.rulebook()  # made once, before the processes part
    gc.freeze()  # what is shared stays shared
    folders = [tables.folder / str(number) for number in range(len(stretches))]
    shares = [_Share(question, *share) for share in zip(stretches, folders, strict=True)]
    try:
        for part in _gathered(shares, tell):
            summary.merge(part)
    finally:
        for share in shares:
            share.stop()
        gc.unfreeze()
    for folder in folders:
        tables.append(folder)


def _stretches(children: int) -> list[range]:
    """Stretches of the children's numbers, one for each process that is worth its while."""
    count = max(min(MOST_PROCESSES, len(os.sched_getaffinity(0)), children // WORTH_SHARING), 1)
    bounds = [children * i // count for i in range(count + 1)]
    return [range(first, stop) for first, stop in pairwise(bounds)]


def _gathered(shares: list[_Share], tell: Callable[[int], None]) -> list[Summary]:
    """Each share's counts, in order, once all are done; raises what went wrong in one of them."""
    working = {share.told: share for share in shares}
    while working:
        for told in wait(list(working)):
            share = working[told]  # type: ignore[index]
            share.listen()
            if share.summary is not None:
                del working[share.told]
        tell(sum(share.done for share in shares))
    return [share.summary for share in shares if share.summary is not None]


class _Share:
    """One process and what it has told so far."""

    def __init__(self, question: Question, numbers: range, folder: Path) -> None:
        folder.mkdir()
        self.done = 0
        self.summary: Summary | None = None
        self.told, tell = _FORK.Pipe(duplex=False)
        self._process: ForkProcess = _FORK.Process(target=_work, args=(question, numbers, folder, tell), daemon=True)
        self._process.start()
        tell.close()

    def listen(self) -> None:
        """Take in the next thing it says: how far it is, what it counted, or what went wrong."""
        try:
            said: int | Summary | BaseException = self.told.recv()
        except EOFError:
            self._process.join()
            raise PartLost(
                f"one of its processes was ended from outside ({self._process.exitcode}), perhaps for want of memory"
            ) from None
        if isinstance(said, int):
            self.done = said
        elif isinstance(said, Summary):
            self.summary = said
        else:
            raise said

    def stop(self) -> None:
        """Make sure it has ended."""
        if self.summary is None:
            self._process.terminate()
        self._process.join()
        self.told.close()


def _work(question: Question, numbers: range, folder: Path, tell: Connection) -> None:
    """One process: answer for its children, and tell its counts or what went wrong."""
    try:
        with Tables(folder, headers=False) as tables:
            summary = answer(question, numbers, tables, tell.send)
        tell.send(summary)
    except BaseException as error:  # noqa: BLE001  raised again by the process that waits
        tell.send(error)
