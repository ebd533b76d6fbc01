"""Telling people: what interrupts as soon as it is known, all else in one digest a morning. Run by the worker.

A message holds a sentence and a link, no name and nothing of what is known. Whom it is for follows from the rules'
owners and whom they inform, from people's relations to the child, and from `sharing`; the walls are then asked once
more, as that person. Nobody is told the same twice, whatever is sent again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Q

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.models import Concern, User
from throughline.web.accounts.viewing import in_force, viewing
from throughline.web.audit.actions import changed
from throughline.web.casework import rules_here
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, Message
from throughline.web.casework.reading import asking, owners
from throughline.web.casework.reading import worklists as lists
from throughline.web.design import formats
from throughline.web.intake.models import Statement

DIGEST = "digest"
AT_ONCE = 25
"""Digests written in one go, so that the worker comes back to what interrupts in between."""
_PURPOSE = "Telling people what needs them"
WHOM = "Follow the link to see whom it is about."


@dataclass(frozen=True, slots=True)
class _Thing:
    """One thing to tell: an event or a duty of a child, with what decides who may know of it."""

    sort: str
    row: Event | Instance
    about: str
    """Key of the happening: one for all its tellings."""
    item: sharing.Item
    roles: frozenset[str]
    team: frozenset[str] = frozenset()
    """Only people related in one of these ways; empty: in any."""
    by: int | None = None
    """Who typed it, and so need not be told; None: nobody here, or told all the same."""


@cache
def said() -> Mapping[str, Any]:
    """`telling.yaml`."""
    given: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "telling.yaml").read_text(encoding="utf-8"))
    return given


def tell() -> int:
    """Write what interrupts and has not been told; how many messages."""
    now = clock.now()
    with transaction.atomic(), as_engine():
        things = [thing for sort in said()["interrupts"] for thing in _things(sort, now)]
        told = set(Message.objects.filter(about__in={t.about for t in things}).values_list("user_id", "sort", "about"))
        around = _around(thing.row.child_id for thing in things)
        for_whom: dict[User, list[_Thing]] = defaultdict(list)
        for thing in things:
            for user in _whom(thing, around):
                if (user.pk, thing.sort, thing.about) not in told:
                    for_whom[user].append(thing)
    return sum(_interrupt(user, several, now) for user, several in for_whom.items())


def _things(sort: str, now: datetime) -> Iterable[_Thing]:
    one, book = said()["interrupts"][sort], rules_here.book()
    if "today" in one:
        due = Instance.objects.filter(
            duty_id__in=one["today"], due_on=now.astimezone(clock.LONDON).date(), looms_on__isnull=False, told_to=[]
        )
        for row in due:
            owner = frozenset({owners.roles(book)[row.duty_id]}) if row.duty_id in book else frozenset()
            item = sharing.Item(row.level, frozenset(row.tags), row.trigger_kind, frozenset(row.kinds))
            yield _Thing(sort, row, f"{row.duty_id}|{row.trigger_key}", item, owner)
        return
    team = frozenset(one.get("team", ()))
    roles = frozenset(role for role, policy in sharing.policy().items() if not team.isdisjoint(policy.relations))
    roles |= {
        role for id in one.get("rules", ()) if id in book for role in (owners.roles(book)[id], *book[id].informed)
    }
    happenings = list(_happened(one, now))
    typed = _typed_by(event for events in happenings for event in events) if team else {}
    for events in happenings:
        for event in events:
            item = sharing.Item(event.level, frozenset(event.tags), event.kind)
            yield _Thing(sort, event, events[0].key, item, roles, team, typed.get(event.statement_id))


def _typed_by(events: Iterable[Event]) -> dict[int, int | None]:
    """Statement -> who typed it here."""
    numbers = {event.statement_id for event in events}
    return dict(Statement.objects.filter(pk__in=numbers).values_list("pk", "typed_by_id"))


def _happened(one: Mapping[str, Any], now: datetime) -> Iterable[list[Event]]:
    """Happenings of the last hours that nothing has ended since, each with its tellings, the first to come first."""
    since = now - timedelta(hours=one["hours"])
    kinds = [*one["kinds"], *one.get("unless", ())]
    found = Event.objects.filter(kind__in=kinds, happened_on__gte=since.astimezone(clock.LONDON).date())
    ended: dict[int, datetime] = {}
    happenings: dict[tuple[int, int], list[Event]] = defaultdict(list)
    for event in found.order_by("received_on", "statement_id", "pk"):
        at = event.happened_at or datetime.combine(event.happened_on, time.max, clock.LONDON)
        if event.kind not in one["kinds"]:
            ended[event.child_id] = max(ended.get(event.child_id, at), at)
        elif at >= since and (event.happened_at or now) <= now:
            happenings[event.child_id, event.happening].append(event)
    today = now.astimezone(clock.LONDON).date()
    for (child, _), events in happenings.items():
        if one.get("learnt_today") and events[0].received_on != today:
            continue
        began = events[0].happened_at or datetime.combine(events[0].happened_on, time.min, clock.LONDON)
        if child not in ended or ended[child] < began:
            yield events


_Around = Mapping[int, Mapping[User, set[str]]]
"""Child -> everybody related to them today, each with the ways in which they are."""


def _around(children: Iterable[int]) -> _Around:
    """Who is around these children: people with a relation of their own, and whoever stands at a post they concern."""
    today, wanted = clock.today(), frozenset(children)
    found: dict[int, dict[User, set[str]]] = defaultdict(lambda: defaultdict(set))
    for relation in in_force(today).filter(child_id__in=wanted).select_related("user"):
        found[relation.child_id][relation.user].add(relation.kind)
    standing: dict[str, list[User]] = defaultdict(list)
    for user in User.objects.filter(is_active=True):
        standing[sharing.policy_for(user.role).post].append(user)
    holds = Q(end__isnull=True) | Q(end__gte=today)
    for concern in Concern.objects.filter(holds, child_id__in=wanted, start__lte=today):
        for user in standing[concern.kind]:
            if standing_at(concern, user):
                found[concern.child_id][user].add(concern.kind)
    return found


def standing_at(concern: Concern, user: User) -> bool:
    """Whether it is this user's own post, of those of its kind, that a child concerns."""
    if concern.kind in sharing.OF_AN_AGENCY:
        return user.agency == concern.post
    return not concern.post or user.area in ("", concern.post)


