"""The same work for many, shared out between two processes: the site's time goes in drawing pages, not in waiting."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connections

T, R = TypeVar("T"), TypeVar("R")
PROCESSES = 2


def done(work: Callable[[Sequence[T]], R], items: Sequence[T]) -> list[R]:
    """What `work` makes of each share of `items`, in a process of its own each; whoever fails there fails here."""
    connections.close_all()  # a connection is nobody's to inherit
    context = multiprocessing.get_context("fork")
    shares = [items[n::PROCESSES] for n in range(PROCESSES)]
    pipes = [context.Pipe(duplex=False) for _ in shares]
    running = [
        context.Process(target=_report, args=(work, share, out), daemon=True)
        for share, (_, out) in zip(shares, pipes, strict=True)
    ]
    for each in running:
        each.start()
    found = []
    for each, (here, there) in zip(running, pipes, strict=True):
        there.close()
        found.append(here.recv())
        each.join()
    for made in found:
        if isinstance(made, Exception):
            raise made
    return found


def _report(work: Callable[[Sequence[T]], R], share: Sequence[T], out) -> None:
    try:
        out.send(work(share))
    except Exception as fault:  # noqa: BLE001 - told to whoever waits
        out.send(fault)
    finally:
        connections.close_all()
