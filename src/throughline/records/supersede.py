"""Which of several tellings of one record stands.

A source's record has a stable id. The latest telling of it stands; an earlier one that said the same is a
repeat, one that said something else is superseded. Nothing is removed: what was known before a correction
came is still there to ask for.
"""

from __future__ import annotations

from collections.abc import Iterable

from throughline.feeds.base import REFUSED, REPEATED, Statement


def standing(statements: Iterable[Statement]) -> tuple[list[Statement], list[Statement]]:
    """Split statements, given in the order they were received, into those that stand and those told again.

    Refused rows stand nowhere and are in neither list. A statement already marked repeated is told again.
    """
    latest: dict[tuple[str, str, str, str], Statement] = {}
    again: list[Statement] = []
    for statement in statements:
        if statement.outcome == REFUSED:
            continue
        if statement.outcome == REPEATED:
            again.append(statement)
            continue
        key = (statement.feed, statement.table, statement.record_id, statement.said_by)
        earlier = latest.get(key)
        if earlier is not None:
            again.append(earlier)
        latest[key] = statement
    return list(latest.values()), again
