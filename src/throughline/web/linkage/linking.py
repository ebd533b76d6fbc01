"""Who a delivery's people are: claims kept, judgements made by rule, children connected or opened.

`identity.link` judges; here its answer is stored and applied. A child that turns out to be two (a judgement
taken back) gives a part of itself to a new child; two that turn out to be one are joined into the older,
whose address stands. No statement is lost on either way: they follow their source's person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.db.models import Q

from throughline import identity
from throughline.feeds.base import Person
from throughline.web import bulk, clock
from throughline.web.linkage import describing
from throughline.web.linkage.models import Claim, Judgement, LookupKey, SourcePerson

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
    """Keep what a delivery says of its people and connect them; children whose people or facts changed.

    `keys` are people whom rows are about though the delivery claims nothing of them.
    """
    claimed: dict[str, set[Person]] = defaultdict(set)
    for person in persons:
        claimed[person.key].add(person._replace(file="", row=0))
    known = _children_of(set(claimed) | set(keys))
    fresh = {key for key in {*claimed, *keys} if key not in known}
    news = _new_claims(claimed, fresh)
    touched = apply(_gather(news, fresh), news, fresh, received_on) if news or fresh else set()
    # What is said again is kept again: if the earlier delivery is withdrawn, the later one still says it.
    _keep_claims(claimed, delivery, received_on)
    touched |= {known[key] for key in news if key in known}
    describing.describe({*_children_of(set(news) | fresh).values(), *touched})
    return touched


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
    settled = [
        identity.Judgement(j.left, j.right, j.verdict, j.by, j.why)
        for j in Judgement.objects.filter(Q(left__in=everyone) | Q(right__in=everyone), reversed_at__isnull=True)
    ]
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


def _children_of(keys: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in _batches(keys):
        found.update(SourcePerson.objects.filter(key__in=batch).values_list("key", "child_id"))
    return found


def _new_claims(claimed: Mapping[str, set[Person]], fresh: set[str]) -> dict[str, list[Person]]:
    """What is said now of people that no standing claim says already."""
    said: dict[str, set[Person]] = defaultdict(set)
    for batch in _batches(set(claimed) - fresh):
        for claim in _claims(Claim.objects.filter(live=True, person__key__in=batch)):
            said[claim.key].add(claim)
    news = {key: sorted(claims - said[key], key=repr) for key, claims in claimed.items()}
    return {key: claims for key, claims in news.items() if claims}


def _gather(news: Mapping[str, list[Person]], fresh: set[str]) -> dict[str, list[Person]]:
    """Everybody a rule could connect these people with, and everybody of those children."""
    keys = {key for claims in news.values() for claim in claims for key in identity.lookup_keys(claim)}
    children: set[int] = set()
    for batch in _batches(keys):
        children |= set(LookupKey.objects.filter(key__in=batch).values_list("person__child_id", flat=True))
    for batch in _batches(set(news) - fresh):
        children |= set(SourcePerson.objects.filter(key__in=batch).values_list("child_id", flat=True))
    return _persons_of(children)


def _persons_of(children: set[int]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for batch in _batches(children):
        for key in SourcePerson.objects.filter(child_id__in=batch).values_list("key", flat=True):
            found.setdefault(key, [Person(key, key.split("|", 1)[0])])
        for claim in set(_claims(Claim.objects.filter(live=True, person__child_id__in=batch))):
            found[claim.key].append(claim)
    return found


def _claims(query) -> Iterable[Person]:
    names = ("person__key", "person__agency", *_CLAIM)
    for key, agency, *rest in query.values_list(*names).iterator(chunk_size=5_000):
        yield Person(key, agency, *rest)


def _keep_claims(claimed: Mapping[str, set[Person]], delivery: int | None, received_on: date) -> None:
    number: dict[str, int] = {}
    for batch in _batches(set(claimed)):
        number.update(SourcePerson.objects.filter(key__in=batch).values_list("key", "pk"))
    claims = [(number[key], claim) for key, mine in claimed.items() for claim in sorted(mine, key=repr)]
    bulk.insert(
        "linkage_claim",
        _CLAIM_COLUMNS,
        ((person, delivery, *(getattr(claim, name) for name in _CLAIM), received_on, True) for person, claim in claims),
    )
    keys = {(key, person) for person, claim in claims for key in identity.lookup_keys(claim)}
    bulk.insert("linkage_lookupkey", {"key": "text", "person_id": "bigint"}, sorted(keys), skip_held=True)


def _batches(keys: Iterable, size: int = 5_000) -> Iterable[list]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
