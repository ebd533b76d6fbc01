"""Who a delivery's people are: claims kept, judgements made by rule, children connected or opened.

`identity.link` judges; here its answer is stored and applied. A child that turns out to be two (a judgement
taken back) gives a part of itself to a new child; two that turn out to be one are joined into the older,
whose address stands. No statement is lost on either way: they follow their source's person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection

from throughline import identity
from throughline.feeds.base import Person
from throughline.web import bulk, clock
from throughline.web.linkage import describing

_BATCH = 5_000

# Plainly, one list to each: a delivery asks about tens of thousands, and each placeholder would cost its share.
_SETTLED = """
select j."left", j."right", j.verdict, j.by, j.why from linkage_judgement j
 where j.reversed_at is null and (j."left" = any(%(of)s) or j."right" = any(%(of)s))
"""
_CHILD_OF = "select p.key, p.child_id from linkage_sourceperson p where p.key = any(%(of)s)"
_NUMBER_OF = "select p.key, p.id from linkage_sourceperson p where p.key = any(%(of)s)"
_SHARING = """
select distinct p.child_id from linkage_lookupkey k join linkage_sourceperson p on p.id = k.person_id
 where k.key = any(%(of)s)
"""
_KEYS_OF = "select p.key from linkage_sourceperson p where p.child_id = any(%(of)s)"
_SAID_BY = """
select p.key, p.agency, c.la_id, c.la, c.upn, c.nhs_number, c.forename, c.surname, c.dob, c.sex, c.postcode
  from linkage_claim c join linkage_sourceperson p on p.id = c.person_id where c.live and p.key = any(%(of)s)
"""

_CLAIM = ("la_id", "la", "upn", "nhs_number", "forename", "surname", "dob", "sex", "postcode")
_CLAIM_COLUMNS = {
    "person_id": "bigint",
    "delivery_id": "bigint",
    **{name: "date" if name == "dob" else "text" for name in _CLAIM},
    "received_on": "date",
    "live": "boolean",
}

_JUDGEMENT_COLUMNS = {
    "left": "text",
    "right": "text",
    "verdict": "text",
    "by": "text",
    "why": "text",
    "made_on": "date",
    "at": "timestamptz",
    "reversed_by": "text",
    "reversed_why": "text",
}


def receive(persons: Iterable[Person], *, keys: Iterable[str], delivery: int | None, received_on: date) -> set[int]:
    """Keep what a delivery says of its people, connect and describe them; children whose people or facts changed.

    `keys` are people whom rows are about though the delivery claims nothing of them.
    """
    touched = connect(persons, keys=keys, delivery=delivery, received_on=received_on)
    describing.describe(touched)
    return touched


def connect(persons: Iterable[Person], *, keys: Iterable[str], delivery: int | None, received_on: date) -> set[int]:
    """As `receive`, for one of many deliveries: the children are still to be described, once for all of them."""
    claimed: dict[str, set[Person]] = defaultdict(set)
    for person in persons:
        claimed[person.key].add(person._replace(file="", row=0))
    known = _children_of(set(claimed) | set(keys))
    fresh = {key for key in {*claimed, *keys} if key not in known}
    news = _new_claims(claimed, fresh)
    touched = apply(_gather(news, fresh), news, fresh, received_on) if news or fresh else set()
    # What is said again is kept again: if the earlier delivery is withdrawn, the later one still says it.
    _keep_claims(claimed, delivery, received_on)
    return touched | {known[key] for key in news if key in known}


def relink(children: set[int], day: date) -> set[int]:
    """Connect the people of these children anew, after a judgement was made or taken back by a person."""
    persons = _persons_of(children)
    touched = apply(persons, {}, set(), day)
    describing.describe(touched | children)
    return touched | children


def apply(
    persons: Mapping[str, list[Person]], news: Mapping[str, list[Person]], fresh: set[str], day: date
) -> set[int]:
    """Judge, store the judgements, and let children follow their clusters; children touched."""
    everyone = {*persons, *news, *fresh}
    settled = [identity.Judgement(*row) for row in _found(_SETTLED, everyone)]
    claims = [claim for group in (persons, news) for mine in group.values() for claim in mine]
    claims += [Person(key, key.split("|", 1)[0]) for key in fresh - set(news)]
    linked = identity.link(claims, settled)
    bulk.insert(
        "linkage_judgement",
        _JUDGEMENT_COLUMNS,
        ((j.left, j.right, j.verdict, j.by, j.why, day, clock.now(), "", "") for j in linked.judgements),
    )
    return _follow({key: linked.clusters[key] for key in everyone}, fresh)


def _follow(clusters: Mapping[str, str], fresh: set[str]) -> set[int]:
    """Give each cluster one child; children that gained or lost anybody."""
    child_of = _children_of(set(clusters) - fresh)
    members: dict[str, list[str]] = defaultdict(list)
    for key, root in clusters.items():
        members[root].append(key)
    claims_on: dict[int, list[str]] = defaultdict(list)
    for root, keys in members.items():
        for child in {child_of[key] for key in keys if key in child_of}:
            claims_on[child].append(root)
    # A child in several clusters stays with the one that holds most of its people.
    keeps: dict[str, set[int]] = defaultdict(set)
    for child, roots in claims_on.items():
        keeps[max(roots, key=lambda root: (sum(child_of.get(k) == child for k in members[root]), root))].add(child)
    homeless = [root for root in members if root not in keeps]
    opened = dict(zip(homeless, _open_children(len(homeless)), strict=True))
    target = {root: min(keeps[root]) if root in keeps else opened[root] for root in members}
    moves = [(key, target[root]) for key, root in clusters.items() if child_of.get(key) != target[root]]
    touched = {child for _, child in moves} | {child_of[key] for key, _ in moves if key in child_of}
    joined = [(child, min(mine)) for mine in keeps.values() for child in mine if child != min(mine)]
    _move(moves, fresh, joined, [child for mine in keeps.values() for child in mine if child == min(mine)])
    return touched


def _move(moves: list[tuple[str, int]], fresh: set[str], joined: list[tuple[int, int]], standing: list[int]) -> None:
    bulk.insert(
        "linkage_sourceperson",
        {"key": "text", "agency": "text", "child_id": "bigint"},
        ((key, key.split("|", 1)[0], child) for key, child in moves if key in fresh),
    )
    with connection.cursor() as cursor:
        known = [(key, child) for key, child in moves if key not in fresh]
        if known:
            keys, children = map(list, zip(*known, strict=True))
            cursor.execute(
                "update linkage_sourceperson p set child_id = n.child from"
                " unnest(%s::text[], %s::bigint[]) as n (key, child) where p.key = n.key",
                [keys, children],
            )
            cursor.execute(
                "update intake_statement s set child_id = n.child from"
                " unnest(%s::text[], %s::bigint[]) as n (key, child) where s.person = n.key and not exists"
                " (select from linkage_moved m where m.record_key = s.record_key and m.reversed_at is null)",
                [keys, children],
            )
            cursor.execute(
                "update intake_fault f set child_id = n.child from"
                " unnest(%s::text[], %s::bigint[]) as n (key, child) where f.person = n.key",
                [keys, children],
            )
        for child, into in joined:
            cursor.execute("update linkage_child set joined_into_id = %s where id = %s", [into, child])
        cursor.execute(
            "update linkage_child set joined_into_id = null where id = any(%s) and joined_into_id is not null",
            [standing],
        )


def _open_children(count: int) -> list[int]:
    """Numbers of so many new children; what is known of them is described afterwards."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into linkage_child (public_id, forename, surname, used_name, sex, la, la_id, las, upn, level,"
            " tags, typed, opened_why, reasons) select gen_random_uuid(), '', '', '', '', '', '', '{}', '', 'SL1',"
            " '{}', false, '', '{}' from generate_series(1, %s) returning id",
            [count],
        )
        return [number for (number,) in cursor.fetchall()]


