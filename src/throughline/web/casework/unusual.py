"""Finding, every night, the looks that somebody independent should check (flag R37), and drawing a sample by lot.

What counts as out of the ordinary is in `unusual.yaml`. Each finding opens a fact on a line of its own, which starts
the clock of `r37-unusual-access`; one drawn by lot starts none. Found once, a look is not found again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import yaml
from django.db import connection, transaction
from django.db.models import Q

from throughline import sharing, words
from throughline.web import clock
from throughline.web.accounts.administering import postcode_hash
from throughline.web.accounts.models import BreakGlass, Concern, Relation, User
from throughline.web.audit.actions import changed
from throughline.web.audit.models import Change, Finding
from throughline.web.casework import access_facts
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.linkage.models import Child, Claim
from throughline.web.linkage.searching import plain
from throughline.words.calendars import add_months, day_bounds_utc, working_days

PURPOSE = "Finding looks that were out of the ordinary"
SAMPLE = "sample"
_DAY = "day of looks"
KEPT = 50
"""Most looks a finding names: enough to judge it by."""

_LOOKS = """
select id, at, user_id, role, path_kind, child_ids, path_kind like any(%(lookups)s)
  from audit_look where at >= %(start)s and at < %(end)s and not path_kind like any(%(lists)s)
 order by at, id
"""
_BY_LOT = """
select id, at, user_id, child_ids from audit_look
 where at >= %(start)s and at < %(end)s and child_ids <> '{}' and not path_kind like any(%(lists)s)
 order by random() limit %(many)s
