"""A county's children shared out among processes, each of which answers for a stretch of them.

The process that read the files takes the first stretch. Whatever the number of processes, the files come out
the same to the byte: each other one writes its stretch to files of its own, which are added in order. One
that does not come to its end is an error.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path

from throughline import duties
from throughline.check.answering import Question, answer
from throughline.check.outputs import Tables
from throughline.check.summary import Summary
from throughline.words.calendars import school_days

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
    own, *others = _stretches(len(question.children))
    tables.flush()
    make_ready()  # once, before the processes part
    gc.freeze()  # what is shared stays shared
    shares: list[_Share] = []
    try:
        for number, stretch in enumerate(others, start=1):
            shares.append(_Share(question, stretch, tables.folder / str(number)))
        summary.merge(answer(question, own, tables, lambda done: tell(done + sum(share.done() for share in shares))))
        for share in shares:
            summary.merge(share.answered())
            tables.append(share.folder)
    finally:
        for share in shares:
            share.stop()
        gc.unfreeze()
    tell(len(question.children))


def make_ready() -> None:
    """What every answer needs, whatever the files say: the rules, and the days that count."""
    duties.rulebook()
    school_days()


def _stretches(children: int) -> list[range]:
    """Stretches of the children's numbers, one for each process that is worth its while."""
    count = max(min(MOST_PROCESSES, len(os.sched_getaffinity(0)), children // WORTH_SHARING), 1)
    bounds = [children * i // count for i in range(count + 1)]
    return [range(first, stop) for first, stop in pairwise(bounds)]


class _Share:
    """Another process and what it has told so far."""

    def __init__(self, question: Question, numbers: range, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._done = 0
        self._summary: Summary | None = None
        self._told, tell = _FORK.Pipe(duplex=False)
        self._process: ForkProcess = _FORK.Process(target=_work, args=(question, numbers, folder, tell), daemon=True)
        self._process.start()
        tell.close()

    def done(self) -> int:
        """Children it has done, as far as it has said."""
        while self._summary is None and self._told.poll():
            self._listen()
        return self._done

    def answered(self) -> Summary:
        """What it counted, once it has come to its end."""
        while self._summary is None:
            self._listen()
        return self._summary

    def _listen(self) -> None:
        """Take in the next thing it says: how far it is, what it counted, or what went wrong."""
        try:
            said: int | Summary | BaseException = self._told.recv()
        except EOFError:
            self._process.join()
            raise PartLost(
                f"one of its processes was ended from outside ({self._process.exitcode}), perhaps for want of memory"
            ) from None
        if isinstance(said, int):
            self._done = said
        elif isinstance(said, Summary):
            self._summary = said
        else:
            raise said

    def stop(self) -> None:
        """Make sure it has ended."""
        if self._summary is None:
            self._process.terminate()
        self._process.join()
        self._told.close()


def _work(question: Question, numbers: range, folder: Path, tell: Connection) -> None:
    """One process: answer for its children, and tell its counts or what went wrong."""
    try:
        with Tables(folder, headers=False, placements=question.places is not None) as tables:
            summary = answer(question, numbers, tables, tell.send)
        tell.send(summary)
    except BaseException as error:  # noqa: BLE001  raised again by the process that waits
        tell.send(error)