def _whom(thing: _Thing, around: _Around) -> Iterable[User]:
    """People in its roles who are related to the child in a way through which they may see it."""
    for user, relations in around.get(thing.row.child_id, {}).items():
        if user.role not in thing.roles or not user.is_active:
            continue
        if thing.team and (thing.team.isdisjoint(relations) or user.pk == thing.by):
            continue
        if sharing.decide(user.role, relations, thing.item).sight == sharing.FULL:
            yield user


def _interrupt(user: User, things: Sequence[_Thing], now: datetime) -> int:
    """Write one person's messages, of what the walls show them: as they would see it themselves."""
    with viewing(user) as viewer:
        seen = {*_seen(Event, things), *_seen(Instance, things)}
        new = {(t.sort, t.about): t for t in things if t.row in seen}
        open_to = {child for child in {t.row.child_id for t in new.values()} if viewer.may_open(child)}
        wanted = [t for t in new.values() if t.row.child_id in open_to]
        for thing in wanted:
            subject = said()["interrupts"][thing.sort]["subject"]
            write(user, thing.sort, thing.about, subject, WHOM, now, thing.row.child_id)
    return len(wanted)


def _seen(kind: type[Event] | type[Instance], things: Sequence[_Thing]) -> Iterable[Event | Instance]:
    """Those of one table that whoever has entered may see, as the walls say."""
    return kind.objects.filter(pk__in=[t.row.pk for t in things if isinstance(t.row, kind)])


def digests() -> int:
    """Write the digest of everybody who has lists and has not had today's, once its hour has come; how many."""
    now = clock.now()
    local = now.astimezone(clock.LONDON)
    if local.time() < time.fromisoformat(said()[DIGEST]["at"]):
        return 0
    day = local.date().isoformat()
    with transaction.atomic(), as_engine():
        had = Message.objects.filter(sort=DIGEST, about=day).values("user_id")
        wanting = list(User.objects.filter(is_active=True).exclude(pk__in=had).order_by("pk"))
    waiting = [user for user in wanting if lists.monday(user.role)][:AT_ONCE]
    for user in waiting:
        with viewing(user) as viewer:
            answers = asking.ask(viewer, lists.monday(user.role), now, viewer.today, 1)
            titles = {one.id: one.short for one in lists.monday(user.role)}
            text = ", ".join(f"{answers[id].total:,} {short}" for id, short in titles.items() if answers[id].total)
            nothing = "Nothing of yours is late or waiting today."
            write(user, DIGEST, day, f"{said()[DIGEST]['subject']}, {formats.long_day(local)}", text or nothing, now)
    return len(waiting)


def write(user: User, sort: str, about: str, subject: str, text: str, at: datetime, child: int | None = None) -> None:
    """Write one message to one person, unless they have had it; `about` says of what, `child` where it leads."""
    with as_engine():
        message, new = Message.objects.get_or_create(
            user_id=user.pk,
            sort=sort,
            about=about,
            defaults={"child_id": child, "subject": subject, "text": text, "at": at},
        )
    if new:
        changed(
            user_id=None, purpose=_PURPOSE, action=f"casework.tell_{sort}", subject_kind="message",
            subject_id=message.pk, children=[child] if child else (),
        )  # fmt: skip