"""


class Seen(NamedTuple):
    """One look of the day."""

    id: int
    at: datetime
    user: int
    role: str
    path_kind: str
    children: list[int]
    lookup: bool
    """It only said whom to ring."""


class Found(NamedTuple):
    """What one ground makes of some looks of one person."""

    ground: str
    user: int
    child: int | None
    looks: list[int]
    counted: int


@dataclass(frozen=True)
class Day:
    """The looks of one London day, sorted for the grounds."""

    day: date
    opened: Mapping[tuple[int, int], list[Seen]]
    """Looks at one child: by person and child, look-ups left out."""
    at_one: Mapping[tuple[int, int], list[Seen]]
    """The same with look-ups that found few."""
    lookups: Mapping[int, list[Seen]]
    """By person."""
    users: Mapping[int, User] = field(default_factory=dict)


@cache
def said() -> Mapping[str, Any]:
    """`unusual.yaml`."""
    given: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "unusual.yaml").read_text(encoding="utf-8"))
    return given


def title(ground: str) -> str:
    """What a ground is called in a list."""
    known: str = (said()["grounds"].get(ground) or said()[SAMPLE])["title"]
    return known


def sentence(ground: str) -> str:
    """What a ground says of somebody, without a name."""
    found: str = said()["grounds"][ground]["says"] if ground in said()["grounds"] else "Drawn by lot from last month"
    return found


def find() -> int:
    """Go through the days that have not been gone through; how many findings there are. Safe to repeat."""
    today = clock.today()
    return sum(_of_day(today - timedelta(back)) for back in range(said()["back"], 0, -1)) + _draw(today)


@transaction.atomic
def _of_day(on: date) -> int:
    """Each day once, and soon: later on, what concerned a post that day is no longer there to be read."""
    with as_engine():
        if Change.objects.filter(subject_kind=_DAY, subject_id=str(on)).exists():
            return 0
        day = _day(on)
        before = on - timedelta(said()["again"])
        lasting = Finding.objects.filter(ground__in=("same_surname", "same_address"), day__gte=before, day__lt=on)
        known = set(lasting.values_list("ground", "user_id", "child_id"))
        new = [found for found in _grounds(day) if (found.ground, found.user, found.child) not in known]
    for found in new:
        _keep(found, on)
    changed(user_id=None, purpose=PURPOSE, action="casework.find_unusual", subject_kind=_DAY, subject_id=on)
    return len(new)


def _keep(found: Found, on: date) -> None:
    """Write one finding down; of anything but a lot, the fact that it is there to be checked."""
    ref = uuid4()
    with as_engine():
        Finding.objects.create(
            ref=ref, ground=found.ground, user_id=found.user, child_id=found.child, day=on,
            look_ids=found.looks[:KEPT], counted=found.counted, found_at=clock.now(),
        )  # fmt: skip
    if found.ground != SAMPLE:
        # The clock runs from when it was found: nobody can check what nobody has seen yet.
        access_facts.tell(
            ref=ref, kind="unusual_access", at=clock.now(), by=None, purpose=PURPOSE,
            fields={"what": sentence(found.ground)},
        )  # fmt: skip


# --- the looks of a day ------------------------------------------------------------------------------------------


def _day(on: date) -> Day:
    start, end = day_bounds_utc(on)
    with connection.cursor() as cursor:
        given = {"start": start, "end": end, "lists": said()["lists"], "lookups": said()["lookups"]}
        cursor.execute(_LOOKS, given)
        looks = [Seen(*row) for row in cursor.fetchall()]
    opened, at_one, lookups = defaultdict(list), defaultdict(list), defaultdict(list)
    for look in looks:
        if look.lookup:
            lookups[look.user].append(look)
            if len(look.children) <= said()["few"]:
                for child in look.children:
                    at_one[look.user, child].append(look)
        elif len(look.children) == 1:
            opened[look.user, look.children[0]].append(look)
            at_one[look.user, look.children[0]].append(look)
    people = User.objects.in_bulk({user for user, _ in at_one} | set(lookups))
    return Day(on, opened, at_one, lookups, people)


def _grounds(day: Day) -> Iterator[Found]:
    yield from _pairs("no_link", day.opened, _without_link(day))
    yield from _pairs("same_surname", day.at_one, _same_surname(day))
    yield from _pairs("same_address", day.at_one, _same_address(day))
    yield from _many(day)
    yield from _out_of_hours(day)


def _pairs(
    ground: str, looks: Mapping[tuple[int, int], list[Seen]], pairs: Iterable[tuple[int, int]]
) -> Iterator[Found]:
    for user, child in pairs:
        mine = looks[user, child]
        yield Found(ground, user, child, [look.id for look in mine], len(mine))


# --- the grounds ---------------------------------------------------------------------------------------------------


def _without_link(day: Day) -> list[tuple[int, int]]:
    """Who opened a page, or was refused it, without a seat around the child, and not from a post it concerns."""
    pairs = list(day.opened)
    holds = Q(end__isnull=True) | Q(end__gte=day.day)
    children = {child for _, child in pairs}
    # Whoever moved or left that day had their seat until the day before: until the page closed to them.
    held = Q(end__isnull=True) | Q(end__gte=day.day - timedelta(1))
    own = Relation.objects.filter(held, start__lte=day.day, child_id__in=children)
    linked = set(own.values_list("user_id", "child_id"))
    start, end = day_bounds_utc(day.day)
    glass = BreakGlass.objects.filter(child_id__in=children, opened_at__lt=end, until__gt=start)
    linked |= set(glass.values_list("user_id", "child_id"))  # checked for itself
    posts: dict[int, set[tuple[str, str]]] = defaultdict(set)
    concerning = Concern.objects.filter(holds, start__lte=day.day, child_id__in=children)
    for child, kind, post in concerning.values_list("child_id", "kind", "post"):
        posts[child].add((kind, post))
    return [
        (user, child)
        for user, child in pairs
        if (user, child) not in linked
        and not any(_stands_at(day.users.get(user), look.role, posts[child]) for look in day.opened[user, child])
    ]


def _stands_at(user: User | None, role: str, concerning: set[tuple[str, str]]) -> bool:
    """Whether somebody, in this role, stood at one of the posts that a child concerns."""
    kind = sharing.policy_for(role).post
    if user is None or not kind:
        return False
    if kind in sharing.OF_AN_AGENCY:
        return (kind, user.agency) in concerning
    return any(k == kind and (not user.area or post in ("", user.area)) for k, post in concerning)


def _same_surname(day: Day) -> list[tuple[int, int]]:
    names: dict[int, set[str]] = defaultdict(set)
    children = {child for _, child in day.at_one}
    for child, surname in Child.objects.filter(pk__in=children).values_list("pk", "surname"):
        names[child] |= _surnames(surname)
    told = Claim.objects.filter(person__child_id__in=children, live=True)
    for child, surname in told.values_list("person__child_id", "surname"):
        names[child] |= _surnames(surname)
    own = {number: _surnames(_last(user.name)) for number, user in day.users.items()}
    return [(user, child) for user, child in day.at_one if own.get(user, set()) & names[child]]


def _last(name: str) -> str:
    """The family name of somebody written down with forename first."""
    return next((word for word in reversed(name.split()) if any(letter.isalpha() for letter in word)), "")


def _surnames(name: str) -> set[str]:
    return set(plain(name).replace("-", " ").split())


def _same_address(day: Day) -> list[tuple[int, int]]:
    """By postcode, of which of staff only a keyed hash is kept."""
    homes = {number: user.home_hash for number, user in day.users.items() if user.home_hash}
    children = {child for user, child in day.at_one if user in homes}
    if not children:
        return []
    hashes: dict[int, set[str]] = defaultdict(set)
    told = Claim.objects.filter(person__child_id__in=children, live=True).exclude(postcode="")
    for child, postcode in told.values_list("person__child_id", "postcode"):
        hashes[child].add(postcode_hash(postcode))
    with_address = Event.objects.filter(child_id__in=children, kind__in=_telling_addresses())
    for child, kind, details in with_address.values_list("child_id", "kind", "details"):
        hashes[child] |= {postcode_hash(details[name]) for name in _telling_addresses()[kind] if details.get(name)}
    return [(user, child) for user, child in day.at_one if homes.get(user, " ") in hashes[child]]


@cache
def _telling_addresses() -> Mapping[str, tuple[str, ...]]:
    """Kinds that tell a postcode, each with the details that hold it."""
    told = {kind.id: tuple(f.id for f in kind.fields if f.type == "postcode") for kind in words.kinds().values()}
    return {kind: names for kind, names in told.items() if names}


def _many(day: Day) -> Iterator[Found]:
    children: dict[int, dict[int, list[Seen]]] = defaultdict(dict)
    for (user, child), looks in day.opened.items():
        children[user][child] = looks
    for user, by_child in children.items():
        if len(by_child) > said()["grounds"]["many_children"]["more_than"]:
            first = sorted(look for looks in by_child.values() for look in looks)
            yield Found("many_children", user, None, [s.id for s in first], len(by_child))
    for user, lookups in day.lookups.items():
        if len(lookups) > said()["grounds"]["many_lookups"]["more_than"]:
            yield Found("many_lookups", user, None, [s.id for s in lookups], len(lookups))


def _out_of_hours(day: Day) -> Iterator[Found]:
    one = said()["grounds"]["out_of_hours"]
    begins, ends = time.fromisoformat(one["from"]), time.fromisoformat(one["to"])
    working = working_days().is_working(day.day)
    late: dict[int, list[Seen]] = defaultdict(list)
    for (user, _), looks in day.opened.items():
        for look in looks:
            at = look.at.astimezone(clock.LONDON).time()
            if look.role not in one["not_for"] and not (working and begins <= at < ends):
                late[user].append(look)
    for user, found in late.items():
        found.sort()
        yield Found("out_of_hours", user, None, [look.id for look in found], len(found))


# --- by lot --------------------------------------------------------------------------------------------------------


@transaction.atomic
def _draw(today: date) -> int:
    """Draw last month's sample, once."""
    this_month = today.replace(day=1)
    last_month = add_months(this_month, -1)
    with as_engine():
        if Finding.objects.filter(ground=SAMPLE, day__gte=last_month, day__lt=this_month).exists():
            return 0
        drawn = _by_lot(last_month, this_month)
    for (user, child, day), look in drawn.items():
        _keep(Found(SAMPLE, user, child, [look], 1), day)
    return len(drawn)


def _by_lot(first: date, end: date) -> dict[tuple[int, int | None, date], int]:
    """Looks drawn from these days, by person, child and day; of several of one the first drawn."""
    wanted = said()[SAMPLE]["looks"]
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_LOT,
            {
                "start": day_bounds_utc(first)[0],
                "end": day_bounds_utc(end)[0],
                "lists": said()["lists"],
                "many": wanted * 5,
            },
        )
        looks = cursor.fetchall()
    drawn: dict[tuple[int, int | None, date], int] = {}
    for id, at, user, children in looks:
        child = children[0] if len(children) == 1 else None
        drawn.setdefault((user, child, at.astimezone(clock.LONDON).date()), id)
    return dict(list(drawn.items())[:wanted])
