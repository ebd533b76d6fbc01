"""The one door to the role that reads every fact about a child (DESIGN §5).

Rules and linking must read all of a child's facts, whoever writes. Inside ``with as_engine():`` and nowhere
else, the rest of the transaction's statements run as that role. What is read there goes into derived rows,
which carry the level and tags of the facts they rest on; it never goes onto a page. A test refuses any other
module that takes the role on, and any module not on its list that comes through this door.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection
from psycopg.pq import TransactionStatus

_inside: ContextVar[bool] = ContextVar("inside", default=False)


@contextmanager
def as_engine() -> Iterator[None]:
    """Run what is inside as the engine. Needs a transaction; safe to nest; always left again."""
    if _inside.get():
        yield
        return
    if not connection.in_atomic_block:
        raise RuntimeError("the engine's role is taken on for one transaction, and there is none")
    token = _inside.set(True)
    with connection.cursor() as cursor:
        cursor.execute(f"set local role {settings.ENGINE_ROLE}")
    try:
        yield
    finally:
        _inside.reset(token)
        # In a failed transaction nothing runs any more, and its rollback gives the role back by itself.
        if connection.connection.info.transaction_status != TransactionStatus.INERROR:
            with connection.cursor() as cursor:
                cursor.execute(f"set local role {settings.WEB_ROLE}")
