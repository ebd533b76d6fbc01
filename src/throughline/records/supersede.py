"""Which of several tellings of one record stands.

A source's record has a stable id. The latest telling of it stands; an earlier one that said the same is a
repeat, one that said something else is superseded. Nothing is removed: what was known before a correction
came is still there to ask for.
"""

from __future__ import annotations

from collections.abc import Iterable

from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED, USED, USED_WITH_FAULTS, Statement

_STANDS = frozenset({USED, USED_WITH_FAULTS, NO_EVENT})


def standing(statements: Iterable[Statement]) -> tuple[list[Statement], list[Statement]]:
    """Split statements, given in the order they were received, into those that stand and those told again.

    Refused rows stand nowhere and are in neither list. A statement already marked repeated is told again.
    """
    statements = list(statements)
    if len({(s[0], s[1], s[4], s[8]) for s in statements}) == len(statements) and {s[7] for s in statements} <= _STANDS:
        return statements, []  # so it is for nearly every child of a county
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