def _children_of(keys: Iterable[str]) -> dict[str, int]:
    return dict(_found(_CHILD_OF, keys))


def _new_claims(claimed: Mapping[str, set[Person]], fresh: set[str]) -> dict[str, list[Person]]:
    """What is said now of people that no standing claim says already."""
    said: dict[str, set[Person]] = defaultdict(set)
    for row in _found(_SAID_BY, set(claimed) - fresh):
        said[row[0]].add(Person(*row))
    news = {key: sorted(claims - said[key], key=repr) for key, claims in claimed.items()}
    return {key: claims for key, claims in news.items() if claims}


def _gather(news: Mapping[str, list[Person]], fresh: set[str]) -> dict[str, list[Person]]:
    """Everybody a rule could connect these people with, and everybody of those children."""
    keys = {key for claims in news.values() for claim in claims for key in identity.lookup_keys(claim)}
    children = {child for (child,) in _found(_SHARING, keys)}
    return _persons_of(children.union(_children_of(set(news) - fresh).values()))


def _persons_of(children: set[int]) -> dict[str, list[Person]]:
    found = {key: [Person(key, key.split("|", 1)[0])] for (key,) in _found(_KEYS_OF, children)}
    for claim in {Person(*row) for row in _found(_SAID_BY, found)}:
        found[claim.key].append(claim)
    return found


def _keep_claims(claimed: Mapping[str, set[Person]], delivery: int | None, received_on: date) -> None:
    number = dict(_found(_NUMBER_OF, claimed))
    claims = [(number[key], claim) for key, mine in claimed.items() for claim in sorted(mine, key=repr)]
    bulk.insert(
        "linkage_claim",
        _CLAIM_COLUMNS,
        ((person, delivery, *(getattr(claim, name) for name in _CLAIM), received_on, True) for person, claim in claims),
    )
    keys = {(key, person) for person, claim in claims for key in identity.lookup_keys(claim)}
    bulk.insert("linkage_lookupkey", {"key": "text", "person_id": "bigint"}, sorted(keys), skip_held=True)


def _found(statement: str, of: Iterable[str] | Iterable[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement about `of`, so many asked at a time."""
    ordered = sorted(of)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _BATCH):
            cursor.execute(statement, {"of": ordered[start : start + _BATCH]})
            yield from cursor.fetchall()
