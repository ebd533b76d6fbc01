"""People of whom rows are kept apart, and how a page that opens finds what belongs to it (DESIGN §2.11).

Nobody here is a child of ours: nothing is joined with anything, and no role of the site reads these tables. What
a person's source says of who it is stays beside its rows, so that it can be said again when a page opens.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection

from throughline import timeline
from throughline.feeds.base import Person
from throughline.identity import lookup_keys
from throughline.web import bulk
from throughline.web.linkage import describing, linking
from throughline.web.linkage.models import ApartPerson

_BATCH = 5_000

# Whoever has a lookup key in common with a source's person of a child with a page, or is that person.
_BELONGING = """
with page as (
  select s.id, s.key, s.child_id from linkage_page g join linkage_sourceperson s using (child_id)
   where g.since <= %(day)s and (g.until is null or g.until >= %(day)s)
     and (%(children)s::bigint[] is null or g.child_id = any(%(children)s))
)
select a.key, page.child_id from linkage_apartperson a join page using (key)
union
select a.key, page.child_id from page join linkage_lookupkey l on l.person_id = page.id
  join linkage_apartkey k on k.key = l.key join linkage_apartperson a on a.id = k.person_id
"""


def feed_of(person: str) -> str:
    """The feed a `Person.key` is of."""
    return person.split("|", 2)[1]


def is_apart(person: str) -> bool:
    """Whether rows about a source's person never give a reason by themselves."""
    return feed_of(person) in timeline.reasons().apart


def keep(persons: Iterable[Person], *, keys: Iterable[str], named: set[str], delivery: int, received_on: date) -> None:
    """Keep what a delivery says of people whose rows may have to stay apart.

    `keys` are people its rows are about though it claims nothing of them. Of a feed that comes by name only
    where there is a concern, names are kept of those in `named`.
    """
    by_name = timeline.reasons().by_name
    claims: dict[str, list[Person]] = {key: [] for key in keys}
    for person in persons:
        if feed_of(person.key) in by_name and person.key not in named:
            person = person._replace(forename="", surname="", dob=None, postcode="")
        person = person._replace(file="", row=0)
        if person not in (held := claims.setdefault(person.key, [])):
            held.append(person)
    ordered = sorted(claims)
    for start in range(0, len(ordered), _BATCH):
        _keep({key: claims[key] for key in ordered[start : start + _BATCH]}, delivery, received_on)


def _keep(claims: Mapping[str, list[Person]], delivery: int, received_on: date) -> None:
    """Keep what is said of some people; what was said of them before is not kept twice."""
    held = dict(ApartPerson.objects.filter(key__in=claims).values_list("key", "claims"))
    more: list[tuple[str, str]] = []
    for key, persons in claims.items():
        before = [_person(key, persons[0].agency if persons else "", claim) for claim in held.get(key, ())]
        new = [_said(person, delivery, received_on) for person in persons if person not in before]
        if new and key in held:
            more.append((json.dumps(new, ensure_ascii=False), key))
        held.setdefault(key, new)
    columns = {"key": "text", "agency": "text", "claims": "jsonb"}
    bulk.insert("linkage_apartperson", columns, ((k, k.split("|", 1)[0], held[k]) for k in claims), skip_held=True)
    with connection.cursor() as cursor:
        cursor.executemany("update linkage_apartperson set claims = claims || %s::jsonb where key = %s", more)
    number = dict(ApartPerson.objects.filter(key__in=claims).values_list("key", "pk"))
    found = {(lookup, number[key]) for key, said in claims.items() for one in said for lookup in lookup_keys(one)}
    bulk.insert("linkage_apartkey", {"key": "text", "person_id": "bigint"}, sorted(found), skip_held=True)


def belonging(day: date, children: Iterable[int] | None = None) -> dict[str, set[int]]:
    """People kept apart who are, by a rule of linking, among children with a page on `day` (all, or these): which."""
    found: dict[str, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_BELONGING, {"day": day, "children": None if children is None else list(children)})
        for key, child in cursor.fetchall():
            found[key].add(child)
    return found


def join(keys: Iterable[str], day: date) -> set[int]:
    """Have these people linked like anyone else's, by every claim kept of them; children touched on `day`.

    They are no longer kept apart.
    """
    told: dict[tuple[int, date], list[Person]] = defaultdict(list)
    without: set[str] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), _BATCH):
        found = ApartPerson.objects.filter(key__in=ordered[start : start + _BATCH])
        for key, agency, claims in found.values_list("key", "agency", "claims"):
            without |= set() if claims else {key}
            for claim in claims:
                told[claim["delivery"], date.fromisoformat(claim["received_on"])].append(_person(key, agency, claim))
        ApartPerson.objects.filter(key__in=ordered[start : start + _BATCH]).delete()
    touched: set[int] = set()
    for (delivery, received), persons in sorted(told.items(), key=lambda item: (item[0][1], item[0][0])):
        touched |= linking.connect(persons, keys=(), delivery=delivery, received_on=received)
    if without:
        touched |= linking.connect((), keys=without, delivery=None, received_on=day)
    describing.describe(touched)
    return touched


_SAID = ("la_id", "la", "upn", "nhs_number", "forename", "surname", "sex", "postcode")


def _said(person: Person, delivery: int, received_on: date) -> dict[str, object]:
    said = {name: value for name in _SAID if (value := getattr(person, name))}
    if person.dob:
        said["dob"] = person.dob.isoformat()
    return {**said, "delivery": delivery, "received_on": received_on.isoformat()}


def _person(key: str, agency: str, claim: Mapping[str, str]) -> Person:
    dob = date.fromisoformat(claim["dob"]) if "dob" in claim else None
    la_id, la, upn, nhs_number, forename, surname, sex, postcode = (claim.get(name, "") for name in _SAID)
    return Person(key, agency, la_id, la, upn, nhs_number, forename, surname, dob, sex, postcode)
