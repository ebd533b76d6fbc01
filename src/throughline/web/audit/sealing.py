"""One sealer chains what was recorded in batches; anyone can verify the chain afterwards.

Chaining inside each request would make every reader wait for every other (feasibility: eight-fold). So rows are
added freely, and every few seconds the worker seals those that are there: a digest of each row, and a hash over
them and the batch before. Between an addition and its seal a row stands in the *unsealed tail*, which `verify`
states. The hash needs no secret: who can rewrite the whole chain can do so unseen unless its head is kept
elsewhere, so `verify` prints it to be written down.

Whoever calls these reads every row: as the engine's role, in a transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from throughline.web import clock
from throughline.web.audit.models import Change, Look, Seal

DIGEST = 16
"""Bytes kept of each row's SHA-256."""
BATCH = 10_000
"""Most rows of each table in one seal."""
_LOOK = ("id", "at", "user_id", "role", "purpose", "path_kind", "child_ids", "refused", "asked_hash")
_CHANGE = (
    "id", "at", "user_id", "purpose", "action", "subject_kind", "subject_id", "child_ids", "content_hash",
)  # fmt: skip
_BELOW_ALL = -(2**63)
Row = tuple[Any, ...]


class Broken(NamedTuple):
    """One thing that is not as it was sealed."""

    seal: int
    table: str
    """looks, changes, or seals."""
    row: int
    what: str
    """changed, missing, slipped in, or what is wrong with the seal itself."""


@dataclass
class Verdict:
    """What verifying found."""

    seals: int = 0
    rows: int = 0
    """Sealed rows that were read again."""
    broken: list[Broken] = field(default_factory=list)
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    head: str = ""
    """Hash of the last seal: worth keeping somewhere else."""


class Settled(NamedTuple):
    """How far numbers go that nobody can still slip one under."""

    looks: int
    changes: int


def settled() -> Settled | None:
    """How far rows may be sealed now; None while somebody is in the middle of adding one.

    Rows get their numbers before they commit, so that a lower one may appear after a higher. The database holds
    additions still, for a fifth of a second at most, to see how far they go. A transaction of its own, and a short one.
    """
    with connection.cursor() as cursor:
        cursor.execute("select looks, changes from app_audit_settled()")
        found = cursor.fetchone()
    return Settled(*found) if found else None


def seal(to: Settled) -> int:
    """Seal one batch of what has been recorded since the last seal; how many rows that were, 0 when all are."""
    before = Seal.objects.order_by("-number").only("number", "hash", "looks_to", "changes_to").first()
    looks = _rows(Look, _LOOK, before.looks_to if before else 0, to.looks)
    changes = _rows(Change, _CHANGE, before.changes_to if before else 0, to.changes)
    if not looks and not changes:
        return 0
    new = Seal(
        number=before.number + 1 if before else 1,
        sealed_at=clock.now(),
        look_ids=[row[0] for row in looks],
        change_ids=[row[0] for row in changes],
        looks_to=looks[-1][0] if looks else before.looks_to if before else 0,
        changes_to=changes[-1][0] if changes else before.changes_to if before else 0,
        digests=b"".join(digest(row) for row in (*looks, *changes)),
        previous=before.hash if before else "",
    )
    new.hash = hash_of(new)
    new.save(force_insert=True)
    return len(looks) + len(changes)


def _rows(table: type[Look] | type[Change], columns: Sequence[str], after: int, last: int) -> list[Row]:
    found = table.objects.filter(id__gt=after, id__lte=last).order_by("id")
    return list(found.values_list(*columns)[:BATCH])


def digest(row: Row) -> bytes:
    """What a row comes to: the same for the same content, whoever reads it, in whatever release."""
    return hashlib.sha256(json.dumps(row, default=_plain, separators=(",", ":")).encode()).digest()[:DIGEST]


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"an audit row holds no {type(value).__name__}")


def hash_of(found: Seal) -> str:
    """The hash a seal ought to have."""
    head = [found.number, _plain(found.sealed_at), found.previous, found.look_ids, found.change_ids]
    head += [found.looks_to, found.changes_to]
    return hashlib.sha256(json.dumps(head, separators=(",", ":")).encode() + bytes(found.digests)).hexdigest()


def verify() -> Verdict:
    """Read every sealed row again and say what is not as it was sealed, and what is not sealed yet."""
    verdict = Verdict()
    last = {"looks": _BELOW_ALL, "changes": _BELOW_ALL}
    for expected, found in enumerate(Seal.objects.order_by("number").iterator(chunk_size=50), start=1):
        verdict.broken += _own_faults(found, expected + _skipped(verdict), verdict.head)
        size = len(found.look_ids)
        verdict.broken += _compare(found, "looks", Look, _LOOK, found.look_ids, 0, last)
        verdict.broken += _compare(found, "changes", Change, _CHANGE, found.change_ids, size, last)
        verdict.seals += 1
        verdict.rows += size + len(found.change_ids)
        verdict.head = found.hash
    tail = [*_tail(Look, last["looks"]), *_tail(Change, last["changes"])]
    verdict.unsealed = len(tail)
    verdict.oldest_unsealed = min(tail, default=None)
    return verdict


def _skipped(verdict: Verdict) -> int:
    return sum(1 for broken in verdict.broken if broken.what == _GONE)


_GONE = "the seal is missing"


def _own_faults(found: Seal, expected: int, head: str) -> Iterator[Broken]:
    for number in range(expected, found.number):
        yield Broken(number, "seals", number, _GONE)
    if found.hash != hash_of(found):
        yield Broken(found.number, "seals", found.number, "the seal itself was changed")
    if found.number == expected and found.previous != head:
        yield Broken(found.number, "seals", found.number, "it does not follow on the seal before it")


def _compare(
    found: Seal,
    name: str,
    table: type[Look] | type[Change],
    columns: Sequence[str],
    ids: list[int],
    offset: int,
    last: dict[str, int],
) -> Iterator[Broken]:
    """Rows of one table against what the seal says of them."""
    if not ids:
        return
    there = {row[0]: row for row in table.objects.filter(id__gt=last[name], id__lte=ids[-1]).values_list(*columns)}
    digests = bytes(found.digests)
    for place, id in enumerate(ids, start=offset):
        row = there.pop(id, None)
        if row is None:
            yield Broken(found.number, name, id, "missing")
        elif digest(row) != digests[place * DIGEST : (place + 1) * DIGEST]:
            yield Broken(found.number, name, id, "changed")
    for id in sorted(there):
        yield Broken(found.number, name, id, "slipped in")
    last[name] = ids[-1]


def _tail(table: type[Look] | type[Change], after: int) -> list[datetime]:
    return list(table.objects.filter(id__gt=after).values_list("at", flat=True))
